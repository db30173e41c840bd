"""The command line as its users meet it: what it prints, and the code it ends with."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from generator.durable import locked
from generator.model.kinds import LIST_KINDS
from tests.golden_site import GOLDEN, ROOT, golden_content

FIRST = "2022-06-20-first-list"
SECOND = "2024-07-20-adjusted-list"


def qingdan(*arguments: str | Path, code: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own; `code` runs before it."""
    program = f"{code}\nfrom generator.__main__ import main\nmain()" if code else None
    start = ["-c", program] if program else ["-m", "generator"]
    return subprocess.run(
        [sys.executable, *start, *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
        env={**os.environ, "PYTHONUTF8": "1"},
    )


def test_a_missing_package_is_named_with_what_to_run(tmp_path: Path) -> None:
    """Delivery's packages are optional: without one the command says how to install it, by its hashes."""
    code = "import sys\nsys.modules['tuf'] = None"
    run = qingdan("kiosk", "pull", "--state", tmp_path, "--lang", "en", code=code)
    assert run.returncode == 2
    assert run.stderr.startswith("This needs a package that is not installed: tuf.")
    lock = run.stderr.split()[-1]
    assert Path(lock) == ROOT / "requirements-delivery.lock"
    assert re.search(r"^tuf==", Path(lock).read_text(encoding="utf-8"), re.M)
    assert f"{sys.executable} -m pip install --require-hashes -r " in run.stderr


def test_a_missing_part_of_the_program_is_a_fault_of_ours(tmp_path: Path) -> None:
    """No index has our own rooms: nobody is sent there for one."""
    code = "import sys\nsys.modules['generator.kiosk.pull'] = None"
    run = qingdan("kiosk", "pull", "--state", tmp_path, code=code)
    assert run.returncode == 70
    report = re.search(r"\S+\.txt", run.stderr)
    assert report
    Path(report[0]).unlink()


def left_alone(*words: str, output: str = "stdout", code: str = "") -> tuple[int, str]:
    """Run it while nobody reads one of its outputs; return its exit code and what it said on the other."""
    reading, writing = os.pipe()
    os.close(reading)
    program = f"{code}\nfrom generator.__main__ import main\nmain()"
    with os.fdopen(writing, "wb") as unread:
        run = subprocess.run(
            [sys.executable, "-c", program, *words],
            check=False,
            cwd=ROOT,
            env={**os.environ, "PYTHONUTF8": "1"},
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, output: unread},  # type: ignore[call-overload]
        )
    return run.returncode, ((run.stderr if output == "stdout" else run.stdout) or b"").decode()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot tell")
@pytest.mark.parametrize("words", [("rules",), ("--help",), ("check", "--help")])
def test_a_reader_that_left_is_no_success(words: tuple[str, ...]) -> None:
    """`| head` that has enough ends the run with a code of its own: neither fine, nor a fault of the document."""
    assert left_alone(*words) == (141, "")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot tell")
