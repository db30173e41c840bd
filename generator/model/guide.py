"""A rule as the clerks' guide tells it: the sentences, where the rule comes from, and two small examples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from generator.model.findings import Severity
from generator.model.text import Text

RuleGroup = Literal["file", "table", "text", "list", "register"]
"""What a rule looks at: the file, sheets and tables, characters, what a list says, the register of lists before."""


@dataclass(frozen=True, kw_only=True, slots=True)
class GuideTable:
    """A small table of an example, or a piece of filing.toml."""

    name: str | None
    """Name of the sheet; the file's name where it is not a sheet."""
    rows: tuple[tuple[str, ...], ...]
    """Texts safe to show, row 1 first; a merged cell's text stands at its anchor."""
    notes: tuple[Text, ...] = ()
    """What cannot be seen in plain rows: merged, hidden or struck cells, formulas."""


@dataclass(frozen=True, kw_only=True, slots=True)
class GuideEntry:
    """One rule of the guide."""

    id: str
    group: RuleGroup
    severity: Severity
    says: Text
    problem: Text
    """As it is printed for the failing example."""
    fix: Text
    source: Text
    kinds: tuple[str, ...] = ()
    """Kinds of list that it is about; empty for all."""
    passes: tuple[GuideTable, ...] = ()
    fails: tuple[GuideTable, ...] = ()
    """Both empty where no small table can show it (a damaged file)."""
