"""`divisions.csv`: the register of divisions, checked as a whole."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Final, get_args

from generator.model.places import Division, DivisionCode, Level, read_division_code
from generator.model.text import Text
from generator.settings.reading import Faults

HEADER: Final = ("code", "name", "level", "parent", "english", "successor")
_RANK: Final[Mapping[str, int]] = {"province": 0, "prefecture": 1, "county": 2}
"""Everything else ranks 3: a township's parent is a county, nothing has a township as parent."""
_LEVELS: Final[Mapping[str, Level]] = {level: level for level in get_args(Level)}


def read_divisions(path: Path, faults: Faults) -> dict[DivisionCode, Division]:
    """Read every division, in the order of the file. Faulty rows are left out and kept as faults."""
    rows = _rows(path, faults)
    divisions: dict[DivisionCode, Division] = {}
    lines: dict[DivisionCode, int] = {}
    for line, row in rows:
        division = _division(path, line, row, faults)
        if division is None:
            continue
        if division.code in divisions:
            faults.add(
                path,
                f"第 {line} 行 / line {line}",
                Text(
                    zh=f"代码 {division.code} 已见于第 {lines[division.code]} 行。",
                    en=f"The code {division.code} stands on line {lines[division.code]} already.",
                ),
                Text(zh="请删去重复的一行。", en="Delete one of the two lines."),
            )
            continue
        divisions[division.code] = division
        lines[division.code] = line
    for code, division in divisions.items():
        _check_family(path, lines[code], division, divisions, faults)
    return divisions


def _rows(path: Path, faults: Faults) -> list[tuple[int, list[str]]]:
    """Return (line, cells) for every row but the header and blank lines."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        problem = Text(zh="没有这个文件。", en="There is no such file.")
        faults.add(path, "", problem, Text(zh="请补上行政区划表。", en="Add the table of divisions."))
        return []
    except UnicodeDecodeError:
        problem = Text(zh="不是 UTF-8 编码。", en="It is not encoded as UTF-8.")
        faults.add(path, "", problem, Text(zh="请另存为 UTF-8。", en="Save it as UTF-8."))
        return []
    reader = csv.reader(io.StringIO(text, newline=""))
    header = next(reader, [])
    if tuple(header) != HEADER:
        faults.add(
            path,
            "第 1 行 / line 1",
            Text(
                zh=f"表头是“{','.join(header)[:80]}”。",
                en=f"The header line reads {','.join(header)[:80]!r}.",
            ),
            Text(zh=f"表头应为“{','.join(HEADER)}”。", en=f"It must read {','.join(HEADER)!r}."),
        )
        return []
    return [(reader.line_num, row) for row in reader if row]


def _division(path: Path, line: int, row: list[str], faults: Faults) -> Division | None:
    """Return the division of one row, or None with a fault kept."""
    try:
        code, name, level, parent, english, successor = row
        return Division(
            code=read_division_code(code),
            name=_filled(name),
            english=english or None,
            level=_LEVELS[level],
            parent=read_division_code(parent) if parent else None,
            successor=read_division_code(successor) if successor else None,
        )
    except (ValueError, KeyError):
        faults.add(
            path,
            f"第 {line} 行 / line {line}",
            Text(
                zh=f"“{','.join(row)[:80]}”不是一条完整的区划。",
                en=f"{','.join(row)[:80]!r} is not a whole division.",
            ),
            Text(
                zh=f"每行 6 列：代码为 6 位或 9 位数字，级别为 {'、'.join(_LEVELS)} 之一，名称不空。",
                en=f"A line has 6 columns: codes of 6 or 9 digits, a level out of {', '.join(_LEVELS)}, and a name.",
            ),
        )
        return None


def _filled(name: str) -> str:
    if not name.strip() or name != name.strip():
        raise ValueError(f"expected a name without outer spaces, got {name!r}")
    return name


def _check_family(
    path: Path,
    line: int,
    division: Division,
    divisions: Mapping[DivisionCode, Division],
    faults: Faults,
) -> None:
    """Keep a fault for a parent or successor that cannot be."""
    rank = _RANK.get(division.level, 3)
    parent = divisions.get(division.parent) if division.parent else None
    # Places straight under the province's county-level regions exist, so "higher" and not "the next higher".
    fits = (rank == 0) if parent is None else _RANK.get(parent.level, 3) < rank
    if not fits or (division.parent and parent is None):
        faults.add(
            path,
            f"第 {line} 行 / line {line}",
            Text(
                zh=f"{division.name}的上级“{division.parent or ''}”不在表中或级别不对。",
                en=f"The parent {division.parent or ''!r} of {division.code} is missing or not of a higher level.",
            ),
            Text(
                zh="parent 请填上一级区划的代码（只有省一级为空）。",
                en="Put the code of the division above into parent (empty for the province only).",
            ),
        )
    if division.successor and (division.successor not in divisions or division.successor == division.code):
        faults.add(
            path,
            f"第 {line} 行 / line {line}",
            Text(
                zh=f"{division.name}的后继区划 {division.successor} 不在表中。",
                en=f"The successor {division.successor} of {division.code} is not in the table.",
            ),
            Text(
                zh="successor 请填表中另一区划的代码，或留空。",
                en="Put the code of another division of the table into successor, or leave it empty.",
            ),
        )
