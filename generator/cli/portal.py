"""The commands of the webmaster: publish, releases, rollback, verify."""

from __future__ import annotations

import getpass
import os
import platform
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from generator.cli.common import (
    CHINA,
    PORTALS,
    ContentOption,
    Lang,
    LangOption,
    app,
    complain,
    now,
    progress,
    say,
)
from generator.errors import EXIT_DIFFERS, UsageError
from generator.model.text import Text

if TYPE_CHECKING:
    from generator import delivery, release

MAX_DELETES: Final = 256
"""A township merged away takes some hundred pages with it; more than this is more often a mistake than meant."""

CountiesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--county", help="县级代码，或 province（全省页面），可重复 · a county, or province (may repeat)"
    ),
]
TargetOption = Annotated[str | None, typer.Option("--target", help="只发布到这个目标 · only this target")]
KeyOption = Annotated[
    Path | None,
    typer.Option(
        "--key",
        envvar="QINGDAN_RELEASE_KEY",
        help="发布密钥文件；口令放在环境变量 QINGDAN_RELEASE_PASSPHRASE · the release key's file",
    ),
]


@app.command("publish", rich_help_panel=PORTALS)
def publish_command(
    counties: CountiesOption = None,
    target: TargetOption = None,
    content: ContentOption = Path("content"),
    site: Annotated[Path, typer.Option("--site", help="已建成的网站文件夹 · the built site")] = Path("site"),
    key: KeyOption = None,
    max_deletes: Annotated[
        int,
        typer.Option(
            "--max-deletes", min=0, help="每个单位最多删除几个文件 · most files that may go, a unit"
        ),
    ] = MAX_DELETES,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只说明会传送和删除什么，不改动 · only say what would happen")
    ] = False,
    preview: Annotated[
        bool, typer.Option("--preview", help="发布为预览，不影响在线版本 · beside what is live")
    ] = False,
    lang: LangOption = Lang.zh,
) -> None:
    """把建成的网站发布到门户：读者看到的总是完整的一版 · publish the built site; nobody sees half a release."""
    from generator import delivery

    outcomes = []
    with progress(lang) as show:
        for one in delivery.publish(
            _errand(content, target, counties, key),
            site,
            show,
            max_deletes=max_deletes,
            dry_run=dry_run,
            preview=preview,
        ):
            outcomes.append(one)
            _tell(one, lang, dry_run=dry_run, preview=preview)
    _end(outcomes)


@app.command("releases", rich_help_panel=PORTALS)
def releases_command(
    counties: CountiesOption = None,
    target: TargetOption = None,
    content: ContentOption = Path("content"),
    lang: LangOption = Lang.zh,
) -> None:
    """历次发布和退回 · every release and roll-back."""
    from generator import delivery

    found = False
    for settings, unit, past in delivery.releases(_errand(content, target, counties, None)):
        found = True
        print(f"{settings.name} / {unit}")
        for one in past:
            print("  " + _past_line(one).in_language(lang.value))
    if not found:
        say(lang, Text(zh="还没有发布过。", en="Nothing has been published yet."))


@app.command("rollback", rich_help_panel=PORTALS)
def rollback_command(
    to: Annotated[
        str | None,
        typer.Argument(help="退回到哪一版，默认上一版 · which release; the one before, by default"),
    ] = None,
    counties: CountiesOption = None,
    target: TargetOption = None,
    content: ContentOption = Path("content"),
    key: KeyOption = None,
    lang: LangOption = Lang.zh,
) -> None:
    """让一个县重新显示以前的一版；这次退回也记入台账 · show an earlier release again; history says so."""
    from generator import delivery

    if not counties:
        raise UsageError(
            Text(zh="没有说明退回哪个县。", en="It was not said which county to turn back."),
            Text(
                zh="请加上 --county 县级代码；全省页面写 --county province。",
                en="Add --county CODE; --county province for the province's own pages.",
            ),
        )
    outcomes = []
    with progress(lang) as show:
        for one in delivery.roll_back(_errand(content, target, counties, key), to, show):
            outcomes.append(one)
            _tell(one, lang, dry_run=False, preview=False)
    _end(outcomes)


