"""Names that are nearly the same, found without comparing every pair.

Two texts with a Jaccard likeness of t share one of their (1 - t)·n rarest bigrams; only those that do are compared.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import chain
from operator import add

ALIKE = 0.95
"""Likeness from which a clerk is asked to look (research D06)."""
_JACCARD = 0.8
_TOO_COMMON = 20
"""A bigram among the rarest of more names than this tells nothing: the list is written by a pattern."""


def _bigrams(text: str) -> frozenset[str]:
    return frozenset(map(add, text, text[1:]))


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared)


def similar_pairs(names: Sequence[str]) -> list[tuple[int, int]]:
    """Return the positions of pairs of different names that are at least ALIKE, earlier one first."""
    grams = [_bigrams(name) for name in names]
    rarity = Counter(chain.from_iterable(grams))
    rank = {gram: n for n, gram in enumerate(sorted(rarity, key=lambda gram: (rarity[gram], gram)))}
    holders: dict[str, list[int]] = defaultdict(list)
    found = []
    for position, own in enumerate(grams):
        # A name of fewer than ten characters cannot be 95 % like a different one.
        if len(names[position]) < 10:
            continue
        ordered = sorted(own, key=rank.__getitem__)
        prefix = ordered[: len(own) - math.ceil(_JACCARD * len(own)) + 1]
        candidates = sorted(
            {other for gram in prefix if len(holders[gram]) <= _TOO_COMMON for other in holders[gram]}
        )
        found += [
            (other, position)
            for other in candidates
            if names[other] != names[position]
            and _overlap(own, grams[other]) >= _JACCARD
            and SequenceMatcher(None, names[other], names[position], autojunk=False).ratio() >= ALIKE
        ]
        for gram in prefix:
            holders[gram].append(position)
    return found
