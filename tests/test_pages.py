"""The pages of the miniature county, as bytes: what stands on them, what they leave out, where they lead."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import PurePosixPath
from posixpath import normpath
from urllib.parse import unquote, urlsplit

import pytest

from generator.model.addresses import category_page, department_page
from generator.model.lists import CountyLists, FieldChange
from generator.model.shell import CountySummary
from generator.pages import render_county, render_province
from generator.pages.differences import differences
from generator.pages.pictures import figures, kind_bar, kind_parts
from generator.pages.voice import Voice
from tests import mini_county as mini
from tests.mini_county import Mini

SCRIPTS = {"zh": ("items-zh.0.js",), "en": ("items-en.0.js",), "ko": ("items-ko.0.js",)}
ITEM_BUDGET = 8 * 1024
"""Bytes of an item page without its own text."""


class Pages(dict[str, str]):
    """Files of a rendered county by path; refuses a second write, as a build does."""

    summary: CountySummary

    def write(self, path: str, body: bytes) -> None:
        """Keep a file."""
        if path in self:
            raise FileExistsError(path)
        self[path] = body.decode()


def rendered(
    of: Mini,
    *,
    preview: bool = False,
    scripts: Mapping[str, tuple[str, ...]] = SCRIPTS,
    base: str | None = None,
) -> Pages:
    """Render a county into memory."""
    pages = Pages()
    site = replace(of.site, base_url=base)
    pages.summary = render_county(
        of.county,
        of.lists,
        of.tongues,
        mini.plain_shells(),
        scripts,
        mini.TEMPLATES,
        site,
        mini.AS_OF,
        preview,
        pages.write,
    )
    return pages


@pytest.fixture(scope="module")
def pages() -> Pages:
    """The miniature as it is."""
    return rendered(mini.mini())


class Outline(HTMLParser):
    """Links, ids, headings, elements without content, attributes that the policy forbids."""

    VOID = frozenset({"meta", "link", "input", "br", "img", "hr"})

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.ids: list[str] = []
        self.headings: list[str] = []
        self.forbidden: list[str] = []
        self.empty: list[str] = []
        self.text = ""
        self._open: list[tuple[str, bool, dict[str, str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what the element brings."""
        values = {name: value or "" for name, value in attrs}
        self.links += [values[name] for name in ("href", "src") if name in values]
        self.ids += [values["id"]] if "id" in values else []
        self.forbidden += [name for name in values if name == "style" or name.startswith("on")]
        if tag == "script" and "src" not in values:
            self.forbidden.append("inline script")
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(tag)
        if tag in self.VOID:
            self._open = [(name, filled or tag == "input", v) for name, filled, v in self._open]
        else:
            self._open.append((tag, False, values))

    def handle_data(self, data: str) -> None:
        """Text fills every element around it."""
        self.text += data
        if data.strip():
            self._open = [(tag, True, values) for tag, _, values in self._open]

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost element; what a script will fill may be empty, and lines to write on are."""
        name, filled, values = self._open.pop()
        assert name == tag, f"<{name}> closed by </{tag}>"
        blank = "qd-blank" in values.get("class", "") or values.get("id", "").startswith("qd-search")
        if blank:
            self._open = [(t, True, v) for t, _, v in self._open]
        if not filled and not blank and tag not in {"script", "rect"}:
            self.empty.append(f"<{tag} {values}>")


def html_of(pages: Pages) -> dict[str, str]:
    """Return the pages without assets and feeds."""
    return {path: body for path, body in pages.items() if path.endswith(".html")}


def town(lang: str, name: str) -> str:
    """Return the path of one of the town's pages."""
    return f"{lang}/{mini.TOWN.code}/{name}.html"


def text_of(page: str) -> str:
    """Return what a reader reads, on one line."""
    return re.sub(r"\s+", " ", Outline(page).text)