def test_a_fault_that_nobody_reads_keeps_its_code() -> None:
    """A wrong option or a missing file stays that, whoever listens."""
    assert left_alone("check", "missing.xlsx", output="stderr") == (2, "")
    assert left_alone("check", "--no-such-option", output="stderr") == (2, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_an_output_without_room_is_told() -> None:
    """A report that goes to a full disk is not taken for written."""
    with Path("/dev/full").open("wb") as full:
        run = subprocess.run(
            [sys.executable, "-m", "generator", "rules"],
            check=False,
            stdout=full,
            stderr=subprocess.PIPE,
            cwd=ROOT,
        )
    assert run.returncode == 9
    assert "磁盘已满" in run.stderr.decode()


def test_any_other_broken_pipe_is_no_silent_end(tmp_path: Path) -> None:
    """A pipe of our own that breaks, while our output is read, is a fault of ours; it was a silent 1."""
    code = (
        "from generator import build\n"
        "def breaking(*a):\n"
        "    raise BrokenPipeError(32, 'Broken pipe')\n"
        "build.trace = breaking"
    )
    run = qingdan("trace", "basic-0001", "--content", tmp_path, code=code)
    assert run.returncode == 70
    report = re.search(r"\S+\.txt", run.stderr)
    assert report
    Path(report[0]).unlink()


def unrecorded(tmp_path: Path) -> Path:
    """The golden content before anything was accepted."""
    content = golden_content(tmp_path)
    shutil.rmtree(content / "register")
    return content


def filing(content: Path, name: str) -> Path:
    """The folder of a golden filing."""
    return content / "counties" / "230125" / "filings" / name


def broken_workbook(path: Path) -> Path:
    """A workbook with a list in which one name is missing (B4) and a serial stands twice (A5)."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "基本履职事项"
    for row in (
        ("宾州镇基本履职事项清单",),
        ("序号", "事项名称"),
        ("1", "加强党的建设"),
        ("2", None),
        ("2", "推进乡村振兴"),
    ):
        sheet.append(row)
    book.save(path)
    return path


def test_a_clean_document_ends_with_0() -> None:
    """Nothing wrong: one line that says so, exit code 0."""
    run = qingdan(
        "check",
        *filing(GOLDEN / "content", FIRST).glob("*.xlsx"),
        "--content",
        GOLDEN / "content",
        "--county",
        "230125",
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert "错误 0 处" in run.stdout


def test_a_faulty_document_ends_with_1(tmp_path: Path) -> None:
    """All faults at once, each at its cell, in the language asked for."""
    path = broken_workbook(tmp_path / "宾州镇.xlsx")
    chinese, english = (
        qingdan("check", path, "--content", GOLDEN / "content", "--lang", lang) for lang in ("zh", "en")
    )
    assert (chinese.returncode, english.returncode) == (1, 1)
    for run in (chinese, english):
        assert "B4" in run.stdout
        assert "A5" in run.stdout
        assert "SERIAL-DUPLICATE" in run.stdout
        assert "Traceback" not in run.stdout + run.stderr
    assert "事项名称" in chinese.stdout
    assert "宾州镇.xlsx" in english.stdout


def test_json_keeps_its_contract(tmp_path: Path) -> None:
    """The object of `--format json` has exactly the promised fields."""
    run = qingdan(
        "check",
        broken_workbook(tmp_path / "宾州镇.xlsx"),
        "--format",
        "json",
        "--content",
        GOLDEN / "content",
    )
    body: dict[str, Any] = json.loads(run.stdout)
    assert set(body) == {"documents", "checklists", "findings", "summary"}
    assert set(body["documents"][0]) == {"file", "sha256", "sheets"}
    assert set(body["summary"]) == {"errors", "confirms", "warnings", "items"}
    for finding in body["findings"]:
        assert set(finding) == {"rule", "severity", "file", "sheet", "cell", "found", "problem", "fix"}
        assert set(finding["problem"]) == set(finding["fix"]) == {"zh", "en"}
    clean = qingdan(
        "check",
        *filing(GOLDEN / "content", FIRST).glob("*.xlsx"),
        "--format",
        "json",
        "--content",
        GOLDEN / "content",
        "--county",
        "230125",
    )
    for checklist in json.loads(clean.stdout)["checklists"]:
        assert set(checklist) == {"kind", "county", "townships", "items"}
        assert (checklist["county"], checklist["townships"]) == ("230125", ["230125100"])
        for item in checklist["items"]:
            assert set(item) == {
                "number",
                "category",
                "name",
                "basis",
                "departments",
                "township_duty",
                "method",
                "where",
            }
            assert set(item["where"]) == {"file", "sheet", "cell"}


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["check"], id="no-file"),
        pytest.param(["check", "no-such-file.xlsx"], id="file-that-is-not-there"),
        pytest.param(["build", "--jobs", "many"], id="not-a-number"),
        pytest.param(["frobnicate"], id="no-such-command"),
        pytest.param(
            ["build", "--content", str(GOLDEN / "content"), "--only", "999999", "--out", "nowhere"],
            id="unknown-county",
        ),
        pytest.param(["trace", "supporting-9999", "--content", str(GOLDEN / "content")], id="unknown-item"),
    ],
)
def test_wrong_usage_ends_with_2(arguments: list[str]) -> None:
    """A command that cannot be meant says how it is used."""
    run = qingdan(*arguments)
    assert run.returncode == 2
    assert run.stderr
    assert "Traceback" not in run.stderr


def test_invalid_content_ends_with_3(tmp_path: Path) -> None:
    """A setting that is no setting is named with its file and key."""
    content = golden_content(tmp_path)
    county = content / "counties" / "230125" / "county.toml"
    county.write_text(county.read_text(encoding="utf-8") + '\nfax = "1"\n', encoding="utf-8")
    run = qingdan("build", "--content", content, "--out", tmp_path / "site")
    assert run.returncode == 3
    assert "county.toml" in run.stderr
    assert "fax" in run.stderr
    assert not (tmp_path / "site").exists()


def test_a_held_lock_ends_with_5(tmp_path: Path) -> None:
    """Two builds of one folder: the second says that another one runs."""
    content = golden_content(tmp_path)
    with locked(tmp_path / ".site.lock"):
        run = qingdan("build", "--content", content, "--out", tmp_path / "site")
    assert run.returncode == 5
    assert "另一个" in run.stderr


def test_a_fault_of_ours_ends_with_70() -> None:
    """Whatever we overlooked is no traceback on a clerk's screen, but a report for the makers."""
    code = "import generator.build\ndef broken(*a, **k): raise RuntimeError('overlooked')\ngenerator.build.check = broken"
    run = qingdan("check", GOLDEN / "content" / "site.toml", code=code)
    assert run.returncode == 70
    assert "Traceback" not in run.stderr
    report = Path(run.stderr.split("请把 ", 1)[1].split(" 发给", 1)[0])
    assert "overlooked" in report.read_text(encoding="utf-8")
    report.unlink()


def test_accepting_says_what_changed_and_changes_nothing_the_second_time(tmp_path: Path) -> None:
    """The first filing is new, the second is compared with it, and accepting either again changes no byte."""
    content = unrecorded(tmp_path)
    first = qingdan("accept", filing(content, FIRST), "--content", content, "--lang", "en")
    second = qingdan("accept", filing(content, SECOND), "--content", content, "--lang", "en")
    assert (first.returncode, second.returncode) == (0, 0)
    for sentence in ("Recorded", "new 1", "removed 1", "renumbered 1", "changed 1", "certain"):
        assert sentence in second.stdout
    recorded = {path.name: path.read_bytes() for path in (content / "register" / "230125").iterdir()}
    golden = {path.name: path.read_bytes() for path in (GOLDEN / "content" / "register" / "230125").iterdir()}
    assert golden == recorded
    again = qingdan("accept", filing(content, FIRST), filing(content, SECOND), "--content", content)
    assert again.returncode == 0
    assert recorded == {path.name: path.read_bytes() for path in (content / "register" / "230125").iterdir()}


def test_a_faulty_filing_is_not_recorded(tmp_path: Path) -> None:
    """One error in one document: exit code 1, and the register stays as it was."""
    content = unrecorded(tmp_path)
    broken_workbook(filing(content, FIRST) / "宾州镇履职事项清单.xlsx")
    run = qingdan("accept", filing(content, FIRST), "--content", content)
    assert run.returncode == 1
    assert "B4" in run.stdout
    assert not (content / "register" / "230125").exists()


def test_register_verify_proves_the_register(tmp_path: Path) -> None:
    """Every original is read again; a register that says otherwise ends with 7."""
    content = golden_content(tmp_path)
    assert qingdan("register", "verify", "--content", content).returncode == 0
    path = content / "register" / "230125" / "supporting.json"
    before = path.read_bytes()
    path.write_bytes(before.replace("组织巡堤查险".encode(), "组织巡堤".encode()))
    assert qingdan("register", "verify", "--content", content).returncode == 3  # its own check sum tells
    filings = path.with_name("filings.json")
    old, new = (hashlib.sha256(body).hexdigest() for body in (before, path.read_bytes()))
    filings.write_text(filings.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    run = qingdan("register", "verify", "--content", content)
    assert run.returncode == 7
    assert "supporting-0002" in run.stdout


def test_trace_names_document_cell_and_digest() -> None:
    """An item, and a page's address, lead to the cell they were filed in."""
    for asked in ("supporting-0001", "230125/zh/230125100/supporting-0001.html"):
        run = qingdan("trace", asked, "--content", GOLDEN / "content")
        assert run.returncode == 0
        for fact in ("宾州镇履职事项清单.xlsx", "配合履职事项", "B3", "示例〔2022〕1号"):
            assert fact in run.stdout
        assert any(len(word.strip("。；，:：")) >= 64 for word in run.stdout.split())


@pytest.mark.parametrize("kind", sorted(LIST_KINDS))
def test_a_template_is_accepted_once_filled_in(tmp_path: Path, kind: str) -> None:
    """Whoever fills in our own workbook gets no complaint about its form."""
    out = tmp_path / "模板.xlsx"
    assert qingdan("template", "--kind", kind, "--out", out, "--content", GOLDEN / "content").returncode == 0
    book = openpyxl.load_workbook(out)
    sheet = book.worksheets[0]
    header = next(row for row in sheet.iter_rows() if row[0].value == "序号")
    texts = {
        "序号": "1",
        "类别": "乡村振兴",
        "事项名称": "农村人居环境整治",
        "项目名称": "农村人居环境整治",
        "部门职责": "制定方案，组织验收。",
        "配合职责": "组织发动群众，做好日常保洁。",
        "工作方式": "由县级部门组织实施。",
        "部门": "县农业农村局",
    }
    for cell in header:
        label = str(cell.value)
        text = next((text for word, text in texts.items() if word in label), None)
        if text is None and "职责" in label:
            text = "组织实施辖区内日常工作。"
        if text is not None:
            sheet[cell.coordinate[:1] + str((cell.row or 0) + 1)] = text
    book.save(out)
    run = qingdan("check", out, "--content", GOLDEN / "content", "--format", "json")
    body = json.loads(run.stdout)
    assert [
        f for f in body["findings"] if f["severity"] == "error" and not f["rule"].startswith("TOWNSHIP")
    ] == []
    assert body["summary"]["items"] == 1


def test_a_template_never_overwrites(tmp_path: Path) -> None:
    """A file that is there already is somebody's work."""
    out = tmp_path / "模板.xlsx"
    out.write_bytes(b"mine")
    assert qingdan("template", "--kind", "basic", "--out", out).returncode == 2
    assert out.read_bytes() == b"mine"


def test_init_starts_a_real_county(tmp_path: Path) -> None:
    """A new content folder holds no sample, and builds."""
    run = qingdan("init", tmp_path / "new", "--county", "230123")
    assert run.returncode == 0
    content = tmp_path / "new" / "content"
    assert sorted(path.name for path in (content / "counties").iterdir()) == ["230123"]
    built = qingdan(
        "build", "--content", content, "--out", tmp_path / "site", "--as-of", date(2026, 1, 1).isoformat()
    )
    assert (built.returncode, "Traceback" in built.stderr) == (0, False)
    text = (tmp_path / "site" / "230123" / "zh" / "index.html").read_text(encoding="utf-8")
    assert "依兰县" in text
    assert "示例数据" not in text


def test_plain_output_when_nobody_watches(tmp_path: Path) -> None:
    """Without a terminal there is no bar and no colour, only lines."""
    run = qingdan("build", "--content", golden_content(tmp_path), "--out", tmp_path / "site")
    assert run.returncode == 0
    assert "\x1b" not in run.stdout + run.stderr
    assert all(re.fullmatch(r"[0-9]+/[0-9]+ .+", line) for line in run.stderr.splitlines()), run.stderr