@app.command("verify", rich_help_panel=PORTALS)
def verify_command(
    what: Annotated[
        str,
        typer.Argument(help="目标名称、网址或文件夹 · a target, an address or a folder", show_default=False),
    ],
    counties: CountiesOption = None,
    content: ContentOption = Path("content"),
    public_key: Annotated[
        str | None, typer.Option("--public-key", help="以此公钥为准 · believe this key (ed25519:…)")
    ] = None,
    known: Annotated[
        list[str] | None,
        typer.Option("--known", help="记下的台账行“号:散列” · a line of history noted earlier, NUMBER:HASH"),
    ] = None,
    lang: LangOption = Lang.zh,
) -> None:
    """核验在线网站与签名的清单是否一致，逐个指出不同的文件 · compare what is live with what was signed."""
    from generator import delivery, signing

    if public_key is not None and not signing.is_public_key(public_key):
        raise UsageError(
            Text(zh=f"“{public_key}”不是公钥。", en=f"{public_key!r} is no public key."),
            Text(zh="公钥以 ed25519: 开头。", en="It starts with ed25519:."),
        )
    fine = True
    stranger = public_key is not None and not (content / "site.toml").exists()
    with progress(lang) as show:
        errand = _errand(content, None, counties, None, stranger=stranger)
        for verdict in delivery.verify(errand, what, _known(known or ()), public_key, show):
            fine = fine and verdict.is_fine
            for line in _verdict_lines(verdict):
                say(lang, line)
    if stranger and not counties and what.startswith(("http://", "https://")):
        say(
            lang,
            Text(
                zh="没有内容文件夹，不知道下面有哪些县：要核验某县，请加 --county 代码。",
                en="Without a content folder nobody knows the counties under it: give --county CODE to verify one.",
            ),
        )
    if not fine:
        raise typer.Exit(EXIT_DIFFERS)


def _errand(
    content: Path, target: str | None, counties: list[str] | None, key: Path | None, *, stranger: bool = False
) -> delivery.Errand:
    """Gather what was said. A `stranger` has no content folder, only the public key."""
    from generator import delivery, settings

    passphrase = os.environ.get("QINGDAN_RELEASE_PASSPHRASE")
    moment = now().replace(microsecond=0)
    return delivery.Errand(
        site=delivery.strangers_site(content) if stranger else settings.load_site(content),
        moment=moment,
        owner=f"{_user()}@{platform.node()} pid {os.getpid()} {moment:%Y-%m-%dT%H:%M:%SZ}",
        target=target,
        counties=tuple(counties or ()),
        key=key,
        passphrase=passphrase.encode() if passphrase else None,
    )


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "?"  # a service without an account


def _known(noted: list[str] | tuple[str, ...]) -> Mapping[int, str]:
    lines = {}
    for one in noted:
        match = re.fullmatch(r"([1-9][0-9]*):([0-9a-f]{64})", one)
        if match is None:
            raise UsageError(
                Text(zh=f"“{one}”不是台账行。", en=f"{one!r} is no line of a history."),
                Text(
                    zh="请照 qingdan publish 或 verify 显示的写，如 12:9f3a…（散列 64 位，写全）。",
                    en="Write NUMBER:HASH as publish and verify show it, all 64 digits of the hash.",
                ),
            )
        lines[int(match[1])] = match[2]
    return lines


def _end(outcomes: list[delivery.Delivered]) -> None:
    """Leave with the exit code of what went wrong; it has been told already."""
    from generator import delivery

    error = delivery.failed(outcomes)
    if error is not None:
        raise typer.Exit(error.exit_code)


def _tell(one: delivery.Delivered, lang: Lang, *, dry_run: bool, preview: bool) -> None:
    where = f"{one.target.name} / {one.unit}" if one.unit else one.target.name
    if one.error is not None:
        complain(one.error, lang, where)
        return
    assert one.published is not None
    for line in _published_lines(one, one.published, dry_run=dry_run, preview=preview):
        say(lang, Text(zh=f"{where}：{line.zh}", en=f"{where}: {line.en}"))


def _published_lines(
    one: delivery.Delivered, done: release.Published, *, dry_run: bool, preview: bool
) -> Iterator[Text]:
    yield from one.notes
    yield from done.said
    travel = done.travel
    if travel is None:
        yield Text(
            zh=f"内容与在线的 {done.live} 相同，无需发布。",
            en=f"The pages are those of {done.live}, which is live: nothing to publish.",
        )
        return
    sums = Text(
        zh=f"传送 {len(travel.sent)} 个文件（{travel.size / 1e6:.1f} MB），沿用 {travel.kept} 个，"
        f"删除 {len(travel.deleted)} 个",
        en=f"{len(travel.sent)} files travel ({travel.size / 1e6:.1f} MB), {travel.kept} are there already, "
        f"{len(travel.deleted)} go",
    )
    if dry_run:
        yield Text(zh=f"将{sums.zh}；未作任何改动。", en=f"{sums.en}; nothing was touched.")
        for sign, paths in (("+", travel.sent), ("-", travel.deleted)):
            for path in paths:
                yield Text(zh=f"{sign} {path}", en=f"{sign} {path}")
        return
    address = (one.target.address or "") + ("" if one.unit == "province" else f"{one.unit}/")
    if preview:
        folder = f"previews/{done.id}/"
        place = f"{address}{folder}" if one.target.address else f"{one.unit}/{folder}"
        yield Text(
            zh=f"预览 {done.id} 已放到 {place}；在线版本未变。{sums.zh}。",
            en=f"The preview {done.id} is at {place}; what is live is unchanged. {sums.en}.",
        )
        return
    if done.ledger.lines[-1].repeats:
        earlier = done.ledger.lines[-1].repeats
        yield Text(zh=f"已退回到 {earlier} 的内容。", en=f"Back to the pages of {earlier}.")
    yield Text(
        zh=f"{done.id} 已上线{f'（{address}）' if one.target.address else ''}。{sums.zh}。"
        f"台账第 {done.ledger.number}:{done.ledger.hash}",
        en=f"{done.id} is live{f' ({address})' if one.target.address else ''}. {sums.en}. "
        f"Line of history {done.ledger.number}:{done.ledger.hash}",
    )
    if not done.site_atomic:
        yield Text(
            zh="这个目标不支持符号链接，网页是逐页替换的：替换期间读者可能先后看到新旧两版的网页，每一页都是完整的。",
            en="This target has no symbolic links, so pages changed one by one: for a moment readers could go from "
            "a new page to an old one, each of them whole.",
        )


