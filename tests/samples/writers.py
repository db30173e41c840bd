"""Write grids as the files that offices send: xlsx, xls, docx, csv, and copies saved again by LibreOffice.

No file carries an author or the time of writing, so that the same lists give the same bytes (LibreOffice's own apart).
"""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import cast
from xml.sax.saxutils import escape

import xlwt
from docx import Document
from docx.oxml import parse_xml
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.worksheet.worksheet import Worksheet

from tests.samples.shapes import Grid

WIDTHS = {
    "number": 6,
    "category": 12,
    "name": 38,
    "basis": 30,
    "departments": 22,
    "takes_over": 22,
    "method": 42,
}
DATE = (2022, 6, 20, 0, 0, 0)
_STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")
_PEOPLE = re.compile(rb"(<(dc:creator|cp:lastModifiedBy)>)[^<]*(</)")


def write_xlsx(grids: Sequence[Grid], path: Path) -> None:
    """Write a workbook with one sheet per grid, through openpyxl."""
    book = Workbook()
    book.remove(cast(Worksheet, book.active))
    thin = Side(style="thin")
    border = Border(left=thin, right=thin, top=thin, bottom=thin)
    body = Alignment(wrap_text=True, vertical="center")
    middle = Alignment(wrap_text=True, vertical="center", horizontal="center")
    bold = Font(name="宋体", size=11, bold=True)
    plain = Font(name="宋体", size=11)
    for grid in grids:
        sheet = book.create_sheet(grid.title)
        for column, key in enumerate(grid.keys, 1):
            sheet.column_dimensions[chr(64 + column)].width = WIDTHS.get(key, 45)
        for (row, column), value in sorted(grid.cells.items()):
            cell = sheet.cell(row=row, column=column, value=value)
            heading = row in grid.header or row < grid.header[0]
            cell.font = bold if heading else plain
            cell.alignment = middle if heading or isinstance(value, int) else body
            cell.border = border
        for top, left, bottom, right in grid.merges:
            sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)
        sheet.freeze_panes = f"A{grid.header[-1] + 1}"
    book.save(path)
    settle_zip(path)


def write_xls(grids: Sequence[Grid], path: Path) -> None:
    """Write a legacy workbook (BIFF8), through xlwt."""
    book = xlwt.Workbook(encoding="utf-8")
    wrap = xlwt.easyxf("align: wrap on, vert centre")
    head = xlwt.easyxf("font: bold on; align: wrap on, vert centre, horiz centre")
    for grid in grids:
        sheet = book.add_sheet(grid.title)
        merged = {(top, left): (bottom, right) for top, left, bottom, right in grid.merges}
        for column, key in enumerate(grid.keys):
            sheet.col(column).width = 256 * WIDTHS.get(key, 45)
        for (row, column), value in sorted(grid.cells.items()):
            style = head if row <= grid.header[-1] else wrap
            if (row, column) in merged:
                bottom, right = merged[row, column]
                sheet.write_merge(row - 1, bottom - 1, column - 1, right - 1, value, style)
            else:
                sheet.write(row - 1, column - 1, value, style)
    book.save(str(path))


