"""The addresses of pages, once for all: every room that links or writes asks here.

A county's tree, relative to its own folder (which the province's pages hold as `<county>/`):

    index.html                              entry, leads to a language
    <lang>/index.html                       the county
    <lang>/search.html, <lang>/changes.html, <lang>/departments.html, <lang>/data.html
    <lang>/<prose>.html                     about, how-to-read, policy, accessibility
    <lang>/department-<digest>.html         all that one department leads or took back
    <lang>/<township>/index.html            a township with its lists
    <lang>/<township>/category-<kind>-<digest>.html
    <lang>/<township>/<item id>.html        one item
    <lang>/<township>/changes.html, <lang>/<township>/report.html
    originals/<filing>/<n>-<digest>.<ext>   a document as filed, where the county offers it
    assets/  data/  search/

The province's own pages have the same names under its `<lang>/`, and there also the clerks' guide:

    <lang>/guide.html, <lang>/guide-<what the rules look at>.html#<rule>, <lang>/guide-index.html

Only codes, our own ids and digests appear in addresses: a filed name never does.
"""

from __future__ import annotations

import hashlib

from generator.model.lists import ItemId
from generator.model.places import DivisionCode


def _digest(text: str) -> str:
    """Ten hex digits: a county has some hundred names, so a clash is one in 10^7; pages refuse to overwrite anyway."""
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def county_home(lang: str) -> str:
    """The county's first page in a language."""
    return f"{lang}/index.html"


def county_page(lang: str, name: str) -> str:
    """A page of the county by its fixed name: search, changes, departments, data, or a prose page."""
    return f"{lang}/{name}.html"


def guide_page(lang: str, part: str = "") -> str:
    """A page of the clerks' guide, which stands on the province's site: the first one, or a part of it."""
    return f"{lang}/guide-{part}.html" if part else f"{lang}/guide.html"


def department_page(lang: str, department: str) -> str:
    """The page of a department, by its name as filed."""
    return f"{lang}/department-{_digest(department)}.html"


def township_home(lang: str, township: DivisionCode) -> str:
    """A township's first page."""
    return f"{lang}/{township}/index.html"


def township_page(lang: str, township: DivisionCode, name: str) -> str:
    """A township's page by its fixed name: changes or report."""
    return f"{lang}/{township}/{name}.html"


def category_page(lang: str, township: DivisionCode, kind: str, category: str) -> str:
    """A township's page for one category of one kind of list."""
    return f"{lang}/{township}/category-{kind}-{_digest(category)}.html"


def item_page(lang: str, township: DivisionCode, item: ItemId) -> str:
    """The page of one item in one township; it never moves."""
    return f"{lang}/{township}/{item}.html"


def data_file(name: str) -> str:
    """An open-data file of the county."""
    return f"data/{name}"


_SUFFIXES = ("xlsx", "xls", "et", "docx", "csv")
"""Suffixes that an original may keep: with any other a browser could take it for a page and run what it holds."""


def original_file(filing: str, place: int, name: str, sha256: str) -> str:
    """A filed document offered for download: the `place`-th of its filing, counted from 1 by name."""
    suffix = name.rpartition(".")[2].lower()
    return f"originals/{filing}/{place}-{sha256[:8]}.{suffix if suffix in _SUFFIXES else 'bin'}"


def relative(source: str, target: str) -> str:
    """Return `target` as a link on the page `source`, both relative to the same folder.

    Works in any sub-folder of a portal and from disk, since it never starts with a slash.
    """
    here, there = source.split("/")[:-1], target.split("/")
    shared = 0
    while shared < len(here) and shared < len(there) - 1 and here[shared] == there[shared]:
        shared += 1
    return "/".join([".."] * (len(here) - shared) + there[shared:])
