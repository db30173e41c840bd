"""What delivery promises when the machine is against it: real disks that are full, read-only, split or gone, calls that do half, clocks and keys."""

from __future__ import annotations

import ast
import errno
import hashlib
import http.client
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from generator import durable, sealing, signing, updating
from generator.__main__ import main
from generator.errors import LockedError, PublishError
from generator.kiosk.fetch import Limits, Source, Stick, source_from
from generator.kiosk.pull import pull
from generator.kiosk.refusal import Refusal
from generator.kiosk.serving import serving
from generator.kiosk.status import status
from generator.model.releases import Manifest
from generator.release import built_unit, history
from generator.release.folder import FolderUnit
from tests import web_site
from tests.delivery_disks import bound, fat_disk, memory_disk, pulled_out, read_only, writable, xfs_disk
from tests.faults.power import cut_power, why_not
from tests.faults.power import disk as ext4_disk
from tests.faults.server import Server
from tests.kiosk_net import serve
from tests.kiosk_repo import NOW, TOWNSHIP, Bench, shown
from tests.portal_site import UNIT, built, go, office, pages, read, write_site
from tests.release_site import shows as portal_shows
from tests.test_faults_kiosk import Screen, back, copy_of, wrong_on
from tests.test_faults_kiosk import steps_of as pull_steps
from tests.test_faults_publish import Portal
from tests.test_faults_publish import steps_of as publish_steps
from tests.test_release_settings import content_with
from tests.web_site import ask, nginx

