"""Where seeds are looked for when the source file names none, and what is said without any."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from crawler.failures import Word
from crawler.net.errors import Refused
from crawler.runs.links import row_of
from crawler.sources.model import Seed
from storage.states import SeedKind
from tests.support.runs import HOME, SOURCE, OpenRun, answer, failure_of, feed
from tests.support.template import open_new

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


def test_places_are_asked_for_behind_seeds_and_before_articles(run: OpenRun) -> None:
    assert {request.priority for request in run.finder.start()} == {90}


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
    ("status", "body", "reason", "said"),
    [
        (503, "", "http-503", "answered 503"),
        (200, CHECK, "bot-check", "bao: home page"),
        (200, "<html><body>Chào</body></html>", "no-links", NOTHING),
    ],
)
def test_a_home_page_without_any_seed_is_recorded_with_its_reason(
    run: OpenRun, status: int, body: str, reason: str, said: str
) -> None:
    home, others = split(run.finder.start())
    assert home.callback is not None
    home.callback(answer(home, body, status))
    for request in others:
        miss(request)
    assert run.rows("select kind, url, last_reason, failures > 0 from seeds") == [
        ("listing", HOME, reason, 1)
    ]
    assert said in run.value("select last_error from seeds")


def test_a_source_without_seeds_that_finds_some_records_no_failure(run: OpenRun) -> None:
    home, others = split(run.finder.start())
    assert home.errback is not None
    home.errback(failure_of(home, Refused(Word.TIMEOUT)))
    found = show_feed(others)
    for request in others:
        if request is not found:
            miss(request)
    assert run.value("select count(*) from seeds where last_reason is not null") == 0


@pytest.fixture
def failing(tmp_path: Path) -> Iterator[OpenRun]:
    """A run of a source whose one seed, named by its file, has shown nothing for three polls."""
    url = f"{HOME}rss/cu.rss"
    source = replace(SOURCE, seeds=(Seed(kind=SeedKind.FEED, url=url),))
    with open_new(tmp_path / "archive.db") as archive:
        archive.sources.put(row_of(source))
        archive.seeds.put(source.id, [("feed", url)])
    with closing(sqlite3.connect(tmp_path / "archive.db")) as conn, conn:
        conn.execute("update seeds set misses = 3, polled_at = '2026-11-19T08:00:00Z'")
    opened = OpenRun(tmp_path, source)
    opened.seeds.put_seeds()
    yield opened
    opened.close()


def test_a_robots_txt_counts_only_where_it_came(run: OpenRun) -> None:
    named = f"Sitemap: {HOME}kho/tin.xml\n"
    for status, found in ((404, []), (200, [f"{HOME}kho/tin.xml"])):
        (robots,) = [each for each in run.finder._ask_usual() if each.url == f"{HOME}robots.txt"]
        assert [each.url for each in run.finder.read_robots(answer(robots, named, status))] == found


def test_a_source_whose_seeds_all_fail_asks_its_home_page_once_a_run(failing: OpenRun) -> None:
    (home,) = failing.finder.heal()
    assert home.url == HOME
    assert failing.finder.heal() == []


def test_a_source_whose_seeds_work_or_that_names_none_heals_nothing(run: OpenRun) -> None:
    show_feed(run.finder.start())
    assert run.finder.heal() == []


def test_what_is_found_beside_failing_seeds_stands_in_for_them(failing: OpenRun) -> None:
    (home,) = failing.finder.heal()
    assert home.callback is not None
    others = list(home.callback(answer(home, "<html><body><p>Đang xây dựng</p></body></html>")))
    place = show_feed(others)
    rows = failing.rows("select url from seeds where substitute_since is not null")
    assert rows == [(place.url,)]


LINKS = "".join(
    f'<h3><a href="/tin/khai-mac-hoi-cho-a{n}.html">Khai mạc hội chợ nông sản số {n}</a></h3>'
    for n in range(3)
)
HOME_PAGE = (
    '<html><head><link rel="alternate" type="application/rss+xml" href="/tin.rss"></head><body>'
    f'<nav><a href="/kinh-te/">Kinh tế</a></nav><main>{LINKS}</main></body></html>'
)


def test_a_home_page_that_lists_articles_is_a_seed_itself_once(run: OpenRun) -> None:
    home, others = split(run.finder.start())
    assert home.callback is not None
    asked = list(home.callback(answer(home, HOME_PAGE)))
    assert {request.url for request in asked} >= {HOME + "tin.rss", HOME + "kinh-te/"}
    assert not {request.url for request in asked} & {request.url for request in others}
    assert run.rows("select kind, url, seen from seeds") == [("listing", HOME, 3)]


def test_an_address_is_tried_once_whoever_names_it(run: OpenRun) -> None:
    home, others = split(run.finder.start())
    usual = next(each.url for each in others if each.url.endswith(".rss"))
    named = f"Sitemap: {HOME}kho/tin.xml\n"
    (robots,) = [each for each in others if each.url == f"{HOME}robots.txt"]
    assert [each.url for each in run.finder.read_robots(answer(robots, named))] == [
        f"{HOME}kho/tin.xml"
    ]
    assert run.finder.read_robots(answer(robots, named)) == []
    assert home.callback is not None
    page = HOME_PAGE.replace('href="/tin.rss"', f'href="{usual}"')
    asked = [each.url for each in home.callback(answer(home, page))]
    assert HOME + "kinh-te/" in asked
    assert usual not in asked


def test_a_home_page_that_is_a_seed_already_is_not_taken_anew(run: OpenRun) -> None:
    run.seeds.put_seed("listing", HOME)
    home, _ = split(run.finder.start())
    assert home.callback is not None
    home.callback(answer(home, HOME_PAGE))
    assert run.rows("select polled_at from seeds") == [(None,)]


@pytest.mark.parametrize(
    ("kind", "body", "is_useful"),
    [
        ("feed", feed(("tin/khai-mac-hoi-cho-nong-san-a1.html", "")), True),
        ("feed", "<html><body>Không có</body></html>", False),
        (
            "sitemap",
            f"<urlset><url><loc>{HOME}tin/khai-mac-hoi-cho-nong-san-a1.html</loc></url></urlset>",
            True,
        ),
        (
            "sitemap",
            f"<sitemapindex><sitemap><loc>{HOME}a.xml</loc></sitemap></sitemapindex>",
            True,
        ),
        ("sitemap", f"<urlset><url><loc>{HOME}gioi-thieu</loc></url></urlset>", False),
        ("sitemap", "<urlset></urlset>", False),
        ("listing", f"<html><body>{LINKS}</body></html>", True),
        ("listing", "<html><body>Không có</body></html>", False),
    ],
)
def test_what_reads_as_a_seed_is_one(run: OpenRun, kind: str, body: str, is_useful: bool) -> None:
    run.finder.start()
    place = Seed(kind=SeedKind(kind), url=HOME + "place")
    declared = body if body.startswith(("<?xml", "<html")) else f'<?xml version="1.0"?>{body}'
    for status in (200, 404):
        request = run.finder._ask(
            place.url, run.finder.read_candidate, run.finder.miss, candidate=place
        )
        run.finder.read_candidate(answer(request, declared, status))
        assert bool(run.rows("select url from seeds")) is (is_useful and status == 200)
        run.archive.connection.execute("delete from seeds where parent_id is not null")
        run.archive.connection.execute("delete from seeds")


def test_what_stands_in_for_failing_seeds_is_counted_and_told(failing: OpenRun) -> None:
    (home,) = failing.finder.heal()
    assert home.callback is not None
    others = list(home.callback(answer(home, HOME_PAGE)))
    assert HOME + "robots.txt" in {request.url for request in others}
    assert f"{HOME}rss/cu.rss" not in {request.url for request in others}
    for request in others:
        miss(request)
    assert failing.seeds.complaints == [
        "bao: no seed of its source file works; it is read from 1 that were found on its site"
    ]


def test_where_nothing_stands_in_for_failing_seeds_no_home_page_is_recorded(
    failing: OpenRun,
) -> None:
    (home,) = failing.finder.heal()
    assert home.callback is not None
    for request in home.callback(answer(home, "<html><body>Chào</body></html>")):
        miss(request)
    assert failing.seeds.complaints[0].startswith(NOTHING)
    assert failing.value("select count(*) from seeds") == 1
