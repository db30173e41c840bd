"""Where updates come from: an address over a weak and hostile network, or a folder on somebody's USB stick.

Both are read with suspicion: no redirect is followed, nothing longer than announced is read, nothing but regular files under
their plain names is opened, and slowness has an end. What a cut connection delivered of a blob stays and is continued.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import ssl
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import IO, Final, Protocol
from urllib.parse import quote, urlsplit

from tuf.api.exceptions import DownloadError, DownloadHTTPError, DownloadLengthMismatchError
from tuf.ngclient import FetcherInterface  # type: ignore[attr-defined]  # its documented home

from generator.kiosk.refusal import Refusal, refusal_of
from generator.model.text import Text


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What a source may cost."""

    total: float = 7200
    """Seconds for the whole update, all sources together: the next timer starts it again, with what has arrived."""
    silence: float = 30
    """Seconds without a byte, or to the end of an answer's head."""
    window: float = 60
    """Seconds over which the rate is taken."""
    rate: float = 1000
    """Least bytes a second over a window: less is no weak link but somebody who holds us up."""
    retries: int = 5
    """Attempts in a row that bring nothing."""
    pause: float = 1
    """Seconds before another attempt; doubled while nothing comes."""


LIMITS: Final = Limits()


def shared(limits: Limits, sources: int, ticks: Callable[[], float] = time.monotonic) -> Iterator[Limits]:
    """Yield what each of so many sources may cost: an even share of the time that those before it left.

    All of them together keep to one deadline, and one that drips for ever does not use up the time of the others.
    """
    end = ticks() + limits.total
    for left in range(sources, 0, -1):
        yield replace(limits, total=max(0.0, end - ticks()) / left)


_BLOCK = 1 << 14
_NOT_THERE = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
_CAPTIVE = (
    HTTPStatus.FORBIDDEN,
    HTTPStatus.PROXY_AUTHENTICATION_REQUIRED,
    HTTPStatus.NETWORK_AUTHENTICATION_REQUIRED,
)


class Source(Protocol):
    """Something that has an update repository's files."""

    name: str

    def read(self, path: str, limit: int) -> bytes:
        """Return a small file. Raises Refusal, or Missing where there is none."""
        ...

    def read_into(self, path: str, size: int, partial: Path) -> bytes:
        """Return a file of `size` bytes, going on from `partial` where an attempt was cut. Raises Refusal, Missing."""
        ...

    def close(self) -> None:
        """Let go of the source."""
        ...


class Missing(Exception):  # noqa: N818  not an error by itself: "no newer root" is said this way
    """The source answers properly and has no such file."""

    def __init__(self, path: str, *, forbidden: bool = False) -> None:
        super().__init__(path)
        self.forbidden = forbidden


def incomplete(path: str) -> Refusal:
    """Say that a file which the signed metadata names is not there."""
    return Refusal(
        "net-incomplete",
        Text(zh=f"来源里没有 {path}。", en=f"The source has no {path}."),
    )


def captive(what: str) -> Refusal:
    """Say that somebody else answers in the source's place: a login page, a proxy."""
    return Refusal(
        "net-captive",
        Text(
            zh=f"来源没有给出更新，而是别的内容（{what}）。",
            en=f"The source gave something else than an update ({what}).",
        ),
    )


def _unreachable(why: str) -> Refusal:
    return Refusal(
        "net-unreachable", Text(zh=f"连不上来源：{why}。", en=f"No connection to the source: {why}.")
    )


def _slow() -> Refusal:
    return Refusal("net-slow", Text(zh="下载太慢，已停止。", en="The download is too slow and was stopped."))


