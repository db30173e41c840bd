"""How many pages a second nginx answers with the sample configuration: this site, and a Hugo site of the same pages."""

from __future__ import annotations

import gzip
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.bench.corpus import COUNTY
from tests.web_site import nginx

SECONDS = 4
ROUNDS = 3
_RELEASE = "20260101T000000Z-0001"
_SCRIPT = """
local paths, turn = {}, 0
for line in io.lines("%s") do paths[#paths + 1] = line end
request = function() turn = turn %% #paths + 1; return wrk.format("GET", paths[turn]) end
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Load:
    """What wrk says of one run."""

    rate: float
    """Requests a second."""
    slowest: str
    """The 99th percentile, as wrk writes it."""
    errors: int
    """Answers other than 2xx or 3xx, and sockets that failed."""


def report(work: Path, ours: Path, theirs: Path, seconds: int = SECONDS, rounds: int = ROUNDS) -> str:
    """Return the table, or a line that says what is missing; both trees are asked for all their pages in turn.

    Our pages lie there as a release does, compressed copies beside them; Hugo's as Hugo writes them.
    """
    missing = [name for name in ("nginx", "wrk") if not shutil.which(name)]
    if missing:
        return f"not run: {' and '.join(missing)} not installed"
    sites = {
        "this site": _laid_out(work / "ours", ours, compressed=True),
        "Hugo": _laid_out(work / "hugo", theirs),
    }
    paths = sorted(f"/{COUNTY}/{p.relative_to(ours).as_posix()}" for p in ours.rglob("*.html"))
    (work / "paths.txt").write_text("\n".join(paths) + "\n", encoding="utf-8")
    (work / "turns.lua").write_text(_SCRIPT % (work / "paths.txt"), encoding="utf-8")
    lines = [f"{len(paths)} pages in turn through nginx, wrk -t1 -c8, best of {rounds} × {seconds} s:"]
    with (
        nginx(work / "nginx-ours", sites["this site"]) as first,
        nginx(work / "nginx-hugo", sites["Hugo"]) as second,
    ):
        for name, header in (("as they are", ""), ("gzip", "Accept-Encoding: gzip")):
            found: dict[str, list[Load]] = {"this site": [], "Hugo": []}
            for _ in range(rounds):
                for site, port in (("this site", first), ("Hugo", second)):
                    found[site].append(_load(port, work / "turns.lua", seconds, header))
            lines += _table(name, found)
    return "\n".join(lines)


def _table(name: str, found: Mapping[str, list[Load]]) -> list[str]:
    best = {site: max(runs, key=lambda run: run.rate) for site, runs in found.items()}
    lines = [
        f"  {name:12} {site:10} {run.rate:8.0f} requests/s   p99 {run.slowest:>8}   "
        f"{sum(one.errors for one in found[site])} errors"
        for site, run in best.items()
    ]
    return [*lines, f"  {name:12} this site ÷ Hugo: {best['this site'].rate / best['Hugo'].rate:.2f}"]


def _laid_out(site: Path, tree: Path, *, compressed: bool = False) -> Path:
    """Put a county's tree where a release lies."""
    unit = site / COUNTY
    release = unit / "releases" / _RELEASE
    shutil.copytree(tree, release)
    (unit / "current").symlink_to(f"releases/{_RELEASE}")
    if compressed:
        for path in sorted(release.rglob("*.html")):
            path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))
    return site


def _load(port: int, script: Path, seconds: int, header: str) -> Load:
    extra = ["-H", header] if header else []
    said = subprocess.run(
        [
            "wrk",
            "-t1",
            "-c8",
            f"-d{seconds}s",
            "--latency",
            "-s",
            str(script),
            *extra,
            f"http://127.0.0.1:{port}",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    rate, slowest = re.search(r"Requests/sec:\s+([\d.]+)", said), re.search(r"99%\s+(\S+)", said)
    assert rate, said
    assert slowest, said
    wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    sockets = re.search(r"Socket errors: (.*)", said)
    counts = [int(number) for number in re.findall(r"\d+", sockets[1])] if sockets else []
    return Load(rate=float(rate[1]), slowest=slowest[1], errors=sum(counts) + (int(wrong[1]) if wrong else 0))
