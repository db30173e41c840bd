"""The command line: the only room that reads arguments and the clock, prints, and picks exit codes.

Messages come in Chinese, or with `--lang en` in English. Exit codes are documented in docs/exit-codes.md.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta, timezone
from difflib import get_close_matches
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer.exceptions import TyperException

from generator.errors import (
    EXIT_DIFFERS,
    EXIT_DOCUMENT,
    EXIT_FINE,
    EXIT_INTERRUPTED,
    EXIT_OURS,
    EXIT_USAGE,
    QingdanError,
    UsageError,
)
from generator.model.kinds import LIST_KINDS
from generator.model.text import Text

if TYPE_CHECKING:
    from generator.build import Progress
    from generator.model.findings import Checked
    from generator.model.settings import Site

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "site_templates"
MKDOCS_YML = ROOT / "mkdocs.yml"

PROCESSES = (os.cpu_count() or 1) + 1  # parts differ in length; the last of them would leave a processor idle

# China has one civil time, UTC+8, without daylight saving; no time-zone data needed (Windows has none).
CHINA = timezone(timedelta(hours=8))

app = typer.Typer(
    help="清单：把县（市、区）报备的乡镇（街道）职责清单做成可检索的双语公开网站。\n\n"
    "Qingdan: filed responsibility checklists become searchable, bilingual public sites.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
)
register_app = typer.Typer(help="登记册 · the register", no_args_is_help=True)
app.add_typer(register_app, name="register")


class Lang(StrEnum):
    """Languages of the messages."""

    zh = "zh"
    en = "en"


class Format(StrEnum):
    """What `check` prints."""

    text = "text"
    json = "json"
    sarif = "sarif"
    github = "github"
    junit = "junit"
    html = "html"


class VetFormat(StrEnum):
    """What `vet` prints."""

    text = "text"
    json = "json"


class ReadAs(StrEnum):
    """What `check` can be told that a file is."""

    csv = "csv"


Kind = StrEnum("Kind", {slug: slug for slug in LIST_KINDS})  # type: ignore[misc]  # the table of kinds decides

LangOption = Annotated[Lang, typer.Option("--lang", help="提示信息的语言 · language of the messages")]
ContentOption = Annotated[Path, typer.Option("--content", help="内容文件夹 · the content folder")]
AsOfOption = Annotated[
    datetime | None,
    typer.Option(
        "--as-of", formats=["%Y-%m-%d"], help="以哪一天为准，默认今天（北京时间）· the day that counts"
    ),
]
CountyOption = Annotated[str | None, typer.Option("--county", help="六位县级代码 · six-digit county code")]


@app.command()
def check(
    files: Annotated[
        list[Path], typer.Argument(help="要检查的文件 · documents to check", show_default=False)
    ],
    county: CountyOption = None,
    form: Annotated[Format, typer.Option("--format", help="输出格式 · what to print")] = Format.text,
    annotate: Annotated[
        Path | None,
        typer.Option("--annotate", help="另存标注了问题的 .xlsx · write a copy with the faults marked in it"),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="同一规则的问题全部列出 · do not cut long lists of one rule short")
    ] = False,
    read_as: Annotated[
        ReadAs | None,
        typer.Option("--as", help="不看扩展名，按此格式读取 · read as this, whatever the suffix"),
    ] = None,
    encoding: Annotated[
        str | None, typer.Option("--encoding", help="CSV 的编码，如 gb18030 · encoding of a CSV")
    ] = None,
    lang: LangOption = Lang.zh,
    content: ContentOption = Path("content"),
    as_of: AsOfOption = None,
) -> None:
    """检查清单文件，一次列出全部问题及其单元格 · check documents: every fault at once, by cell."""
    from generator import build, checks  # imports wait for the command that needs them

    _must_exist(files)
    if annotate is not None:
        build.refuse_existing(annotate, ".xlsx")
    checked = build.check(
        files,
        site=_site(content),
        county_code=county,
        as_of=_day(as_of),
        as_csv=read_as is ReadAs.csv,
        encoding=encoding,
    )
    paths = {path.name: path.as_posix() for path in files}
    report = checks.printed(checked, form.value, lang.value, paths=paths, everything=everything)
    _print_report(report, exact=form is not Format.text)
    if annotate is not None:
        apart = build.annotate(files, checked, annotate, lang=lang.value)
        said = apart or Text(zh="问题已标在各单元格里。", en="The faults are marked in their cells.")
        wrote = Text(zh=f"已写好 {annotate}。{said.zh}", en=f"Wrote {annotate}. {said.en}")
        print(wrote.in_language(lang.value), file=sys.stdout if form is Format.text else sys.stderr)
    raise typer.Exit(_verdict(checked))


@app.command()
def fix(
    file: Annotated[Path, typer.Argument(help="要修的文件，xlsx 或 csv · the document", show_default=False)],
    out: Annotated[Path, typer.Option("--out", help="修好后另存为 · where the mended copy goes")],
    county: CountyOption = None,
    lang: LangOption = Lang.zh,
    content: ContentOption = Path("content"),
    as_of: AsOfOption = None,
) -> None:
    """只改不影响意思的毛病（首尾空格等），另存新文件 · mend what cannot change the meaning, in a new file."""
    from generator import build, checks

    _must_exist([file])
    site, day = _site(content), _day(as_of)
    checked, mends = build.mend(file, out, site=site, county_code=county, as_of=day)
    if not mends:
        _say(
            lang, Text(zh="没有可以自动修改的地方，没有写文件。", en="Nothing to mend; no file was written.")
        )
    else:
        print("\n".join([file.name, *checks.mend_lines(mends, lang.value)]))
        _say(
            lang,
            Text(
                zh=f"共修改 {len(mends)} 个单元格，已写好 {out}，原文件未动。以下是对新文件的检查：",
                en=f"Mended {len(mends)} cells, wrote {out}, left the original alone. A check of the new file:",
            ),
        )
        checked = build.check([out], site=site, county_code=county, as_of=day)
    print("\n".join(checks.as_lines(checked, lang.value)))
    raise typer.Exit(_verdict(checked))


@app.command()
def accept(
    filings: Annotated[list[Path], typer.Argument(help="报备文件夹 · filing folders", show_default=False)],
    lang: LangOption = Lang.zh,
    content: ContentOption = Path("content"),
    as_of: AsOfOption = None,
) -> None:
    """检查整份报备并登记，说明与上一版的差别 · check a whole filing, record it, say what changed."""
    from generator import build, checks, register

    refused = False
    for folder in filings:
        checked, proposal, recorded = build.accept(content, folder, as_of=_day(as_of))
        print("\n".join(checks.as_lines(checked, lang.value)))
        if proposal is not None:
            print("\n".join(register.as_lines(proposal, lang.value, recorded=recorded)))
            if recorded:
                print("\n".join(register.in_force_lines(proposal, lang.value, as_of=_day(as_of))))
        refused = refused or not recorded
    raise typer.Exit(EXIT_DOCUMENT if refused else EXIT_FINE)


@app.command()
def vet(
    file: Annotated[Path, typer.Argument(help="下发的文件，docx 或 txt · the document", show_default=False)],
    county: Annotated[str, typer.Option("--county", help="六位县级代码 · six-digit county code")],
    form: Annotated[VetFormat, typer.Option("--format", help="输出格式 · what to print")] = VetFormat.text,
    annotate: Annotated[
        Path | None, typer.Option("--annotate", help="另存带批注的 docx · write an annotated copy")
    ] = None,
    lang: LangOption = Lang.zh,
    content: ContentOption = Path("content"),
    as_of: AsOfOption = None,
) -> None:
    """把下发的文件与清单比对，找出清单外任务 · hold a document sent down against the lists."""
    from generator import build, vetting

    vetted, findings = build.vet(file, content, county, as_of=_day(as_of), annotate=annotate, lang=lang.value)
    for finding in findings:
        print(finding.problem.in_language(lang.value), file=sys.stderr)
        print("    " + finding.fix.in_language(lang.value), file=sys.stderr)
    if vetted is None:
        raise typer.Exit(EXIT_DOCUMENT)
    if form is VetFormat.json:
        print(json.dumps(vetting.as_json(vetted), ensure_ascii=False, indent=1))
    else:
        print("\n".join(vetting.as_lines(vetted, lang.value)))
    raise typer.Exit(EXIT_DOCUMENT if vetted.to_look_at else EXIT_FINE)


@app.command()
def template(
    kind: Annotated[Kind, typer.Option("--kind", help="清单种类 · kind of list")],
    out: Annotated[Path, typer.Option("--out", help="要写的 .xlsx · the workbook to write")],
    county: CountyOption = None,
    content: ContentOption = Path("content"),
    lang: LangOption = Lang.zh,
) -> None:
    """写一份空白清单模板 · write an empty workbook with the right headers, drop-downs and notes."""
    from generator import build, settings

    site = settings.load_site(content) if (content / "site.toml").is_file() else None
    build.write_template(str(kind), out, site=site, county_code=county)
    _say(
        lang,
        Text(
            zh=f"已写好 {out}。填写后用 qingdan check 检查。",
            en=f"Wrote {out}. Fill it in, then qingdan check it.",
        ),
    )


@app.command("build")
def build_command(
    content: ContentOption = Path("content"),
    out: Annotated[Path, typer.Option("--out", help="网站文件夹 · where the site goes")] = Path("site"),
    as_of: AsOfOption = None,
    only: Annotated[
        list[str] | None, typer.Option("--only", help="只建这个县 · only this county (may repeat)")
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", min=1, help="进程数 · processes")] = PROCESSES,
    preview: Annotated[
        bool, typer.Option("--preview", help="也显示未生效的清单 · show lists not in force too")
    ] = False,
    lang: LangOption = Lang.zh,
) -> None:
    """把已登记的清单做成网站 · build the site from what is recorded."""
    from generator import build

    plan = build.BuildPlan(
        content=content,
        templates=TEMPLATES,
        mkdocs_yml=MKDOCS_YML,
        out=out,
        as_of=_day(as_of),
        only=tuple(only or ()),
        jobs=jobs,
        preview=preview,
    )
    with _progress(lang) as progress:
        built = build.build_site(plan, progress)
    townships = sum(summary.townships for summary in built.summaries)
    lines = sum(sum(summary.lines.values()) for summary in built.summaries)
    _say(
        lang,
        Text(
            zh=f"已建成 {len(built.summaries)} 个县、{townships} 个乡镇（街道）、{lines} 行清单事项，"
            f"共 {built.files} 个文件、{built.size / 1e6:.0f} MB，在 {out}。",
            en=f"Built {len(built.summaries)} counties, {townships} townships, {lines} list lines: "
            f"{built.files} files, {built.size / 1e6:.0f} MB in {out}.",
        ),
    )
    _say(
        lang,
        Text(
            zh=f"查看：qingdan serve --out {out}，或直接打开 {(out / 'index.html').resolve()}",
            en=f"Look at it: qingdan serve --out {out}, or open {(out / 'index.html').resolve()}",
        ),
    )


@app.command()
def serve(
    content: ContentOption = Path("content"),
    out: Annotated[Path, typer.Option("--out", help="网站文件夹 · the site's folder")] = Path("site"),
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="端口 · port")] = 8000,
    watch: Annotated[bool, typer.Option(help="内容改动后自动重建 · rebuild what changes")] = True,
    as_of: AsOfOption = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="也显示未生效的清单 · show lists not in force too")
    ] = False,
    lang: LangOption = Lang.zh,
) -> None:
    """在本机查看网站，内容改动后重建有关的县 · look at the site; a county is rebuilt when its content changes."""
    from generator import build, serve

    plan = build.BuildPlan(
        content=content,
        templates=TEMPLATES,
        mkdocs_yml=MKDOCS_YML,
        out=out,
        as_of=_day(as_of),
        jobs=PROCESSES,
        preview=preview,
    )
    if not (out / "index.html").is_file():
        with _progress(lang) as progress:
            build.build_site(plan, progress)
    with serve.serving(out, port) as site:
        try:
            changes = serve.changed_counties(content, TEMPLATES, out) if watch else iter(())
            _say(lang, Text(zh=f"打开 {site.url}（按 Ctrl+C 结束）", en=f"Open {site.url} (Ctrl+C ends)"))
            if not watch:
                site.wait()
            for code in changes:
                with _progress(lang) as progress:
                    _rebuild(plan, code, progress, lang)
                site.reload()
        except KeyboardInterrupt:
            return


@app.command("init")
def init_command(
    folder: Annotated[Path, typer.Argument(help="新文件夹 · the new folder", show_default=False)],
    county: Annotated[str, typer.Option("--county", help="六位县级代码 · six-digit county code")],
    lang: LangOption = Lang.zh,
) -> None:
    """为一个县建立内容文件夹（不含示例）· start a county's content folder, without samples."""
    from generator import settings

    written = settings.start_content(folder, county, ROOT / "content")
    home = f"content/counties/{county}"
    filing = f"{home}/filings/2022-06-20-first-list"
    _say(
        lang,
        Text(
            zh=f"""已在 {folder} 建立内容文件夹，共 {len(written)} 个文件。请进入 {folder}，然后：
  1. 填写 {home}/county.toml（主办单位、联系方式等；不知道的不填）。
  2. 没有现成清单的，可生成空表填写：qingdan template --kind basic --county {county} --out 基本履职事项.xlsx
  3. 检查清单：qingdan check 基本履职事项.xlsx --county {county}
  4. 新建报送文件夹，如 {filing}（日期为施行日期），
     放入清单原件和 filing.toml；filing.toml 的写法见 {home}/filing.example.toml。
  5. 登记：qingdan accept {filing}
  6. 建成网站并查看：qingdan build，再 qingdan serve""",
            en=f"""Started a content folder in {folder}: {len(written)} files. Go to {folder}, then:
  1. Fill in {home}/county.toml (host unit, contacts; leave out what is not known).
  2. For an empty workbook: qingdan template --kind basic --county {county} --out basic.xlsx
  3. Check a list: qingdan check basic.xlsx --county {county}
  4. Make a folder for the filing, such as {filing} (by the day it takes effect),
     with the documents as they are and a filing.toml; {home}/filing.example.toml shows how to write it.
  5. Record it: qingdan accept {filing}
  6. Build the site and look at it: qingdan build, then qingdan serve""",
        ),
    )


