"""What is handed to the person who installs a kiosk fits the program and the systems that read it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
KIOSK = ROOT / "deploy" / "kiosk"
UNITS = sorted((KIOSK / "systemd").iterdir())
GUIDE = (KIOSK / "README.md").read_text(encoding="utf-8")


def commands() -> list[tuple[str, str]]:
    """Every call of the program in a unit or in the guide, with its options."""
    texts = [*(path.read_text(encoding="utf-8") for path in UNITS), GUIDE.replace("\\\n", " ")]
    return [
        (found.group(1), found.group(2))
        for text in texts
        for found in re.finditer(r"python -m generator kiosk (\w+)([^\n`]*)", text)
    ]


@pytest.mark.parametrize("verb", sorted({verb for verb, _ in commands()}))
def test_the_program_knows_what_the_units_call(verb: str) -> None:
    """Every command and option that a unit or the guide uses exists."""
    run = subprocess.run(
        [sys.executable, "-m", "generator", "kiosk", verb, "--help"],
        cwd=ROOT, capture_output=True, text=True, env={"COLUMNS": "200", "PATH": "/usr/bin:/bin"}, check=True,
    )  # fmt: skip
    used = {
        option for called, rest in commands() if called == verb for option in re.findall(r"--[a-z-]+", rest)
    }
    assert used - set(re.findall(r"--[a-z-]+", run.stdout)) == set()


def test_every_unit_that_is_named_is_there() -> None:
    """The guide enables, and units and rules ask for, units that lie in the folder."""
    there = {path.name for path in UNITS}
    texts = [GUIDE, *(path.read_text(encoding="utf-8") for path in (*UNITS, *(KIOSK / "udev").iterdir()))]
    named = {name for text in texts for name in re.findall(r"qingdan-[a-z@%-]+\.(?:service|timer)", text)}
    assert {re.sub(r"@[^.]*", "@", name) for name in named} - there == set()
    assert len(there) == 5


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="not run: systemd-analyze is not installed")
@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_systemd_understands_the_units(unit: Path, tmp_path: Path) -> None:
    """systemd finds no unknown key or value; only the program's own path does not exist here."""
    place = tmp_path / unit.name.replace("@", "@sdb1")
    place.write_text(
        unit.read_text(encoding="utf-8").replace("/opt/qingdan/venv/bin/python", sys.executable),
        encoding="utf-8",
    )
    run = subprocess.run(["systemd-analyze", "verify", place], capture_output=True, text=True, check=False)
    said = [line for line in run.stderr.splitlines() if unit.name.split("@")[0] in line]
    assert [
        line for line in said if "Unknown" in line or "Failed to parse" in line or "Invalid" in line
    ] == []


def test_the_server_is_only_for_this_machine() -> None:
    """The unit of the server may reach nothing but the loopback address, and writes nowhere."""
    unit = (KIOSK / "systemd" / "qingdan-kiosk-serve.service").read_text(encoding="utf-8")
    for line in (
        "IPAddressDeny=any",
        "IPAddressAllow=localhost",
        "ProtectSystem=strict",
        "NoNewPrivileges=yes",
    ):
        assert f"\n{line}\n" in unit
    assert "ReadWritePaths" not in unit


def test_a_stick_is_mounted_for_reading_only() -> None:
    """Nothing on a stick is ever run, and only one labelled as ours is looked at."""
    unit = (KIOSK / "systemd" / "qingdan-kiosk-stick@.service").read_text(encoding="utf-8")
    assert "-o ro,nosuid,nodev,noexec " in unit
    rule = (KIOSK / "udev" / "99-qingdan-stick.rules").read_text(encoding="utf-8")
    assert 'ENV{ID_FS_LABEL}=="QINGDAN"' in rule


def test_the_browser_may_open_nothing_else() -> None:
    """Everything is blocked but the kiosk's own address, and there is no way to keep or fetch anything."""
    policy = json.loads((KIOSK / "chromium" / "qingdan.json").read_text(encoding="utf-8"))
    assert policy["URLBlocklist"] == ["*"]
    assert policy["URLAllowlist"] == ["http://127.0.0.1:8080"]
    assert (policy["DeveloperToolsAvailability"], policy["DownloadRestrictions"]) == (2, 3)
    port = re.search(
        r"--port (\d+)", (KIOSK / "systemd" / "qingdan-kiosk-serve.service").read_text(encoding="utf-8")
    )
    assert port
    assert policy["URLAllowlist"][0].endswith(":" + port.group(1))
    flags = (KIOSK / "chromium" / "flags").read_text(encoding="utf-8")
    for flag in ("--kiosk", "--incognito", "--disable-pinch"):
        assert flag in flags


@pytest.mark.skipif(not shutil.which("udevadm"), reason="not run: udevadm is not installed")
def test_udev_understands_the_rule() -> None:
    """The rule has no unknown key."""
    known = subprocess.run(["udevadm", "verify", "--help"], capture_output=True, text=True, check=False)
    if known.returncode != 0:
        pytest.skip("not run: this udevadm cannot verify rules")
    run = subprocess.run(
        ["udevadm", "verify", KIOSK / "udev" / "99-qingdan-stick.rules"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
