"""What an answer may cost, at its bounds: redirects, encodings, sizes."""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING

import pytest
from scrapy import Request
from scrapy.exceptions import ResponseDataLossError
from scrapy.http import HtmlResponse, Response
from scrapy.statscollectors import MemoryStatsCollector

from crawler.middlewares.limits import DecodingMiddleware, GuardedRedirectMiddleware
from crawler.net.errors import Refused
from tests.support.runs import HOME, OpenRun

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scrapy.crawler import Crawler

BODY = b"<p>Xin ch\xc3\xa0o</p>" * 10


@pytest.fixture
def crawler(tmp_path: Path) -> Iterator[Crawler]:
    run = OpenRun(tmp_path)
    crawler = run.crawler()
    crawler.spider.crawler = crawler  # type: ignore[union-attr]
    crawler.stats = MemoryStatsCollector(crawler)
    yield crawler
    run.close()


@pytest.fixture
def decoding(crawler: Crawler) -> DecodingMiddleware:
    return DecodingMiddleware(crawler, max_bytes=len(BODY), max_page=7)


def coded(body: bytes, *encodings: str, status: int = 200) -> Response:
    headers = {"Content-Type": "text/html; charset=utf-8", "Content-Encoding": list(encodings)}
    return Response(HOME, status=status, headers=headers, body=body)


def test_what_can_be_decoded_is_said_and_pages_are_smaller(decoding: DecodingMiddleware) -> None:
    seed, page = Request(HOME), Request(HOME, meta={"link": 1})
    chosen = Request(
        HOME, headers={"Accept-Encoding": "identity"}, meta={"link": 1, "download_maxsize": 9}
    )
    for request in (seed, page, chosen):
        decoding.process_request(request)
    assert seed.headers["Accept-Encoding"] == b"gzip, deflate, br, zstd"
    assert page.headers["Accept-Encoding"] == b"gzip, deflate, br, zstd"
    assert chosen.headers["Accept-Encoding"] == b"identity"
    sizes = [request.meta.get("download_maxsize") for request in (seed, page, chosen)]
    assert sizes == [None, 7, 9]


@pytest.mark.parametrize(
    ("encodings", "body"),
    [
        (("gzip",), gzip.compress(BODY)),
        (("X-GZIP",), gzip.compress(BODY)),
        ((" deflate ",), zlib.compress(BODY)),
        (("gzip, identity",), gzip.compress(BODY)),
        (("gzip, gzip",), gzip.compress(gzip.compress(BODY))),
        (("deflate", "gzip"), gzip.compress(zlib.compress(BODY))),
    ],
)
def test_bodies_are_decoded(
    decoding: DecodingMiddleware, encodings: tuple[str, ...], body: bytes
) -> None:
    found = decoding.process_response(Request(HOME), coded(body, *encodings))
    assert isinstance(found, HtmlResponse)
    assert found.body == BODY
    assert "Content-Encoding" not in found.headers
    assert found.encoding == "utf-8"


def test_a_page_known_by_its_name_is_read_as_it_declares_itself(
    decoding: DecodingMiddleware,
) -> None:
    body = '<meta charset="utf-8"><p>Xin chào'.encode()
    packed = HtmlResponse(
        f"{HOME}a.html", headers={"Content-Encoding": "gzip"}, body=gzip.compress(body)
    )
    assert packed.encoding != "utf-8", "what the bytes look like while they are packed"
    found = decoding.process_response(Request(packed.url), packed)
    assert isinstance(found, HtmlResponse)
    assert found.text.endswith("Xin chào")


@pytest.mark.parametrize(
    ("encodings", "body"), [((), BODY), (("",), BODY), (("identity",), BODY), (("gzip",), b"")]
)
def test_what_is_not_encoded_stays_as_it_is(
    decoding: DecodingMiddleware, encodings: tuple[str, ...], body: bytes
) -> None:
    response = coded(body, *encodings)
    assert decoding.process_response(Request(HOME), response) is response


