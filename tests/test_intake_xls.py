"""What intake reads out of a legacy xls workbook."""

from __future__ import annotations

import datetime
from pathlib import Path

import xlwt
from python_calamine import CalamineWorkbook

from generator.intake import read_document
from tests.intake_files import by_address, rules


def _workbook(path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("清单")
    sheet.write_merge(0, 0, 0, 3, "宾西镇清单（示例）")
    for line in range(1, 30):
        sheet.write(line, 0, line)
        sheet.write(line, 1, f"做好第{line}项工作\n第二行")
        sheet.write(line, 2, "县民政局")
    sheet.write(30, 0, 1.5)
    sheet.write(30, 1, True)
    sheet.write(30, 2, datetime.date(2022, 6, 20), xlwt.easyxf(num_format_str="yyyy-mm-dd"))
    sheet.write(30, 3, xlwt.Formula("A2+1"))
    sheet.write(31, 0, "删", xlwt.easyxf("font: struck_out on"))
    sheet.write_rich_text(31, 1, ["留", ("删", xlwt.easyfont("struck_out on"))])
    sheet.write(31, 2, 0.5, xlwt.easyxf(num_format_str="0%"))
    sheet.write(31, 3, 7, xlwt.easyxf(num_format_str="000"))
    sheet.row(4).hidden = True
    sheet.col(2).hidden = True
    sheet.header_str = b"&CDraft for comment"
    hidden = book.add_sheet("隐")
    hidden.visibility = 1
    hidden.write(0, 0, "一")
    book.save(str(path))


def test_everything_xls_can_say(tmp_path: Path) -> None:
    """Merges, hidden rows, columns and sheets, dates, formulas, strikes and formats are found."""
    path = tmp_path / "清单.et"
    _workbook(path)
    document = read_document(path)
    assert document.format == "xls"
    assert [(fault.rule, fault.where.cell) for fault in document.faults] == [("CELL-TYPE", "C32")]
    sheet, hidden = document.sheets
    assert (sheet.hidden_rows, sheet.hidden_columns) == (frozenset({5}), frozenset({3}))
    assert (sheet.hidden, hidden.hidden) == (False, True)
    assert [str(merge) for merge in sheet.merges] == ["A1:D1"]
    cells = by_address(document)
    assert cells["A1"].address == "A1:D1"
    assert (cells["A2"].text, cells["A2"].type, cells["A2"].raw) == ("1", "number", "")
    assert (cells["A31"].text, cells["A31"].raw) == ("1.5", "1.5")
    assert (cells["B31"].text, cells["B31"].type) == ("TRUE", "boolean")
    assert (cells["C31"].text, cells["C31"].type, cells["C31"].raw) == ("2022-06-20", "date", "44732")
    assert cells["D31"].type == "formula"
    assert (cells["A32"].struck, cells["B32"].struck, cells["B2"].struck) == (True, True, False)
    assert (cells["D32"].text, cells["D32"].raw) == ("007", "7")
    assert [(text.kind, text.text) for text in document.outside if text.kind == "header"] == [
        ("header", "Draft for comment")
    ]


def test_agrees_with_calamine(tmp_path: Path) -> None:
    """Calamine reads the same texts at the same addresses."""
    path = tmp_path / "清单.xls"
    _workbook(path)
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    ours = {
        (cell.row, cell.column): cell.text
        for cell in read_document(path).sheets[0].cells
        if cell.type == "text"
    }
    theirs = {
        (row, column): value
        for row, values in enumerate(rows, start=1)
        for column, value in enumerate(values, start=1)
        if isinstance(value, str) and value
    }
    assert ours == theirs


def test_damaged_xls(tmp_path: Path) -> None:
    """A workbook stream that cannot be read is a fault of the document."""
    path = tmp_path / "清单.xls"
    _workbook(path)
    content = bytearray(path.read_bytes())
    content[512:2048] = b"\xee" * 1536
    path.write_bytes(bytes(content))
    assert rules(read_document(path)) == ["BOOK-BROKEN"]
