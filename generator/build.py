"""The hallway: one short recipe per verb, each readable from top to bottom.

Only this module knows the order of the journey; rooms never call each other. Nothing here prints, reads the clock or
picks exit codes: that is the command line (`cli`).
"""

from __future__ import annotations

import gc
import json
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator import register, settings
from generator.durable import Tree, locked
from generator.errors import DiffersError, UsageError
from generator.model.addresses import original_file
from generator.model.filings import Filing, Original
from generator.model.findings import Checked, Finding
from generator.model.lists import CountyLists, CountyRegister
from generator.model.mends import Mend
from generator.model.releases import PROVINCE_UNIT
from generator.model.settings import County, Site
from generator.model.shell import CountySummary, Shell
from generator.model.text import ZH, Text, Tongue
from generator.staging import WORK, make_parent, refuse_strangers, staging, swap, workers

if TYPE_CHECKING:
    from generator.model.guide import GuideEntry, Handbook
    from generator.register import Proposal, Trace
    from generator.vetting import Vetted

# How many documents are read at a time; it changes how long a check takes and nothing else.
_PROCESSORS = os.cpu_count() or 1


Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many are done, and how many there are."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BuildPlan:
    """Everything a build depends on: the same plan over the same content gives the same bytes."""

    content: Path
    templates: Path
    mkdocs_yml: Path
    out: Path
    as_of: date
    only: tuple[str, ...] = ()
    """The counties to build, or `province` for none but the province's own pages, which every build writes; () for all."""
    jobs: int = 1
    preview: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Built:
    """What a build wrote."""

    summaries: tuple[CountySummary, ...]
    """Of the counties that were built now, sorted by code."""
    files: int
    size: int
    """Bytes over all files."""


# ---------------------------------------------------------------- a clerk's verbs


def check(
    files: Sequence[Path],
    *,
    site: Site | None,
    county_code: str | None,
    as_of: date,
    as_csv: bool = False,
    encoding: str | None = None,
) -> Checked:
    """Check filed documents that belong to no filing yet. Raises UsageError for a county the content lacks.

    `as_csv` and `encoding` are what a person says of text files whose name or bytes do not tell.
    """
    from generator import intake  # the readers are heavy and only a check needs them

    county = None
    if county_code is not None:
        county = settings.find_county(site, county_code) if site else None
        if county is None:
            raise UsageError(
                Text(
                    zh=f"区划代码表中没有县级代码 {county_code}。",
                    en=f"There is no county with the code {county_code}.",
                ),
                Text(zh="请核对六位代码。", en="Check the six digits."),
            )
    with ThreadPoolExecutor(max_workers=1) as reader:
        reading = reader.submit(
            intake.read_documents, files, jobs=_PROCESSORS, as_csv=as_csv, encoding=encoding
        )
        # The tables of the checks are loaded while the documents are read in processes of their own.
        from generator import checks

        documents = reading.result()
    divisions = site.divisions if site else {}
    return checks.check_filing(documents, filing=None, county=county, divisions=divisions, as_of=as_of)


def annotate(files: Sequence[Path], checked: Checked, out: Path, *, lang: str) -> Text | None:
    """Write a copy of the checked workbook with its faults marked, or a report by itself; return why it stands apart.

    Raises UsageError where `out` exists already or cannot be written.
    """
    from generator import checks
    from generator.intake import annotate as writer

    apart = checks.why_apart(checked)
    if apart is None:
        try:
            content = writer.marked_copy(files[0], checked.documents[0], checks.plan_report(checked, lang))
        except writer.NotMarkedError as error:
            apart = error.problem
    if apart is not None:
        content = writer.report_alone(checks.plan_report(checked, lang, apart=apart))
    _write_new(out, content)
    return apart


