"""From two filed lists to a citizen's questions: accepted and built through the command line, then walked in Chromium,
over http as on a portal and from disk as on a kiosk."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from generator.serve import serving
from tests.golden_site import AS_OF, ROOT, golden_content

FIRST, SECOND = "2022-06-20-first-list", "2024-07-20-adjusted-list"
COUNTY, TOWN, OTHER = "230125", "230125100", "230125201"
STRAW, LAND, FLOOD = "秸秆露天焚烧管控", "落实耕地保护责任，开展日常巡查", "防汛抗旱"
HABITAT, STUDY = "推进农村人居环境整治", "落实党委理论学习中心组学习制度"
BRANCH, SOIL = "加强村党组织标准化规范化建设", "加强黑土地保护宣传"
DEVICES, FRAUD = "特种设备安全监察", "反诈APP下载量指标"
STRAW_EN = "Control of open-air straw burning"
MARKS = {"zh": "示例数据", "en": "Sample data"}

pytestmark = pytest.mark.browser


def qingdan(*arguments: str | Path) -> str:
    """Run the command line as its users do and return what it says."""
    run = subprocess.run(
        [sys.executable, "-m", "generator", *map(str, arguments)],
        check=False,
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, made from nothing but what a county files."""
    folder = tmp_path_factory.mktemp("flow")
    content = golden_content(folder)
    shutil.rmtree(content / "register")
    filings = content / "counties" / COUNTY / "filings"
    qingdan("accept", filings / FIRST, filings / SECOND, "--content", content)
    qingdan("build", "--content", content, "--out", folder / "site", "--as-of", AS_OF.isoformat())
    return folder / "site"


@pytest.fixture(scope="module", params=["http", "file"])
def base(request: pytest.FixtureRequest, built: Path) -> Iterator[str]:
    """Where the site's folder is found: on a server, and on the disk."""
    if request.param == "file":
        yield built.as_uri() + "/"
    else:
        with serving(built, 0) as site:
            yield site.url


