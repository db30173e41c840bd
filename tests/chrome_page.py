"""Stand-in pages for the tests of the frame: every component once, stamped into the shell as `pages` would."""

from __future__ import annotations

from pathlib import Path

from generator.model.shell import Shell

ITEM = """<nav class="qd-breadcrumb" aria-label="路径"><ol><li><a href="#">示例县</a></li><li><a href="#">宾州镇</a></li>
<li><a href="#">配合履职事项</a></li><li><span aria-current="page">秸秆综合利用和禁烧</span></li></ol></nav>
<p class="qd-eyebrow"><span class="qd-badge qd-badge--supporting">配合履职事项</span><span>序号 17</span></p>
<h1>秸秆综合利用和禁烧</h1><p class="qd-lead">由上级部门牵头并负责，乡镇配合。</p>
<div class="qd-duty-columns"><section class="qd-duty--department"><h2>上级部门职责</h2><div class="qd-duty"><h3>县农业农村局</h3>
<p class="qd-text">1.负责制定秸秆综合利用实施方案；
2.负责技术指导和培训。</p></div><div class="qd-duty"><h3>市生态环境局宾县生态环境局</h3><p>负责秸秆禁烧的监督管理。</p></div></section>
<section class="qd-duty--township"><h2>乡镇配合职责</h2><div class="qd-duty"><p>做好宣传引导，发现露天焚烧秸秆的及时制止并上报。</p></div></section></div>
<dl class="qd-facts"><div><dt>类别</dt><dd>生态环保</dd></div>
<div><dt>依据</dt><dd>《中华人民共和国大气污染防治法》</dd></div><div><dt>生效日期</dt><dd>2022年6月20日</dd></div>
<div><dt>来源</dt><dd><span class="qd-source">宾州镇清单.xlsx，配合履职，<code class="qd-cell">C17</code></span></dd></div></dl>
<p class="qd-actions"><button class="qd-button" type="button">打印本页</button><a class="qd-button qd-button--primary" href="#">清单外任务怎么办</a></p>
<nav class="qd-prevnext" aria-label="相邻事项"><a rel="prev" href="#"><span>上一项</span><strong>畜禽养殖污染防治</strong></a>
<a rel="next" href="#"><span>下一项</span><strong>饮用水水源保护</strong></a></nav>"""

HOME = """<h1>Bin County: what each township answers for</h1><p class="qd-lead">Find out which duties are a township’s own, which a
department leads, and which were taken back.</p>
<form class="qd-search" role="search"><label for="q">Search all items</label><input id="q" type="search" name="q"><button class="qd-button qd-button--primary" type="button">Search</button></form>
<ul class="qd-counts"><li class="qd-counts--basic"><a href="#"><strong>117</strong><span>Core duties</span></a></li>
<li class="qd-counts--supporting"><a href="#"><strong>99</strong><span>Supporting duties</span></a></li>
<li class="qd-counts--reclaimed"><a href="#"><strong>124</strong><span>Reclaimed duties</span></a></li>
<li class="qd-counts--task"><a href="#"><strong>12</strong><span>Responsibilities and tasks</span></a></li></ul>
<section class="qd-section"><h2>Townships</h2><div class="qd-grid"><a class="qd-tile" href="#"><strong>Binzhou Town</strong><span>340 items · in force since 20 June 2022</span></a>
<a class="qd-tile" href="#"><strong>Juren Town</strong><span>212 items</span></a><a class="qd-tile" href="#"><strong lang="zh-Hans-CN">宁远镇</strong><span>198 items</span><span class="qd-badge qd-badge--sample">Sample</span></a>
<a class="qd-tile" href="#"><strong>Binxi Town</strong><span>301 items</span></a></div></section>
<section class="qd-section"><h2>Supporting duties</h2><ul class="qd-chips"><li><a href="#" aria-current="true">All <span>99</span></a></li><li><a href="#">Ecology <span>17</span></a></li><li><a href="#">Safety <span>8</span></a></li></ul>
<ul class="qd-list"><li><a href="#"><span class="qd-list__number">17</span><span class="qd-list__name">Use of straw and ban on burning it</span><span class="qd-list__note">County Bureau of Agriculture and Rural Affairs</span></a></li>
<li><a href="#"><span class="qd-list__number">18</span><span class="qd-list__name" lang="zh-Hans-CN">饮用水水源保护</span><span class="qd-list__note">Not yet translated</span></a></li></ul></section>
<section class="qd-section"><h2>Changes</h2><table class="qd-table"><caption>Filing of June 2023</caption><thead><tr><th scope="col">Item</th><th scope="col">Kind</th><th scope="col">Change</th><th scope="col" class="qd-number">Number</th></tr></thead>
<tbody><tr><th scope="row"><a href="#">Rural roads</a></th><td data-label="Kind"><span class="qd-badge qd-badge--basic">Core</span></td><td data-label="Change"><span class="qd-badge qd-badge--renumbered">Renumbered</span></td><td data-label="Number" class="qd-number">12 → 14</td></tr>
<tr><th scope="row"><a href="#">Fire safety</a></th><td data-label="Kind"><span class="qd-badge qd-badge--reclaimed">Reclaimed</span></td><td data-label="Change"><span class="qd-badge qd-badge--added">Added</span></td><td data-label="Number" class="qd-number">124</td></tr></tbody></table>
<p class="qd-diff">Reports open burning <del>within a day</del> <ins>at once</ins> and keeps a record.</p>
<div class="qd-notice qd-notice--warning"><strong class="qd-notice__title">Outside the list?</strong><p>Write down who gave the task, when and how.</p></div>
<div class="qd-columns"><div><ol class="qd-steps"><li><h3>Is it on the list?</h3><p>Search first.</p></li><li><h3>Whom to tell</h3><p>The county’s contact.</p></li></ol>
<ol class="qd-history"><li><time datetime="2022-06-20">20 June 2022</time><div>First filed, <span class="qd-badge qd-badge--removed">removed</span> later</div></li><li><time datetime="2023-06-20">20 June 2023</time><div>Changed</div></li></ol>
<details class="qd-details"><summary>Source</summary><p>C17</p></details></div>
<aside><div class="qd-card qd-card--task qd-contact"><h3>County office</h3><p class="qd-contact__phone">0000-0000000</p><dl class="qd-facts"><div><dt>Hours</dt><dd>9:00–17:00</dd></div></dl></div></aside></div>
<fieldset class="qd-choice"><legend>Kinds</legend><label><input type="checkbox" checked> Core</label><label><input type="checkbox"> Supporting</label></fieldset>
<div class="qd-fields"><div class="qd-field"><label for="t">Township</label><select id="t"><option>All</option></select></div><div class="qd-field"><label for="c">Category</label><select id="c"><option>All</option></select></div></div></section>"""

