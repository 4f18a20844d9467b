/* Rows of layers: which pass the filters, in which order, what may be added, and how they leave as a file. */
(function () {
  "use strict";
  var gis = (window.gis = window.gis || {}), MANY = 20000;

  function first(entry) { return Array.isArray(entry) ? entry[0] : entry; }
  gis.facet = function (layer, name) { return layer.columns[(layer.spec.facets || {})[name]] || null; };
  /* The values of a filter in a layer, in Chinese, which is what stands in an address. */
  gis.valuesOf = function (layer, name) {
    var column = gis.facet(layer, name);
    return column ? gis.entriesOf(column).map(first) : [];
  };
  gis.entriesOf = function (column) {
    if (column.entries) return column.entries;
    var known = Object.create(null), n = column.numbers ? column.numbers.length : 0;
    for (var row = 0; row < n; row++) known[column.text(row)] = 1;
    return Object.keys(known);
  };

  /* Rows that pass year, town, line, category, part and words; `loose`: filters that this layer cannot answer. */
  gis.passing = function (layer, state) {
    var n = layer.data.n, pass = new Uint8Array(n).fill(1), loose = [], row;
    var year = layer.columns.y;
    if (state.y !== null) {
      if (!year) loose.push("y");
      else for (row = 0; row < n; row++) if (year.value(row) !== state.y) pass[row] = 0;
    }
    gis.FACETS.forEach(function (name) {
      var wanted = state[name], column = wanted && gis.facet(layer, name);
      if (!wanted) return;
      if (!column) { loose.push(name); return; }
      if (column.entries && column.numbers) {
        var code = column.entries.map(first).indexOf(wanted) + 1;
        for (row = 0; row < n; row++) if (!code || column.numbers[row] !== code) pass[row] = 0;
      } else for (row = 0; row < n; row++) if (column.text(row) !== wanted) pass[row] = 0;
    });
    if (state.q) {
      var test = gis.holding(layer, state.q.toLowerCase());
      for (row = 0; row < n; row++) if (pass[row] && !test(row)) pass[row] = 0;
    }
    return { rows: pass, loose: loose };
  };
  /* Of several selected rows of one place only the last is drawn. */
  gis.drawnOf = function (layer, rows) {
    var of = layer.data.of;
    if (!layer.spec.last || !of) return rows;
    var out = new Uint8Array(rows.length), seen = Object.create(null);
    for (var row = rows.length - 1; row >= 0; row--) if (rows[row] && !seen[of[row]]) { seen[of[row]] = 1; out[row] = 1; }
    return out;
  };

  /* Count rows, and add their ground in whole 0.01 m²: null where rows of lines that may lie on each other mix. */
  gis.Sum = function (layer) {
    this.n = 0;
    this.centi = 0;
    this.area = layer.columns.a || null;
    this.apart = layer.spec.apart ? gis.facet(layer, layer.spec.apart) : null;
    this.kind = null;
    this.mixed = false;
    this.left = 0;
  };
  gis.Sum.prototype.add = function (row) {
    this.n++;
    if (!this.area) return;
    if (this.area.value(row) === null) this.left++;
    this.centi += this.area.whole(row);
    if (this.apart) {
      var kind = this.apart.text(row).toString();
      if (this.kind === null) this.kind = kind;
      else if (this.kind !== kind) this.mixed = true;
    }
  };
  gis.Sum.prototype.mu = function () { return this.area && !this.mixed && this.n > this.left ? gis.mu(this.centi) : null; };
  /* 亩 of whole 0.01 m², two decimals, half to even: 1 亩 is exactly 200,000/3 of them. */
  gis.mu = function (centi) {
    var sign = centi < 0 ? -1 : 1, thrice = Math.abs(centi) * 3, whole = Math.floor(thrice / 2000), rest = thrice - whole * 2000;
    if (rest > 1000 || rest === 1000 && whole % 2) whole++;
    return sign * whole / 100;
  };

  /* ---- order ---- */
  function collated(texts) {
    var compare = texts.length > MANY ? function (a, b) { return a < b ? -1 : a > b ? 1 : 0; } : new Intl.Collator("zh", { numeric: true }).compare;
    var order = texts.map(function (_, k) { return k; }).sort(function (a, b) { return compare(String(first(texts[a])), String(first(texts[b]))); });
    var rank = new Uint32Array(texts.length);
    order.forEach(function (at, k) { rank[at] = first(texts[at]) === "" ? 0 : k + 1; });
    return rank;
  }
  /* The rank of each row by a column, 0 where it has none: kept, as it does not change. */
  function ranks(layer, name) {
    var kept = layer.ranks || (layer.ranks = {}), column = layer.columns[name], n = layer.data.n, row;
    if (kept[name]) return kept[name];
    var out = new Float64Array(n);
    if (name === "s") for (row = 0; row < n; row++) out[row] = layer.style[row] + 1;
    else if (column.letters) return (kept[name] = { letters: column });
    else if (column.kind === "text") {
      var rank = collated(column.entries);
      for (row = 0; row < n; row++) out[row] = column.numbers[row] ? rank[column.numbers[row] - 1] : 0;
    } else {
      var low = Infinity;
      for (row = 0; row < n; row++) { var value = column.numbers ? column.whole(row) : column.value(row); out[row] = value; if (value < low) low = value; }
      for (row = 0; row < n; row++) out[row] = column.value(row) === null ? 0 : out[row] - low + 1;
    }
    return (kept[name] = { keys: out, most: out.reduce(function (a, b) { return Math.max(a, b); }, 0), whole: !column || column.kind !== "float" });
  }
  function pass16(rows, keyOf) {
    var count = new Uint32Array(65537), out = new Uint32Array(rows.length), i;
    for (i = 0; i < rows.length; i++) count[keyOf(rows[i]) + 1]++;
    for (i = 0; i < 65536; i++) count[i + 1] += count[i];
    for (i = 0; i < rows.length; i++) out[count[keyOf(rows[i])]++] = rows[i];
    return out;
  }
  /* Rows in the order of a column, those without a value last; equal rows stay as they are. */
  gis.sorted = function (layer, rows, name, down) {
    var told = ranks(layer, name), out = Uint32Array.from(rows), k;
    if (told.letters) {
      for (k = told.letters.width - 1; k >= 0; k--) out = pass16(out, letterOf(told.letters.letters(k), down));
      return out;
    }
    var keys = told.keys, most = told.most, turned = function (row) { return !keys[row] ? most + 1 : down ? most - keys[row] : keys[row] - 1; };
    if (told.whole && most < 4294967295) {
      out = pass16(out, function (row) { return turned(row) & 65535; });
      return most < 65535 ? out : pass16(out, function (row) { return Math.floor(turned(row) / 65536); });
    }
    return out.sort(function (a, b) { return turned(a) - turned(b) || a - b; });
  };
  function letterOf(letters, down) { return function (row) { return down ? 255 - letters[row] : letters[row]; }; }

  /* ---- files ---- */
  function signedArea(ring) {
    var sum = 0;
    for (var k = 0; k + 1 < ring.length; k++) sum += ring[k][0] * ring[k + 1][1] - ring[k + 1][0] * ring[k][1];
    return sum / 2;
  }
  /* The shape of a row as GeoJSON, as it is drawn: to 0.15 m. */
  gis.geometry = function (board, layer, row) {
    var data = layer.data, lines = board.lines(layer, row).map(function (line) {
      return line.map(function (at) { return [+at.lng.toFixed(7), +at.lat.toFixed(7)]; });
    });
    var kinds = lines.map(function (_, k) { return data.kind[data.first[row] + k]; });
    if (!lines.length) return null;
    if (kinds[0] === 0) {
      var spots = [].concat.apply([], lines);
      return spots.length === 1 ? { type: "Point", coordinates: spots[0] } : { type: "MultiPoint", coordinates: spots };
    }
    if (kinds[0] === 1) return lines.length === 1 ? { type: "LineString", coordinates: lines[0] } : { type: "MultiLineString", coordinates: lines };
    var parts = [];
    lines.forEach(function (ring, k) {
      var shell = kinds[k] === 2;
      if (signedArea(ring) > 0 !== shell) ring.reverse();
      if (shell || !parts.length) parts.push([ring]); else parts[parts.length - 1].push(ring);
    });
    return parts.length === 1 ? { type: "Polygon", coordinates: parts[0] } : { type: "MultiPolygon", coordinates: parts };
  };
})();
