"""What a host asks for, and what is kept of it for other runs and processes."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from typing import TYPE_CHECKING

import pytest
from scrapy import Request
from scrapy.exceptions import DownloadTimeoutError

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


def test_a_429_without_a_wish_is_left_alone_longer_each_time(
    run: OpenRun, polite: PolitenessMiddleware
) -> None:
    for tried, seconds in ((0, 4), (1, 8), (2, 16), (3, 30), (9, 30)):
        polite._wishes.clear()
        request = Request(HOME + "tin-1.html", meta={"retry_times": tried})
        polite.process_response(request, answer(request, "", 429))
        assert seconds_held(run) == pytest.approx(seconds, abs=2)


def test_a_429_is_the_hosts_however_long(run: OpenRun, polite: PolitenessMiddleware) -> None:
    request = Request(HOME + "tin-1.html", meta={"link": run.find("tin-1.html")})
    with pytest.raises(Refused) as refused:
        polite.process_response(request, answer(request, "", 429, **{"Retry-After": "7200"}))
    assert refused.value.reason == "http-429"
    assert seconds_held(run) == pytest.approx(7200, abs=3)


@pytest.mark.parametrize("kind", ["link", "media"])
def test_a_second_page_that_asks_for_long_speaks_for_its_host(
    run: OpenRun, polite: PolitenessMiddleware, kind: str
) -> None:
    for number in (1, 1, 2):
        request = Request(HOME + f"tin-{number}.html", meta={kind: run.find("tin-1.html")})
        with pytest.raises(Refused):
            polite.process_response(request, answer(request, "", 503, **{"Retry-After": "61"}))
        assert bool(run.rows("select * from hosts")) is (number == 2)


def test_a_wait_as_long_as_patience_is_waited_for(
    run: OpenRun, polite: PolitenessMiddleware
) -> None:
    request = Request(HOME + "tin-1.html", meta={"link": run.find("tin-1.html")})
    response = answer(request, "", 503, **{"Retry-After": "60"})
    assert polite.process_response(request, response) is response


def test_a_spider_without_a_run_is_polite_and_keeps_nothing(
    polite: PolitenessMiddleware,
) -> None:
    """Scrapy's ``fetch`` and ``shell``: hosts are left alone, in the memory of gates only."""
    polite._crawler.spider = None
    request = Request(HOME)
    asyncio.run(polite.process_request(request))
    response = answer(request, "", 503, **{"Retry-After": "50"})
    assert polite.process_response(request, response) is response
    assert polite._gates.of(HOST).try_enter(0.0, 9.0).held == pytest.approx(50, abs=3)
    polite._blamed.add(HOST)
    polite.process_response(request, answer(request, ""))
    assert polite._blamed == set()
    assert polite._break(HOST, "fell silent") == 900.0


