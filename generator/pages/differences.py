"""What changed inside a text, marked word by word (in Chinese: character by character)."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal

# Words of alphabetic scripts, runs of digits, single line breaks; each Han character and each sign by itself.
_TOKEN = re.compile(r"[A-Za-z\u00c0-\u024f\uac00-\ud7a3]+|[0-9]+|\n|[^\S\n]+|.", re.DOTALL)

# An unchanged run this short between two changes (a comma, one character that happens to stand in both) would cut one
# change into confetti; it is shown as deleted and written anew instead.
_CONFETTI = 1

Mark = Literal["same", "ins", "del"]


@lru_cache(maxsize=20_000)
def differences(old: str, new: str) -> tuple[tuple[Mark, str], ...]:
    """Return the pieces of both texts in order: the same, deleted from `old`, or inserted in `new`.

    The pieces that are not "ins" joined give `old`, those that are not "del" give `new`.
    """
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    runs: list[tuple[bool, str, str]] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, i, j, k, m in matcher.get_opcodes():
        runs.append((tag == "equal", "".join(before[i:j]), "".join(after[k:m])))
    merged: list[tuple[bool, str, str]] = []
    for place, (same, was, now) in enumerate(runs):
        inside = 0 < place < len(runs) - 1
        changed = not same or (inside and len(was) <= _CONFETTI and was != "\n")
        if merged and changed and not merged[-1][0]:
            merged[-1] = (False, merged[-1][1] + was, merged[-1][2] + now)
        else:
            merged.append((not changed, was, now))
    marks: list[tuple[Mark, str]] = []
    for same, was, now in merged:
        if same:
            marks.append(("same", was))
            continue
        if was:
            marks.append(("del", was))
        if now:
            marks.append(("ins", now))
    return tuple(marks)
