"""What `qingdan check` takes: one workbook of a township, long lists, and files made to harm.

`python -m tests.bench --check` prints it; a test holds the same figures to their limits.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from itertools import product
from pathlib import Path
from random import Random

import pytest

from tests.bench.legs import ROOT, Cost, timed
from tests.catalogue import CASES
from tests.catalogue.desk import Desk
from tests.catalogue.papers import Parts
from tests.mutations.paper import HEADERS, Page, Paper, Row, base

COUNTY, TOWNSHIP = "230125", "宾州镇"
ITEMS = {"basic": 120, "supporting": 150, "reclaimed": 70}
"""340 together: the national average of a township's three lists."""
LONG = (5_000, 19_900)
"""Rows of a long list: a county's, and nearly the most that a sheet may have."""
HOSTILE = (
    *(f"F{number:02}" for number in range(1, 45) if number not in (27, 44)),
    *(f"S{number:02}" for number in (5, 7, 8, 9, 10, 11, 21, 22, 26, 28)),
    *(f"C{number:02}" for number in (2, 5, 8, 10, 11, 12, 21)),
    *(f"U{number:02}" for number in (5, 6, 12)),
)
"""The cases of the catalogue whose documents are made to harm a reader."""

# The 3,755 usual characters of GB/T 2312: rarer ones look like a document read in the wrong encoding, and are refused.
_COMMON = "".join(
    bytes((row, cell)).decode("gb2312")
    for row in range(0xB0, 0xD8)
    for cell in range(0xA1, 0xFF if row < 0xD7 else 0xFA)
)


def long_paper(sizes: dict[str, int]) -> Paper:
    """A workbook with so many items of each kind, in the words of the mutations' bases, each item a little its own."""
    random = Random(1)
    pages: list[Page] = []
    patterns = {page.kind: page for page in base("xlsx", random).pages}
    for kind, size in sizes.items():
        pattern = patterns[kind]
        lines = pattern.items()
        page = Page(
            kind=kind,
            name=pattern.name,
            rows=[row for row in pattern.rows if row.role in ("title", "header")],
        )
        page.rows[0] = Row("title", [page.rows[0].cells[0].replace("东河镇", TOWNSHIP)])
        for number in range(1, size + 1):
            cells = list(lines[number % len(lines)].cells)
            turn, place = divmod(number, len(_COMMON))
            places = (place, place * 7_919 + turn * 613, place * 31 + turn * 1_009)
            own = "".join(_COMMON[place % len(_COMMON)] for place in places)
            cells[0], cells[1] = str(number), f"{own}示例工作：{cells[1]}"
            assert len(cells) == len(HEADERS[kind])
            page.rows.append(Row("item", cells))
        pages.append(page)
    return Paper(form="xlsx", pages=pages, name=TOWNSHIP)


def written(paper: Paper, folder: Path) -> Path:
    """Write the workbook."""
    folder.mkdir(exist_ok=True)
    path = folder / paper.file
    path.write_bytes(paper.write())
    return path


def check_cost(path: Path) -> Cost:
    """Run `qingdan check` on a document as its users do: all processes, from start to end."""
    command = [sys.executable, "-m", "generator", "check", str(path), "--county", COUNTY]
    return timed([command]).whole


def reading_seconds(path: Path) -> float:
    """Processor seconds that reading and checking take in one process, its start left out."""
    script = (
        "import gc, sys, time, json\n"
        "gc.disable()\n"  # as both processes do
        "from datetime import date\nfrom pathlib import Path\n"
        "from generator.checks import check_filing\nfrom generator.intake import child\n"
        "from generator.intake.reading import to_json, from_json\n"
        "content = Path(sys.argv[1]).read_bytes()\n"
        "from generator.model.documents import Document\n"
        "start = time.process_time()\n"
        "from generator.intake.faults import Faults\nfrom generator.intake.preflight import preflight\n"
        "preflight(content, Faults('x.xlsx'))\n"
        "order = {'file': 'x.xlsx', 'format': 'xlsx', 'encoding': None}\n"
        "reading = from_json(json.loads(json.dumps(to_json(child.parse(order, content)))), 'x.xlsx')\n"
        "document = Document(file='x.xlsx', sha256='', size=0, format='xlsx', sheets=reading.sheets, census=reading.census)\n"
        "found = check_filing([document], filing=None, county=None, divisions={}, as_of=date(2026, 1, 1))\n"
        "print(found.item_count, time.process_time() - start)\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", script, str(path)], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    return float(said.split()[1])


