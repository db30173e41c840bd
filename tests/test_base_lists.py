"""A county's base list and what single townships say differs from it: read, checked, recorded and built."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from html import unescape
from pathlib import Path

import docx
import openpyxl
import pytest

from generator import build, register, settings
from generator.checks import check_filing
from generator.checks.examples import AS_OF, COUNTY, DIVISIONS, check_example, example_filing
from generator.checks.rule import BASIC_HEADER, Example, ExampleFiling, sheet
from generator.errors import ContentError
from generator.intake import read_document
from generator.model.findings import Checked, Checklist
from generator.model.places import DivisionCode
from tests import golden_site

Rows = Sequence[Sequence[str]]

BASE, OWN = "县级统一清单.xlsx", "东河镇差异.xlsx"
EAST, WEST, TOWN = (DivisionCode(f"990101{end}") for end in ("100", "200", "001"))
HEADER = ("序号", "事项名称", "对应上级部门", "上级部门职责", "乡镇（街道）配合职责")
COUNTY_ROWS: Rows = (
    ("{county}乡镇（街道）配合履职事项清单（共4项）",),
    HEADER,
    ("一、平安法治（2项）",),
    ("1", "森林草原防灭火", "县林业和草原局", "组织巡护。", "开展宣传。"),
    ("2", "防汛抗旱", "县水务局", "统一调度。", "组织转移。"),
    ("二、民生服务（2项）",),
    ("3", "校车安全管理", "县教育局", "审查资质。", "排查隐患。"),
    ("4", "农村自建房安全管理", "县住房和城乡建设局", "组织鉴定。", "日常巡查。"),
)
OWN_ROWS: Rows = (
    ("{town}配合履职事项清单（与县级统一清单的差异）",),
    (*HEADER, "适用情况"),
    ("2", "防汛抗旱", "县水务局", "统一调度。", "看守渡口，组织转移。", "适用"),
    ("3", "校车安全管理", "", "", "", "不适用"),
    ("5", "渡口安全管理", "县交通运输局", "检查渡船。", "劝阻超载。", ""),
)


def write(path: Path, rows: Rows, county: str = "示例县", town: str = "东河镇") -> Path:
    """Write a table as an office would; rows of one text stand over the whole width."""
    texts = [[text.format(county=county, town=town) for text in row] for row in rows]
    width = max(map(len, texts))
    if path.suffix == ".docx":
        document = docx.Document()
        document.add_paragraph(texts[0][0])
        table = document.add_table(rows=0, cols=width)
        for row in texts[1:]:
            cells = table.add_row().cells
            if len(row) == 1:
                cells[0].merge(cells[-1]).text = row[0]
            else:
                for cell, text in zip(cells, row, strict=True):
                    cell.text = text
        document.save(str(path))
        return path
    book = openpyxl.Workbook()
    grid = book.worksheets[0]
    for number, row in enumerate(texts, start=1):
        grid.append([text or None for text in row])
        if len(row) == 1:
            grid.merge_cells(start_row=number, end_row=number, start_column=1, end_column=width)
    book.save(path)
    return path


def check(folder: Path, own: Rows = OWN_ROWS, file: str = OWN, towns: Sequence[str] = (EAST,)) -> Checked:
    """Check the base list with one difference document."""
    paths = [write(folder / BASE, COUNTY_ROWS), write(folder / file, own)]
    return check_filing(
        [read_document(path) for path in paths],
        filing=example_filing(ExampleFiling(differs=BASE, townships=tuple(towns)), file),
        county=COUNTY,
        divisions=DIVISIONS,
        as_of=AS_OF,
    )


def faults(checked: Checked) -> list[tuple[str, str | None]]:
    """Everything but information, with its cell."""
    return [(f.rule, f.where.cell) for f in checked.findings if f.severity != "info"]


def of(checked: Checked, township: DivisionCode) -> Checklist:
    """The one list of a township."""
    (found,) = [one for one in checked.checklists if township in one.townships]
    return found


def places(checklist: Checklist) -> list[tuple[str, str, str, str | None]]:
    """Number, name, file and cell of each line."""
    return [(i.number, i.name, i.where.file, i.where.cell) for i in checklist.items]


@pytest.mark.parametrize("file", [OWN, "东河镇差异.docx"])
def test_differences_are_carried_out_and_every_line_keeps_its_cell(file: str, tmp_path: Path) -> None:
    """One line replaced in place, one taken out, one added last; each says in which document and cell it was filed."""
    checked = check(tmp_path, file=file)
    row = 3 if file == OWN else 2

    assert faults(checked) == []
    east = of(checked, EAST)
    assert places(east) == [
        ("1", "森林草原防灭火", BASE, "B4"),
        ("2", "防汛抗旱", file, f"B{row}"),
        ("4", "农村自建房安全管理", BASE, "B8"),
        ("5", "渡口安全管理", file, f"B{row + 2}"),
    ]
    assert [item.township_duty for item in east.items][1] == "看守渡口，组织转移。"
    assert [item.category for item in east.items] == ["平安法治", "平安法治", "民生服务", None]
    others = of(checked, WEST)
    assert others.townships == (TOWN, WEST)
    assert [place[:3] for place in places(others)] == [
        (str(n), row[1], BASE) for n, row in enumerate((r for r in COUNTY_ROWS[3:] if len(r) > 1), start=1)
    ]
    assert checked.item_count == 6


def test_a_category_row_takes_lines_out(tmp_path: Path) -> None:
    """Below 不适用事项 a line needs its name only, and its count is checked."""
    rows = (
        OWN_ROWS[0],
        HEADER,
        ("5", "渡口安全管理", "县交通运输局", "检查渡船。", "劝阻超载。"),
        ("不适用事项（2项）",),
        ("3", "校车安全管理", "", "", ""),
    )
    checked = check(tmp_path, rows)
    assert faults(checked) == [("COUNT-CATEGORY", "A4:E4")]
    names = [item.name for item in of(checked, EAST).items]
    assert names == ["森林草原防灭火", "防汛抗旱", "农村自建房安全管理", "渡口安全管理"]


def test_only_left_out_lines_need_no_further_columns(tmp_path: Path) -> None:
    """A list of nothing but names that do not apply is whole with 序号, 事项名称 and 是否适用."""
    rows = (OWN_ROWS[0], ("序号", "事项名称", "是否适用"), ("3", "校车安全管理", "否"))
    checked = check(tmp_path, rows, towns=(EAST, WEST))
    assert faults(checked) == []
    assert [item.number for item in of(checked, EAST).items] == ["1", "2", "4"]


def _line(number: str, name: str, mark: str = "") -> tuple[str, ...]:
    return (number, name, "县交通运输局", "检查渡船。", "劝阻超载。", mark)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param([_line("4", "渡口安全管理")], [("DIFFERENCE-NUMBER", "A3")], id="number-of-another"),
        pytest.param(
            [_line("4", "防汛抗旱")], [("DIFFERENCE-NUMBER", "A3")], id="changed-to-anothers-number"
        ),
        pytest.param(
            [_line("5", "渡口安全管理"), _line("5", "渡船检验")],
            [("DIFFERENCE-NUMBER", "A4")],
            id="two-new-ones",
        ),
        pytest.param(
            [_line("3", "校车安全管理", "删除"), _line("3", "渡口安全管理")], [], id="number-set-free"
        ),
        pytest.param([_line("3", "校车管理", "不适用")], [("DIFFERENCE-NOT-IN-BASE", "B3")], id="not-there"),
        pytest.param([_line("3", "校车安全管理", "暂缓")], [("DIFFERENCE-MARK", "F3")], id="unclear"),
        pytest.param(
            [_line("2", "防汛抗旱", "适用"), _line("2", "防汛抗旱", "不适用")],
            [("ITEM-TWICE", "B4")],
            id="changed-and-taken-out",
        ),
        pytest.param([_line("五之一", "渡口安全管理")], [("SERIAL-UNREADABLE", "A3")], id="no-number"),
        pytest.param([_line("9", "渡口安全管理")], [], id="numbers-need-not-run-on"),
        pytest.param(
            [("5", "渡口安全管理", "", "检查。", "劝阻。", "")], [("DEPARTMENT-MISSING", "C3")], id="gap"
        ),
    ],
)
def test_what_cannot_be_carried_out_is_told_at_its_cell(
    lines: Rows, expected: list[tuple[str, str]], tmp_path: Path
) -> None:
    """Nothing is guessed: numbers that clash, names that the base lacks, marks that say nothing."""
    checked = check(tmp_path, (*OWN_ROWS[:2], *lines))
    assert faults(checked) == expected
    assert {f.where.file for f in checked.findings if f.severity == "error"} <= {OWN}


def test_the_base_list_is_judged_by_itself(tmp_path: Path) -> None:
    """A gap in the base list is told once, at its own cell, however many townships differ."""
    broken = [list(row) for row in COUNTY_ROWS]
    broken[-1][0] = "6"
    paths = [write(tmp_path / BASE, broken), write(tmp_path / OWN, OWN_ROWS)]
    filing = example_filing(ExampleFiling(differs=BASE), OWN)
    documents = [read_document(path) for path in paths]
    checked = check_filing(documents, filing=filing, county=COUNTY, divisions=DIVISIONS, as_of=AS_OF)
    assert [(f.rule, f.where.file, f.where.cell) for f in checked.findings if f.severity != "info"] == [
        ("SERIAL-GAP", BASE, "A8")
    ]


def test_without_the_filings_word_the_column_is_unknown(tmp_path: Path) -> None:
    """适用情况 means something only where filing.toml says that the document differs from a base."""
    path = write(tmp_path / OWN, OWN_ROWS)
    filing = example_filing(ExampleFiling(), OWN)
    checked = check_filing(
        [read_document(path)], filing=filing, county=COUNTY, divisions=DIVISIONS, as_of=AS_OF
    )
    assert "COL-UNKNOWN" in {f.rule for f in checked.findings}


@pytest.mark.parametrize(
    ("mark", "expected"), [("不适用", []), ("适用", [("CONTRADICTION", "收回", "B3")])], ids=["gone", "kept"]
)
def test_lists_are_held_against_each_other_as_they_hold(mark: str, expected: list[object]) -> None:
    """What a township's differences take out of its core duties may stand in what was taken back from it."""
    gone = ("序号", "事项名称", "承接部门", "工作方式")
    base = (
        sheet(
            "示例县乡镇（街道）基本履职事项清单",
            BASIC_HEADER,
            ("1", "党员教育管理"),
            ("2", "校车安全审查"),
            name="基本",
        ),
        sheet(
            "示例县乡镇（街道）上级部门收回事项清单",
            gone,
            ("1", "渡船检验", "县交通运输局", "检验。"),
            name="收回",
        ),
    )
    own = (
        sheet(
            "东河镇基本履职事项清单", (*BASIC_HEADER, "适用情况"), ("2", "校车安全审查", mark), name="基本"
        ),
        sheet("东河镇上级部门收回事项清单", gone, ("2", "校车安全审查", "县教育局", "审查。"), name="收回"),
    )
    checked = check_example(Example(sheets=own, base=base, filing=ExampleFiling(differs=BASE)))
    assert [
        (f.rule, f.where.sheet, f.where.cell)
        for f in checked.findings
        if f.severity not in ("info", "warning")
    ] == expected