@pytest.mark.parametrize("encodings", ["compress", "gzip, compress", "gzip, gzip, gzip"])
def test_other_encodings_and_more_than_two_are_refused(
    decoding: DecodingMiddleware, encodings: str
) -> None:
    with pytest.raises(Refused) as refused:
        decoding.process_response(Request(HOME), coded(gzip.compress(BODY), encodings))
    assert (refused.value.reason, refused.value.detail) == ("encoding", encodings)


def test_a_body_may_be_as_large_as_is_said_and_no_larger(decoding: DecodingMiddleware) -> None:
    packed, larger = gzip.compress(BODY), gzip.compress(BODY + b"x")
    decoding.process_response(Request(HOME), coded(packed, "gzip"))
    for request, body in (
        (Request(HOME), larger),
        (Request(HOME, meta={"download_maxsize": len(BODY) - 1}), packed),
    ):
        with pytest.raises(Refused) as refused:
            decoding.process_response(request, coded(body, "gzip"))
        assert refused.value.reason == "too-large"
    more = Request(HOME, meta={"download_maxsize": len(BODY) + 1})
    decoding.process_response(more, coded(larger, "gzip"))


def test_what_is_cut_is_asked_for_again_and_then_lost(decoding: DecodingMiddleware) -> None:
    cut = coded(gzip.compress(BODY)[:-4], "gzip")
    request = Request(HOME, meta={"max_retry_times": 1})
    again = decoding.process_response(request, cut)
    assert isinstance(again, Request)
    assert again.meta["retry_times"] == 1
    with pytest.raises(ResponseDataLossError):
        decoding.process_response(again, cut)


@pytest.fixture
def redirects(crawler: Crawler) -> GuardedRedirectMiddleware:
    return GuardedRedirectMiddleware.from_crawler(crawler)


def moved(location: str | bytes | None, status: int = 302, url: str = f"{HOME}a") -> Response:
    return Response(url, status=status, headers={} if location is None else {"Location": location})


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(redirects: GuardedRedirectMiddleware, status: int) -> None:
    found = redirects.process_response(Request(f"{HOME}a"), moved("/b", status))
    assert isinstance(found, Request)
    assert found.url == f"{HOME}b"
    assert found.meta["redirect_urls"] == [f"{HOME}a"]


@pytest.mark.parametrize(
    ("location", "status"), [(None, 302), ("/b", 200), ("/b", 201), ("/b", 304), ("/b", 300)]
)
def test_other_answers_are_no_redirects(
    redirects: GuardedRedirectMiddleware, location: str | None, status: int
) -> None:
    response = moved(location, status)
    assert redirects.process_response(Request(f"{HOME}a"), response) is response


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        (b"/b\x00", "malformed-url"),
        (b"/b\x1f", "malformed-url"),
        (b"/b\x7f", "malformed-url"),
        (b"/\\evil", "malformed-url"),
        (b"http://[::1/", "malformed-url"),
        (b"ftp://a.vn/", "scheme"),
        (b"/a", "redirects"),
    ],
)
def test_a_redirect_that_is_not_followed_says_why(
    redirects: GuardedRedirectMiddleware, location: bytes, reason: str
) -> None:
    with pytest.raises(Refused) as refused:
        redirects.process_response(Request(f"{HOME}a"), moved(location))
    assert refused.value.reason == reason


def test_circles_and_long_ways_are_refused(redirects: GuardedRedirectMiddleware) -> None:
    request = Request(f"{HOME}a", meta={"redirect_urls": [f"{HOME}x", f"{HOME}b"]})
    with pytest.raises(Refused, match="leads back to itself"):
        redirects.process_response(request, moved("/b"))
    request = Request(f"{HOME}a")
    for number in range(redirects.max_redirect_times):
        found = redirects.process_response(request, moved(f"/{number}", url=request.url))
        assert isinstance(found, Request)
        request = found
    with pytest.raises(Refused) as refused:
        redirects.process_response(request, moved("/one-more", url=request.url))
    assert refused.value.reason == "redirects"
