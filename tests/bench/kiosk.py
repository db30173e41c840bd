"""How many requests a second the kiosk's server answers, beside Python's own file server and beside nginx."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from generator.kiosk.serving import serving

PAGE = "zh/page.html"
SECONDS = 4


def report(silent: int = 500) -> str:
    """Return the table, or a line that says what is missing. Load comes from wrk: one thread, eight connections, keep-alive."""
    if not shutil.which("wrk"):
        return "not run: wrk is not installed"
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        tree = root / "release"
        (tree / "zh").mkdir(parents=True)
        # An item page as a browser gets it: about 7 KB.
        (tree / PAGE).write_text("<!doctype html><title>页</title>" + "责任清单" * 580, encoding="utf-8")
        (root / "current").symlink_to("release")
        lines = [f"One page of {(tree / PAGE).stat().st_size} bytes, wrk -t1 -c8, {SECONDS} s each:"]
        with serving(root / "current", home=PAGE, port=0) as url:
            ours = _load(url + PAGE)
            lines.append(_line("kiosk serve", ours, ours))
            held = [
                socket.create_connection(("127.0.0.1", int(url.split(":")[2].strip("/"))))
                for _ in range(silent)
            ]
            lines.append(_line(f"kiosk serve, {silent} silent sockets open", _load(url + PAGE), ours))
            for one in held:
                one.close()
        with _process(
            [sys.executable, "-m", "http.server", "{port}", "--bind", "127.0.0.1"], tree
        ) as address:
            lines.append(_line("python -m http.server", _load(f"{address}/{PAGE}"), ours))
        if shutil.which("nginx"):
            with _nginx(root, tree) as address:
                lines.append(_line("nginx", _load(f"{address}/{PAGE}"), ours))
    return "\n".join(lines)


def _load(address: str) -> tuple[float, str, int]:
    """Return requests a second, the 99th percentile as wrk writes it, and the answers that were not 2xx or 3xx."""
    said = subprocess.run(
        ["wrk", "-t1", "-c8", f"-d{SECONDS}s", "--latency", address],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    slowest = re.search(r"99%\s+(\S+)", said)
    assert rate, said
    assert slowest, said
    wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    errors = re.search(r"Socket errors: (.*)", said)
    counts = [int(number) for number in re.findall(r"\d+", errors.group(1))] if errors else []
    return float(rate.group(1)), slowest.group(1), int(wrong.group(1)) if wrong else sum(counts)


def _line(name: str, found: tuple[float, str, int], ours: tuple[float, str, int]) -> str:
    rate, slowest, errors = found
    return f"  {name:44} {rate:8.0f} requests/s   p99 {slowest:>8}   {errors} errors   kiosk ÷ this {ours[0] / rate:.2f}"


@contextmanager
def _process(command: list[str], folder: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    run = subprocess.Popen(
        [word.format(port=port) for word in command],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        run.terminate()
        run.wait()


@contextmanager
def _nginx(root: Path, tree: Path) -> Iterator[str]:
    settings = root / "nginx.conf"
    settings.write_text(
        f"daemon off; worker_processes 1; pid {root}/pid; error_log {root}/errors;\n"
        "events {}\n"
        f"http {{ access_log off; server {{ listen 127.0.0.1:PORT; root {tree}; }} }}\n"
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings.write_text(settings.read_text().replace("PORT", str(port)))
    root.chmod(0o755)  # its worker is another user
    run = subprocess.Popen(["nginx", "-p", str(root), "-c", str(settings)], stderr=subprocess.DEVNULL)
    try:
        time.sleep(0.5)
        yield f"http://127.0.0.1:{port}"
    finally:
        run.terminate()
        run.wait()
