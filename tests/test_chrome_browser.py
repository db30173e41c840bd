"""The frame as readers meet it: in a browser, from disk and from a server, by hand, by keyboard, in large type."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from generator.chrome import build_shell
from tests.chrome_page import write_site

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parent.parent
PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 900}

# Links within a sentence keep the height of its line, as WCAG 2.5.5 allows; everything else is a target of its own.
TARGETS = """() => Array.from(document.querySelectorAll("a[href],button,input,select,summary")).map(e => {
  let hit = e;
  if (e.matches("input[type=checkbox],input[type=radio]")) hit = e.closest("label");
  const box = hit.getBoundingClientRect();
  return {text: (e.textContent || e.id).trim().slice(0, 30), width: Math.round(box.width), height: Math.round(box.height),
          inline: !!e.closest(".qd-prose p, .qd-prose li"), hidden: box.width === 0 || e.matches(".md-skip")};
}).filter(e => !e.hidden && !e.inline)"""


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves a folder without a word."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing: requests are not what a test prints."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small county tree on disk."""
    folder = tmp_path_factory.mktemp("portal") / "230125"
    work = tmp_path_factory.mktemp("work")
    shells = {
        lang: build_shell(ROOT / "content", ROOT / "site_templates", ROOT / "mkdocs.yml", lang, work)
        for lang in ("zh", "en", "ko")
    }
    write_site(folder, shells)
    return folder


