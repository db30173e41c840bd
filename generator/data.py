"""Open data: what the pages of a county show, as CSV, JSON and XLSX.

One table for the county and one per township. A row is one line in force of one township's list; nothing is added to
what the pages show and nothing left out. Every row names the filing and the cell it comes from, and the mark of made-up
samples stands in every row, sheet and file, since rows get copied out of their files.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from generator.model.confirmed import PUBLISHED, Confirmed, confirmed_lines
from generator.model.findings import Department
from generator.model.kinds import LIST_KINDS, MORE_FIELDS, Field
from generator.model.lists import CountyLists, Line, Version
from generator.model.places import Division, DivisionCode
from generator.model.settings import County, Site
from generator.model.text import Tongue

if TYPE_CHECKING:
    import pandas

SAMPLE_MARK = "示例数据 / sample data"
REAL_MARK = "以中文正式文件为准 / the issued Chinese document prevails"

# Texts that a spreadsheet would run when it opens a CSV, in ASCII and full width (OWASP, "CSV injection").
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

CONFIRMED_NAMES = {"veto": "一票否决 / one-vote veto", "pledge": "责任状 / letter of responsibility"}

Row = dict[str, str]

FILING_COLUMNS = frozenset(
    {
        "county_code",
        "county",
        "kind_code",
        "effective",
        "approval_number",
        "review_number",
        "record_number",
        "source_sha256",
    }
)
"""Columns that a workbook holds on its sheet of filings; CSV and JSON, which have one table, hold them in every row."""


def build_data(
    county: County, lists: CountyLists, tongues: Mapping[str, Tongue], site: Site
) -> dict[str, bytes]:
    """Return the data files of one county: `<code>.csv`, `.json` and `.xlsx` for it and for each township.

    Text is as filed; `<field>_<lang>` columns hold the translations that exist and stay empty where none does.
    The same lists give the same bytes.
    """
    import pandas  # 0.4 s to import, which only a build should pay

    others = [tongues[lang] for lang in county.languages if lang != "zh"]
    names = {division.code: division for division in county.townships}
    rows_by_township: dict[DivisionCode, list[Row]] = {}
    columns, confirmed = _more_columns(lists), confirmed_lines(lists)
    for version in lists.versions:
        rows = rows_by_township.setdefault(version.township, [])
        rows.extend(_rows(county, names[version.township], version, lists, others, columns, confirmed))

    files: dict[str, bytes] = {}
    everything = [row for township in sorted(rows_by_township) for row in rows_by_township[township]]
    about = _about(county, lists, site)
    for place, rows in [
        (county.division, everything),
        *((names[t], r) for t, r in sorted(rows_by_township.items())),
    ]:
        if not rows:
            continue
        table = pandas.DataFrame(rows, dtype="string").fillna("")
        files[f"{place.code}.csv"] = _as_csv(table)
        files[f"{place.code}.json"] = _as_json(place, rows, about)
        files[f"{place.code}.xlsx"] = _as_xlsx(table, about, county.sample)
    return files


def _more_columns(lists: CountyLists) -> tuple[Field, ...]:
    """The columns of older formats that any list of the county has: its files have those, other counties' none."""
    kinds = [LIST_KINDS[kind] for kind in {version.kind for version in lists.versions}]
    return tuple(field for field in MORE_FIELDS if any(kind.has(field) for kind in kinds))


def _rows(
    county: County,
    township: Division,
    version: Version,
    lists: CountyLists,
    others: list[Tongue],
    columns: tuple[Field, ...],
    confirmed: Confirmed,
) -> Iterator[Row]:
    recorded = lists.recorded(version.filing)
    filing = recorded.filing
    numbers = {approval.stage: approval.document_number or "" for approval in filing.approvals}
    for line in version.lines:
        row = {
            "notice": SAMPLE_MARK if filing.sample or county.sample else REAL_MARK,
            "status": "未生效 / not in force" if version.pending else "生效 / in force",
            "county_code": county.division.code,
            "county": county.division.name,
            "township_code": township.code,
            "township": township.name,
            "kind": LIST_KINDS[version.kind].zh,
            "kind_code": version.kind,
            "item": line.item,
            "number": line.number,
            **_fields(line, None, columns),
        }
        for tongue in others:
            row |= {f"{name}_{tongue.lang}": text for name, text in _fields(line, tongue, columns).items()}
        yield row | {
            "since": lists.recorded(line.since).filing.effective.isoformat(),
            "filing": filing.title,
            "effective": filing.effective.isoformat(),
            "approval_number": numbers.get("approval", ""),
            "review_number": numbers.get("review", ""),
            "record_number": numbers.get("record", ""),
            "source_file": line.where.file,
            "source_sheet": line.where.sheet or "",
            "source_cell": line.where.cell or "",
            "source_sha256": recorded.sha256[line.where.file],
            **_confirmations(line, confirmed),
        }


def _confirmations(line: Line, confirmed: Confirmed) -> Row:
    """What a county answered for, without the name of who did: columns of the counties only that have such lines."""
    if not confirmed:
        return {}
    given = confirmed.get((line.filing, line.where), ())
    return {
        "confirmed": "\n".join(CONFIRMED_NAMES[PUBLISHED[one.rule]] for one in given),
        "confirmed_reason": "\n".join(one.reason for one in given),
        "confirmed_date": "\n".join(one.date.isoformat() for one in given),
    }


