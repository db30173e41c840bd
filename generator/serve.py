"""Looking at a built site on one's own machine, with pages that reload when their county is rebuilt.

This is a workbench, not a way to deliver: it listens on the loopback address only and adds one script to the pages it
shows, which the built files never hold. The kiosks' server is another matter and another room.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from generator.errors import UsageError
from generator.model.text import Text

# The page says which state of the site it shows, so that a change while it was loading is not missed.
RELOAD_SCRIPT = b"""(function () {
  var source = new EventSource('/-/changes' + new URL(document.currentScript.src).search);
  source.onmessage = function () { location.reload(); };
})();
"""
RELOAD_TAG = b'<script src="/-/reload.js?since=%d" defer></script></body>'

# A browser tab keeps its event stream open; a comment this often tells us whether it is still there.
HEARTBEAT_SECONDS = 15

# How long it may take until a watch stands, and until it notices that it should end.
WATCH_MILLISECONDS = 250


class _Changes:
    """Counts how often the site has changed, and lets others wait for the next time."""

    def __init__(self) -> None:
        self.count = 0
        self._changed = threading.Condition()

    def add(self) -> None:
        with self._changed:
            self.count += 1
            self._changed.notify_all()

    def since(self, count: int, seconds: float) -> bool:
        """Whether there was a change since `count`, or there is one within `seconds`."""
        with self._changed:
            return self._changed.wait_for(lambda: self.count != count, seconds)


class Serving:
    """A running server: its address, and how to make open pages reload."""

    def __init__(self, server: ThreadingHTTPServer, changes: _Changes) -> None:
        self._changes = changes
        self.url = f"http://127.0.0.1:{server.server_address[1]}/"

    def reload(self) -> None:
        """Make every open page load itself again."""
        self._changes.add()

    def wait(self) -> None:
        """Block until the process is interrupted."""
        threading.Event().wait()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a browser that went away in the middle of an answer: reloading does just that."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # sockets, as the base class has them


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, *args: object, changes: _Changes, **kwargs: object) -> None:
        self._changes = changes
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # the base class is not annotated for this

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class names it so
        """Say nothing: the terminal belongs to the build's messages."""

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        path = address.path
        if path == "/-/changes":
            since = parse_qs(address.query).get("since", [""])[0]
            self._stream(int(since) if since.isdecimal() else self._changes.count)
        elif path == "/-/reload.js":
            self._send(RELOAD_SCRIPT, "text/javascript")
        else:
            page = Path(self.translate_path(path + "index.html" if path.endswith("/") else path))
            if page.suffix == ".html" and page.is_file():
                tag = (
                    RELOAD_TAG % self._changes.count
                )  # counted before the page is read: rather once too often
                self._send(page.read_bytes().replace(b"</body>", tag), "text/html; charset=utf-8")
            else:
                super().do_GET()

    def _send(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, count: int) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        try:
            while not self._changes.since(count, HEARTBEAT_SECONDS):
                self.wfile.write(b": here\n\n")
            self.wfile.write(b"data: changed\n\n")  # the page loads again and asks anew
        except OSError:
            return  # the tab was closed


@contextmanager
def serving(out: Path, port: int) -> Iterator[Serving]:
    """Serve `out` on 127.0.0.1; port 0 takes any free one. Raises UsageError for a port that is taken."""
    changes = _Changes()
    try:
        server = _Server(("127.0.0.1", port), partial(_Handler, directory=str(out), changes=changes))
    except OSError as error:
        raise UsageError(
            Text(zh=f"端口 {port} 已被占用。", en=f"Port {port} is taken."),
            Text(zh="请用 --port 换一个端口。", en="Choose another with --port."),
        ) from error
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Serving(server, changes)
    finally:
        server.shutdown()
        server.server_close()


def changed_counties(
    content: Path, templates: Path, out: Path, stop: threading.Event | None = None
) -> Iterator[str | None]:
    """Yield the code of every county whose content changes, None where a change touches all; ends with `stop`.

    The watch stands when this returns: what changes before the first value is asked for is not missed. What is
    written to `out`, which may lie inside the content, is no change.
    """
    from watchfiles import watch  # a compiled watcher that only this command needs

    folders = [folder.resolve() for folder in (content, templates) if folder.is_dir()]
    seen = watch(*folders, stop_event=stop, rust_timeout=WATCH_MILLISECONDS, yield_on_timeout=True)
    first = next(seen, set())
    batches = ({Path(path) for _, path in batch} for batch in chain([first], seen))
    return _counties(batches, content.resolve(), out.resolve())


def _counties(batches: Iterable[set[Path]], content: Path, out: Path) -> Iterator[str | None]:
    for batch in batches:
        codes = {
            county_of(path, content)
            for path in batch
            if not path.is_relative_to(out) and not _is_passing(path, content)
        }
        yield from [None] if None in codes else sorted(code for code in codes if code)


def _is_passing(path: Path, content: Path) -> bool:
    """Whether a path is hidden (our own staging and locks, an editor's) or Excel's mark of an open workbook."""
    inside = path.relative_to(content) if path.is_relative_to(content) else Path(path.name)
    return path.name.startswith("~$") or any(part.startswith(".") for part in inside.parts)


def county_of(path: Path, content: Path) -> str | None:
    """Return the county a changed file belongs to (`counties/<code>/…`, `register/<code>/…`), or None for all.

    A county whose folder is gone touches all: its pages must go too.
    """
    parts = path.relative_to(content).parts if path.is_relative_to(content) else ()
    if len(parts) > 1 and parts[0] in ("counties", "register") and (content / "counties" / parts[1]).is_dir():
        return parts[1]
    return None
