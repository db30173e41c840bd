"""A real power cut, as far as a file system goes: ext4 on a loop image, shut down without writing its journal.

Needs root and a loop device; `why_not` says what is missing.
"""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# FS_IOC_SHUTDOWN of the Linux kernel, with "do not flush the log": what was not flushed is gone.
_SHUTDOWN, _NO_LOG_FLUSH = 0x8004587D, 2


def why_not() -> str | None:
    """Return why power cannot be cut on this machine, or None where it can."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "not run: power cuts need root on Linux"
    if not shutil.which("mkfs.ext4"):
        return "not run: mkfs.ext4 is not installed"
    if not Path("/dev/loop-control").exists():
        return "not run: there are no loop devices"
    return None


def cut_power(disk: str) -> None:
    """Shut down the file system mounted at `disk` at once."""
    import fcntl  # POSIX only

    handle = os.open(disk, os.O_RDONLY)
    fcntl.ioctl(handle, _SHUTDOWN, struct.pack("I", _NO_LOG_FLUSH))
    os.close(handle)


class Disk:
    """A small disk of its own, mounted at `place`."""

    def __init__(self, image: Path, place: Path) -> None:
        self.image, self.place = image, place

    def on(self) -> None:
        """Switch it on: mounting replays its journal, as after a power cut."""
        subprocess.run(["mount", "-o", "loop", self.image, self.place], check=True)

    def off(self) -> None:
        """Take it away, whatever still uses it."""
        subprocess.run(["umount", self.place], check=True)


@contextmanager
def disk(folder: Path, megabytes: int = 64) -> Iterator[Disk]:
    """A formatted disk, mounted while the block runs."""
    image, place = folder / "image", folder / "disk"
    with image.open("wb") as file:
        file.truncate(megabytes << 20)
    subprocess.run(["mkfs.ext4", "-q", "-F", image], check=True)
    place.mkdir()
    made = Disk(image, place)
    made.on()
    try:
        yield made
    finally:
        subprocess.run(["umount", "-l", place], check=False, capture_output=True)
