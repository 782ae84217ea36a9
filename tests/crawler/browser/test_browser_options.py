"""Whether pages can be drawn here, and what is said where they cannot."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest
from scrapy.settings import Settings

from crawler.browser.options import BrowserOptions, check_browser, find_program
from crawler.errors import UsageError
from tests.support.crawls import Desk

if TYPE_CHECKING:
    from pathlib import Path

    from tests.site.town import Town

FEED = [("feed", "/rss/home.rss")]
PYTHON = sys.executable


def options(**settings: object) -> BrowserOptions:
    """What ours and some more settings say."""
    known = Settings()
    known.setmodule("crawler.settings")
    known.setdict(settings)
    return BrowserOptions.from_settings(known)


def test_a_page_is_drawn_within_bounds() -> None:
    usual = options()
    assert (usual.program, usual.sandbox, usual.timezone) == ("", True, "Asia/Ho_Chi_Minh")
    assert (usual.seconds, usual.requests, usual.largest) == (60, 40, 8_388_608)
    others = {"RENDER_SECONDS": 5, "RENDER_REQUESTS": 3, "RENDER_MAXSIZE": 1000}
    other = options(BROWSER=PYTHON, BROWSER_SANDBOX=0, USER_AGENT="x", **others)
    assert (other.program, other.sandbox, other.user_agent) == (PYTHON, False, "x")
    assert (other.seconds, other.requests, other.largest) == (5, 3, 1000)


def test_a_browser_that_is_not_there_is_said() -> None:
    with pytest.raises(UsageError, match="there is no /nowhere/chromium: install"):
        check_browser(options(BROWSER="/nowhere/chromium"))


def test_a_browser_without_playwright_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name else name)
    with pytest.raises(UsageError, match=r"pip install 'baotinh\[browser\]'"):
        check_browser(options(BROWSER=PYTHON))


def test_root_is_told_about_the_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(UsageError, match="BROWSER_SANDBOX=0"):
        check_browser(options(BROWSER=PYTHON))
    check_browser(options(BROWSER=PYTHON, BROWSER_SANDBOX=0))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    check_browser(options(BROWSER=PYTHON))


def test_the_first_browser_on_the_path_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("google-chrome", "chromium-browser"):
        program = tmp_path / name
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_program(options()) == str(tmp_path / "chromium-browser")
    assert find_program(options(BROWSER=PYTHON)) == PYTHON
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    assert find_program(options()) is None
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(UsageError, match="there is none here: install"):
        check_browser(options())


def test_a_crawl_without_a_browser_says_so_and_asks_for_nothing(tmp_path: Path, town: Town) -> None:
    desk = Desk(tmp_path, settings={"BROWSER": "/nowhere/chromium"})
    desk.add_source(town.base, seeds=FEED, more="render = true")
    done = desk.crawl()
    assert done.returncode == 1
    assert "render = true needs a Chromium, and there is no /nowhere/chromium" in done.stderr
    assert "Traceback" not in done.stderr
    assert town.paths() == []


def test_nothing_of_a_browser_is_loaded_where_nothing_is_drawn(desk: Desk) -> None:
    code = (
        "import sys, crawler.process, crawler.spiders.source, crawler.middlewares.drawing;"
        "print('playwright' in sys.modules, 'crawler.browser.chromium' in sys.modules)"
    )
    import subprocess

    said = subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, env=desk.environ)
    assert said.stdout.split() == ["False", "False"], said.stderr
