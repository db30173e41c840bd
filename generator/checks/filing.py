"""`check_filing`: the documents of a filing → checklists and every finding, all at once.

The order is that of a careful reader: what the file's reader saw; characters and hidden things; the tables and their
lines; which list this is and whose; what each list says; what the lists say against each other. At the end every
cell is accounted for: one that became no field, heading, category, title, note or finding is itself a finding.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from generator.checks.applying import applying, is_applying_column
from generator.checks.cells import check_outside, check_sheet
from generator.checks.columns import FIELD_NAMES, mapping_for_name
from generator.checks.differences import resolve, set_aside
from generator.checks.fields import check_document_numbers, numeric_phones
from generator.checks.headers import NO_OWN, REMARKS, Header, OwnHeadings, heading_key
from generator.checks.items import FiledList, read_items
from generator.checks.meaning import check_between, check_cover, check_list, check_totals
from generator.checks.notebook import Notebook
from generator.checks.rules import RULES
from generator.checks.scope import Ground, find_ground, find_kind, find_townships, townships_named
from generator.checks.split import read_category
from generator.checks.table import Category, Table, close_categories, read_table
from generator.checks.text import read_serial, show, trim
from generator.checks.vocabulary import CATEGORIES, KINDS_IN_ENGLISH, kinds_named
from generator.checks.words import spell
from generator.model.documents import Document, OutsideText, Where, cell_address
from generator.model.filings import Confirmation, Filing
from generator.model.findings import Checked, Checklist, Finding
from generator.model.kinds import LIST_KINDS
from generator.model.places import Division, DivisionCode
from generator.model.settings import County
from generator.model.text import Text

_COVER = re.compile(r"封面|目录|说明|索引|首页|前言")


def check_filing(
    documents: Sequence[Document],
    *,
    filing: Filing | None,
    county: County | None,
    divisions: Mapping[DivisionCode, Division],
    as_of: date,
) -> Checked:
    """Return the checklists that the documents hold, and every finding about them, sorted by place.

    Without a filing (`qingdan check FILE`) townships come from titles, sheet names and file names; without a county
    it is the one that a title or file name begins with, if there is just one.
    """
    notebook = Notebook()
    ground = find_ground(
        _all_titles(documents), filing=filing, county=county, divisions=divisions, as_of=as_of
    )
    lists: list[FiledList] = []
    tables: list[tuple[Document, list[Table]]] = []
    own_headings = {heading_key(text): meant for text, meant in county.columns.items()} if county else NO_OWN
    _check_names(documents, notebook)
    for document in documents:
        _check_document(document, notebook)
        read = _read_tables(document, notebook, own_headings, ground)
        own = _lists_of(document, read, ground, notebook)
        tables.append((document, read))
        lists += own
        if not own and not _is_leftover(document) and not _is_broken(document, read, notebook):
            notebook.add("LIST-NONE", Where(file=document.file))
    holding = resolve(lists, ground.townships, notebook)
    _check_lists(lists, holding, ground, notebook)
    _check_models(lists, notebook)
    check_between(holding, notebook)
    if any(filed.differs for filed in lists):
        notebook.say_once()
    for document, read in tables:
        own = [filed for filed in lists if filed.table.where.file == document.file]
        for table in read:
            if table.header is None and own:
                check_cover(table, own, notebook)
        account(document, read, own, notebook)
    if filing is not None:
        _check_filing_itself(filing, as_of, notebook)
    findings = _confirm(notebook, filing)
    return Checked(
        documents=tuple(documents),
        checklists=tuple(_checklist(filed, ground) for filed in holding),
        findings=findings,
    )


def _all_titles(documents: Sequence[Document]) -> list[str]:
    """Where a county's name may stand: file names, sheet names, paragraphs, and the first rows of each sheet."""
    texts = []
    for document in documents:
        texts.append(document.file)
        texts += [outside.text for outside in document.outside if outside.kind == "paragraph"]
        for sheet in document.sheets:
            texts.append(sheet.name or "")
            texts += [cell.text for cell in sheet.cells[:8] if cell.row <= 4]
    return texts


def _check_names(documents: Sequence[Document], notebook: Notebook) -> None:
    seen: dict[str, str] = {}
    for document in documents:
        key = unicodedata.normalize("NFC", document.file).casefold()
        if key in seen:
            notebook.add("FILE-NAME-CLASH", Where(file=document.file), document.file, other=seen[key])
        seen.setdefault(key, document.file)


