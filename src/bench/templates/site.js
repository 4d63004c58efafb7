/* Finds and sorts the rows of a site's tables, and leads from a place that is typed to its council;
   without it every row and every place is there, by name. */
(function () {
  "use strict";
  var form = document.querySelector(".finder");
  var tables = Array.prototype.slice.call(document.querySelectorAll("table.listed"));

  function rows(table) {
    return Array.prototype.slice.call(table.tBodies[0].rows);
  }

  // "Kingston" finds Kingston upon Hull, "cote" finds Côte, "Saint Helens" St. Helens.
  function plain(text) {
    return text.normalize("NFD").toLowerCase().replace(/\b(saint\b|st\.)/g, "st ")
      .replace(/[\u0300-\u036f'’`.]/g, "").replace(/&/g, " and ").replace(/[^a-z0-9]+/g, " ").trim();
  }

  // What is left of "London Borough of Barnet" or "Canterbury City Council".
  function untitled(key) {
    return key
      .replace(/\b((london|royal|metropolitan|county|city|district) )?borough( of)?\b/g, " ")
      .replace(/\b((county|city|district|metropolitan) )*council( of( the)?)?\b/g, " ")
      .replace(/^\s*(the )?((city|county|district) of|royal)\b/, " ")
      .replace(/( city and)? (district|city|county|[ml]?bc|mdc|dc|cc)\s*$/, " ")
      .replace(/\s+/g, " ").trim();
  }

  // How well a name fits what is typed: the same, begins so, a word of it does; -1 where it does not.
  function fit(name, key) {
    if (name === key) { return 0; }
    if (name.indexOf(key) === 0) { return 1; }
    return (" " + name).indexOf(" " + key) === -1 ? -1 : 2;
  }

  function offerWayIn(way) {
    var most = 8;
    var input = way.querySelector("input");
    var answer = way.querySelector(".answer");
    var list = way.querySelector(".ways");

    // A council of the table, or a place of the list beneath it.
    function entry(holder, name, sentence) {
      var also = holder.getAttribute("data-also");
      return {
        name: name,
        sentence: sentence,
        keys: [name].concat(also ? also.split(";") : []).map(plain),
        links: Array.prototype.slice.call(holder.querySelectorAll("a[href]"))
      };
    }

    var entries = rows(document.getElementById("councils")).map(function (row) {
      return entry(row, row.cells[0].textContent.trim(), "");
    }).concat(Array.prototype.slice.call(document.querySelectorAll("#places li")).map(function (item) {
      return entry(item, item.getAttribute("data-name"), item.querySelector("span").textContent);
    }));

    function fitting(key) {
      if (key.length < 2) { return []; }
      return entries.map(function (each) {
        var fits = each.keys.map(function (name) { return fit(name, key); })
          .filter(function (rank) { return rank !== -1; });
        return { entry: each, rank: fits.length ? Math.min.apply(null, fits) : -1 };
      }).filter(function (each) { return each.rank !== -1; })
        .sort(function (a, b) { return a.rank - b.rank; });
    }

    // What fits as it is typed; else what fits without "Borough of" and the like, which is surely
    // meant only if nothing else fits.
    function search() {
      var key = plain(input.value);
      var direct = fitting(key);
      if (direct.length) {
        var same = direct.filter(function (each) { return each.rank === 0; });
        return { all: direct, meant: same.length === 1 ? same[0] : direct.length === 1 ? direct[0] : null };
      }
      var other = untitled(key) === key ? [] : fitting(untitled(key));
      return { all: other, meant: other.length === 1 ? other[0] : null };
    }

    function item(each, alone) {
      var line = document.createElement("li");
      if (each.sentence && !alone) { line.textContent = each.sentence + " "; }
      each.links.forEach(function (link, at) {
        var copy = document.createElement("a");
        copy.href = link.getAttribute("href");
        copy.textContent = link.textContent;
        if (at) { line.appendChild(document.createTextNode(", ")); }
        line.appendChild(copy);
      });
      if (!each.links.length) { line.appendChild(document.createTextNode(each.name + " (no page here)")); }
      return line;
    }

    function show() {
      var fits = search().all;
      list.textContent = "";
      fits.slice(0, most).forEach(function (each) {
        list.appendChild(item(each.entry, fits.length === 1));
      });
      if (plain(input.value).length < 2) {
        answer.textContent = "";
      } else if (!fits.length) {
        answer.textContent = "Nothing here is called “" + input.value.trim() + "”. Looked through: " +
          answer.getAttribute("data-scope");
      } else if (fits.length === 1) {
        answer.textContent = fits[0].entry.sentence || "One council fits: " + fits[0].entry.name + ".";
      } else {
        answer.textContent = fits.length + " places fit" +
          (fits.length > most ? "; the first " + most + " are shown." : ".");
      }
    }

    function links() { return Array.prototype.slice.call(list.querySelectorAll("a")); }

    way.addEventListener("submit", function (event) {
      event.preventDefault();
      var meant = search().meant;
      if (meant && meant.entry.links.length === 1) {
        window.location.href = meant.entry.links[0].getAttribute("href");
      } else if (links().length) {
        links()[0].focus();
      }
    });
    // The arrows go from what is typed through the links and back, Escape goes back at once.
    way.addEventListener("keydown", function (event) {
      var step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      var at = links().indexOf(document.activeElement);
      if (event.key === "Escape" && at !== -1) {
        input.focus();
      } else if (step && (at !== -1 || step === 1)) {
        var next = at + step === -1 ? input : links()[at + step];
        if (next) { event.preventDefault(); next.focus(); }
      }
    });
    input.addEventListener("input", show);
    way.hidden = false;
    show();
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

  // The legend is open where there is room for it beside the table.
  if (window.matchMedia("(min-width: 40.0625rem)").matches) {
    document.querySelectorAll("details.legend").forEach(function (each) { each.open = true; });
  }

  var way = document.querySelector(".way-in");
  if (way) { offerWayIn(way); }

  if (form) {
    form.hidden = false;
    form.addEventListener("submit", function (event) { event.preventDefault(); });
    form.addEventListener("input", find);
    find();
  }
})();
