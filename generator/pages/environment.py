"""The one Jinja2 environment: everything that reaches a page goes through its escaping."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import jinja2

from generator.errors import ContentError
from generator.model.text import Text


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


def forget_templates() -> None:
    """Read the templates anew from here on, for a process that builds many times."""
    environment.cache_clear()


@contextmanager
def template_faults() -> Iterator[None]:
    """Turn what is wrong with a template into a ContentError that names its file and line."""
    try:
        yield
    except jinja2.TemplateError as error:
        if isinstance(error, jinja2.TemplateSyntaxError):
            where = f"{error.name}:{error.lineno}"
        else:
            # Jinja2 puts the template's own lines into the traceback.
            frames = traceback.extract_tb(error.__traceback__)
            lines = [f"{Path(f.filename).name}:{f.lineno}" for f in frames if f.filename.endswith(".html")]
            where = lines[-1] if lines else "?"
        raise ContentError(
            Text(
                zh=f"页面模板有误：{where}：{error.message}",
                en=f"A page template is wrong: {where}: {error.message}",
            ),
            Text(zh="请修改模板后重试。", en="Mend the template and run again."),
        ) from error