def test_every_page_is_there(pages: Pages) -> None:
    """The layout of `model.addresses`, once per language, the way in and the assets once."""
    expected = {"index.html"}
    for lang in ("zh", "en", "ko"):
        names = ("index", "search", "departments", "changes", "data", "sitemap", "about")
        expected |= {f"{lang}/{name}.html" for name in names}
        for division in (mini.SUBDISTRICT, mini.TOWN, mini.TOWNSHIP):
            expected |= {f"{lang}/{division.code}/{name}.html" for name in ("index", "changes", "report")}
        expected |= {
            f"{lang}/{version.township}/{line.item}.html"
            for version in mini.lists().versions
            for line in version.lines
        }
        expected |= {f"{lang}/{code}/{line.item}.html" for code, line, _ in mini.lists().removed}
        expected.add(department_page(lang, "县水务局"))
        expected.add(category_page(lang, mini.TOWN.code, "supporting", "生态环保"))

    assert expected <= set(pages)
    assert department_page("zh", "县教育局") not in pages, "stands on a removed line only"
    assets = {re.sub(r"\.[0-9a-f]{10}\.", ".", path) for path in pages if path.startswith("assets/")}
    shipped = ("kiosk.css", "kiosk.js", "qingdan.css", "qingdan.js", "settings.js")
    assert assets == {f"assets/{name}" for name in shipped}


@pytest.mark.parametrize("variant", ["plain", "hostile", "bare", "empty"])
def test_pages_are_whole(variant: str) -> None:
    """Every variant: well formed, one h1, no skipped heading, no empty element, nothing that the policy forbids."""
    of = {"plain": mini.mini, "hostile": mini.hostile_mini, "bare": bare_mini, "empty": empty_mini}[variant]()
    for path, page in html_of(rendered(of)).items():
        outline = Outline(page)
        assert outline.forbidden == [], path
        assert outline.empty == [], path
        assert outline.headings.count("h1") == 1, path
        assert len(set(outline.ids)) == len(outline.ids), path
        levels = [int(heading[1]) for heading in outline.headings]
        assert all(after <= before + 1 for before, after in pairwise(levels)), (
            path,
            levels,
        )


def bare_mini() -> Mini:
    """A county that has filed nothing but its lists: no contact, no host, no metadata."""
    return mini.mini(host={}, site_name=None, site_id_code=None, contacts=())


def empty_mini() -> Mini:
    """A county with nothing in force."""
    nothing = CountyLists(county=mini.COUNTY.code, filings=(), versions=(), removed=(), changes=())
    return replace(mini.mini(), lists=nothing)


@pytest.mark.parametrize("variant", ["plain", "bare", "empty"])
def test_every_link_leads_somewhere(variant: str) -> None:
    """Every relative link meets a page (and its anchor), a script, or a data file of a township with lines."""
    of = {"plain": mini.mini, "bare": bare_mini, "empty": empty_mini}[variant]()
    pages = rendered(of)
    lines = {version.township for version in of.lists.versions}
    data = {
        f"data/{code}.{suffix}"
        for code in (*lines, *([mini.COUNTY.code] if lines else ()))
        for suffix in ("xlsx", "csv", "json")
    }
    scripts = {f"search/{name}" for names in SCRIPTS.values() for name in names}
    for path, page in html_of(pages).items():
        for link in Outline(page).links:
            parts = urlsplit(link)
            if parts.scheme == "tel":
                continue
            assert (parts.scheme, parts.netloc) == ("", ""), (path, link)
            assert not link.startswith("/"), (path, link)
            target = normpath(str(PurePosixPath(path).parent / unquote(parts.path))) if parts.path else path
            assert target in pages or target in data or target in scripts, (path, link)
            if parts.fragment:
                assert parts.fragment in Outline(pages[target]).ids, (path, link)


def test_same_lists_give_the_same_bytes() -> None:
    """Nothing on a page comes from the clock or the order of a set."""
    assert rendered(mini.mini()) == rendered(mini.mini())


