"""Divisions and the codes that name them.

Codes are text, never numbers: 6 digits (GB/T 2260) for county and above, 9 digits for townships (GB/T 10114).
Pages are addressed by code because names are not unique: Heilongjiang has two 向阳区.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NewType

DivisionCode = NewType("DivisionCode", str)
"""A string of 6 or 9 ASCII digits that went through `read_division_code`."""

Level = Literal["province", "prefecture", "county", "subdistrict", "town", "township", "unit"]
"""`unit` stands for farms, forest bureaus and the like (codes 400-599), which count only when opted in by name."""

TOWNSHIP_LEVELS: frozenset[str] = frozenset({"subdistrict", "town", "township", "unit"})


def read_division_code(text: str) -> DivisionCode:
    """Return a division code. Raises ValueError: a damaged code ('230125.0') is refused, never mended."""
    if len(text) in (6, 9) and text.isascii() and text.isdigit():
        return DivisionCode(text)
    raise ValueError(f"expected a division code of 6 or 9 digits, got {text!r}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Division:
    """One administrative division as the register of divisions names it."""

    code: DivisionCode
    name: str
    english: str | None
    """From the reviewed table; None where nobody has reviewed a name yet (pages then show the Chinese)."""
    level: Level
    parent: DivisionCode | None
    successor: DivisionCode | None = None
    """The division that took its place, if it was merged or renamed away."""

    @property
    def is_subdistrict(self) -> bool:
        """Whether it has a 街道办事处 and 党工委 instead of a people's government and 党委."""
        return self.level == "subdistrict"
