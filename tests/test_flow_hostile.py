"""A filing that tries to break out of every page: through the command line, then in Chromium with the pages' policy
taken away, so that nothing but the escaping stands between a filed name and a script that runs."""

from __future__ import annotations

import json
import re
import shutil
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

import openpyxl
import polib
import pytest
from playwright.sync_api import Browser, Page

from generator.model.addresses import category_page, department_page
from generator.model.places import DivisionCode
from tests.golden_site import AS_OF, golden_content
from tests.test_flow import COUNTY, FIRST, SECOND, TOWN, qingdan

ATTACKS = (
    "<script>window.__xss=1</script>",
    '"><img src=x onerror="window.__xss=1">',
    "' onmouseover='window.__xss=1' x='",
    "</title></style></textarea><svg onload=window.__xss=1>",
    "]]><script>window.__xss=1</script>",
    "<!--<script>window.__xss=1",
    "{{7*7}}${7*7}{%raw%}<%=7*7%>",
    "javascript:window.__xss=1",
    "\\u003cscript\\u003ewindow.__xss=1\\u003c/script\\u003e",
    "&lt;img src=x onerror=window.__xss=1&gt;",
)
ALL = "".join(ATTACKS)
CATEGORY = f"党的建设{ALL}"
DEPARTMENT = f"县水务局{''.join(ATTACKS[:-1])}"
"""Without the last: a semicolon stands between two departments."""
# A sheet's name has at most 31 characters, and a file's neither slashes nor more than 255 bytes.
SHEETS = {
    "basic": "<svg onload=__xss=1>基本履职",
    "supporting": "<i>配合履职",
    "reclaimed": "收回事项{{7-7}}",
}
FILE = "<img src=x onerror=__xss=1>宾州镇.xlsx"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(sys.platform == "win32", reason="its file names have no angle brackets"),
]

Rows = Sequence[Sequence[str]]


def write_book(path: Path, tables: dict[str, Rows]) -> None:
    """Write a workbook with a sheet per kind of list."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for kind, rows in tables.items():
        sheet = book.create_sheet(SHEETS[kind])
        for row in rows:
            sheet.append(list(row))
    book.save(path)


def lists(*, later: bool) -> dict[str, Rows]:
    """The town's lists; the later ones have an item less, one more, one renumbered and one with other words."""
    duty = f"组织巡堤查险{ALL}，转移{'被困' if later else '受威胁'}群众。"
    basic = [("学习制度", CATEGORY), ("人居环境整治", f"乡村振兴{ALL}"), ("黑土地保护", CATEGORY)]
    # One of six may go without anybody asking whether the wrong file was filed.
    basic += [(name, CATEGORY) for name in ("矛盾纠纷调解", "防灾减灾宣传", "志愿服务活动")]
    supporting = [(f"防汛抗旱{ALL}", DEPARTMENT, f"编制预案{ALL}。", duty)]
    if later:
        basic = basic[1:]
        supporting.insert(0, (f"秸秆管控{ALL}", f"县农业农村局{ATTACKS[0]}", f"指导{ALL}。", f"宣传{ALL}。"))
    return {
        "basic": [
            ("序号", "类别", "事项名称", "法律法规依据"),
            *((str(n), c, f"{name}{ALL}", f"《条例》{ALL}") for n, (name, c) in enumerate(basic, 1)),
        ],
        "supporting": [
            ("序号", "事项名称", "对应上级部门", "上级部门职责", "镇配合职责"),
            *((str(n), *cells) for n, cells in enumerate(supporting, 1)),
        ],
        "reclaimed": [
            ("序号", "事项名称", "承接部门", "工作方式"),
            ("1", f"特种设备监察{ALL}", DEPARTMENT, f"按年度计划开展检查{ALL}。"),
        ],
    }


def filed(folder: Path, *, later: bool) -> None:
    """Put hostile lists, under a hostile title, in the place of a golden filing."""
    settings = (folder / "filing.toml").read_text(encoding="utf-8").partition("[[document]]")[0]
    title = json.dumps(f"宾县清单{ALL}", ensure_ascii=False)
    settings = re.sub("title = .*", lambda _: f"title = {title}", settings)
    settings = re.sub("authority = .*", lambda _: f"authority = {title}", settings)
    settings += f'[[document]]\nfile = "{FILE}"\ntownships = ["{TOWN}"]\n'
    shutil.rmtree(folder)
    folder.mkdir()
    (folder / "filing.toml").write_text(settings, encoding="utf-8")
    write_book(folder / FILE, lists(later=later))