class _Collector(Desk):
    """A desk that keeps a copy of every document that its cases write."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch, kept: Path) -> None:
        super().__init__(folder, patch)
        self.kept = kept

    def write(self, content: bytes | Parts, name: str = "清单.xlsx", folder: str = "") -> Path:
        """Write the document, and a numbered copy of it."""
        path = super().write(content, name, folder)
        number = len(list(self.kept.iterdir()))
        (self.kept / f"{number:03}{path.suffix}").write_bytes(path.read_bytes())
        return path


def hostile_set(kept: Path) -> int:
    """Write the documents of the hostile cases into a folder; return how many they are."""
    for identifier in HOSTILE:
        with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
            CASES[identifier](_Collector(Path(folder), patch, kept))
    return len(list(kept.iterdir()))


def parent_peak(folder: Path) -> int:
    """Bytes of memory that the process needs at most which has all documents of a folder read, one after the other."""
    script = (
        "import resource, sys\nfrom pathlib import Path\nfrom generator.intake import read_document\n"
        "rules = set()\n"
        "for path in sorted(Path(sys.argv[1]).iterdir()):\n"
        "    rules |= {fault.rule for fault in read_document(path).faults}\n"
        "peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == 'darwin' else 1024)\n"
        "import json\nprint(json.dumps({'cpu': 0, 'peak': peak, 'rules': sorted(rules)}))\n"
    )
    # Started by a small process: a child's peak begins at that of the process it was started from.
    watch = Path(__file__).with_name("stopwatch.py")
    commands = json.dumps([[sys.executable, "-c", script, str(folder)]])
    ran = subprocess.run([sys.executable, str(watch), commands], cwd=ROOT, stdout=subprocess.PIPE, check=True)
    said = json.loads(json.loads(ran.stdout)["commands"][0]["said"])
    assert "FILE-BUDGET" in said["rules"]
    return int(said["peak"])


def report() -> str:
    """Measure everything and say it."""
    lines = ["qingdan check, whole processes, median of five:"]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        path = written(long_paper(ITEMS), folder)
        runs = [check_cost(path) for _ in range(5)]
        wall, cpu = (statistics.median(values) for values in ([r.wall for r in runs], [r.cpu for r in runs]))
        peak = max(run.peak for run in runs) / 2**20
        lines.append(
            f"  one workbook, {sum(ITEMS.values())} items   {wall:.2f} s, {cpu:.2f} s CPU, {peak:.0f} MB"
        )
        path = written(long_paper({"basic": 1}), folder)
        start = statistics.median(check_cost(path).cpu for _ in range(5))
        lines.append(f"  one item: what every check begins with   {start:.2f} s CPU")
        for (kind, columns), rows in product((("basic", 3), ("supporting", 5)), LONG):
            path = written(long_paper({kind: rows}), folder)
            seconds = statistics.median(reading_seconds(path) for _ in range(3))
            runs = [check_cost(path) for _ in range(3)]
            wall, cpu = (
                statistics.median(values) for values in ([r.wall for r in runs], [r.cpu for r in runs])
            )
            lines.append(
                f"  {rows:,} rows of {columns} columns      {wall:.2f} s, {cpu:.2f} s CPU, "
                f"{max(run.peak for run in runs) / 2**20:.0f} MB; rows a second: {rows / wall:,.0f}, by CPU {rows / cpu:,.0f}, "
                f"without the start {rows / seconds:,.0f}"
            )
        kept = folder / "hostile"
        kept.mkdir()
        number = hostile_set(kept)
        lines.append(
            f"  {number} files made to harm, one after the other: the parent takes {parent_peak(kept) / 2**20:.0f} MB at most"
        )
    return "\n".join(lines)
