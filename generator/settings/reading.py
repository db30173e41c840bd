"""TOML tables read key by key, with every fault kept until the last key has been read.

A settings file is written by hand, by several people over years: they get all of its faults at once, each with
the file, the key and what to do, and never the first one only.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from generator.errors import ContentError
from generator.model.text import ZH, Text

# Direction marks can make a settings file read otherwise than it is; none is needed for Chinese or English.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


class Faults:
    """The faults of the content folder, in the order found."""

    def __init__(self, content: Path) -> None:
        self._content = content
        self._found: list[tuple[str, str, Text, Text]] = []

    def __len__(self) -> int:
        return len(self._found)

    def name_of(self, path: Path) -> str:
        """Return how a path of the content folder is shown: from the folder's own name on, with slashes."""
        return (Path(self._content.name) / path.relative_to(self._content)).as_posix()

    def add(self, path: Path, key: str, problem: Text, fix: Text) -> None:
        """Keep one fault: `key` names the place in the file, and may be empty for the file as a whole."""
        self._found.append((self.name_of(path), key, problem, fix))

    def raise_any(self) -> None:
        """Raise ContentError with all faults, one a line; do nothing when there are none."""
        if not self._found:
            return
        zh, en = [], []
        for file, key, problem, fix in self._found:
            zh.append(f"{file}{f'，{key}' if key else ''}：{problem.zh}{fix.zh}")
            en.append(f"{file}{f', {key}' if key else ''}: {problem.en} {fix.en}")
        raise ContentError(
            Text(zh="\n".join(zh), en="\n".join(en)),
            Text(
                zh=f"请改正以上 {len(zh)} 处，再运行一次。",
                en=f"Mend the {len(en)} fault(s) above, then run again.",
            ),
        )


def read_toml(path: Path, faults: Faults, *, missing: Text | None = None) -> Table:
    """Read one TOML file. A missing or unreadable file is a fault, and reads as an empty table without checks.

    `missing` says what to do where there is no such file.
    """
    try:
        values = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        faults.add(
            path,
            "",
            Text(zh="没有这个文件。", en="There is no such file."),
            missing or Text(zh="请补上。", en="Add it."),
        )
    except UnicodeDecodeError:
        faults.add(
            path,
            "",
            Text(zh="文字不是用 UTF-8 编码保存的。", en="It is not encoded as UTF-8."),
            Text(
                zh="请用记事本打开，点“另存为”，编码选“UTF-8”。",
                en="Open it in a plain text editor and save it with the encoding UTF-8.",
            ),
        )
    except tomllib.TOMLDecodeError as error:
        faults.add(
            path,
            "",
            Text(zh=f"{_place_of(error)}写法有误（{error}）。", en=f"It is not valid TOML ({error})."),
            Text(
                zh='请查看这一行和上一行：文字要放在英文双引号 "" 里，日期不加引号，引号和方括号要成对。',
                en="Look at that line and the one before: text stands in straight double quotes, dates in none, quotes and brackets come in pairs.",
            ),
        )
    else:
        return Table(values, path=path, faults=faults)
    return Table({}, path=path, faults=faults, broken=True)


def _place_of(error: tomllib.TOMLDecodeError) -> str:
    """Return in Chinese where a file stops being TOML, which the parser says in English only."""
    found = re.search(r"at line (\d+), column (\d+)", str(error))
    return f"第 {found[1]} 行第 {found[2]} 个字附近" if found else "文件末尾"


