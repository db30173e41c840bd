"""When two filed names are the same name, and how alike two lines are that are not."""

from __future__ import annotations

import unicodedata
from typing import Final

from generator.model.findings import FiledItem
from generator.model.lists import State

LIKELY: Final = 0.7
"""From here on two lines may be one matter under two names, and a person is asked.

Tried on reworded names of published lists (开展/做好 at the front, an enumeration extended, a law renamed): they
score 0.72-0.95; unlike matters of one category stay below 0.65, but 农村危房改造 and 农村厕所改造 reach 0.75, which is
why likeness never decides by itself.
"""
_NAME_SHARE: Final = 0.4
"""Where both lines tell duties, these weigh more than the name: a new name over the same duties is a renaming."""


def name_key(name: str) -> str:
    """Return what two spellings of one name share: the same characters in NFC, whatever the spaces and breaks."""
    return "".join(unicodedata.normalize("NFC", name).split())


def likeness(old: State, new: FiledItem) -> float:
    """Return how alike a recorded and a filed line are, 0 to 1, by their names and their duties."""
    from rapidfuzz import fuzz  # only a filing needs it, a build does not

    names = fuzz.ratio(name_key(old.name), name_key(new.name)) / 100
    old_duties, new_duties = _duties(old), _duties(new)
    if not old_duties or not new_duties:
        return names
    duties = fuzz.ratio(old_duties, new_duties) / 100
    return max(names, _NAME_SHARE * names + (1 - _NAME_SHARE) * duties)


def _duties(line: State | FiledItem) -> str:
    parts = [department.duty or "" for department in line.departments or ()]
    return name_key("".join([*parts, line.township_duty or "", line.method or ""]))
