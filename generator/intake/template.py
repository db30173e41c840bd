"""Write the empty workbook that a clerk fills in.

What the columns are and what the hints say is planned by `checks`; here it becomes an .xlsx with drop-downs, hints at
the cells and example comments at the headings. Same plan, same bytes: the archive carries no clock.
"""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from generator.model.documents import cell_address, column_letters
from generator.model.templates import TemplateColumn, TemplatePlan

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_EPOCH = (1980, 1, 1, 0, 0, 0)
_MOMENT = "1980-01-01T00:00:00Z"
EXAMPLE_LABEL = "填写示例："
"""With this the comments begin: `checks` knows by it that they are ours and say nothing."""


def write_template(plan: TemplatePlan, out: Path) -> None:
    """Write the workbook of a plan to `out`, overwriting nothing. Raises FileExistsError where `out` exists."""
    content = template_bytes(plan)
    with out.open("xb") as file:
        file.write(content)


def template_bytes(plan: TemplatePlan) -> bytes:
    """Return the workbook of a plan as the bytes of an .xlsx."""
    import openpyxl  # half a second of import that only this verb needs
    from openpyxl.worksheet.properties import PageSetupProperties

    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = plan.sheet
    header = _fill_top(sheet, plan)
    for position, column in enumerate(plan.columns, start=1):
        _prepare_column(sheet, plan, header, position, column)
    sheet.freeze_panes = cell_address(header + 1, 1)
    sheet.print_title_rows = f"{header}:{header}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    book.properties.creator = "qingdan"
    buffer = io.BytesIO()
    book.save(buffer)
    return _without_clock(buffer.getvalue())


def _fill_top(sheet: Worksheet, plan: TemplatePlan) -> int:
    """Write title, notes and headings; return the row of the headings."""
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    width = len(plan.columns)
    for row, text in enumerate((plan.title, *plan.notes), start=1):
        cell = sheet.cell(row=row, column=1, value=text)
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=width)
        cell.font = Font(name="宋体", size=16 if row == 1 else 11, bold=row == 1)
        cell.alignment = Alignment(
            horizontal="center" if row == 1 else "left", vertical="center", wrap_text=True
        )
        sheet.row_dimensions[row].height = 32 if len(text) > 20 else 20
    header = len(plan.notes) + 2
    line = Side(style="thin", color="FF808080")
    for position, column in enumerate(plan.columns, start=1):
        cell = sheet.cell(row=header, column=position, value=column.heading)
        cell.font = Font(name="宋体", size=11, bold=True)
        cell.fill = PatternFill("solid", fgColor="FFE8EEF4")
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        cell.border = Border(left=line, right=line, top=line, bottom=line)
    return header


def _prepare_column(
    sheet: Worksheet, plan: TemplatePlan, header: int, position: int, column: TemplateColumn
) -> None:
    """Give a column its width, text format, hint, drop-down and example."""
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font
    from openpyxl.worksheet.datavalidation import DataValidation

    letters = column_letters(position)
    sheet.column_dimensions[letters].width = column.width
    comment = Comment(EXAMPLE_LABEL + column.example, "qingdan", height=120, width=320)
    sheet.cell(row=header, column=position).comment = comment
    offered = '"' + ",".join(column.choices) + '"' if column.choices else None
    rule = DataValidation(
        type="list" if offered else None,
        formula1=offered,
        allow_blank=True,
        showErrorMessage=False,
        showInputMessage=True,
        promptTitle=column.heading[:32],
        prompt=column.hint,
    )
    rule.add(f"{letters}{header + 1}:{letters}{header + plan.rows}")
    sheet.add_data_validation(rule)
    for row in range(header + 1, header + plan.rows + 1):
        cell = sheet.cell(row=row, column=position)
        cell.number_format = "@"  # text: Excel must not turn 1.10 into a number
        cell.font = Font(name="宋体", size=11)
        cell.alignment = Alignment(vertical="top", wrap_text=True)


def _without_clock(content: bytes) -> bytes:
    """Return the archive with a fixed time on every part and in the document's properties."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            part = old.read(name)
            if name == "docProps/core.xml":
                part = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", _MOMENT.encode(), part)
            entry = zipfile.ZipInfo(name, date_time=_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, part)
    return out.getvalue()
