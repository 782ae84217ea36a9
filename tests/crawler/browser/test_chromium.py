"""How the one Chromium is started, shared and ended, whatever breaks.

Playwright's place is taken by a driver that notes what it is asked for; a real browser is driven
by ``test_drawn_pages``.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from crawler.browser.options import BrowserOptions
from crawler.net.errors import Refused

pytest.importorskip("playwright", reason="the extra browser is not installed")

from playwright.async_api import Error as PlaywrightError

from crawler.browser import chromium
from crawler.browser.chromium import Chromium, Shared

if TYPE_CHECKING:
    from collections.abc import Callable

OPTIONS = BrowserOptions(
    program="/bin/true",
    sandbox=True,
    user_agent="baotinh/1",
    timezone="Asia/Ho_Chi_Minh",
    seconds=1.0,
    requests=3,
    largest=12,
)


class Driver:
    """Playwright, its browsers and their pages: what they were asked for, in order."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.launched: list[dict[str, Any]] = []
        self.contexts: list[dict[str, Any]] = []
        self.routes: list[Any] = []
        self.is_connected = True
        self.breaks: dict[str, BaseException] = {}
        self.chromium = self

    def step(self, name: str) -> None:
        self.done.append(name)
        if name in self.breaks:
            raise self.breaks[name]

    async def start(self) -> Driver:
        self.step("start")
        return self

    async def stop(self) -> None:
        self.step("stop")

    async def launch(self, **how: Any) -> Any:
        self.launched.append(how)
        self.step("launch")
        return SimpleNamespace(
            is_connected=lambda: self.is_connected,
            new_context=self.new_context,
            close=self._noting("close"),
        )

    async def new_context(self, **how: Any) -> Any:
        self.contexts.append(how)
        self.step("context")
        return SimpleNamespace(
            route=self._taking("route"),
            route_web_socket=self._taking("sockets"),
            new_page=self._noting("page"),
            close=self._noting("close context"),
        )

    def _noting(self, name: str) -> Callable[[], Any]:
        async def note() -> None:
            self.step(name)

        return note

    def _taking(self, name: str) -> Callable[[str, Any], Any]:
        async def take(where: str, call: Any) -> None:
            self.routes.append((where, call))
            self.step(name)

        return take


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> Driver:
    made = Driver()
    monkeypatch.setattr(chromium, "async_playwright", lambda: made)
    return made


