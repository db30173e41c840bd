"""The older public formats, by the headers of published lists, and the headings that a county says are its own."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import replace
from html import unescape
from pathlib import Path

import docx
import openpyxl
import pytest
from playwright.sync_api import Browser

from generator import build, register, settings
from generator.checks import check_filing
from generator.checks.examples import AS_OF, COUNTY, DIVISIONS, example_filing
from generator.checks.report import as_json
from generator.checks.rule import ExampleFiling
from generator.errors import ContentError
from generator.intake import read_document
from generator.model.findings import Checked, FiledItem
from generator.model.kinds import LIST_KINDS, Field
from generator.model.places import DivisionCode
from tests import golden_site

Rows = Sequence[Sequence[str]]

HEADERS = {
    "powers": ("序号", "权力类型", "项目编码", "项目名称", "子项", "实施依据", "责任事项", "追责情形"),
    "delegated": ("序号", "事项名称", "权力类型", "赋权部门", "赋权方式", "实施依据"),
    "territorial": ("序号", "事项名称", "牵头部门", "协同部门", "乡镇（街道）责任"),
    "services": ("序号", "事项名称", "事项类别", "办理主体", "行使依据", "期限", "监督渠道"),
}
LAW = "《中华人民共和国人口与计划生育法》"
ROWS: dict[str, Rows] = {
    "powers": (
        ("1", "行政确认", "", "独生子女父母光荣证管理", "核发", LAW, "1.受理。2.审查。", "不予受理的。"),
        ("2", "行政确认", "示例-2", "独生子女父母光荣证管理", "注销", LAW, "1.受理。2.送达。", ""),
        (
            "3",
            "行政处罚",
            "",
            "对未经批准建住宅的处罚",
            "",
            "《村庄和集镇规划建设管理条例》",
            "立案、调查。",
            "",
        ),
    ),
    "delegated": (
        ("1", "临时占用绿化用地审批", "行政许可", "县住房和城乡建设局", "下放", "《城市绿化条例》"),
        ("2", "设置户外广告审批", "行政许可", "县住房和城乡建设局", "委托", "《城市市容和环境卫生管理条例》"),
    ),
    "territorial": (
        ("1", "森林草原防灭火", "县林业和草原局", "县应急管理局\n县公安局", "开展宣传，发现火情立即报告。"),
        ("2", "农村自建房安全管理", "县住房和城乡建设局", "", "日常巡查，上报隐患。"),
    ),
    "services": (
        (
            "1",
            "未成年人安全知识宣传教育",
            "公共服务",
            "东河镇人民政府",
            "《中华人民共和国未成年人保护法》",
            "即时办理",
            "电话：0000-0000000",
        ),
        (
            "2",
            "防汛抗旱知识普及",
            "公共服务",
            "东河镇人民政府",
            "《中华人民共和国防洪法》",
            "",
            "电话：0000-0000000",
        ),
    ),
}
TITLES = {
    "powers": "{place}权责清单",
    "delegated": "{place}赋权事项清单",
    "territorial": "{place}“属地管理”事项责任清单",
    "services": "{place}公共服务事项目录",
}


def write(path: Path, rows: Rows) -> Path:
    """Write a table as an office would: workbook, Word table under its title, or CSV."""
    width = max(len(row) for row in rows)
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        sheet = book.worksheets[0]
        for row in rows:
            sheet.append([text or None for text in row])
        book.save(path)
    elif path.suffix == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as stream:
            csv.writer(stream).writerows([*row, *[""] * (width - len(row))] for row in rows)
    else:
        document = docx.Document()
        for row in rows:
            if len(row) == 1:
                document.add_paragraph(row[0])
        table = document.add_table(rows=0, cols=width)
        for row in rows:
            if len(row) > 1:
                cells = table.add_row().cells
                for cell, text in zip(cells, row, strict=True):
                    cell.text = text
        document.save(str(path))
    return path


def filed(kind: str, path: Path, place: str = "东河镇", rows: Rows | None = None) -> Path:
    """Write the list of a kind with its real header."""
    title = TITLES[kind].format(place=place)
    return write(path, ((title,), HEADERS[kind], *(rows or ROWS[kind])))


def check(path: Path, columns: dict[str, Field] | None = None) -> Checked:
    """Check a document as filed for one township of a county that may have columns of its own."""
    return check_filing(
        [read_document(path)],
        filing=example_filing(ExampleFiling(), path.name),
        county=replace(COUNTY, columns=columns or {}),
        divisions=DIVISIONS,
        as_of=AS_OF,
    )


def said(item: FiledItem) -> list[str]:
    """Every text of an item, lines joined."""
    texts = [item.number, item.category, item.basis, item.township_duty, *(text for _, text in item.more)]
    texts += [department.name for department in item.departments or ()]
    return [text for text in texts if text]


@pytest.mark.parametrize("suffix", [".xlsx", ".docx", ".csv"])
@pytest.mark.parametrize("kind", HEADERS)
def test_each_format_is_read_with_its_real_header(kind: str, suffix: str, tmp_path: Path) -> None:
    """Every cell of the published form becomes a field, and nothing is complained of."""
    checked = check(filed(kind, tmp_path / f"东河镇{suffix}"))

    assert [f for f in checked.findings if f.severity != "info"] == []
    (checklist,) = checked.checklists
    assert (checklist.kind, len(checklist.items)) == (kind, len(ROWS[kind]))
    names = HEADERS[kind].index("项目名称" if kind == "powers" else "事项名称")
    for item, row in zip(checklist.items, ROWS[kind], strict=True):
        assert item.name.startswith(row[names])
        assert [
            text for position, text in enumerate(row) if text and position != names and text not in said(item)
        ] == [text for text in row if "\n" in text and dict(item.more).get("partners") != text]


def test_what_each_column_means(tmp_path: Path) -> None:
    """A blank 项目编码 is no field; 子项 tells the lines of one 项目 apart; 协同部门 leads nothing."""
    powers = check(filed("powers", tmp_path / "东河镇.xlsx")).checklists[0].items
    assert [item.name for item in powers] == [
        "独生子女父母光荣证管理 · 核发",
        "独生子女父母光荣证管理 · 注销",
        "对未经批准建住宅的处罚",
    ]
    assert powers[0].more == (("subitem", "核发"), ("liability", "不予受理的。"))
    assert powers[1].more == (("code", "示例-2"), ("subitem", "注销"))
    assert (powers[2].more, powers[2].township_duty) == ((), "立案、调查。")
    assert powers[0].cells["liability"] == "H3"

    (first, second) = check(filed("territorial", tmp_path / "属地.xlsx")).checklists[0].items
    assert [department.name for department in first.departments or ()] == ["县林业和草原局"]
    assert (first.more, second.more) == ((("partners", "县应急管理局\n县公安局"),), ())


@pytest.mark.parametrize("kind", HEADERS)
def test_columns_of_its_own_say_the_kind_where_no_title_does(kind: str, tmp_path: Path) -> None:
    """Without a title each of the four is known by a column that only it has; the three lists are not taken for one."""
    checked = check(write(tmp_path / "东河镇.xlsx", (HEADERS[kind], *ROWS[kind])))
    assert [checklist.kind for checklist in checked.checklists] == [kind]

    three = ("序号", "事项名称", "对应上级部门", "上级部门职责", "镇配合职责")
    line = ("1", "森林草原防灭火", "县林业和草原局", "组织巡护。", "开展宣传。")
    checked = check(write(tmp_path / "东河镇二.xlsx", (three, line)))
    assert [checklist.kind for checklist in checked.checklists] == ["supporting"]


def test_a_title_wins_and_taking_back_is_not_delegating(tmp_path: Path) -> None:
    """赋权事项收回清单 is a list of what was taken back."""
    rows = (
        ("东河镇赋权事项收回清单",),
        ("序号", "事项名称", "承接部门", "工作方式"),
        ("1", "校车安全审查", "县教育局", "按计划审查。"),
    )
    checked = check(write(tmp_path / "东河镇.xlsx", rows))
    assert [checklist.kind for checklist in checked.checklists] == ["reclaimed"]


def test_an_older_format_goes_beside_either_model(tmp_path: Path) -> None:
    """A workbook with 权责清单 beside 职责任务清单 is no mixture of models."""
    book = openpyxl.load_workbook(filed("powers", tmp_path / "东河镇.xlsx"))
    book.worksheets[0].title = "权责清单"
    for title, number in (("职责任务清单", 0), ("公共服务事项", 2)):
        sheet = book.create_sheet(title, number)
        if number:
            for row in (HEADERS["services"], *ROWS["services"]):
                sheet.append(list(row))
        else:
            sheet.append(["序号", "事项名称", "乡镇职责"])
            sheet.append(["1", "森林草原防灭火", "开展宣传。"])
    book.save(tmp_path / "东河镇.xlsx")
    checked = check(tmp_path / "东河镇.xlsx")
    assert [f.rule for f in checked.findings if f.severity == "error"] == []
    assert [checklist.kind for checklist in checked.checklists] == ["task", "powers", "services"]


def test_json_tells_what_the_columns_say(tmp_path: Path) -> None:
    """`more` names every such column of the kind, null where it is blank; the columns keep the order of the form."""
    body = json.loads(json.dumps(as_json(check(filed("services", tmp_path / "东河镇.xlsx")))))
    items = body["checklists"][0]["items"]
    assert items[1]["more"] == {"agency": "东河镇人民政府", "deadline": None, "channel": "电话：0000-0000000"}
    assert items[1]["method"] is None


# ------------------------------------------------------------------------------ a county's own headings


OWN = ("序号", "权力类型", "事项表述", "办事依据文件", "镇级任务")
OWN_LINE = ("1", "行政确认", "生育服务登记", LAW, "受理、登记。")
OWN_NEXT = ("2", "行政确认", "流动人口登记", LAW, "受理。")
OWN_COLUMNS: dict[str, Field] = {"事项表述": "name", "办事依据文件": "basis", " 镇级 任务": "township_duty"}


def test_a_county_says_what_its_headings_mean(tmp_path: Path) -> None:
    """With the mapping the list is read whole; without it the header is not found, and the line to add is proposed."""
    path = write(tmp_path / "东河镇.xlsx", (("东河镇权责清单",), OWN, OWN_LINE, OWN_NEXT))
    checked = check(path, OWN_COLUMNS)
    assert [f for f in checked.findings if f.severity != "info"] == []
    item = checked.checklists[0].items[0]
    assert (item.name, item.basis, item.township_duty) == OWN_LINE[2:]

    (finding,) = [f for f in check(path).findings if f.severity == "error"]
    assert finding.rule == "HEADER-MISSING"
    assert "columns.toml" in finding.fix.zh
    assert '"事项表述" = "name"' in finding.fix.zh
    assert '"事项表述" = "name"' in finding.fix.en


@pytest.mark.parametrize(
    ("heading", "values", "line"),
    [
        pytest.param(
            "事项办理依据", ["按规定办理。"], '"事项办理依据" = "basis"', id="ends-like-a-known-one"
        ),
        pytest.param(
            "追究责任情形", ["不予受理的。"], '"追究责任情形" = "liability"', id="much-like-a-known-one"
        ),
        pytest.param("参照", ["《甲法》", "《乙法》", "《丙条例》"], '"参照" = "basis"', id="laws"),
        pytest.param("归口", ["行政执法", "民政", "教育"], '"归口" = "category"', id="categories"),
        pytest.param("由谁办", ["镇党政办", "镇民政办", "镇农业站"], '"由谁办" = "agency"', id="offices"),
        pytest.param("内部意见", ["同意。", "再议。", "同意。"], None, id="nothing-suggests-it"),
        pytest.param("追责情形", ["不予受理的。"], None, id="a-known-one"),
    ],
)
def test_check_proposes_a_mapping(heading: str, values: list[str], line: str | None, tmp_path: Path) -> None:
    """By the heading's words, else by what stands under it; where neither says anything, nothing is proposed."""
    names = ("生育服务登记", "流动人口登记", "老年人优待证办理")
    rows = [(str(n), names[n - 1], value) for n, value in enumerate(values, start=1)]
    path = write(tmp_path / "东河镇.xlsx", (("东河镇权责清单",), ("序号", "项目名称", heading), *rows))
    found = [f for f in check(path).findings if f.rule == "COL-UNKNOWN"]

    proposals = [f.fix.zh.partition("写一行：")[2] for f in found]
    assert [p for p in proposals if p] == ([line] if line else [])
    assert len(found) == (heading != "追责情形")
    if line:
        own = dict([line.replace('"', "").split(" = ")])
        assert not [f for f in check(path, own).findings if f.rule == "COL-UNKNOWN"]  # type: ignore[arg-type]


