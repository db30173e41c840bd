"""Publishing survives a failing or dying disk at every step: readers see the old edition or the new one, and the next run ends it."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator import durable, release, settings, signing
from generator.errors import QingdanError
from generator.model.targets import FolderTarget
from generator.release import Built
from tests.faults.crash import Recorder, Taken, flushes, images, without
from tests.faults.power import disk, why_not
from tests.faults.server import Server
from tests.release_site import UNIT, edition, publish_edition, shows

ERRORS = ("EIO", "ENOSPC", "EROFS")
MORE_ERRORS = ("EDQUOT", "EACCES", "EMFILE")
MEMORY = Path("/dev/shm")


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder in memory where there is one: the sweeps write some hundred thousand small files."""
    made = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """The real command, ready to be run many times."""
    running = Server()
    yield running
    running.close()


class Portal:
    """A content folder with a folder target and two editions of a small site, published by the real command."""

    def __init__(self, folder: Path, server: Server, www: Path | None = None, pages: int = 3) -> None:
        self.folder, self.server = folder, server
        self.www = www or folder / "www"
        self.www.mkdir(exist_ok=True)
        settings.start_content(folder / "office", UNIT, settings_source())
        self.old, self.new = (edition(folder / "built", number, pages=pages) for number in (1, 2))
        public = signing.make_key(folder / "key.pem")
        site = folder / "office" / "content" / "site.toml"
        site.write_text(
            site.read_text(encoding="utf-8")
            + f'\n[signing]\npublic = "{public}"\n\n[[target]]\nname = "portal"\nkind = "folder"\npath = "{self.www}"\n',
            encoding="utf-8",
        )

    def publish(self, built: Built, fault: str = "count", disk: Path | None = None) -> dict[str, object]:
        """Run `qingdan publish` on one edition."""
        arguments = [
            "publish",
            "--county",
            UNIT,
            "--site",
            str(built.folder.parent),
            "--key",
            str(self.folder / "key.pem"),
        ]
        return self.server.run(arguments, self.folder / "office", fault, disk)

    def copy(self) -> Path:
        """Keep what readers see now, links and second names of files as they are."""
        kept = self.folder / "kept"
        shutil.copytree(self.www, kept, symlinks=True)
        return kept

    def back(self, kept: Path) -> None:
        """Put back what was kept."""
        for inner in self.www.iterdir():
            durable.remove_tree(inner)
        shutil.copytree(kept, self.www, symlinks=True, dirs_exist_ok=True)

    def is_old_or_new(self) -> bool:
        """Whether readers see one edition, whole."""
        return shows(self.www, self.old) or shows(self.www, self.new)


def settings_source() -> Path:
    """The content that a new county's content starts from."""
    return Path(__file__).resolve().parent.parent / "content"


def inject(portal: Portal, kept: Path, fault: str, *, first: bool = False) -> None:
    """Publish edition 2 over edition 1 with one fault, then without: old or new in between, new in the end.

    Before the `first` release readers see nothing, and nothing is what they see until all of it is there.
    """
    portal.back(kept)
    failed = portal.publish(portal.new, fault)
    nothing_yet = first and not os.path.lexists(portal.www / UNIT / "current")
    assert nothing_yet or portal.is_old_or_new(), fault
    if failed["status"] == 0:
        assert shows(portal.www, portal.new), fault
    elif not fault.endswith("kill"):
        assert failed["status"] == 4, (fault, failed["said"])
        assert "Traceback" not in str(failed["said"]), fault
    again = portal.publish(portal.new)
    assert again["status"] == 0, (fault, again["said"])
    assert shows(portal.www, portal.new), fault
    left = [
        path.name
        for path in portal.www.rglob("*")
        if path.name.startswith(".tmp-") or path.name == "current.new"
    ]
    assert left == [], fault


def steps_of(portal: Portal, kept: Path) -> int:
    """How many steps an undisturbed run takes."""
    portal.back(kept)
    run = portal.publish(portal.new)
    assert run["status"] == 0, run["said"]
    steps = run["steps"]
    assert isinstance(steps, int)
    return steps