def write_csv(grid: Grid, path: Path, encoding: str) -> None:
    """Write one grid as comma-separated records; every record has all columns."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    for row in range(1, grid.last_row + 1):
        writer.writerow([grid.cells.get((row, column), "") for column in range(1, grid.columns + 1)])
    path.write_bytes(buffer.getvalue().encode(encoding))


def write_docx(blocks: Sequence[str | Grid], path: Path, *, breaks: str) -> None:
    """Write paragraphs and tables in their order. `breaks`: lines of a cell as paragraphs or as w:br."""
    document = Document()
    body = document.element.body
    section = body.sectPr
    for block in blocks:
        if isinstance(block, str):
            section.addprevious(document.add_paragraph(block)._p)
        else:
            section.addprevious(parse_xml(_table_xml(block, breaks)))
            section.addprevious(document.add_paragraph("")._p)
    for name in ("author", "last_modified_by", "comments", "title"):
        setattr(document.core_properties, name, "")
    document.save(str(path))
    settle_zip(path)


def _table_xml(grid: Grid, breaks: str) -> str:
    namespace = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    columns = "".join(f'<w:gridCol w:w="{WIDTHS.get(key, 45) * 90}"/>' for key in grid.keys)
    edges = "".join(
        f'<w:{edge} w:val="single" w:sz="4"/>'
        for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    rows = "".join(_row_xml(grid, row, breaks) for row in range(1, grid.last_row + 1))
    return (
        f"<w:tbl {namespace}><w:tblPr><w:tblW w:w='0' w:type='auto'/><w:tblBorders>{edges}</w:tblBorders></w:tblPr>"
        f"<w:tblGrid>{columns}</w:tblGrid>{rows}</w:tbl>"
    )


def _row_xml(grid: Grid, row: int, breaks: str) -> str:
    cells: list[str] = []
    column = 1
    while column <= grid.columns:
        merge = next(
            (m for m in grid.merges if m[0] <= row <= m[2] and m[1] <= column <= m[3]),
            (row, column, row, column),
        )
        top, _, bottom, right = merge
        properties = ""
        if right > column:
            properties += f'<w:gridSpan w:val="{right - column + 1}"/>'
        if bottom > top:
            properties += '<w:vMerge w:val="restart"/>' if row == top else "<w:vMerge/>"
        text = str(grid.cells.get((row, column), ""))
        cells.append(f"<w:tc><w:tcPr>{properties}</w:tcPr>{_paragraphs(text, breaks)}</w:tc>")
        column = right + 1
    header = "<w:trPr><w:tblHeader/></w:trPr>" if row in grid.header else ""
    return f"<w:tr>{header}{''.join(cells)}</w:tr>"


def _paragraphs(text: str, breaks: str) -> str:
    runs = [
        f'<w:r><w:t xml:space="preserve">{escape(line)}</w:t></w:r>' if line else ""
        for line in text.split("\n")
    ]
    if breaks == "br":
        return f"<w:p>{'<w:r><w:br/></w:r>'.join(runs)}</w:p>"
    return "".join(f"<w:p>{run}</w:p>" for run in runs)


def resave(paths: Sequence[Path], suffix: str, office: str = "soffice") -> None:
    """Save workbooks again through LibreOffice as `suffix` (xlsx or xls), beside the old ones, which go.

    Raises subprocess.CalledProcessError where LibreOffice fails.
    """
    target = {"xlsx": "xlsx:Calc MS Excel 2007 XML", "xls": "xls:MS Excel 97"}[suffix]
    with tempfile.TemporaryDirectory() as folder:
        # Names of their own: documents of several counties may be called alike, and LibreOffice writes to one folder.
        numbered = {path: Path(folder) / f"{index}{path.suffix}" for index, path in enumerate(paths)}
        for path, copy in numbered.items():
            shutil.copyfile(path, copy)
        out = Path(folder) / "out"
        command = [
            office,
            f"-env:UserInstallation=file://{folder}/profile",
            "--headless",
            "--convert-to",
            target,
        ]
        files = [str(copy) for copy in numbered.values()]
        subprocess.run([*command, "--outdir", str(out), *files], check=True, capture_output=True)
        for path, copy in numbered.items():
            path.unlink()
            final = path.with_suffix(f".{suffix}")
            shutil.move(out / f"{copy.stem}.{suffix}", final)
            if suffix == "xlsx":
                settle_zip(final)


def settle_zip(path: Path) -> None:
    """Give an office file fixed dates and no author, so that its bytes say nothing of when and where it was made."""
    with zipfile.ZipFile(path) as source:
        parts = [(info.filename, source.read(info)) for info in source.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as out:
        for name, content in parts:
            info = zipfile.ZipInfo(name, DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            out.writestr(info, _settled(content) if name == "docProps/core.xml" else content)


def _settled(properties: bytes) -> bytes:
    return _PEOPLE.sub(rb"\1\3", _STAMP.sub(rb"\g<1>2022-06-20T00:00:00Z\2", properties))
