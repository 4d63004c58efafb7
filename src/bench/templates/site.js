/* Finds and sorts the rows of a site's tables; without it every row is there, by name. */
(function () {
  "use strict";
  var form = document.querySelector(".finder");
  var tables = Array.prototype.slice.call(document.querySelectorAll("table.listed"));

  function rows(table) {
    return Array.prototype.slice.call(table.tBodies[0].rows);
  }

  // "Kingston" finds Kingston upon Hull, "cote" finds Côte.
  function plain(text) {
    return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/\s+/g, " ").trim();
  }

  function find() {
    var wanted = plain(form.querySelector("input").value);
    var fields = Array.prototype.slice.call(form.querySelectorAll("select"));
    var status = form.querySelector(".found");
    tables.forEach(function (table) {
      var all = rows(table);
      var shown = all.filter(function (row) {
        var fits = plain(row.cells[0].textContent).indexOf(wanted) !== -1 &&
          fields.every(function (field) {
            return !field.value || row.getAttribute("data-" + field.getAttribute("data-field")) === field.value;
          });
        row.hidden = !fits;
        return fits;
      });
      status.textContent = shown.length === all.length
        ? "All " + all.length + " " + status.getAttribute("data-what") + " are shown."
        : shown.length + " of " + all.length + " " + status.getAttribute("data-what") + " shown.";
    });
  }

  // The column that a heading stands over, in a head of one row or two.
  function place(heading) {
    var column = heading.cellIndex;
    var top = Array.prototype.slice.call(heading.parentNode.parentNode.rows[0].cells);
    if (heading.parentNode.rowIndex === 0) {
      return top.slice(0, column).reduce(function (sum, cell) { return sum + cell.colSpan; }, 0);
    }
    return column + top.findIndex(function (cell) { return cell.rowSpan === 1; });
  }

  function sort(table, heading) {
    var column = place(heading);
    var number = heading.getAttribute("data-sort") === "number";
    var now = heading.getAttribute("aria-sort");
    // Numbers are wanted largest first, names from A.
    var order = now ? (now === "ascending" ? "descending" : "ascending") : (number ? "descending" : "ascending");
    var sign = order === "ascending" ? 1 : -1;
    var collator = new Intl.Collator("en-GB");
    function text(row, at) { return row.cells[at].textContent.trim(); }
    // "12 +3" is 12 that are sure and 3 that are probable.
    function part(row, which) { return Number(text(row, column).split("+")[which] || 0); }
    rows(table).sort(function (a, b) {
      var first = number
        ? part(a, 0) - part(b, 0) || part(a, 1) - part(b, 1)
        : collator.compare(text(a, column), text(b, column));
      return sign * first || collator.compare(text(a, 0), text(b, 0));
    }).forEach(function (row) { table.tBodies[0].appendChild(row); });
    table.querySelectorAll("th[aria-sort]").forEach(function (each) { each.removeAttribute("aria-sort"); });
    heading.setAttribute("aria-sort", order);
  }

  tables.forEach(function (table) {
    table.querySelectorAll("th[data-sort]").forEach(function (heading) {
      var button = document.createElement("button");
      button.type = "button";
      while (heading.firstChild) { button.appendChild(heading.firstChild); }
      heading.appendChild(button);
      button.addEventListener("click", function () { sort(table, heading); });
    });
  });

  // A cell of the overview leads to the indicator's row on its council's page.
  document.querySelectorAll("table.grid").forEach(function (table) {
    table.tBodies[0].addEventListener("click", function (event) {
      var cell = event.target.closest("td");
      var link = cell && cell.parentNode.querySelector("th a[href]");
      if (!link) { return; }
      var heading = table.tHead.rows[0].cells[cell.cellIndex];
      window.location.href = link.getAttribute("href") + "#" + heading.getAttribute("data-anchor");
    });
  });

  if (form) {
    form.hidden = false;
    form.addEventListener("submit", function (event) { event.preventDefault(); });
    form.addEventListener("input", find);
    find();
  }
})();
