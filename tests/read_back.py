"""Reads recorded, published and filed text back without a line of the program, to hold one against another.

Three readers that share nothing with what they check: the register as JSON, with its own rule of what is in force;
the built site through `html.parser`, `csv`, `json` and openpyxl; the filed documents through openpyxl, xlrd,
python-docx and `csv`.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import tomllib
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from html.parser import HTMLParser
from itertools import groupby
from pathlib import Path
from typing import Any

import docx
import openpyxl
import xlrd

from tests.golden_site import ROOT

KIND_ORDER = ("basic", "supporting", "reclaimed", "task", "powers", "delegated", "territorial", "services")
Facts = dict[str, str]
"""What one line says, by field; "" for what it does not say."""
ListKey = tuple[str, str]
"""Township and kind."""


# ---------------------------------------------------------------- the register


@dataclass(frozen=True, kw_only=True, slots=True)
class Recorded:
    """One line of one township, as the register's JSON has it."""

    item: str
    kind: str
    state: dict[str, Any]
    occurrence: dict[str, Any]
    filing: dict[str, Any]

    @property
    def sha256(self) -> str:
        """The recorded digest of the document it stands in."""
        return next(
            str(one["sha256"]) for one in self.filing["documents"] if one["file"] == self.occurrence["file"]
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Truth:
    """A county's lists in force and what was taken off them, by the definition alone."""

    current: dict[ListKey, list[Recorded]]
    removed: dict[str, dict[str, tuple[Recorded, dict[str, Any]]]]
    """Township → item → its last line and the filing that took it off."""


def read_register(content: Path, code: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return a county's filings and its items (each with `kind`), as they lie in the register."""
    folder = content / "register" / code
    read = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}
    filings = read.pop("filings")["filings"]
    return filings, [{"kind": body["kind"], **item} for body in read.values() for item in body["items"]]


def truth(content: Path, code: str, as_of: date) -> Truth:
    """Return what is in force: of each list the latest filing approved, reviewed and begun; and what that took off."""
    filings, items = read_register(content, code)
    settings = tomllib.loads((content / "counties" / code / "county.toml").read_text(encoding="utf-8"))
    gates = {"approval", "review", *settings.get("gates", ())}
    day = as_of.isoformat()
    counting = sorted(
        (
            filing
            for filing in filings
            if filing["effective"] <= day
            and gates <= {a["stage"] for a in filing["approvals"] if a["date"] and a["date"] <= day}
        ),
        key=lambda filing: (filing["effective"], filing["id"]),
    )
    filed: dict[tuple[str, str, str], list[Recorded]] = {}
    by_id = {filing["id"]: filing for filing in filings}
    for item in items:
        for state in item["states"]:
            for occurrence in state["occurrences"]:
                line = Recorded(
                    item=item["id"],
                    kind=item["kind"],
                    state=state,
                    occurrence=occurrence,
                    filing=by_id[occurrence["filing"]],
                )
                for township in occurrence["townships"]:
                    filed.setdefault((occurrence["filing"], township, item["kind"]), []).append(line)
    current: dict[ListKey, list[Recorded]] = {}
    last: dict[ListKey, dict[str, tuple[Recorded, dict[str, Any]]]] = {}
    for filing in counting:
        for kind, townships in filing["covers"].items():
            for township in townships:
                key = (township, kind)
                lines = sorted(
                    filed.get((filing["id"], *key), []), key=lambda one: one.occurrence["position"]
                )
                gone = last.setdefault(key, {})
                gone |= {line.item: (line, filing) for line in current.get(key, ())}
                for line in lines:
                    gone.pop(line.item, None)
                # An item taken off long ago keeps the filing that did it: only what stood until now is new here.
                current[key] = lines
    removed: dict[str, dict[str, tuple[Recorded, dict[str, Any]]]] = {}
    for (township, _), gone in last.items():
        removed.setdefault(township, {}).update(gone)
    return Truth(current=current, removed=removed)


@cache
def label(key: str) -> str:
    """The Chinese word that pages have for something, from the table of interface strings."""
    strings = tomllib.loads((ROOT / "site_templates" / "strings" / "pages.toml").read_text(encoding="utf-8"))
    return str(strings[key]["zh"])


def expected_on_page(line: Recorded, removed_by: Mapping[str, Any] | None) -> Facts:
    """Return what a line's page must say."""
    state, occurrence, filing = line.state, line.occurrence, line.filing
    departments = state["departments"] or []
    undivided = label("item.undivided") if line.kind in ("supporting", "task", "territorial") else ""
    blocks = [
        ("、".join(one["name"] for one in together), duty or undivided)
        for duty, together in (
            (duty, list(group)) for duty, group in groupby(departments, key=lambda one: one["duty"])
        )
    ]
    where = (occurrence["file"], occurrence["sheet"], occurrence["cell"])
    facts = {
        "kind": line.kind,
        "number": occurrence["number"],
        "category": state["category"] or "",
        "name": state["name"],
        "basis": state["basis"] or "",
        "departments": "\n".join("\t".join(block) for block in blocks),
        # A delegated power is led by the township; the department that handed it on is told further up.
        "who leads": "" if line.kind == "delegated" else "、".join(one["name"] for one in departments),
        "township_duty": state["township_duty"] or "",
        "method": state["method"] or "",
        "source": " › ".join(filter(None, where)),
        "sha256": line.sha256,
        "filing": filing["title"],
        "effective": filing["effective"],
        "removed by": removed_by["effective"] if removed_by else "",
        **{f"stage {name}": "" for name in ("approval", "review", "record")},
    }
    for one in filing["approvals"]:
        said = (
            one["authority"],
            one["document_number"] or label("stage.nonumber"),
            one["date"] or label("stage.nodate"),
        )
        facts[f"stage {one['stage']}"] = "|".join(said)
    more: Facts = state.get("more") or {}
    facts |= {f"more {label(f'field.{name}')}": text for name, text in more.items()}
    texts = (
        [block[1] for block in blocks]
        + list(more.values())
        + [facts[name] for name in ("township_duty", "method", "basis")]
    )
    facts["all text"] = "\n".join(sorted(filter(None, texts)))
    return facts


def expected_in_data(township: str, line: Recorded) -> Facts:
    """Return what a line's row of open data must say."""
    state, occurrence = line.state, line.occurrence
    departments = state["departments"] or []
    return {
        "township_code": township,
        "kind_code": line.kind,
        "item": line.item,
        "number": occurrence["number"],
        "category": state["category"] or "",
        "name": state["name"],
        "basis": state["basis"] or "",
        "departments": "\n".join(one["name"] for one in departments),
        "department_duties": "\n".join(f"{d['name']}：{d['duty']}" for d in departments if d["duty"]),
        "township_duty": state["township_duty"] or "",
        "method": state["method"] or "",
        **(state.get("more") or {}),
        "filing": line.filing["title"],
        "effective": line.filing["effective"],
        "source_file": occurrence["file"],
        "source_sheet": occurrence["sheet"] or "",
        "source_cell": occurrence["cell"] or "",
        "source_sha256": line.sha256,
        **{
            f"{one['stage']}_number": one["document_number"] or ""
            for one in line.filing["approvals"]
            if one["stage"] in ("approval", "review", "record")
        },
    }


# ---------------------------------------------------------------- the pages

VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "source", "wbr", "path", "rect"})


