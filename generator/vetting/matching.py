"""Which item of the lists a sentence may be about: weighted pairs of characters, and which of them both share.

Chinese names its matters in words of two characters and more, so pairs need no dictionary; a pair counts the more, the
fewer items have it. Words that stand in every task (组织, 做好, 及时上报) are taken out of both sides first.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from generator.model.findings import Department
from generator.model.lists import CountyLists, Line
from generator.model.places import DivisionCode

LIKELY: Final = 0.28
"""From here on a sentence and an item are said to correspond, perhaps. Chosen on the half `tune` of
tests/vetting/sentences.toml, where the weakest right match has 0.29 and the strongest wrong one 0.27."""
SURE: Final = 0.45
"""Below this a match is called a weak one: there one or two shared words carry it."""

_COMMON = re.compile(
    "|".join(
        (
            "进一步|切实|认真|积极|严格|及时|全面|扎实|深入|有效|不断|定期|按时|按期|适时|逐步|逐户|逐一|逐级|统一|依法|充分|第一时间|集中|共同",
            "组织|开展|做好|抓好|完成|负责|落实|推进|推动|加强|强化|确保|实施|进行|建立|建成|健全|完善|制定|配合|协助|牵头|督促|指导|协调|承担|履行",
            "发现|上报|报送|报告|汇总|反馈|填报|统计上报|通报|宣传|引导|动员|安排|明确|利用|结合|按照|根据|依据|要求|规定|有关|相关|各项|各类",
            "工作|任务|情况|问题|事项|活动|行为|措施|力量|台账|清单|方案|名单|表格|材料|责任|职责|主体|单位|部门|人员|专人|干部|群众|居民|村民|农户|网格员",
            "各?乡镇|镇街|街道|各镇|辖区内?|本辖区|属地|区域|范围|所在|村（社区）|村\\(社区\\)|村组|村屯|社区|基层|本级|上级|县级|本地区|重点|日常|常态化|以及|对于|对|并|和|与|及|等|的|在|于|前|后|内|按|将|为|由|要|应|须",
            r"\d+年度?|\d+月|\d+日|每[年月周季日]|年底|月底|期间|至少|不少于|以上",
        )
    )
)
_OFFICE = re.compile(
    r"(?:县|市|省)(?:[一-龥]{2,12}?(?:局|委员会|大队|中心|公司|联合会|总工会)|(?:委|政府)(?:办公室|办)?)"
)
_NOT_HAN = re.compile(r"[^一-龥0-9A-Za-z]+")
_UNSEEN: Final = 0.6
"""What a pair that no item has weighs, as a share of the rarest pair's weight: part of them is mere wording."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """One item as lists in force show it; a county can have several lines of one item, the wording most lists share
    stands for all."""

    line: Line
    townships: tuple[DivisionCode, ...]
    """Those whose list has the item."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """An item that a sentence may be about, with what speaks for it."""

    candidate: Candidate
    score: float
    """0 to 1."""
    words: tuple[str, ...]
    """What both say, as the sentence writes it; longest first."""
    closer_to: Department | None
    """For supporting duties: the department whose own part the sentence is closer to than to the township's."""


def candidates(lists: CountyLists) -> tuple[Candidate, ...]:
    """Return every item in force over all townships, sorted by id."""
    lines: dict[str, list[tuple[DivisionCode, Line]]] = defaultdict(list)
    for version in lists.versions:
        if not version.pending:
            for line in version.lines:
                lines[line.item].append((version.township, line))
    found = []
    for item in sorted(lines):
        by_state = Counter(id(line.state) for _, line in lines[item])
        most = max(lines[item], key=lambda entry: by_state[id(entry[1].state)])
        townships = tuple(sorted({township for township, _ in lines[item]}))
        found.append(Candidate(line=most[1], townships=townships))
    return tuple(found)


class Matcher:
    """Compares sentences with the items of one county."""

    def __init__(self, items: Sequence[Candidate]) -> None:
        self._items = items
        self._texts = [_texts(item.line) for item in items]
        self._all = [frozenset().union(*map(_pairs, texts)) for texts in self._texts]
        held = Counter(pair for pairs in self._all for pair in pairs)
        self._weights = {pair: math.log((len(items) + 1) / count) for pair, count in held.items()}
        self._unseen = _UNSEEN * math.log(len(items) + 1)

    def best(self, sentence: str, *, most: int = 3) -> tuple[Match, ...]:
        """Return the items that the sentence is nearest to, best first, likely or not; none where it shares nothing."""
        own = _pairs(sentence)
        scored = sorted(
            ((self._score(own, position), -position) for position in range(len(self._items))), reverse=True
        )
        return tuple(
            self._match(sentence, own, -position, score) for score, position in scored[:most] if score > 0
        )

    def _weight(self, pairs: Iterable[str]) -> float:
        return sum(self._weights.get(pair, self._unseen) for pair in sorted(pairs))

    def _score(self, own: frozenset[str], position: int) -> float:
        """How much of the sentence the item knows, and how much of its nearest part the sentence says."""
        if len(own & self._all[position]) < 2:
            return 0.0  # one word of two characters (统计) says nothing
        known = self._weight(own & self._all[position]) / max(self._weight(own), 4 * self._unseen)
        nearest = max(
            (self._share(own, pairs) for pairs in map(_pairs, self._texts[position]) if pairs), default=0.0
        )
        return 0.5 * known + 0.5 * nearest

    def _share(self, own: frozenset[str], part: frozenset[str]) -> float:
        return self._weight(own & part) / max(self._weight(part), 2 * self._unseen)

    def _match(self, sentence: str, own: frozenset[str], position: int, score: float) -> Match:
        candidate = self._items[position]
        return Match(
            candidate=candidate,
            score=round(score, 2),
            words=_shared_words(sentence, self._all[position]),
            closer_to=self._closer(own, candidate.line),
        )

    def _closer(self, own: frozenset[str], line: Line) -> Department | None:
        duty = line.state.township_duty
        if duty is None:
            return None
        township = self._weight(own & _pairs(duty))
        departments = [
            (self._weight(own & _pairs(d.duty)), d) for d in line.state.departments or () if d.duty
        ]
        if not departments:
            return None
        best, department = max(departments, key=lambda entry: entry[0])
        return department if best > 1.5 * township and best >= 3 * self._unseen else None


def _texts(line: Line) -> list[str]:
    """The parts of an item that a sentence can be near to: each clause of its name, its duties, its method."""
    state = line.state
    parts = [state.name, *re.split(r"[，；]", state.name)]
    for text in (state.township_duty, state.method, *(d.duty for d in state.departments or ())):
        parts += re.split(r"[；。\n]", text or "")
    return [part for part in dict.fromkeys(parts) if part]


def _plain(text: str) -> str:
    return _COMMON.sub(
        " ", _OFFICE.sub(" ", unicodedata.normalize("NFKC", text).replace("(", "（").replace(")", "）"))
    )


def _pairs(text: str) -> frozenset[str]:
    return frozenset(
        word[i : i + 2]
        for word in _NOT_HAN.split(_plain(text))
        for i in range(len(word) - 1)
        if not word.isdigit()
    )


def _shared_words(sentence: str, pairs: frozenset[str]) -> tuple[str, ...]:
    """The longest runs of the sentence whose every pair the item has."""
    found: dict[str, None] = {}
    for word in _NOT_HAN.split(_plain(sentence)):
        start = 0
        for i in range(len(word)):
            if word[i : i + 2] not in pairs or i == len(word) - 1:
                if i > start:
                    found[word[start : i + 1]] = None
                start = i + 1
    return tuple(sorted(found, key=lambda word: (-len(word), word)))
