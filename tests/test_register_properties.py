"""What holds for any sequence of filings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator import register
from generator.model.filings import Approval, Confirmation, Renaming
from generator.model.findings import Checklist
from generator.model.lists import CountyRegister, ItemId
from generator.register.store import write
from tests.register_filings import (
    CODE,
    COUNTY,
    DONE,
    EMPTY,
    LATE,
    NONE,
    TEN,
    TOWNS,
    checked,
    checklist,
    dated,
    filing,
    line,
    names_in_force,
    proposed,
    without,
)

NAMES = st.lists(st.sampled_from(TEN), min_size=1, max_size=6, unique=True)
DUTIES = st.sampled_from(["配合", "初审\n上报", '\u2028引号"与\\反斜线', ""])
DAYS = st.integers(0, 400).map(lambda days: date(2022, 1, 3) + timedelta(days=days))


@st.composite
def _filings(draw: st.DrawFn) -> tuple[date, Checklist, tuple[Approval, ...]]:
    names = draw(NAMES)
    items = [line(name, str(place), row=place, duty=draw(DUTIES)) for place, name in enumerate(names, 1)]
    towns = draw(st.lists(st.sampled_from(TOWNS[:3]), min_size=1, unique=True))
    approvals = draw(st.sampled_from([DONE, without("review"), dated("review", date(2022, 8, 1))]))
    return draw(DAYS), checklist(items, towns=towns), approvals


def _told(history: Sequence[tuple[date, Checklist, tuple[Approval, ...]]]) -> Mapping[str, CountyRegister]:
    """Record what can be recorded, confirming every new name as new; return the register after each filing."""
    current, after = EMPTY, {}
    for number, (day, stated, approvals) in enumerate(history):
        one = filing(day.isoformat(), slug=f"n{number}", approvals=approvals)
        proposal = register.propose(current, one, checked(stated), COUNTY)
        news = {match.name for match in proposal.matches if match.how == "unsure"}
        words = (
            Confirmation(
                rule="MASS-CHANGE",
                file="清单.xlsx",
                sheet="配合",
                cell=None,
                reason="调整",
                name="张示例",
                date=day,
            ),
        )
        answers = tuple(Renaming(kind="supporting", name=name, item=None) for name in sorted(news))
        one = replace(one, renamings=answers, confirmations=words)
        proposal = register.propose(current, one, checked(stated), COUNTY)
        if not proposal.blocked:
            current = proposal.register
            after[one.id] = current
    return after


QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@QUICK
@given(history=st.lists(_filings(), min_size=1, max_size=4))
def test_what_is_recorded_is_what_is_loaded(
    tmp_path_factory: pytest.TempPathFactory, history: list[tuple[date, Checklist, tuple[Approval, ...]]]
) -> None:
    """Any register comes back from the disk as it went in."""
    content = tmp_path_factory.mktemp("content")
    for current in _told(history).values():
        write(content, current)
        loaded = register.load(content, CODE)
        here = tuple(
            replace(
                one,
                filing=replace(one.filing, folder=content / "counties" / CODE / "filings" / one.filing.id),
            )
            for one in current.filings
        )
        assert loaded == replace(current, filings=here)


@QUICK
@given(history=st.lists(_filings(), min_size=1, max_size=5))
def test_an_id_means_one_name_for_ever(history: list[tuple[date, Checklist, tuple[Approval, ...]]]) -> None:
    """Over any sequence of filings an id keeps its name, and no number is given twice."""
    known: dict[ItemId, str] = {}
    for current in _told(history).values():
        now = {item.id: item.states[0].name for item in current.items}
        assert known.items() <= now.items()
        assert len(set(now.values())) == len(now)
        known = now


@QUICK
@given(history=st.lists(_filings(), min_size=1, max_size=5), as_of=DAYS)
def test_the_latest_list_that_counts_is_in_force(
    history: list[tuple[date, Checklist, tuple[Approval, ...]]], as_of: date
) -> None:
    """A plain search through the recorded filings finds the same list for every township."""
    after = _told(history)
    if not after:
        return
    lists = register.in_force(list(after.values())[-1], as_of=as_of, gates=NONE)
    for town in TOWNS[:3]:
        expected: list[str] = []
        latest = ("", "")
        for number, (day, stated, approvals) in enumerate(history):
            name = f"{day.isoformat()}-n{number}"
            passed = len(approvals) == 2 and all(
                one.date is not None and one.date <= as_of for one in approvals
            )
            counts = name in after and town in stated.townships and passed and day <= as_of
            if counts and (day.isoformat(), name) >= latest:
                latest = (day.isoformat(), name)
                expected = [item.name for item in stated.items]
        assert names_in_force(lists, town) == expected


def test_a_large_county_comes_back_whole(tmp_path: Path) -> None:
    """17 townships of 340 lines, each with its own document lines, are all in force after a load."""
    words = [f"第{number}项履职事项的名称" for number in range(340)]
    stated = [
        replace(
            checklist(words, towns=[town]),
            items=tuple(
                line(
                    word,
                    str(place),
                    row=place,
                    duty=f"职责{place}，由{town}办理" if place % 3 == 0 else "配合",
                )
                for place, word in enumerate(words, 1)
            ),
        )
        for town in TOWNS
    ]
    proposal = proposed(EMPTY, "2022-06-20", *stated)
    register.record(tmp_path, proposal)

    lists = register.in_force(register.load(tmp_path, CODE), as_of=LATE, gates=NONE)

    assert sum(len(version.lines) for version in lists.versions) == 17 * 340
