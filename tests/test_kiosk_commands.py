"""The commands of key keepers, webmasters and kiosks, as typed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from generator.cli import app
from generator.errors import (
    EXIT_FINE,
    EXIT_KIOSK_REFUSED,
    EXIT_STALE,
    KioskRefusedError,
    QingdanError,
    UsageError,
)
from generator.kiosk import repository
from tests.kiosk_repo import COUNTY, TOWNSHIP, Bench, write_site

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def _quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody cuts the power here."""
    monkeypatch.setattr("os.fsync", lambda _: None)


def run(*arguments: object) -> int:
    """Run a command as typed; gives the exit code."""
    try:
        return int(app([str(argument) for argument in arguments], standalone_mode=False) or EXIT_FINE)
    except QingdanError as error:
        return error.exit_code


def public(capsys: pytest.CaptureFixture[str], path: Path) -> str:
    """Make a key; gives its public half as printed."""
    capsys.readouterr()
    assert run("keys", "make", path) == EXIT_FINE
    return capsys.readouterr().out.strip().split("：")[-1]


def test_from_keys_to_the_screen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The page docs/keys.md and the installation guide, command by command."""
    keys = tmp_path / "keys"
    keys.mkdir()
    roots = [public(capsys, tmp_path / f"root-{number}.pem") for number in (1, 2, 3)]
    others = {role: public(capsys, keys / f"{role}.pem") for role in ("targets", "snapshot", "timestamp")}
    draft = tmp_path / "root-v1.json"
    named = [word for role, key in others.items() for word in (f"--{role}", key)]
    rooted = [word for key in roots for word in ("--root", key)]
    assert run("keys", "draft", draft, *rooted, *named) == EXIT_FINE
    assert "还差 2 个签名" in capsys.readouterr().out
    repo, site = tmp_path / "repo", tmp_path / "site"
    assert run("keys", "sign", draft, "--key", tmp_path / "root-1.pem") == EXIT_FINE
    assert run("keys", "install", draft, "--repo", repo) == EXIT_KIOSK_REFUSED
    assert run("keys", "sign", draft, "--key", tmp_path / "root-3.pem") == EXIT_FINE
    assert run("keys", "install", draft, "--repo", repo) == EXIT_FINE
    write_site(site / COUNTY, "as typed")
    pack = (
        "kiosk", "pack", "--repo", repo, "--keys", keys, "--county", COUNTY,
        "--site", site, "--content", tmp_path, "--address", "https://www.example.gov.cn/q/230125/",
    )  # fmt: skip
    assert run(*pack) == EXIT_FINE
    assert "第 1 期已打包" in capsys.readouterr().out
    assert run(*pack) == EXIT_FINE
    assert "只续签" in capsys.readouterr().out
    (keys / "targets.pem").rename(tmp_path / "targets.pem")
    assert run("kiosk", "refresh", "--repo", repo, "--keys", keys) == EXIT_FINE
    state = tmp_path / "state"
    assert (
        run("kiosk", "setup", "--state", state, "--root", draft, "--county", COUNTY, "--township", TOWNSHIP,
            "--from", repo, "--elder") == EXIT_FINE
    )  # fmt: skip
    assert run("keys", "show", draft) == EXIT_FINE
    said = capsys.readouterr().out
    fingerprint = said.strip().splitlines()[-1].split("：")[-1]
    assert len(fingerprint) == 64
    assert said.count(fingerprint) == 2
    assert run("kiosk", "status", "--state", state) == EXIT_KIOSK_REFUSED
    assert run("kiosk", "pull", "--state", state) == EXIT_FINE
    capsys.readouterr()
    assert run("kiosk", "status", "--state", state, "--json", "--full") == EXIT_FINE
    fields = json.loads(capsys.readouterr().out)
    assert (fields["release"], fields["problem"], fields["verified"]["how"]) == (1, None, "full")
    assert fields["last_update"]["error"] is None
    assert (
        b'"address": "https://www.example.gov.cn/q/230125/"'
        in (state / "current/assets/settings.js").read_bytes()
    )


def test_an_old_release_says_so_by_its_exit_code(tmp_path: Path) -> None:
    """Fifteen days after the last renewal: pull and status both end with 8, and a person is told in words."""
    bench = Bench(tmp_path / "bench")
    past = datetime.now(UTC) - timedelta(days=15)
    bench.pack("old", now=past)
    kiosk = bench.kiosk()
    from generator.kiosk.pull import pull

    pull(kiosk, now=past)
    assert run("kiosk", "pull", "--state", kiosk) == EXIT_STALE
    assert run("kiosk", "status", "--state", kiosk) == EXIT_STALE
    repository.refresh(bench.repo, bench.keys, now=datetime.now(UTC))
    assert run("kiosk", "pull", "--state", kiosk) == EXIT_FINE
    assert run("kiosk", "status", "--state", kiosk) == EXIT_FINE


def test_wrong_use_is_said(tmp_path: Path) -> None:
    """A state that was not set up, a repository without root, a key that is none, a county that is not built."""
    write_site(tmp_path / "site" / COUNTY)
    bench = Bench(tmp_path / "bench")
    for name in ("targets", "snapshot", "timestamp"):
        shutil.copy(bench.folder / f"{name}.pem", tmp_path / f"{name}.pem")
    for arguments in (
        ("kiosk", "pull", "--state", tmp_path / "nowhere"),
        ("kiosk", "status", "--state", tmp_path / "nowhere"),
        ("kiosk", "pack", "--repo", tmp_path / "empty", "--keys", tmp_path, "--county", COUNTY,
         "--site", tmp_path / "site", "--content", tmp_path),
        ("kiosk", "pack", "--repo", bench.repo, "--keys", tmp_path, "--county", "230202",
         "--site", tmp_path / "site", "--content", tmp_path),
        ("kiosk", "refresh", "--repo", bench.repo, "--keys", tmp_path),
        ("keys", "draft", tmp_path / "x.json", "--root", "ed25519:x"),
        ("keys", "show", tmp_path / "missing"),
        ("keys", "install", tmp_path / "targets.pem", "--repo", bench.repo),
    ):  # fmt: skip
        with pytest.raises(UsageError) as caught:
            app([str(argument) for argument in arguments], standalone_mode=False)
        assert caught.value.problem.zh
    assert not (tmp_path / "empty").exists()  # a mistyped folder is not made


def test_any_other_file_is_not_called_an_open_key(tmp_path: Path) -> None:
    """Somebody shows a file that everyone may read and that is no key: its rights are not what is wrong."""
    (tmp_path / "notes.txt").write_text("keys are in the safe", encoding="utf-8")
    (tmp_path / "notes.txt").chmod(0o644)
    with pytest.raises(UsageError) as caught:
        app(["keys", "show", str(tmp_path / "notes.txt")], standalone_mode=False)
    assert "不是可用的密钥" in caught.value.problem.zh


def test_four_updates_at_once(tmp_path: Path) -> None:
    """However many are started together, one runs, the others are told so, and the release is whole."""
    bench = Bench(tmp_path / "bench")
    bench.pack("one", now=datetime.now(UTC))
    kiosk = bench.kiosk()
    command = [sys.executable, "-m", "generator", "kiosk", "pull", "--state", str(kiosk)]
    runs = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(4)
    ]
    codes = [one.wait(120) for one in runs]
    assert set(codes) <= {0, 5}
    assert 0 in codes
    assert run("kiosk", "status", "--state", kiosk, "--full") == EXIT_FINE


@pytest.mark.full
def test_a_kiosk_needs_only_its_own_lock_file(tmp_path: Path) -> None:
    """In a fresh environment with deploy/kiosk/requirements.lock and nothing else, pull and status work."""
    environment = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    python = environment / ("Scripts" if os.name == "nt" else "bin") / "python"
    lock = ROOT / "deploy" / "kiosk" / "requirements.lock"
    installed = subprocess.run(
        [str(python), "-m", "pip", "install", "-q", "--require-hashes", "-r", str(lock)], check=False
    )
    if installed.returncode:
        pytest.skip("not run: the packages of the lock file cannot be fetched here")
    program = tmp_path / "program"
    shutil.copytree(ROOT / "generator", program / "generator", ignore=shutil.ignore_patterns("__pycache__"))
    bench = Bench(tmp_path / "bench")
    bench.pack("one", now=datetime.now(UTC))
    kiosk = bench.kiosk()
    for command in ("pull", "status"):
        ran = subprocess.run(
            [str(python), "-m", "generator", "kiosk", command, "--state", str(kiosk)],
            cwd=program,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == EXIT_FINE, ran.stderr


def test_a_refusal_is_told_in_both_languages(tmp_path: Path) -> None:
    """Whoever stands before the machine reads what happened, that the screen stays, and what to do."""
    bench = Bench(tmp_path / "bench")
    kiosk = bench.kiosk()
    with pytest.raises(KioskRefusedError) as caught:
        app(["kiosk", "pull", "--state", str(kiosk), "--from", str(tmp_path / "gone")], standalone_mode=False)
    assert caught.value.problem.zh.endswith("。")
    assert caught.value.problem.en.endswith(".")
    assert caught.value.fix is not None
