"""The pages of the miniature county in a real browser, from disk, in the real frame."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from generator.chrome import build_shell
from generator.model.addresses import category_page, department_page
from generator.model.shell import Shell
from generator.pages import render_county, render_province
from tests import mini_county as mini

ROOT = mini.TEMPLATES.parent
TOWN = mini.TOWN.code
KINDS = {
    "entry": "index.html",
    "county": "{lang}/index.html",
    "search": "{lang}/search.html",
    "departments": "{lang}/departments.html",
    "department": department_page("{lang}", "县农业农村局"),
    "county-changes": "{lang}/changes.html",
    "data": "{lang}/data.html",
    "sitemap": "{lang}/sitemap.html",
    "prose": "{lang}/about.html",
    "township": f"{{lang}}/{TOWN}/index.html",
    "category": category_page("{lang}", TOWN, "supporting", "生态环保"),
    "item": f"{{lang}}/{TOWN}/supporting-0001.html",
    "item-basic": f"{{lang}}/{TOWN}/basic-0004.html",
    "item-removed": f"{{lang}}/{TOWN}/basic-0007.html",
    "changes": f"{{lang}}/{TOWN}/changes.html",
    "report": f"{{lang}}/{TOWN}/report.html",
    "province": "../{lang}/index.html",
}
ITEM_BUDGET = 8 * 1024
"""Bytes of an item page without its own text, frame included."""

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def shells(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Shell]:
    """The real frame in each language."""
    work = tmp_path_factory.mktemp("shells")
    return {
        lang: build_shell(ROOT / "content", mini.TEMPLATES, ROOT / "mkdocs.yml", lang, work)
        for lang in ("zh", "en", "ko")
    }


def written(of: mini.Mini, shells: dict[str, Shell], root: Path) -> Path:
    """Write the county and the province around it; return the county's folder."""

    def into(folder: Path, path: str, body: bytes) -> None:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            file.write(body)

    county = root / mini.COUNTY.code
    scripts: dict[str, tuple[str, ...]] = dict.fromkeys(of.county.languages, ())
    summary = render_county(
        of.county,
        of.lists,
        of.tongues,
        shells,
        scripts,
        mini.TEMPLATES,
        of.site,
        mini.AS_OF,
        False,
        lambda path, body: into(county, path, body),
    )
    render_province(
        [summary],
        of.tongues,
        shells,
        mini.TEMPLATES,
        of.site,
        mini.AS_OF,
        lambda path, body: into(root, path, body),
    )
    return county


