"""What recording a filing would do: which line is which item, what changes, and what a person must say first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from generator.model.filings import Filing
from generator.model.findings import Checked, Checklist, FiledItem, Finding
from generator.model.kinds import LIST_KINDS
from generator.model.lists import (
    CountyRegister,
    Item,
    ItemId,
    Occurrence,
    RecordedFiling,
    State,
    Version,
    VersionChanges,
)
from generator.model.places import DivisionCode
from generator.model.settings import County
from generator.register.matching import Match, match_kind
from generator.register.names import name_key
from generator.register.sentences import (
    already,
    documents_changed,
    filing_changed,
    list_twice,
    mass_change,
    name_twice,
    no_township,
    record_number_twice,
    same_document,
    unknown_renamings,
    updated,
    version_older,
)
from generator.register.versions import ListKey, chains, compare

Verdict = Literal["new", "updated", "already", "refused"]

# A list that loses more than a fifth of its lines at once is more often a wrong file than a reform.
MASS_SHARE = 0.2


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """What recording a filing would do. Nothing has been written."""

    register: CountyRegister
    """The county's register as it would be. While `blocked`, lines without a certain match stand as new items."""
    filing: RecordedFiling
    verdict: Verdict
    """`already`: recorded before and the same; `updated`: only what the filing says of its approvals is new."""
    findings: tuple[Finding, ...]
    matches: tuple[Match, ...]
    """How every distinct name of the filing found its item, by kind, in the order filed."""
    versions: tuple[Version, ...]
    """The lists that the filing states, by township and kind."""
    changes: tuple[VersionChanges, ...]
    """Against the version before, by township and kind; lists filed for the first time have none."""
    township_names: Mapping[DivisionCode, str]
    gates: frozenset[str] = frozenset()
    """The county's: which stages a filing passes before it is in force."""

    @property
    def blocked(self) -> bool:
        """Whether something must be mended or confirmed before the filing can be recorded."""
        return any(finding.severity in {"error", "confirm"} for finding in self.findings)


def propose(register: CountyRegister, filing: Filing, checked: Checked, county: County) -> Proposal:
    """Say what recording the filing would do, with every finding that only the recorded versions can give.

    The proposal depends on nothing but its arguments, so that originals read again give the same register.
    """
    recorded = _recorded_filing(register, filing, checked)
    names = {township.code: township.name for township in county.townships}
    known = next((one for one in register.filings if one.filing.id == filing.id), None)
    if known is not None:
        return replace(_again(register, known, recorded, names), gates=county.gates)
    findings = [*_doubled(checked.checklists, names), *_older(register, recorded, checked.checklists)]
    grown, matches, unsure = _grow(register, recorded, checked.checklists)
    findings += unsure
    versions, changes = _against_before(grown, filing.id)
    findings += _mass_changes(grown, filing, checked.checklists, names)
    findings += _known_before(register, recorded)
    return Proposal(
        register=grown,
        filing=recorded,
        verdict="refused" if any(one.severity == "error" for one in findings) else "new",
        findings=tuple(findings),
        matches=matches,
        versions=versions,
        changes=changes,
        township_names=names,
        gates=county.gates,
    )


def is_recorded(register: CountyRegister, filing: Filing) -> bool:
    """Whether the register holds this filing and says of it what its filing.toml says; documents are not looked at."""
    known = next((one for one in register.filings if one.filing.id == filing.id), None)
    return known is not None and replace(known.filing, folder=filing.folder) == _facts(filing)


def _facts(filing: Filing) -> Filing:
    # Whether originals are offered is the county's setting, and what an editor leaves behind may go:
    # neither is a fact of the filing.
    return replace(filing, originals_public=False, ignored=())


def _recorded_filing(register: CountyRegister, filing: Filing, checked: Checked) -> RecordedFiling:
    covers: dict[str, set[DivisionCode]] = {}
    for checklist in checked.checklists:
        covers.setdefault(checklist.kind, set()).update(checklist.townships)
    return RecordedFiling(
        filing=_facts(filing),
        sha256={document.file: document.sha256 for document in checked.documents},
        covers={kind: tuple(sorted(covers[kind])) for kind in LIST_KINDS if kind in covers},
        order=max((one.order for one in register.filings), default=0) + 1,
    )


