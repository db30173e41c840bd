"""The recipe of an update: record what was filed since, build what it touches and nothing else, and say what changed.

What is built again is decided by digests: of everything a unit's pages are made of, and of the pages themselves as they lie
there. File times decide nothing. A small record beside the site holds both for every unit; where it is missing, damaged, of
another make, or does not fit the pages, they are built again. So an update and a first build give the same bytes.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import sqlite3
import tomllib
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from generator import register, settings
from generator.build import BuildPlan, Progress, accept, build_site, propose
from generator.durable import locked, replace_file
from generator.errors import DiffersError
from generator.model.filings import Filing
from generator.model.findings import Checked
from generator.model.lists import VersionChanges
from generator.model.releases import PROVINCE_UNIT, Manifest
from generator.model.settings import County, Site
from generator.model.text import ZH, Text
from generator.sealing import hash_file, seal, walk
from generator.staging import make_parent

RECORD_FORMAT: Final = 1

# Tables of site.toml that say where releases go and who signs them: no page shows them.
_NOT_SHOWN: Final = frozenset({"signing", "target"})

Inputs = Mapping[str, str]
"""Part of what pages are made of (`county`, `register`, `lists`, `wording`, …) → SHA-256 of it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Accepted:
    """What became of a filing folder that was not recorded yet."""

    folder: Path
    checked: Checked
    proposal: register.Proposal | None
    recorded: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class CameIntoForce:
    """A filing whose lists the pages show now and did not show before."""

    filing: Filing
    lists: int
    """How many lists it states, over all its townships."""
    changes: tuple[VersionChanges, ...]
    """Against the versions before it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rebuilt:
    """One unit whose pages were written again."""

    unit: str
    name: str
    why: tuple[str, ...]
    """`new` (no record of it), `damaged` (its pages are not as they were written), or the parts of its inputs that differ."""
    in_force: tuple[CameIntoForce, ...]
    no_longer: tuple[str, ...]
    """Filings whose lists the pages showed and show no more (a day or a stage was moved)."""
    added: int
    changed: int
    removed: int
    """Files that were not there before, that hold other bytes now, and that are gone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Updated:
    """What an update found and did."""

    accepted: tuple[Accepted, ...]
    waiting: tuple[Path, ...]
    """Filings not looked at, since an earlier one of their county was refused."""
    rebuilt: tuple[Rebuilt, ...]
    units: int
    """How many units the site has."""

    @property
    def refused(self) -> bool:
        """Whether a filing was refused: then nothing was built."""
        return any(not one.recorded for one in self.accepted)


@contextmanager
def alone(out: Path) -> Iterator[None]:
    """Keep other updates away from the site at `out`, until what was built is published too.

    Raises LockedError where another update runs, UsageError where `out` lies below a file.
    """
    make_parent(out)
    with locked(out.parent / f".{out.name}.update.lock"):
        yield


def update(plan: BuildPlan, progress: Progress, *, frozen: bool = False) -> Updated:
    """Record every filing folder that is not recorded yet, then build the units whose inputs or pages differ.

    Where a filing is refused, nothing is built and later filings of its county wait. `plan.only` is not looked at.
    With `frozen` nothing is recorded: a filing that could have been is a DiffersError. The caller holds `alone`.

    Raises:
        ContentError: settings, a filing.toml, wording or templates are invalid.
        DiffersError: an original is not the file that was recorded; or `frozen`, and one is not recorded.
        LockedError: another run builds this site, or writes to the register.
    """
    site = settings.load_site(plan.content)
    accepted, waiting = (_refuse_unrecorded(site, plan), ()) if frozen else _accept_new(site, plan)
    done = Updated(accepted=accepted, waiting=waiting, rebuilt=(), units=len(site.counties) + 1)
    return done if done.refused else replace(done, rebuilt=_build_stale(plan, site, progress))


def inputs_path(out: Path) -> Path:
    """Where the record of a site lies: beside it, so that it is never published."""
    return out.parent / f".{out.name}.inputs.json"


# ---------------------------------------------------------------- recording


def _unrecorded(site: Site, county: County) -> Iterator[Path]:
    recorded = register.load(site.content, county.division.code)
    for folder in settings.filing_folders(county):
        if not register.is_recorded(recorded, settings.load_filing(folder, county, site)):
            yield folder


def _refuse_unrecorded(site: Site, plan: BuildPlan) -> tuple[Accepted, ...]:
    """Return the filings that could not be recorded, with what is wrong; raise DiffersError if all of them could."""
    missing = [folder for county in site.counties for folder in _unrecorded(site, county)]
    proposed = [(folder, *propose(plan.content, folder, as_of=plan.as_of)) for folder in missing]
    faulty = tuple(
        Accepted(folder=folder, checked=checked, proposal=proposal, recorded=False)
        for folder, checked, proposal in proposed
        if proposal is None or proposal.blocked
    )
    if missing and not faulty:
        names = "、".join(f"{folder.parent.parent.name}/{folder.name}" for folder in missing)
        raise DiffersError(
            Text(zh=f"尚未登记（或批准信息有变）：{names}。", en=f"Not recorded as filed: {names}."),
            Text(
                zh="请用 qingdan accept 登记，并把 content/register 的改动一并提交。",
                en="Record them with qingdan accept, and commit what changes in content/register with them.",
            ),
        )
    return faulty


