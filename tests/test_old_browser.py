"""The sites in Chromium 90, from disk: nothing fails, nothing is missing, and it looks as it does in a current one.

Playwright's own `click`, `fill` and `is_visible` ask for things that Chromium 90 does not know, so pages are driven
from within.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from generator.chrome import build_shell
from generator.model.shell import Shell
from generator.pages import render_county
from generator.search import build_search, loading_order, shared_scripts
from tests.chrome_page import write_site
from tests.mini_county import AS_OF, TEMPLATES, TOWN, mini
from tests.old_chromium import launched_old

pytestmark = [pytest.mark.browser, pytest.mark.full]

ROOT = Path(__file__).resolve().parent.parent
PHONE, DESKTOP = 360, 1280

# Blocks whose place and width the layout decides, not the text: where grids, columns and rows would fall apart.
BLOCKS = """() => Array.from(document.querySelectorAll(`main > *, main section, main article, .qd-grid > *, .qd-columns > *,
  .qd-duty-columns > *, .qd-counts > *, .qd-facts > div > *, main form > *, .qd-fields > *, .qd-list > li, .qd-prevnext > *,
  .qd-history > li, .qd-steps > li, .md-header, .md-footer`))
  .filter(e => !e.closest("details:not([open])"))
  .map(e => { const box = e.getBoundingClientRect();
              return [e.tagName + "." + e.className, Math.round(box.left), Math.round(box.width)]; })"""
KINDS = (
    "index",
    "search",
    "departments",
    "changes",
    "data",
    "how-to-read",
    f"{TOWN.code}/index",
    f"{TOWN.code}/changes",
    f"{TOWN.code}/report",
    f"{TOWN.code}/basic-0004",
    f"{TOWN.code}/supporting-0001",
    f"{TOWN.code}/reclaimed-0001",
)


@pytest.fixture(scope="module")
def old(chromium: Browser) -> Iterator[Browser]:
    """Chromium 90."""
    with launched_old(chromium) as browser:
        yield browser


@pytest.fixture(scope="module")
def shells(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Shell]:
    """The real frame in every language."""
    work = tmp_path_factory.mktemp("work")
    return {
        lang: build_shell(ROOT / "content", TEMPLATES, ROOT / "mkdocs.yml", lang, work)
        for lang in ("zh", "en", "ko")
    }


@pytest.fixture(scope="module")
def county(shells: dict[str, Shell], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The miniature county, whole, on disk."""
    folder = tmp_path_factory.mktemp("portal") / "230125"

    def write(path: str, body: bytes) -> None:
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)

    of, shared, order = mini(), shared_scripts(TEMPLATES), {}
    for lang in of.county.languages:
        own = build_search(of.county, of.lists, of.tongues[lang])
        order[lang] = loading_order({**own, **shared})
        for name, body in {**own, **shared}.items():
            write(f"search/{name}", body)
    render_county(
        of.county, of.lists, of.tongues, shells, order, TEMPLATES, of.site, AS_OF, preview=False, write=write
    )
    return folder


@contextmanager
def window(browser: Browser, width: int) -> Iterator[Page]:
    """A window of this width; an error in it, on its console or of its requests fails the test."""
    context = browser.new_context(viewport={"width": width, "height": 740})
    page, faults = context.new_page(), list[str]()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("requestfailed", lambda request: faults.append(f"failed: {request.url}"))
    page.on(
        "console",
        lambda message: faults.append(f"{page.url}: {message.text}") if message.type == "error" else None,
    )
    try:
        yield page
        assert faults == []
    finally:
        context.close()


def click(page: Page, selector: str) -> None:
    """Click the first element that matches."""
    page.eval_on_selector(selector, "element => element.click()")


def enter(page: Page, text: str) -> None:
    """Put text into the page's search field, as typing would."""
    page.eval_on_selector(
        "#main input[type=search]",
        "(input, text) => { input.value = text; input.dispatchEvent(new Event('input', {bubbles: true})); }",
        text,
    )


def shows(page: Page, selector: str) -> bool:
    """Whether the first match takes any room."""
    there: bool = page.eval_on_selector(selector, "element => element.getClientRects().length > 0")
    return there


def overflows(page: Page) -> bool:
    """Whether the page is wider than its window."""
    wide: bool = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    return wide


def test_it_is_old(old: Browser) -> None:
    """The browser of these tests is Chromium 90 and no other."""
    assert old.version.startswith("90.")


@pytest.mark.parametrize("lang", ["zh", "en", "ko"])
def test_every_page_opens(old: Browser, county: Path, lang: str) -> None:
    """Every page of the county opens from disk on a phone's width without a fault, no wider than the window."""
    pages = sorted((county / lang).rglob("*.html"))
    assert len(pages) > 50
    with window(old, PHONE) as page:
        for path in (county / "index.html", *pages):
            page.goto(path.as_uri())
            assert not overflows(page), path.name


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_layout_is_that_of_a_current_browser(
    old: Browser, chromium: Browser, county: Path, width: int, lang: str
) -> None:
    """Blocks stand where a current browser puts them, as wide, and pages are as long but for roundings of lines."""
    with window(old, width) as before, window(chromium, width) as now:
        for kind in KINDS:
            blocks, heights = [], []
            for page in (before, now):
                page.goto(f"{(county / lang).as_uri()}/{kind}.html")
                blocks.append(page.evaluate(BLOCKS))
                heights.append(page.evaluate("document.documentElement.scrollHeight"))
            assert [block[0] for block in blocks[0]] == [block[0] for block in blocks[1]], kind
            moved = [
                (mine, theirs)
                for mine, theirs in zip(*blocks, strict=True)
                if abs(mine[1] - theirs[1]) > 2 or abs(mine[2] - theirs[2]) > 2
            ]
            assert moved == [], kind
            assert heights[0] == pytest.approx(heights[1], rel=0.05), kind


