"""The sample web-server configurations of docs/web, run on the loopback address over a folder of releases."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "docs" / "web"


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def ask(port: int, path: str, method: str = "GET", *, reader: str = "127.0.0.1", **headers: str) -> Answer:
    """Send one request, its path as it is, from the address `reader`; `Accept_Encoding="gzip"` becomes a header."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30, source_address=(reader, 0))
    try:
        connection.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})
        answer = connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(status=answer.status, headers=found, body=answer.read())
    finally:
        connection.close()


def nginx_program() -> str:
    """Where nginx stands; skips the test where it is not installed."""
    found = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if found is None:
        pytest.skip("not run: nginx is not installed")
    return found


@contextmanager
def nginx(
    work: Path, site: Path, *, port: int | None = None, mount: str = "", extra: str = ""
) -> Iterator[int]:
    """Run nginx over the releases in `site` with the sample of docs/web and yield its port.

    Only the address, the folders and what a test needs of the surroundings differ from the sample; `extra` goes into
    the http block as another server.
    """
    program, port = nginx_program(), port or free_port()
    work.mkdir(parents=True, exist_ok=True)
    sample = (WEB / "nginx.conf").read_text(encoding="utf-8")
    sample = _changed(sample, "listen 80;", f"listen 127.0.0.1:{port} backlog=1024;")
    sample = _changed(sample, "/srv/qingdan;", f"{site};")
    sample = _changed(sample, 'qingdan_mount ""', f'qingdan_mount "{mount}"')
    # a folder of pytest is its owner's alone: the workers stay who we are
    user = "user root;" if hasattr(os, "geteuid") and os.geteuid() == 0 else ""
    spools = "".join(
        f"{kind}_temp_path {work}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = (
        f"{user}\ndaemon off;\nmaster_process on;\nworker_processes 2;\npid {work}/nginx.pid;\nerror_log {work}/error.log;\n"
        f"events {{ worker_connections 1024; }}\nhttp {{\naccess_log off;\n{spools}\n{sample}\n{extra}\n}}\n"
    )
    conf = work / "nginx.conf"
    conf.write_text(whole, encoding="utf-8")
    with _running([program, "-p", str(work), "-c", str(conf)], port, work / "said.txt"):
        yield port


@contextmanager
def caddy(work: Path, site: Path) -> Iterator[int]:
    """Run Caddy over the releases in `site` with the sample of docs/web and yield its port."""
    program = shutil.which("caddy")
    if program is None:
        pytest.skip("not run: Caddy is not installed")
    port = free_port()
    work.mkdir(parents=True, exist_ok=True)
    sample = (WEB / "Caddyfile").read_text(encoding="utf-8")
    sample = _changed(sample, "www.example.gov.cn {", f"http://127.0.0.1:{port} {{")
    sample = _changed(sample, "/srv/qingdan", str(site))
    conf = work / "Caddyfile"
    conf.write_text("{\n\tadmin off\n\tauto_https off\n}\n" + sample, encoding="utf-8")
    environment = {**os.environ, "HOME": str(work), "XDG_DATA_HOME": str(work), "XDG_CONFIG_HOME": str(work)}
    command = [program, "run", "--config", str(conf), "--adapter", "caddyfile"]
    with _running(command, port, work / "said.txt", environment):
        yield port


@contextmanager
def _running(
    command: list[str], port: int, said: Path, environment: Mapping[str, str] | None = None
) -> Iterator[None]:
    with said.open("wb") as output:
        server = subprocess.Popen(command, stdout=output, stderr=output, env=environment)
    try:
        for _ in range(200):
            if server.poll() is not None or _answers(port):
                break
            time.sleep(0.05)
        assert server.poll() is None, said.read_text(errors="replace")
        assert _answers(port), said.read_text(errors="replace")
        yield
    finally:
        server.terminate()
        server.wait(timeout=30)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _changed(text: str, old: str, new: str) -> str:
    assert old in text, old
    return text.replace(old, new)


def assets_of(page: bytes) -> list[str]:
    """The styles and scripts that a page names, as written."""
    return re.findall(r'<(?:script src|link rel="stylesheet" href)="([^"]+)"', page.decode())
