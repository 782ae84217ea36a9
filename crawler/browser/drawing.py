"""One page drawn by its scripts, all of whose requests are answered by us.

The browser asks nobody: each request is routed here, and what may be fetched is fetched by the
function given, which has the guards of all our requests. Only scripts and data are fetched; style
sheets are answered as empty, as some scripts wait for theirs; pictures, fonts, films, frames,
other pages, forms and sockets are refused.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playwright.async_api import Error as PlaywrightError

from crawler.failures import Verdict, Word, reason_of, status_word
from crawler.net.errors import Refused, name_failure

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from playwright.async_api import Page, Request, Route

    from crawler.browser.options import BrowserOptions

    Fetch = Callable[[str, Mapping[str, str], int], Awaitable["Resource"]]
    """Address, headers and the most bytes -> answer."""

FETCHED = frozenset({"script", "xhr", "fetch"})
"""What is fetched, by Playwright's names of resource types."""
SENT = ("accept", "x-requested-with")
"""Headers of the browser's request that servers of data read; all others are ours."""
QUIET = 1.0
"""Seconds without a request after which a page is taken for drawn."""
UNPARSED = 5.0
"""The same before its HTML was parsed to its end: some pages never say so."""
LOOK = 0.1
"""Seconds between two looks at whether it is."""
GRACE = 5.0
"""Seconds that the browser has for handing over a page whose time is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """What a server answered. ``body`` is decoded of its compression."""

    status: int
    headers: dict[str, str]
    body: bytes


class Drawing:
    """Draws one page."""

    def __init__(self, url: str, page: Resource, fetch: Fetch, options: BrowserOptions) -> None:
        self._url = url
        self._page = page
        self._fetch = fetch
        self._options = options
        self._opened = False
        self._running = 0
        self._requests = 0
        self._bytes = 0
        self._moved_at = time.monotonic()
        self._pause = UNPARSED
        self.missing = ""
        """Why something that the page asked for did not come this time; empty: all came."""

    async def draw(self, tab: Page) -> bytes:
        """Return the drawn page as UTF-8, once it is quiet or its time is over.

        Raise Refused where the browser hands nothing over, PlaywrightError where it breaks.
        """
        try:
            async with asyncio.timeout(self._options.seconds):
                # A script that leads elsewhere interrupts it; the page stays where it is.
                with contextlib.suppress(PlaywrightError):
                    tab.on("domcontentloaded", self._note_parsed)
                    await tab.goto(self._url, wait_until="commit", timeout=0)
                self._moved_at = time.monotonic()
                await self._wait_until_quiet()
        except TimeoutError:
            self.missing = self.missing or Word.NOT_DRAWN
        try:
            async with asyncio.timeout(GRACE):
                drawn = (await tab.content()).encode("utf-8", "replace")
        except TimeoutError:
            raise Refused(Word.NOT_DRAWN, self._url) from None
        if len(drawn) > self._options.largest:
            raise Refused(Word.TOO_LARGE, f"{self._url}: {len(drawn)} bytes, as it is drawn")
        return drawn

    async def _wait_until_quiet(self) -> None:
        while self._running or time.monotonic() - self._moved_at < self._pause:
            await asyncio.sleep(LOOK)

    def _note_parsed(self, _: Page) -> None:
        self._pause = QUIET
        self._moved_at = time.monotonic()

    async def answer(self, route: Route) -> None:
        """Answer one request of the browser."""
        # The page, or the browser, may be gone when the answer is there.
        with contextlib.suppress(PlaywrightError):
            await self._answer(route)

    async def _answer(self, route: Route) -> None:
        request = route.request
        if request.is_navigation_request():
            await self._navigate(route)
        elif request.resource_type == "stylesheet":
            await route.fulfill(status=200, content_type="text/css", body="")
        elif found := await self._ask(request):
            await route.fulfill(status=found.status, headers=found.headers, body=found.body)
        else:
            await route.abort()

    async def _navigate(self, route: Route) -> None:
        """Show the page we have; wherever it wants to go from there, it stays."""
        if self._opened:
            await route.abort("aborted")  # other errors would put a page of Chromium in its place
            return
        self._opened = True
        page = self._page
        await route.fulfill(status=page.status, headers=page.headers, body=page.body)

    async def _ask(self, request: Request) -> Resource | None:
        """Return what a server says to a request, or None where the page goes without."""
        left = self._options.largest - self._bytes
        fits = request.resource_type in FETCHED and request.method == "GET"
        if not fits or self._requests >= self._options.requests or left <= 0:
            return None
        self._requests += 1
        self._running += 1
        try:
            sent = {name: text for name, text in request.headers.items() if name in SENT}
            found = await self._fetch(request.url, sent, left)
        except Exception as error:  # noqa: BLE001 - whatever it is, the page goes without
            self._note(name_failure(error))
            return None
        finally:
            self._running -= 1
            self._moved_at = time.monotonic()
        self._bytes += len(found.body)
        if found.status >= 400:
            self._note(status_word(found.status))
        return found

    def _note(self, word: str) -> None:
        passes = reason_of(word).verdict in (Verdict.FAILED, Verdict.DEFERRED)
        if passes and word != Word.TOO_LARGE:
            self.missing = self.missing or word
