"""SFTP servers on the loopback address: a real OpenSSH one, one in this process whose faults we choose, and a line that is cut."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import asyncssh
import pytest

from generator.model.targets import SftpTarget
from tests.web_site import free_port


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    """A server that runs, and what a client needs to know of it."""

    port: int
    user: str
    key_file: Path
    host_key: str
    root: Path
    """The folder that releases go to."""

    def settings(self, *, port: int | None = None, atomic: bool = False, host_key: str = "") -> SftpTarget:
        """The target as `site.toml` would say it."""
        return SftpTarget(
            name="portal",
            host="127.0.0.1",
            port=port or self.port,
            user=self.user,
            key_file=str(self.key_file),
            host_key=host_key or self.host_key,
            path=PurePosixPath(self.root),
            address=None,
            units=(),
            require_atomic=atomic,
        )


def make_keys(work: Path) -> tuple[Path, Path]:
    """Write a host key and a client's key, and return where they stand."""
    paths = (work / "host_key", work / "client_key")
    for path in paths:
        key = asyncssh.generate_private_key("ssh-ed25519")
        key.write_private_key(path)
        key.write_public_key(path.with_suffix(".pub"))
        path.chmod(0o600)
    return paths


@contextmanager
def openssh(work: Path, extra: str = "") -> Iterator[Server]:
    """Run OpenSSH's own server for the user who runs the tests."""
    program = shutil.which("sshd") or shutil.which("/usr/sbin/sshd")
    if program is None:
        pytest.skip("not run: OpenSSH's server is not installed")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # sshd insists on it when it is root
    work.mkdir(parents=True, exist_ok=True)
    host_key, client_key = make_keys(work)
    (work / "root").mkdir()
    shutil.copy(client_key.with_suffix(".pub"), work / "authorized_keys")
    port = free_port()
    conf = work / "sshd_config"
    conf.write_text(
        f"ListenAddress 127.0.0.1:{port}\nHostKey {host_key}\nAuthorizedKeysFile {work}/authorized_keys\n"
        f"PidFile {work}/pid\nStrictModes no\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin yes\n"
        f"MaxStartups 100\nMaxSessions 100\nSubsystem sftp internal-sftp\n{extra}\n",
        encoding="utf-8",
    )
    with (work / "said.txt").open("wb") as said:
        server = subprocess.Popen([program, "-D", "-e", "-f", str(conf)], stdout=said, stderr=said)
    try:
        _wait_for(port, server, work / "said.txt")
        yield Server(
            port=port,
            user=pwd.getpwuid(os.geteuid()).pw_name,
            key_file=client_key,
            host_key=" ".join(host_key.with_suffix(".pub").read_text().split()[:2]),
            root=work / "root",
        )
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait_for(port: int, server: subprocess.Popen[bytes], said: Path) -> None:
    for _ in range(200):
        assert server.poll() is None, said.read_text()
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(said.read_text())


@contextmanager
def in_process(
    work: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    without: tuple[bytes, ...] = (),
    files: Callable[[asyncssh.SSHServerChannel[bytes]], asyncssh.SFTPServer] = asyncssh.SFTPServer,
) -> Iterator[Server]:
    """Run a server in this process that announces no extension named in `without` and runs no commands."""
    work.mkdir(parents=True, exist_ok=True)
    host_key, client_key = make_keys(work)
    (work / "root").mkdir()
    handler = asyncssh.sftp.SFTPServerHandler
    kept = [(name, data) for name, data in handler._extensions if name not in without]
    monkeypatch.setattr(handler, "_extensions", kept)
    opened: list[Any] = []
    really_open = asyncssh.SFTPServer.open

    def open_and_note(self: asyncssh.SFTPServer, *arguments: Any) -> object:
        opened.append(really_open(self, *arguments))
        return opened[-1]

    monkeypatch.setattr(asyncssh.SFTPServer, "open", open_and_note)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def start() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_host_keys=[str(host_key)],
            authorized_client_keys=str(client_key.with_suffix(".pub")),
            sftp_factory=files,
        )

    async def stop(acceptor: asyncssh.SSHAcceptor) -> None:
        acceptor.close()
        await acceptor.wait_closed()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    acceptor = asyncio.run_coroutine_threadsafe(start(), loop).result()
    try:
        yield Server(
            port=acceptor.get_port(),
            user="publisher",
            key_file=client_key,
            host_key=" ".join(host_key.with_suffix(".pub").read_text().split()[:2]),
            root=work / "root",
        )
    finally:
        asyncio.run_coroutine_threadsafe(stop(acceptor), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
        for file in opened:
            file.close()  # a client that was cut off leaves them open, and a server that ends with it too


class Proxy:
    """A line to `port` that can be cut after a number of bytes, be refused, or fall silent."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.sent = 0
        """Bytes from the client, over all connections."""
        self.connections = 0
        self.cut_after: int | None = None
        """Bytes of the client after which a connection is closed; None: never."""
        self.refuses_after: int | None = None
        """Connections after which every further one is closed at once."""
        self.silent_after: int | None = None
        """Bytes of the client after which nothing more is passed on, while the connection stays."""
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Close everything."""
        self._listener.close()
        for one in self._open:
            one.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            if self.refuses_after is not None and self.connections > self.refuses_after:
                client.close()
                continue
            server = socket.create_connection(("127.0.0.1", self._to))
            self._open += [client, server]
            for one in (client, server):  # what is small goes on at once, as on a real line
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._pass, args=(client, server, True), daemon=True).start()
            threading.Thread(target=self._pass, args=(server, client, False), daemon=True).start()

    def _pass(self, source: socket.socket, to: socket.socket, counted: bool) -> None:
        passed = 0
        try:
            while body := source.recv(16384):
                if counted:
                    left = None if self.cut_after is None else self.cut_after - passed
                    if self.silent_after is not None and passed + len(body) > self.silent_after:
                        while self.silent_after is not None:
                            time.sleep(0.05)
                        return
                    body = body if left is None else body[: max(0, left)]
                    self.sent += len(body)
                passed += len(body)
                to.sendall(body)
                if counted and self.cut_after is not None and passed >= self.cut_after:
                    break
        except OSError:
            pass
        finally:
            for one in (source, to):
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)  # wakes the thread that passes the other way
                one.close()


@contextmanager
def proxied(server: Server) -> Iterator[Proxy]:
    """A line to `server` of which the test decides."""
    proxy = Proxy(server.port)
    try:
        yield proxy
    finally:
        proxy.silent_after = None
        proxy.close()
