"""The clerk's desk: what a case does with a document, and what it says about the outcome."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from unittest.mock import patch

import pytest

from generator.checks import RULES, check_filing
from generator.checks.examples import AS_OF, COUNTY, DIVISIONS, example_filing
from generator.checks.rule import ExampleFiling
from generator.errors import QingdanError
from generator.intake import child, read_document
from generator.intake.reading import Reading
from generator.model.documents import Document
from generator.model.filings import Filing
from generator.model.findings import Checked, Finding
from generator.model.settings import County
from generator.register import RULES as REGISTER_RULES
from generator.register import Proposal
from tests.catalogue.papers import Parts
from tests.intake_files import zipped

SETTINGS = "settings"
"""Stands for a rule where settings refuse: their faults have no ids, they name file and key."""

Case = Callable[["Desk"], None]
CASES: dict[str, Case] = {}
"""Id in the catalogue → its case; filled by the modules of cases as they are imported."""


def case(identifier: str) -> Callable[[Case], Case]:
    """Register a function as the case of this id."""

    def keep(function: Case) -> Case:
        assert identifier not in CASES, identifier
        CASES[identifier] = function
        return function

    return keep


def read_here(path: Path, *, as_csv: bool = False, encoding: str | None = None) -> Document:
    """Read a document as the program does, but parse it in this process: for documents that harm nobody."""

    def parsed(order: dict[str, object], content: bytes) -> Reading:
        return child.parse(order, content)

    with patch("generator.intake.read.run_child", parsed):
        return read_document(path, as_csv=as_csv, encoding=encoding)


@dataclass(frozen=True, kw_only=True)
class Looked:
    """One filing as checked, to be asked about its findings."""

    desk: Desk
    checked: Checked

    def has(
        self,
        rule: str,
        cell: str | None = None,
        *,
        sheet: str | None = None,
        file: str | None = None,
        says: str | Sequence[str] = (),
        kept: bool = True,
    ) -> Finding:
        """Assert a finding of the rule at exactly this place, whole in both languages, and return it.

        Without `sheet`, a cell is looked for in the only sheet. `says` must stand in the Chinese problem or fix.
        `kept` says that the rule counts as one of the case's.
        """
        found = [one for one in self.checked.findings if one.rule == rule]
        assert found, f"no {rule} among {self.rules()}"
        places = [(one.where.sheet, one.where.cell) for one in found]
        if sheet is None and cell is not None and self.checked.documents[0].sheets:
            sheet = self.checked.documents[0].sheets[0].name
        match = [
            one
            for one in found
            if (one.where.sheet, one.where.cell) == (sheet, cell) and file in (None, one.where.file)
        ]
        assert match, f"{rule} stands at {places}, not at {(sheet, cell)}"
        whole(match[0])
        for part in (says,) if isinstance(says, str) else says:
            assert part in match[0].problem.zh + match[0].fix.zh, match[0].problem.zh
        self.desk.note(rule, match[0].severity, kept=kept)
        return match[0]

    def only(self, *rules: str) -> Looked:
        """Assert that nothing but these rules is more than information."""
        assert set(self.loud()) <= set(rules), self.loud()
        return self

    def fine(self, items: int | None = None) -> Looked:
        """Assert that nothing stands against the document and nothing has to be looked at."""
        assert self.loud() == []
        if items is not None:
            assert self.checked.item_count == items
        return self

    def loud(self) -> list[str]:
        """The rules of findings that are more than information."""
        return [one.rule for one in self.checked.findings if one.severity != "info"]

    def rules(self) -> list[str]:
        """The rules of all findings."""
        return [one.rule for one in self.checked.findings]

    def names(self) -> list[str]:
        """The names of all items read."""
        return [item.name for checklist in self.checked.checklists for item in checklist.items]


def whole(finding: Finding) -> None:
    """Assert that a finding is said in both languages, with what to do, and shows nothing that acts or hides."""
    assert finding.severity == {**REGISTER_RULES, **{r.id: r.severity for r in RULES.values()}}[finding.rule]
    for text in (finding.problem, finding.fix):
        assert re.search("[\u4e00-\u9fff]", text.zh)
        assert re.search("[A-Za-z]{3}", text.en)
        assert "{" not in re.sub("“.*”", "", text.zh + text.en, flags=re.DOTALL)
    shown = finding.found + finding.problem.zh + finding.problem.en
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]", shown)


class Desk:
    """Where a case works: a folder of its own, and a record of the rules it has met."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.monkeypatch = monkeypatch
        self.met: dict[str, str] = {}
        """Rule → severity, of those that belong to the case."""

    def note(self, rule: str, severity: str, *, kept: bool = True) -> None:
        """Keep a rule as met."""
        if kept:
            assert self.met.setdefault(rule, severity) == severity

    def write(self, content: bytes | Parts, name: str = "清单.xlsx", folder: str = "") -> Path:
        """Put a document onto the desk."""
        path = self.folder / folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else zipped(content))
        return path

    def look(
        self,
        content: bytes | Parts,
        name: str = "清单.xlsx",
        *,
        isolated: bool = False,
        as_csv: bool = False,
        encoding: str | None = None,
        **more: object,
    ) -> Looked:
        """Write a document, read it (`isolated`: in a child process, as the program does) and check it."""
        path = self.write(content, name)
        read = read_document if isolated else read_here
        return self.check([read(path, as_csv=as_csv, encoding=encoding)], **more)  # type: ignore[arg-type]

    def check(
        self,
        documents: Sequence[Document],
        *,
        filing: ExampleFiling | Filing | None = None,
        county: County | None = COUNTY,
        as_of: date = AS_OF,
    ) -> Looked:
        """Check documents that have been read, in the county of the rules' examples."""
        if isinstance(filing, ExampleFiling):
            filing = example_filing(filing, documents[0].file)
        divisions = DIVISIONS
        checked = check_filing(documents, filing=filing, county=county, divisions=divisions, as_of=as_of)
        return Looked(desk=self, checked=checked)

    def refused(self, act: Callable[[], object], *says: str) -> None:
        """Assert that settings refuse, naming in Chinese and English what is wrong."""
        with pytest.raises(QingdanError) as error:
            act()
        assert error.value.fix is not None
        for text in (error.value.problem, error.value.fix):
            assert re.search("[\u4e00-\u9fff]", text.zh)
            assert re.search("[A-Za-z]{3}", text.en)
        for part in says:
            assert part in error.value.problem.zh + error.value.problem.en, error.value.problem.zh
        self.note(SETTINGS, "error")

    def proposed(self, proposal: Proposal, rule: str, says: str = "") -> Finding:
        """Assert a finding of the register, and return it."""
        found = [one for one in proposal.findings if one.rule == rule]
        assert found, [one.rule for one in proposal.findings]
        whole(found[0])
        assert says in found[0].problem.zh + found[0].fix.zh
        self.note(rule, found[0].severity)
        return found[0]
