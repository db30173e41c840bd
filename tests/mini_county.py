"""A miniature county as model values: three townships, two filings, all four kinds of list.

Every room behind the register is tested on it: `lists()` is what `register.in_force` would give, so that pages, search
and data can be tried without a single filed document. `hostile_*` gives the same county with names that try to break
out of a page, a script, a cell of a spreadsheet. All of it is made up and marked as a sample.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from generator.model.documents import Where
from generator.model.filings import Approval, FiledDocument, Filing
from generator.model.findings import Department
from generator.model.kinds import LIST_KINDS, Field
from generator.model.lists import (
    Change,
    CountyLists,
    FieldChange,
    ItemId,
    Line,
    Occurrence,
    RecordedFiling,
    State,
    Version,
    VersionChanges,
)
from generator.model.places import Division, DivisionCode
from generator.model.settings import Contact, County, Site
from generator.model.shell import Prose, Shell
from generator.model.text import Tongue

TEMPLATES = Path(__file__).resolve().parent.parent / "site_templates"
AS_OF = date(2024, 1, 15)

PROVINCE = Division(
    code=DivisionCode("230000"), name="黑龙江省", english="Heilongjiang", level="province", parent=None
)
PREFECTURE = Division(
    code=DivisionCode("230100"), name="哈尔滨市", english="Harbin", level="prefecture", parent=PROVINCE.code
)
COUNTY = Division(
    code=DivisionCode("230125"),
    name="示例县",
    english="Sample County",
    level="county",
    parent=PREFECTURE.code,
)
SUBDISTRICT = Division(
    code=DivisionCode("230125001"),
    name="示例街道",
    english="Sample Subdistrict",
    level="subdistrict",
    parent=COUNTY.code,
)
TOWN = Division(
    code=DivisionCode("230125100"), name="宾州镇", english="Binzhou Town", level="town", parent=COUNTY.code
)
TOWNSHIP = Division(
    code=DivisionCode("230125200"), name="永和乡", english=None, level="township", parent=COUNTY.code
)

FIRST, SECOND = "2022-06-20-first-list", "2023-07-01-adjusted"
HOSTILE = "<script>window.__xss=1</script>\"'&<img src=x onerror=window.__xss=1>"
"""What a hostile file would write into a name; pages must show it as text."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mini:
    """The whole miniature: everything that a room behind the register is called with."""

    site: Site
    county: County
    lists: CountyLists
    tongues: Mapping[str, Tongue]


def _filing(slug: str, title: str, effective: date, approvals: tuple[Approval, ...]) -> RecordedFiling:
    file = f"{COUNTY.name}乡镇（街道）履职事项清单.xlsx"
    townships = (SUBDISTRICT.code, TOWN.code, TOWNSHIP.code)
    filing = Filing(
        id=slug,
        county=COUNTY.code,
        title=title,
        effective=effective,
        approvals=approvals,
        documents=(FiledDocument(file=file, townships=townships),),
        confirmations=(),
        renamings=(),
        sample=True,
        folder=Path("content/counties/230125/filings") / slug,
    )
    first = slug == FIRST
    return RecordedFiling(
        filing=filing,
        sha256={file: ("a1b2c3d4" if first else "0f9e8d7c") * 8},
        covers={
            "basic": townships if first else townships[:2],
            "supporting": townships[1:] if first else (TOWN.code,),
            "reclaimed": townships if first else townships[:2],
            **({"task": (SUBDISTRICT.code,)} if first else {}),
        },
    )


FILINGS = (
    _filing(
        FIRST,
        "示例县乡镇（街道）履职事项清单（2022年版）",
        date(2022, 7, 1),
        (
            Approval(
                stage="approval",
                authority="中共示例县委、示例县人民政府",
                document_number="示例〔2022〕1号",
                date=date(2022, 6, 10),
            ),
            Approval(
                stage="review",
                authority="中共哈尔滨市委机构编制委员会办公室",
                document_number=None,
                date=date(2022, 6, 17),
            ),
            Approval(
                stage="record",
                authority="中共黑龙江省委机构编制委员会办公室",
                document_number="示例备〔2022〕1号",
                date=date(2022, 6, 28),
            ),
        ),
    ),
    _filing(
        SECOND,
        "示例县乡镇（街道）履职事项清单（2023年调整）",
        date(2023, 7, 1),
        (
            Approval(
                stage="approval",
                authority="中共示例县委、示例县人民政府",
                document_number="示例〔2023〕1号",
                date=date(2023, 6, 12),
            ),
            Approval(
                stage="review",
                authority="中共哈尔滨市委机构编制委员会办公室",
                document_number=None,
                date=date(2023, 6, 20),
            ),
        ),
    ),
)

