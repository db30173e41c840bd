"""A release becomes live wholly, travels lightly, and takes nothing from readers who still have an older page."""

from __future__ import annotations

import errno
import gzip
import json
import os
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from generator import durable
from generator.errors import LockedError, PublishError, QingdanError, UsageError
from generator.release import Published, built_unit, history, intended, publish, publish_preview, roll_back
from generator.release.folder import FolderUnit
from tests.portal_site import UNIT, built, go, office, pages, read, script_of, silent, write_site


@pytest.fixture
def unit(tmp_path: Path) -> FolderUnit:
    """One county's folder on a portal where nothing was published yet."""
    (tmp_path / "srv").mkdir()
    return FolderUnit(tmp_path / "srv" / UNIT)


def test_first_release_is_what_was_built(unit: FolderUnit, tmp_path: Path) -> None:
    """Readers find every built file through `current`, and beside it the signed papers."""
    tree = built(tmp_path, 1)
    done = go(unit, tree, 0)
    assert done.id == "20261123T080000Z-0001"
    assert done.id == unit.pointer()
    assert (unit.root / "current").readlink() == Path(f"releases/{done.id}")
    assert pages(unit.root / "current") == pages(tree.folder)
    note = json.loads((unit.root / "current/release/release.json").read_text())
    assert (note["unit"], note["number"], note["previous_manifest"]) == (UNIT, 1, None)
    assert done.travel
    assert (done.travel.kept, done.travel.deleted) == (0, ())
    assert (unit.root / "ledger.jsonl").read_bytes() == (
        unit.root / "current/release/ledger.jsonl"
    ).read_bytes()


def test_text_stands_there_compressed_too(unit: FolderUnit, tmp_path: Path) -> None:
    """Text of more than a kilobyte has a compressed copy without a date, the same bytes every time; short text has none."""
    go(unit, built(tmp_path, 1), 0)
    current = unit.root / "current"
    packed = (current / "zh/report.html.gz").read_bytes()
    assert gzip.decompress(packed) == (current / "zh/report.html").read_bytes()
    assert packed[4:8] == b"\0\0\0\0"
    assert packed[9] == 255
    assert not (current / "data/list.csv.gz").exists()


def test_only_changed_files_travel(unit: FolderUnit, tmp_path: Path) -> None:
    """The second release sends its changed pages and links the rest, the same inode."""
    go(unit, built(tmp_path, 1), 0)
    same = (unit.root / "current/zh/report.html").stat().st_ino
    done = go(unit, built(tmp_path, 2), 1)
    assert done.travel
    changed = (
        "index.html",
        "index.html.gz",
        script_of(2),
        f"{script_of(2)}.gz",
        "zh/index.html",
        "zh/index.html.gz",
    )
    assert done.travel.sent == tuple(sorted(changed))
    assert (unit.root / "current/zh/report.html").stat().st_ino == same
    assert "第2版" in (unit.root / "current/index.html").read_text("utf-8")


def test_same_pages_are_not_published_again(unit: FolderUnit, tmp_path: Path) -> None:
    """A rebuild without changes makes no release: the daily run does not fill the disk."""
    tree = built(tmp_path, 1)
    go(unit, tree, 0)
    before = read(unit.root)
    done = go(unit, tree, 24)
    assert done.id is None
    assert done.travel is None
    assert {k: v for k, v in read(unit.root).items() if k != "publish.lock"} == {
        k: v for k, v in before.items() if k != "publish.lock"
    }


def test_assets_outlive_their_release_by_a_week(unit: FolderUnit, tmp_path: Path) -> None:
    """A reader with a page from before the switch finds its script for seven days, over several releases, and no longer."""
    for edition, hours in ((1, 0), (2, 1), (3, 2)):
        go(unit, built(tmp_path, edition), hours)
    current = unit.root / "current"
    assert all((current / script_of(edition)).is_file() for edition in (1, 2, 3))
    assert (current / f"{script_of(1)}.gz").is_file()
    assert not (current / script_of(1)).read_text("utf-8").startswith("// edition 3")
    go(unit, built(tmp_path, 4), 1 + 7 * 24)
    assert not (current / script_of(1)).exists()
    assert (current / script_of(2)).is_file()
    assert (current / script_of(3)).is_file()