# -------------------------------------------------------------------------- settings, register, pages

CODE = DivisionCode("230125")
FIRST, NEXT = "230125100", "230125201"


def _filing(content: Path, *, own: str = "", base: str = "base = true") -> Path:
    shutil.rmtree(content / "register", ignore_errors=True)
    shutil.rmtree(content / "counties" / "230125" / "filings", ignore_errors=True)
    folder = content / "counties" / "230125" / "filings" / "2022-06-20-base-list"
    folder.mkdir(parents=True)
    write(folder / BASE, COUNTY_ROWS, county="宾县")
    write(folder / "宾州镇差异.xlsx", OWN_ROWS, town="宾州镇")
    stages = "".join(
        f'[{stage}]\nauthority = "示例单位"\ndate = 2022-06-10\n' for stage in ("approval", "review")
    )
    (folder / "filing.toml").write_text(
        'title = "宾县清单（示例）"\neffective = 2022-06-20\nsample = true\n'
        + stages
        + f'[[document]]\nfile = "{BASE}"\ntownships = ["{FIRST}", "{NEXT}"]\n{base}\n'
        + '[[document]]\nfile = "宾州镇差异.xlsx"\n'
        + (own or f'townships = ["{FIRST}"]\ndiffers = "{BASE}"\n'),
        encoding="utf-8",
    )
    return folder


