"""What a build does when the machine fails it: signals, full disks, unreadable files, no memory, a second build.

Whatever happens, the site that lay there stays as it was, nothing is left beside it, and nobody sees a traceback.
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from tests.golden_site import ROOT, build_golden, golden_content

FINE, LOCKED, MACHINE = 0, 5, 9
ENDED = {signal.SIGTERM: 143, signal.SIGINT: 130, signal.SIGHUP: 129}


def full(*values: object) -> ParameterSet:
    """A case that only the long run takes."""
    return pytest.param(*values, marks=pytest.mark.full)


def start(
    folder: Path,
    *words: str | Path,
    code: str = "",
    out: Path | None = None,
    before: Callable[[], object] | None = None,
    env: dict[str, str] | None = None,
) -> subprocess.Popen[str]:
    """Start a build of the golden content in a process of its own; `code` runs in it before the command line."""
    program = f"{code}\nfrom generator.__main__ import main\nif __name__ == '__main__':\n    main()\n"
    script = folder / "started.py"
    script.write_text(program, encoding="utf-8")
    chosen = ("--content", folder / "content", "--out", out or folder / "site", "--as-of", "2026-01-01")
    return subprocess.Popen(
        [sys.executable, script, "build", *map(str, (*chosen, *words))],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1", "PYTHONPATH": str(ROOT), **(env or {})},
        preexec_fn=before,  # noqa: PLW1509  the tests have no threads
    )


def end(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Wait for it; return its exit code and all it said."""
    out, err = process.communicate(timeout=120)
    assert "Traceback" not in err, err
    return process.returncode, out + err


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Every file of a tree."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def left_beside(folder: Path) -> list[str]:
    """What stands beside the site that is none of ours."""
    known = {"content", "site", "started.py", ".site.lock"}
    return sorted(path.name for path in folder.iterdir() if path.name not in known)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scratch folder with content and a site of an earlier build; the content has changed since."""
    folder = tmp_path_factory.mktemp("faults")
    content = golden_content(folder)
    build_golden(content, folder / "site")
    settings = content / "counties" / "230125" / "county.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("0000000", "0000001"), encoding="utf-8")
    return folder


@pytest.fixture
def scratch(built: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    shutil.copytree(built, tmp_path / "scratch")
    return tmp_path / "scratch"


@pytest.fixture
def unharmed(scratch: Path) -> Iterator[Path]:
    """The scratch folder; afterwards the old site must be there, whole, with nothing left beside it."""
    before = bytes_of(scratch / "site")
    yield scratch
    assert bytes_of(scratch / "site") == before
    assert left_beside(scratch) == []


# A build that stops in the middle of its work and waits to be ended, once it has said so.
WAITING = """
import sys, time
from generator import data, build
def slow(*a, **k):
    print('in the middle', flush=True)
    time.sleep(60)
data.build_data = slow
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, *(full(one) for one in (signal.SIGINT, signal.SIGHUP))])
def test_a_signal_ends_a_build_cleanly(unharmed: Path, number: signal.Signals) -> None:
    """SIGTERM, SIGINT and SIGHUP in the middle: the documented code, no staging folder, the old site as it was."""
    process = start(unharmed, "--jobs", "1", code=WAITING)
    assert process.stdout is not None
    assert process.stdout.readline() == "in the middle\n"
    assert (unharmed / ".site.staging").is_dir()
    process.send_signal(number)
    assert end(process)[0] == ENDED[number]


# The signal comes while a worker process is being started: it is there, and does not yet know what to do.
STARTING = """
import os, signal
from multiprocessing import util
really, done = util.spawnv_passfds, []
def spawning(path, args, files):
    pid = really(path, args, files)
    if any(b'spawn_main' in os.fsencode(arg) for arg in args) and not done:
        done.append(pid)
        {sending}
    return pid
if __name__ == '__main__':
    util.spawnv_passfds = spawning
"""


@pytest.mark.parametrize(
    ("number", "sending"),
    [
        (signal.SIGTERM, "os.kill(os.getpid(), signal.SIGTERM)"),
        (signal.SIGINT, "import time; time.sleep(0.2); os.killpg(0, signal.SIGINT)"),
        full(signal.SIGHUP, "os.kill(os.getpid(), signal.SIGHUP)"),
    ],
)
def test_a_signal_while_a_worker_starts(unharmed: Path, number: signal.Signals, sending: str) -> None:
    """Ctrl+C reaches the half started worker too; nobody sees its traceback."""
    process = start(unharmed, "--jobs", "2", code=STARTING.format(sending=sending), before=os.setsid)
    assert end(process)[0] == ENDED[number]