def test_old_releases_go_after_a_week(unit: FolderUnit, tmp_path: Path) -> None:
    """Live, previous and whatever ended less than seven days ago stay; the rest is removed."""
    for edition, hours in ((1, 0), (2, 1), (3, 2), (4, 2 + 7 * 24)):
        go(unit, built(tmp_path, edition), hours)
    assert [name[-4:] for name in unit.releases()] == ["0003", "0004"]
    assert [(one.is_live, one.is_kept) for one in history(unit, office(500))] == [
        (True, True),
        (False, True),
        (False, False),
        (False, False),
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="not run: Windows has no permission bits")
def test_readers_may_read_whatever_the_webmasters_umask(unit: FolderUnit, tmp_path: Path) -> None:
    """Under umask 077 folders and files of a release are still readable by the web server."""
    before = os.umask(0o077)
    try:
        go(unit, built(tmp_path, 1), 0)
        assert os.umask(0o077) == 0o077
    finally:
        os.umask(before)
    for path in (unit.root, *unit.root.rglob("*")):
        if not path.is_symlink():
            assert path.stat().st_mode & 0o777 == (0o755 if path.is_dir() else 0o644), path


def test_names_that_are_not_ours_are_never_touched(unit: FolderUnit, tmp_path: Path) -> None:
    """Strange folders, links out of the tree and names like ours that are links survive every clearing."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("kept")
    go(unit, built(tmp_path, 1), 0)
    home = unit.root / "releases"
    (home / "backup of the webmaster").mkdir()
    (home / "..hidden").write_text("x")
    (home / "root").symlink_to("/")
    (home / "20200101T000000Z-0001").symlink_to(outside)
    (home / "20209999T000000Z-0001").mkdir()
    (home / ".tmp-mine").mkdir()
    done = go(unit, built(tmp_path, 2), 24 * 30)
    assert (outside / "kept").read_text() == "kept"
    left = {path.name for path in home.iterdir()}
    assert {"backup of the webmaster", "..hidden", "root", "20200101T000000Z-0001", ".tmp-mine"} <= left
    assert "20209999T000000Z-0001" in left
    assert any("20200101T000000Z-0001" in text.en for text in done.said)


def test_many_deletions_are_asked_about(unit: FolderUnit, tmp_path: Path) -> None:
    """More deletions than allowed: refused with the number and the option; with it, done."""
    go(unit, built(tmp_path, 1, more=9), 0)
    with pytest.raises(PublishError, match="delete 9 files") as refused:
        go(unit, built(tmp_path, 1), 1, max_deletes=8)
    assert refused.value.fix
    assert "--max-deletes 9" in refused.value.fix.en
    assert (unit.root / "current/zh/basic-0009.html").is_file()
    done = go(unit, built(tmp_path, 1), 1, max_deletes=9)
    assert done.travel
    assert len(done.travel.deleted) == 9
    assert not (unit.root / "current/zh/basic-0009.html").exists()


def test_dry_run_touches_nothing(unit: FolderUnit, tmp_path: Path) -> None:
    """What would travel and go is said; not one file, lock included, is made or changed."""
    first = intended(unit, built(tmp_path, 1, more=2), office(0), silent)
    assert first.travel
    assert "index.html" in first.travel.sent
    assert not unit.root.exists()
    go(unit, built(tmp_path, 1, more=2), 0)
    before = read(unit.root)
    second = intended(unit, built(tmp_path, 2), office(1), silent)
    assert second.travel
    assert second.travel.deleted == ("zh/basic-0001.html", "zh/basic-0002.html")
    assert "zh/report.html" not in second.travel.sent
    assert intended(unit, built(tmp_path, 1, more=2), office(1), silent).travel is None
    assert read(unit.root) == before


def test_preview_stands_beside_what_is_live(unit: FolderUnit, tmp_path: Path) -> None:
    """A preview has an id and a signature of its own, and moves neither pointer nor history; a week later it is gone."""
    go(unit, built(tmp_path, 1), 0)
    before = pages(unit.root / "current")
    done = publish_preview(unit, built(tmp_path, 2), office(1), silent)
    assert done.id in unit.previews()
    assert "第2版" in (unit.root / "previews" / str(done.id) / "index.html").read_text("utf-8")
    assert pages(unit.root / "current") == before
    assert done.ledger.number == 1
    assert (
        json.loads((unit.root / f"previews/{done.id}/release/release.json").read_text())["kind"] == "preview"
    )
    go(unit, built(tmp_path, 3), 24 * 8)
    assert unit.previews() == []


def test_what_was_built_as_a_preview_is_not_published(unit: FolderUnit, tmp_path: Path) -> None:
    """Lists that are not in force must not become live by forgetting how the site was built."""
    site = write_site(tmp_path / "site", 1)
    home = site / UNIT / "index.html"
    home.write_text(home.read_text("utf-8") + '<div class="qd-band qd-band--preview">', "utf-8")
    with pytest.raises(UsageError, match="preview"):
        go(unit, built_unit(site, UNIT), 0)
    assert publish_preview(unit, built_unit(site, UNIT), office(0), silent).id


def test_rollback_shows_the_release_before_as_a_new_line(unit: FolderUnit, tmp_path: Path) -> None:
    """Pages are those of the earlier release; history grows; the next release is numbered after it; scripts of both are there."""
    go(unit, built(tmp_path, 1), 0)
    old = pages(unit.root / "current")
    first = unit.pointer()
    go(unit, built(tmp_path, 2), 1)
    done = roll_back(unit, unit.pointer(), None, office(2), silent)
    current = unit.root / "current"
    assert {p: b for p, b in pages(current).items() if p != script_of(2)} == old
    assert (current / script_of(2)).is_file()
    assert [(line.what, line.repeats) for line in done.ledger.lines] == [
        ("release", None),
        ("release", None),
        ("rollback", first),
    ]
    assert done.travel
    assert done.travel.sent == ()
    assert go(unit, built(tmp_path, 1), 3).id is None
    assert str(go(unit, built(tmp_path, 3), 3).id).endswith("-0004")


def test_rollback_to_what_is_not_there_lists_what_is(unit: FolderUnit, tmp_path: Path) -> None:
    """An unknown release, the live one, and a first release with nothing before it are refused with what can be chosen."""
    go(unit, built(tmp_path, 1), 0)
    with pytest.raises(UsageError, match="no release"):
        roll_back(unit, unit.pointer(), None, office(1), silent)
    go(unit, built(tmp_path, 2), 1)
    for wrong in ("20200101T000000Z-0009", str(unit.pointer()), "../../etc"):
        with pytest.raises(UsageError) as refused:
            roll_back(unit, unit.pointer(), wrong, office(2), silent)
        assert refused.value.fix
        assert "20261123T080000Z-0001" in refused.value.fix.en


def test_rollback_to_a_damaged_release_names_the_file(unit: FolderUnit, tmp_path: Path) -> None:
    """A release whose bytes have changed is not shown again."""
    first = go(unit, built(tmp_path, 1), 0).id
    go(unit, built(tmp_path, 2), 1)
    page = unit.root / f"releases/{first}/index.html"
    page.write_bytes(page.read_bytes() + b" ")
    with pytest.raises(PublishError, match=r"index\.html"):
        roll_back(unit, unit.pointer(), first, office(2), silent)
    assert str(unit.pointer()).endswith("-0002")


def test_damage_to_the_live_release_is_named_and_mended(unit: FolderUnit, tmp_path: Path) -> None:
    """Bit rot on the portal: the next run names the file and sends it again, though nothing new was built."""
    tree = built(tmp_path, 1)
    go(unit, tree, 0)
    page = unit.root / "current/zh/report.html"
    page.write_bytes(page.read_bytes().replace(b"0000-0000000", b"0000-0000001"))
    done = go(unit, tree, 1)
    assert any("zh/report.html" in text.en for text in done.said)
    assert done.travel
    assert done.travel.sent == ("zh/report.html",)
    assert page.read_bytes() == (tree.folder / "zh/report.html").read_bytes()


def test_an_unsigned_live_release_is_replaced_whole(unit: FolderUnit, tmp_path: Path) -> None:
    """Where what is live cannot vouch for itself nothing is taken from it."""
    tree = built(tmp_path, 1)
    go(unit, tree, 0)
    note = unit.root / "current/release/release.json"
    note.write_text(note.read_text().replace("2026-11-23", "2026-11-22"))
    done = go(unit, tree, 1)
    assert done.travel
    assert done.travel.kept == 0
    assert any("not signed" in text.en for text in done.said)


def test_clock_behind_the_last_release_is_refused(unit: FolderUnit, tmp_path: Path) -> None:
    """A machine whose clock fell back must not write a history that runs backwards."""
    go(unit, built(tmp_path, 1), 0)
    with pytest.raises(PublishError, match="clock is behind"):
        go(unit, built(tmp_path, 2), -1)
    assert str(unit.pointer()).endswith("-0001")


def test_somebody_elses_release_is_not_replaced_unseen(unit: FolderUnit, tmp_path: Path) -> None:
    """Compare and swap: whoever looked before the other one published is told, and nothing is overwritten."""
    go(unit, built(tmp_path, 1), 0)
    seen = unit.pointer()
    go(unit, built(tmp_path, 2), 1)
    with pytest.raises(LockedError, match="meanwhile"):
        publish(unit, seen, built(tmp_path, 3), office(2), 256, silent)
    assert str(unit.pointer()).endswith("-0002")
    with pytest.raises(LockedError, match="meanwhile"):
        unit.switch(seen, str(unit.pointer()))


def test_of_twenty_publishers_exactly_one_wins(unit: FolderUnit, tmp_path: Path) -> None:
    """All of them saw the same release; one replaces it, the others are told to look again."""
    go(unit, built(tmp_path, 0), 0)
    seen = unit.pointer()
    trees = [built(tmp_path, edition) for edition in range(1, 21)]
    start = threading.Barrier(20)

    def race(edition: int) -> str:
        mine = FolderUnit(unit.root)
        start.wait()
        try:
            publish(mine, seen, trees[edition], office(1 + edition), 256, silent)
        except LockedError:
            return "lost"
        return "won"

    with ThreadPoolExecutor(20) as pool:
        ends = list(pool.map(race, range(20)))
    assert Counter(ends) == {"won": 1, "lost": 19}
    winner = ends.index("won")
    assert f"第{winner + 1}版" in (unit.root / "current/index.html").read_text("utf-8")
    assert history(unit, office(99))[0].line.number == 2


def test_the_lock_says_who_holds_it(unit: FolderUnit) -> None:
    """The second of two publishers reads the name of the first."""
    with (
        unit.lock("li@office pid 7"),
        pytest.raises(LockedError, match="li@office pid 7"),
        unit.lock("wang@office"),
    ):
        pass


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSPC, "make room"),
        (errno.EDQUOT, "quota"),
        (errno.EROFS, "writable"),
        (errno.EACCES, "permissions"),
        (errno.EXDEV, "one file system"),
        (errno.EIO, "hardware"),
    ],
)
def test_refusals_of_a_disk_say_what_to_do(unit: FolderUnit, tmp_path: Path, code: int, words: str) -> None:
    """Full, over quota, read-only, forbidden, two disks, broken: a sentence, what to do, and the old release still live."""
    go(unit, built(tmp_path, 1), 0)
    before = read(unit.root / "current")

    def refuse(step: durable.Step) -> None:
        if step.call == "write" and "index.html" in step.path:
            raise OSError(code, os.strerror(code), step.path)

    with durable.watched(refuse), pytest.raises(PublishError, match="still live") as refused:
        go(unit, built(tmp_path, 2), 1)
    assert refused.value.fix
    assert words in refused.value.fix.en
    assert read(unit.root / "current") == before
    assert not any(name.name.startswith(".tmp-") for name in (unit.root / "releases").iterdir())


def test_a_full_disk_is_seen_before_anything_is_written(
    unit: FolderUnit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Space and inodes are counted first, and the message says how much is missing."""
    go(unit, built(tmp_path, 1), 0)
    real = os.statvfs(unit.root)
    tight = {
        "space": (real.f_blocks, 0, real.f_files, real.f_ffree),
        "inodes": (real.f_blocks, real.f_bavail, 1000, 3),
    }
    for what, (_, free, files, nodes) in tight.items():

        class Disk:
            f_bavail, f_frsize, f_files, f_favail = free, real.f_frsize, files, nodes

        monkeypatch.setattr(os, "statvfs", lambda _path, disk=Disk: disk)
        with pytest.raises(PublishError, match="too full" if what == "space" else "inodes"):
            go(unit, built(tmp_path, 2), 1)
    assert str(unit.pointer()).endswith("-0001")
    assert len(unit.releases()) == 1


