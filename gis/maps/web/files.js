/* What leaves a page as a file: its text, and the file made in the page itself. */
(function () {
  "use strict";
  var gis = (window.gis = window.gis || {}), HARMLESS = /^[-+]?[\d.,]+%?$|^-+$/;
  /* A text that a spreadsheet would take for a formula stays a text. */
  gis.inCell = function (text) {
    return /^[=+\-@＝＋－＠\t\r\n]/.test(text) && !HARMLESS.test(text.normalize("NFKC")) ? "'" + text : text;
  };
  function quoted(text) { return /[",\r\n;]|^\s|\s$/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text; }
  gis.csv = function (heads, rows) {
    var lines = [heads].concat(rows).map(function (cells) {
      return cells.map(function (cell) { return typeof cell === "number" ? String(cell) : quoted(gis.inCell(cell === null ? "" : String(cell))); }).join(",");
    });
    return "\ufeff" + lines.join("\r\n") + "\r\n";
  };
  gis.save = function (name, type, text) {
    var link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: type }));
    link.download = name;
    document.body.appendChild(link);
    link.click();
    link.remove();
    setTimeout(function () { URL.revokeObjectURL(link.href); }, 1000);
  };
})();