def hostile_settings(content: Path) -> None:
    """The county's own settings and its translations attack as well."""
    path = content / "counties" / COUNTY / "county.toml"
    text = path.read_text(encoding="utf-8")
    for old in ("宾县人民政府办公室（示例）", "宾县人民政府（示例）", "工作日 8:30—11:30，13:30—17:00"):
        text = text.replace(f'"{old}"', json.dumps(old + ALL, ensure_ascii=False))
    path.write_text(text, encoding="utf-8")
    assert ALL in json.dumps(tomllib.loads(text), ensure_ascii=False).replace('\\"', '"').replace(
        "\\\\", "\\"
    )
    memory = polib.POFile()
    memory.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    for source in (f"防汛抗旱{ALL}", DEPARTMENT, CATEGORY, f"宣传{ALL}。"):
        memory.append(polib.POEntry(msgid=source, msgstr=f"translated{ALL}"))
    memory.save(str(content / "wording" / "en.po"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The county's folder, accepted and built, its pages' policy taken away."""
    folder = tmp_path_factory.mktemp("hostile")
    content = golden_content(folder)
    shutil.rmtree(content / "register")
    hostile_settings(content)
    filings = content / "counties" / COUNTY / "filings"
    for name, later in ((FIRST, False), (SECOND, True)):
        filed(filings / name, later=later)
        said = qingdan("accept", filings / name, "--content", content)
        assert "TEXT-MARKUP" in said
    qingdan("build", "--content", content, "--out", folder / "site", "--as-of", AS_OF.isoformat())
    for page in (folder / "site").rglob("*.html"):
        open_page, found = re.subn(
            '<meta http-equiv="Content-Security-Policy"[^>]*>', "", page.read_text(encoding="utf-8")
        )
        page.write_text(open_page, encoding="utf-8")
        assert found == 1, page
    return folder / "site" / COUNTY


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page that notes whatever it asks for besides our own files."""
    context = chromium.new_context()
    tab = context.new_page()
    strange: list[str] = []
    tab.on(
        "request",
        lambda asked: (
            None if re.match("file:.*[.](html|css|js)|data:", asked.url) else strange.append(asked.url)
        ),
    )
    tab.on("dialog", lambda dialog: strange.append(dialog.message))
    tab.on("pageerror", lambda error: strange.append(str(error)))
    yield tab
    context.close()
    assert strange == []


def harmless(page: Page) -> None:
    """Nothing ran, and nothing of the filed text has become part of the page's markup."""
    assert page.evaluate("window.__xss") is None, page.url
    grown = page.evaluate(
        """() => [...document.querySelectorAll('*')].filter(e =>
          ['IMG', 'TEXTAREA', 'STYLE', 'IFRAME'].includes(e.tagName)
          || e.tagName === 'svg' && !e.classList.contains('qd-bar')  // the charts are ours
          || e.tagName === 'SCRIPT' && !e.src.startsWith('file:')
          || [...e.attributes].some(a => a.name.startsWith('on') || /^javascript:/i.test(a.value))
        ).map(e => e.outerHTML.slice(0, 200))"""
    )
    assert grown == [], page.url


def test_no_page_runs_what_was_filed(site: Path, page: Page) -> None:
    """Every page of the county and of the province, in both languages."""
    pages = sorted(site.parent.rglob("*.html"))
    hostile = 0
    for path in pages:
        page.goto(path.as_uri())
        harmless(page)
        hostile += ATTACKS[0] in page.locator("body").inner_text()
    assert hostile > len(pages) // 2


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        pytest.param(f"zh/{TOWN}/basic-0002.html", f"人居环境整治{ALL}", id="name"),
        pytest.param(f"zh/{TOWN}/basic-0002.html", f"《条例》{ALL}", id="basis"),
        pytest.param(f"zh/{TOWN}/basic-0001.html", f"学习制度{ALL}", id="removed"),
        pytest.param(f"zh/{TOWN}/supporting-0001.html", DEPARTMENT, id="department"),
        pytest.param(f"zh/{TOWN}/supporting-0001.html", f"编制预案{ALL}", id="department-duty"),
        pytest.param(f"zh/{TOWN}/supporting-0001.html", f"组织巡堤查险{ALL}", id="township-duty"),
        pytest.param(f"zh/{TOWN}/supporting-0001.html", f"{FILE} › {SHEETS['supporting']} › B3", id="source"),
        pytest.param(f"zh/{TOWN}/reclaimed-0001.html", f"按年度计划开展检查{ALL}", id="method"),
        pytest.param(category_page("zh", DivisionCode(TOWN), "basic", CATEGORY), CATEGORY, id="category"),
        pytest.param(department_page("zh", DEPARTMENT), DEPARTMENT, id="department-page"),
        pytest.param("zh/departments.html", DEPARTMENT, id="departments"),
        pytest.param(f"zh/{TOWN}/index.html", f"宾县清单{ALL}", id="filing"),
        pytest.param(f"zh/{TOWN}/changes.html", f"防汛抗旱{ALL}", id="changes"),
        pytest.param("zh/changes.html", f"秸秆管控{ALL}", id="county-changes"),
        pytest.param(f"zh/{TOWN}/report.html", f"宾县清单{ALL}", id="letter"),
        pytest.param("zh/index.html", f"工作日 8:30—11:30，13:30—17:00{ALL}", id="contact"),
        pytest.param(f"en/{TOWN}/supporting-0001.html", f"translated{ALL}", id="translation"),
    ],
)
def test_filed_text_is_shown_as_filed(site: Path, page: Page, path: str, shown: str) -> None:
    """Every character of it, in every field: nothing is cut out, decoded or worked out."""
    page.goto((site / path).as_uri())
    assert shown in page.locator("main").text_content().replace("\n", ""), path  # type: ignore[union-attr]  # every page has one
    harmless(page)


def test_changed_words_are_marked_inside_hostile_text(site: Path, page: Page) -> None:
    """The words that went and came are marked, and only they."""
    page.goto((site / "zh" / TOWN / "changes.html").as_uri())
    assert "受威胁" in page.locator("del").inner_text()
    assert "被困" in page.locator("ins").inner_text()
    harmless(page)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_results_are_text(site: Path, page: Page, lang: str) -> None:
    """Names, passages and the query itself, typed and from the address: hits are marked, nothing runs."""
    address = (site / lang / "search.html").as_uri()
    for query in ("script", "防汛", "translated", *ATTACKS):
        page.goto(f"{address}?q={quote(query)}")
        assert page.input_value("#qd-q") == query
        found = page.locator(".qd-results__name").count()
        assert found == page.evaluate("async q => (await window.qingdan.search(q)).length", query)
        # A space parts two terms; what only the translations hold is no word of a Chinese page.
        assert found > 0 or (query == "translated" and lang == "zh"), query
        harmless(page)
    page.goto((site / lang / TOWN / "report.html").as_uri())
    for query in ("script", *ATTACKS):
        page.fill("#qd-search-report input[type=search]", query)
        harmless(page)
