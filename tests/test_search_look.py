"""The search page as its readers meet it: in the real frame, on a phone and a desktop, in every state it can be in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from generator.chrome import build_shell
from tests.search_page import wide_mini, write_search_page

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parent.parent
PHONE, DESKTOP = 360, 1280

# State → the page that holds it, what is asked there, the filters, and whether a list of results or nothing is found.
STATES = {
    "empty": ("qd-search", "", {}, None),
    "results": ("qd-search", "县", {}, True),
    "two terms": ("qd-search", "秸秆 网格", {}, True),
    "filtered": ("qd-search", "监", {"k": "reclaimed"}, True),
    "nothing found": ("qd-search", "查无此事", {}, False),
    "nothing within the filter": ("qd-search", "秸秆", {"k": "reclaimed"}, False),
    "report": ("qd-search-report", "监", {}, True),
    "report, nothing found": ("qd-search-report", "查无此事", {}, False),
}

TARGETS = """() => Array.from(document.querySelectorAll("#main a[href],#main button,#main input,#main select,#main summary"))
  .map(e => ({text: (e.textContent || e.id).slice(0, 30), box: e.getBoundingClientRect()}))
  .filter(e => e.box.width > 0)
  .map(e => ({text: e.text, width: Math.round(e.box.width), height: Math.round(e.box.height)}))"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], str]:
    """Addresses of the search page and of the report page's search, by language and mount."""
    work, folder = tmp_path_factory.mktemp("work"), tmp_path_factory.mktemp("site")
    found = {}
    for lang in ("zh", "en"):
        shell = build_shell(ROOT / "content", ROOT / "site_templates", ROOT / "mkdocs.yml", lang, work)
        for mount in ("qd-search", "qd-search-report"):
            found[lang, mount] = write_search_page(folder, wide_mini(), shell, mount).as_uri()
    return found


@contextmanager
def window(chromium: Browser, width: int) -> Iterator[Page]:
    """A window of this width; whatever its console complains of fails the test."""
    context = chromium.new_context(viewport={"width": width, "height": 800})
    page, said = context.new_page(), list[str]()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    try:
        yield page
        assert said == []
    finally:
        context.close()


def bring_about(page: Page, pages: dict[tuple[str, str], str], lang: str, state: str) -> None:
    """Bring the page into a state, with every details element and the filters open."""
    mount, query, filters, _ = STATES[state]
    page.goto(pages[lang, mount])
    page.fill("input[type=search]", query)
    toggle = page.locator(".qd-filters__toggle")
    if toggle.is_visible():
        toggle.click()
    for name, value in filters.items():
        page.select_option(f"#qd-{name}", value)
    for summary in page.locator("summary").all():
        summary.click()


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_state_is_accessible(
    chromium: Browser, pages: dict[tuple[str, str], str], lang: str, width: int
) -> None:
    """No axe violation, nothing wider than the window, no target under 44 px, and what the state promises is there."""
    with window(chromium, width) as page:
        for state, (_, _, _, expected) in STATES.items():
            bring_about(page, pages, lang, state)

            assert (page.locator(".qd-results__item").count() > 0) is bool(expected), state
            assert page.is_visible(".qd-results") is bool(expected), state
            assert page.is_visible("#main .qd-notice") is (expected is False), state
            assert page.evaluate("document.documentElement.scrollWidth") <= width, state
            assert [e for e in page.evaluate(TARGETS) if e["height"] < 44 or e["width"] < 44] == [], state
            results = Axe().run(page)
            assert results.violations_count == 0, (state, results.generate_report())


@pytest.mark.parametrize("choices", [("dark",), ("elder",), ("dark", "elder")], ids=" ".join)
def test_other_palettes_are_accessible(
    chromium: Browser, pages: dict[tuple[str, str], str], choices: tuple[str, ...]
) -> None:
    """Results in the dark palette and in large type have enough contrast, and targets of 60 px in the latter."""
    with window(chromium, DESKTOP) as page:
        bring_about(page, pages, "zh", "filtered")
        for choice in choices:
            page.click(f"[data-qd={choice}]")
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()
        least = 60 if "elder" in choices else 44
        assert [e for e in page.evaluate(TARGETS) if e["height"] < least] == []


def test_filters_wait_behind_one_button_on_a_phone(
    chromium: Browser, pages: dict[tuple[str, str], str]
) -> None:
    """On a phone the filters open on demand and the closed button says what is chosen; a desktop shows them at once."""
    with window(chromium, PHONE) as page:
        page.goto(pages["zh", "qd-search"])
        toggle = page.locator(".qd-filters__toggle")
        assert toggle.get_attribute("aria-expanded") == "false"
        assert not page.is_visible("#qd-k")
        toggle.click()
        assert toggle.get_attribute("aria-expanded") == "true"
        page.select_option("#qd-k", "reclaimed")
        toggle.click()
        assert not page.is_visible("#qd-k")
        assert toggle.inner_text() == "筛选：上级部门收回"
    with window(chromium, DESKTOP) as page:
        page.goto(pages["zh", "qd-search"])
        assert page.is_visible("#qd-k")
        assert not page.is_visible(".qd-filters__toggle")


