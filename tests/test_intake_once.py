"""Large parts are gone through once, and answers travel as columns: neither may change what is read or said."""

from __future__ import annotations

import json
import re
from itertools import product
from random import Random

import pytest

from generator.intake import child, xlsx
from generator.intake.census import _count_sheet
from generator.intake.faults import Faults, Refused
from generator.intake.parts import MAX_DEPTH, Package
from generator.intake.reading import Reading, from_json, to_json
from generator.model.documents import Cell, Fault, Range, Sheet, Where
from tests.intake_files import MAIN, relations, workbook_parts, zipped

_NEVER = re.compile(r"(?!)")
_ROW = '<row r="3"><c r="A3" t="inlineStr"><is><t>示例</t></is></c><c r="B3" t="s"><v>0</v></c></row>'
_FAR = '<row r="20001"><c r="A20001" t="inlineStr"><is><t>远</t></is></c></row>'


def _ailing(part: str, ailment: str) -> str:
    """The part with something wrong with it."""
    if ailment == "broken":
        return part.rpartition("</")[0]
    if ailment == "declares":
        return f"<!DOCTYPE x [<!ENTITY e 'e'>]>{part}"
    if ailment == "external":
        return f'<!DOCTYPE x SYSTEM "http://x.invalid/x.dtd">{part}'
    if ailment == "late":
        return f"{part}<!DOCTYPE x []>"
    if ailment == "deep":
        head, mark, tail = part.rpartition("</")
        return f"{head}{'<d>' * MAX_DEPTH}{'</d>' * MAX_DEPTH}{mark}{tail}"
    return part


def _said(content: bytes) -> tuple[tuple[Sheet, ...], list[Fault]]:
    faults = Faults("清单.xlsx")
    try:
        sheets = xlsx.read_xlsx(content, faults).sheets
    except Refused:
        sheets = ()
    return sheets, faults.seen


@pytest.mark.parametrize("rows", [_ROW, _FAR + _ROW, _ROW * 2], ids=["fine", "too far", "row twice"])
def test_an_unsound_part_is_told_as_if_all_had_been_looked_at_before(
    monkeypatch: pytest.MonkeyPatch, rows: str
) -> None:
    """Whatever is wrong with sheets, strings, a part nobody reads or a relation: the same faults, in the same order."""
    ailments = ("", "broken", "declares", "external", "late", "deep")
    unsound = 0
    for in_sheet, in_strings, in_other in product(ailments, ailments, ("", "deep", "relation")):
        parts = workbook_parts(rows, strings="<si><t>共享</t></si>")
        sheet, strings = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
        parts[sheet] = _ailing(str(parts[sheet]), in_sheet)
        parts[strings] = _ailing(str(parts[strings]), in_strings)
        other = f'<worksheet xmlns="{MAIN}"></worksheet>'
        parts["xl/worksheets/sheet9.xml"] = _ailing(other, "deep" if in_other == "deep" else "")
        if in_other == "relation":
            parts["xl/worksheets/_rels/sheet1.xml.rels"] = relations(("rId1", "image", "../../../../etc/x"))
        content = zipped(parts)
        said = _said(content)
        with monkeypatch.context() as patch:
            patch.setattr(xlsx, "_LARGE", _NEVER)
            before = _said(content)
        assert said == before, (in_sheet, in_strings, in_other)
        unsound += any(fault.rule.startswith(("XML-", "REL-")) for fault in said[1])
    assert unsound == 6 * 6 * 3 - 1


@pytest.mark.parametrize("ailment", ["declares", "external"])
def test_no_element_is_built_of_a_part_with_a_document_type(ailment: str) -> None:
    """A document type is refused before the parser that builds elements is fed, in a part of any name."""
    part = _ailing("<x>&e;</x>", ailment)
    faults = Faults("清单.xlsx")
    package = Package(zipped({"a.bin": part, "b.bin": "<x/>"}), faults, broken="BOOK-BROKEN")

    with pytest.raises(Refused):
        next(package.events("a.bin"))

    assert [fault.rule for fault in faults.seen] == ["XML-DTD"]
    assert [event for event, _ in package.events("b.bin")] == ["start", "end"]


def test_the_count_of_usual_cells_is_the_count_of_all_cells() -> None:
    """A sheet counts the same whether its cells are written as usual or with one more blank in each tag."""
    random = Random(1)
    texts = ["", "1", " 2 ", "示例", "a_x0041_b", "甲&amp;乙", "两\n行", "回\r\n车", "x_y", "0"]
    for _ in range(400):
        rows = []
        for row in range(1, 6):
            cells = []
            for letter in "ABCAA"[: random.randint(0, 5)]:
                address = random.choice([f' r="{letter}{row}"', f' r="{letter}{row}"', ""])
                style = random.choice(["", ' s="3"'])
                kind = random.choice(["", "s", "n", "b", "e", "str", "inlineStr"])
                text = str(random.randint(0, 3)) if kind == "s" else random.choice(texts)
                value = random.choice(
                    [f"<v>{text}</v>", f"<is><t>{text}</t></is>", f"<f>1+1</f><v>{text}</v>", "<v/>"]
                    if kind != "s"
                    else [f"<v>{text}</v>", "<v></v>"]
                )
                mark = f' t="{kind}"' if kind else ""
                cells.append(f"<c{address}{style}{mark}>{value}</c>")
            rows.append(f'<row r="{row}">{"".join(cells)}</row>')
        body = "".join(rows)
        usual: dict[str, int] = {}
        blanks: dict[str, int] = {}
        _count_sheet(body, "清单", [2, 0, 5, 7], usual)
        _count_sheet(body.replace("<c", "<c "), "清单", [2, 0, 5, 7], blanks)
        assert usual == blanks, body


def test_an_answer_travels_whole() -> None:
    """Every property of a cell, half a surrogate pair and texts that repeat arrive as they were sent."""
    cells = (
        Cell(row=1, column=1, text="清单", merged=Range(top=1, left=1, bottom=1, right=3)),
        Cell(row=2, column=1, text="1", type="number"),
        Cell(row=2, column=2, text="重复"),
        Cell(row=2, column=3, text="\ud800\n“引号”"),
        Cell(row=3, column=1, text="2", type="formula", raw="=1+1", struck=True),
        Cell(row=3, column=2, text="重复", hidden_value=True),
        Cell(row=3, column=3, text="重复", hidden_text=True),
        Cell(row=4, column=1, text="", autonumber=True),
    )
    reading = Reading(
        sheets=(Sheet(name="清单", cells=cells), Sheet(name="空", cells=())),
        faults=(Fault(rule="DATE-1904", where=Where(file="清单.xlsx")),),
        census={"清单!A1": 2},
    )

    assert from_json(json.loads(child._encoded(to_json(reading))), "清单.xlsx") == reading


@pytest.mark.parametrize(
    "cells", [[[1], [1], [5], ["甲"], []], [[1, 2], [1], [0], ["甲"], []], [[1]], [[], [], [], [], [[0]]]]
)
def test_an_answer_that_makes_no_sense_is_none(cells: list[object]) -> None:
    """Numbers without a text, columns of unequal length and missing parts are the errors that a parent expects."""
    answer: dict[str, object] = {
        "sheets": [["清单", cells, [], False, [], [], False]],
        "outside": [],
        "encoding": None,
        "faults": [],
        "census": {},
    }

    with pytest.raises((ValueError, LookupError, TypeError)):
        from_json(answer, "清单.xlsx")
