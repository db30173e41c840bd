"""What a kiosk can say about itself: for monitoring, and for the person in front of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from generator.errors import EXIT_FINE, EXIT_KIOSK_REFUSED, EXIT_STALE, KioskRefusedError
from generator.kiosk import health, journal, pull, state
from generator.kiosk.face import SETTINGS
from generator.kiosk.refusal import NETWORK, Refusal
from generator.kiosk.state import KioskSettings, Shown
from generator.model.releases import Manifest

SAMPLE: Final = 64
"""Files that are looked at unless all are asked for: another 64 every day."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Status:
    """The state of one kiosk."""

    exit_code: int
    fields: dict[str, Any]
    """As `kiosk status --json` prints it."""


def status(folder: Path, *, now: datetime, full: bool = False) -> Status:
    """Look at what the screen shows, how old it is, and how the last update went. Changes nothing.

    Raises:
        UsageError: the folder was not set up.
    """
    settings = state.load_settings(folder)
    shown = state.look(folder)
    last = journal.read(folder)
    wrong, looked_at = _verified(folder, settings, shown, now, full=full)
    error = last.get("error") if last else None
    refused = isinstance(error, str) and error not in (*NETWORK, "expired")
    problem = (
        "empty"
        if shown.number is None
        else "damaged"
        if wrong
        else "floor"
        if not shown.floors.good
        else error
        if refused
        else "stale"
        if shown.is_stale(now)
        else None
    )
    fields: dict[str, Any] = {
        "county": settings.county,
        "township": settings.township,
        "release": shown.number,
        "problem": problem,
        "stale": shown.is_stale(now),
        "verified": {"how": "full" if full else "sampled", "files": looked_at, "wrong": wrong[:20]},
        "floor": {
            "copies": shown.floors.word,
            "release": shown.floor.release if shown.floor else 0,
        },
        "clock_behind": shown.moment(now) > now,
        "last_update": last,
    }
    if shown.record and shown.floor:
        age = shown.moment(now).date() - datetime.fromisoformat(shown.record.release.date).date()
        fields |= {
            "date": shown.record.release.date,
            "age_days": max(0, age.days),
            "signed": shown.floor.signed,
            "fresh_until": shown.floor.expires,
        }
    exit_code = EXIT_FINE if problem is None else EXIT_STALE if problem == "stale" else EXIT_KIOSK_REFUSED
    return Status(exit_code=exit_code, fields=fields)


def _verified(
    folder: Path, settings: KioskSettings, shown: Shown, now: datetime, *, full: bool
) -> tuple[list[str], int]:
    """Return the files that are not as signed, and how many were looked at."""
    if shown.number is None:
        return [], 0
    if shown.record is None:
        return ["records"], 0
    tree = state.tree_of(folder, shown.number)
    manifest = shown.record.manifest
    if not full:
        day = shown.moment(now).date().isoformat()
        drawn = sorted(
            manifest.files, key=lambda entry: hashlib.sha256(f"{day} {entry.path}".encode()).digest()
        )
        kept = {entry.path for entry in drawn[:SAMPLE]} | {"index.html", settings.home}
        manifest = Manifest(
            unit=manifest.unit, files=tuple(entry for entry in manifest.files if entry.path in kept)
        )
    wrong = pull.differing(manifest, tree)
    if not full:
        # Files beyond the sample are not extra.
        wrong &= {entry.path for entry in manifest.files}
    try:
        health.check(tree, settings.home)
    except Refusal:
        # Damage that is named already explains it; a page that is as signed and yet does not work needs saying.
        wrong = wrong or {settings.home}
    try:
        held = shown.floor or shown.record.floor
        script = state.script_of(settings, shown.record.release, held, tree)
        if (tree / SETTINGS).read_bytes() != script:
            wrong.add(SETTINGS)
    except (OSError, KioskRefusedError):
        wrong.add(SETTINGS)
    return sorted(wrong), len(manifest.files)
