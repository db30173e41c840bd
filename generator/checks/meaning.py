"""Rules about what a list says: serials, counts, duties, departments, and lists that contradict each other."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from generator.checks.basis import check_basis
from generator.checks.catchall import catch_all
from generator.checks.items import FiledList
from generator.checks.likeness import similar_pairs
from generator.checks.notebook import Notebook
from generator.checks.scope import Ground
from generator.checks.split import read_totals
from generator.checks.table import NOTE, Table
from generator.checks.text import bare, fold, read_count, read_serial, trim
from generator.checks.vocabulary import CATEGORIES, FORMER_DEPARTMENTS, KINDS_IN_ENGLISH, kinds_named
from generator.model.findings import FiledItem
from generator.model.folding import VARIANTS
from generator.model.kinds import Field

_VETO = re.compile(r"[一1]票否决")
_PLEDGE = re.compile(r"责任[状书]")
# One of the characters that these words cannot do without, or one that NFKC might turn into one of them.
_MAY_SAY_WORD = re.compile(
    "[票书状"
    + "".join(chr(variant) for variant, standard in VARIANTS.items() if standard in "票书状")
    + "]|[^\n\u3000-\u3029\u3400-\u9fff\uff01-\uff5e\u2010-\u2027 -~]"
)
_GENERIC_TOWNSHIP = re.compile(
    r"^(?:各?(?:乡镇|街道|乡|镇|镇街|乡镇街道|本乡镇|本镇|本乡|本街道)(?:人民政府|政府|党委|党工委|办事处|党委政府)?)$"
)
_SECTION_COUNT = re.compile(r"[（(]\s*共?\s*([\d０-９一二三四五六七八九十百]+)\s*[项条]\s*[)）]")


def check_list(filed: FiledList, ground: Ground, notebook: Notebook, starts: Collection[int] = (1,)) -> None:
    """Note what is wrong within one list. `starts` are the serials it may begin with: 1, or where another list
    of the document ended."""
    strangers = _strangers(filed, ground)
    # Where nobody has said whose list it is, no township of the county can be its department.
    own = frozenset(
        fold(d.name) for d in ground.townships if d.code in filed.townships or not filed.townships
    )
    silent: set[tuple[str, ...]] = set()
    _check_serials(filed, starts, notebook)
    _check_categories(filed, notebook)
    names: dict[str, FiledItem] = {}
    for item, table in zip(filed.items, filed.tables_of, strict=True):
        _check_item(item, filed, table, ground, notebook)
        if item.departments:
            offices = tuple(department.name for department in item.departments)
            if offices not in silent:
                before = len(notebook.findings)
                _check_departments(offices, item, filed, table, own, notebook)
                if len(notebook.findings) == before:
                    silent.add(offices)
        if strangers:
            _check_other_township(item, filed, table, strangers, notebook)
        key = fold(item.name)
        if key in names:
            notebook.add("ITEM-TWICE", item.where, item.name, other=_spot(names[key], item))
        else:
            names[key] = item
    for first, second in similar_pairs([fold(item.name) for item in filed.items]):
        one, other = filed.items[first], filed.items[second]
        notebook.add("ITEM-SIMILAR", other.where, other.name, other=_spot(one, other), name=one.name)


def _spot(item: FiledItem, seen_from: FiledItem) -> str:
    """Where an item stands, with as much of the address as the reader at another item needs."""
    if item.where.file != seen_from.where.file:
        return " ".join(filter(None, (item.where.file, item.where.sheet, item.where.cell)))
    if item.where.sheet != seen_from.where.sheet:
        return " ".join(filter(None, (item.where.sheet, item.where.cell)))
    return item.where.cell or ""


def _check_serials(filed: FiledList, starts: Collection[int], notebook: Notebook) -> None:
    """Serials run on by one, or begin again with every category."""
    numbered = [
        (number, item, table)
        for item, table in filed.rows
        if (number := read_serial(item.number)) is not None
    ]
    for item, table in filed.rows:
        if item.number and read_serial(item.number) is None:
            notebook.add("SERIAL-UNREADABLE", table.place(item.cells.get("number")), item.number)
    if not numbered:
        return
    _check_style(filed, notebook)
    restarts = [
        position
        for position in range(1, len(numbered))
        if numbered[position][0] == 1 and numbered[position][1].category != numbered[position - 1][1].category
    ]
    changes = [
        position
        for position in range(1, len(numbered))
        if numbered[position][1].category != numbered[position - 1][1].category
    ]
    per_category = bool(restarts) and restarts == changes
    if restarts and not per_category:
        for position in restarts:
            _, item, table = numbered[position]
            notebook.add("SERIAL-RESTART", table.place(item.cells.get("number")), item.number)
    restarts_at = frozenset(restarts)
    before = 0
    seen: dict[int, tuple[FiledItem, Table]] = {}
    for position, (number, item, table) in enumerate(numbered):
        where = table.place(item.cells.get("number"))
        if position in restarts_at:
            before, seen = 0, {}
        if number in seen:
            first, first_table = seen[number]
            address = first.cells.get("number")
            if (address, first_table.where) != (
                item.cells.get("number"),
                table.where,
            ):  # else: one merged cell
                notebook.add("SERIAL-DUPLICATE", where, item.number, other=address or "")
            continue
        if number != before + 1 and not (position == 0 and number in starts):
            notebook.add("SERIAL-GAP", where, item.number, before=before, after=number)
        seen[number] = (item, table)
        before = number


_STYLES = tuple(
    (re.compile(f"[{characters}]+"), one)
    for characters, one in (
        ("０-９", "９"),
        ("0-9", "9"),
        ("零〇一二三四五六七八九十百", "一"),
        ("①-⑳㉑-㉟㊱-㊿", "①"),
        ("⑴-⒇", "⑴"),
        ("㈠-㈩", "㈠"),
    )
)


def _check_style(filed: FiledList, notebook: Notebook) -> None:
    """One style of serial in one list; 1．and 1 are the same number, but one of them is a slip."""
    styles: dict[str, tuple[FiledItem, Table]] = {}
    for item, table in filed.rows:
        if item.number:
            style = trim(item.number)
            for characters, one in _STYLES:
                style = characters.sub(one, style)
            styles.setdefault(style, (item, table))
    if len(styles) > 1:
        item, table = list(styles.values())[1]
        notebook.add("SERIAL-STYLE", table.place(item.cells.get("number")), item.number)


def _check_categories(filed: FiledList, notebook: Notebook) -> None:
    for table, category in filed.categories:
        where = table.place(category.address)
        if category.title.count is not None and category.title.count != category.lines:
            notebook.add(
                "COUNT-CATEGORY", where, category.text, said=category.title.count, counted=category.lines
            )
        if category.parent is None and fold(category.title.name) not in _FOLDED_CATEGORIES:
            notebook.add("CATEGORY-UNKNOWN", where, category.title.name)


_FOLDED_CATEGORIES = frozenset(fold(name) for name in CATEGORIES)


def check_totals(filed: FiledList, others: Collection[int], notebook: Notebook) -> None:
    """Totals that titles, notes and paragraphs claim agree with the rows: of this list, or of all lists together.

    `others` are the further numbers that a total may mean: the lines of the whole document, of its townships.
    """
    fine = {len(filed.items), *others, *(category.lines for _, category in filed.categories)}
    lines = sum(len(table.lines) for table in filed.tables)
    fine.add(lines)
    for outside in filed.paragraphs:
        for claim in read_totals(outside.text):
            if claim not in fine:
                notebook.add("COUNT-TOTAL", outside.where, outside.text, said=claim, counted=len(filed.items))
    for table in filed.tables:
        cells = table.titles + table.notes
        for position, cell in enumerate(cells):
            claims = read_totals(cell.text)
            if kinds_named(cell.text) == (filed.kind.slug,):
                claims += [n for n in map(read_count, _SECTION_COUNT.findall(cell.text)) if n is not None]
            follows = cells[position + 1] if position + 1 < len(cells) else None
            if _is_total_label(cell.text) and follows is not None and follows.row == cell.row:
                number = read_count(re.sub(r"[项条个件]$", "", trim(follows.text)))
                claims += [number] if number is not None else []
            for claim in claims:
                if claim not in fine:
                    notebook.add(
                        "COUNT-TOTAL",
                        table.place(cell.address),
                        cell.text,
                        said=claim,
                        counted=len(filed.items),
                    )


_OF_SOMETHING_ELSE = re.compile(r"原|上一|以前|此前|全[县市区省]|各乡镇|调整前")
_LONGEST_CLAIM = 60
"""Characters: what a cover says of its own list is short; a longer text tells of other things too."""


def check_cover(table: Table, lists: Sequence[FiledList], notebook: Notebook) -> None:
    """A total on a cover is that of one list of the file, of a kind, of a township, or of all of them."""
    sizes: dict[object, int] = defaultdict(int)
    for filed in lists:
        for group in ("all", filed.kind.slug, filed.townships, filed.table.where):
            sizes[group] += len(filed.items)
    fine = {*sizes.values(), *(category.lines for filed in lists for _, category in filed.categories)}
    for cell in table.sheet.cells:
        if len(cell.text) > _LONGEST_CLAIM or _OF_SOMETHING_ELSE.search(cell.text):
            continue
        for claim in read_totals(cell.text):
            if claim not in fine:
                where = table.place(cell.address)
                notebook.add("COUNT-TOTAL", where, cell.text, said=claim, counted=sizes["all"])


def _is_total_label(text: str) -> bool:
    return bool(re.match(r"^(?:合计|总计|共计|总数)[:：]?$", fold(text))) and bool(NOTE.match(trim(text)))


def _check_item(item: FiledItem, filed: FiledList, table: Table, ground: Ground, notebook: Notebook) -> None:
    for meaning, text in _texts(item):
        clause = catch_all(text) if meaning in ("name", "township_duty") else None
        if clause:
            notebook.add("CATCH-ALL", table.place(item.cells.get(meaning)), text, clause=clause)
    _check_words(item, table, notebook)
    if item.basis is not None:
        check_basis(item.basis, table.place(item.cells.get("basis")), ground.day, notebook)
    if item.departments and item.township_duty is not None and filed.kind.has("department_duty"):
        duties = {fold(d.duty) for d in item.departments if d.duty}
        if fold(item.township_duty) in duties:
            notebook.add("DUTY-INVERTED", table.place(item.cells.get("township_duty")), item.township_duty)


def _texts(item: FiledItem) -> Iterable[tuple[Field, str]]:
    """The texts of an item with the field whose cell they stand in."""
    yield "name", item.name
    if item.basis:
        yield "basis", item.basis
    for duty in dict.fromkeys(d.duty for d in item.departments or () if d.duty):
        yield "department_duty", duty
    if item.township_duty:
        yield "township_duty", item.township_duty
    if item.method:
        yield "method", item.method
    yield from item.more


def _check_words(item: FiledItem, table: Table, notebook: Notebook) -> None:
    """一票否决 and 责任状, however they are spelt, stand in a list only by a decision that somebody answers for."""
    said = set()
    for meaning, text in _texts(item):
        if not _MAY_SAY_WORD.search(text):
            continue
        word = bare(text)
        for rule, pattern in (("VETO-ITEM", _VETO), ("PLEDGE-ITEM", _PLEDGE)):
            place = item.cells.get(meaning)
            if pattern.search(word) and (rule, place) not in said:
                said.add((rule, place))
                notebook.add(rule, table.place(place), text)


def _check_departments(
    names: Sequence[str],
    item: FiledItem,
    filed: FiledList,
    table: Table,
    own: Collection[str],
    notebook: Notebook,
) -> None:
    """Note what is odd about the names of an item's departments; `own` are the list's townships, folded."""
    where = table.place(item.cells.get("departments"))
    for position, name in enumerate(names):
        key = fold(name)
        if key in map(fold, names[:position]):
            notebook.add("DEPARTMENT-TWICE", where, name)
        plain = re.sub(r"[()、/]", "", key)
        stripped = re.sub(r"(?:人民政府|政府|党委|党工委|办事处|党委政府)$", "", key)
        if filed.kind.leads == "department" and (
            _GENERIC_TOWNSHIP.match(plain) or key in own or stripped in own
        ):
            notebook.add("DEPARTMENT-IS-TOWNSHIP", where, name)
        for former, now in FORMER_DEPARTMENTS.items():
            if key.endswith(former) and not key.endswith(now):
                notebook.add("DEPARTMENT-FORMER", where, name, now=now)
                break


def _strangers(filed: FiledList, ground: Ground) -> re.Pattern[str] | None:
    """Return a pattern of all names of townships: our own (longest first, so that they are read whole) and others'.

    A name before 路 or 道 is a street's. None where it is not known whose list this is.
    """
    others = [d.name for d in ground.townships if d.code not in filed.townships and len(d.name) > 2]
    if not filed.townships or not others:
        return None
    own = [d.name for d in ground.townships if d.code in filed.townships]
    names = sorted({*own, *others}, key=lambda name: (-len(name), name))
    return re.compile("(" + "|".join(map(re.escape, names)) + ")(?![路道])")


def _check_other_township(
    item: FiledItem, filed: FiledList, table: Table, strangers: re.Pattern[str], notebook: Notebook
) -> None:
    """The name of another township of the county is mostly left over from the list that was copied."""
    for meaning, text in _texts(item):
        named = {name for name in strangers.findall(text) if name not in filed.township_names}
        if named:
            name = min(named, key=text.index)
            notebook.add("WRONG-TOWNSHIP-NAME", table.place(item.cells.get(meaning)), text, name=name)


def check_between(lists: Sequence[FiledList], notebook: Notebook) -> None:
    """Note what lists of one filing say against each other, for the townships that both speak of."""
    by_name: dict[str, list[tuple[FiledList, FiledItem]]] = defaultdict(list)
    for filed in lists:
        for item in filed.items:
            by_name[fold(item.name)].append((filed, item))
    for meetings in by_name.values():
        if len(meetings) < 2:
            continue
        for position, (filed, item) in enumerate(meetings):
            for other_list, other in meetings[:position]:
                if other_list is filed or not _same_ground(filed, other_list):
                    continue
                _say_meeting(filed, item, other_list, other, notebook)
    _check_stated_twice(lists, notebook)


def _same_ground(one: FiledList, other: FiledList) -> bool:
    if not one.townships or not other.townships:
        return one.table.where.file == other.table.where.file and one.townships == other.townships
    return bool(set(one.townships) & set(other.townships))


def _say_meeting(
    filed: FiledList, item: FiledItem, other_list: FiledList, other: FiledItem, notebook: Notebook
) -> None:
    kinds = {filed.kind.slug, other_list.kind.slug}
    if "reclaimed" in kinds and len(kinds) == 2:
        kept, kept_list, gone = (
            (other, other_list, item) if filed.kind.slug == "reclaimed" else (item, filed, other)
        )
        notebook.add(
            "CONTRADICTION",
            gone.where,
            gone.name,
            other=_spot(kept, gone),
            kind=kept_list.kind.zh,
            kind_en=KINDS_IN_ENGLISH[kept_list.kind.slug],
        )
    elif len(kinds) == 1 and filed.townships != () and other_list.townships != ():
        notebook.add("ITEM-TWICE", item.where, item.name, other=_spot(other, item))
    elif kinds == {"basic", "supporting"}:
        notebook.add(
            "ITEM-TWO-KINDS",
            item.where,
            item.name,
            other=_spot(other, item),
            kind=other_list.kind.zh,
            kind_en=KINDS_IN_ENGLISH[other_list.kind.slug],
        )


def _check_stated_twice(lists: Sequence[FiledList], notebook: Notebook) -> None:
    """One township has one list of a kind: a second one would leave open which of them holds."""
    first: dict[tuple[str, str], FiledList] = {}
    for filed in lists:
        for township in filed.townships:
            known = first.setdefault((filed.kind.slug, township), filed)
            if known is not filed:
                where = known.table.where
                other = " ".join(filter(None, (where.file, where.sheet)))
                notebook.add("LIST-TWICE", filed.table.place(), township, other=other, kind=filed.kind.zh)
                break
