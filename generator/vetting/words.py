"""Wording that the policy forbids towards townships (三（二）): veto items, pledges, targets handed down.

A word counts however it is spelt (壹票否決, 责 任 状). It does not where a central or provincial basis stands in the same
sentence, nor where the sentence itself forbids it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final, Literal

from generator.model.folding import VARIANTS

Ban = Literal["veto", "pledge", "target"]

_BETWEEN: Final = frozenset("\"'“”‘’「」『』·・.-—_*~")
"""Marks that may stand within a word without ending it; commas and stops do."""

# A number of times, days or copies says how to work, a number of anything else how much to deliver.
_UNIT = r"(?:%|(?!次|遍|天|日|小时|分钟|个?月|年|周|个?工作日|份)[一-龥])"
_BANS: tuple[tuple[Ban, re.Pattern[str]], ...] = (
    ("veto", re.compile(r"[一1]票否[决定]")),
    ("pledge", re.compile(r"(?:目标)?责任[状书](?!面)|军令状")),
    (
        "target",
        re.compile(
            r"(?:考核|考评|任务|目标任务|约束性)指标|指标任务|(?:分解|下达)[^,。;]{0,16}(?:指标|任务数)"
            r"|(?:纳入|列入|列为|作为|计入)[^,。;:]{0,16}(?:考核|考评|绩效|评先评优)|考核验收|考核(?:排名|通报|评分)|排名通报|末位"
        ),
    ),
)
_QUOTA = re.compile(
    rf"率(?:要|须|必须|应|应当)?(?:达到?|保持在?|不得?低于|低于|不少于|超过)(?:\d+(?:\.\d+)?%?|百分之[一-九十]+)|(?:不得?少于|不低于|至少(?:完成|报送|组织)?)\d+{_UNIT}|\d{_UNIT}{{1,2}}以上|\d%以上"
)
"""A figure to reach: a target only where townships are to reach it; 全县普及率达到96% is an aim of the county."""
_NEGATION = re.compile(r"不得|不再|不应|不准|不许|不能|严禁|禁止|取消|杜绝|防止|避免|清理|叫停|一律停止|无需")
# 取消…资格 is itself a sanction: what it takes away is no veto, pledge or target.
_TAKES_AWAY = re.compile(r"取消[^，。；]{0,8}(?:资格|称号|荣誉)|不得低于|不得少于|不得评")

_LOCAL = r"(?:市|县|区|旗|乡|镇|州|盟)"
_BASES: tuple[re.Pattern[str], ...] = (
    re.compile(
        r"中共中央|党中央|中央(?:一号文件|文件|八项规定|办公厅|明确|要求|关于|层面|决策)|中办|国办|国务院(?!.{0,6}(?:部|委|局)[^门])"
    ),
    re.compile(
        r"(?:黑龙江省委|(?<![一-龥])省委|(?:按照|根据|依据|遵照|经|和|以及|落实|中共)省委)(?!.{0,2}(?:编办|组织部|宣传部|政法委|统战部|党校))(?!办?督查)"
    ),
    re.compile(
        r"(?:黑龙江省|(?:、|按照|根据|依据|遵照|经|和|以及|省委)?省)(?:人民)?政府(?!.{0,2}(?:国资委|研究室))"
    ),
    re.compile(r"(?:中发|国发|中办发|国办发|厅字|黑发|黑政发|黑办发|黑政办发)〔"),
)
_LAW = re.compile(r"《([^《》]{2,40}?)》")
_LAW_ENDS = re.compile(r"(?:法|条例)(?:[（(][^）)]*[）)])?$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """One forbidden wording; `basis` is the central or provincial basis in the sentence, or None."""

    ban: Ban
    word: str
    """As the document spells it."""
    basis: str | None


def marks(sentence: str, *, on_townships: bool) -> tuple[Mark, ...]:
    """Return the forbidden wording of a sentence, one mark for each kind, in the order veto, pledge, target.

    `on_townships` says that the sentence speaks of townships: only then is a figure to reach a target.
    """
    folded, places = _fold(sentence)
    said: list[Mark] = []
    basis = find_basis(sentence)
    patterns: tuple[tuple[Ban, re.Pattern[str]], ...] = (
        (*_BANS, ("target", _QUOTA)) if on_townships else _BANS
    )
    for ban, pattern in patterns:
        if any(mark.ban == ban for mark in said):
            continue
        for match in pattern.finditer(folded):
            first, last = places[match.start()], places[match.end() - 1]
            if not _is_forbidden(folded[: match.start()], folded[match.start() :]):
                said.append(Mark(ban=ban, word=sentence[first : last + 1], basis=basis))
                break
    return tuple(said)


def find_basis(sentence: str) -> str | None:
    """Return the central or provincial document, organ or law that a sentence names, or None.

    Departments' documents, and those of a city or county, are none: the policy excepts only 中央和省委明确要求.
    """
    for match in _LAW.finditer(sentence):
        title = match[1]
        local = re.match(rf"[^省]{{1,6}}{_LOCAL}", title) and not title.startswith(
            ("中华人民共和国", "黑龙江省")
        )
        if _LAW_ENDS.search(title) and not local:
            return match[0]
    outside = sentence
    for pattern in _BASES:
        match_basis = pattern.search(outside)
        if match_basis:
            return match_basis[0]
    return None


def _fold(sentence: str) -> tuple[str, list[int]]:
    """The sentence without blanks and marks inside words, variants made standard; and where each character stood."""
    folded: list[str] = []
    places: list[int] = []
    for place, character in enumerate(sentence):
        for plain in unicodedata.normalize("NFKC", character).translate(VARIANTS):
            if plain.isspace() or plain in _BETWEEN or unicodedata.category(plain) in ("Cf", "Cc"):
                continue
            folded.append(plain)
            places.append(place)
    return "".join(folded), places


def _is_forbidden(before: str, after: str) -> bool:
    """Whether the sentence says that there must be none: a negation before the word, in the same clause."""
    clause = re.split(r"[。;]", before)[-1]
    plain = _TAKES_AWAY.sub("", clause)
    nearest = None
    for match in _NEGATION.finditer(plain):
        nearest = match
    if nearest is None:
        return False
    if plain[nearest.start() :].startswith(("清理", "防止", "避免", "取消")):
        # 清理垃圾，并签订责任状: such a verb reaches no further than its clause
        return "," not in plain[nearest.end() :]
    return len(plain) - nearest.end() <= 30 and not re.search(r"低于|少于", after[:4])
