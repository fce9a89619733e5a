// One study card at a time, with keys; what was known stays in this browser.
(() => {
  "use strict";
  const STORE = "study-cards";
  const MOST = 5000;  // cards that are remembered
  const deck = document.getElementById("deck");
  const cards = [...deck.querySelectorAll(".study")];
  if (!cards.length) return;

  const read = () => {
    try {
      const kept = JSON.parse(localStorage.getItem(STORE) ?? "{}");
      return new Map(Object.entries(kept && typeof kept === "object" ? kept : {}));
    } catch { return new Map(); }
  };
  const marks = read();  // id of a card → "knew" or "again"
  const keep = () => {
    while (marks.size > MOST) marks.delete(marks.keys().next().value);
    try { localStorage.setItem(STORE, JSON.stringify(Object.fromEntries(marks))); } catch { /* a browser that keeps nothing: this page only */ }
  };
  const mark = (card) => marks.get(card.id);

  const made = (tag, words, { cls = "", key = "" } = {}) => {
    const element = document.createElement(tag);
    element.textContent = words;
    if (cls) element.className = cls;
    if (tag === "button") element.type = "button";
    if (key) element.setAttribute("aria-keyshortcuts", key);
    return element;
  };

  let turn = cards;  // the cards of this round
  let at = 0;

  const tally = made("p", "", { cls: "muted" });
  tally.setAttribute("role", "status");
  const bar = made("nav", "", { cls: "turning" });
  bar.setAttribute("aria-label", "Cards");
  const back = made("button", "← Previous", { key: "ArrowLeft" });
  const on = made("button", "Next →", { key: "ArrowRight" });
  const knew = made("button", "Knew it", { cls: "knew", key: "k" });
  const again = made("button", "Again", { cls: "again", key: "a" });
  bar.append(back, again, knew, on);
  const end = made("section", "", { cls: "study end" });
  const title = made("h2", "End of this round");
  title.tabIndex = -1;
  const result = made("p", "");
  const others = made("button", "");
  const whole = made("button", "All once more");
  const forget = made("button", "Forget what I knew");
  const choices = made("p", "", { cls: "turning" });
  choices.append(others, whole, forget);
  end.append(title, result, choices);
  const help = made("p", "Keys: → next, ← previous, Space the answer, K knew it, A again.", { cls: "muted keys" });
  deck.before(tally);
  deck.append(end);
  deck.after(bar, help);

  const detail = () => turn[at]?.querySelector("details");
  const draw = (focus) => {
    const card = turn[at];
    for (const each of cards) each.hidden = each !== card;
    end.hidden = !!card;
    const known = cards.filter((each) => mark(each) === "knew").length;
    const open = cards.filter((each) => mark(each) === "again").length;
    tally.textContent = card
      ? `Card ${at + 1} of ${turn.length} · ${known} known, ${open} again`
      : `${known} known, ${open} again`;
    back.disabled = at === 0;
    on.disabled = !card;
    knew.hidden = again.hidden = !card || !detail().open;
    knew.setAttribute("aria-pressed", String(!!card && mark(card) === "knew"));
    again.setAttribute("aria-pressed", String(!!card && mark(card) === "again"));
    if (!card) {
      const left = cards.length - known;
      result.textContent = `You knew ${known} of ${cards.length}.`;
      others.textContent = `The other ${left} once more`;
      others.hidden = left === 0 || left === cards.length;
    }
    if (focus) (card ? card.querySelector("h2") : title).focus({ preventScroll: true });
    if (focus) scrollTo(0, 0);
  };
  const go = (to) => {
    at = Math.max(0, Math.min(to, turn.length));
    const next = detail();
    if (next) next.open = false;
    draw(true);
  };
  const say = (word) => {
    const card = turn[at];
    if (!card || !detail().open) return;
    marks.delete(card.id);
    marks.set(card.id, word);
    keep();
    go(at + 1);
  };
  const round = (some) => { turn = some; go(0); };

  back.addEventListener("click", () => go(at - 1));
  on.addEventListener("click", () => go(at + 1));
  knew.addEventListener("click", () => say("knew"));
  again.addEventListener("click", () => say("again"));
  others.addEventListener("click", () => round(cards.filter((each) => mark(each) !== "knew")));
  whole.addEventListener("click", () => round(cards));
  forget.addEventListener("click", () => { for (const each of cards) marks.delete(each.id); keep(); round(cards); });
  for (const number of deck.querySelectorAll(".number")) number.hidden = true;  // the line above the cards says it
  for (const card of cards) card.querySelector("details").addEventListener("toggle", () => draw(false));

  document.addEventListener("keydown", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (event.ctrlKey || event.metaKey || event.altKey || target?.closest("input, select, textarea, [contenteditable]")) return;
    const key = event.key.toLowerCase();
    if (key === "arrowright") go(at + 1);
    else if (key === "arrowleft") go(at - 1);
    else if (key === "k") say("knew");
    else if (key === "a") say("again");
    else if (key === " " && detail() && !target?.closest("a, button, summary")) detail().open = !detail().open;
    else return;
    event.preventDefault();
  });
  draw(false);
})();