def _check_document(document: Document, notebook: Notebook) -> None:
    for fault in document.faults:
        known = fault.rule if fault.rule in RULES else "FILE-FAULT"
        notebook.add(known, fault.where, fault.found, **{**spell(fault.slots), "rule": fault.rule})
    if document.format == "csv" and document.encoding:
        notebook.add(
            "CSV-READ",
            Where(file=document.file),
            encoding=_ENCODINGS.get(document.encoding, document.encoding),
        )
    for sheet in document.sheets:
        check_sheet(sheet, document, notebook)
    for outside in document.outside:
        check_outside(outside, notebook)


_ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8（BOM）",
    "utf-16": "UTF-16",
    "gb18030": "GB18030",
    "gbk": "GB18030",
    "gb2312": "GB18030",
}


def _is_leftover(document: Document) -> bool:
    return any(fault.rule == "FILE-IGNORED" for fault in document.faults)


def _read_tables(document: Document, notebook: Notebook, own: OwnHeadings, ground: Ground) -> list[Table]:
    known = is_applying_column if ground.differs(document.file) else None
    tables: list[Table] = []
    for sheet in document.sheets:
        if sheet.hidden or not any(trim(cell.text) or cell.autonumber for cell in sheet.cells):
            continue
        before = tables[-1] if tables and document.format == "docx" and tables[-1].header else None
        tables.append(read_table(sheet, document.file, notebook, before=before, own=own, known=known))
    return tables


def _is_cover(table: Table, document: Document) -> bool:
    """A sheet without a header that is not a list that lost its header: a cover, a contents page, instructions."""
    if table.sheet.name and document.format != "docx" and _COVER.search(table.sheet.name):
        return True
    rows: dict[int, list[str]] = defaultdict(list)
    for cell in table.sheet.cells:
        if trim(cell.text):
            rows[cell.row].append(cell.text)
    return sum(len(texts) > 1 and read_serial(texts[0]) is not None for texts in rows.values()) < 2


def _is_broken(document: Document, tables: Sequence[Table], notebook: Notebook) -> bool:
    """Whether an error has been noted already that explains why there is no list."""
    if any(table.header for table in tables):
        return True
    return document.file in notebook.files_with_errors


def _lists_of(
    document: Document, tables: Sequence[Table], ground: Ground, notebook: Notebook
) -> list[FiledList]:
    """Put the tables of one document together into lists, and read their items."""
    before = _paragraphs(document)
    lists: list[FiledList] = []
    open_list: FiledList | None = None
    for table in tables:
        header = table.header
        if header is None:
            if _is_cover(table, document):
                notebook.add("SHEET-NOTES", table.place())
            else:
                notebook.add("HEADER-MISSING", table.place(), "", mapping_for_name(table.sheet))
            for cell in table.sheet.cells:
                table.roles.setdefault((cell.row, cell.column), "finding")
            continue
        paragraphs = before.get(table.sheet.name, [])
        hints = [paragraph.text for paragraph in reversed(paragraphs)]
        _category_above(table, header, paragraphs)
        if open_list and document.format == "docx" and _goes_on(table, open_list, hints, ground):
            if not table.joined:
                notebook.add("TABLE-JOINED", table.place(), other=open_list.table.where.sheet or "")
            _carry_category(open_list.tables[-1], table)
            open_list.tables.append(table)
            open_list.paragraphs += paragraphs
            continue
        open_list = None
        kind = find_kind(table, header, ground, [*hints, *_file_hint(document)], notebook)
        townships = find_townships(table, ground, hints, notebook)
        if kind is None:
            table.give_up(*table.lines)
            continue
        open_list = FiledList(
            tables=[table],
            kind=LIST_KINDS[kind],
            townships=townships,
            paragraphs=paragraphs,
            differs=ground.differs(document.file),
        )
        names = {code: division.name for code, division in ground.divisions.items()}
        names |= {division.code: division.name for division in ground.townships}
        open_list.township_names = frozenset(names[code] for code in townships if code in names)
        _check_header(open_list, header, notebook)
        lists.append(open_list)
    if lists:
        lists[-1].paragraphs += before.get(None, [])
    for filed in lists:
        for table in filed.tables:
            close_categories(table, notebook)
            for cell in numeric_phones(table.titles + table.notes):
                notebook.add("PHONE-NUMERIC", table.place(cell.address), cell.text)
        read_items(filed, notebook)
        if filed.differs is not None:
            set_aside(filed, notebook)
        if not any(table.lines for table in filed.tables):
            notebook.add("LIST-EMPTY", filed.table.place())
    return lists


def _paragraphs(document: Document) -> dict[str | None, list[OutsideText]]:
    before: dict[str | None, list[OutsideText]] = defaultdict(list)
    for outside in document.outside:
        if outside.kind == "paragraph" and trim(outside.text):
            before[outside.where.sheet].append(outside)
    return before


