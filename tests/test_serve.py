"""Looking at a site while working on it: what goes over the wire, which county a change touches, and a live round."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from generator import pages, serve
from generator.build import BuildPlan, build_site
from generator.errors import ContentError, UsageError
from tests.golden_site import AS_OF, GOLDEN, ROOT, golden_content

PAGE = "230125/zh/index.html"


def fetch(site: serve.Serving, path: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of one request."""
    connection = http.client.HTTPConnection(
        "127.0.0.1", int(site.url.rsplit(":", 1)[1].rstrip("/")), timeout=10
    )
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body


def test_pages_get_the_script_over_the_wire_only() -> None:
    """Every page asks for the reload script, nothing may be kept by the browser, and the files stay as built."""
    before = (GOLDEN / "site" / PAGE).read_bytes()
    with serve.serving(GOLDEN / "site", 0) as site:
        for path in ("/", "/230125/zh/", f"/{PAGE}", f"/{PAGE}?q=1"):
            status, headers, body = fetch(site, path)
            assert (status, headers["cache-control"]) == (200, "no-store"), path
            assert headers["content-type"] == "text/html; charset=utf-8"
            assert body.count(b"/-/reload.js") == 1, path
        status, headers, body = fetch(site, f"/{PAGE}")
        assert body.replace(serve.RELOAD_TAG % 0, b"</body>") == before
        script = re.search(rb'src="(/-/reload.js[^"]*)"', body)
        assert script is not None
        status, headers, body = fetch(site, script[1].decode())
        assert (status, headers["content-type"], body) == (200, "text/javascript", serve.RELOAD_SCRIPT)
        data = fetch(site, "/230125/data/230125.json")
        assert data[2] == (GOLDEN / "site" / "230125" / "data" / "230125.json").read_bytes()
        assert data[1]["cache-control"] == "no-store"
        assert fetch(site, "/no-such-page.html")[0] == 404
        assert fetch(site, "/../content/site.toml")[0] == 404
    assert before == (GOLDEN / "site" / PAGE).read_bytes()


def test_only_this_machine_can_look() -> None:
    """The server listens on 127.0.0.1 and on no other address of the machine."""
    with serve.serving(GOLDEN / "site", 0) as site:
        port = int(site.url.rsplit(":", 1)[1].rstrip("/"))
        assert site.url.startswith("http://127.0.0.1:")
        # Linux routes all of 127/8 to this machine: a server on every address would answer here too.
        with pytest.raises(OSError):  # noqa: PT011  refused or unreachable, as the system puts it
            socket.create_connection(("127.0.0.2", port), timeout=2)


def test_a_port_that_is_taken_is_said() -> None:
    """Two servers on one port: the second says which port to change."""
    with serve.serving(GOLDEN / "site", 0) as site:
        second = serve.serving(GOLDEN / "site", int(site.url.rsplit(":", 1)[1].rstrip("/")))
        with pytest.raises(UsageError, match="is taken"):
            second.__enter__()


def test_a_change_while_a_page_loads_is_not_missed() -> None:
    """A page says which state it shows, so a change between page and script still makes it load again."""
    with serve.serving(GOLDEN / "site", 0) as site:
        page = fetch(site, f"/{PAGE}")[2]
        site.reload()
        since = re.search(rb"since=(\d+)", page)
        assert since is not None
        assert b"data: changed" in fetch(site, f"/-/changes?since={since[1].decode()}")[2]
        newer = re.search(rb"since=(\d+)", fetch(site, f"/{PAGE}")[2])
        assert newer is not None
        assert newer[1] != since[1]


@pytest.mark.parametrize(
    ("path", "county"),
    [
        pytest.param("counties/230125/county.toml", "230125", id="settings"),
        pytest.param("counties/230125/filings/2022-06-20-first-list/filing.toml", "230125", id="filing"),
        pytest.param("register/230125/basic.json", "230125", id="register"),
        pytest.param("register/230125", "230125", id="first-filing"),
        pytest.param("counties/230199/county.toml", None, id="county-that-is-gone"),
        pytest.param("site.toml", None, id="site"),
        pytest.param("wording/en.po", None, id="wording"),
        pytest.param("prose/zh/about.md", None, id="prose"),
        pytest.param("../site_templates/pages/item.html", None, id="template"),
    ],
)
def test_the_county_of_a_change(tmp_path: Path, path: str, county: str | None) -> None:
    """A file of a county's own touches that county, every other file all; folders above the content say nothing."""
    content = tmp_path / "register" / "230202" / "content"
    (content / "counties" / "230125").mkdir(parents=True)
    changed = (content.parent / path[3:]) if path.startswith("../") else content / path
    assert serve.county_of(changed, content) == county


@contextmanager
def watching(content: Path, templates: Path, out: Path) -> Iterator[list[str | None]]:
    """What `changed_counties` yields while the block runs."""
    stop = threading.Event()
    seen: list[str | None] = []
    changes = serve.changed_counties(content, templates, out, stop)
    thread = threading.Thread(target=lambda: seen.extend(changes))
    thread.start()
    try:
        yield seen
        time.sleep(0.5)  # what must not be seen would have come by now
    finally:
        stop.set()
        thread.join()


