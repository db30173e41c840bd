"""Filed lines, lists and filings as model values, for the tests of the register."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from generator import register
from generator.model.documents import Document, Where
from generator.model.filings import Approval, Confirmation, FiledDocument, Filing, Renaming
from generator.model.findings import Checked, Checklist, Department, FiledItem
from generator.model.lists import CountyLists, CountyRegister
from generator.model.places import Division, DivisionCode
from generator.model.settings import County

CODE = DivisionCode("230125")
TOWNS = tuple(DivisionCode(f"2301251{number:02d}") for number in range(17))
A, B = TOWNS[:2]
NONE: frozenset[str] = frozenset()
LATE = date(2030, 1, 1)
EMPTY = CountyRegister(county=CODE, filings=(), items=())


def _division(code: DivisionCode, name: str) -> Division:
    return Division(code=code, name=name, english=None, level="town", parent=CODE)


COUNTY = County(
    division=replace(_division(CODE, "宾县"), level="county"),
    prefecture=replace(_division(DivisionCode("230100"), "哈尔滨市"), level="prefecture"),
    languages=("zh", "en"),
    townships=tuple(_division(code, f"示例{number}镇") for number, code in enumerate(TOWNS)),
    host={},
    site_name=None,
    site_domain=None,
    site_id_code=None,
    icp_number=None,
    police_number=None,
    contacts=(),
    gates=NONE,
    originals_public=False,
    sample=True,
    folder=Path("content/counties/230125"),
)
DONE = (
    Approval(stage="approval", authority="县委", document_number=None, date=date(2022, 1, 1)),
    Approval(stage="review", authority="市委编办", document_number="示例〔2022〕1号", date=date(2022, 1, 2)),
)


def line(
    name: str, number: str = "1", *, row: int = 3, duty: str = "配合核实", category: str | None = "民生"
) -> FiledItem:
    """One filed line of a supporting list."""
    return FiledItem(
        number=number,
        category=category,
        name=name,
        basis=None,
        departments=(Department(name="县民政局", duty="组织实施"),),
        township_duty=duty,
        method=None,
        where=Where(file="清单.xlsx", sheet="配合", cell=f"C{row}"),
        cells={"name": f"C{row}"},
    )


def checklist(
    items: Sequence[FiledItem | str], *, kind: str = "supporting", towns: Sequence[DivisionCode] = (A,)
) -> Checklist:
    """One list; names become lines numbered in order."""
    lines = [
        line(item, str(place), row=place + 2) if isinstance(item, str) else item
        for place, item in enumerate(items, start=1)
    ]
    return Checklist(
        kind=kind,
        county=CODE,
        townships=tuple(sorted(towns)),
        items=tuple(lines),
        where=Where(file="清单.xlsx", sheet="配合"),
    )


def filing(
    effective: str,
    *,
    slug: str = "list",
    approvals: tuple[Approval, ...] = DONE,
    renamings: tuple[Renaming, ...] = (),
    confirmations: tuple[Confirmation, ...] = (),
) -> Filing:
    """A filing of one document for every township."""
    name = f"{effective}-{slug}"
    return Filing(
        id=name,
        county=CODE,
        title=f"清单 {effective}",
        effective=date.fromisoformat(effective),
        approvals=approvals,
        documents=(FiledDocument(file="清单.xlsx", townships=TOWNS),),
        confirmations=confirmations,
        renamings=renamings,
        sample=True,
        folder=Path("content/counties/230125/filings") / name,
    )


def checked(*lists: Checklist, digest: str = "a") -> Checked:
    """What the checks would hand over."""
    document = Document(file="清单.xlsx", sha256=digest * 64, size=1, format="xlsx", sheets=())
    return Checked(documents=(document,), checklists=lists, findings=())


def proposed(
    before: CountyRegister,
    effective: str,
    *lists: Checklist,
    renamings: tuple[Renaming, ...] = (),
    digest: str | None = None,
) -> register.Proposal:
    """A proposal over `before`; its document is new unless the filing is recorded, or `digest` says otherwise."""
    known = [
        place for place, one in enumerate(before.filings) if one.filing.effective.isoformat() == effective
    ]
    own = digest or "abcdef"[(known or [len(before.filings)])[0] % 6]
    return register.propose(
        before, filing(effective, renamings=renamings), checked(*lists, digest=own), COUNTY
    )


def grown(*steps: tuple[str, Checklist]) -> CountyRegister:
    """The register after one filing a step, none of them blocked."""
    current = EMPTY
    for effective, stated in steps:
        proposal = proposed(current, effective, stated)
        assert not proposal.blocked, proposal.findings
        current = proposal.register
    return current


def rules(proposal: register.Proposal) -> list[tuple[str, str]]:
    """Rule and severity of every finding."""
    return [(finding.rule, finding.severity) for finding in proposal.findings]


def names_in_force(lists: CountyLists, township: DivisionCode = A) -> list[str]:
    """The names of a township's supporting list, in its order."""
    version = lists.version(township, "supporting")
    return [] if version is None else [one.state.name for one in version.lines]


def without(stage: str) -> tuple[Approval, ...]:
    """Approvals without that stage."""
    return tuple(one for one in DONE if one.stage != stage)


def dated(stage: str, day: date | None) -> tuple[Approval, ...]:
    """Approvals with another date for that stage."""
    return tuple(replace(one, date=day) if one.stage == stage else one for one in DONE)


TEN = ["低保", "防汛", "食品", "禁毒", "帮教", "扫黑", "电梯", "护林", "秸秆", "河湖"]
STEPS = (
    ("2022-06-20", checklist(["低保", "防汛", "食品", "禁毒", "帮教"])),
    ("2023-06-20", checklist(["防汛", line("低保", "2", duty="另有职责"), "食品", "禁毒", "帮教", "电梯"])),
    ("2024-06-20", checklist(["防汛", line("低保", "2", duty="另有职责"), "食品", "禁毒", "电梯"])),
)
