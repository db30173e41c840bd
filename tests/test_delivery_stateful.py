"""Faults come in rows: runs of publishing, updating, dying, rotting and wandering clocks in any order, and what must hold after each."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from generator import durable
from generator.errors import PublishError, QingdanError, UsageError
from generator.kiosk import floor, state
from generator.kiosk.pull import differing, pull
from generator.kiosk.refusal import Refusal
from generator.kiosk.status import status
from generator.release import Built, ShownUnit, publish_preview, verify
from generator.release.folder import FolderUnit
from generator.release.ledger import read_ledger
from generator.release.state import Sealed
from generator.release.tree import Held
from tests.kiosk_repo import NOW, Bench, shown
from tests.portal_site import UNIT, built, go, office, pages, roll_back_to, script_of, silent

MEMORY = Path("/dev/shm")
EDITIONS = 5
PLACES: list[Path] = []


class Killed(BaseException):
    """The process ends here: nothing may catch it."""


def place() -> Path:
    """A folder in memory where there is one."""
    PLACES.append(Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None)))
    return PLACES[-1]


def disturbed(act: Callable[[], object], at: int, code: int | None) -> bool:
    """Let `act` die at its step `at`, or let that step fail with an error of the disk; says whether it came to its end."""
    steps = 0

    def watch(step: durable.Step) -> None:
        nonlocal steps
        steps += 1
        if steps != at:
            return
        if code is None:
            raise Killed
        raise OSError(code, os.strerror(code), step.path)

    try:
        with durable.watched(watch):
            act()
    except (Killed, QingdanError):
        return False
    return True


@cache
def editions() -> tuple[Built, ...]:
    """The trees of all editions, built once."""
    folder = place()
    return tuple(built(folder, number, more=2) for number in range(EDITIONS))


DISTURBANCES = st.sampled_from([None, errno.EIO, errno.ENOSPC, errno.EROFS])


class PortalMachine(RuleBasedStateMachine):
    """A portal that is published to, gone back on, killed, damaged, and looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = place()
        self.unit = FolderUnit(self.folder / UNIT)
        self.hours = 0.0
        self.edition: dict[str, int] = {}
        """Of every release that was ever live, what it shows."""
        self.rotten: dict[str, set[str]] = {}
        self.was_live: set[str] = set()
        self.whole_ledger = True

    def teardown(self) -> None:
        """Leave nothing behind."""
        shutil.rmtree(self.folder)

    def later(self) -> float:
        """A moment after all others."""
        self.hours += 0.01
        return self.hours

    def seen(self, wanted: int | None, before: str | None, *, ended: bool) -> None:
        """Take note of what readers see after a run that wanted to show an edition."""
        live = self.unit.pointer()
        if live is not None and live != before:
            assert wanted is not None
            self.edition[live] = wanted
        if ended and wanted is not None:
            assert live is not None
            assert self.edition[live] == wanted
            self.rotten[live] = set()
        self.whole_ledger = ended
        if live is not None:
            self.was_live.add(live)

    @initialize()
    def first(self) -> None:
        """There is a first release."""
        self.publish(0)

    @rule(edition=st.integers(0, EDITIONS - 1))
    def publish(self, edition: int) -> None:
        """Publish an edition."""
        before = self.unit.pointer()
        go(self.unit, editions()[edition], self.later())
        self.seen(edition, before, ended=True)
        ledger = read_ledger((self.unit.root / "ledger.jsonl").read_bytes(), UNIT, office().is_signed)
        assert {line.id for line in ledger.lines} >= self.was_live
        assert not [p for p in self.unit.root.rglob("*") if p.name.startswith((".tmp-", "current.new"))]

    @rule(edition=st.integers(0, EDITIONS - 1), at=st.integers(1, 70), code=DISTURBANCES)
    def publish_disturbed(self, edition: int, at: int, code: int | None) -> None:
        """The same, killed or refused at any step."""
        before = self.unit.pointer()
        ended = disturbed(lambda: go(self.unit, editions()[edition], self.later()), at, code)
        self.seen(edition, before, ended=ended)

    @rule(at=st.integers(1, 120), code=DISTURBANCES)
    def go_back(self, at: int, code: int | None) -> None:
        """Show the release before again, perhaps disturbed; one that is damaged is refused."""
        before = self.unit.pointer()
        outcome: list[str] = []

        def back() -> None:
            outcome.append(str(roll_back_to(self.unit, None, self.later()).id))

        with suppress(UsageError):  # there is none to go back to
            disturbed(back, at, code)
        live = self.unit.pointer()
        assert live is not None
        if live != before:
            ledger = read_ledger(
                (self.unit.root / "current/release/ledger.jsonl").read_bytes(), UNIT, office().is_signed
            )
            shows = ledger.lines[-1].repeats
            assert shows is not None
            self.edition[live] = self.edition[shows]
            self.was_live.add(live)
        self.whole_ledger = bool(outcome)

    @rule(edition=st.integers(0, EDITIONS - 1), at=st.integers(1, 90), code=DISTURBANCES)
    def preview(self, edition: int, at: int, code: int | None) -> None:
        """A preview changes nothing of what is live."""
        before = self.unit.pointer()
        disturbed(
            lambda: publish_preview(self.unit, editions()[edition], office(self.later()), silent), at, code
        )
        assert self.unit.pointer() == before

    @rule(number=st.integers(0, 3))
    def rot(self, number: int) -> None:
        """A file of what is live holds other bytes from now on."""
        live = str(self.unit.pointer())
        path = ("index.html", "zh/report.html", "zh/basic-0001.html", "data/list.csv")[number]
        file = self.unit.root / "current" / path
        other = self.folder / "rotten"
        other.write_bytes(file.read_bytes()[:-1] + b"?")
        other.replace(file)  # releases share inodes: only this one is hit
        self.rotten.setdefault(live, set()).add(path)

    @rule(days=st.integers(1, 9))
    def time_passes(self, days: int) -> None:
        """Days without a publication."""
        self.hours += 24 * days

    @precondition(lambda self: self.hours > 1)
    @rule(edition=st.integers(0, EDITIONS - 1))
    def clock_falls_back(self, edition: int) -> None:
        """A machine whose clock is far behind publishes nothing."""
        before = self.unit.pointer()
        with pytest.raises(PublishError, match="clock"):
            go(self.unit, editions()[edition], -1000)
        assert self.unit.pointer() == before
        self.whole_ledger = True  # what was cut is recorded before the clock is looked at

    @invariant()
    def readers_see_one_edition(self) -> None:
        """Wholly, but for what has rotted since."""
        live = self.unit.pointer()
        if live is None:
            return
        rotten = self.rotten.get(live, set())
        wanted = pages(editions()[self.edition[live]].folder)
        there = pages(self.unit.root / "current")
        for path, body in wanted.items():
            assert path in rotten or there.get(path) == body, (live, path)
        scripts = {script_of(number) for number in range(EDITIONS)}
        assert there.keys() - wanted.keys() <= scripts

    @invariant()
    def verification_says_what_is_wrong(self) -> None:
        """Exactly the rotten files are named."""
        live = self.unit.pointer()
        if live is None or not self.whole_ledger:
            return
        verdict = verify(ShownUnit(self.unit), "portal", UNIT, office().is_signed, {}, silent)
        assert {one.path for one in verdict.differences} == self.rotten.get(live, set())


