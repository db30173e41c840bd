"""What intake reads out of an xlsx workbook."""

from __future__ import annotations

import datetime
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from generator.intake import read_document
from generator.model.documents import Range
from tests.intake_files import MAIN, by_address, read, relations, rules, texts, workbook_parts

_PLAIN_STYLES = (
    '<numFmts><numFmt numFmtId="170" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/>'
    '<numFmt numFmtId="171" formatCode="000"/></numFmts>'
    '<fonts><font/><font><strike/></font><font><color rgb="FFFFFFFF"/></font></fonts>'
    "<fills><fill/><fill><patternFill patternType='solid'><fgColor rgb='FF0000FF'/></patternFill></fill></fills>"
    '<cellXfs><xf/><xf numFmtId="14"/><xf numFmtId="170"/><xf numFmtId="171"/><xf numFmtId="9"/><xf fontId="1"/>'
    '<xf fontId="2"/><xf fontId="2" fillId="1"/><xf numFmtId="2"/></cellXfs>'
)


@pytest.mark.parametrize(
    ("stored", "text", "kind", "raw"),
    [
        pytest.param("<v>17</v>", "17", "number", "", id="whole"),
        pytest.param("<v>17.0</v>", "17", "number", "17.0", id="whole-with-point"),
        pytest.param("<v>1.1000000000000001</v>", "1.1", "number", "1.1000000000000001", id="fraction"),
        pytest.param("<v>1.5</v>", "1.5", "number", "1.5", id="fraction-exact"),
        pytest.param("<v>230125100000000001</v>", "230125100000000001", "number", "", id="eighteen-digits"),
        pytest.param(' t="b"|<v>1</v>', "TRUE", "boolean", "", id="boolean"),
        pytest.param(' t="e"|<v>#REF!</v>', "#REF!", "error", "", id="error"),
        pytest.param("<f>A2+1</f><v>3</v>", "3", "formula", "=A2+1", id="formula"),
        pytest.param("<f>A2+1</f>", "", "formula", "=A2+1", id="formula-without-value"),
        pytest.param(' t="e"|<f>B9</f><v>#N/A</v>', "#N/A", "error", "=B9", id="formula-with-error"),
        pytest.param(' t="str"|<v>甲_x000D_\n乙</v>', "甲\n乙", "text", "", id="escaped-line-break"),
        pytest.param(' t="str"|<v>_x005F_x000D_</v>', "_x000D_", "text", "", id="escape-decoded-once"),
        pytest.param(' t="str"|<v>a_x0000_b</v>', "a\0b", "text", "", id="escaped-nul"),
        pytest.param(' t="str"|<v>x_xD800_y</v>', "x\ud800y", "text", "", id="lone-surrogate"),
        pytest.param(
            ' t="inlineStr"|<is><r><t>甲</t></r><r><t> 乙</t></r></is>', "甲 乙", "text", "", id="inline-rich"
        ),
        pytest.param(' t="s"|<v>0</v>', "党的建设", "text", "", id="shared-without-phonetic"),
        pytest.param(' s="1"|<v>44732</v>', "2022-06-20", "date", "44732", id="built-in-date"),
        pytest.param(' s="2"|<v>44732.5</v>', "2022-06-20 12:00:00", "date", "44732.5", id="own-date-format"),
        pytest.param(' s="3"|<v>7</v>', "007", "number", "7", id="padded"),
        pytest.param(' s="8"|<v>1</v>', "1.00", "number", "1", id="two-decimals"),
    ],
)
def test_stored_value(tmp_path: Path, stored: str, text: str, kind: str, raw: str) -> None:
    """A cell shows what the sheet shows where that is certain, and keeps the stored value beside it."""
    attributes, _, inner = stored.rpartition("|")
    strings = "<si><r><t>党的</t></r><r><t>建设</t></r><rPh sb='0' eb='2'><t>dang</t></rPh></si>"
    parts = workbook_parts(
        f'<row r="3"><c r="C3"{attributes}>{inner}</c></row>', strings=strings, styles=_PLAIN_STYLES
    )
    document = read(tmp_path, parts)
    assert rules(document) == []
    [cell] = document.sheets[0].cells
    assert (cell.address, cell.text, cell.type, cell.raw) == ("C3", text, kind, raw)


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        pytest.param('<c r="B2"><v>NaN</v></c>', "CELL-NUMBER", id="nan"),
        pytest.param('<c r="B2"><v>1e999</v></c>', "CELL-NUMBER", id="infinite"),
        pytest.param('<c r="B2" t="s"><v>99999</v></c>', "CELL-SST", id="shared-string-out-of-range"),
        pytest.param('<c r="B2" s="4"><v>0.5</v></c>', "CELL-TYPE", id="percent"),
        pytest.param('<c r="B2" s="1"><v>60</v></c>', "DATE-RANGE", id="day-60"),
        pytest.param('<c r="B2" s="1"><v>-1</v></c>', "DATE-RANGE", id="day-before-the-first"),
        pytest.param('<c r="B2" s="1"><v>2958466</v></c>', "DATE-RANGE", id="year-10000"),
        pytest.param(
            '<c r="B2" s="6" t="str"><v>看不见</v></c>', "CELL-INVISIBLE-FORMAT", id="white-on-white"
        ),
        pytest.param(f'<c r="B2" t="str"><v>{"字" * 32768}</v></c>', "CELL-TOO-LONG", id="too-long"),
    ],
)
def test_faulty_cell(tmp_path: Path, cell: str, rule: str) -> None:
    """A cell that cannot be taken as it stands is a fault at its address, and the book is still read."""
    parts = workbook_parts(f'<row r="2"><c r="A2"><v>1</v></c>{cell}</row>', styles=_PLAIN_STYLES)
    document = read(tmp_path, parts)
    assert [(fault.rule, fault.where.sheet, fault.where.cell) for fault in document.faults] == [
        (rule, "清单", "B2")
    ]
    assert "A2" in texts(document)


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        pytest.param('<row r="4294967296"><c><v>1</v></c></row>', "ROW-REF", id="row-beyond-all"),
        pytest.param('<row r="0"><c><v>1</v></c></row>', "ROW-REF", id="row-zero"),
        pytest.param('<row r="-1"><c><v>1</v></c></row>', "ROW-REF", id="row-negative"),
        pytest.param('<row r="3"/><row r="2"/>', "ROW-REF", id="rows-out-of-order"),
        pytest.param('<row r="3"/><row r="3"/>', "ROW-REF", id="row-twice"),
        pytest.param('<row r="1"><c r="ZZZZZZZ1"><v>1</v></c></row>', "CELL-REF", id="column-beyond-all"),
        pytest.param('<row r="5"><c r="A1"><v>1</v></c></row>', "CELL-REF", id="cell-of-another-row"),
        pytest.param(
            '<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>', "CELL-REF", id="cell-twice"
        ),
    ],
)
def test_bad_reference(tmp_path: Path, rows: str, rule: str) -> None:
    """A row or cell whose place cannot be believed is a fault; nothing is moved to where it might belong."""
    assert rule in rules(read(tmp_path, workbook_parts(rows)))


