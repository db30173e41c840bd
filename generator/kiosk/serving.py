"""The small server on the machine itself: the verified release, to the browser on the same machine, and to nobody else.

It listens on the loopback address, answers GET and HEAD of addresses with an allowed Host (a page of another site cannot
reach it by pointing its own name here), lists no folder and follows no link out of the release. Which release that is it asks
anew for every request: an update switches under an open browser. What it cannot show it says in both languages, never a blank screen.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from generator.errors import UsageError
from generator.model.text import Text

# As on the portal, with one more line of defence: nothing may frame a kiosk's page.
HEADERS: Final = (
    (
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)

# What a site holds for browsers; anything else is no page and is not served.
KINDS: Final = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".xml": "application/xml",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}

# A browser opens six connections and asks at once; what says nothing for this long only holds a thread.
IDLE_SECONDS = 10
# Far more than one browser opens, far fewer than the machine has room for.
MOST_CONNECTIONS = 1000

_NOTICE = """<!doctype html><html lang="zh-Hans-CN"><head><meta charset="utf-8"><meta http-equiv="refresh" content="{seconds};url=/">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>{zh}</title></head>
<body><h1>{zh}</h1><h1 lang="en">{en}</h1><p><a href="/">返回首页 · <span lang="en">Back to the start</span></a></p></body></html>
"""
_NOT_YET = Text(zh="内容尚未准备好，请稍候", en="The content is not ready yet, please wait")
_NOT_HERE = Text(zh="没有这个页面", en="There is no such page")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # Half of a thousand sockets may connect in one moment.
    request_queue_size = 512

    def __init__(self, address: tuple[str, int], handler: Callable[..., BaseHTTPRequestHandler]) -> None:
        self._room = threading.BoundedSemaphore(MOST_CONNECTIONS)
        super().__init__(address, handler)

    def process_request(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: object
    ) -> None:
        """Answer in a thread of its own, or hang up where a thousand are open already."""
        if not self._room.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: object
    ) -> None:
        """Answer one connection's requests and make room for the next."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a browser that hung up or sent rubbish; anything else is a fault of ours and is shown."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # as above


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    server_version = "qingdan"
    sys_version = ""

    def __init__(self, *args: object, current: Path, home: str, hosts: set[str]) -> None:
        self._current, self._home, self._hosts = current, home, hosts
        super().__init__(*args)  # type: ignore[arg-type]  # the base class is not annotated for this

    def setup(self) -> None:
        super().setup()
        # Head and body leave in two writes; the second must not wait for the first one's acknowledgement.
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class names it so
        """Keep no log: what people look up at a kiosk is nobody's business."""

    def do_GET(self) -> None:
        """Answer with the body."""
        self._answer()

    def do_HEAD(self) -> None:
        """Answer without the body."""
        self._answer()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002
        """Answer whatever is refused (another method, a bad request) in one plain line."""
        self.close_connection = True
        self._send(code, (message or HTTPStatus(code).phrase).encode(), "text/plain; charset=utf-8")

    def _answer(self) -> None:
        if "Content-Length" in self.headers or "Transfer-Encoding" in self.headers:
            self.close_connection = True  # a body that nobody reads would be taken for the next request
        if self.headers.get("Host", "").lower() not in self._hosts:
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
            return
        try:
            path = unquote(urlsplit(self.path).path).lstrip("/")
        except ValueError:  # half an IPv6 address
            self.send_error(HTTPStatus.BAD_REQUEST)
            return
        # Resolved once: everything that this answer reads comes from one release.
        root = Path(os.path.realpath(self._current))
        if not root.is_dir():
            self._notice(HTTPStatus.SERVICE_UNAVAILABLE, _NOT_YET, 10)
        elif not path:
            self.send_response(HTTPStatus.FOUND)
            self.send_header("Location", "/" + self._home)
            self._end(b"")
        else:
            self._file(root, path)

    def _file(self, root: Path, path: str) -> None:
        kind = KINDS.get(os.path.splitext(path)[1])  # noqa: PTH122  a path that may hold anything, NUL too
        body = None
        if kind and "\0" not in path and "\\" not in path:
            body = _read(root, path)
        if body is None or kind is None:
            self._notice(HTTPStatus.NOT_FOUND, _NOT_HERE, 30)
        else:
            self._send(HTTPStatus.OK, body, kind)

    def _notice(self, status: HTTPStatus, said: Text, seconds: int) -> None:
        page = _NOTICE.format(zh=said.zh, en=said.en, seconds=seconds)
        self._send(status, page.encode(), KINDS[".html"])

    def _send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self._end(body)

    def _end(self, body: bytes) -> None:
        for name, value in HEADERS:
            self.send_header(name, value)
        # The disk is as near as any cache, and a page kept from before a switch would be of an older release.
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _read(root: Path, path: str) -> bytes | None:
    """Return the file at `path` of the release, or None where it holds no such file; links do not lead out of it."""
    place = Path(os.path.realpath(root / path))
    try:
        return place.read_bytes() if place.is_relative_to(root) and place.is_file() else None
    except OSError:
        return None  # a name longer than the disk has names, or a release that was removed while we read


@contextmanager
def serving(current: Path, *, home: str, port: int) -> Iterator[str]:
    """Serve the release that the link `current` names; gives the address. Port 0 takes any free one.

    `home` is the page that the bare address leads to, relative to the release.

    Raises:
        UsageError: the port is taken.
    """
    hosts: set[str] = set()
    handler = partial(_Handler, current=current, home=home, hosts=hosts)
    try:
        server = _Server(("127.0.0.1", port), handler)
    except OSError as error:
        raise UsageError(
            Text(zh=f"端口 {port} 已被占用。", en=f"Port {port} is taken."),
            Text(zh="请用 --port 换一个端口。", en="Choose another with --port."),
        ) from error
    port = server.server_address[1]
    hosts.update((f"127.0.0.1:{port}", f"localhost:{port}"))
    if port == 80:
        hosts.update(("127.0.0.1", "localhost"))
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.shutdown()
        server.server_close()