@pytest.fixture
def portal(place: Path, server: Server) -> Portal:
    """A portal that shows edition 1."""
    made = Portal(place, server)
    first = made.publish(made.old)
    assert first["status"] == 0, first["said"]
    return made


def test_killed_or_failing_at_drawn_steps(portal: Portal) -> None:
    """Every third step is killed, and every ninth fails for one of three reasons; the sweep has them all."""
    kept = portal.copy()
    steps = steps_of(portal, kept)
    assert steps > 40
    for step in range(1, steps + 1, 3):
        inject(portal, kept, f"{step}:kill")
        if step % 9 == 1:
            inject(portal, kept, f"{step}:{ERRORS[step // 9 % 3]}")


@pytest.mark.full
def test_a_thousand_faults(place: Path, server: Server) -> None:
    """Every step is killed and fails for six reasons, and once more over what a killed run left."""
    portal = Portal(place, server, pages=16)
    assert portal.publish(portal.old)["status"] == 0
    done = steps = 0
    # Over an older edition; over what a killed run left; over nothing.
    for before in (None, "half", "nothing"):
        if before == "half":
            portal.publish(portal.new, f"{steps // 2}:kill")
        elif before == "nothing":
            shutil.rmtree(portal.www / UNIT)
        kept = portal.copy()
        steps = steps_of(portal, kept)
        for fault in ("kill", *ERRORS, *MORE_ERRORS):
            for step in range(1, steps + 1):
                inject(portal, kept, f"{step}:{fault}", first=before == "nothing")
                done += 1
        portal.back(kept)
        shutil.rmtree(kept)
    print(f"{done} injections")
    assert done >= 1000


