"""The process in which a filed document is parsed: a hostile file can kill only this, never the run.

Runs isolated from the environment, with limits on memory, time, files, processes and network; gets one line of JSON
and the file's bytes on stdin and answers with JSON on stdout. Each limit holds where the system has it; the parent's time
limit holds everywhere.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Mapping
from typing import Any

from generator.intake.faults import Faults, Refused
from generator.intake.reading import Reading, to_json

# Real documents need a tenth of all this.
MAX_MEMORY_BYTES = 1024 * 1024 * 1024
MAX_CPU_SECONDS = 20
MAX_OPEN_FILES = 32
MAX_ANSWER_BYTES = 32 * 1024 * 1024

# Of Linux: <linux/prctl.h>, <linux/sched.h>.
_PR_SET_NO_NEW_PRIVS = 38
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000

# After one of these the reader left cells out knowingly, and said so: counting them again would only repeat it.
_LEFT_OUT = (
    "ROW-REF",
    "CELL-REF",
    "CELL-SST",
    "CELL-TOO-LONG",
    "SHEET-",
    "MERGE-AREA",
    "DOC-NESTED-TABLE",
    "DOC-GRID",
    "DOC-TRACKED-CHANGES",
)


def parse(order: Mapping[str, Any], content: bytes) -> Reading:
    """Read a document and count it a second time, independently. `order` says file, format and encoding."""
    faults = Faults(order["file"])
    try:
        reading = _read(order, content, faults)
    except Refused:
        return Reading(faults=tuple(faults.seen))
    if any(fault.rule.startswith(_LEFT_OUT) for fault in reading.faults):
        return reading
    from generator.intake.census import count  # only what is needed is loaded: start-up counts

    counted = count(order["format"], content, reading.encoding)
    if counted is None:
        faults.add("BOOK-BROKEN", part="census")  # a second library cannot even open it
    return Reading(
        sheets=reading.sheets,
        outside=reading.outside,
        encoding=reading.encoding,
        faults=tuple(faults.seen),
        census=counted or {},
    )


def _read(order: Mapping[str, Any], content: bytes, faults: Faults) -> Reading:
    """Only the reader that is needed is loaded: a document of 340 lines must not take a quarter of a second."""
    if order["format"] == "xlsx":
        from generator.intake.xlsx import read_xlsx

        return read_xlsx(content, faults)
    if order["format"] == "xls":
        from generator.intake.xls import read_xls

        return read_xls(content, faults)
    if order["format"] == "docx":
        from generator.intake.docx import read_docx

        return read_docx(content, faults)
    from generator.intake.csv_ import read_csv

    return read_csv(content, faults, encoding=order["encoding"])


def _answer(order: Mapping[str, Any], content: bytes) -> dict[str, Any]:
    if "job" in order:  # running text, not tables
        from generator.intake.prose import answer

        return answer(order, content)
    return to_json(parse(order, content))


def _encoded(answer: Mapping[str, Any]) -> bytes:
    """The answer as UTF-8: half of what escapes would take. A document can hold half a surrogate pair."""
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def leave_network() -> bool:
    """Give up all network and every way to more rights, where Linux lets us; return whether the network is gone.

    The process moves to a network of its own that has nothing in it. Containers and some systems forbid that: then the
    readers' own abstinence has to do, as on every other system.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        import ctypes

        libc = ctypes.CDLL(None)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, *(ctypes.c_ulong(value) for value in (1, 0, 0, 0)))
        if libc.unshare(_CLONE_NEWNET) == 0:
            return True
        # Who is not root may do it within users of his own. Root would lose the right to read others' files by that.
        uid = getattr(os, "geteuid", lambda: 0)()
        return uid != 0 and libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0
    except (ImportError, OSError, AttributeError):  # a Python without ctypes, a C library without these calls
        return False


def limit_resources() -> None:
    """Bound memory, processor time, files, core dumps, processes and network of this process, where the system can."""
    leave_network()  # first: it still needs to load a library
    try:
        import resource  # Windows has none
    except ImportError:
        return
    for name, limit in (
        ("RLIMIT_AS", MAX_MEMORY_BYTES),
        ("RLIMIT_CPU", MAX_CPU_SECONDS),
        ("RLIMIT_FSIZE", 0),
        ("RLIMIT_NOFILE", MAX_OPEN_FILES),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_NPROC", 0),  # no process, no thread; the system does not hold root to it
    ):
        kind = getattr(resource, name, None)
        if kind is None:
            continue
        try:
            hard = resource.getrlimit(kind)[1]
            bound = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
            resource.setrlimit(kind, (bound, bound))
        except (OSError, ValueError):  # macOS refuses some of them
            continue


def main() -> None:
    """Answer one order. Exit code 0 with JSON, or the process dies and its parent says so."""
    limit_resources()
    gc.disable()  # it ends with its answer, and its memory is bounded
    order = json.loads(sys.stdin.buffer.readline())
    content = sys.stdin.buffer.read()
    faults = Faults(order["file"])
    try:
        answer = _encoded(_answer(order, content))
    except MemoryError:
        faults.add("FILE-PARSER-DIED", reason="memory", signal="")
        answer = _encoded(to_json(Reading(faults=tuple(faults.seen))))
    if len(answer) > MAX_ANSWER_BYTES:
        limit, actual = f"{MAX_ANSWER_BYTES >> 20} MB", f"{len(answer) >> 20} MB"
        faults.add("FILE-BUDGET", what="output", limit=limit, actual=actual, part="")
        answer = _encoded(to_json(Reading(faults=tuple(faults.seen))))
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()
