"""The sheet that lists findings: its XML, its formats, and its place as the first tab of a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generator.intake.annotate_cells import EMPTY_STYLES, StylesEdit
from generator.intake.annotate_notes import lines_of
from generator.intake.package_edit import OFFICE, BookEdit
from generator.intake.xml_edit import (
    Edit,
    EditError,
    appended,
    attribute,
    edited,
    escaped,
    ooxml_text,
    with_attribute,
)
from generator.model.documents import cell_address, column_letters
from generator.model.findings import Severity
from generator.model.reports import ReportPlan, ReportRow

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
STYLES_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_BOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
# Excel takes no more links on a sheet.
_MOST_LINKS = 60_000
_LONGEST_TEXT = 32_767
_LINE_POINTS = 15
# What a spreadsheet would run once the text is copied into a CSV, in ASCII and in full width (OWASP, "CSV injection").
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_XML_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def empty_book() -> dict[str, bytes]:
    """Return the parts of a workbook that has no sheet yet."""
    return {
        "[Content_Types].xml": (
            f'{_XML_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_BOOK_TYPE}"/></Types>'
        ).encode(),
        "_rels/.rels": (
            f'{_XML_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ).encode(),
        "xl/workbook.xml": (
            f'{_XML_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{OFFICE}"><bookViews><workbookView/></bookViews>'
            "<sheets></sheets></workbook>"
        ).encode(),
    }


def styles_of(book: BookEdit) -> tuple[str, StylesEdit]:
    """Return the name of a workbook's style sheet, and the style sheet; an empty one is added where there is none."""
    part = book.parts.get("styles")
    if part is None or not book.has(part):
        # The name that every program gives it, and the only one under which some look for it.
        part = "xl/styles.xml"
        if book.has(part):
            raise EditError("a style sheet that nothing leads to")
        book.add(part, EMPTY_STYLES.encode(), STYLES_TYPE)
        book.relate(book.start, "styles", part)
    return part, StylesEdit(book.read(part))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Formats:
    """Numbers of the cell formats of the list."""

    title: int
    note: int
    head: int
    body: int
    link: int
    severity: dict[Severity, int]


def _formats(styles: StylesEdit) -> _Formats:
    def font(inner: str) -> int:
        return styles.add(
            "fonts", f'<{{p}}font>{inner}<{{p}}name val="宋体"/><{{p}}charset val="134"/></{{p}}font>'
        )

    plain = font('<{p}sz val="11"/>')
    bold = font('<{p}b/><{p}sz val="11"/>')
    large = font('<{p}b/><{p}sz val="16"/>')
    blue = font('<{p}u/><{p}sz val="11"/><{p}color rgb="FF0B5394"/>')
    sides = "".join(
        f'<{{p}}{side} style="thin"><{{p}}color rgb="FFA6A6A6"/></{{p}}{side}>'
        for side in ("left", "right", "top", "bottom")
    )
    border = styles.add("borders", f"<{{p}}border>{sides}<{{p}}diagonal/></{{p}}border>")
    grey = styles.add(
        "fills",
        '<{p}fill><{p}patternFill patternType="solid"><{p}fgColor rgb="FFE8ECF1"/><{p}bgColor indexed="64"/>'
        "</{p}patternFill></{p}fill>",
    )

    def cell(font: int, *, fill: int = 0, border: int = 0, alignment: str) -> int:
        # Number format 49 is text: a cell that is edited again stays text.
        return styles.add(
            "cellXfs",
            f'<{{p}}xf numFmtId="49" fontId="{font}" fillId="{fill}" borderId="{border}" applyNumberFormat="1" '
            f'applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"><{{p}}alignment {alignment}/></{{p}}xf>',
        )

    top, centre = 'vertical="top" wrapText="1"', 'horizontal="center" vertical="top" wrapText="1"'
    severities: tuple[Severity, ...] = ("error", "confirm", "warning", "info")
    return _Formats(
        title=cell(large, alignment='vertical="center"'),
        note=cell(plain, alignment='vertical="top" wrapText="1"'),
        head=cell(
            bold, fill=grey, border=border, alignment='horizontal="center" vertical="center" wrapText="1"'
        ),
        body=cell(plain, border=border, alignment=top),
        link=cell(blue, border=border, alignment=top),
        severity={
            severity: cell(bold, fill=styles.fill(severity), border=border, alignment=centre)
            for severity in severities
        },
    )


def add_list(book: BookEdit, plan: ReportPlan, styles: StylesEdit) -> None:
    """Put the list before all other sheets of a workbook and show it first."""
    name = _free_sheet_name(plan.sheet, [*book.sheets])
    part = book.free_name("xl/worksheets/qingdan{}.xml")
    header = len(plan.lines) + 3
    book.add(part, _sheet(plan, _formats(styles), header).encode(), _SHEET_TYPE)
    _make_first(book, name, book.relate(book.start, "worksheet", part), header, len(plan.headings))


def _free_sheet_name(wanted: str, taken: Sequence[str]) -> str:
    folded = {name.casefold() for name in taken}
    number, name = 1, wanted
    while name.casefold() in folded:
        number += 1
        name = f"{wanted}{number}"
    return name


