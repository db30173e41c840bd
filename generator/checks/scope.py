"""What a table is about: which kind of list, which county, which townships.

The filing's own word comes first; then the sheet's name, the titles, the paragraphs before a docx table, the file's
name. Where two of them contradict each other nothing is guessed: a finding asks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from generator.checks.headers import Header
from generator.checks.notebook import Notebook
from generator.checks.table import Table
from generator.checks.text import fold
from generator.checks.vocabulary import kinds_named
from generator.model.documents import Where
from generator.model.filings import Filing
from generator.model.kinds import LIST_KINDS, MORE_FIELDS, Field
from generator.model.places import TOWNSHIP_LEVELS, Division, DivisionCode
from generator.model.settings import County

_REAL = TOWNSHIP_LEVELS - {"unit"}
_UNIT_END = re.compile(r"(?:镇|乡|街道|街道办事处|农场|林场|林业局|管委会)$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Ground:
    """The county whose lists are checked, if it is known, and all divisions."""

    county: Division | None
    townships: tuple[Division, ...]
    divisions: Mapping[DivisionCode, Division]
    filing: Filing | None
    day: date
    """The day the lists take effect; for a document checked by itself the day of the check."""

    def claimed(self, file: str) -> tuple[DivisionCode, ...] | None:
        """Return the townships that the filing names for a document; None where it does not speak of it."""
        if self.filing is None:
            return None
        return next((d.townships for d in self.filing.documents if d.file == file), None)

    def claimed_kind(self, file: str) -> str | None:
        """Return the kind that the filing names for a document."""
        if self.filing is None:
            return None
        return next((d.kind for d in self.filing.documents if d.file == file), None)

    def differs(self, file: str) -> str | None:
        """Return the file of the base list that the filing says a document differs from."""
        if self.filing is None:
            return None
        return next((d.differs for d in self.filing.documents if d.file == file), None)


def find_ground(
    texts: Sequence[str],
    *,
    filing: Filing | None,
    county: County | None,
    divisions: Mapping[DivisionCode, Division],
    as_of: date,
) -> Ground:
    """Return the county: as given, or the only one whose name begins a title or file name."""
    day = filing.effective if filing else as_of
    if county is not None:
        return Ground(
            county=county.division, townships=county.townships, divisions=divisions, filing=filing, day=day
        )
    found: Division | None = None
    if filing is not None:
        found = divisions.get(filing.county)
    else:
        named = {d.code: d for text in texts for d in counties_named(text, divisions)}
        found = next(iter(named.values())) if len(named) == 1 else None
    townships = tuple(
        sorted(
            (
                d
                for d in divisions.values()
                if found and d.parent == found.code and d.level in _REAL and not d.successor
            ),
            key=lambda d: d.code,
        )
    )
    return Ground(county=found, townships=townships, divisions=divisions, filing=filing, day=day)


_ATTACHMENT = re.compile(r"^附[件表]\s*\d*\s*[:：]?\s*|^(?:黑龙江省)")


def counties_named(text: str, divisions: Mapping[DivisionCode, Division]) -> list[Division]:
    """Return the counties with whose name (its prefecture's before it or not) a title begins.

    向阳区 stands twice: only with the prefecture's name before it is it one county.
    """
    key = _ATTACHMENT.sub("", _ATTACHMENT.sub("", fold(text)))
    found = []
    for division in divisions.values():
        if division.level != "county":
            continue
        parent = divisions.get(division.parent) if division.parent else None
        if key.startswith(division.name) or (parent and key.startswith(parent.name + division.name)):
            found.append(division)
    longest = max((len(d.name) for d in found), default=0)
    return [d for d in found if len(d.name) == longest]


def townships_named(text: str, townships: Sequence[Division], *, short: bool = False) -> list[Division]:
    """Return the townships named in a text; `short` also takes 宾西 for 宾西镇 when it is the whole text."""
    key = unicodedata.normalize("NFKC", "".join(text.split()))
    if len(key) < 2:
        return []
    found: list[Division] = []
    rest = key
    for division in sorted(townships, key=lambda d: (-len(d.name), d.code)):
        if len(division.name) > 1 and division.name in rest:
            found.append(division)
            rest = rest.replace(division.name, "\n")
    if not found and short:
        found = [
            d for d in townships if len(_UNIT_END.sub("", d.name)) > 1 and _UNIT_END.sub("", d.name) == key
        ]
    return found


def find_kind(
    table: Table, header: Header, ground: Ground, hints: Sequence[str], notebook: Notebook
) -> str | None:
    """Return the kind of a list, or None with a finding where that is not certain."""
    fields = set(header.fields())
    named = _first_certain([table.sheet.name or "", *_near_first(table), _name_heading(header), *hints])
    claimed = ground.claimed_kind(table.where.file)
    by_columns = _kinds_with(fields)
    spoken = [kind for kind in (named, claimed) if kind]
    if len(set(spoken)) > 1 or (spoken and spoken[0] not in by_columns):
        notebook.add("KIND-CONFLICT", table.place(header.columns[0].address), _label(spoken[0]))
        return None
    if spoken:
        return spoken[0]
    likely = _likely(by_columns, fields)
    if len(likely) == 1:
        return next(iter(likely))
    if likely == {"supporting", "task"} and any("配合" in column.heading for column in header.columns):
        return "supporting"
    notebook.add("KIND-UNKNOWN", table.place(header.columns[0].address), header.columns[0].heading)
    return None


def _kinds_with(fields: set[Field]) -> set[str]:
    """Return the kinds that the telling one among the columns leaves."""
    telling: tuple[Field, ...] = ("method", "department_duty", "township_duty", "departments")
    for meaning in telling:
        if meaning in fields:
            return {slug for slug, row in LIST_KINDS.items() if row.has(meaning)}
    return set(LIST_KINDS)


def _likely(kinds: set[str], fields: set[Field]) -> set[str]:
    """Return the kinds a list without a word about itself may be: an older format only shows by a column of its own."""
    own = fields & set(MORE_FIELDS)
    older = {kind for kind in kinds if own and own <= set(LIST_KINDS[kind].more)}
    return older or {kind for kind in kinds if not LIST_KINDS[kind].more}


def _label(kind: str) -> str:
    return LIST_KINDS[kind].zh


def _near_first(table: Table) -> list[str]:
    return [cell.text for cell in reversed(table.titles)]


def _name_heading(header: Header) -> str:
    return next((c.heading for c in header.columns if isinstance(c.fields, tuple) and "name" in c.fields), "")


def _first_certain(texts: Sequence[str]) -> str | None:
    """Return the kind named by the first text that names exactly one."""
    for text in texts:
        kinds = kinds_named(text)
        if len(kinds) == 1:
            return kinds[0]
    return None


def find_townships(
    table: Table, ground: Ground, hints: Sequence[str], notebook: Notebook
) -> tuple[DivisionCode, ...]:
    """Return the townships a list is for; sorted, empty where nothing says so (with a finding)."""
    claimed = ground.claimed(table.where.file)
    _check_claimed(claimed or (), table.where, ground, notebook)
    titles = [cell.text for cell in table.titles] + list(hints)
    _check_county(titles, table, ground, notebook)
    sources = [
        (table.sheet.name or "", True),
        *((text, False) for text in titles),
        (_stem(table.where.file), True),
    ]
    named = [(text, townships_named(text, ground.townships, short=short)) for text, short in sources]
    said = [(text, divisions[0]) for text, divisions in named if len(divisions) == 1]
    if len({division.code for _, division in said}) > 1:
        first = said[0][1]
        text, other = next((text, d) for text, d in said if d.code != first.code)
        notebook.add("TOWNSHIP-CONFLICT", table.place(), text, one=first.name, other=other.name)
        return (first.code,)
    if said:
        code = said[0][1].code
        if claimed is not None and code not in claimed:
            names = "、".join(ground.divisions[c].name for c in claimed[:3] if c in ground.divisions)
            notebook.add("TOWNSHIP-CONFLICT", table.place(), said[0][0], one=said[0][1].name, other=names)
        return (code,)
    if claimed:
        return tuple(sorted(claimed))
    several = sorted({d.code for _, divisions in named for d in divisions})
    if several and claimed is None:
        return tuple(several)
    _say_unknown(sources, table, ground, notebook)
    return ()


def _stem(file: str) -> str:
    return file.rpartition(".")[0] or file


def _say_unknown(
    sources: Sequence[tuple[str, bool]], table: Table, ground: Ground, notebook: Notebook
) -> None:
    if ground.county is not None:
        for text, _ in sources:
            for division in townships_named(text, _elsewhere(ground)):
                rule = (
                    "TOWNSHIP-PSEUDO" if division.parent == ground.county.code else "TOWNSHIP-NOT-IN-COUNTY"
                )
                notebook.add(rule, table.place(), text, name=division.name, county=ground.county.name)
                return
    rule = "TOWNSHIP-UNKNOWN" if ground.filing is not None else "TOWNSHIP-NOT-NAMED"
    notebook.add(rule, table.place())


def _elsewhere(ground: Ground) -> list[Division]:
    ours = {division.code for division in ground.townships}
    return [
        d
        for d in ground.divisions.values()
        if d.level in TOWNSHIP_LEVELS and d.code not in ours and len(d.name) > 2
    ]


def _check_claimed(codes: Sequence[DivisionCode], where: Where, ground: Ground, notebook: Notebook) -> None:
    """The filing's own codes: in this county, real, still in use."""
    ours = {division.code for division in ground.townships}
    for code in codes:
        division = ground.divisions.get(code)
        place = Where(file=where.file)
        if code in ours:
            continue
        if division is None:
            notebook.add("DIVISION-UNKNOWN", place, code)
        elif division.successor:
            successor = ground.divisions.get(division.successor)
            name = successor.name if successor else ""
            notebook.add(
                "DIVISION-REVOKED", place, code, name=division.name, successor=division.successor, new=name
            )
        elif ground.county and division.parent == ground.county.code and division.level == "unit":
            notebook.add("TOWNSHIP-PSEUDO", place, code, name=division.name)
        else:
            county = ground.county.name if ground.county else ""
            notebook.add("TOWNSHIP-NOT-IN-COUNTY", place, code, name=division.name, county=county)


def _check_county(titles: Sequence[str], table: Table, ground: Ground, notebook: Notebook) -> None:
    """A title that begins with another county's name was copied or stands in the wrong workbook."""
    if ground.county is None:
        return
    for text in [table.sheet.name or "", *titles]:
        named = counties_named(text, ground.divisions)
        # By code: 向阳区 with another prefecture before it is another county of the same name.
        foreign = named and all(d.code != ground.county.code for d in named)
        if foreign and not townships_named(text, ground.townships):
            notebook.add("SHEET-WRONG-UNIT", table.place(), text, county=ground.county.name)
            return
