// The help for the keyboard: "?" or its button opens it.
(() => {
  "use strict";
  const KEYS = [
    ["/", "go to the question"],
    ["Enter", "ask"],
    ["Shift + Enter", "another line in the question"],
    ["Tab, Shift + Tab", "go to the next or last marker, button or link"],
    ["Enter on a marker", "show the place behind it, and go there"],
    ["Space on a tick", "ask this document, or leave it out"],
    ["Escape", "close what is open: evidence, a hint, this help"],
    ["?", "this help"],
  ];
  const dialog = document.createElement("dialog");
  dialog.id = "keys";
  dialog.setAttribute("aria-labelledby", "keys-title");
  const add = (parent, tag, words) => {
    const made = document.createElement(tag);
    made.textContent = words;
    parent.append(made);
    return made;
  };
  add(dialog, "h2", "Keys").id = "keys-title";
  const list = add(dialog, "dl", "");
  for (const [key, what] of KEYS) { add(list, "dt", key); add(list, "dd", what); }
  add(dialog, "button", "Close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });

  const open = () => { if (!dialog.open) dialog.showModal(); };
  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof Element && event.target.closest("input, textarea, [contenteditable]");
    if (event.key === "?" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      open();
    }
  });
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest(".show-keys")) open();
  });
  const start = () => document.body.append(dialog);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
