/*
 * The frame's three switches: drawer on a phone, dark palette, elder mode (长者模式).
 *
 * A classic script without modules, so that it runs from file:// and in Chromium 87. It stands in <head> without
 * `defer`: palette and type size are set before the first paint. Choices are remembered per county folder; where
 * storage is closed (kiosks, private windows) they hold for the page only. `window.qingdan.settings`, if some script
 * before this one sets it ({elder: true, dark: true}), gives the first choice.
 */
(function () {
  "use strict";
  var qingdan = (window.qingdan = window.qingdan || {});
  var page = document.documentElement;
  // The script stands one folder below the county's root, whatever page asks for it.
  var root = new URL("..", document.currentScript.src);
  qingdan.root = root.href;

  function remembered(name) {
    try {
      return window.localStorage.getItem("qingdan:" + root.pathname + ":" + name);
    } catch (closed) {
      return null;
    }
  }

  function remember(name, value) {
    try {
      window.localStorage.setItem("qingdan:" + root.pathname + ":" + name, value);
    } catch (closed) {
      // Nothing to do: the choice holds for this page.
    }
  }

  var night = window.matchMedia("(prefers-color-scheme: dark)");
  var chosen = {};

  function choice(name) {
    var settings = qingdan.settings || {};
    var stored = remembered(name) || chosen[name];
    if (stored) return stored === "on";
    if (typeof settings[name] === "boolean") return settings[name];
    return name === "dark" && night.matches;
  }

  function show() {
    var elder = choice("elder");
    var dark = choice("dark");
    if (elder) page.setAttribute("data-qd-elder", "");
    else page.removeAttribute("data-qd-elder");
    page.setAttribute("data-md-color-scheme", dark ? "slate" : "default");
    document.querySelectorAll("[data-qd=elder],[data-qd=dark]").forEach(function (button) {
      var on = button.getAttribute("data-qd") === "elder" ? elder : dark;
      button.setAttribute("aria-pressed", String(on));
    });
  }

  page.classList.add("js");
  show();

  function wireSwitches() {
    document.querySelectorAll("[data-qd=elder],[data-qd=dark]").forEach(function (button) {
      button.addEventListener("click", function () {
        var name = button.getAttribute("data-qd");
        chosen[name] = choice(name) ? "off" : "on";
        remember(name, chosen[name]);
        show();
      });
    });
  }

  function wireDrawer() {
    var button = document.querySelector("[data-qd=menu]");
    var drawer = document.getElementById("drawer");
    if (!button || !drawer) return;

    function isOpen() {
      return button.getAttribute("aria-expanded") === "true";
    }

    function stops() {
      return [button].concat(Array.from(drawer.querySelectorAll("a[href],button")));
    }

    function set(open) {
      button.setAttribute("aria-expanded", String(open));
      page.classList.toggle("qd-open", open);
    }

    button.addEventListener("click", function () {
      set(!isOpen());
      if (isOpen()) stops()[1].focus();
    });
    document.addEventListener("keydown", function (event) {
      if (!isOpen()) return;
      if (event.key === "Escape") {
        set(false);
        button.focus();
      } else if (event.key === "Tab") {
        // The page behind is covered: Tab goes round between the menu's button and its links.
        var all = stops();
        var at = all.indexOf(document.activeElement);
        var next = (at + (event.shiftKey ? -1 : 1) + all.length) % all.length;
        event.preventDefault();
        all[next].focus();
      }
    });
    document.addEventListener("click", function (event) {
      var inside = drawer.contains(event.target) || button.contains(event.target);
      if (isOpen() && (!inside || event.target.closest("a"))) set(false);
    });
    window.matchMedia("(min-width: 48em)").addEventListener("change", function () {
      set(false);
    });
  }

  document.addEventListener("DOMContentLoaded", function () {
    show();
    wireSwitches();
    wireDrawer();
  });
  // A page brought back by the Back button kept the palette it was left in.
  window.addEventListener("pageshow", show);
  night.addEventListener("change", show);
})();

/*
 * Two small services of the pages: the print buttons, and the search boxes on pages that hold no search.
 *
 * The policy of our pages forbids sending forms, so a search box leads to the search page itself (`?q=…`); nothing
 * leaves the browser. Listens on the document, so it may run before the page's body is there.
 */
(function () {
  "use strict";

  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("[data-qd-print]");
    if (!button) return;
    var part = button.getAttribute("data-qd-print");
    // A letter is printed without the page around it; the mark is taken off again once the paper is out.
    if (part) document.documentElement.setAttribute("data-qd-printing", part);
    window.print();
  });
  window.addEventListener("afterprint", function () {
    document.documentElement.removeAttribute("data-qd-printing");
  });

  document.addEventListener("submit", function (event) {
    var form = event.target;
    var target = form.getAttribute("data-qd-search");
    if (!target) return;
    event.preventDefault();
    var query = "?q=" + encodeURIComponent(form.elements.q.value.trim());
    var township = form.getAttribute("data-township");
    if (township) query += "&t=" + encodeURIComponent(township);
    window.location.assign(target + query);
  });
})();
