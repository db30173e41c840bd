"""The simulator of power cuts itself: it finds the mistakes that it is there to find, and blames nothing that is right."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from generator import durable
from tests.faults.crash import Recorder, Taken, flushes, images, without


def record(folder: Path, run: Callable[[Path], None]) -> tuple[Path, list[Taken]]:
    """Run in `folder`; return a copy of it from before, with the steps that were taken."""
    recorder = Recorder()
    (folder / "page").write_bytes(b"old")
    before = shutil.copytree(folder, folder.with_name("before"))
    with durable.watched(recorder):
        run(folder)
    return before, recorder.taken


def seen(before: Path, taken: list[Taken], tmp_path: Path, count: int = 400) -> set[bytes | None]:
    """Return everything that `page` may say after a crash."""
    numbers = itertools.count()

    def make() -> Path:
        folder = tmp_path / f"image-{next(numbers)}"
        folder.mkdir()
        return folder

    found: set[bytes | None] = set()
    for _, image in images(before, before.with_name("now"), taken, count, make):
        page = image / "page"
        found.add(page.read_bytes() if page.exists() else None)
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder."""
    (tmp_path / "now").mkdir()
    return tmp_path / "now"


def test_a_replaced_file_is_old_or_new(folder: Path, tmp_path: Path) -> None:
    """`replace_file` leaves the old bytes or the new ones after any cut."""
    before, taken = record(folder, lambda place: durable.replace_file(place / "page", b"new!"))
    assert seen(before, taken, tmp_path) == {b"old", b"new!"}


def test_a_forgotten_flush_of_the_bytes_shows(folder: Path, tmp_path: Path) -> None:
    """Without the flush before its rename, a file may be empty or cut."""
    before, taken = record(folder, lambda place: durable.replace_file(place / "page", b"new!"))
    sites = [site for call, site in flushes(taken) if call == "fsync"]
    found = seen(before, without(taken, "fsync", sites[0]), tmp_path)
    assert b"" in found
    assert b"ne" in found


def test_a_forgotten_flush_of_the_folder_shows(folder: Path, tmp_path: Path) -> None:
    """Without the flush of the folder, what was said to be done may be undone."""
    before, taken = record(folder, lambda place: durable.replace_file(place / "page", b"new!"))
    forgetful = [one for one in taken if one.step.call != "fsync_dir"]
    numbers = itertools.count()

    def make() -> Path:
        place = tmp_path / f"end-{next(numbers)}"
        place.mkdir()
        return place

    at_the_end = [
        image for cut, image in images(before, folder, forgetful, 400, make) if cut == len(forgetful)
    ]
    assert {(image / "page").read_bytes() for image in at_the_end} == {b"old", b"new!"}


def test_writing_in_place_shows(folder: Path, tmp_path: Path) -> None:
    """A file taken away and written anew may be missing, empty or cut."""

    def careless(place: Path) -> None:
        durable.unlink(place / "page")
        durable.write_new(place / "page", b"new!")
        durable.sync_folder(place)

    before, taken = record(folder, careless)
    assert {None, b"old", b"", b"ne"} <= seen(before, taken, tmp_path)


def test_a_renamed_folder_takes_its_files_along(folder: Path, tmp_path: Path) -> None:
    """What stood in a folder stands in it under its new name."""

    def staged(place: Path) -> None:
        durable.mkdir(place / "tmp")
        durable.write_new(place / "tmp" / "inner", b"1")
        durable.sync_folder(place / "tmp")
        durable.sync_folder(place)
        durable.rename(place / "tmp", place / "done")
        durable.sync_folder(place)

    before, taken = record(folder, staged)
    numbers = itertools.count()

    def make() -> Path:
        place = tmp_path / f"image-{next(numbers)}"
        place.mkdir()
        return place

    for cut, image in images(before, before.with_name("now"), taken, 300, make):
        assert not ((image / "done").exists() and (image / "tmp").exists())
        if (image / "done").is_dir():
            assert (image / "done" / "inner").read_bytes() == b"1"
        if cut > [one.step.call for one in taken].index("rename"):
            assert (image / "done").is_dir() or (image / "tmp" / "inner").read_bytes() == b"1"
        if cut == len(taken):
            assert (image / "done").is_dir()
