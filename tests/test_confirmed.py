"""A veto or a letter of responsibility that a county answered for: its basis is published, who signed is not."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from generator.checks.examples import check_example
from generator.checks.rule import Example, ExampleFiling, supporting
from generator.data import build_data
from generator.model.confirmed import PUBLISHED, confirmed_lines
from generator.model.filings import Confirmation
from generator.model.lists import CountyLists, CountyRegister, Line
from generator.register.store import load, write
from tests import mini_county
from tests.mini_county import COUNTY, FIRST, SECOND, SUBDISTRICT, TOWN, Mini
from tests.test_pages import ITEM_BUDGET, Pages, own_text, rendered, text_of, town

NAME = "王确认"
REASON = "《示例省安全生产条例》第八条明确要求"
PLEDGED = "示例省委文件明确要求<b>"
BADGES = {
    "zh": ("涉及一票否决", "涉及责任状"),
    "en": ("One-vote veto", "Letter of responsibility"),
    "ko": ("일표부결(一票否决) 관련", "책임서(责任状) 관련"),
}

DATES = {"zh": "（2023年6月18日确认）", "en": "(confirmed on 18 June 2023)", "ko": "(2023년 6월 18일 확인)"}


def word(
    cell: str | None,
    *,
    rule: str = "VETO-ITEM",
    sheet: str | None = "宾州镇配合履职事项",
    reason: str = REASON,
) -> Confirmation:
    """A confirmation in the mini county's workbook."""
    return Confirmation(
        rule=rule,
        file=mini_county.FILINGS[0].filing.documents[0].file,
        sheet=sheet,
        cell=cell,
        reason=reason,
        name=NAME,
        date=date(2023, 6, 18),
    )


def confirmed(*words: Confirmation, filing: str = SECOND) -> Mini:
    """The mini county, with these words in one of its filings."""
    of = mini_county.mini()
    filings = tuple(
        replace(one, filing=replace(one.filing, confirmations=words)) if one.filing.id == filing else one
        for one in of.lists.filings
    )
    return replace(of, lists=replace(of.lists, filings=filings))


def both() -> Mini:
    """A county with a veto and a letter of responsibility in one line and a veto in another."""
    return confirmed(word("E5"), word("F5", rule="PLEDGE-ITEM", reason=PLEDGED), word("C6"))


@pytest.fixture(scope="module")
def pages() -> Pages:
    """The pages of that county."""
    return rendered(both())


def lines(lists: CountyLists) -> dict[str, Line]:
    """The lines of the town's supporting duties by their cell."""
    version = lists.version(TOWN.code, "supporting")
    assert version is not None
    return {line.where.cell or "": line for line in version.lines}


@pytest.mark.parametrize(
    ("given", "cells"),
    [
        pytest.param(word("C5"), ["C5"], id="the-cell-of-the-name"),
        pytest.param(word("F7"), ["C7"], id="another-column"),
        pytest.param(word("E5:E6"), ["C5", "C6"], id="merged-over-two-lines"),
        pytest.param(word("AB8"), ["C8"], id="two-letters"),
        pytest.param(word("D99"), ["C8"], id="a-later-row-of-the-last-item"),
        pytest.param(word("D2"), [], id="above-the-list"),
        pytest.param(word(None), [], id="no-cell"),
        pytest.param(word("C5", sheet="别的"), [], id="another-sheet"),
        pytest.param(word("C5", rule="TOWNSHIP-NAME"), [], id="not-for-readers"),
        pytest.param(replace(word("C5"), file="别的.xlsx"), [], id="another-file"),
    ],
)
def test_which_line_was_confirmed(given: Confirmation, cells: list[str]) -> None:
    """A confirmation names a cell; the line is the one whose rows it stands in, in the same sheet and file."""
    lists = confirmed(given).lists
    known = lines(lists)
    assert confirmed_lines(lists) == {(SECOND, known[cell].where): (given,) for cell in cells}


def _words_in(field: int, word: str) -> Example:
    row = ["1", "森林草原防灭火", "县林业和草原局", "组织巡护，依法查处。", "开展宣传，发现火情立即报告。"]
    row[field] += f"实行{word}。"
    return supporting(tuple(row))


@pytest.mark.parametrize("word_", ["一票否决", "责任状"])
@pytest.mark.parametrize(("field", "column"), [(1, "B"), (3, "D"), (4, "E")])
@pytest.mark.parametrize("form", ["xlsx", "docx", "csv"])
def test_what_is_to_be_confirmed_always_has_a_cell(word_: str, field: int, column: str, form: str) -> None:
    """A confirmation without a cell answers nothing, so that none of these is lost on the way to the pages."""
    example = replace(_words_in(field, word_), format=form)
    found = [one for one in check_example(example).findings if one.rule in PUBLISHED]
    assert [one.where.cell for one in found] == [f"{column}3"]
    unanswered = replace(example, filing=ExampleFiling(confirmed=((found[0].rule, "清单", ""),)))
    rules = [one.rule for one in check_example(unanswered).findings if one.severity in ("confirm", "warning")]
    assert sorted(rules) == sorted([found[0].rule, "CONFIRMATION-UNUSED"])


