"""Raw parts of a package for the independent count: text, attributes and relations by regular expressions alone."""

from __future__ import annotations

import html
import posixpath
import re
import zipfile
from collections.abc import Iterator

_ATTRIBUTE = re.compile(r"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")


def raw_part(archive: zipfile.ZipFile, name: str) -> str:
    """Return a part as text, without comments, with CDATA sections as ordinary text; "" where there is none."""
    wanted = next((entry for entry in archive.namelist() if entry.casefold() == name.casefold()), None)
    if wanted is None:
        return ""
    stored = archive.read(wanted)
    text = stored.decode("utf-16" if stored[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    if "<!" not in text:
        return text
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    return re.sub(r"<!\[CDATA\[(.*?)\]\]>", lambda found: html.escape(found[1]), text, flags=re.DOTALL)


def attributes(tag: str) -> dict[str, str]:
    """Return the attributes of a raw tag by their local names."""
    return {key.rpartition(":")[2]: html.unescape(a or b) for key, a, b in _ATTRIBUTE.findall(tag)}


def related(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[str, str, str]]:
    """Yield (id, last word of the type, part) of the relations of a part inside the package."""
    folder, name = posixpath.split(part)
    for tag in re.findall(
        r"<(?:\w+:)?Relationship\s([^<>]*)>", raw_part(archive, f"{folder}/_rels/{name}.rels".lstrip("/"))
    ):
        entry = attributes(tag)
        if entry.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/" + folder, entry.get("Target", "").split("#")[0]))
            yield entry.get("Id", ""), entry.get("Type", "").rpartition("/")[2], target.lstrip("/")


def letters(column: int) -> str:
    """Return the letters of a 1-based column."""
    text = ""
    while column > 0:
        text = chr(ord("A") + (column - 1) % 26) + text
        column = (column - 1) // 26
    return text
