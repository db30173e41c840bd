"""What `chrome` hands to `pages`: the empty page of one language, and the prose pages in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SLOTS: frozenset[str] = frozenset(
    {
        "title",  # text of <title>, escaped
        "head",  # markup: meta tags of this page
        "root",  # "" or "../" or "../../": from this page to the county's (or province's) folder
        "site_name",  # text in the header, escaped
        "home",  # href of the header's link, relative
        "languages",  # markup: a link to this same page in every other language
        "nav",  # markup: <li> items of the header and drawer
        "band",  # markup: the sample or preview band, or nothing
        "body",  # markup inside <main>
        "footer",  # markup inside <footer>
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Prose:
    """One hand-written page, rendered: about, how-to-read, policy, accessibility, 404."""

    name: str
    title: str
    html: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Shell:
    """The empty page of one language, cut at its slots."""

    lang: str
    pieces: tuple[str, ...]
    """Literal markup; `len(pieces) == len(slots) + 1`."""
    slots: tuple[str, ...]
    """Names out of SLOTS, in the order they stand; `root` stands several times."""
    prose: Mapping[str, Prose]
    assets: Mapping[str, bytes]
    """Stylesheets, scripts and images of the chrome, by file name."""

    def stamp(self, values: Mapping[str, str]) -> str:
        """Return the page with every slot filled. Raises KeyError for a slot without a value."""
        parts = [self.pieces[0]]
        for slot, piece in zip(self.slots, self.pieces[1:], strict=True):
            parts.append(values[slot])
            parts.append(piece)
        return "".join(parts)


@dataclass(frozen=True, kw_only=True, slots=True)
class CountySummary:
    """The little that the province's pages need to know of a county."""

    code: str
    name: str
    english: str | None
    prefecture: str
    prefecture_english: str | None
    languages: tuple[str, ...]
    sample: bool
    townships: int
    lines: Mapping[str, int]
    """List kind → lines in force over all its townships."""
    items: int
    """Distinct items in force."""
    latest: str | None
    """Effective date of the latest filing in force, ISO; None where nothing is in force."""