def test_languages_can_be_rendered_one_by_one() -> None:
    """Three workers with a language each write what one run writes, and nothing twice."""
    whole, parts = rendered(mini.mini()), Pages()
    for lang, names in SCRIPTS.items():
        for path, body in rendered(mini.mini(), scripts={lang: names}).items():
            parts.write(path, body.encode())
    assert dict(parts) == dict(whole)


def test_item_page_says_everything() -> None:
    """A supporting duty shows who does what, its basis, its filing and the very cell it was filed in."""
    shown = text_of(rendered(mini.mini())[town("zh", "supporting-0001")])
    for said in (
        "配合履职事项",
        "由上级部门牵头并承担主要责任",
        "第1项",
        "生态环保",
        "哈尔滨市示例生态环境局",
        "依法查处露天焚烧行为",
        "指导秸秆综合利用",
        "本镇配合职责",
        "在禁烧期内巡查",
        "《中华人民共和国大气污染防治法》第七十七条",
        "2023年7月1日",
        "示例县乡镇（街道）履职事项清单（2023年调整）",
        "示例〔2023〕1号",
        "文号未报送",
        "省级备案 未报送",
        "宾州镇配合履职事项 › C5",
        "0f9e8d7c" * 8,
        "内容修改，序号1",
        "首次列入，序号1",
        "防汛抗旱",
        "以正式文件为准",
        "示例数据",
    ):
        assert said in shown.replace("  ", " ") or said.replace(" ", "") in shown.replace(" ", ""), said


def test_neighbours_of_an_item(pages: Pages) -> None:
    """The first line has no line before it, the last none after."""
    first, second, last = (pages[town("zh", f"supporting-{n}")] for n in ("0001", "0002", "0005"))
    assert 'rel="prev"' not in first
    assert 'rel="next" href="supporting-0002.html"' in first
    assert 'rel="prev" href="supporting-0001.html"' in second
    assert 'rel="next"' not in last


def test_departments_with_the_same_duty_share_it(pages: Pages) -> None:
    """Two departments that file one duty together are named together, and the duty stands once."""
    page = pages[town("zh", "supporting-0005")]
    assert page.count("共同做好农村道路交通安全监督检查") == 1
    assert "县公安局</a>、<a" in page


def test_removed_item_keeps_its_page(pages: Pages) -> None:
    """It says since when and by which filing it is gone, and where the matter stands now."""
    page = pages[town("zh", "basic-0007")]
    assert "本事项已移出清单" in page
    assert "《示例县乡镇（街道）履职事项清单（2023年调整）》" in page
    assert 'href="reclaimed-0004.html"' in page
    assert "现列为" not in pages[town("zh", "supporting-0004")]


def test_cancelled_item_names_no_department(pages: Pages) -> None:
    """取消 items have no receiving department, and no empty heading for one."""
    page = pages[town("zh", "reclaimed-0002")]
    assert "没有承接部门" in page
    assert "<h2>承接部门</h2>" not in page


def test_untranslated_text_is_chinese_and_says_so(pages: Pages) -> None:
    """Missing translations stand in Chinese, marked for the browser and in words; whole pages carry no note."""
    page = pages[town("en", "supporting-0003")]
    assert '<span lang="zh-Hans-CN">开展黑土地保护宣传，发现盗挖、滥挖黑土行为及时制止并上报。</span>' in page
    assert "have not been translated yet" in page
    assert "have not been translated yet" not in pages[town("en", "supporting-0002")]
    assert "尚无译文" not in "".join(body for path, body in pages.items() if path.startswith("zh/"))
    assert "아직 번역되지 않아" in pages[town("ko", "supporting-0002")]


def test_chinese_original_stands_beside_a_translated_name(pages: Pages) -> None:
    """The Chinese text prevails, so an English item page shows the Chinese name too."""
    page = pages[town("en", "supporting-0002")]
    assert "<h1>Flood control and drought relief</h1>" in page
    assert '<span lang="zh-Hans-CN">防汛抗旱</span>' in page


