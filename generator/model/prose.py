"""A document sent down, as running text: what `intake` reads of it, and the notes that go into a copy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from generator.model.documents import Fault, Where

Place = Literal["paragraph", "cell", "textbox", "footnote", "header", "footer"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """One paragraph of a document, wherever it stands."""

    number: int
    """Counted from 1 over the whole document, in reading order, empty paragraphs left out."""
    text: str
    """As it stands there: tabs and line breaks kept, deleted text of tracked changes left out."""
    place: Place
    where: Where
    """For a table the cell (表格1 › B3); else the file as a whole."""
    beside: tuple[str, ...] = ()
    """For a table: the texts of the row's other cells, where 责任单位 often stand."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Prose:
    """A document sent down, as read. Passages are empty where it could not be read; the faults say why."""

    file: str
    sha256: str
    format: Literal["docx", "text", "unknown"]
    passages: tuple[Passage, ...]
    faults: tuple[Fault, ...] = ()
    pictures: int = 0
    """Pictures, whose text nobody has read."""
    encoding: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """A remark on a piece of a passage, for the annotated copy."""

    passage: int
    """The passage's number."""
    start: int
    end: int
    """The piece is `text[start:end]` of the passage; pieces of one passage do not overlap."""
    text: str