@pytest.fixture(scope="module")
def browsing(chromium: Browser) -> Iterator[BrowserContext]:
    """One visitor's browser, in which a page's policy complains aloud."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.add_init_script(
        "addEventListener('securitypolicyviolation', e => console.error('policy: ' + e.violatedDirective));"
    )
    yield context
    context.close()


@pytest.fixture
def page(browsing: BrowserContext, base: str) -> Iterator[Page]:
    """A page in which no complaint, no violation of its policy and no request to anywhere else goes unnoticed."""
    complaints: list[str] = []
    tab = browsing.new_page()
    tab.set_default_timeout(10_000)
    tab.on(
        "console",
        lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None,
    )
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.on(
        "request",
        lambda asked: None if asked.url.startswith((base, "data:")) else complaints.append(asked.url),
    )
    yield tab
    tab.close()
    assert complaints == []


def results(page: Page) -> list[str]:
    """The names of the results on the page, in their order."""
    return page.locator(".qd-results__name").all_inner_texts()


def search_page(page: Page, base: str, lang: str, query: str = "") -> None:
    """Open the search of a language, perhaps with a view in its address."""
    page.goto(f"{base}{COUNTY}/{lang}/search.html{query}")
    page.locator("#qd-search input[type=search]").wait_for()


def test_from_the_province_to_an_item_in_two_languages(page: Page, base: str) -> None:
    """Province, county, township, category, item: each one click; the other language is the same page."""
    page.goto(f"{base}index.html")
    expect(page.locator("main h1")).to_have_text("黑龙江省乡镇（街道）履职事项清单")
    page.click("main >> text=中文")
    tile = page.locator("main a", has_text="宾县")
    assert "哈尔滨市" in page.locator("main").inner_text()
    tile.click()
    expect(page.locator("main h1")).to_have_text("宾县履职事项清单")
    page.click("main a:has-text('宾州镇')")
    expect(page.locator("main h1")).to_have_text("宾州镇")
    assert "2024年7月20日" in page.locator("#supporting").inner_text()
    assert "示例〔2024〕2号" in page.locator("main").inner_text()
    page.click("#supporting ul a")
    page.click(f"main a:has-text('{STRAW}')")
    address = f"{base}{COUNTY}/zh/{TOWN}/supporting-0001.html"
    assert page.url == address
    text = page.locator("main").inner_text()
    for fact in (STRAW, "配合履职事项", "县生态环境局", "依法查处违法行为", "劝阻并立即上报", "示例〔2024〕2号",
                 "宾州镇履职事项清单.xlsx", "B3"):  # fmt: skip
        assert fact in text
    page.click(".qd-languages a[hreflang=en]")
    assert page.url == address.replace("/zh/", "/en/")
    expect(page.locator("main h1")).to_have_text(STRAW_EN)
    assert "County Ecology and Environment Bureau" in page.locator("main").inner_text()
    page.click(".qd-languages a[hreflang=zh-Hans-CN]")
    assert page.url == address


def test_what_is_not_translated_says_so(page: Page, base: str) -> None:
    """On an English page an item without translation stands in Chinese, marked as Chinese, with a note."""
    page.goto(f"{base}{COUNTY}/en/{TOWN}/supporting-0003.html")
    expect(page.locator("main h1 [lang=zh-Hans-CN]")).to_have_text(LAND)
    assert page.locator(".qd-untranslated").is_visible()


def test_every_kind_of_page_is_one_click_from_its_other_language(page: Page, base: str) -> None:
    """The language link leads to the same page, from every kind of page."""
    county = ("index", "search", "changes", "departments", "data", "about")
    town = ("index", "changes", "report", "basic-0003")
    for path in (*(f"{name}.html" for name in county), *(f"{TOWN}/{name}.html" for name in town)):
        page.goto(f"{base}{COUNTY}/zh/{path}")
        page.click(".qd-languages a[hreflang=en]")
        assert page.url == f"{base}{COUNTY}/en/{path}"
        expect(page.locator("html")).to_have_attribute("lang", "en")


SEARCHES: dict[str, tuple[str, str, set[str]]] = {
    "piece of a name": ("zh", "露天焚烧", {STRAW}),
    "piece of a duty": ("zh", "网格巡查", {STRAW}),
    "in names and duties": ("zh", "宣传", {STRAW, SOIL}),
    "department": ("zh", "市场监督", {DEVICES}),
    "two terms": ("zh", "露天 网格", {STRAW}),
    "two terms of two items": ("zh", "露天 耕地", set()),
    "initials": ("zh", "jgltfs", {STRAW}),
    "initials before letters": ("zh", "fzapp", {FRAUD}),
    "initials after letters": ("zh", "appxz", {FRAUD}),
    "letters inside a word": ("zh", "ppxz", set()),
    "full pinyin": ("zh", "renju", {HABITAT}),
    "full pinyin before letters": ("zh", "fanzhaapp", {FRAUD}),
    "traditional": ("zh", "特種設備", {DEVICES}),
    "removed and so not in force": ("zh", "防汛", set()),
    "turned round": ("zh", "天露", set()),
    "English word": ("en", "straw", {STRAW_EN}),
    "English words": ("en", "Bureau violations", {STRAW_EN}),
    "Han on the English page": ("en", "秸秆", {STRAW_EN}),
    "untranslated on the English page": ("en", "人居", {HABITAT}),
    "pinyin on the English page": ("en", "jgltfs", {STRAW_EN}),
}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_search_finds_what_stands_there(page: Page, base: str, lang: str) -> None:
    """Results as typed: the right ones and none more; a result opens its item."""
    search_page(page, base, lang)
    for case, (page_lang, query, names) in SEARCHES.items():
        if page_lang == lang:
            page.fill("#qd-q", query)
            assert sorted(results(page)) == sorted(names), case
    page.fill("#qd-q", "秸秆")
    name = results(page)[0]
    page.click(".qd-results__name")
    expect(page.locator("main h1")).to_have_text(name)


def test_filters_narrow(page: Page, base: str) -> None:
    """Township, kind and category narrow the results, together and without words."""
    search_page(page, base, "zh")
    page.select_option("#qd-t", OTHER)
    assert sorted(results(page)) == sorted([STUDY, BRANCH, LAND, HABITAT, DEVICES])
    assert all(f"/{OTHER}/" in str(a.get_attribute("href")) for a in page.locator(".qd-results__name").all())
    page.select_option("#qd-k", "reclaimed")
    assert results(page) == [DEVICES]
    page.select_option("#qd-k", "")
    page.select_option("#qd-c", "乡村振兴")
    assert sorted(results(page)) == sorted([LAND, HABITAT])
    page.fill("#qd-q", "人居")
    assert results(page) == [HABITAT]
    page.click("text=清除筛选")
    assert page.input_value("#qd-t") == page.input_value("#qd-c") == ""
    assert results(page) == [HABITAT]


def test_a_view_can_be_linked_to(page: Page, base: str) -> None:
    """The address keeps words and filters and brings both back; a township's search box leads to it."""
    search_page(page, base, "zh", f"?q=落实&t={OTHER}&k=basic")
    assert sorted(results(page)) == sorted([STUDY, LAND])
    page.fill("#qd-q", "耕地")
    address = page.evaluate("location.href")
    page.goto(f"{base}{COUNTY}/zh/index.html")
    page.goto(address)
    assert (page.input_value("#qd-q"), page.input_value("#qd-t"), results(page)) == ("耕地", OTHER, [LAND])
    page.goto(f"{base}{COUNTY}/zh/{TOWN}/index.html")
    page.fill("#qd-q", "秸秆")
    page.press("#qd-q", "Enter")
    page.wait_for_url("**/search.html?*")
    assert (results(page), page.input_value("#qd-t")) == ([STRAW], TOWN)


