"""Search: what stands in the text is found and nothing else, in Python's tables and in a real browser from disk."""

from __future__ import annotations

import gzip
import json
import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from pypinyin import Style, pinyin

from generator.model.lists import CountyLists, Line
from generator.search import build_search, fold, loading_order, ranking_index, shared_scripts, tokens
from tests import mini_county
from tests.mini_county import Mini, hostile_mini, mini

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "site_templates"
VECTORS = json.loads((ROOT / "tests" / "search_vectors.json").read_text(encoding="utf-8"))


def write_page(folder: Path, of: Mini, lang: str, mount: str = "qd-search") -> Path:
    """Write a page with nothing but the search of one language, as the site's pages load it."""
    scripts = shared_scripts(TEMPLATES) | build_search(of.county, of.lists, of.tongues[lang])
    (folder / lang).mkdir(parents=True, exist_ok=True)
    (folder / "search").mkdir(exist_ok=True)
    for name, body in scripts.items():
        (folder / "search" / name).write_bytes(body)
    tags = "".join(f'<script src="../search/{name}" defer></script>' for name in loading_order(scripts))
    township = of.county.townships[0].code
    page = folder / lang / f"{mount}.html"
    page.write_text(
        f'<!doctype html><html lang="{lang}"><meta charset="utf-8"><title>t</title>'
        f'<body><div id="{mount}" data-root="../" data-lang="{lang}" data-township="{township}"></div>{tags}</body></html>',
        encoding="utf-8",
    )
    return page


@pytest.fixture(scope="module")
def opened(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Page]]:
    """The search pages of the miniature county, opened from disk, by language; console errors fail the test."""
    folder = tmp_path_factory.mktemp("search")
    errors: list[str] = []
    pages = {}
    for lang in ("zh", "en"):
        page = chromium.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "console",
            lambda message: errors.append(message.text) if message.type in ("error", "warning") else None,
        )
        page.goto(write_page(folder, mini(), lang).as_uri())
        pages[lang] = page
    yield pages
    for page in pages.values():
        page.close()
    assert errors == []


def found(page: Page, query: str) -> list[dict[str, Any]]:
    """What `window.qingdan.search` resolves to."""
    results: list[dict[str, Any]] = page.evaluate("q => window.qingdan.search(q)", query)
    return results


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["text"] or "empty")
def test_python_cuts_text_as_the_vectors_say(vector: dict[str, Any]) -> None:
    """Folding and tokens in Python follow the shared table."""
    folded = fold(vector["text"], VECTORS["folding"])
    assert vector["folded"] == folded
    assert vector["tokens"] == tokens(folded)


def test_the_browser_cuts_text_as_the_vectors_say(chromium: Browser) -> None:
    """Folding and tokens in the browser follow the same table."""
    page = chromium.new_page()
    folding = "".join(old + new for old, new in VECTORS["folding"].items())
    page.evaluate(
        "folding => { window.qingdan = {searchData: {folding: folding, readings: {}, rows: [], lunr: null}}; }",
        folding,
    )
    page.add_script_tag(path=str(TEMPLATES / "assets" / "search.js"))
    for vector in VECTORS["vectors"]:
        assert vector["folded"] == page.evaluate("t => window.qingdan.fold(t)", vector["text"])
        assert vector["tokens"] == page.evaluate("t => window.qingdan.tokens(t)", vector["text"])
    page.close()


# ---- the oracle: a plain scan of the lists, which shares no line with the search ----


def plain(text: str) -> str:
    """Comparable text, for the oracle."""
    return unicodedata.normalize("NFKC", text).lower()


def texts(line: Line) -> list[str]:
    """Name, duties, departments and basis of a line."""
    state = line.state
    return [
        text
        for text in (
            state.name,
            state.basis,
            state.township_duty,
            state.method,
            *(text for d in state.departments or () for text in (d.name, d.duty)),
        )
        if text
    ]


def expected(lists: CountyLists, piece: str) -> set[tuple[str, str]]:
    """(item, township) of every line that holds `piece`."""
    return {
        (line.item, version.township)
        for version in lists.versions
        for line in version.lines
        if any(plain(piece) in plain(text) for text in texts(line))
    }


