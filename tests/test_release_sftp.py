"""SFTP targets, on a real OpenSSH server and on one of ours that lacks extensions: whole releases, cut lines, strangers."""

from __future__ import annotations

import builtins
import errno
import os
from collections.abc import Awaitable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import asyncssh
import pytest

from generator.errors import LockedError, PublishError, UsageError
from generator.model.releases import Entry
from generator.release import open_target, publish_preview, roll_back
from generator.release.sftp import Patience, open_sftp
from tests.release_site import UNIT, edition, office, publish_edition, shown, shows, silent
from tests.sftp_servers import Proxy, Server, in_process, make_keys, openssh, proxied

QUICK = Patience(silence=3.0, first_pause=0.05, longest_pause=0.2, tries=3, whole=60.0, beat=0.15)
ALL_EXTENSIONS = (
    b"posix-rename@openssh.com",
    b"hardlink@openssh.com",
    b"fsync@openssh.com",
    b"statvfs@openssh.com",
    b"fstatvfs@openssh.com",
    b"lsetstat@openssh.com",
    b"limits@openssh.com",
    b"copy-data",
)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A real OpenSSH server."""
    with openssh(tmp_path / "server") as running:
        yield running


def left_over(root: Path) -> list[str]:
    """What no finished run may leave on the server."""
    unit = root / UNIT
    found = [
        p.relative_to(root).as_posix() for p in unit.rglob("*") if ".tmp-" in p.name or "probe" in p.name
    ]
    found += [p.name for p in unit.iterdir() if p.name in ("publish.lock", "current.new", "current.next")]
    return sorted(found + [p.name for p in unit.rglob(".*.partial")])


def test_a_release_goes_live_on_openssh_in_one_step(server: Server, tmp_path: Path) -> None:
    """`current` is a link that leads to the new release; only what changed travels; a roll-back shows the old pages."""
    first, second = edition(tmp_path, 1), edition(tmp_path, 2)
    with open_target(server.settings(atomic=True), tmp_path) as target:
        assert target.notes == []
        one = publish_edition(target, first, 1)
        assert one.site_atomic
        assert shows(server.root, first)
        two = publish_edition(target, second, 2)
        assert two.travel is not None
        changed = [e.path for e in second.manifest.files if e not in first.manifest.files]
        assert {path.removesuffix(".gz") for path in two.travel.sent} == set(changed)
        assert shows(server.root, second)
        same = server.root / UNIT / "releases" / str(two.id) / "data" / "same.csv"
        assert same.stat().st_nlink == 2  # linked over there, not sent
        unit = target.unit(UNIT)
        roll_back(unit, unit.pointer(), None, office(3), silent)
        assert shows(server.root, first)
        assert publish_edition(target, first, 4).id is None  # the same pages are not published again
    link = server.root / UNIT / "current"
    assert link.is_symlink()
    assert link.readlink().as_posix().startswith("releases/2026")
    assert left_over(server.root) == []
    assert {p.stat().st_mode & 0o777 for p in (server.root / UNIT / "releases").rglob("*.html")} == {0o644}


def test_a_preview_stands_beside_what_is_live(server: Server, tmp_path: Path) -> None:
    """A preview gets its own folder, and what it shares with the live release is linked; readers notice nothing."""
    first, second = edition(tmp_path, 1), edition(tmp_path, 2)
    with open_target(server.settings(), tmp_path) as target:
        publish_edition(target, first, 1)
        unit = target.unit(UNIT)
        made = publish_preview(unit, second, office(2), silent)
        assert list(unit.previews()) == [made.id]
    place = server.root / UNIT / "previews" / str(made.id)
    assert (place / "index.html").read_bytes() == (second.folder / "index.html").read_bytes()
    assert shows(server.root, first)
    assert left_over(server.root) == []


def test_another_host_key_is_refused_before_anything_is_sent(server: Server, tmp_path: Path) -> None:
    """A server that shows another key than the pinned one learns nothing and gets nothing."""
    (tmp_path / "other").mkdir()
    other, _ = make_keys(tmp_path / "other")
    pinned = " ".join(other.with_suffix(".pub").read_text().split()[:2])
    with (
        pytest.raises(PublishError, match="another host key"),
        open_target(server.settings(host_key=pinned), tmp_path),
    ):
        pass
    rsa = asyncssh.generate_private_key("ssh-rsa", key_size=2048).export_public_key().decode()
    with (
        pytest.raises(PublishError, match="another host key"),
        open_target(server.settings(host_key=" ".join(rsa.split()[:2])), tmp_path),
    ):
        pass
    assert list(server.root.iterdir()) == []
    assert "Accepted" not in (tmp_path / "server" / "said.txt").read_text()


@pytest.mark.parametrize(
    ("host_key", "key_file", "complaint"),
    [
        ("", "client_key", "does not say the server's host key"),
        ("ssh-ed25519 AAAA", "client_key", "is no public key"),
        ("ssh-ed25519 AAAA", "no-such-key", "cannot be read"),
    ],
)
def test_settings_that_cannot_work_are_told(
    tmp_path: Path, host_key: str, key_file: str, complaint: str
) -> None:
    """There is no way to publish without a pinned host key and a readable private key."""
    _, client = make_keys(tmp_path)
    whole = Server(port=1, user="nobody", key_file=client, host_key="", root=tmp_path).settings()
    settings = replace(whole, host_key=host_key, key_file=key_file)
    with pytest.raises(UsageError, match=complaint), open_target(settings, tmp_path):
        pass


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    """Whoever reads the key can publish; the file's mode is looked at before its content."""
    _, client = make_keys(tmp_path)
    public = " ".join(client.with_suffix(".pub").read_text().split()[:2])
    settings = Server(port=1, user="nobody", key_file=client, host_key=public, root=tmp_path).settings()
    client.chmod(0o640)
    with pytest.raises(UsageError, match="Other users"), open_target(settings, tmp_path):
        pass
    client.write_text("no key\n")
    client.chmod(0o600)
    with pytest.raises(UsageError, match="no usable SSH key"), open_target(settings, tmp_path):
        pass


