// Filter and sort the tables of properties. Without it, the tables are all there.
(() => {
  const tables = [...document.querySelectorAll("table.properties")];
  const rows = tables.flatMap((table) => [...table.tBodies[0].rows]);
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));

  const look =
    "background: var(--pst-color-surface); color: var(--pst-color-text-base); " +
    "border: 1px solid var(--pst-color-text-muted); border-radius: 4px; padding: 0.3em 0.6em; ";

  const addFilter = () => {
    const box = document.createElement("p");
    box.innerHTML =
      '<label for="property-filter">Filter the tables: </label> ' +
      `<input id="property-filter" type="search" autocomplete="off" style="${look}"> ` +
      '<span id="property-count" role="status"></span>';
    document.querySelector("#filter-here").replaceWith(box);
    const input = box.querySelector("input");
    input.addEventListener("input", () => filter(input.value, box.querySelector("span")));
  };

  const filter = (wanted, count) => {
    const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of rows) row.hidden = !words.every((word) => texts.get(row).includes(word));
    for (const table of tables) {
      const empty = [...table.tBodies[0].rows].every((row) => row.hidden);
      table.closest("section").hidden = empty;
    }
    const left = rows.filter((row) => !row.hidden).length;
    count.textContent = words.length ? `${left} of ${rows.length} properties` : "";
  };

  const addSorting = (table) => {
    const headings = [...table.tHead.rows[0].cells];
    headings.forEach((heading, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = heading.textContent;
      button.title = "Sort by this column";
      button.style.cssText =
        "background: none; border: 0; padding: 0; color: inherit; font: inherit; " +
        "text-decoration: underline dotted;";
      button.addEventListener("click", () => sort(table, headings, heading, column));
      heading.replaceChildren(button);
    });
  };

  const sort = (table, headings, heading, column) => {
    const direction = heading.getAttribute("aria-sort") === "ascending" ? -1 : 1;
    for (const each of headings) each.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", direction === 1 ? "ascending" : "descending");
    const text = (row) => row.cells[column].textContent.trim();
    const sorted = [...table.tBodies[0].rows].sort((a, b) => direction * text(a).localeCompare(text(b)));
    table.tBodies[0].append(...sorted);
  };

  addFilter();
  tables.forEach(addSorting);
})();
