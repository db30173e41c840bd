"""Settings: what people write by hand is read whole, and every fault is told at once."""

from __future__ import annotations

import unicodedata
from datetime import date
from pathlib import Path

import pytest

from generator import settings
from generator.errors import ContentError, UsageError
from generator.model.filings import Filing
from generator.model.settings import County

DIVISIONS = """\
code,name,level,parent,english,successor
230000,黑龙江省,province,,Heilongjiang Province,
230100,哈尔滨市,prefecture,230000,Harbin,
230125,宾县,county,230100,Binxian County,
230125101,居仁镇,town,230125,,
230125100,宾州镇,town,230125,,
230125203,鸟河乡,township,230125,,
230125204,旧乡,township,230125,,230125203
230125400,示例林场,unit,230125,,
230700,伊春市,prefecture,230000,Yichun,
230702,伊春区,county,230700,,230717
230717,伊美区,county,230700,,
"""
COUNTY = 'languages = ["zh", "en"]\n'
FULL = """\
languages = ["zh", "en", "ko"]
english = "Bin County"
host = { zh = "宾县人民政府办公室", en = "Office of the People's Government" }
site_name = "宾县人民政府"
site_domain = "www.example.gov.cn"
site_id_code = "2301250000"
icp = "黑ICP备00000000号"
police = "黑公网安备 00000000000000号"
gates = ["record"]
originals_public = true
sample = true
units = ["示例林场"]

[[contact]]
role = "county"
phone = "0000-0000000"
office = { zh = "县委编办（示例）", en = "Sample office" }
hours = { zh = "工作日", en = "Working days" }
verified = 2022-06-20

[[contact]]
role = "relief"
phone = "0000-0000001"
office = { zh = "为基层减负办公室（示例）" }
"""
FILING = """\
title = "履职事项清单（示例）"
effective = 2022-06-20

[approval]
authority = "县委、县政府"
document_number = "示例〔2022〕1号"
date = 2022-06-10

[record]
authority = "省委编办"

[[document]]
file = "宾州镇.xlsx"
townships = ["230125100"]
kind = "basic"

[[document]]
file = "全县.docx"
townships = "all"

[[confirm]]
rule = "VETO-ITEM"
file = "宾州镇.xlsx"
sheet = "基本履职事项"
cell = "C17"
reason = "依据《示例办法》"
name = "张示例"
date = 2022-06-18

[[renamed]]
kind = "supporting"
name = "防汛抗旱"
item = "supporting-0042"

[[renamed]]
kind = "supporting"
name = "电梯安全"
item = "new"
"""


def content(tmp_path: Path, *, county: str = COUNTY, site: str = 'province = "230000"\n') -> Path:
    """A content folder with one county."""
    home = tmp_path / "content"
    folder = home / "counties" / "230125"
    folder.mkdir(parents=True)
    (home / "site.toml").write_text(site, encoding="utf-8")
    (home / "divisions.csv").write_text(DIVISIONS, encoding="utf-8")
    (folder / "county.toml").write_text(county, encoding="utf-8")
    return home


def faults(error: pytest.ExceptionInfo[ContentError]) -> list[str]:
    """The English lines of a ContentError."""
    assert error.value.problem.zh.count("\n") == error.value.problem.en.count("\n")
    return error.value.problem.en.split("\n")


def load_county(home: Path) -> County:
    """The one county of a content folder."""
    return settings.load_site(home).counties[0]


# ------------------------------------------------------------------------------------------ site and county


def test_a_bare_county_has_nothing_made_up(tmp_path: Path) -> None:
    """What is not written is absent: no contact, no host, no record number."""
    county = load_county(content(tmp_path))

    assert (county.division.name, county.prefecture.name) == ("宾县", "哈尔滨市")
    assert county.languages == ("zh", "en")
    assert [township.name for township in county.townships] == ["宾州镇", "居仁镇", "鸟河乡"]
    assert (county.host, county.contacts, county.gates) == ({}, (), frozenset())
    absent = (
        county.site_name,
        county.site_domain,
        county.site_id_code,
        county.icp_number,
        county.police_number,
    )
    assert absent == (None,) * 5
    assert not county.sample
    assert not county.originals_public


