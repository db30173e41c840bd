"""The parts of an OOXML package (xlsx, docx) in the child process: XML without a DTD, and the relations between parts.

The parent has already looked through the bytes (`preflight`); here every part must also be well-formed and not nested
deeper than any office writes. A document type, and with it every entity of a document's own, is refused at its first
word, before the parser that builds elements sees any of it: the grammar of XML has no other place for one.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import IO, Protocol, cast
from urllib.parse import unquote
from xml.etree.ElementTree import Element, ParseError, XMLPullParser
from xml.parsers import expat

from generator.intake.faults import Faults, Refused

MAX_DEPTH = 64
_XML_PART = re.compile(r"(?i)\.(xml|rels)$")
_CHUNK = 64 * 1024
# A hyperlink that a reader of the page could follow; everything else outside the file is refused.
_PLAIN_LINK = re.compile(r"(?i)^(https?://|mailto:|tel:)")


class _Refuses(Protocol):
    def __call__(self, part: str) -> Refused: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Relation:
    """One relationship of a part; `target` is the full name of the part it leads to."""

    id: str
    kind: str
    """The last word of its type: worksheet, sharedStrings, comments …"""
    target: str


class Package:
    """An opened package; raises Refused after noting why a part cannot be read."""

    def __init__(
        self, content: bytes, faults: Faults, *, broken: str, later: re.Pattern[str] | None = None
    ) -> None:
        """Open a package. Parts whose names match `later` are proven sound while they are read: call `prove` then."""
        self.faults = faults
        self.broken = broken
        """The rule for a package whose main parts are missing or damaged."""
        self._archive = zipfile.ZipFile(BytesIO(content))
        self._names = {name.casefold(): name for name in self._archive.namelist()}
        self._before = len(faults.seen)
        parts = [name for name in self._archive.namelist() if _XML_PART.search(name)]
        self._unproven = {name for name in parts if later is not None and later.search(name)}
        self._check([name for name in parts if name not in self._unproven])

    def _check(self, parts: list[str]) -> None:
        """Look at parts and at all relations. Raises Refused where one is unsound, having looked at every part."""
        before = len(self.faults.seen)
        for name in parts:
            self._check_nesting(name)
        for name in self._archive.namelist():
            if name.casefold().endswith(".rels"):
                self._check_targets(name)
        if len(self.faults.seen) > before:
            self._refuse()

    def _refuse(self) -> None:
        """Say of the whole package what is unsound, and nothing else: no part of it is read any further."""
        if self._unproven:
            self._unproven.clear()
            del self.faults.seen[self._before :]
            self._check([name for name in self._archive.namelist() if _XML_PART.search(name)])
        raise Refused(self.broken)

    def prove(self) -> None:
        """Look at the parts that have not been read. Raises Refused, the package's own faults noted, for unsound ones."""
        before = len(self.faults.seen)
        for name in sorted(self._unproven):
            self._check_nesting(name)
        if len(self.faults.seen) > before:
            self._refuse()

    def has(self, part: str) -> bool:
        """Whether the package holds the part."""
        return part.casefold() in self._names

    def names(self) -> tuple[str, ...]:
        """The names of all parts, in the order of the package."""
        return tuple(self._names.values())

    def _check_nesting(self, part: str) -> None:
        parser = expat.ParserCreate()
        depth = 0

        def opened(_tag: str, _attributes: object) -> None:
            nonlocal depth
            depth += 1
            if depth > MAX_DEPTH:
                raise _TooDeepError

        def closed(_tag: str) -> None:
            nonlocal depth
            depth -= 1

        def declared(*_: object) -> None:
            raise _DeclaresError

        parser.StartElementHandler, parser.EndElementHandler = opened, closed
        parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = declared
        try:
            with self._archive.open(self._names[part.casefold()]) as stream:
                parser.ParseFile(stream)
        except _TooDeepError:
            self.faults.add("XML-DEPTH", found=part, part=part)
        except _DeclaresError:
            self.faults.add("XML-DTD", found=part, part=part)
        except expat.ExpatError:
            self.faults.add(
                "DOC-BROKEN" if self.broken == "DOC-BROKEN" else "XML-BROKEN", found=part, part=part
            )

    def events(self, part: str) -> Iterator[tuple[str, Element]]:
        """Yield ("start"|"end", element) over a part. Raises Refused where it is missing or not XML."""
        if not self.has(part):
            raise self.faults.refuse(self.broken, part=part)
        name = self._names[part.casefold()]
        try:
            with self._archive.open(name) as stream:
                _refuse_document_type(stream)
            parser: XMLPullParser[Element] = XMLPullParser(("start", "end"))
            depth = 0
            with self._archive.open(name) as stream:
                while chunk := stream.read(_CHUNK):
                    parser.feed(chunk)
                    for event, element in cast(Iterator[tuple[str, Element]], parser.read_events()):
                        depth += 1 if event == "start" else -1
                        if depth > MAX_DEPTH:
                            raise _TooDeepError
                        yield event, element
                parser.close()
            yield from cast(Iterator[tuple[str, Element]], parser.read_events())
        except _TooDeepError:
            raise self.faults.refuse("XML-DEPTH", found=part, part=part) from None
        except _DeclaresError:
            raise self.faults.refuse("XML-DTD", found=part, part=part) from None
        except (ParseError, ValueError):
            raise self.faults.refuse(self.broken, found=part, part=part) from None
        self._unproven.discard(name)

    def tree(self, part: str) -> Element:
        """Return the root of a whole part. Raises Refused where it is missing or not XML."""
        root: Element | None = None
        for _event, element in self.events(part):
            if root is None:
                root = element
        if root is None:
            raise self.faults.refuse(self.broken, part=part)
        return root

    def relations(self, part: str) -> tuple[Relation, ...]:
        """Return the inner relations of a part, in file order; none where it has no .rels."""
        folder, name = posixpath.split(part)
        rels = posixpath.join(folder, "_rels", f"{name}.rels")
        if not self.has(rels):
            return ()
        return tuple(
            Relation(id=entry.get("Id", ""), kind=_last_word(entry.get("Type", "")), target=target)
            for entry in self.tree(rels)
            if entry.get("TargetMode", "").lower() != "external"
            and (target := _resolved(folder, entry.get("Target", ""))) is not None
        )

    def links(self, part: str) -> dict[str, str]:
        """Return the targets outside the package that a part's relations name, by their id."""
        folder, name = posixpath.split(part)
        rels = posixpath.join(folder, "_rels", f"{name}.rels")
        if not self.has(rels):
            return {}
        return {
            entry.get("Id", ""): entry.get("Target", "")
            for entry in self.tree(rels)
            if entry.get("TargetMode", "").lower() == "external"
        }

    def _check_targets(self, rels: str) -> None:
        folder = posixpath.dirname(posixpath.dirname(rels))
        try:
            root = self.tree(rels)
        except Refused:
            return
        for entry in root:
            target = entry.get("Target", "")
            kind = _last_word(entry.get("Type", ""))
            if entry.get("TargetMode", "").lower() == "external":
                plain_template = kind == "attachedTemplate" and re.fullmatch(r"[^/\\:]+", target) is not None
                linked = kind == "hyperlink" and (_PLAIN_LINK.match(target) or target.startswith("#"))
                if not linked and not plain_template:
                    self.faults.add("REL-EXTERNAL", found=target, part=rels, target=target)
            elif _resolved(folder, target) is None:
                self.faults.add("REL-TARGET", found=target, part=rels, target=target)