def test_what_changes_is_seen_and_what_passes_is_not(tmp_path: Path) -> None:
    """Changes name their county; hidden files, open workbooks and a site inside the content are no changes."""
    content, templates = tmp_path / "content", tmp_path / "templates"
    county = content / "counties" / "230125"
    for folder in (county, content / "register" / "230125", content / ".site.staging", templates):
        folder.mkdir(parents=True)
    out = content / "site"
    with watching(content, templates, out) as seen:
        (content / ".site.staging" / "a.html").write_text("staged", encoding="utf-8")
        (content / ".site.lock").touch()
        (content / "register" / ".lock").touch()
        (content / "register" / "230125" / ".basic.json.partial").touch()
        (county / "~$list.xlsx").touch()
        (county / ".list.xlsx.swp").touch()
        out.mkdir()
        (out / "index.html").write_text("built", encoding="utf-8")
    assert seen == []
    with watching(content, templates, out) as seen:
        (content / "register" / "230125" / "basic.json").write_text("{}", encoding="utf-8")
    assert seen == ["230125"]
    with watching(content, templates, out) as seen:
        (templates / "item.html").write_text("", encoding="utf-8")
        (county / "county.toml").write_text("", encoding="utf-8")
    assert seen == [None]


def test_a_template_is_read_again(tmp_path: Path) -> None:
    """A process that builds twice shows the changed template; a broken one is named with its line, as content is."""
    content = golden_content(tmp_path)
    templates = tmp_path / "templates"
    shutil.copytree(ROOT / "site_templates", templates)
    plan = BuildPlan(
        content=content,
        templates=templates,
        mkdocs_yml=ROOT / "mkdocs.yml",
        out=tmp_path / "site",
        as_of=AS_OF,
    )
    build_site(plan, lambda *_: None)
    template = templates / "pages" / "province.html"
    text = template.read_text(encoding="utf-8")
    template.write_text(text + "<p>another line</p>", encoding="utf-8")
    build_site(plan, lambda *_: None)
    assert "another line" in (tmp_path / "site" / "zh" / "index.html").read_text(encoding="utf-8")
    for broken, where in (("\n{% if %}", "province.html:"), ("\n{{ no_such_value }}", "province.html:")):
        template.write_text(text + broken, encoding="utf-8")
        with pytest.raises(ContentError, match=where):
            build_site(plan, lambda *_: None)
    template.write_text(text, encoding="utf-8")
    pages.forget_templates()


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Child processes heed Ctrl+C, even where these tests were started in the background, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@contextmanager
def command(content: Path, out: Path, errors: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`qingdan serve` in a process group of its own, and the address it says; `errors` takes what it complains of."""
    command = [sys.executable, "-m", "generator", "serve", "--content", str(content), "--out", str(out)]
    with errors.open("wb") as stderr:
        process = subprocess.Popen(
            [*command, "--port", "0", "--as-of", AS_OF.isoformat()],
            cwd=ROOT,
            text=True,
            encoding="utf-8",
            stdout=subprocess.PIPE,
            stderr=stderr,
            start_new_session=True,
            env={**os.environ, "PYTHONUTF8": "1"},
        )
    assert process.stdout is not None
    try:
        said = process.stdout.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+/", said)
        assert address is not None, said
        yield process, address[0]
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.mark.browser
@pytest.mark.usefixtures("interruptible")
@pytest.mark.skipif(sys.platform == "win32", reason="signals a whole group, as a POSIX terminal does")
def test_a_page_shows_what_was_changed(tmp_path: Path, chromium: Browser) -> None:
    """A county's settings change: its open page shows it by itself. A fault is said and mended. Ctrl+C ends quietly."""
    content = golden_content(tmp_path)
    settings = content / "counties" / "230125" / "county.toml"
    text = settings.read_text(encoding="utf-8")
    errors = tmp_path / "errors"
    with command(content, tmp_path / "site", errors) as (process, address):
        tab = chromium.new_page()
        complaints: list[str] = []
        tab.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        tab.goto(address + PAGE)
        assert "宾县人民政府办公室（示例）" in tab.locator("footer").inner_text()
        settings.write_text(text.replace("宾县人民政府办公室（示例）", "另一个 = [办公室"), encoding="utf-8")
        tab.get_by_text("另一个 = [办公室").wait_for(timeout=30_000)
        settings.write_text("host = [", encoding="utf-8")
        for _ in range(600):
            if "county.toml" in errors.read_text(encoding="utf-8"):
                break
            tab.wait_for_timeout(50)
        assert "county.toml" in errors.read_text(encoding="utf-8")
        settings.write_text(text.replace("宾县人民政府办公室", "宾县人民政府第二办公室"), encoding="utf-8")
        tab.get_by_text("宾县人民政府第二办公室").wait_for(timeout=30_000)
        assert complaints == []
        tab.close()
        os.killpg(process.pid, signal.SIGINT)
        output, _ = process.communicate(timeout=20)
        assert process.returncode == 0, errors.read_text(encoding="utf-8")
        assert "Traceback" not in output + errors.read_text(encoding="utf-8")
    assert b"/-/reload.js" not in (tmp_path / "site" / PAGE).read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == [".site.lock", "content", "errors", "site"]


@pytest.mark.usefixtures("interruptible")
@pytest.mark.skipif(sys.platform == "win32", reason="signals a whole group, as a POSIX terminal does")
def test_ctrl_c_in_the_middle_of_a_build_ends_quietly(tmp_path: Path) -> None:
    """Worker processes get the signal too and say nothing; the site and its folder are as before."""
    content = golden_content(tmp_path)
    command = [sys.executable, "-m", "generator", "build", "--content", str(content)]
    process = subprocess.Popen(
        [*command, "--out", str(tmp_path / "site"), "--jobs", "2"],
        cwd=ROOT,
        text=True,
        encoding="utf-8",
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    while not list(tmp_path.glob(".site.staging/230125/*/*.html")):  # the workers have begun on the pages
        assert process.poll() is None
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)
    errors = process.communicate(timeout=30)[1]
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    assert sorted(path.name for path in tmp_path.iterdir()) == [".site.lock", "content"]
