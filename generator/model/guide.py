"""The clerks' guide: every rule with its sentences, its source and two small examples, and what stands before them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from generator.model.documents import Range
from generator.model.findings import Severity
from generator.model.text import ZH, Text

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
    lang: str = ZH
    """The language of the cells."""
    merges: tuple[Range, ...] = ()
    marked: tuple[Range, ...] = ()
    """The cells at fault; in a mended table, those that were mended."""
    to_confirm: tuple[Range, ...] = ()
    """Those of the marked cells that only have to be confirmed."""
    marked_name: bool = False
    """The sheet as a whole is at fault (or mended): its name is marked."""
    struck: tuple[Range, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()


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
    frequent: bool = False
    """One of the faults that offices make most; its passing example is the failing one, mended."""
    compared: bool = False
    """Whether the passing example is like the failing one, so that one is read beside the other."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Grade:
    """How grave a finding is, in one language."""

    severity: Severity
    name: str
    meaning: str


@dataclass(frozen=True, kw_only=True, slots=True)
class GuideStep:
    """One section before the rules, in one language; `code` in backquotes is to be typed as it stands."""

    name: str
    """Its anchor."""
    title: str
    says: tuple[str, ...]
    commands: tuple[str, ...] = ()
    """Lines to type at the command line."""
    lines: tuple[str, ...] = ()
    """Lines that the program prints, or lines of filing.toml."""
    tables: tuple[GuideTable, ...] = ()
    after: tuple[str, ...] = ()
    """What is said below lines and tables."""


@dataclass(frozen=True, kw_only=True, slots=True)
class GuideChapter:
    """The rules that look at one thing, those of frequent faults first."""

    group: RuleGroup
    title: str
    says: str
    entries: tuple[GuideEntry, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Handbook:
    """The whole guide in one language."""

    lang: str
    lead: str
    steps: tuple[GuideStep, ...]
    grades: tuple[Grade, ...]
    chapters: tuple[GuideChapter, ...]
