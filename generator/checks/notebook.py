"""Where findings are collected while a filing is checked."""

from __future__ import annotations

import re

from generator.checks.rules import RULES
from generator.checks.text import escape, show
from generator.model.documents import Where
from generator.model.findings import Finding
from generator.model.text import Text

NOTHING_MORE = Text(zh="", en="")


class _Slots(dict[str, object]):
    """A slot that a reader did not fill stays empty: the sentence still says what is wrong."""

    def __missing__(self, key: str) -> str:
        return ""


class Notebook:
    """Collects findings; every value that goes into a sentence is made safe to show here."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.errors: set[Where] = set()
        """The places of errors."""
        self.files_with_errors: set[str] = set()
        self.silent: set[str] = set()
        """Texts of plain cells of which no rule has anything to say: many cells repeat them."""

    def add(
        self, rule: str, where: Where, found: str = "", also: Text = NOTHING_MORE, /, **slots: object
    ) -> None:
        """Note a finding of a rule. `found` is filed text (made safe here); slots fill the rule's sentences.

        `also` is a sentence of ours, safe to show, that goes after what the rule says there is to do.
        """
        row = RULES[rule]
        values = _Slots(
            {key: show(value) if isinstance(value, str) else value for key, value in slots.items()}
        )
        values["found"] = show(found)
        if row.severity == "error":
            self.errors.add(where)
            self.files_with_errors.add(where.file)
        self.findings.append(
            Finding(
                rule=rule,
                severity=row.severity,
                where=Where(file=escape(where.file), sheet=where.sheet, cell=where.cell),
                found=show(found),
                problem=Text(zh=row.problem.zh.format_map(values), en=row.problem.en.format_map(values)),
                fix=Text(
                    zh=row.fix.zh.format_map(values) + also.zh, en=row.fix.en.format_map(values) + also.en
                ),
            )
        )

    def say_once(self) -> None:
        """Keep one of findings that are the same in every word: a base list is judged with each of its differences."""
        self.findings = list(dict.fromkeys(self.findings))

    def sorted(self) -> tuple[Finding, ...]:
        """Return the findings by file, sheet, row, column and rule."""
        return tuple(sorted(self.findings, key=_place))


_ADDRESS = re.compile(r"([A-Z]+)(\d+)")


def _place(finding: Finding) -> tuple[str, str, int, int, str, str]:
    address = _ADDRESS.match(finding.where.cell or "")
    row = column = 0
    if address:
        row = int(address.group(2))
        for letter in address.group(1):
            column = column * 26 + ord(letter) - 64
    return (finding.where.file, finding.where.sheet or "", row, column, finding.rule, finding.found)