def _past_line(one: release.Past) -> Text:
    line = one.line
    moment = one.moment.astimezone(CHINA)
    megabytes = f"{(one.size or 0) / 1e6:.1f} MB"
    size = Text(zh=f"{one.files} 个文件 {megabytes}", en=f"{one.files} files {megabytes}")
    when = f"{line.number:>4}  {line.id}  {moment:%Y-%m-%d %H:%M}"
    marks = [size if one.files is not None else Text(zh="-", en="-")]
    if line.repeats:
        marks.append(Text(zh=f"退回到 {line.repeats}", en=f"back to {line.repeats}"))
    if one.is_live:
        marks.append(Text(zh="在线", en="live"))
    elif one.is_kept:
        marks.append(Text(zh="可退回", en="kept"))
    return Text(
        zh="  ".join([when, *(mark.zh for mark in marks)]),
        en="  ".join([when, *(mark.en for mark in marks)]),
    )


_WHAT: Final = {
    "changed": Text(zh="内容不同", en="differs"),
    "missing": Text(zh="缺失", en="missing"),
    "extra": Text(zh="多出", en="should not be there"),
}


def _verdict_lines(verdict: release.Verdict) -> Iterator[Text]:
    for fault in verdict.faults:
        yield Text(zh=f"{verdict.where}：{fault.zh}", en=f"{verdict.where}: {fault.en}")
    for one in verdict.differences:
        what = _WHAT[one.what]
        yield Text(zh=f"{what.zh}：{verdict.where} {one.path}", en=f"{what.en}: {verdict.where} {one.path}")
    if verdict.faults:
        yield Text(
            zh="    请先核对公钥和网址；都对的，请停止发布，查明原因（docs/delivery.md 第五节）。",
            en="    Check key and address first; if they are right, stop publishing and find out why (docs/delivery.md, 5).",
        )
    if verdict.note is None:
        return
    line = f"{verdict.ledger.number}:{verdict.ledger.hash}" if verdict.ledger else "-"
    signed = f"{verdict.note.unit} / {verdict.note.id}"
    if verdict.is_fine:
        yield Text(
            zh=f"{verdict.where}：{signed} 的 {verdict.files} 个文件与签名的清单一致。台账第 {line}",
            en=f"{verdict.where}: all {verdict.files} files of {signed} are as signed. "
            f"Line of history {line}",
        )
    elif not verdict.differences:
        yield Text(
            zh=f"{verdict.where}：{signed} 的 {verdict.files} 个文件与签名的清单一致，但有上述问题。",
            en=f"{verdict.where}: all {verdict.files} files of {signed} are as signed, but for what is said above.",
        )
    else:
        yield Text(
            zh=f"{verdict.where}：{signed} 共 {verdict.files} 个文件，{len(verdict.differences)} 个不同。",
            en=f"{verdict.where}: of {verdict.files} files of {signed}, {len(verdict.differences)} differ.",
        )
        yield from _what_next({one.what for one in verdict.differences})


def _what_next(found: set[str]) -> Iterator[Text]:
    if found - {"extra"}:
        yield Text(
            zh="    请先查明原因；再运行一次 qingdan publish，被改动和缺失的文件就恢复为签发的内容。",
            en="    Find out why; qingdan publish then puts back what was changed or is missing.",
        )
    if "extra" in found:
        yield Text(
            zh="    多出的文件不是发布时放的，请看清来历后自行删除。",
            en="    The files beside them were put there by somebody else: look where they come from, then remove them.",
        )
