"""Is what readers see what was signed? Every file of a live portal, a target or a folder, held against the signed manifest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Protocol

from generator import sealing
from generator.errors import DiffersError
from generator.model.releases import Difference, Entry, Manifest
from generator.model.text import Text
from generator.release.ledger import LEDGER, IsSigned, Ledger, read_ledger
from generator.release.note import KEPT_SMALL, MANIFEST, NOTE, PUBLIC_LEDGER, Note, read_note
from generator.release.state import manifest_of
from generator.release.target import Progress, Unit
from generator.release.tree import entry_of

_PAPERS: Final = frozenset({NOTE, MANIFEST, PUBLIC_LEDGER})


class Shown(Protocol):
    """Something that readers see, or could."""

    def read(self, path: str, limit: int) -> bytes | None:
        """Return the bytes at `path`, or None where there is nothing (or more than `limit`)."""
        ...

    def differing(self, manifest: Manifest, progress: Progress) -> Iterable[Difference]:
        """Yield every file that is not as `manifest` says."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What was found of one unit."""

    where: str
    note: Note | None
    """None where it is not signed: then nothing else could be looked at."""
    ledger: Ledger | None
    files: int
    differences: tuple[Difference, ...]
    faults: tuple[Text, ...]
    """What is wrong besides single files: signature, manifest, history."""

    @property
    def is_fine(self) -> bool:
        """Whether everything is as signed."""
        return not self.differences and not self.faults


def verify(
    shown: Shown,
    where: str,
    name: str | None,
    is_signed: IsSigned,
    known: Mapping[int, str],
    progress: Progress,
) -> Verdict:
    """Hold one unit against its signed manifest. `name` is the unit it should be, None for any; `known` as in `read_ledger`."""
    faults: list[Text] = []
    try:
        note = read_note(shown.read(NOTE, KEPT_SMALL) or b"", name, is_signed)
    except DiffersError as error:
        return Verdict(where=where, note=None, ledger=None, files=0, differences=(), faults=(error.problem,))
    if note.kind != "release":
        faults.append(
            Text(
                zh=f"{where} 显示的是预览 {note.id}，不是正式发布。",
                en=f"{where} shows the preview {note.id}, which is no release.",
            )
        )
    manifest, ledger = Manifest(unit=note.unit, files=()), None
    differences: tuple[Difference, ...] = ()
    try:
        manifest = manifest_of(shown.read(MANIFEST, KEPT_SMALL) or b"", note)
        found = shown.differing(manifest, progress)
        differences = tuple(sorted(found, key=lambda difference: difference.path))
    except DiffersError as error:
        faults.append(error.problem)
    if note.kind == "release":
        try:
            ledger = _history(shown, note, is_signed, known)
        except DiffersError as error:
            faults.append(error.problem)
    return Verdict(
        where=where,
        note=note,
        ledger=ledger,
        files=len(manifest.files),
        differences=differences,
        faults=tuple(faults),
    )


def _history(shown: Shown, note: Note, is_signed: IsSigned, known: Mapping[int, str]) -> Ledger:
    body = shown.read(PUBLIC_LEDGER, KEPT_SMALL) or b""
    # The release itself vouches for the line before its own.
    ledger = read_ledger(
        body,
        note.unit,
        is_signed,
        {note.number - 1: note.previous_line, note.number: _hash_of(note), **known},
    )
    if ledger.live != note.id:
        raise DiffersError(
            Text(
                zh=f"台账中在线的是 {ledger.live}，读到的却是旧版 {note.id}。",
                en=f"The history says that {ledger.live} is live; what is shown is the older {note.id}.",
            )
        )
    return ledger


def _hash_of(note: Note) -> str:
    before = Ledger(unit=note.unit)
    line = before.with_line(note.id, note.manifest, note.published, note.repeats).lines[0]
    return replace(line, number=note.number, previous=note.previous_line).hash


class ShownFolder:
    """A folder that holds one unit's files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, path: str, limit: int) -> bytes | None:
        """Return the bytes of one file."""
        try:
            with (self._folder / path).open("rb") as file:
                body = file.read(limit + 1)
        except OSError:
            return None
        return body if len(body) <= limit else None

    def differing(self, manifest: Manifest, progress: Progress) -> Iterable[Difference]:
        """Return what is changed, missing, or more than there should be."""
        del progress  # a disk is read in less time than a bar needs to be understood
        return sealing.differences(manifest, self._folder, _PAPERS)


class ShownUnit:
    """What a target shows of one unit, read the target's own way."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._place = f"releases/{unit.pointer()}"

    def read(self, path: str, limit: int) -> bytes | None:
        """Return the bytes of one file; the history is the target's own, which publishing goes by."""
        if path == PUBLIC_LEDGER:
            return self._unit.read(LEDGER, limit)
        return self._unit.read(f"{self._place}/{path}", limit)

    def differing(self, manifest: Manifest, progress: Progress) -> Iterable[Difference]:
        """Return what is changed, missing, or more than there should be."""
        expected = {entry.path: entry for entry in manifest.files}
        there = {entry.path: entry for entry in self._there(expected, progress)}
        for path in expected.keys() | (there.keys() - _PAPERS):
            if there.get(path) != expected.get(path):
                what = "extra" if path not in expected else "changed" if path in there else "missing"
                yield Difference(path=path, what=what)

    def _there(self, expected: Mapping[str, Entry], progress: Progress) -> Iterable[Entry]:
        if self._unit.site_atomic:
            yield from self._unit.reread(self._place, progress)
            return
        for done, path in enumerate(expected, start=1):
            body = self._unit.read_live(path)
            if body is not None:
                yield entry_of(path, body)
            progress(path, done, len(expected))
