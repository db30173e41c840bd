"""A proposal and a trace as lines of text for the person at the command line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import Final

from generator.model.filings import Stage
from generator.model.findings import Finding, Severity
from generator.model.kinds import LIST_KINDS, Field
from generator.model.lists import Change, ChangeType, Version, VersionChanges
from generator.model.text import Text
from generator.register.matching import Match
from generator.register.proof import Trace
from generator.register.proposal import Proposal
from generator.register.sentences import KINDS_IN_ENGLISH
from generator.register.versions import stages_open

_SEVERITY: Final[dict[Severity, Text]] = {
    "error": Text(zh="错误", en="error"),
    "confirm": Text(zh="须确认", en="to confirm"),
    "warning": Text(zh="提示", en="warning"),
    "info": Text(zh="说明", en="note"),
}
_STAGE: Final[dict[Stage, Text]] = {
    "approval": Text(zh="县级审定", en="county approval"),
    "review": Text(zh="市（地）审核", en="prefecture review"),
    "record": Text(zh="省级备案", en="province record"),
}
_CHANGE: Final[dict[ChangeType, Text]] = {
    "added": Text(zh="新增", en="new"),
    "changed": Text(zh="变更", en="changed"),
    "removed": Text(zh="取消", en="removed"),
    "renumbered": Text(zh="仅序号调整", en="renumbered"),
}
_FIELD: Final[dict[Field, Text]] = {
    "number": Text(zh="序号", en="number"),
    "category": Text(zh="类别", en="category"),
    "name": Text(zh="事项名称", en="name"),
    "basis": Text(zh="依据", en="basis"),
    "departments": Text(zh="部门", en="departments"),
    "department_duty": Text(zh="部门职责", en="departments' duties"),
    "township_duty": Text(zh="乡镇（街道）职责", en="township's duty"),
    "method": Text(zh="工作方式", en="method"),
    "code": Text(zh="项目编码", en="code"),
    "subitem": Text(zh="子项", en="sub-item"),
    "partners": Text(zh="协同部门", en="partner departments"),
    "delegation": Text(zh="赋权方式", en="form of delegation"),
    "agency": Text(zh="办理主体", en="agency"),
    "liability": Text(zh="追责情形", en="liability"),
    "deadline": Text(zh="期限", en="time limit"),
    "channel": Text(zh="监督渠道", en="supervision channel"),
}


def as_lines(proposal: Proposal, lang: str, *, recorded: bool) -> list[str]:
    """Return what a proposal says: findings, the lists stated, and each change against the version before.

    Townships with the same changes are told together; `recorded` says whether it has been written.
    """
    lines = [line for finding in proposal.findings for line in _finding_lines(finding, lang)]
    lines += _first_lists(proposal, lang)
    for group in _alike(proposal.changes):
        lines += _change_lines(group, proposal, lang)
    lines += _matches(proposal.matches, lang)
    lines.append(_ending(proposal, recorded).in_language(lang))
    return lines


def in_force_lines(proposal: Proposal, lang: str, *, as_of: date) -> list[str]:
    """Return since when a recorded filing is in force, or what it waits for: until then no public page shows it."""
    filing = proposal.filing.filing
    day = filing.effective.isoformat()
    stages = stages_open(filing, as_of=as_of, gates=proposal.gates)
    if filing.effective <= as_of and not stages:
        told = Text(
            zh=f"清单自 {day} 起生效；运行 qingdan build 后在网站上公布。",
            en=f"The lists are in force since {day}; qingdan build publishes them.",
        )
        return [told.in_language(lang)]
    waits = [
        Text(zh=f"{_STAGE[stage].zh}（写明日期）", en=f"{_STAGE[stage].en} (with its date)")
        for stage in stages
    ]
    if filing.effective > as_of:
        waits.append(Text(zh=f"施行日期 {day}", en=f"its day, {day}"))
    return [
        Text(
            zh=f"已登记，但尚未生效，网站暂不公布（qingdan build --preview 可以预览）。还差：{'、'.join(wait.zh for wait in waits)}。",
            en=f"Recorded, but not in force yet and so not published (qingdan build --preview shows it). Waiting for: {', '.join(wait.en for wait in waits)}.",
        ).in_language(lang)
    ]


def _ending(proposal: Proposal, recorded: bool) -> Text:
    name = proposal.filing.filing.id
    if not recorded:
        return Text(
            zh=f"没有登记：{name}。请按以上“错误”“须确认”各条改正或确认，再运行一次。",
            en=f"Not recorded: {name}. Mend or confirm what stands above as error or to confirm, then run again.",
        )
    if proposal.verdict == "already":
        return Text(zh=f"登记册未变：{name}。", en=f"The register is unchanged: {name}.")
    return Text(zh=f"已登记：{name}。", en=f"Recorded: {name}.")


def _finding_lines(finding: Finding, lang: str) -> list[str]:
    where = finding.where
    place = " ".join(part for part in (where.file, where.sheet, where.cell) if part)
    severity = _SEVERITY[finding.severity].in_language(lang)
    first = f"{place} [{severity} {finding.rule}] {finding.problem.in_language(lang)}"
    return [first, *(f"    {line}" for line in finding.fix.in_language(lang).splitlines())]


def _kind(kind: str, lang: str) -> str:
    return Text(zh=LIST_KINDS[kind].zh, en=KINDS_IN_ENGLISH.get(kind, kind)).in_language(lang)


def _townships(codes: Iterable[str], proposal: Proposal) -> str:
    names = {str(code): name for code, name in proposal.township_names.items()}
    return "、".join(names.get(code, code) for code in codes)


def _first_lists(proposal: Proposal, lang: str) -> list[str]:
    """Tell the lists filed for the first time, townships with equally many lines together."""
    seen = {(change.township, change.kind) for change in proposal.changes}
    fresh: dict[tuple[str, int], list[Version]] = {}
    for version in proposal.versions:
        if (version.township, version.kind) not in seen:
            fresh.setdefault((version.kind, len(version.lines)), []).append(version)
    return [
        Text(
            zh=f"{_kind(kind, lang)}：首次登记 {count} 项，{_townships((one.township for one in versions), proposal)}。",
            en=f"{_kind(kind, lang)}: first list, {count} items, {_townships((one.township for one in versions), proposal)}.",
        ).in_language(lang)
        for (kind, count), versions in fresh.items()
    ]


def _alike(changes: Sequence[VersionChanges]) -> list[list[VersionChanges]]:
    """Group the townships whose list of one kind changed in the same way."""
    groups: dict[tuple[str, str, tuple[Change, ...]], list[VersionChanges]] = {}
    for one in changes:
        groups.setdefault((one.kind, one.before, one.changes), []).append(one)
    return list(groups.values())


def _change_lines(group: Sequence[VersionChanges], proposal: Proposal, lang: str) -> list[str]:
    one = group[0]
    counts = [
        f"{_CHANGE[what].in_language(lang)} {sum(change.type == what for change in one.changes)}"
        for what in _CHANGE
    ]
    places = _townships((each.township for each in group), proposal)
    head = Text(
        zh=f"{places}，{_kind(one.kind, lang)}，与 {one.before} 比：{'，'.join(counts)}。",
        en=f"{places}, {_kind(one.kind, lang)}, against {one.before}: {', '.join(counts)}.",
    ).in_language(lang)
    ordered = sorted(one.changes, key=lambda change: list(_CHANGE).index(change.type))
    lines = [head]
    for what, changes in groupby(ordered, key=lambda change: change.type):
        if what == "renumbered":
            continue  # the head has their number; a list of them hides what matters
        lines += [_change_line(change, lang) for change in changes]
    return lines


def _change_line(change: Change, lang: str) -> str:
    fields = [_FIELD[field.field].in_language(lang) for field in change.fields]
    number = change.new_number if change.new_number is not None else change.old_number
    told = (
        f"（{'、'.join(fields)}）" if fields and lang == "zh" else f" ({', '.join(fields)})" if fields else ""
    )
    name = "".join(change.name.splitlines())
    return f"    {_CHANGE[change.type].in_language(lang)} {number} {name} [{change.item}]{told}"


def _matches(matches: Sequence[Match], lang: str) -> list[str]:
    """Say how sure the matches are: how many are certain by name, and each one that rests on a person's word."""
    if not matches:
        return []
    count = {
        how: sum(match.how == how for match in matches) for how in ("name", "confirmed", "new", "unsure")
    }
    lines = [
        Text(
            zh=f"事项对应：按名称确定 {count['name']}，经确认 {count['confirmed']}，新事项 {count['new']}，待确认 {count['unsure']}。",
            en=f"Matches: {count['name']} certain by name, {count['confirmed']} confirmed, {count['new']} new items, {count['unsure']} to be confirmed.",
        ).in_language(lang)
    ]
    for match in matches:
        if match.how == "confirmed":
            lines.append(
                Text(
                    zh=f"    经确认：{match.item} 原名“{match.was}”，现名“{match.name}”。",
                    en=f"    confirmed: {match.item} was “{match.was}”, now “{match.name}”.",
                ).in_language(lang)
            )
    return lines


def trace_lines(traces: Sequence[Trace], lang: str) -> list[str]:
    """Return where each line of an item stands: document, sheet, cell, SHA-256 and approvals."""
    lines: list[str] = []
    for one in traces:
        missing = Text(zh="未报送", en="not filed").in_language(lang)
        where = one.where
        number = Text(zh="序号", en="number").in_language(lang)
        lines += [
            f"{one.township}/{one.item} {''.join(one.name.splitlines())}（{number} {one.number}）",
            f"    {one.title}（{one.filing}，{one.effective}）",
            f"    {' '.join(part for part in (where.file, where.sheet, where.cell) if part)}",
            f"    SHA-256 {one.sha256}",
        ]
        for stage, name in _STAGE.items():
            approval = next((each for each in one.approvals if each.stage == stage), None)
            told = missing
            if approval is not None:
                day = approval.date.isoformat() if approval.date else missing
                told = f"{approval.authority}，{approval.document_number or missing}，{day}"
            lines.append(f"    {name.in_language(lang)}：{told}")
    return lines