def test_a_full_county_is_read_whole(tmp_path: Path) -> None:
    """Every setting arrives; a unit counts because it is named; the English override is the county's own."""
    county = load_county(content(tmp_path, county=FULL))

    assert county.division.english == "Bin County"
    assert county.languages == ("zh", "en", "ko")
    assert county.host == {"zh": "宾县人民政府办公室", "en": "Office of the People's Government"}
    assert county.site_id_code == "2301250000"
    assert county.gates == {"record"}
    assert county.townships[-1].name == "示例林场"
    assert [(one.role, one.phone, one.verified) for one in county.contacts] == [
        ("county", "0000-0000000", date(2022, 6, 20)),
        ("relief", "0000-0000001", None),
    ]
    assert county.contacts[1].hours == {}


@pytest.mark.parametrize(
    ("county", "complaint"),
    [
        pytest.param("", "county.toml, languages: It is required", id="no-languages"),
        pytest.param('languages = ["en", "zh"]', "languages: 'en, zh' cannot be used", id="zh-not-first"),
        pytest.param(COUNTY + "sampel = true", "sampel: This key is not known", id="misspelt-key"),
        pytest.param(COUNTY + 'sample = "yes"', "sample: The value 'yes' cannot be used", id="not-a-boolean"),
        pytest.param(COUNTY + 'icp = ""', "icp: The value '' cannot be used", id="empty-text"),
        pytest.param(COUNTY + 'icp = "黑\\u202eICP"', "icp: The value", id="direction-mark"),
        pytest.param(COUNTY + 'host = { en = "Office" }', "host.zh: It is required", id="host-without-zh"),
        pytest.param(
            COUNTY + 'host = { zh = "办", ko = "실" }',
            "host.ko: This key is not known",
            id="language-not-set",
        ),
        pytest.param(COUNTY + 'gates = ["province"]', "gates: 'province' is not known", id="unknown-gate"),
        pytest.param(COUNTY + 'units = ["示例农场"]', "units: 230125 has no farm", id="unknown-unit"),
        pytest.param(
            COUNTY + 'site_domain = "https://x.cn/"', "site_domain: The value", id="domain-with-scheme"
        ),
        pytest.param(COUNTY + 'site_id_code = "230125"', "site_id_code: The value", id="short-id-code"),
        pytest.param(
            COUNTY + '[[contact]]\nrole = "mayor"\nphone = "0000-0000000"\noffice = { zh = "办" }',
            "contact[1].role: 'mayor' is not known",
            id="unknown-role",
        ),
        pytest.param(
            COUNTY
            + '[[contact]]\nrole = "county"\nphone = "0000-0000000"\noffice = { zh = "办" }\nverified = "2022-06-20"',
            "contact[1].verified: The value",
            id="date-in-quotes",
        ),
        pytest.param("languages = [zh]", "county.toml: It is not valid TOML", id="not-toml"),
    ],
)
def test_a_faulty_county_is_refused(tmp_path: Path, county: str, complaint: str) -> None:
    """The fault is told by file and key, with what to do."""
    with pytest.raises(ContentError) as error:
        load_county(content(tmp_path, county=county))

    assert len(faults(error)) == 1
    assert faults(error)[0].startswith("content/counties/230125/county.toml")
    assert complaint in faults(error)[0]


