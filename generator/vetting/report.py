"""What `vet` says: lines for a person, the JSON contract, and the notes of the annotated copy.

Never more than a match: 疑似对应, 清单中未找到, and always 请人工核对.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from generator.model.documents import Where
from generator.model.findings import Finding
from generator.model.kinds import LIST_KINDS
from generator.model.prose import Note, Prose
from generator.model.text import ZH, Text
from generator.vetting.matching import SURE, Match
from generator.vetting.vet import Judgement, Verdict, Vetted
from generator.vetting.words import Ban, Mark

_VERDICTS: Final[dict[Verdict, Text]] = {
    "listed": Text(zh="疑似对应清单事项", en="possibly on the list"),
    "reclaimed": Text(zh="疑似对应已收回事项", en="possibly a reclaimed duty"),
    "unlisted": Text(zh="清单中未找到", en="not found on the list"),
}
_BANS: Final[dict[Ban, Text]] = {
    "veto": Text(zh="“一票否决”表述", en="wording of a one-vote veto"),
    "pledge": Text(zh="“责任状（书）”表述", en="wording of a letter of responsibility"),
    "target": Text(zh="考核指标、下达指标表述", en="wording of assessment targets"),
}
_KINDS_EN: Final = {
    "basic": "core duties",
    "supporting": "supporting duties",
    "reclaimed": "reclaimed duties",
    "task": "responsibilities and tasks (2022)",
    "powers": "powers and responsibilities",
    "delegated": "delegated powers",
    "territorial": "matters under territorial management",
    "services": "public services",
}
_LONGEST_NOTE: Final = 90


def as_lines(vetted: Vetted, lang: str = ZH) -> list[str]:
    """Return the report for a person: each sentence with what was found and its evidence, then a summary."""
    lines = [_safe(vetted.prose.file)]
    for judgement in vetted.judgements:
        lines.append(f"  {_place(judgement, lang)}{_safe(judgement.text)}")
        lines += [f"      {line}" for line in _sayings(judgement, vetted, lang)]
    if vetted.prose.pictures:
        lines.append(
            "  "
            + Text(
                zh=f"文件中有 {vetted.prose.pictures} 张图片，图片里的文字没有读取，请人工查看。",
                en=f"The document has {vetted.prose.pictures} picture(s) whose text was not read; please look at them.",
            ).in_language(lang)
        )
    return [*lines, _summary(vetted).in_language(lang)]


def unread(prose: Prose, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the findings of a document that could not be read, with what to do here: `check` speaks of tables."""
    fix = Text(
        zh=f"请用 WPS 或 Word 打开“{_safe(prose.file)}”，另存为 .docx（或纯文本 .txt）后再试；扫描件和 PDF 请先转成文字。",
        en=f"Open “{_safe(prose.file)}” in WPS or Word, save it as .docx (or plain text, .txt) and try again; turn scans and PDFs into text first.",
    )
    return tuple(replace(finding, fix=fix) for finding in findings)


def _place(judgement: Judgement, lang: str) -> str:
    cell = " ".join(part for part in (judgement.where.sheet, judgement.where.cell) if part)
    number = f"第{judgement.passage}段" if lang == ZH else f"paragraph {judgement.passage}"
    return (
        f"{number}（{cell}）· "
        if cell and lang == ZH
        else f"{number} ({cell}) · "
        if cell
        else f"{number} · "
    )


def _sayings(judgement: Judgement, vetted: Vetted, lang: str) -> list[str]:
    said: list[str] = []
    if judgement.verdict:
        best = judgement.matches[0] if judgement.matches else None
        said.append(_verdict(judgement, best).in_language(lang))
        if best:
            said += [text.in_language(lang) for text in _evidence(judgement, best, vetted)]
            said += [_other(match).in_language(lang) for match in judgement.matches[1:]]
        elif judgement.nearest:
            said.append(_nearest(judgement.nearest).in_language(lang))
    said += [_mark(mark).in_language(lang) for mark in judgement.marks]
    return said


def _verdict(judgement: Judgement, best: Match | None) -> Text:
    verdict = judgement.verdict
    assert verdict is not None
    head = _VERDICTS[verdict]
    if best is None:
        return Text(zh=f"{head.zh}，请人工核对。", en=f"{head.en}; please check.")
    weak = best.score < SURE
    line = best.candidate.line
    return Text(
        zh=f"{head.zh}：{LIST_KINDS[line.kind].zh}“{_flat(line.state.name)}”（{line.item}，相似度 {best.score:.2f}"
        f"{'，把握不大' if weak else ''}），请人工核对。",
        en=f"{head.en}: {_KINDS_EN[line.kind]}, “{_flat(line.state.name)}” ({line.item}, likeness {best.score:.2f}"
        f"{', a weak match' if weak else ''}); please check.",
    )