def test_drawer_opens_and_closes(old: Browser, county: Path) -> None:
    """The menu opens over the page with its links, and Esc closes it and gives the focus back."""
    with window(old, PHONE) as page:
        page.goto(f"{(county / 'zh').as_uri()}/index.html")
        assert not shows(page, "nav.md-tabs")
        click(page, "[data-qd=menu]")
        assert shows(page, "nav.md-tabs a")
        assert page.eval_on_selector("nav.md-tabs a", "link => link.getBoundingClientRect().height") >= 44
        page.keyboard.press("Escape")
        assert not shows(page, "nav.md-tabs")
        assert page.evaluate("document.activeElement.dataset.qd") == "menu"


def test_palette_and_elder_mode(old: Browser, county: Path) -> None:
    """Both switches work, hold on the next page, and leave nothing wider than a phone's window."""
    style = "getComputedStyle(document.documentElement)"
    with window(old, PHONE) as page:
        page.goto(f"{(county / 'zh').as_uri()}/index.html")
        light = page.evaluate(f"{style}.backgroundColor")
        click(page, "[data-qd=dark]")
        click(page, "[data-qd=elder]")
        for kind in KINDS:
            page.goto(f"{(county / 'en').as_uri()}/{kind}.html")
            assert page.evaluate(f"{style}.backgroundColor") != light, kind
            assert page.evaluate(f"parseFloat({style}.fontSize)") >= 20, kind
            assert not overflows(page), kind


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_search_finds_the_same(old: Browser, chromium: Browser, county: Path, lang: str) -> None:
    """Pieces of Chinese, pinyin, initials, words and odd queries find the same in the same order as in a current one."""
    queries = (
        "秸秆",
        "县农业农村局",
        "职责",
        "秸秆 网格",
        "jiegan",
        "jg",
        "dibao",
        "safety",
        "12345",
        "「",
        "(",
        "x" * 99,
    )
    with window(old, DESKTOP) as before, window(chromium, DESKTOP) as now:
        for page in (before, now):
            page.goto(f"{(county / lang).as_uri()}/search.html")
        for query in queries:
            found = [page.evaluate("q => window.qingdan.search(q)", query) for page in (before, now)]
            assert found[0] == found[1], query
        assert before.evaluate("q => window.qingdan.search(q)", "秸秆") != []


def test_results_are_drawn(old: Browser, county: Path) -> None:
    """Results come while typing, hits marked; filters fold out and narrow; a result leads to its page; and back."""
    with window(old, PHONE) as page:
        page.goto(f"{(county / 'zh').as_uri()}/search.html")
        enter(page, "秸秆")
        assert page.locator(".qd-results mark").first.inner_text() == "秸秆"
        assert not shows(page, "#qd-k")
        click(page, ".qd-filters__toggle")
        assert shows(page, "#qd-k")
        page.eval_on_selector(
            "#qd-k",
            "select => { select.value = 'reclaimed'; select.dispatchEvent(new Event('change', {bubbles: true})); }",
        )
        assert page.locator(".qd-results__item").count() == 0
        assert shows(page, "#main .qd-notice")
        click(page, ".qd-notice .qd-actions button")
        assert page.locator(".qd-results__item").count() > 0
        assert not overflows(page)
        with page.expect_navigation():
            click(page, ".qd-results__name")
        assert page.inner_text("h1") == "秸秆露天焚烧管控"


def test_a_search_box_leads_to_the_search(old: Browser, county: Path) -> None:
    """The box on the county's first page opens the search with its results."""
    with window(old, PHONE) as page:
        page.goto(f"{(county / 'zh').as_uri()}/index.html")
        enter(page, "防汛抗旱")
        with page.expect_navigation():
            click(page, "#main form button")
        assert "/search.html?q=" in page.url
        assert page.locator(".qd-results__name").first.inner_text() == "防汛抗旱"


def test_the_report_page_answers(old: Browser, county: Path) -> None:
    """It says who does a reclaimed duty now, leads on where nothing is found, and keeps nothing in the address."""
    with window(old, PHONE) as page:
        page.goto(f"{(county / 'zh' / TOWN.code).as_uri()}/report.html")
        enter(page, "特种设备")
        assert page.locator(".qd-results dd").first.inner_text() == "县市场监督管理局"
        enter(page, "查无此事")
        assert page.locator(".qd-notice a[href='#not-found']").count() == 1
        assert not overflows(page)
        assert page.url.endswith("report.html")


def test_every_component(old: Browser, chromium: Browser, shells: dict[str, Shell], tmp_path: Path) -> None:
    """The stand-in pages that show each component of the frame once look alike in both browsers."""
    write_site(tmp_path / "site", shells)
    for width in (PHONE, DESKTOP):
        with window(old, width) as before, window(chromium, width) as now:
            for name in ("zh/item", "en/home", "ko/policy"):
                blocks = []
                for page in (before, now):
                    page.goto(f"{(tmp_path / 'site').as_uri()}/{name}.html")
                    assert not overflows(page), name
                    blocks.append(page.evaluate(BLOCKS))
                for mine, theirs in zip(*blocks, strict=True):
                    assert mine[0] == theirs[0]
                    assert mine[1:] == pytest.approx(theirs[1:], abs=2), (name, mine[0])