@pytest.mark.parametrize(
    ("own", "base", "told"),
    [
        pytest.param(
            'townships = ["230125100"]\ndiffers = "别的.xlsx"\n', "base = true", "别的.xlsx", id="no-file"
        ),
        pytest.param("", "", "写上 base = true", id="no-base"),
        pytest.param(
            f'townships = ["230125100"]\ndiffers = "{BASE}"\nbase = true\n',
            "base = true",
            "不能既是",
            id="both",
        ),
        pytest.param("", 'base = "yes"', "base", id="no-flag"),
    ],
)
def test_faults_of_the_two_keys_are_named(own: str, base: str, told: str, tmp_path: Path) -> None:
    """A base that is none, or one that differs itself; a flag that is no flag."""
    content = golden_site.golden_content(tmp_path)
    folder = _filing(content, own=own, base=base)
    site = settings.load_site(content)
    county = site.county("230125")
    assert county is not None
    with pytest.raises(ContentError) as error:
        settings.load_filing(folder, county, site)
    assert told in error.value.problem.zh


def test_a_difference_is_for_townships_of_its_base(tmp_path: Path) -> None:
    """A document that differs for a township which the base is not for is named with that township."""
    content = golden_site.golden_content(tmp_path)
    folder = _filing(content)
    path = folder / "filing.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(f'["{FIRST}", "{NEXT}"]', f'["{NEXT}"]'), encoding="utf-8")
    site = settings.load_site(content)
    county = site.county("230125")
    assert county is not None
    with pytest.raises(ContentError) as error:
        settings.load_filing(folder, county, site)
    assert "不适用于宾州镇" in error.value.problem.zh
    assert FIRST in error.value.problem.en


