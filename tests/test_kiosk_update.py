"""Updates that are as they should be: packed, pulled, shown, renewed, mended."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from generator import durable
from generator.errors import EXIT_FINE, EXIT_KIOSK_REFUSED, EXIT_STALE, LockedError, UsageError
from generator.kiosk import bundle, cutting, floor, repository, state
from generator.kiosk.bundle import BLOB_LIMIT
from generator.kiosk.pull import pull
from generator.kiosk.refusal import Refusal
from generator.kiosk.status import status
from generator.model.releases import Entry, Manifest
from tests.kiosk_repo import COUNTY, NOW, TOWNSHIP, Bench, groups, newest, shown, write_site

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def _quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """What lasts through a power cut is tried elsewhere; here nobody cuts it, and every step is announced all the same."""
    monkeypatch.setattr("os.fsync", lambda _: None)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A county with one release packed."""
    bench = Bench(tmp_path / "bench")
    bench.pack("one")
    return bench


def test_an_update_arrives_whole(bench: Bench) -> None:
    """What was packed is what the screen shows, without downloads, and the status says so."""
    kiosk = bench.kiosk()
    pulled = pull(kiosk, now=NOW)
    assert (pulled.number, pulled.new, pulled.stale) == (1, True, False)
    tree = kiosk / "current"
    assert not (tree / "data").exists()
    for path in (bench.folder / "site").rglob("*"):
        name = path.relative_to(bench.folder / "site").as_posix()
        if path.is_file() and not name.startswith("data/") and name != "assets/settings.js":
            assert (tree / name).read_bytes() == path.read_bytes()
    script = (tree / "assets" / "settings.js").read_text(encoding="utf-8")
    assert f'"township": "{TOWNSHIP}"' in script
    assert '"freshUntil": "2026-12-07"' in script
    found = status(kiosk, now=NOW, full=True)
    assert found.exit_code == EXIT_FINE
    assert found.fields["problem"] is None
    assert found.fields["verified"]["wrong"] == []
    assert found.fields["floor"] == {"copies": "one copy", "release": 1} or found.fields["floor"][
        "copies"
    ] == ("fine")


def test_the_next_release_replaces_it_and_the_one_before_is_kept(bench: Bench) -> None:
    """After three releases the newest is shown, the one before stays on the disk, the first is gone."""
    kiosk = bench.kiosk()
    for text in ("one", "two", "three"):
        bench.pack(text)
        pull(kiosk, now=NOW)
        assert text in shown(kiosk)[1]
    assert sorted(path.name for path in (kiosk / "releases").iterdir()) == ["2", "3"]
    assert floor.read_floors(kiosk).word == "fine"


def test_the_same_content_is_no_new_release(bench: Bench) -> None:
    """Packing again renews signatures only: same number, and a kiosk fetches nothing but metadata."""
    kiosk = bench.kiosk()
    pull(kiosk, now=NOW)
    later = NOW + timedelta(days=10)
    packed = bench.pack("one", now=later)
    assert (packed.number, packed.new, packed.fetched) == (1, False, 0)
    shutil.rmtree(bench.repo / "blobs")
    pulled = pull(kiosk, now=later)
    assert (pulled.number, pulled.new) == (1, False)
    assert b'"freshUntil": "2026-12-17"' in (kiosk / "current/assets/settings.js").read_bytes()


def test_refresh_renews_what_expires_soon_and_needs_no_targets_key(bench: Bench) -> None:
    """The machine that renews every night holds the two online keys only."""
    online = {role: bench.keys[role] for role in ("snapshot", "timestamp")}
    kiosk = bench.kiosk()
    for week in range(1, 8):
        now = NOW + timedelta(days=7 * week)
        assert repository.refresh(bench.repo, online, now=now) == 1
        assert not pull(kiosk, now=now).stale


def test_packing_is_deterministic(bench: Bench, tmp_path: Path) -> None:
    """The same tree, moment and keys give the same repository, byte for byte."""
    again = tmp_path / "again"
    (again / "metadata").mkdir(parents=True)
    shutil.copy(bench.repo / "metadata" / "1.root.json", again / "metadata")
    repository.pack(again, bench.folder / "site", COUNTY, bench.keys, now=NOW, date="2026-11-23")
    files = sorted(path.relative_to(again) for path in again.rglob("*") if path.is_file())
    assert files == sorted(p.relative_to(bench.repo) for p in bench.repo.rglob("*") if p.is_file())
    assert all((again / path).read_bytes() == (bench.repo / path).read_bytes() for path in files)


