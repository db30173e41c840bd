"""What readers see is held against what was signed: a changed digit of a phone number is found, and named."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from generator.errors import PublishError, UsageError
from generator.release import (
    Published,
    ShownFolder,
    ShownPortal,
    ShownUnit,
    Verdict,
    publish_preview,
    verify,
)
from generator.release.folder import FolderUnit
from tests.portal_site import PHONE, UNIT, built, go, office, silent


class Quiet(SimpleHTTPRequestHandler):
    """A plain web server that keeps connections."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(handler: object) -> Iterator[str]:
    """Serve on loopback; yields the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)  # type: ignore[arg-type]  # a partial is a factory too
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def portal(tmp_path: Path) -> FolderUnit:
    """A unit with two releases."""
    (tmp_path / "srv").mkdir()
    unit = FolderUnit(tmp_path / "srv" / UNIT)
    for edition in (1, 2):
        go(unit, built(tmp_path, edition), edition)
    return unit


PORTALS: list[ShownPortal] = []


@pytest.fixture(autouse=True)
def hung_up() -> Iterator[None]:
    """Connections are closed after each test."""
    yield
    while PORTALS:
        PORTALS.pop().close()


def asking(address: str) -> ShownPortal:
    """A portal at an address."""
    PORTALS.append(ShownPortal(address))
    return PORTALS[-1]


def held_against(
    shown: ShownPortal | ShownFolder | ShownUnit, known: dict[int, str] | None = None
) -> Verdict:
    """The verdict of whoever has the public key."""
    return verify(shown, "portal", UNIT, office().is_signed, known or {}, silent)


def differing(verdict: Verdict) -> list[tuple[str, str]]:
    """Its differences, short."""
    return [(one.what, one.path) for one in verdict.differences]


def misdial(root: Path) -> None:
    """Change one digit of the phone number on the portal."""
    page = root / "current/zh/report.html"
    page.write_bytes(page.read_bytes().replace(PHONE.encode(), b"0000-0000001"))


def test_what_was_published_verifies(portal: FolderUnit) -> None:
    """Target, folder and live portal are as signed right after publishing."""
    with serving(partial(Quiet, directory=portal.root / "current")) as address:
        for shown in (ShownUnit(portal), ShownFolder(portal.root / "current"), asking(address)):
            verdict = held_against(shown)
            assert verdict.is_fine, verdict
            assert verdict.files == 11
            assert verdict.note
            assert verdict.note.number == 2


def test_a_changed_phone_number_is_named(portal: FolderUnit) -> None:
    """One digit on one page: that page is named, by target, folder and address, and nothing else."""
    misdial(portal.root)
    with serving(partial(Quiet, directory=portal.root / "current")) as address:
        for shown in (ShownUnit(portal), ShownFolder(portal.root / "current"), asking(address)):
            assert differing(held_against(shown)) == [("changed", "zh/report.html")]


def test_missing_and_extra_files_are_named(portal: FolderUnit) -> None:
    """A page that is gone, and one that was put there; a portal cannot be asked for what it has besides."""
    current = portal.root / "current"
    (current / "data/list.csv").unlink()
    (current / "zh/notice.html").write_text("公告")
    both = [("missing", "data/list.csv"), ("extra", "zh/notice.html")]
    with serving(partial(Quiet, directory=current)) as address:
        assert differing(held_against(ShownUnit(portal))) == both
        assert differing(held_against(ShownFolder(current))) == both
        assert differing(held_against(asking(address))) == both[:1]


def test_a_forged_manifest_or_note_is_found(portal: FolderUnit) -> None:
    """Whoever changes the manifest to fit a changed page cannot sign it."""
    current = portal.root / "current"
    manifest, note = current / "release/manifest.json", current / "release/release.json"
    honest = note.read_bytes()
    manifest.write_bytes(manifest.read_bytes().replace(b'"zh/report.html"', b'"zh/report.htm"'))
    verdict = held_against(ShownFolder(current))
    assert not verdict.is_fine
    assert "manifest.json" in verdict.faults[0].en
    note.write_bytes(honest.replace(b'"number": 2', b'"number": 9'))
    assert "not signed" in held_against(ShownFolder(current)).faults[0].en
    note.write_bytes(honest.replace(b'"kind"', b'"extra": 1,\n "kind"'))
    assert "not signed" in held_against(ShownFolder(current)).faults[0].en


def test_an_older_release_put_back_is_found(portal: FolderUnit) -> None:
    """All signed, but old: the target's history says so, and so does anybody who noted the newer line."""
    old, new = portal.releases()
    known = {2: verify_known(portal)}
    (portal.root / "current").unlink()
    (portal.root / "current").symlink_to(f"releases/{old}")
    assert "the older" in held_against(ShownUnit(portal)).faults[0].en
    assert held_against(ShownFolder(portal.root / "current")).is_fine
    noted = held_against(ShownFolder(portal.root / "current"), known)
    assert "should reach 2" in noted.faults[0].en
    assert new not in str(noted.note)


