"""Which matters a township's lists hold, and what a later filing changes in them.

Nothing here is random: a matter's rank in a county is a digest of both names, so that the same library gives the same
lists, counties differ from each other, and a county's townships differ in a few lines only.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from tests.samples.library import Matter, Part, Place, Text, categories_in_order
from tests.samples.shapes import Line

# These need a person's confirmation when filed; the samples have none of them (the checks' own tests do).
_NEEDS_CONFIRMATION = re.compile("一票否决|责任状|责任书")
_SUPPORTING_ADDED = Text(
    zh="工作中遇到自身无法解决的问题，及时报牵头部门协调处理。",
    en="Report problems that cannot be solved locally to the lead department in good time for coordination and handling.",
)
_RECLAIMED_ADDED = Text(
    zh="工作结果及时通报{乡镇}。", en="The results are notified to the {township} in good time."
)
_MOVED_METHOD = Text(
    zh="由承接部门统一组织实施，{乡镇}不再承担配合任务。",
    en="Organized and carried out by the receiving department; the {township} no longer has supporting tasks.",
)


def _rank(*words: str) -> int:
    return int.from_bytes(hashlib.sha256("/".join(words).encode()).digest()[:8], "big")


def _likely(matter: Matter, county: str) -> float:
    """Return a matter's turn in a county, 0 first: core duties come earlier, and so does what only border, forest or
    urban places have, so that their lists look it."""
    weight = 0.3 if matter.fits and "rural" not in matter.fits else 0.5 if matter.core else 1.0
    return weight * _rank(county, matter.kind, matter.name.zh) / 2**64


def _texts(matter: Matter) -> list[str]:
    texts = [matter.name, matter.township_duty, matter.method, *(part.duty for part in matter.parts)]
    return [text.zh for text in texts if text]


def fits(matter: Matter, place: Place) -> bool:
    """Whether this kind of place has the matter: a forest district's subdistricts do not thereby have farmland."""
    if not matter.fits:
        return True
    return bool(matter.fits & place.traits & ({"urban", "rural"} if "rural" in matter.fits else place.traits))


def fitting(matters: Sequence[Matter], place: Place) -> list[Matter]:
    """Return the matters that this kind of place has at all, each name once."""
    found: dict[str, Matter] = {}
    for matter in matters:
        if not fits(matter, place):
            continue
        if any(_NEEDS_CONFIRMATION.search(text) for text in _texts(matter)):
            continue
        found.setdefault(place.fill(matter.name), matter)
    return list(found.values())