def test_missing_references_follow_on(tmp_path: Path) -> None:
    """Rows and cells without a reference follow the one before, as the format says."""
    rows = '<row><c><v>1</v></c><c><v>2</v></c></row><row r="4"><c r="C4"><v>3</v></c><c><v>4</v></c></row><row><c><v>5</v></c></row>'
    document = read(tmp_path, workbook_parts(rows))
    assert rules(document) == []
    assert texts(document) == {"A1": "1", "B1": "2", "C4": "3", "D4": "4", "A5": "5"}


def test_wrong_dimension_is_ignored(tmp_path: Path) -> None:
    """WPS writes `dimension` wrongly: all rows are read all the same."""
    rows = "".join(f'<row r="{n}"><c r="B{n}"><v>{n}</v></c></row>' for n in range(1, 301))
    document = read(tmp_path, workbook_parts(rows, before='<dimension ref="A1"/>'))
    assert len(document.sheets[0].cells) == 300


def test_merges_and_what_lies_under_them(tmp_path: Path) -> None:
    """A merged cell stands once with its range; text under the range is read and marked."""
    rows = '<row r="3"><c r="A3" t="str"><v>一、党的建设</v></c><c r="B3"/></row><row r="4"><c r="A4"><v>9</v></c></row>'
    after = '<mergeCells><mergeCell ref="A3:E4"/><mergeCell ref="A6:A6"/></mergeCells>'
    document = read(tmp_path, workbook_parts(rows, after=after))
    cells = by_address(document)
    assert cells["A3"].merged == Range(top=3, left=1, bottom=4, right=5)
    assert cells["A3"].address == "A3:E4"
    assert (cells["A4"].hidden_value, cells["A4"].merged) == (True, None)
    assert document.sheets[0].merges == (Range(top=3, left=1, bottom=4, right=5),)


