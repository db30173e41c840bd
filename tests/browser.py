"""Headless Chromium for tests: found where the machine has it, skipped (with the count) where it has none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--allow-file-access-from-files=false",
]


def chromium_path() -> str | None:
    """Return the Chromium to test with: $QINGDAN_CHROMIUM, or the first one on the path."""
    named = os.environ.get("QINGDAN_CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    return next(
        (
            found
            for name in ("chromium", "chromium-browser", "google-chrome")
            if (found := shutil.which(name))
        ),
        None,
    )


def need_chromium() -> str:
    """Return the path of Chromium; without one fail under CI and skip elsewhere."""
    path = chromium_path()
    if path is None and os.environ.get("CI"):
        pytest.fail("no Chromium: `make test-deps` installs it")
    if path is None:
        pytest.skip("no Chromium: `make test-deps` installs it")
    return path


@contextmanager
def launched() -> Iterator[Browser]:
    """A running headless Chromium."""
    path = need_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()
