"""What a run does with a robots.txt, and without one."""

from __future__ import annotations

import asyncio
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from scrapy import Request
from scrapy.exceptions import NotConfigured, StopDownload
from scrapy.http import Response

from crawler.middlewares.robots import RobotsMiddleware
from crawler.net.errors import Refused
from crawler.net.robots import Copies, Copy
from storage.errors import CaptureError
from tests.support.runs import HOME, OpenRun

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FORBIDS = b"User-agent: *\nDisallow: /rieng/\nCrawl-delay: 3"
ORIGIN = "https://bao.example.vn"


class Host:
    """What a host answers to the request for its robots.txt, and what it was asked."""

    def __init__(self, run: OpenRun, folder: Path) -> None:
        self.asked: list[Request] = []
        self.copies = Copies(folder)
        crawler = run.crawler()
        crawler.engine = SimpleNamespace(download_async=self._answer)  # type: ignore[assignment]
        self.middleware = RobotsMiddleware(crawler, self.copies, 60.0)
        self.answer: Response | Exception = Response(ORIGIN)

    async def _answer(self, request: Request) -> Response:
        self.asked.append(request)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def ask(self, *urls: str) -> list[Request]:
        """Let requests pass, side by side. Raise Refused."""

        async def all_of_them() -> list[Request]:
            requests = [Request(url) for url in urls]
            await asyncio.gather(*[self.middleware.process_request(each) for each in requests])
            return requests

        return asyncio.run(all_of_them())


@pytest.fixture
def run(tmp_path: Path) -> Iterator[OpenRun]:
    opened = OpenRun(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def host(run: OpenRun, tmp_path: Path) -> Host:
    return Host(run, tmp_path / "robots")


def says(status: int, body: bytes = b"", **headers: str) -> Response:
    return Response(f"{ORIGIN}/robots.txt", status=status, body=body, headers=headers)


def reason_of(host: Host, url: str = f"{HOME}tin-1.html") -> str | None:
    try:
        host.ask(url)
    except Refused as refused:
        return str(refused.reason)
    return None


def test_the_file_is_asked_for_once_and_as_it_is(host: Host) -> None:
    host.answer = says(200, FORBIDS)
    first, second = host.ask(f"{HOME}a", f"{HOME}b")
    assert [each.meta["crawl_delay"] for each in (first, second)] == [3.0, 3.0]
    (asked,) = host.asked
    assert (asked.url, asked.priority) == (f"{ORIGIN}/robots.txt", 1000)
    assert asked.headers["Accept-Encoding"] == b"identity"
    assert "If-None-Match" not in asked.headers
    assert asked.meta == {"robots": True, "max_retry_times": 1, "download_maxsize": 0}
    with pytest.raises(Refused) as refused:
        host.ask(f"{HOME}rieng/a")
    assert refused.value.reason == "robots"


def test_the_file_itself_is_let_through(host: Host) -> None:
    asyncio.run(host.middleware.process_request(Request(HOME, meta={"robots": True})))
    assert host.asked == []


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("http://a.vn/x", "http://a.vn"),
        ("http://a.vn:80/x", "http://a.vn"),
        ("https://a.vn:443/x", "https://a.vn"),
        ("https://a.vn:8443/x", "https://a.vn:8443"),
        ("http://[2001:db8::1]:81/x", "http://[2001:db8::1]:81"),
        ("http://[2001:db8::1]/x", "http://[2001:db8::1]"),
    ],
)
def test_each_origin_has_its_own_file(host: Host, url: str, origin: str) -> None:
    host.answer = says(404)
    host.ask(url)
    assert [each.url for each in host.asked] == [f"{origin}/robots.txt"]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (says(200, FORBIDS), None),
        (says(200, b"User-agent: *\nDisallow: /"), "robots"),
        (says(404, b"User-agent: *\nDisallow: /"), None),
        (says(301, b"User-agent: *\nDisallow: /"), None),
        (says(304, b"User-agent: *\nDisallow: /"), None),
        (says(503), "robots-unreachable"),
        (says(429), "robots-unreachable"),
        (TimeoutError(), "robots-unreachable"),
        # It leads to where we may not go.
        (Refused("off-site"), None),
        (Refused("redirects"), None),
        (Refused("timeout"), "robots-unreachable"),
        (Refused("retry-after"), "robots-unreachable"),
        (Refused("broker-away"), "broker-away"),
    ],
)
def test_without_a_copy_the_answer_alone_counts(
    host: Host, answer: Response | Exception, reason: str | None
) -> None:
    host.answer = answer
    assert reason_of(host) == reason


