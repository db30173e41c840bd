"""The history of a unit: a line for each release and each roll-back, each naming the one before it by its hash, the last one signed.

The file is written whole each time. Its last line, the head, says how many lines there are and what the last one hashes to, with
the signature of the release key: whoever edits, removes, adds or cuts a line cannot make a fitting head.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final, Literal

from generator.errors import DiffersError
from generator.model.text import Text

Sign = Callable[[bytes], str]
"""Signs with the release key."""
IsSigned = Callable[[bytes, str], bool]
"""Whether a signature of these bytes was made with the release key."""
What = Literal["release", "rollback"]

NOTHING_BEFORE: Final = "0" * 64
LEDGER: Final = "ledger.jsonl"
MOMENT: Final = "%Y-%m-%dT%H:%M:%SZ"
_WHAT: Final[Mapping[str, What]] = {"release": "release", "rollback": "rollback"}


def moment_text(moment: datetime) -> str:
    """Return a moment as ledgers and releases write it: UTC, to the second."""
    return moment.astimezone(UTC).strftime(MOMENT)


def moment_from(text: str) -> datetime:
    """Read what `moment_text` wrote. Raises ValueError."""
    return datetime.strptime(text, MOMENT).replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One thing that happened to what readers of a unit see."""

    unit: str
    number: int
    """From 1, without gaps. A release bears the number of its line."""
    what: What
    id: str
    """The release that became live."""
    repeats: str | None
    """Of a roll-back: the release whose pages it shows again. Its files are another release, so that the assets of what was
    live a moment ago can stand beside them."""
    manifest: str
    """SHA-256 of its manifest."""
    moment: str
    previous: str
    """`hash` of the line before; of the first one, zeros."""

    def body(self) -> bytes:
        """Return the one way of writing this line, without its end."""
        fields = {name: getattr(self, name) for name in self.__slots__}
        return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()

    @property
    def hash(self) -> str:
        """SHA-256 of `body()`, in hex."""
        return hashlib.sha256(self.body()).hexdigest()


@dataclass(frozen=True, kw_only=True, slots=True)
class Ledger:
    """A history that was checked, or one that this run has just made longer."""

    unit: str
    lines: tuple[Line, ...] = ()

    @property
    def number(self) -> int:
        """The number of the last line; 0 before the first release."""
        return len(self.lines)

    @property
    def hash(self) -> str:
        """The hash of the last line."""
        return self.lines[-1].hash if self.lines else NOTHING_BEFORE

    @property
    def live(self) -> str | None:
        """The id of the release that became live last."""
        return self.lines[-1].id if self.lines else None

    def ended(self, release: str) -> datetime | None:
        """When a release was replaced by the next; None for the live one and for one that never was live."""
        following = {line.id: after.moment for line, after in pairwise(self.lines)}
        return moment_from(following[release]) if release in following else None

    def with_line(self, release: str, manifest: str, moment: str, repeats: str | None) -> Ledger:
        """Return this history with one line more."""
        line = Line(
            unit=self.unit,
            number=self.number + 1,
            what="rollback" if repeats else "release",
            id=release,
            repeats=repeats,
            manifest=manifest,
            moment=moment,
            previous=self.hash,
        )
        return Ledger(unit=self.unit, lines=(*self.lines, line))

    def body(self, sign: Sign) -> bytes:
        """Return the file: every line, then the signed head."""
        head = {
            "head": {
                "unit": self.unit,
                "number": self.number,
                "hash": self.hash,
                "signature": sign(_signed_part(self.unit, self.number, self.hash)),
            }
        }
        lines = [line.body() for line in self.lines]
        return b"\n".join([*lines, json.dumps(head, separators=(",", ":")).encode(), b""])


def read_ledger(
    body: bytes, unit: str, is_signed: IsSigned, known: Mapping[int, str] | None = None
) -> Ledger:
    """Read a history and check every link of it.

    `known` are lines that are known from elsewhere (a release, a kiosk, a note of the webmaster): number → hash.

    Raises:
        DiffersError: an edited, a removed, a truncated, a forked history, each with a sentence of its own; or an unsigned one.
    """
    *written, last = body.split(b"\n")[:-1] or [b""]
    number, digest = _head(last, unit, is_signed)
    lines: list[Line] = []
    for place, text in enumerate(written, start=1):
        line = _line(text, unit, place)
        if line.number > place:
            raise _removed(unit, place, line.number - 1)
        if line.number != place:
            raise _edited(unit, place)
        if line.previous != (lines[-1].hash if lines else NOTHING_BEFORE):
            raise _edited(unit, max(1, place - 1))
        lines.append(line)
    ledger = Ledger(unit=unit, lines=tuple(lines))
    if ledger.number < number:
        raise _truncated(unit, ledger.number, number)
    if ledger.number > number or ledger.hash != digest:
        raise _edited(unit, ledger.number)
    for there, hashed in sorted((known or {}).items()):
        if there > number:
            raise _truncated(unit, number, there)
        if there and lines[there - 1].hash != hashed:
            raise forked(unit, there)
    return ledger