def test_changes_are_marked_word_by_word(pages: Pages) -> None:
    """Added, reworded, removed and renumbered, with the words that changed."""
    page = pages[town("zh", "changes")]
    for said in (
        '审核<ins><span class="qd-hidden">增加：</span>确认</ins>工作',
        '<del><span class="qd-hidden">删去：</span>每日</del><ins><span class="qd-hidden">增加：</span>在禁烧期内</ins>',
        "序号5调整为6",
        "转为",
        "《示例县乡镇（街道）履职事项清单（2022年版）》",
    ):
        assert said in page, said
    assert "《黑龙江省社会救助条例》" in pages[town("en", "changes")], (
        "one side untranslated: both in Chinese"
    )
    assert "首次公布的版本" in pages[f"zh/{mini.TOWNSHIP.code}/changes.html"]


def test_changed_departments_are_translated_one_by_one() -> None:
    """A changed set of departments or duties is compared in the page's language if every part is translated."""
    monitor = "1.制定秸秆露天焚烧管控工作方案；\n2.监测火点，及时推送火点信息；\n3.依法查处露天焚烧行为。"
    guide = "指导秸秆综合利用，推广秸秆还田、离田技术。"
    named = FieldChange(field="departments", old="县农业农村局", new="哈尔滨市示例生态环境局\n县农业农村局")
    duties = FieldChange(
        field="department_duty",
        old=f"县农业农村局：{guide}",
        new=f"哈尔滨市示例生态环境局：{monitor}\n县农业农村局：{guide}",
    )
    unknown = FieldChange(field="departments", old="县农业农村局", new="县无译名局")
    of = mini.mini()
    changes = tuple(
        replace(
            changed,
            changes=tuple(
                replace(c, fields=(named, duties, unknown)) if c.type == "changed" else c
                for c in changed.changes
            ),
        )
        for changed in of.lists.changes
    )
    page = rendered(replace(of, lists=replace(of.lists, changes=changes)))[town("en", "changes")]
    assert "added: </span>Sample Ecology and Environment Bureau of Harbin" in page
    assert "2. Monitor fire points and pass them on promptly;" in page
    assert "County Bureau of Agriculture and Rural Affairs: Guide the comprehensive use" in page
    assert '<dd class="qd-text"><span lang="zh-Hans-CN">县' in page, (
        "no English for one side: both in Chinese"
    )


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param("同", "同", [("same", "同")], id="same"),
        pytest.param("", "新", [("ins", "新")], id="from-nothing"),
        pytest.param(
            "审核工作", "审核确认工作", [("same", "审核"), ("ins", "确认"), ("same", "工作")], id="han"
        ),
        pytest.param(
            "patrol daily",
            "patrol weekly",
            [("same", "patrol "), ("del", "daily"), ("ins", "weekly")],
            id="words",
        ),
        pytest.param(
            "第12条",
            "第13条",
            [("same", "第"), ("del", "12"), ("ins", "13"), ("same", "条")],
            id="numbers-whole",
        ),
        pytest.param(
            "甲乙丙丁", "戊乙己丁", [("del", "甲乙丙"), ("ins", "戊乙己"), ("same", "丁")], id="no-confetti"
        ),
    ],
)
def test_differences(old: str, new: str, expected: list[tuple[str, str]]) -> None:
    """Han text differs by characters, other text by words and numbers, without confetti."""
    assert list(differences(old, new)) == expected


def test_differences_lose_nothing() -> None:
    """Both texts can be read back from the marks."""
    for old, new in (("1.甲；\n2.乙", "1.甲乙；\n3.乙"), ("a b  c", "a  c\n"), ("，", "。")):
        marks = differences(old, new)
        assert "".join(text for mark, text in marks if mark != "ins") == old
        assert "".join(text for mark, text in marks if mark != "del") == new


