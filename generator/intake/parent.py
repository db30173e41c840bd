"""Start the parsing child, feed it, and take its answer or the manner of its death."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from generator.intake.child import MAX_ANSWER_BYTES
from generator.intake.faults import Faults
from generator.intake.reading import Reading, from_json

WALL_SECONDS = 30.0
_PROGRAM = "import json, sys; sys.path[:0] = json.loads(sys.argv[1]); from generator.intake.child import main; main()"


def run_child(order: dict[str, Any], content: bytes, *, wall_seconds: float = WALL_SECONDS) -> Reading:
    """Return what the child read; a child that dies, hangs or babbles is a fault (FILE-PARSER-DIED) of the document."""
    return ask_child(order, content, wall_seconds=wall_seconds)[0]


def ask_child(
    order: dict[str, Any], content: bytes, *, wall_seconds: float = WALL_SECONDS
) -> tuple[Reading, dict[str, Any]]:
    """Return what the child read, and its whole answer ({} where it has none): running text stands in that alone."""
    # -I: no environment, no user packages, no current folder; -S: the paths are those of this process, given here.
    paths = [str(Path(__file__).resolve().parents[2]), *(entry for entry in sys.path if entry)]
    # Pipes and memory only: RLIMIT_FSIZE 0 lets the child write no file.
    with subprocess.Popen(  # our own interpreter and program
        [sys.executable, "-I", "-S", "-B", "-c", _PROGRAM, json.dumps(paths)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as child:
        overdue = threading.Event()

        def stop() -> None:
            overdue.set()
            child.kill()

        clock = threading.Timer(wall_seconds, stop)
        feeder = threading.Thread(target=_feed, args=(child, order, content), daemon=True)
        clock.start()
        feeder.start()
        assert child.stdout is not None
        answer = child.stdout.read(MAX_ANSWER_BYTES + 1)
        if len(answer) > MAX_ANSWER_BYTES:
            child.kill()
        code = child.wait()
        clock.cancel()
        feeder.join()
    return _judge(order["file"], answer, code, overdue=overdue.is_set())


def _feed(child: subprocess.Popen[bytes], order: dict[str, Any], content: bytes) -> None:
    assert child.stdin is not None
    # It may die before it has read everything: its exit code tells. Closed in any case: what is left in the buffer
    # would be written once more by whoever closes it later.
    with suppress(OSError):
        child.stdin.write(json.dumps(order).encode("ascii") + b"\n")
        child.stdin.write(content)
    with suppress(OSError):
        child.stdin.close()


def _judge(file: str, answer: bytes, code: int, *, overdue: bool) -> tuple[Reading, dict[str, Any]]:
    if overdue:
        return _died(file, "timeout", ""), {}
    if code < 0:
        return _died(file, "signal", str(-code)), {}
    if code > 0:
        return _died(file, "exit", ""), {}
    try:
        said: dict[str, Any] = json.loads(answer)
        return from_json(said, file), said
    except (ValueError, LookupError, TypeError, AttributeError):
        return _died(file, "output", ""), {}


def _died(file: str, reason: str, signal: str) -> Reading:
    faults = Faults(file)
    faults.add(
        "FILE-PARSER-DIED", found=f"signal={signal}" if signal else reason, reason=reason, signal=signal
    )
    return Reading(faults=tuple(faults.seen))
