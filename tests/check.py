"""All checks in order, as CI runs them: `python -m tests.check [--full]`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

STEPS = (
    ("format", ["ruff", "format", "--check", "--quiet", "generator", "tests"]),
    ("lint", ["ruff", "check", "--quiet", "generator", "tests"]),
    ("types", ["mypy"]),
)


def main() -> int:
    """Run every step even if one fails, so that one run says everything; return the number that failed."""
    full = "--full" in sys.argv[1:]
    tests = ["pytest", "-q", "-n", "2", "--dist", "loadfile"]
    failed = 0
    for name, command in (*STEPS, ("tests", tests if full else [*tests, "-m", "not full"])):
        print(f"== {name}", flush=True)
        failed += subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=False).returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(main())