def _make_first(book: BookEdit, name: str, relation: str, header: int, width: int) -> None:
    """List the sheet first: what counts sheets from 0 (names of one sheet, the tab in front) moves on by one."""
    xml, root, p = book.read(book.start), book.book, book.prefix
    listed = root.child("sheets")
    if listed is None:
        raise EditError("no list of sheets")
    used = [int(number) for node in listed.children if (number := node.get("sheetId") or "").isdecimal()]
    entry = f'<{p}sheet xmlns:r="{OFFICE}" name="{escaped(name)}" sheetId="{max(used, default=0) + 1}" r:id="{relation}"/>'
    edits = [appended(listed, entry.encode(), before=next(iter(listed.children), None))]
    reference = "'" + name.replace("'", "''") + "'!"
    titles = (
        f'<{p}definedName name="_xlnm._FilterDatabase" localSheetId="0" hidden="1">{escaped(reference)}$A${header}:'
        f"${column_letters(width)}${header}</{p}definedName>"
        f'<{p}definedName name="_xlnm.Print_Titles" localSheetId="0">{escaped(reference)}${header}:${header}</{p}definedName>'
    )
    names = root.child("definedNames")
    if names is None:
        after = max(node.end for node in root.children if node.tag.name in ("sheets", "externalReferences"))
        edits.append(Edit(after, after, f"<{p}definedNames>{titles}</{p}definedNames>".encode()))
    else:
        edits.append(appended(names, titles.encode(), before=next(iter(names.children), None)))
        for node in names.children:
            local = node.get("localSheetId") or ""
            if local.isdecimal():
                moved = with_attribute(xml, node.tag, "localSheetId", str(int(local) + 1))
                edits.append(Edit(node.tag.start, node.tag.end, moved))
    views = root.child("bookViews")
    for view in views.children if views else []:
        head = xml[view.tag.start : view.tag.end]
        if attribute(view.tag, "activeTab"):
            head = with_attribute(xml, view.tag, "activeTab", "0")
        edits.append(Edit(view.tag.start, view.tag.end, head))
    book.write(book.start, edited(xml, edits))


def _sheet(plan: ReportPlan, formats: _Formats, header: int) -> str:
    width = column_letters(len(plan.headings))
    columns = "".join(
        f'<col min="{at}" max="{at}" width="{size}" customWidth="1"/>'
        for at, size in enumerate(plan.widths, start=1)
    )
    top = [(plan.title, formats.title, 30), *((line, formats.note, 0) for line in plan.lines)]
    rows = [
        f'<row r="{row}"{_height(height)}>{_cell(row, 1, text, style)}</row>'
        for row, (text, style, height) in enumerate(top, start=1)
    ]
    heads = "".join(_cell(header, at, text, formats.head) for at, text in enumerate(plan.headings, start=1))
    rows.append(f'<row r="{header}"{_height(22)}>{heads}</row>')
    rows += [_row(at, row, plan, formats) for at, row in enumerate(plan.rows, start=header + 1)]
    merges = "".join(f'<mergeCell ref="A{row}:{width}{row}"/>' for row in range(1, header - 1))
    return (
        f'{_XML_HEAD}<worksheet xmlns="{_MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<sheetViews><sheetView tabSelected="1" workbookViewId="0"><pane ySplit="{header}" topLeftCell="A{header + 1}" '
        f'activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft"/></sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15"/><cols>{columns}</cols><sheetData>{"".join(rows)}</sheetData>'
        f'<autoFilter ref="A{header}:{width}{header + len(plan.rows)}"/>'
        f'<mergeCells count="{header - 2}">{merges}</mergeCells>{_links(plan, header)}'
        '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.5" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
        "<headerFooter><oddFooter>&amp;C&amp;P / &amp;N</oddFooter></headerFooter></worksheet>"
    )


def _height(points: int) -> str:
    return f' ht="{points}" customHeight="1"' if points else ""


def _row(at: int, row: ReportRow, plan: ReportPlan, formats: _Formats) -> str:
    cells = ""
    for column, text in enumerate(row.texts):
        style = formats.body
        if column == plan.severity_column:
            style = formats.severity[row.severity]
        elif column == plan.link_column and row.target:
            style = formats.link
        cells += _cell(at, column + 1, text, style)
    lines = max(
        lines_of(text, 2 * ((width - 2) // 2)) for text, width in zip(row.texts, plan.widths, strict=True)
    )
    # Not "customHeight": the height is what fits today, and follows whoever makes a column wider.
    return f'<row r="{at}" ht="{_LINE_POINTS * lines + 3}">{cells}</row>'


def _cell(row: int, column: int, text: str, style: int) -> str:
    address = cell_address(row, column)
    if not text:
        return f'<c r="{address}" s="{style}"/>'
    guarded = f"'{text}" if text.startswith(_FORMULA_STARTS) else text
    written = ooxml_text(guarded[:_LONGEST_TEXT])
    return f'<c r="{address}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{written}</t></is></c>'


def _links(plan: ReportPlan, header: int) -> str:
    letters = column_letters(plan.link_column + 1)
    links = [
        f'<hyperlink ref="{letters}{at}" location="{escaped(_place(*row.target))}"/>'
        for at, row in enumerate(plan.rows, start=header + 1)
        if row.target
    ][:_MOST_LINKS]
    return f"<hyperlinks>{''.join(links)}</hyperlinks>" if links else ""


def _place(sheet: str, address: str) -> str:
    return "'" + sheet.replace("'", "''") + "'!" + address