def test_what_kept_it_from_being_read_is_the_cause(host: Host) -> None:
    host.answer = says(503)
    with pytest.raises(Refused) as refused:
        host.ask(f"{HOME}a")
    assert refused.value.cause == "http-503"
    host.answer = CaptureError("full")
    with pytest.raises(CaptureError):
        Host.ask(host, "https://other.example.vn/")


def test_who_was_refused_asks_again_and_others_do_not(host: Host) -> None:
    host.answer = Refused("broker-away")
    assert reason_of(host) == "broker-away"
    host.answer = says(404)
    assert reason_of(host) is None
    host.answer = says(503)
    assert reason_of(host) is None
    assert len(host.asked) == 2


@pytest.mark.parametrize(
    ("age", "answer", "reason"),
    [
        (10.0, says(503), None),
        (10.0, TimeoutError(), None),
        (86_390.0, says(503), None),
        (86_500.0, says(503), "robots-unreachable"),
        (-100.0, says(503), "robots-unreachable"),
        (90_000.0, says(304), None),
    ],
)
def test_a_copy_of_the_last_day_stands_in(
    host: Host, age: float, answer: Response | Exception, reason: str | None
) -> None:
    host.copies.write(ORIGIN, Copy(time.time() - age, FORBIDS, '"1"'))
    host.answer = answer
    assert reason_of(host) == reason
    assert host.asked[0].headers["If-None-Match"] == b'"1"'
    if reason is None:
        assert reason_of(host, f"{HOME}rieng/a") == "robots"


def test_what_is_read_is_kept_and_what_is_the_same_is_as_good_as_new(host: Host) -> None:
    host.answer = says(200, FORBIDS, ETag='"7"')
    host.ask(HOME)
    kept = host.copies.read(ORIGIN)
    assert kept is not None
    assert (kept.body, kept.etag) == (FORBIDS, '"7"')
    assert abs(kept.fetched_at - time.time()) < 60
    host.copies.write(ORIGIN, Copy(1.0, FORBIDS, '"7"'))
    host.middleware._rules.clear()
    host.answer = says(304)
    host.ask(HOME)
    renewed = host.copies.read(ORIGIN)
    assert renewed is not None
    assert (renewed.body, renewed.etag) == (FORBIDS, '"7"')
    assert abs(renewed.fetched_at - time.time()) < 60
    host.copies.write(ORIGIN, Copy(time.time(), FORBIDS))
    host.middleware._rules.clear()
    host.answer = says(200, b"")
    host.ask(HOME)
    assert "If-None-Match" not in host.asked[-1].headers
    without = host.copies.read(ORIGIN)
    assert without is not None
    assert (without.body, without.etag) == (b"", None)


def test_a_file_is_read_up_to_half_a_megabyte(host: Host) -> None:
    request = Request(HOME, meta={"robots": True})
    host.middleware.cut(b"x" * 500_000, request)
    host.middleware.cut(b"x" * 12_000, request)
    with pytest.raises(StopDownload) as stopped:
        host.middleware.cut(b"x", request)
    assert stopped.value.fail is False
    host.middleware.cut(b"x" * 600_000, Request(HOME))


@pytest.mark.parametrize(("delay", "said"), [("", 0), ("60", 0), ("60.5", 1)])
def test_a_delay_longer_than_ours_is_told(
    host: Host, caplog: pytest.LogCaptureFixture, delay: str, said: int
) -> None:
    line = f"Crawl-delay: {delay}\n" if delay else ""
    host.answer = says(200, f"User-agent: *\n{line}Disallow: /x".encode())
    host.ask(HOME)
    assert len([each for each in caplog.records if "between requests" in each.message]) == said


def test_copies_lie_beside_the_archive_and_a_file_is_cut_while_it_comes(run: OpenRun) -> None:
    from scrapy import signals

    crawler = run.crawler()
    crawler.settings.update({"ROBOTSTXT_OBEY": True, "CRAWL_DELAY_MAX": 30})
    made = RobotsMiddleware.from_crawler(crawler)
    assert made._delay_cap == 30.0
    made._copies.write(ORIGIN, Copy(1.0, b""))
    assert len(list((run.path / "archive.db.locks" / "robots").iterdir())) == 1
    request = Request(HOME, meta={"robots": True})
    crawler.signals.send_catch_log(signals.bytes_received, data=b"abc", request=request)
    assert request.meta["robots_bytes"] == 3


def test_whoever_turns_robots_off_has_no_middleware(run: OpenRun) -> None:
    crawler = run.crawler()
    crawler.settings.set("ROBOTSTXT_OBEY", False)
    with pytest.raises(NotConfigured):
        RobotsMiddleware.from_crawler(crawler)
