"""Write what was found back to the clerk: marked cells in a copy of the workbook, or a report that stands alone.

The copy is the original with pieces of its XML changed, never a workbook saved anew: drawings, charts, drop-downs and
whatever else it holds stay byte for byte. It is read again before it is handed out, and must say what the original says.
"""

from __future__ import annotations

import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

from generator.errors import QingdanError
from generator.intake.annotate_cells import StylesEdit, marked_sheet
from generator.intake.annotate_list import add_list, empty_book, styles_of
from generator.intake.annotate_notes import add_notes
from generator.intake.package_edit import BookEdit, SignedError, same_bytes
from generator.intake.parent import run_child
from generator.intake.xml_edit import EditError, edited
from generator.model.documents import Document
from generator.model.reports import Mark, ReportPlan
from generator.model.text import Text

_ROWS_READ_AGAIN = 1_000
_SIGNED = Text(
    zh="原文件有数字签名，加批注会使签名失效，因此问题另列在本报告中，原文件没有改动。",
    en="The original carries a digital signature, which comments would void; so the findings stand in this report, and the original was left alone.",
)
_UNUSUAL = Text(
    zh="原文件的保存方式少见，加批注可能丢失内容，因此问题另列在本报告中，原文件没有改动。",
    en="The original was saved in an unusual way and could lose something by comments; so the findings stand in this report, and the original was left alone.",
)


class NotMarkedError(QingdanError):
    """No copy with marks was made; `problem` says why, for the report that stands alone."""


def marked_copy(path: Path, document: Document, plan: ReportPlan) -> bytes:
    """Return the workbook with every mark in its cell and the list of findings as its first sheet.

    Raises:
        NotMarkedError: the copy would not be the original with marks and nothing else.
        UsageError: the file is not the one that was read.
    """
    content = same_bytes(path, document)
    # A list of findings can be longer than any that we accept; what proves the copy is read with the beginning of it.
    short = replace(plan, rows=plan.rows[:_ROWS_READ_AGAIN])
    try:
        marked = _marked(content, plan)
        proof = marked if plan.rows == short.rows else _marked(content, short)
    except SignedError:
        raise NotMarkedError(_SIGNED) from None
    except (EditError, UnicodeDecodeError):
        raise NotMarkedError(_UNUSUAL) from None
    again = run_child({"file": document.file, "format": "xlsx", "encoding": None}, proof)
    if again.sheets[1:] != document.sheets:
        raise NotMarkedError(_UNUSUAL)
    return marked


def _marked(content: bytes, plan: ReportPlan) -> bytes:
    book = BookEdit(content)
    styles_part, styles = styles_of(book)
    by_sheet: dict[str, list[Mark]] = {}
    for mark in plan.marks:
        by_sheet.setdefault(mark.sheet, []).append(mark)
    for name, part in book.sheets.items():
        _mark(book, part, by_sheet.pop(name, []), styles, plan.author)
    if by_sheet:
        raise EditError("a sheet is missing")
    add_list(book, plan, styles)
    book.write(styles_part, styles.content())
    return book.content()


def _mark(book: BookEdit, part: str, marks: list[Mark], styles: StylesEdit, author: str) -> None:
    sheet = book.read(part)
    wanted = {(mark.row, mark.column): mark.severity for mark in marks}
    edits, look = marked_sheet(sheet, wanted, styles)
    edits += add_notes(book, part, look, marks, author)
    if edits:
        book.write(part, edited(sheet, edits))


def report_alone(plan: ReportPlan) -> bytes:
    """Return a workbook that holds the list of findings and nothing else."""
    parts = BytesIO()
    with zipfile.ZipFile(parts, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in empty_book().items():
            archive.writestr(
                zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0)), body, zipfile.ZIP_DEFLATED
            )
    book = BookEdit(parts.getvalue())
    styles_part, styles = styles_of(book)
    add_list(book, plan, styles)
    book.write(styles_part, styles.content())
    return book.content()
