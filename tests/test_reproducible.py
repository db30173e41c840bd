"""The same content gives the same bytes, on whosever machine, whenever, and however many processes build it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from generator.model.releases import Manifest
from generator.sealing import differences, seal
from tests.golden_site import ROOT, golden_content

PROGRAM = ("generator", "site_templates", "mkdocs.yml")


@dataclass(frozen=True, kw_only=True, slots=True)
class Machine:
    """What one machine has that another has not."""

    folder: str = "here"
    variables: dict[str, str] = field(default_factory=dict)
    umask: int = 0o022
    jobs: int = 1
    clock: str | None = None
    """The moment that programs are told, as faketime takes it."""
    own_copy: bool = False
    """The program stands in a folder of its own, not in this one."""


# Together, for every run of the tests; and one by one, so that a difference has one cause.
COMBINED = {
    "far away": Machine(
        folder="sichtbar 别处 with a blank",
        variables={"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "LANG": "C", "PYTHONHASHSEED": "1"},
        umask=0o077,
    ),
    "two processes": Machine(
        variables={"HOME": "/nonexistent", "PYTHONHASHSEED": "4294967295", "TZ": "America/St_Johns"}, jobs=2
    ),
}
SINGLE = {
    "folder": Machine(folder="a/much/deeper/folder", own_copy=True),
    "time zone": Machine(variables={"TZ": "Pacific/Kiritimati"}),
    "locale": Machine(variables={"LC_ALL": "C", "LANG": "tr_TR.UTF-8"}),
    "umask": Machine(umask=0o077),
    "hash seed": Machine(variables={"PYTHONHASHSEED": "12345"}),
    "processes": Machine(jobs=2),
    "home": Machine(variables={"HOME": "/nonexistent", "USER": "somebody", "XDG_CACHE_HOME": "/nonexistent"}),
    "clock": Machine(clock="@2038-01-20 03:14:08"),
}


def built_on(machine: Machine, home: Path) -> Path:
    """Build the golden content as that machine would, and return where the site lies."""
    folder = home / machine.folder
    folder.mkdir(parents=True)
    content = golden_content(folder)
    program = ROOT
    if machine.own_copy:
        program = folder / "program"
        program.mkdir()
        for name in PROGRAM:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, program / name)
    command = [sys.executable, "-m", "generator", "build", "--content", str(content)]
    command += ["--out", str(folder / "site"), "--as-of", "2026-01-01", "--jobs", str(machine.jobs)]
    if machine.clock:
        faketime = shutil.which("faketime")
        if faketime is None:
            pytest.skip("not run: faketime is not installed")
        command = [faketime, "-f", machine.clock, *command]
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "PYTHON"))
    }
    run = subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=program,
        env={**kept, "PYTHONPATH": str(program), **machine.variables},
        umask=machine.umask,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return folder / "site"


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    """What the plainest machine builds."""
    return seal(built_on(Machine(), tmp_path_factory.mktemp("plain")), "site")


@pytest.mark.parametrize(
    "machine",
    [
        *(pytest.param(machine, id=name) for name, machine in COMBINED.items()),
        *(pytest.param(machine, id=name, marks=pytest.mark.full) for name, machine in SINGLE.items()),
    ],
)
def test_every_machine_builds_the_same_bytes(manifest: Manifest, machine: Machine, tmp_path: Path) -> None:
    """Another folder, time zone, language, umask, hash seed, home, clock or number of processes changes no byte, and no file names any of it."""
    site = built_on(machine, tmp_path)
    assert differences(manifest, site) == ()
    assert seal(site, "site").digest == manifest.digest
    assert len(manifest.files) > 100
    if "sichtbar" in machine.folder:
        for path in site.rglob("*"):
            assert not path.is_file() or b"sichtbar" not in path.read_bytes(), path