@pytest.mark.parametrize(
    ("county", "place"),
    [
        pytest.param('languages = ["zh"]\nicp = 备案\n', "第 2 行第 7 个字附近写法有误", id="no-quotes"),
        pytest.param('languages = ["zh"', "文件末尾写法有误", id="never-closed"),
    ],
)
def test_where_a_file_is_miswritten_is_said_in_chinese(tmp_path: Path, county: str, place: str) -> None:
    """The parser speaks English only; the line and what to look for there are said in Chinese."""
    with pytest.raises(ContentError) as error:
        load_county(content(tmp_path, county=county))

    assert place in error.value.problem.zh
    assert "双引号" in error.value.problem.zh


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    """Nobody mends one fault to be told of the next."""
    home = content(tmp_path, county="sample = 1\n", site='base_url = "www.x.cn"\n')
    with (home / "divisions.csv").open("a", encoding="utf-8") as file:
        file.write("230125.0,坏镇,town,230125,,\n")
    (home / "counties" / "999999").mkdir()
    with pytest.raises(ContentError) as error:
        settings.load_site(home)

    told = faults(error)
    assert [line.split(": ")[0] for line in told] == [
        "content/site.toml, province",
        "content/site.toml, base_url",
        "content/divisions.csv, 第 13 行 / line 13",
        "content/counties/230125/county.toml, languages",
        "content/counties/230125/county.toml, sample",
        "content/counties/999999",
    ]
    assert error.value.exit_code == 3


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        pytest.param("230125.0,坏镇,town,230125,,", "line 13", id="damaged-code"),
        pytest.param("230125300,坏镇,village,230125,,", "line 13", id="unknown-level"),
        pytest.param("230125300,,town,230125,,", "line 13", id="no-name"),
        pytest.param("230125300,坏镇,town,230125,", "line 13", id="five-columns"),
        pytest.param("230125300,坏镇,town,230126,,", "The parent '230126'", id="unknown-parent"),
        pytest.param("230125300,坏镇,town,230125100,,", "The parent '230125100'", id="town-under-town"),
        pytest.param("230125300,坏镇,town,,,", "The parent ''", id="orphan"),
        pytest.param("230125100,又一镇,town,230125,,", "stands on line 6 already", id="code-twice"),
        pytest.param(
            "230125300,坏镇,town,230125,,230125999", "The successor 230125999", id="unknown-successor"
        ),
    ],
)
def test_a_faulty_division_is_refused(tmp_path: Path, row: str, complaint: str) -> None:
    """A damaged code, level, parent or successor stops the run; nothing is mended."""
    home = content(tmp_path)
    with (home / "divisions.csv").open("a", encoding="utf-8") as file:
        file.write(row + "\n")
    with pytest.raises(ContentError) as error:
        settings.load_site(home)

    assert len(faults(error)) == 1
    assert complaint in faults(error)[0]


def test_a_county_that_was_merged_away_names_its_successor(tmp_path: Path) -> None:
    """A site of a revoked code is refused, with the code to use instead."""
    home = content(tmp_path)
    (home / "counties" / "230125").rename(home / "counties" / "230702")
    with pytest.raises(ContentError, match="230702 has become 230717"):
        settings.load_site(home)


def test_a_county_without_settings_can_still_be_checked_for(tmp_path: Path) -> None:
    """Any county of the table is found, with its real townships, before anybody has set it up."""
    site = settings.load_site(content(tmp_path))
    bare = settings.find_county(site, "230717")

    assert bare is not None
    assert (bare.division.name, bare.languages, bare.townships) == ("伊美区", ("zh",), ())
    assert settings.find_county(site, "230125") is site.counties[0]
    assert settings.find_county(site, "230100") is None
    assert settings.find_county(site, "999999") is None


def test_the_real_divisions_are_complete() -> None:
    """The table holds every county-level division of the province."""
    home = Path(__file__).resolve().parent.parent / "content"
    site = settings.load_site(home)

    assert sum(division.level == "county" for division in site.divisions.values()) == 126


# -------------------------------------------------------------------------------------------------- filings


def filing_folder(home: Path, text: str = FILING, name: str = "2022-06-20-first-list") -> Path:
    """A filing folder with its two documents."""
    folder = home / "counties" / "230125" / "filings" / name
    folder.mkdir(parents=True)
    (folder / "filing.toml").write_text(text, encoding="utf-8")
    for file in ("宾州镇.xlsx", "全县.docx"):
        (folder / file).write_bytes(b"document")
    return folder


def load(home: Path, folder: Path) -> Filing:
    """Read a filing of the only county."""
    site = settings.load_site(home)
    return settings.load_filing(folder, site.counties[0], site)