def test_nothing_found_leads_on(page: Page, base: str) -> None:
    """Nothing found: what was asked, the categories to look through, and whom to tell."""
    search_page(page, base, "zh", "?q=养老认证")
    notice = page.locator("#qd-search .qd-notice")
    assert "养老认证" in notice.inner_text()
    notice.locator("button", has_text="党的建设").click()
    assert sorted(results(page)) == sorted([STUDY, BRANCH])
    page.fill("#qd-q", "养老认证")
    notice.locator("a[href$='report.html']").click()
    expect(page.locator("main h1")).to_have_text("清单外派单怎么办")
    assert page.locator(".qd-contacts").is_visible()


def test_changes_are_shown_with_the_filing_that_made_them(page: Page, base: str) -> None:
    """Added, removed, changed and renumbered, with the changed words marked; each leads to its page."""
    page.goto(f"{base}{COUNTY}/zh/{TOWN}/changes.html")
    assert "宾县乡镇履职事项清单（2024年调整，示例）" in page.locator("h2").first.inner_text()
    for fold in page.locator("summary").all():
        fold.click()
    lists = {
        heading.inner_text().split()[0] + card: heading.locator("xpath=following-sibling::ul[1]").inner_text()
        for card in ("basic", "supporting")
        for heading in page.locator(f".qd-card--{card} :is(h4, summary)").all()
    }
    assert SOIL in lists["新增basic"]
    assert LAND in lists["移出basic"]
    assert "转为 配合履职事项" in lists["移出basic"]
    assert HABITAT in lists["序号调整basic"]
    assert "4调整为3" in lists["序号调整basic"].replace(" ", "")
    assert LAND in lists["新增supporting"]
    assert FLOOD in lists["移出supporting"]
    assert STRAW in lists["修改supporting"]
    changed = page.locator("ins")
    assert changed.count() == 1
    assert "立即" in changed.inner_text()
    page.click(f"a:has-text('{FLOOD}')")
    expect(page.locator("main h1")).to_have_text(FLOOD)


def test_a_removed_item_keeps_its_page(page: Page, base: str) -> None:
    """It says since when and by which filing it is gone, and where it went."""
    page.goto(f"{base}{COUNTY}/zh/{TOWN}/basic-0003.html")
    notice = page.locator(".qd-notice--removed")
    assert "2024年7月20日" in notice.inner_text()
    assert "宾县乡镇履职事项清单（2024年调整，示例）" in notice.inner_text()
    notice.locator("a").click()
    assert page.url.endswith(f"/zh/{TOWN}/supporting-0003.html")
    page.goto(f"{base}{COUNTY}/en/{TOWN}/basic-0003.html")
    assert "20 July 2024" in page.locator(".qd-notice--removed").inner_text()


def test_the_report_page_answers(page: Page, base: str) -> None:
    """Who leads and what is left for the township; whom to tell; a letter with the list's version; nothing is kept."""
    address = f"{base}{COUNTY}/zh/{TOWN}/report.html"
    page.goto(address)
    page.fill("#qd-search-report input[type=search]", "秸秆")
    answer = page.locator("#qd-search-report .qd-results").inner_text()
    assert "县生态环境局、县农业农村局" in answer
    assert "劝阻并立即上报" in answer
    page.fill("#qd-search-report input[type=search]", "特种设备")
    assert "县市场监督管理局" in page.locator("#qd-search-report .qd-results").inner_text()
    page.fill("#qd-search-report input[type=search]", "反诈")
    assert "不再要求乡镇完成" in page.locator("#qd-search-report .qd-results").inner_text()
    page.fill("#qd-search-report input[type=search]", "养老认证")
    assert page.locator("#qd-search-report a[href='#not-found']").is_visible()
    kept = "JSON.stringify([document.cookie, {...localStorage}, {...sessionStorage}, location.href, history.length])"
    assert "养老认证" not in page.evaluate(kept)
    assert page.url == address
    contacts = page.locator(".qd-contacts").inner_text()
    order = [contacts.index(number) for number in ("0000-0000000", "12310", "12388", "12345")]
    assert order == sorted(order)
    letter = page.locator(".qd-letter").inner_text()
    for fact in ("宾州镇", "宾县乡镇履职事项清单（2024年调整，示例）", "2024年7月20日", "示例数据"):
        assert fact in letter
    assert page.locator(".qd-steps > li").count() == 4