_STRAW_OLD = (
    "1.开展秸秆禁烧宣传；\n2.组织网格员每日巡查，发现露天焚烧及时劝阻并上报；\n3.配合有关部门做好现场取证。"
)
_STRAW_NEW = (
    "1.开展秸秆禁烧和综合利用宣传；\n2.组织网格员在禁烧期内巡查，发现露天焚烧及时劝阻并上报；\n"
    "3.配合有关部门做好现场取证。"
)


def _state(
    category: str | None,
    name: str,
    *,
    basis: str | None = None,
    departments: tuple[tuple[str, str | None], ...] | None = None,
    township_duty: str | None = None,
    method: str | None = None,
) -> State:
    named = None if departments is None else tuple(Department(name=n, duty=d) for n, d in departments)
    return State(
        category=category,
        name=name,
        basis=basis,
        departments=named,
        township_duty=township_duty,
        method=method,
    )


STATES: dict[str, State] = {
    "basic-0001": _state(
        "党的建设", "深入学习贯彻习近平新时代中国特色社会主义思想，落实“第一议题”、党委理论学习中心组学习制度"
    ),
    "basic-0002": _state("党的建设", "负责党员发展、教育、管理、监督和服务工作"),
    "basic-0003": _state("经济发展", "优化营商环境，联系服务辖区企业", basis="《优化营商环境条例》"),
    "basic-0004": _state(
        "民生服务",
        "负责最低生活保障、特困人员救助供养、临时救助的受理、审核工作",
        basis="《社会救助暂行办法》",
    ),
    "basic-0004+": _state(
        "民生服务",
        "负责最低生活保障、特困人员救助供养、临时救助的受理、审核确认工作",
        basis="《社会救助暂行办法》、《黑龙江省社会救助条例》",
    ),
    "basic-0005": _state("平安法治", "开展矛盾纠纷排查、调处、化解"),
    "basic-0006": _state("民生服务", "受理、办理、反馈12345政务服务便民热线平台转办事项"),
    "basic-0007": _state("安全稳定", "开展燃气经营企业安全检查"),
    "supporting-0001": _state(
        "生态环保",
        "秸秆露天焚烧管控",
        basis="《中华人民共和国大气污染防治法》第七十七条",
        departments=(
            (
                "哈尔滨市示例生态环境局",
                "1.制定秸秆露天焚烧管控工作方案；\n2.监测火点，及时推送火点信息；\n3.依法查处露天焚烧行为。",
            ),
            ("县农业农村局", "指导秸秆综合利用，推广秸秆还田、离田技术。"),
        ),
        township_duty=_STRAW_OLD,
    ),
    "supporting-0002": _state(
        "应急管理及消防",
        "防汛抗旱",
        departments=(
            ("县水务局", "编制防汛抗旱预案，组织水利工程调度和抢险技术支撑。"),
            ("县应急管理局", "统筹应急救援力量，指导受灾群众转移安置。"),
            ("县气象局", "发布暴雨、干旱预警信息。"),
        ),
        township_duty="开展巡堤查险，发现险情立即上报；组织受威胁群众转移避险。",
    ),
    "supporting-0003": _state(
        "自然资源",
        "黑土地保护",
        basis="《中华人民共和国黑土地保护法》、《黑龙江省黑土地保护利用条例》",
        departments=(
            ("县农业农村局", "制定黑土地保护实施方案，开展耕地质量监测。"),
            ("县自然资源局", "依法查处盗挖、滥挖黑土行为。"),
        ),
        township_duty="开展黑土地保护宣传，发现盗挖、滥挖黑土行为及时制止并上报。",
    ),
    "supporting-0004": _state(
        "教育培训监管",
        "校外培训机构巡查",
        departments=(("县教育局", "牵头开展校外培训机构监督检查。"),),
        township_duty="发现无证办学线索及时上报。",
    ),
    "supporting-0005": _state(
        "交通运输",
        "农村道路交通安全",
        departments=(
            ("县公安局", "共同做好农村道路交通安全监督检查。"),
            ("县交通运输局", "共同做好农村道路交通安全监督检查。"),
        ),
        township_duty="开展交通安全宣传，做好农忙时节劝导工作。",
    ),
    "reclaimed-0001": _state(
        "市场监管",
        "特种设备安全监察",
        departments=(("县市场监督管理局", None),),
        method="按照年度计划开展监督检查，建立台账，督促隐患整改。",
    ),
    "reclaimed-0002": _state(
        "平安法治", "反诈应用程序下载量等指标任务", departments=(), method="取消下达指标任务。"
    ),
    "reclaimed-0003": _state(
        "社会管理", "出具无犯罪、亲属关系等证明", departments=(), method="不再要求乡镇（街道）出具。"
    ),
    "reclaimed-0004": _state(
        "城乡建设",
        "开展燃气经营企业安全检查",
        departments=(("县住房和城乡建设局", None),),
        method="由县住房和城乡建设局开展日常监督检查和专项检查。",
    ),
    "task-0001": _state(
        "公共服务",
        "组织开展爱国卫生运动",
        basis="《关于深入开展爱国卫生运动的意见》",
        departments=(("县卫生健康局", "制定工作方案，开展业务指导。"),),
        township_duty="组织辖区单位和居民开展环境卫生整治。",
    ),
    "task-0002": _state(
        None, "做好辖区应急值守工作", township_duty="落实二十四小时值班制度，及时上报突发事件。"
    ),
}
STATES["supporting-0001+"] = replace(STATES["supporting-0001"], township_duty=_STRAW_NEW)
"""Key: item id; a plus sign marks what it says since the second filing."""
STATES["task-0002"] = replace(STATES["task-0002"], departments=())