def test_a_filing_is_read_whole(tmp_path: Path) -> None:
    """Documents, approvals, confirmations and renamings arrive as written; what is absent is None."""
    home = content(tmp_path, county=COUNTY + "sample = true\n")
    folder = filing_folder(home)
    for leaving in (".DS_Store", "Thumbs.db", "~$宾州镇.xlsx"):
        (folder / leaving).write_bytes(b"")
    filing = load(home, folder)

    assert (filing.id, filing.county, filing.effective) == (
        "2022-06-20-first-list",
        "230125",
        date(2022, 6, 20),
    )
    assert filing.sample
    assert [(one.file, one.townships, one.kind) for one in filing.documents] == [
        ("宾州镇.xlsx", ("230125100",), "basic"),
        ("全县.docx", ("230125100", "230125101", "230125203"), None),
    ]
    assert [(one.stage, one.document_number, one.date) for one in filing.approvals] == [
        ("approval", "示例〔2022〕1号", date(2022, 6, 10)),
        ("record", None, None),
    ]
    assert [(one.rule, one.sheet, one.cell) for one in filing.confirmations] == [
        ("VETO-ITEM", "基本履职事项", "C17")
    ]
    assert [one.item for one in filing.renamings] == ["supporting-0042", None]
    assert settings.filing_folders(settings.load_site(home).counties[0]) == (folder,)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        pytest.param('title = "履职事项清单（示例）"', "", "title: It is required", id="no-title"),
        pytest.param("effective = 2022-06-20", 'effective = "2022"', "effective: The value", id="text-date"),
        pytest.param('"230125100"', '"230125400"', "'230125400' is no township", id="unit-not-opted-in"),
        pytest.param('"230125100"', '"230102001"', "'230102001' is no township", id="other-county"),
        pytest.param('["230125100"]', "[]", "document[1].townships: The value", id="no-townships"),
        pytest.param('kind = "basic"', 'kind = "core"', "no kind of list named 'core'", id="unknown-kind"),
        pytest.param(
            'item = "supporting-0042"', 'item = "basic-0042"', "no item of kind", id="other-kinds-item"
        ),
        pytest.param('name = "电梯安全"', 'name = "防汛抗旱"', "is answered twice", id="answered-twice"),
        pytest.param(
            'authority = "省委编办"', "", "record.authority: It is required", id="stage-without-authority"
        ),
        pytest.param('reason = "依据《示例办法》"', "", "confirm[1].reason: It is required", id="no-reason"),
        pytest.param(
            'rule = "VETO-ITEM"\nfile = "宾州镇.xlsx"',
            'rule = "VETO-ITEM"\nfile = "别的.xlsx"',
            "confirm[1].file: The folder holds no",
            id="confirmed-elsewhere",
        ),
    ],
)
def test_a_faulty_filing_is_refused(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    """The fault is told by key, counted as the file shows it."""
    home = content(tmp_path)
    assert old in FILING
    folder = filing_folder(home, FILING.replace(old, new, 1))
    with pytest.raises(ContentError) as error:
        load(home, folder)

    assert len(faults(error)) == 1
    assert "filings/2022-06-20-first-list/filing.toml" in faults(error)[0]
    assert complaint in faults(error)[0]


@pytest.mark.parametrize(
    "file", ["../county.toml", "a/b.xlsx", "C:b.xlsx", "a\\\\b.xlsx", "..", "filing.toml"]
)
def test_a_document_is_a_plain_name(tmp_path: Path, file: str) -> None:
    """No path leads out of the filing's folder."""
    home = content(tmp_path)
    text = FILING.replace('file = "全县.docx"', f'file = "{file}"')
    with pytest.raises(ContentError) as error:
        load(home, filing_folder(home, text))

    assert "is not a file name" in faults(error)[0]


def test_every_file_of_the_folder_is_named_once(tmp_path: Path) -> None:
    """A document nobody names would be left out in silence; one named twice would be read for two."""
    home = content(tmp_path)
    folder = filing_folder(home, FILING.replace('"全县.docx"', '"宾州镇.xlsx"'))
    (folder / "草稿").mkdir()
    with pytest.raises(ContentError) as error:
        load(home, folder)

    told = "\n".join(faults(error))
    assert len(faults(error)) == 3
    assert "'宾州镇.xlsx' is named more than once" in told
    assert "全县.docx: filing.toml does not name this file" in told
    assert "草稿: It is a folder or a shortcut, not a file" in told


def test_a_link_is_no_document(tmp_path: Path) -> None:
    """A link could be another file tomorrow, or one from outside of the content."""
    home = content(tmp_path)
    folder = filing_folder(home)
    (folder / "全县.docx").unlink()
    (folder / "全县.docx").symlink_to(home / "site.toml")
    with pytest.raises(ContentError, match="It is a folder or a shortcut, not a file"):
        load(home, folder)


def test_a_name_in_other_code_points_is_the_same_file(tmp_path: Path) -> None:
    """A folder that went through a Mac can spell é in two code points; the name on the disk is used."""
    home = content(tmp_path)
    text = FILING.replace("全县.docx", "Café全县.docx")
    folder = filing_folder(home, text)
    (folder / "全县.docx").rename(folder / unicodedata.normalize("NFD", "Café全县.docx"))

    assert load(home, folder).documents[1].file == unicodedata.normalize("NFD", "Café全县.docx")


def test_a_filing_folder_is_named_by_date(tmp_path: Path) -> None:
    """Filings sort by their names, and the name stands in every trace."""
    home = content(tmp_path)
    with pytest.raises(ContentError, match="The folder's name has the wrong form"):
        load(home, filing_folder(home, name="第一次报送"))


def test_a_loose_file_between_filings_is_refused(tmp_path: Path) -> None:
    """A document outside of a filing's folder would never be read."""
    home = content(tmp_path)
    folder = filing_folder(home)
    (folder.parent / "更正.xlsx").write_bytes(b"document")
    with pytest.raises(ContentError, match=r"更正\.xlsx lies in the folder of no filing"):
        settings.filing_folders(settings.load_site(home).counties[0])


def test_the_county_of_a_filing_is_where_it_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Absolute or relative, the folder leads to its county; any other folder is wrong usage."""
    home = content(tmp_path)
    folder = filing_folder(home)
    monkeypatch.chdir(tmp_path)
    site = settings.load_site(Path("content"))

    assert settings.county_of_filing(folder, site) is site.counties[0]
    assert settings.county_of_filing(folder.relative_to(tmp_path), site) is site.counties[0]
    assert settings.load_filing(folder, site.counties[0], site).folder == folder.relative_to(tmp_path)
    with pytest.raises(UsageError):
        settings.county_of_filing(tmp_path, site)


# ----------------------------------------------------------------------------------------------------- init


def pattern(tmp_path: Path) -> Path:
    """A content folder to start from: divisions, prose and a sample county that must stay behind."""
    home = content(tmp_path / "pattern", county=FULL)
    (home / "prose" / "zh").mkdir(parents=True)
    (home / "prose" / "zh" / "about.md").write_text("# 关于\n", encoding="utf-8")
    filing_folder(home)
    return home


def test_a_started_content_loads_and_holds_nothing_made_up(tmp_path: Path) -> None:
    """Divisions and prose are copied whole, settings are there to fill in, samples are not."""
    written = settings.start_content(tmp_path / "new", "230125", pattern(tmp_path))
    home = tmp_path / "new" / "content"
    county = load_county(home)

    assert sorted(path.relative_to(home).as_posix() for path in written) == [
        "counties/230125/county.toml",
        "counties/230125/filing.example.toml",
        "counties/230125/filings/.gitkeep",
        "divisions.csv",
        "prose/zh/about.md",
        "site.toml",
    ]
    assert sorted(path for path in home.rglob("*") if path.is_file()) == sorted(written)
    assert (home / "divisions.csv").read_text(encoding="utf-8") == DIVISIONS
    assert (county.host, county.contacts, county.site_name, county.sample) == ({}, (), None, False)
    assert settings.filing_folders(county) == ()
    assert "示例林场" in (home / "counties" / "230125" / "county.toml").read_text(encoding="utf-8")


def test_every_setting_offered_is_one_that_is_read(tmp_path: Path) -> None:
    """Each commented line of the started county.toml is a key the program knows."""
    settings.start_content(tmp_path / "new", "230125", pattern(tmp_path))
    home = tmp_path / "new" / "content"
    path = home / "counties" / "230125" / "county.toml"
    offered = [line[2:] for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("# ")]
    keys = [line.split(" = ")[0] for line in offered if " = " in line and line[0].isascii()]
    known = {line.split(" = ")[0] for line in FULL.splitlines() if " = " in line}

    # Languages are set, the sample mark is not for real content, and a date has no harmless placeholder.
    assert set(keys) == (known | {"address"}) - {"languages", "sample", "verified"}


def test_a_folder_that_holds_anything_is_left_alone(tmp_path: Path) -> None:
    """Starting over an existing content would bury somebody's work."""
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "note.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="not an empty folder"):
        settings.start_content(tmp_path / "new", "230125", pattern(tmp_path))

    assert [path.name for path in (tmp_path / "new").iterdir()] == ["note.txt"]


@pytest.mark.parametrize("code", ["230100", "999999", "230702", "230125100"])
def test_only_a_county_in_use_can_be_started(tmp_path: Path, code: str) -> None:
    """A prefecture, a township, an unknown and a revoked code are wrong usage, and nothing is written."""
    with pytest.raises(UsageError, match="No county has the code"):
        settings.start_content(tmp_path / "new", code, pattern(tmp_path))

    assert not (tmp_path / "new").exists()
