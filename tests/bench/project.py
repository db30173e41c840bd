"""The same pages as a Hugo project: same shell, same item template, the values looked up beforehand.

The pages room is watched while it draws the county once. From what it hands to its templates come Hugo's data and
layouts: the half-filled shells become layouts, the item templates are translated node by node from Jinja2 to Go, and
every item page becomes a record of values. Other pages get their body ready made, files without a shell are copied:
what Hugo is spared this way is in its favour.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import jinja2
from markupsafe import Markup, escape

from generator.model.shell import Shell
from tests.bench.translate import Sort, go_template

ITEM = "item.html"
PARTS = ("item_core.html", "item_filing.html")
"""Templates whose result is shared by many item pages; Hugo caches them too (partialCached)."""


@dataclass(kw_only=True)
class Drawn:
    """One page as it was drawn: its half-filled shell, the slots left open, and what made its item part."""

    shell: int
    slots: Mapping[str, str]
    item: Mapping[str, Any] | None = None
    before_item: str = ""


@dataclass(kw_only=True)
class Recording:
    """Everything that the pages room drew."""

    shells: list[Shell] = field(default_factory=list)
    pages: dict[str, Drawn] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    """Every file by path, the pages included."""
    parts: dict[str, tuple[str, Mapping[str, Any]]] = field(default_factory=dict)
    """Result of a shared part → its template and values."""

    @property
    def items(self) -> int:
        """How many pages are item pages."""
        return sum(page.item is not None for page in self.pages.values())


def record(draw: Callable[[Callable[[str, bytes], None]], object]) -> Recording:
    """Return what `draw` draws; it is called with the function that takes a path and its bytes."""
    recording = Recording()
    places: dict[int, int] = {}
    last_item: list[tuple[str, Mapping[str, Any]]] = []
    last_stamp: list[tuple[Shell, Mapping[str, str], bytes]] = []
    render, stamp = jinja2.Template.render, Shell.stamp

    def watched_render(template: jinja2.Template, *args: Any, **values: Any) -> str:
        result = render(template, *args, **values)
        if template.name == ITEM:
            last_item[:] = [(result, dict(*args, **values))]
        elif template.name in PARTS:
            recording.parts.setdefault(result, (template.name, dict(*args, **values)))
        return result

    def watched_stamp(shell: Shell, values: Mapping[str, str]) -> str:
        result = stamp(shell, values)
        last_stamp[:] = [(shell, dict(values), result.encode())]
        return result

    def write(path: str, body: bytes) -> None:
        recording.files[path] = body
        if not last_stamp or last_stamp[0][2] != body:
            return
        shell, values, _ = last_stamp[0]
        if id(shell) not in places:
            places[id(shell)] = len(recording.shells)
            recording.shells.append(shell)  # kept alive, so that its id stays its own
        page = recording.pages[path] = Drawn(shell=places[id(shell)], slots=values)
        if last_item and str(values["body"]).endswith(last_item[0][0]):
            result, page.item = last_item[0]
            page.before_item = str(values["body"]).removesuffix(result)

    with (
        mock.patch.object(jinja2.Template, "render", watched_render),
        mock.patch.object(Shell, "stamp", watched_stamp),
    ):
        draw(write)
    if not recording.items:
        raise RuntimeError(f"no page was seen to be drawn from {ITEM}")
    return recording


# ------------------------------------------------------------------------------------------- the Hugo project

_ADAPTER = (
    "{{ range hugo.Data.pages }}"
    '{{ $.AddPage (dict "path" .path "url" .url "title" "-" "layout" .layout "params" .params) }}'
    "{{ end }}\n"
)
_SETTINGS = {
    "baseURL": "/",
    "uglyURLs": True,
    "disableKinds": ["home", "section", "taxonomy", "term", "rss", "sitemap", "robotstxt", "404"],
    "disableHugoGeneratorInject": True,
}
_SLOTS = {
    "title": "{{ .Params.heading | safeHTML }}",
    "head": "{{ .Params.head | safeHTML }}",
    "languages": "{{ .Params.languages | safeHTML }}",
    "body": '{{ with .Params.item }}{{ $.Params.before | safeHTML }}{{ partial "item.html" . }}'
    "{{ else }}{{ .Params.body | safeHTML }}{{ end }}",
}


def write_project(
    folder: Path, recording: Recording, templates: Path, strings: Mapping[str, Mapping[str, str]]
) -> int:
    """Write the project into the new folder `folder` and return the bytes of its data.

    `strings` holds the interface strings by language and key.
    """
    _put(folder / "hugo.json", json.dumps(_SETTINGS))
    _put(folder / "content" / "_content.gotmpl", _ADAPTER)
    for place, shell in enumerate(recording.shells):
        _put(folder / "layouts" / f"shell{place}.html", _layout(shell))
    parts = list(recording.parts.values())
    numbers = {result: str(number) for number, result in enumerate(recording.parts)}
    items = [page.item for page in recording.pages.values() if page.item is not None]
    shared = _shared_parts(items, recording)
    for name in PARTS:
        sorts = _sorts(values for template, values in parts if template == name)
        _put(folder / "layouts" / "_partials" / name, go_template(templates, name, sorts))
    sorts = {**_sorts(items), **shared}
    _put(folder / "layouts" / "_partials" / ITEM, go_template(templates, ITEM, sorts))
    data: dict[str, object] = {
        "say": strings,
        "parts": {str(n): _values(values, _spoken(values, strings)) for n, (_, values) in enumerate(parts)},
        "pages": [
            _page(path, page, {key: numbers[page.item[key]] for key in shared} if page.item else {})
            for path, page in recording.pages.items()
        ],
    }
    for path, body in recording.files.items():
        if path not in recording.pages:
            _put(folder / "static" / path, body)
    return sum(
        _put(folder / "data" / f"{name}.json", json.dumps(values, ensure_ascii=False))
        for name, values in data.items()
    )


def _put(path: Path, body: str | bytes) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.write_bytes(body.encode() if isinstance(body, str) else body)


def _layout(shell: Shell) -> str:
    if any("{{" in piece for piece in shell.pieces):
        raise ValueError("a brace pair in the shell would be read as an action by Hugo")
    rest = zip(shell.slots, shell.pieces[1:], strict=True)
    return shell.pieces[0] + "".join(_SLOTS[slot] + piece for slot, piece in rest)


def _page(path: str, page: Drawn, shared: Mapping[str, str]) -> dict[str, object]:
    """Return the record from which Hugo makes a page; `shared` names the shared parts of an item page."""
    slots = page.slots
    params: dict[str, object] = {
        "heading": slots["title"],
        "head": slots["head"],
        "languages": slots["languages"],
    }
    if page.item is None:
        params["body"] = str(slots["body"])
    else:
        lang = path.partition("/")[0]
        params |= {"before": page.before_item, "item": {**_values(page.item, lang), **shared}}
    layout = f"shell{page.shell}"
    return {"path": path.removesuffix(".html"), "url": f"/{path}", "layout": layout, "params": params}


def _values(values: Mapping[str, Any], lang: str) -> dict[str, object]:
    return {"lang": lang, **{key: _plain(value) for key, value in values.items() if not callable(value)}}


def _plain(value: Any) -> Any:
    """Return a value of a template as JSON holds it."""
    if isinstance(value, str):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, Sequence):
        return [_plain(inner) for inner in value]
    return value


def _spoken(values: Mapping[str, Any], strings: Mapping[str, Mapping[str, str]]) -> str:
    """Return the language of a template's values: that in which their `say` says "home"."""
    said = values["say"]("nav.home")
    return next(lang for lang, by_key in strings.items() if escape(by_key["nav.home"]) == said)