def _file_hint(document: Document) -> list[str]:
    return [document.file.rpartition(".")[0]]


def _goes_on(table: Table, filed: FiledList, hints: Sequence[str], ground: Ground) -> bool:
    """Whether a docx table goes on with the list before it: same columns, and nothing says that another one begins."""
    if table.joined:
        return True
    own, other = table.header, filed.tables[-1].header
    if own is None or other is None or own.fields() != other.fields():
        return False
    texts = [cell.text for cell in table.titles] + list(hints)
    return not any(
        kinds_named(text) or townships_named(text, ground.townships)
        for text in texts
        if read_category(text).name not in CATEGORIES
    )


def _carry_category(before: Table, table: Table) -> None:
    """Where a table goes on, so does the category it broke off in."""
    category = before.lines[-1].category if before.lines else None
    if before.categories and (category is None or before.categories[-1].lines == 0):
        category = before.categories[-1]
    for line in table.lines:
        if line.category is not None or category is None:
            return
        line.category = category
        category.take()


def _category_above(table: Table, header: Header, paragraphs: Sequence[OutsideText]) -> None:
    """docx: a category may stand as a paragraph over a table of its own."""
    if table.categories or "category" in header.fields():
        return
    for paragraph in reversed(paragraphs):
        title = read_category(paragraph.text)
        if title.name in CATEGORIES and (title.has_serial or title.count is not None):
            category = Category(title=title, text=paragraph.text, address="", lines=len(table.lines))
            table.categories.append(category)
            for line in table.lines:
                line.category = category
            return


def _check_header(filed: FiledList, header: Header, notebook: Notebook) -> None:
    """The columns are those of the kind: none missing, none that it has no place for."""
    fields = header.fields()
    table = filed.table
    only_left_out = filed.differs and all(applying(line) == "left out" for line in table.lines)
    needed = ("name",) if only_left_out else filed.kind.required
    for meaning in filed.kind.fields:
        if meaning in needed and meaning not in fields:
            zh, en = FIELD_NAMES[meaning]
            notebook.add(
                "COL-MISSING",
                table.place(header.columns[0].address),
                column=zh,
                column_en=en,
                kind=filed.kind.zh,
            )
    filled = {column for line in table.lines for column in line.cells}
    for column in header.columns:
        if column.fields is None or column.fields == REMARKS or not isinstance(column.fields, tuple):
            continue
        if column in filled and not set(column.fields) <= set(filed.kind.fields):
            notebook.add("COL-UNKNOWN", table.place(column.address), column.heading)
            for line in table.lines:
                for cell in line.cells.get(column, ()):
                    table.roles[cell.row, cell.column] = "finding"


def _check_lists(
    lists: Sequence[FiledList], holding: Sequence[FiledList], ground: Ground, notebook: Notebook
) -> None:
    sizes: dict[str, list[int]] = defaultdict(list)
    for filed in lists:
        sizes[filed.table.where.file].append(len(filed.items))
    for filed in lists:
        file = filed.table.where.file
        same = [
            len(other.items)
            for other in lists
            if other.townships == filed.townships or set(other.townships) & set(filed.townships)
        ]
        own_file = sizes[file]
        others = {*own_file, sum(own_file), sum(same), *same}
        if filed.differs:  # its total may be that of the list it makes
            others |= {len(merged.items) for merged in holding if merged.table is filed.table}
        starts = {1} | {
            last + 1
            for other in lists
            if other is not filed and other.table.where.file == file and other.items
            for last in [read_serial(other.items[-1].number) or 0]
        }
        check_totals(filed, others, notebook)
        check_list(filed, ground, notebook, starts)


def _check_models(lists: Sequence[FiledList], notebook: Notebook) -> None:
    """A file follows one model: the list of 2022, or the three lists that took its place."""
    models: dict[str, FiledList] = {}
    for filed in lists:
        if filed.kind.more:
            continue  # an older format, which goes beside either
        first = models.setdefault(filed.table.where.file, filed)
        if (first.kind.slug == "task") != (filed.kind.slug == "task"):
            other = first.table.where.sheet or ""
            notebook.add(
                "KIND-MIXED",
                filed.table.place(),
                filed.kind.zh,
                kind=first.kind.zh,
                other=other,
                kind_en=KINDS_IN_ENGLISH[first.kind.slug],
            )