def test_report_page_guides(pages: Pages) -> None:
    """Search, what each answer means, what to note, whom to tell in order, and a letter that names the list."""
    page = pages[town("zh", "report")]
    shown = text_of(page)
    places = [
        shown.index(said)
        for said in (
            "中共示例县委机构编制委员会办公室",
            "示例县整治形式主义为基层减负",
            "12310",
            "12388",
            "12345",
        )
    ]
    assert places == sorted(places)
    for said in (
        "工作日 8:30—11:30",
        "2022年6月30日",
        "尚未核实",
        "请不要使用单位电话、办公网络或者服务大厅的自助终端",
        "不保存、不发送",
        "不承诺匿名",
        "责任状",
        "一票否决",
        "《示例县乡镇（街道）履职事项清单（2023年调整）》，2023年7月1日起施行",
    ):
        assert said in shown, said
    assert f'id="qd-search-report" data-lang="zh" data-root="../../" data-township="{mini.TOWN.code}"' in page
    assert 'id="not-found"' in page
    assert not re.search("<(input|textarea|select|form)", page), (
        "nothing to type into but the search that a script mounts"
    )
    assert '<script src="../../search/items-zh.0.js" defer></script>' in page


def test_no_anonymity_is_promised(pages: Pages) -> None:
    """The county may run the network and the camera: no page says otherwise."""
    for path, page in pages.items():
        assert not re.search(
            "匿名保证|保证匿名|绝对安全|anonymous guarantee|guarantee[sd]? anonymity", page
        ), path


def test_unknown_contacts_are_said_to_be_unknown() -> None:
    """No contact filed: the page says so, and still leads to the national lines."""
    shown = text_of(rendered(bare_mini())[town("en", "report")])
    assert "has not filed one yet" in shown
    assert "12310" in shown


def test_report_is_reached_from_every_page_of_a_township(pages: Pages) -> None:
    """One click to the guide from wherever a township's reader stands."""
    for path, page in html_of(pages).items():
        if re.fullmatch(r"[a-z]+/\d{9}/.+", path):
            assert "report.html" in page, path


def test_language_links_keep_the_page(pages: Pages) -> None:
    """The same page in the other languages, one click away."""
    page = pages[town("zh", "supporting-0001")]
    assert (
        f'<a href="../../en/{mini.TOWN.code}/supporting-0001.html" lang="en" hreflang="en">English</a>'
        in page
    )
    assert 'hreflang="ko">한국어</a>' in page
    assert '<a href="en/index.html" lang="en"' in pages["index.html"]


def test_government_metadata(pages: Pages) -> None:
    """Site tags everywhere; article tags with the filing's date on items; never an empty one."""
    page = pages[town("zh", "supporting-0001")]
    for tag in (
        '<meta name="SiteName" content="示例县人民政府">',
        '<meta name="SiteIDCode" content="2301250000">',
        '<meta name="ArticleTitle" content="秸秆露天焚烧管控">',
        '<meta name="PubDate" content="2023-07-01">',
        '<meta name="ContentSource" content="中共示例县委、示例县人民政府">',
    ):
        assert tag in page, tag
    home = pages[town("zh", "index")]
    assert '<meta name="ColumnName" content="宾州镇">' in home
    assert '<meta name="ColumnType" content="信息公开">' in home
    for path, body in pages.items():
        assert 'content=""' not in body, path
        assert "SiteDomain" not in body, f"{path}: unknown, so left out"
    assert "SiteName" not in "".join(rendered(bare_mini()).values())


def test_footer_leaves_out_what_is_not_known() -> None:
    """Host, phone, site code, ICP and police record: each stands there or not at all."""
    full = mini.mini(icp_number="黑ICP备00000000号", police_number="黑公网安备 00000000000000号")
    page, plain = (rendered(of)["zh/index.html"] for of in (full, bare_mini()))
    for said in (
        "主办单位：示例县人民政府办公室",
        "网站标识码：2301250000",
        "黑ICP备00000000号",
        "黑公网安备",
        "sitemap.html",
    ):
        assert said in page, said
    for unsaid in ("主办单位", "网站标识码", "ICP", "公网安备", "联系电话"):
        assert unsaid not in plain, unsaid


