"""What the settings say about the browser, and whether there is one. Imports no Playwright."""

from __future__ import annotations

import importlib.util
import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.errors import UsageError

if TYPE_CHECKING:
    from typing import Self

    from scrapy.settings import BaseSettings

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
"""Names under which systems install it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserOptions:
    """Which browser, and the bounds of one page."""

    program: str
    """Path of a Chromium; empty: the first of `PROGRAMS` on the search path."""
    sandbox: bool
    """Whether Chromium's own sandbox is required."""
    user_agent: str
    timezone: str
    seconds: float
    """Time that a page may take to be drawn, its requests included."""
    requests: int
    """Requests that its scripts may make."""
    largest: int
    """Bytes of all their answers together, and of the drawn page."""

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        """Read ``BROWSER``, ``BROWSER_SANDBOX``, ``RENDER_SECONDS`` and the bounds beside it."""
        return cls(
            program=settings["BROWSER"],
            sandbox=settings.getbool("BROWSER_SANDBOX"),
            user_agent=settings["USER_AGENT"],
            timezone=settings["TIMEZONE"],
            seconds=settings.getfloat("RENDER_SECONDS"),
            requests=settings.getint("RENDER_REQUESTS"),
            largest=settings.getint("RENDER_MAXSIZE"),
        )


def find_program(options: BrowserOptions) -> str | None:
    """Return the path of the browser, or None."""
    if options.program:
        return shutil.which(options.program)
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


def check_browser(options: BrowserOptions) -> None:
    """Raise UsageError where pages cannot be drawn here."""
    if importlib.util.find_spec("playwright") is None:
        raise UsageError("render = true needs Playwright: pip install 'baotinh[browser]'")
    if find_program(options) is None:
        named = f"there is no {options.program}" if options.program else "there is none here"
        raise UsageError(
            f"render = true needs a Chromium, and {named}: install your system's package chromium,"
            " or set BROWSER to its path"
        )
    if options.sandbox and os.geteuid() == 0:
        raise UsageError(
            "render = true: Chromium has no sandbox when root starts it: crawl as another user,"
            " or, inside a container, set BROWSER_SANDBOX=0"
        )
