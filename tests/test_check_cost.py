"""What a check may cost: processor seconds of one workbook, memory of the process that hands files to the readers.

Processor seconds, not the clock on the wall: other work on the machine must not turn this red.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.bench import checking


def test_one_workbook(tmp_path: Path) -> None:
    """340 items are checked in less than 1.5 s in all: start, settings of a province, reading, counting, checking."""
    path = checking.written(checking.long_paper(checking.ITEMS), tmp_path)
    cost = min((checking.check_cost(path) for _ in range(2)), key=lambda one: one.cpu)

    assert cost.cpu < 1.5
    assert cost.peak < 150 << 20


def test_a_long_list(tmp_path: Path) -> None:
    """5,000 rows take a few seconds, and not more for each the more there are."""
    path = checking.written(checking.long_paper({"basic": checking.LONG}), tmp_path)
    half = checking.written(checking.long_paper({"basic": checking.LONG // 2}), tmp_path / "half")
    seconds = checking.reading_seconds(path)

    assert seconds < 5  # a second where nothing else runs
    assert seconds < 3 * checking.reading_seconds(half)


@pytest.mark.skipif(
    sys.platform == "win32", reason="Windows does not say how much memory a process took at most"
)
def test_hostile_files_cost_the_parent_little(tmp_path: Path) -> None:
    """Whatever is handed in, the process that has it read stays far below 300 MB."""
    assert checking.hostile_set(tmp_path) > 100
    assert checking.parent_peak(tmp_path) < 100 << 20
