"""A mend of filed text that cannot change what the text says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

MendKind = Literal["outer-blanks", "invisible", "serial-digits"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Mend:
    """One cell whose text is written anew, character by character."""

    sheet: str | None
    row: int
    column: int
    before: str
    pieces: tuple[str, ...]
    """For each character of `before` what stands in its place: itself, another character, or nothing."""
    kinds: tuple[MendKind, ...]
    """Why, in the order of the kinds above; never empty."""

    @property
    def after(self) -> str:
        """The text once mended."""
        return "".join(self.pieces)
