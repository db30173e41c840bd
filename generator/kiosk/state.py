"""The folder that a kiosk keeps: its settings, the root it trusts, the releases, and where `current` leads.

kiosk.toml    what this machine is           releases/<n>/   trees, verified before they get this name
root.json     whom it trusts                 records/        what was verified of each
floor.A, .B   never below                    current         the release on the screen
metadata/     TUF's cache, may be lost       blobs/          what was downloaded, may be lost
health.json   how the last update went       update.lock
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from generator import durable
from generator.errors import UsageError
from generator.kiosk import bundle, floor, metadata
from generator.kiosk.bundle import Release
from generator.kiosk.face import FaceSettings, settings_script
from generator.kiosk.floor import Floor, Floors
from generator.kiosk.refusal import Refusal
from generator.model.releases import Manifest, manifest_from
from generator.model.text import Text

_COUNTY = re.compile(r"[0-9]{6}")
_TOWNSHIP = re.compile(r"[0-9]{9}")
_LANG = re.compile(r"[a-z]{2}")
_NO_TIME: Final = "1970-01-01T00:00:00Z"


@dataclass(frozen=True, kw_only=True, slots=True)
class KioskSettings:
    """`kiosk.toml`: what this machine is. Written once at installation; a person may edit it."""

    county: str
    township: str
    """Of the service centre."""
    sources: tuple[str, ...] = ()
    """Addresses or folders, asked in turn."""
    lang: str = "zh"
    elder: bool = False
    printing: bool = False
    idle_seconds: int = 60

    @property
    def home(self) -> str:
        """The page the screen starts with."""
        return f"{self.lang}/{self.township}/index.html"


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """What was verified of a release when it was taken."""

    release: Release
    manifest: Manifest
    floor: Floor


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """What the screen shows, as far as this machine can prove it."""

    number: int | None
    """Of the release that `current` names."""
    record: Record | None
    floors: Floors
    floor: Floor | None
    """The bound that holds: the newest copy, or with both gone what the record of the release on the screen says."""

    def moment(self, now: datetime) -> datetime:
        """Return the time to go by: a clock that lost its battery is behind what was signed."""
        return max(now, self.floor.signed_at) if self.floor else now

    def is_stale(self, now: datetime) -> bool:
        """Whether nobody has confirmed for too long that this is still the newest."""
        return self.floor is None or self.moment(now) > floor.moment_from(self.floor.expires)


def load_settings(state: Path) -> KioskSettings:
    """Read `kiosk.toml`. Raises UsageError where it is missing or something in it cannot be meant."""
    path = state / "kiosk.toml"
    try:
        fields = tomllib.loads(path.read_text(encoding="utf-8"))
        sources = fields.get("sources", [])
        if not isinstance(sources, list) or not all(isinstance(source, str) for source in sources):
            raise ValueError('sources = ["https://…"]')
        settings = KioskSettings(**{**fields, "sources": tuple(sources)})
        _must_be_sound(settings)
    except FileNotFoundError as error:
        raise UsageError(
            Text(zh=f"{state} 还没有设置。", en=f"{state} was not set up yet."),
            Text(zh="请先运行 kiosk setup。", en="Run kiosk setup first."),
        ) from error
    except (OSError, TypeError, ValueError) as error:
        raise UsageError(
            Text(zh=f"{path} 有误：{error}", en=f"{path} is wrong: {error}"),
            Text(zh="请对照 deploy/kiosk/README.md 改正。", en="Correct it as in deploy/kiosk/README.md."),
        ) from error
    return settings


def _must_be_sound(settings: KioskSettings) -> None:
    texts = {"county": _COUNTY, "township": _TOWNSHIP, "lang": _LANG}
    wrong = [
        name
        for name, pattern in texts.items()
        if not isinstance(said := getattr(settings, name), str) or not pattern.fullmatch(said)
    ]
    wrong += [name for name in ("elder", "printing") if not isinstance(getattr(settings, name), bool)]
    if not isinstance(settings.idle_seconds, int) or not 10 <= settings.idle_seconds <= 3600:
        wrong.append("idle_seconds")
    if not wrong and not settings.township.startswith(settings.county):
        wrong.append("township")
    if wrong:
        raise ValueError(", ".join(wrong))


def set_up(state: Path, settings: KioskSettings, root: bytes) -> None:
    """Make a state folder.

    Raises:
        UsageError: there is one already, a setting cannot be meant, `root` is no root that signs itself, or the disk has
            no symbolic links.
    """
    try:
        _must_be_sound(settings)
    except ValueError as error:
        raise UsageError(
            Text(zh=f"设置有误：{error}。", en=f"Wrong settings: {error}."),
            Text(
                zh="县级代码（county）六位，乡镇（街道）代码（township）九位且以县级代码开头，语言（lang）如 zh、en。",
                en="county has six digits, township nine, beginning with the county's; lang is zh, en or the like.",
            ),
        ) from error
    signed, keeper = metadata.root_from(root)
    if not keeper.get_verification_result("root", signed.signed_bytes, signed.signatures):
        raise UsageError(
            Text(zh="这个 root.json 的签名不够。", en="This root.json does not have enough signatures."),
            Text(zh="请向密钥保管人索取签好的根元数据。", en="Ask the key keepers for the signed one."),
        )
    if (state / "kiosk.toml").exists():
        raise UsageError(
            Text(zh=f"{state} 已经设置过，未改动。", en=f"{state} was set up already and is left alone."),
            Text(
                zh="改设置请直接编辑 kiosk.toml；换机构请用新文件夹。",
                en="Edit kiosk.toml, or use a new folder.",
            ),
        )
    durable.make_folders(state / "releases")
    durable.make_folders(state / "records")
    _must_have_links(state)
    durable.replace_file(state / "root.json", root)
    durable.replace_file(state / "kiosk.toml", _toml(settings).encode())


def _must_have_links(state: Path) -> None:
    probe = state / "probe.link"
    try:
        durable.symlink(probe, "releases")
        durable.unlink(probe)
    except OSError as error:
        raise UsageError(
            Text(
                zh=f"{state} 所在的磁盘不支持符号链接（如 FAT）。",
                en=f"The disk of {state} has no symbolic links.",
            ),
            Text(
                zh="请放到本机系统盘上（ext4、xfs、btrfs）。",
                en="Use the machine's own disk (ext4, xfs, btrfs).",
            ),
        ) from error


def _toml(settings: KioskSettings) -> str:
    def said(value: object) -> str:
        # A JSON string is a TOML basic string as long as nothing beyond the basic plane is escaped.
        return json.dumps(value, ensure_ascii=False)

    return (
        f"county = {said(settings.county)}\ntownship = {said(settings.township)}\n"
        f"sources = {said(list(settings.sources))}\nlang = {said(settings.lang)}\n"
        f"elder = {said(settings.elder)}\nprinting = {said(settings.printing)}\n"
        f"idle_seconds = {settings.idle_seconds}\n"
    )


def current_number(state: Path) -> int | None:
    """Return the number of the release that `current` names, or None where it leads nowhere of ours."""
    try:
        said = os.fspath((state / "current").readlink())
    except OSError:
        return None
    folder, _, name = said.rpartition("/")
    return int(name) if folder == "releases" and name.isascii() and name.isdigit() else None


def tree_of(state: Path, number: int) -> Path:
    """Return the folder of a release."""
    return state / "releases" / str(number)


def write_record(state: Path, record: Record) -> None:
    """Keep what was verified of a release."""
    number = record.release.number
    fields = {"release": record.release.body().decode(), "floor": floor.floor_fields(record.floor)}
    durable.make_folders(state / "records")
    # The flush of the folder after the second one lets both last.
    durable.replace_file(state / "records" / f"{number}.manifest", record.manifest.body(), lasting=False)
    durable.replace_file(state / "records" / f"{number}.json", json.dumps(fields, sort_keys=True).encode())


def read_record(state: Path, number: int) -> Record | None:
    """Return what was verified of a release, or None where that is lost or damaged."""
    try:
        fields: dict[str, Any] = json.loads((state / "records" / f"{number}.json").read_bytes())
        release = bundle.release_from(fields["release"].encode())
        manifest = manifest_from((state / "records" / f"{number}.manifest").read_bytes())
        held = floor.floor_from(fields["floor"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, Refusal):
        return None
    if manifest.digest != release.manifest or release.number != number or held.release != number:
        return None
    return Record(release=release, manifest=manifest, floor=held)


def look(state: Path) -> Shown:
    """Return what the screen shows and how low an update may not go."""
    floors = floor.read_floors(state)
    number = current_number(state)
    record = read_record(state, number) if number is not None else None
    bound = floors.floor
    if bound is None and record is not None:
        bound = record.floor
    elif bound is None and number is not None:
        # All is lost but the name of the folder: still nothing older than that.
        bound = Floor(
            release=number,
            manifest="",
            root=0,
            timestamp=0,
            snapshot=0,
            targets=0,
            keys=dict.fromkeys(floor.ROLES, ""),
            signed=_NO_TIME,
            expires=_NO_TIME,
        )
    elif bound is not None and number is not None and number > bound.release:
        bound = replace(bound, release=number, manifest=record.release.manifest if record else "")
    return Shown(number=number, record=record, floors=floors, floor=bound)


def script_of(settings: KioskSettings, release: Release, held: Floor, tree: Path) -> bytes:
    """Return the settings script of this machine for one release. Raises KioskRefusedError (see `face`)."""
    return settings_script(
        FaceSettings(
            township=settings.township,
            number=release.number,
            released=date.fromisoformat(release.date),
            fresh_until=floor.moment_from(held.expires).date(),
            signed=held.signed_at,
            lang=settings.lang,
            elder=settings.elder,
            idle_seconds=settings.idle_seconds,
            printing=settings.printing,
            address=release.address,
        ),
        tree,
    )
