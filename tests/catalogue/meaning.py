"""D01 to D40: what a list says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from generator import settings
from generator.checks.examples import AS_OF, DIVISIONS, example_filing
from generator.checks.rule import ExampleFiling
from generator.model.filings import Approval
from generator.model.places import Division, DivisionCode
from generator.register import propose
from generator.wording import glossary_misses, read_memory, translation_misses
from tests import register_filings as registered
from tests import test_settings
from tests.catalogue.desk import Desk, Looked, case, read_here
from tests.catalogue.files import filing_folder
from tests.catalogue.papers import (
    BASIC_HEADER,
    BASIC_TITLE,
    GONE,
    LEAD,
    ONE,
    RECLAIMED_HEADER,
    RECLAIMED_TITLE,
    THREE,
    TWO,
    Rows,
    basic,
    basic_rows,
    book,
    merged,
    one_name,
    reclaimed,
    reclaimed_rows,
    sheets,
    supporting,
    supporting_rows,
    with_basis,
)

CONTENT = Path(__file__).parents[2] / "content"
_PHONE = '[[contact]]\nrole = "county"\nphone = "{}"\noffice = {{ zh = "办" }}\n'


def _categories(first: str, second: str, number: str = "3") -> Rows:
    return ((BASIC_TITLE,), BASIC_HEADER, (first,), ONE, TWO, (second,), (number, THREE[1]))


def _in_categories(desk: Desk, rows: Rows) -> Looked:
    return desk.look(book(rows, after=merged("A3:B3", "A6:B6")))


@case("D01")
def _serial_twice(desk: Desk) -> None:
    desk.look(basic(ONE, ("1", TWO[1]))).has("SERIAL-DUPLICATE", "A4", says="A3")


@case("D02")
def _gap(desk: Desk) -> None:
    desk.look(basic(ONE, ("3", TWO[1]))).has("SERIAL-GAP", "A4", says=("从 1 跳到 3", "漏"))


@case("D03")
def _restarts(desk: Desk) -> None:
    _in_categories(desk, _categories("党的建设", "经济发展", "1")).fine(items=3)
    rows = (*_categories("党的建设", "经济发展", "3"), ("乡村振兴",), ("1", "推进人居环境整治"))
    looked = desk.look(book(rows, after=merged("A3:B3", "A6:B6", "A8:B8")))
    looked.has("SERIAL-RESTART", "A9")


@case("D04")
def _category_count(desk: Desk) -> None:
    looked = _in_categories(desk, _categories("一、党的建设（3项）", "二、经济发展（1项）"))
    looked.only("COUNT-CATEGORY").has("COUNT-CATEGORY", "A3:B3", says=("3 项", "2 项"))


@case("D05")
def _total(desk: Desk) -> None:
    looked = desk.look(basic(ONE, TWO, ("备注：共3项。",)))
    looked.only("COUNT-TOTAL").has("COUNT-TOTAL", "A5", says=("共 3 项", "2 项"))
    cover = sheets(("封面", (("东河镇履职事项清单",), ("共112项",))), ("清单", basic_rows()))
    desk.look(cover).has("COUNT-TOTAL", "A2", sheet="封面", says="112")


@case("D06")
def _same_item(desk: Desk) -> None:
    desk.look(basic(ONE, ("2", "负责 党员教育管理"))).has("ITEM-TWICE", "B4", says="B3")
    first = "负责城乡居民基本医疗保险和基本养老保险的参保宣传动员和信息登记工作"
    looked = desk.look(basic(("1", first), ("2", first.replace("动员和", "动员及"))))
    looked.only("ITEM-SIMILAR").has("ITEM-SIMILAR", "B4", says="B3")


@case("D07")
def _no_name(desk: Desk) -> None:
    desk.look(basic(ONE, ("2", ""))).has("NAME-MISSING", "B4")


@case("D08")
def _no_basis(desk: Desk) -> None:
    desk.look(book(((BASIC_TITLE,), (*BASIC_HEADER, "依据"), (*ONE, ""), (*TWO, "《示例办法》")))).fine(
        items=2
    )
    desk.look(basic()).fine(items=2)
    for title in ("东河镇权责清单", "东河镇赋权事项清单"):
        rows = ((title,), ("序号", "事项名称", "设定依据"), (*ONE, "《示例办法》"), (*TWO, ""))
        desk.look(book(rows)).only("BASIS-MISSING").has("BASIS-MISSING", "C4")


@case("D09")
def _vague_basis(desk: Desk) -> None:
    desk.look(with_basis("根据有关规定")).only("BASIS-VAGUE").has("BASIS-VAGUE", "C3")
    desk.look(with_basis("《中国共产党章程")).has("BASIS-BRACKETS", "C3", says="书名号")
    looked = desk.look(with_basis("《中华人民共和国森林法》第九百九十九条"))
    looked.only("BASIS-ARTICLE").has("BASIS-ARTICLE", "C3", says="999")
    desk.look(with_basis("《中华人民共和国民法典》第九百九十九条")).fine(items=1)
    desk.look(with_basis("《中华人民共和国民法典》第一千二百六十一条")).has("BASIS-ARTICLE", "C3")


@case("D10")
def _repealed(desk: Desk) -> None:
    content = with_basis("《婚姻法》第三条")
    for day, found in ((date(2020, 12, 31), False), (date(2021, 1, 1), True)):
        looked = desk.look(content, filing=ExampleFiling(effective=day, approved=None))
        assert ("BASIS-REPEALED" in looked.rules()) is found
    desk.look(content).only("BASIS-REPEALED").has("BASIS-REPEALED", "C3", says=("2021-01-01", "民法典"))


@case("D11")
def _veto(desk: Desk) -> None:
    for text in ("一票否决", "一 票 否 决", "１票否决", "一票否決", "⼀票否决"):
        desk.look(one_name(f"招商引资实行{text}")).has("VETO-ITEM", "B3", says="中央或省委")
    confirmed = ExampleFiling(confirmed=(("VETO-ITEM", "清单", "B3"),))
    looked = desk.look(one_name("招商引资实行一票否决"), filing=confirmed)
    assert "张示例" in next(f for f in looked.fine().checked.findings if f.rule == "VETO-ITEM").problem.zh


@case("D12")
def _pledge(desk: Desk) -> None:
    for text in ("签订安全生产责任状", "签订责任书", "签订責任狀"):
        desk.look(one_name(text)).has("PLEDGE-ITEM", "B3")


@case("D13")
def _catch_all(desk: Desk) -> None:
    for text in ("完成上级交办的其他任务", "落实属地管理责任"):
        desk.look(one_name(text)).only("CATCH-ALL").has("CATCH-ALL", "B3")
    desk.look(one_name("受理、办理群众来信来访和上级交办转送的信访事项")).fine(items=1)


@case("D14")
def _contradiction(desk: Desk) -> None:
    kept, gone = basic_rows(("1", GONE[1])), reclaimed_rows()
    desk.look(sheets(("甲", kept), ("乙", gone))).has("CONTRADICTION", "B3", sheet="乙", says="甲 B3")
    also = supporting_rows(("1", GONE[1], *LEAD[2:]))
    desk.look(sheets(("甲", also), ("乙", gone))).has("CONTRADICTION", "B3", sheet="乙", says="甲 B3")


@case("D15")
def _supporting_gaps(desk: Desk) -> None:
    desk.look(supporting((*LEAD[:2], "", *LEAD[3:]))).has("DEPARTMENT-MISSING", "C3")
    desk.look(supporting((*LEAD[:4], ""))).has("TOWNSHIP-DUTY-MISSING", "E3")


@case("D16")
def _inverted(desk: Desk) -> None:
    desk.look(supporting((*LEAD[:4], LEAD[3]))).has("DUTY-INVERTED", "E3")
    desk.look(supporting((*LEAD[:3], "", LEAD[4]))).has("DEPARTMENT-DUTY-MISSING", "D3")


@case("D17")
def _former_department(desk: Desk) -> None:
    looked = desk.look(supporting((*LEAD[:2], "县国土资源局", *LEAD[3:])))
    looked.only("DEPARTMENT-FORMER").has("DEPARTMENT-FORMER", "C3", says="自然资源局")
    # Nobody publishes a register of departments: an unusual name is not held against an office.
    desk.look(supporting((*LEAD[:2], "县黑土地保护中心", *LEAD[3:]))).fine(items=1)


@case("D18")
def _department_is_township(desk: Desk) -> None:
    for name in ("东河镇人民政府", "乡镇（街道）"):
        looked = desk.look(supporting((*LEAD[:2], name, *LEAD[3:])))
        looked.has("DEPARTMENT-IS-TOWNSHIP", "C3")


@case("D19")
def _reclaimed_gaps(desk: Desk) -> None:
    desk.look(reclaimed((*GONE[:2], "", GONE[3]))).has("RECEIVER-MISSING", "C3")
    desk.look(reclaimed((*GONE[:3], ""))).has("METHOD-MISSING", "D3")
    for method in ("取消。", "不再要求乡镇出具。"):
        desk.look(reclaimed((*GONE[:2], "", method))).fine(items=1)


@case("D20")
def _combined(desk: Desk) -> None:
    def look(text: str) -> Looked:
        header = ("序号", "事项名称", "承接部门及工作方式")
        return desk.look(book(((RECLAIMED_TITLE,), header, ("1", "校车安全审查", text))))

    for text in ("承接部门：县教育局。工作方式：按计划审查。", "工作方式：按计划审查。承接部门：县教育局。"):
        [item] = look(text).fine().checked.checklists[0].items
        assert [one.name for one in item.departments or ()] == ["县教育局"]
        assert item.method == "按计划审查。"
    look("县教育局按计划审查").has("COMBINED-UNSPLIT", "C3")


@case("D21")
def _dates_of_the_filing(desk: Desk) -> None:
    for day in (date(2099, 1, 1), date(1900, 1, 1), AS_OF.replace(year=AS_OF.year + 1, day=3)):
        looked = desk.look(basic(), filing=ExampleFiling(effective=day, approved=None))
        looked.has("DATE-RANGE", file="filing.toml", says=day.isoformat())
    early = ExampleFiling(effective=date(2022, 6, 20), approved=date(2022, 6, 21))
    desk.look(basic(), filing=early).has("DATE-ORDER", file="filing.toml", says=("2022-06-20", "2022-06-21"))


@case("D22")
def _older(desk: Desk) -> None:
    before = registered.grown(("2024-06-20", registered.checklist(["低保", "防汛"])))
    proposal = registered.proposed(before, "2023-06-20", registered.checklist(["低保", "防汛"]))
    desk.proposed(proposal, "VERSION-OLDER", "2024-06-20")
    assert proposal.verdict == "refused"


@case("D23")
def _revoked(desk: Desk) -> None:
    home = test_settings.content(desk.folder)
    (home / "counties" / "230702").mkdir()
    (home / "counties" / "230702" / "county.toml").write_text(test_settings.COUNTY, encoding="utf-8")
    desk.refused(lambda: settings.load_site(home), "230717", "伊春区")
    looked = desk.look(
        book(basic_rows(title="基本履职事项清单")), filing=ExampleFiling(townships=("990101300",))
    )
    looked.has("DIVISION-REVOKED", says=("990101300", "990101100", "东河镇"))


@case("D24")
def _homonym(desk: Desk) -> None:
    other = Division(
        code=DivisionCode("990200"),
        name="别市",
        english=None,
        level="prefecture",
        parent=DivisionCode("990000"),
    )
    twin = Division(
        code=DivisionCode("990202"),
        name="示例县",
        english=None,
        level="county",
        parent=DivisionCode("990200"),
    )
    desk.monkeypatch.setattr(
        "tests.catalogue.desk.DIVISIONS", {**DIVISIONS, other.code: other, twin.code: twin}
    )
    desk.look(book(basic_rows(title="别市示例县基本履职事项清单"))).has("SHEET-WRONG-UNIT", sheet="清单")
    for title in ("示例市示例县东河镇基本履职事项清单", "示例县东河镇基本履职事项清单"):
        desk.look(book(basic_rows(title=title))).fine(items=2)
    looked = desk.look(sheets(("西山乡", basic_rows())))
    looked.has("TOWNSHIP-CONFLICT", sheet="西山乡", says=("西山乡", "东河镇"))
    desk.look(book(basic_rows(title="基本履职事项清单")), filing=ExampleFiling(townships=("990199100",))).has(
        "DIVISION-UNKNOWN", says="990199100"
    )


@case("D25")
def _elsewhere(desk: Desk) -> None:
    looked = desk.look(book(basic_rows(title="南岭镇基本履职事项清单")))
    looked.has("TOWNSHIP-NOT-IN-COUNTY", sheet="清单", says=("南岭镇", "示例县"))
    home = test_settings.content(desk.folder)
    folder = filing_folder(home, test_settings.FILING.replace('"230125100"', '"230102001"'))
    site = settings.load_site(home)
    desk.refused(lambda: settings.load_filing(folder, site.counties[0], site), "230102001")


@case("D26")
def _pseudo_units(desk: Desk) -> None:
    desk.look(book(basic_rows(title="红星农场基本履职事项清单"))).has(
        "TOWNSHIP-PSEUDO", sheet="清单", says="红星农场"
    )
    home = test_settings.content(desk.folder)
    text = test_settings.FILING.replace('"230125100"', '"230125400"')
    folder = filing_folder(home, text)
    site = settings.load_site(home)
    desk.refused(lambda: settings.load_filing(folder, site.counties[0], site), "230125400")
    opted = test_settings.COUNTY + 'units = ["示例林场"]\n'
    (home / "counties" / "230125" / "county.toml").write_text(opted, encoding="utf-8")
    site = settings.load_site(home)
    assert settings.load_filing(folder, site.counties[0], site).documents[0].townships == ("230125400",)


@case("D27")
def _outside_the_standard(desk: Desk) -> None:
    site = settings.load_site(CONTENT)
    county = site.county("232761")
    assert county is not None
    assert county.division.name == "加格达奇区"
    assert len(county.townships) >= 8


@case("D28")
def _personal_data(desk: Desk) -> None:
    card = _with_luhn("622202000000000000")
    for number in ("990101199001010000", "13900001111", card, "zhang.shili@example.com"):
        looked = desk.look(one_name(f"联系{number}开展排查"))
        looked.has("PERSONAL-DATA", "B3", says=number[:3])
        assert number not in str(looked.checked.findings)


def _with_luhn(digits: str) -> str:
    """The digits with the check digit of a bank card."""
    total = sum(sum(divmod(2 * int(d), 10)) for d in digits[::-1][0::2]) + sum(
        int(d) for d in digits[::-1][1::2]
    )
    return digits + str(-total % 10)


@case("D29")
def _classified(desk: Desk) -> None:
    for mark in ("秘密★1年", "机密★", "内部资料", "不予公开"):
        looked = desk.look(book(((mark,), *basic_rows())))
        looked.has("CLASSIFIED-MARK", "A1")
        assert mark not in str(
            [
                f.found + f.problem.zh + f.fix.zh
                for f in looked.checked.findings
                if f.rule != "CLASSIFIED-MARK"
            ]
        )


@case("D30")
def _contact_phones(desk: Desk) -> None:
    home = test_settings.content(desk.folder)
    path = home / "counties" / "230125" / "county.toml"
    for phone in ("0451-123", "400-000-0000", "9000000000", "13900001111"):
        path.write_text(test_settings.COUNTY + _PHONE.format(phone), encoding="utf-8")
        desk.refused(lambda: settings.load_site(home), "phone", phone[:3])
    for phone in ("0000-0000000", "0000-00000000转801", "12345", "0000-0000000、12345"):
        path.write_text(test_settings.COUNTY + _PHONE.format(phone), encoding="utf-8")
        assert settings.load_site(home).counties[0].contacts[0].phone == phone


@case("D31")
def _link_outside(desk: Desk) -> None:
    for address in ("https://www.example.com/a", "www.example.org", "http://gov.cn.example.net"):
        desk.look(one_name(f"登录 {address} 查询")).only("LINK-OUTSIDE").has("LINK-OUTSIDE", "B3")
    desk.look(one_name("登录https://www.example.gov.cn/a查询，或访问www.gov.cn。")).fine(items=1)
    confirmed = ExampleFiling(confirmed=(("LINK-OUTSIDE", "清单", "B3"),))
    desk.look(one_name("登录 https://www.example.com/ 查询"), filing=confirmed).fine(items=1)


@case("D32")
def _unknown_category(desk: Desk) -> None:
    looked = _in_categories(desk, _categories("一、星际航行", "二、经济发展"))
    looked.only("CATEGORY-UNKNOWN").has("CATEGORY-UNKNOWN", "A3:B3", says="星际航行")


@case("D33")
def _translations(desk: Desk) -> None:
    folder = desk.folder / "wording"
    folder.mkdir()
    (folder / "glossary.toml").write_text('["一票否决"]\nen = ["one-vote veto"]\n', encoding="utf-8")
    memory = {"落实一票否决": "Apply the veto", "不搞一票否决": "No one-vote veto"}
    assert len(glossary_misses(desk.folder, "en", memory)) == 1
    memory = {
        "5日内报告": "Report within 15 days",
        "三个工作日内报告": "Report within 3 working days",
        "开展巡查": "Patrol 巡查",
        "打造“一刻钟”生活圈": "A 15-minute living area",
    }
    assert [miss.partition(" → ")[0] for miss in translation_misses(memory)] == ["5日内报告", "开展巡查"]
    assert translation_misses(read_memory(CONTENT / "wording" / "en.po")) == ()


@case("D34")
def _record_numbers(desk: Desk) -> None:
    filing = example_filing(ExampleFiling(), "清单.xlsx")
    record = Approval(stage="record", authority="省委编办", document_number=None, date=date(2022, 6, 20))
    documents = [read_here(desk.write(basic()))]
    desk.check(documents, filing=replace(filing, approvals=(*filing.approvals, record))).fine(items=2)
    numbered = replace(record, document_number="示例〔2022〕3号")
    before = propose(
        registered.EMPTY,
        registered.filing("2022-06-20", approvals=(*registered.DONE, numbered)),
        registered.checked(registered.checklist(["低保"])),
        registered.COUNTY,
    )
    later = propose(
        before.register,
        registered.filing("2024-06-20", approvals=(*registered.DONE, numbered)),
        registered.checked(registered.checklist(["低保"]), digest="b"),
        registered.COUNTY,
    )
    desk.proposed(later, "RECORD-NUMBER-TWICE", "2022-06-20-list")
    assert not later.blocked


@case("D35")
def _two_models(desk: Desk) -> None:
    task = (("东河镇职责任务清单",), ("序号", "事项名称", "乡镇职责"), ("1", LEAD[1], LEAD[4]))
    desk.look(sheets(("甲", basic_rows()), ("乙", task))).has("KIND-MIXED", sheet="乙", says="甲")
    mixed = book(((BASIC_TITLE,), RECLAIMED_HEADER, GONE))
    desk.look(mixed).has("KIND-CONFLICT", "A2")


@case("D36")
def _placeholders(desk: Desk) -> None:
    for text in ("无", "/", "—", "同上", "详见附件", "待定"):
        desk.look(supporting((*LEAD[:3], text, LEAD[4]))).has("PLACEHOLDER", "D3", says=text)


@case("D37")
def _mass_change(desk: Desk) -> None:
    before = registered.grown(("2022-06-20", registered.checklist(registered.TEN)))
    shrunk = registered.proposed(before, "2023-06-20", registered.checklist(registered.TEN[:7]))
    desk.proposed(shrunk, "MASS-CHANGE", "10 → 7")
    assert shrunk.blocked
    lines = [
        registered.line(name, str(n), category="民生" if n < 10 else "平安")
        for n, name in enumerate(registered.TEN, 1)
    ]
    before = registered.grown(("2022-06-20", registered.checklist(lines)))
    lost = registered.proposed(before, "2023-06-20", registered.checklist(lines[:9]))
    desk.proposed(lost, "MASS-CHANGE", "平安")


@case("D38")
def _other_township(desk: Desk) -> None:
    looked = desk.look(one_name("推进西山乡人居环境整治"))
    looked.only("WRONG-TOWNSHIP-NAME").has("WRONG-TOWNSHIP-NAME", "B3", says="西山乡")
    desk.look(one_name("推进西山乡路沿线整治和东河镇人居环境整治")).only("WRONG-TOWNSHIP-NAME")


@case("D39")
def _admission(desk: Desk) -> None:
    before = registered.grown(("2022-06-20", registered.checklist(registered.TEN)))
    grown = registered.proposed(before, "2023-06-20", registered.checklist([*registered.TEN, "新增示例事项"]))
    assert not grown.blocked
    [change] = grown.changes
    assert [one.name for one in change.changes if one.type == "added"] == ["新增示例事项"]


@case("D40")
def _filed_twice(desk: Desk) -> None:
    paths = [desk.write(basic(ONE), "甲.xlsx"), desk.write(basic(("1", TWO[1])), "乙.xlsx")]
    looked = desk.check([read_here(path) for path in paths])
    found = looked.has("LIST-TWICE", sheet="清单", file="乙.xlsx", says="甲.xlsx")
    assert found.severity == "error"
