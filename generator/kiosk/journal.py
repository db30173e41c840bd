"""How the last update went, kept for monitoring. Losing it loses nothing that protects the screen."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from generator import durable
from generator.kiosk.floor import moment_text


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What one source gave."""

    source: str
    code: str
    """`fine`, or a refusal's code."""
    root_hidden: bool = False
    """It answered 403 where a newer root would be, so that a replaced root could not have been seen."""


def write(folder: Path, now: datetime, results: Sequence[Result], error: str | None) -> None:
    """Write `health.json`. A disk that refuses is reported by the update itself, not here."""
    fields = {
        "at": moment_text(now),
        "error": error,
        "results": [
            {"source": result.source, "code": result.code, "root_hidden": result.root_hidden}
            for result in results
        ],
    }
    with suppress(OSError):
        durable.replace_file(
            folder / "health.json",
            json.dumps(fields, ensure_ascii=False, indent=1).encode(),
            lasting=False,
        )


def read(folder: Path) -> dict[str, Any] | None:
    """Return what `write` wrote, or None where there is nothing readable."""
    try:
        fields: object = json.loads((folder / "health.json").read_bytes())
    except (OSError, ValueError):
        return None
    return fields if isinstance(fields, dict) else None
