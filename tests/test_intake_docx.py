"""What intake reads out of a Word document."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest

from generator.intake import read_document
from generator.model.documents import Range
from tests.intake_files import (
    WORD,
    by_address,
    cell,
    document_parts,
    paragraph,
    read,
    row,
    rules,
    table,
    texts,
)


def _read(tmp_path: Path, body: str, **others: str):  # type: ignore[no-untyped-def]
    return read(tmp_path, document_parts(body, **others), "清单.docx")


def test_tables_are_sheets_and_paragraphs_stand_before_theirs(tmp_path: Path) -> None:
    """Each table is a sheet of its own; a paragraph carries the name of the table that follows it."""
    small = table(row(cell(paragraph("序号")), cell(paragraph("事项"))))
    document = _read(tmp_path, paragraph("附件1") + small + paragraph("宾西镇") + small + paragraph("备注"))
    assert rules(document) == []
    assert [sheet.name for sheet in document.sheets] == ["表格1", "表格2"]
    assert [(text.text, text.where.sheet) for text in document.outside] == [
        ("附件1", "表格1"),
        ("宾西镇", "表格2"),
        ("备注", None),
    ]
    assert texts(document) == {"A1": "序号", "B1": "事项"}


def test_grid(tmp_path: Path) -> None:
    """gridBefore, gridSpan and vMerge put every cell in its true column; a merged cell stands once."""
    body = table(
        row(cell(paragraph("一、党的建设"), '<w:gridSpan w:val="3"/>')),
        row(
            cell(paragraph("合"), '<w:vMerge w:val="restart"/>'),
            cell(paragraph("甲")),
            cell(paragraph("乙")),
        ),
        row(cell("<w:p/>", "<w:vMerge/>"), cell(paragraph("丙"), '<w:gridSpan w:val="2"/>')),
        row(
            cell(paragraph("末")),
            properties='<w:trPr><w:gridBefore w:val="1"/><w:gridAfter w:val="1"/></w:trPr>',
        ),
        columns=3,
    )
    document = _read(tmp_path, body)
    assert rules(document) == []
    assert texts(document) == {
        "A1": "一、党的建设",
        "A2": "合",
        "B2": "甲",
        "C2": "乙",
        "B3": "丙",
        "B4": "末",
    }
    assert [str(merge) for merge in document.sheets[0].merges] == ["A1:C1", "A2:A3", "B3:C3"]
    assert by_address(document)["A2"].merged == Range(top=2, left=1, bottom=3, right=1)


def test_text_under_a_vertical_merge_is_read_and_marked(tmp_path: Path) -> None:
    """Word does not show the text of a continuing cell; it must not vanish."""
    body = table(
        row(cell(paragraph("上"), '<w:vMerge w:val="restart"/>'), cell(paragraph("1"))),
        row(cell(paragraph("下"), "<w:vMerge/>"), cell(paragraph("2"))),
    )
    found = by_address(_read(tmp_path, body))["A2"]
    assert (found.text, found.hidden_value) == ("下", True)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(table(row(cell(paragraph("1")))), id="too-few-columns"),
        pytest.param(table(row(*[cell(paragraph("1"))] * 3)), id="too-many-columns"),
        pytest.param(
            table(row(cell(paragraph("1"), "<w:vMerge/>"), cell(paragraph("2")))), id="merge-from-nothing"
        ),
    ],
)
def test_grid_that_does_not_add_up(tmp_path: Path, body: str) -> None:
    """A row that does not fit the table's grid has no certain columns."""
    assert rules(_read(tmp_path, body)) == ["DOC-GRID"]


def test_lines_signs_and_wrappers(tmp_path: Path) -> None:
    """Paragraphs and breaks become lines; content controls, smart tags, links and fields are read through."""
    inner = (
        "<w:p><w:r><w:t>甲</w:t><w:br/><w:t>乙</w:t><w:tab/></w:r>"
        "<w:sdt><w:sdtPr><w:alias w:val='x'/></w:sdtPr><w:sdtContent><w:r><w:t>控件</w:t></w:r></w:sdtContent></w:sdt>"
        "<w:smartTag><w:r><w:t>标记</w:t></w:r></w:smartTag><w:hyperlink><w:r><w:t>链接</w:t></w:r></w:hyperlink>"
        "<w:r><w:instrText>PAGE</w:instrText></w:r><w:fldSimple><w:r><w:t>5</w:t></w:r></w:fldSimple></w:p>"
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>块</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    )
    body = (
        "<w:sdt><w:sdtContent>"
        + table(f"<w:sdt><w:sdtContent>{row(cell(inner))}</w:sdtContent></w:sdt>", columns=1)
        + "</w:sdtContent></w:sdt>"
    )
    document = _read(tmp_path, body)
    assert rules(document) == []
    assert texts(document) == {"A1": "甲\n乙\t控件标记链接5\n块"}


def test_tracked_changes(tmp_path: Path) -> None:
    """Tracked changes are counted; inserted text is read, deleted text is not."""
    inner = (
        "<w:p><w:r><w:t>留</w:t></w:r><w:ins><w:r><w:t>增</w:t></w:r></w:ins>"
        "<w:del><w:r><w:delText>删</w:delText></w:r></w:del></w:p>"
    )
    document = _read(tmp_path, table(row(cell(inner)), columns=1))
    assert [(fault.rule, fault.slots) for fault in document.faults] == [
        ("DOC-TRACKED-CHANGES", {"count": "2"})
    ]
    assert texts(document) == {"A1": "留增"}


