"""What the style sheet and the shared strings of an xlsx say about a cell: its number format, strike, visibility, text.

Only what can change the meaning of a filed list is read. Odd style elements that stop other readers do not matter.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from generator.intake.faults import Faults
from generator.intake.figures import NumberFormat, number_format
from generator.intake.parts import Package, decoded, local, switched_on

# Excel itself holds no more formats than this; workbooks that went through many hands come near it.
MAX_FORMATS = 65_490
MAX_STRINGS = 500_000
# Type of two points and less cannot be read on any screen.
_SMALLEST_READABLE_POINTS = 2.0
_GENERAL = number_format(0, None)


@dataclass(frozen=True, kw_only=True, slots=True)
class CellStyle:
    """One cell format (`xf`)."""

    number: NumberFormat = _GENERAL
    struck: bool = False
    unseen: bool = False
    """White on white, or type too small to read."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Font:
    struck: bool = False
    white: bool = False
    tiny: bool = False


PLAIN = CellStyle()


def read_styles(package: Package, part: str | None, faults: Faults) -> tuple[CellStyle, ...]:
    """Return the cell formats of a workbook, in the order that cells name them; none where it has no style sheet."""
    if part is None or not package.has(part):
        return ()
    root = package.tree(part)
    groups = {local(group): group for group in root}
    codes = {
        _number(entry.get("numFmtId")): decoded(entry.get("formatCode", ""))
        for entry in groups.get("numFmts", Element("none"))
    }
    fonts = [_font(entry) for entry in groups.get("fonts", Element("none"))]
    filled = [_is_filled(entry) for entry in groups.get("fills", Element("none"))]
    formats = list(groups.get("cellXfs", Element("none")))
    if len(formats) > MAX_FORMATS:
        raise faults.refuse("FILE-BUDGET", what="styles", limit=MAX_FORMATS, actual=len(formats), part=part)
    numbers = {identifier: number_format(identifier, code) for identifier, code in codes.items()}
    return tuple(_cell_style(entry, numbers, fonts, filled) for entry in formats)


def _cell_style(
    entry: Element, numbers: dict[int, NumberFormat], fonts: Sequence[_Font], filled: Sequence[bool]
) -> CellStyle:
    identifier, font_at, fill_at = (_number(entry.get(key)) for key in ("numFmtId", "fontId", "fillId"))
    number = numbers.get(identifier) or number_format(identifier, None)
    font = fonts[font_at] if font_at < len(fonts) else _Font()
    on_colour = fill_at < len(filled) and filled[fill_at]
    unseen = font.tiny or (font.white and not on_colour) or number.kind == "hidden"
    return CellStyle(number=number, struck=font.struck, unseen=unseen)


def _number(text: str | None) -> int:
    return int(text) if text is not None and re.fullmatch(r"\d{1,9}", text) else 0


def _child(parent: Element, name: str) -> Element | None:
    return next((child for child in parent if local(child) == name), None)


def _font(entry: Element) -> _Font:
    colour, size = _child(entry, "color"), _child(entry, "sz")
    points = size.get("val", "11") if size is not None else "11"
    return _Font(
        struck=switched_on(_child(entry, "strike")),
        white=colour is not None and _is_white(colour),
        tiny=re.fullmatch(r"\d+(\.\d+)?", points) is not None and float(points) <= _SMALLEST_READABLE_POINTS,
    )


def _is_white(colour: Element) -> bool:
    # Theme colour 0 is the page's own white; a tint makes it a grey that can be seen.
    if colour.get("theme") == "0":
        return colour.get("tint") in (None, "0")
    return colour.get("rgb", "").upper() in ("FFFFFFFF", "00FFFFFF", "FFFFFF") or colour.get("indexed") in (
        "1",
        "9",
    )


def _is_filled(entry: Element) -> bool:
    pattern = _child(entry, "patternFill")
    if pattern is None:
        return _child(entry, "gradientFill") is not None
    if pattern.get("patternType", "none") == "none":
        return False
    front = _child(pattern, "fgColor")
    return pattern.get("patternType") != "solid" or front is None or not _is_white(front)


@dataclass(frozen=True, kw_only=True, slots=True)
class SharedText:
    """The text of one shared or inline string."""

    text: str
    struck: bool


def read_strings(package: Package, part: str | None, faults: Faults) -> list[SharedText]:
    """Return the shared strings of a workbook in their order."""
    if part is None or not package.has(part):
        return []
    strings: list[SharedText] = []
    for event, element in package.events(part):
        if event == "end" and local(element) == "si":
            strings.append(string_of(element))
            element.clear()
            if len(strings) > MAX_STRINGS:
                raise faults.refuse(
                    "FILE-BUDGET", what="strings", limit=MAX_STRINGS, actual=f"{len(strings)}+", part=part
                )
    return strings


def string_of(element: Element) -> SharedText:
    """Return the text of `<si>` or `<is>`: plain or rich runs; phonetic readings (rPh) are not part of the text."""
    if len(element) == 1 and local(element[0]) == "t":  # nearly all of them
        return SharedText(text=decoded(element[0].text or ""), struck=False)
    pieces: list[str] = []
    struck = False
    for child in element:
        name = local(child)
        if name == "t":
            pieces.append(child.text or "")
        elif name == "r":
            run = "".join(part.text or "" for part in child if local(part) == "t")
            pieces.append(run)
            properties = _child(child, "rPr")
            if run.strip() and properties is not None and switched_on(_child(properties, "strike")):
                struck = True
    return SharedText(text=decoded("".join(pieces)), struck=struck)
