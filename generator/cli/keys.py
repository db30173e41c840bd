"""The commands of the key keepers: making keys, and the ceremony of the root of trust. docs/keys.md says who does what when."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from generator.cli.common import MACHINES, Lang, LangOption, app, must_exist, now, say
from generator.errors import UsageError
from generator.model.text import Text

if TYPE_CHECKING:
    from generator.kiosk.ceremony import RootFacts

keys_app = typer.Typer(help="发布和一体机的密钥 · keys of portals and kiosks", no_args_is_help=True)
app.add_typer(keys_app, name="keys", rich_help_panel=MACHINES)

PassphraseOption = Annotated[
    bool, typer.Option("--passphrase", help="密钥有口令，会提示输入 · ask for its passphrase")
]
_Publics = Annotated[list[str] | None, typer.Option(help="公钥 ed25519:…（可重复）· public key (may repeat)")]


def asked_passphrase(wanted: bool, *, new: bool = False) -> bytes | None:
    """Ask for a passphrase on the terminal, twice for a new key; None where none is wanted."""
    if not wanted:
        return None
    answer: str = typer.prompt("口令 · passphrase", hide_input=True, confirmation_prompt=new)
    return answer.encode()


@keys_app.command("make")
def make_command(
    file: Annotated[Path, typer.Argument(help="私钥文件，如 root-1.pem · the private key's file")],
    passphrase: PassphraseOption = False,
    lang: LangOption = Lang.zh,
) -> None:
    """生成一把密钥，显示公钥 · make a key and show its public half."""
    from generator import durable, signing

    public = signing.make_key(file, asked_passphrase(passphrase, new=True))
    durable.sync_folder(
        file.parent
    )  # kiosks are going to trust a key that must not be gone after a power cut
    say(
        lang,
        Text(
            zh=f"私钥已写入 {file}，请妥善保管，不要复制到网站或邮件。\n公钥：{public}",
            en=f"The private key is in {file}: keep it safe, off websites and mails.\nPublic key: {public}",
        ),
    )


@keys_app.command("show")
def show_command(
    file: Annotated[Path, typer.Argument(help="私钥文件或根元数据 · a private key or root metadata")],
    passphrase: PassphraseOption = False,
    lang: LangOption = Lang.zh,
) -> None:
    """显示私钥的公钥，或根元数据的内容和指纹 · show a key's public half, or what root metadata says and its fingerprint."""
    from generator import signing

    must_exist([file])
    body = file.read_bytes()
    if body.lstrip()[:1] == b"{":
        from generator.kiosk import ceremony

        _say_root(lang, ceremony.facts(body))
        return
    print(signing.public_half(signing.load_key(file, asked_passphrase(passphrase))))


def _say_root(lang: Lang, facts: RootFacts) -> None:
    missing = max(0, facts.threshold - len(facts.signed_by))
    lines_zh = [f"根元数据第 {facts.version} 版，有效期至 {facts.expires}，需要 {facts.threshold} 个签名"]
    lines_en = [f"Root version {facts.version}, until {facts.expires}, needs {facts.threshold} signatures"]
    for role, publics in facts.keys.items():
        for public in publics:
            signed = role == "root" and public in facts.signed_by
            lines_zh.append(f"  {role:<10}{public}{'  已签' if signed else ''}")
            lines_en.append(f"  {role:<10}{public}{'  signed' if signed else ''}")
    lines_zh.append(
        f"还差 {missing} 个签名：请根密钥保管人用 qingdan keys sign 签名。"
        if missing
        else f"签名已够。文件的 SHA-256：{facts.fingerprint}"
    )
    lines_en.append(
        f"{missing} signature(s) to go: the root keepers sign with qingdan keys sign."
        if missing
        else f"Enough signatures. SHA-256 of the file: {facts.fingerprint}"
    )
    say(lang, Text(zh="\n".join(lines_zh), en="\n".join(lines_en)))


@keys_app.command("draft")
def draft_command(
    file: Annotated[Path, typer.Argument(help="起草到这个文件 · where the draft goes")],
    root: _Publics = None,
    targets: _Publics = None,
    snapshot: _Publics = None,
    timestamp: _Publics = None,
    previous: Annotated[
        Path | None, typer.Option("--previous", help="在这一版上改 · the version it follows")
    ] = None,
    threshold: Annotated[
        int | None,
        typer.Option("--threshold", min=1, help="根密钥门限（默认沿用，首版为 2） · root signatures"),
    ] = None,
    lang: LangOption = Lang.zh,
) -> None:
    """用公钥起草根元数据；没提到的角色沿用上一版 · draft root metadata; roles not given keep their keys."""
    from generator import durable
    from generator.kiosk import ceremony

    must_exist([previous] if previous else [])
    if file.exists():
        raise UsageError(
            Text(zh=f"{file} 已存在，未改动。", en=f"{file} exists already and was left alone."),
            Text(zh="请换一个文件名。", en="Choose another name."),
        )
    publics = {
        "root": root or (),
        "targets": targets or (),
        "snapshot": snapshot or (),
        "timestamp": timestamp or (),
    }
    body = ceremony.draft_root(
        publics,
        previous=previous.read_bytes() if previous else None,
        now=now(),
        threshold=threshold,
    )
    durable.write_new(file, body)
    _say_root(lang, ceremony.facts(body))


@keys_app.command("sign")
def sign_command(
    file: Annotated[Path, typer.Argument(help="草案 · the draft")],
    key: Annotated[Path, typer.Option("--key", help="根私钥 · a private root key")],
    previous: Annotated[
        Path | None,
        typer.Option("--previous", help="旧密钥签名时：上一版 · for old keys: the version before"),
    ] = None,
    passphrase: PassphraseOption = False,
    lang: LangOption = Lang.zh,
) -> None:
    """给根元数据加一个签名 · add one signature to root metadata."""
    from generator import durable, signing
    from generator.kiosk import ceremony

    must_exist([file, *([previous] if previous else [])])
    private = signing.load_key(key, asked_passphrase(passphrase))
    body = ceremony.sign_root(
        file.read_bytes(), private, previous=previous.read_bytes() if previous else None
    )
    durable.replace_file(file, body)
    facts = ceremony.facts(body)
    _say_root(lang, facts)
    if signing.public_half(private) not in facts.keys["root"]:
        say(
            lang,
            Text(
                zh="这把密钥不在本版的根密钥中：只有更换根密钥时，旧密钥才这样签。",
                en="This key is none of this version's root keys: old ones sign like this when root keys are replaced.",
            ),
        )
    if len(facts.signed_by) >= facts.threshold:
        say(
            lang,
            Text(
                zh="下一步：qingdan keys install，放入更新库。",
                en="Next: qingdan keys install, into the repository.",
            ),
        )


@keys_app.command("install")
def install_command(
    file: Annotated[Path, typer.Argument(help="签好的根元数据 · signed root metadata")],
    repo: Annotated[Path, typer.Option("--repo", help="更新库 · the update repository")],
    lang: LangOption = Lang.zh,
) -> None:
    """新旧根密钥的签名都够时，放进更新库 · put it into the repository once old and new keys have signed."""
    from generator.kiosk import ceremony

    must_exist([file])
    facts = ceremony.install_root(repo, file.read_bytes(), now=now())
    _say_root(lang, facts)
    say(
        lang,
        Text(
            zh=f"已放入 {repo}。请接着运行 qingdan kiosk pack，用现在的密钥重新签名。",
            en=f"It is in {repo}. Now run qingdan kiosk pack, so that the keys of today sign.",
        ),
    )