def test_hidden_things(tmp_path: Path) -> None:
    """Hidden rows, rows without height, hidden columns in use, and filters are told."""
    before = '<sheetPr filterMode="1"/><cols><col min="2" max="2" width="0"/><col min="3" max="16384" hidden="1"/></cols>'
    rows = '<row r="1" hidden="1"><c r="C1"><v>1</v></c></row><row r="2" ht="0" customHeight="1"/><row r="3" ht="12.5"/>'
    sheet = read(tmp_path, workbook_parts(rows, before=before)).sheets[0]
    assert (sheet.hidden_rows, sheet.hidden_columns) == (frozenset({1, 2}), frozenset({2, 3}))
    assert sheet.filtered


def test_hidden_sheets(tmp_path: Path) -> None:
    """Hidden and very hidden sheets are read like others and marked."""
    book = openpyxl.Workbook()
    for name, state in (("甲", "visible"), ("乙", "hidden"), ("丙", "veryHidden")):
        sheet = book.create_sheet(name)
        sheet["A1"] = name
        sheet.sheet_state = state
    del book["Sheet"]
    book.save(tmp_path / "a.xlsx")
    document = read_document(tmp_path / "a.xlsx")
    assert [(sheet.name, sheet.hidden, sheet.cells[0].text) for sheet in document.sheets] == [
        ("甲", False, "甲"),
        ("乙", True, "乙"),
        ("丙", True, "丙"),
    ]


def test_strike(tmp_path: Path) -> None:
    """Text struck by its cell's font or in one of its runs is marked: people delete by striking."""
    strings = "<si><r><t>留</t></r><r><rPr><strike/></rPr><t>删</t></r></si><si><r><rPr><strike val='0'/></rPr><t>留</t></r></si>"
    rows = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" s="5"><v>1</v></c></row>'
    document = read(tmp_path, workbook_parts(rows, strings=strings, styles=_PLAIN_STYLES))
    assert {address: cell.struck for address, cell in by_address(document).items()} == {
        "A1": True,
        "B1": False,
        "C1": True,
    }


def test_white_on_colour_can_be_seen(tmp_path: Path) -> None:
    """White letters on a coloured header are not a fault."""
    document = read(
        tmp_path, workbook_parts('<row r="1"><c r="A1" s="7"><v>1</v></c></row>', styles=_PLAIN_STYLES)
    )
    assert rules(document) == []


def test_shared_formula_names_its_cell(tmp_path: Path) -> None:
    """A cell that shares a formula shows it with the cell that it was written in."""
    rows = (
        '<row r="1"><c r="A1"><f t="shared" si="0" ref="A1:A2">B1+1</f><v>2</v></c></row>'
        '<row r="2"><c r="A2"><f t="shared" si="0"/><v>3</v></c></row>'
    )
    cells = by_address(read(tmp_path, workbook_parts(rows)))
    assert (cells["A1"].raw, cells["A2"].raw, cells["A2"].type) == ("=B1+1", "=B1+1 (A1)", "formula")


def test_1904_dates(tmp_path: Path) -> None:
    """The 1904 date system is honoured and told."""
    parts = workbook_parts(
        '<row r="1"><c r="A1" s="1"><v>43270</v></c></row>',
        styles=_PLAIN_STYLES,
        book='<workbookPr date1904="1"/>',
    )
    document = read(tmp_path, parts)
    assert texts(document) == {"A1": "2022-06-20"}
    assert rules(document) == ["DATE-1904"]


