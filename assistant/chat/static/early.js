// The first screen, there before the page is: what is here, questions to begin with, and a box that
// takes words at once. What is typed, asked or clicked is handed over when the page and the documents
// have been drawn. It begins with the page, so it must stay small; its style stands in the page.
(() => {
  "use strict";
  const form = document.createElement("form");
  form.id = "early";
  const box = document.createElement("textarea");
  box.id = "early-question";
  box.rows = 1;
  box.placeholder = "Ask the documents …";
  box.setAttribute("aria-label", "Question");
  const send = document.createElement("button");
  send.className = "early-send";
  send.textContent = "Ask";
  const row = document.createElement("div");
  row.className = "early-ask";
  row.append(box, send);
  const said = document.createElement("p");
  said.setAttribute("role", "status");
  said.textContent = "The page is coming; you can ask already.";
  const theme = localStorage.getItem("theme");
  const isDark = theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  form.classList.toggle("dark", isDark);
  // where there is room the page opens its sidebar
  form.classList.toggle("beside", innerWidth >= 1200 && localStorage.getItem("sidebar") !== "closed");
  document.documentElement.style.background = isDark ? "#0b0f19" : "#fff";
  document.title ||= "Document assistant";
  const first = document.getElementById("early-first");
  const middle = document.createElement("div");
  middle.className = "early-middle";
  form.append(...(first ? [first.content] : [middle]), row, said);
  document.body.prepend(form);
  box.focus({ preventScroll: true });

  const LONGEST = 20000;  // that documents are waited for, in ms: a list that fails does not come
  const LATER = 3000;  // that the page's own first screen is waited for behind the documents
  let asked = false;
  let late = false;
  let clicked = "";  // the page's own button that was meant
  let waiting;
  let isListed = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (asked || !box.value.trim()) return;
    asked = true;
    box.readOnly = true;
    said.textContent = "It will be asked as soon as the page is there.";
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[type=button]");
    event.stopPropagation();  // the page's own script would act on what is not there yet
    if (!button || asked) return;
    if (button.dataset.question) {
      box.value = button.dataset.question;
      form.requestSubmit();
      return;
    }
    clicked = `.${button.className}`;
    said.textContent = "It will open as soon as the page is there.";
  });

  // the last conversation comes with the documents, the first screen behind them; a question before
  // would be drawn over
  const DRAWN = "#chat .welcome .try, #chat .welcome.nothing, #chat .message";
  const isWhole = () => {
    if (late) return true;
    if (!document.querySelector("#library .library")) return false;
    if (document.querySelector(DRAWN)) return true;
    if (!isListed) {
      isListed = true;
      clearTimeout(waiting);
      waiting = setTimeout(() => { late = true; look(); }, LATER);
    }
    return false;
  };
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
    first?.remove();
    document.documentElement.style.background = "";
    if (focused) {
      real.focus({ preventScroll: true });
      real.setSelectionRange(from, to);
    }
    if (clicked) document.querySelector(clicked)?.click();
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
