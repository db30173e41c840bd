"""The catalogue of bad inputs, case by case: each is refused, asked about or accepted as `catalogue/cases.toml` says."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from generator import checks, register
from generator.checks.notebook import Notebook
from generator.model.documents import Where
from generator.model.findings import Finding
from tests import test_checks_rules, test_register
from tests.catalogue import CASES
from tests.catalogue.desk import SETTINGS, Desk
from tests.catalogue.papers import listed_csv
from tests.register_filings import checklist

DECISION = Path(__file__).parents[1] / "docs" / "decisions" / "0007-catalogue-judged-otherwise.md"

LISTED: dict[str, dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "catalogue" / "cases.toml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("identifier", LISTED, ids=[f"{key} {row['title']}" for key, row in LISTED.items()])
def test_case(identifier: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The case meets exactly the rules that the catalogue lists, at their address, in both languages, and raises nothing."""
    desk = Desk(tmp_path, monkeypatch)
    CASES[identifier](desk)

    assert desk.met == LISTED[identifier]["rules"]


def test_every_case_of_the_catalogue_is_here() -> None:
    """44 of files, 32 of sheets, 28 of cells, 20 of characters, 40 of meaning: each has a case, and no case is unlisted."""
    wanted = [
        f"{family}{number:02}"
        for family, most in (("F", 44), ("S", 32), ("C", 28), ("U", 20), ("D", 40))
        for number in range(1, most + 1)
    ]
    assert list(LISTED) == wanted
    assert sorted(CASES) == sorted(wanted)


def test_what_is_judged_otherwise_has_its_reason() -> None:
    """The cases marked `judged` are exactly those that the decision names, each with its reason."""
    text = DECISION.read_text(encoding="utf-8")
    reasons = {
        identifier: reason
        for line in re.split(r"\n(?=- |\n|#)", text)
        if line.startswith("- **")
        for head, _, reason in [line.rpartition("** ")]
        for identifier in re.findall(r"\*\*([FSCUD]\d\d)", head + "**")
    }
    assert set(reasons) == {identifier for identifier, row in LISTED.items() if row.get("judged")}
    assert all(len(reason) > 60 for reason in reasons.values())


def _cannot_hold(rule: str) -> None:
    lists = {
        "LIST-NOWHERE": [checklist(["低保"], towns=[])],
        "LIST-TWICE": [checklist(["低保"]), checklist(["防汛"])],
        "NAME-TWICE": [checklist(["低保", "低 保"])],
    }
    test_register.test_what_the_register_cannot_hold_is_refused(lists[rule], rule)


# Rules of the register that take more than one filing to meet: the tests that meet them.
ELSEWHERE: dict[str, Callable[[], None]] = {
    "ITEM-RENAMED": partial(
        test_register.test_a_like_name_must_be_confirmed, "农村危房改造", "农村危房和抗震房改造", "配合"
    ),
    "ITEM-RENAMED-TWICE": test_register.test_two_names_of_one_item_in_one_list_must_be_told_apart,
    "RENAMED-UNKNOWN": test_register.test_a_renaming_of_nothing_is_an_error,
    "FILING-ALREADY": test_register.test_recording_again_changes_nothing,
    "FILING-UPDATED": test_register.test_later_approvals_are_taken_over,
    "FILING-CHANGED": partial(test_register.test_a_recorded_filing_cannot_be_edited, "documents"),
    **{rule: partial(_cannot_hold, rule) for rule in ("LIST-NOWHERE", "LIST-TWICE", "NAME-TWICE")},
}


def in_cases() -> set[str]:
    """The rules that some case of the catalogue meets."""
    return {rule for row in LISTED.values() for rule in row["rules"]}


def test_every_rule_is_met() -> None:
    """Every rule is met by a case here or, of the register, by a test named here; no case speaks of a rule that is none."""
    known = {*checks.RULES, *register.RULES}
    assert in_cases() - {SETTINGS} <= known
    assert set(register.RULES) <= in_cases() | set(ELSEWHERE)
    # Each rule of documents has a test of its own name besides: its failing example, found where it stands.
    assert set(checks.RULES) == {rule.id for rule in checks.RULES.values()}


def _without(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take one rule of documents out of the program."""
    add = Notebook.add

    def deaf(self: Notebook, name: str, where: Where, /, *found: Any, **slots: object) -> None:
        if name != rule:
            add(self, name, where, *found, **slots)

    monkeypatch.setattr(Notebook, "add", deaf)


@pytest.mark.parametrize("rule", checks.RULES)
def test_removing_a_rule_turns_its_test_red(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were a rule not applied any more, the test of its failing example would say so."""
    row = checks.RULES[rule]
    test_checks_rules.test_failing_example_is_found_where_it_stands(row)
    _without(rule, monkeypatch)
    with pytest.raises(AssertionError):
        test_checks_rules.test_failing_example_is_found_where_it_stands(row)


QUICK = {
    rule: identifier
    for identifier, row in reversed(LISTED.items())
    if identifier not in {"F09", "F29", "F44", "S21"}
    for rule in row["rules"]
    if rule in checks.RULES
}
"""Rule → the first case that meets it, but for those that take long."""


@pytest.mark.parametrize("rule", sorted(QUICK))
def test_removing_a_rule_turns_its_case_red(
    rule: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same with the real document: without the rule its case fails."""
    _without(rule, monkeypatch)
    with pytest.raises(AssertionError):
        CASES[QUICK[rule]](Desk(tmp_path, monkeypatch))


@pytest.mark.parametrize("rule", register.RULES)
def test_removing_a_rule_of_the_register_turns_a_test_red(
    rule: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were a rule of the register left out, the case or the test that meets it would say so."""
    identifier = next((key for key, row in LISTED.items() if rule in row["rules"]), None)
    test = ELSEWHERE.get(rule) or partial(CASES[str(identifier)], Desk(tmp_path, monkeypatch))
    test()
    propose = register.propose

    def deaf(*arguments: Any) -> register.Proposal:
        proposal = propose(*arguments)
        return replace(proposal, findings=tuple(_but(rule, proposal.findings)))

    for module in ("generator.register", "tests.catalogue.meaning"):
        monkeypatch.setattr(f"{module}.propose", deaf)
    again = ELSEWHERE.get(rule) or partial(CASES[str(identifier)], Desk(tmp_path, monkeypatch))
    with pytest.raises(AssertionError):
        again()


def _but(rule: str, findings: Iterable[Finding]) -> Iterable[Finding]:
    return (finding for finding in findings if finding.rule != rule)


def test_a_text_is_called_a_csv_at_the_command_line(tmp_path: Path) -> None:
    """`--as csv` reads what no name says is one, `--encoding` overrules what its bytes say."""
    path = tmp_path / "清单.xls"
    path.write_bytes(listed_csv(encoding="gb18030"))
    said = {}
    for options in ((), ("--as", "csv"), ("--as", "csv", "--encoding", "utf-8")):
        command = [
            sys.executable,
            "-m",
            "generator",
            "check",
            str(path),
            "--content",
            str(tmp_path),
            *options,
        ]
        run = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
        said[options] = (run.returncode, re.findall(r"\[\S+ ([A-Z-]+)\]", run.stdout))

    assert said[()] == (1, ["FILE-TYPE"])
    assert said["--as", "csv"] == (0, ["CSV-READ", "TOWNSHIP-NOT-NAMED"])
    assert said["--as", "csv", "--encoding", "utf-8"] == (1, ["CSV-ENCODING"])
