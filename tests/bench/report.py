"""What the bench prints."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from tests.bench.legs import Cost, Run
from tests.bench.project import Recording

PAGES, HUGO, RAW, BUILD = "qingdan, the pages", "Hugo, the same pages", "bare writes", "qingdan build, whole"

NOTES = """What to keep in mind:
  · qingdan, the pages: start, imports, register and wording read from disk, all pages drawn and written; a process a
    language, as in a build. Hugo: start, its data read, the same pages; as many threads (GOMAXPROCS) as we use processes.
  · Hugo is spared work: its data holds every text looked up, translated and linked, its layouts are already filled
    per folder, and pages other than items get their body ready made. The item templates are ours, translated to Go.
  · qingdan build, whole, does more than the two: MkDocs draws the shells, the register is proved against the filed
    documents, search index, data files (CSV, JSON, XLSX) and the province's pages are made.
  · bare writes: the very bytes of the pages from memory, one process; only the writing is timed.
  · Medians; order rotated, new folders, nothing deleted in between. Disk: handed to the system, not waited for; a disk
    that has just freed many files (this bench run twice in a row) is several times slower: compare in memory."""


def machine() -> str:
    """Return the line that says where this was measured."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in _cpuinfo().splitlines()
            if line.startswith(("model name", "Hardware"))
        ),
        platform.machine(),
    )
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    return (
        f"{model}, {os.cpu_count()} cores, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, Hugo {version('hugo')}; load {load}"
    )


def busy() -> str:
    """Return a warning where other programs ran beside the bench."""
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    if load <= cores:
        return ""
    return f"\n  · The machine was busy (load {load:.1f} on {cores} cores): trust CPU seconds, not the wall clock."


def _cpuinfo() -> str:
    path = Path("/proc/cpuinfo")
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def county(townships: int, items: int, recording: Recording, data: int) -> str:
    """Return the lines that say what is written."""
    size = sum(len(body) for body in recording.files.values())
    item_sizes = [
        len(recording.files[path]) for path, page in recording.pages.items() if page.item is not None
    ]
    return (
        f"{townships} townships × {items} items: {len(recording.files)} files, {size / 1e6:.1f} MB, of them "
        f"{recording.items} item pages of {statistics.mean(item_sizes) / 1e3:.1f} KB; Hugo reads {data / 1e6:.1f} MB of JSON"
    )


def table(place: str, found: Mapping[str, Sequence[Run]], recording: Recording) -> str:
    """Return the table of one place: medians of every leg, and the ratios."""
    lines = [f"{place:<44}{'CPU s':>9}{'wall s':>9}{'peak MB':>9}{'pages/s':>10}   wall of each round"]
    rows: dict[str, Cost] = {}
    for name, runs in found.items():
        works = [run.work for run in runs if run.work is not None]
        if name == RAW:
            rows[name] = middle(works)
            lines.append(_row(name, works, len(recording.files)))
            continue
        wholes = [run.whole for run in runs]
        rows[name] = middle(wholes)
        lines.append(_row(name, wholes, len(recording.files)))
        if works:
            rows[f"{name} alone"] = middle(works)
            lines.append(_row("  of it drawing and writing", works, len(recording.files)))
    lines.append("ratios (CPU, wall)")
    for over, under in ((PAGES, HUGO), (PAGES, RAW), (f"{PAGES} alone", RAW), (HUGO, RAW), (BUILD, HUGO)):
        a, b = rows[over], rows[under]
        label = f"  {over} ÷ {under}".replace(" alone", " (drawing, writing)")
        lines.append(f"{label:<66}{a.cpu / b.cpu:>7.2f}{a.wall / b.wall:>7.2f}")
    return "\n".join(lines)


def line(name: str, runs: Sequence[Run]) -> str:
    """Return one line about a command."""
    return _row(f"  {name}", [run.whole for run in runs])


def middle(costs: Sequence[Cost]) -> Cost:
    """Return the medians."""
    return Cost(
        cpu=statistics.median(cost.cpu for cost in costs),
        wall=statistics.median(cost.wall for cost in costs),
        peak=int(statistics.median(cost.peak for cost in costs)),
    )


def _row(name: str, costs: Sequence[Cost], files: int | None = None) -> str:
    cost = middle(costs)
    peak = f"{cost.peak / 1e6:.0f}" if cost.peak else ""
    rate = f"{files / cost.wall:,.0f}" if files else ""
    each = " ".join(f"{one.wall:.2f}" for one in costs)
    return f"{name:<44}{cost.cpu:>9.2f}{cost.wall:>9.2f}{peak:>9}{rate:>10}   {each}"
