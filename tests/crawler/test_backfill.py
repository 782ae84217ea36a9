"""``baotinh backfill``: everything of a period, once, whatever interrupts it."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

import pytest

from tests.site.town import PER_PAGE, Town, sitemap
from tests.support.crawls import Desk
from tests.support.kills import crawl_and_kill, find_faults

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Library(Town):
    """A town whose sitemap index names one sitemap a day, and whose feed shows little."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.routes |= {"/sitemap.xml": self._days, "/sitemap-*": self._day}

    def _days(self, exchange) -> None:  # type: ignore[no-untyped-def]
        days = sorted({piece.published.date().isoformat() for piece in self.pieces})
        rows = [(f"{self.base}/sitemap-{day}.xml", f"{day}T23:00:00+07:00") for day in days]
        self._send(exchange, sitemap(rows, "sitemap").encode(), "application/xml")

    def _day(self, exchange) -> None:  # type: ignore[no-untyped-def]
        day = exchange.hit.path[len("/sitemap-") : -len(".xml")]
        rows = [
            (self.base + piece.path, piece.published.isoformat())
            for piece in self.pieces
            if piece.published.date().isoformat() == day
        ]
        self._send(exchange, sitemap(rows).encode(), "application/xml")

    def between(self, since: str, until: str) -> int:
        days = (piece.published.date().isoformat() for piece in self.pieces)
        return sum(since <= day <= until for day in days)


@pytest.fixture
def library() -> Iterator[Library]:
    with Library(200) as library:
        yield library


def days_of(town: Town) -> list[str]:
    return sorted({piece.published.date().isoformat() for piece in town.pieces})


def test_a_period_comes_in_from_dated_sitemaps_newest_first(
    tmp_path: Path, library: Library
) -> None:
    desk = Desk(tmp_path)
    desk.add_source(library.base, seeds=[("feed", "/rss/home.rss"), ("sitemap", "/sitemap.xml")])
    since, until = days_of(library)[1], days_of(library)[-1]
    library.routes |= {f"/{slug}/": library.fallback for slug in ("thoi-su", "kinh-te")}
    done = desk.run("backfill", "town", "--since", since, "--until", until, "--limit", "30")
    assert done.returncode == 0, done.stderr
    newest = max(piece.published for piece in library.pieces).date().isoformat()
    assert desk.rows("select distinct published_on from articles") == [(newest,)]
    assert f"/sitemap-{days_of(library)[0]}.xml" not in library.paths()


def test_what_a_crawl_put_aside_comes_in_by_a_backfill(tmp_path: Path) -> None:
    desk = Desk(tmp_path, settings={"MAX_PENDING_LINKS": "3"})
    with Library(12) as library:
        desk.add_source(library.base, seeds=[("sitemap", "/sitemap.xml")])
        done = desk.crawl()
        assert "MAX_PENDING_LINKS" in done.stderr
        aside = desk.value("select count(*) from links where reason = 'over-limit'")
        assert aside == 9
        done = desk.run("backfill", "town", "--since", days_of(library)[0])
    assert done.returncode == 0, done.stderr
    assert desk.value("select count(*) from articles") == 12
    assert desk.value("select count(*) from links where state <> 'stored'") == 0


@pytest.mark.long
def test_deep_listings_are_read_to_their_end(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with Town(12 * PER_PAGE) as town:
        town.routes |= {"/sitemap*": town.fallback, "/rss/*": town.fallback}
        del town.routes["/sitemap.xml"], town.routes["/sitemap-news.xml"]
        desk.add_source(town.base, seeds=[("listing", "/thoi-su/")])
        desk.settings = {"LISTING_MAX_PAGES": "1"}
        desk.crawl()
        live = desk.value("select count(*) from articles")
        done = desk.run("backfill", "town", "--since", "2000-01-01")
    assert live == PER_PAGE
    assert done.returncode == 0, done.stderr
    assert desk.value("select count(*) from articles") == 12 * PER_PAGE
    assert desk.value("select count(*) from backfills where finished_at is null") == 0


@pytest.mark.long
def test_a_killed_backfill_goes_on_and_finds_all_once(tmp_path: Path, library: Library) -> None:
    desk = Desk(tmp_path)
    desk.add_source(library.base, seeds=[("sitemap", "/sitemap.xml")])
    since, until = days_of(library)[0], days_of(library)[-1]
    command = ("backfill", "town", "--since", since, "--until", until)
    crawl_and_kill(desk, *command, kills=4, longest=2, chance=random.Random(7))
    done = desk.run(*command, timeout=120)
    assert done.returncode == 0, done.stderr
    assert desk.value("select count(*) from articles") == library.between(since, until) == 200
    assert find_faults(desk) == {}
    library.reset()
    again = desk.run(*command)
    assert again.returncode == 0, again.stderr
    assert library.bodies_sent() == 0


@pytest.mark.long
def test_what_is_newer_than_the_period_is_left_to_the_next_crawl(tmp_path: Path) -> None:
    with Town(6) as town:
        for number, piece in enumerate(town.pieces):
            piece.number = 1000 + 300 * number  # about a day and a half apart
        desk = Desk(tmp_path)
        desk.add_source(town.base, seeds=[("listing", "/")])
        days = days_of(town)
        done = desk.run("backfill", "town", "--since", days[0], "--until", days[2])
        assert done.returncode == 0, done.stderr
        assert desk.value("select max(published_on) from articles") == days[2]
        done = desk.crawl("town")
        assert done.returncode == 0, done.stderr
        assert desk.value("select max(published_on) from articles") == days[-1]
        assert desk.value("select count(*) from articles") == 6


@pytest.mark.long
def test_a_live_crawl_comes_before_a_backfill(tmp_path: Path, library: Library) -> None:
    desk = Desk(tmp_path, settings={"DOWNLOAD_DELAY": "0.1"})
    desk.add_source(library.base, seeds=[("feed", "/rss/home.rss")])
    backfill = desk.start("backfill", "town", "--since", "2000-01-01")
    try:
        while library.bodies_sent() < 3:
            assert backfill.poll() is None
            time.sleep(0.02)
        for word in ("first", "second"):  # by now the backfill may have all that the feed showed
            library.publish(word)
        done = desk.crawl("town", "--limit", "2")
        assert done.returncode == 0, done.stderr
        assert "2 pages: 2 new" in done.stdout
        assert backfill.poll() is None, "the backfill waits and goes on"
    finally:
        backfill.terminate()
        backfill.communicate(timeout=30)


def test_a_period_that_ends_before_it_begins_is_refused(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.add_source("http://127.0.0.1:9")
    done = desk.run("backfill", "town", "--since", "2026-02-01", "--until", "2026-01-01")
    assert done.returncode == 2
    assert "is later than" in done.stderr
