/* One workspace: a bar of filters that map, counts, table, chart, files and address all follow. */
(function () {
  "use strict";
  var gis = window.gis, el = gis.el, words = gis.words, told = gis.told, given = null, state = null, beside = null, swipe = null, book = null, grid = null, columns = {}, chart = { side: "", area: null, table: false };
  var bar = {}, timer = 0, quiet = false;

  /* Layers with a table, the one the page opens with first. */
  function listed() {
    var all = gis.board.layers.filter(function (layer) { return layer.spec.listed && layer.data.n; });
    return all.filter(function (layer) { return layer.id === given.first; }).concat(all.filter(function (layer) { return layer.id !== given.first; }));
  }
  function layerOf() { return book.layers[state.t] && gis.byId[book.layers[state.t].id]; }
  function union(name) {
    var seen = Object.create(null), out = [];
    listed().forEach(function (layer) {
      var column = gis.facet(layer, name);
      if (column) gis.entriesOf(column).forEach(function (entry) {
        var zh = Array.isArray(entry) ? entry[0] : entry;
        if (zh && !seen[zh]) { seen[zh] = 1; out.push([zh, Array.isArray(entry) ? entry[1] : name === "town" && given.towns[zh] ? given.towns[zh][1] : zh]); }
      });
    });
    var order = name === "town" ? Object.keys(given.towns) : [];
    return out.sort(function (a, b) {
      var x = order.indexOf(a[0]), y = order.indexOf(b[0]), n = parseFloat(a[0]), m = parseFloat(b[0]);
      if (x >= 0 || y >= 0) return (x < 0 ? 999 : x) - (y < 0 ? 999 : y);
      return isFinite(n) && isFinite(m) && n !== m ? n - m : a[0].localeCompare(b[0], "zh");
    });
  }
  function years() {
    var seen = Object.create(null);
    listed().forEach(function (layer) {
      var year = layer.columns.y;
      for (var row = 0; year && row < layer.data.n; row++) { var one = year.value(row); if (one !== null) seen[one] = 1; }
    });
    return Object.keys(seen).map(Number).sort(function (a, b) { return a - b; });
  }

  /* Everything a state can hold, and how the page opens. */
  function vocabulary() {
    var every = gis.board.layers.filter(function (layer) { return !layer.names; }), out = { years: years(), box: box(), sorts: ["t", "s", "k", "y", "f", "r"] };
    out.layers = every.map(function (layer) { return { id: layer.id, n: layer.data.n, keys: layer.spec.keys }; });
    gis.FACETS.forEach(function (name) { out.pairs = out.pairs || {}; out.pairs[name] = union(name); out[name] = out.pairs[name].map(function (pair) { return pair[0]; }).sort(); });
    for (var k = 0; k < 40; k++) out.sorts.push("v" + k);
    out.images = Object.keys(gis.pictures);
    var open = every.map(function (layer) { return layer.id; }).indexOf(given.first);
    if (open < 0) open = Math.max(0, every.findIndex(function (layer) { return layer.spec.listed && layer.data.n; }));
    out.first = { lang: "zh", y: out.years.indexOf(given.year) < 0 ? null : given.year, town: "", line: "", category: "", part: out.part.indexOf(given.part) < 0 ? "" : given.part,
      q: "", t: open, on: every.map(function (layer) { return layer.shown; }), shut: every.map(function (layer) { return layer.spec.keys.map(function () { return false; }); }),
      sort: "", at: null, pick: null, beside: "", handle: 50, images: out.images.map(function (id) { return gis.pictures[id].shown; }) };
    out.pairsOf = gis.editionsOf(every.filter(function (layer) { return layer.spec.listed; }));
    out.besides = out.years.map(String).concat(out.pairsOf.map(function (pair) { return pair[0].id + "~" + pair[1].id; }));
    out.key = [given.name, given.edition, out.years, out.town, out.line, out.category, out.part, out.layers.map(function (one) { return one.id + one.n; })].join("|");
    return out;
  }
  function box() {
    var a = gis.home[0], b = gis.home[1], w = b[1] - a[1], h = b[0] - a[0];
    return [a[1] - w / 2, a[0] - h / 2, b[1] + w / 2, b[0] + h / 2];
  }

  /* ---- the bar ---- */
  function labelled(pair, control, name) {
    var label = el("label", "field " + (name || ""));
    label.appendChild(words(pair));
    label.appendChild(control);
    bar.node.appendChild(label);
    return label;
  }
  function choice(name, pair) {
    var select = el("select");
    select.id = "filter-" + name;
    select.addEventListener("change", function () { if (name === "state") { only(select.value); return; } state[name] = select.value; apply(); });
    bar[name] = { select: select, label: labelled(pair, select) };
  }
  function options(select, pairs, all, value) {
    select.textContent = "";
    [["", all]].concat(pairs.map(function (pair) { return [pair[0], pair]; })).forEach(function (one) {
      var option = el("option", "", told(one[1]));
      option.value = one[0];
      select.appendChild(option);
    });
    select.value = value;
  }
  function build() {
    var slider = el("input"), out = el("output"), q = el("input"), clear = el("button");
    bar.node = document.getElementById("bar");
    slider.type = "range";
    slider.id = "filter-year";
    slider.min = 0;
    slider.max = book.years.length;
    slider.step = 1;
    slider.addEventListener("input", function () { state.y = +slider.value ? book.years[slider.value - 1] : null; apply(); });
    bar.year = { slider: slider, out: out, label: labelled(["年度", "Year"], slider, "year") };
    bar.year.label.appendChild(out);
    bar.year.label.hidden = !book.years.length;
    choice("part", gis.SIDES.part);
    choice("town", gis.SIDES.town);
    choice("state", ["状态/类别", "Status/class"]);
    choice("line", gis.SIDES.line);
    choice("category", gis.SIDES.category);
    q.type = "search";
    q.id = "filter-text";
    q.autocomplete = "off";
    q.addEventListener("input", function () { clearTimeout(timer); timer = setTimeout(function () { state.q = q.value.trim(); apply(); }, 120); });
    bar.q = q;
    labelled(["文字", "Text"], q);
    clear.type = "button";
    clear.id = "filter-clear";
    clear.appendChild(words(["清除筛选", "Clear"]));
    clear.addEventListener("click", reset);
    bar.node.appendChild(clear);
    bar.code = gis.leaving(bar.node, given, paste, say, chosen);
    bar.said = el("p", "said");
    bar.said.setAttribute("role", "status");
    bar.node.appendChild(bar.said);
  }
  function say(pair) { gis.fill(bar.said, pair); }
  /* What the filters are set to, in a line. */
  function chosen() {
    var pairs = [state.y === null ? ["全部年度", "all years"] : [state.y + " 年", String(state.y)]];
    gis.FACETS.forEach(function (name) { book.pairs[name].forEach(function (pair) { if (pair[0] === state[name]) pairs.push(pair); }); });
    if (state.q) pairs.push(["“" + state.q + "”", "“" + state.q + "”"]);
    if (state.beside) pairs.push(besideWords(state.beside));
    return [0, 1].map(function (k) { return ["所选：", "Selected: "][k] + pairs.map(function (pair) { return pair[k]; }).join(["、", ", "][k]); });
  }
  function paste(code) {
    if (code.value === code.written) return;
    var found = gis.fromCode(code.value, book);
    if (!found) { say(["这个代码有误，或属于另一页、另一版本", "this code is mistyped, or of another page or edition"]); code.setAttribute("aria-invalid", "true"); return; }
    code.removeAttribute("aria-invalid");
    restore(found);
    code.value = code.written;
  }
  function reset() {
    ["town", "line", "category"].forEach(function (name) { state[name] = ""; });
    state.y = book.first.y;
    state.part = book.first.part;
    state.q = "";
    state.shut = gis.copy(book.first).shut;
    shutAll();
    apply();
  }
  /* One class of the table's layer alone, or all. */
  function only(key) {
    var layer = layerOf();
    layer.spec.keys.forEach(function (one) { gis.closed[layer.id][one] = key !== "" && one !== key; });
    apply();
  }
  function shutAll() {
    book.layers.forEach(function (one, at) { one.keys.forEach(function (key, k) { gis.closed[one.id][key] = state.shut[at][k]; }); });
  }
  function labels() {
    var layer = layerOf(), open = layer ? layer.spec.keys.filter(function (key) { return !gis.closed[layer.id][key]; }) : [];
    var all = ["全部", "all"];
    bar.year.slider.value = state.y === null ? 0 : book.years.indexOf(state.y) + 1;
    gis.fill(bar.year.out, state.y === null ? ["全部年度", "all years"] : [String(state.y), String(state.y)]);
    bar.year.slider.setAttribute("aria-valuetext", state.y === null ? told(["全部年度", "all years"]) : String(state.y));
    gis.FACETS.forEach(function (name) {
      options(bar[name].select, book.pairs[name], all, state[name]);
      bar[name].label.hidden = book.pairs[name].length < 2;
    });
    if (layer) {
      var pairs = layer.spec.keys.map(function (key, k) { return [key].concat([layer.styles[k].word]); });
      bar.state.select.textContent = "";
      [["", open.length === layer.spec.keys.length || open.length === 1 ? all : ["若干", "some"]]].concat(pairs).forEach(function (one) {
        var option = el("option", "", told(one[1]));
        option.value = one[0];
        bar.state.select.appendChild(option);
      });
      bar.state.select.value = open.length === 1 && layer.spec.keys.length > 1 ? open[0] : "";
      bar.state.label.hidden = layer.spec.keys.length < 2;
    }
    if (document.activeElement !== bar.q) bar.q.value = state.q;
  }

  /* ---- table ---- */
  function columnsOf(layer) {
    if (columns[layer.id]) return columns[layer.id];
    var spec = layer.spec, out = [{ name: "t", head: spec.head, text: function (row) { return layer.text("t", row); } }];
    function symbol(node, row) {
      var style = layer.styles[layer.style[row]], icon;
      if (!style) return;
      icon = el("span", "symbol");
      icon.innerHTML = style.icon;
      node.appendChild(icon);
      node.appendChild(words(style.word));
    }
    if (spec.keys.length > 1) out.push({ name: "s", head: spec.state, text: function (row) { return (layer.styles[layer.style[row]] || { word: "" }).word; }, cell: symbol, extra: 34 });
    if (layer.columns.k) out.push({ name: "k", head: ["判定", "Verdict"], most: 360, text: verdict(layer), cell: verdictCell(layer), extra: 40 });
    spec.fields.forEach(function (field, at) {
      var column = layer.columns["v" + at];
      if (column) out.push({ name: "v" + at, head: field, right: column.kind === "number" || column.kind === "float", text: function (row) { return column.text(row); }, value: column.kind === "number" ? column.value : null });
    });
    if (layer.columns.f) out.push({ name: "f", head: ["来源", "Source"], text: function (row) { return layer.text("f", row); } });
    if (layer.columns.r) out.push({ name: "r", head: ["来源行号", "Source row"], right: true, text: function (row) { return layer.text("r", row); } });
    return (columns[layer.id] = out);
  }
  function verdict(layer) {
    return function (row) {
      var found = layer.columns.k.value(row) || [];
      return [["（", "）", "；"], [" (", ")", "; "]].map(function (sign, k) { return found.map(function (one) { return one[k] + (one[2] ? sign[0] + one[2] + sign[1] : ""); }).join(sign[2]); });
    };
  }
  function verdictCell(layer) {
    var text = verdict(layer);
    return function (node, row) {
      (layer.columns.k.value(row) || []).forEach(function (one) {
        if (!one[3]) return;
        var page = el("a");
        page.href = one[3];
        page.tabIndex = -1;
        page.appendChild(words(["单页", "page"]));
        node.appendChild(page);
        node.appendChild(document.createTextNode(" "));
      });
      node.appendChild(words(text(row)));
    };
  }
  function rowsOf(layer) {
    var out = new Uint32Array(layer.sum.n), n = 0;
    for (var row = 0; row < layer.rows.length; row++) if (layer.rows[row]) out[n++] = row;
    if (!state.sort) return out;
    var name = state.sort.slice(0, -1);
    if (name !== "s" && !layer.columns[name]) return out;
    return gis.sorted(layer, out, name, state.sort.slice(-1) === "-");
  }
  function order(name) {
    state.sort = state.sort === name + "+" ? name + "-" : state.sort === name + "-" ? "" : name + "+";
    table();
    address();
  }
  function side() {
    var node = document.getElementById("side"), tabs = el("div", "tabs"), box = el("div"), live = el("figure", "live");
    tabs.setAttribute("role", "tablist");
    gis.speaks([tabs], "表", "Tables");
    listed().forEach(function (layer) {
      var tab = el("button");
      tab.type = "button";
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-controls", "rows");
      tab.dataset.tab = layer.id;
      tab.appendChild(words(layer.spec.name));
      tab.addEventListener("click", function () { open(layer); });
      tabs.appendChild(tab);
    });
    box.id = "rows";
    bar.count = el("p", "count");
    bar.count.setAttribute("aria-live", "polite");
    bar.files = el("div", "files");
    bar.live = live;
    [tabs, bar.count, box, bar.files, live].forEach(function (one) { node.appendChild(one); });
    gis.roving(tabs, "button", true);
    bar.tabs = tabs;
    grid = new gis.Grid(box, function (row) { choose(layerOf(), row, true); }, order);
    files();
  }
  function open(layer) {
    state.t = book.layers.map(function (one) { return one.id; }).indexOf(layer.id);
    state.sort = "";
    chart.side = "";
    chart.area = null;
    if (!layer.shown) gis.display(layer.id, true);
    apply();
  }
  function table() {
    var layer = layerOf();
    if (!layer) return;
    Array.prototype.forEach.call(bar.tabs.children, function (tab) { var on = tab.dataset.tab === layer.id;
      tab.setAttribute("aria-selected", String(on));
      if (on && bar.open !== layer.id) { bar.open = layer.id; bar.tabs.scrollLeft = tab.offsetLeft - bar.tabs.offsetLeft - 40; }
    });
    gis.speaks([grid.box], layer.spec.name[0] + "：方向键逐行，回车在图上显示，表头回车排序", layer.spec.name[1] + ": arrows walk rows, Enter shows one on the map, Enter on a head sorts");
    grid.show(columnsOf(layer), (layer.order = rowsOf(layer)), state.sort);
    count(layer);
  }
  function count(layer) {
    var sum = layer.sum, mu = sum.mu(), node = bar.count;
    node.textContent = "";
    node.appendChild(words(["所选 ", "selected "]));
    node.appendChild(el("b", "", sum.n.toLocaleString("en")));
    node.appendChild(words([" 行", " rows"]));
    if (mu !== null) {
      node.appendChild(document.createTextNode(" · "));
      node.appendChild(el("b", "", gis.inMu(mu)));
      node.appendChild(words([" 亩", " mu"]));
      if (sum.left) node.appendChild(words(["（" + sum.left + " 行没有可相加的面积）", " (" + sum.left + " rows have no area that may be added)"]));
    } else if (sum.area && sum.mixed) node.appendChild(el("span", "dim")).appendChild(words(["亩：不同控制线可互相重叠，选定一种后相加", "mu: kinds of lines may overlap, choose one to add"]));
    var bare = 0;
    for (var k = 0; k < layer.order.length; k++) if (!layer.data.has(layer.order[k])) bare++;
    if (bare) node.appendChild(el("span", "dim")).appendChild(words(["其中 " + bare + " 行没有坐标或图形，图上不示", bare + " of them have no place and are not on the map"]));
    var loose = gis.pass(layer).loose;
    if (loose.length) node.appendChild(el("span", "dim")).appendChild(words(["不随此筛选：" + loose.map(function (one) { return gis.SIDES[one][0]; }).join("、"), "not filtered by: " + loose.map(function (one) { return gis.SIDES[one][1]; }).join(", ")]));
  }

  /* Row and feature: one choice, marked in both. */
  function choose(layer, row, onMap) {
    state.pick = [book.layers.map(function (one) { return one.id; }).indexOf(layer.id), row];
    if (onMap) { quiet = true; gis.bring(layer, row); quiet = false; }
    if (layer === layerOf()) grid.choose(row);
    address();
  }

  /* ---- chart ---- */
  function drawChart() {
    var layer = layerOf(), live = bar.live, sides = gis.sidesOf(layer), rows = layer.order, head = el("figcaption"), by = el("select"), matrix = matrixRows(layer);
    live.textContent = "";
    if (!sides.length) return;
    if (chart.area === null) chart.area = !!layer.columns.a && !layer.spec.apart;
    if (matrix) sides = ["matrix"].concat(sides);
    if (sides.indexOf(chart.side) < 0) chart.side = matrix ? "matrix" : sides.find(function (one) { return one === "y" ? state.y === null : !state[one]; }) || sides[0];
    by.id = "chart-by";
    gis.speaks([by], "图按", "Chart by");
    sides.forEach(function (one) {
      var option = el("option", "", told(one === "matrix" ? ["各期类别", "Classes by period"] : ["按", "by "].map(function (word, k) { return word + gis.SIDES[one][k]; })));
      option.value = one;
      by.appendChild(option);
    });
    by.value = chart.side;
    by.addEventListener("change", function () { chart.side = by.value; drawChart(); document.getElementById("chart-by").focus(); });
    var isMatrix = chart.side === "matrix", area = chart.area && layer.columns.a && !isMatrix;
    head.appendChild(words(isMatrix ? ["", ""] : ["所选", "selected"]));
    head.appendChild(words(isMatrix ? [layer.spec.name[0] + "：各期（时段不筛选此图）", layer.spec.name[1] + ": every period (not filtered by time)"] : area ? ["亩", "mu"] : ["行数", "rows"]));
    live.appendChild(head);
    head.appendChild(by);
    if (layer.columns.a && !isMatrix) head.appendChild(toggle(["亩", "mu"], chart.area, function () { chart.area = !chart.area; drawChart(); }));
    head.appendChild(toggle(["表", "Table"], chart.table, function () { chart.table = !chart.table; drawChart(); }));
    var scroll = el("div", "scroll");
    scroll.tabIndex = 0;
    scroll.setAttribute("role", "region");
    gis.speaks([scroll], "图", "Chart");
    live.appendChild(scroll);
    if (chart.table) scroll.appendChild(twin(isMatrix ? gis.matrixTable(layer, matrix) : gis.barsTable(layer, rows, chart.side, area)));
    else scroll.appendChild(isMatrix ? gis.matrix(layer, matrix, function (row) { toPeriod(layer, row); }) : gis.bars(layer, rows, chart.side, area));
  }
  function toggle(pair, on, act) {
    var button = el("button");
    button.type = "button";
    button.appendChild(words(pair));
    button.setAttribute("aria-pressed", String(!!on));
    button.addEventListener("click", act);
    return button;
  }
  function twin(made) {
    var out = el("table"), head = el("tr"), body = el("tbody");
    made.heads.forEach(function (pair) { var cell = el("th"); cell.scope = "col"; gis.fill(cell, pair); head.appendChild(cell); });
    out.appendChild(el("thead")).appendChild(head);
    made.rows.forEach(function (row) {
      var line = body.appendChild(el("tr"));
      row.forEach(function (value, k) {
        var cell = line.appendChild(el("td", k && typeof value === "number" ? "r" : ""));
        gis.fill(cell, value === null ? "–" : typeof value === "number" && k ? gis.number(value) : Array.isArray(value) ? value : String(value));
      });
    });
    out.appendChild(body);
    return out;
  }
  /* Rows of all periods of a layer that has one row a place and period; null for any other. */
  function matrixRows(layer) {
    if (!layer.spec.last || !gis.facet(layer, "part")) return null;
    if (layer.single === undefined) {
      var made = gis.matrixOf(layer, Array.from({ length: layer.data.n }, function (_, row) { return row; }));
      layer.single = made.places.length * made.periods.length >= layer.data.n;
    }
    if (!layer.single) return null;
    var wide = gis.copy(state), rows = [];
    wide.part = "";
    var pass = gis.passing(layer, wide).rows;
    for (var row = 0; row < pass.length; row++) if (pass[row] && !gis.closed[layer.id][layer.spec.keys[layer.style[row]]]) rows.push(row);
    return rows;
  }
  function toPeriod(layer, row) {
    var part = gis.facet(layer, "part"), value = part && part.value(row);
    if (value) state.part = Array.isArray(value) ? value[0] : value;
    state.y = layer.columns.y.value(row);
    apply();
    choose(layer, row, true);
  }

  /* ---- files ---- */
  function stem(layer) {
    var stamp = document.querySelector(".stamp.internal-stamp b, .stamp.sample b");
    return [layer.spec.name[0], told(["所选", "selected"]), given.edition, stamp ? stamp.textContent : ""].filter(Boolean).join("_").replace(/[\\/:*?"<>|\s]+/g, " ");
  }
  gis.csvShown = function () {
    var layer = layerOf(), shown = columnsOf(layer);
    return gis.csv(shown.map(function (column) { return told(column.head); }), Array.from(layer.order, function (row) {
      return shown.map(function (column) { return column.value ? column.value(row) : told(column.text(row)); });
    }));
  };
  gis.geojsonShown = function () {
    var layer = layerOf(), shown = columnsOf(layer), notes = Array.from(document.querySelectorAll(".stamp"), function (one) { return told([].slice.call(one.querySelectorAll(".zh")).length ? one.innerText : one.textContent); });
    return JSON.stringify({ type: "FeatureCollection", name: layer.spec.name[0], edition: given.edition, notes: notes.concat(told(["图形为显示用，0.15 m；面积以属性为准", "shapes are for display, 0.15 m; areas are those of the attributes"])),
      features: Array.from(layer.order, function (row) {
        var properties = {};
        shown.forEach(function (column) { properties[told(column.head)] = column.value ? column.value(row) : told(column.text(row)); });
        return { type: "Feature", geometry: layer.data.has(row) ? gis.geometry(gis.board, layer, row) : null, properties: properties };
      }) });
  };
  function files() {
    function button(text, act) {
      var made = el("button", "", text);
      made.type = "button";
      made.addEventListener("click", act);
      bar.files.appendChild(made);
    }
    bar.files.appendChild(words(["下载所选 ", "Download selected "]));
    button("CSV", function () { gis.save(stem(layerOf()) + ".csv", "text/csv;charset=utf-8", gis.csvShown()); });
    button("GeoJSON", function () { gis.save(stem(layerOf()) + ".geojson", "application/geo+json", gis.geojsonShown()); });
    bar.links = el("span", "links");
    bar.files.appendChild(bar.links);
  }
  function links(layer) {
    bar.links.textContent = "";
    (layer.spec.files || []).forEach(function (name) {
      var link = el("a", "", name.split(".")[1].toUpperCase());
      link.href = "tables/" + name;
      bar.links.appendChild(link);
      bar.links.appendChild(document.createTextNode(" "));
    });
    if (bar.links.firstChild) bar.links.insertBefore(words(["全表 ", "whole table "]), bar.links.firstChild);
  }

  /* ---- what stands above and below: figures of whole places and years, and what belongs to one year ---- */
  function partial() {
    return gis.FACETS.some(function (name) { return name !== "town" && name !== "part" && state[name]; }) || !!state.q ||
      book.layers.some(function (one) { return one.keys.some(function (key) { return gis.closed[one.id][key]; }); });
  }
  function follow() {
    var part = partial(), place = state.town && given.towns[state.town] ? given.towns[state.town][0] : null;
    document.querySelectorAll(".strip").forEach(function (strip) { strip.classList.toggle("dim", part || (!!state.town && !strip.querySelector("[data-figure]"))); });
    document.querySelectorAll("[data-figure]").forEach(function (card) {
      var known = given.figures[card.dataset.figure] || {}, told_ = known[state.town ? place : given.county] || {};
      var year = state.y === null ? Object.keys(told_).sort().pop() : String(state.y), value = year && told_[year];
      card.classList.toggle("dim", !value);
      card.querySelector(".told").textContent = value || "–";
      var when = card.querySelector(".when"), running = year === given.running;
      gis.fill(when, year ? [(state.town || "") + " " + year + (running ? "（累计）" : ""), (state.town ? given.towns[state.town] ? given.towns[state.town][1] : state.town : "") + " " + year + (running ? " so far" : "")] : ["", ""]);
    });
    var blocks = Array.from(document.querySelectorAll("main [data-year]")), has = blocks.some(function (one) { return +one.dataset.year === state.y; });
    blocks.forEach(function (one) { one.hidden = has ? +one.dataset.year !== state.y : one.dataset.year !== blocks[blocks.length - 1].dataset.year; });
  }

  /* ---- two years or editions beside each other ---- */
  function besideWords(name) {
    var pair = book.pairsOf.find(function (one) { return one[0].id + "~" + one[1].id === name; });
    return pair ? [0, 1].map(function (k) { return pair[0].spec.name[k] + " | " + pair[1].spec.name[k]; }) : ["右侧 " + name + " 年", "right: " + name];
  }
  function toggleBeside(on) {
    var years = book.years, at = state.y === null ? years.length - 2 : years.indexOf(state.y);
    if (on && years.length > 1 && state.y === null) state.y = years[at];
    state.beside = !on ? "" : years.length > 1 ? String(years[at + 1] || years[at - 1]) : book.besides[0];
    apply();
  }
  function besides() {
    var box = bar.beside || (bar.beside = document.querySelector(".stage").appendChild(el("div", "beside-bar"))), select, pair;
    gis.pressed(!!state.beside);
    box.hidden = !state.beside;
    if (!state.beside) { swipe.off(); return; }
    pair = book.pairsOf.find(function (one) { return one[0].id + "~" + one[1].id === state.beside; });
    beside = gis.copy(state);
    if (pair) pair.forEach(function (layer) { if (!layer.shown) gis.display(layer.id, true); });
    else beside.y = +state.beside;
    swipe.set(pair && pair[0], pair && pair[1], state.handle / 100);
    if (box.contains(document.activeElement)) return;
    box.textContent = "";
    select = el("select");
    select.id = "beside";
    gis.speaks([select], "卷帘对比", "Compare");
    book.besides.forEach(function (name) { var option = select.appendChild(el("option", "", told(besideWords(name)))); option.value = name; });
    select.value = state.beside;
    select.addEventListener("change", function () { state.beside = select.value; apply(); });
    box.appendChild(words(pair ? ["", ""] : ["左侧 " + (state.y === null ? "全部年度" : state.y + " 年"), "left: " + (state.y === null ? "all years" : state.y)]));
    box.appendChild(select);
  }

  /* ---- one way for every change ---- */
  function apply() {
    gis.pass = function (layer) { return layer.spec.base ? { rows: new Uint8Array(layer.data.n).fill(1), loose: [] } : gis.passing(layer, state); };
    gis.changed();
  }
  function update() {
    book.layers.forEach(function (one, at) {
      state.on[at] = gis.byId[one.id].shown;
      state.shut[at] = one.keys.map(function (key) { return !!gis.closed[one.id][key]; });
    });
    state.images = book.images.map(function (id) { return gis.pictures[id].shown; });
    var layer = layerOf();
    if (!layer || !layer.rows) return;
    if (state.pick) {
      var picked = gis.byId[book.layers[state.pick[0]].id];
      if (!picked.rows[state.pick[1]]) { state.pick = null; gis.map.closePopup(); }
    }
    grid.chosen = state.pick && book.layers[state.pick[0]].id === layer.id ? state.pick[1] : -1;
    labels();
    besides();
    gis.pictured(state.y, state.beside ? beside.y : undefined);
    table();
    links(layer);
    drawChart();
    follow();
    address();
  }
  function address() {
    var fragment = gis.toFragment(state, book);
    gis.addressed(gis.toCode(state, book));
    if (location.hash.slice(1) !== fragment) history.replaceState(null, "", "#" + fragment);
  }
  function restore(next) {
    state = next;
    shutAll();
    book.layers.forEach(function (one, at) { if (gis.byId[one.id].shown !== state.on[at]) gis.display(one.id, state.on[at]); });
    book.images.forEach(function (id, k) { if (gis.pictures[id].shown !== state.images[k]) gis.display(id, state.images[k]); });
    var pick = state.pick, at = state.at;
    if (at) gis.map.setView([at[1], at[2]], at[0], { animate: false });
    else gis.map.fitBounds(gis.home, { animate: false });
    state.at = at;
    gis.moved = !!at;
    apply();
    if (pick && gis.byId[book.layers[pick[0]].id].rows[pick[1]]) {
      quiet = true;
      gis.board.open(gis.byId[book.layers[pick[0]].id], pick[1], null, true);
      quiet = false;
      state.pick = pick;
      grid.choose(layerOf() === gis.byId[book.layers[pick[0]].id] ? pick[1] : -1);
    } else gis.map.closePopup();
    gis.speak(state.lang);
    address();
  }

  gis.work = function (told_) {
    given = told_;
    gis.follows = true;
    book = vocabulary();
    state = gis.copy(book.first);
    build();
    side();
    swipe = gis.swipe(gis.map, gis.board, function (layer) {
      var pass = layer.spec.base ? new Uint8Array(layer.data.n).fill(1) : gis.passing(layer, beside).rows;
      for (var row = 0; row < pass.length; row++) if (gis.closed[layer.id][layer.spec.keys[layer.style[row]]]) pass[row] = 0;
      return gis.drawnOf(layer, pass);
    }, function (share) { state.handle = Math.round(share * 100); address(); });
    gis.tools(gis.map, gis.home, (book.years.length > 1 || book.pairsOf.length) && toggleBeside);
    gis.onchange = update;
    /* A row that the filters hide is searched for: they give way, and the year is that of the row. */
    gis.reveal = function (layer, row) {
      if (layer.rows[row] && !layer.spec.last) return;
      gis.FACETS.forEach(function (name) { if (name !== "part") state[name] = ""; });
      state.q = "";
      gis.closed[layer.id] = Object.create(null);
      if (layer.columns.y && state.y !== null) state.y = layer.columns.y.value(row);
      var part = gis.facet(layer, "part"), value = part && part.value(row);
      if (state.part && value) state.part = Array.isArray(value) ? value[0] : value;
      apply();
    };
    gis.map.on("pick", function (event) {
      if (quiet) return;
      if (event.layer.spec.listed && event.layer !== layerOf()) open(event.layer);
      choose(event.layer, event.row, false);
    });
    gis.map.on("moveend", function () {
      if (gis.printing) return;
      gis.moved = true;
      var centre = gis.map.getCenter();
      state.at = [gis.map.getZoom(), +centre.lat.toFixed(5), +centre.lng.toFixed(5)];
      address();
    });
    document.addEventListener("language", function () { state.lang = document.documentElement.lang === "en" ? "en" : "zh"; update(); });
    window.addEventListener("hashchange", function () { if (location.hash.slice(1) !== gis.toFragment(state, book)) restore(gis.fromFragment(location.hash, book)); });
    gis.state = function () { return gis.copy(state); };
    gis.vocabulary = function () { return book; };
    restore(gis.fromFragment(location.hash, book));
  };
})();
