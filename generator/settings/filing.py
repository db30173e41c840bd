"""`filing.toml`: what a county says about the documents it files, and the folder they lie in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final, get_args

from generator.errors import ContentError
from generator.model.filings import Approval, Confirmation, FiledDocument, Filing, Renaming, Stage
from generator.model.kinds import LIST_KINDS
from generator.model.places import DivisionCode
from generator.model.settings import County, Site
from generator.model.text import Text
from generator.settings.reading import Faults, Table, read_toml

_FILING_NAME = re.compile(r"\d{4}-\d{2}-\d{2}-[a-z0-9]+(-[a-z0-9]+)*")
_ITEM_ID = re.compile(rf"({'|'.join(LIST_KINDS)})-\d{{4,}}")
_NEW_ITEM: Final = "new"
_NOT_FILED: Final = frozenset({"filing.toml", ".DS_Store", "Thumbs.db", "desktop.ini"})
"""What an editor or a file browser leaves in a folder, and the settings themselves."""
_LOCKS: Final = ("~$", ".~")
"""How Office and WPS begin the name of a lock file beside a document that is open."""
EXAMPLE_FILING: Final = "filing.example.toml"
"""The commented pattern that `qingdan init` puts beside county.toml."""
_MISSING: Final = Text(
    zh=f"请新建 filing.toml，写明标题、施行日期和每个文件适用的乡镇（街道）；可复制县文件夹中的 {EXAMPLE_FILING}，写法见 docs/content.md。",
    en=f"Add it: title, effective date, and which document is for whom. Copy {EXAMPLE_FILING} of the county's folder, or see docs/content.md.",
)


def filing_folders(county: County) -> tuple[Path, ...]:
    """Return the county's filing folders, sorted by name and so by date.

    Raises ContentError for a loose file between them: a document outside of a filing would never be read.
    """
    home = county.folder / "filings"
    if not home.is_dir():
        return ()
    entries = sorted(entry for entry in home.iterdir() if not entry.name.startswith("."))
    loose = [entry.name for entry in entries if not entry.is_dir() and entry.name not in _NOT_FILED]
    if loose:
        names = "、".join(loose)
        place = f"counties/{county.division.code}/filings"
        raise ContentError(
            Text(
                zh=f"{place} 中的 {names} 没有放进任何一次报送的文件夹。",
                en=f"{place}: {names} lies in the folder of no filing.",
            ),
            Text(
                zh="请为每次报送建一个文件夹（如 2022-06-20-first-list），把文件和 filing.toml 放进去。",
                en="Make a folder for each filing (2022-06-20-first-list) with its documents and filing.toml.",
            ),
        )
    return tuple(entry for entry in entries if entry.is_dir())


def load_filing(folder: Path, county: County, site: Site) -> Filing:
    """Read `filing.toml` of one filing folder and prove that the folder holds what it names, and nothing else.

    The documents are not opened. Raises ContentError with every fault.
    """
    faults = Faults(site.content)
    folder = county.folder / "filings" / folder.resolve().name
    toml = folder / "filing.toml"
    if not _FILING_NAME.fullmatch(folder.name):
        faults.add(
            folder,
            "",
            Text(zh="文件夹的名称不合要求。", en="The folder's name has the wrong form."),
            Text(
                zh="请改成“施行日期-小写英文短名”，如 2022-06-20-first-list。",
                en="Name it by date and a short lower-case word: 2022-06-20-first-list.",
            ),
        )
    table = read_toml(toml, faults, missing=_MISSING)
    filed, leavings = _entries(folder)
    present = {unicodedata.normalize("NFC", entry.name): entry for entry in filed}
    _check_names(folder, filed, faults)
    documents = tuple(_document(one, county, present) for one in table.tables("document"))
    filing = Filing(
        id=folder.name,
        county=county.division.code,
        title=table.needed("title", example='"宾县乡镇（街道）履职事项清单"'),
        effective=table.day("effective", required=True) or date.min,
        approvals=_approvals(table),
        documents=documents,
        confirmations=tuple(_confirmation(one, present, documents) for one in table.tables("confirm")),
        renamings=_renamings(table),
        sample=table.flag("sample", default=county.sample),
        folder=folder,
        originals_public=county.originals_public,
        ignored=leavings,
    )
    table.close()
    if not table.broken:
        _check_folder(table, folder, documents, present, faults)
        _check_differences(table, documents, county)
    faults.raise_any()
    return filing


def _entries(folder: Path) -> tuple[list[Path], tuple[str, ...]]:
    """Return what was filed, and the names of what an editor or a system left beside it."""
    if not folder.is_dir():
        return [], ()
    entries = sorted(entry for entry in folder.iterdir() if entry.name != "filing.toml")
    left = {entry for entry in entries if entry.name in _NOT_FILED or entry.name.startswith(_LOCKS)}
    return [entry for entry in entries if entry not in left], tuple(sorted(entry.name for entry in left))


def _check_names(folder: Path, filed: list[Path], faults: Faults) -> None:
    """Names that are one name on another system (case of letters, spelling in code points) cannot both be kept."""
    seen: dict[str, str] = {}
    for entry in filed:
        key = unicodedata.normalize("NFC", entry.name).casefold()
        if key in seen:
            faults.add(
                folder,
                entry.name,
                Text(
                    zh=f"文件名与“{seen[key]}”看着几乎一样（只差大小写或字的存法），换一台电脑就分不开。",
                    en=f"The name looks like {seen[key]!r} (only case or encoding differs); other computers cannot keep both.",
                ),
                Text(zh="请把其中一个文件改名。", en="Rename one of the two."),
            )
        seen.setdefault(key, entry.name)


def _document(table: Table, county: County, present: Mapping[str, Path]) -> FiledDocument:
    file = _file(table, present)
    kind = table.text("kind", example='"basic"')
    if kind is not None and kind not in LIST_KINDS:
        _unknown_kind(table, kind)
    townships = _document_townships(table, county)
    base = table.flag("base", default=False)
    differs = table.text("differs", example='"县级统一清单.xlsx"')
    if differs is not None:
        # Some systems spell the same name in other code points.
        entry = present.get(unicodedata.normalize("NFC", differs))
        differs = entry.name if entry else differs
    table.close()
    return FiledDocument(file=file, townships=townships, kind=kind, base=base, differs=differs)


def _check_differences(table: Table, documents: tuple[FiledDocument, ...], county: County) -> None:
    """A document differs from a base of the same filing, and only for townships that the base is for."""
    names = {township.code: township.name for township in county.townships}
    bases = {document.file: document for document in documents if document.base}
    for document in documents:
        if document.differs is None:
            continue
        base = bases.get(document.differs)
        if document.base:
            table.fault(
                "differs",
                Text(
                    zh=f"“{document.file}”不能既是县级统一清单（base），又是差异清单（differs）。",
                    en=f"{document.file!r} cannot be a base and differ from one.",
                ),
                Text(zh="请在 base 和 differs 中只留一项。", en="Keep either base or differs."),
            )
        elif base is None:
            known = "、".join(bases) or "—"
            table.fault(
                "differs",
                Text(
                    zh=f"“{document.differs}”不是本次报送的县级统一清单（写有 base = true 的文件）。",
                    en=f"{document.differs!r} is no document of this filing with base = true.",
                ),
                Text(
                    zh=f"请写县级统一清单的文件名，并在它的 [[document]] 下写上 base = true；现在写有的：{known}。",
                    en=f"Name the county's list and put base = true into its [[document]]. There are: {known}.",
                ),
            )
        elif strange := [code for code in document.townships if code not in base.townships]:
            listed = "、".join(names.get(code, code) for code in strange)
            table.fault(
                "differs",
                Text(
                    zh=f"县级统一清单“{base.file}”不适用于{listed}，差异清单“{document.file}”却写了适用于它们。",
                    en=f"{base.file!r} is not for {', '.join(strange)}, so that {document.file!r} cannot differ from it there.",
                ),
                Text(
                    zh="请核对这两个文件写的 townships（适用的乡镇、街道）。",
                    en="Check townships of the two documents.",
                ),
            )


def _file(table: Table, present: Mapping[str, Path]) -> str:
    """Return the name as it stands in the folder; some systems spell the same name in other code points."""
    name = table.needed("file", example='"宾州镇.xlsx"')
    if not name:
        return ""
    if "/" in name or "\\" in name or ":" in name or name in {".", ".."} or name in _NOT_FILED:
        table.fault(
            "file",
            Text(zh=f"“{name}”不能作文件名。", en=f"{name!r} is not a file name."),
            Text(
                zh="请只写文件名，不写文件夹；文件要放在本文件夹里。",
                en="Write the name only; the file lies in this folder itself.",
            ),
        )
        return name
    entry = present.get(unicodedata.normalize("NFC", name))
    if entry is None:
        there = "、".join(sorted(present)) or "—"
        table.fault(
            "file",
            Text(zh=f"文件夹里没有“{name}”。", en=f"The folder holds no {name!r}."),
            Text(zh=f"文件夹里有：{there}。", en=f"It holds: {there}."),
        )
        return name
    return entry.name


def _document_townships(table: Table, county: County) -> tuple[DivisionCode, ...]:
    example = '"all" 或 / or ["230125100"]'
    given = table.text_or_texts("townships", example=example)
    if given == "all":
        return tuple(township.code for township in county.townships)
    codes = [given] if isinstance(given, str) else list(given)
    known = {township.code: township for township in county.townships}
    for code in codes:
        if code and code not in known:
            table.fault(
                "townships",
                Text(
                    zh=f"代码“{code}”不是{county.division.name}的乡镇（街道）。",
                    en=f"{code!r} is no township of {county.division.code}.",
                ),
                Text(
                    zh='请写 9 位代码，如 ["230125100"]，全县适用的写 "all"；农场、林业局等先要在 county.toml 的 units 中写上名称。',
                    en='Write 9-digit codes, such as ["230125100"], or "all"; farms and bureaus are first named under units in county.toml.',
                ),
            )
    return tuple(sorted(DivisionCode(code) for code in codes if code in known))


def _approvals(table: Table) -> tuple[Approval, ...]:
    approvals = []
    for stage in get_args(Stage):
        stated = table.table(stage)
        if stated is None:
            continue
        approvals.append(
            Approval(
                stage=stage,
                authority=stated.needed("authority", example='"中共宾县县委、宾县人民政府"'),
                document_number=stated.text("document_number", example='"示例〔2022〕1号"'),
                date=stated.day("date"),
            )
        )
        stated.close()
    return tuple(approvals)


def _confirmation(
    table: Table, present: Mapping[str, Path], documents: tuple[FiledDocument, ...]
) -> Confirmation:
    rule = table.needed("rule", example='"VETO-ITEM"')
    file = _file(table, present)
    if file and file in present and not any(document.file == file for document in documents):
        table.fault(
            "file",
            Text(zh=f"“{file}”不是本次报送的文件。", en=f"{file!r} is no document of this filing."),
            Text(
                zh="请写本次报送的某个文件名（与 [[document]] 中写的一样）。",
                en="Write the name of a document of this filing, as in its [[document]].",
            ),
        )
    confirmation = Confirmation(
        rule=rule,
        file=file,
        sheet=table.text("sheet"),
        cell=table.text("cell", example='"C17"'),
        reason=table.needed("reason"),
        name=table.needed("name", example='"张示例"'),
        date=table.day("date", required=True) or date.min,
    )
    table.close()
    return confirmation


def _renamings(table: Table) -> tuple[Renaming, ...]:
    renamings: list[Renaming] = []
    for one in table.tables("renamed"):
        kind = one.needed("kind", example='"supporting"')
        name = one.needed("name")
        item = one.needed("item", example='"supporting-0042" 或 / or "new"')
        one.close()
        if kind and kind not in LIST_KINDS:
            _unknown_kind(one, kind)
        elif item and item != _NEW_ITEM and (not _ITEM_ID.fullmatch(item) or not item.startswith(f"{kind}-")):
            one.fault(
                "item",
                Text(zh=f"“{item}”不是 {kind} 类事项的编号。", en=f"{item!r} is no item of kind {kind!r}."),
                Text(
                    zh=f'请写 "{kind}-0042" 这样的编号，或 "new"。',
                    en=f'Write an id like "{kind}-0042", or "new".',
                ),
            )
        if any(before.kind == kind and before.name == name for before in renamings):
            one.fault(
                "name",
                Text(zh=f"“{name}”写了两次。", en=f"{name!r} is answered twice."),
                Text(zh="请只留一处。", en="Keep one of them."),
            )
        renamings.append(Renaming(kind=kind, name=name, item=None if item == _NEW_ITEM else item))
    return tuple(renamings)


def _unknown_kind(table: Table, kind: str) -> None:
    known = "、".join(LIST_KINDS)
    table.fault(
        "kind",
        Text(zh=f"没有“{kind}”这类清单。", en=f"There is no kind of list named {kind!r}."),
        Text(zh=f"可以写：{known}。", en=f"Known: {known.replace('、', ', ')}."),
    )


def _check_folder(
    table: Table,
    folder: Path,
    documents: tuple[FiledDocument, ...],
    present: Mapping[str, Path],
    faults: Faults,
) -> None:
    """Every file is named by exactly one [[document]]: one that nobody reads would be a silent omission."""
    if not documents:
        table.fault(
            "document",
            Text(zh="没有写报送了哪些文件。", en="No document is named."),
            Text(
                zh="请为每个文件写一段 [[document]]，写明 file 和 townships。",
                en="Add a [[document]] for each file, with file and townships.",
            ),
        )
    named = [document.file for document in documents]
    for file in sorted({file for file in named if file and named.count(file) > 1}):
        table.fault(
            "document",
            Text(zh=f"“{file}”写了不止一次。", en=f"{file!r} is named more than once."),
            Text(
                zh="请合成一段 [[document]]，适用的乡镇（街道）写在一起。",
                en="Keep one [[document]] with all of its townships.",
            ),
        )
    for entry in present.values():
        if entry.is_symlink() or not entry.is_file():
            faults.add(
                folder,
                entry.name,
                Text(zh="这是文件夹或快捷方式，不是文件。", en="It is a folder or a shortcut, not a file."),
                Text(zh="请移走，只留报送的文件本身。", en="Remove it; only the filed documents stay here."),
            )
        elif entry.name not in named:
            faults.add(
                folder,
                entry.name,
                Text(zh="filing.toml 没有提到这个文件。", en="filing.toml does not name this file."),
                Text(
                    zh=f'是本次报送的，请加一段 [[document]]，写 file = "{entry.name}"；不是的，请移走。',
                    en=f'Add a [[document]] with file = "{entry.name}", or remove it if it was not filed.',
                ),
            )
