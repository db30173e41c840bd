"""The frame around a page's body: shell, title, metadata, menu, language links, marks and footer.

Most of it is the same for all pages of one folder, so it is stamped into the shell once per folder and only the rest
per page. Government metadata (guideline 国办发〔2017〕47号) is left out where nothing is known, never left empty;
a publication date is the filing's own, never the build's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from generator.model.places import DivisionCode
from generator.model.shell import Shell
from generator.pages.voice import OWN_NAMES, Voice, html_lang

Write = Callable[[str, bytes], None]

_CRUMBS_END = Markup("</span></li></ol></nav>")


@dataclass(frozen=True, kw_only=True, slots=True)
class Bundle:
    """Where the assets of a site stand, relative to its root."""

    script: str
    style: str
    settings: str
    """The script that says where the page is shown; it comes before the others."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """An entry of the menu, the footer or a breadcrumb: a path from the site's root, and its words."""

    path: str
    words: str | Markup


@dataclass(frozen=True, kw_only=True, slots=True)
class About:
    """What a page says about itself to machines; empty values are left out."""

    column: str = ""
    description: str = ""
    keywords: str = ""
    article: str = ""
    published: str = ""
    source: str = ""


class Frame:
    """The frame of one language of one site (a county's or the province's)."""

    def __init__(
        self,
        *,
        shell: Shell,
        voice: Voice,
        name: Markup,
        languages: Sequence[str],
        bundle: Bundle,
        menu: Callable[[DivisionCode | None], Sequence[Link]],
        band: Markup,
        footer: Callable[[str], Markup],
        sample: bool,
        hidden: bool,
        site_meta: Mapping[str, str],
        base_url: str | None,
        feed: str | None,
        write: Write,
    ) -> None:
        self.voice = voice
        self.name = name
        self.languages = [lang for lang in languages if lang != voice.lang]
        self.hidden = hidden
        """Whether search engines are asked to keep out (samples, previews)."""
        self._shell = shell
        self._bundle = bundle
        self._band = band
        self._footer = footer
        self._sample = sample
        self._site_meta = _metas(site_meta)
        self._base_url = base_url
        self._write = write
        self._half: dict[tuple[str, str, DivisionCode | None], Shell] = {}
        self._metas: dict[About, str] = {}
        self._steps: dict[tuple[str, tuple[Link, ...]], Markup] = {}
        self._menus: dict[DivisionCode | None, frozenset[str]] = {}
        self._menu = menu
        self._feed = feed

    def page(
        self,
        path: str,
        *,
        title: str,
        body: str,
        about: About,
        township: DivisionCode | None = None,
        scripts: Sequence[str] = (),
        head: str = "",
        languages: Sequence[str] | None = None,
    ) -> str:
        """Write the page at `path` (from the site's root) around `body`, and return the whole of it.

        `title` is plain text; `scripts` are paths from the root, loaded in order after the page; `languages` are the
        other ones that have this page, where that is not all of them.
        """
        folder, _, _ = path.rpartition("/")
        up = "../" * (folder.count("/") + 1) if folder else ""
        # Menus mark the page itself, so the pages of the menu have a half-stamped shell of their own.
        in_menu = path if path in self._menu_paths(township) else ""
        key = (folder, in_menu, township)
        half = self._half.get(key)
        if half is None:
            half = self._half[key] = self._stamp_folder(up, in_menu, township)
        if self._sample:
            title = self.voice.tongue.say("title.sample", title=title)
        values = {
            "title": str(escape(title)),
            "head": self._about(path, about)
            + head
            + "".join(f'<script src="{up}{escape(script)}" defer></script>' for script in scripts),
            "languages": self._language_links(path, up, self.languages if languages is None else languages),
            "body": body,
        }
        whole = half.stamp(values)
        self._write(path, whole.encode())
        return whole

    def breadcrumb(self, path: str, links: Sequence[Link], here: str | Markup) -> Markup:
        """Return the way from the home page to this one."""
        up = "../" * path.count("/")
        key = (up, tuple(links))
        steps = self._steps.get(key)
        if steps is None:
            items = [
                Markup('<li><a href="{}{}">{}</a></li>').format(up, link.path, link.words) for link in links
            ]
            steps = self._steps[key] = Markup(
                '<nav class="qd-breadcrumb" aria-label="{}"><ol>{}<li><span aria-current="page">'
            ).format(self.voice.say("nav.place"), Markup("").join(items))
        return steps + escape(here) + _CRUMBS_END

    def untranslated(self) -> Markup:
        """Return the note that parts of the page are in Chinese, if any were shown since the voice was reset."""
        if not self.voice.missing:
            return Markup("")
        return Markup('<p class="qd-untranslated" role="note">{}</p>').format(
            self.voice.say("mark.untranslated")
        )

    def _menu_paths(self, township: DivisionCode | None) -> frozenset[str]:
        found = self._menus.get(township)
        if found is None:
            found = self._menus[township] = frozenset(link.path for link in self._menu(township))
        return found

    def _stamp_folder(self, up: str, in_menu: str, township: DivisionCode | None) -> Shell:
        menu = "".join(
            Markup('<li><a href="{}{}"{}>{}</a></li>').format(
                up, link.path, Markup(' aria-current="page"') if link.path == in_menu else "", link.words
            )
            for link in self._menu(township)
        )
        bundle = self._bundle
        assets = (
            f'<script src="{up}{bundle.settings}"></script><script src="{up}{bundle.script}"></script>'
            f'<link rel="stylesheet" href="{up}{bundle.style}">'
        )
        robots = '<meta name="robots" content="noindex,nofollow">' if self.hidden else ""
        feed = (
            f'<link rel="alternate" type="application/atom+xml" href="{up}{self._feed}">'
            if self._feed and township is None
            else ""
        )
        known = {
            "root": up,
            "site_name": str(self.name),
            "home": f"{up}{self.voice.lang}/index.html",
            "nav": menu,
            "band": str(self._band),
            "footer": str(self._footer(up)),
        }
        half = fill(self._shell, known)
        # The part of the head that all pages of a folder share moves into the literal markup before the slot.
        place = half.slots.index("head")
        pieces = list(half.pieces)
        pieces[place] += assets + robots + self._site_meta + feed
        return _with(half, tuple(pieces), half.slots)

    def _about(self, path: str, about: About) -> str:
        canonical = f'<link rel="canonical" href="{escape(self._base_url + path)}">' if self._base_url else ""
        metas = self._metas.get(about)
        if metas is None:
            metas = self._metas[about] = self._metas_of(about)
        return canonical + metas

    def _metas_of(self, about: About) -> str:
        say = self.voice.tongue.say
        column = {
            "ColumnName": about.column,
            "ColumnDescription": about.description,
            "ColumnKeywords": about.keywords,
            "ColumnType": say("meta.column_type") if about.column else "",
        }
        article = {"ArticleTitle": about.article, "PubDate": about.published, "ContentSource": about.source}
        return _metas(column) + _metas(article)

    def _language_links(self, path: str, up: str, languages: Sequence[str]) -> str:
        rest = path.partition("/")[2] if "/" in path else ""
        return "".join(
            f'<a href="{up}{lang}/{rest or "index.html"}" lang="{html_lang(lang)}" hreflang="{html_lang(lang)}">'
            f"{OWN_NAMES.get(lang, lang)}</a>"
            for lang in languages
        )


def fill(shell: Shell, known: Mapping[str, str]) -> Shell:
    """Return the shell with the slots of `known` filled and the others open."""
    pieces, slots = [shell.pieces[0]], []
    for slot, piece in zip(shell.slots, shell.pieces[1:], strict=True):
        if slot in known:
            pieces[-1] += known[slot] + piece
        else:
            slots.append(slot)
            pieces.append(piece)
    return _with(shell, tuple(pieces), tuple(slots))


def _with(shell: Shell, pieces: tuple[str, ...], slots: tuple[str, ...]) -> Shell:
    return Shell(lang=shell.lang, pieces=pieces, slots=slots, prose=shell.prose, assets=shell.assets)


def _metas(values: Mapping[str, str]) -> str:
    return "".join(
        f'<meta name="{name}" content="{escape(content)}">' for name, content in values.items() if content
    )
