"use strict";
// Sorts, searches and filters the one table. Without it the page shows everything.
(() => {
  const table = document.querySelector("table");
  if (!table) return;
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const words = new Map();
  const search = document.getElementById("search");
  const shown = document.getElementById("shown");
  const chips = [...document.querySelectorAll(".chips button[data-group]")];
  const bars = [...document.querySelectorAll(".chart button")];
  const order = new Intl.Collator(document.documentElement.lang, { numeric: true });
  let issue = "";

  const text = (row) => {
    if (!words.has(row)) words.set(row, row.textContent.toLowerCase());
    return words.get(row);
  };

  const filter = () => {
    const on = new Set(chips.filter((c) => c.ariaPressed === "true").map((c) => c.dataset.group));
    const parts = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of rows) {
      const fits = on.has(row.dataset.group)
        && (!issue || row.dataset.issues.split("\n").includes(issue))
        && parts.every((part) => text(row).includes(part));
      row.hidden = !fits;
      count += fits;
    }
    shown.textContent = shown.dataset.text.replace("%", count.toLocaleString());
  };

  const sort = (head) => {
    const up = head.ariaSort !== "ascending";
    for (const other of table.tHead.rows[0].cells) other.ariaSort = "none";
    head.ariaSort = up ? "ascending" : "descending";
    const key = (row) => row.cells[head.cellIndex].dataset.key;
    const sign = up ? 1 : -1;
    rows.sort((a, b) => sign * order.compare(key(a), key(b)));
    body.append(...rows);
  };

  for (const chip of chips) {
    chip.disabled = false;
    chip.addEventListener("click", () => {
      chip.ariaPressed = chip.ariaPressed === "true" ? "false" : "true";
      filter();
    });
  }
  for (const bar of bars) {
    bar.addEventListener("click", () => {
      issue = issue === bar.dataset.issue ? "" : bar.dataset.issue;
      for (const other of bars) other.ariaPressed = String(other.dataset.issue === issue);
      filter();
    });
  }
  for (const head of table.tHead.rows[0].cells) {
    head.querySelector("button").addEventListener("click", () => sort(head));
  }
  let wait;
  search.addEventListener("input", () => {
    clearTimeout(wait);
    wait = setTimeout(filter, 120);
  });
  document.getElementById("everything").addEventListener("click", () => {
    search.value = issue = "";
    for (const other of [...chips, ...bars]) {
      other.ariaPressed = String(Boolean(other.dataset.group));
    }
    filter();
  });
  document.querySelector(".tools").hidden = false;
  filter();
})();
