"""A live portal, read as any reader reads it: over HTTP, with limits on everything that could go on for ever."""

from __future__ import annotations

import hashlib
import http.client
import threading
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final
from urllib.parse import quote, urljoin, urlsplit

from generator.errors import PublishError, UsageError
from generator.model.releases import Difference, Entry, Manifest
from generator.model.text import Text
from generator.release.note import KEPT_SMALL, NOTE
from generator.release.target import Progress

_SECONDS: Final = 20
_AT_ONCE: Final = 8
_TRIES: Final = 3
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_BLOCK: Final = 1 << 16


class ShownPortal:
    """One unit's address, `https://…/230202/`. Other hosts are never asked, whatever the answers say."""

    def __init__(self, address: str) -> None:
        try:
            parts = urlsplit(address)
            fits = (
                parts.scheme in ("http", "https")
                and parts.hostname
                and (parts.port or 1)
                and "@" not in parts.netloc
            )
        except ValueError:  # a port that is no number, half an IPv6 address
            fits = False
        if not fits or parts.query or parts.fragment:
            raise UsageError(
                Text(zh=f"{address} 不是网址。", en=f"{address} is no address of a portal."),
                Text(
                    zh="请写成 https://www.example.gov.cn/qingdan/。",
                    en="Such as https://www.example.gov.cn/qingdan/.",
                ),
            )
        self.address = address if address.endswith("/") else f"{address}/"
        self._https = parts.scheme == "https"
        self._host = parts.netloc
        self._base = quote(urlsplit(self.address).path, safe="/%")
        self._local = threading.local()
        self._open: list[http.client.HTTPConnection] = []

    def close(self) -> None:
        """Hang up."""
        while self._open:
            self._open.pop().close()

    def read(self, path: str, limit: int) -> bytes | None:
        """Return the bytes of one file.

        Raises PublishError where the portal does not answer, or answers by sending readers elsewhere.
        """
        status, body, location = self._ask(path, limit)
        if status in _REDIRECTS:
            raise PublishError(
                Text(
                    zh=f"{self.address} 把读者引向 {location}。",
                    en=f"{self.address} sends readers to {location}.",
                ),
                Text(zh="请直接核验那个网址。", en="Verify that address instead."),
            )
        return body if status == 200 and len(body) <= limit else None

    def has_release(self) -> bool:
        """Whether anything answers where a release says what it is."""
        return self.read(NOTE, KEPT_SMALL) is not None

    def has_entrance(self) -> bool:
        """Whether readers find a page here, whatever it says of itself."""
        return self.read("index.html", KEPT_SMALL) is not None

    def differing(self, manifest: Manifest, progress: Progress) -> Iterator[Difference]:
        """Yield what is changed or missing; what a portal has besides cannot be asked."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for done, (entry, what) in enumerate(
                zip(manifest.files, pool.map(self._compare, manifest.files), strict=True), start=1
            ):
                progress(entry.path, done, len(manifest.files))
                if what:
                    yield Difference(path=entry.path, what=what)

    def _compare(self, entry: Entry) -> str:
        status, body, _ = self._ask(entry.path, entry.size)
        if status in (403, 404, 410):
            return "missing"
        if status == 200 and len(body) == entry.size and hashlib.sha256(body).hexdigest() == entry.sha256:
            return ""
        return "changed"

    def _ask(self, path: str, limit: int) -> tuple[int, bytes, str]:
        """Return status, at most `limit` + 1 bytes, and where a redirect leads."""
        status, body, location = self._get(path, limit)
        folder, _, name = path.rpartition("/")
        if status in _REDIRECTS and name == "index.html":
            # Some servers (Caddy) know an entrance by its folder only.
            return self._get(f"{folder}/" if folder else "", limit)
        return status, body, location

    def _get(self, path: str, limit: int) -> tuple[int, bytes, str]:
        target = self._base + quote(path)
        for attempt in range(_TRIES):
            try:
                return self._get_once(target, limit)
            except (OSError, http.client.HTTPException) as error:
                self._connection().close()
                if attempt == _TRIES - 1:
                    raise PublishError(
                        Text(
                            zh=f"读不到 {urljoin(self.address, quote(path))}：{error}。",
                            en=f"{urljoin(self.address, quote(path))} cannot be read: {error}.",
                        ),
                        Text(
                            zh="请检查网址、网络和证书，然后再核验一次。",
                            en="Check address, network and certificate, then verify again.",
                        ),
                    ) from error
        raise AssertionError("the loop returns or raises")

    def _get_once(self, target: str, limit: int) -> tuple[int, bytes, str]:
        connection = self._connection()
        connection.request(
            "GET", target, headers={"Accept-Encoding": "identity", "User-Agent": "qingdan-verify"}
        )
        answer = connection.getresponse()
        packed = answer.headers.get("Content-Encoding", "").lower() == "gzip" and not target.endswith(".gz")
        unpack = zlib.decompressobj(zlib.MAX_WBITS | 16) if packed else None
        body = bytearray()
        while len(body) <= limit and (block := answer.read(min(_BLOCK, limit + 1))):
            try:
                body += unpack.decompress(block, limit + 1) if unpack else block
            except zlib.error as error:
                raise http.client.HTTPException(str(error)) from error
        if len(body) > limit:
            connection.close()  # the rest is not wanted
        # It is shown to a person at a terminal, which obeys characters that nobody sees.
        location = "".join(
            letter for letter in answer.headers.get("Location", "")[:300] if letter.isprintable()
        )
        return answer.status, bytes(body[: limit + 1]), location

    def _connection(self) -> http.client.HTTPConnection:
        connection: http.client.HTTPConnection | None = getattr(self._local, "connection", None)
        if connection is None:
            kind = http.client.HTTPSConnection if self._https else http.client.HTTPConnection
            connection = kind(self._host, timeout=_SECONDS)
            self._local.connection = connection
            self._open.append(connection)
        return connection
