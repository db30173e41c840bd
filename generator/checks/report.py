"""What `check` prints: the JSON contract, and lines for a person."""

from __future__ import annotations

from itertools import groupby

from generator.checks.text import escape
from generator.model.documents import Where
from generator.model.findings import Checked, Checklist, FiledItem, Finding
from generator.model.text import ZH


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
        "items": [_item(item) for item in checklist.items],
    }


def _item(item: FiledItem) -> dict[str, object]:
    departments = item.departments
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


_SEVERITIES = {
    "error": ("错误", "error"),
    "confirm": ("须确认", "to confirm"),
    "warning": ("提示", "warning"),
    "info": ("说明", "note"),
}


def as_lines(checked: Checked, lang: str = ZH) -> list[str]:
    """Return the findings as lines, grouped by file: place · problem · what to do [rule], then a summary."""
    column = 0 if lang == ZH else 1
    lines: list[str] = []
    for file, findings in groupby(checked.findings, key=lambda finding: finding.where.file):
        lines.append(escape(file))
        for finding in findings:
            place = " › ".join(escape(part) for part in (finding.where.sheet, finding.where.cell) if part)
            severity = _SEVERITIES[finding.severity][column]
            problem = finding.problem.in_language(lang)
            head = f"  {place} · {problem}" if place else f"  {problem}"
            lines.append(f"{head} [{severity} {finding.rule}]")
            if finding.severity != "info":
                lines.append(f"      {finding.fix.in_language(lang)}")
    lines.append(_summary(checked, lang))
    return lines


def _summary(checked: Checked, lang: str) -> str:
    errors, confirms, warnings = (checked.count(s) for s in ("error", "confirm", "warning"))
    lists, items = len(checked.checklists), checked.item_count
    if lang == ZH:
        return f"共 {lists} 张清单、{items} 项；错误 {errors} 处，须确认 {confirms} 处，提示 {warnings} 处。"
    return f"Lists: {lists}, items: {items}; errors: {errors}, to confirm: {confirms}, warnings: {warnings}."
