"""The commands of kiosks: pack and refresh on the webmaster's machine; setup, pull, status and serve on the kiosk.

On a kiosk only what deploy/kiosk/requirements.lock lists is installed: rooms are imported by the command that needs them.
"""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from generator.cli.common import (
    CHINA,
    MACHINES,
    ContentOption,
    Lang,
    LangOption,
    app,
    complain,
    must_exist,
    now,
    print_report,
    say,
    site_of,
)
from generator.cli.keys import PassphraseOption, asked_passphrase
from generator.errors import EXIT_FINE, EXIT_STALE, UsageError
from generator.model.text import Text

if TYPE_CHECKING:
    from generator.kiosk.metadata import Lifetimes
    from generator.kiosk.repository import Keys

kiosk_app = typer.Typer(help="触摸屏一体机：打包、安装、更新 · touch-screen kiosks", no_args_is_help=True)
app.add_typer(kiosk_app, name="kiosk", rich_help_panel=MACHINES)

RepoOption = Annotated[Path, typer.Option("--repo", help="更新库文件夹 · the update repository")]
KeysOption = Annotated[
    Path,
    typer.Option(
        "--keys",
        envvar="QINGDAN_KIOSK_KEYS",
        help="放有 targets.pem、snapshot.pem、timestamp.pem 的文件夹 · the folder with the keys",
    ),
]
StateOption = Annotated[Path, typer.Option("--state", help="本机状态文件夹 · this machine's state")]
_DaysOfTimestamp = Annotated[
    int, typer.Option("--days", min=1, max=90, help="时间戳有效天数 · days a timestamp is good for")
]


def _lifetimes(days: int) -> Lifetimes:
    from generator.kiosk.metadata import Lifetimes

    return Lifetimes(timestamp=timedelta(days=days))


def _keys(folder: Path, roles: tuple[str, ...], passphrase: bytes | None = None) -> Keys:
    from generator import signing

    # Only the targets key is used by hand; the others sign unattended.
    return {
        role: signing.load_key(folder / f"{role}.pem", passphrase if role == "targets" else None)
        for role in roles
    }


def _address(content: Path, county: str) -> str:
    """Where the public finds the county's pages, as site.toml says it; empty where it does not."""
    settings = site_of(content)
    if settings is None:
        return ""
    portals = [
        one.address for one in settings.targets if one.address and (not one.units or county in one.units)
    ]
    base = settings.base_url or next(iter(portals), None)
    return f"{base}{county}/" if base else ""


def _checked(address: str) -> str:
    """The address as given, with its last slash; it becomes a code to scan on every screen."""
    if address and not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", address):
        raise UsageError(
            Text(zh=f"“{address}”不是网址。", en=f"{address!r} is no address."),
            Text(
                zh="请写县网页的完整网址，如 https://www.example.gov.cn/qingdan/230202/。",
                en="Give the whole address of the county's pages: https://www.example.gov.cn/qingdan/230202/.",
            ),
        )
    return f"{address.rstrip('/')}/" if address else ""


@kiosk_app.command("pack")
def pack_command(
    repo: RepoOption,
    keys: KeysOption,
    county: Annotated[str, typer.Option("--county", help="六位县级代码 · six-digit county code")],
    site: Annotated[Path, typer.Option("--site", help="建好的网站 · the built site")] = Path("site"),
    content: ContentOption = Path("content"),
    address: Annotated[
        str | None, typer.Option("--address", help="县网页的公开网址 · public address of its pages")
    ] = None,
    number: Annotated[
        int | None, typer.Option("--number", help="跳到这个期数 · jump to this release number")
    ] = None,
    days: _DaysOfTimestamp = 14,
    passphrase: PassphraseOption = False,
    lang: LangOption = Lang.zh,
) -> None:
    """把一个县的网页做成签名的更新 · make a signed update of a county's pages."""
    from generator.kiosk import repository

    folder = site / county
    if not (folder / "index.html").is_file():
        raise UsageError(
            Text(zh=f"{folder} 中没有建成的网页。", en=f"{folder} holds no built pages."),
            Text(
                zh="请先运行 qingdan build；建在别处的，请加 --site 文件夹。",
                en="Run qingdan build first, or give --site FOLDER if it was built elsewhere.",
            ),
        )
    address = _address(content, county) if address is None else _checked(address)
    moment = now()
    packed = repository.pack(
        repo,
        folder,
        county,
        _keys(keys, ("targets", "snapshot", "timestamp"), asked_passphrase(passphrase)),
        now=moment,
        date=moment.astimezone(CHINA).date().isoformat(),
        address=address,
        number=number,
        lifetimes=_lifetimes(days),
    )
    said = f"{packed.files} 个文件、{packed.size / 1e6:.1f} MB"
    say(
        lang,
        Text(
            zh=f"第 {packed.number} 期已打包：{said}，一体机需下载约 {packed.fetched / 1e3:.0f} KB。",
            en=f"Release {packed.number}: {packed.files} files, {packed.size / 1e6:.1f} MB; "
            f"a kiosk fetches about {packed.fetched / 1e3:.0f} KB.",
        )
        if packed.new
        else Text(
            zh=f"内容与第 {packed.number} 期相同，只续签。",
            en=f"The content is that of release {packed.number}; only its signatures were renewed.",
        ),
    )