def _accept_new(site: Site, plan: BuildPlan) -> tuple[tuple[Accepted, ...], tuple[Path, ...]]:
    accepted: list[Accepted] = []
    waiting: list[Path] = []
    for county in site.counties:
        folders = list(_unrecorded(site, county))
        for place, folder in enumerate(folders, start=1):
            checked, proposal, recorded = accept(plan.content, folder, as_of=plan.as_of)
            accepted.append(Accepted(folder=folder, checked=checked, proposal=proposal, recorded=recorded))
            if not recorded:
                # What comes later is told against what comes before: ids would be given in another order.
                waiting += folders[place:]
                break
    return tuple(accepted), tuple(waiting)


# ---------------------------------------------------------------- what pages are made of


@dataclass(frozen=True, kw_only=True, slots=True)
class _Known:
    """What the record says of a unit."""

    inputs: Inputs
    in_force: tuple[str, ...]
    manifest: str


def program_digest(generator: Path) -> str:
    """SHA-256 of the program's source and of the versions of all that is installed beside it.

    Packages can change pages, and so can the compression and database libraries of the system.
    """
    installed = sorted({f"{one.name}=={one.version}" for one in importlib.metadata.distributions()})
    beside = [platform.python_version(), zlib.ZLIB_RUNTIME_VERSION, sqlite3.sqlite_version, *installed]
    return _digest([*beside, *_files(generator, suffix=".py")])


def common_inputs(plan: BuildPlan) -> Inputs:
    """Return the inputs of every unit."""
    table = tomllib.loads((plan.content / "site.toml").read_text(encoding="utf-8"))
    shown = {key: value for key, value in table.items() if key not in _NOT_SHOWN}
    return {
        "program": program_digest(Path(__file__).resolve().parent),
        "templates": _digest([*_files(plan.templates), _file(plan.mkdocs_yml)]),
        "site": _digest([json.dumps(shown, sort_keys=True, default=str), str(plan.preview)]),
    }


def county_inputs(
    plan: BuildPlan, site: Site, county: County, common: Inputs, in_force: Iterable[str]
) -> Inputs:
    """Return what a county's pages are made of; `in_force` names the filings that count on the day."""
    code = county.division.code
    places = (site.province, county.prefecture, county.division, county.townships)
    return {
        **common,
        "county": _digest(_files(county.folder)),
        "register": _digest(_files(plan.content / "register" / code)),
        "lists": _digest(in_force),
        "divisions": _digest([repr(places)]),
        **_words(plan.content, county.languages),
    }


def _province_inputs(plan: BuildPlan, site: Site, common: Inputs) -> Inputs:
    languages = sorted({ZH, "en"} | {lang for county in site.counties for lang in county.languages})
    summaries = [plan.out / county.division.code / "summary.json" for county in site.counties]
    return {
        **common,
        "summaries": _digest(_file(path) for path in summaries if path.is_file()),
        "divisions": _digest([repr(site.province), *(county.division.code for county in site.counties)]),
        **_words(plan.content, languages),
    }


def _words(content: Path, languages: Iterable[str]) -> Inputs:
    memories = [content / "wording" / f"{lang}.po" for lang in languages if lang != ZH]
    return {
        "wording": _digest(_file(path) for path in memories if path.is_file()),
        "prose": _digest(line for lang in languages for line in _files(content / "prose" / lang)),
    }


def _files(folder: Path, suffix: str = "") -> Iterator[str]:
    for path in walk(folder):
        if path.endswith(suffix) and "__pycache__" not in path:
            yield f"{path} {_file(folder / path)}"


def _file(path: Path) -> str:
    # A link may lead anywhere, also into nothing; the register and the settings refuse it when they meet it.
    return f"-> {os.readlink(path)}" if path.is_symlink() else hash_file(path)[1]  # noqa: PTH115  as it is written


def _digest(lines: Iterable[str]) -> str:
    return sha256(
        "".join(f"{len(line)}:{line}\n" for line in lines).encode("utf-8", "surrogateescape")
    ).hexdigest()


# ---------------------------------------------------------------- building what differs


