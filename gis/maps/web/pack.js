/* Unpacks what gis/maps/packing.py packed: five letters → four bytes, inflate, typed arrays. No engine is too old. */
(function () {
  "use strict";
  var shapes = (window.gisShapes = window.gisShapes || {});

  function bytesOf(text) {
    var value = new Uint8Array(128), next = 0, letter, at, out = new Uint8Array(text.length / 5 * 4), to = 0;
    for (letter = 33; letter < 127; letter++) if ("<>&\"'\\`()".indexOf(String.fromCharCode(letter)) < 0) value[letter] = next++;
    for (at = 0; at < text.length; at += 5) {
      var word = value[text.charCodeAt(at)] + 85 * (value[text.charCodeAt(at + 1)] + 85 * (value[text.charCodeAt(at + 2)] +
        85 * (value[text.charCodeAt(at + 3)] + 85 * value[text.charCodeAt(at + 4)])));
      out[to++] = word;
      out[to++] = word >>> 8;
      out[to++] = word >>> 16;
      out[to++] = word >>> 24;
    }
    return out;
  }

  /* Huffman codes as one look-up table: symbol << 4 | length, at every index that begins with the code. */
  function tableOf(lengths) {
    var most = 1, count = new Uint16Array(17), next = new Uint16Array(17), at, code = 0, bits;
    for (at = 0; at < lengths.length; at++) { count[lengths[at]]++; if (lengths[at] > most) most = lengths[at]; }
    count[0] = 0;
    for (bits = 1; bits < 17; bits++) { code = (code + count[bits - 1]) << 1; next[bits] = code; }
    var table = new Uint16Array(1 << most);
    for (at = 0; at < lengths.length; at++) {
      var length = lengths[at], mirrored = 0, given;
      if (!length) continue;
      given = next[length]++;
      for (bits = 0; bits < length; bits++) { mirrored = (mirrored << 1) | (given & 1); given >>= 1; }
      for (; mirrored < table.length; mirrored += 1 << length) table[mirrored] = (at << 4) | length;
    }
    return { codes: table, mask: table.length - 1 };
  }
  function filled(pieces) {
    var out = [];
    pieces.forEach(function (piece) { for (var n = 0; n < piece[1]; n++) out.push(piece[0]); });
    return out;
  }
  var EXTRA = filled([[0, 8], [1, 4], [2, 4], [3, 4], [4, 4], [5, 4], [0, 1]]), BASE = [], FAR_EXTRA = [], FAR = [], ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
  (function () {
    var length = 3, far = 1, at;
    for (at = 0; at < 28; at++) { BASE.push(length); length += 1 << EXTRA[at]; }
    BASE.push(258);
    for (at = 0; at < 30; at++) { FAR_EXTRA.push(at < 4 ? 0 : (at >> 1) - 1); FAR.push(far); far += 1 << FAR_EXTRA[at]; }
  })();

  function inflate(source, size) {
    var out = new Uint8Array(size), to = 0, at = 0, hold = 0, held = 0;
    function bits(n) {
      while (held < n) { hold |= source[at++] << held; held += 8; }
      var value = hold & ((1 << n) - 1);
      hold >>>= n;
      held -= n;
      return value;
    }
    function symbol(table) {
      while (held < 15) { hold |= source[at++] << held; held += 8; }
      var found = table.codes[hold & table.mask];
      hold >>>= found & 15;
      held -= found & 15;
      return found >> 4;
    }
    function lengthsOf(literals, distances) {
      var small = new Uint8Array(19), n = bits(4) + 4, i, all = new Uint8Array(literals + distances), filledTo = 0;
      for (i = 0; i < n; i++) small[ORDER[i]] = bits(3);
      var table = tableOf(small);
      while (filledTo < all.length) {
        var s = symbol(table), times = s < 16 ? 1 : s === 16 ? 3 + bits(2) : s === 17 ? 3 + bits(3) : 11 + bits(7);
        var value = s < 16 ? s : s === 16 ? all[filledTo - 1] : 0;
        while (times--) all[filledTo++] = value;
      }
      return all;
    }
    var last, kind;
    do {
      last = bits(1);
      kind = bits(2);
      if (kind === 0) {
        at -= held >> 3;
        hold = held = 0;
        var stored = source[at] | (source[at + 1] << 8);
        out.set(source.subarray(at + 4, at + 4 + stored), to);
        at += 4 + stored;
        to += stored;
        continue;
      }
      var literals, far;
      if (kind === 1) {
        literals = tableOf(filled([[8, 144], [9, 112], [7, 24], [8, 8]]));
        far = tableOf(filled([[5, 30]]));
      } else {
        var n = bits(5) + 257, m = bits(5) + 1, all = lengthsOf(n, m);
        literals = tableOf(all.subarray(0, n));
        far = tableOf(all.subarray(n));
      }
      var codes = literals.codes, mask = literals.mask;
      for (;;) {
        while (held < 15) { hold |= source[at++] << held; held += 8; }
        var found = codes[hold & mask];
        hold >>>= found & 15;
        held -= found & 15;
        found >>= 4;
        if (found < 256) { out[to++] = found; continue; }
        if (found === 256) break;
        var length = BASE[found - 257] + bits(EXTRA[found - 257]), step = symbol(far), from = to - FAR[step] - bits(FAR_EXTRA[step]);
        while (length--) out[to++] = out[from++];
      }
    } while (!last);
    return out;
  }

  /* Numbers of one block, see _Blocks.whole. */
  function whole(raw, start, block, n) {
    var planes = block.length === 1 ? 0 : block[1], out = planes > 3 ? new Float64Array(n) : new Int32Array(n), i;
    if (!planes) return out.fill(block[0]);
    var at = start + block[0];
    if (planes === 1) for (i = 0; i < n; i++) out[i] = raw[at + i];
    else if (planes === 2) for (i = 0; i < n; i++) out[i] = raw[at + i] | (raw[at + n + i] << 8);
    else for (var plane = 0, weight = 1; plane < planes; plane++, weight *= 256)
      for (i = 0; i < n; i++) out[i] += raw[at + plane * n + i] * weight;
    return out;
  }
  function signed(value) { return value % 2 ? -(value + 1) / 2 : value / 2; }

  function unfolded(values) {
    for (var i = 0; i < values.length; i++)
      values[i] = values[i] < 2147483648 ? (values[i] >>> 1) ^ -(values[i] & 1) : signed(values[i]);
    return values;
  }
  /* Where each corner lies: the first of a string is told from that of the last string, the others one from another. */
  function places(starts, moves, start) {
    var out = new Int32Array(starts.length + moves.length), first = 0, at = 0, move = 0;
    for (var s = 0; s < starts.length; s++) {
      var last = out[at++] = first += starts[s];
      for (var end = start[s + 1]; at < end; at++) out[at] = last += moves[move++];
    }
    return out;
  }
  function running(counts) {
    var out = new Uint32Array(counts.length + 1);
    for (var i = 0; i < counts.length; i++) out[i + 1] = out[i] + counts[i];
    return out;
  }

  function written(value, digits) {
    var text = Math.abs(value).toFixed(digits), dot = digits ? text.length - digits - 1 : text.length;
    var head = text.slice(0, dot).replace(/\B(?=(\d{3})+$)/g, ",");
    return (value < 0 ? "-" : "") + head + text.slice(dot);
  }

  /* A column: `value(row)` (null where missing), `text(row)` as it is shown, `whole(row)` the count of its last digit. */
  function columnOf(raw, start, told, n) {
    var numbers = told.block && whole(raw, start, told.block, n), scale = Math.pow(10, told.digits || 0);
    var view = new DataView(new ArrayBuffer(8)), value = {
      number: function (row) { return numbers[row] ? signed(numbers[row] - 1) / scale : null; },
      text: function (row) { return numbers[row] ? told.entries[numbers[row] - 1] : null; },
      code: function (row) {
        var out = "";
        for (var k = 0; k < told.width; k++) out += String.fromCharCode(raw[start + told.at + k * n + row]);
        return out;
      },
      float: function (row) {
        for (var k = 0; k < 8; k++) view.setUint8(k, raw[start + told.at + k * n + row]);
        var found = view.getFloat64(0, true);
        return found === found ? found : null;
      }
    }[told.kind];
    return {
      kind: told.kind, entries: told.entries, numbers: numbers, value: value, digits: told.digits || 0,
      whole: function (row) { return numbers[row] ? signed(numbers[row] - 1) : 0; },
      letters: told.kind === "code" ? function (k) { return raw.subarray(start + told.at + k * n, start + told.at + (k + 1) * n); } : null, width: told.width,
      text: function (row) {
        var found = value(row);
        if (found === null) return "";
        return told.kind === "number" && told.digits ? written(found, told.digits) : typeof found === "object" ? found : String(found);
      }
    };
  }

  /* Rows that share a shape get a copy each, so that nobody else has to know; `of` is the shape of each row. */
  function shared(data, of) {
    var strings = 0, corners = 0, n = of.length, i, s, v;
    for (i = 0; i < n; i++) { strings += data.first[of[i] + 1] - data.first[of[i]]; corners += data.start[data.first[of[i] + 1]] - data.start[data.first[of[i]]]; }
    var out = { n: n, columns: data.columns, of: of, kind: new Uint8Array(strings), start: new Uint32Array(strings + 1),
      first: new Uint32Array(n + 1), x: new Int32Array(corners), y: new Int32Array(corners) }, string = 0, corner = 0;
    for (i = 0; i < n; i++) {
      for (s = data.first[of[i]]; s < data.first[of[i] + 1]; s++) {
        for (v = data.start[s]; v < data.start[s + 1]; v++, corner++) { out.x[corner] = data.x[v]; out.y[corner] = data.y[v]; }
        out.kind[string++] = data.kind[s];
        out.start[string] = corner;
      }
      out.first[i + 1] = string;
    }
    return out;
  }

  /* → n shapes; strings[first[i] .. first[i + 1]] are those of shape i, corners start[s] .. start[s + 1] those of string s. */
  shapes.unpack = function (text) {
    var given = bytesOf(text), sizes = new DataView(given.buffer), raw = inflate(given.subarray(8), sizes.getUint32(0, true));
    var size = new DataView(raw.buffer).getUint32(0, true), start = 4 + size;
    var head = JSON.parse(new TextDecoder().decode(raw.subarray(4, start))), told = head.shape, columns = {}, i;
    var perString = whole(raw, start, told.per_string, told.strings), kind = new Uint8Array(told.strings);
    for (i = 0; i < perString.length; i++) { kind[i] = perString[i] & 3; perString[i] = perString[i] >>> 2; }
    var corners = running(perString);
    Object.keys(head.columns).forEach(function (name) { columns[name] = columnOf(raw, start, head.columns[name], head.n); });
    function along(axis) {
      var starts = unfolded(whole(raw, start, told[axis + "_starts"], told.strings));
      return places(starts, unfolded(whole(raw, start, told[axis], told.corners - told.strings)), corners);
    }
    var data = {
      n: head.n, columns: columns, kind: kind, start: corners,
      first: running(whole(raw, start, told.per_shape, told.shapes)),
      x: along("x"), y: along("y")
    };
    return told.of ? shared(data, whole(raw, start, told.of, head.n)) : data;
  };
  shapes.inflate = inflate;
})();
