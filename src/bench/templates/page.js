/* Draws the page's charts, switches its colours, narrows its list; all else works without it. */
(function () {
  "use strict";
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  var narrow = window.matchMedia("(max-width: 40rem)");
  var paperWidth = 690; // CSS pixels between the margins of a sheet of A4
  var paperHeight = 900; // so that no chart is cut in two
  var printing = false;

  // Plotly takes no CSS custom properties, so each colour is exchanged for that of the palette
  // and scheme in use.
  function recoloured(value, colours) {
    if (typeof value === "string") {
      return Object.prototype.hasOwnProperty.call(colours, value) ? colours[value] : value;
    }
    if (Array.isArray(value)) {
      return value.map(function (item) { return recoloured(item, colours); });
    }
    if (value && typeof value === "object") {
      var copy = {};
      Object.keys(value).forEach(function (name) { copy[name] = recoloured(value[name], colours); });
      return copy;
    }
    return value;
  }

  function assign(target, path, value) {
    var names = path.split(".");
    var last = names.pop();
    names.forEach(function (name) {
      if (target[name] === undefined) { target[name] = {}; }
      target = target[name];
    });
    target[last] = value;
  }

  function draw(holder) {
    var target = document.getElementById(holder.getAttribute("data-target"));
    if (!target || (target.closest("details:not([open])") && !printing)) { return; }
    var chart = JSON.parse(holder.textContent);
    var meta = chart.layout.meta || {};
    delete chart.layout.meta;
    if (narrow.matches && !printing) {
      Object.keys(meta.narrow || {}).forEach(function (path) {
        assign(chart.layout, path, meta.narrow[path]);
      });
    }
    var schemes = (meta.colours || {})[document.body.getAttribute("data-palette")] || {};
    chart = recoloured(chart, schemes[dark.matches && !printing ? "dark" : "light"] || {});
    if (printing) {
      chart.layout.width = paperWidth;
      chart.layout.height = Math.min(chart.layout.height, paperHeight);
      chart.layout.font = { size: 11 };
    } else {
      chart.layout.autosize = true;
    }
    var apology = target.parentNode.querySelector(".undrawn");
    if (apology) { apology.hidden = true; }
    window.Plotly.react(target, chart.data, chart.layout, { displayModeBar: false, responsive: true });
  }

  function drawAll() {
    document.querySelectorAll("script.chart-data").forEach(draw);
  }

  function offerPalettes() {
    var form = document.querySelector("form.switch");
    if (!form) { return; }
    form.hidden = false;
    form.addEventListener("change", function (event) {
      document.querySelectorAll("[data-palette]").forEach(function (each) {
        each.setAttribute("data-palette", event.target.value);
      });
      if (window.Plotly) { drawAll(); }
    });
  }

  // In a page by itself the library is packed, and unpacked only once the page is shown.
  function unpack(packed) {
    var bytes = Uint8Array.from(atob(packed.textContent), function (c) { return c.charCodeAt(0); });
    var stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    new Response(stream).text().then(function (code) {
      var script = document.createElement("script");
      script.textContent = code;
      document.body.appendChild(script);
      drawWhenReady();
    });
  }

  // Hides the rows of a table that the choices above it leave out, and puts the rest in order;
  // without it all rows are there, as they come.
  function offerNarrowing() { document.querySelectorAll("form.narrowing").forEach(narrowBy); }

  function narrowBy(form) {
    var table = document.getElementById(form.getAttribute("data-rows"));
    var groups = Array.prototype.slice.call(table.tBodies);
    var rows = Array.prototype.slice.call(table.querySelectorAll("tbody tr:not(.domain)"));
    var homes = rows.map(function (row) { return row.parentNode; });
    var fields = Array.prototype.slice.call(form.querySelectorAll("[data-field]"));
    var order = form.querySelector("[data-order]");
    function place(row) {
      var at = row.getAttribute("data-" + order.value);
      return at === null ? -1000 : Number(at); // what has no place comes last
    }
    function arrange() {
      var sorted = order.value ? rows.slice().sort(function (a, b) { return place(b) - place(a); }) : rows;
      sorted.forEach(function (row) {
        (order.value ? groups[0] : homes[rows.indexOf(row)]).appendChild(row);
      });
    }
    function narrow() {
      var shown = rows.filter(function (row) {
        row.hidden = !fields.every(function (field) {
          return !field.value || row.getAttribute("data-" + field.getAttribute("data-field")) === field.value;
        });
        return !row.hidden;
      });
      if (order) { arrange(); }
      table.querySelectorAll("tr.domain").forEach(function (title) {
        title.hidden = Boolean(order && order.value) || !title.parentNode.querySelector("tr:not(.domain):not([hidden])");
      });
      var note = form.querySelector(".note");
      if (note && order) { note.hidden = !order.value; }
      form.querySelector(".found").textContent = shown.length === rows.length
        ? "All " + rows.length + " rows are shown."
        : shown.length + " of " + rows.length + " rows shown.";
    }
    form.hidden = false;
    form.addEventListener("submit", function (event) { event.preventDefault(); });
    form.addEventListener("change", narrow);
    narrow();
    offerCopies(table, form.querySelector(".found"));
  }

  // A row as a sentence with its source, and where it stands if the page has an address on the web.
  function offerCopies(table, status) {
    table.querySelectorAll("button.copy").forEach(function (button) {
      button.hidden = false;
      button.addEventListener("click", function () {
        var text = button.getAttribute("data-sentence");
        if (/^https?:$/.test(window.location.protocol)) {
          text += " " + window.location.href.split("#")[0] + "#" + button.closest("tr").id;
        }
        copy(text).then(function () {
          status.textContent = "Copied: " + text;
          table.querySelectorAll("button.copied").forEach(function (other) { name(other, "Copy"); });
          name(button, "Copied");
        }, function () {
          status.textContent = "Your browser does not let a page copy. The sentence is: " + text;
          if (!button.nextElementSibling) { button.parentNode.appendChild(besideRow(text)); }
        });
      });
    });
  }

  // The form above the table may be out of sight, so the row says it as well.
  function name(button, word) {
    button.textContent = word;
    button.classList.toggle("copied", word === "Copied");
    button.setAttribute("aria-label", button.getAttribute("aria-label").replace(/^\w+/, word));
  }

  function besideRow(text) {
    var whole = document.createElement("span");
    whole.className = "to-copy";
    whole.textContent = text;
    return whole;
  }

  function copy(text) {
    if (navigator.clipboard && navigator.clipboard.writeText) {
      return navigator.clipboard.writeText(text);
    }
    var area = document.createElement("textarea");
    var before = document.activeElement;
    area.value = text;
    document.body.appendChild(area);
    area.select();
    var done = document.execCommand("copy");
    area.remove();
    before.focus();
    return done ? Promise.resolve() : Promise.reject(new Error("not copied"));
  }

  // What a verdict hinges on is closed until it is asked for, be it by a link; on paper all is open.
  function offerFootings() {
    function named() {
      var name = window.location.hash.slice(1);
      try {
        return decodeURIComponent(name);
      } catch (error) {  // whoever made the address: no section of ours is called so
        return name;
      }
    }
    function open() {
      var asked = document.getElementById(named());
      var around = asked && asked.closest("details");
      while (around) {
        around.open = true;
        around = around.parentElement.closest("details");
      }
      if (asked) { asked.scrollIntoView(); }
    }
    window.addEventListener("hashchange", open);
    window.addEventListener("beforeprint", function () {
      document.querySelectorAll("details.footing:not([open])").forEach(function (each) {
        each.open = true;
        each.setAttribute("data-for-paper", "");
      });
    });
    window.addEventListener("afterprint", function () {
      document.querySelectorAll("details[data-for-paper]").forEach(function (each) {
        each.open = false;
        each.removeAttribute("data-for-paper");
      });
    });
    open();
  }

  // A chart has no width as long as its section is closed.
  function drawOpened() {
    document.addEventListener("toggle", function (event) {
      if (event.target.open) { event.target.querySelectorAll("script.chart-data").forEach(draw); }
    }, true);
  }

  // A file beside the page is not beside its print, and its address would name the folders here.
  function leaveFilesBehind() {
    window.addEventListener("beforeprint", function () {
      document.querySelectorAll("a[href]").forEach(function (link) {
        if (link.protocol === "file:" && link.pathname !== window.location.pathname) {
          link.setAttribute("data-left-behind", link.getAttribute("href"));
          link.removeAttribute("href");
        }
      });
    });
    window.addEventListener("afterprint", function () {
      document.querySelectorAll("a[data-left-behind]").forEach(function (link) {
        link.setAttribute("href", link.getAttribute("data-left-behind"));
        link.removeAttribute("data-left-behind");
      });
    });
  }

  // The table behind a chart stands in for it; what else is closed stays so.
  function withoutCharts() {
    document.querySelectorAll("figure details.behind").forEach(function (each) { each.open = true; });
  }

  function start() {
    offerPalettes();
    offerNarrowing();
    offerFootings();
    leaveFilesBehind();
    var packed = document.getElementById("packed-plotly");
    if (!packed) {
      drawWhenReady();
    } else if (window.DecompressionStream) {
      window.requestAnimationFrame(function () { window.setTimeout(unpack, 0, packed); });
    } else {
      withoutCharts();
    }
  }

  function drawWhenReady() {
    if (!window.Plotly) {
      withoutCharts();
      return;
    }
    drawAll();
    drawOpened();
    dark.addEventListener("change", drawAll);
    narrow.addEventListener("change", drawAll);
    window.addEventListener("beforeprint", function () { printing = true; drawAll(); });
    window.addEventListener("afterprint", function () { printing = false; drawAll(); });
  }

  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", start);
  } else {
    start();
  }
})();
