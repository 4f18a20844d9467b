/* Charts of the rows selected: bars of what may be added, and a matrix of classes; each with its table. */
(function () {
  "use strict";
  var gis = (window.gis = window.gis || {}), node = gis.svg, TALL = 190, LEFT = 56, BELOW = 44, CELL = 20, MOST = 40;

  function said(entry) { return Array.isArray(entry) ? entry[document.documentElement.lang === "en" ? 1 : 0] : String(entry); }
  function key(entry) { return Array.isArray(entry) ? entry[0] : String(entry); }
  function order(a, b) {
    var x = parseFloat(a.key), y = parseFloat(b.key);
    return isFinite(x) && isFinite(y) && x !== y ? x - y : a.key.localeCompare(b.key, "zh");
  }

  /* What bars may stand for, and what they are called. */
  gis.SIDES = { y: ["年度", "Year"], part: ["时段", "Time"], town: ["乡镇(街道)", "Town"], line: ["控制线", "Line"], category: ["类型", "Category"] };
  gis.sidesOf = function (layer) {
    return Object.keys(gis.SIDES).filter(function (name) { return name === "y" ? layer.columns.y : gis.facet(layer, name); });
  };
  function valueOf(layer, side) {
    var column = side === "y" ? layer.columns.y : gis.facet(layer, side);
    return function (row) {
      var value = column.value(row);
      return value === null || value === "" ? ["无", "none"] : value;
    };
  }
  /* → bars in order, each with a sum a style. */
  gis.grouped = function (layer, rows, side) {
    var value = valueOf(layer, side), found = Object.create(null), style = layer.style;
    for (var k = 0; k < rows.length; k++) {
      var told = value(rows[k]), name = key(told), bar = found[name];
      if (!bar) bar = found[name] = { key: name, told: told, sums: layer.styles.map(function () { return new gis.Sum(layer); }), all: new gis.Sum(layer) };
      if (bar.sums[style[rows[k]]]) bar.sums[style[rows[k]]].add(rows[k]);
      bar.all.add(rows[k]);
    }
    return Object.keys(found).map(function (name) { return found[name]; }).sort(order);
  };
  function paint(style) { return style.fill || style.line; }
  function titled(shape, text) { shape.appendChild(node("title", {}, text)); return shape; }

  gis.bars = function (layer, rows, side, area) {
    var bars = gis.grouped(layer, rows, side), size = area ? function (sum) { return sum.mu() || 0; } : function (sum) { return sum.n; };
    var most = bars.reduce(function (top, bar) { return Math.max(top, size(bar.all)); }, 0) || 1, step = nice(most / 4), high = Math.ceil(most / step) * step;
    var wide = Math.max(280, bars.length * 34 + LEFT + 8), each = (wide - LEFT - 8) / Math.max(1, bars.length), y = function (value) { return 8 + TALL * (1 - value / high); };
    var svg = node("svg", { viewBox: "0 0 " + wide + " " + (TALL + BELOW + 8), class: "chart", role: "img", "aria-label": said(["所选", "selected"]) + "：" + said(gis.SIDES[side]) });
    var crowded = bars.some(function (bar) { return said(bar.told).replace(/[ -~]/g, "").length * 6 + said(bar.told).length * 6 > each - 2; });
    for (var tick = 0; tick <= high + step / 2; tick += step) {
      svg.appendChild(node("path", { d: "M" + LEFT + " " + y(tick) + "H" + (wide - 4), class: "thin" }));
      svg.appendChild(node("text", { x: LEFT - 6, y: y(tick) + 4, "text-anchor": "end" }, tick.toLocaleString("en")));
    }
    bars.forEach(function (bar, at) {
      var x = LEFT + at * each, floor = 0;
      bar.sums.forEach(function (sum, k) {
        var value = size(sum);
        if (value <= 0) return;
        svg.appendChild(titled(node("rect", { x: x + each * 0.14, width: each * 0.72, y: y(floor + value), height: Math.max(0.5, y(floor) - y(floor + value)),
          fill: paint(layer.styles[k]), stroke: layer.styles[k].line || "#1f2933", "stroke-width": 0.6 }), said(bar.told) + " " + said(layer.styles[k].word) + " " + gis.number(value)));
        floor += value;
      });
      var text = said(bar.told), label = node("text", { x: x + each / 2, y: TALL + 22, "text-anchor": crowded ? "end" : "middle" }, text);
      if (crowded) label.setAttribute("transform", "rotate(-35 " + (x + each / 2) + " " + (TALL + 18) + ")");
      svg.appendChild(label);
    });
    return svg;
  };
  function nice(raw) {
    var power = Math.pow(10, Math.floor(Math.log10(Math.max(raw, 1))));
    return [1, 2, 2.5, 5, 10].map(function (one) { return one * power; }).find(function (one) { return one >= raw && (one >= 1); }) || power;
  }

  /* The twin of bars: a row a bar, a column a style that occurs. */
  gis.barsTable = function (layer, rows, side, area) {
    var bars = gis.grouped(layer, rows, side), used = layer.styles.map(function (_, k) { return bars.some(function (bar) { return bar.sums[k].n; }); });
    function told(sum) { return area ? sum.n ? sum.mu() === null ? null : sum.mu() : 0 : sum.n; }
    var all = new gis.Sum(layer);
    for (var k = 0; k < rows.length; k++) all.add(rows[k]);
    return {
      heads: [gis.SIDES[side]].concat(layer.styles.filter(function (_, k) { return used[k]; }).map(function (style) { return style.word; }), [["合计", "Total"]]),
      rows: bars.map(function (bar) { return [bar.told].concat(bar.sums.filter(function (_, k) { return used[k]; }).map(told), [told(bar.all)]); })
        .concat([[["合计", "Total"]].concat(layer.styles.map(function (_, k) {
          var sum = new gis.Sum(layer);
          for (var i = 0; i < rows.length; i++) if (layer.style[rows[i]] === k) sum.add(rows[i]);
          return told(sum);
        }).filter(function (_, k) { return used[k]; }), [told(all)])])
    };
  };

  /* Classes of all places by period: a row a place, a column a period, newest rows of a period win. */
  gis.matrixOf = function (layer, rows) {
    var part = gis.facet(layer, "part"), places = Object.create(null), periods = Object.create(null), cells = Object.create(null);
    for (var k = 0; k < rows.length; k++) {
      var row = rows[k], place = layer.text("t", row).toString(), year = layer.columns.y.value(row), month = part ? part.value(row) : "";
      var name = year + " " + key(month);
      places[place] = places[place] || Object.keys(places).length + 1;
      periods[name] = periods[name] || { key: name, year: year, told: month, at: year * 1000 + (parseFloat(key(month)) || 0) };
      cells[place + "\n" + name] = row;
    }
    return {
      places: Object.keys(places),
      periods: Object.keys(periods).map(function (name) { return periods[name]; }).sort(function (a, b) { return a.at - b.at; }),
      row: function (place, period) { var found = cells[place + "\n" + period.key]; return found === undefined ? -1 : found; }
    };
  };
  /* The sign inside the symbol of a class: one text, or one a language. */
  function signsOf(style) {
    var icon = style.icon || "", both = /class="zh">([^<]*)<.*class="en">([^<]*)</.exec(icon), one = /<text[^>]*>([^<]+)</.exec(icon);
    return both ? [both[1], both[2]] : one ? [one[1], one[1]] : null;
  }
  function inkOf(style) { var found = /<text[^>]*fill="([^"]*)"/.exec(style.icon || ""); return found ? found[1] : "#000000"; }
  function periodWords(period) { return period.told ? period.year + " " + said(period.told) : String(period.year); }

  gis.matrix = function (layer, rows, pick) {
    var made = gis.matrixOf(layer, rows), left = 96, top = 34, across = made.periods.length > MOST ? 10 : CELL + 2;
    var wide = left + made.periods.length * across + 4, tall = top + made.places.length * CELL + 4;
    var svg = node("svg", { viewBox: "0 0 " + wide + " " + tall, style: "width:" + wide + "px", class: "chart matrix", role: "img", "aria-label": said(layer.spec.name) });
    made.periods.forEach(function (period, at) {
      var begins = !at || made.periods[at - 1].year !== period.year;
      if (begins) svg.appendChild(node("text", { x: left + at * across, y: 12 }, period.year));
      if (across >= CELL) svg.appendChild(node("text", { x: left + at * across + CELL / 2, y: 28, "text-anchor": "middle" }, String(parseInt(key(period.told), 10) || "")));
    });
    made.places.forEach(function (place, line) {
      svg.appendChild(node("text", { x: left - 6, y: top + line * CELL + 15, "text-anchor": "end" }, place.length > 7 ? place.slice(0, 6) + "…" : place));
      made.periods.forEach(function (period, at) {
        var row = made.row(place, period), style = row < 0 ? null : layer.styles[layer.style[row]];
        if (!style) return;
        var cell = node("g", { class: "cell", "data-row": row }), sign = said(signsOf(style) || ["", ""]);
        cell.appendChild(node("rect", { x: left + at * across + 0.5, y: top + line * CELL + 0.5, width: across - 1, height: CELL - 1, fill: style.fill || "#ffffff", stroke: "#8a97a3", "stroke-width": 0.6 }));
        if (across >= CELL) cell.appendChild(node("text", { x: left + at * across + across / 2, y: top + line * CELL + 14.5, "text-anchor": "middle", style: "fill:" + inkOf(style) }, sign));
        svg.appendChild(titled(cell, place + " " + periodWords(period) + " " + said(style.word)));
      });
    });
    svg.addEventListener("click", function (event) {
      var cell = event.target.closest("[data-row]");
      if (cell) pick(+cell.dataset.row);
    });
    return svg;
  };
  gis.matrixTable = function (layer, rows) {
    var made = gis.matrixOf(layer, rows);
    return {
      heads: [layer.spec.head].concat(made.periods.map(function (period) {
        return period.told ? [period.year + " " + key(period.told), period.year + " " + (Array.isArray(period.told) ? period.told[1] : period.told)] : [String(period.year), String(period.year)];
      })),
      rows: made.places.map(function (place) {
        return [place].concat(made.periods.map(function (period) {
          var row = made.row(place, period), style = row < 0 ? null : layer.styles[layer.style[row]];
          return style ? signsOf(style) || style.word : null;
        }));
      })
    };
  };
})();