@register_app.command("verify")
def register_verify(
    content: ContentOption = Path("content"), as_of: AsOfOption = None, lang: LangOption = Lang.zh
) -> None:
    """重读全部原件，证明登记册无误 · read every original again and prove the register."""
    from generator import build

    with _progress(lang) as progress:
        differing = build.verify_register(content, progress, as_of=_day(as_of))
    for line in differing:
        print(line)
    if differing:
        raise typer.Exit(EXIT_DIFFERS)
    _say(lang, Text(zh="登记册与全部原件一致。", en="The register says what the originals say."))


@app.command("rules")
def rules_command(
    rule: Annotated[
        str | None, typer.Argument(help="规则编号，如 VETO-ITEM · id of a rule", show_default=False)
    ] = None,
    lang: LangOption = Lang.zh,
) -> None:
    """列出全部检查规则，或说明其中一条 · list the rules of the checks, or explain one of them."""
    from generator import build
    from generator.checks import guide

    entries = build.rules()
    if rule is None:
        print("\n".join(guide.rules_lines(entries, lang.value)))
        return
    wanted = [entry for entry in entries if entry.id == rule.upper()]
    if not wanted:
        near = get_close_matches(rule.upper(), [entry.id for entry in entries])
        raise UsageError(
            Text(zh=f"没有编号为 {rule} 的规则。", en=f"There is no rule {rule}."),
            Text(
                zh=f"是否指 {'、'.join(near)}？" if near else "不带编号运行 qingdan rules，可列出全部规则。",
                en=f"Perhaps {', '.join(near)}?" if near else "qingdan rules without an id lists them all.",
            ),
        )
    print("\n".join(guide.rule_lines(wanted[0], lang.value)))


