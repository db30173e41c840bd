"""The text of one Word paragraph: what it says, and whether parts of it are struck, hidden or numbered by Word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from generator.intake.parts import Package, local, switched_on

# Not text of the reader's: deleted text and its moved copy, field codes, properties, phonetic readings above characters.
_IGNORED = frozenset(
    {"del", "moveFrom", "delText", "instrText", "delInstrText", "pPr", "rPr", "rt", "sdtPr", "tblPr"}
)
_SIGNS: Mapping[str, str] = {
    "tab": "\t",
    "br": "\n",
    "cr": "\n",
    "noBreakHyphen": "\u2011",
    "softHyphen": "\u00ad",
}
# Styles may be based on each other; no office chains more than a handful.
_LONGEST_CHAIN = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """The text of a paragraph, or of all paragraphs of a cell."""

    text: str
    struck: bool = False
    hidden: bool = False
    autonumber: bool = False
    boxes: tuple[str, ...] = ()
    """Texts of the boxes that are anchored in it; they are not part of `text`."""

    @classmethod
    def joined(cls, pieces: Iterable[Piece]) -> Piece:
        """Return several paragraphs as one text, a line each."""
        all_pieces = list(pieces)
        return cls(
            text="\n".join(piece.text for piece in all_pieces),
            struck=any(piece.struck for piece in all_pieces),
            hidden=any(piece.hidden for piece in all_pieces),
            autonumber=any(piece.autonumber for piece in all_pieces),
            boxes=tuple(box for piece in all_pieces for box in piece.boxes),
        )


def paragraphs_of(root: Element) -> Iterator[Element]:
    """Yield the paragraphs of a part or a nested table in reading order, but not those within text boxes."""
    for child in root:
        name = local(child)
        if name == "p":
            yield child
        elif name not in ("txbxContent", "del", "moveFrom"):
            yield from paragraphs_of(child)


@dataclass(frozen=True, kw_only=True, slots=True)
class WordText:
    """Reads paragraphs, knowing the styles of the document."""

    numbered_styles: frozenset[str]
    """Paragraph styles that number their paragraphs."""
    hidden_styles: frozenset[str]
    struck_styles: frozenset[str]

    @classmethod
    def of(cls, package: Package, main: str) -> WordText:
        """Return the reader for a document, with its styles."""
        part = next((r.target for r in package.relations(main) if r.kind == "styles"), None)
        styles: dict[str, Element] = {}
        if part is not None and package.has(part):
            for style in package.tree(part):
                if local(style) == "style":
                    styles[_attribute(style, "styleId")] = style
        return cls(
            numbered_styles=frozenset(
                key for key in styles if _inherits(styles, key, ("pPr", "numPr", "numId"))
            ),
            hidden_styles=frozenset(key for key in styles if _inherits(styles, key, ("rPr", "vanish"))),
            struck_styles=frozenset(
                key
                for key in styles
                if _inherits(styles, key, ("rPr", "strike")) or _inherits(styles, key, ("rPr", "dstrike"))
            ),
        )

    def paragraph(self, paragraph: Element) -> Piece:
        """Return the text of one `w:p`."""
        properties = _child(paragraph, "pPr")
        style = _attribute(_child(properties, "pStyle"), "val")
        own = _child(_child(properties, "numPr"), "numId")
        numbered = (
            _attribute(own, "val") not in ("", "0") if own is not None else style in self.numbered_styles
        )
        walk = _Walk(self, hidden=style in self.hidden_styles, struck=style in self.struck_styles)
        walk.over(paragraph)
        return Piece(
            text="".join(walk.text),
            struck=walk.struck,
            hidden=walk.hidden,
            autonumber=numbered,
            boxes=tuple(box for box in walk.boxes if box.strip()),
        )


class _Walk:
    """One pass over a paragraph."""

    def __init__(self, words: WordText, *, hidden: bool, struck: bool) -> None:
        self.words = words
        self.text: list[str] = []
        self.boxes: list[str] = []
        self.struck = self.hidden = False
        self._paragraph_hidden, self._paragraph_struck = hidden, struck

    def over(self, parent: Element) -> None:
        """Collect what stands within an element."""
        for child in parent:
            name = local(child)
            if name in _IGNORED:
                continue
            if name == "AlternateContent":
                # The same drawing twice, for new and for old programs: one of them is enough.
                chosen = _child(child, "Choice")
                self.over(chosen if chosen is not None else child)
            elif name == "txbxContent":
                pieces = [self.words.paragraph(paragraph) for paragraph in paragraphs_of(child)]
                self.boxes.append("\n".join(piece.text for piece in pieces))
                self.boxes.extend(box for piece in pieces for box in piece.boxes)
            elif name == "r" and _child(child, "t") is not None:
                self._run(child)
            elif name == "t":
                self.text.append(child.text or "")
            elif name in _SIGNS:
                self.text.append(_SIGNS[name])
            elif name == "sym":
                code = _attribute(child, "char")
                self.text.append(chr(int(code, 16)) if re.fullmatch(r"[0-9A-Fa-f]{1,4}", code) else "\ufffd")
            else:
                self.over(child)

    def _run(self, run: Element) -> None:
        before = len(self.text)
        self.over(run)
        if not "".join(self.text[before:]).strip():
            return
        properties = _child(run, "rPr")
        style = _attribute(_child(properties, "rStyle"), "val")
        vanish = _child(properties, "vanish")
        if switched_on(vanish) or (
            vanish is None and (self._paragraph_hidden or style in self.words.hidden_styles)
        ):
            self.hidden = True
        strikes = [found for name in ("strike", "dstrike") if (found := _child(properties, name)) is not None]
        by_style = self._paragraph_struck or style in self.words.struck_styles
        if any(switched_on(strike) for strike in strikes) or (not strikes and by_style):
            self.struck = True


def _inherits(styles: Mapping[str, Element], key: str, path: tuple[str, ...]) -> bool:
    """Whether a style, or the nearest one it is based on that says so, switches a property on."""
    for _ in range(_LONGEST_CHAIN):
        style = styles.get(key)
        if style is None:
            return False
        found: Element | None = style
        for step in path:
            found = _child(found, step)
        if found is not None:
            return switched_on(found)
        key = _attribute(_child(style, "basedOn"), "val")
    return False


def _child(parent: Element | None, name: str) -> Element | None:
    if parent is None:
        return None
    return next((child for child in parent if local(child) == name), None)


def _attribute(element: Element | None, name: str) -> str:
    if element is None:
        return ""
    return next((value for key, value in element.attrib.items() if key.rsplit("}", 1)[-1] == name), "")
