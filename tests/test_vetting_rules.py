"""The rules of `vet`, one by one: who is meant, what is forbidden, what stands before a sentence, what is said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from generator import vetting
from generator.vetting.duties import Townships, find_duty, topic_of
from generator.vetting.matching import Matcher, candidates
from generator.vetting.sentences import is_heading, sentences, without_serial
from generator.vetting.words import find_basis, marks
from tests.test_vetting import binxian, vetted

TOWNSHIPS = Townships(("宾州镇", "宾西镇", "永和乡"))


def test_sentences_keep_brackets_quotations_and_the_units_in_charge() -> None:
    """A sentence ends at a stop outside brackets; the bracket with the units in charge belongs to it."""
    text = "做好清雪（含主干道；背街巷道）。（责任单位：各乡镇）推行“一窗。受理”；完"
    assert [s.text for s in sentences(text)] == [
        "做好清雪（含主干道；背街巷道）。（责任单位：各乡镇）",
        "推行“一窗。受理”；",
        "完",
    ]
    assert all(text[s.start : s.end] == s.text for s in sentences(text))


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("（二）各乡镇。", "各乡镇。"),
        ("1.负责宣传", "负责宣传"),
        ("1．2．负责", "负责"),
        ("第三条 乡镇", "乡镇"),
        ("2024年", "2024年"),
        ("①巡查", "巡查"),
        ("一、总体要求", "总体要求"),
        ("12345热线", "12345热线"),
    ],
)
def test_serials_are_taken_off(text: str, rest: str) -> None:
    """Serials of every usual style are no part of the sentence; years and numbers of hotlines are."""
    assert without_serial(text).strip() == rest


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("一、总体要求", True),
        ("（二）各乡镇。", True),
        ("各乡镇人民政府，县直各有关单位：", True),
        ("1.负责宣传，做好登记。", False),
        ("各乡镇要做好登记。", False),
    ],
)
def test_headings(text: str, *, heading: bool) -> None:
    """Short and numbered without a comma, or ending in a colon."""
    assert is_heading(text) is heading


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("各乡镇要组织巡查。", "subject"),
        ("各乡（镇）应于5月底前报送总结。", "subject"),
        ("县直各有关部门、各乡镇要开展自查。", "subject"),
        ("汛期，宾州镇、宾西镇负责值守。", "subject"),
        ("县水务局牵头，各乡镇配合。", "subject"),
        ("由各乡镇负责汇总。", "subject"),
        ("县林草局会同各乡镇开展踏查。", "subject"),
        ("开展踏查。（县林草局、各乡镇按职责分工负责）", "brackets"),
        ("将指标分解到各乡镇。", "handed-down"),
        ("县政府与各乡镇签订责任书。", "handed-down"),
        ("县水务局向各乡镇提供技术支持。", None),
        ("县农业农村局要督促各乡镇做好登记。", None),
        ("加强乡镇职责清单管理，建立台账。", None),
        ("对工作不力的乡镇要严肃问责。", None),
        ("部分乡镇未落实巡查制度。", None),
        ("近年来，各乡镇落实防火责任，火情明显减少。", None),
        ("各部门不得要求乡镇填报报表。", None),
        ("请各乡镇负责同志准时参会。", None),
        ("各乡镇要高度重视，加强组织领导。", None),
        ("附件：各乡镇任务表", None),
    ],
)
def test_who_is_told(text: str, how: str | None) -> None:
    """Only a sentence that tells townships to do something concrete is a task on them."""
    duty = find_duty(text, TOWNSHIPS)
    assert (duty.how if duty else None) == how


def test_what_stands_before_counts_only_for_sentences_without_a_subject() -> None:
    """A heading or sentence before lends its subject to a sentence that has none, and to no other."""
    assert topic_of("各乡镇要提高认识。", TOWNSHIPS) == "各乡镇"
    assert topic_of("县农业农村局负责培训。", TOWNSHIPS) == ""
    assert topic_of("天气转暖。", TOWNSHIPS) is None
    assert find_duty("要组织巡查。", TOWNSHIPS, before="各乡镇")
    assert find_duty("要组织巡查。", TOWNSHIPS) is None
    assert find_duty("县公安局要组织巡查。", TOWNSHIPS, before="各乡镇") is None
    assert find_duty("各村要组织巡查。", TOWNSHIPS, before="各乡镇") is None
    assert find_duty("请于6月5日前报送总结。", TOWNSHIPS, addressed=True)


def test_headings_and_tables_say_who_is_meant() -> None:
    """Under 各乡镇 a numbered list is theirs; under a department it is not; in a table the row says it."""
    found = vetted(
        "（一）县林草局。",
        "1.组织护林员巡护，严禁野外用火。",
        "（二）各乡镇。",
        "1.组织护林员巡护，严禁野外用火。",
        "三、其他",
        "组织护林员巡护，严禁野外用火。",
        "组织清理背街巷道积雪",
        "组织清理主次干道积雪",
        beside={7: ("1", "县城管局、各乡镇", "11月"), 8: ("2", "县城管局", "11月")},
    )
    assert [(j.passage, j.duty.how if j.duty else None) for j in found.judgements] == [
        (4, "before"),
        (7, "row"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("对乡镇实行一票否决。", {"veto"}),
        ("对乡镇实行“1 票 否 決”。", {"veto"}),
        ("各乡镇要签订责任狀。", {"pledge"}),
        ("各乡镇要签订目标责 任·书。", {"pledge"}),
        ("各乡镇要落实责任，书面报告。", set()),
        ("参保率达到95%，纳入对乡镇的年度考核。", {"target"}),
        ("每个乡镇不少于50人。", {"target"}),
        ("各乡镇每月巡查不少于4次。", set()),
        ("不得对乡镇设置“一票否决”事项。", set()),
        ("取消对乡镇的一票否决，不再签订责任状。", set()),
        ("发生事故的乡镇取消评优资格，一票否决。", {"veto"}),
        ("按照省委、省政府要求，对乡镇实行一票否决。", set()),
        ("按照省应急管理厅要求，对乡镇实行一票否决。", {"veto"}),
        ("按照县委要求，对乡镇实行一票否决。", {"veto"}),
    ],
)
def test_forbidden_wording(text: str, said: set[str]) -> None:
    """Veto, pledge and target are marked however they are spelt, unless forbidden there or based beside."""
    assert {mark.ban for mark in marks(text, on_townships=True) if mark.basis is None} == said


def test_a_figure_is_a_target_only_for_townships() -> None:
    """An aim of the county is no target handed down."""
    text = "全县自来水普及率达到96%。"
    assert marks(text, on_townships=False) == ()
    assert [mark.word for mark in marks(text, on_townships=True)] == ["率达到96%"]


@pytest.mark.parametrize(
    ("text", "basis"),
    [
        ("根据《中共中央 国务院关于实施乡村振兴战略的意见》", "中共中央"),
        ("依据《中华人民共和国安全生产法》", "《中华人民共和国安全生产法》"),
        ("依据《黑龙江省黑土地保护利用条例》", "《黑龙江省黑土地保护利用条例》"),
        ("依据《哈尔滨市燃气管理条例》", None),
        ("依据《宾县安全生产考核办法》", None),
        ("按照省委要求", "按照省委"),
        ("按照省委组织部要求", None),
        ("按照市委、县委要求", None),
        ("按照国办发〔2022〕1号文件", "国办发〔"),
    ],
)
def test_only_central_and_provincial_bases_count(text: str, basis: str | None) -> None:
    """The policy excepts what the centre and the province's Party committee demand, and the law; nobody below."""
    found = find_basis(text)
    assert (found is None) == (basis is None)
    assert basis is None or basis in (found or "") or (found or "") in basis


