"""`qingdan init`: the first content folder of a real county, with nothing in it that is made up."""

from __future__ import annotations

import shutil
from pathlib import Path

from generator.errors import UsageError
from generator.model.places import Division, DivisionCode
from generator.model.text import Text
from generator.settings.divisions import read_divisions
from generator.settings.filing import EXAMPLE_FILING
from generator.settings.reading import Faults

_OWN_LEVELS = ("subdistrict", "town", "township")
"""Levels that every county has; farms and bureaus are opted in by name."""


def start_content(target: Path, code: str, pattern: Path) -> tuple[Path, ...]:
    """Write `content/` of one county into the new or empty folder `target`, and return the files written.

    The table of divisions and the prose pages are copied from `pattern`, a content folder that has them. Settings
    nobody can know are there as comments to fill in; samples are not copied. The result loads.

    Raises UsageError for a target that holds anything and for a code that is no county's; ContentError if the
    table of divisions itself is faulty.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UsageError(
            Text(zh=f"{target} 不是空文件夹。", en=f"{target} is not an empty folder."),
            Text(zh="请换一个新的或空的文件夹。", en="Name a new or an empty folder."),
        )
    content = target / "content"
    faults = Faults(pattern)
    divisions = read_divisions(pattern / "divisions.csv", faults)
    faults.raise_any()
    county = divisions.get(DivisionCode(code))
    if county is None or county.level != "county" or county.successor:
        raise UsageError(
            Text(zh=f"区划表中没有代码为“{code}”的县（市、区）。", en=f"No county has the code {code!r}."),
            Text(zh="请用 6 位代码，如 230125（宾县）。", en="Use its 6 digits, such as 230125 (Binxian)."),
        )
    province = _province(county, divisions)
    units = [
        division.name
        for division in divisions.values()
        if division.parent == code and division.level == "unit" and not division.successor
    ]
    townships = [
        division
        for division in divisions.values()
        if division.parent == code and division.level in _OWN_LEVELS and not division.successor
    ]
    home = content / "counties" / code
    written = [
        _write(content / "site.toml", _SITE.format(province=province.code)),
        _copy(pattern / "divisions.csv", content / "divisions.csv"),
        _write(home / "county.toml", _county_toml(county, units)),
        _write(home / EXAMPLE_FILING, _filing_toml(county, townships)),
        _write(home / "filings" / ".gitkeep", ""),
    ]
    prose = pattern / "prose"
    written += [
        _copy(page, content / "prose" / page.relative_to(prose))
        for page in sorted(prose.rglob("*"))
        if page.is_file() and not page.name.startswith(".")
    ]
    return tuple(written)


def _province(county: Division, divisions: dict[DivisionCode, Division]) -> Division:
    division = county
    while division.parent:
        division = divisions[division.parent]
    return division


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8", newline="\n") as stream:
        stream.write(text)
    return path


def _copy(source: Path, target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    return target


def _county_toml(county: Division, units: list[str]) -> str:
    listed = "、".join(units) if units else "无 / none"
    return _COUNTY.format(name=county.name, code=county.code, english=county.english or "", listed=listed)


def _filing_toml(county: Division, townships: list[Division]) -> str:
    codes = "\n".join(f"#   {township.code}  {township.name}" for township in townships)
    first = townships[0] if townships else county
    return _FILING.format(
        county=county.name, code=county.code, codes=codes, name=first.name, township=first.code
    )


_SITE = """\
# 本站总设置。Settings of the whole site.
province = "{province}"

# 网站地址，以 / 结尾；不写则不生成规范链接、站点地图和订阅。
# The site's address, ending with a slash; without it there are no canonical links, sitemap or feed.
# base_url = "https://"
"""

_COUNTY = """\
# {name}（{code}）的设置。不知道的不要填，也不要编造：没有填的，页面上就不显示。
# 以 # 开头的行不起作用。要填写哪一项，就删去那一行开头的“# ”，在英文双引号里填写；请用 UTF-8 编码保存。
# Settings of {code}. Leave out what is not known and make nothing up: what is not here is not shown.
# Lines that begin with # do nothing. To set something, delete the "# " before it and write between the straight quotes.

# 页面语言，zh 在前。Languages of the pages, zh first.
languages = ["zh", "en"]