@dataclass(eq=False, slots=True)
class Node:
    """An element of a page."""

    tag: str
    attrs: dict[str, str]
    inside: list[Node | str] = field(default_factory=list)

    def all(self, tag: str, css: str = "") -> Iterator[Node]:
        """Every element below with this tag ("" for any) and class ("" for any), in the order they stand."""
        for one in self.inside:
            if isinstance(one, Node):
                if tag in ("", one.tag) and (not css or css in one.attrs.get("class", "").split()):
                    yield one
                yield from one.all(tag, css)

    def one(self, tag: str, css: str = "") -> Node | None:
        """The first of them."""
        return next(self.all(tag, css), None)

    @property
    def text(self) -> str:
        """All text below, as it stands."""
        return "".join([one if isinstance(one, str) else one.text for one in self.inside])


class _Tree(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [Node("", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].inside.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].inside.append(Node(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.open[-1].tag == tag, f"<{self.open[-1].tag}> is closed by </{tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)


def parse(path: Path) -> Node:
    """Return a page as a tree. Newlines are read as they lie in the file."""
    tree = _Tree()
    tree.feed(path.read_bytes().decode("utf-8"))
    tree.close()
    assert len(tree.open) == 1, f"{path}: <{tree.open[-1].tag}> is never closed"
    return tree.open[0]


def _facts(node: Node) -> dict[str, Node]:
    """What the definition lists say, by their words."""
    pairs: dict[str, Node] = {}
    for row in node.all("div"):
        words = [one for one in row.inside if isinstance(one, Node)]
        if [one.tag for one in words] == ["dt", "dd"]:
            pairs.setdefault(words[0].text, words[1])
    return pairs


def _under(article: Node, heading: str) -> str:
    """The text of the section with this heading, wherever on the page it stands."""
    for section in article.all("section"):
        title = next((one for one in section.inside if isinstance(one, Node) and one.tag == "h2"), None)
        if title is not None and title.text == heading:
            return _text(section.one("p", "qd-text"))
    return ""


def _text(node: Node | None) -> str:
    return node.text if node is not None else ""


def shown_on_page(path: Path) -> Facts:
    """Return what the page of one item says."""
    article = parse(path).one("article", "qd-item")
    if article is None:
        return {}
    facts = _facts(article)
    none = Node("", {})
    eyebrow = article.one("p", "qd-eyebrow") or none
    kinds = " ".join(one.attrs["class"] for one in eyebrow.all("span", "qd-badge"))
    duties = list((article.one("section", "qd-duty--department") or none).all("div", "qd-duty"))
    source = facts.get(label("source.document"), none).one("span", "qd-source") or none
    notice = article.one("div", "qd-notice--removed")
    shown = {
        "kind": " ".join(re.findall(r"qd-badge--(\w+)", kinds)),
        "number": facts.get(label("item.number"), none).text,
        "category": facts.get(label("item.category"), none).text,
        "name": _text(article.one("h1")),
        "basis": _under(article, label("item.basis")),
        "departments": "\n".join(
            f"{_text(duty.one('h3'))}\t{_text(duty.one('p', 'qd-text'))}" for duty in duties
        ),
        "who leads": _text(facts.get(label("item.leads"), none).one("strong")),
        "township_duty": _text((article.one("section", "qd-duty--township") or none).one("p", "qd-text")),
        "method": _under(article, label("item.method")),
        "source": "".join(
            one if isinstance(one, str) else one.text
            for one in source.inside
            if isinstance(one, str) or "qd-nowrap" not in one.attrs.get("class", "")
        ),
        "sha256": _text(facts.get(label("source.hash"), none).one("code", "qd-hash")),
        "filing": facts.get(label("filing.title"), none).text,
        "effective": _day(facts.get(label("filing.effective"), none)),
        "removed by": _day(notice) if notice is not None else "",
        "all text": "\n".join(sorted(one.text for one in article.all("", "qd-text"))),
    }
    shown |= {f"more {words}": said.text for words, said in facts.items()}
    for stage in ("approval", "review", "record"):
        shown[f"stage {stage}"] = _stage(facts.get(label(f"stage.{stage}"), none))
    return shown


def _day(node: Node) -> str:
    found = node.one("time")
    return found.attrs["datetime"] if found is not None else ""


def _stage(node: Node) -> str:
    """Authority, number and day of one stage of approval, with | between them."""
    head, _, rest = "".join(
        one if isinstance(one, str) else {"br": "\n", "time": _day_of(one)}.get(one.tag, one.text)
        for one in node.inside
    ).partition("\n")
    number, _, day = rest.strip().rpartition(" ")
    return "" if head == label("stage.none") else "|".join((head, number.strip(), day.strip()))


def _day_of(node: Node) -> str:
    return node.attrs.get("datetime", "")


Listed = tuple[str, str, str, str]
"""Item, number, name and departments, as a page lists a line."""


def listed(page: Node) -> list[Listed]:
    """Return the lines that a category page lists, in its order."""
    body = page.one("main") or page
    return [
        (
            link.attrs["href"].removesuffix(".html"),
            _text(link.one("span", "qd-list__number")),
            _text(link.one("span", "qd-list__name")),
            _text(link.one("span", "qd-list__note")),
        )
        for rows in body.all("ul", "qd-list")
        for link in rows.all("a")
    ]


def counted(text: str) -> int:
    """Return the one number in a text."""
    numbers = re.findall(r"\d+", text)
    return int(numbers[0]) if len(numbers) == 1 else -1


# ---------------------------------------------------------------- the data

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def guarded(text: str) -> str:
    """Return a text as a CSV has it: an apostrophe before what a spreadsheet would run."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def csv_rows(path: Path) -> list[Facts]:
    """Return the rows of a CSV."""
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def json_rows(path: Path) -> list[Facts]:
    """Return the lines of a JSON file."""
    rows: list[Facts] = json.loads(path.read_bytes().decode("utf-8"))["lines"]
    return rows


def xlsx_rows(path: Path) -> list[Facts]:
    """Return the rows of a workbook; what stands on its sheet of filings is put beside each."""
    lines, _, filings = openpyxl.load_workbook(path).worksheets

    def rows(sheet: Any) -> list[Facts]:
        head, *body = sheet.iter_rows(values_only=True)
        return [{str(n): "" if v is None else str(v) for n, v in zip(head, row, strict=True)} for row in body]

    sources = {(row["filing"], row["source_file"], row["source_sha256"]): row for row in rows(filings)}
    read = []
    for row in rows(lines):
        # A document may be filed twice under one title; the digest that is right is then one of several.
        found = [one for key, one in sources.items() if key[:2] == (row["filing"], row["source_file"])]
        beside = {name: "|".join(one[name] for one in found) for name in (found[0] if found else ())}
        read.append(beside | row | {"kind_code": row["item"].rpartition("-")[0]})
    return read


# ---------------------------------------------------------------- the documents as filed

Grid = dict[str, str]
"""Address → text; a merged cell stands at its first cell only."""


@cache
def grids(path: Path) -> dict[str | None, Grid]:
    """Return the cells of every sheet of a filed document, in its own words."""
    body = path.read_bytes()
    if body.startswith(b"PK"):
        return _docx(body) if path.suffix == ".docx" else _xlsx(body)
    return _xls(body) if body.startswith(b"\xd0\xcf\x11\xe0") else {None: _csv(body)}


def _xlsx(body: bytes) -> dict[str | None, Grid]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl tells of styles and drop-downs that it leaves out
        book = openpyxl.load_workbook(io.BytesIO(body), data_only=True)
    return {
        sheet.title: {
            cell.coordinate: str(cell.value)
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None
        }
        for sheet in book.worksheets
    }


def _xls(body: bytes) -> dict[str | None, Grid]:
    book = xlrd.open_workbook(file_contents=body, logfile=io.StringIO())
    found: dict[str | None, Grid] = {}
    for sheet in book.sheets():
        found[sheet.name] = {
            xlrd.cellname(row, column): f"{value:.15g}" if isinstance(value, float) else str(value)
            for row in range(sheet.nrows)
            for column in range(sheet.ncols)
            if (value := sheet.cell_value(row, column)) != ""
        }
    return found


def _docx(body: bytes) -> dict[str | None, Grid]:
    found: dict[str | None, Grid] = {}
    for at, table in enumerate(docx.Document(io.BytesIO(body)).tables, 1):
        grid = found[f"表格{at}"] = {}
        seen = set()
        for row_at, row in enumerate(table.rows):
            for column, cell in enumerate(row.cells, row.grid_cols_before):
                # A merged cell is handed out once for every place that it covers.
                if cell._tc not in seen and cell.text:
                    grid[xlrd.cellname(row_at, column)] = cell.text
                seen.add(cell._tc)
    return found


def _csv(body: bytes) -> Grid:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = body.decode(encoding)
        except UnicodeDecodeError:
            continue
        break
    separator = "\t" if "\t" in text.partition("\n")[0] else ","
    return {
        xlrd.cellname(row, column): cell
        for row, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
        for column, cell in enumerate(cells)
        if cell
    }


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def filed_text(text: str) -> str:
    """Return a cell's text as a list holds it: line breaks as one character, nothing outside."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()
