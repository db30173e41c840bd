"""A bucket of an object storage that speaks S3, as a place that releases are published to.

There are no links and no renaming there, so every release has a prefix of its own that is never written again, and one small object,
`<unit>/current.json`, says which of them is live: `{"release":"<id>"}`. That object is replaced with a condition, so that of two
machines which publish at once one is told that it lost. Readers get whole releases if whatever serves the bucket (a CDN's origin
path, a web server in front) follows this object.

    <prefix>/<unit>/releases/<id>/…        a release; <prefix>/<unit>/releases/<id>.sealed: it is whole
    <prefix>/<unit>/releases/<id>.claim    which run writes it: two machines may give the same id in the same second
    <prefix>/<unit>/previews/<id>…         the same for a preview
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, Final, TypeVar

from generator.errors import LockedError, NotInstalledError, PublishError
from generator.model.releases import Entry
from generator.model.targets import BucketTarget
from generator.model.text import Text
from generator.release.note import is_id
from generator.release.order import is_by_content, readers_order
from generator.release.target import Progress, Staged
from generator.release.target import Unit as UnitOfTarget

if TYPE_CHECKING:
    from s3fs import S3FileSystem  # type: ignore[import-untyped]  # no types of its own

T = TypeVar("T")

_POINTER: Final = "current.json"
_SEALED: Final = ".sealed"
_CLAIM: Final = ".claim"
_MET: Final = frozenset({"PreconditionFailed", "412", "ConditionalRequestConflict", "409"})
"""412: not what the condition says; 409: two at the same moment."""
_AT_ONCE: Final = 8
_WHOLE_SECONDS: Final = 4 * 3600
"""For one step over all its files: 200 MB at 128 kbit/s."""
_TYPES: Final[Mapping[str, str]] = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "application/javascript; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "jsonl": "text/plain; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "xml": "text/xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@contextmanager
def open_s3(settings: BucketTarget) -> Iterator[BucketPlace]:
    """Open a bucket; credentials come from the environment or a profile, as every S3 program finds them.

    Raises:
        UsageError: the package for it is not installed.
        PublishError: the bucket cannot be reached with these credentials.
    """
    try:
        import s3fs
    except ImportError as error:
        raise NotInstalledError("s3fs") from error
    files = s3fs.S3FileSystem(
        endpoint_url=settings.endpoint,
        client_kwargs={"region_name": settings.region} if settings.region else {},
        config_kwargs={
            # Many storages that speak S3 know no other checksums than those of old.
            "request_checksum_calculation": "when_required",
            "response_checksum_validation": "when_required",
            "retries": {"mode": "standard", "max_attempts": 6},
            "connect_timeout": 20,
            "read_timeout": 60,
        },
        skip_instance_cache=True,
    )
    bucket = Bucket(files, settings)
    bucket.call("head_bucket")
    yield BucketPlace(bucket, settings)


class Bucket:
    """Requests to one bucket, their refusals put into words."""

    def __init__(self, files: S3FileSystem, settings: BucketTarget) -> None:
        self._files = files
        self._settings = settings
        self.conditions = True
        """Whether the storage keeps the conditions of a put; found out when a release is sealed."""

    def key(self, unit: str, path: str) -> str:
        """The name of an object of a unit."""
        return "/".join(part for part in (self._settings.prefix, unit, path) if part)

    @property
    def name(self) -> str:
        """The bucket, as messages say it."""
        return f"s3://{self._settings.bucket}/{self._settings.prefix}"

    async def ask(self, request: str, **fields: Any) -> dict[str, Any]:
        """Send one request of the S3 API and return its answer; a server that is busy is asked again."""
        await self._files.set_session()
        client = await self._files.get_s3(self._settings.bucket)
        answer = await getattr(client, request)(Bucket=self._settings.bucket, **fields)
        assert isinstance(answer, dict)
        return answer

    def call(self, request: str, **fields: Any) -> dict[str, Any]:
        """`ask`, waited for."""
        return self.run(lambda: self.ask(request, **fields))

    def run(self, work: Callable[[], Awaitable[T]]) -> T:
        """Run requests to their end. Raises PublishError for what was refused or did not arrive."""
        from botocore.exceptions import (  # type: ignore[import-untyped]  # no types of its own
            BotoCoreError,
            ClientError,
        )
        from fsspec.asyn import sync  # type: ignore[import-untyped]  # no types of its own

        async def started() -> T:
            return await work()

        try:
            done: T = sync(self._files.loop, started, timeout=_WHOLE_SECONDS)
        except ClientError as error:
            raise self._refused(code_of(error)) from error
        except (BotoCoreError, OSError) as error:
            raise PublishError(
                Text(
                    zh=f"{self.name} 无法访问：{error or type(error).__name__}。",
                    en=f"{self.name} cannot be reached: {error or type(error).__name__}.",
                ),
                Text(
                    zh="请检查网络、endpoint 和访问凭据（环境变量或配置档），然后再运行一次。",
                    en="Check network, endpoint and credentials (environment or profile), then run again.",
                ),
            ) from error
        return done

    def _refused(self, code: str) -> PublishError:
        return PublishError(
            Text(zh=f"{self.name} 拒绝了操作：{code}。", en=f"{self.name} refused: {code}."),
            Text(
                zh="请检查存储桶、权限和配额，然后再运行一次。",
                en="Check bucket, rights and quota, then run again.",
            ),
        )

    async def body(self, key: str, limit: int | None = None) -> tuple[bytes, str] | None:
        """Return an object's bytes and its ETag; None where there is none. Raises PublishError beyond `limit` bytes."""
        from botocore.exceptions import ClientError

        try:
            answer = await self.ask("get_object", Key=key)
        except ClientError as error:
            if code_of(error) in ("NoSuchKey", "404", "NotFound"):
                return None
            raise
        async with answer["Body"] as stream:
            if limit is not None and int(answer["ContentLength"]) > limit:
                raise PublishError(
                    Text(zh=f"{key} 大得反常。", en=f"{key} is far too large."),
                    Text(zh="请查明原因后删除它。", en="Find out why, then remove it."),
                )
            return await stream.read(), str(answer["ETag"])

    async def entry(self, key: str, path: str, size: int) -> Entry:
        """Read an object that should have `size` bytes in pieces, and return what it is; of a longer one no more is read."""
        from botocore.exceptions import ClientError

        digest, there = hashlib.sha256(), 0
        try:
            answer = await self.ask("get_object", Key=key)
        except ClientError as error:
            if code_of(error) in ("NoSuchKey", "404", "NotFound"):
                return Entry(path=path, size=0, sha256="")
            raise
        async with answer["Body"] as stream:
            while there <= size and (piece := await stream.read(min(_PIECE, size + 1 - there))):
                digest.update(piece)
                there += len(piece)
        return Entry(path=path, size=there, sha256=digest.hexdigest())

    async def keys(self, start: str) -> dict[str, int]:
        """Return the size of every object whose name begins with `start`."""
        found: dict[str, int] = {}
        more: dict[str, str] = {}
        while True:
            answer = await self.ask("list_objects_v2", Prefix=start, **more)
            found |= {one["Key"]: int(one["Size"]) for one in answer.get("Contents", [])}
            if not answer.get("IsTruncated"):
                return found
            more = {"ContinuationToken": answer["NextContinuationToken"]}


