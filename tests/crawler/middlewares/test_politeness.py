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
from tests.support.runs import HOME, OpenRun, answer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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
