"""`release/release.json`: what a release says of itself, signed; and the names of releases."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from generator.errors import DiffersError
from generator.model.text import Text
from generator.release.ledger import IsSigned, Sign

FOLDER: Final = "release/"
NOTE: Final = "release/release.json"
MANIFEST: Final = "release/manifest.json"
PUBLIC_LEDGER: Final = "release/ledger.jsonl"
KEPT_SMALL: Final = 64 << 20
"""Bytes: more than a note, a manifest or a ledger ever has; whatever answers cannot make us read for ever."""

_ID: Final = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9]{4,9}")
_FIRST_LINE: Final = b"qingdan release\n"


def release_id(moment: datetime, number: int) -> str:
    """Return the name of a release: its moment in UTC and its number, so that names sort by time."""
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}-{number:04d}"


def is_id(name: str) -> bool:
    """Whether a folder bears a name that we give; nothing else in releases/ is ever touched."""
    return _ID.fullmatch(name) is not None


def moment_of(release: str) -> datetime:
    """Return the moment in the name of a release. Raises ValueError for a day or hour that does not exist."""
    return datetime.strptime(release[:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """What a release says of itself."""

    kind: Literal["release", "preview"]
    """A preview is signed as one, so that nobody can pass it off as the release."""
    unit: str
    id: str
    number: int
    repeats: str | None
    """Of a roll-back: the release whose pages it shows again."""
    published: str
    manifest: str
    """SHA-256 of `release/manifest.json`."""
    content: str
    """Digest of the manifest of the built files alone, without compressed copies and carried assets."""
    carried: tuple[str, ...]
    """Assets of earlier releases that readers with an old page still ask for; sorted."""
    previous_manifest: str | None
    """Of the release that was live before."""
    previous_line: str
    """Hash of the ledger's last line before this release."""

    def body(self, sign: Sign) -> bytes:
        """Return the file, signed."""
        return self._file(sign(self._signed_part()))

    def _fields(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.__slots__}

    def _signed_part(self) -> bytes:
        fields = json.dumps(self._fields(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return _FIRST_LINE + fields.encode()

    def _file(self, signature: str) -> bytes:
        fields = {**self._fields(), "signature": signature}
        return json.dumps(fields, ensure_ascii=False, indent=1).encode() + b"\n"


def read_note(body: bytes, unit: str | None, is_signed: IsSigned) -> Note:
    """Read what `Note.body` wrote, and check its signature; without `unit`, that of any.

    Raises DiffersError for anything else: unreadable, unsigned, of another unit, or with something added.
    """
    try:
        fields = json.loads(body)
        signature = str(fields["signature"])
        before = fields["previous_manifest"]
        note = Note(
            kind="preview" if fields["kind"] == "preview" else "release",
            unit=str(fields["unit"]),
            id=str(fields["id"]),
            number=int(fields["number"]),
            repeats=None if fields["repeats"] is None else str(fields["repeats"]),
            published=str(fields["published"]),
            manifest=str(fields["manifest"]),
            content=str(fields["content"]),
            carried=tuple(str(path) for path in fields["carried"]),
            previous_manifest=None if before is None else str(before),
            previous_line=str(fields["previous_line"]),
        )
        signed = note._file(signature) == body and is_signed(note._signed_part(), signature)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        signed = False
    if not signed or unit not in (None, note.unit) or not is_id(note.id):
        zh_whose, en_whose = (f"{unit} 的 ", f" of {unit}") if unit else ("", "")
        raise DiffersError(
            Text(
                zh=f"{zh_whose}{NOTE} 缺失、被改动过，或不是用本站发布密钥签的名。",
                en=f"{NOTE}{en_whose} is missing, was changed, or is not signed with this site's release key.",
            ),
            Text(
                zh="请核对 site.toml 中 [signing] 的公钥；若公钥无误，说明门户上的内容被改动，请重新发布并查明原因。",
                en="Check the public key in site.toml, [signing]; if it is right, the portal was tampered with: "
                "publish again and find out how.",
            ),
        )
    return note