def test_sample_is_marked_everywhere(pages: Pages) -> None:
    """Title, band and robots of every page; a real county carries none of them."""
    for path, page in html_of(pages).items():
        title = re.search("<title>(.*?)</title>", page)
        assert title is not None, path
        assert re.search("示例数据|Sample data|예시 자료", title[1]), path
        assert '<meta name="robots" content="noindex,nofollow">' in page, path
        assert "qd-band--sample" in page, path
    for path, page in html_of(rendered(real_mini())).items():
        assert "noindex" not in page, path
        assert "qd-band" not in page, path


def real_mini() -> Mini:
    """The miniature as if it were no sample."""
    of = mini.mini(sample=False)
    filings = tuple(replace(f, filing=replace(f.filing, sample=False)) for f in of.lists.filings)
    return replace(of, lists=replace(of.lists, filings=filings))


def test_sample_phone_cannot_be_dialled() -> None:
    """A sample's number is text; a real one is a link, unless it is no number at all."""
    assert 'href="tel:0000' not in rendered(mini.mini())[town("zh", "report")]
    assert 'href="tel:0000-0000000"' in rendered(real_mini())[town("zh", "report")]


def test_preview_is_marked_and_hidden() -> None:
    """A list that is not in force is marked on its pages, and the whole preview is kept out of search engines."""
    of = real_mini()
    versions = tuple(replace(v, pending=v.kind == "supporting") for v in of.lists.versions)
    pages = rendered(replace(of, lists=replace(of.lists, versions=versions)), preview=True)
    assert "qd-band--preview" in pages["zh/index.html"]
    assert "noindex" in pages["zh/index.html"]
    assert "尚未生效" in pages[town("zh", "supporting-0001")]
    assert "尚未生效" in pages[town("zh", "index")]
    assert '<span class="qd-badge qd-badge--preview">' not in pages[town("zh", "basic-0001")]


def test_hostile_text_stays_text() -> None:
    """Markup in any field, name, office or translation reaches the page escaped."""
    for path, page in rendered(mini.hostile_mini()).items():
        assert "<script>window" not in page, path
        assert "<img" not in page, path
        assert "onerror=" not in page or "&lt;img src=x onerror=" in page, path
        assert "{{" not in page.replace("{{7*7}}", ""), path


def test_item_pages_keep_their_budget(pages: Pages) -> None:
    """At most 8 KB a page without the text that its lists give it (in the bare frame; chrome has its own budget)."""
    frame = sum(len(piece.encode()) for piece in mini.plain_shells()["zh"].pieces)
    real_frame = 3 * 1024  # what chrome's frame weighs, with room to grow
    for path, page in pages.items():
        if re.search(r"/(basic|supporting|reclaimed|task)-\d+\.html$", path):
            size = len(page.encode()) - frame + real_frame
            assert size - own_text(page) <= ITEM_BUDGET, path


def own_text(page: str) -> int:
    """Bytes of filed text on an item page: the words of its headings, duties, lists and links."""
    body = page.partition('<main id="main">')[2].partition("</main>")[0]
    return len(unescape(re.sub("<[^>]+>", "", body)).encode())


def test_department_page_gathers_the_county(pages: Pages) -> None:
    """All that a department leads or took back, with the townships it concerns."""
    page = pages[department_page("zh", "县农业农村局")]
    shown = text_of(page)
    for said in (
        "牵头的事项",
        "秸秆露天焚烧管控",
        "黑土地保护",
        "推广秸秆还田",
        "宾州镇",
        "永和乡",
    ):
        assert said in shown, said
    everywhere = text_of(pages[department_page("zh", "县市场监督管理局")])
    assert "已经收回的事项" in everywhere
    assert "全部3个乡镇（街道）" in everywhere


def test_county_counts_add_up(pages: Pages) -> None:
    """The figures on the pages are those of the lists."""
    lists = mini.lists()
    summary = pages.summary
    assert sum(summary.lines.values()) == sum(len(version.lines) for version in lists.versions)
    assert summary.items == len({line.item for v in lists.versions for line in v.lines})
    assert summary.latest == "2023-07-01"
    assert summary.sample
    home = text_of(pages[town("zh", "index")])
    for version in lists.versions:
        if version.township == mini.TOWN.code:
            assert f"{len(version.lines)}项 · 自" in home


