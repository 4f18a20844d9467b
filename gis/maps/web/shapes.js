/* Draws unpacked shapes on canvas tiles: paths where shapes are few, a buffer of row ids where they are many. */
(function () {
  "use strict";
  var shapes = (window.gisShapes = window.gisShapes || {});
  var BITS = 28, TILE = 256, ANCHOR = 252, NONE = 255, MANY = 250, BORDERED = 2600, FINE = 2, NEAR = 0.6, PAD = 12, SPECK = 1.5;
  var READ = { willReadFrequently: true };
  shapes.NONE = NONE;

  /* Boxes of all shapes, and lists of the shapes in each cell of a grid over them. */
  function indexed(data) {
    var n = data.n, box = new Int32Array(4 * n), west = Infinity, north = Infinity, east = -Infinity, south = -Infinity, i, v;
    for (i = 0; i < n; i++) {
      var a = Infinity, b = Infinity, c = -Infinity, d = -Infinity;
      for (v = data.start[data.first[i]]; v < data.start[data.first[i + 1]]; v++) {
        var x = data.x[v], y = data.y[v];
        if (x < a) a = x;
        if (x > c) c = x;
        if (y < b) b = y;
        if (y > d) d = y;
      }
      box[4 * i] = a; box[4 * i + 1] = b; box[4 * i + 2] = c; box[4 * i + 3] = d;
      if (a < west) west = a;
      if (b < north) north = b;
      if (c > east) east = c;
      if (d > south) south = d;
    }
    var side = Math.max(1, Math.min(512, Math.round(Math.sqrt(n / 2)))), wide = [], widest = Math.max(16, side * side / 64);
    var across = n ? (east - west + 1) / side : 1, down = n ? (south - north + 1) / side : 1, count = new Uint32Array(side * side + 1);
    var next = null, rows = null, pass, x0, y0, x1, y1;
    for (pass = 0; pass < 2; pass++) {
      for (i = 0; i < n; i++) {
        if (data.first[i] === data.first[i + 1]) continue;
        x0 = (box[4 * i] - west) / across | 0; x1 = (box[4 * i + 2] - west) / across | 0;
        y0 = (box[4 * i + 1] - north) / down | 0; y1 = (box[4 * i + 3] - north) / down | 0;
        if ((x1 - x0 + 1) * (y1 - y0 + 1) > widest) { if (pass) wide.push(i); continue; }
        for (var cy = y0; cy <= y1; cy++) for (var cx = x0; cx <= x1; cx++) {
          if (pass) rows[next[cy * side + cx]++] = i; else count[cy * side + cx + 1]++;
        }
      }
      if (pass) break;
      for (i = 0; i < side * side; i++) count[i + 1] += count[i];
      next = count.slice();
      rows = new Uint32Array(count[side * side]);
    }
    data.box = box;
    data.bounds = [west, north, east, south];
    /* Whether a row has a shape: one without stands in tables only. */
    data.has = function (row) { return data.first[row] < data.first[row + 1]; };
    var seen = new Uint32Array(n), turn = 0, out = new Int32Array(n);
    /* Rows of a mask whose box meets a window, each once, in no order; the array is good until the next call. */
    data.within = function (l, t, r, b, mask) {
      var found = 0;
      turn++;
      function take(i) {
        if (!mask[i] || seen[i] === turn || box[4 * i] > r || box[4 * i + 2] < l || box[4 * i + 1] > b || box[4 * i + 3] < t) return;
        seen[i] = turn;
        out[found++] = i;
      }
      if (!n || l > east || r < west || t > south || b < north) return out.subarray(0, 0);
      wide.forEach(take);
      x0 = Math.max(0, (l - west) / across | 0); x1 = Math.min(side - 1, (r - west) / across | 0);
      y0 = Math.max(0, (t - north) / down | 0); y1 = Math.min(side - 1, (b - north) / down | 0);
      for (var y = y0; y <= y1; y++) for (var k = count[y * side + x0]; k < count[y * side + x1 + 1]; k++) take(rows[k]);
      return out.subarray(0, found);
    };
    return data;
  }

  /* ---- which shape lies under a place ---- */
  function inside(data, row, x, y) {
    var odd = false;
    for (var s = data.first[row]; s < data.first[row + 1]; s++) {
      if (data.kind[s] < 2) continue;
      for (var from = data.start[s], to = data.start[s + 1], v = from, w = to - 1; v < to; w = v++) {
        var yv = data.y[v], yw = data.y[w];
        if ((yv > y) !== (yw > y) && x < (data.x[w] - data.x[v]) * (y - yv) / (yw - yv) + data.x[v]) odd = !odd;
      }
    }
    return odd;
  }
  function apart(ax, ay, bx, by, x, y) {
    var dx = bx - ax, dy = by - ay, length = dx * dx + dy * dy;
    var t = length ? Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / length)) : 0;
    return Math.hypot(x - ax - t * dx, y - ay - t * dy);
  }
  function distance(data, row, x, y) {
    var best = Infinity;
    for (var s = data.first[row]; s < data.first[row + 1]; s++) {
      var from = data.start[s], to = data.start[s + 1], v = data.kind[s] < 2 ? from : to - 1, w = data.kind[s] < 2 ? from + 1 : from;
      if (to - from === 1) best = Math.min(best, Math.hypot(x - data.x[from], y - data.y[from]));
      for (; w < to; v = w++) best = Math.min(best, apart(data.x[v], data.y[v], data.x[w], data.y[w], x, y));
    }
    return best;
  }

  /* ---- one layer ---- */
  function Layer(spec) {
    this.id = spec.id;
    this.spec = spec;
    this.data = indexed(shapes.unpack(spec.packed));
    this.columns = this.data.columns;
    this.styles = spec.styles;
    this.shown = spec.show !== false;
    this.mask = new Uint8Array(this.data.n).fill(1);
    this.restyle(shapes.categories(this, spec.by, spec.keys));
  }
  Layer.prototype.restyle = function (style) {
    this.style = style;
    this.gaps = style.indexOf(NONE) >= 0;
  };
  Layer.prototype.visible = function (row) { return this.mask[row] === 1 && this.style[row] !== NONE; };
  Layer.prototype.text = function (name, row) { return this.columns[name] ? this.columns[name].text(row) : ""; };
  Layer.prototype.bounds = function (row) { return this.data.box.subarray(4 * row, 4 * row + 4); };
  Layer.prototype.reach = function (row) {
    var style = this.styles[this.style[row]], kind = this.data.kind[this.data.first[row]];
    return kind === 0 ? (style.size || 12) / 2 + 1 : Math.max(4, (style.weight || 1) / 2 + 2);
  };
  /* The row drawn uppermost at a place of the grid, -1 for none; `pixel` is the size of a pixel in steps. */
  Layer.prototype.at = function (x, y, pixel) {
    var far = 20 * pixel, rows = this.data.within(x - far, y - far, x + far, y + far, this.mask), best = -1, rank = Infinity, close = Infinity;
    for (var k = 0; k < rows.length; k++) {
      var row = rows[k], from = this.data.first[row], areal = this.data.kind[from] > 1;
      if (!this.visible(row)) continue;
      var style = this.styles[this.style[row]], within = areal && style.fill && inside(this.data, row, x, y) ? 0 : Infinity;
      if (within) {
        var box = this.bounds(row), small = Math.max(box[2] - box[0], box[3] - box[1]) < 6 * pixel;
        if (!areal || !style.fill || small) within = distance(this.data, row, x, y);
        if (within > this.reach(row) * pixel) continue;
      }
      var level = this.style[row];
      if (within < close || (within === close && (level < rank || (level === rank && row > best)))) {
        best = row; rank = level; close = within;
      }
    }
    return best;
  };
  shapes.layer = function (spec) { return new Layer(spec); };

  /* Rows → styles: by the words of a column, by steps of a number, by a moment. */
  shapes.categories = function (layer, name, keys) {
    var column = layer.columns[name], out = new Uint8Array(layer.data.n), i;
    if (!column) return out;
    if (column.kind !== "text") {
      for (i = 0; i < out.length; i++) { var at = keys.indexOf(String(column.value(i))); out[i] = at < 0 ? NONE : at; }
      return out;
    }
    var known = column.entries.map(function (entry) { var at = keys.indexOf(entry); return at < 0 ? NONE : at; });
    for (i = 0; i < out.length; i++) out[i] = column.numbers[i] ? known[column.numbers[i] - 1] : NONE;
    return out;
  };
  shapes.graduated = function (layer, name, limits) {
    var column = layer.columns[name], out = new Uint8Array(layer.data.n);
    for (var i = 0; i < out.length; i++) {
      var value = column.value(i), step = 0;
      while (step < limits.length && value >= limits[step]) step++;
      out[i] = value === null ? NONE : step;
    }
    return out;
  };
  /* Style 0 from the moment of a row on, style 1 before it, none where the row has no moment. */
  shapes.timed = function (layer, name, moment) {
    var column = layer.columns[name], out = new Uint8Array(layer.data.n);
    for (var i = 0; i < out.length; i++) {
      var value = column.value(i);
      out[i] = value === null ? NONE : value <= moment ? 0 : 1;
    }
    return out;
  };

  /* ---- pictures of marks and patterns, loaded from inside the page ---- */
  shapes.picture = function (svg, side, ratio, done) {
    var canvas = document.createElement("canvas"), image = new Image();
    canvas.width = canvas.height = Math.round(side * ratio);
    canvas.waiting = [done];
    image.onload = function () { canvas.getContext("2d", READ).drawImage(image, 0, 0, canvas.width, canvas.height); canvas.drawn = true; canvas.waiting.forEach(function (one) { one(); }); };
    var font = getComputedStyle(document.body).fontFamily.replace(/"/g, "'"), other = spoken() === "en" ? "zh" : "en";
    image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" font-family="' + font + '" ').replace(">", "><style>." + other + "{display:none}</style>"));
    return canvas;
  };
  function spoken() { return document.documentElement.lang === "en" ? "en" : "zh"; }
  function pictured(style, what, side, ratio, done) {
    var key = "at" + ratio + spoken(), kept = style[key] || (style[key] = {});
    if (kept[what] && !kept[what].drawn && kept[what].waiting.indexOf(done) < 0) kept[what].waiting.push(done);
    return kept[what] || (kept[what] = shapes.picture(style[what], side, ratio, done));
  }

  /* Load what a layer needs at another density before it is asked for. */
  shapes.prepare = function (layer, ratio) {
    function nothing() {}
    layer.styles.forEach(function (style) {
      if (style.tile) pictured(style, "tile", style.side, ratio, nothing);
      if (style.icon && layer.data.n && layer.data.kind[0] === 0) pictured(style, "icon", style.size, ratio, nothing);
    });
  };

  /* ---- drawing as paths ---- */
  function trace(ctx, data, row, view, clip) {
    for (var s = data.first[row]; s < data.first[row + 1]; s++) {
      var from = data.start[s], to = data.start[s + 1], ring = data.kind[s] > 1, lastX = NaN, lastY = NaN, lastCode = 0;
      var heldX, heldY, heldCode, held = false, begun = false;
      if (!data.kind[s]) continue;
      for (var v = from; v < to; v++) {
        var x = data.x[v] * view.scale - view.left, y = data.y[v] * view.scale - view.top;
        if (v > from && v < to - 1 && Math.abs(x - lastX) < NEAR && Math.abs(y - lastY) < NEAR) continue;
        lastX = x;
        lastY = y;
        var code = (x < -PAD ? 1 : x > TILE + PAD ? 2 : 0) | (y < -PAD ? 4 : y > TILE + PAD ? 8 : 0);
        if (!begun) { ctx.moveTo(x, y); begun = true; lastCode = code; continue; }
        if (held && !(clip && heldCode & lastCode & code)) { ctx.lineTo(heldX, heldY); lastCode = heldCode; }
        heldX = x; heldY = y; heldCode = code; held = true;
      }
      if (held) ctx.lineTo(heldX, heldY);
      if (ring) ctx.closePath();
    }
  }
  function speck(ctx, data, row, view) {
    var box = data.box, x = (box[4 * row] + box[4 * row + 2]) / 2 * view.scale - view.left, y = (box[4 * row + 1] + box[4 * row + 3]) / 2 * view.scale - view.top;
    ctx.rect(x - SPECK / 2, y - SPECK / 2, SPECK, SPECK);
  }
  function stroke(ctx, style) {
    ctx.setLineDash(style.dash || []);
    ctx.lineJoin = "round";
    if (style.edged) { ctx.strokeStyle = "#1F2933"; ctx.lineWidth = style.weight + 1.4; ctx.stroke(); }
    ctx.strokeStyle = style.line;
    ctx.lineWidth = style.weight;
    ctx.stroke();
    ctx.setLineDash([]);
  }
  function paths(ctx, layer, rows, view, ratio, done) {
    var data = layer.data, byStyle = [];
    rows = Array.prototype.slice.call(rows).sort(function (a, b) { return a - b; });
    rows.forEach(function (row) { (byStyle[layer.style[row]] = byStyle[layer.style[row]] || []).push(row); });
    for (var at = byStyle.length - 1; at >= 0; at--) {
      if (!byStyle[at]) continue;
      var style = layer.styles[at], areal = false, specks = [];
      ctx.beginPath();
      byStyle[at].forEach(function (row) {
        var kind = data.kind[data.first[row]], box = data.box;
        if (kind === 0) return;
        if (Math.max(box[4 * row + 2] - box[4 * row], box[4 * row + 3] - box[4 * row + 1]) * view.scale < SPECK) { specks.push(row); return; }
        trace(ctx, data, row, view, !style.dash);
        areal = areal || kind > 1;
      });
      if (areal && style.fill) {
        ctx.globalAlpha = style.opacity;
        ctx.fillStyle = style.tile ? ctx.createPattern(pictured(style, "tile", style.side, ratio, done), "repeat") : style.fill;
        if (style.tile) scaled(ctx, view, ratio, function () { ctx.fill(); }); else ctx.fill();
        ctx.globalAlpha = 1;
      }
      stroke(ctx, style);
      if (specks.length) {
        ctx.beginPath();
        specks.forEach(function (row) { speck(ctx, data, row, view); });
        ctx.fillStyle = style.fill || style.line;
        ctx.fill();
      }
      byStyle[at].forEach(function (row) { if (data.kind[data.first[row]] === 0) symbols(ctx, layer, row, view, ratio, done); });
    }
  }
  /* A pattern is as many pixels of the screen wide as its picture, and begins at the origin of the world. */
  function scaled(ctx, view, ratio, act) {
    ctx.save();
    ctx.setTransform(1, 0, 0, 1, -(view.anchorX * ratio), -(view.anchorY * ratio));
    act();
    ctx.restore();
  }
  function symbols(ctx, layer, row, view, ratio, done) {
    var data = layer.data, style = layer.styles[layer.style[row]], size = style.size || 8;
    for (var v = data.start[data.first[row]]; v < data.start[data.first[row + 1]]; v++) {
      var x = data.x[v] * view.scale - view.left, y = data.y[v] * view.scale - view.top, drawn = style.icon && pictured(style, "icon", size, ratio, done);
      if (drawn && drawn.drawn) { ctx.drawImage(drawn, x - size / 2, y - size / 2, size, size); continue; }
      ctx.beginPath();
      ctx.arc(x, y, size / 2 - 1, 0, 7);
      ctx.fillStyle = style.fill || "#FFFFFF";
      ctx.fill();
      ctx.strokeStyle = style.line;
      ctx.lineWidth = 1;
      ctx.stroke();
    }
  }

  /* ---- drawing as row ids ---- */
  /* Where the edges of one shape cross the middles of the lines of pixels: a chain of places a line. */
  var crossed = new Float64Array(4096), link = new Int32Array(4096), chain = new Int32Array(TILE * FINE + 2), sorted = new Float64Array(256);
  function scanned(ids, size, data, row, view) {
    var scale = view.scale * FINE, left = view.left * FINE, top = view.top * FINE, box = data.box, mark = row + 1, used = 0, set = false, y, k;
    var first = Math.max(0, Math.floor(box[4 * row + 1] * scale - top)), last = Math.min(size - 1, Math.floor(box[4 * row + 3] * scale - top));
    if (last < first) return;
    chain.fill(-1, first, last + 1);
    for (var s = data.first[row]; s < data.first[row + 1]; s++) {
      if (data.kind[s] < 2) continue;
      var to = data.start[s + 1], ax = data.x[to - 1] * scale - left, ay = data.y[to - 1] * scale - top;
      for (var v = data.start[s]; v < to; v++) {
        var bx = data.x[v] * scale - left, by = data.y[v] * scale - top;
        var low = Math.max(first, Math.ceil((ay < by ? ay : by) - 0.5)), high = Math.min(last, Math.ceil((ay < by ? by : ay) - 0.5) - 1);
        for (y = low; y <= high; y++) {
          if (used === crossed.length) { crossed = grown(crossed); link = grown(link); }
          crossed[used] = ax + (y + 0.5 - ay) * (bx - ax) / (by - ay);
          link[used] = chain[y];
          chain[y] = used++;
        }
        ax = bx;
        ay = by;
      }
    }
    for (y = first; y <= last; y++) {
      var n = 0;
      for (k = chain[y]; k >= 0; k = link[k], n++) {
        if (n === sorted.length) sorted = grown(sorted);
        for (var at = n; at > 0 && sorted[at - 1] > crossed[k]; at--) sorted[at] = sorted[at - 1];
        sorted[at] = crossed[k];
      }
      for (k = 0; k + 1 < n; k += 2) {
        var from = Math.max(0, Math.ceil(sorted[k] - 0.5)), until = Math.min(size, Math.ceil(sorted[k + 1] - 0.5));
        if (from < until) { ids.fill(mark, y * size + from, y * size + until); set = true; }
      }
    }
    if (!set) centred(ids, size, box, row, view);
  }
  function grown(array) {
    var wider = new array.constructor(2 * array.length);
    wider.set(array);
    return wider;
  }
  function dotted(ids, size, x, y, mark) {
    x = Math.floor(x);
    y = Math.floor(y);
    if (x >= 0 && y >= 0 && x < size && y < size) ids[y * size + x] = mark;
  }
  function centred(ids, size, box, row, view) {
    var x = (box[4 * row] + box[4 * row + 2]) / 2 * view.scale - view.left, y = (box[4 * row + 1] + box[4 * row + 3]) / 2 * view.scale - view.top;
    dotted(ids, size, x * FINE, y * FINE, row + 1);
  }
  function stepped(ids, size, data, row, view) {
    var mark = row + 1, scale = view.scale * FINE, left = view.left * FINE, top = view.top * FINE;
    for (var s = data.first[row]; s < data.first[row + 1]; s++) {
      if (data.kind[s] > 1) continue;
      for (var v = data.start[s]; v < data.start[s + 1]; v++) {
        var x = data.x[v] * scale - left, y = data.y[v] * scale - top, w = Math.min(v + 1, data.start[s + 1] - 1);
        var ax = data.x[w] * scale - left, ay = data.y[w] * scale - top, steps = Math.min(4 * size, Math.ceil(Math.max(Math.abs(ax - x), Math.abs(ay - y)))) || 1;
        for (var k = 0; k < steps; k++) dotted(ids, size, x + (ax - x) * k / steps, y + (ay - y) * k / steps, mark);
        if (data.kind[s] === 0) { dotted(ids, size, x + 1, y, mark); dotted(ids, size, x, y + 1, mark); dotted(ids, size, x + 1, y + 1, mark); }
      }
    }
  }
  /* Ids of a tile and of one pixel around it, so that borders meet across tiles. */
  function buffered(layer, rows, view) {
    var size = TILE * FINE + 2, ids = new Uint32Array(size * size), data = layer.data, box = data.box, scale = view.scale * FINE;
    var wider = { scale: view.scale, left: view.left - 1 / FINE, top: view.top - 1 / FINE };
    for (var k = 0; k < rows.length; k++) {
      var row = rows[k], at = 4 * row;
      if ((box[at + 2] - box[at]) * scale < 1 && (box[at + 3] - box[at + 1]) * scale < 1) centred(ids, size, box, row, wider);
      else if (data.kind[data.first[row]] > 1) scanned(ids, size, data, row, wider);
      else stepped(ids, size, data, row, wider);
    }
    return { ids: ids, bordered: rows.length < BORDERED };
  }

  function rgba(colour, alpha) {
    var n = parseInt(colour.slice(1), 16);
    return ((Math.round(alpha * 255) << 24) | ((n & 255) << 16) | (n & 65280) | (n >> 16)) >>> 0;
  }
  function pixelsOf(style, done) {
    var canvas = pictured(style, "tile", style.side, FINE, done);
    if (!canvas.pixels && canvas.drawn)
      canvas.pixels = new Uint32Array(canvas.getContext("2d", READ).getImageData(0, 0, canvas.width, canvas.height).data.buffer);
    return canvas.pixels || null;
  }
  var scratch = null, image = null;
  function coloured(ctx, layer, buffer, view, done) {
    var size = TILE * FINE, ids = buffer.ids, left = view.left * FINE, top = view.top * FINE, wide = size + 2, bordered = buffer.bordered, x, y, at;
    if (!scratch) {
      scratch = document.createElement("canvas");
      scratch.width = scratch.height = size;
      image = scratch.getContext("2d").createImageData(size, size);
    }
    var out = new Uint32Array(image.data.buffer).fill(0);
    var fills = new Uint32Array(256), lines = new Uint32Array(256), sides = new Int32Array(256), tiles = [];
    layer.styles.forEach(function (style, k) {
      fills[k] = style.fill ? rgba(style.fill, style.tile ? 0.5 : style.opacity) : layer.data.kind[0] > 1 ? 0 : rgba(style.line, 1);
      lines[k] = rgba(style.line, 1);
      sides[k] = style.side * FINE;
      tiles[k] = style.tile ? pixelsOf(style, done) : null;
    });
    for (y = 0; y < size; y++) for (x = 0, at = (y + 1) * wide + 1; x < size; x++, at++) {
      var id = ids[at];
      if (!id) continue;
      var style = layer.style[id - 1], tile = tiles[style];
      if (bordered && (ids[at + 1] !== id || ids[at - 1] !== id || ids[at + wide] !== id || ids[at - wide] !== id)) out[y * size + x] = lines[style];
      else out[y * size + x] = tile ? tile[((y + top) % sides[style]) * sides[style] + (x + left) % sides[style]] : fills[style];
    }
    scratch.getContext("2d").putImageData(image, 0, 0);
    ctx.drawImage(scratch, 0, 0, TILE, TILE);
  }

  /* Draw one tile of several layers; a buffer of ids is kept, so that another style only colours it anew. */
  shapes.paint = function (canvas, coords, layers, ratio, done) {
    var scale = Math.pow(2, coords.z + 8 - BITS), kept = canvas.buffers || (canvas.buffers = {}), ctx;
    var view = { scale: scale, left: coords.x * TILE, top: coords.y * TILE, anchorX: coords.x * TILE % ANCHOR, anchorY: coords.y * TILE % ANCHOR };
    canvas.width = canvas.height = TILE * ratio;
    ctx = canvas.getContext("2d");
    ctx.scale(ratio, ratio);
    layers.forEach(function (layer) {
      if (!layer.shown) return;
      if (kept[layer.id]) { coloured(ctx, layer, kept[layer.id], view, done); return; }
      var far = 24 / scale, l = view.left / scale, t = view.top / scale, span = TILE / scale;
      var rows = layer.data.within(l - far, t - far, l + span + far, t + span + far, layer.mask);
      if (layer.gaps) rows = rows.filter(function (row) { return layer.style[row] !== NONE; });
      if (rows.length > MANY) coloured(ctx, layer, (kept[layer.id] = buffered(layer, rows, view)), view, done);
      else if (rows.length) paths(ctx, layer, rows, view, ratio, done);
    });
  };

  if (!window.L) return;
  /* Canvas tiles of any zoom, also between two whole ones, so that nothing on them is ever stretched. */
  shapes.Stack = L.GridLayer.extend({
    options: { tileSize: TILE, updateWhenZooming: false, noWrap: true, keepBuffer: 1, className: "shapes" },
    initialize: function (options) {
      L.setOptions(this, options);
      this.layers = [];
      this.ratio = 0;
      this._soon = L.Util.throttle(function () { if (this._map) this.repaint(); }, 50, this);
    },
    density: function () { return this.ratio || Math.min(3, Math.ceil(window.devicePixelRatio || 1)); },
    /* A tile is drawn when it is made, so it is seen at once: paper does not wait for a frame. */
    createTile: function (coords) {
      var canvas = document.createElement("canvas");
      canvas.className = "leaflet-tile-loaded";
      shapes.paint(canvas, coords, this.layers, this.density(), this._soon);
      return canvas;
    },
    /* Draw the tiles in sight again; `moved`: other shapes than before are seen, so that ids are no longer good. */
    repaint: function (moved) {
      for (var key in this._tiles) {
        var tile = this._tiles[key];
        if (moved) tile.el.buffers = null;
        /* else Chromium prints stroke by stroke, in a wrong scale: gaps between tiles */
        tile.el.style.imageRendering = this.ratio ? "pixelated" : "";
        if (tile.current) shapes.paint(tile.el, tile.coords, this.layers, this.density(), this._soon);
        else this._removeTile(key);
      }
    },
    _setView: function (centre, zoom, noPrune, noUpdate) {
      if (!noUpdate) this._exact = zoom;
      L.GridLayer.prototype._setView.call(this, centre, zoom, noPrune, noUpdate);
    },
    _clampZoom: function (zoom) { return Math.abs(zoom - this._exact) <= 0.5 ? this._exact : zoom; }
  });
})();
