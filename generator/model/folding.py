"""Variant characters, for the rooms that must find a word however it is spelt (一票否決, 責任狀)."""

from __future__ import annotations

VARIANTS = str.maketrans({"決": "决", "責": "责", "狀": "状", "書": "书", "壹": "一", "鎮": "镇", "鄉": "乡"})
"""Traditional and variant forms that NFKC leaves alone, of the characters that rules look for."""
