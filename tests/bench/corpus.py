"""A county of any size, as the content folder that `qingdan build` reads.

The matters are those of the sample library, in true wording; a list that asks for more than the library holds
repeats them under numbered names. Towns and subdistricts file a list each, so that an item has one or two contents,
shared by all townships of its kind, as in real counties. Everything is made up and marked as a sample.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

from generator.model.documents import Where
from generator.model.filings import Approval, FiledDocument, Filing
from generator.model.findings import Department
from generator.model.kinds import LIST_KINDS
from generator.model.lists import CountyRegister, Item, ItemId, Occurrence, RecordedFiling, State
from generator.model.places import DivisionCode
from generator.register import store
from tests.samples.library import Matter, Place, load
from tests.samples.wording import write_po

COUNTY = DivisionCode("230125")
AS_OF = date(2024, 1, 15)
FILING = "2022-06-20-first-list"
DOCUMENTS = {
    "town": "示例县乡镇履职事项清单.xlsx",
    "subdistrict": "示例县街道履职事项清单.xlsx",
}
# The national average of a township: 117 basic, 99 supporting and 124 reclaimed duties.
SHARES: Mapping[str, int] = {"basic": 117, "supporting": 99, "reclaimed": 124}
# One township in five is a subdistrict.
SUBDISTRICT_EVERY = 5


def make_content(folder: Path, prose: Path, *, townships: int, items: int, languages: Sequence[str]) -> None:
    """Write a content folder of one county into the new folder `folder`; `prose` holds the hand-written pages.

    `languages` begins with zh; English is the only one with translations.
    """
    folder.mkdir(parents=True)
    shutil.copytree(prose, folder / "prose")
    (folder / "site.toml").write_text('province = "230000"\n', encoding="utf-8")
    places = _townships(townships)
    _write_divisions(folder, places)
    _write_county(folder / "counties" / COUNTY, languages)
    translations: dict[str, str] = {}
    store.write(folder, _register(folder, places, _sizes(items), translations))
    (folder / "wording").mkdir()
    if "en" in languages:
        write_po(folder / "wording" / "en.po", "en", translations)


def _sizes(items: int) -> dict[str, int]:
    """Split a township's items over the kinds as the national average does."""
    sizes = {kind: round(items * share / sum(SHARES.values())) for kind, share in SHARES.items()}
    sizes["reclaimed"] += items - sum(sizes.values())
    return sizes


def _townships(count: int) -> dict[DivisionCode, str]:
    """Return code → level; codes 001-099 are subdistricts, 100-199 towns (GB/T 10114)."""
    if not 1 <= count <= 99:
        raise ValueError(f"a county of {count} townships cannot be coded")
    subdistricts = count // SUBDISTRICT_EVERY
    levels = {DivisionCode(f"{COUNTY}{n + 1:03}"): "subdistrict" for n in range(subdistricts)}
    return levels | {DivisionCode(f"{COUNTY}{100 + n}"): "town" for n in range(count - subdistricts)}


def _write_divisions(folder: Path, places: Mapping[DivisionCode, str]) -> None:
    rows = [
        "code,name,level,parent,english,successor",
        "230000,黑龙江省,province,,Heilongjiang Province,",
        "230100,哈尔滨市,prefecture,230000,Harbin,",
        f"{COUNTY},示例县,county,230100,Sample County,",
    ]
    words = {"town": ("镇", "Town"), "subdistrict": ("街道", "Subdistrict")}
    for number, (code, level) in enumerate(places.items(), start=1):
        zh, en = words[level]
        rows.append(f"{code},示例{number}{zh},{level},{COUNTY},Sample {en} {number},")
    (folder / "divisions.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")


def _write_county(folder: Path, languages: Sequence[str]) -> None:
    (folder / "filings" / FILING).mkdir(parents=True)
    names = ", ".join(f'"{lang}"' for lang in languages)
    (folder / "county.toml").write_text(
        f"""languages = [{names}]
sample = true
host = {{ zh = "示例县人民政府办公室（示例）" }}

[[contact]]
role = "county"
phone = "0000-0000000"
office = {{ zh = "中共示例县委机构编制委员会办公室（示例）" }}
""",
        encoding="utf-8",
    )
    for name in DOCUMENTS.values():
        # A build only proves that the originals are those that were recorded; it never reads them.
        (folder / "filings" / FILING / name).write_bytes(name.encode())