_B, _S, _R, _T = ("basic-", "supporting-", "reclaimed-", "task-")
LISTED: dict[tuple[Division, str, str], tuple[str, ...]] = {
    (SUBDISTRICT, "basic", FIRST): ("0001", "0002", "0003", "0005"),
    (SUBDISTRICT, "basic", SECOND): ("0001", "0002", "0003", "0006", "0005"),
    (SUBDISTRICT, "reclaimed", FIRST): ("0001", "0002"),
    (SUBDISTRICT, "reclaimed", SECOND): ("0001", "0002", "0003"),
    (SUBDISTRICT, "task", FIRST): ("0001", "0002"),
    (TOWN, "basic", FIRST): ("0001", "0002", "0003", "0004", "0005", "0007"),
    (TOWN, "basic", SECOND): ("0001", "0002", "0003", "0004+", "0006", "0005"),
    (TOWN, "supporting", FIRST): ("0001", "0002", "0003", "0004"),
    (TOWN, "supporting", SECOND): ("0001+", "0002", "0003", "0005"),
    (TOWN, "reclaimed", FIRST): ("0001", "0002"),
    (TOWN, "reclaimed", SECOND): ("0001", "0002", "0003", "0004"),
    (TOWNSHIP, "basic", FIRST): ("0001", "0002", "0004", "0005"),
    (TOWNSHIP, "supporting", FIRST): ("0001", "0002"),
    (TOWNSHIP, "reclaimed", FIRST): ("0001", "0002", "0003"),
}
"""What each filing lists for a township, in order; the filed number is the place in the order."""
_ORDER = tuple(LIST_KINDS)

