"""What a reader hands back, and how it travels from the child process to its parent as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from generator.model.documents import Cell, Fault, OutsideText, Range, Sheet, Where


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """The content of one document as its reader saw it."""

    sheets: tuple[Sheet, ...] = ()
    outside: tuple[OutsideText, ...] = ()
    encoding: str | None = None
    faults: tuple[Fault, ...] = ()
    census: Mapping[str, int] = field(default_factory=dict)


def to_json(reading: Reading) -> dict[str, Any]:
    """Return a reading as plain lists and dicts; file names are left out, the parent knows them."""
    return {
        "sheets": [_sheet_out(sheet) for sheet in reading.sheets],
        "outside": [[text.kind, text.text, text.where.sheet, text.where.cell] for text in reading.outside],
        "encoding": reading.encoding,
        "faults": [
            [fault.rule, fault.where.sheet, fault.where.cell, fault.found, dict(fault.slots)]
            for fault in reading.faults
        ],
        "census": dict(reading.census),
    }


def _sheet_out(sheet: Sheet) -> list[Any]:
    return [
        sheet.name,
        _cells_out(sheet.cells),
        [_range_out(merge) for merge in sheet.merges],
        sheet.hidden,
        sorted(sheet.hidden_rows),
        sorted(sheet.hidden_columns),
        sheet.filtered,
    ]


def _range_out(area: Range) -> list[int]:
    return [area.top, area.left, area.bottom, area.right]


def _cells_out(cells: Sequence[Cell]) -> list[Any]:
    """Cells by column of their table: rows, columns, texts (each once), and what few of them have besides."""
    texts: dict[str, int] = {}
    numbers = [texts.setdefault(cell.text, len(texts)) for cell in cells]
    more = [
        [position, *_more_out(cell)]
        for position, cell in enumerate(cells)
        if cell.type != "text"
        or cell.raw
        or cell.merged
        or cell.hidden_value
        or cell.struck
        or cell.hidden_text
        or cell.autonumber
    ]
    return [[cell.row for cell in cells], [cell.column for cell in cells], numbers, list(texts), more]


def _more_out(cell: Cell) -> list[Any]:
    flags = (
        cell.hidden_value * 1
        + cell.struck * 2
        + cell.hidden_text * 4
        + cell.autonumber * 8  # one digit, small JSON
    )
    return [cell.type, cell.raw, _range_out(cell.merged) if cell.merged else None, flags]


def from_json(answer: Mapping[str, Any], file: str) -> Reading:
    """Return the reading that `to_json` wrote. Raises KeyError, TypeError or ValueError for anything else."""
    return Reading(
        sheets=tuple(_sheet_in(row) for row in answer["sheets"]),
        outside=tuple(
            OutsideText(kind=kind, text=text, where=Where(file=file, sheet=sheet, cell=cell))
            for kind, text, sheet, cell in answer["outside"]
        ),
        encoding=answer["encoding"],
        faults=tuple(
            Fault(rule=rule, where=Where(file=file, sheet=sheet, cell=cell), found=found, slots=slots)
            for rule, sheet, cell, found, slots in answer["faults"]
        ),
        census=answer["census"],
    )


def _sheet_in(row: Sequence[Any]) -> Sheet:
    name, cells, merges, hidden, hidden_rows, hidden_columns, filtered = row
    return Sheet(
        name=name,
        cells=_cells_in(*cells),
        merges=tuple(_range_in(merge) for merge in merges),
        hidden=hidden,
        hidden_rows=frozenset(hidden_rows),
        hidden_columns=frozenset(hidden_columns),
        filtered=filtered,
    )


def _range_in(sides: Sequence[int]) -> Range:
    top, left, bottom, right = sides
    return Range(top=top, left=left, bottom=bottom, right=right)


def _cells_in(
    rows: Sequence[int],
    columns: Sequence[int],
    numbers: Sequence[int],
    texts: Sequence[str],
    more: Sequence[Sequence[Any]],
) -> tuple[Cell, ...]:
    cells = [
        Cell(row=row, column=column, text=texts[number])
        for row, column, number in zip(rows, columns, numbers, strict=True)
    ]
    for position, kind, raw, merged, flags in more:
        plain = cells[position]
        cells[position] = Cell(
            row=plain.row,
            column=plain.column,
            text=plain.text,
            type=kind,
            raw=raw,
            merged=_range_in(merged) if merged else None,
            hidden_value=bool(flags & 1),
            struck=bool(flags & 2),
            hidden_text=bool(flags & 4),
            autonumber=bool(flags & 8),
        )
    return tuple(cells)