@pytest.mark.full
def test_twenty_programs_at_once(portal: Portal) -> None:
    """Of twenty real processes that publish one edition, one does; the others say that another run is at it, or that nothing is left."""
    command = [
        sys.executable,
        "-m",
        "generator",
        "publish",
        "--county",
        UNIT,
        "--site",
        str(portal.new.folder.parent),
    ]
    command += ["--key", str(portal.folder / "key.pem"), "--lang", "en"]
    root = Path(__file__).resolve().parent.parent
    running = [
        subprocess.Popen(
            command,
            cwd=portal.folder / "office",
            env={**os.environ, "PYTHONPATH": str(root)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(20)
    ]
    said = [run.communicate()[0] for run in running]
    won = [text for text in said if "-0002 is live" in text]
    assert len(won) == 1, said
    assert {run.returncode for run in running} <= {0, 5}
    assert all("Traceback" not in text for text in said)
    assert shows(portal.www, portal.new)


def recorded(place: Path) -> tuple[Path, Path, list[Taken], Built, Built]:
    """Publish edition 2 over edition 1; return what stood before, where, and the steps."""
    root = place / "www"
    root.mkdir()
    old, new = (edition(place / "built", number, pages=3, weight=40) for number in (1, 2))
    with release.open_target(target(root), place) as opened:
        publish_edition(opened, old, 1)
        before = Path(shutil.copytree(root, place / "before", symlinks=True))
        relink(root, before)
        recorder = Recorder()
        with durable.watched(recorder):
            publish_edition(opened, new, 2)
    return before, root, recorder.taken, old, new


def relink(root: Path, copy: Path) -> None:
    """Files with two names in `root` have them in its copy too."""
    seen: dict[int, Path] = {}
    for path in sorted(root.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        twin = seen.setdefault(path.stat().st_ino, path)
        if twin != path:
            (copy / path.relative_to(root)).unlink()
            (copy / path.relative_to(root)).hardlink_to(copy / twin.relative_to(root))


def target(root: Path) -> FolderTarget:
    """The settings of a folder target."""
    return FolderTarget(name="portal", path=str(root), address=None, units=(), require_atomic=True)


def fault_in(image: Path, old: Built, new: Built, *, finished: bool) -> str | None:
    """Say what is wrong with a disk after a power cut, or None: readers, then the next run."""
    if not (shows(image, old) or shows(image, new)):
        return "readers see neither edition"
    if finished and not shows(image, new):
        return "a release that was said to be live is not"
    pointer, told = (image / UNIT / "current").readlink().name, last_told(image)
    if told > pointer:
        return "the history tells of a release that readers never saw"
    if finished and told != pointer:
        return "a release was said to be in the history and is not"
    try:
        with release.open_target(target(image), image) as opened:
            publish_edition(opened, new, 3)
            past = opened.unit(UNIT)
            live = past.pointer()
    except QingdanError as error:
        return f"the next run does not end: {error.problem.en}"
    if not shows(image, new):
        return "the next run does not show the new edition"
    ledger = (image / UNIT / "ledger.jsonl").read_text(encoding="utf-8")
    if f'"{live}"' not in ledger:
        return "a release that is live is not in the history"
    return None


def last_told(image: Path) -> str:
    """The release that the last line of the history tells of."""
    lines = (image / UNIT / "ledger.jsonl").read_text(encoding="utf-8").splitlines()
    return max((json.loads(line).get("id", "") for line in lines), default="")


def sweep(
    place: Path,
    before: Path,
    root: Path,
    taken: list[Taken],
    editions: tuple[Built, Built],
    count: int,
    seed: int = 0,
) -> tuple[int, str | None]:
    """Try `count` images, equal ones once; return how many differed, and the first fault."""
    numbers, seen = itertools.count(), set[str]()

    def make() -> Path:
        folder = place / f"image-{next(numbers)}"
        folder.mkdir()
        return folder

    for cut, image in images(before, root, taken, count, make, seed):
        finished = cut == len(taken)
        digest = fingerprint(image) + str(finished)
        fault = None
        if digest not in seen:
            seen.add(digest)
            fault = fault_in(image, *editions, finished=finished)
        shutil.rmtree(image)
        if fault:
            step = taken[cut - 1].step if cut else None
            return len(
                seen
            ), f"{fault}, after {cut} steps ({step.call if step else ''} {step.path if step else ''})"
    return len(seen), None


def fingerprint(image: Path) -> str:
    """A digest of every name, link and byte."""
    digest = hashlib.sha256()
    for path in sorted(image.rglob("*")):
        digest.update(str(path.relative_to(image)).encode() + b"\0")
        if path.is_symlink():
            digest.update(b">" + str(path.readlink()).encode())
        elif path.is_file():
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def test_power_cuts_on_paper(place: Path) -> None:
    """Of 8,000 disks as a power cut may leave them, each shows one edition whole, and the next run ends the work."""
    before, root, taken, old, new = recorded(place)
    differing, fault = sweep(place, before, root, taken, (old, new), 8_000)
    assert fault is None
    assert differing > 100


@pytest.mark.full
def test_ten_thousand_power_cuts_on_paper(place: Path) -> None:
    """The same of 10,000."""
    before, root, taken, old, new = recorded(place)
    differing, fault = sweep(place, before, root, taken, (old, new), 10_000, seed=1)
    print(f"{differing} differing images")
    assert fault is None


@pytest.mark.full
def test_every_flush_is_needed(place: Path) -> None:
    """Take away any one call that flushes a file or a folder, and a power cut breaks something."""
    before, root, taken, old, new = recorded(place)
    idle = []
    for call, site in flushes(taken):
        _, fault = sweep(place, before, root, without(taken, call, site), (old, new), 3000, seed=2)
        print(call, site, fault)
        if fault is None:
            idle.append((call, site))
    assert idle == []


@pytest.mark.parametrize("cuts", [30, pytest.param(100, marks=pytest.mark.full)])
def test_real_power_cuts(tmp_path: Path, server: Server, cuts: int) -> None:
    """The power of a real disk is cut at steps all over the run; after it is on again, readers see one edition whole."""
    missing = why_not()
    if missing:
        pytest.skip(missing)
    with disk(tmp_path) as cut:
        made = Portal(tmp_path, server, cut.place / "www")
        assert made.publish(made.old)["status"] == 0
        kept = made.copy()
        steps = steps_of(made, kept)
        for number in range(cuts):
            made.back(kept)
            os.sync()  # what stood there before was safe
            step = 1 + number * steps // cuts
            made.publish(made.new, f"{step}:power", cut.place)
            cut.off()
            cut.on()
            assert made.is_old_or_new(), step
            again = made.publish(made.new)
            assert again["status"] == 0, (step, again["said"])
            assert shows(made.www, made.new), step
