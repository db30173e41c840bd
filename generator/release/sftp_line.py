"""The SSH connection under an SFTP target: who is at the other end, what it can do, and what happens when it is cut.

Requests run in an event loop of their own thread, so that signs of life go out while the caller is busy. A cut or silent line is
taken up again, with growing pauses, until one step has failed too often or the whole has taken too long; every step
that is run here must therefore bear being begun twice.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final, TypeVar

import asyncssh

from generator.errors import PublishError, UsageError
from generator.model.targets import SftpTarget
from generator.model.text import Text
from generator.release.sftp import Patience

T = TypeVar("T")

PIECE: Final = 64 * 1024
"""Bytes that are asked for, or sent, at a time: eight of them under way leave a line of 128 kbit/s silent for half a minute at most."""

_TALKERS: Final = ("asyncio", "asyncssh")
_NOTHING: Final = ".qingdan-no-such-file"
_SHA256_OF_NOTHING: Final = b"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
_LOST: Final = (
    asyncssh.DisconnectError,
    asyncssh.SFTPConnectionLost,
    asyncssh.SFTPNoConnection,
    ConnectionError,
    TimeoutError,
)
_HOST_ALGORITHMS: Final = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
)
# Nothing that waiting would mend: another machine, a key that is not welcome, no common way to speak.
_FINAL: Final = (
    asyncssh.HostKeyNotVerifiable,
    asyncssh.PermissionDenied,
    asyncssh.KeyExchangeFailed,
    asyncssh.ProtocolNotSupported,
)


class Line:
    """A connection to one SFTP target."""

    def __init__(self, settings: SftpTarget, key_file: Path, patience: Patience) -> None:
        self._settings = settings
        self.patience = patience
        self._key = _read_key(key_file)
        self._host_key = _read_host_key(settings)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._connection: asyncssh.SSHClientConnection | None = None
        self._sftp: asyncssh.SFTPClient | None = None
        self._connecting = asyncio.Lock()
        self._ends = 0.0
        self._probed = False
        self._levels: dict[str, int] = {}
        self.renames_over = False
        """posix-rename@openssh.com: a name can be given over what bears it, in one step."""
        self.links = False
        """hardlink@openssh.com: what the server has need not be sent again."""
        self.copies = False
        """copy-data: the server copies for us."""
        self.flushes = True
        """fsync@openssh.com, until a server has said that it does not know it."""
        self.hashes = False
        """Commands may be run, and one of them hashes files where they lie."""

    def __enter__(self) -> Line:
        # A cut line is our business and is said in our words; these two would print theirs, tracebacks included.
        self._loop.set_exception_handler(lambda _loop, _context: None)
        for name in _TALKERS:
            self._levels[name] = logging.getLogger(name).level
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        self._thread.start()
        stands = False
        try:
            self.run(self._nothing)
            stands = True
        finally:
            if not stands:
                self.__exit__(None, None, None)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        for name, level in self._levels.items():
            logging.getLogger(name).setLevel(level)

    @property
    def sftp(self) -> asyncssh.SFTPClient:
        """The file part of the connection that stands."""
        if self._sftp is None:
            raise asyncssh.ConnectionLost("no connection")
        return self._sftp

    def run(self, work: Callable[[], Awaitable[T]]) -> T:
        """Run `work`, again on a new connection where the line was cut.

        Raises PublishError where it stays cut, or the server refuses.
        """
        future = asyncio.run_coroutine_threadsafe(self._persevere(work), self._loop)
        try:
            return future.result()
        except asyncssh.SFTPError as error:
            raise self.refused(error) from error
        finally:
            future.cancel()  # after an interrupt of ours, what runs over there must not run on

    def run_once(self, work: Callable[[], Awaitable[None]]) -> None:
        """Run `work` if the line stands; where it does not, nothing is lost by leaving it. Raises PublishError for a refusal."""

        async def try_it() -> None:
            try:
                await work()
            except _LOST:
                return

        future = asyncio.run_coroutine_threadsafe(try_it(), self._loop)
        try:
            future.result()
        except asyncssh.SFTPError as error:
            raise self.refused(error) from error

    async def ask(self, request: Awaitable[T]) -> T:
        """Wait for the answer to one request, but not for ever. Raises TimeoutError for silence."""
        return await asyncio.wait_for(request, self.patience.silence)

    @asynccontextmanager
    async def opened(
        self, path: str, flags: int, mode: asyncssh.SFTPAttrs | None = None
    ) -> AsyncIterator[asyncssh.SFTPClientFile]:
        """Open a file over there while the block runs; after a failure it is left to the end of the connection."""
        attributes = mode or asyncssh.SFTPAttrs()
        handle = await self.ask(self.sftp.open(path, flags, attributes, encoding=None))
        yield handle
        await self.ask(handle.close())

    async def read(self, path: str, limit: int | None = None) -> bytes:
        """Return the bytes of a file, at most `limit` of them."""
        found = bytearray()
        async with self.opened(path, asyncssh.FXF_READ) as handle:
            while limit is None or len(found) < limit:
                size = PIECE if limit is None else min(PIECE, limit - len(found))
                piece = await self.ask(handle.read(size, len(found)))
                if not isinstance(piece, bytes) or not piece:
                    break
                found += piece
        return bytes(found)

    def background(self, work: Coroutine[Any, Any, None]) -> Callable[[], None]:
        """Let `work` run beside everything else; the call that is returned ends it."""

        async def start() -> asyncio.Task[None]:
            return asyncio.create_task(work)

        task = asyncio.run_coroutine_threadsafe(start(), self._loop).result()

        async def end() -> None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

        return lambda: asyncio.run_coroutine_threadsafe(end(), self._loop).result()

    async def command(self, command: str) -> bytes | None:
        """Run a command over there and return what it printed; None where it failed or none may be run."""
        if self._connection is None:
            raise asyncssh.ConnectionLost("no connection")
        try:
            done = await asyncio.wait_for(
                self._connection.run(command, stdin=asyncssh.DEVNULL, encoding=None),
                self._ends - self._loop.time(),
            )
        except (asyncssh.ChannelOpenError, asyncssh.ProcessError):
            return None
        return done.stdout if done.exit_status == 0 and isinstance(done.stdout, bytes) else None

    def refused(self, error: asyncssh.SFTPError) -> PublishError:
        """Return what the server refused, in words."""
        where = f"{self._settings.host}:{self._settings.path}"
        if isinstance(error, asyncssh.SFTPPermissionDenied):
            fix = Text(
                zh="请检查该账号对发布目录的写权限，然后再运行一次。",
                en="Check the account's right to write there, then run again.",
            )
        else:
            fix = Text(
                zh="请检查服务器的磁盘空间、配额和目录，然后再运行一次。",
                en="Check the server's disk, quota and folders, then run again.",
            )
        return PublishError(
            Text(
                zh=f"{where} 拒绝了操作：{error.reason}。",
                en=f"{where} refused: {error.reason}.",
            ),
            fix,
        )

    # The connection itself ----------------------------------------------------------------------------

    async def _nothing(self) -> None:
        """Being connected is all."""

    async def _persevere(self, work: Callable[[], Awaitable[T]]) -> T:
        if not self._ends:
            self._ends = self._loop.time() + self.patience.whole
        pause, said = self.patience.first_pause, ""
        for _ in range(self.patience.tries):
            left = self._ends - self._loop.time()
            if left <= 0:
                break
            try:
                await self._connected()
                return await asyncio.wait_for(work(), left)
            except _FINAL as error:
                raise self._not_welcome(error) from error
            except asyncssh.ChannelOpenError as error:
                raise self._no_files() from error
            except _LOST as error:
                said = str(error) or "timeout"
            except OSError as error:
                if self._sftp is not None:
                    raise  # of this machine's own disk
                said = error.strerror or str(error)
            await self._drop()
            await asyncio.sleep(max(0.0, min(pause, self._ends - self._loop.time())))
            pause = min(2 * pause, self.patience.longest_pause)
        raise PublishError(
            Text(
                zh=f"与 {self._settings.host} 的连接中断，多次重试未成：{said}。",
                en=f"The line to {self._settings.host} was cut and stayed so: {said}.",
            ),
            Text(
                zh="请检查网络后再运行一次；已传完的文件不会重传。",
                en="Check the network and run again; files that have arrived are not sent again.",
            ),
        )

    async def _connected(self) -> None:
        async with self._connecting:
            if self._sftp is None:
                await asyncio.wait_for(self._connect(), 2 * self.patience.silence)

    async def _connect(self) -> None:
        settings = self._settings
        self._connection = await asyncssh.connect(
            settings.host,
            settings.port,
            username=settings.user,
            client_keys=[self._key],
            # Exactly this key, of this kind; no file of the user's and no agent has a say.
            known_hosts=([self._host_key], [], []),
            server_host_key_algs=_algorithms(self._host_key),
            config=None,
            agent_path=None,
            preferred_auth=["publickey"],
            keepalive_interval=self.patience.silence / 4,
            keepalive_count_max=3,
            connect_timeout=self.patience.silence,
            login_timeout=self.patience.silence,
        )
        self._sftp = await self.ask(self._connection.start_sftp_client(path_encoding="utf-8"))
        self.renames_over = await self._knows(self._sftp.posix_rename(_NOTHING, _NOTHING + ".2"))
        self.links = await self._knows(self._sftp.link(_NOTHING, _NOTHING + ".2"))
        self.copies = self._sftp.supports_remote_copy
        if not self._probed:
            said = await self._probe_command()
            self.hashes = said is not None and said.startswith(_SHA256_OF_NOTHING)
            self._probed = True

    async def _probe_command(self) -> bytes | None:
        try:
            return await self.ask(self.command("sha256sum"))
        except TimeoutError:
            return None

    async def _knows(self, request: Awaitable[None]) -> bool:
        """Whether the server knows a request, tried on a file that is not there."""
        try:
            await self.ask(request)
        except asyncssh.SFTPOpUnsupported:
            return False
        except (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection):
            raise
        except asyncssh.SFTPError:
            return True
        return True

    async def _drop(self) -> None:
        connection, self._connection, self._sftp = self._connection, None, None
        if connection is not None:
            connection.abort()

    async def _close(self) -> None:
        if self._sftp is not None:
            self._sftp.exit()
        if self._connection is not None:
            self._connection.close()
            try:
                await asyncio.wait_for(self._connection.wait_closed(), 5)
            except (asyncssh.Error, OSError):
                self._connection.abort()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _no_files(self) -> PublishError:
        return PublishError(
            Text(
                zh=f"{self._settings.host} 不提供 SFTP。",
                en=f"{self._settings.host} offers no SFTP.",
            ),
            Text(
                zh="请在服务器的 sshd_config 中打开 Subsystem sftp。",
                en="Switch Subsystem sftp on in the server's sshd_config.",
            ),
        )

    def _not_welcome(self, error: asyncssh.Error) -> PublishError:
        settings = self._settings
        if isinstance(error, asyncssh.PermissionDenied):
            return PublishError(
                Text(
                    zh=f"{settings.host} 不接受用户 {settings.user} 的密钥。",
                    en=f"{settings.host} does not accept the key of {settings.user}.",
                ),
                Text(
                    zh="请核对 user 和 key_file，并确认公钥已写入服务器的 authorized_keys。",
                    en="Check user and key_file, and that the public half stands in the server's authorized_keys.",
                ),
            )
        return PublishError(
            Text(
                zh=f"{settings.host} 出示的主机密钥与 site.toml 中的不一致，没有连接，什么也没有写入。",
                en=f"{settings.host} shows another host key than site.toml says: nothing was sent.",
            ),
            Text(
                zh="请向服务器管理员核实：确系更换密钥，才可改 host_key；否则可能有人冒充该服务器。",
                en="Ask who runs the server: change host_key only if they changed theirs. Else somebody may pose as it.",
            ),
        )


def _algorithms(key: asyncssh.SSHKey) -> list[str]:
    """The signatures by which a server may prove who it is: the pinned key's first, so that it shows that one if it has several.

    The others stay, so that a server with another key gets as far as showing it, and is refused for that and not for a cut line.
    """
    own = [name.decode() for name in key.sig_algorithms if name != b"ssh-rsa"]  # SHA-1
    return own + [name for name in _HOST_ALGORITHMS if name not in own]


def _read_key(path: Path) -> asyncssh.SSHKey:
    try:
        return asyncssh.read_private_key(path)
    except asyncssh.KeyEncryptionError as error:
        raise UsageError(
            Text(zh=f"SSH 私钥 {path} 带口令。", en=f"The SSH key {path} has a passphrase."),
            Text(
                zh="发布是自动进行的：请另做一把只能发布、没有口令的密钥。",
                en="Publishing runs by itself: make a key without one, of an account that can only publish.",
            ),
        ) from error
    except (asyncssh.KeyImportError, OSError) as error:
        raise UsageError(
            Text(zh=f"{path} 不是可用的 SSH 私钥。", en=f"{path} is no usable SSH key."),
            Text(zh="请核对 site.toml 中的 key_file。", en="Check key_file in site.toml."),
        ) from error


def _read_host_key(settings: SftpTarget) -> asyncssh.SSHKey:
    try:
        return asyncssh.import_public_key(settings.host_key)
    except asyncssh.KeyImportError as error:
        raise UsageError(
            Text(
                zh=f"发布目标“{settings.name}”的 host_key 不是公钥。",
                en=f"host_key of the target {settings.name!r} is no public key.",
            ),
            Text(
                zh="请照抄服务器的 ssh_host_ed25519_key.pub。",
                en="Copy the server's ssh_host_ed25519_key.pub as it is.",
            ),
        ) from error
