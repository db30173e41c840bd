"""Splitting cells, reading serials, and finding words and numbers however they are spelt."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.checks.characters import is_classified
from generator.checks.examples import check_example
from generator.checks.rule import basic
from generator.checks.split import read_category, read_totals, split_combined, split_departments, split_duties
from generator.checks.text import is_id_number, one_line, personal_numbers, read_serial, show

VALID_ID = "990101199001010000"  # of no place: 99 is no province; the checksum is right


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("县应急管理局", ["县应急管理局"]),
        ("县应急管理局\n县消防救援大队", ["县应急管理局", "县消防救援大队"]),
        (
            "县应急管理局、县消防救援大队；县公安局;县民政局，县教育局",
            ["县应急管理局", "县消防救援大队", "县公安局", "县民政局", "县教育局"],
        ),
        ("县委办（档案局、保密局）、县政府办", ["县委办（档案局、保密局）", "县政府办"]),
        ("1.县应急管理局\n2.县公安局。", ["县应急管理局", "县公安局"]),
        (" 县应急管理局　\n\n县公安局 ", ["县应急管理局", "县公安局"]),
        ("县委办（档案局、保密局\n县政府办", ["县委办（档案局、保密局\n县政府办".replace("\n", "")]),
    ],
)
def test_departments(text: str, names: list[str]) -> None:
    """Departments stand on lines or between separators, never divided inside brackets."""
    assert list(split_departments(text)) == names


TWO = ("县应急管理局", "县消防救援大队")


@pytest.mark.parametrize(
    ("text", "duties"),
    [
        pytest.param(
            "县应急管理局：1.制定预案。\n2.演练。\n县消防救援大队：1.检查。",
            ["1.制定预案。\n2.演练。", "1.检查。"],
            id="lines",
        ),
        pytest.param(
            "县消防救援大队:检查。\n县应急管理局:制定预案。", ["制定预案。", "检查。"], id="other-order"
        ),
        pytest.param(
            "县应急管理局：制定预案；县消防救援大队：检查。", ["制定预案；", "检查。"], id="one-line"
        ),
        pytest.param(
            "县应急管理局\n制定预案。\n县消防救援大队\n检查。", ["制定预案。", "检查。"], id="names-on-lines"
        ),
        pytest.param("县应急管理局：制定预案。", ["县应急管理局：制定预案。"] * 2, id="one-named"),
        pytest.param("共同制定预案。", ["共同制定预案。"] * 2, id="none-named"),
        pytest.param(
            "总则。\n县应急管理局：甲。\n县消防救援大队：乙。",
            ["总则。\n县应急管理局：甲。\n县消防救援大队：乙。"] * 2,
            id="text-before",
        ),
        pytest.param(
            "县应急管理局：甲。\n县消防救援大队：乙。\n县应急管理局：丙。",
            ["县应急管理局：甲。\n县消防救援大队：乙。\n县应急管理局：丙。"] * 2,
            id="named-twice",
        ),
    ],
)
def test_duties(text: str, duties: list[str]) -> None:
    """A duty text is divided only when each department stands before its part; else all carry the whole."""
    assert list(split_duties(text, TWO)) == duties


@given(st.lists(st.text(alphabet="甲乙丙。；：\n1.", min_size=1, max_size=20), min_size=2, max_size=2))
def test_no_duty_text_is_lost(parts: list[str]) -> None:
    """Whatever the parts say, their characters are all in what comes out."""
    text = f"{TWO[0]}：{parts[0]}\n{TWO[1]}：{parts[1]}"
    said = "".join(split_duties(text, TWO))
    assert all(said.count(character) >= "".join(parts).count(character) for character in "甲乙丙1")


def test_combined_with_two_pairs_keeps_the_whole_text() -> None:
    """Two departments with a method each: both are named, and the method is the cell as filed."""
    text = "承接部门：县教育局。工作方式：审查。承接部门：县公安局。工作方式：检查。"
    combined = split_combined(text)

    assert combined is not None
    assert split_departments(combined.departments or "") == ("县教育局", "县公安局")
    assert combined.method == text


@pytest.mark.parametrize("text", ["县教育局按计划审查", "由县里研究。承接部门：县教育局。工作方式：审查。"])
def test_combined_without_certainty(text: str) -> None:
    """Without labels, or with text before them, a combined cell is not divided."""
    assert split_combined(text) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", 1),
        ("01", 1),
        ("1.", 1),
        ("１．", 1),
        ("（一）", 1),
        ("①", 1),
        ("十七", 17),
        ("二十", 20),
        ("1、", 1),
        ("一百二十四", 124),
        ("A", None),
        ("1.1", None),
        ("", None),
    ],
)
def test_serials(text: str, number: int | None) -> None:
    """Serials are read in every usual style, for comparison only."""
    assert read_serial(text) == number


@pytest.mark.parametrize(
    ("text", "name", "count"),
    [
        ("一、党的建设（17项）", "党的建设", 17),
        ("十二、应急管理及消防(８项)", "应急管理及消防", 8),
        ("党的建设", "党的建设", None),
        ("三、村（社区）建设", "村（社区）建设", None),
        ("一、党的建设（续）", "党的建设", None),
    ],
)
def test_categories(text: str, name: str, count: int | None) -> None:
    """A category is its name without serial and count."""
    title = read_category(text)
    assert (title.name, title.count) == (name, count)


def test_totals() -> None:
    """共112项 claims 112; a number of something else claims nothing."""
    assert read_totals("共112项，合计：３项") == [112, 3]
    assert read_totals("公共服务20项") == []


@pytest.mark.parametrize(
    "text",
    [
        "一票否决",
        "一 票 否 决",
        "一票否決",
        "“一票”否决",
        "⼀票否决",
        "１票否决",
        "壹票否决",
        "一\n票否决",
        "一·票·否·决",
    ],
)
def test_veto_in_any_spelling(text: str) -> None:
    """一票否决 is found spaced, traditional, with radicals, full width or broken over lines."""
    checked = check_example(basic(("1", f"落实{text}制度")))
    assert "VETO-ITEM" in {finding.rule for finding in checked.findings}


@pytest.mark.parametrize("text", ["签订责任状", "签订目标责任书", "签订责 任 狀", "責任書"])
def test_pledge_in_any_spelling(text: str) -> None:
    """责任状 and 责任书 are found in any spelling."""
    checked = check_example(basic(("1", text)))
    assert "PLEDGE-ITEM" in {finding.rule for finding in checked.findings}


def test_personal_numbers_are_masked_everywhere() -> None:
    """No finding, of whatever rule, shows a personal number in full."""
    assert is_id_number(VALID_ID)
    assert personal_numbers(f"身份证{VALID_ID}，电话139-0000-1111") == [VALID_ID, "139-0000-1111"]
    checked = check_example(basic(("1", f"联系{VALID_ID}\n一票否决")))

    assert {"PERSONAL-DATA", "VETO-ITEM", "TEXT-LINEBREAK"} <= {f.rule for f in checked.findings}
    assert all(VALID_ID not in f.found + f.problem.zh + f.problem.en for f in checked.findings)


@pytest.mark.parametrize("number", ["990101199001010011", "12345678901", "2022062000001", "0451-12345678"])
def test_other_numbers_are_not_personal(number: str) -> None:
    """Wrong checksums, document numbers and office phones are nobody's."""
    assert personal_numbers(f"文号{number}号") == []


@pytest.mark.parametrize("text", ["机密★1年", "秘密", "（内部资料 注意保存）", "公开属性：不予公开"])
def test_marks_of_secrecy(text: str) -> None:
    """Marks are marks, and their text stands in no report."""
    assert is_classified(text)
    checked = check_example(basic((text, ""), ("1", "负责党员教育管理")))
    assert "CLASSIFIED-MARK" in {f.rule for f in checked.findings}


@pytest.mark.parametrize(
    "text", ["开展保密宣传教育", "保守国家秘密和商业秘密", "负责政府信息公开", "规范内部管理"]
)
def test_speaking_of_secrets_is_no_mark(text: str) -> None:
    """Duties about secrecy and publication are honest duties."""
    assert not is_classified(text)


def test_show_is_safe_and_short() -> None:
    """Invisible characters come with their code points, breaks as a sign, long text cut."""
    assert show("开\u202e展\n排\u200b查") == "开<U+202E>展⏎排<U+200B>查"
    assert len(show("长" * 500)) == 80
    assert show("机密★1年 某事") == ""


def test_one_line() -> None:
    """Between Han characters a break vanishes, elsewhere it becomes a space."""
    assert one_line("森林\n防火 A\nB，\n甲") == "森林防火 A B，甲"
