"""What a page that is drawn may ask for, and when it is taken for drawn."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from scrapy.exceptions import DownloadTimeoutError

from crawler.browser.options import BrowserOptions
from crawler.net.errors import Refused

pytest.importorskip("playwright", reason="the extra browser is not installed")

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.browser.drawing import Drawing, Resource

URL = "https://a.vn/1.html"


class Server:
    """Answers to what a page asks for, and what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str], int]] = []
        self.status = 200
        self.body = b"12345"
        self.error: Exception | None = None

    async def fetch(self, url: str, headers: Mapping[str, str], most: int) -> Resource:
        from crawler.browser.drawing import Resource

        self.asked.append((url, dict(headers), most))
        if self.error is not None:
            raise self.error
        return Resource(status=self.status, headers={}, body=self.body)


class Route:
    """One request of a browser, and what it was answered."""

    def __init__(self, kind: str = "script", *, method: str = "GET", navigates: bool = False):
        self.request = SimpleNamespace(
            url=f"https://a.vn/{kind}",
            resource_type=kind,
            method=method,
            headers={"accept": "*/*", "x-requested-with": "X", "cookie": "a=1"},
            is_navigation_request=lambda: navigates,
        )
        self.said: Any = None

    async def fulfill(self, **answer: Any) -> None:
        self.said = answer

    async def abort(self, why: str = "failed") -> None:
        self.said = why


@pytest.fixture
def server() -> Server:
    return Server()


def make(server: Server, **changes: Any) -> Drawing:
    from crawler.browser.drawing import Drawing, Resource

    facts = {
        "program": "",
        "sandbox": False,
        "user_agent": "a",
        "timezone": "Asia/Ho_Chi_Minh",
        "seconds": 0.3,
        "requests": 3,
        "largest": 12,
    }
    page = Resource(status=200, headers={"Content-Type": "text/html"}, body=b"<p>a</p>")
    return Drawing(URL, page, server.fetch, BrowserOptions(**facts | changes))


def answered(drawing: Drawing, *routes: Route) -> list[Any]:
    async def all_of_them() -> None:
        for route in routes:
            await drawing.answer(route)  # type: ignore[arg-type]

    asyncio.run(all_of_them())
    return [route.said for route in routes]


def test_the_page_is_shown_once_and_stays(server: Server) -> None:
    first, second = Route("document", navigates=True), Route("document", navigates=True)
    shown, left = answered(make(server), first, second)
    assert (shown["status"], shown["body"]) == (200, b"<p>a</p>")
    assert left == "aborted"
    assert server.asked == []


def test_scripts_and_their_data_are_fetched_and_nothing_else(server: Server) -> None:
    drawing = make(server, largest=999)
    kinds = ("script", "xhr", "fetch", "image", "font", "stylesheet", "websocket")
    said = answered(drawing, *map(Route, kinds))
    assert [each if isinstance(each, str) else each["status"] for each in said] == [
        200, 200, 200, "failed", "failed", 200, "failed",
    ]  # fmt: skip
    assert said[5] == {"status": 200, "content_type": "text/css", "body": ""}
    assert [url for url, *_ in server.asked] == [
        "https://a.vn/script",
        "https://a.vn/xhr",
        "https://a.vn/fetch",
    ]
    assert server.asked[0][1] == {"accept": "*/*", "x-requested-with": "X"}
    assert answered(drawing, Route(method="POST")) == ["failed"]
    assert (drawing.missing, drawing._running) == ("", 0)


def test_requests_and_bytes_of_a_page_are_bounded(server: Server) -> None:
    drawing = make(server, largest=999)
    said = answered(drawing, *[Route() for _ in range(4)])
    assert said[3] == "failed"
    assert len(server.asked) == 3
    small = make(server, requests=9)
    answered(small, *[Route() for _ in range(4)])
    assert [most for *_, most in server.asked[3:]] == [12, 7, 2]
    even = make(server, requests=9, largest=10)
    assert answered(even, *[Route() for _ in range(3)])[2] == "failed", "nothing is left"
    assert [most for *_, most in server.asked[6:]] == [10, 5]


@pytest.mark.parametrize(
    ("status", "error", "missing"),
    [
        (200, None, ""),
        (399, None, ""),
        (503, None, "http-503"),
        (403, None, "http-403"),
        (404, None, ""),
        (200, DownloadTimeoutError(), "timeout"),
        (200, Refused("retry-after"), "retry-after"),
        (200, Refused("robots"), ""),
        (200, Refused("off-site"), ""),
        (200, Refused("too-large"), ""),
    ],
)
def test_what_did_not_come_and_may_another_time_is_noted(
    server: Server, status: int, error: Exception | None, missing: str
) -> None:
    server.status, server.error = status, error
    drawing = make(server)
    answered(drawing, Route())
    assert drawing.missing == missing
    assert drawing._running == 0
    server.status, server.error = 500, None
    answered(drawing, Route())
    assert drawing.missing == (missing or "http-500"), "the first is told"


class Tab:
    """A page of a browser that holds some HTML."""

    def __init__(self, html: str = "<p>b</p>", *, parses: bool = True) -> None:
        self.html = html
        self.parses = parses
        self.went: list[tuple[str, dict[str, Any]]] = []
        self.parsed: Any = None

    def on(self, event: str, call: Any) -> None:
        assert event == "domcontentloaded"
        self.parsed = call

    async def goto(self, url: str, **how: Any) -> None:
        self.went.append((url, how))
        if self.parses:
            self.parsed(self)

    async def content(self) -> str:
        return self.html