def test_blobs_are_small_and_are_what_their_names_say(bench: Bench) -> None:
    """No blob is above 1 MiB, each is named by the hash of its bytes, and no download is among the files."""
    release = newest(bench.repo)
    held = groups(bench.repo, release)
    assert not [entry.path for group in held for entry in group.files if entry.path.startswith("data/")]
    for piece in (piece for group in held for piece in group.pieces):
        stored = (bench.repo / repository.blob_path(piece.name)).read_bytes()
        assert len(stored) <= BLOB_LIMIT
        assert len(bundle.uncompress(piece, stored)) == piece.raw


def test_a_file_more_moves_no_border_but_its_own() -> None:
    """Of 3,000 pages, one that comes or goes changes at most three groups."""
    sizes = [(f"zh/{n // 400}/item-{n:05}.html", 7000) for n in range(3000)]
    before = {tuple(group) for group in cutting.grouped(sizes)}
    for place in (0, 999, 2999):
        after = {tuple(group) for group in cutting.grouped(sizes[:place] + sizes[place + 1 :])}
        assert len(after - before) <= 3


@pytest.mark.parametrize("townships", [1, 3, 7, 40])
def test_pages_of_one_name_stay_together(townships: int) -> None:
    """A page that all townships have stands with its likes, nothing is lost, and an item less moves few borders."""
    places = [f"2301250{n:02}" for n in range(townships)]
    sizes = [(f"zh/{place}/item-{n:04}.html", 7000) for place in places for n in range(300)]
    groups = [tuple(group) for group in cutting.grouped(sizes)]
    assert sorted(path for group in groups for path in group) == sorted(path for path, _ in sizes)
    assert max(len(group) * 7000 for group in groups) <= cutting.GROUP_LIMIT
    needed = -(-townships * 7000 // cutting.GROUP_LIMIT)
    for n in (0, 150, 299):
        assert (
            len({group for group in groups for path in group if path.endswith(f"-{n:04}.html")}) <= needed + 1
        )
    fewer = [(path, size) for path, size in sizes if not path.endswith("-0150.html")]
    after = {tuple(group) for group in cutting.grouped(fewer)}
    assert len(after - set(groups)) <= 4


def test_a_change_inside_a_large_file_costs_the_pieces_around_it() -> None:
    """A word more in the middle of 600 KB changes one or two pieces, and the pieces make the file again."""
    body = b"".join(f"item({n * 7919 % 100003});\n".encode() for n in range(40000))
    changed = body[:300_000] + b"word" + body[300_000:]
    pieces = list(cutting.cut(body))
    assert b"".join(pieces) == body
    assert b"".join(cutting.cut(changed)) == changed
    assert len(set(cutting.cut(changed)) - set(pieces)) <= 2
    assert max(map(len, pieces)) <= cutting.PIECE_MOST


@pytest.mark.parametrize("body", [b"", b"a", b"a" * 500_000, bytes(range(256)) * 1000])
def test_cutting_loses_nothing(body: bytes) -> None:
    """Any file is the sum of its pieces."""
    assert b"".join(cutting.cut(body)) == body


def test_a_repository_shows_blobs_before_the_metadata_that_names_them(bench: Bench) -> None:
    """At every step of packing, whoever pulls gets a whole release: the old one or the new."""
    kiosk = bench.kiosk()
    pull(kiosk, now=NOW)
    seen: list[int | None] = []

    def reader(step: durable.Step) -> None:
        if len(seen) % 5 == 0 or step.path.endswith(".json"):
            nested, watcher = reader, durable._watcher
            durable._watcher = None
            try:
                pull(kiosk, now=NOW)
            finally:
                durable._watcher = watcher
            assert nested is reader
        seen.append(shown(kiosk)[0])

    with durable.watched(reader):
        bench.pack("two")
    pull(kiosk, now=NOW)
    assert seen == sorted(seen, key=lambda number: number or 0)
    assert shown(kiosk)[0] == 2


def test_a_pack_that_was_killed_is_finished_by_the_next(bench: Bench) -> None:
    """Killed at any step, the repository still serves the old release, and packing again makes the new one."""
    before = bench.copy("before")

    class Killed(BaseException):
        pass

    steps: list[str] = []
    with durable.watched(lambda step: steps.append(step.call)):
        bench.pack("two")
    for at in range(0, len(steps), 23):
        shutil.rmtree(bench.repo)
        shutil.copytree(before, bench.repo)
        count = iter(range(len(steps) + 1))

        def kill(_: durable.Step, count: object = count, at: int = at) -> None:
            if next(count) == at:  # type: ignore[call-overload]
                raise Killed

        with pytest.raises(Killed), durable.watched(kill):
            bench.pack("two")
        assert newest(bench.repo).number in (1, 2)
        assert bench.pack("two").number == 2
        assert newest(bench.repo).number == 2


def test_an_expired_release_stays_on_the_screen_and_says_so(bench: Bench) -> None:
    """Fifteen days without news: status 8, the same page on the screen, and fresh again after the next renewal."""
    kiosk = bench.kiosk()
    pull(kiosk, now=NOW)
    later = NOW + timedelta(days=15)
    with pytest.raises(Refusal) as caught:
        pull(kiosk, now=later)
    assert caught.value.code == "expired"
    assert "one" in shown(kiosk)[1]
    found = status(kiosk, now=later)
    assert (found.exit_code, found.fields["stale"], found.fields["age_days"]) == (EXIT_STALE, True, 15)
    repository.refresh(bench.repo, bench.keys, now=later)
    assert not pull(kiosk, now=later).stale
    assert status(kiosk, now=later).exit_code == EXIT_FINE


@pytest.mark.parametrize("days", [-20000, -3650, 31, 4200])
def test_a_wrong_clock_blanks_nothing_and_passes(bench: Bench, days: int) -> None:
    """With the clock in 1971, 2016, a month ahead or in 2038 the content stays, and the right clock finds all well."""
    kiosk = bench.kiosk()
    pull(kiosk, now=NOW)
    wrong = NOW + timedelta(days=days)
    if days < 0:
        assert pull(kiosk, now=wrong).number == 1
        assert status(kiosk, now=wrong).fields["clock_behind"]
        assert status(kiosk, now=wrong).exit_code == EXIT_FINE
    else:
        with pytest.raises(Refusal, match="expired"):
            pull(kiosk, now=wrong)
        assert status(kiosk, now=wrong).exit_code == EXIT_STALE
    assert "one" in shown(kiosk)[1]
    bench.pack("two", now=NOW + timedelta(days=1))
    assert pull(kiosk, now=NOW + timedelta(days=1)).number == 2


def test_a_clock_that_lost_its_battery_takes_no_expired_repository(bench: Bench) -> None:
    """The time last signed counts, not 1970: what expired before that is refused."""
    old = bench.copy("old")
    kiosk = bench.kiosk()
    later = NOW + timedelta(days=20)
    bench.pack("two", now=later)
    pull(kiosk, now=later)
    with pytest.raises(Refusal) as caught:
        pull(kiosk, now=NOW - timedelta(days=20000), sources=[str(old)])
    assert caught.value.code in ("expired", "older")
    assert shown(kiosk)[0] == 2


def test_a_damaged_file_is_found_and_mended(bench: Bench) -> None:
    """A bit lost on the disk, a file gone, one too many: status names them, the next update puts them right."""
    kiosk = bench.kiosk()
    pull(kiosk, now=NOW)
    tree = kiosk / "current"
    page = tree / "zh" / TOWNSHIP / "basic-0003.html"
    body = page.read_bytes()
    page.write_bytes(body[:-9] + b"X" + body[-8:])
    (tree / "en" / TOWNSHIP / "basic-0001.html").unlink()
    (tree / "extra.html").write_text("extra")
    (tree / "index.html").unlink()
    (tree / "index.html").symlink_to("/etc/passwd")
    found = status(kiosk, now=NOW, full=True)
    assert found.exit_code == EXIT_KIOSK_REFUSED
    assert set(found.fields["verified"]["wrong"]) == {
        f"zh/{TOWNSHIP}/basic-0003.html",
        f"en/{TOWNSHIP}/basic-0001.html",
        "extra.html",
        "index.html",
    }
    assert not pull(kiosk, now=NOW).new
    assert status(kiosk, now=NOW, full=True).exit_code == EXIT_FINE
    assert page.read_bytes() == body


def test_a_release_that_is_gone_from_the_disk_comes_back(bench: Bench) -> None:
    """The whole tree lost, or what was verified of it: the next update brings the same release again."""
    kiosk = bench.kiosk()
    pull(kiosk, now=NOW)
    for lost in ("releases/1", "records", "blobs", "metadata"):
        shutil.rmtree(kiosk / lost)
        assert pull(kiosk, now=NOW).number == 1
        assert status(kiosk, now=NOW, full=True).exit_code == EXIT_FINE, lost
    assert "one" in shown(kiosk)[1]


def test_a_blob_lost_by_the_repository_is_made_again(bench: Bench) -> None:
    """The same content, but something of it is gone: a new release, which kiosks can fetch whole."""
    kiosk = bench.kiosk()
    next((bench.repo / "blobs").glob("*/*")).unlink()
    packed = bench.pack("one")
    assert (packed.number, packed.new) == (2, True)
    assert pull(kiosk, now=NOW).number == 2


def test_pages_that_change_while_they_are_packed_are_not_packed(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build that runs at the same time would make a release that no kiosk accepts."""
    real = repository.seal

    def then_built(site: Path, county: str) -> Manifest:
        manifest = real(site, county)
        (site / "zh" / TOWNSHIP / "index.html").write_text("being built")
        return manifest

    monkeypatch.setattr("generator.kiosk.repository.seal", then_built)
    with pytest.raises(UsageError, match="changed while"):
        bench.pack("two")
    assert newest(bench.repo).number == 1


def test_a_damaged_blob_in_the_store_is_fetched_again(bench: Bench) -> None:
    """What was downloaded is proved each time it is used."""
    kiosk = bench.kiosk()
    pull(kiosk, now=NOW)
    for blob in (kiosk / "blobs").glob("??/*"):
        blob.write_bytes(blob.read_bytes()[:-1] + b"?")
    bench.pack("two")
    assert pull(kiosk, now=NOW).number == 2
    assert status(kiosk, now=NOW, full=True).exit_code == EXIT_FINE


@pytest.mark.parametrize(
    ("code", "word"), [(errno.ENOSPC, "disk-full"), (errno.EIO, "disk-error"), (errno.EROFS, "disk-error")]
)
def test_a_disk_that_refuses_leaves_the_old_release(bench: Bench, code: int, word: str) -> None:
    """Full, failing or read-only at any step: a clear refusal, the old page stays, the next run finishes."""
    kiosk = bench.kiosk()
    pull(kiosk, now=NOW)
    bench.pack("two")
    clean = Path(shutil.copytree(kiosk, bench.folder / "clean", symlinks=True))
    steps: list[str] = []
    with durable.watched(lambda step: steps.append(step.path)):
        pull(kiosk, now=NOW)
    # The journal comes last, and its loss is no failure.
    last = next(at for at, path in enumerate(steps) if path.endswith(".health.json.partial"))
    for at in range(0, last, 41):
        shutil.rmtree(kiosk)
        shutil.copytree(clean, kiosk, symlinks=True)
        count = iter(range(len(steps) * 2))

        def fail(step: durable.Step, count: object = count, at: int = at) -> None:
            if next(count) >= at:  # type: ignore[call-overload]
                raise OSError(code, os.strerror(code), step.path)

        with pytest.raises(Refusal) as caught, durable.watched(fail):
            pull(kiosk, now=NOW)
        assert caught.value.code == word
        assert shown(kiosk)[0] in (1, 2)
        assert ("one" in shown(kiosk)[1]) == (shown(kiosk)[0] == 1)
        assert pull(kiosk, now=NOW).number == 2


def test_too_little_room_is_said_before_anything_is_fetched(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The room for a release is looked for first."""
    kiosk = bench.kiosk()
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 1000}))
    with pytest.raises(Refusal) as caught:
        pull(kiosk, now=NOW)
    assert caught.value.code == "disk-full"


