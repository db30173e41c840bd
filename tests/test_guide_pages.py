"""The clerks' guide on the province's site: its pictures are proven, its pages whole in both languages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from html import unescape
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from typing import Literal

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from generator import build, intake
from generator.checks.examples import AS_OF, COUNTY, DIVISIONS, example_filing
from generator.checks.filing import check_filing
from generator.checks.guide import GROUPS, rule_lines
from generator.checks.handbook import FAULTY, GOOD
from generator.checks.mended import MENDS, mended
from generator.checks.rule import Example, Sheetful
from generator.checks.rules import RULES
from generator.chrome import build_shell
from generator.model.addresses import guide_page
from generator.model.documents import Range
from generator.model.findings import Finding
from generator.model.guide import GuideTable
from generator.model.shell import Shell
from generator.pages import render_province
from generator.pages.guide import _drawn
from tests import mini_county as mini

BOOKS = build.handbooks()
PARTS = ("", *GROUPS, "index")
ROOT = mini.TEMPLATES.parent


# ---------------------------------------------------------------- the pictures


def write_workbook(example: Example, path: Path) -> None:
    """Write an example as an office would have saved it: formulas with their values, comments, merged cells."""
    with xlsxwriter.Workbook(path) as book:
        struck = book.add_format({"font_strikeout": True})
        for sheetful in example.sheets:
            sheet = book.add_worksheet(sheetful.name)
            for merge in sheetful.merges:
                sheet.merge_range(merge, "")
            for row, texts in enumerate(sheetful.rows):
                for column, text in enumerate(texts):
                    if text:
                        sheet.write_string(row, column, text)
            _marks(sheet, sheetful, struck)
            for row in sheetful.hidden_rows:
                sheet.set_row(row - 1, options={"hidden": True})
            for column in sheetful.hidden_columns:
                sheet.set_column(column - 1, column - 1, options={"hidden": True})
            if sheetful.hidden:
                sheet.hide()
            for outside in example.outside:
                sheet.write_comment(outside.where.cell, outside.text)


def _marks(sheet: xlsxwriter.worksheet.Worksheet, sheetful: Sheetful, struck: object) -> None:
    for address, mark in sheetful.marks.items():
        row, column = int(re.sub(r"\D", "", address)), ord(address[0]) - 64
        text = str(mark.get("text", sheetful.rows[row - 1][column - 1]))
        match mark.get("type"):
            case "number":
                sheet.write_number(address, float(text))
            case "formula" | "error":
                sheet.write_formula(address, str(mark.get("raw") or "=B99"), None, text)
            case _:
                assert mark == {"struck": True}, mark
                sheet.write_string(address, text, struck)


def found(example: Example, folder: Path) -> tuple[Finding, ...]:
    """Check an example as the workbook that it is."""
    path = folder / example.file
    write_workbook(example, path)
    return check_filing(
        intake.read_documents([path], jobs=1),
        filing=example_filing(example.filing, example.file) if example.filing else None,
        county=None if example.without_county else COUNTY,
        divisions=DIVISIONS,
        as_of=AS_OF,
    ).findings


def places(findings: tuple[Finding, ...], rule: str) -> set[str]:
    """Where a rule was found at fault, as the examples write it; a confirmed finding is none any more."""
    return {
        f"{finding.where.sheet}!{finding.where.cell or ''}"
        for finding in findings
        if finding.rule == rule and finding.severity == RULES[rule].severity
    }


@pytest.mark.parametrize("rule", list(MENDS))
def test_picture_is_true(rule: str, tmp_path: Path) -> None:
    """The sheet at fault, saved as a workbook, makes `check` name this rule at this cell; the mended one does not."""
    row = RULES[rule]
    sheet, _, cell = str(row.fails.at).rpartition("!")

    before = found(row.fails, tmp_path)
    assert f"{sheet or row.fails.sheets[0].name}!{cell}" in places(before, rule), before

    (tmp_path / "mended").mkdir()
    after = found(mended(row), tmp_path / "mended")
    assert places(after, rule) == set()
    assert not [finding for finding in after if finding.severity in {"error", "confirm"}], after


def test_there_are_enough_pictures() -> None:
    """At least 25 frequent faults are drawn before and after, each with marked cells or a marked name on both sides."""
    drawn = [e for book in BOOKS.values() for chapter in book.chapters for e in chapter.entries if e.frequent]

    assert len(MENDS) >= 25
    assert len(drawn) == 2 * len(MENDS)
    for entry in drawn:
        assert entry.compared
        assert any(table.marked or table.marked_name for table in entry.fails), entry.id
        # A sheet that was hidden is simply gone.
        assert entry.id == "SHEET-HIDDEN" or any(t.marked or t.marked_name for t in entry.passes), entry.id


def test_good_list_is_good(tmp_path: Path) -> None:
    """The list that the guide holds up has no finding at all; that with faults has the three which the guide prints."""
    assert found(GOOD, tmp_path) == ()

    printed = "\n".join(BOOKS["zh"].steps[2].lines)
    faulty = found(replace(FAULTY, file="faulty.xlsx"), tmp_path)
    assert len(faulty) == 3
    for finding in faulty:
        assert f"{finding.where.sheet} › {finding.where.cell} · {finding.problem.zh}" in printed


def test_a_sheet_is_drawn_as_on_the_screen() -> None:
    """Merged cells span, what lies under them is left out, a title runs over blanks, marks and letters are right."""
    table = GuideTable(
        name="清单",
        rows=(("东河镇基本履职事项清单",), ("1", "甲", ""), ("2", "", "乙乙乙乙乙乙")),
        merges=(Range(top=2, left=2, bottom=3, right=2),),
        marked=(Range(top=2, left=2, bottom=3, right=2),),
        hidden_rows=frozenset({3}),
    )
    drawn = _drawn(table, "zh")

    assert [letters for letters, _ in drawn.columns] == ["A", "B", "C"]
    assert [[(c.text, c.rows, c.columns, c.marked) for c in row.cells] for row in drawn.rows] == [
        [("东河镇基本履职事项清单", 1, 3, False)],
        [("1", 1, 1, False), ("甲", 2, 1, True), ("", 1, 1, False)],
        [("2", 1, 1, False), ("乙乙乙乙乙乙", 1, 1, False)],
    ]
    assert [row.hidden for row in drawn.rows] == [False, False, True]


# ---------------------------------------------------------------- the pages


class Outline(HTMLParser):
    """Ids, links and attributes of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.attributes: set[str] = set()
        self.inline = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what an element links to and is called."""
        named = dict(attrs)
        self.attributes |= set(named)
        self.inline += tag == "style" or (tag == "script" and "src" not in named)
        if named.get("id"):
            self.ids.append(str(named["id"]))
        if tag in {"a", "link"} and named.get("href"):
            self.links.append(str(named["href"]))


@cache
def outline_of(page: str) -> Outline:
    """Read a page once for all tests."""
    return Outline(page)


def province(shells: Mapping[str, Shell]) -> dict[str, str]:
    """Render the province of the miniature, without its counties, with the guide in both languages."""
    of, pages = mini.mini(), dict[str, str]()
    render_province(
        [],
        of.tongues,
        shells,
        mini.TEMPLATES,
        of.site,
        mini.AS_OF,
        lambda path, body: pages.update({path: body.decode()}),
        preview=True,
        handbooks=BOOKS,
    )
    return pages


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    """The province's pages in a plain frame."""
    return province(mini.plain_shells())


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_rule_has_its_anchor(pages: dict[str, str], lang: str) -> None:
    """Each rule stands once, under its id, on the page that `qingdan rules ID` names; the index leads to all."""
    index = set(outline_of(pages[guide_page(lang, "index")]).links)
    texts = {group: unescape(re.sub(r"<[^>]*>", "", pages[guide_page(lang, group)])) for group in GROUPS}
    for entry in build.rules():
        path = guide_page(lang, entry.group)
        outline = outline_of(pages[path])
        assert outline.ids.count(entry.id) == 1, entry.id
        assert f"{PurePosixPath(path).name}#{entry.id}" in index
        assert f"{path}#{entry.id}" in "\n".join(rule_lines(entry, lang))
        for said in (entry.problem, entry.fix):
            assert said.in_language(lang).split("\n")[0].replace("`", "") in texts[entry.group], entry.id