def test_a_key_that_the_server_does_not_know_is_told(server: Server, tmp_path: Path) -> None:
    """A refused key is not tried again and again; the message says what to look at."""
    (tmp_path / "mine").mkdir()
    _, stranger = make_keys(tmp_path / "mine")
    settings = replace(server.settings(), key_file=str(stranger))
    with pytest.raises(PublishError, match="does not accept the key"), open_target(settings, tmp_path):
        pass


def test_without_the_extra_it_says_what_to_install(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where asyncssh is not installed, the command says how to install it."""
    real = builtins.__import__

    def refusing(name: str, *args: object) -> object:
        if name == "asyncssh":
            raise ModuleNotFoundError(name=name)
        return real(name, *args)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(builtins, "__import__", refusing)
    with pytest.raises(UsageError) as caught, open_target(server.settings(), tmp_path):
        pass
    assert caught.value.fix is not None
    assert "--require-hashes" in caught.value.fix.zh


# Servers that lack something ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "without",
    [
        pytest.param((b"hardlink@openssh.com",), id="no-hardlinks"),
        pytest.param((b"hardlink@openssh.com", b"copy-data"), id="no-copies-either"),
        pytest.param((b"fsync@openssh.com",), id="no-fsync"),
        pytest.param((b"statvfs@openssh.com",), id="free-space-not-told"),
    ],
)
def test_a_server_without_an_extension_still_switches_in_one_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, without: tuple[bytes, ...]
) -> None:
    """Only posix-rename is needed for one step; the rest costs time or is said."""
    with in_process(tmp_path / "server", monkeypatch, without=without) as running:
        for number in (1, 2):
            built = edition(tmp_path, number)
            with open_target(running.settings(atomic=True), tmp_path) as target:
                assert publish_edition(target, built, number).site_atomic
                assert any("sha256sum" in note.en for note in target.notes)
                no_flush = b"fsync@openssh.com" in without
                assert any("has no fsync" in note.en for note in target.notes) == no_flush
            assert shows(running.root, built)
        assert left_over(running.root) == []


def test_without_posix_rename_pages_change_one_by_one_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plain version 3 server gets a folder `current`; require_atomic refuses it before anything is staged."""
    with in_process(tmp_path / "server", monkeypatch, without=ALL_EXTENSIONS) as running:
        with open_target(running.settings(atomic=True), tmp_path) as target:
            with pytest.raises(PublishError, match="require_atomic"):
                publish_edition(target, edition(tmp_path, 1), 1)
            assert shown(running.root) == {}
        for number in (1, 2):
            built = edition(tmp_path, number)
            with open_target(running.settings(), tmp_path) as target:
                assert any("one by one" in note.en for note in target.notes)
                assert not publish_edition(target, built, number).site_atomic
            assert shows(running.root, built)
        assert not (running.root / UNIT / "current").is_symlink()
        assert left_over(running.root) == []


def test_a_page_by_page_switch_that_was_cut_is_finished_by_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the journal says is carried through, whatever the next run publishes."""

    class Stumbling(asyncssh.SFTPServer):
        """Refuses one page once."""

        def rename(self, oldpath: bytes, newpath: bytes) -> None:
            if newpath.endswith(b"current/zh/page-004.html") and not (tmp_path / "stumbled").exists():
                (tmp_path / "stumbled").touch()
                raise OSError(errno.EIO, "made up")
            super().rename(oldpath, newpath)

    with in_process(tmp_path / "server", monkeypatch, without=ALL_EXTENSIONS, files=Stumbling) as running:
        built = edition(tmp_path, 1)
        with open_target(running.settings(), tmp_path) as target, pytest.raises(PublishError):
            publish_edition(target, built, 1)
        assert (running.root / UNIT / "current.next").exists()
        assert not shows(running.root, built)
        with open_target(running.settings(), tmp_path) as target:
            said = publish_edition(target, built, 2).said
        assert any("page-by-page" in text.en for text in said)
        assert shows(running.root, built)
        assert left_over(running.root) == []


def test_a_full_disk_over_there_leaves_the_old_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server says no in the middle of the upload: exit code 4, old pages live, and the next run goes on from there."""
    room = {"left": 1_000_000}

    class Full(asyncssh.SFTPServer):
        """Takes so many bytes and no more."""

        def write(self, file_obj: object, offset: int, data: bytes) -> int | Awaitable[int]:
            room["left"] -= len(data)
            if room["left"] < 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            return super().write(file_obj, offset, data)

    with in_process(tmp_path / "server", monkeypatch, files=Full) as running:
        first, second = edition(tmp_path, 1), edition(tmp_path, 2, weight=20_000)
        with open_target(running.settings(), tmp_path) as target:
            publish_edition(target, first, 1)
            room["left"] = 60_000
            with pytest.raises(PublishError, match="refused") as caught:
                publish_edition(target, second, 2)
        assert caught.value.exit_code == 4
        assert shows(running.root, first)
        room["left"] = 10_000_000
        with open_target(running.settings(), tmp_path) as target:
            publish_edition(target, second, 3)
        assert shows(running.root, second)
        assert left_over(running.root) == []


def test_too_little_space_is_told_before_anything_is_staged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server is asked how much is free: twice what travels must be."""

    class Tight(asyncssh.SFTPServer):
        """Has a hundred blocks left."""

        def statvfs(self, path: bytes) -> os.statvfs_result:
            told = list(os.statvfs(self.map_path(path)))
            told[1], told[4] = 1, 100
            return os.statvfs_result(told)

    with in_process(tmp_path / "server", monkeypatch, files=Tight) as running:
        with (
            open_target(running.settings(), tmp_path) as target,
            pytest.raises(PublishError, match="too full"),
        ):
            publish_edition(target, edition(tmp_path, 1), 1)
        assert [p.name for p in (running.root / UNIT / "releases").iterdir()] == []


def test_what_comes_back_otherwise_is_not_switched_to(server: Server, tmp_path: Path) -> None:
    """The whole release is read back before the switch: a byte that turned on the way is found."""
    first, second = edition(tmp_path, 1), edition(tmp_path, 2)
    with open_target(server.settings(), tmp_path) as target:
        publish_edition(target, first, 1)
        wrong = replace(
            second,
            manifest=replace(
                second.manifest,
                files=tuple(
                    Entry(path=e.path, size=e.size, sha256="0" * 64) if e.path == "data/list.csv" else e
                    for e in second.manifest.files
                ),
            ),
        )
        with pytest.raises(PublishError, match=r"data/list\.csv"):
            publish_edition(target, wrong, 2)
    assert shows(server.root, first)
    assert left_over(server.root) == []


# Cut and silent lines ----------------------------------------------------------------------------------


def cut_and_finish(server: Server, proxy: Proxy, tmp_path: Path, position: int) -> tuple[int, int]:
    """Cut the first line after `position` bytes and refuse the next ones; then run again. Returns bytes of both runs."""
    first, second = edition(tmp_path, 1), edition(tmp_path, 2, weight=30_000)
    proxy.cut_after, proxy.refuses_after = position, proxy.connections + 1
    proxy.sent = 0
    settings = server.settings(port=proxy.port)
    number = 2
    with pytest.raises(PublishError, match="cut"), open_sftp(settings, tmp_path, QUICK) as target:
        publish_edition(target, second, number)
    before, proxy.sent = proxy.sent, 0
    assert shows(server.root, first)
    proxy.cut_after = proxy.refuses_after = None
    with open_sftp(settings, tmp_path, QUICK) as target:
        publish_edition(target, second, number + 1)
    assert shows(server.root, second)
    assert left_over(server.root) == []
    return before, proxy.sent


def cuts(positions: Sequence[int], tmp_path: Path) -> None:
    """Try every position on a site of its own."""
    with openssh(tmp_path / "server") as running, proxied(running) as proxy:
        for place, position in enumerate(positions):
            server = replace(running, root=running.root / f"site-{place}")
            with open_target(server.settings(), tmp_path) as target:
                publish_edition(target, edition(tmp_path, 1), 1)
            cut_and_finish(server, proxy, tmp_path, position)


def test_a_cut_line_is_resumed_by_the_next_run(tmp_path: Path) -> None:
    """Whole files that had arrived do not travel again, and nothing is left lying about."""
    with openssh(tmp_path / "server") as running, proxied(running) as proxy:
        with open_target(running.settings(), tmp_path) as target:
            publish_edition(target, edition(tmp_path, 1), 1)
        before, after = cut_and_finish(running, proxy, tmp_path, 200_000)
    size = sum(e.size for e in edition(tmp_path, 2, weight=30_000).manifest.files)
    assert before >= 200_000
    assert before + after < 1.5 * size + 200_000  # not twice the bytes; the rest is talk


def test_a_cut_at_any_position_is_finished_by_the_next_run(tmp_path: Path) -> None:
    """Twenty positions from the greeting to the switch."""
    cuts([700 + 4_700 * n for n in range(20)], tmp_path)


@pytest.mark.full
def test_cuts_at_a_hundred_positions(tmp_path: Path) -> None:
    """The same at a hundred positions, evenly over the whole conversation."""
    cuts([600 + 3_400 * n for n in range(100)], tmp_path)


def test_a_line_that_is_cut_again_and_again_still_gets_there(
    server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Every connection lasts 300 KB; one run takes it up each time and finishes, and no library complains to the user."""
    built = edition(tmp_path, 1, weight=30_000)
    patient = replace(QUICK, tries=30)
    with proxied(server) as proxy:
        proxy.cut_after = 300_000
        with open_sftp(server.settings(port=proxy.port), tmp_path, patient) as target:
            publish_edition(target, built, 1)
        assert proxy.connections >= 3
    assert caplog.records == []
    assert shows(server.root, built)
    assert left_over(server.root) == []


def test_a_silent_line_is_given_up(server: Server, tmp_path: Path) -> None:
    """A connection that stands but passes nothing on ends in an error, not in a run that waits for ever."""
    impatient = replace(QUICK, silence=0.6, tries=2)
    with proxied(server) as proxy:
        proxy.silent_after = 9_000
        with (
            pytest.raises(PublishError, match="cut"),
            open_sftp(server.settings(port=proxy.port), tmp_path, impatient) as target,
        ):
            publish_edition(target, edition(tmp_path, 1), 1)
    assert shown(server.root) == {}


def test_nobody_listening_is_told(tmp_path: Path) -> None:
    """No server at all: a publishing error that names the machine, after the tries that were allowed."""
    _, client = make_keys(tmp_path)
    public = " ".join(client.with_suffix(".pub").read_text().split()[:2])
    settings = Server(port=1, user="nobody", key_file=client, host_key=public, root=tmp_path).settings()
    with pytest.raises(PublishError, match=r"127\.0\.0\.1"), open_sftp(settings, tmp_path, QUICK):
        pass


# Two at once -------------------------------------------------------------------------------------------


def test_a_second_publisher_is_told_who_is_at_work(server: Server, tmp_path: Path) -> None:
    """While the first gives signs of life the second is refused; what is live does not change."""
    with (
        open_sftp(server.settings(), tmp_path, QUICK) as target,
        target.unit(UNIT).lock("clerk@first-machine"),
        open_sftp(server.settings(), tmp_path, QUICK) as second,
        pytest.raises(LockedError, match="clerk@first-machine"),
    ):
        publish_edition(second, edition(tmp_path, 1), 1)
    assert shown(server.root) == {}


def test_the_lock_of_a_dead_run_is_taken_over(server: Server, tmp_path: Path) -> None:
    """A lock file without signs of life belongs to nobody; no one has to remove it by hand."""
    (server.root / UNIT).mkdir()
    (server.root / UNIT / "publish.lock").write_text("gone@there\n0123456789abcdef\n000000000007\n")
    built = edition(tmp_path, 1)
    with open_sftp(server.settings(), tmp_path, QUICK) as target:
        publish_edition(target, built, 1)
    assert shows(server.root, built)
    assert left_over(server.root) == []


def test_a_lock_that_was_taken_over_cannot_switch_any_more(server: Server, tmp_path: Path) -> None:
    """A run that slept through its lock being taken finds out at the switch, and readers see nothing of it."""
    with open_sftp(server.settings(), tmp_path, QUICK) as target:
        publish_edition(target, edition(tmp_path, 1), 1)
        unit = target.unit(UNIT)
        live = unit.pointer()
        assert live is not None
        with unit.lock("first@here"):
            (server.root / UNIT / "publish.lock").write_text("second@there\nfedcba9876543210\n000000000001\n")
            with pytest.raises(LockedError, match="meanwhile"):
                unit.switch(live, "20260101T000900Z-0009")
        assert unit.pointer() == live
    assert (server.root / UNIT / "publish.lock").read_text().startswith("second@there")


def test_a_pointer_that_leads_elsewhere_is_not_followed(server: Server, tmp_path: Path) -> None:
    """Somebody let `current` lead out of the releases: nothing is published over it unseen."""
    (server.root / UNIT).mkdir()
    (server.root / UNIT / "current").symlink_to("/etc")
    with (
        open_target(server.settings(), tmp_path) as target,
        pytest.raises(PublishError, match="does not lead"),
    ):
        publish_edition(target, edition(tmp_path, 1), 1)
