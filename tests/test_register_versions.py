"""What is in force of the recorded, and what each filing changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from generator import register
from generator.model.filings import Approval
from generator.model.findings import Department
from generator.register.versions import field_changes
from tests.register_filings import (
    COUNTY,
    DONE,
    EMPTY,
    LATE,
    NONE,
    STEPS,
    TEN,
    A,
    B,
    checked,
    checklist,
    dated,
    filing,
    grown,
    line,
    names_in_force,
    proposed,
    without,
)

RECORD = Approval(stage="record", authority="省委编办", document_number=None, date=date(2022, 9, 1))


@pytest.mark.parametrize(
    ("approvals", "as_of", "gates", "expected"),
    [
        pytest.param(DONE, "2022-06-20", NONE, True, id="on-its-day"),
        pytest.param(DONE, "2022-06-19", NONE, False, id="the-day-before"),
        pytest.param(without("approval"), "2025-01-01", NONE, False, id="not-approved"),
        pytest.param(without("review"), "2025-01-01", NONE, False, id="not-reviewed"),
        pytest.param(dated("approval", None), "2025-01-01", NONE, False, id="approval-without-date"),
        pytest.param(dated("review", date(2026, 1, 1)), "2025-01-01", NONE, False, id="reviewed-later"),
        pytest.param(DONE, "2025-01-01", frozenset({"record"}), False, id="gate-not-passed"),
        pytest.param((*DONE, RECORD), "2025-01-01", frozenset({"record"}), True, id="gate-passed"),
        pytest.param((*DONE, RECORD), "2022-08-01", frozenset({"record"}), False, id="gate-passed-later"),
    ],
)
def test_what_is_in_force(
    approvals: tuple[Approval, ...], as_of: str, gates: frozenset[str], expected: bool
) -> None:
    """Approved, reviewed and begun, each by that day; the rest is shown by the preview only, as pending."""
    recorded = register.propose(
        EMPTY, filing("2022-06-20", approvals=approvals), checked(checklist(["低保"])), COUNTY
    ).register
    day = date.fromisoformat(as_of)
    lists = register.in_force(recorded, as_of=day, gates=gates)
    preview = register.in_force(recorded, as_of=day, gates=gates, preview=True)

    assert bool(lists.versions) == bool(lists.filings) == expected
    assert [version.pending for version in preview.versions] == [not expected]


def test_changes_between_versions_in_force() -> None:
    """Each filing's changes are told by type; a line whose number alone changed is only renumbered."""
    lists = register.in_force(grown(*STEPS), as_of=LATE, gates=NONE)
    second, third = lists.changes

    assert (second.before, second.filing) == ("2022-06-20-list", "2023-06-20-list")
    assert [(one.type, one.name, one.old_number, one.new_number) for one in second.changes] == [
        ("renumbered", "防汛", "2", "1"),
        ("changed", "低保", "1", "2"),
        ("added", "电梯", None, "6"),
    ]
    assert [(one.field, one.old, one.new) for one in second.changes[1].fields] == [
        ("township_duty", "配合核实", "另有职责")
    ]
    assert [(one.type, one.name) for one in third.changes] == [("renumbered", "电梯"), ("removed", "帮教")]
    assert [(town, one.state.name, by) for town, one, by in lists.removed] == [(A, "帮教", "2024-06-20-list")]


def test_since_reaches_back_over_equal_lines_only() -> None:
    """A line has said the same since the first filing of the unbroken run that says it; its number is no matter."""
    lists = register.in_force(grown(*STEPS), as_of=LATE, gates=NONE)
    version = lists.version(A, "supporting")

    assert version is not None
    assert {one.state.name: one.since[:4] for one in version.lines} == {
        "防汛": "2022",
        "低保": "2023",
        "食品": "2022",
        "禁毒": "2022",
        "电梯": "2023",
    }
    assert {one.filing for one in version.lines} == {"2024-06-20-list"}


def test_as_of_shows_the_lists_of_that_day() -> None:
    """The same register gives the first list at first, and later filings are not even mentioned."""
    lists = register.in_force(grown(*STEPS), as_of=date(2023, 1, 1), gates=NONE)

    assert names_in_force(lists) == ["低保", "防汛", "食品", "禁毒", "帮教"]
    assert (lists.changes, lists.removed) == ((), ())
    assert [one.filing.id for one in lists.filings] == ["2022-06-20-list"]


def test_preview_adds_the_pending_version_with_its_changes() -> None:
    """The version in force comes first; what is not in force follows, marked, and takes nothing away."""
    lists = register.in_force(grown(*STEPS), as_of=date(2023, 1, 1), gates=NONE, preview=True)

    assert [(one.filing[:4], one.pending) for one in lists.versions] == [
        ("2022", False),
        ("2023", True),
        ("2024", True),
    ]
    assert names_in_force(lists) == ["低保", "防汛", "食品", "禁毒", "帮教"]
    assert len(lists.changes) == 2
    assert lists.removed == ()


def test_a_later_list_of_one_township_leaves_the_others() -> None:
    """A filing for one township and kind replaces that list only."""
    before = grown(("2022-06-20", checklist(["低保"], towns=[A, B])))
    after = proposed(before, "2023-06-20", checklist(["低保", "防汛"], towns=[B])).register
    lists = register.in_force(after, as_of=LATE, gates=NONE)

    assert names_in_force(lists, A) == ["低保"]
    assert names_in_force(lists, B) == ["低保", "防汛"]


def test_a_changed_kind_is_a_removal_with_a_signpost() -> None:
    """The removed line names the item of the other kind that has its name now."""
    before = grown(("2022-06-20", checklist(TEN)))
    taken = replace(line("河湖"), township_duty=None, method="由县水务局承担")
    after = proposed(before, "2023-06-20", checklist(TEN[:9]), checklist([taken], kind="reclaimed")).register
    lists = register.in_force(after, as_of=LATE, gates=NONE)

    assert [(one.type, one.item, one.moved_to) for one in lists.changes[0].changes] == [
        ("removed", "supporting-0010", "reclaimed-0001")
    ]
    assert [one.item for _, one, _ in lists.removed] == ["supporting-0010"]


def test_an_item_that_came_back_is_not_removed() -> None:
    """Only what is not in force now is kept as removed."""
    back = grown(
        ("2022-06-20", checklist(TEN)), ("2023-06-20", checklist(TEN[:9])), ("2024-06-20", checklist(TEN))
    )
    lists = register.in_force(back, as_of=LATE, gates=NONE)
    version = lists.version(A, "supporting")

    assert lists.removed == ()
    assert version is not None
    assert version.lines[-1].since == "2024-06-20-list"


def test_every_field_of_a_line_is_compared() -> None:
    """Category, name, basis, departments, both duties and the method: no change of a line goes untold."""
    old = grown(("2022-06-20", checklist(["低保"]))).items[0].states[0]
    new = replace(
        old,
        category="社保",
        name="城乡低保",
        basis="《办法》",
        departments=(Department(name="县民政局", duty="审核"), Department(name="县财政局", duty="拨付")),
        township_duty="初审",
        method="直接开展",
    )

    assert [(one.field, one.old, one.new) for one in field_changes(old, new)] == [
        ("category", "民生", "社保"),
        ("name", "低保", "城乡低保"),
        ("basis", "", "《办法》"),
        ("departments", "县民政局", "县民政局\n县财政局"),
        ("department_duty", "县民政局：组织实施", "县民政局：审核\n县财政局：拨付"),
        ("township_duty", "配合核实", "初审"),
        ("method", "", "直接开展"),
    ]
