"""The load bench of the portal runs on a tiny county; its ratio is printed, its errors are counted."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.bench import portal
from tests.bench.__main__ import first_trees, prepare


@pytest.mark.full
def test_nginx_serves_this_site_as_it_serves_hugo(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Same pages, same server: both are static files, and neither answers with an error."""
    for program in ("nginx", "wrk"):
        if shutil.which(program) is None:
            pytest.skip(f"not run: {program} is not installed")
    prepared = prepare(tmp_path / "work", townships=3, items=40, languages=("zh",))
    ours, theirs, _ = first_trees(tmp_path / "trees", prepared)
    (tmp_path / "load").mkdir()
    said = portal.report(tmp_path / "load", ours, theirs, seconds=2, rounds=2)
    with capsys.disabled():
        print("\n" + said)
    assert re.findall(r"(\d+) errors", said) == ["0"] * 4
    assert said.count("this site ÷ Hugo") == 2