def test_links_lead_somewhere(pages: dict[str, str]) -> None:
    """Every relative link on a page of the guide leads to a page that was written, and to an anchor on it."""
    for lang in BOOKS:
        for part in PARTS:
            outline = outline_of(pages[guide_page(lang, part)])
            assert len(outline.ids) == len(set(outline.ids))
            for link in outline.links:
                name, _, anchor = link.partition("#")
                target = str(PurePosixPath(guide_page(lang, part)).parent / name)
                target = re.sub(r"^\w+/\.\./", "", target) if name else guide_page(lang, part)
                assert target in pages, link
                assert not anchor or anchor == "main" or anchor in outline_of(pages[target]).ids, link


def test_korean_has_no_guide(pages: dict[str, str]) -> None:
    """The checks speak Chinese and English: Korean pages do not link the guide, and the guide offers no Korean page."""
    assert "ko/about.html" in pages
    assert not [path for path in pages if path.startswith("ko/guide")]
    assert "guide" not in pages["ko/about.html"]
    for lang in BOOKS:
        assert f'href="../{lang}/guide.html"' in pages[f"{lang}/about.html"]
        assert f'href="../{lang}/guide.html"' in pages[f"{lang}/index.html"]
        for part in PARTS:
            assert "ko/" not in pages[guide_page(lang, part)]


