"""The independent count: whatever one reader loses, the count misses nothing and says where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
import xlwt
from openpyxl.comments import Comment

from generator.intake import census_gaps, child, read, read_document, read_documents
from generator.intake.reading import Reading, from_json, to_json
from generator.model.documents import Document
from tests.intake_files import rules

_ROWS: list[list[str | int]] = [
    ["序号", "事项名称", "部门"],
    [1, "做好“服务”\n第二行", "县民政局"],
    [2, "查处 <违建> & 㙍", "县住建局"],
]


def _xlsx(path: Path) -> None:
    book = openpyxl.Workbook()
    for line in _ROWS:
        book.worksheets[0].append(line)
    book.worksheets[0]["B2"].comment = Comment("请核实", "张三")
    book.save(path)


def _xls(path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet")
    for at, line in enumerate(_ROWS):
        for column, value in enumerate(line):
            sheet.write(at, column, value)
    book.save(str(path))


def _docx(path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("附件1")
    grid = document.add_table(rows=3, cols=3)
    for at, line in enumerate(_ROWS):
        for column, value in enumerate(line):
            grid.cell(at, column).text = str(value)
    document.save(str(path))


def _csv(path: Path) -> None:
    lines = [",".join(f'"{value}"' for value in line) for line in _ROWS]
    path.write_bytes("\r\n".join(lines).encode("gb18030"))


_MAKERS: dict[str, Callable[[Path], None]] = {"xlsx": _xlsx, "xls": _xls, "docx": _docx, "csv": _csv}


@pytest.fixture(params=sorted(_MAKERS))
def filed(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The same small list in each format."""
    path = tmp_path / f"清单.{request.param}"
    _MAKERS[request.param](path)
    return path


def test_count_and_reader_agree(filed: Path) -> None:
    """Every cell is counted with exactly its characters."""
    document = read_document(filed)
    assert rules(document) == []
    assert census_gaps(document) == ()
    name = document.sheets[0].name or ""
    cells = {key: size for key, size in document.census.items() if "!" in key}
    letters = "ABC"
    assert cells == {
        f"{name}!{letters[column]}{at}": len(str(value))
        for at, line in enumerate(_ROWS, start=1)
        for column, value in enumerate(line)
    }


def _in_process(monkeypatch: pytest.MonkeyPatch, spoil: Callable[[Reading], Reading]) -> None:
    """Let the parse run here, with a reader that spoils what it read, before the independent count."""
    honest = child._read

    def spoiled(order: Any, content: bytes, faults: Any) -> Reading:
        return spoil(honest(order, content, faults))

    def run(order: dict[str, Any], content: bytes) -> Reading:
        return from_json(to_json(child.parse(order, content)), order["file"])

    monkeypatch.setattr(child, "_read", spoiled)
    monkeypatch.setattr(read, "run_child", run)


@pytest.mark.parametrize("dropped", range(9))
def test_dropping_any_one_cell_is_found(filed: Path, monkeypatch: pytest.MonkeyPatch, dropped: int) -> None:
    """A reader that loses one cell, whichever, is caught at that cell's address."""

    def drop(reading: Reading) -> Reading:
        sheet = reading.sheets[0]
        return replace(
            reading, sheets=(replace(sheet, cells=sheet.cells[:dropped] + sheet.cells[dropped + 1 :]),)
        )

    _in_process(monkeypatch, drop)
    document = read_document(filed)
    address = "ABC"[dropped % 3] + str(dropped // 3 + 1)
    assert [(fault.rule, fault.where.cell) for fault in document.faults] == [("CENSUS-MISMATCH", address)]


def test_losing_one_character_or_moving_a_cell_is_found(filed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that cuts a text or puts it elsewhere is caught as well."""

    def spoil(reading: Reading) -> Reading:
        sheet = reading.sheets[0]
        cells = list(sheet.cells)
        cells[1] = replace(cells[1], text=cells[1].text[1:])
        cells[8] = replace(cells[8], row=7)
        return replace(reading, sheets=(replace(sheet, cells=tuple(cells)),))

    _in_process(monkeypatch, spoil)
    found = {fault.where.cell for fault in read_document(filed).faults if fault.rule == "CENSUS-MISMATCH"}
    assert found == {"B1", "C3", "C7"}


@pytest.mark.parametrize(("kind", "said"), [("xlsx", "comment:"), ("docx", "paragraph:")])
def test_losing_text_outside_cells_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, said: str
) -> None:
    """A comment or paragraph that the reader loses is told by its kind."""
    path = tmp_path / f"清单.{kind}"
    _MAKERS[kind](path)
    _in_process(monkeypatch, lambda reading: replace(reading, outside=()))
    document = read_document(path)
    assert [(fault.rule, fault.found) for fault in document.faults] == [("CENSUS-MISMATCH", said)]
    assert census_gaps(document) == (said,)


def test_several_documents_in_order(tmp_path: Path) -> None:
    """Several documents are read side by side and answered in their order."""
    paths = []
    for kind, make in _MAKERS.items():
        paths.append(tmp_path / f"{kind}.{kind}")
        make(paths[-1])
    documents: tuple[Document, ...] = read_documents(paths, jobs=2)
    assert [document.format for document in documents] == list(_MAKERS)
    assert documents == tuple(read_document(path) for path in paths)
