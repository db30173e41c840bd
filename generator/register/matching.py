"""Which recorded item each filed name is: by name, then by a person's word; by likeness never without one.

The same name in the same kind is the same item in every township of the county. A name that is new where a like
one has gone may be that one renamed: its address, its history and its translation hang on the answer, so it is
asked for and not guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from generator.model.filings import Filing
from generator.model.findings import Checklist, FiledItem, Finding
from generator.model.lists import CountyRegister, Item, ItemId, State, Version
from generator.model.places import DivisionCode
from generator.register.names import LIKELY, likeness, name_key
from generator.register.sentences import item_renamed, renamed_twice

SHOWN_CANDIDATES: Final = 3
"""More than three candidates are noise; the best is nearly always the first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """How one name of a filing found its item."""

    kind: str
    name: str
    item: ItemId | None
    """None only until the new item has been given its number."""
    how: Literal["name", "confirmed", "new", "unsure"]
    """`name`: certain, by its name; `confirmed`: by a [[renamed]] of the filing; `new`: a new item; `unsure`: a
    person must say; until then it stands as a new item."""
    was: str | None = None
    """For a confirmed renaming: the item's name before."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Filed:
    """One distinct name of one kind, with the first line that has it and the townships it is filed for."""

    line: FiledItem
    townships: frozenset[DivisionCode]


def match_kind(
    kind: str,
    lists: Sequence[Checklist],
    register: CountyRegister,
    before: Mapping[tuple[DivisionCode, str], Version],
    filing: Filing,
) -> tuple[list[Match], list[Finding]]:
    """Match every distinct name of one kind, in the order filed. `before` holds each list's latest version."""
    filed = _distinct(lists)
    items = {item.id: item for item in register.items if item.kind == kind}
    answers = {name_key(one.name): one.item for one in filing.renamings if one.kind == kind}
    by_name = _items_by_name(items, register)
    chosen: dict[str, ItemId] = {}
    for key in filed:
        if key in answers:
            answer = answers[key]
            if answer is not None and answer in items:
                chosen[key] = ItemId(answer)
        elif key in by_name:
            chosen[key] = by_name[key][1]
    clashing = _clashes(chosen, filed, answers, by_name)
    left = {key: item for key, item in chosen.items() if key not in clashing}
    gone = _gone_by_township(kind, filed, left, before)
    matches: list[Match] = []
    findings: list[Finding] = []
    for key, one in filed.items():
        name = one.line.name
        if key in clashing:
            candidates = [(1.0, items[chosen[key]])]
            findings.append(
                renamed_twice(kind, one.line, items[chosen[key]])
                if key in answers
                else item_renamed(kind, one.line, candidates, together=True)
            )
            matches.append(Match(kind=kind, name=name, item=None, how="unsure"))
        elif key in left:
            item = items[left[key]]
            same = any(name_key(state.name) == key for state in item.states)
            matches.append(
                Match(
                    kind=kind,
                    name=name,
                    item=item.id,
                    how="name" if same else "confirmed",
                    was=None if same else _latest_name(item, register),
                )
            )
        elif key in answers:
            matches.append(Match(kind=kind, name=name, item=None, how="new"))
        else:
            candidates = _candidates(one, gone, items)
            if candidates:
                findings.append(item_renamed(kind, one.line, candidates, together=False))
            matches.append(Match(kind=kind, name=name, item=None, how="unsure" if candidates else "new"))
    return matches, findings


def _distinct(lists: Sequence[Checklist]) -> dict[str, _Filed]:
    filed: dict[str, _Filed] = {}
    for checklist in lists:
        for line in checklist.items:
            key = name_key(line.name)
            known = filed.get(key)
            townships = frozenset(checklist.townships)
            if known is None:
                filed[key] = _Filed(line=line, townships=townships)
            elif not townships <= known.townships:
                filed[key] = _Filed(line=known.line, townships=known.townships | townships)
    return filed


def _items_by_name(items: Mapping[ItemId, Item], register: CountyRegister) -> dict[str, tuple[int, ItemId]]:
    """Return name → when it was last recorded, and as which item; a name's latest use prevails."""
    order = {one.filing.id: one.order for one in register.filings}
    found: dict[str, tuple[int, ItemId]] = {}
    for item in items.values():
        for state in item.states:
            last = max((order[one.filing] for one in state.occurrences), default=0)
            key = name_key(state.name)
            if key not in found or found[key][0] < last:
                found[key] = (last, item.id)
    return found


def _latest_name(item: Item, register: CountyRegister) -> str:
    order = {one.filing.id: one.order for one in register.filings}
    latest = max(item.states, key=lambda state: max(order[one.filing] for one in state.occurrences))
    return latest.name


def _clashes(
    chosen: Mapping[str, ItemId],
    filed: Mapping[str, _Filed],
    answers: Mapping[str, str | None],
    by_name: Mapping[str, tuple[int, ItemId]],
) -> set[str]:
    """Return the names that would put one item twice into one township's list.

    It happens once an item has had two names and a list has both. A person's word comes first, then the name
    that was recorded last.
    """
    by_item: dict[ItemId, list[str]] = {}
    for key, item in chosen.items():
        by_item.setdefault(item, []).append(key)
    clashing: set[str] = set()
    for keys in by_item.values():
        taken: set[DivisionCode] = set()
        ranked = sorted(keys, key=lambda key: (key in answers, by_name.get(key, (0, ""))[0]), reverse=True)
        for key in ranked:
            if taken & filed[key].townships:
                clashing.add(key)
            taken |= filed[key].townships
    return clashing


def _gone_by_township(
    kind: str,
    filed: Mapping[str, _Filed],
    matched: Mapping[str, ItemId],
    before: Mapping[tuple[DivisionCode, str], Version],
) -> dict[DivisionCode, dict[ItemId, State]]:
    """Return, for each township filed now, the items of its list before that no matched name stands for any more."""
    kept: dict[DivisionCode, set[ItemId]] = {}
    for key, one in filed.items():
        for township in one.townships:
            known = kept.setdefault(township, set())
            if key in matched:
                known.add(matched[key])
    gone: dict[DivisionCode, dict[ItemId, State]] = {}
    for township, there in kept.items():
        version = before.get((township, kind))
        if version is not None:
            gone[township] = {line.item: line.state for line in version.lines if line.item not in there}
    return gone


def _candidates(
    one: _Filed, gone: Mapping[DivisionCode, Mapping[ItemId, State]], items: Mapping[ItemId, Item]
) -> list[tuple[float, Item]]:
    """Return the gone items that the filed line may be, likeliest first."""
    states: dict[tuple[ItemId, int], State] = {}
    for township in sorted(one.townships):
        for item, state in gone.get(township, {}).items():
            states[item, id(state)] = state
    best: dict[ItemId, float] = {}
    for (item, _), state in states.items():
        best[item] = max(best.get(item, 0.0), likeness(state, one.line))
    likely = sorted((-score, item) for item, score in best.items() if score >= LIKELY)
    return [(-score, items[item]) for score, item in likely[:SHOWN_CANDIDATES]]