def _build_stale(plan: BuildPlan, site: Site, progress: Progress) -> tuple[Rebuilt, ...]:
    """Build the counties that differ and the province's pages if anything did; then write the record."""
    known = read_record(inputs_path(plan.out))
    common = common_inputs(plan)
    in_force: dict[str, tuple[str, ...]] = {
        county.division.code: _in_force(plan, county) for county in site.counties
    }
    inputs: dict[str, Inputs] = {
        county.division.code: county_inputs(plan, site, county, common, in_force[county.division.code])
        for county in site.counties
    }
    before = {unit: _sealed(plan.out, unit, inputs.keys()) for unit in (*inputs, PROVINCE_UNIT)}
    inputs[PROVINCE_UNIT] = _province_inputs(plan, site, common)
    why = {unit: _why(known.get(unit), inputs[unit], before[unit]) for unit in inputs}
    stale = tuple(code for code in in_force if why[code])
    if not stale and not why[PROVINCE_UNIT]:
        return ()
    build_site(replace(plan, only=stale or (PROVINCE_UNIT,)), progress)
    inputs[PROVINCE_UNIT] = _province_inputs(plan, site, common)  # the summaries are new
    why[PROVINCE_UNIT] = _why(known.get(PROVINCE_UNIT), inputs[PROVINCE_UNIT], before[PROVINCE_UNIT])
    rebuilt, record = [], {}
    for unit, made_of in inputs.items():
        touched = unit in stale or unit == PROVINCE_UNIT
        after = _sealed(plan.out, unit, in_force) if touched else before[unit]
        assert after is not None, unit  # it has just been written, or it is as the record says
        shown = in_force.get(unit, ())
        record[unit] = _Known(inputs=made_of, in_force=shown, manifest=after.digest)
        if why[unit]:
            was = known.get(unit)
            told = _came(plan, site, unit, was.in_force if was else None, shown)
            rebuilt.append(_told(site, unit, why[unit], told, before[unit], after))
    replace_file(inputs_path(plan.out), _record_body(record))
    return tuple(rebuilt)


def _in_force(plan: BuildPlan, county: County) -> tuple[str, ...]:
    recorded = register.load(plan.content, county.division.code)
    return tuple(
        one.filing.id
        for one in recorded.filings
        if register.counts(one.filing, as_of=plan.as_of, gates=county.gates)
    )


def _sealed(out: Path, unit: str, counties: Collection[str]) -> Manifest | None:
    """Return the manifest of a unit as it lies there; None where there is none, or a link that nobody built."""
    folder = out if unit == PROVINCE_UNIT else out / unit
    if not folder.is_dir():
        return None
    try:
        if unit != PROVINCE_UNIT:
            return seal(folder, unit)
        return seal(folder, unit, keep=lambda path: path.partition("/")[0] not in counties)
    except ValueError:
        return None


def _why(known: _Known | None, inputs: Inputs, before: Manifest | None) -> tuple[str, ...]:
    if known is None:
        return ("new",)
    differing = [part for part in {**known.inputs, **inputs} if known.inputs.get(part) != inputs.get(part)]
    damaged = before is None or before.digest != known.manifest
    return (*sorted(differing), *(["damaged"] if damaged else []))


_Told = tuple[tuple[CameIntoForce, ...], tuple[str, ...]]


def _came(
    plan: BuildPlan, site: Site, unit: str, was: tuple[str, ...] | None, shown: tuple[str, ...]
) -> _Told:
    """Return the filings whose lists came into force since the record, with what they changed, and those that went."""
    if was is None or was == shown:
        return (), ()
    county = site.county(unit)
    assert county is not None, unit
    recorded = register.load(plan.content, county.division.code)
    lists = register.in_force(recorded, as_of=plan.as_of, gates=county.gates)
    came = [
        CameIntoForce(
            filing=one.filing,
            lists=sum(len(townships) for townships in one.covers.values()),
            changes=tuple(change for change in lists.changes if change.filing == one.filing.id),
        )
        for one in lists.filings
        if one.filing.id not in was
    ]
    return tuple(came), tuple(sorted(set(was) - set(shown)))


def _told(
    site: Site, unit: str, why: tuple[str, ...], told: _Told, before: Manifest | None, after: Manifest
) -> Rebuilt:
    old = {entry.path: entry.sha256 for entry in before.files} if before else {}
    new = {entry.path: entry.sha256 for entry in after.files}
    county = site.county(unit)
    return Rebuilt(
        unit=unit,
        name=county.division.name if county else site.province.name,
        why=why,
        in_force=told[0],
        no_longer=told[1],
        added=len(new.keys() - old.keys()),
        changed=sum(old[path] != new[path] for path in new.keys() & old.keys()),
        removed=len(old.keys() - new.keys()),
    )


# ---------------------------------------------------------------- the record


def _record_body(units: Mapping[str, _Known]) -> bytes:
    said = {
        unit: {"inputs": dict(one.inputs), "in_force": list(one.in_force), "manifest": one.manifest}
        for unit, one in units.items()
    }
    body = {"format": RECORD_FORMAT, "sha256": _units_digest(said), "units": said}
    return (json.dumps(body, indent=1, sort_keys=True) + "\n").encode()


def _units_digest(units: object) -> str:
    return sha256(json.dumps(units, sort_keys=True).encode()).hexdigest()


def read_record(path: Path) -> Mapping[str, _Known]:
    """Return what the record says; {} where it is missing, damaged or of another make: then all is built again."""
    try:
        body: dict[str, Any] = json.loads(path.read_bytes())
        if body["format"] != RECORD_FORMAT or body["sha256"] != _units_digest(body["units"]):
            return {}
        return {
            unit: _Known(
                inputs=dict(said["inputs"]),
                in_force=tuple(said["in_force"]),
                manifest=str(said["manifest"]),
            )
            for unit, said in body["units"].items()
        }
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return {}