def _signed_part(unit: str, number: int, digest: str) -> bytes:
    return f"qingdan ledger\n{unit}\n{number}\n{digest}\n".encode()


def _head(text: bytes, unit: str, is_signed: IsSigned) -> tuple[int, str]:
    """Return the number and hash that the head vouches for."""
    try:
        head = json.loads(text)["head"]
        number, digest, signature = int(head["number"]), str(head["hash"]), str(head["signature"])
        of_unit = str(head["unit"]) == unit
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise _truncated(unit, None, None) from error
    if not of_unit or not is_signed(_signed_part(unit, number, digest), signature):
        raise DiffersError(
            Text(
                zh=f"{unit} 的发布台账末尾不是用本站发布密钥签的名。",
                en=f"The ledger of {unit} is not signed with this site's release key.",
            ),
            Text(
                zh="请核对 site.toml 中 [signing] 的公钥；若公钥无误，则台账已被他人改写，请从备份恢复并查明原因。",
                en="Check the public key in site.toml, [signing]; if it is right, somebody else wrote the ledger: "
                "restore it from a backup and find out who.",
            ),
        )
    return number, digest


def _line(text: bytes, unit: str, place: int) -> Line:
    try:
        fields = json.loads(text)
        line = Line(
            unit=str(fields["unit"]),
            number=int(fields["number"]),
            what=_WHAT[fields["what"]],
            id=str(fields["id"]),
            repeats=None if fields["repeats"] is None else str(fields["repeats"]),
            manifest=str(fields["manifest"]),
            moment=str(fields["moment"]),
            previous=str(fields["previous"]),
        )
        moment_from(line.moment)
        if line.unit != unit or line.body() != text:
            raise ValueError(text)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise _edited(unit, place) from error
    return line


_RESTORE: Final = Text(
    zh="请停止发布，从备份恢复 ledger.jsonl，并查明是谁改的。",
    en="Stop publishing, restore ledger.jsonl from a backup, and find out who did it.",
)


def _edited(unit: str, place: int) -> DiffersError:
    return DiffersError(
        Text(
            zh=f"{unit} 的发布台账第 {place} 行被改动过。",
            en=f"Line {place} of the ledger of {unit} was edited.",
        ),
        _RESTORE,
    )


def _removed(unit: str, first: int, last: int) -> DiffersError:
    lines = f"{first}" if first == last else f"{first}-{last}"
    return DiffersError(
        Text(
            zh=f"{unit} 的发布台账缺第 {lines} 行。", en=f"Line {lines} of the ledger of {unit} was removed."
        ),
        _RESTORE,
    )


def _truncated(unit: str, ends: int | None, should: int | None) -> DiffersError:
    if ends is None:
        zh, en = "末尾的签名行不见了", "its signed last line is gone"
    else:
        zh, en = (
            f"到第 {ends} 行为止，应到第 {should} 行",
            f"it ends at line {ends} and should reach {should}",
        )
    return DiffersError(
        Text(zh=f"{unit} 的发布台账被截短：{zh}。", en=f"The ledger of {unit} was cut short: {en}."), _RESTORE
    )


def forked(unit: str, place: int) -> DiffersError:
    """Return the error of two histories that agree up to a line and then go different ways."""
    return DiffersError(
        Text(
            zh=f"{unit} 的发布台账有两个版本：签名有效，但第 {place} 行与已知的记录不同。",
            en=f"The history of {unit} is forked: it is signed, but line {place} is not the one known from elsewhere.",
        ),
        Text(
            zh="请停止发布：可能有两台机器各自发布过，或有人用旧备份恢复后又发布。请查明哪一个是真的，再恢复那一个。",
            en="Stop publishing: two machines may have published apart, or somebody went on from an old backup. "
            "Find out which history is the true one and restore it.",
        ),
    )
