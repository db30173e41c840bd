"""Whatever step of a publication fails or is the last one: readers see wholly the old or wholly the new release, and the next run finishes."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from generator import durable
from generator.errors import PublishError
from generator.release import Built, ShownFolder, ShownUnit, verify
from generator.release.folder import FolderUnit
from tests.portal_site import UNIT, built, go, office, pages, read, roll_back_to, silent
from tests.test_release_publish import no_links


class Killed(BaseException):
    """The process ends here: nothing may catch it."""


@dataclass(slots=True)
class Failing:
    """Lets one step fail, or end the run, and counts them."""

    at: int
    how: str
    links: bool = True
    steps: int = 0

    def __call__(self, step: durable.Step) -> None:
        """Count the step."""
        self.steps += 1
        if self.steps == self.at:
            if self.how == "kill":
                raise Killed(step.call)
            raise OSError(errno.EIO, os.strerror(errno.EIO), step.path)
        if not self.links:
            no_links(step)


@dataclass(frozen=True, slots=True)
class Case:
    """A run to be disturbed: what stands on the portal before it, and what it does."""

    before: Sequence[int]
    act: Callable[[FolderUnit, Sequence[Built]], object]
    links: bool = True


def _second(unit: FolderUnit, trees: Sequence[Built]) -> object:
    return go(unit, trees[2], 5)


def _back(unit: FolderUnit, _trees: Sequence[Built]) -> object:
    return roll_back_to(unit, "20261123T080000Z-0001", 5)


def _much_later(unit: FolderUnit, trees: Sequence[Built]) -> object:
    return go(unit, trees[3], 24 * 30)


@pytest.fixture
def swift(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: what is proven here is order, and a real disk takes a minute for its flushes."""
    memory = Path("/dev/shm")
    if not memory.is_dir() or not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


CASES = {
    "first": Case((), lambda unit, trees: go(unit, trees[1], 5)),
    "second": Case((1,), _second),
    "rollback": Case((1, 2), _back),
    "clearing": Case((1, 2), _much_later),
}


def prepared(tmp_path: Path, case: Case) -> tuple[Path, list[Built]]:
    """A portal as the case wants it, to be copied for each run, and the trees of its editions."""
    trees = [built(tmp_path, edition) for edition in range(4)]
    base = tmp_path / "base"
    base.mkdir(parents=True)
    for hours, edition in enumerate(case.before):
        with durable.watched(Failing(0, "", links=case.links)):
            go(FolderUnit(base / UNIT), trees[edition], hours)
    return base, trees


def run_all(tmp_path: Path, case: Case, how: str, check: Callable[[FolderUnit, bool], None]) -> int:
    """Disturb the run at every one of its steps; after each, look, run again undisturbed, and look again."""
    base, trees = prepared(tmp_path, case)
    at, total = 0, 1
    while at <= total:
        root = tmp_path / "run"
        shutil.copytree(base, root, symlinks=True)
        unit = FolderUnit(root / UNIT)
        fault = Failing(at, how, links=case.links)
        failed = False
        try:
            with durable.watched(fault):
                case.act(unit, trees)
        except (Killed, PublishError):
            failed = True
        if at == 0:
            assert not failed
            total = fault.steps
        check(unit, failed)
        with durable.watched(Failing(0, "", links=case.links)):
            case.act(FolderUnit(root / UNIT), trees)
            check(unit, False)
            finished(unit)
        shutil.rmtree(root)
        at += 1
    return total


def finished(unit: FolderUnit) -> None:
    """Nothing is left over, and everything verifies."""
    left = [
        path
        for path in unit.root.rglob("*")
        if ".tmp-" in path.name or path.name.endswith((".partial", ".new"))
    ]
    assert left == []
    shown: tuple[ShownUnit | ShownFolder, ...] = (ShownUnit(unit), ShownFolder(unit.root / "current"))
    for one in shown:
        verdict = verify(one, "portal", UNIT, office().is_signed, {}, silent)
        assert verdict.is_fine, verdict


