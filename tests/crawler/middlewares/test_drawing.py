"""What of a drawn page's requests is remembered, and what is a page to draw."""

from __future__ import annotations

import asyncio
import sys
from collections import OrderedDict
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from scrapy import Request
from scrapy.exceptions import NotConfigured
from scrapy.http import HtmlResponse, Response

from crawler.browser.options import BrowserOptions
from crawler.middlewares.address import AddressMiddleware
from crawler.middlewares.drawing import DrawingMiddleware, _is_page
from crawler.net.addresses import PrivateHosts
from crawler.net.errors import Refused
from crawler.net.policy import UrlPolicy
from crawler.process import scrapy_settings
from crawler.sources import Source
from tests.support.runs import HOME, OpenRun, answer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from crawler.browser.drawing import Resource


SOURCE = Source(
    id="bao",
    name="B",
    province="Huế",
    homepage=HOME,
    media_hosts=("anh.example.vn",),
)


class Engine:
    """Answers to what a page's scripts ask for."""

    def __init__(self, **headers: str) -> None:
        self.asked: list[Request] = []
        self.status = 200
        self.body = b"12345"
        self.headers = {"Content-Type": "text/javascript", **headers}

    async def download_async(self, request: Request) -> Response:
        self.asked.append(request)
        return Response(request.url, status=self.status, body=self.body, headers=self.headers)


@pytest.fixture
def engine() -> Engine:
    return Engine(**{"Access-Control-Allow-Origin": "*", "Set-Cookie": "a=1"})


