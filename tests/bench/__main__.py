"""`python -m tests.bench`: make a county, time every leg in turn, print what came out."""

from __future__ import annotations

import argparse
import os
import pickle
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench import checking, kiosk, legs, portal, report
from tests.bench.compare import compare
from tests.bench.corpus import COUNTY, make_content
from tests.bench.legs import ROOT, TEMPLATES, Run, timed
from tests.bench.project import Recording, record, write_project

MEMORY = Path("/dev/shm")
DISK = ROOT / "bench-out"


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """Everything that the legs read, made beforehand."""

    content: Path
    templates: Path
    """A copy, so that somebody editing templates meanwhile does not change what is compared."""
    shells: Path
    pack: Path
    project: Path
    languages: tuple[str, ...]
    recording: Recording
    data: int
    """Bytes of the data that Hugo reads."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bench and print its tables; always 0 unless a leg fails."""
    options = _options(arguments)
    if options.check:
        print(report.machine())
        print(checking.report())
        return 0
    if options.kiosk:
        print(report.machine())
        print(kiosk.report())
        return 0
    languages = tuple(options.languages.split(","))
    with _scratch(DISK) as work:
        prepared = prepare(work, townships=options.townships, items=options.items, languages=languages)
        print(report.machine())
        if options.portal:
            ours, theirs, _ = first_trees(work / "trees", prepared)
            print(portal.report(work, ours, theirs))
            return 0
        print(report.county(options.townships, options.items, prepared.recording, prepared.data))
        for name, folder in (("memory (tmpfs)", MEMORY), ("disk", DISK)):
            if name != "disk" and not _room(folder, prepared, options.rounds):
                print(f"\n{name}: left out, {folder} is not there or too small")
                continue
            with _scratch(folder) as place:
                print("\n" + compare(*first_trees(place, prepared)))
                print(report.table(name, rounds(place, prepared, options.rounds), prepared.recording))
        print("\n" + report.NOTES + report.busy())
        if options.samples:
            print("\n" + samples(work, ROOT / "content"))
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--townships", type=int, default=15)
    parser.add_argument("--items", type=int, default=340, help="of each township")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--languages", default="zh", help="zh or zh,en: one process each")
    parser.add_argument("--samples", action="store_true", help="time the sample content too")
    parser.add_argument("--check", action="store_true", help="time `qingdan check` instead of a build")
    parser.add_argument("--kiosk", action="store_true", help="load the kiosk's server instead of building")
    parser.add_argument(
        "--portal",
        action="store_true",
        help="load nginx with this site and with Hugo's instead of timing builds",
    )
    return parser.parse_args(arguments)


def prepare(work: Path, *, townships: int, items: int, languages: tuple[str, ...]) -> Prepared:
    """Make the content, the shells, the bytes for the bare writes, and the Hugo project; nothing is timed."""
    from generator import chrome, wording

    content, shells, pack = work / "content", work / "shells", work / "pack"
    templates = shutil.copytree(TEMPLATES, work / "templates")
    prose = ROOT / "content" / "prose"
    make_content(content, prose, townships=townships, items=items, languages=languages)
    frames = {
        lang: chrome.build_shell(content, templates, ROOT / "mkdocs.yml", lang, work) for lang in languages
    }
    shells.write_bytes(pickle.dumps(frames))
    recording = record(legs.draw(content, templates, shells, languages))
    pack.write_bytes(pickle.dumps(recording.files))
    tongues = wording.load_tongues(content, templates, languages)
    strings = {lang: tongue.strings for lang, tongue in tongues.items()}
    data = write_project(work / "hugo", recording, templates, strings)
    return Prepared(
        content=content,
        templates=templates,
        shells=shells,
        pack=pack,
        project=work / "hugo",
        languages=languages,
        recording=recording,
        data=data,
    )


def run_legs(prepared: Prepared) -> dict[str, Callable[[Path], Run]]:
    """Return the legs by name; each writes into a new folder. All use as many processes as there are languages."""
    jobs = len(prepared.languages)
    # Go takes its number of threads from here; Hugo its number of workers.
    threads = {"GOMAXPROCS": str(jobs), "HUGO_NUMWORKERMULTIPLIER": str(jobs)}
    return {
        report.PAGES: lambda out: timed(
            legs.pages_commands(
                prepared.content, prepared.templates, prepared.shells, prepared.languages, out
            )
        ),
        report.HUGO: lambda out: timed(legs.hugo_commands(prepared.project, out), threads),
        report.RAW: lambda out: timed(legs.raw_commands(prepared.pack, out)),
        report.BUILD: lambda out: timed(legs.build_commands(prepared.content, out, jobs)),
    }


def first_trees(place: Path, prepared: Prepared) -> tuple[Path, Path, Recording]:
    """Write our tree and Hugo's once, untimed: to compare them, and so that every program has been read before."""
    written = [place / "first-ours", place / "first-hugo"]
    for name, out in zip((report.PAGES, report.HUGO), written, strict=True):
        run_legs(prepared)[name](out)
    return written[0], written[1], prepared.recording


def rounds(place: Path, prepared: Prepared, number: int) -> dict[str, list[Run]]:
    """Run every leg `number` times, each round beginning with another one, each run into a folder of its own.

    Nothing is deleted in between: a file system that has just freed many files writes several times slower.
    """
    todo = list(run_legs(prepared).items())
    found: dict[str, list[Run]] = {name: [] for name, _ in todo}
    for turn in range(number):
        for step in range(len(todo)):
            name, leg = todo[(turn + step) % len(todo)]
            os.sync()  # what the leg before left to be written is not this one's to pay for
            found[name].append(leg(place / f"{turn}-{step}"))
    return found


def samples(work: Path, content: Path) -> str:
    """Time the command line on the sample content: help, one county, everything."""
    lines = ["The command line, whole processes, median of three:"]
    help_command = [[sys.executable, "-m", "generator", "--help"]]
    lines.append(report.line("qingdan --help", [timed(help_command) for _ in range(3)]))
    if not (content / "register").is_dir():
        return "\n".join([*lines, "  content/register is not there: no sample content to build"])
    jobs = os.cpu_count() or 1
    for name, only in ((f"qingdan build --only {COUNTY}", COUNTY), ("qingdan build (make site)", None)):
        times = 3 if only else 1
        runs = [
            timed(legs.build_commands(content, work / f"site-{only}-{n}", jobs, only=only))
            for n in range(times)
        ]
        lines.append(report.line(f"{name} --jobs {jobs}", runs))
    return "\n".join(lines)


def _room(folder: Path, prepared: Prepared, number: int) -> bool:
    """Whether all trees of all rounds fit (a page takes up to 4 KB more than its bytes)."""
    if not folder.is_dir():
        return False
    files = prepared.recording.files.values()
    one = sum(len(body) + 4096 for body in files)
    return shutil.disk_usage(folder).free > one * (4 * number + 3)


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    folder.mkdir(exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix="qingdan-bench-", dir=folder))
    try:
        yield made
    finally:
        shutil.rmtree(made)


if __name__ == "__main__":
    sys.exit(main())