@cache
def county() -> tuple[Bench, tuple[Path, ...]]:
    """A county's keys, and its repository after each of its releases."""
    bench = Bench(place() / "bench")
    past = []
    for number in range(1, EDITIONS + 1):
        bench.pack(f"text {number}")
        past.append(bench.copy(f"release-{number}"))
    return bench, tuple(past)


class KioskMachine(RuleBasedStateMachine):
    """A kiosk that is updated from the newest and from older mirrors, killed, damaged, and put before wrong clocks."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = place()
        bench, self.past = county()
        self.kiosk = self.folder / "kiosk"
        made = bench.kiosk(f"made-{id(self)}")
        shutil.move(made, self.kiosk)
        self.highest = self.offered = 0
        self.rotten = False

    def teardown(self) -> None:
        """Leave nothing behind."""
        shutil.rmtree(self.folder)

    @rule(number=st.integers(1, EDITIONS))
    def update(self, number: int) -> None:
        """Ask a mirror that stands at a release: it is taken, or refused as older."""
        if number < self.highest:
            with pytest.raises(Refusal) as caught:
                pull(self.kiosk, now=NOW, sources=[str(self.past[number - 1])])
            assert caught.value.code == "older"
            return
        try:
            pulled = pull(self.kiosk, now=NOW, sources=[str(self.past[number - 1])])
        except Refusal as refusal:
            # An update that was cut may have verified newer metadata already, and TUF keeps that in mind.
            if refusal.code == "older" and number < self.offered:
                return
            raise
        assert pulled.number == number
        self.highest, self.rotten = number, False
        self.offered = max(self.offered, number)
        assert status(self.kiosk, now=NOW, full=True).exit_code == 0

    @rule(number=st.integers(1, EDITIONS), at=st.integers(1, 90), code=DISTURBANCES)
    def update_disturbed(self, number: int, at: int, code: int | None) -> None:
        """The same, killed or refused at any step."""
        self.offered = max(self.offered, number)
        disturbed(lambda: pull(self.kiosk, now=NOW, sources=[str(self.past[number - 1])]), at, code)

    @rule(number=st.integers(1, EDITIONS), days=st.sampled_from([-20000, -3650, -1, 13, 31, 4000]))
    def update_by_a_wrong_clock(self, number: int, days: int) -> None:
        """Whatever the clock says, nothing older is taken, and nothing vanishes."""
        moment: datetime = NOW + timedelta(days=days)
        self.offered = max(self.offered, number)
        try:
            pull(self.kiosk, now=moment, sources=[str(self.past[number - 1])])
        except Refusal as refusal:
            if refusal.code not in {"expired", "older"}:
                raise

    @rule(
        names=st.sets(
            st.sampled_from(
                [
                    "metadata/timestamp.json",
                    "metadata/snapshot.json",
                    "metadata/targets.json",
                    "floor.A",
                    "floor.B",
                ]
            ),
            min_size=1,
        ),
        how=st.sampled_from(["deleted", "empty", "cut", "noise"]),
    )
    def cache_is_damaged(self, names: set[str], how: str) -> None:
        """Files of the cache and of the floor, both copies too, are lost or hold something else."""
        for name in sorted(names):
            path = self.kiosk / name
            if not path.is_file():
                continue
            if how == "deleted":
                path.unlink()
            else:
                body = path.read_bytes()
                path.write_bytes({"empty": b"", "cut": body[: len(body) // 2], "noise": bytes(64)}[how])

    @precondition(lambda self: self.highest > 0)
    @rule(number=st.integers(0, 5))
    def page_rots(self, number: int) -> None:
        """A file on the screen holds other bytes from now on."""
        tree = (self.kiosk / "current").resolve()
        files = sorted(p for p in tree.rglob("*.html"))
        file = files[number % len(files)]
        other = self.folder / "rotten"
        other.write_bytes(file.read_bytes()[:-1] + b"?")
        other.replace(file)
        self.rotten = True

    @rule()
    def store_rots(self) -> None:
        """Every blob that was kept holds other bytes."""
        for blob in (self.kiosk / "blobs").glob("??/*"):
            blob.write_bytes(blob.read_bytes()[:-1] + b"?")

    @invariant()
    def the_screen_shows_one_release_and_never_an_older_one(self) -> None:
        """Signed, whole, and not below anything shown before."""
        number, home = shown(self.kiosk)
        held = floor.read_floors(self.kiosk).floor
        self.highest = max(self.highest, held.release if held else 0)
        assert (number or 0) >= self.highest
        if number is None:
            return
        assert f"text {number}<" in home or self.rotten
        record = state.look(self.kiosk).record
        assert record is not None
        if not self.rotten:
            assert not differing(record.manifest, state.tree_of(self.kiosk, number))


def run_machine(machine: type[RuleBasedStateMachine], examples: int, steps: int) -> None:
    """Run drawn rows of events; the same ones every time, and the first bad one as it was drawn."""
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        database=None,
        print_blob=False,
        report_multiple_bugs=False,
        phases=(Phase.generate,),
    )
    run_state_machine_as_test(machine, settings=chosen)


@pytest.fixture(autouse=True, scope="module")
def _quick_disk() -> Iterator[None]:
    """Nobody cuts the power here; and nothing that was made once for all rows stays behind."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("os.fsync", lambda _: None)
        yield
    for made in (editions, county):
        made.cache_clear()
    for folder in PLACES:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize(
    ("examples", "steps"), [(10, 12), pytest.param(300, 30, marks=pytest.mark.full)], ids=["drawn", "many"]
)
def test_a_portal_through_rows_of_faults(examples: int, steps: int) -> None:
    """In any order of publishing, dying, rotting and time: one edition, every live release in the history, damage named."""
    run_machine(PortalMachine, examples, steps)


