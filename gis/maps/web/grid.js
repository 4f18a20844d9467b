/* A table of any number of rows: only those in sight are in the page. One stop of Tab, arrows inside. */
(function () {
  "use strict";
  var gis = (window.gis = window.gis || {}), HIGH = 28, HEAD = 30, MORE = 6, SAMPLE = 150, PRINTED = 60;

  /* `pick(row)` where a row is chosen, `order(name)` where a head is. */
  function Grid(box, pick, order) {
    var self = this;
    this.box = box;
    this.pick = pick;
    this.order = order;
    this.rows = [];
    this.at = -1;
    this.column = 0;
    this.chosen = -1;
    this.rank = null;
    this.head = gis.el("div", "grid-head");
    this.head.setAttribute("role", "row");
    this.body = gis.el("div", "grid-body");
    this.body.setAttribute("role", "rowgroup");
    box.className = "grid";
    box.setAttribute("role", "grid");
    box.tabIndex = 0;
    box.appendChild(this.head);
    box.appendChild(this.body);
    box.addEventListener("scroll", function () { if (Math.abs(self.top - self.begins()) > MORE / 2) self.draw(); });
    box.addEventListener("keydown", function (event) { self.key(event); });
    this.head.addEventListener("click", function (event) {
      var cell = event.target.closest("[data-name]");
      if (cell) { self.at = -1; self.column = +cell.dataset.at; self.order(cell.dataset.name); }
    });
    this.body.addEventListener("click", function (event) {
      var row = event.target.closest("[data-at]");
      if (row && !event.target.closest("a")) { self.at = +row.dataset.at; self.pick(self.rows[self.at]); }
    });
    if (window.ResizeObserver) new ResizeObserver(function () { self.draw(); }).observe(box);
    window.addEventListener("beforeprint", function () { self.printed = true; self.draw(); });
    window.addEventListener("afterprint", function () { self.printed = false; self.draw(); });
  }
  gis.Grid = Grid;

  /* Show rows under columns: each has `name`, `head`, `right`, `text(row)` and `cell(node, row)`. */
  Grid.prototype.show = function (columns, rows, sort) {
    var same = this.columns === columns;
    this.rows = rows;
    this.rank = null;
    this.sort = sort;
    if (!same) {
      this.columns = columns;
      this.widths = columns.map(function (column) { return width(column, rows); });
      this.at = -1;
      this.column = 0;
      this.box.scrollLeft = 0;
    }
    this.at = Math.min(this.at, rows.length - 1);
    this.body.style.height = rows.length * HIGH + "px";
    this.box.setAttribute("aria-rowcount", rows.length + 1);
    this.box.setAttribute("aria-colcount", columns.length);
    this.heads();
    this.draw();
  };
  function letters(text) {
    var wide = 0;
    for (var k = 0; k < text.length; k++) wide += text.charCodeAt(k) > 11903 ? 13 : 7.2;
    return wide;
  }
  function width(column, rows) {
    var most = Math.max(letters(column.head[0]), letters(column.head[1])) + 18, step = Math.max(1, Math.floor(rows.length / SAMPLE));
    for (var k = 0; k < rows.length; k += step)
      [].concat(column.text(rows[k])).forEach(function (text) { most = Math.max(most, letters(String(text)) + (column.extra || 0)); });
    return Math.round(Math.min(column.most || 240, Math.max(48, most + 20)));
  }
  Grid.prototype.heads = function () {
    var self = this, total = this.widths.reduce(function (a, b) { return a + b; }, 0);
    this.head.textContent = "";
    this.head.style.width = this.body.style.width = total + "px";
    this.columns.forEach(function (column, at) {
      var cell = gis.el("div", column.right ? "r" : ""), turned = self.sort && self.sort.slice(0, -1) === column.name;
      cell.setAttribute("role", "columnheader");
      cell.setAttribute("aria-colindex", at + 1);
      cell.id = self.box.id + "-head-" + at;
      cell.dataset.name = column.name;
      cell.dataset.at = at;
      cell.style.width = self.widths[at] + "px";
      cell.appendChild(gis.words(column.head));
      if (turned) {
        cell.setAttribute("aria-sort", self.sort.slice(-1) === "-" ? "descending" : "ascending");
        cell.appendChild(gis.el("span", "turned", self.sort.slice(-1) === "-" ? "▼" : "▲"));
      }
      self.head.appendChild(cell);
    });
    this.marked();
  };
  Grid.prototype.begins = function () { return Math.max(0, Math.floor(this.box.scrollTop / HIGH) - MORE); };
  Grid.prototype.draw = function () {
    if (!this.columns) return;
    var top = (this.top = this.begins()), many = Math.ceil(this.box.clientHeight / HIGH) + 2 * MORE;
    if (this.printed) { top = 0; many = PRINTED; this.body.style.height = Math.min(this.rows.length, PRINTED) * HIGH + "px"; }
    else this.body.style.height = this.rows.length * HIGH + "px";
    var page = document.createDocumentFragment();
    for (var at = top; at < Math.min(this.rows.length, top + many); at++) page.appendChild(this.line(at));
    this.body.textContent = "";
    this.body.appendChild(page);
    this.marked();
  };
  Grid.prototype.line = function (at) {
    var row = this.rows[at], line = gis.el("div", "grid-row"), widths = this.widths;
    line.setAttribute("role", "row");
    line.setAttribute("aria-rowindex", at + 2);
    line.id = this.box.id + "-row-" + at;
    line.dataset.at = at;
    line.style.top = at * HIGH + "px";
    if (row === this.chosen) line.setAttribute("aria-selected", "true");
    this.columns.forEach(function (column, k) {
      var cell = gis.el("div", column.right ? "r" : "");
      cell.setAttribute("role", "gridcell");
      cell.setAttribute("aria-colindex", k + 1);
      cell.style.width = widths[k] + "px";
      if (column.cell) column.cell(cell, row); else gis.fill(cell, column.text(row));
      if (letters(cell.textContent) + 20 > widths[k]) cell.title = gis.told(column.text(row));
      line.appendChild(cell);
    });
    return line;
  };
  Grid.prototype.marked = function () {
    var id = this.at < 0 ? this.box.id + "-head-" + this.column : this.box.id + "-row-" + this.at, node = document.getElementById(id);
    Array.prototype.forEach.call(this.box.querySelectorAll(".current"), function (one) { one.classList.remove("current"); });
    if (node) node.classList.add("current");
    if (node) this.box.setAttribute("aria-activedescendant", id); else this.box.removeAttribute("aria-activedescendant");
  };
  /* Where a row stands in the order shown, -1 for nowhere. */
  Grid.prototype.find = function (row) { return Array.prototype.indexOf.call(this.rows, row); };
  Grid.prototype.choose = function (row) {
    this.chosen = row;
    var at = row < 0 ? -1 : this.find(row);
    if (at >= 0) { this.at = at; this.bring(at); }
    this.draw();
  };
  Grid.prototype.bring = function (at) {
    var view = this.box.clientHeight - HEAD, top = at * HIGH;
    if (top < this.box.scrollTop) this.box.scrollTop = top;
    else if (top + HIGH > this.box.scrollTop + view) this.box.scrollTop = top + HIGH - view;
  };
  Grid.prototype.key = function (event) {
    var page = Math.max(1, Math.floor(this.box.clientHeight / HIGH) - 2), last = this.rows.length - 1;
    var rows = { ArrowDown: this.at + 1, ArrowUp: this.at - 1, PageDown: this.at + page, PageUp: Math.max(0, this.at - page), Home: 0, End: last };
    if (event.key in rows && (event.ctrlKey || event.key !== "Home" || this.at >= 0)) {
      this.at = Math.max(-1, Math.min(last, rows[event.key]));
      if (this.at >= 0) this.bring(this.at);
      this.draw();
    } else if (event.key === "ArrowRight" || event.key === "ArrowLeft") this.sideways(event.key === "ArrowRight" ? 1 : -1);
    else if (event.key === "Enter" || event.key === " ") {
      if (event.target !== this.box) return;
      if (this.at < 0) this.order(this.columns[this.column].name); else this.pick(this.rows[this.at]);
    } else return;
    event.preventDefault();
  };
  Grid.prototype.sideways = function (step) {
    var left = 0, k;
    this.column = Math.max(0, Math.min(this.columns.length - 1, this.column + step));
    for (k = 0; k < this.column; k++) left += this.widths[k];
    if (left < this.box.scrollLeft || left + this.widths[this.column] > this.box.scrollLeft + this.box.clientWidth)
      this.box.scrollLeft = Math.max(0, left - 40);
    this.marked();
  };
})();
