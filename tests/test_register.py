"""Recording a filing: which line is which item, and what a person must say first."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from generator import register
from generator.model.filings import Approval, Confirmation, Renaming
from generator.model.findings import Checklist, Department
from tests.register_filings import (
    COUNTY,
    DONE,
    EMPTY,
    TEN,
    TOWNS,
    A,
    B,
    checked,
    checklist,
    filing,
    grown,
    line,
    proposed,
    rules,
)


def test_ids_are_given_in_filed_order_and_shared_by_townships() -> None:
    """The same name in the same kind is one item in every township; another wording is a state of its own."""
    other = checklist(["防汛抗旱", line("农村低保", "2", duty="初审并公示")], towns=[B])
    proposal = proposed(EMPTY, "2022-06-20", checklist(["农村低保", "防汛抗旱"]), other)

    assert not proposal.blocked
    low, flood = proposal.register.items
    assert (low.id, flood.id) == ("supporting-0001", "supporting-0002")
    assert [state.township_duty for state in low.states] == ["配合核实", "初审并公示"]
    assert [one.townships for one in flood.states[0].occurrences] == [(A,), (B,)]
    assert proposal.register.next_numbers == {"supporting": 3}


def test_one_line_for_many_townships_is_one_occurrence() -> None:
    """A county's list for all townships is stored once, not seventeen times."""
    one = proposed(EMPTY, "2022-06-20", checklist(["农村低保"], towns=TOWNS)).register.items[0]
    by_sheet = [checklist(["农村低保"], towns=[town]) for town in TOWNS]
    same = proposed(EMPTY, "2022-06-20", *by_sheet).register.items[0]

    assert [occurrence.townships for occurrence in one.states[0].occurrences] == [TOWNS]
    assert same == one


@pytest.mark.parametrize(
    "again",
    [
        pytest.param("农村 低保", id="a-space-inside"),
        pytest.param("农村\n低保", id="a-break-in-the-cell"),
        pytest.param("农村　低保", id="a-full-width-space"),
    ],
)
def test_the_same_name_in_other_white_space_is_certain(again: str) -> None:
    """White space is layout of the cell, not part of a name."""
    before = grown(("2022-06-20", checklist(["农村低保"])))
    proposal = proposed(before, "2023-06-20", checklist([again]))

    assert not proposal.blocked
    assert [match.how for match in proposal.matches] == ["name"]
    assert [item.id for item in proposal.register.items] == ["supporting-0001"]


DUTY = "协助开展入户核查，收集申请材料并初审，公示结果后报县级部门"


@pytest.mark.parametrize(
    ("old", "new", "duty"),
    [
        pytest.param("农村危房改造", "农村危房和抗震房改造", "配合", id="extended"),
        pytest.param("秸秆禁烧", "秸秆露天禁烧和综合利用", "配合", id="much-extended"),
        pytest.param("开展防汛抗旱工作", "做好防汛抗旱抗洪工作", "配合", id="other-verb"),
        pytest.param("新型农村社会养老保险", "城乡居民参保登记", DUTY, id="same-duties"),
    ],
)
def test_a_like_name_must_be_confirmed(old: str, new: str, duty: str) -> None:
    """A name that is new where a like one has gone is asked about, with the lines to write."""
    rest = ["农村低保", "食品安全", "禁毒", "安置帮教"]
    before = grown(("2022-06-20", checklist([*rest, line(old, "5", row=7, duty=duty)])))
    proposal = proposed(before, "2023-06-20", checklist([*rest, line(new, "5", row=7, duty=duty)]))

    assert rules(proposal) == [("ITEM-RENAMED", "confirm")]
    assert proposal.blocked
    finding = proposal.findings[0]
    assert finding.where.cell == "C7"
    written = f'[[renamed]]\nkind = "supporting"\nname = "{new}"\nitem = "supporting-0005"'
    assert written in finding.fix.zh
    assert written in finding.fix.en


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("动物防疫", "电梯安全协查", id="unlike-names-short-duties"),
        pytest.param("防汛", "防汛物资储备库建设和值守", id="too-short-to-be-called-extended"),
    ],
)
def test_short_boilerplate_makes_nothing_alike(old: str, new: str) -> None:
    """Equal duties of a few words stand on many lines, and two characters are in many names."""
    rest = ["农村低保", "食品安全", "禁毒", "安置帮教"]
    before = grown(("2022-06-20", checklist([*rest, old])))

    assert rules(proposed(before, "2023-06-20", checklist([*rest, new]))) == []