def mend(
    file: Path, out: Path, *, site: Site | None, county_code: str | None, as_of: date
) -> tuple[Checked, tuple[Mend, ...]]:
    """Check a document and write a copy with what can be mended; the check is of the document as it was.

    Where there is nothing to mend, nothing is written. Raises UsageError for documents that cannot be changed in
    places, and where `out` exists already or is no name for such a document.
    """
    from generator import checks
    from generator.intake import mend as writer

    refuse_existing(out)
    checked = check([file], site=site, county_code=county_code, as_of=as_of)
    document = checked.documents[0]
    writer.refuse_unmendable(document)
    refuse_existing(out, f".{document.format}", file.suffix.lower())
    mends = checks.plan_mends(checked, document)
    if mends:
        _write_new(out, writer.mended_copy(file, document, mends))
    return checked, mends


def refuse_existing(out: Path, *suffixes: str) -> None:
    """Raise UsageError where a file stands in the way of `out`, its folder is missing, or its suffix is another."""
    if os.path.lexists(out):
        raise UsageError(
            Text(zh=f"{out} 已存在，未改动。", en=f"{out} exists already and was left alone."),
            Text(zh="请换一个文件名。", en="Choose another name."),
        )
    if not out.parent.is_dir():
        raise UsageError(
            Text(zh=f"没有这个文件夹：{out.parent}", en=f"There is no such folder: {out.parent}"),
            Text(zh="请先建好文件夹。", en="Make the folder first."),
        )
    if suffixes and out.suffix.lower() not in suffixes:
        wanted = sorted(set(suffixes))
        raise UsageError(
            Text(
                zh=f"{out.name} 的扩展名应为 {'或'.join(wanted)}。",
                en=f"{out.name} should end in {' or '.join(wanted)}.",
            ),
            Text(zh="请换一个文件名。", en="Choose another name."),
        )


def _write_new(out: Path, content: bytes) -> None:
    """Write a file that was not there; whoever made it in the meantime keeps theirs."""
    try:
        with out.open("xb") as file:
            file.write(content)
    except OSError as error:
        raise UsageError(
            Text(
                zh=f"写不进 {out}：{error.strerror or '未知原因'}", en=f"Cannot write {out}: {error.strerror}"
            ),
            Text(zh="请换一个文件名或文件夹。", en="Choose another name or folder."),
        ) from None


def check_filing(site: Site, county: County, folder: Path, *, as_of: date) -> tuple[Filing, Checked]:
    """Read a filing folder and check its documents."""
    from generator import checks, intake

    filing = settings.load_filing(folder, county, site)
    documents = intake.read_documents(
        [folder / document.file for document in filing.documents], jobs=_PROCESSORS
    )
    return filing, checks.check_filing(
        documents, filing=filing, county=county, divisions=site.divisions, as_of=as_of
    )


def propose(content: Path, folder: Path, *, as_of: date) -> tuple[Checked, Proposal | None]:
    """Check a whole filing and say what recording it would do; None where its documents have errors."""
    site = settings.load_site(content)
    county = settings.county_of_filing(folder, site)
    filing, checked = check_filing(site, county, folder, as_of=as_of)
    if checked.count("error") or checked.count("confirm"):
        return checked, None
    recorded = register.load(content, county.division.code)
    return checked, register.propose(recorded, filing, checked, county)


def accept(content: Path, folder: Path, *, as_of: date) -> tuple[Checked, Proposal | None, bool]:
    """Check a whole filing and record it if nothing stands against it; the last value says whether it was."""
    with locked(content / "register" / ".lock"):
        checked, proposal = propose(content, folder, as_of=as_of)
        if proposal is None or proposal.blocked:
            return checked, proposal, False
        register.record(content, proposal)
        return checked, proposal, True


