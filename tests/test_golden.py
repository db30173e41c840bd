"""A miniature county renders to exactly the committed tree, and to the same bytes wherever it is built."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.golden_site import AS_OF, GOLDEN, ROOT, build_golden, golden_content, tree

REFRESH = "if intended: python -m tests.golden_site, and read the diff"


def run_build(content: Path, out: Path, **environment: str) -> None:
    """Build through the command line, in a process of its own."""
    jobs = environment.pop("JOBS", "1")
    command = [
        "build",
        "--content",
        str(content),
        "--out",
        str(out),
        "--as-of",
        AS_OF.isoformat(),
        "--jobs",
        jobs,
    ]
    subprocess.run(
        [sys.executable, "-m", "generator", *command],
        check=True,
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, **environment},
    )


def test_the_golden_county(tmp_path: Path) -> None:
    """The golden content renders to the committed site, byte for byte."""
    build_golden(golden_content(tmp_path), tmp_path / "site")
    expected, written = tree(GOLDEN / "site"), tree(tmp_path / "site")
    assert sorted(expected) == sorted(written), REFRESH
    differing = [name for name in expected if expected[name] != written[name]]
    assert differing == [], REFRESH


@pytest.mark.parametrize(
    "environment",
    [
        pytest.param({"TZ": "America/New_York", "PYTHONHASHSEED": "1"}, id="another-zone-and-hash-seed"),
        pytest.param(
            {"LC_ALL": "C", "PYTHONHASHSEED": "7", "JOBS": "3"}, id="another-locale-and-three-processes"
        ),
    ],
)
def test_the_same_inputs_give_the_same_bytes(tmp_path: Path, environment: dict[str, str]) -> None:
    """Folder, time zone, locale, hash seed and number of processes leave no trace."""
    folder = tmp_path / "一个 folder"
    folder.mkdir()
    run_build(golden_content(folder), folder / "out", **environment)
    build_golden(golden_content(tmp_path), tmp_path / "site")
    assert tree(folder / "out") == tree(tmp_path / "site")


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    """A build takes the old site away: a folder that holds anything else is refused, and stays as it was."""
    content = golden_content(tmp_path)
    build_golden(content, tmp_path / "site")
    (tmp_path / "site" / "letters").mkdir()
    (tmp_path / "site" / "letters" / "dear.txt").write_text("old", encoding="utf-8")
    before = tree(tmp_path / "site")
    for only in ([], ["--only", "230125"]):
        command = ["build", "--content", str(content), "--out", str(tmp_path / "site"), *only]
        run = subprocess.run(
            [sys.executable, "-m", "generator", *command],
            check=False,
            capture_output=True,
            text=True,
            cwd=ROOT,
        )
        assert run.returncode == 2
        assert "letters" in run.stderr
    assert tree(tmp_path / "site") == before


@pytest.mark.parametrize("command", ["build", "update"])
def test_a_site_cannot_lie_below_a_file(tmp_path: Path, command: str) -> None:
    """A file where a folder is meant is named, with what to do; it is no fault of the program."""
    (tmp_path / "list.xlsx").write_bytes(b"a list")
    out = tmp_path / "list.xlsx" / "new" / "site"
    content = golden_content(tmp_path)
    run = subprocess.run(
        [*(sys.executable, "-m", "generator", command, "--content", str(content)), "--out", str(out)],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert run.returncode == 2
    assert f"{tmp_path / 'list.xlsx'} 不是文件夹" in run.stderr
    assert (tmp_path / "list.xlsx").read_bytes() == b"a list"


def test_a_failed_build_leaves_the_old_site(tmp_path: Path) -> None:
    """When an original is no longer the file that was recorded, the build stops with 7 and the old site stands."""
    content = golden_content(tmp_path)
    build_golden(content, tmp_path / "site")
    before = tree(tmp_path / "site")
    original = next((content / "counties" / "230125" / "filings" / "2022-06-20-first-list").glob("*.csv"))
    original.write_bytes(original.read_bytes() + b"\r\n2,x,x,x")
    command = [
        sys.executable,
        "-m",
        "generator",
        "build",
        "--content",
        str(content),
        "--out",
        str(tmp_path / "site"),
    ]
    run = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    assert run.returncode == 7
    assert "Traceback" not in run.stderr
    assert original.name in run.stderr
    assert before == tree(tmp_path / "site")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".site.lock", "content", "site"]
