"""Whether a sentence tells townships to do something: who is meant, by which words, and how it is said.

Only what stands in the sentence, in its row of a table, or in the heading or sentence just before it counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from generator.vetting.sentences import without_serial

How = Literal["subject", "brackets", "row", "before", "addressee", "handed-down"]
"""How the sentence means townships: as its subject, among the units in charge (in brackets or in the row), by what
stands before it, as those the document is addressed to, or as those to whom something is handed down."""

_ORGANS = r"(?:人民政府|政府|党委和政府|党委、政府|党委政府|党委|党\(工\)委|党（工）委|党工委|办事处)"
_KINDS = r"(?:乡(?:（镇）|\(镇\))|乡镇(?:（街道）|\(街道\)|、街道|和街道|街道)?|镇(?:（街道）|\(街道\)|街)|街道(?:、乡镇|（乡镇）)|街镇|镇乡)"
_BEFORE_KIND = r"(?:全县各|全市各|全区各|各有关|各相关|有关|相关|涉及|所辖|所属|属地|辖区|各)?"
_MODAL = re.compile(
    r"要(?![求点素闻件领害道])|应当|应(?![急用对届聘])|必须|须(?!知)|务必|需(?![求要])|需要|负责(?!人|同志)|请(?!示)|不得(?=迟报|漏报|瞒报)"
)
_VERBS = (
    "组织 完成 报送 上报 填报 报告 落实 签订 做好 抓好 抓紧 开展 配合 协助 承担 牵头 建立 制定 排查 查处 实施 推进 督促 宣传 核实 摸排 "
    "收集 整理 出具 开具 维护 清理 受理 审核 递交 汇总 参加 动员 加强 强化 规范 安排 统计 检查 拆除 更新 巡查 登记 办理 派员 收缴 采购"
)
_VERB = re.compile("|".join(_VERBS.split()))
_TOLD = re.compile(  # what happened or is so, when no modal says otherwise
    r"近年来|以来|去年|今年上半年|上半年|截至|目前|已经?(?!经)|均已|全部完成|取得|受到|得到|明显|显著|现予以|表扬|同比|共(?:开展|组织|完成|排查)"
)
_OBJECT_BEFORE = re.compile(
    r"(?:对|对于|向|至|给|到|到各|深入|赴|下发|印发|从|与|(?<!会)同|和县|将|把|为|按|比|在|指导|督促|督导|帮助|支持|协调|监督|通报|考核|检查|培训|所称|派驻|拨付|发放|面向|涉及到|是|包括|以)$"
)
_CLAUSE_END = re.compile(r"[，,；;：:。]")
_BEFORE_SUBJECT = re.compile(
    r"(?:同时|此外|另外|其中|原则上|今后|届时|现|特|并|凡|全县|我县|本县)*"
    r"(?:|.*(?:由|请|要求|责成|组织|会同)|(?!.*[将把在对于向]).{1,40}(?:、|和|及|以及|与)"
    r"|.{1,24}(?:期间|前后|前|后|时|内|阶段|期|年|月|日|起|季节|中))"
)
"""What may stand before a subject in its own clause: who asks, others with it, a time. Else it is somebody's object."""
_NO_SUBJECT_BEFORE = re.compile(
    r"(?:的|个别|部分|少数|一些|有的|多数|\d+个|[一二三四五六七八九十]+个|我县|我市)$"
)
_FORBIDS = re.compile(r"不得|严禁|禁止|不再|不准|不应|避免|杜绝|防止|减轻|取消|规范县直|任何部门|未经")
_MEETING = re.compile(r"参会|与会|报到|参加会议|列席|定于.{0,30}召开|主持")
_LABEL = re.compile(r"^[一-龥]{2,6}\d*[:：]")
"""抄送：…, 附件：…, 联系人：… : an entry, unless what follows tells somebody to do something."""
_DEPARTMENT = re.compile(
    r"(?:县|市|省|区|州|旗|国家)[^，。；：（]{0,14}?(?:局|委员会|委|办公室|办|部|厅|院|队|中心|公司|联合会|总工会|会|指挥部|单位|机关)"
)
_HANDED_DOWN = re.compile(
    r"(?:分解|下达|派发|派交|分派|分配|转交|摊派|落实|压实)(?:下达|落实|到|至|给)*(?=TOWN)|与(?=TOWN[^，。；]{0,6}签订)|(?:同|和)(?=TOWN[^，。；]{0,6}签订)"
)
_HANDED_TO = re.compile(r"(?:分解|下达|派发|派交|分派|分配|转交|摊派)(?:落实)?(?:到|至|给)$")
_UNITS = re.compile(r"[（(【][^（）()【】]*?(?:单位|部门|负责|牵头|配合)[^（）()【】]*[）)】]")
_UNIT_LIST = re.compile(r"(?:责任|牵头|配合|承办|落实|实施)(?:单位|部门|主体)[:：]?(?P<units>[^。；]*)")
_CARRIES_ON = re.compile(
    r"^(?:并|同时|此外|另外|还|其中)?[，,]?(?:要(?!求|点)|应(?!急)|须|必须|务必|需|不断|切实|进一步|积极|认真|严格|及时|全面|对|将|把|于|负责(?!人|同志)|每[年月周日季]|利用|结合|按照|针对|"
    + "|".join(_VERBS.split())
    + ")"
)
_APPEAL = re.compile(
    r"(?:要|应|须|必须|请|务必|切实|进一步|不断|认真|始终|坚持|全面|严格|同时|以|并|各部门|和县直(?:各|有关)部门|及有关部门|、|有关部门|县直各?部门)*"
    r"(?:高度重视|提高(?:政治站位|思想认识|认识|站位|警惕)|加强(?:组织)?领导|加强组织|(?:层层)?压(?:紧压)?实.{0,6}责任|扛起.{0,8}责任|"
    r"增强.{0,16}(?:感|意识|自觉|担当)|强化.{0,6}(?:思维|意识|担当|领导|保障)|(?:坚决)?(?:防止|克服).{0,10}|统一思想|精心组织|周密部署|密切配合|通力合作|"
    r"认真(?:贯彻)?(?:落实|执行|抓好落实)|贯彻(?:落实|执行)|狠抓落实|明确(?:任务)?分工|明确责任|落实责任|责任到人|细化措施|结合实际|抓好(?:贯彻)?落实|抓好工作落实|"
    r"(?:推动|促进)?(?:确保|推动|促进).{0,10}(?:落到实处|取得实效|见实效|见成效|落实落细|落地见效|有序推进|顺利完成|落地落实)|.{0,4}遵照执行|参照执行|贯彻执行|一级抓一级|.{0,6}齐抓共管|.{0,4}形成合力)"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Duty:
    """That a sentence puts something on townships, and by which words it says so."""

    how: How
    who: str
    """The words that name the townships."""
    verb: str
    """The word that puts it on them."""


class Townships:
    """Finds the words that name townships: the kinds of them, and this county's own by name."""

    def __init__(self, names: Iterable[str]) -> None:
        own = "|".join(re.escape(name) for name in sorted(set(names), key=lambda n: (-len(n), n)))
        named = rf"(?:{own})(?:[、和](?:{own}))*" if own else r"(?!)"
        self._pattern = re.compile(
            rf"(?:{named}|{_BEFORE_KIND}{_KINDS}|各(?:镇|乡|街道)(?:、各(?:镇|乡|街道))*|各地(?:各部门)?(?![区方块])|属地(?=[要应须负]|政府|党委))"
            rf"{_ORGANS}?(?!职责清单|工作|自用|道路|企业|集贸|级|化|居民|干部(?!要)|财政)"
        )

    def all(self, text: str) -> list[re.Match[str]]:
        """Return every place where townships are named."""
        return list(self._pattern.finditer(text))

    def named_in(self, text: str) -> str | None:
        """Return the first words that name townships, or None."""
        match = self._pattern.search(text)
        return match[0] if match else None


def find_duty(
    sentence: str,
    townships: Townships,
    *,
    beside: Sequence[str] = (),
    before: str | None = None,
    addressed: bool = False,
) -> Duty | None:
    """Return how a sentence puts a duty on townships, or None where it does not.

    `beside` are the other cells of its row; `before` names the townships that the heading or the sentence before
    speaks of; `addressed` says that the document is addressed to townships.
    """
    text = without_serial(sentence)
    label = _LABEL.match(text)
    if label and not _MODAL.search(text) and not townships.named_in(label[0]):
        return None
    if _MEETING.search(text):
        return None
    main = _UNITS.sub("", text)
    direct = _as_subject(main, townships) or _handed_down(main, townships)
    if direct:
        return None if direct.how == "subject" and _is_appeal(main, townships) else direct
    if not _VERB.search(main) or _is_appeal(main, townships):
        return None
    verb = _VERB.search(main)
    assert verb is not None
    for bracket in _UNITS.findall(text):
        who = townships.named_in(bracket)
        if who:
            return Duty(how="brackets", who=who, verb=verb[0])
    for cell in beside:
        who = townships.named_in(cell)
        if who and len(cell) <= 60 and not _VERB.search(cell):
            return Duty(how="row", who=who, verb=verb[0])
    if _FORBIDS.match(main):
        return None
    other = _names_another(main)
    if before and _CARRIES_ON.match(main) and not other:
        return Duty(how="before", who=before, verb=verb[0])
    if addressed and re.match(r"(?:请|务必|要(?!求|点))", main) and not other:
        return Duty(how="addressee", who="", verb=verb[0])
    return None


def topic_of(sentence: str, townships: Townships) -> str | None:
    """Return the townships that a sentence leaves as the subject of the next one, "" for somebody else, None for neither."""
    text = without_serial(sentence)
    for match in townships.all(text):
        if _can_be_subject(text, match):
            return match[0]
    return "" if _DEPARTMENT.match(text) or townships.named_in(text) else None


def _as_subject(text: str, townships: Townships) -> Duty | None:
    for match in townships.all(text):
        if not _can_be_subject(text, match):
            continue
        rest = text[match.end() :]
        asked = re.search(r"请$|由$|要求$|责成$", text[: match.start()])
        modal = _MODAL.search(rest) or (asked if asked and "请" in asked[0] else None)
        verb = _VERB.search(rest)
        if modal is None and (verb is None or verb.start() > 40 or _TOLD.search(text)):
            continue
        if modal is not None and verb is None and _TOLD.search(rest):
            continue
        said = verb or modal
        assert said is not None
        return Duty(how="subject", who=match[0], verb=said[0])
    return None


def _can_be_subject(text: str, match: re.Match[str]) -> bool:
    before = text[: match.start()]
    if _OBJECT_BEFORE.search(before) or _NO_SUBJECT_BEFORE.search(before):
        return False
    if not _BEFORE_SUBJECT.fullmatch(_CLAUSE_END.split(before)[-1]):
        return False
    clause = re.split(r"[；;。]", before)[-1]
    return not _FORBIDS.search(clause)


def _handed_down(text: str, townships: Townships) -> Duty | None:
    for match in townships.all(text):
        before = text[: match.start()]
        if _FORBIDS.search(before):
            continue
        to = _HANDED_TO.search(before)
        at = _HANDED_DOWN.search(before + "TOWN" + text[match.end() :])
        found = to or (at if at and at.end() == len(before) else None)
        if found:
            return Duty(how="handed-down", who=match[0], verb=found[0])
    return None


def _is_appeal(text: str, townships: Townships) -> bool:
    """Whether nothing concrete is asked: each clause is one of the set phrases (高度重视, 加强组织领导 …)."""
    plain = text
    for match in reversed(townships.all(text)):
        plain = plain[: match.start()] + plain[match.end() :]
    clauses = [clause for clause in re.split(r"[，,、；。：:]", plain) if clause.strip()]
    return bool(clauses) and all(_APPEAL.fullmatch(clause.strip()) for clause in clauses)


def _names_another(text: str) -> bool:
    return (
        bool(_DEPARTMENT.match(text))
        or re.match(r"各?(?:村|企业|学校|单位|部门|村民委员会)", text) is not None
    )
