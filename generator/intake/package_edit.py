"""An office package whose parts are changed or added one by one; all others keep their bytes and their order."""

from __future__ import annotations

import posixpath
import zipfile
from io import BytesIO
from pathlib import Path

from generator.errors import UsageError
from generator.intake.faults import Faults, Refused
from generator.intake.parts import Package
from generator.intake.sniff import open_filed
from generator.intake.xml_edit import EditError, Node, appended, attributes, edited, tags, tree
from generator.model.documents import Document
from generator.model.text import Text

_EPOCH = (1980, 1, 1, 0, 0, 0)
_TYPES = "[Content_Types].xml"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def same_bytes(path: Path, document: Document) -> bytes:
    """Return the content of a document that was read before. Raises UsageError where the file is another one now."""
    try:
        opened = open_filed(path, Faults(path.name))
    except Refused:
        opened = None
    if opened is None or opened.sha256 != document.sha256:
        raise UsageError(
            Text(zh=f"{path} 在检查期间有变动。", en=f"{path} changed while it was checked."),
            Text(zh="请关闭正在编辑它的程序后重试。", en="Close the program that edits it and try again."),
        )
    return opened.content


class PackageEdit:
    """The parts of an xlsx package; `content` returns the package with what was changed."""

    def __init__(self, content: bytes) -> None:
        # Read through the package reader: well-formed, no DTD, not nested too deep, no way out of the package.
        try:
            self.package = Package(content, Faults(""), broken="BOOK-BROKEN")
        except Refused:
            raise EditError("not a sound package") from None
        self._archive = zipfile.ZipFile(BytesIO(content))
        self._names = {name.casefold(): name for name in self._archive.namelist()}
        self._changed: dict[str, bytes] = {}
        self._added: dict[str, bytes] = {}

    def has(self, part: str) -> bool:
        """Whether the package holds the part."""
        return part.casefold() in self._names or part in self._added

    def read(self, part: str) -> bytes:
        """Return a part as it is now. Raises EditError where there is none."""
        name = self._names.get(part.casefold())
        if part in self._added:
            return self._added[part]
        if name is None:
            raise EditError(f"no part {part}")
        return self._changed[name] if name in self._changed else self._archive.read(name)

    def write(self, part: str, content: bytes) -> None:
        """Change a part, or add one that is not there."""
        name = self._names.get(part.casefold())
        if name is None:
            self._added[part] = content
        else:
            self._changed[name] = content

    def free_name(self, pattern: str) -> str:
        """Return the first name of `xl/comments{}.xml`, counted from 1, that no part has."""
        number = 1
        while self.has(pattern.format(number)):
            number += 1
        return pattern.format(number)

    def add(self, part: str, content: bytes, content_type: str, *, by_extension: bool = False) -> None:
        """Add a part and say what it is; drawings in VML are told by their extension, as every office writes it."""
        self.write(part, content)
        types = self.read(_TYPES)
        root = tree(types)
        prefix = root.tag.prefix.decode()
        extension = part.rpartition(".")[2]
        if by_extension:
            if any((node.get("Extension") or "").casefold() == extension for node in root.named("Default")):
                return
            entry = f'<{prefix}Default Extension="{extension}" ContentType="{content_type}"/>'
        else:
            entry = f'<{prefix}Override PartName="/{part}" ContentType="{content_type}"/>'
        first = next(iter(root.named("Override")), None) if by_extension else None
        self.write(_TYPES, edited(types, [appended(root, entry.encode(), before=first)]))

    def relate(self, source: str, kind: str, target: str) -> str:
        """Lead from one part to another; return the new relation's id."""
        folder, name = posixpath.split(source)
        rels = posixpath.join(folder, "_rels", f"{name}.rels")
        if not self.has(rels):
            self.write(rels, f'<Relationships xmlns="{_RELATIONS}"></Relationships>'.encode())
        content = self.read(rels)
        root = tree(content)
        taken = {node.get("Id") for node in root.children}
        number = len(taken) + 1
        while f"rId{number}" in taken:
            number += 1
        prefix = root.tag.prefix.decode()
        entry = f'<{prefix}Relationship Id="rId{number}" Type="{OFFICE}/{kind}" Target="/{target}"/>'
        self.write(rels, edited(content, [appended(root, entry.encode())]))
        return f"rId{number}"

    def content(self) -> bytes:
        """Return the package: old parts in their order with their times, new ones behind them without a clock."""
        out = BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for old in self._archive.infolist():
                entry = zipfile.ZipInfo(old.filename, date_time=max(old.date_time, _EPOCH))
                entry.compress_type, entry.external_attr = old.compress_type, old.external_attr
                entry.create_system = old.create_system
                changed = self._changed.get(old.filename)
                archive.writestr(entry, self._archive.read(old) if changed is None else changed)
            for name, body in sorted(self._added.items()):
                entry = zipfile.ZipInfo(name, date_time=_EPOCH)
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, body)
        return out.getvalue()


class BookEdit(PackageEdit):
    """A workbook: its sheets by name, and where styles and strings stand.

    Raises EditError for workbooks whose spelling is not the usual one (Strict OOXML, UTF-16), and for signed ones:
    any change would void the signature.
    """

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        if any(name.startswith("_xmlsignatures/") for name in self._names):
            raise SignedError
        start = [r.target for r in self.package.relations("") if r.kind == "officeDocument"]
        self.start = start[0] if start else "xl/workbook.xml"
        self.book = tree(self.read(self.start))
        if b"purl.oclc.org" in self.book.tag.attributes:
            raise EditError("Strict OOXML")
        relations = self.package.relations(self.start)
        self.parts = {relation.kind: relation.target for relation in relations}
        targets = {relation.id: relation.target for relation in relations}
        self.sheets: dict[str, str] = {}
        """Name → part, in the order of the tabs."""
        listed = self.book.child("sheets")
        for node in listed.children if listed else []:
            identifier = _relation_id(node)
            if identifier in targets:
                self.sheets[node.get("name") or ""] = targets[identifier]

    @property
    def prefix(self) -> str:
        """The prefix of the workbook's own elements, with its colon, or nothing."""
        return self.book.tag.prefix.decode()


class SignedError(EditError):
    """The workbook carries a digital signature."""


def _relation_id(node: Node) -> str:
    """The value of r:id, whatever prefix the workbook gives it."""
    return next((value for name, value in attributes(node.tag).items() if name.endswith(":id")), "")


def root_prefix(xml: bytes) -> bytes:
    """Return the prefix of a part's root, with its colon, or nothing. Raises EditError where there is no root."""
    for tag in tags(xml):
        return tag.prefix
    raise EditError("no root")