@pytest.fixture
def drawing(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> DrawingMiddleware:
    monkeypatch.setattr("crawler.middlewares.drawing.MOST_KEPT", 12)
    middleware = DrawingMiddleware.__new__(DrawingMiddleware)
    middleware._crawler = SimpleNamespace(engine=engine)  # type: ignore[assignment]
    middleware._known = OrderedDict()
    return middleware


def fetch(drawing: DrawingMiddleware, path: str, most: int = 99) -> Resource:
    return asyncio.run(drawing._fetch(HOME + path, {"Accept": "*/*"}, most))


def test_a_script_is_asked_for_once_as_long_as_it_fits(
    drawing: DrawingMiddleware, engine: Engine
) -> None:
    found = fetch(drawing, "a.js", 7)
    assert (found.status, found.body) == (200, b"12345")
    assert found.headers == {
        "Content-Type": "text/javascript",
        "Access-Control-Allow-Origin": "*",
    }
    (request,) = engine.asked
    assert request.meta["download_maxsize"] == 7
    assert request.meta["max_retry_times"] == 0
    assert request.meta["download_slot"] == "browser bao.example.vn"
    assert request.headers["Accept"] == b"*/*"
    assert fetch(drawing, "a.js", 5) is found
    fetch(drawing, "a.js", 4)
    assert len(engine.asked) == 2


def test_what_is_kept_longest_is_forgotten_first(
    drawing: DrawingMiddleware, engine: Engine
) -> None:
    for name in ("a.js", "b.js", "c.js"):
        fetch(drawing, name)
    assert list(drawing._known) == [HOME + "b.js", HOME + "c.js"]
    engine.body = b"1" * 12
    fetch(drawing, "d.js")
    assert list(drawing._known) == [HOME + "d.js"]


def test_a_run_remembers_thirty_two_megabytes_of_scripts() -> None:
    class Large(bytes):
        """As long as it says."""

        size = 0

        def __len__(self) -> int:
            return self.size

    def script(size: int) -> Any:
        body = Large(b"x")
        body.size = size
        return SimpleNamespace(body=body)

    middleware = DrawingMiddleware.__new__(DrawingMiddleware)
    middleware._known = OrderedDict()
    for name, size in (("a", 33_554_431), ("b", 1), ("c", 1)):
        middleware._remember(name, script(size))
        assert list(middleware._known) == (["b", "c"] if name == "c" else [*"ab"][: ord(name) - 96])


@pytest.mark.parametrize(
    ("status", "kind", "is_kept"),
    [
        (200, "text/javascript", True),
        (200, "application/json", False),
        (404, "text/javascript", False),
        (201, "text/javascript", False),
    ],
)
def test_only_scripts_that_came_are_kept(
    drawing: DrawingMiddleware, engine: Engine, status: int, kind: str, is_kept: bool
) -> None:
    engine.status, engine.headers = status, {"Content-Type": kind}
    fetch(drawing, "a")
    assert bool(drawing._known) is is_kept


# --- a page of a run -----------------------------------------------------------------------------


class Browser:
    """Draws what it is told to, or waits for ever; notes what it was given."""

    def __init__(self, drawn: bytes = b"<p>drawn</p>", missing: str = "") -> None:
        self.drawn = drawn
        self.missing = missing
        self.hangs = False
        self.was_cancelled = False
        self.drawings: list[Any] = []

    async def draw(self, drawing: Any) -> bytes:
        self.drawings.append(drawing)
        try:
            await asyncio.sleep(60 if self.hangs else 0)
        except asyncio.CancelledError:
            self.was_cancelled = True
            raise
        drawing.missing = self.missing
        return self.drawn


@pytest.fixture
def run(tmp_path: Path) -> Iterator[OpenRun]:
    opened = OpenRun(tmp_path, source=replace(SOURCE, media_hosts=(), render=True))
    yield opened
    opened.close()


def make(run: OpenRun, browser: Browser) -> DrawingMiddleware:
    middleware = DrawingMiddleware.__new__(DrawingMiddleware)
    middleware._crawler = run.crawler()
    middleware._crawler.crawling = True
    middleware._options = BrowserOptions.from_settings(scrapy_settings(run.path / "archive.db"))
    middleware._chromium = browser  # type: ignore[assignment]
    middleware._known = OrderedDict()
    return middleware


def page_of(run: OpenRun, **headers: str) -> tuple[Request, Response]:
    request = run.session.pages.ask(run.find("tin-a1.html"))
    response = answer(request, "<p>raw</p>", **{"X-Own": "1"} | headers)
    request.meta["capture"] = run.recorder.captures.write(request, response)
    return request, response


def test_a_page_is_given_to_the_browser_and_kept_as_it_is_drawn(run: OpenRun) -> None:
    browser = Browser("<p>đã vẽ</p>".encode())
    request, response = page_of(run, **{"Content-Type": "text/html; charset=x"})
    raw = request.meta["capture"]
    drawn = asyncio.run(make(run, browser).process_response(request, response))
    assert isinstance(drawn, HtmlResponse)
    assert (drawn.text, drawn.encoding, drawn.url) == ("<p>đã vẽ</p>", "utf-8", response.url)
    kept = request.meta["capture"]
    assert kept != raw
    assert drawn.headers["Content-Type"].decode() == kept.content_type
    assert drawn.headers["X-Own"] == b"1"
    assert "missing" not in request.meta
    (given,) = browser.drawings
    assert given._url == response.url
    shown = given._page
    assert (shown.status, shown.headers, shown.body) == (
        200,
        {"Content-Type": "text/html; charset=x"},
        b"<p>raw</p>",
    )


def test_what_a_page_went_without_is_noted(run: OpenRun) -> None:
    request, response = page_of(run)
    asyncio.run(make(run, Browser(missing="http-503")).process_response(request, response))
    assert request.meta["missing"] == "http-503"


def test_a_crawl_that_stops_leaves_the_browser_at_once(run: OpenRun) -> None:
    browser = Browser()
    middleware = make(run, browser)
    middleware._crawler.crawling = False
    request, response = page_of(run)
    drawn = asyncio.run(middleware.process_response(request, response))
    assert drawn.body == b"<p>drawn</p>", "what is there already is taken"
    browser.hangs = True
    request, response = page_of(run)
    with pytest.raises(Refused) as refused:
        asyncio.run(middleware.process_response(request, response))
    assert refused.value.reason == "stopped"
    assert browser.was_cancelled


@pytest.mark.parametrize("lacks", ["link", "capture", "page", "run"])
def test_only_pages_of_a_run_that_were_kept_are_drawn(run: OpenRun, lacks: str) -> None:
    browser = Browser()
    middleware = make(run, browser)
    request, response = page_of(run)
    if lacks == "page":
        response = response.replace(status=404)
    elif lacks == "run":
        middleware._crawler.spider = None
    else:
        del request.meta[lacks]
    assert asyncio.run(middleware.process_response(request, response)) is response
    assert browser.drawings == []


def test_a_run_takes_the_browser_and_gives_it_back(
    run: OpenRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("playwright", reason="the extra browser is not installed")
    from scrapy import signals

    from crawler.browser import chromium

    shared = chromium.Shared()
    monkeypatch.setattr(chromium, "SHARED", shared)
    crawler = run.crawler()
    crawler.settings = scrapy_settings(run.path / "archive.db")
    made = DrawingMiddleware.from_crawler(crawler)
    assert shared._users == 1
    assert made._crawler is crawler
    assert made._known == {}
    assert made._options.seconds == crawler.settings.getfloat("RENDER_SECONDS")
    asyncio.run(crawler.signals.send_catch_log_async(signals.spider_closed))
    assert shared._users == 0


@pytest.mark.parametrize("lacks", ["source", "render", "playwright"])
def test_where_nothing_is_drawn_there_is_no_browser(
    run: OpenRun, monkeypatch: pytest.MonkeyPatch, lacks: str
) -> None:
    crawler = run.crawler()
    crawler.settings = scrapy_settings(run.path / "archive.db")
    if lacks == "source":
        crawler.spider = None
    elif lacks == "render":
        crawler.spider.source = SOURCE  # type: ignore[union-attr]
    else:
        monkeypatch.setitem(sys.modules, "crawler.browser.chromium", None)
    with pytest.raises(NotConfigured):
        DrawingMiddleware.from_crawler(crawler)


@pytest.mark.parametrize(
    ("status", "kind", "body", "wanted"),
    [
        (200, "text/html; charset=utf-8", b"<p>", True),
        (200, "application/XHTML+xml", b"<p>", True),
        (200, "application/xml", b"<p>", False),
        (200, "TEXT/HTML", b"<p>", True),
        (200, None, b"<p>", True),
        (200, "text/html", b" \n", False),
        (404, "text/html", b"<p>", False),
        (200, "application/pdf", b"%PDF", False),
    ],
)
def test_a_page_that_came_is_drawn(
    status: int, kind: str | None, body: bytes, wanted: bool
) -> None:
    headers = {"Content-Type": kind} if kind else {}
    assert _is_page(Response(HOME, status=status, headers=headers, body=body)) is wanted


@pytest.mark.parametrize(
    ("url", "meta", "reason"),
    [
        (HOME, {}, None),
        ("https://anh.example.vn/a.jpg", {}, "off-site"),
        ("https://anh.example.vn/a.jpg", {"media": 1}, None),
        ("https://anh.example.vn/robots.txt", {"robots": True}, None),
        ("https://khac.example.vn/a.jpg", {"media": 1}, "off-site"),
        ("https://khac.example.vn/robots.txt", {"robots": True}, "off-site"),
        # A robots.txt may lie elsewhere.
        ("https://khac.example.vn/robots.txt", {"robots": True, "redirect_times": 1}, None),
        ("https://khac.example.vn/a", {"redirect_times": 1}, "off-site"),
        ("ftp://bao.example.vn/", {}, "scheme"),
    ],
)
def test_hosts_of_pictures_are_lent_to_pictures_alone(
    url: str, meta: dict[str, object], reason: str | None
) -> None:
    policy = UrlPolicy.of(("bao.example.vn",), PrivateHosts())
    request = Request(url, meta=meta)
    assert _refused(AddressMiddleware(policy, source=SOURCE), request) == reason
    if reason == "off-site":
        assert _refused(AddressMiddleware(policy, anywhere=True), request) is None
    if "anh." in url:
        assert _refused(AddressMiddleware(policy), request) == "off-site"


def _refused(middleware: AddressMiddleware, request: Request) -> str | None:
    try:
        middleware.process_request(request)
    except Refused as refused:
        return refused.reason
    return None
