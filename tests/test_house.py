"""The house tests itself: imports run one way, every package has one owner, and the budgets hold."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache
from itertools import pairwise
from pathlib import Path
from statistics import quantiles

import pytest

ROOT = Path(__file__).resolve().parent.parent
GENERATOR = ROOT / "generator"

# Rooms never import each other; only the hallway knows the order of the journey.
ROOMS = (
    "checks",
    "chrome",
    "data",
    "intake",
    "kiosk",
    "pages",
    "register",
    "release",
    "search",
    "serve",
    "settings",
    "vetting",
    "wording",
)
FLOORS = (
    ("__main__",),
    ("cli",),
    ("delivery", "updating"),
    ("build",),
    ROOMS,
    ("durable", "sealing", "signing", "staging"),
    ("errors",),
    ("model",),
)

OWNERS = {
    "typer": "cli",
    "rich": "cli",
    "python_calamine": "intake",
    "openpyxl": "intake",
    "xlrd": "intake",
    "charset_normalizer": "intake",
    "rapidfuzz": "register",
    "polib": "wording",
    "babel": "wording",
    "mkdocs": "chrome",
    "material": "chrome",
    "jinja2": "pages",
    "markupsafe": "pages",
    "lunr": "search",
    "pypinyin": "search",
    "opencc": "search",
    "pandas": "data",
    "xlsxwriter": "data",
    "watchfiles": "serve",
    "cryptography": "signing",
    "tuf": "kiosk",
    "securesystemslib": "kiosk",
    "asyncssh": "release",
    "fsspec": "release",
    "s3fs": "release",
    "botocore": "release",
    "segno": "pages",
}

MODULES = sorted(GENERATOR.rglob("*.py"))


def room_of(path: Path) -> str:
    """The room that a module stands in."""
    return path.relative_to(GENERATOR).parts[0].removesuffix(".py")


@cache
def tree(path: Path) -> ast.Module:
    """A module as parsed."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> set[str]:
    """Every module that `path` names in an import, wherever it stands."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of a module, methods included."""
    return [n for n in ast.walk(tree(path)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]


def floor_of(room: str) -> int:
    """How high a room stands: 0 is the command line."""
    return next((level for level, rooms in enumerate(FLOORS) if room in rooms), -1)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(GENERATOR)))
def test_imports_run_one_way(path: Path) -> None:
    """A module imports from its own room and from lower floors only."""
    own = room_of(path)
    if own == "__init__":
        return
    assert floor_of(own) >= 0, (
        f"{own} is no room of the house: add it to the plan and say why in docs/decisions"
    )
    for name in imports(path):
        if not name.startswith("generator."):
            continue
        other = name.split(".")[1]
        if other == own or floor_of(other) == -1:
            continue
        # the command line prints what the rooms phrase (reports), so it may reach past the hallway.
        assert floor_of(other) > floor_of(own), f"{path.name} imports {name}"


def test_every_package_has_one_owner() -> None:
    """A third-party package is imported by one room."""
    for path in MODULES:
        for name in imports(path):
            package = name.split(".")[0]
            if package == "generator" or package in sys.stdlib_module_names:
                continue
            room = "cli" if room_of(path) == "__main__" else room_of(path)
            assert OWNERS.get(package) == room, f"{path.relative_to(GENERATOR)} imports {name}"


def test_there_is_no_import_cycle() -> None:
    """No module waits for itself, not even through a package's own __init__."""
    names = {
        path: str(path.relative_to(ROOT).with_suffix("")).replace("/", ".").removesuffix(".__init__")
        for path in MODULES
    }
    known = set(names.values())
    edges = {name: _run_time_imports(path) & known - {name} for path, name in names.items()}
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " → ".join((*trail, name))
        if name in done:
            return
        for other in sorted(edges[name]):
            visit(other, (*trail, name))
        done.add(name)

    for name in sorted(known):
        visit(name, ())


def _run_time_imports(path: Path) -> set[str]:
    """What is imported while a module loads: not inside functions, not for type checkers."""
    found: set[str] = set()
    for node in tree(path).body:
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(GENERATOR)))
def test_modules_and_functions_stay_small(path: Path) -> None:
    """At most 600 lines a module and 80 a function."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 600
    for function in functions(path):
        assert (function.end_lineno or 0) - function.lineno < 80, function.name


def test_most_functions_are_short() -> None:
    """95 of 100 functions have at most 45 lines."""
    sizes = [(f.end_lineno or 0) - f.lineno + 1 for path in MODULES for f in functions(path)]
    assert quantiles(sizes, n=20)[-1] <= 45


def test_public_functions_say_what_they_do() -> None:
    """Every public function and class has a docstring."""
    silent = [
        f"{path.relative_to(GENERATOR)}: {node.name}"
        for path in MODULES
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert silent == []


def test_only_the_command_line_reads_the_clock() -> None:
    """Same inputs, same bytes: no room asks for the time or draws lots."""
    clocks = re.compile(r"\b(datetime\.now|date\.today|time\.time|random\.|uuid\.)")
    reading = [str(p.relative_to(GENERATOR)) for p in MODULES if clocks.search(p.read_text(encoding="utf-8"))]
    assert reading == ["cli/common.py"]


def test_no_catch_all_but_the_one_door() -> None:
    """Only `__main__` catches whatever is left."""
    catching = [
        str(path.relative_to(GENERATOR))
        for path in MODULES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ExceptHandler)
        and (
            node.type is None
            or (isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException"))
        )
    ]
    assert catching == ["__main__.py"]


def test_help_imports_no_heavy_package() -> None:
    """`qingdan --help` answers at once because it loads none of the packages that do the work."""
    heavy = sorted(set(OWNERS) - {"typer", "rich"})
    code = (
        "import sys; sys.argv = ['qingdan', '--help']\n"
        "from generator.__main__ import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        f"print('LOADED', sorted(set(sys.modules) & set({heavy!r})))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert "LOADED []" in run.stdout


def test_exit_codes_are_documented() -> None:
    """Every exit code stands in docs/exit-codes.md, and each stands for one thing."""
    text = (ROOT / "docs" / "exit-codes.md").read_text(encoding="utf-8")
    source = (GENERATOR / "errors.py").read_text(encoding="utf-8")
    codes = dict(re.findall(r"^(EXIT_\w+) = (\d+)$", source, re.M))
    assert len(set(codes.values())) == len(codes)
    for code in codes.values():
        assert f"| {code} |" in text, code


def test_versions_are_locked_with_hashes() -> None:
    """Every requirement of the lock files carries hashes, and no index address."""
    for name in (
        "requirements.lock",
        "requirements-delivery.lock",
        "requirements-dev.lock",
        "deploy/kiosk/requirements.lock",
        "docs/ci/audit.lock",
    ):
        text = (ROOT / name).read_text(encoding="utf-8")
        lines = text.splitlines()
        for line, following in pairwise([*lines, ""]):
            if re.match(r"^[a-z0-9]", line):
                assert following.strip().startswith("--hash=sha256:"), line
        assert "://" not in text