class Table:
    """One TOML table. Each reader takes its key; `close` then reports the keys that nobody took.

    A faulty value reads as if it were absent (or as "" where it is required): the fault is kept, so the caller
    never gets to use what it built.
    """

    def __init__(
        self,
        values: Mapping[str, object],
        *,
        path: Path,
        faults: Faults,
        place: str = "",
        broken: bool = False,
    ) -> None:
        self._values = values
        self._path = path
        self._faults = faults
        self._place = place
        self._taken: set[str] = set()
        self.broken = broken
        """The file could not be read: nothing further is said about what it lacks."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Its keys in the order written, for a table whose keys are the office's own."""
        return tuple(self._values)

    def fault(self, key: str, problem: Text, fix: Text) -> None:
        """Keep a fault of this table's `key`."""
        self._faults.add(self._path, f"{self._place}{key}", problem, fix)

    def _take(self, key: str, required: bool, example: str) -> object:
        self._taken.add(key)
        value = self._values.get(key)
        if value is None and required and not self.broken:
            self.fault(
                key,
                Text(zh="必须填写，但没有写。", en="It is required, but it is not there."),
                Text(zh=f"请加上一行，如 {key} = {example}。", en=f"Add a line such as {key} = {example}."),
            )
        return value

    def _wrong(self, key: str, value: object, example: str) -> None:
        shown = str(value).encode("unicode_escape").decode("ascii") if not _clean(str(value)) else str(value)
        self.fault(
            key,
            Text(zh=f"不能写成“{shown[:60]}”。", en=f"The value {shown[:60]!r} cannot be used."),
            Text(zh=f"请写成 {key} = {example}。", en=f"Write it as {key} = {example}."),
        )

    def text(self, key: str, *, required: bool = False, example: str = '"…"') -> str | None:
        """Return one line of text, trimmed, or None where the key is absent. Blank or invisible text is a fault."""
        value = self._take(key, required, example)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip() or not _clean(value):
            self._wrong(key, value, example)
            return None
        return value.strip()

    def needed(self, key: str, *, example: str = '"…"') -> str:
        """Return one line of required text; "" with a fault kept where there is none."""
        return self.text(key, required=True, example=example) or ""

    def day(self, key: str, *, required: bool = False) -> date | None:
        """Return a date written as a TOML date: 2022-06-20 without quotes."""
        value = self._take(key, required, "2022-06-20")
        if value is None:
            return None
        if not isinstance(value, date) or isinstance(value, datetime):
            self._wrong(key, value, "2022-06-20（不加引号 / no quotes）")
            return None
        return value

    def flag(self, key: str, *, default: bool = False) -> bool:
        """Return true or false."""
        value = self._take(key, False, "true")
        if value is None:
            return default
        if not isinstance(value, bool):
            self._wrong(key, value, "true")
            return default
        return value

    def number(self, key: str, *, default: int, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`."""
        value = self._take(key, False, str(default))
        if value is None:
            return default
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            self._wrong(key, value, f"{default}")
            return default
        return value

    def texts(self, key: str, *, required: bool = False, example: str = '["…"]') -> tuple[str, ...]:
        """Return a list of texts in the order written, () where the key is absent. Repeats are a fault."""
        value = self._take(key, required, example)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(one, str) and _clean(one) for one in value):
            self._wrong(key, value, example)
            return ()
        if len(set(value)) < len(value) or not all(one.strip() for one in value) or (required and not value):
            self._wrong(key, value, example)
            return ()
        return tuple(one.strip() for one in value)

    def text_or_texts(self, key: str, *, example: str) -> str | tuple[str, ...]:
        """Return a required value that is one text or a list of them."""
        if isinstance(self._values.get(key), str):
            return self.needed(key, example=example)
        return self.texts(key, required=True, example=example)

    def by_language(
        self, key: str, languages: Sequence[str], *, required: bool = False
    ) -> Mapping[str, str] | None:
        """Return text by language, zh always there; None where the key is absent."""
        example = '{ zh = "…", en = "…" }'
        value = self._take(key, required, example)
        if value is None:
            return None
        if not isinstance(value, dict):
            self._wrong(key, value, example)
            return None
        inner = Table(value, path=self._path, faults=self._faults, place=f"{self._place}{key}.")
        texts = {lang: inner.text(lang, required=lang == ZH) for lang in dict.fromkeys((ZH, *languages))}
        inner.close()
        return {lang: text for lang, text in texts.items() if text is not None}

    def table(self, key: str) -> Table | None:
        """Return the table [key], or None where it is absent."""
        value = self._take(key, False, "")
        if value is None:
            return None
        if not isinstance(value, dict):
            self._wrong(key, value, f"[{key}]")
            return None
        return Table(value, path=self._path, faults=self._faults, place=f"{self._place}{key}.")

    def tables(self, key: str) -> tuple[Table, ...]:
        """Return the tables [[key]] in the order written; places are counted from 1: document[2].file."""
        value = self._take(key, False, "")
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            self._wrong(key, value, f"[[{key}]]")
            return ()
        return tuple(
            Table(one, path=self._path, faults=self._faults, place=f"{self._place}{key}[{number}].")
            for number, one in enumerate(value, start=1)
        )

    def close(self) -> None:
        """Report every key that nobody took: a misspelt key would otherwise be silently without effect."""
        for key in sorted(set(self._values) - self._taken):
            known = "、".join(sorted(self._taken))
            self.fault(
                key,
                Text(zh="不认识这一项。", en="This key is not known."),
                Text(
                    zh=f"请核对有没有拼错；这里可以写：{known}。",
                    en=f"Check the spelling; known here: {known.replace('、', ', ')}.",
                ),
            )


def _clean(text: str) -> bool:
    """Whether the text is one visible line: no control, direction or unassigned characters."""
    return not any(unicodedata.category(character) in _INVISIBLE for character in text)
