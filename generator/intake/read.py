"""One filed file in, one `Document` out: open, sniff, preflight, parse in a child, count again."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Literal

from generator.intake.faults import Faults, Refused
from generator.intake.gaps import census_gaps, note_gaps
from generator.intake.parent import run_child
from generator.intake.preflight import preflight
from generator.intake.reading import Reading
from generator.intake.sniff import Opened, check_name, is_leftover, open_filed, sniff
from generator.model.documents import Document

__all__ = ["census_gaps", "read_document", "read_documents"]


def read_document(path: Path, *, as_csv: bool = False, encoding: str | None = None) -> Document:
    """Read a filed document of any kind into located cells; what is wrong with it stands in its `faults`.

    The content decides what it is, never the suffix; only text needs to be called .csv (or `as_csv`). `encoding` is
    for a CSV whose encoding cannot be told. Never raises for a bad document. The SHA-256 is of exactly the bytes that
    were parsed ("" where the file could not be opened).
    """
    faults = Faults(path.name)
    if is_leftover(path.name):
        faults.add("FILE-IGNORED")
        return _document(faults, None, "unknown", Reading())
    check_name(path.name, faults)
    try:
        opened = open_filed(path, faults)
    except Refused:
        return _document(faults, None, "unknown", Reading())
    try:
        kind = sniff(opened.content, path.name, faults, as_csv=as_csv)
        if kind in ("xlsx", "docx"):
            preflight(opened.content, faults)
    except Refused:
        return _document(faults, opened, "unknown", Reading())
    order = {"file": path.name, "format": kind, "encoding": encoding}
    return _document(faults, opened, kind, run_child(order, opened.content))


def _document(
    faults: Faults,
    opened: Opened | None,
    kind: Literal["xlsx", "xls", "docx", "csv", "unknown"],
    reading: Reading,
) -> Document:
    document = Document(
        file=faults.file,
        sha256=opened.sha256 if opened else "",
        size=len(opened.content) if opened else 0,
        format=kind,
        sheets=reading.sheets,
        outside=reading.outside,
        encoding=reading.encoding,
        faults=(*faults.seen, *reading.faults),
        census=reading.census,
    )
    return note_gaps(document)


def read_documents(
    paths: Sequence[Path], *, jobs: int = 1, as_csv: bool = False, encoding: str | None = None
) -> tuple[Document, ...]:
    """Read several documents, `jobs` children at a time; the answers stand in the order of `paths`."""
    read = partial(read_document, as_csv=as_csv, encoding=encoding)
    if jobs <= 1 or len(paths) <= 1:
        return tuple(map(read, paths))
    from concurrent.futures import ThreadPoolExecutor  # not for one document

    with ThreadPoolExecutor(max_workers=jobs) as pool:
        return tuple(pool.map(read, paths))
