"""The register on disk: sorted JSON, one filed line a line, so that a change to it can be read and reviewed.

`content/register/<county>/<kind>.json` holds the items of one kind, `filings.json` the filings and the digest of
every other file. `filings.json` is replaced last and is the commit point: a set of files whose digests it does not
tell (a run killed between two renames, a merge, an edit by hand) is refused, never half believed.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any, Final

from generator.durable import sync_folder
from generator.errors import ContentError
from generator.model.documents import Where
from generator.model.filings import Approval, Confirmation, FiledDocument, Filing, Renaming
from generator.model.findings import Department
from generator.model.kinds import LIST_KINDS, MORE_FIELDS, More
from generator.model.lists import CountyRegister, Item, ItemId, Occurrence, RecordedFiling, State
from generator.model.places import DivisionCode, read_division_code
from generator.model.text import Text

FILINGS: Final = "filings.json"


def load(content: Path, county: DivisionCode) -> CountyRegister:
    """Return everything recorded for a county; an empty register where nothing was recorded yet.

    Raises ContentError for files that do not belong together or cannot be understood.
    """
    folder = content / "register" / county
    stored = {path.name for path in folder.glob("*.json")} if folder.is_dir() else set()
    if not stored:
        return CountyRegister(county=county, filings=(), items=())
    if FILINGS not in stored:
        raise _damaged(county, FILINGS, Text(zh="没有这个文件。", en="There is no such file."))
    try:
        head = json.loads((folder / FILINGS).read_bytes())
        digests: dict[str, str] = head["files"]
        if head["county"] != county or not set(digests) <= {f"{kind}.json" for kind in LIST_KINDS}:
            raise ValueError(head["county"])
        filings = tuple(_read_filing(one, content, county) for one in head["filings"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _damaged(county, FILINGS, _unreadable(error)) from error
    for name in sorted(stored - {FILINGS} - set(digests)):
        raise _damaged(
            county, name, Text(zh="filings.json 没有提到它。", en="filings.json does not know it.")
        )
    items: list[Item] = []
    next_numbers: dict[str, int] = {}
    for name, digest in sorted(digests.items()):
        body = (folder / name).read_bytes() if name in stored else b""
        if _digest(body) != digest:
            raise _damaged(
                county,
                name,
                Text(
                    zh="与 filings.json 所记的校验值不符。", en="It is not the file filings.json speaks of."
                ),
            )
        try:
            kind = name.removesuffix(".json")
            values = json.loads(body)
            items.extend(_read_items(values, kind))
            next_numbers[kind] = _next_number(values, kind)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise _damaged(county, name, _unreadable(error)) from error
    return CountyRegister(
        county=county,
        filings=tuple(sorted(filings, key=lambda one: (one.filing.effective, one.filing.id))),
        items=tuple(sorted(items, key=lambda item: item.id)),
        next_numbers=next_numbers,
    )


def write(content: Path, register: CountyRegister) -> None:
    """Store a county's register: all of its files or none, `filings.json` last.

    Every file is first written and flushed beside its place, so that a full disk or a crash before the first
    rename changes nothing; a crash between two renames is what `load` refuses.
    """
    folder = content / "register" / register.county
    folder.mkdir(parents=True, exist_ok=True)
    bodies = {f"{kind}.json": _kind_body(register, kind) for kind in _kinds(register)}
    bodies[FILINGS] = _filings_body(register, {name: _digest(body) for name, body in sorted(bodies.items())})
    partials = {name: folder / f".{name}.partial" for name in bodies}
    try:
        for name, body in bodies.items():
            with partials[name].open("wb") as stream:
                stream.write(body)
                stream.flush()
                os.fsync(stream.fileno())
        for name, partial in partials.items():  # filings.json was added last
            partial.replace(folder / name)
    finally:
        for partial in partials.values():
            with suppress(FileNotFoundError):
                partial.unlink()
    sync_folder(folder)


def _kinds(register: CountyRegister) -> list[str]:
    """Return the kinds the register speaks of: those with items, and those whose numbers were ever used."""
    used = {item.kind for item in register.items} | set(register.next_numbers)
    return [kind for kind in LIST_KINDS if kind in used]


def _digest(body: bytes) -> str:
    """Return the SHA-256 of a file of ours; a checkout that writes CRLF (git on Windows) is the same file."""
    return hashlib.sha256(body.replace(b"\r\n", b"\n")).hexdigest()


def _damaged(county: str, file: str, problem: Text) -> ContentError:
    place = f"register/{county}/{file}"
    return ContentError(
        Text(zh=f"{place}：{problem.zh}", en=f"{place}: {problem.en}"),
        Text(
            zh=f"登记册只由程序写入。请从版本库恢复整个文件夹 register/{county}，再重新运行 qingdan accept。",
            en=f"Only the program writes the register. Restore the whole folder register/{county} from version control, then run qingdan accept again.",
        ),
    )


def _unreadable(error: Exception) -> Text:
    return Text(
        zh=f"内容无法识别（{type(error).__name__}：{error}）。",
        en=f"It cannot be understood ({type(error).__name__}: {error}).",
    )


# ------------------------------------------------------------------------------------------------ items


def _kind_body(register: CountyRegister, kind: str) -> bytes:
    lines = ["{"]
    lines.append(f' "county": {_json(register.county)},')
    lines.append(f' "kind": {_json(kind)},')
    lines.append(f' "next": {register.next_numbers[kind]},')
    items = [list(_item_lines(item)) for item in register.items if item.kind == kind]
    lines.extend(_listed("items", items))
    lines.append("}")
    return ("\n".join(lines) + "\n").encode()


def _listed(key: str, blocks: list[list[str]]) -> Iterator[str]:
    """Yield a JSON list of blocks of lines as the last value of an object."""
    yield f' "{key}": ['
    for index, block in enumerate(blocks):
        yield from block[:-1]
        yield block[-1] + ("," if index < len(blocks) - 1 else "")
    yield " ]"


def _item_lines(item: Item) -> Iterator[str]:
    yield f'  {{"id": {_json(item.id)}, "states": ['
    for index, state in enumerate(item.states):
        yield f'   {{"category": {_json(state.category)},'
        yield f'    "name": {_json(state.name)},'
        yield f'    "basis": {_json(state.basis)},'
        if state.departments:
            yield '    "departments": ['
            yield from _separated(
                f"     {_json({'name': department.name, 'duty': department.duty})}"
                for department in state.departments
            )
            yield "    ],"
        else:
            yield f'    "departments": {"null" if state.departments is None else "[]"},'
        yield f'    "township_duty": {_json(state.township_duty)},'
        yield f'    "method": {_json(state.method)},'
        if state.more:
            yield f'    "more": {_json(dict(state.more))},'
        yield '    "occurrences": ['
        yield from _separated(f"     {_json(_occurrence_values(one))}" for one in state.occurrences)
        yield "    ]}" + ("," if index < len(item.states) - 1 else "")
    yield "  ]}"


def _separated(lines: Iterable[str]) -> Iterator[str]:
    before = None
    for line in lines:
        if before is not None:
            yield before + ","
        before = line
    if before is not None:
        yield before


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _occurrence_values(occurrence: Occurrence) -> dict[str, object]:
    return {
        "filing": occurrence.filing,
        "position": occurrence.position,
        "number": occurrence.number,
        "file": occurrence.where.file,
        "sheet": occurrence.where.sheet,
        "cell": occurrence.where.cell,
        "townships": list(occurrence.townships),
    }


def _read_items(values: dict[str, Any], kind: str) -> Iterator[Item]:
    codes: dict[str, DivisionCode] = {}
    for one in values["items"]:
        if not one["id"].startswith(f"{kind}-"):
            raise ValueError(one["id"])
        states = tuple(_read_state(state, codes) for state in one["states"])
        yield Item(id=ItemId(one["id"]), kind=kind, states=states)


def _read_state(values: dict[str, Any], codes: dict[str, DivisionCode]) -> State:
    departments = values["departments"]
    return State(
        category=values["category"],
        name=values["name"],
        basis=values["basis"],
        departments=None
        if departments is None
        else tuple(Department(name=one["name"], duty=one["duty"]) for one in departments),
        township_duty=values["township_duty"],
        method=values["method"],
        occurrences=tuple(
            Occurrence(
                filing=one["filing"],
                number=one["number"],
                where=Where(file=one["file"], sheet=one["sheet"], cell=one["cell"]),
                townships=tuple([_code(code, codes) for code in one["townships"]]),
                position=one["position"],
            )
            for one in values["occurrences"]
        ),
        more=_read_more(values.get("more", {})),
    )


def _read_more(values: dict[str, str]) -> More:
    """Return the columns of the older formats. Raises ValueError for one that is not known."""
    if not set(values) <= set(MORE_FIELDS):
        raise ValueError("more")
    return tuple((field, values[field]) for field in MORE_FIELDS if field in values)


def _code(text: str, known: dict[str, DivisionCode]) -> DivisionCode:
    """Return a division code, checked once for the thousands of lines that name the same few townships."""
    code = known.get(text)
    if code is None:
        code = known[text] = read_division_code(text)
    return code


def _next_number(values: dict[str, Any], kind: str) -> int:
    """Return the stored counter. Raises ValueError for one that would give a number a second time."""
    number = values["next"]
    highest = max((int(one["id"].removeprefix(f"{kind}-")) for one in values["items"]), default=0)
    if not isinstance(number, int) or number <= highest:
        raise ValueError(f"next = {number}, {kind}-{highest:04d}")
    return number


# ---------------------------------------------------------------------------------------------- filings


def _filings_body(register: CountyRegister, digests: Mapping[str, str]) -> bytes:
    values = {
        "county": register.county,
        "files": digests,
        "filings": [_filing_values(one) for one in sorted(register.filings, key=lambda one: one.order)],
    }
    return (json.dumps(values, ensure_ascii=False, indent=1) + "\n").encode()


def _filing_values(recorded: RecordedFiling) -> dict[str, object]:
    filing = recorded.filing
    return {
        "id": filing.id,
        "order": recorded.order,
        "title": filing.title,
        "effective": filing.effective.isoformat(),
        "sample": filing.sample,
        "approvals": [
            {
                "stage": one.stage,
                "authority": one.authority,
                "document_number": one.document_number,
                "date": one.date.isoformat() if one.date else None,
            }
            for one in filing.approvals
        ],
        "documents": [
            {
                "file": one.file,
                "sha256": recorded.sha256[one.file],
                "kind": one.kind,
                "townships": list(one.townships),
                **({"base": True} if one.base else {}),
                **({"differs": one.differs} if one.differs else {}),
            }
            for one in filing.documents
        ],
        "confirmations": [
            {
                "rule": one.rule,
                "file": one.file,
                "sheet": one.sheet,
                "cell": one.cell,
                "reason": one.reason,
                "name": one.name,
                "date": one.date.isoformat(),
            }
            for one in filing.confirmations
        ],
        "renamings": [{"kind": one.kind, "name": one.name, "item": one.item} for one in filing.renamings],
        "covers": {kind: list(townships) for kind, townships in sorted(recorded.covers.items())},
    }


def _codes(values: Iterable[str]) -> tuple[DivisionCode, ...]:
    return tuple(read_division_code(value) for value in values)


def _read_filing(values: dict[str, Any], content: Path, county: DivisionCode) -> RecordedFiling:
    filing = Filing(
        id=values["id"],
        county=county,
        title=values["title"],
        effective=date.fromisoformat(values["effective"]),
        approvals=tuple(
            Approval(
                stage=one["stage"],
                authority=one["authority"],
                document_number=one["document_number"],
                date=date.fromisoformat(one["date"]) if one["date"] else None,
            )
            for one in values["approvals"]
        ),
        documents=tuple(
            FiledDocument(
                file=one["file"],
                townships=_codes(one["townships"]),
                kind=one["kind"],
                base=one.get("base", False),
                differs=one.get("differs"),
            )
            for one in values["documents"]
        ),
        confirmations=tuple(
            Confirmation(
                rule=one["rule"],
                file=one["file"],
                sheet=one["sheet"],
                cell=one["cell"],
                reason=one["reason"],
                name=one["name"],
                date=date.fromisoformat(one["date"]),
            )
            for one in values["confirmations"]
        ),
        renamings=tuple(
            Renaming(kind=one["kind"], name=one["name"], item=one["item"]) for one in values["renamings"]
        ),
        sample=values["sample"],
        folder=content / "counties" / county / "filings" / values["id"],
    )
    return RecordedFiling(
        filing=filing,
        sha256={one["file"]: one["sha256"] for one in values["documents"]},
        covers={kind: _codes(townships) for kind, townships in values["covers"].items()},
        order=values["order"],
    )
