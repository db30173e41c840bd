"""The commands of a site and its register: build, serve, init, trace, register verify."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from generator.cli.common import (
    PROCESSES,
    ROOT,
    SITE,
    TEMPLATES,
    AsOfOption,
    ContentOption,
    JobsOption,
    Lang,
    LangOption,
    OutOption,
    PreviewOption,
    app,
    build_plan,
    complain,
    day,
    progress,
    register_app,
    say,
)
from generator.errors import EXIT_DIFFERS, QingdanError, UsageError
from generator.model.text import Text

if TYPE_CHECKING:
    from generator.build import BuildPlan, Progress


@app.command("build", rich_help_panel=SITE)
def build_command(
    content: ContentOption = Path("content"),
    out: OutOption = Path("site"),
    as_of: AsOfOption = None,
    only: Annotated[
        list[str] | None, typer.Option("--only", help="只建这个县 · only this county (may repeat)")
    ] = None,
    jobs: JobsOption = PROCESSES,
    preview: PreviewOption = False,
    lang: LangOption = Lang.zh,
) -> None:
    """把已登记的清单做成网站 · build the site from what is recorded."""
    from generator import build

    plan = build_plan(content, out, as_of, only=only or (), jobs=jobs, preview=preview)
    with progress(lang) as show:
        built = build.build_site(plan, show)
    townships = sum(summary.townships for summary in built.summaries)
    lines = sum(sum(summary.lines.values()) for summary in built.summaries)
    say(
        lang,
        Text(
            zh=f"已建成 {len(built.summaries)} 个县、{townships} 个乡镇（街道）、{lines} 行清单事项，"
            f"共 {built.files} 个文件、{built.size / 1e6:.0f} MB，在 {out}。",
            en=f"Built {len(built.summaries)} counties, {townships} townships, {lines} list lines: "
            f"{built.files} files, {built.size / 1e6:.0f} MB in {out}.",
        ),
    )
    say(
        lang,
        Text(
            zh=f"查看：qingdan serve --out {out}，或直接打开 {(out / 'index.html').resolve()}",
            en=f"Look at it: qingdan serve --out {out}, or open {(out / 'index.html').resolve()}",
        ),
    )


@app.command(rich_help_panel=SITE)
def serve(
    content: ContentOption = Path("content"),
    out: OutOption = Path("site"),
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="端口 · port")] = 8000,
    watch: Annotated[bool, typer.Option(help="内容改动后自动重建 · rebuild what changes")] = True,
    as_of: AsOfOption = None,
    preview: PreviewOption = False,
    lang: LangOption = Lang.zh,
) -> None:
    """在本机查看网站，内容改动后重建有关的县 · look at the site; a county is rebuilt when its content changes."""
    from generator import build, serve

    plan = build_plan(content, out, as_of, preview=preview)
    if not (out / "index.html").is_file():
        with progress(lang) as show:
            build.build_site(plan, show)
    with serve.serving(out, port) as site:
        try:
            changes = serve.changed_counties(content, TEMPLATES, out) if watch else iter(())
            say(lang, Text(zh=f"打开 {site.url}（按 Ctrl+C 结束）", en=f"Open {site.url} (Ctrl+C ends)"))
            if not watch:
                site.wait()
            for code in changes:
                with progress(lang) as show:
                    _rebuild(plan, code, show, lang)
                site.reload()
        except KeyboardInterrupt:
            return


@app.command("init", rich_help_panel=SITE)
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
    say(
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

    with progress(lang) as show:
        differing = build.verify_register(content, show, as_of=day(as_of))
    for line in differing:
        print(line)
    if differing:
        raise typer.Exit(EXIT_DIFFERS)
    say(lang, Text(zh="登记册与全部原件一致。", en="The register says what the originals say."))


@app.command(rich_help_panel=SITE)
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


def _rebuild(plan: BuildPlan, code: str | None, progress: Progress, lang: Lang) -> None:
    """Build again what changed; a county that cannot be built is reported and the old pages stay."""
    from generator import build

    try:
        build.build_site(replace(plan, only=(code,) if code else ()), progress)
    except QingdanError as error:
        complain(error, lang)
