"""Readers of a real web server while releases go live under them: every answer is there, and no page view mixes two releases."""

from __future__ import annotations

import http.client
import threading
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from urllib.parse import urljoin

import pytest

from generator.model.targets import FolderTarget
from generator.release import Built, open_target, publish, roll_back
from tests.release_site import UNIT, edition, office, silent
from tests.web_site import assets_of, nginx

EDITIONS = 4
READERS = 6


class Readers:
    """People who open page after page, each page with the assets it names."""

    def __init__(self, port: int, editions: list[Built]) -> None:
        self._port = port
        self._known = {
            (entry.path, (built.folder / entry.path).read_bytes()): number
            for number, built in enumerate(editions)
            for entry in built.manifest.files
        }
        paths = sorted({entry.path for built in editions for entry in built.manifest.files})
        self._pages = [path for path in paths if path.endswith(".html")]
        self._stop = threading.Event()
        self.requests = 0
        self.views = 0
        self.wrong: list[str] = []
        self.seen: set[int] = set()
        """Editions that somebody saw."""
        self._guard = threading.Lock()
        self._threads = [threading.Thread(target=self._read, args=(n,)) for n in range(READERS)]

    def __enter__(self) -> Readers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def wait_for(self, requests: int) -> None:
        """Wait until so many requests were answered."""
        while self.requests < requests and not self.wrong:
            self._stop.wait(0.005)

    def _read(self, reader: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            for turn in count(reader):
                if self._stop.is_set() or self.wrong:
                    return
                self._view(connection, self._pages[turn % len(self._pages)])
        except (OSError, http.client.HTTPException) as error:
            self.wrong.append(repr(error))
        finally:
            connection.close()

    def _view(self, connection: http.client.HTTPConnection, page: str) -> None:
        body = self._get(connection, page)
        names = assets_of(body)
        editions = {
            self._known.get((path, self._get(connection, path))) for path in (urljoin(page, n) for n in names)
        }
        own = self._known.get((page, body))
        if own is None or (names and editions != {own}):
            self.wrong.append(f"{page} of edition {own} with assets of {editions}")
        with self._guard:
            self.views += 1
            if names and own is not None:
                self.seen.add(own)

    def _get(self, connection: http.client.HTTPConnection, path: str) -> bytes:
        connection.request("GET", f"/{UNIT}/{path}")
        answer = connection.getresponse()
        body = answer.read()
        with self._guard:
            self.requests += 1
        if answer.status != 200:
            self.wrong.append(f"{answer.status} for {path}")
        return body


@pytest.fixture
def editions(tmp_path: Path) -> list[Built]:
    """Sites whose pages differ and name assets of their own."""
    return [edition(tmp_path / "built", number + 1) for number in range(EDITIONS)]


def read_while_swapping(tmp_path: Path, editions: list[Built], swaps: int, requests: int) -> Readers:
    """Publish (and every fifth time roll back) `swaps` times while readers ask `requests` times, evenly spread."""
    root = tmp_path / "portal"
    root.mkdir()
    settings = FolderTarget(name="portal", path=str(root), address=None, units=(), require_atomic=True)
    with open_target(settings, tmp_path) as target:
        unit = target.unit(UNIT)
        publish(unit, None, editions[0], office(1), 1000, silent)
        with nginx(tmp_path / "nginx", root) as port, Readers(port, editions) as readers:
            for swap in range(1, swaps + 1):
                readers.wait_for(requests * swap // (swaps + 1))
                moment = replace(office(1), moment=office(1).moment + timedelta(hours=swap))
                live = unit.pointer()
                if swap % 5 == 0:
                    assert roll_back(unit, live, None, moment, silent).id is not None
                else:
                    made = publish(unit, live, editions[swap % EDITIONS], moment, 1000, silent)
                    assert made.id is not None
            readers.wait_for(requests)
    assert unit.pointer() is not None
    return readers


def test_readers_never_meet_half_a_release(tmp_path: Path, editions: list[Built]) -> None:
    """40 swaps under 20,000 requests: 0 answers other than 200, 0 page views of two releases."""
    readers = read_while_swapping(tmp_path, editions, 40, 20_000)
    assert readers.wrong == []
    assert readers.requests >= 20_000
    assert readers.seen == set(range(EDITIONS))


@pytest.mark.full
def test_readers_never_meet_half_a_release_in_the_long_run(
    tmp_path: Path, editions: list[Built], capsys: pytest.CaptureFixture[str]
) -> None:
    """200 swaps under 100,000 requests through a real nginx."""
    readers = read_while_swapping(tmp_path, editions, 200, 100_000)
    with capsys.disabled():
        print(
            f"\n200 swaps, {readers.requests} requests, {readers.views} page views: {len(readers.wrong)} wrong"
        )
    assert readers.wrong == []
    assert readers.requests >= 100_000


def test_the_harness_sees_a_mixed_view(tmp_path: Path, editions: list[Built]) -> None:
    """A release whose page names the assets of another edition, or lacks an asset, is found by the readers."""
    root = tmp_path / "portal"
    current = root / UNIT / "current"
    current.mkdir(parents=True)
    for entry in editions[0].manifest.files:
        place = current / entry.path
        place.parent.mkdir(parents=True, exist_ok=True)
        body = (editions[0].folder / entry.path).read_bytes()
        other = next(e.path for e in editions[1].manifest.files if e.path.endswith(".css"))
        place.write_bytes((editions[1].folder / other).read_bytes() if entry.path.endswith(".css") else body)
    with nginx(tmp_path / "nginx", root) as port, Readers(port, editions) as readers:
        readers.wait_for(200)
    assert any("with assets of" in one for one in readers.wrong)
