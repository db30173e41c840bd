"""What stands against a document that is no filed list: the faults its reader saw, in words."""

from __future__ import annotations

from collections.abc import Sequence

from generator.checks.notebook import Notebook
from generator.checks.rules import RULES
from generator.checks.words import spell
from generator.model.documents import Fault
from generator.model.findings import Finding


def say_faults(faults: Sequence[Fault]) -> tuple[Finding, ...]:
    """Return a finding for each fault, as `check` would say it."""
    notebook = Notebook()
    for fault in faults:
        known = fault.rule if fault.rule in RULES else "FILE-FAULT"
        notebook.add(known, fault.where, fault.found, **{**spell(fault.slots), "rule": fault.rule})
    return notebook.sorted()
