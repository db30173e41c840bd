"""The frame of every page, drawn once per language by Material for MkDocs and handed over cut at its slots.

One MkDocs run renders the hand-written pages of a language (`content/prose/<lang>/*.md`) inside the overrides of
`site_templates/chrome/`. Every place that differs by county or page holds a mark; a page minus its own text is the
shell. Filed text never comes here: `pages` stamps it into the shell. Nothing else in the program knows of MkDocs.
"""

from __future__ import annotations

import html
import logging
import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from generator.errors import ContentError
from generator.model.shell import SLOTS, Prose, Shell
from generator.model.text import Text

PROSE = ("about", "how-to-read", "policy", "accessibility", "404")
"""The hand-written pages that every language must have."""

# One script and one stylesheet; `pages` gives them hashed names and links them from the slot `head`.
ASSETS = ("chrome.css", "chrome.js")

# The attribute `lang`: a page is in Simplified Chinese as written in China, which also chooses the font.
LANGUAGE_TAGS: Mapping[str, str] = {"zh": "zh-Hans-CN"}

# A run of Chinese inside a page of another language, with the brackets and figures that belong to it.
_CHINESE = re.compile("《?[㐀-鿿](?:[㐀-鿿0-9《》（）〔〕、]*[㐀-鿿》）〕])?")

_MARK = "@@qingdan:{}@@"
_SLOT = re.compile(r"@@qingdan:([a-z_]+)@@")

# What Material's base.html writes outside of its blocks, so that no override can leave it out: what its own bundle
# (which we do not ship) would look for. Each must be there exactly once: a Material that writes something else is
# an error here and not a surprise on 100,000 pages.
_CUTS: tuple[tuple[str, str], ...] = (
    (r' class="no-js"', ""),
    (r'<body dir="ltr">', "<body>"),
    (r'<input class="md-toggle" data-md-toggle="drawer"[^>]*>', ""),
    (r'<input class="md-toggle" data-md-toggle="search"[^>]*>', ""),
    (r'<label class="md-overlay" for="__drawer"></label>', ""),
    (r'<div data-md-component="skip"></div>', ""),
    (r'<div data-md-component="announce"></div>', ""),
    (r'<div class="md-container" data-md-component="container">', ""),
    (
        r'<main class="md-main" data-md-component="main"><div class="md-main__inner md-grid">'
        r'<div class="md-content md-typeset" id="main" tabindex="-1">',
        '<main class="md-main md-typeset md-grid" id="main" tabindex="-1">',
    ),
    (r"</div></div></main>", "</main>"),
    (r"</footer></div>", "</footer>"),
    (
        r'<div class="md-dialog" data-md-component="dialog"><div class="md-dialog__inner md-typeset"></div></div>',
        "",
    ),
)


def build_shell(content: Path, templates: Path, mkdocs_yml: Path, lang: str, workdir: Path) -> Shell:
    """Run MkDocs once for `lang` and return its shell, its prose pages and the chrome's assets.

    `templates` holds `chrome/`, `assets/` and `strings/chrome.toml`; `workdir` is any folder of the caller's, written
    to below `shell-<lang>`. The process's logging and environment are as before afterwards.

    Raises:
        ContentError: a prose page is missing or has a broken link, or the overrides do not fit the theme.
    """
    docs = content / "prose" / lang
    _need_prose(docs)
    output = workdir / f"shell-{lang}"
    _run_mkdocs(docs, templates, mkdocs_yml, lang, output)
    frames, prose = set(), {}
    for name in PROSE:
        frame, text = _take_apart((output / f"{name}.html").read_text(encoding="utf-8"), name)
        frames.add(frame)
        text = text if lang == "zh" else _mark_chinese(text)
        prose[name] = Prose(name=name, title=_title(text, docs / f"{name}.md"), html=text)
    if len(frames) != 1:
        raise _misfit("the pages of one language have different frames", "同一语言各页面的外框不一致")
    parts = _SLOT.split(frames.pop())
    slots = tuple(parts[1::2])
    if set(slots) | {"root"} != SLOTS:
        raise _misfit(f"the frame has the slots {sorted(set(slots))}", f"外框的占位为 {sorted(set(slots))}")
    # The frame links no file, so it has no slot `root`: hashed names are in the slot `head`.
    assets = {name: (templates / "assets" / name).read_bytes() for name in ASSETS}
    return Shell(lang=lang, pieces=tuple(parts[0::2]), slots=slots, prose=prose, assets=assets)


def _need_prose(docs: Path) -> None:
    missing = [name for name in PROSE if not (docs / f"{name}.md").is_file()]
    if missing:
        names = "、".join(f"{name}.md" for name in missing)
        raise ContentError(
            Text(
                zh=f"{docs}：缺少说明页 {names}。",
                en=f"{docs}: these pages are missing: {', '.join(f'{name}.md' for name in missing)}.",
            ),
            Text(zh="请补齐这些页面。", en="Write these pages."),
        )


def _misfit(en: str, zh: str) -> ContentError:
    return ContentError(
        Text(zh=f"页面外框模板不合用：{zh}。", en=f"The templates of the page frame do not fit: {en}."),
        Text(
            zh="请检查 site_templates/chrome 与所装 Material for MkDocs 的版本。",
            en="Check site_templates/chrome against the installed version of Material for MkDocs.",
        ),
    )