def code_of(error: Exception) -> str:
    """The storage's own word for an error."""
    response = getattr(error, "response", {})
    return str(response.get("Error", {}).get("Code", "?"))


_PIECE: Final = 1 << 20


class BucketPlace:
    """An open bucket."""

    def __init__(self, bucket: Bucket, settings: BucketTarget) -> None:
        self._bucket = bucket
        self._settings = settings

    @property
    def notes(self) -> Sequence[Text]:
        """How readers come to see a release, and what the storage does not promise."""
        said = [
            Text(
                zh=f"{self._bucket.name}：新版写在各自的前缀下，由 current.json 指明在线的一版；CDN 或前置服务器须按它取文件。",
                en=f"{self._bucket.name}: releases have prefixes of their own, current.json names the live one; "
                "the CDN or server in front has to follow it.",
            )
        ]
        if not self._bucket.conditions:
            said.append(
                Text(
                    zh="该存储不支持条件写入：两台机器同时发布时，后写的一方为准，请只在一台机器上发布。",
                    en="This storage ignores conditions: if two machines publish at once the later one wins; use one machine.",
                )
            )
        return said

    def unit(self, unit: str) -> UnitOfTarget:
        """Return one unit's prefix."""
        return BucketUnit(self._bucket, unit)


class BucketUnit:
    """One unit of a bucket; `target.Unit` says what each step promises."""

    def __init__(self, bucket: Bucket, unit: str) -> None:
        self._bucket = bucket
        self._unit = unit
        self._token = os.urandom(8).hex().encode()

    def _key(self, path: str) -> str:
        return self._bucket.key(self._unit, path)

    @property
    def site_atomic(self) -> bool:
        """One object decides."""
        return True

    def lock(self, owner: str) -> AbstractContextManager[None]:
        """Nothing: the condition of `switch` decides who wins."""
        del owner
        return nullcontext()

    # Reading ------------------------------------------------------------------------------------------

    def pointer(self) -> str | None:
        """The id that current.json says."""
        return self._bucket.run(self._pointer)[0]

    async def _pointer(self) -> tuple[str | None, str | None]:
        """The live id, and the pointer's ETag."""
        found = await self._bucket.body(self._key(_POINTER), 1000)
        if found is None:
            return None, None
        body, etag = found
        try:
            fields = json.loads(body)
            name = str(fields["release"])
        except (ValueError, KeyError, TypeError):
            name = ""
        if not is_id(name):
            raise PublishError(
                Text(
                    zh=f"{self._key(_POINTER)} 不是本程序写的。",
                    en=f"{self._key(_POINTER)} was not written by this program.",
                ),
                Text(
                    zh="请查明是谁改的；确认后删除它再发布。",
                    en="Find out who changed it; then remove it and publish again.",
                ),
            )
        return name, etag

    def releases(self) -> Sequence[str]:
        """Ids of sealed releases."""
        return self._bucket.run(lambda: self._names("releases"))

    def previews(self) -> Sequence[str]:
        """Ids of sealed previews."""
        return self._bucket.run(lambda: self._names("previews"))

    async def _names(self, home: str, *, sealed: bool = True) -> Sequence[str]:
        start = self._key(f"{home}/")
        whole, all_names = set(), set()
        more: dict[str, str] = {}
        while True:
            answer = await self._bucket.ask("list_objects_v2", Prefix=start, Delimiter="/", **more)
            all_names |= {
                one["Prefix"].removeprefix(start).rstrip("/") for one in answer.get("CommonPrefixes", [])
            }
            names = [one["Key"].removeprefix(start) for one in answer.get("Contents", [])]
            whole |= {name.removesuffix(_SEALED) for name in names if name.endswith(_SEALED)}
            if not answer.get("IsTruncated"):
                return sorted(whole if sealed else all_names - whole)
            more = {"ContinuationToken": answer["NextContinuationToken"]}

    def read(self, path: str, limit: int) -> bytes | None:
        """The bytes of a small object of the unit."""
        found = self._bucket.run(lambda: self._bucket.body(self._key(path), limit))
        return None if found is None else found[0]

    def read_live(self, path: str) -> bytes | None:
        """An object of the release that current.json names."""

        async def read() -> bytes | None:
            name, _ = await self._pointer()
            found = None if name is None else await self._bucket.body(self._key(f"releases/{name}/{path}"))
            return None if found is None else found[0]

        return self._bucket.run(read)

    def reread(self, place: str, progress: Progress) -> Iterator[Entry]:
        """Every object of a sealed place, read back and hashed."""
        yield from self._bucket.run(lambda: self._reread(place, progress))

    async def _reread(self, place: str, progress: Progress) -> list[Entry]:
        start = self._key(f"{place}/")
        sizes = await self._bucket.keys(start)
        keys = sorted(sizes)
        found: list[Entry] = []

        async def one(key: str) -> None:
            found.append(await self._bucket.entry(key, key.removeprefix(start), sizes[key]))
            progress(place, len(found), len(keys))

        await _side_by_side(one, keys)
        return found

    # Staging ------------------------------------------------------------------------------------------

    def recover(self) -> Sequence[Text]:
        """Remove what was staged and can never go live any more: its number is that of a release which is, or lower.

        What bears the next number may be another machine's work of this very moment, and is left alone.
        """
        return self._bucket.run(self._recover)

    async def _recover(self) -> Sequence[Text]:
        live, _ = await self._pointer()
        said = []
        for name in await self._names("releases", sealed=False):
            if live is None or not is_id(name) or _number(name) > _number(live):
                continue
            await self._remove_objects(f"releases/{name}")
            said.append(
                Text(
                    zh=f"清除了中断时留下的 releases/{name}。",
                    en=f"Removed releases/{name}, left by a run that was cut.",
                )
            )
        return said

    def preflight(self, size: int, files: int) -> None:
        """Nothing: a bucket does not say how full it is, and a refused put leaves the old release live."""

    def stage(self, place: str, files: Sequence[Staged], progress: Progress) -> None:
        """Put the objects, each class of them only when the one before is there: what a page names exists before the page."""
        self._bucket.run(lambda: self._stage(place, files, progress))

    async def _stage(self, place: str, files: Sequence[Staged], progress: Progress) -> None:
        await self._claim(place)
        classes: dict[int, list[Staged]] = {}
        for file in files:
            classes.setdefault(readers_order(file.entry.path)[0], []).append(file)
        done = 0

        async def one(file: Staged) -> None:
            nonlocal done
            await self._put(place, file)
            done += 1
            progress(file.entry.path, done, len(files))

        for rank in sorted(classes):
            await _side_by_side(one, classes[rank])

    async def _claim(self, place: str) -> None:
        from botocore.exceptions import ClientError

        key = self._key(f"{place}{_CLAIM}")
        try:
            await self._bucket.ask("put_object", Key=key, Body=self._token, IfNoneMatch="*")
        except ClientError as error:
            if code_of(error) not in _MET:
                raise
        if not await self._is_ours(place):
            raise self._overtaken()

    async def _is_ours(self, place: str) -> bool:
        found = await self._bucket.body(self._key(f"{place}{_CLAIM}"), 100)
        return found is not None and found[0] == self._token

    def _overtaken(self) -> LockedError:
        return LockedError(
            Text(
                zh=f"{self._bucket.name} 在此期间已由他人发布。",
                en=f"Somebody published to {self._bucket.name} meanwhile.",
            ),
            Text(zh="请核对在线版本后重试。", en="Look at what is live, then run again."),
        )

    async def _put(self, place: str, file: Staged) -> None:
        from botocore.exceptions import ClientError

        key = self._key(f"{place}/{file.entry.path}")
        if file.held_in is not None:
            source = {
                "Bucket": self._bucket._settings.bucket,
                "Key": self._key(f"{file.held_in}/{file.entry.path}"),
            }
            try:
                await self._bucket.ask("copy_object", Key=key, CopySource=source)
            except ClientError:
                if file.source is None:
                    raise
            else:
                return
        if file.source is None:
            raise AssertionError(file.entry.path)
        body = file.source if isinstance(file.source, bytes) else file.source.read_bytes()
        await self._bucket.ask("put_object", Key=key, Body=body, **_headers(file.entry.path))

    def seal(self, place: str) -> None:
        """Say that the release is whole; on the way, find out whether the storage keeps conditions."""
        from botocore.exceptions import ClientError

        async def seal() -> None:
            key = self._key(f"{place}{_SEALED}")
            await self._bucket.ask("put_object", Key=key, Body=b"")
            try:
                await self._bucket.ask("put_object", Key=key, Body=b"", IfNoneMatch="*")
            except ClientError as error:
                self._bucket.conditions = code_of(error) in ("PreconditionFailed", "412")
            else:
                self._bucket.conditions = False

        self._bucket.run(seal)

    # Switching ----------------------------------------------------------------------------------------

    def switch(self, expected: str | None, to: str) -> None:
        """Replace current.json on the condition that it is the one we know; else compare right before."""
        self._bucket.run(lambda: self._switch(expected, to))

    async def _switch(self, expected: str | None, to: str) -> None:
        from botocore.exceptions import ClientError

        for _ in range(3):
            live, etag = await self._pointer()
            if live == to:
                return
            if live != expected:
                break
            condition = {"IfNoneMatch": "*"} if etag is None else {"IfMatch": etag}
            body = json.dumps({"release": to}, separators=(",", ":")).encode() + b"\n"
            try:
                await self._bucket.ask(
                    "put_object",
                    Key=self._key(_POINTER),
                    Body=body,
                    **_headers(_POINTER),
                    **(condition if self._bucket.conditions else {}),
                )
            except ClientError as error:
                # An answer of ours that got lost looks the same: look again.
                if code_of(error) not in _MET:
                    raise
        if (await self._pointer())[0] != to:
            raise self._overtaken()

    def write(self, path: str, body: bytes) -> None:
        """Replace a small object."""
        self._bucket.call("put_object", Key=self._key(path), Body=body, **_headers(path))

    def remove(self, place: str) -> None:
        """Remove a release or preview that nobody sees; first the word that it is whole.

        Raises LockedError for one that another run may be about to show.
        """
        self._bucket.run(lambda: self._remove(place))

    async def _remove(self, place: str) -> None:
        live, _ = await self._pointer()
        home, _, name = place.partition("/")
        if home == "releases" and name == live:
            raise PublishError(
                Text(zh=f"{self._key(place)} 正在线，不能删除。", en=f"{self._key(place)} is live."),
                Text(zh="请人工核对。", en="Look at it by hand."),
            )
        is_next = home == "releases" and (live is None or _number(name) > _number(live))
        if is_next and not await self._is_ours(place):
            raise self._overtaken()
        await self._remove_objects(place)

    async def _remove_objects(self, place: str) -> None:
        async def one(key: str) -> None:
            await self._bucket.ask("delete_object", Key=key)

        await one(self._key(f"{place}{_SEALED}"))
        await _side_by_side(one, sorted(await self._bucket.keys(self._key(f"{place}/"))))
        await one(self._key(f"{place}{_CLAIM}"))


def _number(release: str) -> int:
    return int(release.rpartition("-")[2])


def _headers(path: str) -> dict[str, str]:
    """Say of an object what a web server would say of the file."""
    kind = _TYPES.get(path.rpartition(".")[2], "application/octet-stream")
    keep = "public, max-age=31536000, immutable" if is_by_content(path) else "no-cache"
    headers = {"ContentType": kind, "CacheControl": keep}
    if path.startswith(("data/", "originals/")):
        headers["ContentDisposition"] = "attachment"
    return headers


async def _side_by_side(work: Callable[[T], Awaitable[None]], things: Sequence[T]) -> None:
    left = iter(things)

    async def worker() -> None:
        for thing in left:
            await work(thing)

    tasks = [asyncio.ensure_future(worker()) for _ in range(_AT_ONCE)]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