@kiosk_app.command("refresh")
def refresh_command(
    repo: RepoOption, keys: KeysOption, days: _DaysOfTimestamp = 14, lang: LangOption = Lang.zh
) -> None:
    """续签：告诉一体机内容仍是最新的 · renew the signatures: the content is still the newest."""
    from generator.kiosk import repository

    number = repository.refresh(
        repo, _keys(keys, ("snapshot", "timestamp")), now=now(), lifetimes=_lifetimes(days)
    )
    say(
        lang,
        Text(
            zh=f"第 {number} 期已续签，有效 {days} 天。",
            en=f"Release {number} is signed for {days} more days.",
        ),
    )


def _lasting(source: str) -> str:
    """A folder by its whole path: the timer pulls from elsewhere than the installer stood."""
    return source if "://" in source else str(Path(source).resolve())


@kiosk_app.command("setup")
def setup_command(
    state: StateOption,
    root: Annotated[Path, typer.Option("--root", help="根元数据 root.json · the root to trust")],
    county: Annotated[str, typer.Option("--county", help="六位县级代码 · six-digit county code")],
    township: Annotated[str, typer.Option("--township", help="九位乡镇（街道）代码 · nine-digit code")],
    sources: Annotated[
        list[str] | None,
        typer.Option("--from", help="更新网址或文件夹（可重复）· address or folder (may repeat)"),
    ] = None,
    pages: Annotated[str, typer.Option("--pages", help="首页的语言 · language of the home page")] = "zh",
    elder: Annotated[bool, typer.Option("--elder", help="默认长者模式 · start in elder mode")] = False,
    printing: Annotated[bool, typer.Option("--printing", help="接有打印机 · a printer is attached")] = False,
    idle: Annotated[
        int, typer.Option("--idle", min=10, max=3600, help="无人操作几秒后回首页 · seconds")
    ] = 60,
    lang: LangOption = Lang.zh,
) -> None:
    """设置一台一体机 · set up a kiosk."""
    from generator.kiosk import ceremony
    from generator.kiosk.state import KioskSettings, set_up

    must_exist([root])
    body = root.read_bytes()
    settings = KioskSettings(
        county=county,
        township=township,
        sources=tuple(_lasting(source) for source in sources or ()),
        lang=pages,
        elder=elder,
        printing=printing,
        idle_seconds=idle,
    )
    set_up(state, settings, body)
    fingerprint = ceremony.facts(body).fingerprint
    say(
        lang,
        Text(
            zh=f"已设置 {state}。请核对 root.json 的 SHA-256 与密钥保管人纸上的一致：\n{fingerprint}\n"
            f"一致的，请运行 kiosk pull --state {state}；不一致的，请删去 {state}，找密钥保管人。",
            en=f"{state} is set up. Compare the SHA-256 of root.json with the key keepers' paper:\n{fingerprint}\n"
            f"If it is the same, run kiosk pull --state {state}; if not, remove {state} and ask the key keepers.",
        ),
    )


@kiosk_app.command("pull")
def pull_command(
    state: StateOption,
    sources: Annotated[
        list[str] | None,
        typer.Option("--from", help="更新网址或 U 盘文件夹 · address or folder (may repeat)"),
    ] = None,
    deadline: Annotated[
        int,
        typer.Option(
            "--deadline", min=10, help="所有来源合计最多用多少秒 · seconds at most, all sources together"
        ),
    ] = 7200,
    least_rate: Annotated[
        int, typer.Option("--least-rate", min=0, help="一分钟平均每秒至少多少字节 · bytes a second at least")
    ] = 1000,
    lang: LangOption = Lang.zh,
) -> None:
    """取更新：全部验证无误才换上 · fetch an update and show it once all of it is proven."""
    from generator.kiosk import pull
    from generator.kiosk.fetch import Limits
    from generator.kiosk.refusal import Refusal

    try:
        pulled = pull.pull(
            state, now=now(), sources=tuple(sources or ()), limits=Limits(total=deadline, rate=least_rate)
        )
    except Refusal as refusal:
        if refusal.code != "expired":
            raise
        complain(refusal, lang)
        raise typer.Exit(EXIT_STALE) from refusal
    say(
        lang,
        Text(zh=f"已换上第 {pulled.number} 期。", en=f"Release {pulled.number} is on the screen.")
        if pulled.new
        else Text(zh=f"第 {pulled.number} 期仍是最新。", en=f"Release {pulled.number} is still the newest."),
    )