# 英文名，写上则代替区划表中的（现为“{english}”）。English name, if not the one of divisions.csv.
# english = ""

# 主办单位全称，zh 为中文，en 为英文（没有英文的，删去 en 一项）。The host unit's full name in Chinese and English.
# host = {{ zh = "", en = "" }}

# 政府网站标识：网站名称、域名（不带 http）、标识码（10 位）、ICP 备案号、公安备案号。
# Government site identification: name, host name, ten-digit code, ICP and police record numbers.
# site_name = ""
# site_domain = ""
# site_id_code = "{code}0000"
# icp = ""
# police = ""

# 写上则清单须经省级备案后才算生效。With this a list is in force only once the province has recorded it.
# gates = ["record"]

# 是否提供原件下载（原件可能含有作者姓名）。Whether originals are offered (they can carry authors' names).
# originals_public = true

# 按名称纳入的农场、林业局等（区划表中有：{listed}）。Farms, bureaus and the like, opted in by name.
# units = []

# 清单外事项反映渠道，可写多段（连 [[contact]] 一行一起启用，须放在本文件最后）；role 为 county（县里指定的联系单位）
# 或 relief（为基层减负专项工作机制办公室）；office 为单位名称，hours 为办公时间，verified 为最近一次拨通核实的日期，
# 写成 年-月-日，不加引号。
# Where out-of-list tasks are reported; role is county or relief; verified is the day somebody last rang the number.
# [[contact]]
# role = "county"
# phone = ""
# office = {{ zh = "", en = "" }}
# hours = {{ zh = "", en = "" }}
# address = {{ zh = "", en = "" }}
# verified =
"""

_FILING = """\
# 报送说明的样子。每次报送：在 filings 下新建文件夹，以施行日期和小写英文短名命名，如 2022-06-20-first-list；
# 把清单原件放进去，再把本文件复制进去，改名为 filing.toml，按实际填写。
# 以 # 开头的行不起作用。要填写哪一项，就删去那一行开头的“# ”。没有的内容（如尚未备案）不填，也不要编造。
# What describes a filing. For each filing make a folder under filings, named by the day it takes effect and a short
# lower-case word (2022-06-20-first-list); put the documents in as they are, copy this file beside them as filing.toml
# and fill it in. Leave out what there is not; make nothing up.

# 标题和施行日期（年-月-日，不加引号），必填。Title and the day it takes effect; both are required.
# title = "{county}乡镇（街道）履职事项清单"
# effective = 2022-06-20

# 县（市、区）审定、市（地）审核、省级备案：各写单位、文号、日期；没有文号的不写文号，没有办的整段不写。
# 审定、审核都有日期，清单才算生效。
# County approval, prefecture review, province record. A list is in force once approved and reviewed, each with its date.
# [approval]
# authority = ""
# document_number = ""
# date = 2022-06-10

# [review]
# authority = ""
# document_number = ""
# date = 2022-06-15

# [record]
# authority = ""
# document_number = ""
# date = 2022-06-18

# 每个文件写一段：文件名，适用哪些乡镇（街道）。Each document in a part of its own: its name, and whose it is.
# [[document]]
# file = "{name}履职事项清单.xlsx"
# townships = ["{township}"]

# 全县共用一份清单，或一个工作簿中每个乡镇（街道）一张工作表的，写 "all"。
# "all": one list for all of them, or one workbook with a sheet for each.
# [[document]]
# file = "全县统一清单.xlsx"
# townships = "all"

# 县级有一份统一清单、个别乡镇（街道）另报差异的：统一清单写 base = true；差异清单写 differs，引号里是统一清单的文件名。
# A base list of the county (base = true) from which single townships differ: their lists name it in differs.
# [[document]]
# file = "县级统一清单.xlsx"
# townships = "all"
# base = true

# [[document]]
# file = "{name}差异清单.xlsx"
# townships = ["{township}"]
# differs = "县级统一清单.xlsx"

# 检查报告中“须确认”的问题，确实要保留的，把报告给出的 [[confirm]] 几行复制到本文件最后，填好理由、姓名和日期。
# What a check asks to have confirmed: copy the [[confirm]] lines it prints to the end of this file and fill them in.

# 本县乡镇（街道）代码。Codes of the townships:
{codes}
"""
