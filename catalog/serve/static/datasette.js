// Names for what Datasette's own pages leave without one, and column descriptions out of the way.
"use strict";

function name(selector, words) {
  document.querySelectorAll(selector).forEach((element) => {
    if (!element.getAttribute("aria-label")) element.setAttribute("aria-label", words);
  });
}

document.documentElement.lang ||= "en";

document.addEventListener("DOMContentLoaded", () => {
  name("select[name^=_filter_column]", "Column to filter by");
  name("select[name^=_filter_op]", "How to compare");
  name("input[name^=_filter_value]", "Value to compare with");
  name("select[name=_sort]", "Sort by");
  name("textarea[name=sql]", "SQL");
  document.querySelectorAll(".table-wrapper, pre.wrapped-sql, pre#sql-query").forEach((element) => {
    element.tabIndex = 0;
    element.setAttribute("role", "region");
    name(`.${[...element.classList].join(".") || "none"}`, element.matches("pre") ? "SQL" : "Rows");
  });
  document.querySelectorAll("section.content").forEach((element) => element.setAttribute("role", "main"));
  document.querySelectorAll("dl.column-descriptions").forEach((list) => {
    const details = document.createElement("details");
    const summary = document.createElement("summary");
    details.className = "columns";
    summary.textContent = "What the columns mean";
    list.replaceWith(details);
    details.append(summary, list);
  });
});

// The SQL editor is made when everything has loaded.
window.addEventListener("load", () => setTimeout(() => name(".CodeMirror textarea", "SQL")));
