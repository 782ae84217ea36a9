"""How the crawler behaves as a guest, over several runs and beside other crawls."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from storage.archive import Archive
from storage.records import HostState
from tests.site.faults import manners
from tests.site.faults.model import Fault, raw_head
from tests.site.server import Site
from tests.site.town import Town
from tests.support.certificates import make_certificate
from tests.support.crawls import Desk

if TYPE_CHECKING:
    from pathlib import Path

    from tests.site.exchange import Exchange

FEED = ("feed", "/rss/home.rss")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, settings={"RETRY_BACKOFF": "0.05", "DOWNLOAD_TIMEOUT": "2"})


def stored(desk: Desk, source: str = "town") -> object:
    return desk.value("select count(*) from articles where source_id = ?", source)


@pytest.mark.long
def test_a_host_that_says_429_is_left_alone_by_every_run_and_process(desk: Desk) -> None:
    town = Town(3)
    busy = {"until": 0.0}

    def feed(exchange: Any) -> None:
        if exchange.times == 1:
            busy["until"] = time.monotonic() + 30
            exchange.reply("busy", 429, Retry_After="30")
        else:
            town._feed(exchange)

    town.routes["/rss/home.rss"] = feed
    desk.settings["RETRY_AFTER_WAIT"] = "1"
    with town:
        desk.add_source(town.base, seeds=[FEED])
        assert desk.crawl().returncode == 1
        other = desk.start("crawl", "town")
        desk.crawl()
        other.communicate(timeout=90)
        reason = str(desk.value("select reason from hosts where not_before is not null"))
        assert "429" in reason
        time.sleep(max(0.0, busy["until"] - time.monotonic()) + 1)
        desk.crawl()
        assert stored(desk) == 3
        assert [hit.path for hit in town.hits[:2]] == ["/robots.txt", "/rss/home.rss"]
        assert all(hit.at >= busy["until"] for hit in town.hits[2:])


def test_a_host_that_is_busy_from_its_robots_txt_on_is_told_by_its_answer(desk: Desk) -> None:
    """Nothing but robots.txt is asked for: the seed fails for what that answered."""
    with Town(3) as town:
        desk.settings["RETRY_AFTER_WAIT"] = "1"
        desk.add_source(town.base, seeds=[FEED])
        assert desk.crawl().returncode == 0
        town.routes["/robots.txt"] = lambda x: x.reply("busy", 503, Retry_After="60")
        asked = len(town.hits)
        assert "it answered 503" in desk.crawl().stderr
        desk.crawl()
        assert {hit.path for hit in town.hits[asked:]} == {"/robots.txt"}
    assert desk.rows("select last_reason, misses from seeds") == [("http-503", 2)]
    assert "it answered 503" in str(desk.value("select last_error from seeds"))


def test_a_host_that_is_left_alone_since_it_fell_silent_is_told_by_its_silence(desk: Desk) -> None:
    """Seeds that are not asked any more fail for what the others met, in later runs too."""
    with Town(3) as town:
        feeds = [f"/rss/{number}.rss" for number in range(8)]
        town.routes |= dict.fromkeys(feeds, town.routes["/rss/home.rss"])
        desk.settings["RETRY_TIMES"] = "0"
        desk.add_source(town.base, seeds=[("feed", path) for path in feeds])
        desk.crawl()
        town.routes |= dict.fromkeys([*feeds, "/robots.txt"], lambda x: x.reset())
        for _ in range(2):
            desk.crawl()
            said = desk.rows("select distinct last_reason from seeds where failures > 0")
            assert said == [("connection",)]


@pytest.mark.long
def test_two_sources_of_one_host_in_two_processes_keep_one_pace(desk: Desk) -> None:
    desk.settings["DOWNLOAD_DELAY"] = "0.4"
    with Town(5) as town:
        desk.add_source(town.base, "one", seeds=[FEED])
        desk.add_source(
            town.base, "two", seeds=[("listing", "/thoi-su/"), ("listing", "/kinh-te/")]
        )
        first, second = desk.start("crawl", "one"), desk.start("crawl", "two")
        first.communicate(timeout=60)
        second.communicate(timeout=60)
        assert stored(desk, "one") == 5
        assert town.max_concurrent == 1
        assert town.min_gap() >= 0.4


@pytest.mark.long
def test_robots_that_change_are_obeyed_at_the_next_run(desk: Desk) -> None:
    with Town(3) as town:
        desk.add_source(town.base, seeds=[FEED])
        desk.crawl()
        town.routes["/robots.txt"] = manners.plain("User-agent: *\nDisallow: /\n")
        town.publish("new")
        town.reset()
        desk.crawl()
        assert {hit.path for hit in town.hits} == {"/robots.txt"}


def test_robots_that_lie_on_another_host_are_obeyed(desk: Desk) -> None:
    rules = manners.plain("User-agent: *\nDisallow: /\n")
    with Town(3) as town, Site({"/robots.txt": rules}) as elsewhere:
        town.routes["/robots.txt"] = lambda x: x.redirect(elsewhere.url("/robots.txt"))
        desk.private.add(elsewhere.netloc)
        desk.add_source(town.base, seeds=[FEED])
        desk.crawl()
        assert elsewhere.count("/robots.txt") == 1
        assert {hit.path for hit in town.hits} == {"/robots.txt"}


@pytest.mark.long
def test_a_copy_of_robots_stands_in_for_a_day_at_most(desk: Desk) -> None:
    with Town(3) as town:
        desk.add_source(town.base, seeds=[FEED])
        desk.crawl()
        town.routes["/robots.txt"] = lambda x: x.reply("-", 500)
        town.publish("new")
        desk.crawl()
        assert stored(desk) == 4
        (copy,) = (desk.folder / "archive.db.locks" / "robots").iterdir()
        fields = json.loads(copy.read_text())
        fields["fetched_at"] -= 90_000
        copy.write_text(json.dumps(fields))
        town.publish("newer")
        desk.crawl()
        assert stored(desk) == 4


@pytest.mark.long
def test_an_unchanged_site_is_not_downloaded_again(desk: Desk) -> None:
    with Town(6) as town:
        desk.add_source(town.base, seeds=[FEED, ("sitemap", "/sitemap.xml")])
        for _ in range(3):
            desk.crawl()
        assert town.bodies_sent() == 6
        town.reset()
        desk.crawl()
        assert town.bodies_sent() == 0
        assert len(town.hits) <= 5
        assert [hit.status for hit in town.hits if hit.path == "/rss/home.rss"] == [304]


def test_a_dead_host_is_left_alone_after_some_pages(desk: Desk) -> None:
    town = Town(30)
    with town:
        desk.add_source(town.base, seeds=[FEED])

        def die(exchange: Any) -> None:
            exchange.reset()

        for piece in town.pieces:
            town.routes[piece.path] = die
        robots = town.routes["/robots.txt"]
        town.routes["/robots.txt"] = lambda x: robots(x) if x.times == 1 else x.reset()
        desk.crawl()
        assert sum(town.count(piece.path) for piece in town.pieces) < 40
        assert "did not answer" in str(desk.value("select reason from hosts"))
        town.reset()
        desk.crawl()
        assert town.hits == []


def test_a_host_that_is_back_is_not_blamed_for_its_last_silence(desk: Desk) -> None:
    with Town(1) as town:
        desk.add_source(town.base, seeds=[FEED])
        long_ago = HostState(host=town.base.partition("//")[2], failures=5.0)
        with Archive.open(desk.archive) as archive:
            archive.hosts.put(long_ago)
        desk.crawl()
        assert stored(desk) == 1
        assert desk.value("select failures from hosts") == 0


@pytest.mark.long
def test_a_tarpit_does_not_slow_its_neighbours(desk: Desk) -> None:
    desk.settings |= {"DOWNLOAD_DELAY": "0.2", "DOWNLOAD_TIMEOUT": "60"}
    names = ("one", "two", "three")
    towns = [Town(10, name=name) for name in names]
    tarpit = Town(3)
    left: list[int] = []

    def drip(exchange: Exchange) -> None:
        """Answer drop by drop until the neighbours have sent all they have, for a while."""
        exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        for _ in range(400):
            left.append(30 - sum(town.bodies_sent() for town in towns))
            if not left[-1]:
                break
            exchange.drip(b"a", 0.1)
        exchange.close()

    tarpit.routes = {"/*": drip}
    with towns[0], towns[1], towns[2], tarpit:
        for name, town in zip(names, towns, strict=True):
            desk.add_source(town.base, name, seeds=[FEED])
        desk.add_source(tarpit.base, "tarpit", seeds=[FEED])
        desk.crawl("tarpit", *names, timeout=120)
    assert left[0] > 0, "it was asked while they had more to send"
    assert left[-1] == 0, "nobody had to wait for its end"
    assert [stored(desk, name) for name in names] == [10] * 3


# --- TLS -------------------------------------------------------------------------------------


@pytest.mark.long
def test_an_unsigned_certificate_is_refused_unless_the_source_says_otherwise(
    desk: Desk, tmp_path: Path
) -> None:
    with Town(2, tls=make_certificate(tmp_path)) as town:
        desk.add_source(town.base, seeds=[FEED])
        done = desk.crawl()
        assert done.returncode == 1
        assert stored(desk) == 0
        assert "certificate" in done.stderr
        desk.add_source(town.base, seeds=[FEED], more="verify_tls = false")
        desk.crawl()
        assert stored(desk) == 2


def test_tls_cut_in_mid_body_is_data_loss(desk: Desk, tmp_path: Path) -> None:
    def cut(exchange: Any) -> None:
        body = b"<html>" + b"<p>Tin</p>" * 500
        exchange.send(raw_head("Connection: close").encode() + body)
        exchange.wait(0.1)
        exchange.reset()

    fault = Fault("tls-cut", "reject", cut)
    with Town(2, tls=make_certificate(tmp_path)) as town:
        town.extra_feed = [(fault.path, "cut", None)]
        town.routes[fault.path] = cut
        desk.add_source(town.base, seeds=[FEED], more="verify_tls = false")
        desk.crawl()
        assert stored(desk) == 2
        assert desk.value("select reason from links where url like ?", f"%{fault.path}") in (
            "data-loss",
            "connection",
        )


def test_what_is_no_tls_is_an_error_in_time(desk: Desk) -> None:
    with Site({"/*": lambda x: x.reply("plain")}) as plain, Site(tls_hangs=True) as mute:
        for name, site in (("plain", plain), ("mute", mute)):
            base = f"https://{site.netloc}"
            desk.add_source(base, name, seeds=[("feed", "/rss/home.rss")])
        done = desk.crawl("plain", "mute", timeout=50)  # the mute one lasts for longer
        assert done.returncode == 1
        assert desk.value("select count(*) from articles") == 0