def no_links(step: durable.Step) -> None:
    """A file system such as FAT."""
    if step.call in ("symlink", "link"):
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM), step.path)


def test_without_links_pages_change_one_by_one_and_it_is_said(unit: FolderUnit, tmp_path: Path) -> None:
    """Every page is whole; the run says that they changed apart; rollback, deletions and verification work the same."""
    with durable.watched(no_links):
        first = go(unit, built(tmp_path, 1, more=3), 0)
        assert not first.site_atomic
        done = go(unit, built(tmp_path, 2), 1)
        assert not done.site_atomic
        assert not (unit.root / "current").is_symlink()
        expected = pages(built(tmp_path, 2).folder)
        there = pages(unit.root / "current")
        assert {path: there[path] for path in expected} == expected
        assert there.keys() - expected.keys() == {script_of(1)}
        roll_back(unit, unit.pointer(), None, office(2), silent)
        assert "第1版" in (unit.root / "current/index.html").read_text("utf-8")


def test_without_links_a_target_that_requires_them_refuses(unit: FolderUnit, tmp_path: Path) -> None:
    """`require_atomic` keeps old and new pages from ever standing beside each other."""
    strict = FolderUnit(unit.root, require_atomic=True)
    with durable.watched(no_links), pytest.raises(PublishError, match="require_atomic"):
        go(strict, built(tmp_path, 1), 0)
    assert strict.pointer() is None


