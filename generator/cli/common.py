"""What every command shares: the program, its options, the clock, and how it speaks."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from generator.errors import QingdanError, UsageError
from generator.model.text import Text

if TYPE_CHECKING:
    from generator.build import BuildPlan, Progress
    from generator.model.settings import Site

ROOT = Path(__file__).resolve().parent.parent.parent
TEMPLATES = ROOT / "site_templates"
MKDOCS_YML = ROOT / "mkdocs.yml"

PROCESSES = (os.cpu_count() or 1) + 1  # parts differ in length; the last of them would leave a processor idle

_SECONDS_OF_SILENCE = 10

# China has one civil time, UTC+8, without daylight saving; no time-zone data needed (Windows has none).
CHINA = timezone(timedelta(hours=8))

FILING, SITE, PORTALS, MACHINES = (
    "报备 · filing",
    "建站 · the site",
    "门户 · portals",
    "一体机和密钥 · kiosks and keys",
)
"""The headings of `--help`, in the order of the work."""


class _InOrder(TyperGroup):
    """Shows commands in the order of the work, whatever order their modules are read in."""

    def list_commands(self, ctx: Any) -> list[str]:
        headings = [FILING, SITE, PORTALS, MACHINES]
        return sorted(
            super().list_commands(ctx),
            key=lambda name: headings.index(getattr(self.commands[name], "rich_help_panel", FILING)),
        )


app = typer.Typer(
    cls=_InOrder,
    help="清单：把县（市、区）报备的乡镇（街道）职责清单做成可检索的双语公开网站。\n\n"
    "Qingdan: filed responsibility checklists become searchable, bilingual public sites.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
)
register_app = typer.Typer(help="登记册：核对是否与原件一致 · the register", no_args_is_help=True)
app.add_typer(register_app, name="register", rich_help_panel=FILING)


class Lang(StrEnum):
    """Languages of the messages."""

    zh = "zh"
    en = "en"


LangOption = Annotated[Lang, typer.Option("--lang", help="提示信息的语言 · language of the messages")]
ContentOption = Annotated[Path, typer.Option("--content", help="内容文件夹 · the content folder")]
AsOfOption = Annotated[
    datetime | None,
    typer.Option(
        "--as-of", formats=["%Y-%m-%d"], help="以哪一天为准，默认今天（北京时间）· the day that counts"
    ),
]
CountyOption = Annotated[str | None, typer.Option("--county", help="六位县级代码 · six-digit county code")]
OutOption = Annotated[Path, typer.Option("--out", help="网站文件夹 · the site's folder")]
JobsOption = Annotated[int, typer.Option("--jobs", min=1, help="进程数 · processes")]
PreviewOption = Annotated[
    bool, typer.Option("--preview", help="也显示未生效的清单 · show lists not in force too")
]


def build_plan(
    content: Path,
    out: Path,
    as_of: datetime | None,
    *,
    only: Sequence[str] = (),
    jobs: int = PROCESSES,
    preview: bool = False,
) -> BuildPlan:
    """What a command asks to be built, out of its options."""
    from generator import build

    return build.BuildPlan(
        content=content,
        templates=TEMPLATES,
        mkdocs_yml=MKDOCS_YML,
        out=out,
        as_of=day(as_of),
        only=tuple(only),
        jobs=jobs,
        preview=preview,
    )


def must_exist(files: Sequence[Path]) -> None:
    """Raise UsageError naming every file that is not there."""
    missing = [str(path) for path in files if not os.path.lexists(path)]
    if missing:
        raise UsageError(
            Text(zh=f"没有这个文件：{'、'.join(missing)}", en=f"There is no such file: {', '.join(missing)}"),
            Text(zh="请核对文件名和所在文件夹。", en="Check the name and the folder."),
        )


def site_of(content: Path) -> Site | None:
    """The content folder's settings; documents can be checked without one."""
    from generator import settings

    return settings.load_site(content) if (content / "site.toml").is_file() else None


def print_report(report: str, *, exact: bool) -> None:
    """Print a report; those that programs read come in UTF-8 and with plain line ends on every system."""
    reconfigure: Callable[..., None] | None = getattr(sys.stdout, "reconfigure", None)
    if exact and reconfigure:
        reconfigure(encoding="utf-8", newline="\n")
    print(report, end="", flush=True)


def day(as_of: datetime | None) -> date:
    """The day that counts: as asked, or today in China."""
    return as_of.date() if as_of else datetime.now(CHINA).date()


def now() -> datetime:
    """The moment, in UTC: what a release, a signature or an age is dated by. Only commands ask for it."""
    return datetime.now(UTC)


def say(lang: Lang, text: Text) -> None:
    """Print a sentence in the language asked for."""
    # Flushed: whoever reads through a pipe wants the address that `serve` says before it ends.
    print(text.in_language(lang.value), flush=True)


def complain(error: QingdanError, lang: Lang | None = None, where: str = "") -> None:
    """Print what went wrong and what to do, to stderr; `where` says with what, in a run over several."""
    english = lang is Lang.en if lang else "en" in _asked_language()
    problem, fix = error.problem, error.fix
    before = "" if not where else f"{where}: " if english else f"{where}："
    print(before + (problem.en if english else problem.zh), file=sys.stderr)
    if fix:
        print("    " + (fix.en if english else fix.zh), file=sys.stderr)


def _asked_language() -> Sequence[str]:
    """The value of --lang as typed: errors surface after the command's own options are gone."""
    words = sys.argv[1:]
    return [value for word, value in pairwise(words) if word == "--lang"] + [
        word.removeprefix("--lang=") for word in words if word.startswith("--lang=")
    ]


@contextmanager
def progress(lang: Lang) -> Iterator[Progress]:
    """A progress bar on a terminal; elsewhere, or with NO_COLOR, a plain line now and then."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield _plain_progress()
        return
    from rich.console import Console  # slow to import, needed on terminals only
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    label = "正在处理" if lang is Lang.zh else "Working"
    with Bar(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    ) as bar:
        task = bar.add_task(label, total=None)

        def show(what: str, done: int, total: int) -> None:
            bar.update(task, description=f"{label} {what}", completed=done, total=total)

        yield show


def _plain_progress() -> Progress:
    said = time.monotonic()

    def show(what: str, done: int, total: int) -> None:
        # A log should show that work goes on, not fill up: the mail of a nightly run holds what it says at its end.
        nonlocal said
        if time.monotonic() - said >= _SECONDS_OF_SILENCE:
            said = time.monotonic()
            print(f"{done}/{total} {what}", file=sys.stderr)

    return show