def _register(
    folder: Path, places: Mapping[DivisionCode, str], sizes: Mapping[str, int], translations: dict[str, str]
) -> CountyRegister:
    library = load()
    names: dict[str, dict[str, ItemId]] = {kind: {} for kind in sizes}
    states: dict[ItemId, list[State]] = {}
    for level, file in DOCUMENTS.items():
        codes = tuple(sorted(code for code, of in places.items() if of == level))
        if not codes:
            continue
        traits = frozenset({"urban" if level == "subdistrict" else "rural"})
        place = Place(county_word="县", levels=frozenset({level}), traits=traits, translations=translations)
        for kind, size in sizes.items():
            # Two matters can come to the same name here, and a name stands once in a list.
            matters = list({place.fill(matter.name): matter for matter in library[kind]}.values())
            for number in range(1, size + 1):
                state = _state(matters, number, place)
                where = Where(file=file, sheet=LIST_KINDS[kind].zh, cell=f"C{number + 3}")
                heard = Occurrence(
                    filing=FILING, number=str(number), where=where, townships=codes, position=number
                )
                item = names[kind].setdefault(state.name, ItemId(f"{kind}-{len(names[kind]) + 1:04d}"))
                _hear(states.setdefault(item, []), state, heard)
    return CountyRegister(
        county=COUNTY,
        filings=(_filing(folder, places, tuple(sizes)),),
        items=tuple(
            Item(id=item, kind=item.partition("-")[0], states=tuple(states[item])) for item in sorted(states)
        ),
        next_numbers={kind: len(known) + 1 for kind, known in names.items()},
    )


def _hear(states: list[State], state: State, heard: Occurrence) -> None:
    """Add an occurrence to the content it says, or the content itself where it is new."""
    for place, known in enumerate(states):
        if replace(known, occurrences=()) == state:
            states[place] = replace(known, occurrences=(*known.occurrences, heard))
            return
    states.append(replace(state, occurrences=(heard,)))


def _state(matters: Sequence[Matter], number: int, place: Place) -> State:
    """Return the content of the `number`th line of a list; beyond the library, matters return under a number."""
    lap, index = divmod(number - 1, len(matters))
    matter = matters[index]
    name = place.fill(matter.name)
    if lap:
        english = place.translations[name]
        name = f"{name}（{lap + 1}）"
        place.translations[name] = f"{english} ({lap + 1})"
    divided = matter.kind == "supporting"
    parts = tuple(
        Department(name=place.fill(part.name), duty=place.fill(part.duty) if part.duty and divided else None)
        for part in matter.parts
    )
    return State(
        category=place.fill(matter.category),
        name=name,
        basis=place.fill(matter.basis) if matter.basis else None,
        departments=parts if LIST_KINDS[matter.kind].has("departments") else None,
        township_duty=place.fill(matter.township_duty) if matter.township_duty else None,
        method=place.fill(matter.method) if matter.method else None,
    )


def _filing(folder: Path, places: Mapping[DivisionCode, str], kinds: Sequence[str]) -> RecordedFiling:
    townships = {
        file: tuple(sorted(code for code, of in places.items() if of == level))
        for level, file in DOCUMENTS.items()
    }
    filing = Filing(
        id=FILING,
        county=COUNTY,
        title="示例县乡镇（街道）履职事项清单（示例）",
        effective=date(2022, 7, 1),
        approvals=(
            Approval(
                stage="approval",
                authority="中共示例县委、示例县人民政府（示例）",
                document_number="示例〔2022〕1号",
                date=date(2022, 6, 10),
            ),
            Approval(
                stage="review",
                authority="哈尔滨市委机构编制委员会办公室（示例）",
                document_number="示例〔2022〕2号",
                date=date(2022, 6, 17),
            ),
        ),
        documents=tuple(
            FiledDocument(file=file, townships=codes) for file, codes in townships.items() if codes
        ),
        confirmations=(),
        renamings=(),
        sample=True,
        folder=folder / "counties" / COUNTY / "filings" / FILING,
    )
    return RecordedFiling(
        filing=filing,
        sha256={document.file: sha256(document.file.encode()).hexdigest() for document in filing.documents},
        covers={kind: tuple(sorted(places)) for kind in kinds},
        order=1,
    )
