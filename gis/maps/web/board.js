/* What a person does with the shapes of one map: point, click, walk by keys, hide, filter, restyle, print. */
(function () {
  "use strict";
  var shapes = window.gisShapes, GRID = Math.pow(2, 28), LISTED = 200, PRINT = 3;

  function toGrid(place) {
    var angle = Math.max(-85.05, Math.min(85.05, place.lat)) * Math.PI / 180;
    return [(place.lng / 360 + 0.5) * GRID, (0.5 - Math.log(Math.tan(Math.PI / 4 + angle / 2)) / (2 * Math.PI)) * GRID];
  }
  function toPlace(x, y) {
    return L.latLng((2 * Math.atan(Math.exp((0.5 - y / GRID) * 2 * Math.PI)) - Math.PI / 2) * 180 / Math.PI, (x / GRID - 0.5) * 360);
  }
  shapes.toGrid = toGrid;
  shapes.toPlace = toPlace;

  function Board(map) {
    this.map = map;
    this.layers = [];
    this.stacks = {};
    this.hovered = "";
    this.tip = L.tooltip({ direction: "top", offset: [0, -6], className: "shape-tip" });
    this.drawings = L.layerGroup().addTo(map);
    this.totals = L.layerGroup().addTo(map);
    var self = this, container = map.getContainer();
    map.on("mousemove", function (event) { self.point(event.latlng); });
    map.on("mouseout", function () { self.point(null); });
    map.on("click", function (event) { var hit = !shapes.quiet && self.hit(event.latlng); if (hit) self.open(hit.layer, hit.row, event.latlng); });
    map.on("popupclose", function () { self.drawings.clearLayers(); });
    map.on("zoomend", function () { self.summed(); });
    container.addEventListener("keydown", function (event) {
      if (event.key === "Enter" && event.target === container) { event.preventDefault(); self.list(); }
    });
    window.addEventListener("beforeprint", function () { self.printed(true); });
    window.addEventListener("afterprint", function () { self.printed(false); });
    document.addEventListener("language", function () { Object.keys(self.stacks).forEach(function (pane) { self.stacks[pane].repaint(true); }); });
  }
  shapes.board = function (map) { return map.gisBoard || (map.gisBoard = new Board(map)); };

  /* Add a layer of a map; those added later lie above those of the same pane and level. */
  Board.prototype.add = function (spec) {
    var layer = shapes.layer(spec), pane = spec.pane || "overlayPane", stack = this.stacks[pane];
    this.layers.push(layer);
    if (spec.labels) { this.named(layer); return layer; }
    this.layers.sort(function (a, b) { return (a.spec.level || 0) - (b.spec.level || 0); });
    if (!stack) stack = this.stacks[pane] = new shapes.Stack({ pane: pane });
    stack.layers = this.layers.filter(function (one) { return !one.names && (one.spec.pane || "overlayPane") === pane; });
    layer.stack = stack;
    if (!this.waiting) Promise.resolve().then(this.draw.bind(this));
    this.waiting = true;
    return layer;
  };
  /* Draw what was added: once for all layers of a script, not once a layer. */
  Board.prototype.draw = function () {
    if (!this.waiting) return;
    this.waiting = false;
    Object.keys(this.stacks).forEach(function (pane) {
      var stack = this.stacks[pane];
      if (this.map.hasLayer(stack)) stack.repaint(true); else stack.addTo(this.map);
    }, this);
    this.summed();
    this.layers.forEach(function (layer) { shapes.prepare(layer, PRINT); });
  };
  Board.prototype.named = function (layer) {
    layer.names = L.layerGroup();
    for (var row = 0; row < layer.data.n; row++)
      L.marker(this.place(layer, row), { pane: "labels", interactive: false, keyboard: false,
        icon: L.divIcon({ className: "place", html: shapes.name(layer, row), iconSize: [0, 0] }) }).addTo(layer.names);
    if (layer.shown) layer.names.addTo(this.map);
  };
  Board.prototype.display = function (layer, shown) {
    layer.shown = shown;
    if (layer.names) { if (shown) layer.names.addTo(this.map); else layer.names.remove(); return; }
    layer.stack.repaint();
    if (this.twins) Object.keys(this.twins).forEach(function (pane) { this.twins[pane].repaint(); }, this);
    this.summed();
  };
  /* Show just the rows that a test lets through, and say how many there are. */
  Board.prototype.filter = function (layer, test) {
    var mask = new Uint8Array(layer.mask.length), sum = 0;
    for (var row = 0; row < mask.length; row++) sum += mask[row] = test(row) ? 1 : 0;
    this.masked(layer, mask);
    this.seen();
    return sum;
  };
  /* Give a layer another mask; it is drawn by `seen`, once for all layers. */
  Board.prototype.masked = function (layer, mask) {
    for (var row = 0; row < mask.length; row++) if (mask[row] !== layer.mask[row]) break;
    layer.moved = layer.moved || row < mask.length;
    layer.mask = mask;
  };
  Board.prototype.seen = function () {
    Object.keys(this.stacks).forEach(function (pane) {
      var stack = this.stacks[pane];
      if (!stack.layers.some(function (layer) { return layer.moved && layer.shown; })) return;
      stack.repaint(true);
    }, this);
    this.layers.forEach(function (layer) { layer.moved = false; });
    this.summed();
  };
  /* Give each row the style of another rule, see shapes.categories, graduated and timed. */
  Board.prototype.restyle = function (layer, style, styles) {
    var moved = layer.gaps;
    layer.restyle(style);
    if (styles) layer.styles = styles;
    layer.stack.repaint(moved || layer.gaps);
  };

  Board.prototype.hit = function (place) {
    var spot = toGrid(place), pixel = GRID / 256 / Math.pow(2, this.map.getZoom());
    var sides = this.sides, layers = !sides ? this.layers : this.map.latLngToContainerPoint(place).x > sides.x ? sides.right : sides.left;
    for (var at = layers.length - 1; at >= 0; at--) {
      var layer = layers[at];
      if (!layer.shown || layer.names || layer.spec.still) continue;
      var row = layer.at(spot[0], spot[1], pixel);
      if (row >= 0) return { layer: layer.twin || layer, row: row };
    }
    return null;
  };
  Board.prototype.title = function (layer, row) { return layer.text(layer.spec.title, row); };
  Board.prototype.point = function (place) {
    var hit = place && this.hit(place), key = hit ? hit.layer.id + " " + hit.row : "";
    if (hit) this.tip.setLatLng(place);
    if (key === this.hovered) return;
    this.hovered = key;
    this.map.getContainer().style.cursor = hit ? "pointer" : "";
    if (!hit) { this.map.closeTooltip(this.tip); return; }
    var name = document.createElement("span");
    name.textContent = this.title(hit.layer, hit.row);
    this.tip.setContent(name);
    this.map.openTooltip(this.tip);
  };

  Board.prototype.bounds = function (layer, row) {
    var box = layer.bounds(row);
    return L.latLngBounds(toPlace(box[0], box[3]), toPlace(box[2], box[1]));
  };
  /* A place on a shape: of a point itself, of a line a corner midway, of an area a place inside it. */
  Board.prototype.place = function (layer, row) {
    var data = layer.data, box = layer.bounds(row), s = data.first[row], middle = (data.start[s] + data.start[s + 1]) >> 1;
    if (data.kind[s] < 2) return toPlace(data.x[data.kind[s] ? middle : data.start[s]], data.y[data.kind[s] ? middle : data.start[s]]);
    var y = (box[1] + box[3]) / 2 + 0.01, across = [];
    for (; s < data.first[row + 1]; s++) {
      for (var from = data.start[s], to = data.start[s + 1], v = from, w = to - 1; v < to; w = v++)
        if ((data.y[v] > y) !== (data.y[w] > y)) across.push((data.x[w] - data.x[v]) * (y - data.y[v]) / (data.y[w] - data.y[v]) + data.x[v]);
    }
    across.sort(function (a, b) { return a - b; });
    var best = (box[0] + box[2]) / 2, widest = -1;
    for (var k = 0; k + 1 < across.length; k += 2) if (across[k + 1] - across[k] > widest) {
      widest = across[k + 1] - across[k];
      best = (across[k] + across[k + 1]) / 2;
    }
    return toPlace(best, y);
  };
  Board.prototype.lines = function (layer, row) {
    var data = layer.data, out = [];
    for (var s = data.first[row]; s < data.first[row + 1]; s++) {
      var line = [];
      for (var v = data.start[s]; v < data.start[s + 1]; v++) line.push(toPlace(data.x[v], data.y[v]));
      if (data.kind[s] > 1) line.push(line[0]);
      out.push(line);
    }
    return out;
  };
  Board.prototype.mark = function (layer, row) {
    this.drawings.clearLayers();
    var style = { interactive: false, fill: false, color: "#1F2933", weight: 3 };
    if (layer.data.kind[layer.data.first[row]] === 0)
      L.circleMarker(this.place(layer, row), L.extend({ radius: layer.reach(row) + 3 }, style)).addTo(this.drawings);
    else L.polyline(this.lines(layer, row), style).addTo(this.drawings);
  };
  /* `still`: the map does not move to make room. */
  Board.prototype.open = function (layer, row, place, still) {
    this.map.fire("pick", { layer: layer, row: row });
    if (!layer.data.has(row)) { this.map.closePopup(); return; }
    var self = this, spec = layer.spec, areal = layer.data.kind[layer.data.first[row]] > 0;
    this.map.closeTooltip(this.tip);
    var popup = L.popup({ maxWidth: 340, minWidth: 220, autoPan: !still }).setLatLng(areal && place ? place : this.place(layer, row));
    popup.setContent(shapes.card(layer, row));
    popup.openOn(this.map);
    this.mark(layer, row);
    popup.on("remove", function () { if (self.walked) self.map.getContainer().focus(); self.walked = false; });
  };
  /* Bring a row into sight and open it. */
  Board.prototype.show = function (layer, row) {
    if (!layer.data.has(row)) { this.open(layer, row); return; }
    if (layer.data.kind[layer.data.first[row]]) this.map.fitBounds(this.bounds(layer, row), { maxZoom: 15, animate: false });
    else this.map.setView(this.place(layer, row), Math.max(this.map.getZoom(), 13), { animate: false });
    this.open(layer, row);
  };
  /* What a popup says, and the name of a place on the map; a page may say it in its own way. */
  shapes.card = function (layer, row) {
    var card = document.createElement("dl");
    Object.keys(layer.columns).forEach(function (name) {
      var head = document.createElement("dt"), value = document.createElement("dd");
      head.textContent = name;
      value.textContent = layer.text(name, row);
      card.appendChild(head);
      card.appendChild(value);
    });
    return card;
  };
  shapes.name = function (layer, row) {
    var name = document.createElement("span");
    name.textContent = layer.text(layer.spec.title, row);
    return name;
  };

  /* ---- keys: Enter on the map lists what is in sight, arrows walk it, Enter opens, Escape goes back ---- */
  Board.prototype.insight = function () {
    var view = this.map.getBounds(), nw = toGrid(view.getNorthWest()), se = toGrid(view.getSouthEast()), found = [];
    for (var at = this.layers.length - 1; at >= 0; at--) {
      var layer = this.layers[at], rows;
      if (!layer.shown || layer.names || layer.spec.still) continue;
      rows = Array.prototype.slice.call(layer.data.within(nw[0], nw[1], se[0], se[1], layer.mask)).filter(function (row) { return layer.visible(row); });
      rows.sort(function (a, b) { return a - b; }).forEach(function (row) { if (found.length < LISTED) found.push({ layer: layer, row: row }); });
    }
    return found;
  };
  Board.prototype.list = function () {
    var self = this, found = this.insight(), container = this.map.getContainer(), box = document.createElement("ul"), at = 0, gone = false;
    if (!found.length) return;
    box.className = "shape-list";
    box.tabIndex = 0;
    box.setAttribute("role", "listbox");
    box.setAttribute("aria-label", document.documentElement.lang === "en" ? "Features in sight" : "图中要素");
    found.forEach(function (hit, k) {
      var row = document.createElement("li");
      row.id = "shape-" + k;
      row.setAttribute("role", "option");
      row.textContent = self.title(hit.layer, hit.row) || "—";
      row.addEventListener("click", function () { at = k; choose(); });
      box.appendChild(row);
    });
    function walk(to) {
      box.children[at].removeAttribute("aria-selected");
      at = Math.max(0, Math.min(found.length - 1, to));
      box.children[at].setAttribute("aria-selected", "true");
      box.children[at].scrollIntoView({ block: "nearest" });
      box.setAttribute("aria-activedescendant", "shape-" + at);
      self.mark(found[at].layer, found[at].row);
    }
    function close() { if (gone) return; gone = true; box.remove(); }
    function choose() { close(); self.open(found[at].layer, found[at].row); self.walked = true; container.focus(); }
    box.addEventListener("keydown", function (event) {
      var steps = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: found.length - 1, PageDown: at + 10, PageUp: at - 10 };
      if (event.key in steps) walk(steps[event.key]);
      else if (event.key === "Enter" || event.key === " ") choose();
      else if (event.key === "Escape") { close(); self.drawings.clearLayers(); container.focus(); }
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    box.addEventListener("blur", close);
    L.DomEvent.disableScrollPropagation(box);
    L.DomEvent.disableClickPropagation(box);
    container.appendChild(box);
    box.focus();
    walk(0);
  };

  /* ---- where shapes are smaller than a pixel, the sum of each group is written instead ---- */
  Board.prototype.small = function (layer) {
    var box = layer.data.box, n = layer.data.n, step = Math.max(1, n >> 10), sum = 0, seen = 0;
    if (layer.data.kind[0] === 0) return false;
    for (var row = 0; row < n; row += step, seen++) sum += Math.sqrt((box[4 * row + 2] - box[4 * row]) * (box[4 * row + 3] - box[4 * row + 1]));
    return sum / seen * Math.pow(2, this.map.getZoom() - 20) < 1;
  };
  Board.prototype.sums = function (layer) {
    var column = layer.columns[layer.spec.totals], box = layer.data.box, found = Object.create(null);
    for (var row = 0; row < layer.data.n; row++) {
      if (!layer.visible(row) || !layer.data.has(row)) continue;
      var name = column.text(row), sum = found[name] || (found[name] = { n: 0, x: 0, y: 0 });
      sum.n++;
      sum.x += (box[4 * row] + box[4 * row + 2]) / 2;
      sum.y += (box[4 * row + 1] + box[4 * row + 3]) / 2;
    }
    return found;
  };
  Board.prototype.summed = function () {
    var self = this;
    this.totals.clearLayers();
    this.layers.forEach(function (layer) {
      if (!layer.spec.totals || !layer.shown || !layer.data.n || !self.small(layer)) return;
      var found = self.sums(layer);
      Object.keys(found).forEach(function (name) {
        var node = document.createElement("span"), sum = found[name];
        node.className = "shape-total";
        node.textContent = (name ? name + " " : "") + sum.n.toLocaleString("en");
        L.marker(toPlace(sum.x / sum.n, sum.y / sum.n), { interactive: false, keyboard: false, pane: self.map.getPane("labels") ? "labels" : "markerPane",
          icon: L.divIcon({ className: "place", html: node, iconSize: [0, 0] }) }).addTo(self.totals);
      });
    });
  };

  /* Draw for paper, finer than for the screen; whoever gives the map the size of a sheet calls it once more. */
  Board.prototype.printed = function (yes) {
    Object.keys(this.stacks).forEach(function (name) {
      [this.stacks[name], this.twins && this.twins[name]].forEach(function (stack) {
        if (!stack) return;
        stack.ratio = yes ? PRINT : 0;
        stack.repaint();
      });
    }, this);
  };
})();