def _text(page: Path) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page.read_text(encoding="utf-8"))))


def test_recorded_traced_and_published(tmp_path: Path) -> None:
    """Each township's page has its own list; the register traces every line to the document it was filed in."""
    content = golden_site.golden_content(tmp_path)
    folder = _filing(content)
    checked, _, recorded = build.accept(content, folder, as_of=golden_site.AS_OF)
    assert [f for f in checked.findings if f.severity in ("error", "confirm")] == []
    assert recorded
    loaded = register.load(content, CODE)
    assert [(one.base, one.differs) for one in loaded.filings[0].filing.documents] == [
        (True, None),
        (False, BASE),
    ]
    assert build.verify_register(content, lambda _what, _done, _total: None, as_of=golden_site.AS_OF) == ()
    _, proposal, _ = build.accept(content, folder, as_of=golden_site.AS_OF)
    assert proposal is not None
    assert proposal.verdict == "already"

    item = next(i for i in loaded.items if any(s.name == "防汛抗旱" for s in i.states))
    traces = register.find_traces([loaded], item.id)
    assert [(t.township, t.where.file, t.where.cell) for t in traces] == [
        (FIRST, "宾州镇差异.xlsx", "B3"),
        (NEXT, BASE, "B5"),
    ]
    golden_site.build_golden(content, tmp_path / "site")
    own, other = (tmp_path / "site" / "230125" / "zh" / code for code in (FIRST, NEXT))
    assert "看守渡口，组织转移。" in _text(own / f"{item.id}.html")
    assert "看守渡口" not in _text(other / f"{item.id}.html")
    assert any("渡口安全管理" in _text(page) for page in own.glob("category-supporting-*.html"))
    names = {state.name: one.id for one in loaded.items for state in one.states}
    assert not (own / f"{names['校车安全管理']}.html").exists()
    assert (other / f"{names['校车安全管理']}.html").exists()
    assert not (other / f"{names['渡口安全管理']}.html").exists()
