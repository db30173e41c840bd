"""The second hallway: what is built reaches its portals. Each recipe reads from top to bottom."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from generator import release, signing
from generator.errors import ContentError, PublishError, QingdanError, UsageError
from generator.model.places import Division, DivisionCode
from generator.model.releases import PROVINCE_UNIT
from generator.model.settings import Site
from generator.model.targets import TargetSettings
from generator.model.text import Text

_COUNTY: Final = re.compile(r"[0-9]{6}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Errand:
    """Where to deliver, for whom, and in whose name."""

    site: Site
    moment: datetime
    owner: str
    """A line for humans that stands in the lock while the run lasts."""
    target: str | None = None
    """One target's name; None for all of them."""
    counties: tuple[str, ...] = ()
    """Counties, and `province`; empty for every unit."""
    key: Path | None = None
    """The private half of the release key; None where nothing has to be signed."""
    passphrase: bytes | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Raise UsageError for the name of a unit that is none: it would become the name of a folder."""
        for unit in self.counties:
            if _unit_named(unit) is None:
                raise UsageError(
                    Text(zh=f"“{unit}”不是县级代码。", en=f"{unit!r} is no code of a county."),
                    Text(zh="请写六位数字，或 province。", en="Six digits, or province."),
                )


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivered:
    """What became of one unit on one target."""

    target: TargetSettings
    unit: str | None
    """None where the target itself could not be opened, so that none of its units was tried."""
    published: release.Published | None
    error: QingdanError | None
    """Why it did not become live; the others go on."""
    notes: tuple[Text, ...] = ()


def publish(
    errand: Errand,
    built: Path,
    progress: release.Progress,
    *,
    max_deletes: int,
    dry_run: bool = False,
    preview: bool = False,
) -> Iterator[Delivered]:
    """Publish the units of a built site, to every target that takes them; yields each outcome as it comes.

    Raises UsageError or ContentError before anything is sent, where the errand cannot be meant.
    """
    targets = _targets(errand)
    sign = None if dry_run else _sign(errand)
    wanted = _wanted(errand, release.units_of(built), built)
    for target, units in _taking(targets, wanted):
        with ExitStack() as stack:
            place, error = _opened(target, errand, stack)
            if place is None:
                yield Delivered(target=target, unit=None, published=None, error=error)
                continue
            for unit in units:
                store, office = place.unit(unit), _office(errand, unit, sign)
                try:
                    with release.in_words(unit):
                        # Looked at before the unit is sealed and locked: a release that comes between is somebody else's.
                        seen = store.pointer()
                        tree = release.built_unit(built, unit)
                        if dry_run:
                            done = release.intended(store, tree, office, progress)
                        elif preview:
                            done = release.publish_preview(store, tree, office, progress)
                        else:
                            done = release.publish(store, seen, tree, office, max_deletes, progress)
                except QingdanError as refused:
                    yield Delivered(target=target, unit=unit, published=None, error=refused)
                else:
                    notes = tuple(place.notes)
                    yield Delivered(target=target, unit=unit, published=done, error=None, notes=notes)


def roll_back(errand: Errand, to: str | None, progress: release.Progress) -> Iterator[Delivered]:
    """Show an earlier release again, on every target asked for. The errand names its units: one click must not turn back a province."""
    targets, sign = _targets(errand), _sign(errand)
    for target, units in _taking(targets, errand.counties):
        with ExitStack() as stack:
            place, error = _opened(target, errand, stack)
            if place is None:
                yield Delivered(target=target, unit=None, published=None, error=error)
                continue
            for unit in units:
                try:
                    store, office = place.unit(unit), _office(errand, unit, sign)
                    with release.in_words(unit):
                        done = release.roll_back(store, store.pointer(), to, office, progress)
                except QingdanError as refused:
                    yield Delivered(target=target, unit=unit, published=None, error=refused)
                else:
                    yield Delivered(
                        target=target, unit=unit, published=done, error=None, notes=tuple(place.notes)
                    )


def strangers_site(content: Path) -> Site:
    """Return settings that know no target, county or key: whoever verifies with a public key alone needs none of them."""
    nowhere = Division(
        code=DivisionCode("000000"), name="", level="province", parent=None, english=None, successor=None
    )
    return Site(content=content, province=nowhere, base_url=None, divisions={}, counties=())


def releases(errand: Errand) -> Iterator[tuple[TargetSettings, str, Sequence[release.Past]]]:
    """Yield the history of every unit on every target asked for; units that were never published are left out."""
    for target in _targets(errand):
        with release.open_target(target, _base(errand.site)) as place:
            for unit in _units_of(errand, target):
                past = release.history(place.unit(unit), _office(errand, unit, None))
                if past:
                    yield target, unit, past


def verify(
    errand: Errand, what: str, known: Mapping[int, str], public: str | None, progress: release.Progress
) -> Iterator[release.Verdict]:
    """Hold a target (by name), an address or a folder against what was signed; yields a verdict for each unit found.

    `public` is the key to believe, instead of those of the settings.

    Raises UsageError where there is no release at all, ContentError where no key is known.
    """
    is_signed = _believing((public,) if public else _keys(errand.site))
    target = next((one for one in errand.site.targets if one.name == what), None)
    found = False
    with ExitStack() as stack:
        if target is not None:
            shown = _shown_target(errand, target, stack)
        elif what.startswith(("http://", "https://")):
            shown = _shown_portal(errand, what, stack)
        else:
            shown = _shown_folder(errand, Path(what))
        for where, unit, one in shown:
            found = True
            yield release.verify(one, where, unit, is_signed, known, progress)
    if not found:
        raise UsageError(
            Text(zh=f"在 {what} 没有找到任何发布。", en=f"No release was found at {what}."),
            Text(
                zh="请写 site.toml 中目标的名称、门户网址，或含有 release/release.json 的文件夹。",
                en="Give a target of site.toml, the address of a portal, or a folder with release/release.json.",
            ),
        )


def _base(site: Site) -> Path:
    return site.content.resolve().parent


def _targets(errand: Errand) -> tuple[TargetSettings, ...]:
    targets = errand.site.targets
    chosen = tuple(target for target in targets if errand.target in (None, target.name))
    if chosen:
        return chosen
    names = ", ".join(target.name for target in targets)
    if not targets:
        raise UsageError(
            Text(zh="site.toml 中还没有发布目标。", en="site.toml has no target yet."),
            Text(
                zh="请加上 [[target]]，写法见 docs/delivery.md。",
                en="Add a [[target]]; docs/delivery.md shows how.",
            ),
        )
    raise UsageError(
        Text(
            zh=f"site.toml 中没有叫“{errand.target}”的目标。",
            en=f"site.toml has no target named {errand.target!r}.",
        ),
        Text(zh=f"现有：{names}。", en=f"There are: {names}."),
    )


def _taking(
    targets: Sequence[TargetSettings], units: Sequence[str]
) -> Sequence[tuple[TargetSettings, Sequence[str]]]:
    """Return the targets that take any of `units`, each with those it takes. Raises UsageError where none does."""
    found = [
        (target, [unit for unit in units if not target.units or unit in target.units]) for target in targets
    ]
    taking = [(target, taken) for target, taken in found if taken]
    if not taking:
        names = ", ".join(target.name for target in targets)
        raise UsageError(
            Text(
                zh=f"发布目标（{names}）都不接收 {', '.join(units)}。",
                en=f"No target ({names}) takes {', '.join(units)}.",
            ),
            Text(
                zh="请核对 --county、--target 和 site.toml 中目标的 units。",
                en="Check --county, --target, and units of the targets in site.toml.",
            ),
        )
    return taking


def _opened(
    target: TargetSettings, errand: Errand, stack: ExitStack
) -> tuple[release.Target | None, QingdanError | None]:
    """Open a target; where that fails, the other targets are still served."""
    try:
        return stack.enter_context(release.open_target(target, _base(errand.site))), None
    except QingdanError as error:
        return None, error


def _wanted(errand: Errand, there: Sequence[str], built: Path) -> Sequence[str]:
    missing = sorted(set(errand.counties) - set(there))
    if missing or not there:
        named = ", ".join(missing)
        raise UsageError(
            Text(
                zh=f"{built} 中没有建成的{f' {named}' if named else '网站'}。",
                en=f"{built} holds no built {named or 'site'}.",
            ),
            Text(
                zh="请先运行 qingdan build；建在别处的，请加 --site 文件夹。",
                en="Run qingdan build first, or give --site FOLDER if it was built elsewhere.",
            ),
        )
    return [unit for unit in there if not errand.counties or unit in errand.counties]


def _units_of(errand: Errand, target: TargetSettings) -> Sequence[str]:
    every = (*(str(county.division.code) for county in errand.site.counties), PROVINCE_UNIT)
    chosen = errand.counties or target.units or every
    return [unit for unit in chosen if not target.units or unit in target.units]


def _keys(site: Site) -> tuple[str, ...]:
    if site.public_key is None:
        raise ContentError(
            Text(
                zh="site.toml 中还没有发布密钥的公钥。",
                en="site.toml has no public half of a release key yet.",
            ),
            Text(
                zh='请运行 qingdan keys make，把显示的公钥写入 [signing]：public = "ed25519:…"。',
                en='Run qingdan keys make and write what it shows into [signing]: public = "ed25519:…".',
            ),
        )
    return (site.public_key, *site.former_keys)


def _believing(keys: Sequence[str]) -> release.IsSigned:
    return lambda body, signature: any(signing.is_signed(key, body, signature) for key in keys)


def _sign(errand: Errand) -> release.Sign:
    """Return what signs, after making sure that its public half is the one that the world believes."""
    keys = _keys(errand.site)
    if errand.key is None:
        raise UsageError(
            Text(zh="没有给出发布密钥。", en="No release key was given."),
            Text(
                zh="请用 --key 文件，或把密钥文件的路径放入环境变量 QINGDAN_RELEASE_KEY。",
                en="Give --key FILE, or its path in the environment variable QINGDAN_RELEASE_KEY.",
            ),
        )
    key = signing.load_key(errand.key, errand.passphrase)
    public = signing.public_half(key)
    if public != keys[0]:
        raise UsageError(
            Text(
                zh=f"{errand.key} 的公钥是 {public}，与 site.toml 中的不同。",
                en=f"The public half of {errand.key} is {public}, not the one in site.toml.",
            ),
            Text(
                zh="请换用正确的密钥；若已更换密钥，请更新 [signing]：新公钥写入 public，旧公钥写入 former。",
                en="Use the right key; if it was replaced, put the new one into [signing] public, the old one into former.",
            ),
        )
    return lambda body: signing.sign(key, body)


def _no_key(body: bytes) -> str:
    raise AssertionError(f"nothing is signed while looking: {len(body)} bytes")


def _office(errand: Errand, unit: str, sign: release.Sign | None) -> release.Office:
    return release.Office(
        unit=unit,
        moment=errand.moment,
        owner=errand.owner,
        sign=sign or _no_key,
        is_signed=_believing(_keys(errand.site)),
    )


_Shown = tuple[str, str | None, release.ShownPortal | release.ShownFolder | release.ShownUnit]


def _shown_target(errand: Errand, target: TargetSettings, stack: ExitStack) -> Iterator[_Shown]:
    place = stack.enter_context(release.open_target(target, _base(errand.site)))
    for unit in _units_of(errand, target):
        store = place.unit(unit)
        # A history without a pointer is a portal that somebody emptied: it is looked at, and found wanting.
        if store.pointer() is not None or store.read("ledger.jsonl", 1 << 26) is not None:
            yield f"{target.name}/{unit}", unit, release.ShownUnit(store)


def _shown_portal(errand: Errand, address: str, stack: ExitStack) -> Iterator[_Shown]:
    """Yield the unit at an address, and the counties under it where it is the province's.

    Pages whose signature was taken away must not pass for pages that were never published: they are looked at, and found wanting.
    """
    portal = stack.enter_context(closing(release.ShownPortal(address)))
    own = _unit_named(portal.address.rstrip("/").rpartition("/")[2])
    if own is not None:
        yield portal.address, own, portal
        return
    if portal.has_release() or (_is_provinces(errand.site, portal.address) and portal.has_entrance()):
        yield portal.address, None, portal
    asked = [unit for unit in errand.counties if unit != PROVINCE_UNIT]
    for code in asked or [str(county.division.code) for county in errand.site.counties]:
        under = stack.enter_context(closing(release.ShownPortal(f"{portal.address}{code}/")))
        if asked or under.has_release() or under.has_entrance():
            yield under.address, code, under


def _unit_named(name: str) -> str | None:
    """Return the unit that a folder or the end of an address names: no other unit's release may stand there."""
    return name if name == PROVINCE_UNIT or _COUNTY.fullmatch(name) else None