@pytest.mark.parametrize("stride", [19, pytest.param(1, marks=pytest.mark.full)])
def test_killed_at_every_step(bench: Bench, stride: int) -> None:
    """Killed before any step of an update, the screen shows the old or the new release whole; the next run finishes."""
    kiosk = bench.kiosk()
    pull(kiosk, now=NOW)
    bench.pack("two")
    clean = Path(shutil.copytree(kiosk, bench.folder / "clean", symlinks=True))

    class Killed(BaseException):
        pass

    steps: list[str] = []
    with durable.watched(lambda step: steps.append(step.call)):
        pull(kiosk, now=NOW)
    assert len(steps) > 40
    for at in range(0, len(steps), stride):
        shutil.rmtree(kiosk)
        shutil.copytree(clean, kiosk, symlinks=True)
        count = iter(range(len(steps) + 1))

        def kill(_: durable.Step, count: object = count, at: int = at) -> None:
            if next(count) == at:  # type: ignore[call-overload]
                raise Killed

        with pytest.raises(Killed), durable.watched(kill):
            pull(kiosk, now=NOW)
        number, text = shown(kiosk)
        assert (number, "two" in text) in ((1, False), (2, True)), steps[at]
        before = floor.read_floors(kiosk).floor
        assert before is not None
        assert before.release <= (number or 0)
        assert pull(kiosk, now=NOW).number == 2
        assert "two" in shown(kiosk)[1]
        assert status(kiosk, now=NOW, full=True).exit_code == EXIT_FINE


