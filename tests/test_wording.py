"""Interface strings and translations: complete, exact, never guessed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from generator.errors import ContentError
from generator.wording import INTERFACE_LANGUAGES, glossary_misses, load_tongues, read_memory, show_date

ROOT = Path(__file__).parent.parent


def write_strings(folder: Path, text: str) -> Path:
    """Return a templates folder whose strings are `text`."""
    (folder / "strings").mkdir(parents=True)
    (folder / "strings" / "page.toml").write_text(text, encoding="utf-8")
    return folder


def test_our_own_strings_are_complete() -> None:
    """Every interface string of the program stands in every language it speaks, with the same slots."""
    tongues = load_tongues(ROOT / "content", ROOT / "site_templates", INTERFACE_LANGUAGES)
    assert set(INTERFACE_LANGUAGES) == set(tongues)
    assert len(tongues["zh"].strings) > 50


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        pytest.param('["a.b"]\nzh = "甲"\nen = "A"\n', "a.b (ko)", id="a-language-is-missing"),
        pytest.param(
            '["a.b"]\nzh = "{n}项"\nen = "items"\nko = "{n}개"\n', "a.b ({…})", id="a-slot-is-missing"
        ),
    ],
)
def test_incomplete_strings_are_refused(tmp_path: Path, text: str, complaint: str) -> None:
    """A string that one language lacks stops the build and is named."""
    with pytest.raises(ContentError) as caught:
        load_tongues(tmp_path, write_strings(tmp_path, text), ["zh", "en"])
    assert complaint in caught.value.problem.en


def test_a_language_the_program_does_not_speak_is_refused(tmp_path: Path) -> None:
    """A county cannot ask for a language whose interface nobody wrote."""
    with pytest.raises(ContentError, match="mn: zh, en, ko"):
        load_tongues(tmp_path, write_strings(tmp_path, ""), ["zh", "mn"])


PO = """msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "河湖长制"
msgstr "River and lake chief system"

#, fuzzy
msgid "林长制"
msgstr "Forest chief system"

msgid "未译"
msgstr ""
"""


def test_memory_keeps_only_what_a_person_approved(tmp_path: Path) -> None:
    """Fuzzy and empty entries are not translations."""
    path = tmp_path / "en.po"
    path.write_text(PO, encoding="utf-8")
    assert read_memory(path) == {"河湖长制": "River and lake chief system"}


def test_memory_refuses_two_translations_of_one_text(tmp_path: Path) -> None:
    """Which of two translations is meant is never guessed."""
    path = tmp_path / "en.po"
    path.write_text(PO + '\nmsgid "河湖长制"\nmsgstr "Other"\n', encoding="utf-8")
    with pytest.raises(ContentError, match="in two ways"):
        read_memory(path)


def test_a_tongue_falls_back_to_chinese_and_says_so(tmp_path: Path) -> None:
    """A text without a translation comes back in Chinese, marked with its language."""
    (tmp_path / "wording").mkdir()
    (tmp_path / "wording" / "en.po").write_text(PO, encoding="utf-8")
    english = load_tongues(tmp_path, write_strings(tmp_path, ""), ["zh", "en"])["en"]
    assert ("River and lake chief system", "en") == (english.of("河湖长制").text, english.of("河湖长制").lang)
    assert ("未译", "zh") == (english.of("未译").text, english.of("未译").lang)


@pytest.mark.parametrize(
    ("lang", "shown"), [("zh", "2022年6月20日"), ("en", "20 June 2022"), ("ko", "2022년 6월 20일")]
)
def test_dates_read_as_people_write_them(lang: str, shown: str) -> None:
    """A date is written in the reader's way."""
    assert shown == show_date(date(2022, 6, 20), lang)


def test_glossary_finds_a_term_translated_otherwise(tmp_path: Path) -> None:
    """A term with an official translation must use it; the longer term covers the shorter."""
    (tmp_path / "wording").mkdir()
    (tmp_path / "wording" / "glossary.toml").write_text(
        '["党委"]\nen = ["Party committee"]\n["纪律检查委员会"]\nen = ["commission for discipline inspection"]\n',
        encoding="utf-8",
    )
    good = {"党委学习": "Study by the Party committee"}
    bad = {"党委学习": "Study by the party cell"}
    assert () == glossary_misses(tmp_path, "en", good)
    assert 1 == len(glossary_misses(tmp_path, "en", bad))


def test_our_translations_use_the_official_terms() -> None:
    """Every translation of the sample matters keeps to the glossary."""
    memory = read_memory(ROOT / "content" / "wording" / "en.po")
    assert len(memory) > 1000
    assert glossary_misses(ROOT / "content", "en", memory) == ()
