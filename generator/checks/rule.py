"""What a rule is, and the small examples by which tests and the clerks' guide know it.

A rule is one row of a table: what it says, how grave it is, where it comes from, the sentences a clerk reads, and an
example that passes beside one that fails. The tables themselves are the modules `rules_…`; the code that applies a
rule names it by its id.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from generator.model.documents import Fault, OutsideText, Where
from generator.model.findings import Severity
from generator.model.text import Text


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheetful:
    """One sheet of an example: rows of plain text, blank cells "", and what is special about some of them."""

    name: str | None
    rows: tuple[tuple[str, ...], ...]
    merges: tuple[str, ...] = ()
    """Addresses like A3:C3."""
    marks: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """Address → attributes of that `Cell` that are not the usual ones, e.g. {"A3": {"type": "formula"}}."""
    hidden: bool = False
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()
    filtered: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ExampleFiling:
    """What the filing of an example says; left out, the document is checked by itself."""

    effective: date = date(2022, 6, 20)
    approved: date | None = date(2022, 6, 10)
    townships: tuple[str, ...] = ("990101100",)
    kind: str | None = None
    confirmed: tuple[tuple[str, str, str], ...] = ()
    """Rule, sheet, cell."""
    differs: str | None = None
    """The file of the base list, which is for all townships."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """A document as small as can be."""

    sheets: tuple[Sheetful, ...]
    at: str | None = None
    """Where the finding stands, as `sheet!C17`, `!C17` in the only sheet, or None for the file or the filing."""
    file: str = "示例.xlsx"
    format: str = "xlsx"
    encoding: str | None = None
    outside: tuple[OutsideText, ...] = ()
    faults: tuple[Fault, ...] = ()
    census: Mapping[str, int] = field(default_factory=dict)
    filing: ExampleFiling | None = None
    without_county: bool = False
    base: tuple[Sheetful, ...] = ()
    """The sheets of the base list that the document differs from."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One row of the catalogue."""

    id: str
    severity: Severity
    says: Text
    """The rule itself, for the guide."""
    problem: Text
    """What is wrong, with {slots}."""
    fix: Text
    """What to do, with {slots}."""
    source: str
    applies_to: tuple[str, ...]
    """List kinds; empty for all."""
    passes: Example
    fails: Example


BASIC_TITLE = "东河镇基本履职事项清单"
SUPPORTING_TITLE = "东河镇配合履职事项清单"
RECLAIMED_TITLE = "东河镇上级部门收回事项清单"
BASIC_HEADER = ("序号", "事项名称")
SUPPORTING_HEADER = ("序号", "事项名称", "对应上级部门", "上级部门职责", "乡镇配合职责")
RECLAIMED_HEADER = ("序号", "事项名称", "承接部门", "工作方式")


def sheet(
    title: str,
    header: tuple[str, ...],
    *rows: tuple[str, ...],
    name: str | None = "清单",
    merges: tuple[str, ...] = (),
    marks: Mapping[str, Mapping[str, object]] | None = None,
) -> Sheetful:
    """Return a sheet with a title in row 1, a header in row 2 and the first item in row 3."""
    return Sheetful(name=name, rows=((title,), header, *rows), merges=merges, marks=marks or {})


def basic(*rows: tuple[str, ...], at: str | None = None, **more: object) -> Example:
    """Return an example with one basic list: 序号, 事项名称; the first item stands in row 3."""
    return Example(sheets=(sheet(BASIC_TITLE, BASIC_HEADER, *rows, **more),), at=at)  # type: ignore[arg-type]


def supporting(*rows: tuple[str, ...], at: str | None = None, **more: object) -> Example:
    """Return an example with one supporting list of five columns; the first item stands in row 3."""
    return Example(sheets=(sheet(SUPPORTING_TITLE, SUPPORTING_HEADER, *rows, **more),), at=at)  # type: ignore[arg-type]


def reclaimed(*rows: tuple[str, ...], at: str | None = None, **more: object) -> Example:
    """Return an example with one reclaimed list of four columns; the first item stands in row 3."""
    return Example(sheets=(sheet(RECLAIMED_TITLE, RECLAIMED_HEADER, *rows, **more),), at=at)  # type: ignore[arg-type]


FINE = basic(("1", "负责党员教育管理"), ("2", "开展矛盾纠纷排查化解"))
"""A list that no rule complains of."""


def table(
    rows: tuple[tuple[str, ...], ...], at: str | None, name: str | None = "清单", **more: object
) -> Example:
    """Return an example with one sheet of these rows."""
    return Example(sheets=(Sheetful(name=name, rows=rows),), at=at, **more)  # type: ignore[arg-type]


def filed(example: Example = FINE, **more: object) -> Example:
    """Return an example that stands in a filing, of which `more` says what is not usual."""
    return replace(example, filing=ExampleFiling(**more))  # type: ignore[arg-type]


def from_reader(rule: str, cell: str | None = None, /, **slots: str) -> Example:
    """Return an example whose fault was seen by the reader: intake's own tests make such files."""
    where = Where(file="示例.xlsx", sheet="清单" if cell else None, cell=cell)
    return Example(
        sheets=FINE.sheets if cell else (),
        at=f"!{cell}" if cell else None,
        faults=(Fault(rule=rule, where=where, found="", slots=slots),),
    )


Pair = tuple[str, str]


def rule(
    id: str,  # noqa: A002 - the word that the catalogue's readers know
    severity: Severity,
    says: Pair,
    problem: Pair,
    fix: Pair,
    *,
    source: str,
    fails: Example,
    passes: Example = FINE,
    applies_to: tuple[str, ...] = (),
) -> Rule:
    """Return one row of the catalogue; sentences come as (Chinese, English)."""
    return Rule(
        id=id,
        severity=severity,
        says=Text(zh=says[0], en=says[1]),
        problem=Text(zh=problem[0], en=problem[1]),
        fix=Text(zh=fix[0], en=fix[1]),
        source=source,
        applies_to=applies_to,
        passes=passes,
        fails=fails,
    )
