"""A county's base list and the documents that say how single townships differ from it → the lists of each township.

In a difference document a line of the same name takes the place of the base list's, a line marked as not applying
takes it away, and any other is added at the end. What cannot be carried out so is a finding; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from generator.checks.applying import applying, applying_cell
from generator.checks.items import FiledList
from generator.checks.likeness import similar_pairs
from generator.checks.notebook import Notebook
from generator.checks.table import NOT_APPLYING, Table
from generator.checks.text import fold, read_serial
from generator.model.documents import Where
from generator.model.findings import FiledItem
from generator.model.places import Division, DivisionCode

Row = tuple[FiledItem, Table]


def set_aside(filed: FiledList, notebook: Notebook) -> None:
    """Take the lines that do not apply out of a difference list's items, and what only a whole list can be asked.

    Its serials are those of the list it changes: they need not run on, and are compared with the base list's.
    """
    lines = [line for table in filed.tables for line in table.lines]
    kept: list[Row] = []
    for line, (item, table) in zip(lines, filed.rows, strict=True):
        if item.number and read_serial(item.number) is None:
            notebook.add("SERIAL-UNREADABLE", table.place(item.cells.get("number")), item.number)
        says = applying(line)
        cell = applying_cell(line)
        if says == "unclear" and cell is not None:
            notebook.add("DIFFERENCE-MARK", table.place(cell.address), cell.text)
        if not item.name:
            continue
        if says == "left out" or (item.category and fold(item.category) == NOT_APPLYING):
            filed.left_out.append((item, table))
            table.give_up(line)
        else:
            kept.append((item, table))
    filed.items = [item for item, _ in kept]
    filed.tables_of = [table for _, table in kept]
    filed.rows = []
    for table, category in filed.categories:
        said = category.title.count
        if fold(category.title.name) == NOT_APPLYING and said is not None and said != category.lines:
            notebook.add(
                "COUNT-CATEGORY",
                table.place(category.address),
                category.text,
                said=said,
                counted=category.lines,
            )
    filed.categories = [one for one in filed.categories if fold(one[1].title.name) != NOT_APPLYING]


def resolve(lists: Sequence[FiledList], townships: Sequence[Division], notebook: Notebook) -> list[FiledList]:
    """Return the lists as they hold for each township: base lists for those without differences, merged ones."""
    names = {division.code: division.name for division in townships}
    merged: list[FiledList] = []
    taken: dict[int, set[DivisionCode]] = {}
    first: dict[tuple[str, DivisionCode], FiledList] = {}
    for filed in lists:
        if filed.differs is None:
            continue
        groups: dict[int, list[DivisionCode]] = {}
        lacking: list[str] = []
        for township in filed.townships:
            known = first.setdefault((filed.kind.slug, township), filed)
            if known is not filed:
                other = " ".join(filter(None, (known.table.where.file, known.table.where.sheet)))
                name = names.get(township, township)
                notebook.add("DIFFERENCE-TWICE", filed.table.place(), name, other=other, kind=filed.kind.zh)
                continue
            place = next((n for n, base in enumerate(lists) if _is_base(base, filed, township)), None)
            if place is None:
                lacking.append(names.get(township, township))
            else:
                groups.setdefault(place, []).append(township)
        if lacking:
            notebook.add(
                "DIFFERENCE-NO-BASE",
                filed.table.place(),
                "、".join(lacking),
                base=filed.differs,
                kind=filed.kind.zh,
            )
        for place, codes in groups.items():
            taken.setdefault(place, set()).update(codes)
            merged.append(_merge(lists[place], filed, tuple(codes), notebook))
    result = [base for n, filed in enumerate(lists) if (base := _remainder(filed, taken.get(n, set())))]
    return result + merged


def _is_base(base: FiledList, filed: FiledList, township: DivisionCode) -> bool:
    return (
        base.differs is None
        and base.table.where.file == filed.differs
        and base.kind is filed.kind
        and township in base.townships
    )


def _remainder(filed: FiledList, taken: set[DivisionCode]) -> FiledList | None:
    """Return a list for the townships that no difference speaks of, None where there are none left."""
    if filed.differs is not None:
        return None
    left = tuple(code for code in filed.townships if code not in taken)
    if taken and not left:
        return None
    return replace(filed, townships=left) if taken else filed


def _merge(
    base: FiledList, filed: FiledList, townships: tuple[DivisionCode, ...], notebook: Notebook
) -> FiledList:
    """Carry out what a difference list says; every line keeps the place where it was filed."""
    before = {fold(item.name): item for item in base.items}
    changed = {fold(item.name): row for row in _rows(filed) for item in [row[0]]}
    gone: dict[str, FiledItem] = {}
    for item, table in filed.left_out:
        key = fold(item.name)
        twin = gone.get(key) or (changed[key][0] if key in changed else None)
        if twin is not None:
            notebook.add("ITEM-TWICE", item.where, item.name, other=_spot(twin.where, item.where))
        elif key not in before:
            notebook.add(
                "DIFFERENCE-NOT-IN-BASE", table.place(item.cells.get("name")), item.name, base=_named(base)
            )
        gone.setdefault(key, item)
    rows: list[Row] = []
    for item, table in _rows(base):
        key = fold(item.name)
        if key in changed:
            own, own_table = changed[key]
            # It stands where the base list's line stood, so under the same category unless it names one itself.
            rows.append((own if own.category else replace(own, category=item.category), own_table))
        elif key not in gone:
            rows.append((item, table))
    added = [row for row in _rows(filed) if fold(row[0].name) not in before]
    _check_numbers(base, filed, {*changed, *gone}, notebook)
    _check_alike([item for item, _ in rows], [item for item, _ in added], notebook)
    rows += added
    return replace(
        filed,
        tables=[*filed.tables, *base.tables],
        items=[item for item, _ in rows],
        tables_of=[table for _, table in rows],
        townships=townships,
        paragraphs=[*base.paragraphs, *filed.paragraphs],
    )


def _rows(filed: FiledList) -> list[Row]:
    return list(zip(filed.items, filed.tables_of, strict=True))


def _named(filed: FiledList) -> str:
    return " ".join(filter(None, (filed.table.where.file, filed.table.where.sheet)))


def _spot(where: Where, seen_from: Where) -> str:
    """An address with the file and sheet, unless they are those of the place it is told at."""
    if (where.file, where.sheet) == (seen_from.file, seen_from.sheet):
        return where.cell or ""
    return " ".join(filter(None, (where.file, where.sheet, where.cell)))


def _check_numbers(base: FiledList, filed: FiledList, replaced: set[str], notebook: Notebook) -> None:
    """No line of a difference list has the number of another one; in a base that begins again, of its category."""
    numbers = [read_serial(item.number) for item in base.items]
    again = len(set(numbers)) < len(numbers)
    categories = {fold(item.name): item.category for item in base.items}
    seen: dict[tuple[str | None, int], FiledItem] = {}
    for item, number in zip(base.items, numbers, strict=True):
        if number is not None and fold(item.name) not in replaced:
            seen[item.category if again else None, number] = item
    for item, table in _rows(filed):
        number = read_serial(item.number)
        if number is None:
            continue
        category = item.category or categories.get(fold(item.name))
        twin = seen.setdefault((category if again else None, number), item)
        if twin is not item and fold(twin.name) != fold(item.name):
            where = table.place(item.cells.get("number"))
            other = _spot(twin.where, where)
            notebook.add("DIFFERENCE-NUMBER", where, item.number, other=other, name=twin.name)


def _check_alike(before: Sequence[FiledItem], added: Sequence[FiledItem], notebook: Notebook) -> None:
    """A new name nearly like one of the base list is more often that one misspelt."""
    items = [*before, *added]
    for first, second in similar_pairs([fold(item.name) for item in items]):
        one, other = items[first], items[second]
        if first < len(before) <= second and one.where.file != other.where.file:
            notebook.add(
                "ITEM-SIMILAR", other.where, other.name, other=_spot(one.where, other.where), name=one.name
            )
