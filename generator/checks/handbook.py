"""What the clerks' guide says before its rules: how a good list looks, and the way from an empty form to the register.

The lists shown and what the program prints of them are made by the checks themselves, so that they cannot differ from
what a clerk meets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from generator.checks.examples import check_example, read_range
from generator.checks.guide import GROUPS, MEANINGS
from generator.checks.marks import plan_report
from generator.checks.mended import MENDS
from generator.checks.report import SEVERITIES, as_lines
from generator.checks.rule import BASIC_TITLE, SUPPORTING_HEADER, SUPPORTING_TITLE, Example, Sheetful
from generator.checks.vocabulary import KINDS_IN_ENGLISH
from generator.model.documents import Range
from generator.model.guide import Grade, GuideChapter, GuideEntry, GuideStep, GuideTable, Handbook, RuleGroup
from generator.model.kinds import LIST_KINDS
from generator.model.text import ZH, Text

FILE: Final = "东河镇履职事项清单.xlsx"
_BASIC: Final = Sheetful(
    name="基本履职事项",
    rows=(
        (BASIC_TITLE, "", "", ""),
        ("序号", "类别", "事项名称", "依据"),
        ("1", "党的建设", "负责党员教育管理", "《中国共产党章程》"),
        ("2", "经济发展", "发展村级集体经济", ""),
        ("3", "平安法治", "开展矛盾纠纷排查化解", "《中华人民共和国人民调解法》"),
        ("备注：共3项。", "", "", ""),
    ),
    merges=("A1:D1", "A6:D6"),
)
_SUPPORTING: Final = Sheetful(
    name="配合履职事项",
    rows=(
        (SUPPORTING_TITLE, "", "", "", ""),
        SUPPORTING_HEADER,
        (
            "1",
            "森林草原防灭火",
            "县林业和草原局\n县应急管理局",
            "县林业和草原局：组织巡护，依法查处。\n县应急管理局：统筹指导，组织扑救。",
            "开展宣传，发现火情立即报告。",
        ),
    ),
    merges=("A1:E1",),
)
GOOD: Final = Example(file=FILE, sheets=(_BASIC, _SUPPORTING))
"""A workbook without a fault."""
FAULTY: Final = Example(
    file=FILE,
    sheets=(
        replace(
            _BASIC,
            rows=(
                *_BASIC.rows[:2],
                ("1", "党的建设", "负责党员教育管理", "《中国共产党章程"),
                ("2", "经济发展", "签订招商引资责任状", ""),
                ("4", "平安法治", "开展矛盾纠纷排查化解", "《中华人民共和国人民调解法》"),
                _BASIC.rows[5],
            ),
        ),
    ),
)
"""The same with two errors and a finding to confirm."""

_LEAD: Final = Text(
    zh="供县（市、区）和乡镇（街道）填报清单时使用：怎样填表、检查、改正和确认。检查一次列出全部问题，写明单元格和改法；每条规则本指南都有说明，常见问题配有改前改后的图示。例子中的地名、单位都是虚构的。",
    en="For those who fill in and file the lists of counties and townships: how to fill in a form, check it, mend it and confirm what is meant. A check prints every finding at once, with its cell and what to do; this guide explains each rule, and shows the frequent faults before and after. Places and offices in the examples are made up; cells are in Chinese, as lists are filed.",
)
_SAYS: Final[dict[RuleGroup, Text]] = {
    "file": Text(
        zh="文件本身的问题，多数用 Excel 或 WPS 打开原文件、另存为“Excel 工作簿（.xlsx）”就能解决。",
        en="About the file itself. Most of it is mended by opening the original in Excel or WPS and saving it as “Excel Workbook (.xlsx)”.",
    ),
    "table": Text(
        zh="标题、表头、行列、合并单元格，以及清单属于哪个乡镇（街道）、是哪一种。",
        en="Titles, headers, rows, columns and merged cells; which township a list is for, and of which kind it is.",
    ),
    "text": Text(
        zh="单元格的类型，看不见的字符，日期、网址、电话和个人信息。",
        en="Types of cells, characters nobody sees, dates, addresses, telephone numbers and personal data.",
    ),
    "list": Text(
        zh="序号、类别、名称、部门、职责、依据，以及“一票否决”“责任状”等须有依据的写法。",
        en="Serials, categories, names, departments, duties and bases; and what needs a basis, such as vetoes and letters of responsibility.",
    ),
    "register": Text(
        zh="登记时与以前的清单比对。单独检查一个文件时，不会出现这些问题。",
        en="When a filing is recorded it is compared with the lists before it. A check of a single file does not print these.",
    ),
}


def handbook(entries: Sequence[GuideEntry], lang: str) -> Handbook:
    """Return the whole guide in one language, `zh` or `en`, around the rules of `entries`."""
    frequent = list(MENDS)
    ordered = sorted(
        entries, key=lambda entry: (frequent.index(entry.id) if entry.frequent else len(frequent), entry.id)
    )
    return Handbook(
        lang=lang,
        lead=_LEAD.in_language(lang),
        steps=(
            _good(lang),
            _template(lang),
            _check(lang),
            _annotate(lang),
            _fix(lang),
            _confirm(lang),
            _accept(lang),
        ),
        grades=tuple(
            Grade(
                severity=severity, name=name.in_language(lang), meaning=MEANINGS[severity].in_language(lang)
            )
            for severity, name in SEVERITIES.items()
        ),
        chapters=tuple(
            GuideChapter(
                group=group,
                title=title.in_language(lang),
                says=_SAYS[group].in_language(lang),
                entries=tuple(entry for entry in ordered if entry.group == group),
            )
            for group, title in GROUPS.items()
        ),
    )


def _good(lang: str) -> GuideStep:
    return _step(
        "good",
        lang,
        ("一份好的清单", "How a good list looks"),
        (
            "一张工作表只放一张清单：先是标题，写明乡镇（街道）全称和清单种类；接着是表头；从下一行起一行一项。备注写在表后，以“备注：”开头。",
            "One list to a sheet: the title with the full name of the township and the kind of list, then the headers, then an item to each row. Notes stand below the table and begin with 备注：.",
        ),
        (
            "逐列填写文字：不合并事项行的单元格，不用公式，不隐藏行、列和工作表，内容不写在批注、文本框和图片里。",
            "Every column holds text: no merged cells in the rows of items, no formulas, nothing hidden, and nothing that matters in comments, text boxes or pictures.",
        ),
        (
            "几个部门配合的，“对应上级部门”里每行写一个部门；“上级部门职责”里每个部门另起一行，以“部门全称：”开头。",
            "Where there are several departments, each has a line of its own among the departments, and its duty begins a new line with its full name and a colon.",
        ),
        tables=tuple(map(_drawn, GOOD.sheets)),
    )


def _template(lang: str) -> GuideStep:
    kinds = "、".join(f"`{slug}` {kind.zh}" for slug, kind in LIST_KINDS.items())
    slugs = ", ".join(f"`{slug}` ({KINDS_IN_ENGLISH[slug]})" for slug in LIST_KINDS)
    return _step(
        "template",
        lang,
        ("取得空表", "Get an empty form"),
        (
            "空表已写好表头、下拉列表和填写提示，可直接填写。生成空表：",
            "The form has its headers, drop-down lists and hints. To write one:",
        ),
        commands=("qingdan template --kind basic --out 基本履职事项.xlsx",),
        after=(
            (
                f"`--kind` 写清单种类：{kinds}。已有自己的表格的，表头用同样的列名即可，不必另抄。",
                f"`--kind` takes the kind of list: {slugs}. An office with a table of its own need only use the same headers.",
            ),
        ),
    )


def _check(lang: str) -> GuideStep:
    return _step(
        "check",
        lang,
        ("检查", "Check it"),
        (
            "填好后先检查。文件只在本机读取，原文件不会改动。",
            "Check a list when it is filled in. It is read on your machine only and is not changed.",
        ),
        commands=(f"qingdan check {FILE}",) if lang == ZH else (f"qingdan check {FILE} --lang en",),
        lines=tuple(as_lines(check_example(FAULTY), lang)),
        after=(
            (
                "每个问题占两行：先是“工作表 › 单元格 · 问题”，方括号里是程度和规则编号；下一行是改法。按规则编号可在“按编号查”一页找到说明和例子，也可运行 `qingdan rules SERIAL-GAP`。",
                "Each finding has its sheet and cell, what is wrong, and in brackets how grave it is and the id of its rule; the next line says what to do. The page “Rules by id” leads from an id to its explanation, and so does `qingdan rules SERIAL-GAP --lang en`.",
            ),
        ),
    )


def _annotate(lang: str) -> GuideStep:
    plan = plan_report(check_example(FAULTY), lang)
    head = len(plan.lines) + 3
    width = len(plan.headings)
    blank = ("",) * (width - 1)
    top = ((plan.title, *blank), *((line, *blank) for line in plan.lines), ("", *blank))
    rows = (*top, plan.headings, *(row.texts for row in plan.rows))
    report = GuideTable(
        name=plan.sheet,
        rows=rows,
        lang=lang,
        merges=tuple(Range(top=row, left=1, bottom=row, right=width) for row in range(1, head - 1)),
    )
    cells = {
        Range(top=mark.row, left=mark.column, bottom=mark.row, right=mark.column): mark.severity
        for mark in plan.marks
    }
    to_confirm = tuple(cell for cell, severity in cells.items() if severity == "confirm")
    return _step(
        "annotate",
        lang,
        ("看标注副本", "Read the annotated copy"),
        (
            "问题多的，另存一份标注了问题的副本，对照着改：",
            "Where there is much to mend, write a copy with the findings marked in it:",
        ),
        commands=(
            f"qingdan check {FILE} --annotate " + ("标注.xlsx" if lang == ZH else "findings.xlsx --lang en"),
        ),
        tables=(report, replace(_drawn(FAULTY.sheets[0]), marked=tuple(cells), to_confirm=to_confirm)),
        after=(
            (
                "副本的第一张工作表列出全部问题，点“单元格”一列可跳到该处；有问题的单元格填了颜色，加了批注。请在原文件上修改，改好后再检查一次；副本不用于报备。Word、CSV 和 xls 文件不能在其中标注，写的是一份问题清单。",
                "Its first sheet lists every finding, and the column “Cell” leads to the cell; cells at fault are filled and carry a comment. Mend the original, not the copy, and check it again. For Word, CSV and xls the list of findings is written by itself.",
            ),
        ),
    )


def _fix(lang: str) -> GuideStep:
    return _step(
        "fix",
        lang,
        ("自动改掉小毛病", "Let small things be mended"),
        (
            "首尾空格、看不见的字符、全角序号等不影响意思的毛病，可以自动改好，另存新文件。每处改动前后都会列出，原文件不动。",
            "Outer blanks, invisible characters, full-width serials and other things that cannot change the meaning are mended in a new file. Each mend is shown before and after; the original stays as it is.",
        ),
        commands=(f"qingdan fix {FILE} --out " + ("改好.xlsx" if lang == ZH else "mended.xlsx --lang en"),),
    )


def _confirm(lang: str) -> GuideStep:
    reason = "此处填写依据的文件名称和条款" if lang == ZH else "the document and article that it rests on"
    return _step(
        "confirm",
        lang,
        ("怎样确认", "Confirm what is meant"),
        (
            "“须确认”的问题，确属应当如此的，由经办人在该次报送的 `filing.toml` 末尾加一段确认。`qingdan check` 会在问题下面印出这一段，复制后填上理由（`reason`）、姓名（`name`）和日期（`date`）即可：",
            "Where a finding “to confirm” is meant, the person in charge adds a confirmation at the end of that filing's `filing.toml`. `qingdan check` prints it under the finding; copy it and fill in `reason`, `name` and `date`:",
        ),
        lines=(
            "[[confirm]]",
            'rule = "PLEDGE-ITEM"',
            f'file = "{FILE}"',
            'sheet = "基本履职事项"',
            'cell = "C4"',
            f'reason = "{reason}"',
            'name = "张示例"',
            "date = 2022-06-18",
        ),
        after=(
            (
                "一段确认只对应一个单元格；单元格变了，须重新确认。确认的理由、姓名和日期记入登记册；“一票否决”和“责任状”的理由和日期还会随事项公布，姓名不公布。",
                "One confirmation is for one cell; when the cell changes it has to be confirmed again. Reason, name and date are kept in the register; for vetoes and letters of responsibility reason and date are also published with the item, the name is not.",
            ),
            (
                "只有 ITEM-RENAMED 用 `[[renamed]]` 回答，写明新名称是否原有事项，见该条规则。",
                "ITEM-RENAMED alone is answered by a `[[renamed]]`, which says whether the new name is an item of before; see that rule.",
            ),
        ),
    )


def _accept(lang: str) -> GuideStep:
    return _step(
        "accept",
        lang,
        ("登记", "Have it recorded"),
        (
            "错误改完、须确认的确认以后，连同写明标题、施行日期、审定情况和适用乡镇（街道）的 `filing.toml` 一起登记。登记时与上一版比对，列出新增、修改和移出的事项，请逐条核对。",
            "When errors are mended and the rest is confirmed, the filing is recorded, together with its `filing.toml`: title, day of effect, approvals, and for which townships it is. It is compared with the list before it; read what it says was added, changed and removed.",
        ),
        commands=("qingdan accept content/counties/230125/filings/2022-06-20-first-list",),
    )


Pair = tuple[str, str]


def _step(
    name: str,
    lang: str,
    title: Pair,
    *says: Pair,
    commands: tuple[str, ...] = (),
    lines: tuple[str, ...] = (),
    tables: tuple[GuideTable, ...] = (),
    after: tuple[Pair, ...] = (),
) -> GuideStep:
    def of(pair: Pair) -> str:
        return pair[0] if lang == ZH else pair[1]

    return GuideStep(
        name=name,
        title=of(title),
        says=tuple(map(of, says)),
        commands=commands,
        lines=lines,
        tables=tables,
        after=tuple(map(of, after)),
    )


def _drawn(sheet: Sheetful) -> GuideTable:
    return GuideTable(name=sheet.name, rows=sheet.rows, merges=tuple(map(read_range, sheet.merges)))
