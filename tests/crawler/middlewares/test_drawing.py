"""What of a drawn page's requests is remembered, and what is a page to draw."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from scrapy import Request
from scrapy.http import Response

from crawler.middlewares.address import AddressMiddleware
from crawler.middlewares.drawing import DrawingMiddleware, _is_page
from crawler.net.addresses import PrivateHosts
from crawler.net.errors import Refused
from crawler.net.policy import UrlPolicy
from crawler.sources import Source
from tests.support.runs import HOME

if TYPE_CHECKING:
    from crawler.browser.drawing import Answer


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


def fetch(drawing: DrawingMiddleware, path: str, most: int = 99) -> Answer:
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


SOURCE = Source(
    id="bao",
    name="B",
    province="Huế",
    homepage=HOME,
    media_hosts=("anh.example.vn",),
)


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
