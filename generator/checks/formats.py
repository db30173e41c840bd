"""What every form of the report shares: the order of severities, where a finding stands, the line of a text file."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping

from generator.checks.report import SEVERITIES
from generator.checks.text import escape
from generator.model.documents import Where
from generator.model.findings import Checked, Finding, Severity
from generator.model.text import ZH

GRAVITY: Mapping[Severity, int] = {severity: at for at, severity in enumerate(SEVERITIES)}
"""0 for the gravest."""

_FIRST_CELL = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})(?!\d)")


def first_cell(address: str | None) -> tuple[int, int] | None:
    """Return row and column, 1-based, of the first cell of an address: C17:D19 → (17, 3)."""
    match = _FIRST_CELL.match(address or "")
    if match is None:
        return None
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column


def place(where: Where) -> str:
    """Return `sheet!C17`, what of it there is, or "" for a whole file; safe to show."""
    return "!".join(escape(part) for part in (where.sheet, where.cell) if part)


def sentence(finding: Finding, lang: str) -> str:
    """Return what is wrong and, save for mere notes, what to do."""
    problem = finding.problem.in_language(lang)
    if finding.severity == "info":
        return problem
    return f"{problem}{'' if lang == ZH else ' '}{finding.fix.in_language(lang)}"


def faults_first(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings in their order, but mere notes behind all that somebody must look at."""
    return sorted(findings, key=lambda finding: finding.severity == "info")


class Lines:
    """Finds the line of a CSV on which a record begins; other formats have no lines."""

    def __init__(self, checked: Checked) -> None:
        self._rows: dict[str, list[int]] = {}
        for document in checked.documents:
            if document.format == "csv":
                # A record takes one line, and one more for each line break inside its fields.
                cells = (cell for sheet in document.sheets for cell in sheet.cells)
                self._rows[escape(document.file)] = [
                    cell.row for cell in cells for _ in range(cell.text.count("\n"))
                ]

    def of(self, where: Where) -> int | None:
        """Return the line, from 1, or None where there is no such thing."""
        at, breaks = first_cell(where.cell), self._rows.get(where.file)
        return None if at is None or breaks is None else at[0] + bisect_left(breaks, at[0])


def path_of(file: str, paths: Mapping[str, str]) -> str:
    """Return the path of a document as the caller gave it; `paths` is by file name as filed."""
    return next((path for name, path in paths.items() if escape(name) == file), file)
