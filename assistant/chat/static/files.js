// Files and whole folders that are chosen or dropped, sent one by one.
// Each file is sent as it is; the server gives a number for it, and an event takes the numbers in.
(() => {
  "use strict";
  const MOST = 100;  // files at once, as the server allows
  const $ = (selector) => document.querySelector(selector);

  const status = () => {
    const known = $("#upload-said");
    if (known) return known;
    const made = document.createElement("p");
    made.id = "upload-said";
    made.setAttribute("role", "status");
    ($("#receipt") ?? document.body).before(made);
    return made;
  };

  const send = async (all) => {
    const files = all.filter((file) => !file.name.startsWith(".")).slice(0, MOST);
    const said = status();
    const numbers = [], problems = [];
    if (all.length > MOST) {
      problems.push(`${MOST} files at once: put larger folders into the documents folder, and sync`);
    }
    for (const [at, file] of files.entries()) {
      said.textContent = `Sending ${at + 1} of ${files.length}: ${file.name}`;
      window.documentAssistant?.say(said.textContent);
      try {
        const reply = await fetch(`/upload?name=${encodeURIComponent(file.name)}`, { method: "POST", body: file });
        const told = await reply.json();
        if (reply.ok) numbers.push(told.upload);
        else problems.push(`${file.name}: ${told.error?.message ?? reply.status}`);
      } catch {
        problems.push(`${file.name}: the server broke off; it may be too large, or the connection failed`);
      }
    }
    said.textContent = problems.join("\n");
    if (numbers.length) window.documentAssistant.tell("uploaded", numbers.join(" "));
  };

  const choose = (folder) => {
    const chooser = document.createElement("input");
    chooser.type = "file";
    chooser.multiple = true;
    chooser.webkitdirectory = folder;
    chooser.addEventListener("change", () => send([...chooser.files]));
    chooser.click();
  };

  // ---------------------------------------------------------------- dropping

  const filesOf = async (entry, found) => {
    if (found.length > MOST || entry.name.startsWith(".")) return;
    if (entry.isFile) {
      const file = await new Promise((done) => entry.file(done, () => done(null)));
      if (file) found.push(file);
      return;
    }
    const reader = entry.createReader();
    for (;;) {  // a reader gives some at a time
      const some = await new Promise((done) => reader.readEntries(done, () => done([])));
      if (!some.length) return;
      for (const each of some) await filesOf(each, found);
    }
  };

  const isFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  const overlay = document.createElement("div");
  overlay.id = "drop-here";
  overlay.hidden = true;
  overlay.textContent = "Drop to add to the documents";
  let hiding = 0;

  document.addEventListener("dragover", (event) => {
    if (!isFiles(event)) return;
    event.preventDefault();
    overlay.hidden = false;
    clearTimeout(hiding);
    hiding = setTimeout(() => { overlay.hidden = true; }, 400);  // no event says that it left
  });
  document.addEventListener("drop", async (event) => {
    if (!isFiles(event)) return;
    event.preventDefault();
    event.stopPropagation();
    overlay.hidden = true;
    const found = [];
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.());
    const plain = [...event.dataTransfer.files];
    for (const [at, entry] of entries.entries()) {
      if (entry) await filesOf(entry, found);
      else if (plain[at]) found.push(plain[at]);
    }
    send(found);
  }, true);

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest("#upload, .choose-files")) choose(false);
    else if (target?.closest(".choose-folder")) choose(true);
  });
  const start = () => document.body.append(overlay);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
