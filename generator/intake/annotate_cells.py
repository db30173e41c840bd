"""Fill cells of a workbook by severity: formats that differ from the old ones in nothing but their fill."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from generator.intake.merged import read_address
from generator.intake.xml_edit import (
    Edit,
    EditError,
    Node,
    Tag,
    appended,
    attribute,
    edited,
    tags,
    tree,
    with_attribute,
)
from generator.model.documents import cell_address
from generator.model.findings import Severity

FILLS: Mapping[Severity, str] = {
    "error": "FFFFC7CE",
    "confirm": "FFFFD9A8",
    "warning": "FFFFF2B3",
    "info": "FFDDEBF7",
}
"""Light enough for black text on them, and of different lightness: the comment says in words what the colour means."""

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_FONT = '<{p}font><{p}sz val="11"/><{p}name val="宋体"/></{p}font>'
# What a style sheet begins with: the format calls for an empty and a dotted fill before all others.
_BEGINNINGS = {
    "fonts": (_FONT,),
    "fills": (
        '<{p}fill><{p}patternFill patternType="none"/></{p}fill>',
        '<{p}fill><{p}patternFill patternType="gray125"/></{p}fill>',
    ),
    "borders": ("<{p}border><{p}left/><{p}right/><{p}top/><{p}bottom/><{p}diagonal/></{p}border>",),
    "cellXfs": ('<{p}xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>',),
}
# The order of the groups in a style sheet (ECMA-376, CT_Stylesheet).
_ORDER = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs")
_XF = '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"'
EMPTY_STYLES = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<styleSheet xmlns="{_MAIN}">'
    f'<cellStyleXfs count="1">{_XF}/></cellStyleXfs><cellXfs count="1">{_XF} xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
"""A style sheet that says nothing; the groups that are missing come with what is added."""
# Excel holds no more formats.
_MOST_FORMATS = 65_000


class StylesEdit:
    """A style sheet that grows: what is there keeps its number."""

    def __init__(self, xml: bytes) -> None:
        self._xml = xml
        self._root = tree(xml)
        self.prefix = self._root.tag.prefix.decode()
        self._old = {node.tag.name: node for node in self._root.children if node.tag.name in _BEGINNINGS}
        self._new: dict[str, list[str]] = {name: [] for name in _BEGINNINGS}
        for name, beginning in _BEGINNINGS.items():
            if name not in self._old:
                self._new[name] = [entry.format(p=self.prefix) for entry in beginning]
        self._filled: dict[tuple[int, Severity], int] = {}
        self._fills: dict[Severity, int] = {}

    def _members(self, group: str) -> list[Node]:
        return self._old[group].children if group in self._old else []

    def add(self, group: str, entry: str) -> int:
        """Add a font, fill, border or cell format, `{p}` standing for the prefix; return its number."""
        self._new[group].append(entry.replace("{p}", self.prefix))
        number = len(self._members(group)) + len(self._new[group]) - 1
        if number > _MOST_FORMATS:
            raise EditError("too many formats")
        return number

    def fill(self, severity: Severity) -> int:
        """Return the number of the fill of a severity."""
        if severity not in self._fills:
            self._fills[severity] = self.add(
                "fills",
                f'<{{p}}fill><{{p}}patternFill patternType="solid"><{{p}}fgColor rgb="{FILLS[severity]}"/>'
                '<{p}bgColor indexed="64"/></{p}patternFill></{p}fill>',
            )
        return self._fills[severity]

    def filled(self, base: int, severity: Severity) -> int:
        """Return the number of the format that is `base` with another fill."""
        key = (base, severity)
        if key not in self._filled:
            formats = self._members("cellXfs")
            fill = str(self.fill(severity))
            if base < len(formats):
                node = formats[base]
                head = with_attribute(self._xml, node.tag, "fillId", fill)
                copy = head + self._xml[node.tag.end : node.end]
                # The tag has moved within its copy: it is looked for anew.
                again = next(tags(copy))
                copy = with_attribute(copy, again, "applyFill", "1") + copy[again.end :]
                entry = copy.decode("utf-8")
            else:
                entry = f'<{{p}}xf numFmtId="0" fontId="0" fillId="{fill}" borderId="0" applyFill="1"/>'
            self._filled[key] = self.add("cellXfs", entry)
        return self._filled[key]

    def content(self) -> bytes:
        """Return the style sheet with what was added."""
        edits: list[Edit] = []
        for name, entries in self._new.items():
            inner = "".join(entries).encode()
            node = self._old.get(name)
            if not entries:
                continue
            if node is not None:
                count = str(len(node.children) + len(entries))
                head = with_attribute(self._xml, node.tag, "count", count)
                if node.tag.empty:
                    closing = f"</{self.prefix}{name}>".encode()
                    head = head[:-2].rstrip() + b">" + inner + closing
                    edits.append(Edit(node.tag.start, node.end, head))
                else:
                    edits += [Edit(node.tag.start, node.tag.end, head), appended(node, inner)]
                continue
            whole = f'<{self.prefix}{name} count="{len(entries)}">'.encode() + inner
            later = _ORDER[_ORDER.index(name) + 1 :]
            following = next(
                (n for n in self._root.children if n.tag.name not in _ORDER or n.tag.name in later), None
            )
            edits.append(appended(self._root, whole + f"</{self.prefix}{name}>".encode(), before=following))
        return edited(self._xml, edits)


# What may stand behind <legacyDrawing> in a sheet (ECMA-376, CT_Worksheet).
_BEHIND_NOTES = frozenset(
    {
        "legacyDrawingHF",
        "drawingHF",
        "picture",
        "oleObjects",
        "controls",
        "webPublishItems",
        "tableParts",
        "extLst",
    }
)


@dataclass(slots=True)
class SheetLook:
    """What a sheet's XML says of the places that annotating has to know."""

    root: Tag
    notes: Tag | None = None
    """<legacyDrawing>, which names the drawing of the comments."""
    notes_at: int = 0
    """Where it belongs, if there is none."""
    widths: list[tuple[int, int, int]] = field(default_factory=list)
    """First column, last column, width in pixels."""
    heights: dict[int, int] = field(default_factory=dict)
    """Row → height in pixels, where it is not the usual one."""
    usual: tuple[int, int] = (64, 20)
    """Width and height that no column or row states, in pixels."""

    def width(self, column: int) -> int:
        """Return the width of a column in pixels."""
        return next((px for low, high, px in self.widths if low <= column <= high), self.usual[0])

    def height(self, row: int) -> int:
        """Return the height of a row in pixels."""
        return self.heights.get(row, self.usual[1])


