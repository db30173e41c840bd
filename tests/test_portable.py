"""The clerk's commands on systems that lack what POSIX has: Windows, and whatever Python a UOS desktop brings."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import types
from pathlib import Path

import openpyxl
import pytest

from generator import durable
from generator.errors import LockedError
from generator.intake import read_document

GENERATOR = Path(durable.__file__).resolve().parent
POSIX_MODULES = ("resource", "fcntl", "pwd", "grp", "termios", "syslog", "readline")
POSIX_NAMES = (
    "O_NOFOLLOW",
    "O_NONBLOCK",
    "O_NOCTTY",
    "O_CLOEXEC",
    "getuid",
    "geteuid",
    "fork",
    "mkfifo",
    "uname",
    "sched_getaffinity",
)

# Runs before the program and, in its parsing child, before the parser: what Windows lacks is gone from both.
BARE = f"""
import os, sys
for module in {POSIX_MODULES!r}:
    sys.modules[module] = None
for name in {POSIX_NAMES!r}:
    if hasattr(os, name):
        delattr(os, name)
"""
PROGRAM = f"""
import subprocess, tempfile, threading, concurrent.futures, multiprocessing
BARE = {BARE!r}
exec(BARE)
from generator.intake import parent
parent._PROGRAM = BARE + parent._PROGRAM
from generator.__main__ import main
main()
"""


def workbook(path: Path, *names: str) -> Path:
    """A basic list with these names."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = "基本履职事项"
    for row in (("宾州镇基本履职事项清单",), ("序号", "事项名称"), *enumerate(names, start=1)):
        page.append(row)
    book.save(path)
    return path


def bare(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the command line without anything of POSIX."""
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, *words],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_a_workbook_is_checked_without_posix(tmp_path: Path) -> None:
    """Without resource limits, O_NOFOLLOW and the like the same findings come out, the parser's own included."""
    book = workbook(tmp_path / "清单.xlsx", "负责党员教育管理", "完成上级交办的其他任务", "")
    ran = bare("check", str(book), "--format", "json", folder=tmp_path)
    usual = subprocess.run(
        [sys.executable, "-m", "generator", "check", str(book), "--format", "json"],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert (ran.returncode, ran.stderr) == (1, "")
    assert ran.stdout == usual.stdout
    findings = json.loads(ran.stdout)["findings"]
    assert [f["rule"] for f in findings if f["severity"] != "info"] == ["CATCH-ALL", "NAME-MISSING"]


def test_other_formats_are_read_without_posix(tmp_path: Path) -> None:
    """Text and unreadable files too: each is reported, none ends the run."""
    (tmp_path / "清单.csv").write_bytes(
        "宾州镇基本履职事项清单,\n序号,事项名称\n1,负责党员教育管理\n".encode("gb18030")
    )
    (tmp_path / "坏.xlsx").write_bytes(b"PK\x03\x04 nothing")
    (tmp_path / "夹").mkdir()
    fine = bare("check", "清单.csv", folder=tmp_path)
    broken = bare("check", "坏.xlsx", "夹", "清单.csv", folder=tmp_path)

    assert fine.returncode == 0, fine.stdout + fine.stderr
    assert broken.returncode == 1
    assert "FILE-TRUNCATED" in broken.stdout
    assert "FILE-NOT-REGULAR" in broken.stdout


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no symbolic links here")
def test_a_link_is_refused_where_the_system_cannot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without O_NOFOLLOW a link is looked for before it is opened."""
    target = workbook(tmp_path / "清单.xlsx", "负责党员教育管理")
    link = tmp_path / "链接.xlsx"
    link.symlink_to(target)
    monkeypatch.delattr(os, "O_NOFOLLOW", raising=False)

    assert [fault.rule for fault in read_document(link).faults] == ["FILE-NOT-REGULAR"]
    assert read_document(target).faults == ()


class FakeMsvcrt(types.ModuleType):
    """What the lock needs of Windows: one holder at a time."""

    LK_NBLCK = 2

    def __init__(self) -> None:
        super().__init__("msvcrt")
        self.held = False

    def locking(self, _handle: int, mode: int, count: int) -> None:
        """Take the lock or fail as Windows does."""
        assert (mode, count) == (self.LK_NBLCK, 1)
        if self.held:
            raise PermissionError(13, "Permission denied")
        self.held = True


def test_files_are_kept_and_locked_on_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There the lock is msvcrt's, and folders are not flushed: Windows cannot, and need not."""
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setitem(sys.modules, "msvcrt", FakeMsvcrt())
    monkeypatch.setitem(sys.modules, "fcntl", None)

    with durable.locked(tmp_path / ".lock"):
        durable.replace_file(tmp_path / "a.json", b"{}")
        with pytest.raises(LockedError), durable.locked(tmp_path / ".lock"):
            pass
    assert (tmp_path / "a.json").read_bytes() == b"{}"


# Modules that only POSIX has may be imported where they are used and nowhere else; names of `os` only by getattr.
ALLOWED = {("fcntl", "durable.py"), ("resource", "intake/child.py")}


@pytest.mark.parametrize(
    "path", sorted(GENERATOR.rglob("*.py")), ids=lambda path: str(path.relative_to(GENERATOR))
)
def test_nothing_of_posix_is_taken_for_granted(path: Path) -> None:
    """A new module that leans on POSIX fails here, not on a clerk's Windows."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    name = path.relative_to(GENERATOR).as_posix()
    at_the_top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for module in (alias.name for alias in node.names if alias.name in POSIX_MODULES):
                assert (module, name) in ALLOWED
                assert node not in at_the_top
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os":
            assert node.attr not in POSIX_NAMES, f"os.{node.attr} in {name}, line {node.lineno}"
