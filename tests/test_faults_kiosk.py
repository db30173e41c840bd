"""A kiosk's update survives a failing or dying disk at every step: the screen shows the old release or the new one, and the next run ends it."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator import durable
from generator.errors import QingdanError
from generator.kiosk import health, journal, pull, state
from tests.faults.crash import Recorder, Taken, flushes, images, without
from tests.faults.power import disk, why_not
from tests.faults.server import Server
from tests.kiosk_repo import NOW, Bench, shown
from tests.test_faults_publish import ERRORS, MEMORY, MORE_ERRORS, fingerprint, relink


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder in memory where there is one."""
    made = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """The real command, ready to be run many times."""
    running = Server()
    yield running
    running.close()


class Screen:
    """A kiosk that shows release 1 and a repository that offers release 2."""

    def __init__(self, folder: Path, kiosk: Path | None = None) -> None:
        self.bench = Bench(folder / "bench")
        self.bench.pack("old")
        made = self.bench.kiosk()
        pull.pull(made, now=NOW)
        self.kiosk = made if kiosk is None else Path(shutil.move(made, kiosk))
        self.bench.pack("new")

    def pull(self, server: Server, fault: str = "count", disk: Path | None = None) -> dict[str, object]:
        """Run `qingdan kiosk pull`."""
        arguments = ["kiosk", "pull", "--state", str(self.kiosk), "--from", str(self.bench.repo)]
        return server.run(arguments, self.bench.folder, fault, disk, moment=NOW)


def wrong_on(kiosk: Path) -> str | None:
    """Say what is wrong with what the screen shows, or None where it is one release, whole and working."""
    number, home = shown(kiosk)
    if (number, "old" in home, "new" in home) not in {(1, True, False), (2, False, True)}:
        return f"release {number} says neither or both"
    assert number is not None
    look = state.look(kiosk)
    if look.record is None or look.record.release.number != number:
        return f"nothing is known of release {number}"
    differing = pull.differing(look.record.manifest, state.tree_of(kiosk, number))
    if differing:
        return f"release {number} is not as signed: {sorted(differing)[:3]}"
    try:
        health.check(state.tree_of(kiosk, number), state.load_settings(kiosk).home)
    except QingdanError as error:
        return error.problem.en
    return None


def test_there_is_something_to_break(place: Path) -> None:
    """The check of the screen can fail: one changed byte of a page is found."""
    screen = Screen(place)
    assert wrong_on(screen.kiosk) is None
    page = screen.kiosk / "current" / "zh" / "230125001" / "basic-0001.html"
    page.write_bytes(page.read_bytes().replace("项".encode(), "顶".encode()))
    assert wrong_on(screen.kiosk) == "release 1 is not as signed: ['zh/230125001/basic-0001.html']"


def copy_of(folder: Path, to: Path) -> Path:
    """Copy a state folder with its links and the second names of its files."""
    shutil.copytree(folder, to, symlinks=True)
    relink(folder, to)
    return to


def back(screen: Screen, kept: Path) -> None:
    """Put the kiosk back to what was kept."""
    for inner in screen.kiosk.iterdir():
        durable.remove_tree(inner)
    shutil.copytree(kept, screen.kiosk, symlinks=True, dirs_exist_ok=True)
    relink(kept, screen.kiosk)


def inject(screen: Screen, server: Server, kept: Path, fault: str, *, first: bool = False) -> None:
    """Pull release 2 with one fault, then without: old or new in between, new in the end.

    Before the `first` release there is nothing to show, and nothing is shown until all of it is there.
    """
    back(screen, kept)
    failed = screen.pull(server, fault)
    nothing_yet = first and not os.path.lexists(screen.kiosk / "current")
    assert nothing_yet or wrong_on(screen.kiosk) is None, fault
    assert not first or shown(screen.kiosk)[0] in {None, 2}, fault
    if failed["status"] == 0:
        assert shown(screen.kiosk)[0] == 2, fault
    elif not fault.endswith("kill"):
        assert failed["status"] == 6, (fault, failed["said"])
        assert "Traceback" not in str(failed["said"]), fault
    again = screen.pull(server)
    assert again["status"] == 0, (fault, again["said"])
    assert shown(screen.kiosk)[0] == 2, fault
    assert wrong_on(screen.kiosk) is None, fault
    assert list(screen.kiosk.rglob(".tmp-*")) == [], fault


def steps_of(screen: Screen, server: Server, kept: Path) -> int:
    """How many steps an undisturbed update takes."""
    back(screen, kept)
    run = screen.pull(server)
    assert run["status"] == 0, run["said"]
    steps = run["steps"]
    assert isinstance(steps, int)
    return steps


def test_killed_or_failing_at_drawn_steps(place: Path, server: Server) -> None:
    """Twelve steps over the whole update are killed, and six fail for one of three reasons; the sweep has them all."""
    screen = Screen(place)
    kept = copy_of(screen.kiosk, place / "kept")
    steps = steps_of(screen, server, kept)
    assert steps > 60
    for number in range(12):
        inject(screen, server, kept, f"{1 + number * steps // 12}:kill")
        if number % 2:
            inject(screen, server, kept, f"{1 + number * steps // 12}:{ERRORS[number // 2 % 3]}")


