"""One document sent down in, its passages out; and a copy of it with notes. All parsing happens in the child."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from generator.durable import replace_file
from generator.intake.faults import Faults, Refused
from generator.intake.parent import ask_child
from generator.intake.preflight import preflight
from generator.intake.sniff import Opened, check_name, open_filed, sniff
from generator.model.documents import Where
from generator.model.prose import Note, Passage, Prose


def read_prose(path: Path) -> Prose:
    """Read a docx or a plain text (UTF-8, UTF-16 with a mark, GB18030) as running text.

    Never raises for a bad document: its faults stand in the answer. A docx is known by its content, a text by being
    nothing else.
    """
    return _read(path, {"job": "prose"})[0]


def write_annotated(path: Path, out: Path, notes: Sequence[Note]) -> Prose:
    """Write a docx to `out`: the document at `path` with each noted piece highlighted and its note behind it.

    Nothing of a docx is lost: the copy differs by insertions alone. A plain text becomes a docx of its paragraphs.
    `out` is not written where the document cannot be read; the answer's faults say why.
    """
    order = {
        "job": "annotate",
        "notes": [[note.passage, note.start, note.end, note.text] for note in notes],
    }
    prose, copy = _read(path, order)
    if copy:
        replace_file(out, copy)
    return prose


def _read(path: Path, order: dict[str, Any]) -> tuple[Prose, bytes]:
    faults = Faults(path.name)
    check_name(path.name, faults)
    opened: Opened | None = None
    try:
        opened = open_filed(path, faults)
        kind = sniff(opened.content, path.name, faults, as_csv=True)  # a text needs no suffix here
        if kind in ("xlsx", "xls"):
            raise faults.refuse("FILE-TYPE", found=kind, kind=kind)
        if kind == "docx":
            preflight(opened.content, faults)
    except Refused:
        digest = opened.sha256 if opened else ""
        refused = Prose(
            file=path.name, sha256=digest, format="unknown", passages=(), faults=tuple(faults.seen)
        )
        return refused, b""
    reading, answer = ask_child({**order, "file": path.name, "format": kind}, opened.content)
    passages = tuple(
        Passage(
            number=number,
            text=text,
            place=place,
            where=Where(file=path.name, sheet=sheet, cell=cell),
            beside=tuple(beside),
        )
        for number, (text, place, sheet, cell, beside) in enumerate(answer.get("passages", ()), start=1)
    )
    prose = Prose(
        file=path.name,
        sha256=opened.sha256,
        format="docx" if kind == "docx" else "text",
        passages=passages,
        faults=(*faults.seen, *reading.faults),
        pictures=answer.get("pictures", 0),
        encoding=reading.encoding,
    )
    return prose, base64.b64decode(answer.get("copy", ""))