def test_a_pointer_to_somewhere_else_stops_publishing(unit: FolderUnit, tmp_path: Path) -> None:
    """A `current` that somebody bent is reported and not followed."""
    go(unit, built(tmp_path, 1), 0)
    (unit.root / "current").unlink()
    (unit.root / "current").symlink_to("/etc")
    with pytest.raises(PublishError, match="does not lead to a release"):
        go(unit, built(tmp_path, 2), 1)


def test_links_in_a_built_site_are_refused(tmp_path: Path) -> None:
    """What a link leads to is not part of the site, and could change behind our back."""
    site = write_site(tmp_path / "site", 1)
    (site / UNIT / "zh/passwd.html").symlink_to("/etc/passwd")
    with pytest.raises(UsageError, match="link"):
        built_unit(site, UNIT)


def test_portal_that_shows_something_else_is_switched_back(
    unit: FolderUnit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages read back wrong after the switch: the old release is live again and the run fails."""
    go(unit, built(tmp_path, 1), 0)
    before = unit.pointer()
    monkeypatch.setattr(FolderUnit, "read_live", lambda _self, _path: b"<h1>cached</h1>")
    with pytest.raises(PublishError, match="did not get the new pages"):
        go(unit, built(tmp_path, 2), 1)
    assert unit.pointer() == before
    monkeypatch.undo()
    assert go(unit, built(tmp_path, 2), 2).id


def test_bytes_that_come_back_changed_are_never_switched_to(
    unit: FolderUnit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that returns other bytes than it was given is found before the switch."""
    go(unit, built(tmp_path, 1), 0)
    before = unit.pointer()
    honest = FolderUnit._bytes_of
    monkeypatch.setattr(FolderUnit, "_bytes_of", lambda self, file: honest(self, file)[:-1] + b"?")
    with pytest.raises(PublishError, match="not what was written"):
        go(unit, built(tmp_path, 2), 1)
    assert unit.pointer() == before
    assert len(unit.releases()) == 1


def test_every_error_speaks_both_languages(unit: FolderUnit, tmp_path: Path) -> None:
    """Errors carry what is wrong and what to do, in Chinese and English."""
    go(unit, built(tmp_path, 1), 0)
    errors: list[QingdanError] = []
    for act in (
        lambda: go(unit, built(tmp_path, 2), -5),
        lambda: publish(unit, None, built(tmp_path, 2), office(1), 1, silent),
        lambda: roll_back(unit, unit.pointer(), "x", office(1), silent),
        lambda: built_unit(tmp_path / "nothing", UNIT),
    ):
        with pytest.raises(QingdanError) as caught:
            act()
        errors.append(caught.value)
    for error in errors:
        assert error.fix
        for text in (error.problem, error.fix):
            assert any("一" <= sign <= "鿿" for sign in text.zh)
            assert text.en.isascii() or "…" in text.en


def test_two_offices_differ_only_in_what_they_sign(unit: FolderUnit, tmp_path: Path) -> None:
    """Same tree, same moment, same key: the release has the same bytes on every target."""
    tree = built(tmp_path, 1)
    other = FolderUnit(tmp_path / "srv" / "second" / UNIT)
    results: list[Published] = [go(unit, tree, 0), go(other, tree, 0)]
    assert results[0].ledger == results[1].ledger
    assert read(unit.root / "current") == read(other.root / "current")
    assert replace(office(0), owner="x").unit == UNIT
