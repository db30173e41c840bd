"""Count a docx from the raw tags of its parts: characters per table cell, and per kind of text outside tables."""

from __future__ import annotations

import html
import re
import zipfile
from dataclasses import dataclass, field

from generator.intake.census_raw import attributes, letters, raw_part, related
from generator.intake.gaps import words_in

_TOKEN = re.compile(r"""<(/?)(?:\w+:)?(\w+)((?:[^<>"']|"[^"]*"|'[^']*')*?)(/?)>|([^<]+)""")
_SILENT = frozenset(
    {"del", "moveFrom", "delText", "instrText", "delInstrText", "pPr", "rPr", "rt", "sdtPr", "tblPr"}
)
_ONE_CHARACTER = frozenset({"tab", "br", "cr", "noBreakHyphen", "softHyphen", "sym"})
_KINDS = {
    "header": "header",
    "footer": "footer",
    "footnotes": "footnote",
    "endnotes": "footnote",
    "comments": "comment",
}


@dataclass(slots=True)
class _CellCount:
    characters: int = 0
    breaks: int = 0
    paragraphs: int = 0
    span: int = 1

    def size(self) -> int:
        """Characters with their line breaks; nothing but line breaks is nothing."""
        return self.characters + self.breaks + self.paragraphs - 1 if self.characters else 0


@dataclass(slots=True)
class _Count:
    """A pass over the raw tags of one part."""

    part: str
    kind: str
    counted: dict[str, int]
    open: list[str] = field(default_factory=list)
    tables: int = 0
    row: int = 0
    column: int = 0
    cells: list[_CellCount] = field(default_factory=list)
    choices: list[bool] = field(default_factory=list)

    def run(self, raw: str) -> None:
        """Count the whole part."""
        for closing, name, tag, empty, text in _TOKEN.findall(raw):
            if text:
                if self.open and self.open[-1] == "t":
                    self._say(html.unescape(text))
            elif closing:
                self._close(name)
            else:
                self._start(name, tag)
                if empty:
                    self._close(name)

    def _muted(self) -> bool:
        if any(name in _SILENT for name in self.open):
            return True
        return "Fallback" in self.open and bool(self.choices) and self.choices[-1]

    def _start(self, name: str, tag: str) -> None:
        depth = self.open.count("tbl")
        if name == "AlternateContent":
            self.choices.append(False)
        elif name == "Choice" and self.choices:
            self.choices[-1] = True
        elif name == "tbl" and depth == 0 and "txbxContent" not in self.open:
            self.tables += 1
            self.row = 0
        elif name == "tr" and depth == 1:
            self.row += 1
            self.column = 1
        elif name == "gridBefore" and depth == 1:
            self.column += self._number(tag, 0)
        elif name == "tc":
            self.cells.append(_CellCount())
        elif name == "gridSpan" and self.cells:
            self.cells[-1].span = max(1, self._number(tag, 1))
        elif name in _ONE_CHARACTER and not self._muted():
            self._say("\n" if name in ("br", "cr") else "\t" if name == "tab" else "-")
        self.open.append(name)

    @staticmethod
    def _number(tag: str, default: int) -> int:
        value = attributes(tag).get("val", "")
        return int(value) if value.isdecimal() else default

    def _close(self, name: str) -> None:
        while self.open and self.open.pop() != name:
            pass
        if name == "AlternateContent" and self.choices:
            self.choices.pop()
        elif name == "p" and self._here() == "cell" and not self._muted():
            self.cells[-1].paragraphs += 1
        elif name == "tc" and self.cells:
            cell = self.cells.pop()
            if self.open.count("tbl") == 1 and "txbxContent" not in self.open:
                if size := cell.size():
                    self.counted[f"表格{self.tables}!{letters(self.column)}{self.row}"] = size
                self.column += cell.span

    def _here(self) -> str:
        if "txbxContent" in self.open:
            return "textbox"
        if self.kind == "paragraph" and self.open.count("tbl") == 1 and "tc" in self.open:
            return "cell"
        return self.kind

    def _say(self, text: str) -> None:
        if self._muted():
            return
        here = self._here()
        if here == "cell":
            breaks = text.count("\n")
            self.cells[-1].breaks += breaks
            self.cells[-1].characters += len(text) - breaks
        else:
            key = f"{here}:{self.part}"
            self.counted[key] = self.counted.get(key, 0) + words_in(text)


def count_docx(archive: zipfile.ZipFile) -> dict[str, int]:
    """Return the count of a document: "表格1!C5", "paragraph:word/document.xml", "header:word/header1.xml" …"""
    main = next(
        (part for _, kind, part in related(archive, "") if kind == "officeDocument"),
        "word/document.xml",
    )
    counted: dict[str, int] = {}
    _Count(part=main, kind="paragraph", counted=counted).run(raw_part(archive, main))
    for _, kind, part in related(archive, main):
        raw = raw_part(archive, part)
        if kind in _KINDS:
            _Count(part=part, kind=_KINDS[kind], counted=counted).run(raw)
        elif kind in ("chart", "diagramData"):
            _Count(part=part, kind="drawing", counted=counted).run(raw)
    return counted