def test_without_a_handbook_nothing_is_promised() -> None:
    """A province drawn without the guide has neither its pages, its link nor its stylesheet."""
    of, pages = mini.mini(), dict[str, bytes]()
    render_province(
        [], of.tongues, mini.plain_shells(), mini.TEMPLATES, of.site, mini.AS_OF, pages.__setitem__
    )

    assert "zh/about.html" in pages
    assert not [path for path in pages if "guide" in path]
    assert b"guide" not in pages["zh/about.html"]


def test_pages_keep_the_policy(pages: dict[str, str]) -> None:
    """No inline style, script or handler; web code of an example is text; previews and samples are not indexed."""
    for lang in BOOKS:
        for part in PARTS:
            page = pages[guide_page(lang, part)]
            outline = outline_of(page)
            assert not outline.inline
            assert not [name for name in outline.attributes if name == "style" or name.startswith("on")]
            assert 'content="noindex' in page
    assert "&lt;b&gt;开展&lt;/b&gt;" in pages[guide_page("zh", "text")]


def test_nothing_personal_or_secret_is_shown(pages: dict[str, str]) -> None:
    """Examples of personal numbers are masked, and no mark of secrecy is printed."""
    for lang in BOOKS:
        for part in PARTS:
            page = pages[guide_page(lang, part)]
            assert "13900001111" not in page
            assert "机密★" not in page
            assert not re.search(r"[\u200b-\u200f\u202a-\u202e\ue000-\uf8ff]", page)


# ---------------------------------------------------------------- in a browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The province on disk, in the real frame."""
    work = tmp_path_factory.mktemp("shells")
    shells = {
        lang: build_shell(ROOT / "content", mini.TEMPLATES, ROOT / "mkdocs.yml", lang, work)
        for lang in ("zh", "en", "ko")
    }
    root = tmp_path_factory.mktemp("site")
    for path, body in province(shells).items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(body, encoding="utf-8", newline="")
    return root


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page on a phone of 360 pixels that may open files and nothing else."""
    context = chromium.new_context(viewport={"width": 360, "height": 740})
    context.route(re.compile("^(?!file:|data:)"), lambda route: route.abort())
    yield context.new_page()
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize("lang", list(BOOKS))
def test_pages_fit_a_phone_and_paper(site: Path, page: Page, lang: str) -> None:
    """At 360 pixels, on paper and in large type nothing is cut off; targets are 44 pixels high; nothing complains."""
    complaints: list[str] = []
    page.on(
        "console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for part in PARTS:
        page.set_viewport_size({"width": 360, "height": 740})
        page.goto((site / guide_page(lang, part)).as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, part
        small = page.evaluate(
            """() => [...document.querySelectorAll('a[href],button')].filter(e => {
              const box = e.getBoundingClientRect();
              const within = e.tagName === 'A' && getComputedStyle(e).display === 'inline' && e.closest('p,dd,li,td');
              return box.width && box.height && !within && (box.height < 43.5 || box.width < 43.5);
            }).map(e => e.outerHTML.slice(0, 120))"""
        )
        assert small == [], part
        page.set_viewport_size({"width": 680, "height": 960})
        page.emulate_media(media="print")
        assert page.evaluate("document.documentElement.scrollWidth") <= 680, f"{part} on paper"
        page.emulate_media(media="screen")
    assert complaints == []


@pytest.mark.browser
@pytest.mark.parametrize(
    ("lang", "scheme", "parts"),
    [
        pytest.param("zh", "light", ("", "file", "index"), id="zh"),
        pytest.param("en", "dark", ("table",), id="en-dark"),
        *(
            pytest.param(lang, scheme, PARTS, id=f"{lang}-{scheme}-all", marks=pytest.mark.full)
            for lang in BOOKS
            for scheme in ("light", "dark")
        ),
    ],
)
def test_axe_finds_nothing(
    site: Path, page: Page, lang: str, scheme: Literal["light", "dark"], parts: tuple[str, ...]
) -> None:
    """axe-core: no violation on any page of the guide, light or dark."""
    page.emulate_media(color_scheme=scheme)
    for part in parts:
        page.goto((site / guide_page(lang, part)).as_uri())
        found_by_axe = Axe().run(page).response["violations"]
        assert found_by_axe == [], f"{part} {json.dumps(found_by_axe, ensure_ascii=False)[:1500]}"
