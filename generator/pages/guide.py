"""The clerks' guide as pages of the province's site: the way of a list, then every rule with its example drawn as a sheet.

A drawn sheet is a table with the letters and numbers of a worksheet around it, real text throughout: it prints, can be
enlarged, is found by the browser's search and read aloud. Filed-like text of the examples goes through the templates'
escaping like any other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2
from markupsafe import Markup, escape

from generator.model.addresses import county_home, guide_page, relative
from generator.model.documents import Range, column_letters
from generator.model.guide import GuideChapter, GuideEntry, GuideStep, GuideTable, Handbook
from generator.model.text import Text
from generator.pages.frame import About, Frame, Link
from generator.pages.voice import Voice, html_lang

STYLE = "guide.css"
INDEX = "index"
_WIDE = 6
"""Columns from which a sheet is scrolled sideways on a narrow screen."""


_LONG = 5
"""Characters from which a text is wider than a narrow column."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetCell:
    """A cell as drawn."""

    text: str
    rows: int
    columns: int
    marked: bool
    ask: bool
    """Marked, but only to be confirmed."""
    struck: bool
    over: bool
    """Not merged, but long: as on the screen, its text runs on over the blank cells beside it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetRow:
    """A row as drawn; a hidden one is drawn faint."""

    number: int
    hidden: bool
    cells: tuple[SheetCell, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class DrawnSheet:
    """A worksheet, or lines of filing.toml."""

    name: str
    lang: str
    columns: tuple[tuple[str, bool], ...]
    """Letters, and whether the column is hidden."""
    rows: tuple[SheetRow, ...]
    lines: tuple[str, ...]
    """Of filing.toml; then there are no rows."""
    notes: tuple[str, ...]
    marked_name: bool
    wide: bool


def style_file(templates: Path) -> tuple[str, bytes]:
    """Return the path and the bytes of the stylesheet that only the guide's pages load."""
    body = (templates / "assets" / STYLE).read_bytes()
    return f"assets/guide.{hashlib.sha256(body).hexdigest()[:10]}.css", body


def write_guide(
    frame: Frame, env: jinja2.Environment, book: Handbook, books: Sequence[str], style: str, home: Markup
) -> None:
    """Write the pages of the guide in one language; `books` are the languages that have it.

    The other languages of the site are not offered on these pages, for there is nothing to lead to.
    """
    writer = _Writer(frame, env, book, [lang for lang in books if lang != book.lang], style, home)
    writer.front()
    for position in range(len(book.chapters)):
        writer.chapter(position)
    writer.index()


class _Writer:
    def __init__(
        self,
        frame: Frame,
        env: jinja2.Environment,
        book: Handbook,
        others: Sequence[str],
        style: str,
        home: Markup,
    ) -> None:
        self._frame = frame
        self._voice: Voice = frame.voice
        self._env = env
        self._book = book
        self._others = others
        self._head = f'<link rel="stylesheet" href="../{style}">'
        self._home = Link(path=county_home(book.lang), words=home)
        self._grades = {grade.severity: grade.name for grade in book.grades}

    def front(self) -> None:
        """The way from an empty form to the register, the frequent faults, the chapters."""
        path = guide_page(self._book.lang)
        frequent = [
            _shown_rule(entry, chapter, self._book.lang, path)
            for chapter in self._book.chapters
            for entry in chapter.entries
            if entry.frequent
        ]
        self._page(
            path,
            "guide.html",
            str(self._voice.say("guide.title")),
            lead=_coded(self._book.lead),
            steps=[_shown_step(step) for step in self._book.steps],
            chapters=[
                (
                    relative(path, guide_page(self._book.lang, chapter.group)),
                    chapter.title,
                    chapter.says,
                    self._voice.count("guide.count", len(chapter.entries)),
                )
                for chapter in self._book.chapters
            ],
            frequent=frequent,
            index=relative(path, guide_page(self._book.lang, INDEX)),
            grades=self._book.grades,
        )

    def chapter(self, position: int) -> None:
        """The rules that look at one thing."""
        chapter = self._book.chapters[position]
        path = guide_page(self._book.lang, chapter.group)
        around = [
            (relative(path, guide_page(self._book.lang, other.group)), other.title) if other else None
            for other in (
                self._book.chapters[position - 1] if position else None,
                self._book.chapters[position + 1] if position + 1 < len(self._book.chapters) else None,
            )
        ]
        rules = [self._rule(entry) for entry in chapter.entries]
        self._page(
            path,
            "guide_chapter.html",
            chapter.title,
            says=chapter.says,
            parts=_parts(rules),
            around=around,
            index=relative(path, guide_page(self._book.lang, INDEX)),
        )

    def index(self) -> None:
        """Every rule by its id."""
        path = guide_page(self._book.lang, INDEX)
        rules = sorted(
            (
                _shown_rule(entry, chapter, self._book.lang, path)
                for chapter in self._book.chapters
                for entry in chapter.entries
            ),
            key=lambda rule: rule[1],
        )
        self._page(
            path,
            "guide_index.html",
            str(self._voice.say("guide.index")),
            lead=self._voice.say("guide.index.lead", n=len(rules)),
            rules=rules,
        )

    def _page(self, path: str, template: str, title: str, **values: object) -> None:
        guide = Link(path=guide_page(self._book.lang), words=self._voice.say("guide.title"))
        way = [self._home] if path == guide.path else [self._home, guide]
        body = self._env.get_template(template).render(
            say=self._voice.say, page_lang=html_lang(self._book.lang), title=title, **values
        )
        name = str(self._voice.tongue.say("guide.title"))
        self._frame.page(
            path,
            title=title if title == name else f"{title} · {name}",
            body=self._frame.breadcrumb(path, way, title) + Markup(body),
            about=About(column=name, description=self._voice.tongue.say("guide.about")),
            head=self._head,
            languages=self._others,
        )

    def _rule(self, entry: GuideEntry) -> Mapping[str, object]:
        lang = self._book.lang
        problem, *more = entry.problem.in_language(lang).split("\n")
        fix, *lines = entry.fix.in_language(lang).split("\n")
        return {
            "id": entry.id,
            "frequent": entry.frequent,
            "severity": entry.severity,
            "grade": self._grades[entry.severity],
            "says": _coded(entry.says.in_language(lang)),
            "problem": problem,
            "fix": _coded(fix),
            "lines": (*more, *lines),
            "kinds": self._voice.joined([self._voice.say(f"kind.{kind}") for kind in entry.kinds]),
            "source": _policies(entry.source).in_language(lang),
            "fails": [_drawn(table, lang) for table in entry.fails],
            "passes": [_drawn(table, lang) for table in entry.passes] if entry.compared else [],
        }