class Web:
    """An address, read over one connection that is kept open."""

    def __init__(
        self,
        address: str,
        limits: Limits = LIMITS,
        ticks: Callable[[], float] = time.monotonic,
        rest: Callable[[float], None] = time.sleep,
    ) -> None:
        """`ticks` measures spans (never a date); `rest` waits. Raises Refusal for what is no address."""
        self.name = address
        try:
            parts = urlsplit(address)
            self._host, self._port = parts.hostname or "", parts.port
        except ValueError as error:
            raise _unreachable(address) from error
        if not self._host:
            raise _unreachable(address)  # an empty name would be this machine
        self._secure = parts.scheme == "https"
        self._base = quote(parts.path.rstrip("/"), safe="/%") + "/"
        self._limits, self._ticks, self._rest = limits, ticks, rest
        self._end = ticks() + limits.total
        self._connection: http.client.HTTPConnection | None = None
        self._line: socket.socket | None = None
        """What the last answer comes over; `_connection` lets go of it where the server will close."""
        self._arrived = 0
        # The rate is taken over the time spent waiting for bytes, not over what this machine does with them.
        self._mark, self._waited, self._window = 0.0, 0.0, 0

    def read(self, path: str, limit: int) -> bytes:
        """Return a file of at most `limit` bytes (see `Source`)."""
        return self._persist(lambda: self._get(path, limit, None, 0))

    def read_into(self, path: str, size: int, partial: Path) -> bytes:
        """Return a file of `size` bytes; what an attempt brought stays in `partial` (see `Source`)."""
        if partial.is_file() and partial.stat().st_size > size:
            partial.unlink()
        body = self._persist(lambda: self._continue(path, size, partial))
        partial.unlink(missing_ok=True)
        return body

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _persist(self, attempt: Callable[[], bytes]) -> bytes:
        """Try again while anything arrives; give up after a few attempts that bring nothing, or at the deadline."""
        empty = 0
        while True:
            before = self._arrived
            try:
                return attempt()
            except (OSError, http.client.HTTPException) as error:
                self.close()
                empty = 0 if self._arrived > before else empty + 1
                if self._ticks() >= self._end:
                    raise _slow() from error
                if empty > self._limits.retries:
                    raise _unreachable(type(error).__name__) from error
                self._rest(min(self._limits.pause * 2 ** max(0, empty - 1), 30) if empty else 0)

    def _continue(self, path: str, size: int, partial: Path) -> bytes:
        with _on_disk():
            held = partial.stat().st_size if partial.is_file() else 0
        if held < size:
            self._get(path, size, partial, held)
        with _on_disk():
            return partial.read_bytes()

    def _get(self, path: str, limit: int, partial: Path | None, held: int) -> bytes:
        headers = {"Range": f"bytes={held}-"} if held else {}
        answer = self._ask(path, headers)
        # What drips between the chunks of a body, or as the body of a 404, is never counted by `_pace`.
        watch = threading.Timer(max(self._end - self._ticks(), 0), _hang_up, [self._line])
        watch.daemon = True
        watch.start()
        try:
            return self._judged(answer, path, limit, partial, held)
        finally:
            watch.cancel()
            rest = answer.length
            answer.close()  # http.client takes no other request before it
            if rest != 0:
                self.close()  # it would be taken for the next answer

    def _judged(
        self, answer: http.client.HTTPResponse, path: str, limit: int, partial: Path | None, held: int
    ) -> bytes:
        if answer.status in _NOT_THERE:
            self._drop(answer)
            raise Missing(path)
        if answer.status in _CAPTIVE:
            raise Missing(path, forbidden=True)
        if 300 <= answer.status < 400:
            raise captive(f"{answer.status}")
        if answer.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and partial is not None:
            partial.unlink(missing_ok=True)
            raise http.client.HTTPException("range")
        if answer.status not in (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT):
            raise http.client.HTTPException(str(answer.status))
        if answer.getheader("Content-Type", "").startswith("text/html"):
            raise captive("text/html")
        if held and answer.status == HTTPStatus.OK:
            held = 0  # a server without ranges starts anew
        elif held and not answer.getheader("Content-Range", "").startswith(f"bytes {held}-"):
            raise captive("Content-Range")
        return self._take(answer, limit, partial, held)

    def _take(self, answer: http.client.HTTPResponse, limit: int, partial: Path | None, held: int) -> bytes:
        announced = answer.length
        if announced is not None and held + announced > limit:
            raise DownloadLengthMismatchError(f"{held + announced} bytes, more than {limit}")
        taken = bytearray()
        with contextlib.ExitStack() as stack:
            with _on_disk():
                # Unbuffered: a full disk says so at once, and what was written is there when the line is cut.
                mode = "ab" if held else "wb"
                file = stack.enter_context(partial.open(mode, buffering=0)) if partial else None
            while block := answer.read1(min(_BLOCK, limit - held - len(taken) + 1)):
                self._pace(len(block))
                if file:
                    with _on_disk():
                        _write_all(file, block)
                taken += block
                if held + len(taken) > limit:
                    if partial:
                        partial.unlink()
                    raise DownloadLengthMismatchError(f"more than {limit} bytes")
        if answer.length:  # http.client says so on read(), not on read1()
            raise http.client.IncompleteRead(bytes(taken), answer.length)
        return bytes(taken)

    def _ask(self, path: str, headers: dict[str, str]) -> http.client.HTTPResponse:
        if self._ticks() >= self._end:
            raise _slow()
        if self._connection is None:
            self._connection = self._connect()
        connection = self._connection
        self._mark = self._ticks()
        # One byte of a head every few seconds would pass every time-out between two bytes.
        watch = threading.Timer(self._limits.silence, _cut, [connection])
        watch.daemon = True
        watch.start()
        try:
            connection.putrequest("GET", self._base + quote(path), skip_accept_encoding=True)
            for name, value in headers.items():
                connection.putheader(name, value)
            connection.endheaders()
            self._line = connection.sock
            return connection.getresponse()
        finally:
            watch.cancel()

    def _connect(self) -> http.client.HTTPConnection:
        timeout = min(self._limits.silence, max(self._end - self._ticks(), 0.1))
        if self._secure:
            return http.client.HTTPSConnection(
                self._host, self._port, timeout=timeout, context=ssl.create_default_context()
            )
        return http.client.HTTPConnection(self._host, self._port, timeout=timeout)

    def _drop(self, answer: http.client.HTTPResponse) -> None:
        """Read a short answer away so that the connection can be used again."""
        if answer.length is not None and answer.length <= _BLOCK:
            answer.read()

    def _pace(self, count: int) -> None:
        now = self._ticks()
        self._arrived += count
        self._window += count
        self._waited += now - self._mark
        self._mark = now
        too_slow = self._waited >= self._limits.window and self._window < self._limits.rate * self._waited
        if now >= self._end or too_slow:
            raise _slow()
        if self._waited >= self._limits.window:
            self._waited, self._window = 0.0, 0


