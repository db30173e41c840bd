"""When two filed names are the same name, and how alike two lines are that are not."""

from __future__ import annotations

import unicodedata
from typing import Final

from generator.model.findings import FiledItem
from generator.model.lists import State

LIKELY: Final = 0.6
"""From here on two lines may be one matter under two names, and a person is asked.

Tried on nine typical rewordings (other verb, enumeration extended, law renamed): seven reach it. Of 780 pairs of
unlike matters three do (农村危房改造 and 农村厕所改造: 0.67), which is why likeness never decides by itself; it is
only asked of a name that went against a name that came, in one township's list.
"""
_EXTENDED_FROM: Final = 4
"""A name of at least so many characters that stands, in order, within the other one was probably extended."""
_TELLING_DUTIES: Final = 20
"""Shorter duties (配合相关部门做好工作) are the same on many lines and say nothing about which matter it is."""
_NAME_SHARE: Final = 0.4
"""Where both lines tell duties, these weigh more than the name: a new name over the same duties is a renaming."""


def name_key(name: str) -> str:
    """Return what two spellings of one name share: the same characters in NFC, whatever the spaces and breaks."""
    return "".join(unicodedata.normalize("NFC", name).split())


def likeness(old: State, new: FiledItem) -> float:
    """Return how alike a recorded and a filed line are, 0 to 1, by their names and their duties."""
    from rapidfuzz import fuzz  # only a filing needs it, a build does not

    old_name, new_name = name_key(old.name), name_key(new.name)
    names = fuzz.ratio(old_name, new_name) / 100
    if _extends(*sorted((old_name, new_name), key=len)):
        names = max(names, LIKELY)
    old_duties, new_duties = _duties(old), _duties(new)
    if min(len(old_duties), len(new_duties)) < _TELLING_DUTIES:
        return names
    duties = fuzz.ratio(old_duties, new_duties) / 100
    return max(names, _NAME_SHARE * names + (1 - _NAME_SHARE) * duties)


def _extends(short: str, long: str) -> bool:
    """Whether the longer name has all of the shorter one in its order, with something put in between."""
    rest = iter(long)
    return len(short) >= _EXTENDED_FROM and all(character in rest for character in short)


def _duties(line: State | FiledItem) -> str:
    parts = [department.duty or "" for department in line.departments or ()]
    return name_key("".join([*parts, line.township_duty or "", line.method or ""]))
