"""Sentences of a passage, each with its place in it, and headings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_ENDS: Final = "。！？；!?;\n"
_OPENING: Final = "（(【[《「『“"
_CLOSING: Final = "）)】]》」』”"
_SERIAL = re.compile(
    r"^\s*(?:[（(]?[一二三四五六七八九十百]{1,4}[）)、.．]|第[一二三四五六七八九十百]{1,4}[章节条款项]|[（(]?\d{1,3}(?:[.．]\d{1,3})*(?:[）)、.．]|(?=[\u3000 ]))|[①-⑳]|[—－-]{1,2})\s*"
)
_UNITS_IN_BRACKETS = re.compile(
    r"\s*[（(][^（）()]{0,12}(?:单位|部门|负责|牵头|配合)[^（）()]*(?:[（(][^（）()]*[）)][^（）()]*)*[）)]"
)
_LONGEST_HEADING: Final = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class Sentence:
    """`text` is `passage[start:end]`; a bracket with the units in charge belongs to the sentence before it."""

    start: int
    end: int
    text: str


def sentences(passage: str) -> list[Sentence]:
    """Return the sentences of a passage; what stands in brackets, book title marks or quotation marks is never cut."""
    found: list[Sentence] = []
    start = depth = 0
    position = 0
    while position < len(passage):
        character = passage[position]
        if character in _OPENING:
            depth += 1
        elif character in _CLOSING:
            depth = max(0, depth - 1)
        position += 1
        if character == "\n" or (character in _ENDS and depth == 0):
            depth = 0
            units = _UNITS_IN_BRACKETS.match(passage, position)
            if units:
                position = units.end()
            _add(found, passage, start, position)
            start = position
    _add(found, passage, start, len(passage))
    return found


def _add(found: list[Sentence], passage: str, start: int, end: int) -> None:
    text = passage[start:end]
    if any(character.isalnum() for character in text):
        inner = len(text) - len(text.lstrip())
        found.append(Sentence(start=start + inner, end=start + len(text.rstrip()), text=text.strip()))


def without_serial(text: str) -> str:
    """Return a sentence without the serial it begins with: （一）, 1., 第三条."""
    return _SERIAL.sub("", text, count=1)


def is_heading(passage: str) -> bool:
    """Whether a passage is a heading or lead-in: short, one sentence, numbered and unfinished, or ending in a colon."""
    text = passage.strip()
    if len(text) > _LONGEST_HEADING or "\n" in text:
        return False
    if text.endswith(("：", ":")):
        return True
    return without_serial(text) != text and not re.search(r"[，。；,;]", text.rstrip("。"))
