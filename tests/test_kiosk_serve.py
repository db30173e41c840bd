"""The kiosk's own server: this machine only, one release at a time, never a blank screen."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.errors import UsageError
from generator.kiosk.serving import HEADERS, serving

HOME = "zh/230202001/index.html"


def release(state: Path, number: int) -> Path:
    """A small release, made the current one."""
    tree = state / "releases" / str(number)
    for path, body in {
        HOME: f"<!doctype html><title>{number}</title>",
        "assets/a.0123.js": "1",
        "assets/settings.js": "neutral",
        "zh/原.html": "named in Chinese",
        "secret.key": "never",
    }.items():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).write_text(body, encoding="utf-8")
    new = state / "current.new"
    new.symlink_to(f"releases/{number}")
    new.replace(state / "current")
    return tree


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A kiosk's folder with release 1."""
    release(tmp_path, 1)
    return tmp_path


@pytest.fixture
def port(state: Path) -> Iterator[int]:
    """The port of a running server."""
    with serving(state / "current", home=HOME, port=0) as url:
        yield int(url.rstrip("/").rpartition(":")[2])


def ask(
    port: int, path: str, method: str = "GET", headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of one answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.putrequest(method, path, skip_host=bool(headers and "Host" in headers))
        for name, value in (headers or {}).items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def test_the_bare_address_leads_home(port: int) -> None:
    """`/` is the township of this service centre."""
    status, headers, _ = ask(port, "/")
    assert (status, headers["location"]) == (302, "/" + HOME)


def test_a_page_comes_with_the_headers_of_the_policy(port: int) -> None:
    """Every answer carries the content policy and says not to be kept."""
    for path in ("/" + HOME, "/nothing.html", "/"):
        headers = ask(port, path)[1]
        for name, value in HEADERS:
            assert headers[name.lower()] == value
        assert headers["cache-control"] == "no-store"


def test_an_update_shows_at_the_next_request(state: Path, port: int) -> None:
    """The release is looked up for every request, also on a connection that stays open."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", "/" + HOME)
    assert b"<title>1</title>" in connection.getresponse().read()
    release(state, 2)
    connection.request("GET", "/" + HOME)
    assert b"<title>2</title>" in connection.getresponse().read()
    connection.close()


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil:80", ""])
def test_another_host_name_is_refused(port: int, host: str) -> None:
    """A foreign page that points its own name at this machine learns nothing (DNS rebinding)."""
    status, _, body = ask(port, "/" + HOME, headers={"Host": host})
    assert status == 421
    assert b"<title>" not in body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "CONNECT", "TRACE", "PATCH"])
def test_only_reading_is_answered(port: int, method: str) -> None:
    """Every other method is refused and the connection ends."""
    status, headers, _ = ask(port, "/" + HOME, method)
    assert status == 501
    assert "location" not in headers


def test_head_has_the_length_and_no_body(port: int) -> None:
    """HEAD says what GET would send."""
    _, headers, body = ask(port, "/" + HOME, "HEAD")
    assert body == b""
    assert int(headers["content-length"]) == len(ask(port, "/" + HOME)[2])


@pytest.mark.parametrize(
    "path",
    [
        "/../kiosk.toml",
        "/..%2fkiosk.toml",
        "/%2e%2e/%2e%2e/etc/passwd",
        "//etc/passwd",
        "/zh/..%5c..%5ckiosk.toml",
        "/zh/%00.html",
        "/zh/",
        "/zh",
        "/assets/",
        "/secret.key",
        "/outside.html",
        "/zh/" + "a" * 5000 + ".html",
    ],
)
def test_nothing_but_the_pages_of_the_release(state: Path, port: int, path: str) -> None:
    """No listing, no other kind of file, no way out of the release by dots or by a link."""
    (state / "kiosk.toml").write_text("SECRET", encoding="utf-8")
    (state / "outside.html").write_text("SECRET", encoding="utf-8")
    (state / "releases" / "1" / "outside.html").symlink_to(state / "outside.html")
    status, _, body = ask(port, path)
    assert status in {302, 404}
    assert b"SECRET" not in body
    assert b"never" not in body


def test_a_missing_page_says_so_in_both_languages_and_leads_back(port: int) -> None:
    """There is no dead end: a page with a way home, which also goes there by itself."""
    status, _, body = ask(port, "/zh/230202001/basic-9999.html")
    assert status == 404
    assert "没有这个页面".encode() in body
    assert b"There is no such page" in body
    assert b'href="/"' in body
    assert b'http-equiv="refresh"' in body


def test_before_the_first_update_there_is_a_notice(state: Path, port: int) -> None:
    """Without a release the screen says that one is awaited and asks again by itself."""
    (state / "current").unlink()
    status, _, body = ask(port, "/" + HOME)
    assert status == 503
    assert "内容尚未准备好".encode() in body


def test_names_in_chinese_work(port: int) -> None:
    """Addresses are decoded as UTF-8."""
    assert ask(port, "/zh/%E5%8E%9F.html")[2] == b"named in Chinese"


def test_a_body_that_nobody_reads_is_not_the_next_request(port: int) -> None:
    """A GET with a body is answered once and the connection ends."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        inner = f"GET /assets/a.0123.js HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"
        head = f"GET /{HOME} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: {len(inner)}\r\n\r\n"
        connection.sendall((head + inner).encode())
        received = b""
        while block := connection.recv(65536):
            received += block
    assert received.count(b"HTTP/1.1 ") == 1


def test_it_outlives_500_silent_sockets(port: int) -> None:
    """Sockets that say nothing, or half a request, keep nobody waiting."""
    silent = [socket.create_connection(("127.0.0.1", port), timeout=5) for _ in range(500)]
    try:
        for half in silent[::2]:
            half.sendall(b"GET / HT")
        for _ in range(20):
            assert ask(port, "/" + HOME)[0] == 200
    finally:
        for one in silent:
            one.close()


def test_it_listens_on_this_machine_alone(port: int) -> None:
    """Another address of the same machine is not answered."""
    others = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    for address in others - {"127.0.0.1"}:
        with pytest.raises(OSError):  # noqa: PT011  refused or unreachable, as the machine has it
            socket.create_connection((str(address), port), timeout=1).close()
    listening = Path("/proc/net/tcp")
    if listening.is_file():
        rows = [line.split()[1:4] for line in listening.read_text().splitlines()[1:]]
        here = [local for local, _, state in rows if local.endswith(f":{port:04X}") and state == "0A"]
        assert here == [f"0100007F:{port:04X}"]


def test_a_taken_port_is_said_plainly(port: int, state: Path) -> None:
    """Two servers cannot share a port, and the second says what to do."""
    with (
        pytest.raises(UsageError, match="taken"),
        serving(state / "current", home=HOME, port=port),
    ):
        pass


def test_the_tree_is_read_as_it_stands(state: Path, port: int) -> None:
    """What the server sends is byte for byte what the release holds."""
    tree = state / "releases" / "1"
    for path in ("assets/a.0123.js", HOME):
        assert ask(port, "/" + path)[2] == (tree / path).read_bytes()
    assert (state / "current").readlink() == Path("releases/1")
