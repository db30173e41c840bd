"""An object storage that speaks as much S3 as a publisher uses, remembers the order of everything, and fails when told to."""

from __future__ import annotations

import hashlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote, unquote, urlsplit
from xml.sax.saxutils import escape

BUCKET = "portal"
Fault = Callable[[str, str], int | str | None]


@dataclass
class Storage:
    """What the bucket holds, and what was done to it."""

    objects: dict[str, bytes] = field(default_factory=dict)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    done: list[tuple[str, str]] = field(default_factory=list)
    """(verb, key) of everything that changed something, in order: put, copy, delete."""
    conditions: bool = True
    """Whether If-Match and If-None-Match are kept, or overlooked as some storages do."""
    page: int = 1000
    """Names a listing gives at a time."""
    fault: Fault = lambda _verb, _key: None
    """Called before each request: a status to answer, `reset` to cut the line, `lost` to do it and cut the line, or None."""
    on_put: Callable[[str, bytes], None] = lambda _key, _body: None
    """Called when an object is put or copied, after it is there."""
    guard: threading.RLock = field(default_factory=threading.RLock)
    port: int = 0

    def reset(self) -> None:
        """Forget everything but the address."""
        fresh = Storage()
        self.objects, self.headers, self.done = fresh.objects, fresh.headers, fresh.done
        self.conditions, self.page = fresh.conditions, fresh.page
        self.fault, self.on_put = fresh.fault, fresh.on_put


def etag(body: bytes) -> str:
    """The ETag of an object that was put in one piece."""
    return f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    storage: Storage

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class names it so
        """Say nothing."""

    def do_HEAD(self) -> None:
        self._answer(200)

    def do_GET(self) -> None:
        key, query = self._key()
        if self._fails("get", key):
            return
        if "list-type" in query:
            self._list(query)
        elif key in self.storage.objects:
            body = self.storage.objects[key]
            self._answer(200, body, {"ETag": etag(body)})
        else:
            self._error(404, "NoSuchKey")

    def do_DELETE(self) -> None:
        key, _ = self._key()
        if self._fails("delete", key):
            return
        with self.storage.guard:
            self.storage.objects.pop(key, None)
            self.storage.done.append(("delete", key))
        self._answer(204)

    def do_PUT(self) -> None:
        key, _ = self._key()
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        source = self.headers.get("x-amz-copy-source")
        verb = "copy" if source else "put"
        told = self.storage.fault(verb, key)
        if told not in (None, "lost"):
            self._fail(told)
            return
        with self.storage.guard:
            if self.storage.conditions and not self._holds(key):
                self._error(412, "PreconditionFailed")
                return
            if source:
                origin = unquote(source).lstrip("/").removeprefix(f"{BUCKET}/")
                if origin not in self.storage.objects:
                    self._error(404, "NoSuchKey")
                    return
                body = self.storage.objects[origin]
            self.storage.objects[key] = body
            self.storage.headers[key] = {name.lower(): value for name, value in self.headers.items()}
            self.storage.done.append((verb, key))
            self.storage.on_put(key, body)
        if told == "lost":
            self._reset()
        elif source:
            self._answer(200, f"<CopyObjectResult><ETag>{etag(body)}</ETag></CopyObjectResult>".encode())
        else:
            self._answer(200, b"", {"ETag": etag(body)})

    def _holds(self, key: str) -> bool:
        there = self.storage.objects.get(key)
        match, none_match = self.headers.get("If-Match"), self.headers.get("If-None-Match")
        if match is not None and (there is None or etag(there) != match):
            return False
        return not (none_match == "*" and there is not None)

    def _list(self, query: dict[str, list[str]]) -> None:
        start, delimiter = query.get("prefix", [""])[0], query.get("delimiter", [""])[0]
        after = query.get("continuation-token", [""])[0]
        names: dict[str, bool] = {}
        for key in sorted(k for k in self.storage.objects if k.startswith(start)):
            cut = key.find(delimiter, len(start)) if delimiter else -1
            names[key if cut < 0 else key[: cut + 1]] = cut >= 0
        left = [name for name in sorted(names) if name > after]
        shown = left[: self.storage.page]
        parts = [f"<IsTruncated>{str(len(left) > len(shown)).lower()}</IsTruncated>"]
        if len(left) > len(shown):
            parts.append(f"<NextContinuationToken>{escape(shown[-1])}</NextContinuationToken>")
        for name in shown:
            if names[name]:
                parts.append(f"<CommonPrefixes><Prefix>{quote(name)}</Prefix></CommonPrefixes>")
            else:
                size = len(self.storage.objects[name])
                parts.append(f"<Contents><Key>{quote(name)}</Key><Size>{size}</Size></Contents>")
        self._answer(200, f"<ListBucketResult>{''.join(parts)}</ListBucketResult>".encode())

    def _key(self) -> tuple[str, dict[str, list[str]]]:
        address = urlsplit(self.path)
        key = unquote(address.path).lstrip("/").removeprefix(BUCKET).lstrip("/")
        return key, parse_qs(address.query, keep_blank_values=True)

    def _fails(self, verb: str, key: str) -> bool:
        told = self.storage.fault(verb, key)
        if told is not None:
            self._fail(told)
        return told is not None

    def _fail(self, told: int | str | None) -> None:
        if isinstance(told, int):
            codes = {
                503: "SlowDown",
                500: "InternalError",
                409: "ConditionalRequestConflict",
                403: "AccessDenied",
            }
            self._error(told, codes.get(told, "PreconditionFailed"))
        else:
            self._reset()

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def _error(self, status: int, code: str) -> None:
        self._answer(status, f"<Error><Code>{code}</Code><Message>made up</Message></Error>".encode())

    def _answer(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of lines that were cut, by us or by the other side."""


@contextmanager
def fake_s3() -> Iterator[Storage]:
    """Run an empty storage on the loopback address."""
    storage = Storage()
    handler = type("Handler", (_Handler,), {"storage": storage})
    server = _Server(("127.0.0.1", 0), handler)
    storage.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield storage
    finally:
        server.shutdown()
        server.server_close()