def _is_provinces(site: Site, address: str) -> bool:
    """Whether the settings publish the province's pages at this address."""
    return any(
        target.address == address and (not target.units or PROVINCE_UNIT in target.units)
        for target in site.targets
    )


def _shown_folder(errand: Errand, folder: Path) -> Iterator[_Shown]:
    """Yield the release in a folder; or those that `current` leads to in it, or in the units under it."""
    if not folder.is_dir():
        raise UsageError(
            Text(zh=f"没有文件夹 {folder}。", en=f"There is no folder {folder}."),
            Text(
                zh="请写目标名称、以 https:// 开头的网址，或文件夹。",
                en="Give a target's name, an address that starts with https://, or a folder.",
            ),
        )
    own = _unit_named(folder.parent.name if folder.name == "current" else folder.name)
    if (folder / release.NOTE).is_file():
        yield str(folder), own, release.ShownFolder(folder)
    asked = errand.counties if own is None else ()
    places = [(folder / "current", own)] if own or not asked else []
    places += [(folder / unit / "current", unit) for unit in asked or _folders_in(folder)]
    for place, unit in places:
        # Pages without their signature are looked at too: somebody took it away.
        if unit in asked or (place / release.NOTE).is_file() or (place / "index.html").is_file():
            yield str(place), unit, release.ShownFolder(place)


def _folders_in(folder: Path) -> Sequence[str]:
    return sorted(inner.name for inner in folder.iterdir() if inner.is_dir())


def failed(outcomes: Sequence[Delivered]) -> QingdanError | None:
    """Return the first error of a run over several units, so that the run ends with its exit code."""
    errors = [one.error for one in outcomes if one.error is not None]
    return next((error for error in errors if isinstance(error, PublishError)), errors[0] if errors else None)