def test_a_wait_looks_four_times_a_second_whether_the_crawl_goes_on(
    polite: PolitenessMiddleware, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, slept = [100.0], []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock[0] += seconds

    polite._crawler.crawling = True
    monkeypatch.setattr("crawler.middlewares.politeness.time.monotonic", lambda: clock[0])
    monkeypatch.setattr("crawler.middlewares.politeness.asyncio.sleep", sleep)
    polite._pause = 0.15625
    request = Request(HOME, meta={"retry_times": 3})
    asyncio.run(polite.process_request(request))
    assert slept == [0.25, 0.25, 0.125], "doubled twice"
    asyncio.run(polite.process_request(request))
    assert len(slept) == 3, "once for each repetition"


def silence(polite: PolitenessMiddleware, *numbers: int, error: Exception | None = None) -> None:
    async def fail() -> None:
        for number in numbers:
            request = Request(HOME + f"tin-{number}.html")
            await polite.process_exception(request, error or DownloadTimeoutError())

    asyncio.run(fail())


class Engine:
    """Answers to what the middleware asks the host itself."""

    def __init__(self, error: Exception | None) -> None:
        self.error = error
        self.asked: list[Request] = []

    async def download_async(self, request: Request) -> object:
        self.asked.append(request)
        if self.error is not None:
            raise self.error
        return answer(request, "")


@pytest.fixture
def silent(polite: PolitenessMiddleware) -> Engine:
    engine = Engine(DownloadTimeoutError())
    polite._crawler.engine = engine  # type: ignore[assignment]
    return engine


def test_after_five_silent_pages_the_host_is_asked_and_left_alone(
    run: OpenRun, polite: PolitenessMiddleware, silent: Engine
) -> None:
    silence(polite, 1, 2, 3, 4, 4, 3)
    assert silent.asked == []
    silence(polite, 5)
    (probe,) = silent.asked
    assert probe.url == HOME + "robots.txt"
    assert (probe.meta["probe"], probe.meta["robots"]) == (True, True)
    assert probe.meta["max_retry_times"] == 1
    assert seconds_held(run) == pytest.approx(900, abs=3)
    assert run.rows("select failures from hosts") == [(1.0,)]
    silence(polite, 6)
    assert seconds_held(run) == pytest.approx(1800, abs=3), "twice as long the second time"
    for _ in range(6):
        silence(polite, 7)
    assert seconds_held(run) == pytest.approx(6 * 3600, abs=3)


def test_a_host_that_answers_the_question_is_not_left_alone(
    run: OpenRun, polite: PolitenessMiddleware, silent: Engine
) -> None:
    silent.error = None
    silence(polite, 1, 2, 3, 4, 5)
    assert len(silent.asked) == 1
    assert run.rows("select * from hosts") == []
    silent.error = Refused("off-site")
    silence(polite, 6)
    assert polite._silent == {}
    silence(polite, *range(4))
    assert len(silent.asked) == 2


def test_what_is_not_asked_since_a_silence_learns_of_it(
    polite: PolitenessMiddleware, silent: Engine
) -> None:
    silence(polite, 1, 2, 3, 4, 5)
    assert len(silent.asked) == 1
    refused = Refused("retry-after")
    asyncio.run(polite.process_exception(Request(HOME), refused))
    assert refused.cause == "timeout"


def test_a_host_is_asked_once_at_a_time_whether_it_is_there(
    polite: PolitenessMiddleware, silent: Engine
) -> None:
    async def many() -> None:
        go = asyncio.Event()
        asked: list[Request] = []

        async def wait(request: Request) -> None:
            asked.append(request)
            await go.wait()
            raise DownloadTimeoutError

        silent.download_async = wait  # type: ignore[method-assign,assignment]
        pages = [
            asyncio.ensure_future(
                polite.process_exception(Request(f"{HOME}{n}.html"), DownloadTimeoutError())
            )
            for n in range(8)
        ]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert len(asked) == 1
        go.set()
        await asyncio.gather(*pages)
        assert len(asked) == 1

    asyncio.run(many())
    assert polite._probing == set()


def test_a_long_wish_after_short_ones_is_taken_at_its_word(
    run: OpenRun, polite: PolitenessMiddleware
) -> None:
    request = Request(HOME + "tin-1.html", meta={"link": run.find("tin-1.html")})
    for _ in range(MAX_WISHES - 1):
        polite.process_response(request, answer(request, "", 503, **{"Retry-After": "5"}))
    with pytest.raises(Refused) as refused:
        polite.process_response(request, answer(request, "", 503, **{"Retry-After": "7200"}))
    assert refused.value.wait == 7200
    assert "in a row" not in str(refused.value)


def test_patience_and_pause_are_settings_and_gates_are_given_back(run: OpenRun) -> None:
    from scrapy import signals

    crawler = run.crawler()
    crawler.settings.update({"RETRY_AFTER_WAIT": 7, "RETRY_BACKOFF": 0.5})
    made = PolitenessMiddleware.from_crawler(crawler)
    assert (made._patience, made._pause) == (7.0, 0.5)
    gate = made._gates.of(HOST)
    assert made._gates.of(HOST) is gate
    crawler.signals.send_catch_log(signals.spider_closed)
    assert made._gates.of(HOST) is not gate, "closed, and opened anew"
    made.close()


def test_an_answer_begins_the_count_of_silent_pages_anew(
    polite: PolitenessMiddleware, silent: Engine
) -> None:
    silence(polite, 1, 2, 3, 4)
    request = Request(HOME + "tin-9.html")
    polite.process_response(request, answer(request, "good"))
    silence(polite, 5, 6, 7, 8)
    assert silent.asked == []


def test_refusals_and_probes_are_no_silence(polite: PolitenessMiddleware, silent: Engine) -> None:
    silence(polite, *range(9), error=Refused("robots"))
    probe = Request(HOME, meta={"probe": True})
    for _ in range(9):
        asyncio.run(polite.process_exception(probe, DownloadTimeoutError()))
    assert silent.asked == []
    assert "max_retry_times" not in probe.meta


@pytest.mark.parametrize(("asked", "left"), [(None, 1), (0, 0), (1, 1), (5, 1)])
def test_a_page_that_did_not_answer_in_time_is_repeated_once(
    polite: PolitenessMiddleware, asked: int | None, left: int
) -> None:
    request = Request(HOME, meta={} if asked is None else {"max_retry_times": asked})
    asyncio.run(polite.process_exception(request, DownloadTimeoutError()))
    assert request.meta["max_retry_times"] == left
    other = Request(HOME)
    asyncio.run(polite.process_exception(other, ConnectionError()))
    assert "max_retry_times" not in other.meta


@pytest.mark.parametrize(
    ("status", "cause"), [(503, "http-503"), (429, "http-429"), (500, ""), (200, "")]
)
def test_what_is_not_asked_since_learns_what_the_host_had_answered(
    polite: PolitenessMiddleware, status: int, cause: str
) -> None:
    request = Request(HOME)
    polite.process_response(request, answer(request, "", status))
    refused = Refused("retry-after")
    asyncio.run(polite.process_exception(request, refused))
    assert refused.cause == cause
    other = Refused("robots")
    asyncio.run(polite.process_exception(request, other))
    assert other.cause == ""


def test_a_host_that_was_silent_is_forgiven_by_a_page_and_not_by_robots_txt(
    run: OpenRun, polite: PolitenessMiddleware
) -> None:
    run.archive.hosts.put(HostState(host=HOST, failures=2.0))
    asyncio.run(polite.process_request(Request(HOME)))
    robots = Request(HOME + "robots.txt", meta={"robots": True})
    polite.process_response(robots, answer(robots, ""))
    assert run.rows("select failures from hosts") == [(2.0,)]
    page = Request(HOME)
    polite.process_response(page, answer(page, ""))
    assert run.rows("select failures from hosts") == [(0.0,)]


def test_a_hold_of_an_earlier_run_is_recalled_once(
    run: OpenRun, polite: PolitenessMiddleware
) -> None:
    soon = (dt.datetime.now(dt.UTC) + dt.timedelta(seconds=500)).isoformat(timespec="seconds")
    run.archive.hosts.put(HostState(host=HOST, not_before=soon.replace("+00:00", "Z")))
    asyncio.run(polite.process_request(Request(HOME)))
    assert polite._gates.of(HOST).try_enter(0.0, 9.0).held == pytest.approx(500, abs=5)
    assert polite._blamed == set()


def test_a_repetition_waits_once_and_not_in_a_crawl_that_stops(
    polite: PolitenessMiddleware,
) -> None:
    first = Request(HOME)
    asyncio.run(polite.process_request(first))
    assert "waited_for" not in first.meta
    again = Request(HOME, meta={"retry_times": 2})
    polite._crawler.crawling = False
    with pytest.raises(Refused) as refused:
        asyncio.run(polite.process_request(again))
    assert refused.value.reason == "stopped"
    asyncio.run(polite.process_request(again))
    polite._crawler.crawling = True
    polite._pause = 0.001
    asyncio.run(polite.process_request(Request(HOME, meta={"retry_times": 1})))