def _content(folder: Path) -> Path:
    """The golden county without any list."""
    content = golden_site.golden_content(folder)
    shutil.rmtree(content / "register", ignore_errors=True)
    shutil.rmtree(content / "counties" / "230125" / "filings")
    return content


def test_columns_toml_is_read_and_its_faults_are_named(tmp_path: Path) -> None:
    """The file is a table of headings; a column that does not exist is told with those that do."""
    content = _content(tmp_path)
    path = content / "counties" / "230125" / "columns.toml"
    path.write_text('[columns]\n"责任单位" = "agency"\n"镇级任务" = "township_duty"\n', encoding="utf-8")
    county = settings.load_site(content).county("230125")
    assert county is not None
    assert county.columns == {"责任单位": "agency", "镇级任务": "township_duty"}

    path.write_text('[columns]\n"责任单位" = "who"\n"数" = 3\n\n[column]\n', encoding="utf-8")
    with pytest.raises(ContentError) as error:
        settings.load_site(content)
    told = str(error.value)
    assert all(part in told for part in ("columns.toml", "责任单位", "who", "agency", "数", "column"))


# ----------------------------------------------------------------------------- register, pages, data, search

FIRST, SECOND = "2022-06-20-older-lists", "2024-07-20-older-lists"
SUFFIXES = {"powers": ".xlsx", "delegated": ".csv", "territorial": ".docx", "services": ".xlsx"}
CODE = DivisionCode("230125")