def test_nested_table(tmp_path: Path) -> None:
    """A table within a cell is a fault at that cell, and its text is kept."""
    nested = table(row(cell(paragraph("里"))), columns=1)
    document = _read(tmp_path, table(row(cell(paragraph("外")), cell(nested + "<w:p/>"))))
    assert [(fault.rule, fault.where.cell, fault.found) for fault in document.faults] == [
        ("DOC-NESTED-TABLE", "B1", "里")
    ]
    assert [(text.text, text.where.cell) for text in document.outside] == [("里", "B1")]


def test_marks_of_text(tmp_path: Path) -> None:
    """Hidden, struck and automatically numbered text is marked, also where a style says so."""
    styles = (
        f'<w:styles xmlns:w="{WORD}"><w:style w:styleId="N"><w:pPr><w:numPr><w:numId w:val="3"/></w:numPr></w:pPr></w:style>'
        '<w:style w:styleId="M"><w:basedOn w:val="N"/></w:style>'
        '<w:style w:styleId="V"><w:rPr><w:vanish/></w:rPr></w:style></w:styles>'
    )
    numbered = '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'
    by_style = '<w:pPr><w:pStyle w:val="M"/></w:pPr>'
    unnumbered = '<w:pPr><w:pStyle w:val="M"/><w:numPr><w:numId w:val="0"/></w:numPr></w:pPr>'
    cells = [
        cell(paragraph("隐", run="<w:rPr><w:vanish/></w:rPr>")),
        cell(paragraph("隐", run='<w:rPr><w:rStyle w:val="V"/></w:rPr>')),
        cell(paragraph("显", run='<w:rPr><w:rStyle w:val="V"/><w:vanish w:val="0"/></w:rPr>')),
        cell(paragraph("删", run="<w:rPr><w:dstrike/></w:rPr>")),
        cell(f"<w:p>{numbered}</w:p>"),
        cell(paragraph("号", by_style)),
        cell(paragraph("无", unnumbered)),
    ]
    document = _read(tmp_path, table(row(*cells), columns=7), styles=styles)
    marks = {a: (c.hidden_text, c.struck, c.autonumber) for a, c in by_address(document).items()}
    assert marks == {
        "A1": (True, False, False),
        "B1": (True, False, False),
        "C1": (False, False, False),
        "D1": (False, True, False),
        "E1": (False, False, True),
        "F1": (False, False, True),
        "G1": (False, False, False),
    }
    assert texts(document)["E1"] == ""
    assert rules(document) == []


def test_text_outside_tables(tmp_path: Path) -> None:
    """Headers, footers, footnotes, comments and text boxes are read; a box drawn twice for old programs counts once."""
    box = (
        '<w:p><w:r><mc:AlternateContent xmlns:mc="m"><mc:Choice><w:drawing><w:txbxContent><w:p><w:r><w:t>框</w:t></w:r></w:p>'
        "</w:txbxContent></w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent><w:p><w:r><w:t>框</w:t></w:r></w:p>"
        "</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>正文</w:t></w:r></w:p>"
    )
    wrap = f'xmlns:w="{WORD}"'
    document = _read(
        tmp_path,
        table(row(cell(box)), columns=1),
        header=f"<w:hdr {wrap}>{paragraph('页眉')}</w:hdr>",
        footer=f"<w:ftr {wrap}>{table(row(cell(paragraph('页脚'))), columns=1)}</w:ftr>",
        footnotes=f"<w:footnotes {wrap}><w:footnote>{paragraph('脚注')}</w:footnote></w:footnotes>",
        comments=f"<w:comments {wrap}><w:comment>{paragraph('批注')}{paragraph('二')}</w:comment></w:comments>",
    )
    assert rules(document) == []
    assert texts(document) == {"A1": "正文"}
    assert [(text.kind, text.text, text.where.cell) for text in document.outside] == [
        ("textbox", "框", "A1"),
        ("header", "页眉", None),
        ("footer", "页脚", None),
        ("footnote", "脚注", None),
        ("comment", "批注\n二", None),
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("<w:p><w:r><w:drawing/></w:r></w:p>", ["DOC-NO-TEXT"], id="only-a-picture"),
        pytest.param(paragraph("没有表格"), ["DOC-NO-TABLE"], id="only-text"),
    ],
)
def test_nothing_to_read(tmp_path: Path, body: str, expected: list[str]) -> None:
    """A scan in a document, or a document without tables, is a fault."""
    assert rules(_read(tmp_path, body)) == expected


def test_agrees_with_python_docx(tmp_path: Path) -> None:
    """On an honest document python-docx reads the same texts."""
    document = docx.Document()
    document.add_paragraph("附件1")
    grid = document.add_table(rows=20, cols=4)
    for at, line in enumerate(grid.rows):
        for column, found in enumerate(line.cells):
            found.text = f"第{at}行 <{column}> & “引号”\n第二行" if (at + column) % 5 else ""
    grid.cell(2, 0).merge(grid.cell(5, 0))
    grid.cell(7, 1).merge(grid.cell(7, 3))
    document.save(str(tmp_path / "a.docx"))
    ours = read_document(tmp_path / "a.docx")
    assert rules(ours) == []
    for found in ours.sheets[0].cells:
        assert grid.cell(found.row - 1, found.column - 1).text == found.text
    filled = {found._tc for line in grid.rows for found in line.cells if found.text.strip()}
    assert len(ours.sheets[0].cells) == len(filled)
