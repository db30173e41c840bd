"""The one Jinja2 environment: everything that reaches a page goes through its escaping."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import jinja2


@lru_cache(maxsize=4)
def environment(templates: Path) -> jinja2.Environment:
    """Return the environment over `templates/pages`, its templates compiled once per process.

    Autoescape is on for every name, and a missing value is an error: a page that silently shows less would be a
    false disclosure.
    """
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates / "pages", encoding="utf-8"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        keep_trailing_newline=False,
    )