def _file(content: Path, filing: str, effective: str, rows: dict[str, Rows]) -> Path:
    folder = content / "counties" / "230125" / "filings" / filing
    folder.mkdir(parents=True)
    lines = ['title = "宾州镇清单（示例）"', f"effective = {effective}", "sample = true"]
    for stage in ("approval", "review"):
        lines += ["", f"[{stage}]", 'authority = "示例单位"', f"date = {effective}"]
    for kind, texts in rows.items():
        name = f"宾州镇{LIST_KINDS[kind].zh}{SUFFIXES[kind]}"
        filed(kind, folder / name, "宾州镇", texts)
        lines += ["", "[[document]]", f'file = "{name}"', 'townships = ["230125100"]']
    (folder / "filing.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A county that filed the four formats, and services once more with another time limit: content, its site."""
    folder = tmp_path_factory.mktemp("older")
    content = _content(folder)
    first = _file(content, FIRST, "2022-06-20", dict(ROWS))
    changed = [list(row) for row in ROWS["services"]]
    changed[0][5] = "两个工作日"
    second = _file(content, SECOND, "2024-07-20", {"services": changed})
    for one in (first, second):
        checked, _, recorded = build.accept(content, one, as_of=golden_site.AS_OF)
        assert [f for f in checked.findings if f.severity in ("error", "confirm")] == []
        assert recorded
    golden_site.build_golden(content, folder / "site")
    return content, folder / "site" / "230125"


def _text(page: Path) -> str:
    """A page as read, on one line."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page.read_text(encoding="utf-8"))))


def test_the_register_keeps_the_columns(built: tuple[Path, Path]) -> None:
    """What was filed is there when it is loaded again; lines without such columns are written without the key."""
    content, _ = built
    loaded = register.load(content, CODE)
    states = {item.id: item.states[0] for item in loaded.items}
    assert states[next(i for i in states if i == "powers-0002")].more == (
        ("code", "示例-2"),
        ("subitem", "注销"),
    )
    assert build.verify_register(content, lambda _what, _done, _total: None, as_of=golden_site.AS_OF) == ()
    stored = (content / "register" / "230125" / "powers.json").read_text(encoding="utf-8")
    assert stored.count('"more"') == 2


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", HEADERS)
def test_pages_show_every_filed_text(built: tuple[Path, Path], kind: str, lang: str) -> None:
    """Each text of a line stands on its item's page in every language of the county."""
    _, site = built
    for number, row in enumerate(ROWS[kind], start=1):
        page = _text(site / lang / "230125100" / f"{kind}-{number:04d}.html")
        texts = [line for text in row for line in text.split("\n") if line and line != "即时办理"]
        assert [text for text in texts if text not in page] == []


def test_pages_say_who_answers(built: tuple[Path, Path]) -> None:
    """What was transferred is done in the township's own name, what was entrusted in the department's."""
    home = built[1] / "zh" / "230125100"
    assert "以自己的名义行使" in _text(home / "delegated-0001.html")
    assert "以委托部门的名义行使" in _text(home / "delegated-0002.html")
    assert "由本镇依法行使并承担责任" in _text(home / "powers-0001.html")
    assert "由本镇提供" in _text(home / "services-0001.html")
    assert "赋权部门" in _text(home / "delegated-0001.html")
    assert "其他内容 协同部门 县应急管理局" in _text(home / "territorial-0001.html")
    assert "其他内容" not in _text(home / "territorial-0002.html")


def test_a_changed_column_is_a_change(built: tuple[Path, Path]) -> None:
    """The page of changes says which column says something else now."""
    changes = _text(built[1] / "zh" / "230125100" / "changes.html")
    assert "期限" in changes
    assert "即时办理" in changes or "两个工作日" in re.sub(r"\s", "", changes)


def test_data_and_search_have_the_columns(built: tuple[Path, Path]) -> None:
    """Open data has a column for each, and the search finds their texts and says in which column they stand."""
    _, site = built
    with (site / "data" / "230125.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    channel = {row["channel"] for row in rows if row["kind_code"] == "services"}
    assert channel == {"电话：0000-0000000"}
    assert {row["delegation"] for row in rows if row["kind_code"] == "delegated"} == {"下放", "委托"}
    (script,) = (site / "search").glob("items-zh.*.js")
    body = json.loads(re.sub(r"^.*?searchData=|;\s*$", "", script.read_text(encoding="utf-8"), flags=re.S))
    partners = next(row for row in body["rows"] if row[0] == "territorial-0001")[11]
    assert (
        partners == [["partners", "县应急管理局\n县公安局", 0]] or partners[0][1] == "县应急管理局\n县公安局"
    )
    assert body["more"]["partners"] == "协同部门"
    assert all(len(row) == 11 for row in body["rows"] if row[0] == "territorial-0002")


@pytest.mark.browser
def test_the_search_shows_them(chromium: Browser, built: tuple[Path, Path]) -> None:
    """In the browser a partner department is found and told as such, and who delegated is not said to lead."""
    page = chromium.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto((built[1] / "zh" / "search.html").as_uri())
    page.fill("#qd-search input[type=search]", "县公安局")
    (found,) = page.locator(".qd-results__item").all_inner_texts()
    assert "森林草原防灭火" in found
    assert "协同部门" in found
    page.fill("#qd-search input[type=search]", "户外广告")
    (found,) = page.locator(".qd-results__item").all_inner_texts()
    assert "赋权部门：县住房和城乡建设局" in found
    assert "牵头" not in found
    page.close()
    assert faults == []