ENGLISH: dict[str, str] = {
    "党的建设": "Party building",
    "经济发展": "Economic development",
    "民生服务": "Public well-being services",
    "平安法治": "Public security and rule of law",
    "安全稳定": "Safety and stability",
    "生态环保": "Ecology and environmental protection",
    "应急管理及消防": "Emergency management and fire safety",
    "自然资源": "Natural resources",
    "教育培训监管": "Oversight of education and training",
    "交通运输": "Transport",
    "市场监管": "Market regulation",
    "社会管理": "Social management",
    "城乡建设": "Urban and rural construction",
    "公共服务": "Public services",
    STATES[
        "basic-0001"
    ].name: "Study and apply Xi Jinping Thought on Socialism with Chinese Characteristics for a "
    "New Era; keep the “first agenda item” practice and the study sessions of the Party committee’s theory study group",
    STATES["basic-0002"].name: "Admit, educate, manage, oversee and serve Party members",
    STATES[
        "basic-0003"
    ].name: "Improve the business environment; keep in touch with and serve local enterprises",
    STATES[
        "basic-0004"
    ].name: "Receive and examine applications for subsistence allowances, support for people in extreme "
    "difficulty and temporary assistance",
    STATES[
        "basic-0004+"
    ].name: "Receive, examine and confirm applications for subsistence allowances, support for "
    "people in extreme difficulty and temporary assistance",
    STATES["basic-0005"].name: "Identify, mediate and resolve disputes",
    STATES[
        "basic-0006"
    ].name: "Receive, handle and answer cases passed on by the 12345 government service hotline",
    STATES["basic-0007"].name: "Inspect the safety of gas suppliers",
    "《优化营商环境条例》": "Regulations on Optimizing the Business Environment",
    "《社会救助暂行办法》": "Interim Measures for Social Assistance",
    "秸秆露天焚烧管控": "Control of open burning of crop straw",
    "《中华人民共和国大气污染防治法》第七十七条": "Law on the Prevention and Control of Atmospheric Pollution, Article 77",
    "哈尔滨市示例生态环境局": "Sample Ecology and Environment Bureau of Harbin",
    "县农业农村局": "County Bureau of Agriculture and Rural Affairs",
    "县水务局": "County Water Affairs Bureau",
    "县应急管理局": "County Emergency Management Bureau",
    "县气象局": "County Meteorological Bureau",
    "县自然资源局": "County Natural Resources Bureau",
    "县教育局": "County Education Bureau",
    "县公安局": "County Public Security Bureau",
    "县交通运输局": "County Transport Bureau",
    "县市场监督管理局": "County Administration for Market Regulation",
    "县住房和城乡建设局": "County Bureau of Housing and Urban-Rural Development",
    "县卫生健康局": "County Health Bureau",
    "1.制定秸秆露天焚烧管控工作方案；\n2.监测火点，及时推送火点信息；\n3.依法查处露天焚烧行为。": (
        "1. Draw up the plan for controlling open straw burning;\n2. Monitor fire points and pass them on promptly;\n"
        "3. Investigate and penalise open burning according to law."
    ),
    "指导秸秆综合利用，推广秸秆还田、离田技术。": "Guide the comprehensive use of straw and promote returning it to, or "
    "removing it from, the fields.",
    _STRAW_OLD: "1. Publicise the straw-burning ban;\n2. Have grid workers patrol daily, dissuade open burning and report it;\n"
    "3. Assist departments in collecting evidence on site.",
    _STRAW_NEW: "1. Publicise the straw-burning ban and the comprehensive use of straw;\n2. Have grid workers patrol during "
    "the ban, dissuade open burning and report it;\n3. Assist departments in collecting evidence on site.",
    "防汛抗旱": "Flood control and drought relief",
    "编制防汛抗旱预案，组织水利工程调度和抢险技术支撑。": "Draw up the flood and drought plans; operate water works and give "
    "technical support in emergencies.",
    "统筹应急救援力量，指导受灾群众转移安置。": "Coordinate rescue forces and guide the relocation of affected people.",
    "发布暴雨、干旱预警信息。": "Issue rainstorm and drought warnings.",
    "开展巡堤查险，发现险情立即上报；组织受威胁群众转移避险。": "Patrol the dykes and report danger at once; move threatened "
    "people to safety.",
    "黑土地保护": "Protection of black soil",
    "《中华人民共和国黑土地保护法》、《黑龙江省黑土地保护利用条例》": "Black Soil Protection Law; Heilongjiang Regulations on "
    "the Protection and Use of Black Soil",
    "制定黑土地保护实施方案，开展耕地质量监测。": "Draw up the plan for protecting black soil; monitor farmland quality.",
    "依法查处盗挖、滥挖黑土行为。": "Investigate and penalise illegal digging of black soil according to law.",
    "校外培训机构巡查": "Patrols of after-school training institutions",
    "牵头开展校外培训机构监督检查。": "Lead the inspection of after-school training institutions.",
    "发现无证办学线索及时上报。": "Report signs of unlicensed schooling promptly.",
    "农村道路交通安全": "Rural road traffic safety",
    "共同做好农村道路交通安全监督检查。": "Jointly inspect rural road traffic safety.",
    "开展交通安全宣传，做好农忙时节劝导工作。": "Publicise traffic safety and advise road users in the farming season.",
    "特种设备安全监察": "Safety supervision of special equipment",
    "按照年度计划开展监督检查，建立台账，督促隐患整改。": "Inspect according to the yearly plan, keep records and see that "
    "hazards are remedied.",
    "反诈应用程序下载量等指标任务": "Targets such as downloads of anti-fraud apps",
    "取消下达指标任务。": "Such targets are no longer set.",
    "不再要求乡镇（街道）出具。": "Townships and subdistricts are no longer asked to issue them.",
    "由县住房和城乡建设局开展日常监督检查和专项检查。": "The County Bureau of Housing and Urban-Rural Development carries out "
    "routine and special inspections.",
    "组织开展爱国卫生运动": "Organise the Patriotic Health Campaign",
    "制定工作方案，开展业务指导。": "Draw up the work plan and give professional guidance.",
    "组织辖区单位和居民开展环境卫生整治。": "Have local organisations and residents clean up the environment.",
    "做好辖区应急值守工作": "Keep emergency duty in the area",
    "落实二十四小时值班制度，及时上报突发事件。": "Keep a 24-hour duty roster and report emergencies promptly.",
    "示例县乡镇（街道）履职事项清单（2022年版）": "Duty Lists of Townships and Subdistricts of Sample County (2022)",
    "示例县乡镇（街道）履职事项清单（2023年调整）": "Duty Lists of Townships and Subdistricts of Sample County (as adjusted in 2023)",
    "中共示例县委、示例县人民政府": "CPC Sample County Committee and People’s Government of Sample County",
    "中共哈尔滨市委机构编制委员会办公室": "Office of the Institutional Establishment Commission of the CPC Harbin Committee",
    "中共黑龙江省委机构编制委员会办公室": "Office of the Institutional Establishment Commission of the CPC Heilongjiang "
    "Provincial Committee",
}
"""English of all but a few: the township's part of 黑土地保护, the name of reclaimed-0003 and two bases stay Chinese."""

