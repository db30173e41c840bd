"""Operators on the file itself: its package, its bytes, and what stands beside the cells."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from io import BytesIO
from random import Random

from tests.intake_files import cell, relations, table, zipped
from tests.intake_files import row as word_row
from tests.mutations.paper import Form, Page, Paper
from tests.mutations.planted import Act, Operator, Planted, free_item

_SHAPE = (
    '<xdr:wsDr xmlns:xdr="x" xmlns:a="a"><xdr:twoCellAnchor><xdr:from><xdr:col>1</xdr:col><xdr:row>2</xdr:row></xdr:from>'
    "<xdr:sp><xdr:txBody><a:p><a:r><a:t>此处另有说明</a:t></a:r></a:p></xdr:txBody></xdr:sp></xdr:twoCellAnchor></xdr:wsDr>"
)
_PICTURE = '<xdr:wsDr xmlns:xdr="x"><xdr:twoCellAnchor><xdr:pic/></xdr:twoCellAnchor></xdr:wsDr>'
_COMMENT = '<comments><commentList><comment ref="B3"><text><t>这一条再核实</t></text></comment></commentList></comments>'


def _part(rule: str, kind: str, folder: str, content: str, where: str | None) -> Act:
    """Give a sheet a part of its own: comments, a drawing."""

    def act(paper: Paper, page: Page, random: Random) -> Planted | None:
        page.parts.append((kind, f"{folder}{kind}{len(page.parts)}-{paper.pages.index(page)}.xml", content))
        return Planted(rule=rule, page=page, cell=where)

    return act


def _link(paper: Paper, page: Page, random: Random) -> Planted | None:
    row = free_item(page, random)
    if row is None:
        return None
    at = page.rows.index(row) + 1
    page.after += f'<hyperlinks><hyperlink ref="B{at}" r:id="rIdL{len(page.links)}"/></hyperlinks>'
    page.links.append("https://www.example.gov.cn/")
    return Planted(rule="LINK-IGNORED", page=page, cell=f"B{at}")


def _margin(paper: Paper, page: Page, random: Random) -> Planted | None:
    page.after += "<headerFooter><oddFooter>&amp;C内部稿第二版</oddFooter></headerFooter>"
    return Planted(rule="TEXT-MARGIN", page=page)


def _merged(rule: str, first: str, ranges: str) -> Act:
    """Write these merges into the sheet."""

    def act(paper: Paper, page: Page, random: Random) -> Planted | None:
        page.after += f"<mergeCells>{ranges}</mergeCells>"
        return Planted(rule=rule, page=page, cell=first)

    return act


def _sheet_text(rule: str, where: str | None, change: Callable[[str], str]) -> Act:
    """Change the first sheet's XML as written."""

    def act(paper: Paper, page: Page, random: Random) -> Planted | None:
        part = "xl/worksheets/sheet1.xml"
        paper.spoil.append(lambda content: _rewritten(content, part, change))
        return Planted(rule=rule, page=paper.pages[0], cell=where)

    return act


def _rewritten(content: bytes, part: str, change: Callable[[str], str]) -> bytes:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    body = parts[part]
    assert isinstance(body, bytes)
    parts[part] = change(body.decode())
    return zipped(parts)


def _doctype(paper: Paper, page: Page, random: Random) -> Planted | None:
    part = "xl/worksheets/sheet1.xml" if paper.form == "xlsx" else "word/document.xml"
    paper.spoil.append(lambda content: _rewritten(content, part, lambda text: f"<!DOCTYPE x>{text}"))
    return Planted(rule="XML-DTD")


def _extra(rule: str, part: str, content: str | bytes) -> Act:
    """Add a part to the package."""

    def act(paper: Paper, page: Page, random: Random) -> Planted | None:
        paper.around[part] = content
        return Planted(rule=rule)

    return act


def _bytes(rule: str, change: Callable[[bytes], bytes], where: str | None = None) -> Act:
    """Change the bytes as written."""

    def act(paper: Paper, page: Page, random: Random) -> Planted | None:
        paper.spoil.append(change)
        return Planted(rule=rule, page=page if where else None, cell=where)

    return act


def _flipped(content: bytes) -> bytes:
    name = b"xl/worksheets/sheet1.xml"
    at = content.index(name) + len(name) + 40
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def _doubled(content: bytes) -> bytes:
    target = BytesIO(content)
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr("xl/Workbook.xml", "<a/>")
    return target.getvalue()


def _word(rule: str, inner: str) -> Act:
    """Put other XML into the cell of a name: {} is the name."""

    def act(paper: Paper, page: Page, random: Random) -> Planted | None:
        row = free_item(page, random)
        if row is None:
            return None
        row.word[2] = inner.format(row.cells[1])
        return Planted(rule=rule, page=page, row=row, column=2)

    return act


def _tracked(paper: Paper, page: Page, random: Random) -> Planted | None:
    row = free_item(page, random)
    if row is None:
        return None
    row.word[2] = f"<w:p><w:ins><w:r><w:t>{row.cells[1]}</w:t></w:r></w:ins></w:p>"
    return Planted(rule="DOC-TRACKED-CHANGES")


def _csv(rule: str, addition: bytes) -> Act:
    """Add a last line to a CSV."""

    def act(paper: Paper, page: Page, random: Random) -> Planted | None:
        paper.spoil.append(lambda content: content + addition + b"\r\n")
        column = "B" if rule == "CSV-NUL" else "A"
        return Planted(rule=rule, page=page, cell=f"{column}{len(page.rows) + 1}")

    return act