def pairs(results: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """(item, township) of every result."""
    return {
        (result["url"].rsplit("/", 1)[1].removesuffix(".html"), township)
        for result in results
        for township in result["townships"]
    }


def han_pieces(lists: CountyLists, step: int = 7) -> list[str]:
    """Pieces of two to nine Han characters drawn from all over the lists, in a fixed order."""
    pieces: set[str] = set()
    for version in lists.versions:
        for line in version.lines:
            for text in texts(line):
                for run in re.findall("[\u4e00-\u9fff]{2,}", text):
                    pieces.update(run[i : i + n] for n in (2, 3, 4, 9) for i in range(len(run) - n + 1))
    return sorted(pieces)[::step]


@pytest.mark.browser
def test_any_piece_is_found_and_nothing_else(opened: dict[str, Page]) -> None:
    """Results for pieces drawn from the lists are exactly what a plain scan finds, on the pages of both languages."""
    lists = mini().lists
    drawn = han_pieces(lists)
    assert len(drawn) > 50
    for lang in ("zh", "en"):
        for piece in drawn:
            assert expected(lists, piece) == pairs(found(opened[lang], piece)), f"{lang}: {piece}"


@pytest.mark.browser
def test_pieces_that_stand_nowhere_find_nothing(opened: dict[str, Page]) -> None:
    """Characters that occur, in an order that does not, are no match."""
    lists = mini().lists
    turned = [piece[::-1] for piece in han_pieces(lists) if not expected(lists, piece[::-1])]
    assert len(turned) > 20
    for piece in turned:
        assert found(opened["zh"], piece) == [], piece


@pytest.mark.browser
def test_several_terms_mean_all(opened: dict[str, Page]) -> None:
    """A result holds every term of the query."""
    lists = mini().lists
    drawn = han_pieces(lists, step=41)
    for first, second in pairwise(drawn):
        assert expected(lists, first) & expected(lists, second) == pairs(
            found(opened["zh"], f"{first} {second}")
        )


@pytest.mark.browser
def test_the_browser_completes_the_ranking_index(chromium: Browser) -> None:
    """What the browser gives to lunr is the index that lunr.py built, scores to one decimal."""
    of = mini()
    scripts = shared_scripts(TEMPLATES) | build_search(of.county, of.lists, of.tongues["zh"])
    page = chromium.new_page()
    items, lunr, search = (scripts[name].decode() for name in loading_order(scripts))
    page.add_script_tag(content=items)
    page.add_script_tag(content=lunr)
    page.evaluate("() => { const load = lunr.Index.load; lunr.Index.load = i => load(window.given = i); }")
    page.add_script_tag(content=search)
    page.evaluate("window.qingdan.search('x')")
    given = page.evaluate("window.given")
    rows = page.evaluate("window.qingdan.searchData.rows")
    folding = page.evaluate("window.qingdan.searchData.folding")
    names = [
        ([row[4]], [page.evaluate("n => window.qingdan.searchData.departments[n][0]", n) for n, _ in row[6]])
        for row in rows
    ]
    built = ranking_index(names, dict(zip(folding[::2], folding[1::2], strict=True)))
    assert [list(posting) for posting in built["invertedIndex"]] == given["invertedIndex"]
    assert [ref for ref, _ in built["fieldVectors"]] == [ref for ref, _ in given["fieldVectors"]]
    for (_, full), (_, short) in zip(built["fieldVectors"], given["fieldVectors"], strict=True):
        assert full[::2] == short[::2]
        assert short[1::2] == pytest.approx(full[1::2], abs=0.051)
    assert (built["version"], built["fields"], built["pipeline"]) == (
        given["version"],
        given["fields"],
        given["pipeline"],
    )
    page.close()


@pytest.mark.browser
def test_pinyin_finds_names(opened: dict[str, Page]) -> None:
    """Initials and written-out pinyin of any three neighbouring characters of a name find it, in every reading."""
    for version in mini().lists.versions:
        for line in version.lines:
            han = re.findall("[\u4e00-\u9fff]{3,}", line.state.name)
            for piece in (run[:3] for run in han):
                readings = [pinyin(c, style=Style.NORMAL, heteronym=True, v_to_u=False)[0] for c in piece]
                for written in (
                    "".join(r[0][0] for r in readings),
                    "".join(r[-1][0] for r in readings),
                    "".join(r[-1] for r in readings),
                ):
                    if written.isascii():
                        assert line.item in {item for item, _ in pairs(found(opened["zh"], written))}, (
                            piece,
                            written,
                        )


@pytest.mark.browser
def test_words_of_the_second_language_are_found(opened: dict[str, Page]) -> None:
    """Every word of a translated name finds its item on the English pages."""
    of = mini()
    tried = 0
    for version in of.lists.versions:
        for line in version.lines:
            wording = of.tongues["en"].of(line.state.name)
            if wording.lang != "en":
                continue
            for word in re.findall("[A-Za-z]{3,}", wording.text):
                tried += 1
                assert line.item in {item for item, _ in pairs(found(opened["en"], word))}, word
    assert tried > 10


@pytest.mark.browser
@pytest.mark.parametrize(
    "query",
    [
        "foo:bar",
        "title:",
        "+",
        "-x",
        "x^",
        "~",
        "*",
        "__proto__",
        "constructor",
        "<img src=x onerror=alert(1)>",
        "\\",
        "(",
        "[",
        " ",
        "😀",
        "a" * 10_000,
    ],
)
def test_odd_queries_do_no_harm(opened: dict[str, Page], query: str) -> None:
    """A query is text: operators, patterns and very long strings neither fail nor run."""
    assert isinstance(found(opened["zh"], query), list)


@pytest.mark.browser
def test_results_are_drawn_as_typed(opened: dict[str, Page]) -> None:
    """Typing draws results with the hit marked; a filter narrows them; nothing found leads on."""
    page = opened["zh"]
    name = next(line.state.name for version in mini().lists.versions for line in version.lines)
    page.fill("input[type=search]", name[:2])
    assert page.locator(".qd-results mark").first.inner_text() == name[:2]
    page.fill("input[type=search]", "查无此事项吧")
    assert page.locator(".qd-results li").count() == 0
    assert page.locator(".qd-notice").inner_text().startswith("清单中没有找到")
    assert page.locator(".qd-notice a[href$='report.html']").count() == 1
    page.fill("input[type=search]", "")


@pytest.mark.browser
def test_a_view_can_be_linked_to(chromium: Browser, tmp_path: Path) -> None:
    """`?q=` opens the page with its results."""
    name = next(line.state.name for version in mini().lists.versions for line in version.lines)
    page = chromium.new_page()
    page.goto(write_page(tmp_path, mini(), "zh").as_uri() + f"?q={name[:3]}")
    assert page.locator(".qd-results__item").count() >= 1
    page.close()


@pytest.mark.browser
def test_hostile_names_stay_text(chromium: Browser, tmp_path: Path) -> None:
    """Markup in names, and in the address, is shown and never run."""
    page = chromium.new_page()
    page.goto(
        write_page(tmp_path, hostile_mini(), "zh").as_uri()
        + "?q=%3Cimg%20src%3Dx%20onerror%3Dwindow.__xss%3D1%3E"
    )
    for query in ("script", "img", "<", "alert"):
        page.fill("input[type=search]", query)
    page.wait_for_timeout(100)
    assert page.evaluate("window.__xss === undefined")
    assert page.locator(".qd-results img, .qd-results script").count() == 0
    page.close()


@pytest.mark.browser
def test_the_report_page_answers_who_does_it(chromium: Browser, tmp_path: Path) -> None:
    """On the report page a reclaimed duty names the department that does it now."""
    of = mini()
    first = of.county.townships[0].code
    line = next(
        line
        for v in of.lists.versions
        if v.kind == "reclaimed" and v.township == first
        for line in v.lines
        if line.state.departments
    )
    assert line.state.departments
    page = chromium.new_page()
    page.goto(write_page(tmp_path, of, "zh", "qd-search-report").as_uri())
    page.fill("input[type=search]", line.state.name[:6])
    assert line.state.departments[0].name in page.locator(".qd-results").inner_text()
    assert "?" not in page.url
    page.close()


def test_the_index_is_small() -> None:
    """The miniature's scripts stay far below the budget of 250 KB compressed; the sweep over samples checks it for real."""
    of = mini()
    scripts = build_search(of.county, of.lists, of.tongues["en"])
    assert sum(len(gzip.compress(body)) for body in scripts.values()) < 60_000


def test_the_same_lists_give_the_same_scripts() -> None:
    """File names carry digests; nothing depends on the run."""
    of = mini()
    build = [build_search(of.county, of.lists, of.tongues["zh"]) for _ in range(2)]
    assert build[0] == build[1]


def test_the_same_text_in_many_townships_is_one_entry() -> None:
    """What townships share is indexed once."""
    of = mini()
    scripts = build_search(of.county, of.lists, of.tongues["zh"])
    body = next(body for name, body in scripts.items() if name.startswith("items-zh")).decode()
    rows = json.loads(body.split("searchData=", 1)[1].rstrip(";\n"))["rows"]
    lines = sum(len(version.lines) for version in of.lists.versions)
    assert len(rows) < lines
    assert mini_county.AS_OF.isoformat() not in body