def _evidence(judgement: Judgement, best: Match, vetted: Vetted) -> list[Text]:
    duty = judgement.duty
    assert duty is not None
    words = best.words[:6]
    said = [
        Text(
            zh=f"相同的词：{'、'.join(words)}；安排任务的文字：“{_safe(duty.who)}……{duty.verb}”",
            en=f"Words in common: {', '.join(words)}; the task is put by: “{_safe(duty.who)} … {duty.verb}”",
        ),
        _part(best),
    ]
    if best.closer_to is not None:
        name, own = best.closer_to.name, _flat(best.closer_to.duty or "")
        said.append(
            Text(
                zh=f"注意：这句话更接近清单中{name}的职责（{own}），疑似把部门职责交由乡镇（街道）承担。",
                en=f"Note: this is closer to what the list gives to {name} ({own}); a department's duty may be passed on.",
            )
        )
    said += _absent(judgement)
    said.append(_filed(best, vetted))
    return said


def _absent(judgement: Judgement) -> list[Text]:
    names = "、".join(judgement.absent)
    said = Text(
        zh=f"注意：{names}的清单中没有此项。", en=f"Note: the lists of {names} do not have this item."
    )
    return [said] if names else []


def _part(match: Match) -> Text:
    """Whose the matter is: the township's part, or who does it now."""
    line = match.candidate.line
    departments = "、".join(department.name for department in line.state.departments or ())
    if line.kind == "reclaimed":
        method = _flat(line.state.method or "")
        who = Text(
            zh=f"现由{departments}承担" if departments else "已取消，无承接部门",
            en=f"now done by {departments}" if departments else "cancelled; no department takes it over",
        )
        return Text(zh=f"{who.zh}：{method}", en=f"{who.en}: {method}")
    if line.state.township_duty:
        return Text(
            zh=f"乡镇（街道）承担的部分：{_flat(line.state.township_duty)}（对应部门：{departments}）",
            en=f"The township's part: {_flat(line.state.township_duty)} (departments: {departments})",
        )
    return Text(zh="基本履职事项，由乡镇（街道）承担。", en="A core duty: the township's own.")


def _filed(match: Match, vetted: Vetted) -> Text:
    line = match.candidate.line
    title = vetted.lists.recorded(line.filing).filing.title
    where = " › ".join(part for part in (line.where.file, line.where.sheet, line.where.cell) if part)
    count, total = len(match.candidate.townships), len(vetted.county.townships)
    return Text(
        zh=f"出处：《{title}》{where}，第 {line.number} 项；{total} 个乡镇（街道）中 {count} 个的清单有此项。",
        en=f"Filed in: {title}, {where}, no. {line.number}; on the lists of {count} of {total} townships.",
    )


def _other(match: Match) -> Text:
    line = match.candidate.line
    name = _flat(line.state.name)
    return Text(
        zh=f"也可能对应：{LIST_KINDS[line.kind].zh}“{name}”（{line.item}，相似度 {match.score:.2f}）",
        en=f"Or possibly: {_KINDS_EN[line.kind]}, “{name}” ({line.item}, likeness {match.score:.2f})",
    )


def _nearest(match: Match) -> Text:
    line = match.candidate.line
    name = _flat(line.state.name)
    return Text(
        zh=f"最接近的是“{name}”（{line.item}，相似度 {match.score:.2f}），不足以认为是同一事项。",
        en=f"Nearest is “{name}” ({line.item}, likeness {match.score:.2f}), not close enough to be called the same.",
    )


def _mark(mark: Mark) -> Text:
    label, word = _BANS[mark.ban], _safe(mark.word)
    if mark.basis:
        return Text(
            zh=f"{label.zh}：“{word}”，句中写有依据“{_safe(mark.basis)}”，请核对依据是否属实。",
            en=f"{label.en}: “{word}”, with a basis in the sentence: “{_safe(mark.basis)}”; check that it says so.",
        )
    return Text(
        zh=f"{label.zh}：“{word}”，句中没有中央或省委、省政府依据，请对照文件要求核对。",
        en=f"{label.en}: “{word}”, without a central or provincial basis in the sentence; check it against the policy.",
    )