def test_a_confirmation_holds_for_its_own_filing() -> None:
    """The next filing must answer for the wording anew."""
    lists = confirmed(word("C5"), filing=FIRST).lists
    assert (SECOND, lines(lists)["C5"].where) not in confirmed_lines(lists)
    assert "qd-badge--confirmed" not in rendered(replace(both(), lists=lists))[town("zh", "supporting-0001")]


@pytest.mark.parametrize("lang", ["zh", "en", "ko"])
def test_the_item_page_shows_the_basis(pages: Pages, lang: str) -> None:
    """Badges beside the kind, the rule of the policy, the basis and the date; markup in a basis stays text."""
    page = pages[town(lang, "supporting-0001")]
    shown = text_of(page)
    for said in (*BADGES[lang], REASON, PLEDGED.removesuffix("<b>")):
        assert said in shown, said
    assert page.count("qd-badge--confirmed") == 2
    assert shown.count(DATES[lang]) == 2
    assert "要求&lt;b&gt;" in page
    assert "qd-badge--confirmed" not in pages[town(lang, "supporting-0003")]
    assert "qd-notice--warning" not in pages[town(lang, "supporting-0003")]


def test_rows_of_a_list_show_the_badge(pages: Pages) -> None:
    """A category's page marks the line and no other."""
    listed = {
        path: re.findall(r'href="([a-z]+-\d+\.html)">(?:(?!</a>).)*qd-badge--confirmed', page, re.DOTALL)
        for path, page in pages.items()
        if path.startswith((f"zh/{TOWN.code}/", f"zh/{SUBDISTRICT.code}/"))
    }
    found = sorted(link for path, links in listed.items() for link in links if "/supporting-0" not in path)
    assert found == ["supporting-0001.html", "supporting-0002.html"]


def test_who_signed_is_not_published(pages: Pages) -> None:
    """The person's name stays in the register: no page and no data file has it."""
    of = both()
    files = build_data(of.county, of.lists, of.tongues, of.site)
    assert not [path for path, page in pages.items() if NAME in page]
    assert not [path for path, body in files.items() if not path.endswith("xlsx") and NAME in body.decode()]


def test_item_pages_with_a_confirmation_keep_their_budget(pages: Pages) -> None:
    """The notice and the badges fit into the 8 KB of an item page."""
    frame = sum(len(piece.encode()) for piece in mini_county.plain_shells()["zh"].pieces)
    for lang in BADGES:
        page = pages[town(lang, "supporting-0001")]
        assert len(page.encode()) - frame + 3 * 1024 - own_text(page) <= ITEM_BUDGET


def test_open_data_has_the_basis() -> None:
    """Three columns, filled where something was confirmed, in the files of such a county only."""
    of = both()
    files = build_data(of.county, of.lists, of.tongues, of.site)
    rows = list(csv.DictReader(io.StringIO(files[f"{COUNTY.code}.csv"].decode("utf-8-sig"), newline="")))
    filled = {row["source_cell"]: row for row in rows if row["confirmed"]}
    assert len([row for row in rows if row["confirmed_date"]]) == len(filled) == 2
    assert filled["C5"]["confirmed"] == "一票否决 / one-vote veto\n责任状 / letter of responsibility"
    assert filled["C5"]["confirmed_reason"] == f"{REASON}\n{PLEDGED}"
    assert filled["C6"]["confirmed_date"] == "2023-06-18"
    assert json.loads(files[f"{TOWN.code}.json"])["lines"][0]["confirmed"] == ""


def test_counties_without_stay_as_they_are() -> None:
    """Confirmations of other rules change no byte of pages and data."""
    plain, other = mini_county.mini(), confirmed(word("C5", rule="TOWNSHIP-NAME"))
    assert rendered(plain) == rendered(other)
    files = [build_data(of.county, of.lists, of.tongues, of.site) for of in (plain, other)]
    assert files[0] == files[1]
    assert "confirmed" not in files[0][f"{COUNTY.code}.csv"].decode().partition("\r\n")[0]


def test_the_register_keeps_who_signed(tmp_path: Path) -> None:
    """Reason, name and date are recorded and come back as they were."""
    of = both()
    register = CountyRegister(county=COUNTY.code, filings=of.lists.filings, items=())
    write(tmp_path, register)
    kept = load(tmp_path, COUNTY.code)
    assert [one.filing.confirmations for one in kept.filings] == [
        one.filing.confirmations for one in of.lists.filings
    ]
