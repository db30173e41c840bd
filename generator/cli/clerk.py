"""A clerk's commands: check, fix, accept, vet, template, rules."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from generator.cli.common import (
    FILING,
    AsOfOption,
    ContentOption,
    CountyOption,
    Lang,
    LangOption,
    app,
    day,
    must_exist,
    print_report,
    say,
    site_of,
)
from generator.errors import EXIT_DOCUMENT, EXIT_FINE, UsageError
from generator.model.kinds import LIST_KINDS
from generator.model.text import Text

if TYPE_CHECKING:
    from generator.model.findings import Checked


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


@app.command(rich_help_panel=FILING)
def check(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="要检查的文件，或一个报备文件夹 · documents, or one filing folder", show_default=False
        ),
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
    from generator import build  # imports wait for the command that needs them

    must_exist(files)
    if annotate is not None:
        build.refuse_existing(annotate, ".xlsx")
    with _keeping_garbage():
        if len(files) == 1 and (files[0] / "filing.toml").is_file():
            files, checked = _checked_filing(files[0], content, as_of)
        else:
            checked = build.check(
                files,
                site=site_of(content),
                county_code=county,
                as_of=day(as_of),
                as_csv=read_as is ReadAs.csv,
                encoding=encoding,
            )
    from generator import checks

    paths = {path.name: path.as_posix() for path in files}
    report = checks.printed(checked, form.value, lang.value, paths=paths, everything=everything)
    print_report(report, exact=form is not Format.text)
    if annotate is not None:
        apart = build.annotate(files, checked, annotate, lang=lang.value)
        said = apart or Text(zh="问题已标在各单元格里。", en="The faults are marked in their cells.")
        wrote = Text(zh=f"已写好 {annotate}。{said.zh}", en=f"Wrote {annotate}. {said.en}")
        print(wrote.in_language(lang.value), file=sys.stdout if form is Format.text else sys.stderr)
    raise typer.Exit(_verdict(checked))


def _checked_filing(folder: Path, content: Path, as_of: datetime | None) -> tuple[list[Path], Checked]:
    """Check what a filing folder holds as its filing.toml says; return its documents too."""
    from generator import build, settings

    site = settings.load_site(content)
    filing, checked = build.check_filing(
        site, settings.county_of_filing(folder, site), folder, as_of=day(as_of)
    )
    return [folder / document.file for document in filing.documents], checked


@contextmanager
def _keeping_garbage() -> Iterator[None]:
    """A document becomes a million small objects, none in a circle: looking for circles is a tenth of all the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@app.command(rich_help_panel=FILING)
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

    must_exist([file])
    site, today = site_of(content), day(as_of)
    checked, mends = build.mend(file, out, site=site, county_code=county, as_of=today)
    if not mends:
        say(lang, Text(zh="没有可以自动修改的地方，没有写文件。", en="Nothing to mend; no file was written."))
    else:
        print("\n".join([file.name, *checks.mend_lines(mends, lang.value)]))
        say(
            lang,
            Text(
                zh=f"共修改 {len(mends)} 个单元格，已写好 {out}，原文件未动。以下是对新文件的检查：",
                en=f"Mended {len(mends)} cells, wrote {out}, left the original alone. A check of the new file:",
            ),
        )
        checked = build.check([out], site=site, county_code=county, as_of=today)
    print("\n".join(checks.as_lines(checked, lang.value)))
    raise typer.Exit(_verdict(checked))


@app.command(rich_help_panel=FILING)
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
        checked, proposal, recorded = build.accept(content, folder, as_of=day(as_of))
        print("\n".join(checks.as_lines(checked, lang.value)))
        if proposal is not None:
            print("\n".join(register.as_lines(proposal, lang.value, recorded=recorded)))
            if recorded:
                print("\n".join(register.in_force_lines(proposal, lang.value, as_of=day(as_of))))
        refused = refused or not recorded
    raise typer.Exit(EXIT_DOCUMENT if refused else EXIT_FINE)


@app.command(rich_help_panel=FILING)
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

    vetted, findings = build.vet(file, content, county, as_of=day(as_of), annotate=annotate, lang=lang.value)
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


@app.command(rich_help_panel=FILING)
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
    say(
        lang,
        Text(
            zh=f"已写好 {out}。填写后用 qingdan check 检查。",
            en=f"Wrote {out}. Fill it in, then qingdan check it.",
        ),
    )


@app.command("rules", rich_help_panel=FILING)
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


def _verdict(checked: Checked) -> int:
    return EXIT_DOCUMENT if checked.count("error") or checked.count("confirm") else EXIT_FINE