def _again(
    register: CountyRegister,
    known: RecordedFiling,
    filed: RecordedFiling,
    names: Mapping[DivisionCode, str],
) -> Proposal:
    """Propose a filing that was recorded before: nothing new, new approvals, or refused."""
    old, new = known.filing, filed.filing
    verdict: Verdict
    if known.sha256 != filed.sha256:
        verdict = "refused"
        finding = documents_changed(
            new,
            [
                name
                for name in sorted({*known.sha256, *filed.sha256})
                if known.sha256.get(name) != filed.sha256.get(name)
            ],
        )
    elif (old.effective, old.documents, old.renamings) != (new.effective, new.documents, new.renamings):
        verdict = "refused"
        finding = filing_changed(new)
    elif replace(old, folder=new.folder) == new:
        verdict, finding = "already", already(new)
    else:
        verdict, finding = "updated", updated(new)
    kept = replace(known, filing=new) if verdict == "updated" else known
    filings = tuple(kept if one is known else one for one in register.filings)
    return Proposal(
        register=replace(register, filings=filings),
        filing=kept,
        verdict=verdict,
        findings=(finding,),
        matches=(),
        versions=(),
        changes=(),
        township_names=names,
    )


# ------------------------------------------------------------------------------------ findings about lists


def _doubled(checklists: Sequence[Checklist], names: Mapping[DivisionCode, str]) -> list[Finding]:
    """Find lists without a township, two lists of one kind for one township, and names twice in a list.

    The checks have their own rules for these; here they guard what the register could not hold.
    """
    findings: list[Finding] = []
    first: dict[ListKey, Checklist] = {}
    for checklist in checklists:
        if not checklist.townships:
            findings.append(no_township(checklist))
        for township in checklist.townships:
            before = first.setdefault((township, checklist.kind), checklist)
            if before is not checklist:
                findings.append(list_twice(checklist, before, names.get(township, township)))
        seen: dict[str, FiledItem] = {}
        for item in checklist.items:
            twin = seen.setdefault(name_key(item.name), item)
            if twin is not item:
                findings.append(name_twice(item, twin))
    return findings


def _older(
    register: CountyRegister, recorded: RecordedFiling, checklists: Sequence[Checklist]
) -> list[Finding]:
    """Find lists of which a later version is recorded: filing an old one would be a roll-back in disguise."""
    findings: list[Finding] = []
    here = (recorded.filing.effective, recorded.filing.id)
    for checklist in checklists:
        for other in reversed(register.filings):
            shared = set(checklist.townships) & set(other.covers.get(checklist.kind, ()))
            if shared and (other.filing.effective, other.filing.id) > here:
                findings.append(version_older(checklist, recorded.filing, other.filing))
                break
    return findings


def _known_before(register: CountyRegister, recorded: RecordedFiling) -> list[Finding]:
    """Find documents that another filing holds byte for byte, and a record number that another filing has."""
    findings: list[Finding] = []
    for file, digest in sorted(recorded.sha256.items()):
        other = next((one for one in register.filings if digest in one.sha256.values()), None)
        if other is not None:
            findings.append(same_document(file, other.filing))
    own = recorded.filing.stage("record")
    if own is not None and own.document_number is not None:
        number = name_key(own.document_number)
        for one in register.filings:
            stage = one.filing.stage("record")
            if stage is not None and name_key(stage.document_number or "") == number:
                findings.append(record_number_twice(own.document_number, one.filing))
                break
    return findings


def _mass_changes(
    register: CountyRegister,
    filing: Filing,
    checklists: Sequence[Checklist],
    names: Mapping[DivisionCode, str],
) -> list[Finding]:
    """Find lists that lose more than a fifth of their lines or a whole category; one finding a list."""
    pairs: dict[ListKey, tuple[Version, Version]] = {}
    for key, chain in chains(register).items():
        for before, after in pairwise(chain):
            if after.filing == filing.id:
                pairs[key] = (before, after)
    findings: list[Finding] = []
    for checklist in checklists:
        losses: dict[str, list[str]] = {}
        for township in checklist.townships:
            pair = pairs.get((township, checklist.kind))
            loss = _loss(*pair) if pair else None
            if loss:
                losses.setdefault(loss, []).append(names.get(township, township))
        if losses:
            findings.append(mass_change(checklist, filing, losses))
    return findings


def _loss(before: Version, after: Version) -> str | None:
    """Return what a list lost, as text for the finding, or None where it lost little."""
    parts: list[str] = []
    was, now = len(before.lines), len(after.lines)
    if now < was * (1 - MASS_SHARE):
        parts.append(f"{was} → {now}")
    left = {line.item for line in after.lines}
    categories = {line.state.category for line in after.lines}
    lost: dict[str, list[bool]] = {}
    for line in before.lines:
        if line.state.category and line.state.category not in categories:
            lost.setdefault(line.state.category, []).append(line.item in left)
    # A category that was only renamed, or merged into another one, keeps most of its items.
    parts += [f"“{category}”→ 0" for category, kept in lost.items() if sum(kept) * 2 < len(kept)]
    return "，".join(parts) or None


