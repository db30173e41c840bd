"""Networks as kiosks have them: a plain file server, hostile ones, and a proxy as thin as a village's line."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

Answer = Callable[["Files"], bool]


class Files(BaseHTTPRequestHandler):
    """Serves a folder with ranges and kept connections; `answer` may take a request over by returning True."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "files", ""
    wbufsize = -1  # head and body in one packet, as real servers send them
    folder: ClassVar[Path]
    answer: ClassVar[Answer | None] = None
    ranges: ClassVar[bool] = True
    asked: ClassVar[list[tuple[str, str]]]

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class names it so
        """Keep quiet."""

    def finish(self) -> None:
        """Let go of both ends, also where the client hung up in the middle of an answer."""
        with suppress(OSError):
            super().finish()
        self.rfile.close()

    def do_GET(self) -> None:
        """Answer."""
        self.asked.append((self.path, self.headers.get("Range", "")))
        answer = type(self).answer
        if answer is not None and answer(self):
            return
        place = self.folder / self.path.lstrip("/")
        if not place.is_file():
            self.give(HTTPStatus.NOT_FOUND, b"none")
            return
        body = place.read_bytes()
        start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").rstrip("-"))
        if start and self.ranges:
            said = f"bytes {start}-{len(body) - 1}/{len(body)}"
            self.give(HTTPStatus.PARTIAL_CONTENT, body[start:], ("Content-Range", said))
        else:
            self.give(HTTPStatus.OK, body)

    def give(self, status: HTTPStatus, body: bytes, *headers: tuple[str, str]) -> None:
        """Send an answer."""
        self.send_response_only(status)
        for name, value in (*headers, ("Content-Length", str(len(body)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serve(
    folder: Path, answer: Answer | None = None, *, ranges: bool = True
) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Serve `folder`; gives the address and the list of what was asked for."""
    asked: list[tuple[str, str]] = []
    taken = staticmethod(answer) if answer else None
    handler = type("Handler", (Files,), {"folder": folder, "answer": taken, "ranges": ranges, "asked": asked})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients that hang up are the point
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/", asked
    finally:
        server.shutdown()
        server.server_close()


class Line:
    """A TCP proxy: so many bits a second in both directions together, cut every so many seconds."""

    def __init__(self, to: int, *, bytes_per_second: float, cut_every: float) -> None:
        self._to, self._rate, self._cut_every = to, bytes_per_second, cut_every
        self.carried = 0
        """Bytes in both directions that left this end."""
        self.cuts = 0
        self._lock = threading.Lock()
        self._free = time.monotonic()
        self._open: list[socket.socket] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._ended = threading.Event()
        for run in (self._accept, self._cut):
            threading.Thread(target=run, daemon=True).start()

    def close(self) -> None:
        """End it."""
        self._ended.set()
        self._listening.close()
        self._hang_up()

    def _accept(self) -> None:
        with suppress(OSError):
            while not self._ended.is_set():
                client, _ = self._listening.accept()
                server = socket.create_connection(("127.0.0.1", self._to))
                # Little waits in the line: what a cut loses is what was on its way.
                for end in (client, server):
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
                self._open += [client, server]
                for source, sink in ((client, server), (server, client)):
                    threading.Thread(target=self._carry, args=(source, sink), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while block := source.recv(1024):
                with self._lock:
                    now = time.monotonic()
                    self._free = max(self._free, now) + len(block) / self._rate
                    wait = self._free - now
                    self.carried += len(block)
                time.sleep(max(0, wait))
                sink.sendall(block)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _cut(self) -> None:
        while not self._ended.wait(self._cut_every):
            self.cuts += 1
            self._hang_up()

    def _hang_up(self) -> None:
        gone, self._open = self._open, []
        for end in gone:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