@app.command()
def trace(
    item_or_url: Annotated[
        str, typer.Argument(help="事项编号或网页地址 · item id or page address", show_default=False)
    ],
    content: ContentOption = Path("content"),
    lang: LangOption = Lang.zh,
) -> None:
    """说明一个事项出自哪份文件的哪个单元格 · say which document and cell an item comes from."""
    from generator import build, register

    traces = build.trace(content, item_or_url)
    if not traces:
        raise UsageError(
            Text(zh=f"登记册中没有 {item_or_url}。", en=f"The register has no {item_or_url}."),
            Text(
                zh="请用 supporting-0042 这样的编号或网页地址。",
                en="Use an id like supporting-0042 or a page's address.",
            ),
        )
    print("\n".join(register.trace_lines(traces, lang.value)))


def main() -> None:
    """Run the command line and exit with the documented code."""
    _speak_utf8()
    try:
        sys.exit(app(standalone_mode=False) or EXIT_FINE)
    except QingdanError as error:
        _complain(error)
        sys.exit(error.exit_code)
    except (typer.Abort, KeyboardInterrupt):
        sys.exit(EXIT_INTERRUPTED)
    except TyperException as error:
        # Typer vendors its parser; what it raises for wrong usage prints itself, usage line included.
        show: Callable[[], None] | None = getattr(error, "show", None)
        print(error, file=sys.stderr) if show is None else show()
        sys.exit(EXIT_USAGE)
    except BrokenPipeError:
        # The reader of our output (`| head`) has what it wanted.
        sys.stderr.close()
        sys.exit(EXIT_FINE)
    except Exception as error:  # the one door: whatever is left is a fault of ours, and says so
        _fault_of_ours(error)
        sys.exit(EXIT_OURS)


