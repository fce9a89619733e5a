// Leads from a marker to its card, and the few things that a page without inline scripts needs.
// It reads the classes that the drawings carry and never turns text into markup.
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const numbered = (element, letter) => {
    for (const name of element.classList) {
      if (name[0] === letter && /^\d+$/.test(name.slice(1))) return Number(name.slice(1));
    }
    return null;
  };

  // ---------------------------------------------------------------- from a marker to its card

  const tell = (name, words) => {
    const field = $(`#${name} textarea, #${name} input`);
    if (!field) return;
    const proto = field.tagName === "TEXTAREA" ? HTMLTextAreaElement : HTMLInputElement;
    const setter = Object.getOwnPropertyDescriptor(proto.prototype, "value").set;
    setter.call(field, `${words}.${Date.now() % 1e6}`);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const whenThere = (selector, then, tries = 60) => {
    const found = $(selector);
    if (found) then(found);
    else if (tries > 0) setTimeout(() => whenThere(selector, then, tries - 1), 50);
  };

  const showEvidence = (turn, then) => {
    document.body.classList.add("evidence-open");
    if (!$(`#evidence-t${turn}`)) tell("shown-turn", turn);
    whenThere(`#evidence-t${turn}`, then);
  };

  let shown = null;  // the marker whose card is shown

  const lightUp = () => {
    const card = $(`#card-t${shown.turn}-m${shown.number}`);
    if (!card) return null;
    for (const old of document.querySelectorAll("#evidence .active")) old.classList.remove("active");
    card.classList.add("active");
    const cell = shown.place === null ? null : $(`mark.p${shown.place}`, card);
    const within = shown.all ? $(`#evidence-t${shown.turn}`) : card;
    const marks = cell ? [cell] : within.querySelectorAll(`mark.s${shown.sentence}`);
    for (const mark of marks) mark.classList.add("active");
    (marks[0] || card).scrollIntoView({ block: "center" });
    return card;
  };

  const showCard = (marker) => {
    const turn = numbered(marker, "t");
    const sentence = numbered(marker, "s");
    const all = marker.matches(".figure:not([class*=' m'])");  // a number made of many cells
    if (turn === null) return;
    showEvidence(turn, (pane) => {
      const first = all && $(`mark.s${sentence}`, pane)?.closest(".card");
      const number = all ? first && Number(first.id.split("-m")[1]) : numbered(marker, "m");
      if (number === null || !(number > 0)) return;
      shown = { turn, number, sentence, all, place: numbered(marker, "p") };
      const card = lightUp();
      if (!card) return;
      card.setAttribute("tabindex", "-1");
      card.focus({ preventScroll: true });
      say(`Source ${number}: ${$(".place", card)?.textContent ?? ""}`);
    });
  };

  // ---------------------------------------------------------------- small helpers

  const announcer = document.createElement("div");
  announcer.id = "announcer";
  announcer.setAttribute("aria-live", "polite");
  const say = (words) => { announcer.textContent = words; };

  const popover = document.createElement("div");
  popover.id = "popover";
  popover.hidden = true;
  popover.setAttribute("role", "tooltip");

  const showPopover = (marker) => {
    const card = $(`#card-t${numbered(marker, "t")}-m${numbered(marker, "m")}`);
    popover.replaceChildren();
    const lines = [marker.getAttribute("aria-label") || marker.title];
    if (card) {
      lines.push($(".place", card)?.textContent);
      const own = card.querySelector(`mark.s${numbered(marker, "s")}`) || $("mark", card);
      lines.push(own ? `“${own.textContent}”` : "");
    }
    lines.filter(Boolean).forEach((line, at) => {
      const row = document.createElement("p");
      row.textContent = line;
      if (at === 1) row.className = "place";
      popover.append(row);
    });
    popover.hidden = false;
    const box = marker.getBoundingClientRect();
    const left = Math.max(8, Math.min(box.left, innerWidth - popover.offsetWidth - 8));
    const below = box.bottom + 8;
    const fits = below + popover.offsetHeight < innerHeight;
    popover.style.left = `${left}px`;
    popover.style.top = `${fits ? below : Math.max(8, box.top - popover.offsetHeight - 8)}px`;
  };
  const hidePopover = () => { popover.hidden = true; };

  const copy = async (button, text, said) => {
    const label = button.textContent;
    let copied = true;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      copied = document.execCommand("copy");
      area.remove();
      button.focus();
    }
    say(copied ? `${said} copied` : "The browser does not allow copying");
    button.textContent = copied ? "Copied" : "Not copied";
    setTimeout(() => { button.textContent = label; }, 1500);
  };

  const copyQuote = (button) => {
    const card = button.closest(".card");
    const words = [...card.querySelectorAll("blockquote mark")].map((m) => m.textContent).join(" ");
    copy(button, `“${words}” (${$(".place", card)?.textContent ?? ""})`, "Quote");
  };

  const setTheme = (dark) => {
    document.body.classList.toggle("dark", dark);
    document.documentElement.classList.toggle("dark", dark);
  };

  // ---------------------------------------------------------------- events

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (!target) return;
    const menu = target.closest("#chat .extra-feedback");
    if (menu) {  // its reasons may stand below what is seen
      setTimeout(() => $(".extra-feedback-options", menu)?.scrollIntoView({ block: "nearest" }), 100);
    }
    const marker = target.closest("button.marker, button.figure");
    if (marker) { hidePopover(); showCard(marker); return; }
    const show = target.closest("button.show-evidence");
    if (show) {
      showEvidence(numbered(show, "t"), (pane) => {
        pane.setAttribute("tabindex", "-1");
        pane.focus();
      });
      return;
    }
    const keep = target.closest("button.keep-question");
    if (keep) {
      tell("kept-turn", numbered(keep, "t"));
      document.body.classList.add("evidence-open");
      whenThere("#fb-fact textarea, #fb-fact input", (field) => {
        field.scrollIntoView({ block: "center" });
        field.focus();
      });
      return;
    }
    const quote = target.closest("button.copy-quote");
    if (quote) { copyQuote(quote); return; }
    const link = target.closest("button.copy-link");
    if (link) { copy(link, link.previousElementSibling.href, "Link"); return; }
    const pin = target.closest("button.pin-answer, button.pin-quote");
    if (pin) {
      const marker = numbered(pin, "m");
      tell("noting", `pin ${numbered(pin, "t")}${marker === null ? "" : ` ${marker}`}`);
      pin.textContent = "Pinned";
      say("Pinned: it stands under Notes");
      return;
    }
    const noted = target.closest("button.remove-note, button.restore-note");
    if (noted) {
      tell("noting", `${noted.matches(".remove-note") ? "remove" : "restore"} ${numbered(noted, "n")}`);
      return;
    }
    if (target.closest(".toggle-theme")) {
      const dark = !document.body.classList.contains("dark");
      setTheme(dark);
      localStorage.setItem("theme", dark ? "dark" : "light");
      return;
    }
    if (target.closest(".toggle-evidence")) {
      document.body.classList.toggle("evidence-open");
      return;
    }
    const isOpen = document.body.classList.contains("evidence-open");
    if (target.closest("#close-evidence") || !target.closest("#evidence-pane")) {
      document.body.classList.remove("evidence-open");
      if (isOpen && innerWidth <= 900) event.preventDefault();  // a tap outside does nothing else
    }
  });

  for (const [kind, then] of [["mouseover", showPopover], ["focusin", showPopover]]) {
    document.addEventListener(kind, (event) => {
      const marker = event.target instanceof Element && event.target.closest("button.marker, span.marker, .hint");
      if (marker) then(marker); else hidePopover();
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      hidePopover();
      document.body.classList.remove("evidence-open");
    }
    const typing = event.target instanceof Element && event.target.closest("input, textarea, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      $("#question textarea, #question input")?.focus();
    }
  });

  // ---------------------------------------------------------------- names for screen readers

  // Gradio names a message by its source, tags and all, and gives some buttons no name.
  const mend = (root) => {
    for (const message of root.querySelectorAll("#chat [aria-label*='message:']")) {
      const who = message.dataset.testid === "user" ? "You asked" : "Answer";
      if (message.getAttribute("aria-label") !== who) {
        message.setAttribute("aria-label", who);
        if (!message.hasAttribute("role")) message.setAttribute("role", "group");
      }
    }
    for (const marker of root.querySelectorAll(".marker[title], .hint[title]")) {
      const words = marker.classList.contains("hint") ? `${marker.textContent}. ` : "";
      marker.setAttribute("aria-label", words + marker.title);
      if (marker.tagName === "SPAN") {
        marker.setAttribute("role", "img");
        marker.setAttribute("tabindex", "0");
      }
      marker.removeAttribute("title");
    }
    // a list whose children are buttons is no list
    for (const list of root.querySelectorAll("#chat .examples[role=list]")) list.removeAttribute("role");
    for (const scroller of root.querySelectorAll("#chat .bubble-wrap, #evidence-pane, #evidence .passage blockquote, #evidence pre")) {
      if (!scroller.hasAttribute("tabindex")) scroller.setAttribute("tabindex", "0");
    }
  };

  // ---------------------------------------------------------------- the sidebar

  const isOpen = () => !!$("#sidebar.open, .sidebar.open");

  // Open where there is room; whoever closes it finds it closed the next time.
  const openSidebar = () => whenThere("#sidebar button.toggle-button", (toggle) => {
    const closed = localStorage.getItem("sidebar") === "closed";
    let byHand = true;
    const turn = () => { byHand = false; toggle.click(); byHand = true; };
    toggle.addEventListener("click", () => {
      if (byHand) localStorage.setItem("sidebar", isOpen() ? "closed" : "open");
    }, true);
    if (innerWidth >= 1200 && !closed && !isOpen()) turn();
    let width = innerWidth;
    addEventListener("resize", () => {  // it would cover a page that became narrow
      if (width >= 900 && innerWidth < 900 && isOpen()) turn();
      width = innerWidth;
    });
  });

  // ---------------------------------------------------------------- where the conversation stands

  // The last question goes to the top and its answer begins below it, also while a model still writes.
  // Who scrolls, types or clicks in the conversation has the say until the next question.
  let lastAsked = "";
  let following = false;
  let watched = null;
  const place = () => {
    const log = $("#chat [role=log]");
    if (!log) return;
    if (watched !== log) {
      watched = log;
      new ResizeObserver(() => place()).observe(log);
      for (const kind of ["wheel", "touchmove", "keydown", "pointerdown"]) {
        $("#chat").addEventListener(kind, () => { following = false; }, { passive: true });
      }
    }
    const questions = log.querySelectorAll(".user-row");
    const question = questions[questions.length - 1];
    const asked = question ? questions.length + question.textContent : "";
    if (asked !== lastAsked) { lastAsked = asked; following = !!question; }
    if (!following) return;
    const answer = [...log.querySelectorAll(".answer")].pop();
    const isBelow = answer && question.compareDocumentPosition(answer) & Node.DOCUMENT_POSITION_FOLLOWING;
    const hidden = isBelow
      ? log.getBoundingClientRect().top + question.offsetHeight + 8 - answer.getBoundingClientRect().top
      : -log.scrollHeight;
    if (Math.abs(hidden) > 1) log.scrollTop -= hidden;
  };

  let wasRunning = false;
  const follow = () => {
    mend(document);
    const stop = $("#stop");
    const running = !!stop && stop.offsetParent !== null;
    if (wasRunning && !running) {
      const answers = document.querySelectorAll("#chat .answer");
      const last = answers[answers.length - 1];
      if (last) say(last.textContent.slice(0, 600));
    }
    if (running && !wasRunning) shown = null;
    place();
    // the evidence may be drawn anew behind a click that came early
    if (shown && !$("#evidence .active")) lightUp();
    if (running && !wasRunning) $("#evidence-pane")?.scrollTo(0, 0);  // what comes begins at the top
    wasRunning = running;
  };

  const start = () => {
    document.documentElement.lang = "en";
    document.body.append(announcer, popover);
    openSidebar();
    const close = document.createElement("button");
    close.id = "close-evidence";
    close.type = "button";
    close.textContent = "Close";
    document.body.append(close);
    const stored = localStorage.getItem("theme");
    if (stored) setTheme(stored === "dark");
    let due = false;
    new MutationObserver(() => {
      if (due) return;
      due = true;
      requestAnimationFrame(() => { due = false; follow(); });
    }).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["aria-label", "title"] });
    follow();
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
  window.documentAssistant = { tell, say };  // for the other scripts of this page
})();