def test_machine_feeds_need_a_base_address() -> None:
    """Canonical links, site map and Atom only where the site's address is known; dates are the filings'."""
    without = rendered(mini.mini())
    assert not any(path.endswith((".xml", ".atom")) for path in without)
    assert "canonical" not in without["zh/index.html"]
    base = "https://example.gov.cn/qd/"
    pages = rendered(mini.mini(), base=base)
    assert f'<link rel="canonical" href="{base}230125/zh/index.html">' in pages["zh/index.html"]
    listed = re.findall("<loc>(.*?)</loc>", pages["sitemap.xml"])
    assert {path.removeprefix(f"{base}230125/") for path in listed} == set(html_of(pages))
    assert pages["zh/changes.atom"].count("<entry>") == 2
    assert "<updated>2023-07-01T00:00:00+08:00</updated>" in pages["zh/changes.atom"]


def test_province_lists_its_counties() -> None:
    """Counties under their prefecture (there are two 向阳区), with counts; a county without the language is linked in Chinese."""
    summary = rendered(mini.mini()).summary
    other = replace(
        summary,
        code="230803",
        name="向阳区",
        english=None,
        prefecture="佳木斯市",
        prefecture_english=None,
        languages=("zh",),
        sample=False,
    )
    pages, of = Pages(), mini.mini()
    render_province(
        [summary, other], of.tongues, mini.plain_shells(), mini.TEMPLATES, of.site, mini.AS_OF, pages.write
    )
    home = pages["en/index.html"]
    assert 'href="../230125/en/index.html"' in home
    assert 'href="../230803/zh/index.html" hreflang="zh-Hans-CN"' in home
    assert home.index("Harbin") < home.index("佳木斯市")
    assert "noindex" in home
    assert {"index.html", "zh/index.html", "zh/about.html"} <= set(pages)
    assert all("//" not in link for page in html_of(pages).values() for link in Outline(page).links)


def test_preview_shows_the_newest_version_of_a_list() -> None:
    """Where a list in force has one to come after it, its items have one page each, and what goes keeps its page."""
    of = mini.mini()
    now = next(v for v in of.lists.versions if v.township == mini.TOWN.code and v.kind == "supporting")
    dropped, kept = now.lines[0], now.lines[1:]
    coming = replace(now, lines=kept, pending=True)
    lists = replace(of.lists, versions=(*of.lists.versions, coming))
    assert of.lists.as_shown() is of.lists
    assert lists.as_shown().versions.count(coming) == 1
    assert now not in lists.as_shown().versions
    assert (mini.TOWN.code, dropped, coming.filing) in lists.as_shown().removed

    pages = rendered(replace(of, lists=lists.as_shown()), preview=True)
    assert "本事项已移出清单" in pages[town("zh", dropped.item)]
    assert (
        f'<strong>{len(kept)}</strong><span class="qd-key qd-key--supporting">' in pages[town("zh", "index")]
    )


def test_pictures_say_the_figures() -> None:
    """A bar's parts have the lengths of the figures beside it, on one scale for all rows; its title says them."""
    voice = Voice(mini.mini().tongues["zh"])
    drawn = kind_bar(voice, {"basic": 30, "supporting": 10, "task": 0}, 80)
    assert '<rect class="qd-bar--basic" x="0" width="375" height="10"/>' in drawn
    assert '<rect class="qd-bar--supporting" x="375" width="125" height="10"/>' in drawn
    assert "qd-bar--task" not in drawn
    assert "<title>基本履职事项 30、配合履职事项 10</title>" in drawn
    assert kind_bar(voice, {}, 0) == ""
    assert figures(kind_parts(voice, {"basic": 30, "supporting": 0})) == (
        '<span class="qd-key qd-key--basic">基本 30</span>'
    )