def test_an_unlike_name_is_a_new_item() -> None:
    """A wholly different name with other duties needs no question."""
    before = grown(("2022-06-20", checklist(["农村低保", "防汛抗旱"])))
    new = line("流动人口计划生育协会换届选举", "2", duty="负责召集会员大会")
    new = replace(new, departments=(Department(name="县卫健局", duty="指导开展换届"),))
    proposal = proposed(before, "2023-06-20", checklist(["农村低保", new]))

    assert not proposal.blocked
    assert [match.how for match in proposal.matches] == ["name", "new"]
    assert proposal.matches[1].item == "supporting-0003"


@pytest.mark.parametrize(
    ("answer", "item", "how"),
    [("supporting-0002", "supporting-0002", "confirmed"), (None, "supporting-0003", "new")],
)
def test_a_renaming_answers_the_question(answer: str | None, item: str, how: str) -> None:
    """A person's word joins the new name to the old item, or makes it a new one."""
    before = grown(("2022-06-20", checklist(["农村低保", "农村危房改造"])))
    proposal = proposed(
        before,
        "2023-06-20",
        checklist(["农村低保", "农村危房和抗震房改造"]),
        renamings=(Renaming(kind="supporting", name="农村危房和抗震房改造", item=answer),),
    )

    assert not proposal.blocked
    assert (proposal.matches[1].item, proposal.matches[1].how) == (item, how)


def test_a_renaming_of_nothing_is_an_error() -> None:
    """An answer about a name that was not filed, or an item never recorded, is a mistake somewhere."""
    proposal = proposed(
        EMPTY,
        "2023-06-20",
        checklist(["农村低保"]),
        renamings=(
            Renaming(kind="supporting", name="没有报过", item=None),
            Renaming(kind="supporting", name="农村低保", item="supporting-0099"),
        ),
    )

    assert rules(proposal) == [("RENAMED-UNKNOWN", "error")] * 2


def test_two_names_of_one_item_in_one_list_must_be_told_apart() -> None:
    """After a renaming, a list with both names would hold the item twice: a person says which is new."""
    first = grown(("2022-06-20", checklist(["农村低保", "农村危房改造"])))
    renamed = proposed(
        first,
        "2023-06-20",
        checklist(["农村低保", "危旧房改造"]),
        renamings=(Renaming(kind="supporting", name="危旧房改造", item="supporting-0002"),),
    ).register
    both = checklist(["农村低保", "危旧房改造", "农村危房改造"])

    asked = proposed(renamed, "2024-06-20", both)
    answered = proposed(
        renamed, "2024-06-20", both, renamings=(Renaming(kind="supporting", name="农村危房改造", item=None),)
    )
    wrong = proposed(
        renamed,
        "2024-06-20",
        both,
        renamings=(
            Renaming(kind="supporting", name="农村危房改造", item="supporting-0002"),
            Renaming(kind="supporting", name="危旧房改造", item="supporting-0002"),
        ),
    )

    assert rules(asked) == [("ITEM-RENAMED", "confirm")]
    assert 'item = "new"' in asked.findings[0].fix.zh
    assert not answered.blocked
    assert answered.matches[2].item == "supporting-0003"
    assert rules(wrong) == [("ITEM-RENAMED-TWICE", "error")]


def test_a_removed_items_number_is_not_given_again() -> None:
    """An item that comes back has its own id; a new one gets a number of its own."""
    names = ["农村低保", "防汛抗旱", "食品安全", "禁毒", "安置帮教", "扫黑除恶"]
    before = grown(("2022-06-20", checklist(names)), ("2023-06-20", checklist(names[:5])))
    proposal = proposed(before, "2024-06-20", checklist([*names, "电梯"]))

    assert [match.item for match in proposal.matches][5:] == ["supporting-0006", "supporting-0007"]


def test_recording_again_changes_nothing() -> None:
    """The same bytes again are told as such, and the register is the same."""
    before = grown(("2022-06-20", checklist(["农村低保"])))
    proposal = proposed(before, "2022-06-20", checklist(["农村低保"]))

    assert rules(proposal) == [("FILING-ALREADY", "info")]
    assert proposal.register == before
    assert not proposal.blocked


def test_later_approvals_are_taken_over() -> None:
    """The province's number arrives months after the list: the documents stay, the filing's facts grow."""
    before = grown(("2022-06-20", checklist(["农村低保"])))
    record = Approval(stage="record", authority="省委编办", document_number=None, date=date(2022, 9, 1))
    proposal = register.propose(
        before, filing("2022-06-20", approvals=(*DONE, record)), checked(checklist(["农村低保"])), COUNTY
    )

    assert rules(proposal) == [("FILING-UPDATED", "info")]
    assert proposal.register.filings[0].filing.stage("record") == record
    assert proposal.register.items == before.items


