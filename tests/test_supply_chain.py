"""Every package is named by its hash, stands in the inventory, and is refused where one byte is another."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from packaging.markers import Marker

from tests.golden_site import ROOT

LOCKS = ("requirements-delivery.lock", "deploy/kiosk/requirements.lock")


@dataclass(frozen=True, kw_only=True, slots=True)
class Locked:
    """One entry of a lock file."""

    name: str
    version: str
    marker: str
    """For which machines it is meant; empty for all. One package can stand there in two versions."""
    hashes: tuple[str, ...]

    @property
    def counts_here(self) -> bool:
        """Whether this machine needs it."""
        return not self.marker or Marker(self.marker).evaluate()


def entries(lock: str) -> list[Locked]:
    """What a lock file names."""
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    found = []
    for line in text.splitlines():
        match = re.match(r"([a-z0-9][a-z0-9._-]*)==(\S+)\s*(?:;\s*(.*?))?\s+(--hash=.*)$", line)
        if match:
            hashes = tuple(re.findall(r"--hash=sha256:([0-9a-f]{64})", match[4]))
            found.append(Locked(name=match[1], version=match[2], marker=match[3] or "", hashes=hashes))
    return found


def inventory(lock: str) -> dict[str, Any]:
    """The CycloneDX inventory of a lock file, as `make sbom` writes it."""
    if importlib.util.find_spec("cyclonedx_py") is None:
        pytest.skip("not run: cyclonedx-bom is not installed")
    made = subprocess.run(_sbom(lock), check=True, capture_output=True, cwd=ROOT).stdout
    assert made == subprocess.run(_sbom(lock), check=True, capture_output=True, cwd=ROOT).stdout
    found: dict[str, Any] = json.loads(made)
    return found


def _sbom(lock: str) -> list[str]:
    """The command of the Makefile for this lock, printing instead of writing."""
    rule = (ROOT / "Makefile").read_text(encoding="utf-8")
    words = re.search(rf"^\t\$\(BIN\)/python -m cyclonedx_py (.*) {re.escape(lock)}$", rule, re.M)
    assert words, f"make sbom says nothing of {lock}"
    options = re.sub(r"-o \S+", "-o -", words[1]).split()
    return [sys.executable, "-m", "cyclonedx_py", *options, "--no-validate", lock]  # validating takes seconds


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_stands_in_the_inventory(lock: str) -> None:
    """Name, version and every hash of each lock entry; the same lock gives the same bytes."""
    locked = entries(lock)
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert len(locked) == len(re.findall(r"^[a-z0-9]\S*==", text, re.M)) > 5
    components = {(one["name"], one["version"]): one for one in inventory(lock)["components"]}
    assert components.keys() == {(one.name, one.version) for one in locked}
    for one in locked:
        references = components[one.name, one.version]["externalReferences"]
        held = {digest["content"] for reference in references for digest in reference["hashes"]}
        assert held == set(one.hashes), one.name
        assert one.hashes, one.name


def test_what_is_installed_is_what_is_locked() -> None:
    """Each package of the lock that this machine needs is here in the locked version, and so in the inventory."""
    for one in entries("requirements.lock"):
        if one.counts_here:
            assert importlib.metadata.version(one.name) == one.version, one.name


def test_all_that_the_program_imports_is_locked() -> None:
    """Every requirement of the project, and of those, stands in the lock: nothing comes in unnamed."""
    locked = {one.name for one in entries("requirements.lock") if one.counts_here}
    waiting, seen = list(importlib.metadata.requires("qingdan") or ()), set()
    while waiting:
        requirement = waiting.pop()
        name = re.sub(r"[-_.]+", "-", re.split(r"[^A-Za-z0-9._-]", requirement)[0]).lower()
        marker = requirement.partition(";")[2]
        if name in seen or (marker and not Marker(marker).evaluate({"extra": ""})):
            continue
        seen.add(name)
        assert name in locked, name
        waiting += importlib.metadata.requires(name) or ()


@pytest.mark.full
@pytest.mark.parametrize("tampered", [False, True])
def test_a_package_that_is_not_as_locked_is_refused(tmp_path: Path, tampered: bool) -> None:
    """One figure of one hash is another: pip takes nothing. With the lock as it is, it takes the package."""
    (one,) = (one for one in entries("requirements.lock") if one.name == "segno")
    lines = [f"--hash=sha256:{_other(digest) if tampered else digest}" for digest in one.hashes]
    lock = tmp_path / "one.lock"
    lock.write_text(f"{one.name}=={one.version} {' '.join(lines)}\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    run = subprocess.run(
        [*command, "--require-hashes", "--dest", tmp_path / "got", "-r", lock],
        check=False,
        capture_output=True,
        text=True,
    )
    got = list((tmp_path / "got").glob("*")) if (tmp_path / "got").exists() else []
    if tampered:
        if "HASH" not in run.stderr.upper():
            pytest.skip("not run: no package index can be reached")
        assert run.returncode != 0
        assert got == []
    elif run.returncode != 0:
        pytest.skip("not run: no package index can be reached")
    else:
        assert len(got) == 1


def _other(digest: str) -> str:
    return ("0" if digest[0] != "0" else "1") + digest[1:]