@kiosk_app.command("serve")
def serve_command(
    state: StateOption,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="端口 · port")] = 8080,
    lang: LangOption = Lang.zh,
) -> None:
    """给本机的浏览器提供内容，别的机器连不上 · show the content to this machine's browser, and to no other machine."""
    import threading

    from generator.kiosk.serving import serving
    from generator.kiosk.state import load_settings

    with serving(state / "current", home=load_settings(state).home, port=port) as url:
        say(lang, Text(zh=f"浏览器打开 {url}", en=f"Open {url}"))
        threading.Event().wait()


@kiosk_app.command("status")
def status_command(
    state: StateOption,
    as_json: Annotated[bool, typer.Option("--json", help="供监控程序读取 · for programs")] = False,
    full: Annotated[bool, typer.Option("--full", help="核对每个文件 · look at every file")] = False,
    lang: LangOption = Lang.zh,
) -> None:
    """这台机器显示的是什么、是否最新、是否完好 · what this machine shows, how old it is, whether it is whole."""
    from generator.kiosk.status import status

    found = status(state, now=now(), full=full)
    if as_json:
        print_report(json.dumps(found.fields, ensure_ascii=False, indent=1) + "\n", exact=True)
    else:
        say(lang, _said(found.fields))
    if found.exit_code != EXIT_FINE:
        raise typer.Exit(found.exit_code)


SETTINGS_SCRIPT = "assets/settings.js"
"""Written by each kiosk for itself, from kiosk.toml."""

_PROBLEMS = {
    "empty": Text(zh="还没有内容，请运行 kiosk pull。", en="There is no content yet: run kiosk pull."),
    "damaged": Text(
        zh="有文件与签名不符，请运行 kiosk pull 修复。",
        en="Files are not as signed: run kiosk pull to mend them.",
    ),
    "settings": Text(
        zh="本机设置改过，还没有生效：请运行 kiosk pull。",
        en="The settings of this machine were changed and are not in use yet: run kiosk pull.",
    ),
    "floor": Text(
        zh="两份版本下限都丢了，请检查磁盘，再运行 kiosk pull。",
        en="Both copies of the version floor are gone: check the disk, then run kiosk pull.",
    ),
    "stale": Text(
        zh="内容已超过有效期，仍在显示。", en="The content is older than its time allows and is still shown."
    ),
}


def _said(fields: dict[str, Any]) -> Text:
    """Return the status in a few lines."""
    problem = fields["problem"]
    if problem == "damaged" and fields["verified"]["wrong"] == [SETTINGS_SCRIPT]:
        problem = "settings"
    refused = Text(zh=f"上次更新被拒绝（{problem}）。", en=f"The last update was refused ({problem}).")
    word = Text(zh="一切正常。", en="All is well.") if problem is None else _PROBLEMS.get(problem, refused)
    lines = [word]
    if "date" in fields:
        number, day, age, until = (fields[name] for name in ("release", "date", "age_days", "fresh_until"))
        lines.insert(
            0,
            Text(
                zh=f"第 {number} 期，{day} 发布，已 {age} 天，有效期至 {_in_china(until)}。",
                en=f"Release {number} of {day}, {age} day(s) old, good until {_in_china(until)} (China).",
            ),
        )
    if fields["clock_behind"]:
        lines.append(Text(zh="本机时钟慢了，请校准。", en="This machine's clock is behind: set it."))
    last = fields["last_update"]
    if last:
        at, error = _in_china(last.get("at")), last.get("error")
        lines.append(
            Text(
                zh=f"上次取更新：{at}，{f'未成功（{error}）' if error else '成功'}。",
                en=f"Last update: {at} (China), {f'not taken ({error})' if error else 'fine'}.",
            )
        )
    return Text(zh="\n".join(line.zh for line in lines), en="\n".join(line.en for line in lines))


def _in_china(moment: object) -> str:
    try:
        return f"{datetime.fromisoformat(str(moment)).astimezone(CHINA):%Y-%m-%d %H:%M}"
    except ValueError:
        return "—"  # a note that the disk damaged
