"""Change places of an XML part and leave every other byte as it is.

Saving an office file through a library loses what the library does not know: drawings, charts, extensions. Here a
part is looked through for its tags only, and pieces of it are replaced. The bytes must be well-formed XML in UTF-8
without a DTD: `parts.Package` has made sure before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

# Possessive throughout: no part can make the search try twice.
_TAG = re.compile(
    rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>"
    rb"|<(?P<close>/?)(?P<name>[^\s/>]++)(?P<attributes>(?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+)>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(rb"([^\s=/]++)(\s*+=\s*+)(\"[^\"]*+\"|'[^']*+')")
_ENTITY = re.compile(r"&(?:#x([0-9A-Fa-f]+)|#(\d+)|(amp|lt|gt|quot|apos));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


class EditError(Exception):
    """A part is not written the way these edits understand; nothing has been changed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tag:
    """One tag of a part: `<a …>`, `</a>` or `<a …/>`."""

    prefix: bytes
    """With its colon, or empty."""
    name: str
    """Without its prefix."""
    attributes: bytes
    start: int
    end: int
    closes: bool = False
    empty: bool = False


def tags(xml: bytes) -> Iterator[Tag]:
    """Yield the tags of a part in order; comments, CDATA and processing instructions are passed over."""
    if xml[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise EditError("UTF-16")
    for match in _TAG.finditer(xml):
        name = match["name"]
        if name is None:
            continue
        prefix, colon, bare = name.rpartition(b":")
        attributes = match["attributes"]
        yield Tag(
            prefix=prefix + colon,
            name=bare.decode("utf-8", "replace"),
            attributes=attributes,
            start=match.start(),
            end=match.end(),
            closes=bool(match["close"]),
            # Attribute values are quoted: a slash at the very end belongs to the tag.
            empty=attributes.endswith(b"/"),
        )


def attributes(tag: Tag) -> dict[str, str]:
    """Return the attributes of a tag by their names as written (`r:id`)."""
    return {
        match[1].decode("utf-8", "replace"): plain(match[3][1:-1].decode("utf-8"))
        for match in _ATTRIBUTE.finditer(tag.attributes)
    }


def attribute(tag: Tag, name: str) -> str | None:
    """Return an attribute's value by its name as written, or None."""
    match = _found(tag, name)
    return None if match is None else plain(match[3][1:-1].decode("utf-8"))


def _found(tag: Tag, name: str) -> re.Match[bytes] | None:
    # One after the other, not searched for: a value may hold what looks like another attribute.
    wanted = name.encode()
    return next((match for match in _ATTRIBUTE.finditer(tag.attributes) if match[1] == wanted), None)


def with_attribute(xml: bytes, tag: Tag, name: str, value: str | None) -> bytes:
    """Return the tag's bytes with an attribute set, or taken away where `value` is None."""
    written = xml[tag.start : tag.end]
    offset = tag.end - tag.start - 1 - len(tag.attributes)
    match = _found(tag, name)
    if match is not None:
        new = b"" if value is None else match[1] + match[2] + b'"' + escaped(value).encode() + b'"'
        return written[: offset + match.start()] + new + written[offset + match.end() :]
    if value is None:
        return written
    return written[:offset] + f' {name}="{escaped(value)}"'.encode() + written[offset:]


@dataclass(slots=True)
class Node:
    """An element of a small part with its place; for sheets use `tags`, they are too large for a tree."""

    tag: Tag
    children: list[Node] = field(default_factory=list)
    body_end: int = 0
    """Where the closing tag begins; for an empty element where it ends."""
    end: int = 0

    def child(self, name: str) -> Node | None:
        """Return the first child of this name."""
        return next((child for child in self.children if child.tag.name == name), None)

    def named(self, name: str) -> list[Node]:
        """Return the children of this name."""
        return [child for child in self.children if child.tag.name == name]

    def get(self, name: str) -> str | None:
        """Return an attribute's value."""
        return attribute(self.tag, name)


def tree(xml: bytes) -> Node:
    """Return the root of a part. Raises EditError where it is not XML."""
    open_nodes: list[Node] = []
    for tag in tags(xml):
        if tag.closes:
            if not open_nodes:
                break
            node = open_nodes.pop()
            node.body_end, node.end = tag.start, tag.end
            if not open_nodes:
                return node
            continue
        node = Node(tag=tag, body_end=tag.end, end=tag.end)
        if open_nodes:
            open_nodes[-1].children.append(node)
        elif tag.empty:
            return node
        if not tag.empty:
            open_nodes.append(node)
    raise EditError("no root")


@dataclass(frozen=True, slots=True)
class Edit:
    """Bytes from `start` to `end` become `new`."""

    start: int
    end: int
    new: bytes


def edited(xml: bytes, edits: Sequence[Edit]) -> bytes:
    """Return a part with its edits; those at the same place stand in the order given. Raises EditError if two overlap."""
    pieces: list[bytes] = []
    at = 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        if edit.start < at:
            raise EditError("edits overlap")
        pieces += [xml[at : edit.start], edit.new]
        at = edit.end
    return b"".join([*pieces, xml[at:]])


def appended(node: Node, inner: bytes, *, before: Node | None = None) -> Edit:
    """Return the edit that puts `inner` at the end of an element (or before one of its children)."""
    tag = node.tag
    if not tag.empty:
        at = before.tag.start if before else node.body_end
        return Edit(at, at, inner)
    # <a/> has no room: its slash goes, and a closing tag comes.
    name = tag.prefix + tag.name.encode()
    return Edit(tag.end - 2, tag.end, b">" + inner + b"</" + name + b">")


def plain(written: str) -> str:
    """Return character data or an attribute's value with its entities resolved."""
    return _ENTITY.sub(_resolved, written) if "&" in written else written


def _resolved(match: re.Match[str]) -> str:
    if match[1]:
        return chr(int(match[1], 16))
    return chr(int(match[2])) if match[2] else _NAMED[match[3]]


def escaped(text: str) -> str:
    """Return text fit for character data and for attributes."""
    for raw, written in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(raw, written)
    return text


_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_UNWRITABLE = re.compile("[\u0000-\u0008\u000b-\u001f\ufffe\uffff\ud800-\udfff]")


def ooxml_text(text: str) -> str:
    """Return cell text as OOXML stores it: what XML cannot hold as `_x000D_`, and such a spelling itself guarded."""
    text = _LOOKS_ESCAPED.sub("_x005F_", text)
    return escaped(_UNWRITABLE.sub(lambda match: f"_x{ord(match[0]):04X}_", text))