def account(
    document: Document, tables: Sequence[Table], lists: Sequence[FiledList], notebook: Notebook
) -> None:
    """Prove that nothing was lost: note every cell that is in no field and has no other role.

    Two lists of cells are gone through: those that the reader handed over, and the reader's independent count
    (`Document.census`), so that neither can drop one unseen.
    """
    used: dict[str | None, set[str]] = defaultdict(set)
    for filed in lists:
        for item in filed.items:
            used[item.where.sheet].update(item.cells.values())
    for addresses in used.values():
        addresses |= {one for address in addresses if ":" in address for one in _within(address)}
    by_sheet = {table.sheet.name: table for table in tables}
    for sheet in document.sheets:
        table = by_sheet.get(sheet.name)
        if table is None:
            continue
        own = used[sheet.name]
        for cell in sheet.cells:
            role = table.roles.get((cell.row, cell.column))
            if role is None or (role == "mapped" and cell.address not in own):
                place = table.place(cell.address)
                if place not in notebook.errors:
                    notebook.add("CELL-UNACCOUNTED", place, cell.text)
    known = {
        f"{sheet.name or ''}!{cell_address(cell.row, cell.column)}"
        for sheet in document.sheets
        for cell in sheet.cells
    }
    for address in sorted(document.census.keys() - known):
        sheet_name, mark, spot = address.rpartition("!")
        if mark and document.census[address] and any(s.name == (sheet_name or None) for s in document.sheets):
            where = Where(file=document.file, sheet=sheet_name or None, cell=spot)
            notebook.add("CELL-UNACCOUNTED", where)


_CORNER = re.compile(r"([A-Z]+)(\d+)")


def _within(address: str) -> list[str]:
    """Return the cells of a column that a range like C3:C5 covers."""
    (letters, top), (_, bottom) = _CORNER.findall(address)
    return [f"{letters}{row}" for row in range(int(top), int(bottom) + 1)]


def _check_filing_itself(filing: Filing, as_of: date, notebook: Notebook) -> None:
    """Dates of a filing: nobody approves after it takes effect, nothing takes effect in 1900 or 2099; its numbers."""
    place = Where(file="filing.toml")
    for name in filing.ignored:
        notebook.add("FILE-IGNORED", Where(file=name))
    for approval in filing.approvals:
        check_document_numbers(approval.document_number or "", place, notebook)
    dates = [approval.date for approval in filing.approvals if approval.date] + [filing.effective]
    for day in dates:
        if day.year < 2000 or day > as_of + timedelta(days=366):
            notebook.add("DATE-RANGE", place, day.isoformat())
    approved = filing.stage("approval")
    if approved and approved.date and approved.date > filing.effective:
        notebook.add("DATE-ORDER", place, filing.effective.isoformat(), approved=approved.date.isoformat())


def _confirm(notebook: Notebook, filing: Filing | None) -> tuple[Finding, ...]:
    """Findings that a person has confirmed become information; confirmations of nothing are noted."""
    confirmations = filing.confirmations if filing else ()
    used: set[Confirmation] = set()
    for position, finding in enumerate(notebook.findings):
        given = next(
            (c for c in confirmations if finding.severity == "confirm" and _confirms(c, finding)), None
        )
        if given is not None:
            used.add(given)
            zh = f"{finding.problem.zh}（已由{show(given.name)}于{given.date.isoformat()}确认：{show(given.reason)}）"
            en = f"{finding.problem.en} (Confirmed by {show(given.name)} on {given.date.isoformat()}: {show(given.reason)})"
            notebook.findings[position] = replace(finding, severity="info", problem=Text(zh=zh, en=en))
    for confirmation in confirmations:
        # Those of other rooms' rules (renamed items, mass changes) are answered there.
        if confirmation not in used and confirmation.rule in RULES:
            where = Where(file=confirmation.file, sheet=confirmation.sheet, cell=confirmation.cell)
            notebook.add("CONFIRMATION-UNUSED", where, confirmation.rule, confirmed=confirmation.rule)
    return notebook.sorted()


def _confirms(confirmation: Confirmation, finding: Finding) -> bool:
    where = finding.where
    if (confirmation.rule, confirmation.file, confirmation.sheet) != (finding.rule, where.file, where.sheet):
        return False
    cell = where.cell or ""
    return (confirmation.cell or "") == cell or (":" in cell and cell.startswith(f"{confirmation.cell}:"))


def _checklist(filed: FiledList, ground: Ground) -> Checklist:
    notes = [trim(outside.text) for outside in filed.paragraphs]
    for table in filed.tables:
        notes += [trim(cell.text) for cell in table.titles]
    for table in filed.tables:
        notes += [trim(cell.text) for cell in table.notes]
    return Checklist(
        kind=filed.kind.slug,
        county=ground.county.code if ground.county else None,
        townships=filed.townships,
        items=tuple(filed.items),
        where=filed.table.place(),
        notes=tuple(note for note in notes if note),
    )