def _fields(line: Line, tongue: Tongue | None, columns: tuple[Field, ...]) -> Row:
    """The filed fields of a line, or with `tongue` those of their translations that exist."""

    def put(filed: str | None) -> str:
        if not filed or tongue is None:
            return filed or ""
        wording = tongue.of(filed)
        return wording.text if wording.lang == tongue.lang else ""

    state = line.state
    departments: tuple[Department, ...] = state.departments or ()
    more = dict(state.more)
    return {
        "category": put(state.category),
        "name": put(state.name),
        "basis": put(state.basis),
        "departments": "\n".join(filter(None, (put(department.name) for department in departments))),
        "department_duties": "\n".join(
            f"{put(d.name) or d.name}：{put(d.duty)}" for d in departments if d.duty and put(d.duty)
        ),
        "township_duty": put(state.township_duty),
        "method": put(state.method),
        **{column: put(more.get(column)) for column in columns},
    }


def _about(county: County, lists: CountyLists, site: Site) -> dict[str, object]:
    return {
        "notice": SAMPLE_MARK if county.sample else REAL_MARK,
        "province": site.province.name,
        "prefecture": county.prefecture.name,
        "county": county.division.name,
        "county_code": county.division.code,
        "filings": [
            {
                "id": recorded.filing.id,
                "title": recorded.filing.title,
                "effective": recorded.filing.effective.isoformat(),
                "approvals": [
                    {
                        "stage": approval.stage,
                        "authority": approval.authority,
                        "document_number": approval.document_number,
                        "date": approval.date.isoformat() if approval.date else None,
                    }
                    for approval in recorded.filing.approvals
                ],
                "documents": dict(sorted(recorded.sha256.items())),
            }
            for recorded in lists.filings
        ],
    }


def guard(text: str) -> str:
    """Return the text so that no spreadsheet runs it: an apostrophe before anything that starts like a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _as_csv(table: pandas.DataFrame) -> bytes:
    """UTF-8 with BOM (or Excel on Chinese Windows shows mojibake), every field quoted so that codes stay text."""
    guarded = table.map(guard)
    text: str = guarded.to_csv(index=False, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    return b"\xef\xbb\xbf" + text.encode()


def _as_json(place: Division, rows: list[Row], about: dict[str, object]) -> bytes:
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["kind_code"]] = counts.get(row["kind_code"], 0) + 1
    head = json.dumps(
        about | {"place": place.name, "place_code": place.code, "counts": counts}, ensure_ascii=False
    )
    # A row a line: fast to write (json's own indentation is ten times slower) and to compare.
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return f'{head[:-1]}, "lines": [\n{lines}\n]}}\n'.encode()


def _as_xlsx(table: pandas.DataFrame, about: Mapping[str, object], sample: bool) -> bytes:
    """Sheets of lines, of counts by township and kind, and of filings; text cells only, never formulas or links."""
    import pandas

    buffer = io.BytesIO()
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "in_memory": True,
    }
    with pandas.ExcelWriter(buffer, engine="xlsxwriter", engine_kwargs={"options": options}) as writer:
        # A fixed date: the same lists give the same bytes, and a workbook must not claim to be newer than its filing.
        writer.book.set_properties(
            {"title": SAMPLE_MARK if sample else "", "created": datetime(2000, 1, 1)}  # noqa: DTZ001  xlsx has no zones
        )
        lines = writer.book.add_worksheet("清单 lines")
        # What is the same for a whole filing stands on its own sheet, and a workbook has no column that says nothing.
        columns = {name: table[name].tolist() for name in table.columns if name not in FILING_COLUMNS}
        shown = {name: texts for name, texts in columns.items() if any(texts)}
        for column, (name, texts) in enumerate(shown.items()):
            for row, text in enumerate((name, *texts)):
                wrote = lines.write_string(row, column, text)
                assert wrote == 0, (
                    name,
                    row,
                )  # longer than a cell holds: no filed cell is, so neither is ours
        lines.freeze_panes(1, 0)
        counts = (
            table.groupby(["notice", "township_code", "township", "kind"], sort=True)
            .size()
            .unstack(fill_value=0)
        )
        counts.reset_index().to_excel(writer, sheet_name="统计 counts", index=False)
        pandas.DataFrame(_filing_rows(about)).to_excel(writer, sheet_name="来源 filings", index=False)
    return buffer.getvalue()


def _filing_rows(about: Mapping[str, object]) -> list[Row]:
    """One row per filed document, with its filing's approvals."""
    filings: list[dict[str, Any]] = about["filings"]  # type: ignore[assignment]  # `_about` has put it there
    rows = []
    for filing in filings:
        numbers = {a["stage"]: a["document_number"] or "" for a in filing["approvals"]}
        for document, digest in filing["documents"].items():
            rows.append(
                {
                    "notice": str(about["notice"]),
                    "filing": filing["title"],
                    "effective": filing["effective"],
                    **{
                        f"{stage}_number": numbers.get(stage, "")
                        for stage in ("approval", "review", "record")
                    },
                    "source_file": document,
                    "source_sha256": digest,
                }
            )
    return rows