def _run_mkdocs(docs: Path, templates: Path, mkdocs_yml: Path, lang: str, output: Path) -> None:
    """Build the prose pages of one language, every slot holding its mark."""
    # MkDocs takes 0.2 s to import: nobody who asks for --help should wait for it.
    from mkdocs.commands.build import build
    from mkdocs.config import load_config
    from mkdocs.exceptions import MkDocsException
    from mkdocs.utils.yaml import yaml_load

    settings = yaml_load(mkdocs_yml.read_text(encoding="utf-8"))
    theme = {**settings["theme"], "custom_dir": str((templates / "chrome").resolve()), "language": lang}
    extra = {
        **settings["extra"],
        "words": _words(templates, lang),
        "slots": {slot: _MARK.format(slot) for slot in (*SLOTS, "body_end")},
    }
    with _warnings_of("mkdocs") as said:
        try:
            config = load_config(
                str(mkdocs_yml),
                docs_dir=str(docs.resolve()),
                site_dir=str(output.resolve()),
                theme=theme,
                extra=extra,
                strict=True,
            )
            config.plugins.on_startup(command="build", dirty=False)
            build(config)
            config.plugins.on_shutdown()
        # `Abort` is also a SystemExit; named by its other base it is caught like the rest.
        except MkDocsException as fault:
            reasons = "; ".join((*said, str(fault)))
            raise ContentError(
                Text(
                    zh=f"{docs}：说明页未能生成：{reasons}",
                    en=f"{docs}: the pages could not be built: {reasons}",
                ),
                Text(zh="请按提示改正该页面。", en="Mend the page that is named."),
            ) from fault


def _words(templates: Path, lang: str) -> dict[str, str]:
    """Return the frame's words in one language, with the two that Material asks for by name."""
    strings = tomllib.loads((templates / "strings" / "chrome.toml").read_text(encoding="utf-8"))
    words = {key.removeprefix("chrome."): html.escape(said[lang]) for key, said in strings.items()}
    return {"language": LANGUAGE_TAGS.get(lang, lang), "direction": "ltr", **words}


class _Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


@contextmanager
def _warnings_of(name: str) -> Iterator[list[str]]:
    """Collect what a logger has to say instead of letting it print; the logger is as before afterwards."""
    logger, collector = logging.getLogger(name), _Collector()
    before = logger.propagate, logger.level, logger.handlers[:]
    logger.addHandler(collector)
    logger.propagate = False
    logger.setLevel(logging.WARNING)
    try:
        yield collector.said
    finally:
        logger.propagate, logger.level, logger.handlers[:] = before[0], before[1], before[2]


def _take_apart(page: str, name: str) -> tuple[str, str]:
    """Return a page's frame, with the mark `body` for its text, and the text itself."""
    opening, closing = _MARK.format("body"), _MARK.format("body_end")
    before, found, rest = page.partition(opening)
    text, closed, after = rest.partition(closing)
    if not found or not closed:
        raise _misfit(f"{name}.html does not hold the body's marks", f"{name}.html 中没有正文占位")
    # The ids that MkDocs gives to headings count them ("_1"): nothing to link to, and in nobody's language.
    return _clean(before + opening + after), re.sub(r'(<h[1-6]) id="[^"]*"', r"\1", text).strip()


def _clean(frame: str) -> str:
    """Return the frame without the white space and the parts that only Material's own bundle would use."""
    frame = re.sub(r"<!--.*?-->", "", frame, flags=re.DOTALL)
    frame = re.sub(r"\s+", " ", frame)
    # White space beside a tag means nothing here: in the frame only flex and block boxes hold several elements.
    frame = re.sub(r"(?<=>) | (?=<)", "", frame)
    frame = re.sub(r"(?<=@@) (?=@@)", "", frame).strip()
    for pattern, kept in _CUTS:
        frame, count = re.subn(pattern, kept, frame)
        if count != 1:
            raise _misfit(f"{pattern!r} stands there {count} times", f"{pattern!r} 出现了 {count} 次")
    return frame + "\n"


def _mark_chinese(text: str) -> str:
    """Return the markup with every run of Chinese marked as such, so that it is read aloud and drawn as Chinese."""
    mark = f'<span lang="{LANGUAGE_TAGS["zh"]}">\\g<0></span>'
    return "".join(
        part if part.startswith("<") else _CHINESE.sub(mark, part) for part in re.split(r"(<[^>]*>)", text)
    )


def _title(text: str, source: Path) -> str:
    """Return the page's one heading of the first level, as plain text."""
    headings = re.findall(r"<h1[^>]*>(.*?)</h1>", text, flags=re.DOTALL)
    if len(headings) != 1:
        raise ContentError(
            Text(
                zh=f"{source}：应当有且只有一个一级标题，现有 {len(headings)} 个。",
                en=f"{source}: has {len(headings)} headings of the first level instead of one.",
            ),
            Text(zh="请以“# 标题”开头，其余用“##”。", en='Begin with "# Title" and use "##" for the rest.'),
        )
    return html.unescape(re.sub(r"<[^>]+>", "", headings[0])).strip()