def test_killed_at_every_step_of_the_first_update(bench: Bench) -> None:
    """A new kiosk shows nothing or the release, and a second run finishes."""

    class Killed(BaseException):
        pass

    steps: list[str] = []
    counted = bench.kiosk("counted")
    with durable.watched(lambda step: steps.append(step.call)):
        pull(counted, now=NOW)
    for at in range(0, len(steps), 41):
        kiosk = bench.kiosk(f"kiosk-{at}")
        count = iter(range(len(steps) + 1))

        def kill(_: durable.Step, count: object = count, at: int = at) -> None:
            if next(count) == at:  # type: ignore[call-overload]
                raise Killed

        with pytest.raises(Killed), durable.watched(kill):
            pull(kiosk, now=NOW)
        assert shown(kiosk)[0] in (None, 1)
        pull(kiosk, now=NOW)
        assert status(kiosk, now=NOW, full=True).exit_code == EXIT_FINE


def test_two_updates_at_once(bench: Bench) -> None:
    """The second one is told that the first is running."""
    kiosk = bench.kiosk()
    with durable.locked(kiosk / "update.lock"), pytest.raises(LockedError):
        pull(kiosk, now=NOW)
    assert pull(kiosk, now=NOW).new


def test_a_release_that_would_not_work_is_not_shown(bench: Bench) -> None:
    """Signed properly but without what its home page loads: refused, the floor stays, the next good one is taken."""
    kiosk = bench.kiosk()
    pull(kiosk, now=NOW)
    before = floor.read_floors(kiosk).floor
    for path, body in (
        ("assets/kiosk.1234.css", None),
        (f"zh/{TOWNSHIP}/index.html", None),
        ("index.html", ""),
        ("index.html", "<html><head><title>x</title>"),
        ("assets/kiosk.1234.css", ""),
    ):
        site = write_site(bench.folder / "broken", "broken")
        (site / path).unlink() if body is None else (site / path).write_text(body)
        repository.pack(bench.repo, site, COUNTY, bench.keys, now=NOW, date="2026-11-23")
        with pytest.raises(Refusal) as caught:
            pull(kiosk, now=NOW)
        assert caught.value.code == "unhealthy", path
        assert shown(kiosk)[0] == 1
        assert floor.read_floors(kiosk).floor == before
        assert status(kiosk, now=NOW).exit_code == EXIT_KIOSK_REFUSED
    bench.pack("two")
    assert pull(kiosk, now=NOW).new
    assert "two" in shown(kiosk)[1]