def test_text_outside_cells(tmp_path: Path) -> None:
    """Comments, headers, text boxes and chart titles are read; a mere page number is not text."""
    drawing = "http://schemas.openxmlformats.org/drawingml/2006/main"
    parts = workbook_parts(
        '<row r="1"><c r="A1"><v>1</v></c></row>',
        after='<headerFooter><oddHeader>&amp;C&amp;"宋体,常规"&amp;12征求意见稿</oddHeader>'
        "<oddFooter>第 &amp;P 页，共 &amp;N 页</oddFooter></headerFooter>",
    )
    parts["xl/worksheets/_rels/sheet1.xml.rels"] = relations(
        ("rId1", "comments", "../comments1.xml"),
        ("rId2", "drawing", "/xl/drawings/drawing1.xml"),
        ("rId3", "threadedComment", "../threadedComments/t1.xml"),
    )
    parts["xl/comments1.xml"] = (
        f'<comments xmlns="{MAIN}"><commentList><comment ref="B7"><text><r><t>请</t></r><r><t>核实</t></r></text>'
        "</comment></commentList></comments>"
    )
    parts["xl/threadedComments/t1.xml"] = (
        '<ThreadedComments xmlns="x"><threadedComment ref="C1"><text>同意</text></threadedComment></ThreadedComments>'
    )
    parts["xl/drawings/drawing1.xml"] = (
        f'<d:wsDr xmlns:d="x" xmlns:a="{drawing}"><d:twoCellAnchor><d:from><d:col>1</d:col><d:row>2</d:row></d:from>'
        "<d:sp><a:p><a:r><a:t>另有一项</a:t></a:r></a:p></d:sp></d:twoCellAnchor>"
        "<d:twoCellAnchor><d:pic/></d:twoCellAnchor></d:wsDr>"
    )
    parts["xl/drawings/_rels/drawing1.xml.rels"] = relations(("rId1", "chart", "../charts/chart1.xml"))
    parts["xl/charts/chart1.xml"] = f'<c xmlns:a="{drawing}"><a:p><a:r><a:t>图表标题</a:t></a:r></a:p></c>'
    document = read(tmp_path, parts)
    assert [(text.kind, text.text, text.where.cell) for text in document.outside] == [
        ("header", "征求意见稿", None),
        ("comment", "请核实", "B7"),
        ("textbox", "另有一项", "B3"),
        ("drawing", "图表标题", None),
        ("comment", "同意", "C1"),
    ]
    assert rules(document) == ["IMAGE-IGNORED"]


def test_strict_namespaces_and_prefixes(tmp_path: Path) -> None:
    """Other writers use prefixes and the strict namespaces; the content counts."""
    strict = "http://purl.oclc.org/ooxml/spreadsheetml/main"
    parts = workbook_parts("")
    parts["xl/worksheets/sheet1.xml"] = (
        f'<x:worksheet xmlns:x="{strict}"><x:sheetData><x:row r="2"><x:c r="B2" t="inlineStr"><x:is><x:t>甲&lt;乙</x:t></x:is></x:c>'
        "</x:row></x:sheetData></x:worksheet>"
    )
    assert texts(read(tmp_path, parts)) == {"B2": "甲<乙"}


def test_utf16_parts(tmp_path: Path) -> None:
    """A part in UTF-16 with its byte order mark is read."""
    parts = workbook_parts("")
    sheet = f'<?xml version="1.0" encoding="UTF-16"?><worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1" t="str"><v>甲</v></c></row></sheetData></worksheet>'
    parts["xl/worksheets/sheet1.xml"] = sheet.encode("utf-16")
    document = read(tmp_path, parts)
    assert (rules(document), texts(document)) == ([], {"A1": "甲"})