def _shared_parts(items: Sequence[Mapping[str, Any]], recording: Recording) -> dict[str, Sort]:
    """Return which of the items' values are results of a shared part, and of which template."""
    found: dict[str, Sort] = {}
    for key in items[0]:
        results = {item[key] for item in items if isinstance(item[key], Markup)}
        if any(results) and results <= set(recording.parts):
            (found[key],) = {recording.parts[result][0] for result in results if result}
    return found


def _sorts(samples: Iterable[Mapping[str, Any]]) -> dict[str, Sort]:
    """Return what stands at each path of the values; text that is markup elsewhere must be free of markup."""
    markup: set[str] = set()
    text: dict[str, set[str]] = {}
    for values in samples:
        for path, value in _leaves(values, ""):
            if isinstance(value, Markup):
                markup.add(path)
            else:
                text.setdefault(path, set()).add(value)
    for path in markup & set(text):
        if any(str(escape(value)) != value for value in text[path]):
            raise ValueError(f"{path} is markup here and text there")
    return dict.fromkeys(markup, "markup")


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif is_dataclass(value) and not isinstance(value, type):
        for one in fields(value):
            yield from _leaves(getattr(value, one.name), f"{path}.{one.name}")
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, Sequence):
        for inner in value:
            yield from _leaves(inner, f"{path}[]")
