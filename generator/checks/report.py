"""What `check` prints: the JSON contract, and lines for a person."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from itertools import groupby

from generator.checks.rules import RULES
from generator.checks.text import escape
from generator.model.documents import Where
from generator.model.findings import Checked, Checklist, FiledItem, Finding, Severity
from generator.model.kinds import LIST_KINDS, ListKind
from generator.model.text import ZH, Text


def as_json(checked: Checked) -> dict[str, object]:
    """Return the object of `check --format json`: documents, checklists, findings, summary. A contract."""
    return {
        "documents": [
            {
                "file": document.file,
                "sha256": document.sha256,
                "sheets": [sheet.name for sheet in document.sheets if sheet.name is not None],
            }
            for document in checked.documents
        ],
        "checklists": [_checklist(checklist) for checklist in checked.checklists],
        "findings": [_finding(finding) for finding in checked.findings],
        "summary": {
            "errors": checked.count("error"),
            "confirms": checked.count("confirm"),
            "warnings": checked.count("warning"),
            "items": checked.item_count,
        },
    }


def _checklist(checklist: Checklist) -> dict[str, object]:
    return {
        "kind": checklist.kind,
        "county": checklist.county,
        "townships": list(checklist.townships),
        "items": [_item(item, LIST_KINDS[checklist.kind]) for item in checklist.items],
    }


def _item(item: FiledItem, kind: ListKind) -> dict[str, object]:
    departments = item.departments
    filled = dict(item.more)
    # Only kinds with such columns have the key: the three lists and that of 2022 keep their contract.
    more = {"more": {meaning: filled.get(meaning) for meaning in kind.more}} if kind.more else {}
    return {
        "number": item.number,
        "category": item.category,
        "name": item.name,
        "basis": item.basis,
        "departments": None
        if departments is None
        else [{"name": d.name, "duty": d.duty} for d in departments],
        "township_duty": item.township_duty,
        "method": item.method,
        "where": _where(item.where),
        **more,
    }


def _where(where: Where) -> dict[str, object]:
    return {"file": where.file, "sheet": where.sheet, "cell": where.cell}


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        **_where(finding.where),
        "found": finding.found,
        "problem": {"zh": finding.problem.zh, "en": finding.problem.en},
        "fix": {"zh": finding.fix.zh, "en": finding.fix.en},
    }


SEVERITIES: Mapping[Severity, Text] = {
    "error": Text(zh="错误", en="error"),
    "confirm": Text(zh="须确认", en="to confirm"),
    "warning": Text(zh="提示", en="warning"),
    "info": Text(zh="说明", en="note"),
}


MOST_OF_A_RULE = 20
"""Findings of one rule that a document shows as text."""
_AND_MORE = Text(
    zh="{rule} 同类问题另有 {more} 处没有列出（qingdan check --all 可全部列出）",
    en="{more} more findings of {rule} are not listed (qingdan check --all lists them all)",
)


_HOW_TO_CONFIRM = Text(
    zh="要确认的，把下面几行复制到 filing.toml 末尾，填好理由、姓名（写在引号内）和日期（如 2022-06-18，不加引号）：",
    en="To confirm it, copy these lines to the end of filing.toml and fill in reason and name (between the quotes) and date (such as 2022-06-18, without quotes):",
)
_THEN = Text(
    zh="请逐处改正或确认，再检查一次；在此之前不能登记。",
    en="Mend or confirm each of them, then check again; nothing is recorded before.",
)


def as_lines(checked: Checked, lang: str = ZH, *, everything: bool = False) -> list[str]:
    """Return the findings as lines, grouped by file: place · problem · what to do [rule], then a summary.

    Notes of one rule are shown once for a file and counted, other findings of one rule twenty times, unless
    `everything` is asked for: one fault that runs through a whole list must not hide the others. Under a finding that
    waits for a confirmation stand the lines of filing.toml that would give it.
    """
    lines: list[str] = []
    for file, grouped in groupby(checked.findings, key=lambda finding: finding.where.file):
        lines.append(escape(file))
        findings = list(grouped)
        notes = Counter(finding.rule for finding in findings if finding.severity == "info")
        shown = Counter[str]()
        for finding in findings:
            more = 0
            if finding.severity == "info" and not _is_confirmed(finding) and not everything:
                more = notes.pop(finding.rule, 0) - 1
                if more < 0:
                    continue
            elif not everything:
                shown[finding.rule] += 1
                if shown[finding.rule] > MOST_OF_A_RULE:
                    continue
            lines += _finding_lines(finding, more, lang)
        lines += [
            f"  … {_AND_MORE.in_language(lang).format(rule=rule, more=count - MOST_OF_A_RULE)}"
            for rule, count in shown.items()
            if count > MOST_OF_A_RULE
        ]
    lines.append(_summary(checked, lang))
    return lines


def _finding_lines(finding: Finding, more: int, lang: str) -> list[str]:
    """One finding: where, what, what to do; and how many more notes of its kind were left out."""
    place = " › ".join(escape(part) for part in (finding.where.sheet, finding.where.cell) if part)
    severity = SEVERITIES[finding.severity].in_language(lang)
    problem = finding.problem.in_language(lang)
    head = f"  {place} · {problem}" if place else f"  {problem}"
    lines = [f"{head} [{severity} {finding.rule}]"]
    if more:
        also = f"同类说明另有 {more} 处。" if lang == ZH else f"Notes of this kind elsewhere: {more}."
        lines.append(f"      {also}")
    if finding.severity != "info":
        lines.append(f"      {finding.fix.in_language(lang)}")
    if finding.severity == "confirm":
        lines.append(f"      {_HOW_TO_CONFIRM.in_language(lang)}")
        lines += [f"          {line}" for line in confirmation_lines(finding)]
    return lines


def _is_confirmed(finding: Finding) -> bool:
    """Whether a person's word made a note of it: that is told each time."""
    return RULES[finding.rule].severity == "confirm"


def confirmation_lines(finding: Finding) -> list[str]:
    """Return the lines of filing.toml that confirm a finding; reason, name and date are left to the person."""
    where = finding.where
    places = (("rule", finding.rule), ("file", where.file), ("sheet", where.sheet), ("cell", where.cell))
    given = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in places if value is not None]
    return ["[[confirm]]", *given, 'reason = ""', 'name = ""', "date ="]


def _summary(checked: Checked, lang: str) -> str:
    errors, confirms, warnings = (checked.count(s) for s in ("error", "confirm", "warning"))
    lists, items = len(checked.checklists), checked.item_count
    then = _THEN.in_language(lang) if errors or confirms else ""
    if lang == ZH:
        return f"共 {lists} 张清单、{items} 项；错误 {errors} 处，须确认 {confirms} 处，提示 {warnings} 处。{then}"
    counts = (
        f"Lists: {lists}, items: {items}; errors: {errors}, to confirm: {confirms}, warnings: {warnings}."
    )
    return f"{counts} {then}".rstrip()
