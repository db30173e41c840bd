"""The accepted truth as text on disk: which filed line is which item, what is in force, and what changed.

A filing goes in by `propose` and, if nothing stands against it, `record`; everything that is shown comes out by
`load` and `in_force`. An item's id is given once, in the order filed, and never again to anything else. Nothing
here reads a filed document: `checks` hands over what was read.
"""

from __future__ import annotations

from pathlib import Path

from generator.register.matching import Match
from generator.register.proof import Trace, differences, find_traces, in_recorded_order
from generator.register.proposal import Proposal, is_recorded, propose
from generator.register.report import as_lines, in_force_lines, trace_lines
from generator.register.sentences import RULES
from generator.register.store import load, write
from generator.register.versions import counts, in_force

__all__ = [
    "RULES",
    "Match",
    "Proposal",
    "Trace",
    "as_lines",
    "counts",
    "differences",
    "find_traces",
    "in_force",
    "in_force_lines",
    "in_recorded_order",
    "is_recorded",
    "load",
    "propose",
    "record",
    "trace_lines",
]


def record(content: Path, proposal: Proposal) -> None:
    """Write what was proposed, all or nothing; do nothing for a filing that is recorded already.

    The caller has shown the findings and holds the lock: a blocked proposal here is a fault of ours.
    """
    assert not proposal.blocked, [finding.rule for finding in proposal.findings]
    if proposal.verdict != "already":
        write(content, proposal.register)
