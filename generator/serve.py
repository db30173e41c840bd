"""Looking at a built site on one's own machine, with pages that reload when their county is rebuilt.

This is a workbench, not a way to deliver: it listens on the loopback address only and adds one script to the pages it
shows, which the built files never hold. The kiosks' server is another matter and another room.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

from generator.errors import UsageError
from generator.model.text import Text

RELOAD_SCRIPT = b"""(function () {
  var source = new EventSource('/-/changes');
  source.onmessage = function () { location.reload(); };
})();
"""
RELOAD_TAG = b'<script src="/-/reload.js" defer></script></body>'

# A browser tab keeps its event stream open; a comment this often tells us whether it is still there.
HEARTBEAT_SECONDS = 15


class Serving:
    """A running server: its address, and how to make open pages reload."""

    def __init__(self, server: ThreadingHTTPServer, changed: threading.Condition) -> None:
        self._server = server
        self._changed = changed
        self.url = f"http://127.0.0.1:{server.server_address[1]}/"

    def reload(self) -> None:
        """Make every open page load itself again."""
        with self._changed:
            self._changed.notify_all()

    def wait(self) -> None:
        """Block until the process is interrupted."""
        threading.Event().wait()


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, *args: object, changed: threading.Condition, **kwargs: object) -> None:
        self._changed = changed
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # the base class is not annotated for this

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class names it so
        """Say nothing: the terminal belongs to the build's messages."""

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/-/changes":
            self._stream()
        elif path == "/-/reload.js":
            self._send(RELOAD_SCRIPT, "text/javascript")
        else:
            page = Path(self.translate_path(path + "index.html" if path.endswith("/") else path))
            if page.suffix == ".html" and page.is_file():
                body = page.read_bytes()
                self._send(
                    body.replace(b"</body>", RELOAD_TAG) if b"</body>" in body else body,
                    "text/html; charset=utf-8",
                )
            else:
                super().do_GET()

    def _send(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        try:
            while True:
                with self._changed:
                    changed = self._changed.wait(HEARTBEAT_SECONDS)
                self.wfile.write(b"data: changed\n\n" if changed else b": here\n\n")
                self.wfile.flush()
        except OSError:
            return  # the tab was closed


@contextmanager
def serving(out: Path, port: int) -> Iterator[Serving]:
    """Serve `out` on 127.0.0.1; port 0 takes any free one. Raises UsageError for a port that is taken."""
    changed = threading.Condition()
    try:
        server = ThreadingHTTPServer(
            ("127.0.0.1", port), partial(_Handler, directory=str(out), changed=changed)
        )
    except OSError as error:
        raise UsageError(
            Text(zh=f"端口 {port} 已被占用。", en=f"Port {port} is taken."),
            Text(zh="请用 --port 换一个端口。", en="Choose another with --port."),
        ) from error
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Serving(server, changed)
    finally:
        server.shutdown()
        server.server_close()


def changed_counties(folders: tuple[Path, ...], stop: threading.Event | None = None) -> Iterator[str | None]:
    """Wait for changes below `folders` and yield the code of the county they touch, None where they touch all."""
    from watchfiles import watch  # a compiled watcher that only this command needs

    for changes in watch(*(folder for folder in folders if folder.is_dir()), stop_event=stop):
        codes = {county_of(Path(path)) for _, path in changes if not Path(path).name.startswith(".")}
        yield from [None] if None in codes else sorted(code for code in codes if code)


def county_of(path: Path) -> str | None:
    """Return the county a content file belongs to (`counties/<code>/…`, `register/<code>/…`), or None for all."""
    parts = path.parts
    for room, code in pairwise(parts):
        if room in ("counties", "register") and code.isdigit():
            return code
    return None
