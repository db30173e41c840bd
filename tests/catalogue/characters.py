"""U01 to U20: characters."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

from generator.checks.examples import example_filing
from generator.checks.rule import ExampleFiling
from generator.model.filings import Approval
from generator.settings import load_site
from tests import test_settings
from tests.catalogue.desk import Desk, case, read_here
from tests.catalogue.papers import ONE, SHEET, TWO, basic, one_name, supporting, with_basis

_NAME = "开展{}矛盾纠纷排查"


def _each(desk: Desk, characters: str, rule: str) -> None:
    """Each of these characters, within a name, meets the rule with its code point."""
    for character in characters:
        code = f"U+{ord(character):04X}"
        found = desk.look(one_name(_NAME.format(character))).has(rule, "B3", says=code)
        assert (
            character not in found.found + found.problem.zh + found.problem.en or rule == "CHAR-COMPATIBILITY"
        )


@case("U01")
def _embeddings(desk: Desk) -> None:
    _each(desk, "\u202a\u202b\u202c\u202d\u202e", "CHAR-BIDI")


@case("U02")
def _isolates(desk: Desk) -> None:
    _each(desk, "\u2066\u2067\u2068\u2069\u061c\u200e\u200f", "CHAR-BIDI")
    desk.look(one_name("开展维吾尔文（ئۇيغۇرچە\u200f）宣传")).fine(items=1)


@case("U03")
def _invisible(desk: Desk) -> None:
    _each(desk, "\u200b\u200c\u200d\u2060\ufeff", "CHAR-INVISIBLE")


@case("U04")
def _tags(desk: Desk) -> None:
    _each(desk, "\U000e0001\U000e0041\U000e007f", "CHAR-INVISIBLE")


@case("U05")
def _noncharacters(desk: Desk) -> None:
    for character in ("\ufdd0", "\U0001fffe", "\U0010ffff"):
        desk.look(one_name(_NAME.format(character))).has("CHAR-CONTROL", "B3", says=f"U+{ord(character):04X}")
    desk.look(one_name(_NAME.format("\u0378"))).has("CHAR-UNASSIGNED", "B3", says="U+0378")


@case("U06")
def _surrogates(desk: Desk) -> None:
    parts = one_name("x")
    text = str(parts[SHEET])
    lone = text.replace(">x<", ">&#xD800;<")
    desk.look(parts | {SHEET: lone}).has("XML-BROKEN")
    for bad in (b"\xed\xa0\x80\xed\xb0\x80", b"\xc0\xaf"):
        desk.look(parts | {SHEET: text.encode().replace(b">x<", b">" + bad + b"<")}).has("XML-ENCODING")
    desk.look(one_name("开展_xD800_排查")).has("CHAR-CONTROL", "B3", says="U+D800")


@case("U07")
def _private_use(desk: Desk) -> None:
    _each(desk, "\ue123\uf8ff", "CHAR-PRIVATE")
    desk.look(one_name("开展\ue826沟村巡查")).has("CHAR-PRIVATE", "B3", says="可能是“龵”")


@case("U08")
def _radicals(desk: Desk) -> None:
    looked = desk.look(one_name("落实⼀票否决制度"))
    looked.has("CHAR-LOOKALIKE", "B3", says="“一”")
    looked.has("VETO-ITEM", "B3", kept=False)


@case("U09")
def _compatibility(desk: Desk) -> None:
    for character, standard in (("\uf9dc", "隆"), ("\U0002f800", "丽")):
        looked = desk.look(one_name(f"负责{character}盛村管理"))
        looked.has("CHAR-COMPATIBILITY", "B3", says=f"“{unicodedata.normalize('NFKC', character)}”")
        assert looked.names() == [f"负责{character}盛村管理"]
        assert standard


@case("U10")
def _traditional(desk: Desk) -> None:
    looked = desk.look(one_name("落實一票否決制度"))
    looked.has("CHAR-TRADITIONAL", "B3", says="決")
    looked.has("VETO-ITEM", "B3", kept=False)
    desk.look(one_name("加强村鎮规划管理")).only("CHAR-TRADITIONAL").has("CHAR-TRADITIONAL", "B3", says="鎮")


@case("U11")
def _wide_serials(desk: Desk) -> None:
    looked = desk.look(basic(ONE, ("２", TWO[1]), ("③", "推广农业技术"), ("㈣", "开展义务植树")))
    looked.only("SERIAL-STYLE").has("SERIAL-STYLE", "A4", says="２")
    desk.look(basic(("１", ONE[1]), ("２", TWO[1]))).fine(items=2)
    desk.look(basic(ONE, ("Ⅱ", TWO[1]))).has("SERIAL-UNREADABLE", "A4", says="Ⅱ")


@case("U12")
def _stacked(desk: Desk) -> None:
    desk.look(one_name("开展e" + "\u0301" * 5 + "排查")).has("CHAR-COMBINING", "B3")
    desk.look(one_name("开展e\u0301排查")).fine(items=1)


@case("U13")
def _mojibake(desk: Desk) -> None:
    for text in ("\ufffd", "锟斤拷", "烫烫烫", "ï»¿", "Ã¤"):
        desk.look(one_name(f"开展{text}排查")).has("TEXT-MOJIBAKE", "B3")


@case("U14")
def _other_scripts(desk: Desk) -> None:
    desk.look(one_name("登录 http://www.ex\u0430mple.gov.cn/ 查询")).has("FIELD-ASCII", "B3", says="U+0430")
    desk.look(basic(ONE, ("联系电话：٠٠٠٠-٠٠٠٠٠٠٠",))).has("FIELD-ASCII", "A4", says="U+0660")
    phone = '[[contact]]\nrole = "county"\nphone = "٠٠٠٠-٠٠٠٠٠٠٠"\noffice = { zh = "办" }\n'
    home = test_settings.content(desk.folder, county=test_settings.COUNTY + phone)
    desk.refused(lambda: load_site(home), "phone")


@case("U15")
def _zeros(desk: Desk) -> None:
    for number in ("〔2O22〕1号", "〔2○22〕1号", "〔2〇22〕1号", "〔二○二二〕1号", "〔2022〕1O号"):
        looked = desk.look(with_basis(f"《示例办法》（示例{number}）"))
        looked.only("DOCNO-ZERO").has("DOCNO-ZERO", "C3", says=number)
    for number in ("〔2022〕10号", "〔二〇二二〕十号", "[2022]第10号"):
        desk.look(with_basis(f"《示例办法》（示例{number}）")).fine(items=1)
    filing = example_filing(ExampleFiling(), "清单.xlsx")
    record = Approval(stage="record", authority="省委编办", document_number="示例〔2O22〕1号", date=None)
    filing = replace(filing, approvals=(*filing.approvals, record))
    desk.check([read_here(desk.write(basic()))], filing=filing).has("DOCNO-ZERO", file="filing.toml")


@case("U16")
def _rare_han(desk: Desk) -> None:
    name = "查处㙍坑村、𠮷林沟、𬭁水、\U00031350河违建，编号二〇二二"
    assert desk.look(one_name(name)).fine().names() == [name]


@case("U17")
def _twins(desk: Desk) -> None:
    composed, apart = "开展é示例排查", unicodedata.normalize("NFD", "开展é示例排查")
    looked = desk.look(basic(("1", composed), ("2", apart)))
    looked.has("ITEM-TWICE", "B4", says="B3")
    assert looked.names() == [composed, apart]


@case("U18")
def _controls(desk: Desk) -> None:
    _each(desk, "\x7f\u0085\u009f\u2028\u2029", "CHAR-CONTROL")
    desk.look(one_name("开展_x0001_排查")).has("CHAR-CONTROL", "B3", says="U+0001")


@case("U19")
def _selectors(desk: Desk) -> None:
    for selector in ("\ufe00", "\U000e0100"):
        looked = desk.look(one_name(f"葛{selector}洲社区网格管理"))
        looked.only("CHAR-VARIATION").has("CHAR-VARIATION", "B3")
        assert looked.names() == [f"葛{selector}洲社区网格管理"]


@case("U20")
def _languages(desk: Desk) -> None:
    names = ("ᠮᠣᠩᠭᠣᠯ宣传", "བོད་ཡིག宣传", "ئۇيغۇرچە宣传", "조선어宣传")
    looked = desk.look(
        supporting(*((str(n), name, "县民委", f"组织{n}。", f"配合{n}。") for n, name in enumerate(names, 1)))
    )
    assert looked.fine().names() == list(names)