def _parts(rules: Sequence[Mapping[str, object]]) -> list[tuple[str, list[list[Mapping[str, object]]]]]:
    """Return the rules of a chapter under two headings, in groups that are told together.

    What has no example and says the same in general is told once; all else stands by itself.
    """
    often = [[rule] for rule in rules if rule["frequent"]]
    others: dict[object, list[Mapping[str, object]]] = {}
    for rule in rules:
        if not rule["frequent"]:
            others.setdefault(rule["id"] if rule["fails"] else rule["says"], []).append(rule)
    if not often:
        return [("rules", list(others.values()))]
    return [("frequent", often), ("others", list(others.values()))]


def _policies(source: Text) -> Text:
    """Return those parts of a source that whoever reads this can look up: published policies, not our own studies."""
    pairs = zip(source.zh.split("；"), source.en.split("; "), strict=False)
    kept = [(zh, en) for zh, en in pairs if "《" in zh]
    return Text(zh="；".join(zh for zh, _ in kept), en="; ".join(en for _, en in kept))


def _shown_rule(entry: GuideEntry, chapter: GuideChapter, lang: str, source: str) -> tuple[str, str, str]:
    """Return the address of a rule as a link on the page `source`, its id, and what it says."""
    page = relative(source, guide_page(lang, chapter.group))
    return f"{page}#{entry.id}", entry.id, entry.says.in_language(lang)


def _shown_step(step: GuideStep) -> Mapping[str, object]:
    return {
        "name": step.name,
        "title": step.title,
        "says": [_coded(text) for text in step.says],
        "commands": step.commands,
        "lines": step.lines,
        "tables": [_drawn(table, table.lang) for table in step.tables],
        "after": [_coded(text) for text in step.after],
    }


def _coded(text: str) -> Markup:
    """Return a text with what stands in backquotes as code."""
    parts = text.split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if at % 2 else escape(part) for at, part in enumerate(parts)
    )


def _drawn(table: GuideTable, lang: str) -> DrawnSheet:
    """Return a table laid out as a worksheet shows it."""
    name = table.name or ""
    if name == "filing.toml":
        return DrawnSheet(
            name=name,
            lang="",
            columns=(),
            rows=(),
            lines=tuple(row[0] for row in table.rows),
            notes=(),
            marked_name=False,
            wide=False,
        )
    width = max((len(row) for row in table.rows), default=1)
    return DrawnSheet(
        name=name,
        lang=html_lang(table.lang),
        columns=tuple((column_letters(at), at in table.hidden_columns) for at in range(1, width + 1)),
        rows=tuple(
            SheetRow(
                number=number,
                hidden=number in table.hidden_rows,
                cells=tuple(_cells(table, number, [*texts, *[""] * (width - len(texts))])),
            )
            for number, texts in enumerate(table.rows, start=1)
        ),
        lines=(),
        notes=tuple(note.in_language(lang) for note in table.notes),
        marked_name=table.marked_name,
        wide=width >= _WIDE,
    )


def _cells(table: GuideTable, row: int, texts: Sequence[str]) -> list[SheetCell]:
    """Return the cells of a row; what lies under a merged cell is left out, as HTML wants it."""
    cells: list[SheetCell] = []
    covered = 0
    for column, text in enumerate(texts, start=1):
        merge = _holding(table.merges, row, column)
        if column <= covered or (merge is not None and (merge.top, merge.left) != (row, column)):
            continue
        over = merge is None and _runs_over(table, row, column, texts)
        width = len(texts) - column + 1 if over else merge.right - merge.left + 1 if merge else 1
        covered = column + width - 1
        cells.append(
            SheetCell(
                text=text,
                rows=merge.bottom - merge.top + 1 if merge else 1,
                columns=width,
                marked=_holding(table.marked, row, column) is not None,
                ask=_holding(table.to_confirm, row, column) is not None,
                struck=_holding(table.struck, row, column) is not None,
                over=over,
            )
        )
    return cells


def _runs_over(table: GuideTable, row: int, column: int, texts: Sequence[str]) -> bool:
    """Whether a title or the like is shown over the cells to its right: nothing stands in them, nothing marks them."""
    rest = range(column + 1, len(texts) + 1)
    return (
        column == 1
        and len(rest) > 0
        and len(texts[0]) >= _LONG
        and not any(texts[column:])
        and not any(_holding((*table.marked, *table.merges), row, other) for other in rest)
    )


def _holding(ranges: Sequence[Range], row: int, column: int) -> Range | None:
    return next((one for one in ranges if one.holds(row, column)), None)
