"""What was live when, for people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from generator.errors import DiffersError
from generator.release.faults import in_words
from generator.release.ledger import Line, moment_from
from generator.release.state import Office, looked_at, read_sealed
from generator.release.target import Unit


@dataclass(frozen=True, kw_only=True, slots=True)
class Past:
    """One line of a unit's history."""

    line: Line
    moment: datetime
    """When it became live."""
    hash: str
    """Of the line; whoever writes it down can tell later whether history was changed."""
    is_live: bool
    is_kept: bool
    """Whether the target still has it, so that it can be gone back to."""
    files: int | None
    size: int | None
    """Bytes; None, as `files`, where it is not kept or not as it was signed."""


def history(unit: Unit, office: Office) -> tuple[Past, ...]:
    """Return a unit's history, newest first. Raises PublishError where it was tampered with."""
    with in_words(office.unit):
        state = looked_at(unit, office)
        kept = frozenset(unit.releases())
        return tuple(
            _past(unit, line, office, live=line.id == state.pointer, kept=line.id in kept)
            for line in reversed(state.ledger.lines)
        )


def _past(unit: Unit, line: Line, office: Office, *, live: bool, kept: bool) -> Past:
    files = size = None
    if kept:
        try:
            manifest = read_sealed(unit, f"releases/{line.id}", office.unit, office.is_signed).manifest
            files, size = len(manifest.files), manifest.size
        except DiffersError:
            pass  # said when somebody wants to go back to it
    return Past(
        line=line,
        moment=moment_from(line.moment),
        hash=line.hash,
        is_live=live,
        is_kept=kept,
        files=files,
        size=size,
    )