# An import that is interrupted inside a class body: Python tells it as a RuntimeError.
INTERRUPTED = """
import os, signal
from generator import settings
class Name:
    def __set_name__(self, owner, name):
        os.kill(os.getpid(), signal.{name})
        sum(range(10**6))
def importing(content):
    class Settings:
        site = Name()
settings.load_site = importing
"""


@pytest.mark.parametrize("number", ENDED)
def test_a_signal_inside_an_import(unharmed: Path, number: signal.Signals) -> None:
    """The signal's own code, and no word of a fault of the program."""
    ended, told = end(start(unharmed, "--jobs", "1", code=INTERRUPTED.format(name=number.name)))
    assert (ended, told) == (ENDED[number], "")


@pytest.mark.full
def test_a_hang_up_can_be_ignored(scratch: Path) -> None:
    """Under nohup a closed terminal ends nothing: the build goes on to its end."""
    code = WAITING.replace("time.sleep(60)", "time.sleep(0.3); return {}")
    process = start(
        scratch, "--jobs", "1", code=code, before=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGHUP)
    assert end(process)[0] == FINE


# Says when the program has begun: before that it is Python that a signal ends.
SAYING_SO = """
import generator.__main__ as door
really = door._end_cleanly
def saying_so():
    really()
    print('begun', flush=True)
door._end_cleanly = saying_so
"""


@pytest.mark.full
@pytest.mark.parametrize("seed", range(200))
def test_a_signal_at_any_time_leaves_old_or_new(scratch: Path, built: Path, seed: int) -> None:
    """A signal at a random moment of a build with workers: the site is wholly the old or the new one."""
    lots = random.Random(seed)
    number = lots.choice(list(ENDED))
    old = bytes_of(scratch / "site")
    new = _new_site(built)
    process = start(scratch, "--jobs", "2", code=SAYING_SO, before=os.setsid)
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    time.sleep(lots.uniform(0, 3))
    process.send_signal(number)
    code, _ = end(process)
    # All done, Python itself is leaving and has put the signal's own handling back: then it ends with -number.
    assert code in {FINE, ENDED[number], -number}
    now = bytes_of(scratch / "site")
    assert now in (old, new) if code == ENDED[number] else now == new
    assert left_beside(scratch) == []


def _new_site(built: Path) -> dict[str, bytes]:
    out = built.parent / f"{built.name}-new"
    if not out.exists():
        build_golden(built / "content", out)
    return bytes_of(out)


def failing_at(call: int, error: str) -> str:
    """Code that makes the n-th file of a staging tree fail to be written."""
    return f"""
import errno, os
from generator import durable
real, count = durable._write_all, [0]
def failing(handle, body):
    count[0] += 1
    if count[0] == {call}:
        raise OSError(errno.{error}, os.strerror(errno.{error}))
    real(handle, body)
durable._write_all = failing
"""


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (1, "ENOSPC", "磁盘已满"),
        full(40, "EDQUOT", "磁盘已满"),
        full(80, "EIO", "系统不允许读写"),
        full(90, "EROFS", "系统不允许读写"),
    ],
)
def test_a_disk_that_fails_is_said(unharmed: Path, call: int, error: str, said: str) -> None:
    """A full disk, a used-up quota, a broken or read-only disk: code 9, a sentence, and the old site."""
    code, told = end(start(unharmed, "--jobs", "1", code=failing_at(call, error)))
    assert code == MACHINE
    assert said in told


def _mount(kind: str, folder: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("not run: only root can mount a small disk")
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", kind, "tmpfs", folder], check=False, capture_output=True, text=True
    )
    if made.returncode != 0:
        pytest.skip(f"not run: no disk can be mounted here ({made.stderr.strip()})")