def _against_before(
    register: CountyRegister, filing: str
) -> tuple[tuple[Version, ...], tuple[VersionChanges, ...]]:
    """Return the lists a filing states, and what it changed against the version before each."""
    versions: list[Version] = []
    changes: list[VersionChanges] = []
    for (township, kind), chain in chains(register).items():
        place = next((index for index, version in enumerate(chain) if version.filing == filing), None)
        if place is None:
            continue
        versions.append(chain[place])
        if place:
            found = compare(chain[place - 1].lines, chain[place].lines)
            changes.append(
                VersionChanges(
                    township=township,
                    kind=kind,
                    filing=filing,
                    before=chain[place - 1].filing,
                    changes=tuple(found),
                )
            )
    return tuple(versions), tuple(changes)


# ------------------------------------------------------------------------------------------- the new items


def _grow(
    register: CountyRegister, recorded: RecordedFiling, checklists: Sequence[Checklist]
) -> tuple[CountyRegister, tuple[Match, ...], list[Finding]]:
    """Return the register with the filing's lines in it."""
    items = {item.id: item for item in register.items}
    next_numbers = dict(register.next_numbers)
    before = {key: chain[-1] for key, chain in chains(register).items()}
    matches: list[Match] = []
    findings: list[Finding] = unknown_renamings(recorded.filing, checklists, items)
    for kind in LIST_KINDS:
        lists = [checklist for checklist in checklists if checklist.kind == kind]
        if not lists:
            continue
        matched, unsure = match_kind(kind, lists, register, before, recorded.filing)
        findings += unsure
        ids: dict[str, ItemId] = {}
        for match in matched:
            item = match.item
            if item is None:
                number = next_numbers.get(kind, 1)
                next_numbers[kind] = number + 1
                item = ItemId(f"{kind}-{number:04d}")
            ids[name_key(match.name)] = item
            matches.append(replace(match, item=item))
        next_numbers.setdefault(kind, 1)
        for item_id, states in _filed_states(lists, ids, recorded.filing.id).items():
            known = items.get(item_id, Item(id=item_id, kind=kind, states=()))
            items[item_id] = _with_states(known, states)
    filings = sorted((*register.filings, recorded), key=lambda one: (one.filing.effective, one.filing.id))
    grown = CountyRegister(
        county=register.county,
        filings=tuple(filings),
        items=tuple(items[item] for item in sorted(items)),
        next_numbers=next_numbers,
    )
    return grown, tuple(matches), findings


def _filed_states(
    lists: Iterable[Checklist], ids: Mapping[str, ItemId], filing: str
) -> dict[ItemId, list[State]]:
    """Return the filed contents by item, each with one occurrence; equal lines of one document are one."""
    states: dict[ItemId, list[State]] = {}
    for checklist in lists:
        seen: set[str] = set()
        for position, item in enumerate(checklist.items, start=1):
            key = name_key(item.name)
            if key in seen or not checklist.townships:
                continue  # reported by `_doubled`
            seen.add(key)
            states.setdefault(ids[key], []).append(
                State(
                    category=item.category,
                    name=item.name,
                    basis=item.basis,
                    departments=item.departments,
                    township_duty=item.township_duty,
                    method=item.method,
                    occurrences=(
                        Occurrence(
                            filing=filing,
                            number=item.number,
                            where=item.where,
                            townships=checklist.townships,
                            position=position,
                        ),
                    ),
                    more=item.more,
                )
            )
    return states


def _with_states(item: Item, filed: Iterable[State]) -> Item:
    """Return the item with the filed contents: a content said before gets the occurrence, a new one is added."""
    states = list(item.states)
    places = {replace(state, occurrences=()): index for index, state in enumerate(states)}
    for state in filed:
        content = replace(state, occurrences=())
        place = places.get(content)
        if place is None:
            places[content] = len(states)
            states.append(state)
        else:
            merged = _with_occurrence(states[place].occurrences, state.occurrences[0])
            states[place] = replace(states[place], occurrences=merged)
    return replace(item, states=tuple(states))


def _with_occurrence(known: tuple[Occurrence, ...], new: Occurrence) -> tuple[Occurrence, ...]:
    """Return the occurrences with one more; the same line read for other townships is the same occurrence."""
    for index, one in enumerate(known):
        if replace(one, townships=new.townships) == new:
            townships = tuple(sorted({*one.townships, *new.townships}))
            return (*known[:index], replace(one, townships=townships), *known[index + 1 :])
    return (*known, new)