@pytest.mark.parametrize("what", ["documents", "renamings"])
def test_a_recorded_filing_cannot_be_edited(what: str) -> None:
    """Originals are never edited: other bytes, or other renamings, under a recorded name are refused."""
    before = grown(("2022-06-20", checklist(["农村低保"])))
    renamings = (Renaming(kind="supporting", name="农村低保", item=None),) if what == "renamings" else ()
    proposal = register.propose(
        before,
        filing("2022-06-20", renamings=renamings),
        checked(checklist(["农村低保"]), digest="b" if what == "documents" else "a"),
        COUNTY,
    )

    assert rules(proposal) == [("FILING-CHANGED", "error")]
    assert proposal.register == before


def test_an_older_list_is_refused() -> None:
    """A list that takes effect before the recorded one of the same township would be a roll-back."""
    before = grown(("2023-06-20", checklist(["农村低保"])))

    assert rules(proposed(before, "2022-06-20", checklist(["农村低保"]))) == [("VERSION-OLDER", "error")]
    assert rules(proposed(before, "2022-06-20", checklist(["农村低保"], towns=[B]))) == []
    assert rules(proposed(before, "2022-06-20", checklist(["农村低保"], kind="basic"))) == []


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        pytest.param(TEN[:8], [], id="a-fifth-is-let-pass"),
        pytest.param(TEN[:7], [("MASS-CHANGE", "confirm")], id="more-than-a-fifth"),
    ],
)
def test_a_list_that_shrinks_must_be_confirmed(left: list[str], expected: list[tuple[str, str]]) -> None:
    """Losing more than a fifth of a list is more often a wrong file than a reform."""
    before = grown(("2022-06-20", checklist(TEN, towns=[A, B])))
    proposal = proposed(before, "2023-06-20", checklist(left, towns=[A, B]))

    assert rules(proposal) == expected
    if expected:
        assert proposal.findings[0].found == "示例0镇、示例1镇：10 → 7"
        assert 'rule = "MASS-CHANGE"\nfile = "清单.xlsx"\nsheet = "配合"' in proposal.findings[0].fix.zh


def test_a_lost_category_must_be_confirmed_and_a_renamed_one_not() -> None:
    """A category that vanishes with its items is asked about; one that only has a new name is not."""
    old = [
        line(name, str(place), row=place, category="旧类" if place > 9 else "民生")
        for place, name in enumerate(TEN, 1)
    ]
    renamed = [replace(one, category="新类") if one.category == "旧类" else one for one in old]
    before = grown(("2022-06-20", checklist(old)))

    assert rules(proposed(before, "2023-06-20", checklist(old[:9]))) == [("MASS-CHANGE", "confirm")]
    assert rules(proposed(before, "2023-06-20", checklist(renamed))) == []


@pytest.mark.parametrize(
    ("place", "cell", "severity"),
    [
        pytest.param(None, None, "info", id="the-sheet"),
        pytest.param("A1:H90", None, "info", id="the-sheet-of-a-range"),
        pytest.param("A1:H90", "A1:H90", "info", id="the-range"),
        pytest.param("A1:H90", "A1", "info", id="its-first-cell"),
        pytest.param("A1:H90", "C17", "confirm", id="another-cell"),
    ],
)
def test_a_confirmed_shrinking_blocks_nothing(place: str | None, cell: str | None, severity: str) -> None:
    """The confirmation names the rule and the place; it stays visible as a note with its reason."""
    before = grown(("2022-06-20", checklist(TEN)))
    word = Confirmation(
        rule="MASS-CHANGE",
        file="清单.xlsx",
        sheet="配合",
        cell=cell,
        reason="机构改革",
        name="张示例",
        date=date(2023, 6, 1),
    )
    stated = checklist(TEN[:5])
    stated = replace(stated, where=replace(stated.where, cell=place))
    document = checked(stated, digest="b")
    proposal = register.propose(before, filing("2023-06-20", confirmations=(word,)), document, COUNTY)

    assert rules(proposal) == [("MASS-CHANGE", severity)]
    assert ("机构改革" in proposal.findings[0].fix.zh) == (severity == "info")


@pytest.mark.parametrize(
    ("lists", "rule"),
    [
        pytest.param([checklist(["低保"], towns=[])], "LIST-NOWHERE", id="for-nobody"),
        pytest.param([checklist(["低保"]), checklist(["防汛"])], "LIST-TWICE", id="two-lists"),
        pytest.param([checklist(["低保", "低 保"])], "NAME-TWICE", id="one-name-twice"),
    ],
)
def test_what_the_register_cannot_hold_is_refused(lists: list[Checklist], rule: str) -> None:
    """Lists without a township, two for one township and a name twice are errors here too."""
    proposal = proposed(EMPTY, "2022-06-20", *lists)

    assert rules(proposal) == [(rule, "error")]
    with pytest.raises(AssertionError):
        register.record(Path("never-written"), proposal)
