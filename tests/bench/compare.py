"""Whether two trees show the same pages."""

from __future__ import annotations

import html
import re
from pathlib import Path

from tests.bench.project import Recording

# Every this many pages one is compared by its visible text; names and sizes are compared for all.
SAMPLE_EVERY = 7
_TOLERANCE = 0.02


def compare(ours: Path, theirs: Path, recording: Recording) -> str:
    """Return how Hugo's tree stands to ours.

    Raises:
        RuntimeError: a file is missing or too many, a sampled page shows other text, or the bytes differ by 2 %.
    """
    left, right = _sizes(ours), _sizes(theirs)
    if set(left) != set(right):
        raise RuntimeError(f"Hugo wrote other files: {sorted(set(left) ^ set(right))[:10]}")
    share = sum(right.values()) / sum(left.values()) - 1
    if abs(share) > _TOLERANCE:
        raise RuntimeError(f"Hugo's pages differ in size by {share:+.1%}")
    sampled = sorted(recording.pages)[::SAMPLE_EVERY]
    for path in sampled:
        if visible(ours / path) != visible(theirs / path):
            raise RuntimeError(f"Hugo's {path} shows another text than ours")
    other = sum((ours / path).read_bytes() != (theirs / path).read_bytes() for path in left)
    alike = f"{other} of them in other bytes ({share:+.2%})" if other else "all of them byte for byte"
    return f"Same {len(left)} files from us and from Hugo, {alike}; same visible text on {len(sampled)} sampled pages."


def visible(page: Path) -> tuple[str, ...]:
    """Return what a reader of a page gets: its title, its text, and where its links lead."""
    text = page.read_text(encoding="utf-8")
    links = re.findall(r'(?:href|src|content)="([^"]*)"', text)
    plain = html.unescape(re.sub(r"<[^>]*>", " ", text))
    return (" ".join(plain.split()), *(html.unescape(link) for link in links))


def _sizes(tree: Path) -> dict[str, int]:
    return {str(path.relative_to(tree)): path.stat().st_size for path in tree.rglob("*") if path.is_file()}