def verify_known(portal: FolderUnit) -> str:
    """The hash of the last line, as `publish` prints it for whoever wants to note it."""
    verdict = held_against(ShownUnit(portal))
    assert verdict.ledger
    return verdict.ledger.hash


def test_a_preview_is_no_release(portal: FolderUnit, tmp_path: Path) -> None:
    """A preview shown in the release's place is signed, and still refused."""
    done: Published = publish_preview(portal, built(tmp_path, 3), office(9), silent)
    verdict = held_against(ShownFolder(portal.root / f"previews/{done.id}"))
    assert "preview" in verdict.faults[0].en
    assert verdict.differences == ()


def test_another_countys_release_is_refused(portal: FolderUnit) -> None:
    """The right key, the wrong county."""
    verdict = verify(ShownFolder(portal.root / "current"), "x", "230102", office().is_signed, {}, silent)
    assert verdict.note is None


class Endless(BaseHTTPRequestHandler):
    """A server that never stops sending."""

    def do_GET(self) -> None:
        """Send for ever."""
        self.send_response(200)
        self.end_headers()
        try:
            while True:
                self.wfile.write(b"x" * 65536)
        except OSError:
            return

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Captive(Endless):
    """A network that sends everybody to its own page."""

    def do_GET(self) -> None:
        """Redirect."""
        self.send_response(302)
        self.send_header("Location", "http://login.example/")
        self.end_headers()


class Entrances(Quiet):
    """A server that knows entrances by their folders only, and compresses whether asked or not."""

    def do_GET(self) -> None:
        """Redirect /x/index.html to /x/; send pages compressed."""
        if self.path.endswith("index.html"):
            self.send_response(308)
            self.send_header("Location", self.path.removesuffix("index.html"))
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        path = Path(self.directory) / self.path.lstrip("/")
        path = path / "index.html" if path.is_dir() else path
        packed = path.with_name(path.name + ".gz")
        if not packed.is_file():
            super().do_GET()
            return
        body = packed.read_bytes()
        self.send_response(200)
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def test_servers_with_habits_of_their_own_verify(portal: FolderUnit) -> None:
    """Entrances by folder and forced compression are not differences."""
    with serving(partial(Entrances, directory=str(portal.root / "current"))) as address:
        verdict = held_against(asking(address))
        assert verdict.is_fine, verdict


def test_a_portal_cannot_keep_us_for_ever(portal: FolderUnit, monkeypatch: pytest.MonkeyPatch) -> None:
    """Endless answers are cut at the size that the manifest says; a captive network is named; nobody there is said."""
    monkeypatch.setattr("generator.release.web.KEPT_SMALL", 1 << 20)
    monkeypatch.setattr("generator.release.verifying.KEPT_SMALL", 1 << 20)
    with serving(Endless) as address:
        shown = asking(address)
        assert not shown.has_release()
        assert not held_against(shown).is_fine
    with serving(Captive) as address, pytest.raises(PublishError, match=r"login\.example"):
        asking(address).has_release()
    with pytest.raises(PublishError, match="cannot be read"):
        asking(address).has_release()
    for wrong in ("ftp://a/", "https://", "https://a/?x=1"):
        with pytest.raises(UsageError):
            ShownPortal(wrong)
