// A question box that is there before the page is: it takes words at once, and hands them over to
// the page's own box when that and the documents have been drawn. It begins with the page, so it must stay small.
(() => {
  "use strict";
  const form = document.createElement("form");
  form.id = "early";
  const box = document.createElement("textarea");
  box.id = "early-question";
  box.rows = 1;
  box.placeholder = "Ask the documents …";
  box.setAttribute("aria-label", "Question");
  const said = document.createElement("p");
  said.setAttribute("role", "status");
  said.textContent = "The page is coming; you can type already.";
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  // the style sheet comes later than this
  Object.assign(form.style, {
    position: "fixed", zIndex: 5, left: "0", right: "0", bottom: "0", padding: "12px 16px", margin: "0 auto",
    maxWidth: "60rem", boxSizing: "border-box", font: "16px/1.5 system-ui, sans-serif", color: dark ? "#e5e7eb" : "#1f2937",
  });
  Object.assign(box.style, {
    width: "100%", boxSizing: "border-box", padding: "10px 12px", font: "inherit", resize: "none", borderRadius: "8px",
    border: "1px solid #8888", color: "inherit", background: dark ? "#27272a" : "#fff",
  });
  Object.assign(said.style, { margin: "4px 0 0", fontSize: "14px" });
  document.documentElement.style.background = dark ? "#0b0f19" : "#fff";
  document.title ||= "Document assistant";
  form.append(box, said);
  document.body.prepend(form);
  box.focus({ preventScroll: true });

  const LONGEST = 20000;  // that documents are waited for, in ms: a list that fails does not come
  let asked = false;
  let late = false;
  let waiting;
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || !box.value.trim()) return;
    event.preventDefault();
    asked = true;
    box.readOnly = true;
    said.textContent = "It will be asked as soon as the page is there.";
  });
  form.addEventListener("submit", (event) => event.preventDefault());

  // the last conversation comes with the documents; a question before would be drawn over
  const isWhole = () => late || !!document.querySelector("#library .library");
  const ask = () => {
    const button = document.querySelector("#ask");
    button?.click();
    return !!button;
  };
  const handOver = (real) => {
    const words = real.maxLength > 0 ? box.value.slice(0, real.maxLength) : box.value;
    const [from, to] = [box.selectionStart, box.selectionEnd];
    const focused = document.activeElement === box;
    if (words) {
      Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(real, words);
      real.dispatchEvent(new Event("input", { bubbles: true }));
    }
    form.remove();
    document.documentElement.style.background = "";
    if (focused) {
      real.focus({ preventScroll: true });
      real.setSelectionRange(from, to);
    }
  };

  const look = () => {
    const real = document.querySelector("#question textarea");
    if (form.isConnected && real && real.offsetParent !== null) {
      waiting ??= setTimeout(() => { late = true; look(); }, LONGEST);
      if (isWhole()) handOver(real);
    }
    if (form.isConnected || (asked && !ask())) return;
    clearTimeout(waiting);
    watching.disconnect();
  };
  const watching = new MutationObserver(look);
  watching.observe(document.body, { childList: true, subtree: true });
})();