def test_every_page_says_that_it_is_a_sample(page: Page, base: str) -> None:
    """On screen and on paper: in the title, in a band that is printed too, and on the letter; none may be indexed."""
    page.emulate_media(media="print")
    town = f"{COUNTY}/{{}}/{TOWN}"
    for path in ("{}/index.html", f"{COUNTY}/{{}}/search.html", f"{town}/index.html", f"{town}/report.html",
                 f"{town}/supporting-0001.html"):  # fmt: skip
        for lang, mark in MARKS.items():
            page.goto(base + path.format(lang))
            assert mark in page.title(), page.url
            assert page.locator("meta[name=robots]").get_attribute("content") == "noindex,nofollow"
            assert page.locator("header .qd-band").is_visible(), page.url
            assert mark in page.locator("header .qd-band").inner_text(), page.url
            if path.endswith("report.html"):
                assert mark in page.locator(".qd-letter .qd-badge--sample").inner_text()


def test_no_page_was_forgotten(built: Path) -> None:
    """The marks stand in the markup of every single page."""
    pages = sorted(built.rglob("*.html"))
    assert len(pages) > 90
    for path in pages:
        text = path.read_text(encoding="utf-8")
        lang = "en" if '<html lang="en"' in text else "zh"
        assert re.search(f"<title>[^<]*{MARKS[lang]}", text), path
        assert '<meta name="robots" content="noindex,nofollow">' in text, path
        assert re.search(f'qd-band--sample"[^>]*><p><strong>{MARKS[lang]}', text), path


def test_data_files_say_what_the_pages_say(built: Path, chromium: Browser) -> None:
    """The links download; lines and counts of CSV, JSON and XLSX are those of the pages."""
    with serving(built, 0) as site:
        context = chromium.new_context(accept_downloads=True)
        page = context.new_page()
        home = f"{site.url}{COUNTY}/zh/data.html"
        page.goto(home)
        rows = page.locator("tbody tr").count()
        assert rows == 3
        for row in range(rows):
            cells = page.locator("tbody tr").nth(row)
            shown = int(cells.locator("td.qd-number").inner_text())
            bodies = {}
            for link in cells.locator("a").all():
                with page.expect_download() as download:
                    link.click()
                bodies[link.inner_text()] = download.value.path().read_bytes()
            code = re.sub("[.].*", "", download.value.suggested_filename)
            table = list(csv.DictReader(io.StringIO(bodies["CSV"].decode("utf-8-sig"))))
            document = json.loads(bodies["JSON"])
            book = openpyxl.load_workbook(io.BytesIO(bodies["XLSX"]), read_only=True)
            lines = list(book[book.sheetnames[0]].iter_rows(values_only=True))
            assert shown == len(table) == len(document["lines"]) == len(lines) - 1
            assert sum(document["counts"].values()) == shown
            assert all(MARKS["zh"] in line["notice"] for line in table)
            if code == COUNTY:
                continue
            page.goto(f"{site.url}{COUNTY}/zh/{code}/index.html")
            for kind, count in document["counts"].items():
                assert page.locator(f".qd-counts--{kind} strong").inner_text() == str(count)
            assert on_the_pages(built / COUNTY / "zh" / code) == sorted(
                (line["item"], line["number"], line["name"]) for line in table
            )
            page.goto(home)
        context.close()


def on_the_pages(township: Path) -> list[tuple[str, str, str]]:
    """Item, number and name of every line on a township's category pages."""
    entry = re.compile(
        r'<a href="([a-z]+-\d+)\.html">\s*<span class="qd-list__number">([^<]*)</span>\s*'
        r'<span class="qd-list__name">([^<]*)</span>'
    )
    return sorted(
        found
        for path in township.glob("category-*.html")
        for found in entry.findall(path.read_text(encoding="utf-8"))
    )