@pytest.mark.parametrize(
    ("examples", "steps"), [(20, 15), pytest.param(200, 30, marks=pytest.mark.full)], ids=["drawn", "many"]
)
def test_a_kiosk_through_rows_of_faults(examples: int, steps: int) -> None:
    """In any order of updating, dying, damage and clocks: one signed release, never an older one, mended by the next update."""
    run_machine(KioskMachine, examples, steps)


def _all_of(sealed: Sealed) -> Held:
    return Held(place=sealed.place, entries={entry.path: entry for entry in sealed.manifest.files})


@pytest.mark.full
@pytest.mark.parametrize(
    ("machine", "protection", "gone"),
    [
        (KioskMachine, "generator.kiosk.floor.must_not_be_older", lambda _floor, _seen: None),
        (KioskMachine, "generator.kiosk.pull.differing", lambda _manifest, _tree: set()),
        (
            PortalMachine,
            "generator.release.state._verified",
            lambda _unit, one, _progress: (_all_of(one), ()),
        ),
    ],
    ids=["floor", "whole tree", "read back"],
)
def test_rows_of_faults_find_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, machine: type[RuleBasedStateMachine], protection: str, gone: object
) -> None:
    """With any one protection taken away, some row of events ends badly."""
    monkeypatch.setattr(protection, gone)
    with pytest.raises((AssertionError, QingdanError, pytest.fail.Exception)):
        run_machine(machine, 300, 30)