QUICK = {("second", "kill"), ("second", "error"), ("rollback", "kill"), ("clearing", "kill")}


@pytest.mark.parametrize(
    ("name", "how"),
    [
        pytest.param(name, how, marks=() if (name, how) in QUICK else pytest.mark.full)
        for name in CASES
        for how in ("kill", "error")
    ],
)
def test_every_step_can_be_the_last(swift: Path, name: str, how: str) -> None:
    """Old or new, never between; a run that failed says so; the one after it leaves exactly what an undisturbed one does."""
    case = CASES[name]
    base, _ = prepared(swift / "look", case)
    old = read(base / UNIT / "current") if case.before else {}
    seen: dict[str, dict[str, bytes]] = {}

    def check(unit: FolderUnit, failed: bool) -> None:
        now = read(unit.root / "current") if (unit.root / "current").exists() else {}
        seen.setdefault("new", now)  # the first run is undisturbed
        # A second run of the rollback or of the clearing makes a release of its own, later and with the same pages.
        if failed:
            assert now in (old, seen["new"])
        assert pages_of(now) in (pages_of(old), pages_of(seen["new"]))

    case_steps = run_all(swift, repeatable(name, case), how, check)
    assert 20 < case_steps < 200
    assert old != seen["new"]


def pages_of(tree: dict[str, bytes]) -> dict[str, bytes]:
    """Without what the release says of itself."""
    return {path: body for path, body in tree.items() if not path.startswith("release/")}


def repeatable(name: str, case: Case) -> Case:
    """The rollback, run again after it succeeded, would refuse to go where it is; then it is left alone."""
    if name != "rollback":
        return case

    def act(unit: FolderUnit, trees: Sequence[Built]) -> object:
        if "第1版" in (unit.root / "current/index.html").read_text("utf-8"):
            return go(unit, trees[1], 6)
        return case.act(unit, trees)

    return Case(case.before, act, case.links)


@pytest.mark.parametrize("how", ["kill", pytest.param("error", marks=pytest.mark.full)])
def test_every_step_can_be_the_last_without_links(swift: Path, how: str) -> None:
    """Page by page: each page is the old or the new one and whole, none that both have is missing, and the next run finishes."""
    case = Case((1,), _second, links=False)
    base, _ = prepared(swift / "look", case)
    old = pages(base / UNIT / "current")
    seen: dict[str, dict[str, bytes]] = {}

    def check(unit: FolderUnit, _failed: bool) -> None:
        now = {
            path: body for path, body in pages(unit.root / "current").items() if not path.endswith(".partial")
        }
        new = seen.setdefault("new", now)
        for path, body in now.items():
            assert body in (old.get(path), new.get(path)), path
        assert now.keys() >= old.keys() & new.keys()
        if b"\xe7\xac\xac2" in now["index.html"]:
            # An entrance of the new release never comes before what it asks for.
            assert all(
                now.get(path) == body for path, body in new.items() if path.startswith(("assets/", "data/"))
            )

    assert run_all(swift, case, how, check) < 300
    assert old != seen["new"]


def test_a_release_that_is_live_but_not_recorded_is_recorded(tmp_path: Path) -> None:
    """Power gone between the switch and the history: the next run writes the very line that is missing, and says so."""
    base, trees = prepared(tmp_path, CASES["second"])
    unit = FolderUnit(base / UNIT)

    def stop(step: durable.Step) -> None:
        if "ledger.jsonl" in step.path and ".tmp-" not in step.path:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), step.path)

    with durable.watched(stop), pytest.raises(PublishError, match="live, but the history"):
        go(unit, trees[2], 5)
    assert str(unit.pointer()).endswith("-0002")
    done = go(unit, trees[2], 6)
    assert done.id is None
    assert done.ledger.number == 2
    assert done.ledger.lines[-1].moment == "2026-11-23T13:00:00Z"
    assert any("Completed the record of release 2" in text.en for text in done.said)
