/* The panel: search, and the layers by group, each with its switch, its legend and what is to know of it. */
(function () {
  "use strict";
  var gis = (window.gis = window.gis || {}), OPEN = 7, SVG = "http://www.w3.org/2000/svg", tiles = 0;

  gis.svg = function (tag, given, text) {
    var made = document.createElementNS(SVG, tag);
    Object.keys(given || {}).forEach(function (name) { made.setAttribute(name, given[name]); });
    if (text !== undefined) made.textContent = text;
    return made;
  };
  /* A style as the map draws it: the symbol of a point, an area with its pattern, or a line. */
  gis.swatch = function (style, point) {
    var box = gis.svg("svg", { class: "swatch", width: 28, height: 18, viewBox: "0 0 28 18", "aria-hidden": "true" }), more = { stroke: style.line }, id;
    if (point) {
      box = gis.el("span", "symbol");
      box.innerHTML = style.icon;
      return box;
    }
    if (style.dash) more["stroke-dasharray"] = style.dash.join(" ");
    if (!style.fill) box.appendChild(gis.svg("path", L.extend(more, { d: "M1 9h26", fill: "none", "stroke-width": style.weight })));
    else {
      if (style.tile) {
        id = "tile" + tiles++;
        box.appendChild(gis.svg("pattern", { id: id, width: style.side, height: style.side, patternUnits: "userSpaceOnUse" })).innerHTML = style.tile;
      }
      box.appendChild(gis.svg("rect", L.extend(more, { x: 1.5, y: 2, width: 25, height: 14, rx: 1.5, fill: id ? "url(#" + id + ")" : style.fill, "stroke-width": Math.max(style.weight, 1) })));
    }
    return box;
  };
  function into(node, made) { made.forEach(function (one) { if (one) node.appendChild(one); }); return node; }
  function note(pair) { return pair && into(gis.el("p", "note"), [gis.words(pair)]); }
  function hidden(node, yes) { node.hidden = yes; return node; }

  /* The classes in their order; of many the smallest are folded away. */
  function entries(layer, point) {
    var sizes = layer.styles.map(function () { return 0; }), lists = [gis.el("ul"), gis.el("ul")], fold;
    for (var row = 0; row < layer.style.length; row++) if (layer.style[row] in sizes) sizes[layer.style[row]]++;
    var order = sizes.map(function (_, k) { return k; }).sort(function (a, b) { return sizes[b] - sizes[a] || a - b; });
    var open = sizes.length > OPEN ? order.slice(0, OPEN - 1) : order;
    layer.styles.forEach(function (style, k) {
      var button = gis.el("button", "entry");
      button.type = "button";
      button.dataset.entry = layer.spec.keys[k];
      into(button, [gis.swatch(style, point), into(gis.el("span", "word"), [gis.words(style.word)]), gis.el("span", "n")]);
      into(lists[open.indexOf(k) < 0 ? 1 : 0], [into(gis.el("li"), [button])]);
    });
    if (open.length === sizes.length) return [lists[0]];
    fold = gis.el("details");
    into(fold, [into(gis.el("summary"), [gis.words(["其余 ", "More "]), document.createTextNode(sizes.length - open.length)]), lists[1]]);
    return [lists[0], fold];
  }
  function key(mark) { return into(gis.el("li", "entry"), [gis.swatch(mark), into(gis.el("span", "word"), [gis.words(mark.word)])]); }

  function boxOf(id, spec, layer) {
    var box = gis.el("div", "layer"), label = box.appendChild(gis.el("label")), input = label.appendChild(gis.el("input")), legend = gis.el("div", "legend");
    var point = layer && spec.point, alone = layer && layer.styles.length === 1, below = layer ? alone ? [] : entries(layer, point) : [into(gis.el("ul"), spec.marks.map(key))];
    box.dataset.layer = id;
    input.type = "checkbox";
    input.checked = spec.show;
    legend.id = "legend-" + id;
    input.setAttribute("aria-controls", legend.id);
    into(label, [alone && hidden(into(gis.el("span", "legend beside"), [gis.swatch(layer.styles[0], point)]), !spec.show), into(gis.el("span", "name"), [gis.words(spec.name)]),
      spec.secrecy && into(gis.el("span", "tag internal"), [gis.words(spec.secrecy)]), gis.el("span", "n")]);
    into(legend, (alone ? [] : below).concat([note(spec.means && ["年度：" + spec.means[0], "Year: " + spec.means[1]]), note(spec.note)]));
    into(box, [hidden(legend, !spec.show)]);
    return box;
  }
  function search(panel) {
    var box = panel.appendChild(gis.el("div", "search")), input = box.appendChild(gis.el("input")), list = box.appendChild(gis.el("ul", "found"));
    box.setAttribute("role", "search");
    L.extend(input, { type: "search", id: "search", autocomplete: "off", spellcheck: false });
    input.dataset.placeholder = "1";
    gis.speaks([input], "查图斑编号、断面、乡镇…", "parcel id, section, town …");
    input.placeholder = input.getAttribute("aria-label");
    input.setAttribute("aria-controls", list.id = "found");
    list.hidden = true;
  }
  /* `order`: ids of layers and pictures as the page gives them; the base map stands last. */
  gis.panel = function (order, pictures) {
    var panel = document.getElementById("panel"), groups = [], byName = Object.create(null);
    if (gis.board.layers.some(function (layer) { return layer.spec.search && layer.data.n; })) search(panel);
    order.forEach(function (id) {
      var layer = gis.byId[id], spec = layer ? layer.spec : pictures[id], name = spec.group[0], group = byName[name];
      if (!group) {
        group = byName[name] = into(gis.el("section", "group"), [into(gis.el("h3"), [gis.words(spec.group)])]);
        if (layer && spec.base) groups.push(group); else groups.splice(groups.filter(function (one) { return !one.base; }).length, 0, group);
        group.base = !!layer && spec.base;
      }
      group.appendChild(boxOf(id, spec, layer));
    });
    into(panel, groups);
  };
})();