def _rebuild(plan: object, code: str | None, progress: Progress, lang: Lang) -> None:
    """Build again what changed; a county that cannot be built is reported and the old pages stay."""
    from dataclasses import replace

    from generator import build

    assert isinstance(plan, build.BuildPlan)
    try:
        build.build_site(replace(plan, only=(code,) if code else ()), progress)
    except QingdanError as error:
        _complain(error, lang)


def _must_exist(files: Sequence[Path]) -> None:
    missing = [str(path) for path in files if not os.path.lexists(path)]
    if missing:
        raise UsageError(
            Text(zh=f"没有这个文件：{'、'.join(missing)}", en=f"There is no such file: {', '.join(missing)}"),
            Text(zh="请核对文件名和所在文件夹。", en="Check the name and the folder."),
        )


def _site(content: Path) -> Site | None:
    """The content folder's settings; documents can be checked without one."""
    from generator import settings

    return settings.load_site(content) if (content / "site.toml").is_file() else None


def _verdict(checked: Checked) -> int:
    return EXIT_DOCUMENT if checked.count("error") or checked.count("confirm") else EXIT_FINE


def _print_report(report: str, *, exact: bool) -> None:
    """Print a report; those that programs read come in UTF-8 and with plain line ends on every system."""
    reconfigure: Callable[..., None] | None = getattr(sys.stdout, "reconfigure", None)
    if exact and reconfigure:
        reconfigure(encoding="utf-8", newline="\n")
    print(report, end="", flush=True)