def marked_sheet(
    xml: bytes, wanted: Mapping[tuple[int, int], Severity], styles: StylesEdit
) -> tuple[list[Edit], SheetLook]:
    """Return the edits that fill the wanted cells (row, column), which may not be there yet, and a look at the sheet.

    The sheet also gives up being the selected tab: two selected ones would be edited together.
    """
    return _Marker(xml, wanted, styles).run()


class _Marker:
    def __init__(self, xml: bytes, wanted: Mapping[tuple[int, int], Severity], styles: StylesEdit) -> None:
        self.xml = xml
        self.styles = styles
        self.rows: dict[int, dict[int, Severity]] = {}
        for (row, column), severity in sorted(wanted.items()):
            self.rows.setdefault(row, {})[column] = severity
        self.edits: list[Edit] = []
        self.columns: list[tuple[int, int, int]] = []
        self.row = self.column = self.row_style = 0
        self.prefix = ""

    def run(self) -> tuple[list[Edit], SheetLook]:
        depth, in_data = 0, False
        look = None
        for tag in tags(self.xml):
            if look is None:
                look = SheetLook(root=tag)
                self.prefix = tag.prefix.decode()
            depth -= tag.closes
            if depth == 0 and tag.closes:
                look.notes_at = look.notes_at or tag.start
            elif depth == 1 and not tag.closes:
                self._top_level(tag, look, data_seen=in_data)
            if tag.name == "sheetData" and depth == 1:
                in_data = True
                self._data(tag)
            elif depth == 2 and tag.name == "row":
                self._row(tag, look)
            elif depth == 3 and tag.name == "c" and not tag.closes:
                self._cell(tag)
            elif (
                tag.name == "sheetView" and not tag.closes and attribute(tag, "tabSelected") in ("1", "true")
            ):
                self.edits.append(Edit(tag.start, tag.end, with_attribute(self.xml, tag, "tabSelected", "0")))
            elif tag.name == "col" and depth == 2 and not tag.closes:
                self._column_format(tag, look)
            elif tag.name == "sheetFormatPr" and depth == 1:
                look.usual = (
                    _pixels(attribute(tag, "defaultColWidth"), 7, 5) or look.usual[0],
                    _pixels(attribute(tag, "defaultRowHeight"), 4 / 3, 0) or look.usual[1],
                )
            depth += not tag.closes and not tag.empty
        if look is None or self.rows:
            raise EditError("a cell has no place in the sheet")
        return self.edits, look

    def _top_level(self, tag: Tag, look: SheetLook, *, data_seen: bool) -> None:
        if tag.name == "legacyDrawing":
            look.notes = tag
        elif (
            data_seen and not look.notes_at and (tag.name in _BEHIND_NOTES or tag.name == "AlternateContent")
        ):
            look.notes_at = tag.start

    def _column_format(self, tag: Tag, look: SheetLook) -> None:
        low, high, style = (attribute(tag, name) or "0" for name in ("min", "max", "style"))
        if not (low.isdecimal() and high.isdecimal()):
            return
        if style.isdecimal():
            self.columns.append((int(low), int(high), int(style)))
        width = _pixels(attribute(tag, "width"), 7, 5)
        if attribute(tag, "hidden") in ("1", "true"):
            width = 0
        if width is not None:
            look.widths.append((int(low), int(high), width))

    def _data(self, tag: Tag) -> None:
        if tag.empty:
            self.edits.append(appended(_node(tag), self._rows_before(None)))
        elif tag.closes:
            self._insert(tag.start, self._rows_before(None))

    def _row(self, tag: Tag, look: SheetLook) -> None:
        if tag.closes:
            self._insert(tag.start, self._cells_before(None))
            return
        stated = attribute(tag, "r")
        row = int(stated) if stated and stated.isdecimal() else self.row + 1
        if row <= self.row:
            raise EditError("rows out of order")
        self.row, self.column = row, 0
        height = 0 if attribute(tag, "hidden") in ("1", "true") else _pixels(attribute(tag, "ht"), 4 / 3, 0)
        if height is not None:
            look.heights[row] = height
        own = attribute(tag, "s") if attribute(tag, "customFormat") in ("1", "true") else None
        self.row_style = int(own) if own and own.isdecimal() else 0
        self._insert(tag.start, self._rows_before(row))
        if row not in self.rows:
            return
        # `spans` is a hint about the columns in use; a wrong one is worse than none.
        head = with_attribute(self.xml, tag, "spans", None)
        if tag.empty:
            inner = self._cells_before(None)
            head = head[:-2].rstrip() + b">" + inner + f"</{self.prefix}row>".encode()
        self.edits.append(Edit(tag.start, tag.end, head))

    def _cell(self, tag: Tag) -> None:
        stated = attribute(tag, "r")
        place = read_address(stated) if stated else (self.row, self.column + 1)
        if place is None or place[0] != self.row or place[1] <= self.column:
            raise EditError("cells out of order")
        self.column = place[1]
        wanted = self.rows.get(self.row)
        if not wanted:
            return
        self._insert(tag.start, self._cells_before(self.column))
        severity = wanted.pop(self.column, None)
        if not wanted:
            self.rows.pop(self.row, None)
        if severity is None:
            return
        base = attribute(tag, "s") or "0"
        style = self.styles.filled(int(base) if base.isdecimal() else 0, severity)
        self.edits.append(Edit(tag.start, tag.end, with_attribute(self.xml, tag, "s", str(style))))

    def _insert(self, at: int, inner: bytes) -> None:
        if inner:
            self.edits.append(Edit(at, at, inner))

    def _rows_before(self, row: int | None) -> bytes:
        """The wanted rows before this one (or all that are left) that the sheet does not have, with their cells."""
        missing = [number for number in sorted(self.rows) if row is None or number < row]
        made = b""
        for number in missing:
            self.row_style = 0
            cells = self._made(number, sorted(self.rows[number]))
            made += f'<{self.prefix}row r="{number}">'.encode() + cells + f"</{self.prefix}row>".encode()
        return made

    def _cells_before(self, column: int | None) -> bytes:
        """The wanted cells of this row before a column (or all that are left)."""
        wanted = self.rows.get(self.row, {})
        return self._made(self.row, [at for at in sorted(wanted) if column is None or at < column])

    def _made(self, row: int, columns: list[int]) -> bytes:
        made = ""
        for column in columns:
            severity = self.rows[row].pop(column)
            base = self.row_style or next((s for low, high, s in self.columns if low <= column <= high), 0)
            style = self.styles.filled(base, severity)
            made += f'<{self.prefix}c r="{cell_address(row, column)}" s="{style}"/>'
        if row in self.rows and not self.rows[row]:
            del self.rows[row]
        return made.encode()


def _pixels(size: str | None, per_unit: float, more: int) -> int | None:
    """A stated width (in digits of the usual font, 7 pixels) or height (in points) on the screen."""
    if size is None or not re.fullmatch(r"\d{1,5}(\.\d+)?", size):
        return None
    return round(float(size) * per_unit) + (more if float(size) else 0)


def _node(tag: Tag) -> Node:
    return Node(tag=tag, body_end=tag.end, end=tag.end)
