"""A real Chromium, driven by Playwright: Debian's package, or the one BAOTINH_CHROMIUM names."""

from __future__ import annotations

import contextlib
import os
import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome")
SIZES = ((1280, 900), (390, 844))
SCHEMES = ("light", "dark")


def find_chromium() -> str | None:
    """Return the path of a Chromium on this machine, or None."""
    named = os.environ.get("BAOTINH_CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


@contextlib.contextmanager
def launch() -> Iterator[Browser]:
    """Start Chromium; skip, with a sentence, where there is none."""
    path = find_chromium()
    if path is None:
        pytest.skip("there is no Chromium here: apt-get install chromium, or set BAOTINH_CHROMIUM")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        # Tests in a container run as root, where Chromium's own sandbox does not start.
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()
