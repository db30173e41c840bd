"""The golden miniature: a county filed as real xlsx, docx and csv, and the site it must become, byte for byte.

`python -m tests.golden_site` writes `tests/golden/site` anew; read its diff before committing it.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
import zipfile
from datetime import date
from pathlib import Path

from generator.build import BuildPlan, Built, build_site

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = Path(__file__).resolve().parent / "golden"
AS_OF = date(2026, 1, 1)


def golden_content(folder: Path) -> Path:
    """Return a copy of the golden content with the program's own prose, as a county would have it."""
    content = folder / "content"
    shutil.copytree(GOLDEN / "content", content)
    shutil.copytree(ROOT / "content" / "prose", content / "prose")
    return content


def build_golden(content: Path, out: Path, *, jobs: int = 1, as_of: date = AS_OF) -> Built:
    """Build the golden content into `out`."""
    plan = BuildPlan(
        content=content,
        templates=ROOT / "site_templates",
        mkdocs_yml=ROOT / "mkdocs.yml",
        out=out,
        as_of=as_of,
        jobs=jobs,
    )
    return build_site(plan, lambda _what, _done, _total: None)


def pinned_by_name(name: str) -> bool:
    """Whether a file's name carries the digest of its bytes, so that pages which name it pin it already."""
    return re.search(r"(^|/)(assets/.*|search/(lunr|search))\.[0-9a-f]{10}\.\w+$", name) is not None


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below `folder` by its relative path, but for scripts and styles that stand in the program anyway.

    Of a workbook the unpacked parts: how they are packed depends on the zlib of the machine, and says nothing.
    """
    files: dict[str, bytes] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                files.update({f"{name}!{part}": book.read(part) for part in book.namelist()})
        elif path.is_file() and not pinned_by_name(name):
            files[name] = path.read_bytes()
    return files


def _leave_out(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if pinned_by_name(f"{Path(folder).name}/{name}")]


def main() -> int:
    """Write the golden site anew."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "site"
        build_golden(golden_content(Path(folder)), out)
        shutil.rmtree(GOLDEN / "site", ignore_errors=True)
        shutil.copytree(out, GOLDEN / "site", ignore=_leave_out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
