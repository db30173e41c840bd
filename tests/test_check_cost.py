"""What a check may cost in memory; what it costs in time is printed by `python -m tests.bench --check`."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.bench import checking


def test_one_workbook(tmp_path: Path) -> None:
    """340 items are checked within 150 MB in all."""
    path = checking.written(checking.long_paper(checking.ITEMS), tmp_path)

    assert checking.check_cost(path).peak < 150 << 20


@pytest.mark.skipif(
    sys.platform == "win32", reason="Windows does not say how much memory a process took at most"
)
def test_hostile_files_cost_the_parent_little(tmp_path: Path) -> None:
    """Whatever is handed in, the process that has it read stays far below 300 MB."""
    assert checking.hostile_set(tmp_path) > 100
    assert checking.parent_peak(tmp_path) < 100 << 20