def test_bars_stand_beside_their_figures(pages: Pages) -> None:
    """County, township, changes and departments are drawn; every drawing has a title and words beside it."""
    names = ("index", "departments", "changes", "search")
    drawn = [f"zh/{name}.html" for name in names] + [town("zh", "index"), town("zh", "changes")]
    for path in drawn:
        page = pages[path]
        assert page.count('<svg class="qd-bar" role="img"') > 0, path
        assert page.count("<svg") == page.count("<title>") - 1, "one title is the page's"
        assert page.count("qd-key--") >= page.count("<svg"), path
    assert "<svg" not in pages[town("zh", "basic-0001")], "an item page carries no picture"


def test_item_page_names_its_township_on_paper(pages: Pages) -> None:
    """The way is not printed, so the line above the heading names the township; the way goes by the category."""
    page = pages[town("zh", "supporting-0001")]
    assert "宾州镇 · 第1项" in text_of(page)
    way = page.partition("<ol>")[2].partition("</ol>")[0]
    assert [unescape(re.sub("<[^>]+>", "", step)) for step in way.split("</li>") if step] == [
        "示例县",
        "宾州镇",
        "生态环保",
        "第1项",
    ]


@pytest.mark.parametrize(
    ("levels", "said"),
    [
        pytest.param({"subdistrict"}, "各街道承担", id="subdistricts"),
        pytest.param({"town", "township"}, "各乡镇承担", id="towns"),
        pytest.param({"subdistrict", "town", "township"}, "各乡镇（街道）承担", id="both"),
    ],
)
def test_a_county_speaks_of_what_it_has(levels: set[str], said: str) -> None:
    """A district without a single township does not speak of townships."""
    of = mini.mini()
    kept = tuple(division for division in of.county.townships if division.level in levels)
    codes = {division.code for division in kept}
    lists = replace(
        of.lists,
        versions=tuple(v for v in of.lists.versions if v.township in codes),
        changes=tuple(c for c in of.lists.changes if c.township in codes),
        removed=tuple(r for r in of.lists.removed if r[0] in codes),
    )
    home = text_of(
        rendered(replace(of, county=replace(of.county, townships=kept), lists=lists))["zh/index.html"]
    )
    assert said in home


def test_a_province_of_one_county_reads_well() -> None:
    """No sums of one, and nothing claimed that the settings do not say."""
    of, pages = mini.mini(), Pages()
    summary = rendered(of).summary
    render_province(
        [summary], of.tongues, mini.plain_shells(), mini.TEMPLATES, of.site, mini.AS_OF, pages.write
    )
    home = text_of(pages["zh/index.html"])
    assert "黑龙江省" in home
    assert "试点" not in home
    assert "个县（市、区）" not in home
    assert '<svg class="qd-bar"' in pages["zh/index.html"]


def test_a_preview_of_the_province_says_so() -> None:
    """The province's pages of a preview carry its band and are not indexed, even where nothing is a sample."""
    summary = replace(rendered(mini.mini()).summary, sample=False)
    of = mini.mini()
    homes = []
    for preview in (False, True):
        pages = Pages()
        render_province(
            [summary],
            of.tongues,
            mini.plain_shells(),
            mini.TEMPLATES,
            of.site,
            mini.AS_OF,
            pages.write,
            preview=preview,
        )
        homes.append(pages["en/index.html"])
    assert ["qd-band--preview" in home for home in homes] == [False, True]
    assert ["noindex" in home for home in homes] == [False, True]


def test_the_letter_does_not_call_a_coming_list_in_force() -> None:
    """On a preview the letter's list version says from when the list is to apply."""
    of = mini.mini()
    versions = tuple(replace(version, pending=True) for version in of.lists.versions)
    letter = rendered(replace(of, lists=replace(of.lists, versions=versions)), preview=True)[
        town("zh", "report")
    ]
    assert "拟自" in letter
    assert "尚未生效" in letter
