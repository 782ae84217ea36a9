"""The one Chromium of a process: started with the first page, ended with the last crawl.

It has no way to any network: its proxy is a name that is never resolved, no name is, and WebRTC
may use the proxy only. So even what no route of Playwright sees (a socket, a name looked up ahead,
a beacon) reaches nobody. It talks with us through a pipe: when we are gone, however we went, the
pipe is closed, and it ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import async_playwright

from crawler.browser.options import find_program
from crawler.failures import Word
from crawler.net.errors import Refused

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Playwright, WebSocketRoute

    from crawler.browser.drawing import Drawing
    from crawler.browser.options import BrowserOptions

logger = logging.getLogger(__name__)

NOWHERE = (
    "--proxy-server=socks5://nowhere.invalid:1",
    "--proxy-bypass-list=<-loopback>",  # addresses of this machine go that way, too
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
    "--no-pings",
)
SMALL = (
    "--js-flags=--max-old-space-size=256",  # megabytes of one page's scripts
    "--disable-dev-shm-usage",
    "--disable-gpu",
)
START_SECONDS = 60.0
CLOSE_SECONDS = 10.0


class Chromium:
    """Draws pages, one at a time; a browser that broke is started anew for the next one."""

    def __init__(self, options: BrowserOptions) -> None:
        self._options = options
        self._turn = asyncio.Lock()
        self._driver: Playwright | None = None
        self._browser: Browser | None = None

    async def draw(self, drawing: Drawing) -> bytes:
        """Return the drawn page as UTF-8. Raise Refused."""
        async with self._turn:
            try:
                context = await self._open_context(drawing)
                try:
                    return await drawing.draw(await context.new_page())
                finally:
                    await self._close_context(context)
            except PlaywrightError as error:
                await self._end()
                said = str(error).strip().partition("\n")[0][:200]
                raise Refused(Word.BROWSER, said) from error

    async def close(self) -> None:
        """End the browser, if one was started."""
        async with self._turn:
            await self._end()

    async def _open_context(self, drawing: Drawing) -> BrowserContext:
        browser = await self._start()
        context = await browser.new_context(
            user_agent=self._options.user_agent or None,
            locale="vi-VN",
            timezone_id=self._options.timezone,
            service_workers="block",
            accept_downloads=False,
        )
        await context.route("**/*", drawing.answer)
        await context.route_web_socket("**/*", _close_socket)
        return context

    async def _start(self) -> Browser:
        if self._browser is not None and self._browser.is_connected():
            return self._browser
        await self._end()
        self._driver = await async_playwright().start()
        self._browser = await self._driver.chromium.launch(
            executable_path=find_program(self._options),
            args=[*NOWHERE, *SMALL],
            chromium_sandbox=self._options.sandbox,
            timeout=START_SECONDS * 1000,
            # Signals are the crawl's: it ends the browser when it ends.
            handle_sigint=False,
            handle_sigterm=False,
            handle_sighup=False,
        )
        return self._browser

    async def _close_context(self, context: BrowserContext) -> None:
        try:
            await asyncio.wait_for(context.close(), CLOSE_SECONDS)
        except (TimeoutError, PlaywrightError):
            await self._end()

    async def _end(self) -> None:
        browser, driver = self._browser, self._driver
        self._browser = self._driver = None
        ends = [browser.close] if browser is not None else []
        for end in [*ends, driver.stop] if driver is not None else ends:
            with contextlib.suppress(TimeoutError, PlaywrightError):
                await asyncio.wait_for(end(), CLOSE_SECONDS)


async def _close_socket(socket: WebSocketRoute) -> None:
    with contextlib.suppress(PlaywrightError):
        await socket.close()


class Shared:
    """The browser that the crawls of one process share."""

    def __init__(self) -> None:
        self._chromium: Chromium | None = None
        self._users = 0

    def take(self, options: BrowserOptions) -> Chromium:
        """Return it; call `give_back` when the crawl ends."""
        self._users += 1
        if self._chromium is None:
            self._chromium = Chromium(options)
        return self._chromium

    async def give_back(self) -> None:
        """End it after its last crawl."""
        self._users -= 1
        if self._users == 0 and self._chromium is not None:
            chromium, self._chromium = self._chromium, None
            await chromium.close()


SHARED = Shared()