@pytest.fixture(scope="module")
def served(site: Path) -> Iterator[str]:
    """The same tree in a sub-folder of a portal."""
    handler = partial(QuietHandler, directory=str(site.parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/230125"
        server.shutdown()
        thread.join()


@contextmanager
def opened(
    chromium: Browser, *, viewport: dict[str, int] = DESKTOP, script: bool = True
) -> Iterator[tuple[Page, list[str]]]:
    """A fresh window, and everything its console complained of."""
    context = chromium.new_context(viewport=viewport, java_script_enabled=script)  # type: ignore[arg-type]
    page, said = context.new_page(), list[str]()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("requestfailed", lambda request: said.append(f"failed: {request.url}"))
    try:
        yield page, said
    finally:
        context.close()


@pytest.mark.parametrize("way", ["disk", "server"])
def test_nothing_to_complain_of(chromium: Browser, site: Path, served: str, way: str) -> None:
    """No error, no refused style, script or image, no failed request: from disk as from a server's sub-folder."""
    base = site.as_uri() if way == "disk" else served
    with opened(chromium) as (page, said):
        for name in ("zh/item", "en/home", "ko/about", "zh/230125100/deep"):
            page.goto(f"{base}/{name}.html")
            page.click("[data-qd=dark]")
            page.click("[data-qd=elder]")
            assert page.evaluate("qdRoot => window.qingdan.root === qdRoot", f"{base}/")
        assert said == []


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", ["item", "home", "how-to-read"])
def test_axe_finds_nothing(chromium: Browser, site: Path, lang: str, name: str) -> None:
    """axe-core finds no violation, on phone and desktop, light, dark and in elder mode."""
    for viewport, choices in (
        (PHONE, ()),
        (DESKTOP, ("dark",)),
        (DESKTOP, ("elder",)),
        (DESKTOP, ("dark", "elder")),
    ):
        with opened(chromium, viewport=viewport) as (page, _):
            page.goto(f"{site.as_uri()}/{lang}/{name}.html")
            for choice in choices:
                page.click(f"[data-qd={choice}]")
            results = Axe().run(page)
            assert results.violations_count == 0, (viewport, choices, results.generate_report())


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
@pytest.mark.parametrize("elder", [False, True], ids=["usual", "elder"])
def test_nothing_overflows_and_all_can_be_hit(chromium: Browser, site: Path, width: int, elder: bool) -> None:
    """No page is wider than the window; every target is at least 44 px each way, 60 px high in elder mode."""
    least = 60 if elder else 44
    with opened(chromium, viewport={"width": width, "height": 740}) as (page, _):
        for name in ("zh/item", "en/home", "ko/policy", "en/about"):
            page.goto(f"{site.as_uri()}/{name}.html")
            if elder and page.get_attribute("html", "data-qd-elder") is None:
                page.click("[data-qd=elder]")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
            small = [e for e in page.evaluate(TARGETS) if e["height"] < least or e["width"] < 44]
            assert small == [], name


@pytest.mark.parametrize("lang", ["zh", "en", "ko"])
def test_header_leaves_the_phone_to_the_text(chromium: Browser, site: Path, lang: str) -> None:
    """On a phone the header takes at most 64 px, with three languages too."""
    with opened(chromium, viewport=PHONE) as (page, _):
        page.goto(f"{site.as_uri()}/{lang}/item.html")

        assert page.evaluate("document.querySelector('.md-header__inner').offsetHeight + 4") <= 64


def test_drawer_by_keyboard(chromium: Browser, site: Path) -> None:
    """The menu opens with Enter, keeps Tab inside, closes with Esc and gives the focus back."""
    expanded = "document.querySelector('[data-qd=menu]').getAttribute('aria-expanded')"
    inside = "document.getElementById('drawer').contains(document.activeElement)"
    with opened(chromium, viewport=PHONE) as (page, said):
        page.goto(f"{site.as_uri()}/zh/item.html")
        assert not page.is_visible("nav.md-tabs")

        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "md-skip"
        for _ in range(9):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.dataset.qd") == "menu":
                break
        page.keyboard.press("Enter")
        assert page.is_visible("nav.md-tabs")
        assert page.evaluate(expanded) == "true"
        assert page.evaluate(inside)

        stops = page.evaluate("document.querySelectorAll('#drawer a[href], #drawer button').length") + 1
        for _ in range(stops):
            page.keyboard.press("Tab")
            assert page.evaluate(f"{inside} || document.activeElement.dataset.qd === 'menu'")
        assert page.evaluate(inside), "Tab went once round"
        page.keyboard.press("Escape")
        assert page.evaluate(expanded) == "false"
        assert page.evaluate("document.activeElement.dataset.qd") == "menu"
        assert not page.is_visible("nav.md-tabs")
        assert said == []


def test_skip_link_leads_into_the_text(chromium: Browser, site: Path) -> None:
    """The first stop of the Tab key jumps over header and menu."""
    with opened(chromium) as (page, _):
        page.goto(f"{site.as_uri()}/en/item.html")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
        page.keyboard.press("Enter")

        assert page.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize("way", ["disk", "server"])
def test_choices_hold_between_folders(chromium: Browser, site: Path, served: str, way: str) -> None:
    """Palette and elder mode chosen on a county's page hold two folders deeper, and are set before the first paint."""
    base = site.as_uri() if way == "disk" else served
    with opened(chromium) as (page, _):
        page.goto(f"{base}/zh/item.html")
        page.click("[data-qd=dark]")
        page.click("[data-qd=elder]")

        page.goto(f"{base}/en/230125100/deep.html", wait_until="commit")
        page.wait_for_selector("[data-qd=dark]", state="attached")
        assert page.get_attribute("html", "data-md-color-scheme") == "slate"
        assert page.get_attribute("html", "data-qd-elder") == ""
        page.wait_for_load_state()
        assert page.get_attribute("[data-qd=dark]", "aria-pressed") == "true"
        page.click("[data-qd=dark]")
        page.goto(f"{base}/ko/about.html")
        assert page.get_attribute("html", "data-md-color-scheme") == "default"


def test_choices_of_one_county_are_its_own(chromium: Browser, site: Path, served: str) -> None:
    """Two counties on one portal do not change each other's palette."""
    other = site.parent / "230811"
    if not other.exists():
        other.symlink_to(site, target_is_directory=True)
    with opened(chromium) as (page, _):
        page.goto(f"{served}/zh/item.html")
        page.click("[data-qd=elder]")
        page.goto(f"{served.removesuffix('230125')}230811/zh/item.html")

        assert page.get_attribute("html", "data-qd-elder") is None


def test_works_where_storage_is_closed(chromium: Browser, site: Path) -> None:
    """On a kiosk without storage the switches still work on the page, and nothing is thrown."""
    with opened(chromium) as (page, said):
        page.add_init_script(
            "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('closed', 'SecurityError'); }})"
        )
        page.goto(f"{site.as_uri()}/zh/item.html")
        page.click("[data-qd=elder]")

        assert page.get_attribute("[data-qd=elder]", "aria-pressed") == "true"
        page.click("[data-qd=elder]")
        assert page.get_attribute("html", "data-qd-elder") is None
        assert said == []


def test_a_kiosk_may_start_in_elder_mode(chromium: Browser, site: Path) -> None:
    """A settings script before ours gives the first choice; the reader may still change it."""
    with opened(chromium) as (page, _):
        page.add_init_script("window.qingdan = {settings: {elder: true}};")
        page.goto(f"{site.as_uri()}/zh/item.html")
        assert page.get_attribute("html", "data-qd-elder") == ""

        page.click("[data-qd=elder]")
        assert page.get_attribute("html", "data-qd-elder") is None


def test_elder_mode_is_large(chromium: Browser, site: Path) -> None:
    """In elder mode text has at least 20 px and even small print at least 18 px (工信部适老化通用设计规范)."""
    sizes = """() => Array.from(document.querySelectorAll("body *"))
      .filter(e => e.offsetParent && Array.from(e.childNodes).some(n => n.nodeType === 3 && n.textContent.trim()))
      .map(e => parseFloat(getComputedStyle(e).fontSize))"""
    for viewport in (PHONE, DESKTOP):
        with opened(chromium, viewport=viewport) as (page, _):
            page.goto(f"{site.as_uri()}/en/home.html")
            page.click("[data-qd=elder]")

            assert min(page.evaluate(sizes)) >= 18
            assert (
                page.evaluate("parseFloat(getComputedStyle(document.querySelector('.qd-notice p')).fontSize)")
                >= 20
            )


def test_readable_without_script(chromium: Browser, site: Path) -> None:
    """Without scripts the navigation is all there and no switch stands about that does nothing."""
    with opened(chromium, viewport=PHONE, script=False) as (page, _):
        page.goto(f"{site.as_uri()}/zh/item.html")

        assert page.is_visible("nav.md-tabs a >> nth=5")
        assert not page.is_visible("[data-qd=menu]")
        assert not page.is_visible("[data-qd=elder]")


def test_paper_keeps_the_sample_mark_and_loses_the_menu(chromium: Browser, site: Path) -> None:
    """In print the band stays, header switches and links between items go, and dark ground never reaches paper."""
    with opened(chromium) as (page, _):
        page.goto(f"{site.as_uri()}/zh/item.html")
        page.click("[data-qd=dark]")
        page.emulate_media(media="print")

        assert page.is_visible(".qd-band")
        for gone in (
            ".md-tabs",
            "[data-qd=elder]",
            ".qd-languages",
            ".qd-prevnext",
            ".qd-breadcrumb",
            ".qd-actions",
        ):
            assert not page.is_visible(gone), gone
        assert (
            page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
            == "rgb(255, 255, 255)"
        )