@contextmanager
def _on_disk() -> Iterator[None]:
    """Tell this machine's disk from the network: both fail with OSError."""
    try:
        yield
    except OSError as error:
        raise refusal_of(error) from error


def _write_all(file: IO[bytes], block: bytes) -> None:
    view = memoryview(block)
    while view:  # an unbuffered write may take fewer bytes than it was given
        view = view[file.write(view) :]


def _cut(connection: http.client.HTTPConnection) -> None:
    _hang_up(connection.sock)


def _hang_up(line: socket.socket | None) -> None:
    with contextlib.suppress(OSError):
        if line is not None:
            line.shutdown(socket.SHUT_RDWR)


class Stick:
    """A folder, as somebody hands it over: only regular files under the repository's own names are opened."""

    def __init__(self, folder: Path) -> None:
        self.name = str(folder)
        self._folder = folder

    def read(self, path: str, limit: int) -> bytes:
        """Return a file of at most `limit` bytes (see `Source`)."""
        try:
            handle = self._open(path)
        except FileNotFoundError as error:
            if not self._folder.is_dir():
                raise _unreachable(self.name) from error
            raise Missing(path) from error
        except OSError as error:
            # ELOOP, ENOTDIR: a link on the way; EIO: pulled out.
            raise _unreachable(f"{path}: {error.strerror}") from error
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise _unreachable(f"{path}: not a regular file")
        with os.fdopen(handle, "rb") as file:
            try:
                body = file.read(limit + 1)
            except OSError as error:
                raise _unreachable(f"{path}: {error.strerror}") from error
        if len(body) > limit:
            raise DownloadLengthMismatchError(f"more than {limit} bytes")
        return body

    def read_into(self, path: str, size: int, partial: Path) -> bytes:  # noqa: ARG002  nothing to go on from
        """Return a file (see `Source`)."""
        return self.read(path, size)

    def close(self) -> None:
        """Nothing is kept open: the stick may be pulled out."""

    def _open(self, path: str) -> int:
        # O_NONBLOCK: a named pipe on the stick must not wait for its other end.
        careful = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        *folders, name = path.split("/")
        here = os.open(self._folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
        try:
            for folder in folders:
                inner = os.open(folder, careful | getattr(os, "O_DIRECTORY", 0), dir_fd=here)
                os.close(here)
                here = inner
            return os.open(name, careful, dir_fd=here)
        finally:
            os.close(here)


def source_from(text: str, limits: Limits = LIMITS) -> Web | Stick:
    """Return the source that an address or a folder names."""
    return Web(text, limits) if text.startswith(("http://", "https://")) else Stick(Path(text))


class Fetcher(FetcherInterface):
    """Gives TUF the metadata of a source; nothing is written to a temporary folder on the way."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.refusal: Refusal | None = None
        """What stopped the download, for whoever gets TUF's own error."""
        self.root_forbidden = False
        """A newer root was not denied but hidden: the answer was 403, which TUF takes for "there is none"."""

    def _fetch(self, url: str) -> Iterator[bytes]:
        raise NotImplementedError  # download_file is all that TUF calls

    @contextmanager
    def download_file(self, url: str, max_length: int) -> Iterator[IO[bytes]]:
        """Give the file at `url` (a path in the repository). Raises DownloadError."""
        try:
            body = self._source.read(url, max_length)
        except Missing as missing:
            if url.endswith(".root.json"):
                self.root_forbidden |= missing.forbidden
                raise DownloadHTTPError(url, HTTPStatus.NOT_FOUND) from missing
            self.refusal = captive("403") if missing.forbidden else incomplete(url)
            raise DownloadError(url) from missing
        except Refusal as refusal:
            self.refusal = refusal
            raise DownloadError(url) from refusal
        if body.lstrip()[:1] == b"<":
            self.refusal = captive("HTML")
            raise DownloadError(url)
        yield BytesIO(body)