def test_a_release_that_fails_once_it_is_shown_is_taken_back(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found broken after the switch: the last good release is back on the screen, and the floor has not moved."""
    kiosk = bench.kiosk()
    pull(kiosk, now=NOW)
    before = floor.read_floors(kiosk).floor
    bench.pack("two")
    from generator.kiosk import health

    real = health.check

    def fails_when_shown(tree: Path, home: str) -> None:
        if tree.name == "current":
            raise Refusal("unhealthy", bundle.damaged("x").problem)
        real(tree, home)

    monkeypatch.setattr("generator.kiosk.health.check", fails_when_shown)
    with pytest.raises(Refusal):
        pull(kiosk, now=NOW)
    assert "one" in shown(kiosk)[1]
    assert floor.read_floors(kiosk).floor == before
    monkeypatch.undo()
    assert pull(kiosk, now=NOW).number == 2


def test_sources_are_asked_in_turn(bench: Bench) -> None:
    """A dead address, then a stick: the stick serves, and the record says what each gave."""
    kiosk = bench.kiosk(sources=(str(bench.folder / "nowhere"), str(bench.repo)))
    assert pull(kiosk, now=NOW).source == str(bench.repo)
    last = json.loads((kiosk / "health.json").read_bytes())
    assert [result["code"] for result in last["results"]] == ["net-unreachable", "fine"]


def test_setup_refuses_what_cannot_be_meant(bench: Bench) -> None:
    """A township of another county, an unsigned root, a second setup over the first."""
    with pytest.raises(UsageError):
        state.set_up(
            bench.folder / "k1",
            state.KioskSettings(county=COUNTY, township="230202001"),
            bench.root,
        )
    with pytest.raises(UsageError):
        state.set_up(
            bench.folder / "k2",
            state.KioskSettings(county=COUNTY, township=TOWNSHIP),
            bench.new_root(by=("root-1",)),
        )
    kiosk = bench.kiosk("k3")
    with pytest.raises(UsageError):
        state.set_up(kiosk, state.KioskSettings(county=COUNTY, township=TOWNSHIP), bench.root)


def test_settings_survive_their_file(tmp_path: Path) -> None:
    """What setup writes is what is read, odd characters in an address included."""
    bench = Bench(tmp_path / "bench")
    settings: dict[str, Any] = {
        "sources": ('https://例.cn/"q"\\x/', "/media/盘 1"),
        "elder": True,
        "idle_seconds": 90,
    }
    kiosk = bench.kiosk(**settings)
    read = state.load_settings(kiosk)
    assert {name: getattr(read, name) for name in settings} == settings


def test_only_the_packages_of_a_kiosk_are_imported(bench: Bench) -> None:
    """`kiosk pull` and `kiosk status` load nothing that deploy/kiosk/requirements.lock does not install."""
    lock = (ROOT / "deploy" / "kiosk" / "requirements.lock").read_text(encoding="utf-8")
    known = {line.split("==")[0].replace("-", "_") for line in lock.splitlines() if "==" in line}
    kiosk = bench.kiosk()
    code = (
        "import sys\nfrom generator.__main__ import main\n"
        "try: main()\nexcept SystemExit as done: code = done.code\n"
        "print('LOADED', code, *sorted({name.split('.')[0] for name in sys.modules"
        " if getattr(sys.modules[name], '__file__', None) and 'site-packages' in sys.modules[name].__file__}))"
    )
    for command in ("pull", "status"):
        run = subprocess.run(
            [sys.executable, "-c", code, "kiosk", command, "--state", str(kiosk)],
            capture_output=True,
            text=True,
            cwd=ROOT,
            check=True,
        )
        loaded = set(run.stdout.rsplit("LOADED ", 1)[1].split()[1:])
        beyond = {name for name in loaded if name.lower().lstrip("_") not in known}
        # Compiled helpers of packages in the lock carry names of their own; nothing else may come.
        assert beyond <= {
            "_cffi_backend",
            "markdown_it",
            "typing_extensions",
            "_distutils_hack",
            "_virtualenv",
        }, beyond


def test_entries_keep_their_order() -> None:
    """Two files in one place, or a file where a folder is, are no tree."""
    one = Entry(path="a", size=0, sha256="0" * 64)
    two = Entry(path="a/b", size=0, sha256="0" * 64)
    release = bundle.Release(
        county=COUNTY,
        number=1,
        date="2026-11-23",
        address="",
        files=2,
        size=0,
        manifest="0" * 64,
        shards=(),
    )
    for files in ((one, one), (one, two)):
        with pytest.raises(Refusal, match="two files"):
            bundle.manifest_of(release, (bundle.Group(pieces=(), files=files),))
