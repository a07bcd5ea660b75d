// The charts of the home page. Each has a table beside it that says the same without a script.
"use strict";

const data = JSON.parse(document.getElementById("data").textContent);
const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const kinds = ["c1", "c2", "c3", "c4", "c5", "c6"];
const standings = { ok: "ok", moved: "moved", suspect: "suspect", broken: "broken", blocked: "blocked" };
const number = (value) => value.toLocaleString("en");

const whole = (value) => (Number.isInteger(value) ? number(value) : "");

function sized(width, more) {
  return { width, style: { background: "transparent", color: "inherit", fontSize: "12px" }, ...more };
}

function rot(rows, width) {
  const parts = rows.flatMap((row) => [
    { year: row.year, what: "page broken", share: row.broken_pages_share, links: row.broken_pages },
    { year: row.year, what: "host broken", share: row.broken_hosts_share, links: row.broken_hosts },
  ]);
  return sized(width, {
    ariaLabel: "Link rot by year",
    x: { label: null, type: "band" },
    y: { label: "% of the links", percent: true, grid: true, nice: true },
    color: { legend: true, domain: ["page broken", "host broken"], range: [color("broken"), color("suspect")] },
    marks: [
      Plot.barY(parts, {
        x: "year", y: "share", fill: "what", tip: true,
        title: (part) => `${part.year}, ${part.what}: ${number(part.links)} links, ${(100 * part.share).toFixed(1)} %`,
      }),
      Plot.ruleY([0]),
    ],
  });
}

function bars(rows, width, name, value, fill, label, title) {
  return sized(width, {
    ariaLabel: label,
    height: 40 + 26 * rows.length,
    marginLeft: Math.min(width * 0.4, 12 + 7 * Math.max(...rows.map((row) => row[name].length))),
    marginRight: 56,
    x: { label: null, axis: null },
    y: { label: null, domain: rows.map((row) => row[name]) },
    marks: [
      Plot.barX(rows, { x: value, y: name, fill, tip: true, title }),
      Plot.text(rows, { x: value, y: name, text: (row) => number(row[value]), textAnchor: "start", dx: 4 }),
      Plot.ruleX([0]),
    ],
  });
}

function stacked(rows, width, label) {
  const totals = d3.rollup(rows, (group) => d3.sum(group, (row) => row.repos), (row) => row.kind);
  const names = [...totals.keys()].filter((name) => name !== "other");
  names.sort((one, other) => d3.descending(totals.get(one), totals.get(other)));
  const range = names.map((_, place) => color(kinds[place]));
  if (totals.has("other")) {
    names.push("other");
    range.push(color("c7"));
  }
  return sized(width, {
    ariaLabel: label,
    x: { label: null, type: "band" },
    y: { label: "repositories", grid: true, tickFormat: whole },
    color: { legend: true, domain: names, range },
    marks: [
      Plot.barY(rows, {
        x: "year", y: "repos", fill: "kind", order: names, tip: true,
        title: (row) => `${row.year}, ${row.kind}: ${number(row.repos)}`,
      }),
      Plot.ruleY([0]),
    ],
  });
}

function stars(rows, width) {
  const days = rows.map((row) => ({ ...row, date: new Date(row.day) }));
  const names = [...new Set(rows.map((row) => row.repo))];
  return sized(width, {
    ariaLabel: "Stars over time",
    height: 320,
    marginLeft: 60,
    marginBottom: 42,
    x: { label: null, type: "utc" },
    y: { label: "stars", grid: true, nice: true, zero: false },
    color: { legend: true, domain: names, range: names.map((_, place) => color(kinds[place % 6])) },
    marks: [
      Plot.line(days, { x: "date", y: "stars", stroke: "repo", marker: days.length < 200 ? "dot" : null }),
      Plot.tip(days, Plot.pointer({ x: "date", y: "stars", title: (row) => `${row.repo}, ${row.day}: ${number(row.stars)}` })),
    ],
  });
}

const charts = {
  rot: (width) => rot(data.rot, width),
  standings: (width) =>
    bars(data.standings, width, "standing", "links", (row) => color(standings[row.standing] ?? "rest"), "Verdicts",
      (row) => `${row.standing}: ${number(row.links)}`),
  stars: (width) => stars(data.stars, width),
  languages: (width) => stacked(data.languages, width, "Languages by year"),
  licenses: (width) => stacked(data.licenses, width, "Licenses by year"),
  hosts: (width) =>
    bars(data.hosts, width, "host", "broken", () => color("broken"), "Worst hosts",
      (row) => `${row.host}: ${number(row.broken)} of ${number(row.links)} broken`),
};

function draw(place) {
  const name = place.dataset.chart;
  if (data[name].length === 0) {
    place.textContent = "Nothing to show yet.";
    return;
  }
  const chart = Plot.plot(charts[name](Math.max(place.clientWidth, 200)));
  const picture = chart.matches("svg") ? chart : [...chart.querySelectorAll("svg")].at(-1);
  picture.setAttribute("role", "img");
  // A picture has no parts to be named, and a group without a role no name.
  picture.querySelectorAll("g[aria-label]").forEach((group) => group.removeAttribute("aria-label"));
  picture.setAttribute("aria-label", `${picture.getAttribute("aria-label")}: the table below says the same.`);
  place.replaceChildren(chart);
}

const places = document.querySelectorAll("[data-chart]");
const redraw = () => places.forEach(draw);
let drawnFor = 0;
new ResizeObserver(() => {
  if (document.body.clientWidth !== drawnFor) {
    drawnFor = document.body.clientWidth;
    redraw();
  }
}).observe(document.body);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