def test_every_verdict_comes_with_its_evidence() -> None:
    """Item, name, part, shared words and place filed stand beside each match; nothing is claimed without 请人工核对."""
    found = vetted(
        "各乡镇要组织护林员巡护，严禁野外用火。各乡镇要在年底前完成农村户厕改造。各乡镇要做好党报党刊征订。"
        "宾西镇要做好城乡居民基本养老保险参保登记。各乡镇要查处农村道路酒驾、超员、农用车违法载人行为。"
    )
    listed, reclaimed, unlisted, absent, shifted = found.judgements
    assert [j.verdict for j in found.judgements] == ["listed", "reclaimed", "unlisted", "listed", "listed"]
    assert [j.to_look_at for j in found.judgements] == [False, True, True, True, True]
    assert "野外用火" in listed.matches[0].words
    assert listed.matches[0].candidate.line.state.township_duty
    assert reclaimed.matches[0].candidate.line.state.name == "农村户厕改造和管护"
    assert unlisted.matches == ()
    assert absent.absent == ("宾西镇",)
    assert shifted.matches[0].closer_to is not None
    assert shifted.matches[0].closer_to.name == "县公安局"
    text = "\n".join(vetting.as_lines(found))
    assert text.count("请人工核对") == 6
    for piece in (
        "疑似对应清单事项",
        "现由县农业农村局承担",
        "清单中未找到",
        "宾西镇的清单中没有此项",
        "B10",
    ):
        assert piece in text
    absences = [note.text for note in vetting.notes(found) if "宾西镇的清单中没有此项" in note.text]
    assert len(absences) == 1
    english = "\n".join(vetting.as_lines(found, "en"))
    assert english.count("please check") == 6
    assert "not found on the list" in english


def test_json_holds_what_the_text_says() -> None:
    """Every verdict's item, score, part and place are in the JSON, and the summary adds up."""
    answer: Any = vetting.as_json(vetted("各乡镇要完成农村户厕改造。对落后的乡镇一票否决。"))
    task, veto = answer["sentences"]
    assert task["verdict"] == "reclaimed"
    assert task["matches"][0]["departments"] == ["县农业农村局"]
    assert task["matches"][0]["filed"]["cell"].startswith("B")
    assert veto["verdict"] is None
    assert veto["marks"] == [{"kind": "veto", "word": "一票否决", "basis": None}]
    assert answer["summary"] == {"listed": 0, "reclaimed": 1, "unlisted": 0, "banned": 1, "to_look_at": 2}


def test_a_report_cannot_act_on_a_terminal() -> None:
    """Control characters and marks that turn the reading direction are not printed as they are."""
    text = "\n".join(vetting.as_lines(vetted("各乡镇要报送\x1b[31m材料\u202e。")))
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_a_county_without_lists_matches_nothing() -> None:
    """No items, no match: nothing is divided by nothing."""
    lists, _ = binxian()
    empty = candidates(replace(lists, versions=()))
    assert empty == ()
    assert Matcher(empty).best("各乡镇要做好防火。") == ()