def _summary(vetted: Vetted) -> Text:
    listed, reclaimed, unlisted = (vetted.count(v) for v in ("listed", "reclaimed", "unlisted"))
    banned = sum(bool(judgement.open_marks) for judgement in vetted.judgements)
    tasks = listed + reclaimed + unlisted
    return Text(
        zh=f"向乡镇（街道）安排任务的句子 {tasks} 句：疑似对应清单事项 {listed} 句，疑似已收回 {reclaimed} 句，清单中未找到 "
        f"{unlisted} 句；无依据的一票否决、责任状、考核指标表述 {banned} 句。以上只是文字比对的结果，请人工核对。",
        en=f"Sentences that give townships a task: {tasks}; possibly on the list: {listed}; possibly reclaimed: {reclaimed}; "
        f"not found: {unlisted}; veto, pledge or target wording without basis: {banned}. This only compares words; please check.",
    )


def notes(vetted: Vetted, lang: str = ZH) -> tuple[Note, ...]:
    """Return a short note for every sentence of the report, to be written behind it in a copy."""
    found = []
    for judgement in vetted.judgements:
        said: list[str] = []
        if judgement.verdict:
            best = judgement.matches[0] if judgement.matches else None
            said.append(_verdict(judgement, best).in_language(lang))
            if best:
                said.append(_short(_part(best).in_language(lang)))
            if judgement.shifts and best and best.closer_to:
                name = best.closer_to.name
                said.append(
                    Text(zh=f"更接近{name}的职责。", en=f"Closer to the part of {name}.").in_language(lang)
                )
        said += [text.in_language(lang) for text in _absent(judgement)]
        said += [_mark(mark).in_language(lang) for mark in judgement.marks]
        joined = ("" if lang == ZH else " ").join(said)
        text = f"【清单比对：{joined}】" if lang == ZH else f" [List check: {joined}] "
        found.append(Note(passage=judgement.passage, start=judgement.start, end=judgement.end, text=text))
    return tuple(found)


def as_json(vetted: Vetted) -> dict[str, object]:
    """Return the object of `vet --format json`. A contract."""
    prose = vetted.prose
    return {
        "file": prose.file,
        "sha256": prose.sha256,
        "format": prose.format,
        "county": vetted.county.division.code,
        "pictures": prose.pictures,
        "sentences": [_judgement(judgement, vetted) for judgement in vetted.judgements],
        "summary": {
            "listed": vetted.count("listed"),
            "reclaimed": vetted.count("reclaimed"),
            "unlisted": vetted.count("unlisted"),
            "banned": sum(bool(judgement.open_marks) for judgement in vetted.judgements),
            "to_look_at": sum(judgement.to_look_at for judgement in vetted.judgements),
        },
    }


def _judgement(judgement: Judgement, vetted: Vetted) -> dict[str, object]:
    duty = judgement.duty
    nearest = judgement.nearest
    return {
        "paragraph": judgement.passage,
        "sheet": judgement.where.sheet,
        "cell": judgement.where.cell,
        "start": judgement.start,
        "end": judgement.end,
        "text": judgement.text,
        "verdict": judgement.verdict,
        "to_look_at": judgement.to_look_at,
        "duty": None if duty is None else {"how": duty.how, "who": duty.who, "verb": duty.verb},
        "matches": [_match(match, vetted) for match in judgement.matches],
        "nearest": None if nearest is None else _match(nearest, vetted),
        "not_on_list_of": list(judgement.absent),
        "marks": [{"kind": m.ban, "word": m.word, "basis": m.basis} for m in judgement.marks],
    }


def _match(match: Match, vetted: Vetted) -> dict[str, object]:
    line = match.candidate.line
    state = line.state
    return {
        "item": line.item,
        "kind": line.kind,
        "name": state.name,
        "score": match.score,
        "words": list(match.words),
        "township_part": state.township_duty,
        "departments": [department.name for department in state.departments or ()],
        "method": state.method,
        "closer_to": match.closer_to.name if match.closer_to else None,
        "filed": {"filing": line.filing, "number": line.number, **_where(line.where)},
        "townships": list(match.candidate.townships),
        "townships_in_county": len(vetted.county.townships),
    }


def _where(where: Where) -> dict[str, str | None]:
    return {"file": where.file, "sheet": where.sheet, "cell": where.cell}


def _flat(text: str) -> str:
    return "".join(text.split("\n"))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_NOTE else text[: _LONGEST_NOTE - 1] + "…"


def _safe(text: str) -> str:
    """A quotation that cannot act on a terminal: what is invisible or turns the reading direction becomes a mark."""
    flat = text.replace("\n", "⏎").replace("\t", " ").replace("\u3000", " ")
    return "".join(c if unicodedata.category(c)[0] in "LMNPS" or c == " " else "\ufffd" for c in flat)