def _day(as_of: datetime | None) -> date:
    """The day that counts: as asked, or today in China. The only place where the program reads the clock."""
    return as_of.date() if as_of else datetime.now(CHINA).date()


def _say(lang: Lang, text: Text) -> None:
    # Flushed: whoever reads through a pipe wants the address that `serve` says before it ends.
    print(text.in_language(lang.value), flush=True)


def _complain(error: QingdanError, lang: Lang | None = None) -> None:
    english = lang is Lang.en if lang else "en" in _asked_language()
    problem, fix = error.problem, error.fix
    print(problem.en if english else problem.zh, file=sys.stderr)
    if fix:
        print("    " + (fix.en if english else fix.zh), file=sys.stderr)


def _asked_language() -> Sequence[str]:
    """The value of --lang as typed: errors surface after the command's own options are gone."""
    words = sys.argv[1:]
    return [value for word, value in pairwise(words) if word == "--lang"] + [
        word.removeprefix("--lang=") for word in words if word.startswith("--lang=")
    ]


def _fault_of_ours(error: Exception) -> None:
    """Say that the program is at fault, and keep what its makers need in a file instead of on the clerk's screen."""
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile(
        "w", prefix="qingdan-", suffix=".txt", delete=False, encoding="utf-8"
    ) as report:
        report.write("".join(traceback.format_exception(error)))
    print(
        f"程序出错（不是您的文件有误），没有改动任何内容。请把 {report.name} 发给维护人员。\n"
        f"The program failed (your file is not at fault); nothing was changed. Please send {report.name} to its makers.",
        file=sys.stderr,
    )


def _speak_utf8() -> None:
    """Windows consoles may still speak GBK; what they cannot show must not end the run."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure: Callable[..., None] | None = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="replace")


@contextmanager
def _progress(lang: Lang) -> Iterator[Progress]:
    """A progress bar on a terminal; elsewhere, or with NO_COLOR, a plain line now and then."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield _plain_progress
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


def _plain_progress(what: str, done: int, total: int) -> None:
    # Every tenth step: a log should show that work goes on, not fill up.
    if done == total or done % max(1, total // 10) == 0:
        print(f"{done}/{total} {what}", file=sys.stderr)


if __name__ == "__main__":
    main()