@pytest.fixture(scope="module")
def county(shells: dict[str, Shell], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The miniature on disk."""
    return written(mini.mini(), shells, tmp_path_factory.mktemp("site"))


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page on a phone of 360 pixels that may open files and nothing else."""
    context = chromium.new_context(viewport={"width": 360, "height": 740}, has_touch=True)
    context.route(re.compile("^(?!file:|data:)"), lambda route: route.abort())
    yield context.new_page()
    context.close()


def address(county: Path, kind: str, lang: str) -> str:
    """Return where a kind of page stands on disk."""
    return (county / KINDS[kind].format(lang=lang)).resolve().as_uri()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_pages_fit_a_phone(county: Path, page: Page, lang: str) -> None:
    """At 360 pixels nothing is wider than the screen, no target is smaller than 44 pixels, nothing complains."""
    complaints: list[str] = []
    page.on(
        "console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request",
        lambda asked: None if asked.url.startswith(("file:", "data:")) else complaints.append(asked.url),
    )
    for kind in KINDS:
        page.goto(address(county, kind, lang))
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 360, f"{kind} {lang}: {width} pixels wide"
        small = page.evaluate(
            """() => [...document.querySelectorAll('a[href],button,input,summary,select')].filter(e => {
              const box = e.getBoundingClientRect();
              // WCAG 2.5.8: a link inside a sentence is as high as its line.
              const within = e.tagName === 'A' && getComputedStyle(e).display === 'inline' && e.closest('p,dd,li,td,th,h3,figcaption');
              return box.width && box.height && !within && (box.height < 43.5 || box.width < 43.5);
            }).map(e => e.outerHTML.slice(0, 120))"""
        )
        assert small == [], f"{kind} {lang}"
    assert complaints == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_axe_finds_nothing(county: Path, page: Page, lang: str) -> None:
    """axe-core: no violation on any kind of page."""
    axe = Axe()
    for kind in KINDS:
        page.goto(address(county, kind, lang))
        found = axe.run(page).response["violations"]
        assert found == [], f"{kind} {lang}: {json.dumps(found, ensure_ascii=False)[:2000]}"


def test_every_section_holds_something(county: Path, page: Page) -> None:
    """No section, list, table or column is empty on any kind of page."""
    for kind in KINDS:
        page.goto(address(county, kind, "zh"))
        empty = page.evaluate(
            """() => [...document.querySelectorAll('section,ul,ol,dl,dd,dt,table,td,th,aside,nav,p,h1,h2,h3,h4,a,button')]
              .filter(e => !e.textContent.trim() && !e.querySelector('.qd-blank') && !e.closest('[id^=qd-search]'))
              .map(e => e.outerHTML.slice(0, 120))"""
        )
        assert empty == [], kind


def test_hostile_text_runs_nothing(shells: dict[str, Shell], chromium: Browser, tmp_path: Path) -> None:
    """With the policy switched off, markup in every field still comes out as text."""
    of = written(mini.hostile_mini(), shells, tmp_path)
    context = chromium.new_context(bypass_csp=True)
    tab = context.new_page()
    # The Chinese pages of the county and of the town hold every field; the English ones the hostile translations.
    folders = (of / "zh", of / "zh" / TOWN, of / "en" / TOWN)
    for path in (page for folder in folders for page in sorted(folder.glob("*.html"))):
        tab.goto(path.as_uri())
        assert tab.evaluate("window.__xss") is None, path.name
        assert tab.locator("img").count() == 0, path.name
    tab.goto((of / "zh" / TOWN / "supporting-0001.html").as_uri())
    assert mini.HOSTILE in tab.locator("h1").inner_text()
    context.close()


def test_search_box_leads_to_the_search(county: Path, page: Page) -> None:
    """The policy forbids sending forms; the box leads to the search page with the words and the township."""
    page.goto(address(county, "township", "zh"))
    page.fill("#qd-q", "防汛 抗旱")
    page.press("#qd-q", "Enter")
    page.wait_for_url("**/search.html?*")
    assert page.evaluate("new URLSearchParams(location.search).get('q')") == "防汛 抗旱"
    assert page.evaluate("new URLSearchParams(location.search).get('t')") == TOWN


def test_without_script_nothing_is_lost(county: Path, chromium: Browser) -> None:
    """No dead button or box without script; categories and guide stay reachable."""
    context = chromium.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(address(county, "township", "zh"))
    assert not tab.locator("form.qd-search").is_visible()
    assert tab.get_by_text("生态环保").first.is_visible()
    tab.goto(address(county, "item", "zh"))
    assert not tab.locator("[data-qd-print]").is_visible()
    context.close()


def test_letter_is_one_sheet(county: Path, page: Page) -> None:
    """The letter alone prints on one A4 sheet; printed with its guide it begins a sheet of its own."""
    page.add_init_script(
        "window.print = () => { window.__printed = document.documentElement.dataset.qdPrinting; }"
    )
    for lang in ("zh", "en"):
        page.goto(address(county, "report", lang))
        page.click(".qd-letter-part [data-qd-print]")
        assert page.evaluate("window.__printed") == "letter"
        assert sheets(page.pdf(prefer_css_page_size=True)) == 1, lang
        page.evaluate("window.dispatchEvent(new Event('afterprint'))")
        assert page.evaluate("document.documentElement.dataset.qdPrinting") is None


def test_print_says_that_it_is_a_sample(county: Path, page: Page) -> None:
    """On paper the mark stands too: on the page's head and on the letter."""
    page.emulate_media(media="print")
    page.goto(address(county, "item", "zh"))
    assert page.locator(".qd-band").is_visible()
    assert not page.locator("[data-qd-print]").is_visible()
    page.goto(address(county, "report", "en"))
    assert page.locator(".qd-letter .qd-badge--sample").is_visible()


def sheets(pdf: bytes) -> int:
    """Count the pages of a PDF."""
    return len(re.findall(rb"/Type\s*/Page[^s]", pdf))


def test_language_link_keeps_the_page(county: Path, page: Page) -> None:
    """One click from an item to the same item in the other language, and back."""
    page.goto(address(county, "item", "zh"))
    page.click('.qd-languages a[hreflang="en"]')
    assert page.url == address(county, "item", "en")
    page.click('.qd-languages a[hreflang="zh-Hans-CN"]')
    assert page.url == address(county, "item", "zh")


def test_item_pages_keep_their_budget(county: Path) -> None:
    """An item page is at most 8 KB, frame included, plus the text that its list gives it."""
    items = list(county.rglob("*-[0-9][0-9][0-9][0-9].html"))
    assert len(items) > 90
    for path in items:
        page = path.read_text(encoding="utf-8")
        main = re.search("<main.*</main>", page, flags=re.DOTALL)
        assert main is not None
        own = len(unescape(re.sub("<[^>]+>", "", main[0])).encode())
        assert len(page.encode()) - own <= ITEM_BUDGET, path


def test_assets_are_named_by_their_bytes(county: Path) -> None:
    """One script and one stylesheet, and those of kiosks: another content has another name, the settings have one."""
    for path in (county / "assets").iterdir():
        if path.name == "settings.js":
            continue
        name = re.fullmatch(r"(?:qingdan|kiosk)\.([0-9a-f]{10})\.(css|js)", path.name)
        assert name is not None, path.name
        assert hashlib.sha256(path.read_bytes()).hexdigest()[:10] == name[1]