_NESTED = table(word_row(cell("<w:p><w:r><w:t>里面的字</w:t></w:r></w:p>")), columns=1)
_BOOK: tuple[Form, ...] = ("xlsx",)
_WORD: tuple[Form, ...] = ("docx",)
_CSV: tuple[Form, ...] = ("csv",)

PACKAGE_OPERATORS: tuple[Operator, ...] = (
    Operator(name="comment", act=_part("TEXT-OUTSIDE-CELLS", "comments", "", _COMMENT, "B3"), forms=_BOOK),
    Operator(
        name="text box", act=_part("TEXT-OUTSIDE-CELLS", "drawing", "drawings/", _SHAPE, "B3"), forms=_BOOK
    ),
    Operator(name="picture", act=_part("IMAGE-IGNORED", "drawing", "drawings/", _PICTURE, None), forms=_BOOK),
    Operator(name="link", act=_link, forms=_BOOK, alone=True),
    Operator(name="page footer", act=_margin, forms=_BOOK, tag="footer"),
    Operator(
        name="giant merge",
        act=_merged("MERGE-AREA", "A1:XFD1048576", '<mergeCell ref="A1:XFD1048576"/>'),
        forms=_BOOK,
        alone=True,
    ),
    Operator(
        name="overlapping merges",
        act=_merged("MERGE-OVERLAP", "H41:I42", '<mergeCell ref="H40:H41"/><mergeCell ref="H41:I42"/>'),
        forms=_BOOK,
    ),
    Operator(
        name="row number twice",
        act=_sheet_text("ROW-REF", "A2", lambda text: text.replace('<row r="3"', '<row r="2"', 1)),
        forms=_BOOK,
        alone=True,
    ),
    Operator(
        name="row number of nowhere",
        act=_sheet_text("ROW-REF", None, lambda text: text.replace('<row r="3"', '<row r="0"', 1)),
        forms=_BOOK,
        alone=True,
    ),
    Operator(
        name="cell of another row",
        act=_sheet_text("CELL-REF", "A9", lambda text: text.replace('r="A2"', 'r="A9"', 1)),
        forms=_BOOK,
        alone=True,
    ),
    Operator(
        name="far cell",
        act=_sheet_text(
            "SHEET-EXTENT",
            "XFD1048576",
            lambda text: text.replace(
                "</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
            ),
        ),
        forms=_BOOK,
        alone=True,
    ),
    Operator(name="DOCTYPE", act=_doctype, forms=("xlsx", "docx"), alone=True),
    Operator(name="macro", act=_extra("FILE-MACRO", "xl/vbaProject.bin", b"x"), forms=_BOOK, alone=True),
    Operator(
        name="odd name inside", act=_extra("ZIP-NAME", "../../x", b"x"), forms=("xlsx", "docx"), alone=True
    ),
    Operator(name="bomb", act=_extra("FILE-BUDGET", "xl/a.bin", b"\0" * (4 << 20)), forms=_BOOK, alone=True),
    Operator(
        name="outside relation",
        act=_extra(
            "REL-EXTERNAL", "xl/_rels/x.rels", relations(("r", "image", "file:///c:/x"), external=True)
        ),
        forms=_BOOK,
        alone=True,
    ),
    Operator(name="nested XML", act=_extra("XML-DEPTH", "xl/x.xml", "<a>" * 500), forms=_BOOK, alone=True),
    Operator(name="bit flipped", act=_bytes("ZIP-CRC", _flipped), forms=_BOOK, alone=True),
    Operator(name="entry twice", act=_bytes("ZIP-DUPNAME", _doubled), forms=_BOOK, alone=True),
    Operator(
        name="cut off",
        act=_bytes("FILE-TRUNCATED", lambda content: content[:-30]),
        forms=("xlsx", "docx"),
        alone=True,
    ),
    Operator(name="emptied", act=_bytes("FILE-EMPTY", lambda content: b""), alone=True),
    Operator(
        name="saved as a web page",
        act=_bytes("FILE-TYPE-HTML", lambda content: b"<html><table></table>"),
        alone=True,
    ),
    Operator(
        name="hidden words",
        act=_word("DOC-HIDDEN-TEXT", "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>{}</w:t></w:r></w:p>"),
        forms=_WORD,
    ),
    Operator(
        name="struck words",
        act=_word("CELL-STRIKE", "<w:p><w:r><w:rPr><w:strike/></w:rPr><w:t>{}</w:t></w:r></w:p>"),
        forms=_WORD,
    ),
    Operator(
        name="table inside",
        act=_word("DOC-NESTED-TABLE", _NESTED.replace("{", "{{") + "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"),
        forms=_WORD,
    ),
    Operator(
        name="automatic number",
        act=_word(
            "TEXT-AUTONUMBER",
            '<w:p><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>{}</w:t></w:r></w:p>',
        ),
        forms=_WORD,
    ),
    Operator(name="tracked change", act=_tracked, forms=_WORD),
    Operator(name="NUL", act=_csv("CSV-NUL", b"x,\0"), forms=_CSV, alone=True),
    Operator(name="open quote", act=_csv("CSV-QUOTE", b'"x'), forms=_CSV, alone=True),
    Operator(name="line too wide", act=_csv("CSV-RAGGED", b"1,2,3,4,5,6,7"), forms=_CSV, alone=True),
    Operator(name="another encoding", act=_csv("CSV-ENCODING", b"\xff\xfe\xff"), forms=_CSV, alone=True),
    Operator(
        name="semicolons",
        act=_bytes("CSV-DELIM", lambda content: content.replace(b",", b";"), "A1"),
        forms=_CSV,
        alone=True,
    ),
)