@pytest.mark.full
def test_a_thousand_faults(place: Path, server: Server) -> None:
    """Every step is killed and fails for six reasons: over release 1, what a killed run left, and an empty kiosk."""
    screen = Screen(place)
    done = steps = 0
    for before in (None, "half", "nothing"):
        if before == "half":
            screen.pull(server, f"{steps * 2 // 3}:kill")
        elif before == "nothing":
            screen.kiosk = screen.bench.kiosk("empty")
        kept = copy_of(screen.kiosk, place / "kept")
        steps = steps_of(screen, server, kept)
        for fault in ("kill", *ERRORS, *MORE_ERRORS):
            for step in range(1, steps + 1):
                inject(screen, server, kept, f"{step}:{fault}", first=before == "nothing")
                done += 1
        back(screen, kept)
        shutil.rmtree(kept)
    print(f"{done} injections")
    assert done >= 1000


def recorded(place: Path) -> tuple[Screen, Path, list[Taken]]:
    """Update from release 1 to 2; return the kiosk, what stood before, and the steps."""
    screen = Screen(place)
    before = copy_of(screen.kiosk, place / "before")
    recorder = Recorder()
    with durable.watched(recorder):
        pull.pull(screen.kiosk, now=NOW, sources=(str(screen.bench.repo),))
    return screen, before, recorder.taken


def fault_in(image: Path, screen: Screen, *, finished: bool) -> str | None:
    """Say what is wrong with a kiosk after a power cut, or None: the screen, its floor, then the next run."""
    wrong = wrong_on(image)
    if wrong:
        return wrong
    if finished and shown(image)[0] != 2:
        return "an update that was said to be done is not"
    if journal.read(image) is None:
        return "what monitoring reads is damaged"
    floor = state.look(image).floors.floor
    if floor is None or (finished and floor.release != 2):
        return "the floor is gone or low"
    if floor.release > (shown(image)[0] or 0):
        return "the screen shows what is older than the floor"
    try:
        pull.pull(image, now=NOW, sources=(str(screen.bench.repo),))
    except QingdanError as error:
        return f"the next run does not end: {error.problem.en}"
    if shown(image)[0] != 2:
        return "the next run does not show the new release"
    return wrong_on(image)


def sweep(
    place: Path, before: Path, screen: Screen, taken: list[Taken], count: int, seed: int = 0
) -> tuple[int, str | None]:
    """Try `count` images, equal ones once; return how many differed, and the first fault."""
    numbers, seen = itertools.count(), set[str]()

    def make() -> Path:
        folder = place / f"image-{next(numbers)}"
        folder.mkdir()
        return folder

    for cut, image in images(before, screen.kiosk, taken, count, make, seed):
        finished = cut == len(taken)
        digest = fingerprint(image) + str(finished)
        fault = None
        if digest not in seen:
            seen.add(digest)
            fault = fault_in(image, screen, finished=finished)
        shutil.rmtree(image)
        if fault:
            step = taken[cut - 1].step if cut else None
            return len(
                seen
            ), f"{fault}, after {cut} steps ({step.call if step else ''} {step.path if step else ''})"
    return len(seen), None


def test_power_cuts_on_paper(place: Path) -> None:
    """Of 2,000 disks as a power cut may leave them, each shows one release whole, and the next run ends the update."""
    screen, before, taken = recorded(place)
    differing, fault = sweep(place, before, screen, taken, 2_000)
    assert fault is None
    assert differing > 20


@pytest.mark.full
def test_ten_thousand_power_cuts_on_paper(place: Path) -> None:
    """The same of 10,000."""
    screen, before, taken = recorded(place)
    differing, fault = sweep(place, before, screen, taken, 10_000, seed=1)
    print(f"{differing} differing images")
    assert fault is None


@pytest.mark.full
def test_every_flush_is_needed(place: Path) -> None:
    """Take away any one call that flushes what the screen rests on, and a power cut breaks something."""
    screen, before, taken = recorded(place)
    idle = []
    for call, site in flushes(taken):
        _, fault = sweep(place, before, screen, without(taken, call, site), 3000, seed=2)
        print(call, site, fault)
        if fault is None:
            idle.append((call, site))
    assert idle == []


@pytest.mark.parametrize("cuts", [30, pytest.param(100, marks=pytest.mark.full)])
def test_real_power_cuts(tmp_path: Path, server: Server, cuts: int) -> None:
    """The power of a real disk is cut at steps all over the run; when it is on again, the screen shows one release whole."""
    missing = why_not()
    if missing:
        pytest.skip(missing)
    with disk(tmp_path) as cut:
        screen = Screen(tmp_path, cut.place / "kiosk")
        kept = copy_of(screen.kiosk, tmp_path / "kept")
        steps = steps_of(screen, server, kept)
        for number in range(cuts):
            back(screen, kept)
            os.sync()  # what stood there before was safe
            step = 1 + number * steps // cuts
            screen.pull(server, f"{step}:power", cut.place)
            cut.off()
            cut.on()
            assert wrong_on(screen.kiosk) is None, step
            again = screen.pull(server)
            assert again["status"] == 0, (step, again["said"])
            assert shown(screen.kiosk)[0] == 2, step
