"""Write the documents that are made from the program itself: `make docs` or `python -m tests.refresh_docs`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from generator import build
from generator.checks.markdown import as_markdown

DOCS = Path(__file__).resolve().parent.parent / "docs"


def documents() -> Mapping[Path, str]:
    """Return each made document with the text it should have."""
    entries = build.rules()
    return {DOCS / f"rules.{lang}.md": as_markdown(entries, lang) for lang in ("zh", "en")}


def main() -> None:
    """Write every document whose text is out of date."""
    for path, text in documents().items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8", newline="\n")
            print(path.relative_to(DOCS.parent))


if __name__ == "__main__":
    main()
