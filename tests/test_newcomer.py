"""A new clerk's first day: from `qingdan init` and the empty workbooks to a county's site, in the order of the README."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest

CODE, TOWN = "230126", "230126100"
HOME = Path("content") / "counties" / CODE
FILING = HOME / "filings" / "2022-06-20-first-list"

BASIC = [
    ("1", "党的建设", "负责党员教育管理", "《中国共产党章程》"),
    ("2", "平安法治", "开展矛盾纠纷排查、调处、化解", "《中华人民共和国人民调解法》"),
]
SUPPORTING = [
    (
        "1",
        "应急管理及消防",
        "森林草原防灭火",
        "《森林防火条例》",
        "县林业和草原局\n县应急管理局",
        "县林业和草原局：组织巡护，依法查处。\n县应急管理局：统筹指导，组织扑救。",
        "1.开展宣传。2.发现火情立即报告。",
    ),
]
RECLAIMED = [
    ("1", "城乡建设", "燃气使用安全检查", None, "县住房和城乡建设局", "按年度计划开展监督检查。"),
    ("2", "民生服务", "出具无犯罪记录证明", None, None, "取消，不再要求乡镇（街道）出具。"),
]


class Desk:
    """The clerk's folder and the command line."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *words: str, code: int = 0) -> str:
        """Run `qingdan` with these words, expect an exit code, and return what it says."""
        ran = subprocess.run(
            [sys.executable, "-m", "generator", *words],
            cwd=self.folder,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert ran.returncode == code, ran.stdout + ran.stderr
        return ran.stdout + ran.stderr

    def fill(self, file: str, rows: Sequence[Sequence[str | None]]) -> None:
        """Fill in an empty workbook the way a person would: the blanks of the title, and rows below the header."""
        book = openpyxl.load_workbook(self.folder / file)
        (page,) = book.worksheets
        page["A1"] = str(page["A1"].value).replace("＿＿＿＿乡（镇、街道）", "巴彦镇")
        page["A2"] = "填报单位：巴彦镇人民政府"
        header = next(row for row in range(1, 10) if page.cell(row, 1).value == "序号")
        for down, row in enumerate(rows, start=1):
            for across, text in enumerate(row, start=1):
                page.cell(header + down, across).value = text
        book.save(self.folder / file)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A new folder with a county's content, as `qingdan init` leaves it."""
    folder = tmp_path_factory.mktemp("newcomer") / "巴彦 县"
    Desk(folder.parent).run("init", str(folder), "--county", CODE)
    return Desk(folder)


def uncommented(text: str) -> str:
    """A pattern of settings with every offered line in use."""
    lines = [line.removeprefix("# ") for line in text.splitlines()]
    return "\n".join(line for line in lines if re.match(r"[a-z_]+ = |\[", line))


def test_init_says_what_comes_next(tmp_path: Path) -> None:
    """Every step is a command or a file that really is there, and English says the same."""
    chinese = Desk(tmp_path).run("init", "zh", "--county", CODE)
    english = Desk(tmp_path).run("init", "en", "--county", CODE, "--lang", "en")

    for said in (chinese, english):
        assert len(re.findall(r"^  \d\. ", said, flags=re.MULTILINE)) == 6
        assert re.findall(r"qingdan (\w+)", said) == ["template", "check", "accept", "build", "serve"]
        for file in re.findall(rf"content/counties/{CODE}/[a-z.]+toml", said):
            assert (tmp_path / "zh" / file).is_file()


def test_settings_can_be_filled_in_as_offered(desk: Desk) -> None:
    """Every line of county.toml and of the pattern for filing.toml is valid once its mark is taken off."""
    county = uncommented((desk.folder / HOME / "county.toml").read_text(encoding="utf-8"))
    filing = tomllib.loads(
        uncommented((desk.folder / HOME / "filing.example.toml").read_text(encoding="utf-8"))
    )

    assert tomllib.loads(county.replace("verified =", ""))["host"] == {"zh": "", "en": ""}
    assert set(filing) == {"title", "effective", "approval", "review", "record", "document"}
    assert [one["townships"] for one in filing["document"]] == [[TOWN], "all", "all", [TOWN]]
    base, differing = filing["document"][2:]
    assert base["base"] is True
    assert differing["differs"] == base["file"]


def test_from_empty_workbooks_to_a_site(desk: Desk) -> None:
    """Template, check, mend, file, accept, build: each step says what the next one needs, and the lists are public."""
    for kind, file in (("basic", "基本.xlsx"), ("supporting", "配合.xlsx"), ("reclaimed", "收回.xlsx")):
        assert "qingdan check" in desk.run("template", "--kind", kind, "--county", CODE, "--out", file)
    assert "请填写事项" in desk.run("check", "基本.xlsx", "--county", CODE, code=1)

    desk.fill("基本.xlsx", BASIC)
    desk.fill("收回.xlsx", RECLAIMED)
    desk.fill("配合.xlsx", [(*SUPPORTING[0][:4], None, *SUPPORTING[0][5:])])
    said = desk.run("check", "基本.xlsx", "配合.xlsx", "收回.xlsx", "--county", CODE, code=1)
    assert "配合履职事项 › E5 · 没有填写对应上级部门。 [错误 DEPARTMENT-MISSING]" in said
    assert "请填写牵头该事项的上级部门全称。" in said
    assert "错误 1 处，须确认 0 处，提示 0 处" in said

    desk.fill("配合.xlsx", SUPPORTING)
    said = desk.run("check", "基本.xlsx", "配合.xlsx", "收回.xlsx", "--county", CODE)
    assert said.splitlines() == ["共 3 张清单、5 项；错误 0 处，须确认 0 处，提示 0 处。"]

    filing = desk.folder / FILING
    filing.mkdir()
    for file in ("基本.xlsx", "配合.xlsx", "收回.xlsx"):
        (desk.folder / file).rename(filing / file)
    (filing / ".~配合.xlsx").write_bytes(b"")  # WPS has it open
    assert "可复制县文件夹中的 filing.example.toml" in desk.run("accept", str(FILING), code=3)

    pattern = uncommented((desk.folder / HOME / "filing.example.toml").read_text(encoding="utf-8"))
    head = pattern.partition("[[document]]")[0]
    (filing / "filing.toml").write_text(head, encoding="utf-8")
    said = desk.run("accept", str(FILING), code=3)
    assert "approval.authority" in said
    assert "filing.toml 没有提到这个文件。" in said

    head = head.replace('authority = ""', 'authority = "示例单位"').replace('document_number = ""\n', "")
    parts = [
        f'[[document]]\nfile = "{file}"\ntownships = ["{TOWN}"]\n'
        for file in ("基本.xlsx", "配合.xlsx", "收回.xlsx")
    ]
    (filing / "filing.toml").write_text(
        head + "\n" + "\n".join(parts), encoding="utf-8-sig"
    )  # as Notepad saves it
    said = desk.run("accept", str(FILING), "--as-of", "2022-07-01")
    assert "已登记：2022-06-20-first-list。" in said
    assert "清单自 2022-06-20 起生效；运行 qingdan build 后在网站上公布。" in said

    said = desk.run("build", "--as-of", "2022-07-01", "--jobs", "1")
    assert "5 行清单事项" in said
    page = (desk.folder / "site" / CODE / "zh" / TOWN / "supporting-0001.html").read_text(encoding="utf-8")
    assert "森林草原防灭火" in page
    assert "县林业和草原局" in page
    assert "noindex" not in page
    assert "示例数据" not in page


def test_a_filing_not_yet_in_force_is_said_to_wait(desk: Desk) -> None:
    """Recorded lists that no page shows yet are not a riddle: accept says what they wait for."""
    later = desk.folder / HOME / "filings" / "2023-01-01-second-list"
    first = desk.folder / FILING
    if not (first / "filing.toml").is_file():
        pytest.skip("the filing before was not recorded")
    later.mkdir()
    (later / "基本.xlsx").write_bytes((first / "基本.xlsx").read_bytes())
    (later / "filing.toml").write_text(
        f'title = "清单"\neffective = 2023-01-01\n[[document]]\nfile = "基本.xlsx"\ntownships = ["{TOWN}"]\n',
        encoding="utf-8",
    )
    said = desk.run("accept", str(later.relative_to(desk.folder)), "--as-of", "2022-07-01")

    assert "已登记：2023-01-01-second-list。" in said
    assert "尚未生效，网站暂不公布（qingdan build --preview 可以预览）。" in said
    assert "还差：县级审定（写明日期）、市（地）审核（写明日期）、施行日期 2023-01-01。" in said
