// The ticks beside the documents, the search among them, and the chip that says what is asked.
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const off = new Set();  // what is not asked, by the whole name of the document

  const nameOf = (tick) => tick.dataset.name ?? (tick.dataset.name = tick.getAttribute("title") ?? tick.getAttribute("aria-label") ?? "");
  const numberOf = (row) => Number([...row.classList].find((each) => /^d\d+$/.test(each))?.slice(1));
  const ticks = () => $$("#library .tick.one");
  const inFolder = (folder) => {
    const found = [];
    for (let row = folder.closest("li").nextElementSibling; row && !row.matches(".folder"); row = row.nextElementSibling) {
      const tick = $(".tick.one", row);
      if (tick) found.push(tick);
    }
    return found;
  };

  const paint = (tick, some) => {
    const on = some.filter((each) => !off.has(nameOf(each))).length;
    const state = on === 0 ? "false" : on === some.length ? "true" : "mixed";
    if (tick.getAttribute("aria-checked") === state) return;
    tick.setAttribute("role", "checkbox");
    tick.setAttribute("aria-checked", state);
    tick.setAttribute("aria-label", nameOf(tick));
    tick.textContent = { true: "☑", false: "☐", mixed: "▣" }[state];
  };

  const numbers = (rows) => {  // 0,3-5
    const sorted = rows.map(numberOf).sort((a, b) => a - b);
    const parts = [];
    for (const each of sorted) {
      const last = parts[parts.length - 1];
      if (last && last[1] === each - 1) last[1] = each;
      else parts.push([each, each]);
    }
    return parts.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(",");
  };

  let told = "";
  const update = () => {
    const all = ticks();
    const on = all.filter((tick) => !off.has(nameOf(tick)));
    for (const tick of all) paint(tick, [tick]);
    for (const tick of $$("#library .tick.folder")) paint(tick, inFolder(tick));
    const top = $("#library .tick.all");
    if (top) paint(top, all);
    const list = $("#library .sources");
    const generation = list && [...list.classList].find((each) => /^g\d+$/.test(each))?.slice(1);
    const some = all.length > 0 && on.length < all.length;
    const words = some ? `${generation}:${numbers(on.map((tick) => tick.closest("li")))}` : "";
    if (words !== told) {
      told = words;
      const field = $("#ticked textarea, #ticked input");
      const proto = field?.tagName === "TEXTAREA" ? HTMLTextAreaElement : HTMLInputElement;
      if (field) {
        Object.getOwnPropertyDescriptor(proto.prototype, "value").set.call(field, words);
        field.dispatchEvent(new Event("input", { bubbles: true }));
      }
    }
    for (const line of $$("#library a.view")) {
      const there = new URL(line.href);
      if (words) there.searchParams.set("ticked", words);
      else there.searchParams.delete("ticked");
      if (line.href !== there.href) line.href = there.href;
    }
    chip.hidden = !some;
    const shown = `Asking ${on.length} of ${all.length} · ask all`;
    if (chip.textContent !== shown) chip.textContent = shown;
    search();
  };

  const chip = document.createElement("button");
  chip.type = "button";
  chip.id = "asking";
  chip.hidden = true;
  chip.addEventListener("click", () => { off.clear(); update(); $("#question textarea")?.focus(); });

  const search = () => {
    const wanted = ($("#source-search input, #source-search textarea")?.value ?? "").trim().toLowerCase();
    for (const row of $$("#library .source")) {
      const words = `${row.textContent} ${nameOf($(".tick", row))}`.toLowerCase();
      row.hidden = !!wanted && !words.includes(wanted);
    }
    for (const row of $$("#library .folder")) {
      row.hidden = !!wanted && inFolder($(".tick", row)).every((tick) => tick.closest("li").hidden);
    }
  };

  document.addEventListener("click", (event) => {
    const tick = event.target instanceof Element && event.target.closest("#library .tick");
    if (!tick) return;
    const shown = (some) => some.filter((each) => !each.closest("li").hidden);
    const some = tick.matches(".one") ? [tick] : shown(tick.matches(".folder") ? inFolder(tick) : ticks());
    const add = tick.getAttribute("aria-checked") !== "true";
    for (const each of some) {
      if (add) off.delete(nameOf(each));
      else off.add(nameOf(each));
    }
    update();
  });
  document.addEventListener("input", (event) => {
    if (event.target instanceof Element && event.target.closest("#source-search")) search();
  });

  const start = () => {
    let due = false;
    const place = () => {
      const row = $("#ask-row");
      if (row && !chip.isConnected) row.before(chip);
    };
    const look = () => { due = false; place(); update(); };
    new MutationObserver((changes) => {
      const ours = changes.some(({ target, addedNodes }) =>
        (target instanceof Element && target.closest("#library") && !target.closest(".tick")) ||
        [...addedNodes].some((each) => each instanceof Element && (each.id === "ask-row" || each.querySelector?.("#library, #ask-row"))));
      if (!ours || due) return;
      due = true;
      requestAnimationFrame(look);
    }).observe(document.body, { childList: true, subtree: true });
    look();
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
