"use strict";
(() => {
  const box = document.getElementById("search");
  const home = document.getElementById("questions");
  const words = document.getElementById("words");
  const order = document.getElementById("order");
  const shown = document.getElementById("shown");
  const filters = [...box.querySelectorAll("select[data-filter]")];
  const all = [...home.children].map((node) => ({ node, text: node.textContent.toLowerCase() }));
  const apply = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const { node, text } of all) {
      const fits = wanted.every((word) => text.includes(word)) && filters.every((each) => {
        const held = node.getAttribute("data-" + each.dataset.filter) || "";
        const parts = held.split(each.dataset.filter === "tag" ? "\n" : " ");
        return !each.value || parts.includes(each.value);
      });
      node.hidden = !fits;
      count += fits ? 1 : 0;
    }
    shown.textContent = count + " of " + all.length;
  };
  const sort = () => {
    const key = "data-" + order.value;
    const value = (each) => Number(each.node.getAttribute(key));
    all.sort((a, b) => value(a) - value(b));
    home.append(...all.map((each) => each.node));
  };
  const open = () => {
    const node = location.hash ? document.getElementById(location.hash.slice(1)) : null;
    if (node && node.matches("details.question")) {
      node.open = true;
      node.scrollIntoView();
    }
  };
  box.hidden = false;
  words.addEventListener("input", apply);
  filters.forEach((each) => each.addEventListener("change", apply));
  order.addEventListener("change", sort);
  window.addEventListener("hashchange", open);
  apply();
  open();
})();
