"""Proving the register against the originals, and tracing a line back to its cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from generator.model.documents import Where
from generator.model.filings import Approval, Filing
from generator.model.kinds import LIST_KINDS
from generator.model.lists import CountyRegister, ItemId, RecordedFiling, State
from generator.model.places import DivisionCode

_ITEM: Final = re.compile(rf"(?:{'|'.join(LIST_KINDS)})-\d{{4,}}")


def in_recorded_order(register: CountyRegister) -> tuple[RecordedFiling, ...]:
    """Return the filings as they were recorded: reading them again in this order must give the same ids."""
    return tuple(sorted(register.filings, key=lambda one: one.order))


def differences(recorded: CountyRegister, rebuilt: CountyRegister) -> tuple[str, ...]:
    """Return every fact that the register tells otherwise than the originals read again, in Chinese and English."""
    facts, again = dict(_facts(recorded)), dict(_facts(rebuilt))
    told: list[str] = []
    for key in sorted({*facts, *again}):
        was, now = facts.get(key), again.get(key)
        if was == now:
            continue
        if now is None:
            told.append(f"{key}：登记册有，原件读不出：{was} / recorded, but not in the originals")
        elif was is None:
            told.append(f"{key}：原件有，登记册没有：{now} / in the originals, but not recorded")
        else:
            told.append(f"{key}：登记为 {was}，原件为 {now} / the register and the originals differ")
    return tuple(f"{recorded.county} {line}" for line in told)


def _facts(register: CountyRegister) -> Iterator[tuple[str, str]]:
    """Yield every fact of a register as a name for people and a value that can be compared."""
    for one in register.filings:
        filing = one.filing
        yield f"{filing.id} order", str(one.order)
        for name in Filing.__slots__:
            # Where the folder lies and whether originals are offered is no fact of the filing.
            if name not in {"folder", "originals_public", "id"}:
                yield f"{filing.id} {name}", str(getattr(filing, name))
        for file, digest in one.sha256.items():
            yield f"{filing.id} {file} SHA-256", digest
        for kind, townships in one.covers.items():
            yield f"{filing.id} {LIST_KINDS[kind].zh}", "、".join(townships)
    for kind, number in register.next_numbers.items():
        yield f"{kind} next", str(number)
    for item in register.items:
        for state in item.states:
            content = _content(state)
            for occurrence in state.occurrences:
                where = occurrence.where
                place = " ".join(part for part in (where.file, where.sheet, where.cell) if part)
                for township in occurrence.townships:
                    yield (
                        f"{occurrence.filing} {place} {township}",
                        f"{item.id} № {occurrence.number} ({occurrence.position}) {content}",
                    )


def _content(state: State) -> str:
    departments = None if state.departments is None else [(one.name, one.duty) for one in state.departments]
    said = (state.category, state.name, state.basis, departments, state.township_duty, state.method)
    return str((*said, state.more) if state.more else said)


@dataclass(frozen=True, kw_only=True, slots=True)
class Trace:
    """One filed line of an item, for one township."""

    county: DivisionCode
    township: DivisionCode
    item: ItemId
    name: str
    number: str
    where: Where
    sha256: str
    filing: str
    title: str
    effective: str
    approvals: tuple[Approval, ...]


def find_traces(registers: Iterable[CountyRegister], item_or_url: str) -> tuple[Trace, ...]:
    """Return every filed line of an item, sorted by county, township and effective date.

    `item_or_url` is an id (`supporting-0042`), an id in a township (`230125100/supporting-0042`), or the address
    of an item's page in any form; an address that names a county or township keeps to it. () for anything else.
    """
    path = re.split(r"[?#]", item_or_url.strip())[0].removesuffix(".html")
    parts = re.split(r"[/\\]", path)
    if not _ITEM.fullmatch(parts[-1]):
        return ()
    codes = [part for part in parts[:-1] if part.isascii() and part.isdigit()]
    townships = {code for code in codes if len(code) == 9}
    counties = {code[:6] for code in codes if len(code) in {6, 9}}
    traces = [
        trace
        for register in registers
        if not counties or register.county in counties
        for trace in _traces(register, ItemId(parts[-1]))
        if not townships or trace.township in townships
    ]
    return tuple(sorted(traces, key=lambda one: (one.county, one.township, one.effective, one.filing)))


def _traces(register: CountyRegister, item_id: ItemId) -> Iterator[Trace]:
    filings: Mapping[str, RecordedFiling] = {one.filing.id: one for one in register.filings}
    for item in register.items:
        if item.id != item_id:
            continue
        for state in item.states:
            for occurrence in state.occurrences:
                recorded = filings[occurrence.filing]
                for township in occurrence.townships:
                    yield Trace(
                        county=register.county,
                        township=township,
                        item=item.id,
                        name=state.name,
                        number=occurrence.number,
                        where=occurrence.where,
                        sha256=recorded.sha256[occurrence.where.file],
                        filing=recorded.filing.id,
                        title=recorded.filing.title,
                        effective=recorded.filing.effective.isoformat(),
                        approvals=recorded.filing.approvals,
                    )