NAMES = {
    "zh": "宾县乡镇职责清单",
    "en": "Bin County Township Responsibility Lists",
    "ko": "빈현 향·진 직책 목록",
}
OWN = {"zh": "中文", "en": "English", "ko": "한국어"}
NAV = {
    "zh": ("首页", "搜索", "部门", "变更", "数据", "清单怎么看"),
    "en": ("Home", "Search", "Departments", "Changes", "Data", "How to read the lists"),
    "ko": ("첫 화면", "검색", "부서", "변경", "데이터", "목록 읽는 법"),
}
BAND = {
    "zh": "<strong>示例</strong> 本站内容为演示而编写，不是任何县（市、区）的真实清单。",
    "en": "<strong>Sample</strong> This content was written for demonstration and is nobody’s real list.",
    "ko": "<strong>예시</strong> 이 내용은 시연을 위해 작성되었으며 실제 목록이 아닙니다.",
}
FOOTER = """<ul class="qd-footer__links"><li><a href="#">关于本站</a></li><li><a href="#">政策要点</a></li><li><a href="#">无障碍</a></li></ul>
<ul class="qd-footer__facts"><li>主办单位：示例县委编办</li><li>网站标识码 0000000000</li></ul><p class="qd-footer__note">以正式印发的文件和中文文本为准。</p>"""


def stamp(
    shell: Shell, body: str, root: str, *, title: str = "Stand-in", others: tuple[str, ...] = ("zh", "en")
) -> str:
    """Return a whole page in the shell, `root` being the way up to the folder that holds `assets/`."""
    lang = shell.lang
    links = "".join(
        f'<a href="../{other}/item.html" lang="{"zh-Hans-CN" if other == "zh" else other}" hreflang="{other}">{OWN[other]}</a>'
        for other in others
        if other != lang
    )
    nav = "".join(
        f'<li><a href="item.html"{" aria-current=page" if at == 0 else ""}>{label}</a></li>'
        for at, label in enumerate(NAV[lang])
    )
    head = f'<script src="{root}assets/chrome.js"></script><link rel="stylesheet" href="{root}assets/chrome.css">'
    return shell.stamp(
        {
            "title": title,
            "head": head,
            "root": root,
            "site_name": NAMES[lang],
            "home": "index.html",
            "languages": links,
            "nav": nav,
            "band": f'<div class="qd-band qd-band--sample"><p>{BAND[lang]}</p></div>',
            "body": body,
            "footer": FOOTER,
        }
    )


def write_site(folder: Path, shells: dict[str, Shell]) -> None:
    """Write a small county tree: an item, a home and the prose pages of each language, one page two folders deep."""
    (folder / "assets").mkdir(parents=True)
    for shell in shells.values():
        for name, asset in shell.assets.items():
            (folder / "assets" / name).write_bytes(asset)
        others = tuple(shells)
        pages = {
            "item": ITEM,
            "home": HOME,
            **{
                name: f'<article class="qd-prose">{page.html}</article>' for name, page in shell.prose.items()
            },
        }
        place = folder / shell.lang
        (place / "230125100").mkdir(parents=True)
        for name, body in pages.items():
            (place / f"{name}.html").write_text(stamp(shell, body, "../", others=others), encoding="utf-8")
        (place / "230125100" / "deep.html").write_text(
            stamp(shell, ITEM, "../../", others=others), encoding="utf-8"
        )
