/*
 * What a kiosk draws around and over the pages: the bar, the first screen, big tiles, the keyboard, codes to scan.
 * Filed text reaches the page through textContent only, and styles through classes: the policy forbids the rest.
 */
(function () {
  "use strict";
  var kiosk = window.qingdan && window.qingdan.kiosk;
  if (!kiosk) return;
  var settings = kiosk.settings;
  var page = document.documentElement;
  var DAY = 86400000;
  var CHINA = 8 * 3600000; // ms ahead of UTC, the whole year
  var TURN = 7000; // ms that a question stands on the first screen
  var RENEWAL = 600000; // ms after which the waiting screen looks for newer content
  var QUESTIONS = 60;
  var EXAMPLES = 4;
  var TAGS = { zh: "zh-Hans-CN" };
  var LOCALES = { zh: "zh-CN", en: "en-GB", ko: "ko-KR" };
  var NAMES = { zh: "中文", en: "English", ko: "한국어" };
  var ICONS = {
    home: "M3 11 12 3l9 8v10h-6v-6H9v6H3z",
    back: "M20 12H5M12 5l-7 7 7 7",
    search: "M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM15.5 15.5 21 21",
    elder: "M3 20 9 5l6 15M5.2 15h7.6M18.5 8v8M14.5 12h8",
    code: "M3 3h7v7H3zM14 3h7v7h-7zM3 14h7v7H3zM14 14h3v3h-3zM18 18h3v3h-3z",
    print: "M7 9V3h10v6M7 17H3V9h18v8h-4M7 14h10v7H7z",
    language: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3 12h18M12 3c5 5 5 13 0 18M12 3c-5 5-5 13 0 18",
    up: "M5 15l7-7 7 7",
    down: "M5 9l7 7 7-7",
  };

  /* ---- small makers ---- */

  function say(key, slots, lang) {
    var table = kiosk.words[lang || kiosk.lang] || {};
    return (table[key] || key).replace(/\{(\w+)\}/g, function (whole, name) {
      return slots && name in slots ? String(slots[name]) : whole;
    });
  }

  function make(tag, className, text) {
    var element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  }

  function button(className, text, act) {
    var made = make("button", className);
    made.type = "button";
    if (text !== undefined) made.appendChild(make("span", "", text));
    if (act) made.addEventListener("click", act);
    return made;
  }

  function drawing(size, className) {
    var svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 " + size + " " + size);
    svg.setAttribute("class", className);
    return svg;
  }

  function path(svg, line) {
    var drawn = document.createElementNS("http://www.w3.org/2000/svg", "path");
    drawn.setAttribute("d", line);
    svg.appendChild(drawn);
    return svg;
  }

  function withIcon(element, name) {
    var svg = path(drawing(24, "qd-k-icon"), ICONS[name]);
    svg.setAttribute("aria-hidden", "true");
    element.insertBefore(svg, element.firstChild);
    return element;
  }

  function text(selector, within) {
    var found = (within || document).querySelector(selector);
    return found ? found.textContent.trim() : "";
  }

  /* ---- dates: the clock of a kiosk may be wrong; then only the date of release is said ---- */

  /* Days since 1970 of a date as written, or of today in China, whatever zone the machine was set to. */
  function dayOf(written) {
    var parts = written.split("-").map(Number);
    return Date.UTC(parts[0], parts[1] - 1, parts[2]) / DAY;
  }

  function today() {
    return Math.floor((new Date().getTime() + CHINA) / DAY);
  }

  function dateWords(written) {
    return new Date(dayOf(written) * DAY).toLocaleDateString(LOCALES[kiosk.lang], {
      year: "numeric", month: "long", day: "numeric", timeZone: "UTC",
    });
  }

  function ageWords() {
    var age = today() - dayOf(settings.release.date);
    if (age < 0) return "";
    return age === 0 ? say("age.today") : age === 1 ? say("age.one") : say("age.days", { n: age });
  }

  function isStale() {
    return Boolean(settings.release.freshUntil) && today() > dayOf(settings.release.freshUntil);
  }

  function released() {
    var line = make("p", "qd-k-released");
    line.appendChild(make("span", "", say("released", { date: dateWords(settings.release.date) })));
    var age = ageWords();
    if (age) line.appendChild(make("strong", "", age));
    if (isStale()) line.classList.add("qd-k-released--stale");
    return line;
  }

  function staleBand() {
    var band = make("div", "qd-k-stale");
    band.setAttribute("role", "note");
    band.appendChild(make("strong", "", say("stale")));
    band.appendChild(make("span", "", say("stale.text", {
      date: dateWords(settings.release.date), until: dateWords(settings.release.freshUntil),
    })));
    return band;
  }

  /* ---- dialogs ---- */

  var open = null;

  function closeDialog() {
    if (!open) return;
    open.box.remove();
    page.classList.remove("qd-kiosk--dialog");
    if (open.before && open.before.focus) open.before.focus({ preventScroll: true });
    open = null;
  }

  function dialog(role, title, close) {
    closeDialog();
    var box = make("div", "qd-k-over");
    var inner = box.appendChild(make("div", "qd-k-dialog"));
    inner.setAttribute("role", role);
    inner.setAttribute("aria-modal", "true");
    inner.setAttribute("aria-labelledby", "qd-k-dialog");
    var heading = inner.appendChild(make("h2", "", title));
    heading.id = "qd-k-dialog";
    box.addEventListener("click", function (event) {
      if (event.target === box) close();
    });
    box.addEventListener("keydown", function (event) {
      if (event.key === "Escape") close();
      if (event.key !== "Tab") return;
      var stops = Array.from(inner.querySelectorAll("button"));
      var next = (stops.indexOf(document.activeElement) + (event.shiftKey ? -1 : 1) + stops.length) % stops.length;
      event.preventDefault();
      stops[next].focus();
    });
    open = { box: box, before: document.activeElement };
    document.body.appendChild(box);
    page.classList.add("qd-kiosk--dialog");
    return inner;
  }

  kiosk.ask = function (seconds) {
    if (!seconds) {
      kiosk.asking = false;
      closeDialog();
      return;
    }
    if (!kiosk.asking) drawQuestion();
    kiosk.asking.textContent = String(seconds);
  };

  function stay() {
    kiosk.asking = null;
    kiosk.touched();
    closeDialog();
  }

  function drawQuestion() {
    var inner = dialog("alertdialog", say("idle.title"), stay);
    var count = inner.appendChild(make("p", "qd-k-count"));
    kiosk.asking = count.appendChild(make("strong"));
    count.appendChild(make("span", "", say("idle.seconds")));
    inner.appendChild(make("p", "", say("idle.text")));
    var choices = inner.appendChild(make("div", "qd-k-choices"));
    var staying = choices.appendChild(button("qd-k-button qd-k-button--main", say("idle.stay"), stay));
    choices.appendChild(button("qd-k-button", say("idle.leave"), kiosk.reset));
    staying.focus();
  }

  function codeOf(address) {
    var rows = window.qingdan.qr(address);
    if (!rows) return null;
    var svg = drawing(rows.length + 8, "qd-k-code"); // a quiet zone of four modules on every side
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", say("code.picture"));
    var line = "";
    rows.forEach(function (row, y) {
      row.forEach(function (dark, x) { if (dark) line += "M" + (x + 4) + " " + (y + 4) + "h1v1h-1z"; });
    });
    return path(svg, line);
  }

  kiosk.showCode = function (address, outside) {
    var inner = dialog("dialog", say(outside ? "code.outside" : "code.title"), closeDialog);
    var code = codeOf(address);
    if (code) inner.appendChild(code);
    inner.appendChild(make("p", "qd-k-address", address)).setAttribute("translate", "no");
    var choices = inner.appendChild(make("div", "qd-k-choices"));
    choices.appendChild(button("qd-k-button qd-k-button--main", say("close"), closeDialog)).focus();
  };

  /* ---- the bar ---- */

  function barButton(name, act) {
    return withIcon(button("qd-k-key qd-k-bar__" + name, say(name), act), name);
  }

  function languageButtons(bar) {
    Array.from(document.querySelectorAll(".qd-languages a")).forEach(function (link) {
      var made = withIcon(button("qd-k-key", link.textContent, function () { kiosk.speak(link.href); }), "language");
      made.lang = link.lang;
      bar.appendChild(made);
    });
  }

  function scrollButton(name, direction) {
    var made = withIcon(button("qd-k-key qd-k-scroll", say(name), function () {
      window.scrollBy({ top: direction * 0.7 * visibleHeight(), behavior: calm() ? "auto" : "smooth" });
    }), name);
    return made;
  }

  function calm() {
    return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  }

  function visibleHeight() {
    var foot = document.querySelector(".qd-k-foot");
    return window.innerHeight - (foot ? foot.offsetHeight : 0);
  }

  function drawBar() {
    var foot = document.body.appendChild(make("div", "qd-k-foot"));
    foot.setAttribute("role", "region");
    foot.setAttribute("aria-label", say("bar"));
    var bar = make("div", "qd-k-bar");
    bar.appendChild(barButton("home", function () { kiosk.go(kiosk.home()); }));
    var back = bar.appendChild(barButton("back", kiosk.back));
    back.disabled = !kiosk.canGoBack();
    var search = bar.appendChild(barButton("search", function () { kiosk.go(kiosk.searchPage()); }));
    if (document.getElementById("qd-search")) search.setAttribute("aria-current", "page");
    languageButtons(bar);
    // The page's own script makes it a switch.
    bar.appendChild(barButton("elder")).setAttribute("data-qd", "elder");
    var address = settings.address && kiosk.here !== null ? settings.address + kiosk.here : "";
    if (address && window.qingdan.qr(address)) {
      bar.appendChild(barButton("code", function () { kiosk.showCode(address, false); }));
    }
    if (settings.printing) bar.appendChild(barButton("print")).setAttribute("data-qd-print", "");
    var strip = make("div", "qd-k-strip");
    strip.appendChild(released());
    var turns = strip.appendChild(make("div", "qd-k-turns"));
    var up = turns.appendChild(scrollButton("up", -1));
    var down = turns.appendChild(scrollButton("down", 1));
    if (isStale()) foot.appendChild(staleBand());
    foot.appendChild(strip);
    foot.appendChild(bar);

    function measure() {
      page.style.setProperty("--qd-k-foot", foot.offsetHeight + "px");
      look();
    }
    function look() {
      var rest = page.scrollHeight - window.innerHeight;
      up.disabled = window.pageYOffset < 2;
      down.disabled = window.pageYOffset > rest - 2;
    }
    new window.ResizeObserver(measure).observe(foot);
    new window.ResizeObserver(look).observe(document.body);
    window.addEventListener("scroll", look, { passive: true });
    measure();
    return foot;
  }

  /* ---- links and forms of the page ---- */

  function settleLinks() {
    Array.from(document.querySelectorAll("main a[href], .md-footer a[href], .md-header a[href]")).forEach(function (link) {
      var fate = kiosk.fate(link);
      if (fate === "inside") {
        link.removeAttribute("target");
        link.draggable = false;
      } else if (fate === "outside") {
        link.removeAttribute("target");
        link.setAttribute("role", "button");
        withIcon(link, "code").classList.add("qd-k-outside");
      } else {
        var row = fate === "gone" ? link.closest("li,p.qd-actions,td") : null;
        if (row) row.remove();
        else link.replaceWith(words(link));
      }
    });
  }

  function words(link) {
    var span = make("span", link.className);
    if (link.lang) span.lang = link.lang;
    while (link.firstChild) span.appendChild(link.firstChild);
    return span;
  }

  function settleForms() {
    Array.from(document.querySelectorAll("form[data-qd-search]")).forEach(function (form) {
      var find = make("a", "qd-k-find");
      find.href = form.getAttribute("data-qd-search");
      var told = find.appendChild(make("span", "qd-k-find__words"));
      told.appendChild(make("strong", "", say("find")));
      told.appendChild(make("span", "", say("find.text")));
      form.replaceWith(withIcon(find, "search"));
    });
  }

  /* ---- a township's home: one list at a time, its categories as tiles ---- */

  function drawHome() {
    if (!/^[^/]+\/\d{9}\/index\.html$/.test(kiosk.here || "")) return;
    page.classList.add("qd-kiosk--home");
    var lists = Array.from(document.querySelectorAll(".qd-columns section[id]"));
    var counts = document.querySelector(".qd-counts");
    if (!lists.length || !counts) return;
    var tabs = make("div", "qd-k-tabs");
    tabs.setAttribute("role", "group");
    lists.forEach(function (list) {
      var link = counts.querySelector('a[href="#' + list.id + '"]');
      var tab = tabs.appendChild(button("qd-k-tab qd-k-tab--" + list.id, undefined, function () {
        choose(list.id);
        remember(list.id);
      }));
      tab.setAttribute("data-list", list.id);
      tab.appendChild(make("span", "", link ? text(".qd-key", link) : text("h2", list)));
      if (link) tab.appendChild(make("strong", "", text("strong", link)));
    });
    function choose(id) {
      lists.forEach(function (list) { list.hidden = list.id !== id; });
      Array.from(tabs.children).forEach(function (tab) {
        tab.setAttribute("aria-pressed", String(tab.getAttribute("data-list") === id));
      });
    }
    function remember(id) {
      try {
        window.sessionStorage.setItem("qingdan:list", id);
      } catch (closed) {
        // The first list is shown again on the way back.
      }
    }
    var parent = lists[0].parentNode;
    parent.insertBefore(tabs, lists[0]);
    parent.classList.add("qd-k-lists");
    var figure = counts.closest("figure");
    if (figure) figure.remove();
    var before = null;
    try {
      before = window.sessionStorage.getItem("qingdan:list");
    } catch (closed) {
      before = null;
    }
    choose(lists.some(function (list) { return list.id === before; }) ? before : lists[0].id);
    // Someone in a hurry meets the tiles first and the guide after them.
    var notice = document.querySelector("main > .qd-notice");
    var columns = document.querySelector("main > .qd-columns");
    if (notice && columns) columns.parentNode.insertBefore(notice, columns.nextSibling);
  }

  /* ---- the report page: whom to call, large and first ---- */

  function drawContact() {
    var lead = document.querySelector(".qd-guide > .qd-lead");
    var card = document.querySelector(".qd-contacts .qd-contact");
    if (!lead || !card) return;
    var first = make("div", "qd-k-first");
    lead.parentNode.insertBefore(first, lead.nextSibling);
    var warning = document.querySelector(".qd-guide > .qd-notice--warning");
    if (warning) first.appendChild(warning);
    var panel = first.appendChild(make("section", "qd-k-contact"));
    panel.appendChild(make("h2", "", say("contact")));
    Array.from(document.querySelectorAll(".qd-contacts .qd-contact")).forEach(function (one) {
      var phone = text(".qd-contact__phone", one);
      if (!phone) return;
      var line = panel.appendChild(make("p"));
      var office = line.appendChild(make("span", "", text(".qd-card__title", one)));
      office.lang = (one.querySelector(".qd-card__title [lang]") || {}).lang || page.lang;
      line.appendChild(make("strong", "", phone));
    });
  }

  /* ---- the keyboard ---- */

  function drawKeyboard(foot) {
    var box = document.getElementById("qd-search") || document.getElementById("qd-search-report");
    var input = box && box.querySelector("input[type=search]");
    if (!input) return;
    var always = box.id === "qd-search";
    if (always) page.classList.add("qd-kiosk--search");
    // The report page says above its box that words are to be typed.
    var told = box.previousElementSibling;
    if (!always && told && told.tagName === "P") told.textContent = say("keys.hint");
    input.readOnly = true;
    input.inputMode = "none";
    input.placeholder = say("query");
    input.classList.add("qd-k-query");

    function set(value) {
      input.value = value.slice(0, input.maxLength > 0 ? input.maxLength : 64);
      input.dispatchEvent(new Event("input", { bubbles: true }));
      if (always) window.scrollTo(0, 0);
    }
    function press(letter) {
      var category = document.getElementById("qd-c");
      if (category) category.value = "";
      set(input.value + letter);
    }
    var actions = {
      delete: function () { set(input.value.slice(0, -1)); },
      clear: function () { set(""); },
      space: function () { if (input.value && input.value.slice(-1) !== " ") press(" "); },
    };
    document.addEventListener("keydown", function (event) {
      if (open || keys.hidden || event.ctrlKey || event.metaKey || event.altKey) return;
      if (/^[a-zA-Z]$/.test(event.key)) press(event.key.toLowerCase());
      else if (event.key === "Backspace") actions.delete();
    });

    var keys = make("div", "qd-k-keys");
    keys.setAttribute("role", "group");
    keys.setAttribute("aria-label", say("keys"));
    var head = keys.appendChild(make("div", "qd-k-keys__head"));
    head.appendChild(make("p", "", say("keys.hint")));
    if (kiosk.lang !== "zh") head.appendChild(button("qd-k-letter qd-k-letter--wide", say("keys.space"), actions.space));
    if (!always) {
      head.appendChild(button("qd-k-letter qd-k-letter--wide", say("close"), function () { bring(false); }));
      input.addEventListener("click", function () {
        bring(true);
        input.scrollIntoView({ block: "center" });
      });
    }
    var grid = keys.appendChild(make("div", "qd-k-keys__grid"));
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ".split("").forEach(function (letter) {
      grid.appendChild(button("qd-k-letter", letter, function () { press(letter.toLowerCase()); }));
    });
    grid.appendChild(button("qd-k-letter qd-k-letter--act", say("keys.delete"), actions.delete));
    grid.appendChild(button("qd-k-letter qd-k-letter--act", say("keys.clear"), actions.clear));
    function bring(shown) {
      keys.hidden = !shown;
      page.classList.toggle("qd-kiosk--keys", shown);
    }
    bring(always);
    foot.insertBefore(keys, foot.firstChild);
    if (always) {
      drawScope(box);
      drawExamples(box, input, set);
      if (!/[?&]q=/.test(window.location.search)) startHere();
    }
  }

  function change(name, value) {
    var select = document.getElementById("qd-" + name);
    if (!select) return;
    select.value = value;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /* A search begins in the township of the service centre. */
  function startHere() {
    change("t", settings.township);
  }

  /* The filters that matter here, as buttons: a list that drops down is too small for a finger. */
  function drawScope(box) {
    var rows = make("div", "qd-k-scope");
    var places = document.getElementById("qd-t");
    var kinds = document.getElementById("qd-k");
    var own = places && Array.from(places.options).filter(function (one) { return one.value === settings.township; })[0];
    if (own) {
      choice(rows, "t", say("where"), [
        [settings.township, say("here", { place: own.text })], ["", say("everywhere")],
      ]);
    }
    if (kinds) {
      choice(rows, "k", "", Array.from(kinds.options).map(function (one) { return [one.value, one.text]; }));
    }
    box.querySelector(".qd-filters").insertAdjacentElement("beforebegin", rows);

    function refresh() {
      Array.from(rows.querySelectorAll("button")).forEach(function (one) {
        var select = document.getElementById("qd-" + one.getAttribute("data-name"));
        one.setAttribute("aria-pressed", String(select.value === one.getAttribute("data-value")));
      });
    }
    box.addEventListener("click", function () { window.setTimeout(refresh, 0); });
    box.addEventListener("change", refresh);
    refresh();
  }

  function choice(rows, name, label, options) {
    var row = rows.appendChild(make("div", "qd-k-scope__row"));
    row.setAttribute("role", "group");
    row.setAttribute("aria-label", label || text("label[for=qd-" + name + "]"));
    options.forEach(function (one) {
      var made = row.appendChild(button("qd-k-choice", one[1], function () { change(name, one[0]); }));
      made.setAttribute("data-name", name);
      made.setAttribute("data-value", one[0]);
    });
  }

  /* A few names of this township with the letters that find them; only such as can be read in one way. */
  function drawExamples(box, input, set) {
    var data = window.qingdan.searchData;
    var place = placeIn(data);
    var shown = make("div", "qd-k-examples");
    shown.appendChild(make("p", "", say("example")));
    data.rows.filter(function (row) {
      return row[4].length > 3 && row[4].length < 11 && data.sets[row[3]].indexOf(place) !== -1 && lettersOf(row[4], data);
    }).filter(function (row, n, all) {
      return n % Math.max(1, Math.floor(all.length / EXAMPLES)) === 0;
    }).slice(0, EXAMPLES).forEach(function (row) {
      var letters = lettersOf(row[4], data);
      var made = shown.appendChild(button("qd-k-example", undefined, function () { set(letters); }));
      made.appendChild(make("span", "", (row[9] && row[9][0]) || row[4])).lang = row[9] && row[9][0] ? page.lang : TAGS.zh;
      made.appendChild(make("strong", "", letters.toUpperCase().split("").join(" ")));
    });
    box.querySelector(".qd-results").insertAdjacentElement("beforebegin", shown);
    function chosen(name) {
      return Boolean((document.getElementById("qd-" + name) || {}).value);
    }
    // A township alone is no question: its whole list stands on its home page, in order.
    function look() {
      box.classList.toggle("qd-k-unasked", !input.value && !chosen("k") && !chosen("c"));
    }
    input.addEventListener("input", look);
    box.addEventListener("click", function () { window.setTimeout(look, 0); });
    box.addEventListener("change", look);
    look();
  }

  function lettersOf(name, data) {
    var letters = "";
    for (var character of name) {
      var firsts = (data.readings[character] || "").split(" ").map(function (one) { return one[0]; });
      if (!firsts[0] || firsts.some(function (one) { return one !== firsts[0]; })) return "";
      letters += firsts[0];
    }
    return letters;
  }

  function placeIn(data) {
    return data.townships.findIndex(function (one) { return one[0] === settings.township; });
  }

  /* ---- the first screen ---- */

  function drawWaiting() {
    if (!kiosk.waiting) return;
    var over = make("div", "qd-k-attract");
    over.setAttribute("role", "region");
    over.setAttribute("aria-label", say("attract.start"));
    var sample = document.querySelector(".md-header .qd-band");
    if (sample) over.appendChild(sample.cloneNode(true));
    var head = over.appendChild(make("div", "qd-k-attract__head"));
    head.appendChild(make("p", "qd-k-attract__kicker", say("attract.kicker")));
    head.appendChild(make("p", "qd-k-attract__place", text("h1")));
    head.appendChild(make("p", "qd-k-attract__lead", say("attract.lead", { place: text("h1") })));
    var stage = over.appendChild(make("div", "qd-k-attract__stage"));
    var question = stage.appendChild(make("div", "qd-k-question"));
    drawTopics(over);
    var begin = button("qd-k-attract__begin", undefined, start);
    begin.appendChild(make("strong", "", say("attract.start")));
    Object.keys(kiosk.words).forEach(function (lang) {
      if (lang === kiosk.lang) return;
      begin.appendChild(make("span", "", say("attract.start", null, lang))).lang = TAGS[lang] || lang;
    });
    over.appendChild(begin);
    var foot = over.appendChild(make("div", "qd-k-attract__foot"));
    foot.appendChild(released());
    attractLanguages(foot);
    if (isStale()) over.insertBefore(staleBand(), over.firstChild);
    over.addEventListener("click", function (event) {
      if (!event.target.closest("button")) start();
    });
    document.body.appendChild(over);
    begin.focus({ preventScroll: true });
    var turning = 0;
    questions(function (names) { turning = turn(question, names); });
    var renewing = window.setInterval(kiosk.renew, RENEWAL);

    function start() {
      window.clearInterval(turning);
      window.clearInterval(renewing);
      over.remove();
      kiosk.begin();
      window.scrollTo(0, 0);
    }
  }

  /* What stands there while the first screen is fetched: never an empty one, and nothing of the last visitor. */
  kiosk.cover = function () {
    closeDialog();
    var over = document.body.appendChild(make("div", "qd-k-attract"));
    var head = over.appendChild(make("div", "qd-k-attract__head"));
    head.appendChild(make("p", "qd-k-attract__kicker", say("attract.kicker")));
    head.appendChild(make("p", "qd-k-attract__lead", say("returning"))).setAttribute("role", "status");
  };

  function attractLanguages(foot) {
    var row = foot.appendChild(make("div", "qd-k-attract__languages"));
    Array.from(document.querySelectorAll(".qd-languages a")).forEach(function (link) {
      var made = row.appendChild(button("qd-k-button", link.textContent, function () { kiosk.speak(link.href); }));
      made.lang = link.lang;
    });
  }

  function drawTopics(over) {
    var names = Array.from(document.querySelectorAll(".qd-list--short .qd-list__name")).map(function (one) {
      return one.textContent.trim();
    }).filter(function (name, n, all) { return all.indexOf(name) === n; });
    if (!names.length) return;
    var box = over.appendChild(make("div", "qd-k-topics"));
    box.appendChild(make("p", "", say("attract.topics")));
    var list = box.appendChild(make("ul"));
    // Once all stylesheets are there: in another face of type the rows break elsewhere.
    if (document.readyState === "complete") window.setTimeout(fitTopics, 0, list, names);
    else window.addEventListener("load", function () { fitTopics(list, names); });
  }

  /* Whole rows only, and never as if they were all: the last place says how many more there are. */
  function fitTopics(list, names) {
    names.forEach(function (name) { list.appendChild(make("li", "", name)); });
    for (var left = 0, more; list.scrollHeight > list.clientHeight + 1 && names.length - left > 1;) {
      more = more || list.appendChild(make("li", "qd-k-topics__more"));
      more.previousSibling.remove();
      left += 1;
      more.textContent = say("attract.more", { count: left });
    }
  }

  /* Names of this township's duties, spread over its lists; the script that holds them is loaded for this alone. */
  function questions(then) {
    var source = settings.items && settings.items[kiosk.lang];
    if (!source) {
      then([]);
      return;
    }
    var script = make("script");
    script.src = kiosk.root.href + source;
    script.onload = function () {
      var data = window.qingdan.searchData;
      var place = placeIn(data);
      var rows = data.rows.filter(function (row) { return data.sets[row[3]].indexOf(place) !== -1 && row[4].length < 26; });
      var spoken = rows.filter(function (row) { return row[9] && row[9][0]; });
      // On a page of another language names stay Chinese only where hardly any is translated.
      if (spoken.length > 9) rows = spoken;
      var step = Math.max(1, Math.floor(rows.length / QUESTIONS));
      then(rows.filter(function (row, n) { return n % step === 0; }).map(function (row) {
        var translated = row[9] && row[9][0];
        return { name: translated || row[4], lang: translated ? page.lang : TAGS.zh };
      }));
    };
    script.onerror = function () { then([]); };
    document.head.appendChild(script);
  }

  function turn(question, names) {
    var at = 0;
    if (!names.length) return 0;
    // Neighbours on a list are alike; a step that divides the number would leave names out.
    var step = [11, 7, 1].filter(function (one) { return one === 1 || names.length % one; })[0];
    function next() {
      question.textContent = "";
      var one = names[at];
      var card = question.appendChild(make("div", "qd-k-question__card"));
      card.appendChild(make("p", "qd-k-question__name", one.name)).lang = one.lang;
      card.appendChild(make("p", "qd-k-question__who", say("attract.who")));
      at = (at + step) % names.length;
    }
    next();
    return window.setInterval(next, TURN);
  }

  /* ---- everything ---- */

  kiosk.draw = function () {
    drawWaiting();
    settleForms();
    settleLinks();
    drawHome();
    drawContact();
    var foot = drawBar();
    drawKeyboard(foot);
    kiosk.restore();
    page.classList.add("qd-kiosk--ready");
  };
})();
