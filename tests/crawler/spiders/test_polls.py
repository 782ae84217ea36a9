"""One poll of a seed: what it records, and when the seed is asked again."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from crawler.failures import Word
from crawler.net.errors import Refused
from crawler.runs import signals
from tests.support.runs import HOME, NOW, OpenRun, answer, failure_of, feed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scrapy import Request

FEED = HOME + "rss/home.rss"
WAIT = "select strftime('%s', next_poll_at) - strftime('%s', polled_at) from seeds"


@pytest.fixture
def run(tmp_path: Path) -> Iterator[OpenRun]:
    opened = OpenRun(tmp_path)
    yield opened
    opened.close()


def start(run: OpenRun, kind: str = "feed", url: str = FEED) -> Request:
    (request,) = run.polls.start([run.seeds.put_seed(kind, url)])
    return request


def read(run: OpenRun, request: Request, body: str, status: int = 200) -> list[Request]:
    return run.polls.read(answer(request, body, status))


def articles(count: int, *, minutes: int) -> str:
    """A feed whose articles came one every so many minutes, the last one just now."""
    last = dt.datetime.fromisoformat(NOW)
    return feed(
        *(
            (
                f"tin/khai-mac-hoi-cho-nong-san-a{number}.html",
                (last - dt.timedelta(minutes=minutes * number)).strftime("%a, %d %b %Y %H:%M:%S Z"),
            )
            for number in range(count)
        )
    )


def test_a_good_poll_records_its_links_and_no_failure(run: OpenRun) -> None:
    assert read(run, start(run), articles(3, minutes=60)) == []
    assert run.rows("select failures, last_error, seen, complete_at from seeds") == [
        (0.0, None, 3, NOW)
    ]
    links = run.rows("select title_hint, date_hint, seed_id from links order by id")
    assert links[0] == ("Tin số 0", "Fri, 20 Nov 2026 08:00:00 Z", 1)
    assert len(links) == 3


def test_the_dates_of_the_links_decide_when_the_seed_is_polled_next(tmp_path: Path) -> None:
    waits = {}
    for minutes in (2, 20 * 60):
        folder = tmp_path / str(minutes)
        folder.mkdir()
        run = OpenRun(folder)
        read(run, start(run), articles(20, minutes=minutes))
        waits[minutes] = run.value(WAIT)
        run.close()
    # The jitter is a tenth each way: half as long is none of it.
    assert waits[2] < waits[20 * 60] / 2


def test_a_poll_that_fails_is_weighed_named_and_reported(run: OpenRun) -> None:
    told: list[str | None] = []

    def note(problem: str | None) -> None:
        told.append(problem)

    run.events.connect(note, signals.seed_polled)
    request = start(run)
    run.polls.fail(failure_of(request, Refused(Word.TIMEOUT)))
    sentence = f"bao: feed {FEED} did not answer in time"
    assert run.rows("select failures, last_error, complete_at from seeds") == [
        (0.25, sentence, None)
    ]
    assert run.seeds.complaints == told == [sentence]
    read(run, start(run), "gone", 404)
    assert run.value("select failures from seeds") == 1.25


def test_not_modified_is_a_success_that_keeps_the_validators(run: OpenRun) -> None:
    request = start(run)
    run.polls.read(answer(request, articles(1, minutes=60), ETag='"v1"'))
    again = start(run)
    assert again.meta["seed"].etag == '"v1"'
    read(run, again, "", 304)
    assert run.rows("select etag, failures from seeds") == [('"v1"', 0.0)]


def test_a_page_that_is_no_feed_is_told_as_such(run: OpenRun) -> None:
    read(run, start(run), "<html><body><p>Trang chủ</p></body></html>")
    assert run.value("select failures from seeds") == 1.0
    assert run.value("select last_error from seeds").startswith(f"bao: feed {FEED} ")


def test_a_fault_of_ours_is_recorded_as_a_failed_poll(run: OpenRun) -> None:
    request = start(run)
    run.polls.note_crash(request.meta["poll"])
    assert run.value("select failures from seeds") > 0
    assert "a fault of ours" in run.value("select last_error from seeds")


def test_an_index_counts_when_its_sitemaps_have_been_read(run: OpenRun) -> None:
    request = start(run, "sitemap", HOME + "sitemap.xml")
    child = HOME + "sitemap-2026-11.xml"
    (below,) = read(
        run,
        request,
        '<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        f"<sitemap><loc>{child}</loc></sitemap></sitemapindex>",
    )
    assert below.url == child
    assert run.value("select polled_at from seeds where parent_id is null") is None
    read(
        run,
        below,
        '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        f"<url><loc>{HOME}tin/khai-mac-hoi-cho-nong-san-a1.html</loc></url></urlset>",
    )
    assert run.rows("select url, complete_at from seeds order by id") == [
        (HOME + "sitemap.xml", NOW),
        (child, NOW),
    ]
    assert run.value("select count(*) from links") == 1