@pytest.mark.parametrize(
    ("kind", "jobs"),
    [
        ("bytes", "1"),
        full("bytes", "2"),
        full("inodes", "1"),
        full("inodes", "2"),
    ],
)
def test_a_full_disk_leaves_the_old_site(built: Path, tmp_path: Path, kind: str, jobs: str) -> None:
    """On a real small disk without room for a second tree, by bytes or by number of files: code 9, nothing lost."""
    small = tmp_path / "small"
    there = list((built / "site").rglob("*"))
    pages = sum(-(-path.stat().st_size // 4096) for path in there if path.is_file())  # of memory, 4 KiB each
    _mount(f"size={4 * pages + 200}k" if kind == "bytes" else f"size=64m,nr_inodes={len(there) + 40}", small)
    try:
        shutil.copytree(built / "site", small / "site")
        before = bytes_of(small / "site")
        code, told = end(start(_copied(built, tmp_path), "--jobs", jobs, out=small / "site"))
        assert code == MACHINE, told
        assert "磁盘已满" in told
        assert bytes_of(small / "site") == before
        assert sorted(path.name for path in small.iterdir()) == [".site.lock", "site"]
    finally:
        subprocess.run(["umount", small], check=True)


def _copied(built: Path, tmp_path: Path) -> Path:
    shutil.copytree(built / "content", tmp_path / "from" / "content")
    return tmp_path / "from"


@pytest.mark.full
def test_a_full_folder_for_temporary_files_is_no_obstacle(scratch: Path, tmp_path: Path) -> None:
    """A build needs no room but its own: with a TMPDIR that takes nothing it gives the same site."""
    _mount("size=4k,ro", tmp_path / "tiny")
    try:
        code, told = end(start(scratch, "--jobs", "2", env={"TMPDIR": str(tmp_path / "tiny")}))
        assert code == FINE, told
    finally:
        subprocess.run(["umount", tmp_path / "tiny"], check=True)


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("pages/item.html", "EIO"),
        full("pages/item.html", "gone"),
        full("pages/county.html", "gone"),
        full("assets/pages.css", "EIO"),
        full("strings/pages.toml", "EIO"),
        full("chrome/main.html", "EIO"),
    ],
)
def test_a_template_that_cannot_be_read_is_named(unharmed: Path, name: str, how: str) -> None:
    """A template, style or table of words that is gone or that the disk does not give: the message names it."""
    templates = unharmed.parent / "templates"
    shutil.copytree(ROOT / "site_templates", templates)
    code = f"from pathlib import Path\nfrom generator.cli import common\ncommon.TEMPLATES = Path({str(templates)!r})\n"
    if how == "gone":
        (templates / name).unlink()
    else:
        code += f"""
import errno, io, os
import builtins
real = io.open
def failing(file, *a, **k):
    if str(file).endswith({name!r}):
        raise OSError(errno.EIO, os.strerror(errno.EIO), str(file))
    return real(file, *a, **k)
builtins.open = io.open = failing
"""
    ended, told = end(start(unharmed, "--jobs", "1", code=code))
    assert ended in {3, MACHINE}, told
    assert Path(name).name in told


@pytest.mark.parametrize("many", [2, full(20)])
def test_builds_at_once_do_not_meet(scratch: Path, built: Path, many: int) -> None:
    """Two builds of one folder at once, or twenty: one or more win, the others say that another runs, and the site is whole."""
    builds = [start(scratch, "--jobs", "1") for _ in range(many)]
    ended = [end(process) for process in builds]
    assert {code for code, _ in ended} <= {FINE, LOCKED}
    assert FINE in {code for code, _ in ended}
    assert all("另一个" in told for code, told in ended if code == LOCKED)
    assert bytes_of(scratch / "site") == _new_site(built)
    assert left_beside(scratch) == []


@pytest.mark.full
def test_a_lock_dies_with_its_holder(scratch: Path) -> None:
    """A build that was killed holds nothing: the next one runs, clears what was left, and gives the site."""
    process = start(scratch, "--jobs", "1", code=WAITING)
    assert process.stdout is not None
    process.stdout.readline()
    process.kill()
    process.communicate()
    assert (scratch / ".site.staging").is_dir()
    assert end(start(scratch, "--jobs", "1"))[0] == FINE
    assert left_beside(scratch) == []


@pytest.mark.full
def test_a_worker_that_the_system_kills_is_said(unharmed: Path) -> None:
    """The system takes a worker away for want of memory: code 9 with what to do, not a traceback."""
    code = """
import os, signal
from generator import data
def killed(*a, **k):
    os.kill(os.getpid(), signal.SIGKILL)
data.build_data = killed
"""
    ended, told = end(start(unharmed, "--jobs", "2", code=code))
    assert ended == MACHINE
    assert "--jobs 1" in told


@pytest.mark.parametrize("jobs", [full("1"), full("2")])
def test_no_memory_is_said(unharmed: Path, jobs: str) -> None:
    """A part that asks for more memory than there is: code 9 and a sentence."""
    code = """
from generator import data
def hungry(*a, **k):
    raise MemoryError
data.build_data = hungry
"""
    ended, told = end(start(unharmed, "--jobs", jobs, code=code))
    assert ended == MACHINE
    assert "内存不足" in told


@pytest.mark.full
@pytest.mark.parametrize("megabytes", [256, 384, 512])
def test_a_limit_on_memory_loses_nothing(scratch: Path, built: Path, megabytes: int) -> None:
    """Under a real limit of address space a build ends well or not, but never half, and nothing stays behind."""
    old, size = bytes_of(scratch / "site"), megabytes << 20

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (size, size))

    process = start(scratch, "--jobs", "1", before=limited)
    process.communicate(timeout=120)
    assert bytes_of(scratch / "site") == (_new_site(built) if process.returncode == FINE else old)
    assert left_beside(scratch) == []