@pytest.fixture
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (("QUIET", 0.02), ("UNPARSED", 5.0), ("LOOK", 0.01)):
        monkeypatch.setattr(f"crawler.browser.drawing.{name}", seconds)


@pytest.mark.usefixtures("quickly")
def test_a_page_that_is_quiet_is_drawn(server: Server) -> None:
    tab, drawing = Tab(), make(server)
    assert asyncio.run(drawing.draw(tab)) == b"<p>b</p>"  # type: ignore[arg-type]
    assert tab.went == [(URL, {"wait_until": "commit", "timeout": 0})]
    assert drawing.missing == ""


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that moves when somebody sleeps."""
    now = [100.0]

    async def sleep(seconds: float) -> None:
        now[0] += seconds

    monkeypatch.setattr("crawler.browser.drawing.time.monotonic", lambda: now[0])
    monkeypatch.setattr("crawler.browser.drawing.asyncio.sleep", sleep)
    return now


class SlowTab(Tab):
    """A page that comes after ten seconds, and is parsed at some moment."""

    def __init__(self, clock: list[float], parsed_at: float) -> None:
        super().__init__(parses=False)
        self.clock = clock
        self.parsed_at = parsed_at

    async def goto(self, url: str, **how: Any) -> None:
        self.clock[0] += 10.0
        await super().goto(url, **how)


@pytest.mark.parametrize(
    ("parsed_at", "drawn_at"),
    [
        (110.0, 111.0),  # a second without a request
        (999.0, 115.0),  # some pages never say that they are parsed
        (112.0, 113.0),  # the second begins then
    ],
)
def test_a_page_is_drawn_a_second_after_it_was_parsed_and_quiet(
    server: Server, clock: list[float], parsed_at: float, drawn_at: float
) -> None:
    drawing = make(server, seconds=60.0)
    tab = SlowTab(clock, parsed_at)
    sleep = asyncio.sleep

    async def look(seconds: float) -> None:
        assert seconds == 0.1
        await sleep(seconds)
        if clock[0] >= tab.parsed_at:
            tab.parsed_at = float("inf")
            tab.parsed(tab)

    asyncio.sleep = look  # type: ignore[assignment]
    try:
        asyncio.run(drawing.draw(tab))  # type: ignore[arg-type]
    finally:
        asyncio.sleep = sleep  # type: ignore[assignment]
    assert clock[0] == pytest.approx(drawn_at, abs=0.25)


@pytest.mark.parametrize("fails", [False, True])
def test_a_request_begins_the_quiet_anew(server: Server, clock: list[float], fails: bool) -> None:
    drawing = make(server)
    clock[0] = 130.0
    server.error = Refused("robots") if fails else None
    answered(drawing, Route())
    assert (drawing._moved_at, drawing._running) == (130.0, 0)


def test_a_browser_has_five_seconds_to_hand_a_page_over(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[float] = []
    timeout = asyncio.timeout

    def note(seconds: float) -> Any:
        given.append(seconds)
        return timeout(0.02)

    class Stuck(Tab):
        async def content(self) -> str:
            await asyncio.Event().wait()
            return ""

    monkeypatch.setattr("crawler.browser.drawing.asyncio.timeout", note)
    with pytest.raises(Refused) as refused:
        asyncio.run(make(server, seconds=7.0).draw(Stuck()))  # type: ignore[arg-type]
    assert (refused.value.reason, given) == ("not-drawn", [7.0, 5.0])


@pytest.mark.usefixtures("quickly")
def test_what_went_missing_first_stays_the_reason_when_time_is_over(server: Server) -> None:
    drawing = make(server, seconds=0.05)
    drawing.missing = "http-503"
    drawing._running = 1
    asyncio.run(drawing.draw(Tab()))  # type: ignore[arg-type]
    assert drawing.missing == "http-503"


@pytest.mark.usefixtures("quickly")
def test_a_page_that_leads_elsewhere_is_drawn_as_far_as_it_came(server: Server) -> None:
    from playwright.async_api import Error as PlaywrightError

    class Leading(Tab):
        async def goto(self, url: str, **how: Any) -> None:
            await super().goto(url, **how)
            raise PlaywrightError("interrupted by another navigation")

    assert asyncio.run(make(server).draw(Leading())) == b"<p>b</p>"  # type: ignore[arg-type]


def test_a_browser_that_is_gone_takes_no_answer(server: Server) -> None:
    from playwright.async_api import Error as PlaywrightError

    class Gone(Route):
        async def fulfill(self, **_: Any) -> None:
            raise PlaywrightError("Target closed")

    assert answered(make(server), Gone()) == [None]


@pytest.mark.usefixtures("quickly")
@pytest.mark.parametrize("running", [0, 1])
def test_a_page_that_is_never_quiet_ends_with_its_time(server: Server, running: int) -> None:
    drawing = make(server, seconds=0.1)
    drawing._running = running
    tab = Tab(parses=running == 1)
    assert asyncio.run(drawing.draw(tab)) == b"<p>b</p>"  # type: ignore[arg-type]
    assert drawing.missing == "not-drawn"


@pytest.mark.usefixtures("quickly")
@pytest.mark.parametrize(("size", "is_kept"), [(12, True), (13, False)])
def test_a_drawn_page_has_its_bounds(server: Server, size: int, is_kept: bool) -> None:
    drawing = make(server)
    tab = Tab("x" * size)
    if is_kept:
        assert len(asyncio.run(drawing.draw(tab))) == size  # type: ignore[arg-type]
        return
    with pytest.raises(Refused) as refused:
        asyncio.run(drawing.draw(tab))  # type: ignore[arg-type]
    assert refused.value.reason == "too-large"
