"""The command of whoever keeps a site current: update, by hand or by a pipeline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from generator.cli.common import (
    PROCESSES,
    SITE,
    AsOfOption,
    ContentOption,
    JobsOption,
    Lang,
    LangOption,
    OutOption,
    PreviewOption,
    app,
    build_plan,
    progress,
    say,
)
from generator.cli.portal import KeyOption, TargetOption, publish_command
from generator.errors import EXIT_DOCUMENT, UsageError
from generator.model.kinds import LIST_KINDS
from generator.model.text import Text

if TYPE_CHECKING:
    from generator.model.lists import Change
    from generator.updating import Accepted, CameIntoForce, Rebuilt, Updated

_WHY: Final = {
    "new": Text(zh="首次建立", en="not built before"),
    "damaged": Text(zh="网页文件与上次写入的不一致", en="its files are not as they were written"),
    "county": Text(zh="县文件夹有改动", en="the county's folder"),
    "register": Text(zh="登记册有改动", en="the register"),
    "lists": Text(zh="生效的清单有变", en="which lists are in force"),
    "divisions": Text(zh="区划表有改动", en="the table of divisions"),
    "wording": Text(zh="译文有改动", en="translations"),
    "prose": Text(zh="说明页有改动", en="hand-written pages"),
    "site": Text(zh="站点设置有改动", en="the site's settings"),
    "templates": Text(zh="网页模板有改动", en="templates"),
    "program": Text(zh="程序或其组件有改动", en="the program or its packages"),
    "summaries": Text(zh="有县的概况变了", en="summaries of counties"),
}
_CHANGE: Final = {
    "added": Text(zh="新增", en="new"),
    "removed": Text(zh="取消", en="removed"),
    "changed": Text(zh="内容变更", en="changed"),
    "renumbered": Text(zh="仅序号变更", en="renumbered"),
}


@app.command("update", rich_help_panel=SITE)
def update_command(
    content: ContentOption = Path("content"),
    out: OutOption = Path("site"),
    as_of: AsOfOption = None,
    jobs: JobsOption = PROCESSES,
    preview: PreviewOption = False,
    frozen: Annotated[
        bool,
        typer.Option(
            "--frozen", help="不登记，有未登记的即报错 · record nothing; refuse what is not recorded"
        ),
    ] = False,
    publish: Annotated[
        bool, typer.Option("--publish", help="一切正常后发布 · then publish, if all went well")
    ] = False,
    target: TargetOption = None,
    key: KeyOption = None,
    lang: LangOption = Lang.zh,
) -> None:
    """登记新报送的清单，只重建有关的县，说明改了什么 · record what is new, rebuild only what it touches."""
    from generator import updating

    if publish and preview:
        raise UsageError(
            Text(zh="预览不能发布为正式网站。", en="A preview is not published as the site."),
            Text(
                zh="请去掉 --preview，或用 qingdan publish --preview 发布预览。",
                en="Leave out --preview, or publish it beside the site with qingdan publish --preview.",
            ),
        )
    plan = build_plan(content, out, as_of, jobs=jobs, preview=preview)
    with updating.alone(out):
        with progress(lang) as show:
            updated = updating.update(plan, show, frozen=frozen)
        _tell(updated, lang)
        if updated.refused:
            raise typer.Exit(EXIT_DOCUMENT)
        if publish:
            publish_command(target=target, content=content, site=out, key=key, lang=lang)


def _tell(updated: Updated, lang: Lang) -> None:
    for one in updated.accepted:
        print("\n".join(_accepted_lines(one, lang)), flush=True)
    if updated.refused:
        say(lang, _refusal(updated))
        return
    told_already = {one.folder.name for one in updated.accepted}
    for unit in updated.rebuilt:
        print("\n".join(_rebuilt_lines(unit, lang, told_already)), flush=True)
    say(lang, _ending(updated))


def _accepted_lines(one: Accepted, lang: Lang) -> list[str]:
    from generator import checks, register

    lines = list(checks.as_lines(one.checked, lang.value))
    if one.proposal is not None:
        lines += register.as_lines(one.proposal, lang.value, recorded=one.recorded)
    return lines


def _refusal(updated: Updated) -> Text:
    refused = "、".join(one.folder.name for one in updated.accepted if not one.recorded)
    waiting = "、".join(folder.name for folder in updated.waiting)
    return Text(
        zh=f"{refused} 有问题，没有登记；网站没有重建，也没有发布。"
        + (f"同县以后的报送暂未处理：{waiting}。" if waiting else ""),
        en=f"{refused} is not in order and was not recorded; nothing was built or published."
        + (f" Later filings of that county wait: {waiting}." if waiting else ""),
    )


def _rebuilt_lines(unit: Rebuilt, lang: Lang, told_already: set[str]) -> Iterator[str]:
    why = [_WHY[reason] for reason in unit.why]
    yield Text(
        zh=f"{unit.unit} {unit.name}：已重建（{'、'.join(one.zh for one in why)}）；"
        f"文件新增 {unit.added}，改动 {unit.changed}，删除 {unit.removed}。",
        en=f"{unit.unit} {unit.name}: rebuilt ({', '.join(one.en for one in why)}); "
        f"files: {unit.added} new, {unit.changed} changed, {unit.removed} removed.",
    ).in_language(lang.value)
    for came in unit.in_force:
        yield from _came_lines(came, lang, items=came.filing.id not in told_already)
    for filing in unit.no_longer:
        yield Text(zh=f"    不再生效：{filing}", en=f"    no longer in force: {filing}").in_language(
            lang.value
        )


def _came_lines(came: CameIntoForce, lang: Lang, *, items: bool) -> Iterator[str]:
    changes = _distinct(came)
    counts = [(what, sum(change.type == kind for _, change in changes)) for kind, what in _CHANGE.items()]
    yield Text(
        zh=f"    现已生效：{came.filing.title}（{came.filing.id}，{came.lists} 份清单）；事项"
        + "，".join(f"{what.zh} {count}" for what, count in counts)
        + "。",
        en=f"    now in force: {came.filing.title} ({came.filing.id}, {came.lists} lists); items: "
        + ", ".join(f"{count} {what.en}" for what, count in counts)
        + ".",
    ).in_language(lang.value)
    if items:
        for kind, change in changes:
            if (
                change.type != "renumbered"
            ):  # the line above has their number; a list of them hides what matters
                what = _CHANGE[change.type].in_language(lang.value)
                name = "".join(change.name.splitlines())
                yield f"        {what} {LIST_KINDS[kind].zh} {name} [{change.item}]"


def _distinct(came: CameIntoForce) -> Sequence[tuple[str, Change]]:
    """Return each change of an item once, however many townships share it."""
    found: dict[tuple[str, str, str], tuple[str, Change]] = {}
    for version in came.changes:
        for change in version.changes:
            key = (version.kind, change.item, change.type)
            found.setdefault(key, (version.kind, change))
    order = list(_CHANGE)
    return sorted(found.values(), key=lambda one: (order.index(one[1].type), one[0], one[1].item))


def _ending(updated: Updated) -> Text:
    if not updated.rebuilt:
        return Text(
            zh=f"{updated.units} 个单位均无变化，没有重建。",
            en=f"Nothing changed in any of the {updated.units} units; nothing was built.",
        )
    kept = updated.units - len(updated.rebuilt)
    return Text(
        zh=f"重建了 {len(updated.rebuilt)} 个单位，其余 {kept} 个没有变化。",
        en=f"Rebuilt {len(updated.rebuilt)} units; the other {kept} are as they were.",
    )
