"""The lower bound that a kiosk never goes below, kept by ourselves in two copies.

python-tuf's cache is not flushed to the disk and may be lost or torn; with it gone, an older repository that was signed
properly would be accepted again. So the versions once accepted are kept apart from it, in `floor.A` and `floor.B`, written
in turns: whatever a power cut does to the one being written, the other is whole.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from generator import durable
from generator.kiosk.refusal import Refusal
from generator.model.text import Text

NAMES: Final = ("floor.A", "floor.B")
ROLES: Final = ("timestamp", "snapshot", "targets")
FURTHEST_JUMP: Final = 10_000
"""Releases that a kiosk may have missed; a thief of the targets key cannot use up the numbers beyond."""
_SIZE: Final = 8192


@dataclass(frozen=True, kw_only=True, slots=True)
class Floor:
    """What was verified last: nothing older is taken."""

    release: int
    """0 before the first update."""
    manifest: str
    """Of that release: two different trees with one number are a fork."""
    root: int
    timestamp: int
    snapshot: int
    targets: int
    keys: Mapping[str, str]
    """By role, who could sign it then. Versions of a role count while its keys are the same: root replaced them because
    they were stolen, and the thief may have used up the numbers."""
    signed: str
    """When the newest timestamp was signed: it is later than that, whatever this machine's clock says."""
    expires: str
    """Until when the content counts as the newest."""

    @property
    def signed_at(self) -> datetime:
        """`signed` as a moment."""
        return moment_from(self.signed)


@dataclass(frozen=True, kw_only=True, slots=True)
class Floors:
    """The two copies as they stand."""

    floor: Floor | None
    """The newest valid one."""
    sequence: int
    good: tuple[str, ...]
    bad: tuple[str, ...]
    """Damaged or missing."""

    @property
    def word(self) -> str:
        """`fine`, `one copy` (the next update mends it), `none`: both are gone."""
        return ("none", "one copy", "fine")[len(self.good)]


def moment_from(text: str) -> datetime:
    """Read a moment as `moment_text` writes it. Raises ValueError."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def moment_text(moment: datetime) -> str:
    """Write a moment in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def floor_fields(floor: Floor) -> dict[str, Any]:
    """Return a floor as JSON keeps it."""
    return {
        "release": floor.release,
        "manifest": floor.manifest,
        "root": floor.root,
        "timestamp": floor.timestamp,
        "snapshot": floor.snapshot,
        "targets": floor.targets,
        "keys": dict(sorted(floor.keys.items())),
        "signed": floor.signed,
        "expires": floor.expires,
    }


def floor_from(fields: Mapping[str, Any]) -> Floor:
    """Read what `floor_fields` made. Raises ValueError, KeyError or TypeError for anything else."""
    numbers = {name: int(fields[name]) for name in ("release", "root", *ROLES)}
    if min(numbers.values()) < 0:
        raise ValueError(numbers)
    moment_from(fields["signed"])
    moment_from(fields["expires"])
    return Floor(
        **numbers,
        manifest=str(fields["manifest"]),
        keys={role: str(fields["keys"][role]) for role in ROLES},
        signed=str(fields["signed"]),
        expires=str(fields["expires"]),
    )


def _body(floor: Floor, sequence: int) -> bytes:
    said = json.dumps(
        {"sequence": sequence, "floor": floor_fields(floor)}, sort_keys=True, separators=(",", ":")
    )
    return f"{zlib.crc32(said.encode()):08x} {said}\n".encode()


def _read(path: Path) -> tuple[int, Floor] | None:
    try:
        with path.open("rb") as file:
            body = file.read(_SIZE)
        check, said = body[:8], body[9:-1]
        if check != f"{zlib.crc32(said):08x}".encode() or body[8:9] != b" " or body[-1:] != b"\n":
            return None
        fields = json.loads(said)
        return int(fields["sequence"]), floor_from(fields["floor"])
    except (OSError, ValueError, KeyError, TypeError):
        return None  # whatever is wrong with it, it is no floor


def read_floors(state: Path) -> Floors:
    """Return the newest valid floor of a state folder and which copies are whole."""
    found = {name: _read(state / name) for name in NAMES}
    valid = {name: read for name, read in found.items() if read is not None}
    sequence, newest = max(valid.values(), key=lambda read: (read[0], read[1].release), default=(0, None))
    return Floors(
        floor=newest,
        sequence=sequence,
        good=tuple(valid),
        bad=tuple(name for name in NAMES if name not in valid),
    )


def write_floor(state: Path, floor: Floor) -> None:
    """Move the floor: over a damaged copy or the older one, so that the newest before it stays whole."""
    before = read_floors(state)
    if before.floor == floor and not before.bad:
        return
    if before.bad:
        # Both are written where one was lost: from here on a single fault takes nothing away.
        for name in (*before.bad, *before.good):
            durable.replace_file(state / name, _body(floor, before.sequence + 1))
        return
    first, second = (_read(state / name) for name in NAMES)
    older = NAMES[0] if first is not None and second is not None and first[0] <= second[0] else NAMES[1]
    durable.replace_file(state / older, _body(floor, before.sequence + 1))


def must_not_be_older(floor: Floor | None, seen: Floor) -> None:
    """Hold what was verified against the floor.

    Raises:
        Refusal: `older` (release, root or a role's version), `fork` (one number, two trees) or `jump`.
    """
    if floor is None:
        return
    lower = [
        name
        for name, was, now in (
            ("root", floor.root, seen.root),
            *(
                (role, getattr(floor, role), getattr(seen, role))
                for role in ROLES
                if floor.keys[role] == seen.keys[role]
            ),
            ("release", floor.release, seen.release),
        )
        if now < was
    ]
    if lower:
        raise Refusal(
            "older",
            Text(
                zh=f"来源比这台机器已验证过的内容旧（{'、'.join(lower)}），不采用。",
                en=f"The source is older than what this machine has verified ({', '.join(lower)}).",
            ),
        )
    if floor.manifest and seen.release == floor.release and seen.manifest != floor.manifest:
        raise Refusal(
            "fork",
            Text(
                zh=f"第 {seen.release} 期有两种不同的内容。",
                en=f"There are two different trees of release {seen.release}.",
            ),
        )
    if floor.release and seen.release - floor.release > FURTHEST_JUMP:
        raise Refusal(
            "jump",
            Text(
                zh=f"期数从 {floor.release} 跳到 {seen.release}，不可信。",
                en=f"The release number jumps from {floor.release} to {seen.release}.",
            ),
        )