def vet(
    file: Path, content: Path, county_code: str, *, as_of: date, annotate: Path | None, lang: str
) -> tuple[Vetted | None, tuple[Finding, ...]]:
    """Hold a document sent down against a county's lists in force; with `annotate`, write a copy with the notes in it.

    The findings say why a document could not be read (then there is nothing else) or what is odd about it.

    Raises:
        UsageError: the content has no such county, it has no list in force, the file is not there, or `annotate` is.
    """
    from generator import intake, vetting
    from generator.checks.faults import say_faults

    if annotate is not None and os.path.lexists(annotate):
        raise UsageError(
            Text(zh=f"{annotate} 已存在，未改动。", en=f"{annotate} exists already and was left alone."),
            Text(zh="请换一个文件名。", en="Choose another name."),
        )
    county = _chosen(settings.load_site(content), (county_code,))[0]
    if not os.path.lexists(file):
        raise UsageError(
            Text(zh=f"没有这个文件：{file}", en=f"There is no such file: {file}"),
            Text(zh="请核对文件名和所在文件夹。", en="Check the name and the folder."),
        )
    recorded = register.load(content, county.division.code)
    lists = register.in_force(recorded, as_of=as_of, gates=county.gates)
    if not lists.versions:
        raise UsageError(
            Text(
                zh=f"{county.division.name}在 {as_of} 没有生效的清单，无从比对。",
                en=f"{county.division.name} has no list in force on {as_of} to compare with.",
            ),
            Text(
                zh="请先登记清单，或用 --as-of 指定日期。",
                en="Record its lists first, or choose a day with --as-of.",
            ),
        )
    prose = intake.read_prose(file)
    if not prose.passages:
        return None, vetting.unread(prose, say_faults(prose.faults))
    vetted = vetting.vet(prose, lists, county)
    if annotate is not None:
        intake.write_annotated(file, annotate, vetting.notes(vetted, lang))
    return vetted, say_faults(prose.faults)


def write_template(kind: str, out: Path, *, site: Site | None, county_code: str | None) -> None:
    """Write an empty workbook for one kind of list. Raises UsageError where `out` exists already."""
    from generator import checks
    from generator.intake import template

    if out.exists():
        raise UsageError(
            Text(zh=f"{out} 已存在，未改动。", en=f"{out} exists already and was left alone."),
            Text(zh="请换一个文件名。", en="Choose another name."),
        )
    county = settings.find_county(site, county_code) if site and county_code else None
    template.write_template(checks.template_plan(kind, county.division if county else None), out)


def rules() -> tuple[GuideEntry, ...]:
    """Return every rule for the clerks' guide: those of documents, then those of the register."""
    from generator.checks import guide
    from generator.register import guide as register_guide

    return guide.guide_entries() + register_guide.guide_entries()


def handbooks() -> dict[str, Handbook]:
    """Return the clerks' guide in the two languages that the checks speak."""
    from generator.checks.handbook import handbook

    entries = rules()
    return {lang: handbook(entries, lang) for lang in (ZH, "en")}


# ---------------------------------------------------------------- the register


def verify_register(content: Path, progress: Progress, *, as_of: date) -> tuple[str, ...]:
    """Read every original again and return what the register says otherwise (nothing, if all is well)."""
    site = settings.load_site(content)
    differing: list[str] = []
    for done, county in enumerate(site.counties):
        progress(county.division.name, done, len(site.counties))
        recorded = register.load(content, county.division.code)
        rebuilt = CountyRegister(county=recorded.county, filings=(), items=())
        for entry in register.in_recorded_order(recorded):
            folder = county.folder / "filings" / entry.filing.id
            if not folder.is_dir():
                differing.append(
                    f"{county.division.name} {entry.filing.id}: 原件不在 / originals are missing"
                )
                continue
            filing, checked = check_filing(site, county, folder, as_of=as_of)
            proposal = register.propose(rebuilt, filing, checked, county)
            rebuilt = proposal.register
        differing.extend(register.differences(recorded, rebuilt))
    progress("", len(site.counties), len(site.counties))
    return tuple(differing)


def trace(content: Path, item_or_url: str) -> tuple[Trace, ...]:
    """Return where every line of an item comes from: document, sheet, cell, SHA-256 and approvals."""
    site = settings.load_site(content)
    registers = [register.load(content, county.division.code) for county in site.counties]
    return register.find_traces(registers, item_or_url)


# ---------------------------------------------------------------- the site