def choose(
    library: Mapping[str, Sequence[Matter]],
    sizes: Mapping[str, int],
    place: Place,
    county: str,
    township: str,
) -> dict[str, list[Matter]]:
    """Return each kind's matters for one township (or one shared list), in the library's order.

    Raises ValueError where the library has too few matters that fit.
    """
    chosen: dict[str, list[Matter]] = {}
    taken: set[str] = set()
    for kind, size in sizes.items():
        candidates = [m for m in fitting(library[kind], place) if place.fill(m.name) not in taken]
        if kind == "task" and len(candidates) < size:
            candidates += _led_by_departments(library["supporting"], candidates, place)
        if len(candidates) < size:
            raise ValueError(f"{county} {township}: {len(candidates)} matters fit {kind}, wanted {size}")
        ranked = sorted(candidates, key=lambda m: _likely(m, county))
        # One line in twelve is the township's own choice; the rest the county has in common.
        own = min(size // 12, len(ranked) - size)
        common, rest = ranked[: size - own], ranked[size - own : size + 2 * own]
        rest = sorted(rest, key=lambda m: _rank(county, township, kind, m.name.zh))[:own]
        wanted = {id(m) for m in common + rest}
        order = {name: index for index, name in enumerate(categories_in_order(candidates))}
        kept = sorted((m for m in candidates if id(m) in wanted), key=lambda m: order[m.category.zh])
        chosen[kind] = kept
        if kind != "task":
            taken |= {place.fill(m.name) for m in kept}
    return chosen


def _led_by_departments(supporting: Sequence[Matter], own: Sequence[Matter], place: Place) -> list[Matter]:
    """Return supporting matters as lines of a long task list, which holds both; none that the list has already."""
    grams = [_pairs(m.name.zh) for m in own]
    return [
        replace(matter, kind="task")
        for matter in fitting(supporting, place)
        if all(
            len(_pairs(matter.name.zh) & have) / len(_pairs(matter.name.zh) | have) < 0.3 for have in grams
        )
    ]


def _pairs(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}


def as_line(matter: Matter, place: Place, *, with_basis: bool) -> Line:
    """Return a matter as this place's list says it, not yet numbered."""
    with_departments = matter.kind != "basic"
    return Line(
        number="",
        category=place.fill(matter.category),
        name=place.fill(matter.name),
        basis=place.fill(matter.basis) if with_basis and matter.basis else None,
        departments=(
            tuple(
                (place.fill(part.name), place.fill(part.duty) if part.duty else None) for part in matter.parts
            )
            if with_departments
            else None
        ),
        township_duty=place.fill(matter.township_duty) if matter.township_duty else None,
        method=place.fill(matter.method) if matter.method else None,
    )


def _joined(first: Text | None, added: Text) -> Text:
    if first is None:
        raise ValueError("only a matter that has this text can be added to")
    numbers = [int(found) for found in re.findall(r"^(\d+)[.．]", first.zh, re.MULTILINE)]
    if numbers:
        return Text(
            zh=f"{first.zh}\n{numbers[-1] + 1}.{added.zh}", en=f"{first.en}\n{numbers[-1] + 1}. {added.en}"
        )
    stop = "" if first.zh.endswith("。") else "。"
    dot = "" if first.en.endswith(".") else "."
    return Text(zh=f"{first.zh}{stop}{added.zh}", en=f"{first.en}{dot} {added.en}")


def later(
    chosen: Mapping[str, Sequence[Matter]], library: Mapping[str, Sequence[Matter]], place: Place, county: str
) -> dict[str, list[Matter]]:
    """Return the lists of a later filing.

    Two matters leave each kind and others come, so that serials move; two supporting and two reclaimed matters say
    more than before; one supporting matter is reclaimed.
    """
    result = {kind: list(matters) for kind, matters in chosen.items()}
    names = {place.fill(m.name) for matters in chosen.values() for m in matters}

    def ranked(kind: str, purpose: str) -> list[Matter]:
        # From small categories nothing goes: a category that vanishes needs a person's confirmation.
        sizes = Counter(m.category.zh for m in result[kind])
        stayed = (m for m in result[kind] if not m.core and m in chosen[kind] and sizes[m.category.zh] > 3)
        return sorted(stayed, key=lambda m: _rank(county, purpose, m.name.zh))

    moved = ranked("supporting", "moved")[0]
    result["supporting"].remove(moved)
    for kind, comings in (("basic", 3), ("supporting", 1), ("reclaimed", 2)):
        goings = ranked(kind, "removed")[:2]
        result[kind] = [m for m in result[kind] if m not in goings]
        gone = {place.fill(m.name) for m in goings}
        candidates = [m for m in fitting(library[kind], place) if place.fill(m.name) not in names | gone]
        coming = sorted(candidates, key=lambda m: _rank(county, "added", m.name.zh))[:comings]
        names |= {place.fill(m.name) for m in coming}
        result[kind] = _in_order(library[kind], [*result[kind], *coming])
    for matter in ranked("supporting", "changed")[:2]:
        at = result["supporting"].index(matter)
        result["supporting"][at] = replace(
            matter, township_duty=_joined(matter.township_duty, _SUPPORTING_ADDED)
        )
    for matter in [m for m in ranked("reclaimed", "changed") if m.parts][:2]:
        at = result["reclaimed"].index(matter)
        result["reclaimed"][at] = replace(matter, method=_joined(matter.method, _RECLAIMED_ADDED))
    return result | {"reclaimed": _with_moved(result["reclaimed"], moved)}


def _with_moved(reclaimed: list[Matter], moved: Matter) -> list[Matter]:
    """Return the reclaimed list with a matter that was a supporting one, in its own category if there is one."""
    same = [index for index, m in enumerate(reclaimed) if m.category.zh == moved.category.zh]
    category = moved.category if same else reclaimed[-1].category
    matter = replace(
        moved,
        kind="reclaimed",
        category=category,
        parts=(Part(name=moved.parts[0].name),),
        township_duty=None,
        method=_MOVED_METHOD,
    )
    at = same[-1] + 1 if same else len(reclaimed)
    return [*reclaimed[:at], matter, *reclaimed[at:]]


def _in_order(library: Sequence[Matter], matters: Sequence[Matter]) -> list[Matter]:
    categories = {name: index for index, name in enumerate(categories_in_order(library))}
    place = {matter.name.zh: index for index, matter in enumerate(library)}
    return sorted(matters, key=lambda m: (categories[m.category.zh], place[m.name.zh]))
