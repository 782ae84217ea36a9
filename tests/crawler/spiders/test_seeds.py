"""Where seeds are looked for when the source file names none, and what is said without any."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler.failures import Word
from crawler.net.errors import Refused
from tests.support.runs import HOME, OpenRun, answer, failure_of, feed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scrapy import Request

NOTHING = f"bao: {HOME} shows no feed, no sitemap and no list of articles"


@pytest.fixture
def run(tmp_path: Path) -> Iterator[OpenRun]:
    opened = OpenRun(tmp_path)
    yield opened
    opened.close()


def split(requests: list[Request]) -> tuple[Request, list[Request]]:
    """The request for the home page, and the others."""
    (home,) = [request for request in requests if request.url == HOME]
    return home, [request for request in requests if request is not home]


def miss(request: Request, status: int = 404) -> list[Request]:
    assert request.callback is not None
    return list(request.callback(answer(request, "no", status)))


def show_feed(requests: list[Request]) -> Request:
    """Let the first of the usual addresses of feeds answer with one."""
    place = next(
        request
        for request in requests
        if "candidate" in request.meta and request.meta["candidate"].kind == "feed"
    )
    assert place.callback is not None
    body = feed(("tin/khai-mac-hoi-cho-nong-san-a12345.html", "Fri, 20 Nov 2026 07:00:00 +0700"))
    place.callback(answer(place, body))
    return place


def test_a_refused_home_page_is_reported_with_its_reason(run: OpenRun) -> None:
    home, _ = split(run.finder.start())
    assert home.errback is not None
    home.errback(failure_of(home, Refused(Word.ROBOTS)))
    assert run.seeds.complaints == [f"bao: home page {HOME} is forbidden by the site's robots.txt"]


def test_a_home_page_that_answers_with_an_error_is_reported(run: OpenRun) -> None:
    home, _ = split(run.finder.start())
    miss(home, 503)
    assert run.seeds.complaints == [f"bao: home page {HOME} answered 503 (Service Unavailable)"]


def test_where_every_place_is_missed_the_user_is_told_what_to_do(run: OpenRun) -> None:
    home, others = split(run.finder.start())
    assert home.callback is not None
    home.callback(answer(home, "<html><body><p>Đang xây dựng</p></body></html>"))
    for request in others[:-1]:
        miss(request)
    assert run.seeds.complaints == [], "one place is still open"
    miss(others[-1])
    (complaint,) = run.seeds.complaints
    assert complaint.startswith(NOTHING)
    assert "name its seeds in the source file" in complaint


def test_places_without_an_answer_count_as_missed(run: OpenRun) -> None:
    for request in run.finder.start():
        assert request.errback is not None
        request.errback(failure_of(request, Refused(Word.TIMEOUT)))
    assert [text.partition(";")[0] for text in run.seeds.complaints] == [
        f"bao: home page {HOME} did not answer in time",
        NOTHING,
    ]


def test_what_answers_as_a_feed_becomes_a_seed_and_is_polled_at_once(run: OpenRun) -> None:
    place = show_feed(run.finder.start())
    assert run.rows("select kind, url, seen from seeds") == [("feed", place.url, 1)]
    assert run.value("select count(*) from links") == 1


def test_seeds_are_looked_for_once_a_day(run: OpenRun) -> None:
    show_feed(run.finder.start())
    assert run.finder.start() == []
    run.now = "2026-11-22T08:00:00Z"
    assert run.finder.start()


CHECK = "<html><title>Just a moment...</title><body><h1>Checking your browser</h1></body></html>"


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (503, "", "http-503"),
        (200, CHECK, "bot-check"),
        (200, "<html><body>Chào</body></html>", "no-links"),
    ],
)
def test_a_home_page_without_any_seed_is_recorded_with_its_reason(
    run: OpenRun, status: int, body: str, reason: str
) -> None:
    home, others = split(run.finder.start())
    assert home.callback is not None
    home.callback(answer(home, body, status))
    for request in others:
        miss(request)
    assert run.rows("select kind, url, last_reason, failures > 0 from seeds") == [
        ("listing", HOME, reason, 1)
    ]


def test_a_source_without_seeds_that_finds_some_records_no_failure(run: OpenRun) -> None:
    home, others = split(run.finder.start())
    assert home.errback is not None
    home.errback(failure_of(home, Refused(Word.TIMEOUT)))
    found = show_feed(others)
    for request in others:
        if request is not found:
            miss(request)
    assert run.value("select count(*) from seeds where last_reason is not null") == 0
