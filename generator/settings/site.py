"""`site.toml` and every county's `county.toml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final, Literal, get_args

from generator.errors import UsageError
from generator.model.kinds import Field
from generator.model.places import TOWNSHIP_LEVELS, Division, DivisionCode
from generator.model.settings import Contact, County, Site
from generator.model.text import ZH, Text
from generator.settings.divisions import read_divisions
from generator.settings.reading import Faults, Table, read_toml
from generator.settings.targets import ADDRESS, read_signing, read_targets

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?")
# GB/T 33100 style: six digits of the division and four of the site, or `bm` and eight digits for a ministry.
_SITE_ID_CODE = re.compile(r"[0-9]{10}|bm[0-9]{8}")
_HOST_NAME = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+(:[0-9]+)?")
# Area code and 7 or 8 digits, with an extension; or a short public number (12345). Several stand with 、 between.
_PHONE = re.compile(r"(?:0[0-9]{2,3}[- ]?[0-9]{7,8}(?:(?:-|转)[0-9]{1,6})?|1[0-9]{2,4})")
_MOBILE = re.compile(r"(?:\+?86[- ]?)?1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}")
_PAID = re.compile(r"(?:400|9[0-9]{2})[- ]?[0-9- ]{7,9}")
_FIELDS: Final[Mapping[str, Field]] = {field: field for field in get_args(Field)}
GATES: Final = frozenset({"record"})
_ROLES: Final[Mapping[str, Literal["county", "relief"]]] = {"county": "county", "relief": "relief"}


def load_site(content: Path) -> Site:
    """Read the settings of the whole content folder: site, divisions and counties, but no filing.

    Raises ContentError with every fault of every file.
    """
    faults = Faults(content)
    table = read_toml(content / "site.toml", faults)
    province_code = table.needed("province", example='"230000"')
    base_url = table.text("base_url", example='"https://www.example.gov.cn/qingdan/"')
    public_key, former_keys = read_signing(table)
    targets = read_targets(table)
    table.close()
    if base_url is not None and not ADDRESS.fullmatch(base_url):
        table.fault(
            "base_url",
            Text(zh=f"“{base_url}”不是完整的网址。", en=f"{base_url!r} is not a whole address."),
            Text(zh="请以 https:// 开头、以 / 结尾。", en="It starts with https:// and ends with a slash."),
        )
    divisions = read_divisions(content / "divisions.csv", faults)
    province = divisions.get(DivisionCode(province_code))
    if province_code and divisions and (province is None or province.level != "province"):
        table.fault(
            "province",
            Text(
                zh=f"{province_code} 不是区划表中的省级区划。",
                en=f"{province_code} is not a province of the table of divisions.",
            ),
            Text(zh='请填省级代码，如 "230000"。', en='Write the code of a province, such as "230000".'),
        )
    counties = _counties(content, divisions, faults) if divisions else ()
    faults.raise_any()
    assert province is not None
    return Site(
        content=content,
        province=province,
        base_url=base_url,
        divisions=divisions,
        counties=counties,
        public_key=public_key,
        former_keys=former_keys,
        targets=targets,
    )


def find_county(site: Site, code: str) -> County | None:
    """Return any county of the table of divisions, with its settings where the content has a folder for it.

    Checking a document needs its county's townships, and must work before anybody has set up that county.
    """
    county = site.county(code)
    division = site.divisions.get(DivisionCode(code))
    if county is not None or division is None or division.level != "county" or division.parent is None:
        return county
    townships = [child for child in _children(site.divisions).get(division.code, []) if child.level != "unit"]
    return County(
        division=division,
        prefecture=site.divisions[division.parent],
        languages=(ZH,),
        townships=tuple(sorted(townships, key=lambda township: township.code)),
        host={},
        site_name=None,
        site_domain=None,
        site_id_code=None,
        icp_number=None,
        police_number=None,
        contacts=(),
        gates=frozenset(),
        originals_public=False,
        sample=False,
        folder=site.content / "counties" / code,
    )


def county_of_filing(folder: Path, site: Site) -> County:
    """Return the county in whose folder a filing lies: content/counties/<code>/filings/<filing>.

    Raises UsageError for a folder that lies anywhere else.
    """
    filings = folder.resolve().parent
    for county in site.counties:
        if filings == (county.folder / "filings").resolve():
            return county
    raise UsageError(
        Text(
            zh=f"{folder} 不是 {site.content} 中某个县的报送文件夹。",
            en=f"{folder} is not the filing folder of a county of {site.content}.",
        ),
        Text(
            zh="请放到 counties/<县级代码>/filings/ 之下，如 2022-06-20-first-list。",
            en="Put it under counties/<county code>/filings/, as 2022-06-20-first-list.",
        ),
    )


def _children(divisions: Mapping[DivisionCode, Division]) -> dict[DivisionCode, list[Division]]:
    """Return the townships and units in use under each county."""
    children: dict[DivisionCode, list[Division]] = {}
    for division in divisions.values():
        if division.parent and division.level in TOWNSHIP_LEVELS and division.successor is None:
            children.setdefault(division.parent, []).append(division)
    return children


def _counties(
    content: Path, divisions: Mapping[DivisionCode, Division], faults: Faults
) -> tuple[County, ...]:
    """Read every folder under counties/, sorted by code."""
    home = content / "counties"
    if not home.is_dir():
        return ()
    children = _children(divisions)
    read = (
        _county(folder, divisions, children, faults)
        for folder in sorted(home.iterdir())
        if folder.is_dir() and not folder.name.startswith(".")
    )
    return tuple(county for county in read if county is not None)


def _county(
    folder: Path,
    divisions: Mapping[DivisionCode, Division],
    children: Mapping[DivisionCode, list[Division]],
    faults: Faults,
) -> County | None:
    division = divisions.get(DivisionCode(folder.name))
    prefecture = divisions.get(division.parent) if division and division.parent else None
    if division is None or division.level != "county" or prefecture is None:
        faults.add(
            folder,
            "",
            Text(
                zh="文件夹名不是区划表中的县级代码。",
                en="The folder's name is no county's code in the table.",
            ),
            Text(
                zh="请以县（市、区）的 6 位代码命名，如 230125。",
                en="Name it with the county's 6 digits: 230125.",
            ),
        )
        return None
    if division.successor:
        faults.add(
            folder,
            "",
            Text(
                zh=f"{division.name}已并入 {division.successor}。",
                en=f"{division.code} has become {division.successor}.",
            ),
            Text(zh=f"请改用 {division.successor}。", en=f"Use {division.successor} instead."),
        )
    table = read_toml(folder / "county.toml", faults)
    languages = _languages(table)
    english = table.text("english")
    site_domain = _pattern(table, "site_domain", _HOST_NAME, '"www.example.gov.cn"')
    county = County(
        division=replace(division, english=english) if english else division,
        prefecture=prefecture,
        languages=languages,
        townships=_townships(table, division, children.get(division.code, [])),
        host=table.by_language("host", languages) or {},
        site_name=table.text("site_name"),
        site_domain=site_domain,
        site_id_code=_pattern(table, "site_id_code", _SITE_ID_CODE, f'"{division.code}0000"'),
        icp_number=table.text("icp"),
        police_number=table.text("police"),
        contacts=tuple(_contact(one, languages) for one in table.tables("contact")),
        gates=_gates(table),
        originals_public=table.flag("originals_public"),
        sample=table.flag("sample"),
        folder=folder,
        columns=_columns(folder, faults),
    )
    table.close()
    return county


def _columns(folder: Path, faults: Faults) -> Mapping[str, Field]:
    """Return what the county says its own headings mean (`columns.toml`, table [columns]); {} without the file."""
    path = folder / "columns.toml"
    if not path.is_file():
        return {}
    whole = read_toml(path, faults)
    table = whole.table("columns")
    whole.close()
    if table is None:
        return {}
    found: dict[str, Field] = {}
    for heading in table.keys:
        meant = table.needed(heading, example='"basis"')
        if meant in _FIELDS:
            found[heading] = _FIELDS[meant]
        elif meant:
            table.fault(
                heading,
                Text(zh=f"没有叫“{meant[:40]}”的列。", en=f"There is no column named {meant[:40]!r}."),
                Text(zh=f"可以写：{'、'.join(_FIELDS)}。", en=f"Known are: {', '.join(_FIELDS)}."),
            )
    return found


def _languages(table: Table) -> tuple[str, ...]:
    languages = table.texts("languages", required=True, example='["zh", "en"]')
    if languages and (languages[0] != ZH or not all(_LANGUAGE.fullmatch(lang) for lang in languages)):
        table.fault(
            "languages",
            Text(zh=f"“{'、'.join(languages)}”不能用。", en=f"{', '.join(languages)!r} cannot be used."),
            Text(
                zh='请把 "zh" 放在第一位，其余用小写语言代码，如 ["zh", "en"]。',
                en='Put "zh" first, then lower-case language codes: ["zh", "en"].',
            ),
        )
        return (ZH,)
    return languages or (ZH,)


def _pattern(table: Table, key: str, pattern: re.Pattern[str], example: str) -> str | None:
    value = table.text(key, example=example)
    if value is not None and not pattern.fullmatch(value):
        table.fault(
            key,
            Text(zh=f"“{value[:60]}”的写法不对。", en=f"The value {value[:60]!r} has the wrong form."),
            Text(zh=f"请写成 {key} = {example}。", en=f"Write it as {key} = {example}."),
        )
    return value


def _gates(table: Table) -> frozenset[str]:
    gates = table.texts("gates", example='["record"]')
    for gate in gates:
        if gate not in GATES:
            table.fault(
                "gates",
                Text(zh=f"不认识“{gate}”。", en=f"{gate!r} is not known."),
                Text(
                    zh='只能写 "record"（省级备案后才生效）。',
                    en='Only "record" (in force once the province has recorded it).',
                ),
            )
    return frozenset(gates)


def _townships(table: Table, county: Division, children: list[Division]) -> tuple[Division, ...]:
    """Return the county's real townships and the units it opted in by name, sorted by code.

    Codes 400-599 are farms, forest bureaus and development zones; most carry no township's functions, so none
    counts unless the county names it (GB/T 10114; research of the published code sets).
    """
    units = {division.name: division for division in children if division.level == "unit"}
    chosen = [division for division in children if division.level != "unit"]
    for name in table.texts("units"):
        if name in units:
            chosen.append(units[name])
            continue
        known = "、".join(sorted(units)) or "—"
        table.fault(
            "units",
            Text(
                zh=f"{county.name}没有名为“{name}”的农场、林业局等单位。",
                en=f"{county.code} has no farm, bureau or other unit named {name!r}.",
            ),
            Text(zh=f"区划表中有：{known}。", en=f"The table of divisions has: {known}."),
        )
    return tuple(sorted(chosen, key=lambda division: division.code))


def _phone(table: Table) -> str:
    """Return the office phone: one that every citizen can ring for the usual fee, and nobody's own."""
    phone = table.needed("phone", example='"0000-0000000"')
    for number in re.split(r"\s*[、，,;；/]\s*", phone) if phone else ():
        if _PHONE.fullmatch(number):
            continue
        shown = re.sub(r"(?<=\d{3}).", "*", number[:20]) if _MOBILE.fullmatch(number) else number[:20]
        if _MOBILE.fullmatch(number):
            problem = Text(zh=f"“{shown}”是个人手机号。", en=f"{shown!r} is somebody's mobile number.")
        elif _PAID.fullmatch(number):
            problem = Text(zh=f"“{shown}”是收费电话。", en=f"{shown!r} is a number that costs extra.")
        else:
            problem = Text(
                zh=f"“{shown}”位数不对，或不是半角数字。",
                en=f"{shown!r} has the wrong number of digits, or other characters.",
            )
        table.fault(
            "phone",
            problem,
            Text(
                zh='请写单位办公电话，带区号，如 "0000-0000000"；公共短号如 "12345" 也可以。',
                en='Write the office phone with its area code, "0000-0000000", or a public number such as "12345".',
            ),
        )
    return phone


def _contact(table: Table, languages: tuple[str, ...]) -> Contact:
    role = table.needed("role", example='"county"')
    if role and role not in _ROLES:
        table.fault(
            "role",
            Text(zh=f"不认识“{role}”。", en=f"{role!r} is not known."),
            Text(
                zh='请写 "county"（县里指定的联系单位）或 "relief"（整治形式主义为基层减负专项工作机制办公室）。',
                en='Write "county" (the contact the county names) or "relief" (its office for relieving the grassroots).',
            ),
        )
    contact = Contact(
        office=table.by_language("office", languages, required=True) or {},
        role=_ROLES.get(role, "county"),
        phone=_phone(table),
        hours=table.by_language("hours", languages) or {},
        address=table.by_language("address", languages) or {},
        verified=table.day("verified"),
    )
    table.close()
    return contact