class Page:
    """A drawing that draws at once, or breaks."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error

    async def draw(self, tab: object) -> bytes:
        del tab
        if self.error is not None:
            raise self.error
        return b"<p>"

    async def answer(self, route: object) -> None:
        """Answers nothing."""


def draw(*pages: Page, options: BrowserOptions = OPTIONS) -> list[Any]:
    """Draw pages one after the other; what came of each."""

    async def all_of_them() -> list[Any]:
        browser = Chromium(options)
        came = await asyncio.gather(*map(browser.draw, pages), return_exceptions=True)  # type: ignore[arg-type]
        await browser.close()
        return list(came)

    return asyncio.run(all_of_them())


def test_one_browser_draws_all_pages_one_at_a_time(driver: Driver) -> None:
    assert draw(Page(), Page()) == [b"<p>", b"<p>"]
    one = ["context", "route", "sockets", "page", "close context"]
    assert driver.done == ["start", "launch", *one, *one, "close", "stop"]


def test_a_browser_is_started_within_a_minute_and_without_a_network(driver: Driver) -> None:
    page = Page()
    draw(page)
    (how,) = driver.launched
    args = how.pop("args")
    assert how == {
        "executable_path": "/bin/true",
        "chromium_sandbox": True,
        "timeout": 60_000,
        "handle_sigint": False,
        "handle_sigterm": False,
        "handle_sighup": False,
    }
    assert "--proxy-server=socks5://nowhere.invalid:1" in args
    assert "--host-resolver-rules=MAP * ~NOTFOUND" in args
    assert "--disable-dev-shm-usage" in args
    assert driver.contexts == [
        {
            "user_agent": "baotinh/1",
            "locale": "vi-VN",
            "timezone_id": "Asia/Ho_Chi_Minh",
            "service_workers": "block",
            "accept_downloads": False,
        }
    ]
    assert [where for where, _ in driver.routes] == ["**/*", "**/*"]
    assert driver.routes[0][1] == page.answer


def test_sockets_of_a_page_are_closed_if_they_are_still_there(driver: Driver) -> None:
    draw(Page())
    close = driver.routes[1][1]
    for error in (None, PlaywrightError("gone")):
        driver.breaks = {} if error is None else {"close context": error}
        asyncio.run(close(SimpleNamespace(close=driver._noting("close context"))))
    assert driver.done[-2:] == ["close context"] * 2


def test_a_browser_that_breaks_is_ended_and_another_draws_the_next_page(driver: Driver) -> None:
    broken = Page(PlaywrightError("  Target closed\nCall log:\n  - more"))
    refused, drawn = draw(broken, Page())
    assert isinstance(refused, Refused)
    assert (refused.reason, str(refused)) == ("browser", "browser: Target closed")
    assert drawn == b"<p>"
    assert [step for step in driver.done if step in ("launch", "close", "stop")] == [
        *("launch", "close", "stop"),
        *("launch", "close", "stop"),
    ]


def test_of_a_long_error_the_beginning_is_told(driver: Driver) -> None:
    del driver
    (refused,) = draw(Page(PlaywrightError("x" * 500)))
    assert str(refused).count("x") == 200


def test_a_browser_that_went_away_is_started_anew(driver: Driver) -> None:
    driver.is_connected = False
    assert draw(Page(), Page()) == [b"<p>", b"<p>"]
    assert driver.done.count("launch") == 2
    assert driver.done.count("close") == driver.done.count("stop") == 2


def test_a_page_that_is_refused_leaves_the_browser_to_others(driver: Driver) -> None:
    refused, drawn = draw(Page(Refused("too-large")), Page())
    assert (refused.reason, drawn) == ("too-large", b"<p>")
    assert driver.done.count("launch") == 1
    assert driver.done.count("close context") == 2


@pytest.mark.parametrize("error", [TimeoutError(), PlaywrightError("gone")])
def test_a_browser_that_does_not_close_a_page_is_ended(
    driver: Driver, error: BaseException
) -> None:
    driver.breaks = {"close context": error, "close": error}
    assert draw(Page(), Page()) == [b"<p>", b"<p>"]
    assert [step for step in driver.done if step in ("launch", "close", "stop")] == [
        *("launch", "close", "stop"),
        *("launch", "close", "stop"),
    ]


def test_a_browser_that_hangs_has_its_seconds_to_end(
    driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[float] = []

    async def wait_for(what: Any, seconds: float) -> None:
        given.append(seconds)
        await what

    monkeypatch.setattr(chromium.asyncio, "wait_for", wait_for)
    draw(Page())
    assert given == [10.0, 10.0, 10.0], "the page, the browser, its driver"
    assert driver.done[-1] == "stop"


def test_a_driver_without_a_browser_is_stopped(driver: Driver) -> None:
    driver.breaks = {"launch": PlaywrightError("no such file")}
    (refused,) = draw(Page())
    assert refused.reason == "browser"
    assert driver.done == ["start", "launch", "stop"]


def test_crawls_of_a_process_share_a_browser_until_the_last_has_ended(driver: Driver) -> None:
    async def share() -> None:
        shared = Shared()
        one = shared.take(OPTIONS)
        assert shared.take(OPTIONS) is one
        await one.draw(Page())  # type: ignore[arg-type]
        await shared.give_back()
        assert "stop" not in driver.done
        await shared.give_back()
        assert driver.done[-2:] == ["close", "stop"]
        assert shared.take(OPTIONS) is not one
        await shared.give_back()

    asyncio.run(share())
    assert driver.done.count("stop") == 1, "what was never started need not be ended"


@pytest.mark.parametrize(("name", "given"), [("baotinh/1", "baotinh/1"), ("", None)])
def test_without_a_name_of_ours_the_browser_has_its_own(
    driver: Driver, name: str, given: str | None
) -> None:
    draw(Page(), options=replace(OPTIONS, user_agent=name))
    assert driver.contexts[0]["user_agent"] == given