def _honest_workbook(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "基本履职事项"
    sheet["B2"] = "宾西镇基本履职事项清单（示例）"
    sheet.merge_cells("B2:F2")
    for at, name in enumerate(("序号", "事项名称", "承接部门", "备注"), start=2):
        sheet.cell(4, at, name)
    various: list[str | bool | float | None] = ["县民政局", '="县"&"财政局"', True, 1.25, None, " "]
    for line in range(1, 40):
        sheet.cell(4 + line, 2, line)
        sheet.cell(4 + line, 3, f"做好第{line}项 <工作> & “服务”\n第二行 {'𠮷' * (line % 3)}")
        sheet.cell(4 + line, 4, various[line % 6])
        sheet.cell(4 + line, 5, datetime.date(2022, 6, line % 28 + 1))
    sheet["C20"].font = Font(strike=True)
    sheet["C21"].comment = Comment("请核实", "张三")
    book.create_sheet("空表")
    book.save(path)


def _openpyxl_texts(path: Path) -> dict[str, str]:
    sheet = openpyxl.load_workbook(path)["基本履职事项"]
    found = {}
    for line in sheet.iter_rows():
        for cell in line:
            if isinstance(cell.value, str) and not cell.value.startswith("="):
                found[str(cell.coordinate)] = cell.value
            elif isinstance(cell.value, bool):
                found[str(cell.coordinate)] = str(cell.value).upper()
            elif isinstance(cell.value, (int, float)):
                found[str(cell.coordinate)] = repr(cell.value)
            elif isinstance(cell.value, datetime.datetime):
                found[str(cell.coordinate)] = cell.value.date().isoformat()
    return found


def test_agrees_with_other_readers(tmp_path: Path) -> None:
    """On an honest workbook openpyxl and calamine read the same texts at the same addresses."""
    path = tmp_path / "清单.xlsx"
    _honest_workbook(path)
    document = read_document(path)
    assert rules(document) == []
    ours = {address: cell.text for address, cell in by_address(document).items() if cell.type != "formula"}
    assert ours == _openpyxl_texts(path)
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    for cell in document.sheets[0].cells:
        if cell.type == "text":
            assert rows[cell.row - 1][cell.column - 1] == cell.text
    assert document.sheets[1].cells == ()


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_agrees_on_a_file_saved_by_libreoffice(tmp_path: Path) -> None:
    """What LibreOffice saved again (as xlsx and as xls) reads like the original."""
    path = tmp_path / "清单.xlsx"
    _honest_workbook(path)
    original = {a: c.text for a, c in by_address(read_document(path)).items() if c.type == "text"}
    for suffix in ("xlsx", "xls"):
        out = tmp_path / suffix
        profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
        subprocess.run(
            ["soffice", profile, "--headless", "--convert-to", suffix, "--outdir", str(out), str(path)],
            check=True,
            capture_output=True,
            timeout=120,
        )
        document = read_document(out / f"清单.{suffix}")
        assert (document.format, rules(document)) == (suffix, [])
        again = {a: c.text for a, c in by_address(document).items() if c.type == "text"}
        assert again == original


def test_two_sheets_share_one_budget(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The budget of cells is the workbook's, not the sheet's."""
    from generator.intake import child, xlsx

    monkeypatch.setattr(xlsx, "MAX_CELLS", 3)
    book = openpyxl.Workbook()
    for name in ("甲", "乙"):
        book.create_sheet(name).append(["一", "二"])
    book.save(tmp_path / "a.xlsx")
    order = {"file": "a.xlsx", "format": "xlsx", "encoding": None}
    reading = child.parse(order, (tmp_path / "a.xlsx").read_bytes())
    assert [(fault.rule, fault.where.sheet) for fault in reading.faults] == [("SHEET-BUDGET", "乙")]


def test_relations_of_the_main_part_are_followed(tmp_path: Path) -> None:
    """The workbook part may have any name: its relation says where it is."""
    parts = workbook_parts('<row r="1"><c r="A1"><v>1</v></c></row>')
    parts["xl/hauptbuch_workbook.xml"] = parts.pop("xl/workbook.xml")
    parts["xl/_rels/hauptbuch_workbook.xml.rels"] = parts.pop("xl/_rels/workbook.xml.rels")
    parts["_rels/.rels"] = relations(("rId1", "officeDocument", "/xl/hauptbuch_workbook.xml"))
    assert texts(read(tmp_path, parts)) == {"A1": "1"}
