"""Disks that a test takes from under a program: small ones, read-only ones, ones of another kind, ones that vanish."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.power import Disk


def _needs_root() -> None:
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("not run: only root on Linux can mount a disk")


def _done(*command: str | Path) -> None:
    """Run a command of the system; skips the test where this machine does not allow it."""
    run = subprocess.run([*map(str, command)], check=False, capture_output=True, text=True)
    if run.returncode != 0:
        pytest.skip(f"not run: {command[0]} is not allowed here ({run.stderr.strip()})")


@contextmanager
def _mounted(place: Path, *options: str | Path) -> Iterator[Path]:
    place.mkdir(parents=True, exist_ok=True)
    _done("mount", *options, place)
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=False, capture_output=True)


@contextmanager
def memory_disk(place: Path, options: str = "size=16m") -> Iterator[Path]:
    """A disk in memory, mounted at `place` while the block runs; `options` as tmpfs takes them."""
    _needs_root()
    with _mounted(place, "-t", "tmpfs", "-o", options, "tmpfs"):
        yield place


@contextmanager
def bound(folder: Path, place: Path) -> Iterator[Path]:
    """`folder` seen a second time at `place`: the same disk by its number, another one for links and renames."""
    _needs_root()
    with _mounted(place, "--bind", folder):
        yield place


@contextmanager
def fat_disk(folder: Path, megabytes: int = 32) -> Iterator[Path]:
    """A disk as in a USB stick or an old server: FAT, without links, at `folder`/fat while the block runs."""
    _needs_root()
    if shutil.which("mkfs.vfat") is None:
        pytest.skip("not run: mkfs.vfat is not installed")
    if not Path("/dev/loop-control").exists():
        pytest.skip("not run: there are no loop devices")
    image = folder / "fat.image"
    with image.open("wb") as file:
        file.truncate(megabytes << 20)
    _done("mkfs.vfat", image)
    with _mounted(folder / "fat", "-o", "loop", image) as place:
        yield place


@contextmanager
def xfs_disk(folder: Path, megabytes: int = 320) -> Iterator[Disk]:
    """A disk with XFS, whose power `tests.faults.power.cut_power` can cut, mounted while the block runs."""
    _needs_root()
    if shutil.which("mkfs.xfs") is None:
        pytest.skip("not run: mkfs.xfs is not installed")
    if not Path("/dev/loop-control").exists():
        pytest.skip("not run: there are no loop devices")
    made = Disk(folder / "xfs.image", folder / "xfs")
    with made.image.open("wb") as file:
        file.truncate(megabytes << 20)
    _done("mkfs.xfs", "-q", made.image)
    with _mounted(made.place, "-o", "loop", made.image):
        yield made


def read_only(place: Path) -> None:
    """Mount what is mounted at `place` again, for reading only."""
    _done("mount", "-o", "remount,ro", place)


def writable(place: Path) -> None:
    """Mount it for writing again."""
    _done("mount", "-o", "remount,rw", place)


def pulled_out(place: Path) -> None:
    """Take a mounted disk away, whoever is reading it."""
    subprocess.run(["umount", "-l", place], check=True)