def _refuse_document_type(stream: IO[bytes]) -> None:
    """Read a part up to its first element. Raises _DeclaresError for a document type or an entity of its own."""
    parser = expat.ParserCreate()

    def declared(*_: object) -> None:
        raise _DeclaresError

    def begun(*_: object) -> None:
        raise _BegunError

    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = parser.UnparsedEntityDeclHandler = declared
    parser.StartElementHandler = begun
    try:
        parser.ParseFile(stream)
    except (_BegunError, expat.ExpatError):
        return  # what is broken, the parser that builds elements says


class _BegunError(Exception):
    pass


class _TooDeepError(Exception):
    pass


class _DeclaresError(Exception):
    pass


def _last_word(kind: str) -> str:
    return kind.rsplit("/", 1)[-1]


def _resolved(folder: str, target: str) -> str | None:
    """The part that a target names, seen from a folder; None where it leads out of the package or is no path."""
    plain = unquote(target).split("#")[0]
    if (
        "\\" in plain
        or "\0" in plain
        or re.match(r"^[A-Za-z][A-Za-z0-9+.-]*:", plain)
        or plain.startswith("//")
    ):
        return None
    path = plain.removeprefix("/") if plain.startswith("/") else posixpath.join(folder, plain)
    steps: list[str] = []
    for step in path.split("/"):
        if step == "..":
            if not steps:
                return None
            steps.pop()
        elif step not in ("", "."):
            steps.append(step)
    return "/".join(steps)


def local(element: Element) -> str:
    """The name of an element without its namespace."""
    return _local_name(element.tag) if isinstance(element.tag, str) else ""


@lru_cache(maxsize=256)
def _local_name(tag: str) -> str:
    return tag.rsplit("}", 1)[-1]


def switched_on(element: Element | None) -> bool:
    """Whether an on/off property element (`<strike/>`, `<w:vanish w:val="0"/>`) is there and says yes."""
    if element is None:
        return False
    value = next((value for key, value in element.attrib.items() if key.rsplit("}", 1)[-1] == "val"), "1")
    return value.lower() not in ("0", "false", "off", "none")


_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def decoded(text: str) -> str:
    """Return cell text with its OOXML escapes (`_x000D_`) read once and line breaks as \\n (ECMA-376 ST_Xstring)."""
    if "_x" in text:
        text = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    return text.replace("\r\n", "\n")
