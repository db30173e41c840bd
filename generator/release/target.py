"""What a place that releases are published to must be able to do, whatever it is made of.

`publishing` calls these steps in one fixed order and decides everything that is decided: numbers, manifests, what travels, what is
kept. A target only moves bytes, makes them last, and says what it found. Three of them exist: `folder`, `sftp` and `s3`, each
with one function that opens it (`open_folder(settings, base)`, `open_sftp(settings, base)`, `open_s3(settings)`; settings are the classes
of `model.targets`, relative paths in them count from `base`), a context manager that yields a `Target`.

Places inside a unit, relative to <path>/<unit>/ and always with slashes:

    releases/<id>/…         a sealed release, never changed again
    releases/.tmp-<id>/…    one that is being staged
    previews/<id>/…         a sealed preview (staged under previews/.tmp-<id>/)
    current                 what readers see: a link to releases/<id>, or whatever the target has instead of links
    ledger.jsonl            the history, written whole each time
    publish.lock            the lock, with a line for humans that says who holds it

Every failure is raised as PublishError (what is wrong, what to do) or LockedError; OSError may also leave a method and is put
into words by the caller. Nothing is retried after a failed flush: the staging area is dropped and the run ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from generator.model.releases import Entry
from generator.model.text import Text

Progress = Callable[[str, int, int], None]
"""Told what is being worked on, how many are done, and of how many."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Staged:
    """One file of a release that is being staged, and where its bytes are to be had."""

    entry: Entry
    source: Path | bytes | None
    """The bytes on this machine; None for an asset of an earlier release that only the target still holds."""
    held_in: str | None
    """A sealed place of this unit ("releases/<id>") whose file of the same path is as `entry` says; the target may link
    or copy it instead of receiving it again. At least one of `source` and `held_in` is set."""


class Unit(Protocol):
    """One unit (a county, or the province's pages) on one target. Every method but `lock`, `pointer` and the reading ones
    (`read`, `read_live`, `releases`, `previews`, `reread`) is called with the lock held."""

    @property
    def site_atomic(self) -> bool:
        """Whether `switch` is one step for every reader. Where it is not, each page changes by itself and `publishing` says so."""
        ...

    def lock(self, owner: str) -> AbstractContextManager[None]:
        """Hold the unit's lock while the block runs; `owner` is a line for humans.

        A target without locks (object storage) yields at once: there `switch` alone decides who wins.
        Raises LockedError where another run holds it.
        """
        ...

    def recover(self) -> Sequence[Text]:
        """Clear away or finish what a killed run left, and return a sentence for each thing done.

        Staging areas and a pointer that never came into use are removed; a target that can resume may keep staged files and take
        them up in `stage` (then it must remove those of other ids once a release is sealed). A page-by-page switch that was
        cut is carried through to its end. What `pointer` names is left alone.
        """
        ...

    def pointer(self) -> str | None:
        """Return the id of the release that readers see, or None before the first.

        Raises PublishError where it leads anywhere but to releases/<id> of this unit.
        """
        ...

    def releases(self) -> Sequence[str]:
        """Return the names in releases/, staging areas left out, sorted. Strange names are returned too, and never touched."""
        ...

    def previews(self) -> Sequence[str]:
        """Return the names in previews/, as `releases` does."""
        ...

    def read(self, path: str, limit: int) -> bytes | None:
        """Return the bytes at `path` (relative to the unit), or None where there is nothing.

        Raises PublishError for more than `limit` bytes.
        """
        ...

    def read_live(self, path: str) -> bytes | None:
        """Return a file as a reader gets it at this moment: through `current`."""
        ...

    def preflight(self, size: int, files: int) -> None:
        """Prove before anything is written that a release of `size` new bytes in `files` files can be taken in and switched to.

        Free space (twice what is needed) and free inodes, one file system, write permission, links and renaming.
        Raises PublishError, with how much is missing.
        """
        ...

    def stage(self, place: str, files: Sequence[Staged], progress: Progress) -> None:
        """Put `files` into the staging area of `place` ("releases/<id>" or "previews/<id>") in the order given
        (assets, data, pages, then release/…), and make them last: each new file flushed, then each folder from the innermost out.

        A held file that cannot be linked or copied is sent from its source.
        """
        ...

    def seal(self, place: str) -> None:
        """Give the staging area of `place` its final name, durably."""
        ...

    def reread(self, place: str, progress: Progress) -> Iterator[Entry]:
        """Yield every file of a sealed place as the target now holds it, in any order.

        The bytes are read back; a target may let the server hash them where the server really reads them to do so.
        """
        ...

    def switch(self, expected: str | None, to: str) -> None:
        """Let readers see releases/<to> instead of releases/<expected> (None: nothing was live): the commit.

        On return it is durable. Raises LockedError where something else than `expected` is live: somebody published meanwhile.
        """
        ...

    def write(self, path: str, body: bytes) -> None:
        """Put `body` at `path` (relative to the unit: "ledger.jsonl"), whole or not at all, durably, over what stands there."""
        ...

    def remove(self, place: str) -> None:
        """Remove a sealed place that is not live. Links in it are removed and never followed. A cut removal must leave
        nothing that looks like a whole release: give it a staging name first."""
        ...


class Target(Protocol):
    """An open target: a folder that is there, a connection that stands."""

    @property
    def notes(self) -> Sequence[Text]:
        """What somebody who publishes here must be told, such as that pages change one by one."""
        ...

    def unit(self, unit: str) -> Unit:
        """Return one unit of this target; its folders need not exist yet, and are made by the first method that writes."""
        ...