PUBLISH_FAILED, LOCKED = 4, 5
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def _quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody cuts the power here."""
    monkeypatch.setattr("os.fsync", lambda _: None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """A webmaster's desk: content with one folder target and a key, and the commands as they are typed."""

    folder: Path
    portal: Path
    run: Callable[..., tuple[int, str]]

    @property
    def unit(self) -> FolderUnit:
        """The county on the portal."""
        return FolderUnit(self.portal / UNIT)

    def publish(self, edition: int, *more: str) -> tuple[int, str]:
        """Write the site of an edition and publish it; returns the code and what was said."""
        return self.run("publish", "--site", str(write_site(self.folder / "site", edition)), *more)

    def shows(self, edition: int) -> bool:
        """Whether readers see this edition, every file of it."""
        wanted = pages(write_site(self.folder / "wanted", edition) / UNIT)
        there = read(self.portal / UNIT / "current")
        return all(there.get(path) == body for path, body in wanted.items())


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    """A desk whose portal is the empty folder `portal`."""
    folder = tmp_path / "desk"
    folder.mkdir()
    public = signing.make_key(folder / "release.pem")
    (tmp_path / "portal").mkdir()
    tables = f'[signing]\npublic = "{public}"\n[[target]]\nname = "portal"\nkind = "folder"\npath = "{tmp_path}/portal"\n'
    content = content_with(folder, tables)
    monkeypatch.setenv("QINGDAN_RELEASE_KEY", str(folder / "release.pem"))

    def run(name: str, *arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        words = ["qingdan", name, *arguments, "--content", str(content), "--lang", "en"]
        monkeypatch.setattr(sys, "argv", words)
        with pytest.raises(SystemExit) as end:
            main()
        told = capsys.readouterr()
        assert isinstance(end.value.code, int)
        assert "Traceback" not in told.err
        return end.value.code, told.out + told.err

    return Desk(folder=folder, portal=tmp_path / "portal", run=run)


def staging_of(portal: Path) -> list[str]:
    """What a run left that no reader sees."""
    return [path.name for path in portal.rglob("*") if path.name.startswith((".tmp-", "current.new"))]


# ---------------------------------------------------------------- publishing onto real disks


def test_a_target_mounted_read_only_is_refused_and_taken_up_again(desk: Desk) -> None:
    """The portal's disk was mounted again for reading only: code 4, what to do, the old release as it was; then it is writable."""
    with memory_disk(desk.portal):
        assert desk.publish(1)[0] == 0
        before = read(desk.portal)
        read_only(desk.portal)
        code, said = desk.publish(2)
        assert code == PUBLISH_FAILED
        assert "mount it writable" in said
        assert "still live" in said
        assert read(desk.portal) == before
        writable(desk.portal)
        assert desk.publish(2)[0] == 0
        assert desk.shows(2)


def test_a_full_target_is_refused_before_anything_is_written(desk: Desk) -> None:
    """A disk with less room than a release needs: code 4 with the megabytes; with room again, the release goes live."""
    with memory_disk(desk.portal, "size=2m"):
        assert desk.publish(1)[0] == 0
        ballast = desk.portal / "ballast"
        room = os.statvfs(desk.portal)
        ballast.write_bytes(bytes(room.f_bavail * room.f_frsize - 8192))
        before = read(desk.portal / UNIT / "releases")
        code, said = desk.publish(2)
        assert code == PUBLISH_FAILED
        assert "MB are needed" in said
        assert read(desk.portal / UNIT / "releases") == before
        ballast.unlink()
        assert desk.publish(2)[0] == 0
        assert desk.shows(2)


@pytest.mark.parametrize("what", ["bytes", "inodes"])
def test_a_disk_that_fills_up_meanwhile_leaves_the_old_release(desk: Desk, tmp_path: Path, what: str) -> None:
    """Somebody else takes the last room after it was counted: the system's own refusal, no staging left, the old release live."""
    with memory_disk(desk.portal, "size=4m" if what == "bytes" else "size=4m,nr_inodes=200"):
        assert desk.publish(1)[0] == 0
        ballast = desk.portal / "ballast"

        def fill(step: durable.Step) -> None:
            if step.call != "create" or ".tmp-" not in step.path or ballast.exists():
                return
            ballast.mkdir()
            free = os.statvfs(desk.portal)
            if what == "bytes":
                (ballast / "all").write_bytes(bytes(free.f_bavail * free.f_frsize))
            else:
                for number in range(free.f_favail):
                    (ballast / str(number)).touch()

        with durable.watched(fill):
            code, said = desk.publish(2)
        assert code == PUBLISH_FAILED, said
        assert "make room" in said
        assert staging_of(desk.portal) == []
        assert desk.shows(1)
        shutil.rmtree(ballast)
        assert desk.publish(2)[0] == 0
        assert desk.shows(2)


@pytest.mark.parametrize("home", ["releases", "previews"])
def test_releases_on_another_disk_are_refused(desk: Desk, home: str) -> None:
    """Where releases or previews are a disk of their own no single rename could switch: refused before anything is written."""
    assert desk.publish(1)[0] == 0
    inner = desk.portal / UNIT / home
    if home == "releases":
        shutil.copytree(inner, desk.folder / "kept")
    with memory_disk(inner):
        if home == "releases":
            shutil.copytree(desk.folder / "kept", inner, dirs_exist_ok=True)
        before = read(desk.portal)
        code, said = desk.publish(2)
        assert code == PUBLISH_FAILED
        assert "not on the disk" in said
        assert {k: v for k, v in read(desk.portal).items() if "lock" not in k} == {
            k: v for k, v in before.items() if "lock" not in k
        }
        assert desk.shows(1)


def test_previews_behind_a_second_mount_of_the_same_disk_are_copied(desk: Desk) -> None:
    """Links between two mounts of one disk fail (EXDEV) though it is one disk: then files are copied, and nothing is lost."""
    assert desk.publish(1)[0] == 0
    (desk.folder / "elsewhere").mkdir()
    with bound(desk.folder / "elsewhere", desk.portal / UNIT / "previews"):
        code, said = desk.publish(2, "--preview")
        assert code == 0, said
        assert desk.publish(2)[0] == 0
        (preview,) = (desk.portal / UNIT / "previews").iterdir()
        assert pages(preview) == pages(write_site(desk.folder / "wanted", 2) / UNIT)
    assert desk.shows(2)


def test_a_site_on_another_disk_than_the_portal_is_published(desk: Desk) -> None:
    """The usual case: what was built lies on one disk, the portal on another."""
    with memory_disk(desk.portal):
        assert desk.publish(1)[0] == 0
        assert desk.publish(2)[0] == 0
        assert desk.shows(2)


@pytest.mark.full
def test_a_real_disk_without_links_takes_releases_page_by_page(desk: Desk, tmp_path: Path) -> None:
    """On FAT pages change one by one, which is said; verify agrees; rolling back works."""
    with fat_disk(tmp_path) as fat, bound(fat, desk.portal):
        code, said = desk.publish(1)
        assert code == 0, said
        code, said = desk.publish(2)
        assert code == 0, said
        assert "one by one" in said or "page" in said
        assert not (desk.portal / UNIT / "current").is_symlink()
        assert desk.shows(2)
        assert desk.run("verify", "portal")[0] == 0
        assert desk.run("rollback", "--county", UNIT)[0] == 0
        assert desk.shows(1)


# ---------------------------------------------------------------- system calls that do half


@pytest.mark.parametrize("most", [1, 4093])
def test_writes_that_take_fewer_bytes_are_gone_on_with(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """A write may take one byte of many: every file is whole all the same."""
    real = os.write
    monkeypatch.setattr("os.write", lambda handle, body: real(handle, bytes(memoryview(body)[:most])))
    assert desk.publish(1)[0] == 0
    assert desk.shows(1)
    assert desk.run("verify", "portal")[0] == 0


def command(desk: Desk, edition: int, *before: str) -> subprocess.CompletedProcess[str]:
    """Publish an edition by a program of its own, started through `before`."""
    site = write_site(desk.folder / "site", edition)
    words = ["publish", "--site", str(site), "--content", str(desk.folder / "content"), "--lang", "en"]
    return subprocess.run(
        [*before, sys.executable, "-m", "generator", *words],
        check=False,
        capture_output=True,
        text=True,
        cwd=desk.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
    )


@pytest.mark.full
@pytest.mark.parametrize("when", ["1+2", "2+3"])
def test_interrupted_calls_are_made_again(desk: Desk, tmp_path: Path, when: str) -> None:
    """Every second or third write, flush and lock ends with EINTR: the release is whole and recorded."""
    if shutil.which("strace") is None:
        pytest.skip("not run: strace is not installed")
    plan = f"inject=write,fsync,flock:error=EINTR:when={when}"
    done = command(desk, 1, "strace", "-f", "-qq", "-o", str(tmp_path / "calls"), "-e", plan)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "(INJECTED)" in (tmp_path / "calls").read_text(errors="replace")
    assert desk.shows(1)
    assert desk.run("verify", "portal")[0] == 0


@pytest.mark.full
def test_nothing_but_the_target_is_ever_written(desk: Desk, tmp_path: Path) -> None:
    """Every call of a publication that changes a disk names a path of the target (I10); reading is all that happens elsewhere."""
    if shutil.which("strace") is None:
        pytest.skip("not run: strace is not installed")
    assert desk.publish(1)[0] == 0
    calls = "open,openat,creat,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,rmdir,link,linkat,symlink,symlinkat,truncate,chmod,fchmodat"
    done = command(
        desk, 2, "strace", "-f", "-qq", "-y", "-o", str(tmp_path / "calls"), "-e", f"trace={calls}"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    outside = []
    for line in (tmp_path / "calls").read_text(errors="replace").splitlines():
        reads = "open" in line and not any(flag in line for flag in ("O_WRONLY", "O_RDWR", "O_CREAT"))
        if reads or " = -1 " in line or "(" not in line or str(desk.portal) in line or '"/dev/' in line:
            continue
        outside.append(line)
    assert outside == []


def test_a_publication_touches_nothing_but_its_target(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Home, temporary folder, content and built site are as before (I10), after a success and after a refusal."""
    for name in ("home", "temporary"):
        (desk.folder / name).mkdir()
    monkeypatch.setenv("HOME", str(desk.folder / "home"))
    monkeypatch.setattr("tempfile.tempdir", str(desk.folder / "temporary"))
    write_site(desk.folder / "site", 1)
    before = read(desk.folder)
    assert desk.publish(1)[0] == 0
    assert read(desk.folder) == before
    (desk.portal / UNIT / "ledger.jsonl").write_text("{}")
    assert desk.publish(1)[0] == PUBLISH_FAILED
    assert read(desk.folder) == before


def test_no_temporary_folder_is_needed_to_deliver(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TMPDIR may be full, read-only or missing: publishing, verifying, packing and pulling use none."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    assert desk.publish(1)[0] == 0
    assert desk.run("verify", "portal")[0] == 0
    bench = Bench(tmp_path / "bench")
    bench.pack("one")
    assert pull(bench.kiosk(), now=NOW).number == 1


# ---------------------------------------------------------------- locks


def _update(desk: Desk, bench: Bench) -> None:
    with updating.alone(desk.folder / "site"):
        raise AssertionError("an update went on without a lock")


LOCKING: dict[str, Callable[[Desk, Bench], object]] = {
    "publish": lambda desk, _: go(desk.unit, built(desk.folder, 1), 0),
    "pack": lambda _, bench: bench.pack("two"),
    "pull": lambda _, bench: pull(bench.kiosk(), now=NOW),
    "update": _update,
}


@pytest.mark.parametrize("act", LOCKING.values(), ids=LOCKING)
def test_without_locks_nobody_goes_on(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: Callable[[Desk, Bench], object]
) -> None:
    """A file system without locks (NFS without its daemon answers ENOLCK): refused, never a lock of our own making."""
    bench = Bench(tmp_path / "bench")
    bench.pack("one")
    before = read(bench.repo)

    def none(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("fcntl.flock", none)
    with pytest.raises(LockedError, match="no file locks"):
        act(desk, bench)
    assert read(bench.repo) == before
    assert not (desk.portal / UNIT / "releases").exists()


# ---------------------------------------------------------------- after the switch


def test_pages_that_rot_between_reading_back_and_showing_are_switched_back(desk: Desk) -> None:
    """A page is damaged just after the switch: readers get the old release again, the history says nothing, code 4."""
    assert desk.publish(1)[0] == 0
    history = (desk.portal / UNIT / "ledger.jsonl").read_bytes()
    live = desk.unit.pointer()

    def rot(step: durable.Step) -> None:
        if step.call == "fsync_dir" and desk.unit.pointer() != live and Path(step.path) == desk.unit.root:
            page = desk.unit.root / "current" / "index.html"
            page.write_bytes(page.read_bytes().replace(b"<script", b"<scripx"))

    with durable.watched(rot):
        code, said = desk.publish(2)
    assert code == PUBLISH_FAILED
    assert "The old release is live again" in said
    assert desk.unit.pointer() == live
    assert desk.shows(1)
    assert (desk.portal / UNIT / "ledger.jsonl").read_bytes() == history
    assert desk.publish(2)[0] == 0
    assert desk.shows(2)


def test_a_slow_reader_finishes_a_file_of_a_release_that_is_cleared_away(desk: Desk, tmp_path: Path) -> None:
    """Half of a large file is read through a real nginx; its release is removed; the other half still comes, whole."""
    body = hashlib.sha256(b"weight").digest() * (1 << 19)
    large = built(desk.folder, 1)
    site = large.folder.parent
    (site / UNIT / "originals").mkdir()
    (site / UNIT / "originals" / "large.pdf").write_bytes(body)
    first = go(desk.unit, built_unit(site, UNIT), 0).id
    with nginx(tmp_path / "nginx", desk.portal) as port:
        slow = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        slow.request("GET", f"/{UNIT}/originals/large.pdf")
        answer = slow.getresponse()
        got = answer.read(1 << 16)
        go(desk.unit, built(desk.folder, 2), 1)
        go(desk.unit, built(desk.folder, 3), 2)
        go(desk.unit, built(desk.folder, 4), 24 * 9)
        assert first not in desk.unit.releases()
        assert ask(port, f"/{UNIT}/originals/large.pdf").status == 404
        assert got + answer.read() == body
        slow.close()


@pytest.mark.parametrize("cached", [False, True])
def test_open_file_cache_is_off_for_a_reason(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cached: bool
) -> None:
    """With the sample as it is a reader gets the new page at once; with nginx's cache of open files, still the old one."""
    sample = (web_site.WEB / "nginx.conf").read_text(encoding="utf-8")
    assert "open_file_cache off;" in sample
    if cached:
        on = "open_file_cache max=1000 inactive=1h; open_file_cache_valid 1h; open_file_cache_min_uses 1;"
        (tmp_path / "web").mkdir()
        (tmp_path / "web" / "nginx.conf").write_text(
            sample.replace("open_file_cache off;", on), encoding="utf-8"
        )
        monkeypatch.setattr("tests.web_site.WEB", tmp_path / "web")
    go(desk.unit, built(desk.folder, 1), 0)
    with nginx(tmp_path / "nginx", desk.portal) as port:
        # Each of its workers keeps a cache of its own; one connection is served by one of them.
        reader = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

        def page() -> str:
            reader.request("GET", f"/{UNIT}/index.html")
            return reader.getresponse().read().decode()

        assert "第1版" in page()
        go(desk.unit, built(desk.folder, 2), 1)
        assert ("第1版" if cached else "第2版") in page()
        reader.close()


# ---------------------------------------------------------------- signals and power


SIGNALLED = """
import os, signal, sys
from generator import durable
from generator.__main__ import main
at, number, steps = int(sys.argv.pop(1)), getattr(signal, sys.argv.pop(1)), 0
def watch(step):
    global steps
    steps += 1
    if steps == at:
        os.kill(os.getpid(), number)
with durable.watched(watch):
    try:
        main()
    finally:
        print("STEPS", steps, file=sys.stderr)
"""
ENDED = {"SIGTERM": 143, "SIGINT": 130, "SIGHUP": 129}


def signalled(desk: Desk, at: int, name: str) -> tuple[int, int]:
    """Publish edition 2 in a program that sends itself a signal at a step; returns its code and how many steps there were."""
    site = write_site(desk.folder / "site", 2)
    words = ["publish", "--site", str(site), "--content", str(desk.folder / "content"), "--lang", "en"]
    done = subprocess.run(
        [sys.executable, "-c", SIGNALLED, str(at), name, *words],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert "Traceback" not in done.stderr
    return done.returncode, int(done.stderr.rpartition("STEPS ")[2])


@pytest.mark.parametrize(
    ("name", "stride"),
    [("SIGTERM", 12), *(pytest.param(name, 2, marks=pytest.mark.full) for name in ENDED)],
)
def test_a_signal_ends_a_publication_cleanly(desk: Desk, name: str, stride: int) -> None:
    """Ended by the system, by Ctrl+C or by a closed terminal: its documented code, old or new live, no staging left, and the next run ends the work."""
    assert desk.publish(1)[0] == 0
    kept = Path(shutil.copytree(desk.portal, desk.folder / "kept", symlinks=True))
    at, steps = stride, 1000
    while at <= steps:
        shutil.rmtree(desk.portal)
        shutil.copytree(kept, desk.portal, symlinks=True)
        code, taken = signalled(desk, at, name)
        assert code == ENDED[name], at
        assert desk.shows(1) or desk.shows(2), at
        assert staging_of(desk.portal) == [], at
        assert desk.publish(2)[0] == 0, at
        assert desk.shows(2), at
        steps = max(taken, 40) if steps == 1000 else steps
        at += stride


@pytest.mark.full
def test_real_power_cuts_on_xfs(tmp_path: Path) -> None:
    """XFS keeps other promises than ext4: fifty cuts of publishing and fifty of updating a kiosk, old or new after each."""
    server = Server()
    try:
        with xfs_disk(tmp_path) as cut:
            portal = Portal(tmp_path, server, cut.place / "www")
            assert portal.publish(portal.old)["status"] == 0
            kept = portal.copy()
            steps = publish_steps(portal, kept)
            for number in range(50):
                portal.back(kept)
                os.sync()
                step = 1 + number * steps // 50
                portal.publish(portal.new, f"{step}:power", cut.place)
                cut.off()
                cut.on()
                assert portal.is_old_or_new(), step
                assert portal.publish(portal.new)["status"] == 0, step
                assert portal_shows(portal.www, portal.new), step
            screen = Screen(tmp_path / "screen", cut.place / "kiosk")
            clean = copy_of(screen.kiosk, tmp_path / "clean")
            steps = pull_steps(screen, server, clean)
            for number in range(50):
                back(screen, clean)
                os.sync()
                step = 1 + number * steps // 50
                screen.pull(server, f"{step}:power", cut.place)
                cut.off()
                cut.on()
                assert wrong_on(screen.kiosk) is None, step
                assert screen.pull(server)["status"] == 0, step
    finally:
        server.close()


def test_a_county_that_cannot_be_read_keeps_no_other_from_its_release(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bad sector under the pages of one county: it is named with code 4, and the other counties go live."""
    site = write_site(desk.folder / "site", 1)
    shutil.copytree(site / UNIT, site / "230203")
    real = sealing.seal

    def failing(folder: Path, unit: str, keep: Callable[[str], bool] | None = None) -> Manifest:
        if unit == UNIT:
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(folder / "index.html"))
        return real(folder, unit, keep)

    monkeypatch.setattr("generator.sealing.seal", failing)
    code, said = desk.run("publish", "--site", str(site))
    assert code == PUBLISH_FAILED, said
    assert "check the hardware" in said
    assert (desk.portal / "230203" / "current").is_symlink()
    assert not (desk.portal / UNIT / "current").exists()


# ---------------------------------------------------------------- names, keys and clocks


def test_a_release_dated_in_the_future_can_be_undone(desk: Desk) -> None:
    """Published with a clock ten years ahead: refused from then on, and what docs/delivery.md says to do leads out of it."""
    unit = desk.unit
    first = str(go(unit, built(desk.folder, 1), 0).id)
    ahead = str(go(unit, built(desk.folder, 2), 24 * 3650).id)
    with pytest.raises(PublishError, match="clock is behind"):
        go(unit, built(desk.folder, 3), 1)
    (unit.root / "current").unlink()
    (unit.root / "current").symlink_to(f"releases/{first}")
    shutil.copy(unit.root / "releases" / first / "release" / "ledger.jsonl", unit.root / "ledger.jsonl")
    shutil.rmtree(unit.root / "releases" / ahead)
    assert str(go(unit, built(desk.folder, 3), 1).id).endswith("-0002")
    assert [one.line.number for one in history(unit, office(2))] == [2, 1]
    docs = (ROOT / "docs" / "delivery.md").read_text(encoding="utf-8")
    assert "releases/<上一版>/release/ledger.jsonl" in docs


def test_a_key_that_others_could_have_read_signs_nothing(desk: Desk) -> None:
    """Open to other users, of another kind, locked by another passphrase: wrong usage, before anything is written."""
    key = desk.folder / "other.pem"
    locked = desk.folder / "locked.pem"
    signing.make_key(locked, b"right")
    key.write_bytes((desk.folder / "release.pem").read_bytes())
    key.chmod(0o644)
    for path, words in ((key, "Other users can read"), (locked, "passphrase is wrong")):
        code, said = desk.publish(1, "--key", str(path))
        assert code == 2
        assert words in said
    assert not (desk.portal / UNIT).exists()


def test_a_host_key_is_never_waived() -> None:
    """No connection over SSH is opened without the one host key it must meet (asyncssh takes None for "any")."""
    calls = []
    for path in sorted((ROOT / "generator").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in (
                "asyncssh.connect",
                "asyncssh.connect_ssh",
            ):
                calls.append(path.name)
                known = [one.value for one in node.keywords if one.arg == "known_hosts"]
                assert len(known) == 1, path
                assert not isinstance(known[0], ast.Constant), path
    assert calls


@pytest.mark.parametrize(
    "words",
    [
        ("publish", "--county", "../../etc"),
        ("publish", "--county", "/etc"),
        ("publish", "--county", "releases"),
        ("publish", "--target", "../portal"),
        ("rollback", "../../../desk", "--county", UNIT),
        ("rollback", ".", "--county", UNIT),
    ],
)
def test_names_that_climb_are_no_units_targets_or_releases(desk: Desk, words: tuple[str, ...]) -> None:
    """What is typed never becomes a path: wrong usage, and nothing changes anywhere."""
    assert desk.publish(1)[0] == 0
    before = read(desk.portal.parent)
    more = ("--site", str(desk.folder / "site")) if words[0] == "publish" else ()
    code, said = desk.run(*words, *more)
    assert code == 2, said
    assert {k: v for k, v in read(desk.portal.parent).items() if "lock" not in k} == {
        k: v for k, v in before.items() if "lock" not in k
    }


SECRET = "3vLpZqPLANTEDn8Xw"


def _planted(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "QINGDAN_RELEASE_PASSPHRASE",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "CI_JOB_TOKEN",
        "GITHUB_TOKEN",
    ):
        monkeypatch.setenv(name, f"{SECRET}{name}")


def _key_material(folder: Path) -> list[bytes]:
    """Lines of every private key below a folder, without the frame around them."""
    lines = [line for key in folder.rglob("*.pem") for line in key.read_bytes().splitlines()]
    return [line for line in lines if line and not line.startswith(b"-----")]


def test_no_secret_leaves_with_what_is_delivered(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keys and tokens of the surroundings stand in no release, ledger, preview, repository, kiosk or message."""
    _planted(monkeypatch)
    bench = Bench(tmp_path / "bench")
    said = [desk.publish(1)[1], desk.publish(2, "--preview")[1], desk.publish(2)[1]]
    said += [
        desk.run(*words)[1] for words in (("releases",), ("verify", "portal"), ("publish", "--site", "x"))
    ]
    (desk.folder / "torn.pem").write_bytes((desk.folder / "release.pem").read_bytes()[:-40])
    (desk.folder / "torn.pem").chmod(0o600)
    said.append(desk.publish(3, "--key", str(desk.folder / "torn.pem"))[1])
    bench.pack("one")
    kiosk = bench.kiosk()
    pull(kiosk, now=NOW)
    keys = _key_material(desk.folder) + _key_material(bench.folder)
    assert len(keys) > 5
    planted = [SECRET.encode(), *keys]
    for place in (desk.portal, bench.repo, kiosk):
        for path, body in read(place).items():
            assert not any(secret in body for secret in planted), path
            assert not any(secret in path.encode() for secret in planted), path
    assert not any(secret in text.encode() for text in said for secret in planted)


@pytest.mark.full
def test_no_secret_of_the_surroundings_stands_in_a_built_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tokens of the machine that builds are in no page, script, workbook or message of it."""
    from tests.golden_site import golden_content

    _planted(monkeypatch)
    content = golden_content(tmp_path)
    words = ["build", "--content", str(content), "--out", str(tmp_path / "site"), "--as-of", "2026-01-01"]
    done = subprocess.run(
        [sys.executable, "-m", "generator", *words], check=True, capture_output=True, cwd=ROOT
    )
    assert SECRET.encode() not in done.stdout + done.stderr
    for path, body in read(tmp_path / "site").items():
        assert SECRET.encode() not in body, path


# ---------------------------------------------------------------- kiosks


QUICK = Limits(total=20, silence=0.5, window=0.4, rate=1000, retries=2, pause=0.01)


@dataclass(slots=True)
class Meddling:
    """A source that something happens to before its read number `at`; counts all reads."""

    source: Source
    at: int
    happens: Callable[[], object]
    reads: int = 0
    name: str = "meddled with"

    def read(self, path: str, limit: int) -> bytes:
        """Count, meddle, and read."""
        self._count()
        return self.source.read(path, limit)

    def read_into(self, path: str, size: int, partial: Path) -> bytes:
        """As `read`."""
        self._count()
        return self.source.read_into(path, size, partial)

    def close(self) -> None:
        """Let go of the source."""
        self.source.close()

    def _count(self) -> None:
        self.reads += 1
        if self.reads == self.at:
            self.happens()


def _always(source: Source) -> Callable[[str, Limits], Source]:
    return lambda _name, _limits: source


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A repository with release 2; `release-1` is what it was before."""
    made = Bench(tmp_path / "bench")
    made.pack("one")
    made.copy("release-1")
    made.pack("two")
    return made


def fresh(bench: Bench, name: str) -> Path:
    """A kiosk that shows release 1."""
    kiosk = bench.kiosk(name)
    pull(kiosk, now=NOW, sources=[str(bench.folder / "release-1")])
    return kiosk


def home_of(port: int) -> tuple[int, str]:
    """What the browser gets for the township's home; a server that is stuck fails here after two seconds."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", f"/zh/{TOWNSHIP}/index.html")
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def reads_of(bench: Bench) -> int:
    """How many files an undisturbed update reads."""
    counted = Meddling(Stick(bench.repo), 0, lambda: None)
    pull(fresh(bench, "counting"), now=NOW, sources=["x"], opener=_always(counted))
    return counted.reads


def pulled_out_at(bench: Bench, at: int, stick: Path, out: Callable[[], object]) -> None:
    """Pull the stick out at one read: refused, the old page answers, nothing half is left, and the whole stick serves afterwards."""
    kiosk = fresh(bench, f"kiosk-{at}")
    with serving(kiosk / "current", home=f"zh/{TOWNSHIP}/index.html", port=0) as url:
        port = int(url.rstrip("/").rpartition(":")[2])
        meddled = Meddling(Stick(stick), at, out)
        with pytest.raises(Refusal) as caught:
            pull(kiosk, now=NOW, sources=["x"], opener=_always(meddled))
        assert caught.value.code in {"net-unreachable", "net-incomplete"}, at
        code, page = home_of(port)
        assert (code, "one" in page) == (200, True), at
        assert not list((kiosk / "releases").glob(".tmp-*"))
        assert pull(kiosk, now=NOW, sources=[str(bench.repo)]).number == 2
        assert "two" in home_of(port)[1]
    assert status(kiosk, now=NOW, full=True).exit_code == 0


def test_a_stick_that_vanishes_while_it_is_read(bench: Bench) -> None:
    """At any one of its reads the stick is gone: the screen answers with the old release throughout."""
    for at in range(1, reads_of(bench) + 1, 2):
        stick = Path(shutil.copytree(bench.repo, bench.folder / f"stick-{at}"))
        pulled_out_at(bench, at, stick, partial(stick.rename, stick.with_suffix(".gone")))


@pytest.mark.full
def test_a_real_stick_that_is_pulled_out(bench: Bench, tmp_path: Path) -> None:
    """A mounted disk is taken away at each read of an update."""
    place = tmp_path / "media"
    for at in range(1, reads_of(bench) + 1):
        with memory_disk(place):
            shutil.copytree(bench.repo, place, dirs_exist_ok=True)
            pulled_out_at(bench, at, place, lambda: pulled_out(place))


@pytest.mark.full
def test_a_real_stick_that_fails_while_it_is_read(bench: Bench, tmp_path: Path) -> None:
    """The disk under a mounted file system answers with errors from one read on."""
    missing = why_not()
    if missing:
        pytest.skip(missing)
    reads = reads_of(bench)
    for at in range(1, reads + 1, max(1, reads // 6)):
        work = tmp_path / f"disk-{at}"
        work.mkdir()
        with ext4_disk(work) as stick:
            shutil.copytree(bench.repo, stick.place / "repo")
            os.sync()
            subprocess.run(["umount", stick.place], check=True)
            stick.on()  # nothing of it is in memory any more
            pulled_out_at(bench, at, stick.place / "repo", partial(cut_power, str(stick.place)))


@contextmanager
def _mirror(folder: Path, *, web: bool) -> Iterator[str]:
    if not web:
        yield str(folder)
        return
    with serve(folder) as (address, _):
        yield address


def _swap(mirror: Path, to: Path) -> None:
    """Let a link lead elsewhere in one step, as mirrors do."""
    following = mirror.with_suffix(".new")
    following.symlink_to(to)
    following.replace(mirror)


@pytest.mark.parametrize("web", [False, True], ids=["stick", "web"])
def test_a_mirror_that_changes_while_it_is_read(bench: Bench, tmp_path: Path, web: bool) -> None:
    """Release 3 is packed into the source between any two reads: the update ends with release 2 or 3, whole."""
    later = Path(shutil.copytree(bench.repo, tmp_path / "mirror-3"))
    kept, bench.repo = bench.repo, later
    bench.pack("three")
    bench.repo = kept
    seen = set()
    for at in range(1, reads_of(bench) + 1, 2):
        kiosk = fresh(bench, f"mirror-kiosk-{at}")
        mirror = tmp_path / f"mirror-{at}-of-all"
        mirror.symlink_to(bench.repo)

        with _mirror(mirror, web=web) as address:
            meddled = Meddling(source_from(address, QUICK), at, partial(_swap, mirror, later))
            number = pull(kiosk, now=NOW, sources=[address], opener=_always(meddled)).number
        assert number in {2, 3}, at
        assert {2: "two", 3: "three"}[number] in shown(kiosk)[1]
        assert status(kiosk, now=NOW, full=True).exit_code == 0
        seen.add(number)
    assert seen == {2, 3}


def test_a_mirror_that_falls_back_while_it_is_read(bench: Bench, tmp_path: Path) -> None:
    """The source turns into its own past between two reads: release 2 or a refusal, never anything but what was signed."""
    for at in range(1, reads_of(bench) + 1, 3):
        kiosk = fresh(bench, f"past-kiosk-{at}")
        mirror = tmp_path / f"past-{at}"
        mirror.symlink_to(bench.repo)

        meddled = Meddling(Stick(mirror), at, partial(_swap, mirror, bench.folder / "release-1"))
        try:
            pull(kiosk, now=NOW, sources=["x"], opener=_always(meddled))
        except Refusal:
            assert "one" in shown(kiosk)[1]
        else:
            assert ("one" if shown(kiosk)[0] == 1 else "two") in shown(kiosk)[1]
        assert pull(kiosk, now=NOW, sources=[str(bench.repo)]).number == 2


@pytest.mark.parametrize("lost", ["floor.A", "floor.B"])
def test_damage_to_a_page_and_a_floor_shows_nothing_older(bench: Bench, lost: str) -> None:
    """The copy of the floor that was moved last is lost, and a page of the release rots: the release stays, and the next update mends it."""
    kiosk = fresh(bench, "kiosk")
    assert pull(kiosk, now=NOW, sources=[str(bench.repo)]).number == 2
    (kiosk / lost).write_bytes(b"")
    page = kiosk / "current" / "zh" / TOWNSHIP / "basic-0001.html"
    whole = page.read_bytes()
    page.with_suffix(".other").write_bytes(whole[:-1] + b"?")
    page.with_suffix(".other").replace(page)
    with pytest.raises(Refusal, match="older"):
        pull(kiosk, now=NOW, sources=[str(bench.folder / "release-1")])
    assert shown(kiosk)[0] == 2
    assert pull(kiosk, now=NOW, sources=[str(bench.repo)]).number == 2
    assert page.read_bytes() == whole
    assert status(kiosk, now=NOW, full=True).exit_code == 0


class Reluctant(io.FileIO):
    """A file that takes at most a hundred bytes at once."""

    def write(self, block: Any, /) -> int:
        """Write the beginning of it."""
        return super().write(memoryview(block)[:100])


def test_what_arrives_is_kept_whole_by_a_disk_that_takes_little(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Writes of what is downloaded that take fewer bytes than given are gone on with: nothing is fetched twice."""
    kiosk = fresh(bench, "kiosk")
    real = Path.open

    def reluctant(path: Path, mode: str = "r", **more: Any) -> Any:
        return Reluctant(path, mode) if ".partial" in path.parts else real(path, mode, **more)

    monkeypatch.setattr("pathlib.Path.open", reluctant)
    with serve(bench.repo) as (address, asked):
        assert pull(kiosk, now=NOW, sources=[address], limits=QUICK).number == 2
    assert len(asked) == len(set(asked))


@pytest.mark.full
def test_twenty_updates_at_once(tmp_path: Path) -> None:
    """Timer, operator and stick together, twenty programs: each updates or is told that another does; the release is whole."""
    made = Bench(tmp_path / "bench")
    made.pack("one", now=datetime.now(UTC))
    kiosk = made.kiosk()
    words = [sys.executable, "-m", "generator", "kiosk", "pull", "--state", str(kiosk)]
    runs = [
        subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(20)
    ]
    codes = [one.wait(300) for one in runs]
    assert set(codes) <= {0, LOCKED}
    assert 0 in codes
    assert status(kiosk, now=datetime.now(UTC), full=True).exit_code == 0


@pytest.mark.parametrize("what", ["bytes", "inodes"])
def test_a_kiosk_without_room_keeps_its_release(bench: Bench, tmp_path: Path, what: str) -> None:
    """On a real small disk without room for another release, by bytes or by files: a clear code, the old page answers, and with room it goes on."""
    with memory_disk(
        tmp_path / "machine", "size=64m" if what == "bytes" else "size=64m,nr_inodes=400"
    ) as disk:
        kiosk = Path(shutil.copytree(fresh(bench, "kiosk"), disk / "kiosk", symlinks=True))
        ballast = disk / "ballast"
        ballast.mkdir()
        room = os.statvfs(disk)
        if what == "bytes":
            (ballast / "all").write_bytes(bytes(room.f_bavail * room.f_frsize - (1 << 14)))
        else:
            for number in range(room.f_favail - 12):
                (ballast / str(number)).touch()
        with serving(kiosk / "current", home=f"zh/{TOWNSHIP}/index.html", port=0) as url:
            port = int(url.rstrip("/").rpartition(":")[2])
            with pytest.raises(Refusal) as caught:
                pull(kiosk, now=NOW, sources=[str(bench.repo)])
            assert caught.value.code == "disk-full"
            assert "one" in home_of(port)[1]
            shutil.rmtree(ballast)
            assert pull(kiosk, now=NOW, sources=[str(bench.repo)]).number == 2
            assert "two" in home_of(port)[1]


def test_a_kiosk_touches_nothing_but_its_state(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stick, the home folder and the temporary folder are as before (I10), after an update and after a refusal."""
    kiosk = fresh(bench, "kiosk")
    for name in ("home", "temporary"):
        (bench.folder / name).mkdir()
    monkeypatch.setenv("HOME", str(bench.folder / "home"))
    monkeypatch.setattr("tempfile.tempdir", str(bench.folder / "temporary"))
    before = {path: body for path, body in read(bench.folder).items() if not path.startswith("kiosk/")}
    pull(kiosk, now=NOW)
    with pytest.raises(Refusal):
        pull(kiosk, now=NOW, sources=[str(bench.folder / "release-1")])
    after = {path: body for path, body in read(bench.folder).items() if not path.startswith("kiosk/")}
    assert after == before