def build_site(plan: BuildPlan, progress: Progress) -> Built:
    """Build the sites of all counties (or those of `only`) and the province's pages, and put them at `out`.

    Everything is written to a staging folder beside `out` first; a failure leaves `out` as it was.

    Raises:
        ContentError: content, wording or templates are invalid.
        DiffersError: an original is not the file that was recorded.
        LockedError: another build writes to `out`.
        LostTextError: an item page would not show what is recorded.
        UsageError: `only` names a county that the content lacks, or `out` holds what is no part of a site or
            lies below a file.
    """
    site = settings.load_site(plan.content)
    counties = _chosen(site, plan.only)
    others = {lang for county in site.counties for lang in county.languages} | {"en"}
    languages = ["zh", *sorted(others - {"zh"})]  # the province's own pages greet in Chinese first
    refuse_strangers(plan.out)
    make_parent(plan.out)
    with locked(plan.out.parent / f".{plan.out.name}.lock"), staging(plan.out) as stage:
        parts = sum(len(county.languages) + 1 for county in counties)
        with workers(min(plan.jobs, parts)) as submit:
            drawn = submit(_shells, plan, languages, stage / WORK)
            # Data files need no shell, so they are written while the shells are drawn.
            running = {submit(_data_part, plan, stage, county.division.code): county for county in counties}
            # Now that the workers are busy, this process gets ready for the province's own pages.
            from generator import pages, wording

            pages.forget_templates()  # `serve` builds again in this process when one of them has changed
            tongues = wording.load_tongues(plan.content, plan.templates, languages)
            books = handbooks()
            shells = drawn.result()
            for county in counties:
                for lang in county.languages:
                    running[submit(_pages_part, plan, stage, county.division.code, lang, shells)] = county
            written = []
            for done, future in enumerate(as_completed(running), start=1):
                written.append(future.result())
                progress(running[future].division.name, done, parts)
        summaries = sorted((part.summary for part in written if part.summary), key=lambda s: s.code)
        for summary in summaries:
            body = json.dumps(asdict(summary), ensure_ascii=False, indent=1, sort_keys=True).encode()
            Tree(stage / summary.code).write("summary.json", body)
        files, size = _province(plan, site, summaries, tongues, shells, books, stage)
        built = {summary.code for summary in summaries}
        others_pages = {county.division.code for county in site.counties} - built
        swap(stage, plan.out, keep=others_pages)
    return Built(
        summaries=tuple(summaries),
        files=files + sum(part.files for part in written) + len(summaries),
        size=size + sum(part.size for part in written),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Part:
    """What one worker wrote of one county; the summary comes with the Chinese pages only."""

    summary: CountySummary | None
    files: int
    size: int


def _shells(plan: BuildPlan, languages: Sequence[str], workdir: Path) -> dict[str, Shell]:
    """Draw the empty page of every language, in one process: MkDocs takes longer to import than to run."""
    from generator import chrome

    return {
        lang: chrome.build_shell(plan.content, plan.templates, plan.mkdocs_yml, lang, workdir)
        for lang in languages
    }


def _data_part(plan: BuildPlan, stage: Path, code: str) -> _Part:
    """Write the data files of one county, and the originals that it offers; runs in a worker process."""
    from generator import data, wording

    site = settings.load_site(plan.content)
    county = _county(site, code)
    tongues = wording.load_tongues(plan.content, plan.templates, county.languages)
    tree = Tree(stage / code)
    lists = _lists(plan, county)
    for name, body in data.build_data(county, lists, tongues, site).items():
        tree.write(f"data/{name}", body)
    for (filing, file), original in _originals(county, lists).items():
        tree.write(original.address, (county.folder / "filings" / filing / file).read_bytes())
    return _Part(summary=None, files=tree.files, size=tree.size)


def _pages_part(plan: BuildPlan, stage: Path, code: str, lang: str, shells: dict[str, Shell]) -> _Part:
    """Write the pages and the search of one county in one language; runs in a worker process."""
    from generator import pages, search, wording

    site = settings.load_site(plan.content)
    county = _county(site, code)
    lists = _lists(plan, county)
    tongues = wording.load_tongues(plan.content, plan.templates, county.languages)
    tree = Tree(stage / code)
    shared = search.shared_scripts(plan.templates)
    own = search.build_search(county, lists, tongues[lang])
    for name, body in (own if lang != ZH else {**own, **shared}).items():
        tree.write(f"search/{name}", body)
    summary = pages.render_county(
        county,
        lists,
        tongues,
        shells,
        {lang: search.loading_order({**own, **shared})},
        plan.templates,
        site,
        plan.as_of,
        plan.preview,
        tree.write,
        _originals(county, lists),
    )
    return _Part(summary=summary if lang == ZH else None, files=tree.files, size=tree.size)


def _county(site: Site, code: str) -> County:
    county = site.county(code)
    assert county is not None, code  # the parent process has chosen it from the same content
    return county


def _lists(plan: BuildPlan, county: County) -> CountyLists:
    gc.collect()
    recorded = register.load(plan.content, county.division.code)
    for entry in recorded.filings:
        for name, digest in sorted(entry.sha256.items()):
            original = county.folder / "filings" / entry.filing.id / name
            if not original.is_file() or sha256(original.read_bytes()).hexdigest() != digest:
                raise DiffersError(
                    Text(
                        zh=f"{original} 与登记时的文件不同（或已不在）。",
                        en=f"{original} is not the file that was recorded (or is gone).",
                    ),
                    Text(
                        zh="原件不得改动：请恢复原件；新的清单请另行报备。",
                        en="Originals are never edited: restore it, and file a new list as a new filing.",
                    ),
                )
    lists = register.in_force(recorded, as_of=plan.as_of, gates=county.gates, preview=plan.preview)
    return lists.as_shown()


def _originals(county: County, lists: CountyLists) -> dict[tuple[str, str], Original]:
    """Return the documents of the filings shown, by filing and name, where the county offers them; else none.

    They carry their authors' names, so that offering them is the county's decision.
    """
    if not county.originals_public:
        return {}
    return {
        (entry.filing.id, name): Original(
            address=original_file(entry.filing.id, place, name, entry.sha256[name]),
            size=(county.folder / "filings" / entry.filing.id / name).stat().st_size,
        )
        for entry in lists.filings
        for place, name in enumerate(sorted(entry.sha256), start=1)
    }


def _province(
    plan: BuildPlan,
    site: Site,
    built: list[CountySummary],
    tongues: Mapping[str, Tongue],
    shells: Mapping[str, Shell],
    books: Mapping[str, Handbook],
    stage: Path,
) -> tuple[int, int]:
    """Write the province's pages from the small summaries, of counties not built now too."""
    from generator import pages

    summaries = {summary.code: summary for summary in built}
    for county in site.counties:
        earlier = plan.out / county.division.code / "summary.json"
        if county.division.code not in summaries and earlier.is_file():
            fields: dict[str, Any] = json.loads(earlier.read_text(encoding="utf-8"))
            fields["languages"] = tuple(fields["languages"])
            summaries[county.division.code] = CountySummary(**fields)
    tree = Tree(stage)
    pages.render_province(
        [summaries[code] for code in sorted(summaries)],
        tongues,
        shells,
        plan.templates,
        site,
        plan.as_of,
        tree.write,
        preview=plan.preview,
        handbooks=books,
    )
    return tree.files, tree.size


def _chosen(site: Site, only: tuple[str, ...]) -> tuple[County, ...]:
    unknown = [code for code in only if code != PROVINCE_UNIT and site.county(code) is None]
    if unknown:
        raise UsageError(
            Text(
                zh=f"content/counties 中没有 {'、'.join(unknown)}。",
                en=f"content/counties has no {', '.join(unknown)}.",
            ),
            Text(zh="请核对六位县级代码。", en="Check the six-digit county code."),
        )
    return tuple(county for county in site.counties if not only or county.division.code in only)