def test_filters_are_cleared_at_once(chromium: Browser, pages: dict[tuple[str, str], str]) -> None:
    """One button takes every filter off, keeps the words, leaves the focus where filters are, and goes itself."""
    with window(chromium, DESKTOP) as page:
        page.goto(pages["zh", "qd-search"])
        page.fill("input[type=search]", "秸秆")
        all_of_it = page.locator(".qd-results__item").count()
        assert not page.is_visible("text=清除筛选")
        page.select_option("#qd-k", "reclaimed")
        assert page.locator(".qd-results__item").count() == 0
        page.locator("#qd-filters >> text=清除筛选").click()
        assert page.locator(".qd-results__item").count() == all_of_it > 0
        assert page.input_value("#qd-k") == ""
        assert page.evaluate("document.activeElement.id") == "qd-t"
        assert not page.is_visible("text=清除筛选")


def test_a_result_shows_why_it_was_found(chromium: Browser, pages: dict[tuple[str, str], str]) -> None:
    """Every term is marked somewhere in each result: in its name, its departments, or a line cut from a longer text."""
    with window(chromium, DESKTOP) as page:
        for lang, query in (
            ("zh", "秸秆 网格"),
            ("zh", "监"),
            ("zh", "县"),
            ("en", "秸秆 网格"),
            ("en", "safety"),
        ):
            page.goto(pages[lang, "qd-search"])
            page.fill("input[type=search]", query)
            rows = page.locator(".qd-results__item").all()
            assert rows
            for row in rows:
                marks = {mark.lower() for mark in row.locator("mark").all_inner_texts()}
                assert marks == set(query.split()), (lang, query, row.inner_text())


def test_the_report_page_shows_why_too(chromium: Browser, pages: dict[tuple[str, str], str]) -> None:
    """Where the words stand in a duty that the answer leaves out, a line of it is added."""
    with window(chromium, DESKTOP) as page:
        page.goto(pages["zh", "qd-search-report"])
        page.fill("input[type=search]", "火点")
        row = page.locator(".qd-results__item").first
        assert row.locator("dt").all_inner_texts() == ["牵头单位", "乡镇（街道）的配合职责"]
        assert row.locator(".qd-results__snippet mark").first.inner_text() == "火点"


def test_townships_of_a_result_are_told_once(chromium: Browser, pages: dict[tuple[str, str], str]) -> None:
    """A result of one township names it above; one of many folds them away; within one township none is named."""
    with window(chromium, DESKTOP) as page:
        page.goto(pages["zh", "qd-search"])
        page.fill("input[type=search]", "秸秆露天焚烧管控")
        several, single = page.locator(".qd-results__item").all()
        several.locator("summary").click()
        assert several.locator(".qd-chips a").count() == 7
        assert "永和乡" in single.locator(".qd-eyebrow").inner_text()
        assert single.locator("summary").count() == 0
        page.select_option("#qd-t", "230125100")
        assert page.locator(".qd-results__item").count() == 1
        assert page.locator(".qd-results__item summary").count() == 0
        assert "宾州镇" not in page.locator(".qd-results__item").inner_text()


def test_chinese_on_an_english_page_says_so(chromium: Browser, pages: dict[tuple[str, str], str]) -> None:
    """What has no English, or is the filed text that was hit, carries its language; English never does."""
    with window(chromium, DESKTOP) as page:
        page.goto(pages["en", "qd-search"])
        for query in ("县", "秸秆", "safety", "黑土地"):
            page.fill("input[type=search]", query)
            wrong = page.evaluate(
                """() => Array.from(document.querySelectorAll(".qd-results *, #qd-filters option")).filter(e =>
                  Array.from(e.childNodes).some(n => n.nodeType === 3 && /[\\u4e00-\\u9fff]/.test(n.data))
                    !== Boolean(e.closest("[lang=zh-Hans-CN]"))
                  && Array.from(e.childNodes).some(n => n.nodeType === 3 && n.data.trim().length > 1))
                  .map(e => e.outerHTML)"""
            )
            assert wrong == [], query


def test_nothing_found_is_said_aloud_and_leads_on(
    chromium: Browser, pages: dict[tuple[str, str], str]
) -> None:
    """The live region repeats the notice; a category of it opens its items; filters in the way can be taken off."""
    with window(chromium, DESKTOP) as page:
        page.goto(pages["zh", "qd-search"])
        page.fill("input[type=search]", "查无此事")
        assert page.inner_text("[role=status]") == "清单中没有找到“查无此事”。"
        page.click("text=民生服务 >> visible=true")
        assert page.input_value("#qd-c") == "民生服务"
        assert page.input_value("input[type=search]") == ""
        assert page.locator(".qd-results__item").count() > 0
        page.select_option("#qd-k", "task")
        assert page.inner_text(".qd-notice__title") == "所选范围内没有事项。"
        page.click(".qd-notice >> text=清除筛选")
        assert not page.is_visible("#main .qd-notice")


def test_enter_and_the_button_search_without_leaving(
    chromium: Browser, pages: dict[tuple[str, str], str]
) -> None:
    """The form is never sent: Enter and the button keep page and results."""
    with window(chromium, DESKTOP) as page:
        page.goto(pages["zh", "qd-search"])
        page.fill("input[type=search]", "秸秆")
        page.press("input[type=search]", "Enter")
        page.click("button[type=submit]")
        assert page.locator(".qd-results__item").count() > 0
        assert page.locator("label[for=qd-q]").is_visible()
