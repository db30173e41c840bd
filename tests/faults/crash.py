"""What a disk may hold after a power cut between any two steps of a run.

A run is recorded as the steps that `durable` announces. Until a file is flushed its bytes may be missing, cut or whole; until a
folder is flushed each change of a name in it may have reached the disk or not, in any order, and a rename before the bytes it
makes visible. That is less than ext4 gives in practice and all that POSIX promises; after the ALICE study (Pillai and
others, OSDI 2014).
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from generator.durable import Step

Site = tuple[str, int, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """A step as it was taken, and the lines that asked `durable` for it, innermost first."""

    step: Step
    asked: tuple[Site, ...]


class Recorder:
    """A watcher that writes down every step of a run."""

    def __init__(self) -> None:
        self.taken: list[Taken] = []

    def __call__(self, step: Step) -> None:
        """Note the step."""
        frame = sys._getframe(2)
        asked: list[Site] = []
        while frame is not None and len(asked) < 8:
            code = frame.f_code
            asked.append((Path(code.co_filename).name, frame.f_lineno, code.co_name))
            if not code.co_filename.endswith("durable.py"):
                break
            if frame.f_back is None:
                break
            frame = frame.f_back
        self.taken.append(Taken(step=step, asked=tuple(asked)))


@dataclass(slots=True, eq=False)
class File:
    """An inode: what is surely on the disk, and that with what was written after it."""

    flushed: bytes = b""
    written: bytes = b""


@dataclass(slots=True, eq=False)
class Folder:
    """A folder: the names in it."""

    names: dict[str, Name] = field(default_factory=dict)


Node = File | Folder | str | None
"""A file, a folder, what a symlink says, or nothing."""


@dataclass(slots=True)
class Name:
    """One name in a folder: what it is bound to for sure, and what changes not flushed yet may bind it to."""

    sure: Node
    pending: list[tuple[int, Node]] = field(default_factory=list)

    @property
    def now(self) -> Node:
        """What a running program sees."""
        return self.pending[-1][1] if self.pending else self.sure


class Disk:
    """A file system that remembers what was flushed."""

    def __init__(self, before: Path, root: Path) -> None:
        """Begin with what stands in `before`; the steps speak of it as `root`."""
        self.root = os.fspath(root)
        self.tree = _read(before)
        self.steps = 0

    def _folder(self, path: str) -> Folder:
        """Return the folder that `path` names, as a running program sees it."""
        folder: Node = self.tree
        for part in Path(path).relative_to(self.root).parts:
            assert isinstance(folder, Folder), path
            folder = folder.names[part].now
        assert isinstance(folder, Folder), path
        return folder

    def _now(self, path: str) -> Node:
        parent, _, name = path.rpartition("/")
        found = self._folder(parent).names.get(name)
        return found.now if found else None

    def _bind(self, path: str, node: Node) -> None:
        parent, _, name = path.rpartition("/")
        self._folder(parent).names.setdefault(name, Name(None)).pending.append((self.steps, node))

    def take(self, step: Step) -> None:
        """Apply one step."""
        self.steps += 1
        path, other = step.path, step.other
        match step.call:
            case "create":
                if not isinstance(self._now(path), File):
                    self._bind(path, File())
            case "write" | "append":
                file = self._now(path)
                assert isinstance(file, File), path
                assert step.body is not None, path
                file.written += step.body
            case "fsync":
                file = self._now(path)
                assert isinstance(file, File), path
                file.flushed = file.written
            case "fsync_dir":
                for name in self._folder(path).names.values():
                    name.sure, name.pending = name.now, []
            case "rename":
                assert other is not None
                node = self._now(path)
                self._bind(path, None)
                self._bind(other, node)
            case "symlink":
                self._bind(path, str(other))
            case "link":
                assert other is not None
                self._bind(other, self._now(path))
            case "unlink" | "rmdir":
                self._bind(path, None)
            case "mkdir":
                self._bind(path, Folder())
            case _:
                raise AssertionError(step.call)

    def crash(self, lots: random.Random, into: Path) -> None:
        """Write one of the images that the disk may hold now; `lots` decides what was lost."""
        mood, kept = lots.random(), dict[int, bool]()

        def reached(when: int) -> bool:
            # Everything lost, everything kept and every mixture must come up, mixtures most often.
            return kept.setdefault(when, mood > 0.9 or (mood > 0.1 and lots.random() < 0.5))

        places: dict[File, Path] = {}

        def put(folder: Folder, into: Path) -> None:
            for text in sorted(folder.names):
                name, place = folder.names[text], into / text
                node = name.sure
                for when, bound in name.pending:
                    if reached(when):
                        node = bound
                if isinstance(node, Folder):
                    place.mkdir()
                    put(node, place)
                elif isinstance(node, str):
                    place.symlink_to(node)
                elif isinstance(node, File):
                    if node in places:
                        place.hardlink_to(places[node])
                    else:
                        place.write_bytes(_survived(node, lots))
                        places[node] = place

        put(self.tree, into)


def _read(root: Path) -> Folder:
    folder, inodes = Folder(), dict[int, File]()

    def fill(folder: Folder, root: Path) -> None:
        for path in sorted(root.iterdir()):
            node: Node
            if path.is_symlink():
                node = os.readlink(path)  # noqa: PTH115  the text as it stands
            elif path.is_dir():
                node = Folder()
                fill(node, path)
            else:
                body = path.read_bytes()
                node = inodes.setdefault(path.stat().st_ino, File(flushed=body, written=body))
            folder.names[path.name] = Name(node)

    fill(folder, root)
    return folder


def _survived(file: File, lots: random.Random) -> bytes:
    if file.flushed == file.written:
        return file.flushed
    more = file.written[len(file.flushed) :] if file.written.startswith(file.flushed) else file.written
    kept = file.flushed if file.written.startswith(file.flushed) else b""
    return lots.choice((kept, kept + more[: len(more) // 2], kept + more, kept + b"\0" * len(more)))


def images(
    before: Path, root: Path, taken: Sequence[Taken], count: int, make: Callable[[], Path], seed: int = 0
) -> Iterator[tuple[int, Path]]:
    """Yield `count` crash images with the number of steps taken before each: every cut between two steps in turn.

    `before` holds the folder `root` as it was when the recording began; `make` gives a new empty folder for each image.
    """
    lots = random.Random(seed)
    for number in range(count):
        cut = number % (len(taken) + 1)
        disk = Disk(before, root)
        for one in taken[:cut]:
            disk.take(one.step)
        into = make()
        disk.crash(lots, into)
        yield cut, into


def flushes(taken: Sequence[Taken]) -> list[tuple[str, Site]]:
    """Return every place in the program that asks for a flush, with the kind of flush; each is needed or idle."""
    return sorted({(one.step.call, one.asked[-1]) for one in taken if one.step.call.startswith("fsync")})


def without(taken: Sequence[Taken], call: str, site: Site) -> list[Taken]:
    """Return the run as it would be if that place did not ask for its flush."""
    return [one for one in taken if (one.step.call, one.asked[-1]) != (call, site)]