KOREAN: dict[str, str] = {
    "党的建设": "당 건설",
    "经济发展": "경제 발전",
    "秸秆露天焚烧管控": "농작물 짚 노천 소각 관리",
    "防汛抗旱": "홍수 방지 및 가뭄 대책",
    "县农业农村局": "현 농업농촌국",
}


def strings(lang: str) -> dict[str, str]:
    """Read the interface strings of one language as they stand in `site_templates/strings`."""
    found: dict[str, str] = {}
    for path in sorted((TEMPLATES / "strings").glob("*.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        found.update({key: sentence[lang] for key, sentence in table.items()})
    return found


def tongues() -> dict[str, Tongue]:
    """zh, en (nearly complete) and ko (hardly translated)."""
    memories: dict[str, dict[str, str]] = {"zh": {}, "en": ENGLISH, "ko": KOREAN}
    return {
        lang: Tongue(lang=lang, strings=strings(lang), memory=memory) for lang, memory in memories.items()
    }


def _line(
    states: Mapping[str, State], division: Division, *, kind: str, filing: str, place: int, key: str
) -> Line:
    full = f"{kind}-{key}"
    before = LISTED.get((division, kind, FIRST), ())
    since = FIRST if key in before else filing
    # Basic duties have three columns, the others more: the cell of the name stays column C.
    where = Where(
        file=FILINGS[0].filing.documents[0].file,
        sheet=f"{division.name}{LIST_KINDS[kind].zh}",
        cell=f"C{place + 4}",
    )
    state = states[full]
    heard = Occurrence(filing=filing, number=str(place), where=where, townships=(division.code,))
    return Line(
        item=ItemId(full.rstrip("+")),
        kind=kind,
        number=str(place),
        state=replace(state, occurrences=(heard,)),
        where=where,
        filing=filing,
        since=since,
    )


def _lines(states: Mapping[str, State], division: Division, kind: str, filing: str) -> dict[ItemId, Line]:
    lines = [
        _line(states, division, kind=kind, filing=filing, place=place, key=key)
        for place, key in enumerate(LISTED[division, kind, filing], start=1)
    ]
    return {line.item: line for line in lines}


def _fields(old: State, new: State) -> tuple[FieldChange, ...]:
    """The fields of a changed line. Departments do not change in this county."""
    names: tuple[Field, ...] = ("category", "name", "basis", "township_duty", "method")
    pairs = [(name, getattr(old, name) or "", getattr(new, name) or "") for name in names]
    return tuple(FieldChange(field=name, old=was, new=now) for name, was, now in pairs if was != now)


def _changes(
    old: Mapping[ItemId, Line], new: Mapping[ItemId, Line], moved: Mapping[str, ItemId]
) -> tuple[Change, ...]:
    changes: list[Change] = []
    for item, line in new.items():
        was = old.get(item)
        if was is None:
            changes.append(
                Change(type="added", item=item, name=line.state.name, old_number=None, new_number=line.number)
            )
            continue
        fields = _fields(was.state, line.state)
        if fields or was.number != line.number:
            changes.append(
                Change(
                    type="changed" if fields else "renumbered",
                    item=item,
                    name=line.state.name,
                    old_number=was.number,
                    new_number=line.number,
                    fields=fields,
                )
            )
    for item, line in old.items():
        if item not in new:
            changes.append(
                Change(
                    type="removed",
                    item=item,
                    name=line.state.name,
                    old_number=line.number,
                    new_number=None,
                    moved_to=moved.get(line.state.name),
                )
            )
    return tuple(changes)


def lists(states: Mapping[str, State] = STATES) -> CountyLists:
    """What is in force after both filings."""
    versions: list[Version] = []
    removed: list[tuple[DivisionCode, Line, str]] = []
    changed: list[VersionChanges] = []
    for division in (SUBDISTRICT, TOWN, TOWNSHIP):
        for kind in _ORDER:
            if (division, kind, FIRST) not in LISTED:
                continue
            old = _lines(states, division, kind, FIRST)
            current, filing = old, FIRST
            if (division, kind, SECOND) in LISTED:
                current, filing = _lines(states, division, kind, SECOND), SECOND
                now = {
                    states[f"{other}-{key}"].name: ItemId(f"{other}-{key.rstrip('+')}")
                    for other in _ORDER
                    if other != kind
                    for key in LISTED.get((division, other, SECOND), ())
                }
                found = _changes(old, current, now)
                if found:
                    changed.append(
                        VersionChanges(
                            township=division.code, kind=kind, filing=SECOND, before=FIRST, changes=found
                        )
                    )
                removed += [
                    (division.code, line, SECOND) for item, line in old.items() if item not in current
                ]
            versions.append(
                Version(township=division.code, kind=kind, filing=filing, lines=tuple(current.values()))
            )
    return CountyLists(
        county=COUNTY.code,
        filings=FILINGS,
        versions=tuple(versions),
        removed=tuple(removed),
        changes=tuple(changed),
    )


def county(**changes: object) -> County:
    """The county's settings; `changes` replaces fields."""
    plain = County(
        division=COUNTY,
        prefecture=PREFECTURE,
        languages=("zh", "en", "ko"),
        townships=(SUBDISTRICT, TOWN, TOWNSHIP),
        host={
            "zh": "示例县人民政府办公室",
            "en": "General Office of the People’s Government of Sample County",
        },
        site_name="示例县人民政府",
        site_domain=None,
        site_id_code="2301250000",
        icp_number=None,
        police_number=None,
        contacts=(
            Contact(
                office={
                    "zh": "中共示例县委机构编制委员会办公室",
                    "en": "Office of the Institutional Establishment Commission, Sample County",
                },
                role="county",
                phone="0000-0000000",
                hours={"zh": "工作日 8:30—11:30，13:30—17:00", "en": "Working days 8:30–11:30, 13:30–17:00"},
                address={"zh": "示例县示例路1号"},
                verified=date(2022, 6, 30),
            ),
            Contact(
                office={
                    "zh": "示例县整治形式主义为基层减负专项工作机制办公室",
                    "en": "Sample County office for tackling formalities and easing burdens at the grassroots",
                },
                role="relief",
                phone="0000-0000000",
                hours={},
                address={},
                verified=None,
            ),
        ),
        gates=frozenset(),
        originals_public=False,
        sample=True,
        folder=Path("content/counties/230125"),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def site(of: County, *, base_url: str | None = None) -> Site:
    """The site that holds just this county."""
    places = (PROVINCE, PREFECTURE, COUNTY, SUBDISTRICT, TOWN, TOWNSHIP)
    return Site(
        content=Path("content"),
        province=PROVINCE,
        base_url=base_url,
        divisions={division.code: division for division in places},
        counties=(of,),
    )


def mini(**changes: object) -> Mini:
    """The miniature as it is; `changes` replaces fields of the county."""
    of = county(**changes)
    return Mini(site=site(of), county=of, lists=lists(), tongues=tongues())


def hostile_states() -> dict[str, State]:
    """The same states with markup, quotes and spreadsheet formulas in every field of a few items."""
    worse = dict(STATES)
    for key in ("basic-0003", "supporting-0001+", "reclaimed-0001", "task-0001"):
        state = STATES[key]
        departments = state.departments and tuple(
            Department(name=f"{HOSTILE}{d.name}", duty=d.duty and f"=cmd|'/c calc'!A1{HOSTILE}{d.duty}")
            for d in state.departments
        )
        worse[key] = replace(
            state,
            category=f"{HOSTILE}{state.category}",
            name=f"{HOSTILE}{state.name}",
            basis=f"{HOSTILE}{state.basis}",
            departments=departments,
            township_duty=state.township_duty and f"</script>{HOSTILE}{state.township_duty}",
            method=state.method and f"{HOSTILE}{{{{7*7}}}}{state.method}",
        )
    return worse


def hostile_mini() -> Mini:
    """The miniature with hostile text in items, in the county's name and office, and in the translations."""
    plain = county()
    bad = replace(COUNTY, name=f"示例县{HOSTILE}")
    bad_town = replace(TOWN, name=f"宾州镇{HOSTILE}", english=f"Binzhou{HOSTILE}")
    contacts = tuple(
        replace(c, phone=f"0000-0000000{HOSTILE}", office={"zh": HOSTILE}) for c in plain.contacts
    )
    of = county(
        division=bad,
        townships=(SUBDISTRICT, bad_town, TOWNSHIP),
        host={"zh": HOSTILE},
        contacts=contacts,
        site_name=HOSTILE,
    )
    memory = {key: value + HOSTILE for key, value in ENGLISH.items()}
    plain_tongues = tongues()
    return Mini(
        site=site(of),
        county=of,
        lists=lists(hostile_states()),
        tongues={**plain_tongues, "en": replace(plain_tongues["en"], memory=memory)},
    )


_PLAIN = (
    '<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>@title@</title>@head@</head><body>'
    '<header><a href="@home@">@site_name@</a>@languages@<ul>@nav@</ul></header>@band@'
    '<main id="main">@body@</main><footer data-root="@root@">@footer@</footer></body></html>'
)


def plain_shells() -> dict[str, Shell]:
    """A bare frame with every slot, for tests that need no MkDocs."""
    found = {}
    for lang in ("zh", "en", "ko"):
        parts = _PLAIN.replace("{lang}", "zh-Hans-CN" if lang == "zh" else lang).split("@")
        prose = {"about": Prose(name="about", title=f"About {lang}", html="<h1>About</h1><p>Sample.</p>")}
        found[lang] = Shell(
            lang=lang,
            pieces=tuple(parts[0::2]),
            slots=tuple(parts[1::2]),
            prose=prose,
            assets={"chrome.css": b"main{}\n", "chrome.js": b"// chrome\n"},
        )
    return found
