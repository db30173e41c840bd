"""The catalogue: every rule has an example that passes and one that fails, and no rule stands there for nothing."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from string import Formatter

import pytest

from generator.checks import RULES
from generator.checks.examples import check_example
from generator.checks.rule import FINE, Rule

ROOM = Path(__file__).parent.parent / "generator" / "checks"


def named_in_code() -> set[str]:
    """Every rule id that the code applies: the upper-case words with a hyphen in its string literals."""
    found = set()
    for path in sorted(ROOM.glob("*.py")):
        if path.name.startswith("rules_"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            value = str(node.value) if isinstance(node, ast.Constant) else ""
            if value in RULES or re.fullmatch(r"[A-Z]+(-[A-Z]+)+", value):
                found.add(value)
    return found


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_failing_example_is_found_where_it_stands(rule: Rule) -> None:
    """Each rule's failing example gives its finding, with its severity, at the address that the clerk sees."""
    findings = [finding for finding in check_example(rule.fails).findings if finding.rule == rule.id]

    assert findings, f"{rule.id} is not found in its own failing example"
    assert {finding.severity for finding in findings} == {rule.severity}
    if rule.fails.at is not None:
        sheet, _, cell = rule.fails.at.partition("!")
        places = [(finding.where.sheet, finding.where.cell) for finding in findings]
        assert (sheet or rule.fails.sheets[0].name, cell or None) in places


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_passing_example_is_not_complained_of(rule: Rule) -> None:
    """Each rule's passing example gives no finding of it, and no error at all."""
    checked = check_example(rule.passes)

    assert not [f for f in checked.findings if f.rule == rule.id and f.severity == rule.severity]
    assert not [(f.rule, f.where, f.found) for f in checked.findings if f.severity == "error"]


def test_every_rule_is_applied_and_every_applied_rule_is_in_the_catalogue() -> None:
    """An id in the code without a row, or a row that neither code nor a reader applies, is a fault of ours."""
    applied = named_in_code()
    read = {rule.id for rule in RULES.values() if rule.fails.faults}

    assert applied <= set(RULES)
    assert set(RULES) <= applied | read


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_sentences_are_whole_in_both_languages(rule: Rule) -> None:
    """Sentences end as sentences, name the same slots in both languages and use full-width marks in Chinese."""
    for text in (rule.says, rule.problem, rule.fix):
        assert re.search(r"[。”）]$", text.zh)
        assert re.search(r"(\.|…|[“”）)])$|。$", text.en)
        assert not re.search(r"[一-鿿][,;:?!]", text.zh)
    slots = [
        {name.removesuffix("_en") for _, name, _, _ in Formatter().parse(sentence) if name}
        for sentence in (rule.problem.zh, rule.problem.en)
    ]
    assert slots[1] <= slots[0]
    assert rule.source


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_no_slot_is_left_empty(rule: Rule) -> None:
    """Every slot of a rule's sentences gets a value where the rule fires (quotations may be empty for reader faults)."""
    for finding in check_example(rule.fails).findings:
        if finding.rule == rule.id and not rule.fails.faults and finding.found:
            assert "“”" not in finding.problem.zh
            assert "{" not in finding.problem.zh + finding.fix.zh + finding.problem.en + finding.fix.en


def test_the_plain_example_has_no_findings() -> None:
    """The list that rules pass on is fine in every respect."""
    assert check_example(FINE).findings == ()
