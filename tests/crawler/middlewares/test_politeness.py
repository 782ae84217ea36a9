"""What a host asks for, and what is kept of it for other runs and processes."""

from __future__ import annotations

import datetime as dt
import time
from typing import TYPE_CHECKING

import pytest
from scrapy import Request

from crawler.middlewares.politeness import PolitenessMiddleware
from crawler.net.errors import Refused
from crawler.net.handler import gates_of
from storage.records import HostState
from tests.support.runs import HOME, OpenRun, answer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_WISHES = 3

HOST = "bao.example.vn"
PATIENCE = 60.0


@pytest.fixture
def run(tmp_path: Path) -> Iterator[OpenRun]:
    opened = OpenRun(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def polite(run: OpenRun) -> Iterator[PolitenessMiddleware]:
    crawler = run.crawler()
    middleware = PolitenessMiddleware(
        crawler, gates_of(crawler.settings), patience=PATIENCE, pause=1.0
    )
    yield middleware
    middleware.close()


def seconds_held(run: OpenRun) -> float:
    """How long the archive says that the host is left alone."""
    until = dt.datetime.fromisoformat(run.value("select not_before from hosts"))
    return until.timestamp() - time.time()


def test_a_wait_within_patience_holds_the_host_and_lets_the_answer_through(
    run: OpenRun, polite: PolitenessMiddleware
) -> None:
    request = Request(HOME + "tin-1.html", meta={"link": run.find("tin-1.html")})
    response = answer(request, "busy", 503, **{"Retry-After": "50"})
    assert polite.process_response(request, response) is response
    assert 40 < seconds_held(run) <= 51
    assert run.rows("select host, failures from hosts") == [(HOST, 0.0)]


def test_a_long_wait_of_one_page_is_the_pages(run: OpenRun, polite: PolitenessMiddleware) -> None:
    request = Request(HOME + "tin-1.html", meta={"link": run.find("tin-1.html")})
    with pytest.raises(Refused) as refused:
        polite.process_response(request, answer(request, "", 503, **{"Retry-After": "7200"}))
    assert (refused.value.reason, refused.value.wait) == ("http-503", 7200)
    assert run.rows("select * from hosts") == []


def test_a_long_wait_of_two_pages_or_of_a_seed_is_the_hosts(
    run: OpenRun, polite: PolitenessMiddleware
) -> None:
    seed = Request(HOME + "rss/home.rss")
    with pytest.raises(Refused, match="asked to be left alone for 7200 s"):
        polite.process_response(seed, answer(seed, "", 503, **{"Retry-After": "7200"}))
    assert 7100 < seconds_held(run) <= 7201


def test_an_answer_without_a_wish_holds_nobody(run: OpenRun, polite: PolitenessMiddleware) -> None:
    request = Request(HOME + "tin-1.html")
    response = answer(request, "broken", 503)
    assert polite.process_response(request, response) is response
    assert run.rows("select * from hosts") == []


@pytest.mark.parametrize("status", [429, 503])
def test_a_host_that_asks_to_be_left_alone_again_and_again_is_left_to_a_later_run(
    run: OpenRun, polite: PolitenessMiddleware, status: int
) -> None:
    for number in range(MAX_WISHES - 1):
        request = Request(HOME + f"tin-{number}.html", meta={"link": run.find("tin-1.html")})
        polite.process_response(request, answer(request, "", status, **{"Retry-After": "50"}))
    assert seconds_held(run) < PATIENCE
    request = Request(HOME + "tin-9.html", meta={"link": run.find("tin-9.html")})
    with pytest.raises(Refused, match="3 times in a row") as refused:
        polite.process_response(request, answer(request, "", status, **{"Retry-After": "50"}))
    assert refused.value.reason == f"http-{status}"
    assert seconds_held(run) > 600, "longer than a run waits for a host"


def test_an_answer_in_between_shows_that_the_host_is_there(
    run: OpenRun, polite: PolitenessMiddleware
) -> None:
    request = Request(HOME + "tin-1.html", meta={"link": run.find("tin-1.html")})
    for _ in range(2 * MAX_WISHES):
        polite.process_response(request, answer(request, "", 503, **{"Retry-After": "50"}))
        polite.process_response(request, answer(request, "good", 200))
    assert seconds_held(run) < PATIENCE


def test_a_hold_of_a_clock_that_was_ahead_holds_nobody(
    run: OpenRun, polite: PolitenessMiddleware
) -> None:
    run.archive.hosts.put(HostState(host=HOST, not_before="2038-01-19T03:14:07Z"))
    polite._recall(HOST)
    assert polite._gates.of(HOST).try_enter(0.0, 9.0).wait == 0
