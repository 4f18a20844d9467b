/* What leaves a workspace: its code, the command of its map sheet, and the page on paper. */
(function () {
  "use strict";
  var gis = (window.gis = window.gis || {}), PAPERS = { A4: ["218mm", "150mm"], A3: ["330mm", "232mm"] };

  function field(pair, control) {
    var label = gis.el("label", "field");
    label.appendChild(gis.words(pair));
    label.appendChild(control);
    return label;
  }
  function button(pair, act) {
    var made = gis.el("button");
    made.type = "button";
    made.appendChild(gis.words(pair));
    made.addEventListener("click", act);
    return made;
  }
  function input(id, size) {
    return L.extend(gis.el("input"), { id: id, size: size, spellcheck: false, autocomplete: "off" });
  }
  function copy(control, say) {
    return button(["复制", "Copy"], function () { control.select(); if (document.execCommand("copy")) say(["已复制", "copied"]); });
  }

  /* A row below the filters, opened by a button of theirs; `paste(text)` takes a code, `told()` says in a line what is chosen. */
  gis.leaving = function (bar, given, paste, say, told) {
    var row = gis.el("div", "leaving"), code = input("view-code", 20), command = input("sheet-command", 48), paper = gis.el("select"), all = gis.el("input"), style = gis.el("style");
    var open = button(["视图与打印", "View and print"], function () { row.hidden = !row.hidden; open.setAttribute("aria-expanded", String(!row.hidden)); });
    row.hidden = true;
    row.id = "leaving";
    open.id = "leave";
    open.setAttribute("aria-expanded", "false");
    open.setAttribute("aria-controls", "leaving");
    code.addEventListener("focus", function () { code.select(); });
    code.addEventListener("change", function () { paste(code); });
    code.addEventListener("keydown", function (event) { if (event.key === "Enter") paste(code); });
    command.readOnly = true;
    paper.id = "paper";
    Object.keys(PAPERS).forEach(function (one) { paper.appendChild(gis.el("option", "", one)); });
    all.type = "checkbox";
    all.id = "appendix";
    all.addEventListener("change", function () { document.body.classList.toggle("appendix", all.checked); });
    function sized() {
      gis.paper = PAPERS[paper.value];
      document.documentElement.style.setProperty("--map-width", gis.paper[0]);
      document.documentElement.style.setProperty("--map-height", gis.paper[1]);
      style.textContent = "@page { size: " + paper.value + " landscape; margin: 7mm; }";
      gis.addressed();
    }
    paper.addEventListener("change", sized);
    document.head.appendChild(style);
    [field(["视图代码", "View code"], code), copy(code, say), field(["纸张", "Paper"], paper), field(["附表", "Tables too"], all),
      button(["打印此视图", "Print this view"], function () { window.print(); }),
      field(["按 3 度带真比例出图", "To true scale in the 3-degree zone"], command), copy(command, say)].forEach(function (one) { row.appendChild(one); });
    bar.appendChild(open);
    bar.appendChild(row);
    var head = gis.el("p", "on-paper");
    bar.appendChild(head);
    var north = document.querySelector(".stage").appendChild(gis.el("div", "north"));
    north.innerHTML = '<svg viewBox="0 0 20 30" width="20" height="30" aria-hidden="true"><path d="M10 1 17 28 10 22Z" fill="#fff" stroke="#1F2933"/><path d="M10 1 3 28 10 22Z" fill="#1F2933" stroke="#1F2933"/></svg>';
    north.appendChild(gis.words(["北", "North"]));
    window.addEventListener("beforeprint", function () {
      var page = document.querySelector("nav [aria-current]"), day = new Date(Date.now() - new Date().getTimezoneOffset() * 60000).toISOString().slice(0, 10);
      document.querySelectorAll("#panel details").forEach(function (one) { one.open = true; });
      head.textContent = "";
      head.appendChild(gis.el("b", "", page ? page.innerText : document.title));
      head.appendChild(gis.words([" " + told()[0] + "；打印 " + day + "；视图代码 " + code.value + "；网页投影（墨卡托），真比例图用 gis sheet",
        " " + told()[1] + " · printed " + day + " · view code " + code.value + " · web projection (Mercator); gis sheet draws to true scale"]));
    });
    /* Say the code anew, and the command that draws it. */
    gis.addressed = function (text) {
      if (text !== undefined) { code.written = text; if (document.activeElement !== code) code.value = text; }
      command.value = "gis " + (document.documentElement.lang === "en" ? "--lang en " : "") + "sheet " + given.name + " --view " + code.written + (paper.value === "A4" ? "" : " --paper " + paper.value) + (given.public ? " --public" : "") + " -o " + given.name + ".pdf";
    };
    sized();
    return code;
  };
})();
