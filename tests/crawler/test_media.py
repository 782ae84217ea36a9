"""Pictures of articles: fetched after the pages, judged by their bytes, kept once."""

from __future__ import annotations

import random
import time
import zlib
from typing import TYPE_CHECKING

import pytest

from tests.site.server import Canary
from tests.site.town import Town
from tests.support.crawls import Desk
from tests.support.images import draw, png_of
from tests.support.kills import crawl_and_kill, find_faults

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.site.exchange import Behaviour, Exchange
    from tests.site.town import Piece

FEED = [("feed", "/rss/home.rss")]
BOMB = png_of(30_000, 30_000, zlib.compress(b"\0" * 1_000_000))
STATES = "select url, state, reason, type, width, height, attempts from media order by url"


def picture(body: bytes, content_type: str = "image/jpeg") -> Behaviour:
    return lambda exchange: exchange.reply(body, content_type=content_type)


def show(*paths: str) -> str:
    return "".join(
        f'<figure><img src="{path}"><figcaption>Ảnh {n}</figcaption></figure>'
        for n, path in enumerate(paths)
    )


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, settings={"IMAGES": "all", "MEDIA_TIMEOUT": "1"})


@pytest.fixture
def town() -> Iterator[Town]:
    with Town(3) as town:
        town.routes["/anh/*"] = lambda x: x.reply(
            draw(40, 30, hue=int(x.hit.path.rpartition("-")[2].partition(".")[0])),
            content_type="image/jpeg",
        )
        yield town


def own(piece: Piece) -> str:
    """Two pictures of an article's own."""
    return show(f"/anh/{piece.number}-1.jpg", f"/anh/{piece.number}-2.jpg")


def states(desk: Desk) -> dict[str, tuple[object, ...]]:
    """Path of each picture -> what became of it."""
    return {str(url).partition("//")[2].partition("/")[2]: rest for url, *rest in desk.rows(STATES)}  # type: ignore[misc]


def test_pictures_are_not_fetched_unless_asked_for(desk: Desk, town: Town) -> None:
    town.illustrate = own
    desk.add_source(town.base, seeds=FEED)
    del desk.settings["IMAGES"]
    assert desk.crawl().returncode == 0
    assert not [path for path in town.paths() if path.startswith("/anh/")]
    assert desk.value("select count(*) from media") == 0


def test_pictures_come_after_all_pages_and_once(desk: Desk, town: Town) -> None:
    town.illustrate = own
    desk.add_source(town.base, seeds=FEED)
    done = desk.crawl()
    assert done.returncode == 0, done.stderr
    asked = [path for path in town.paths() if path.endswith((".jpg", ".html"))]
    assert [path.startswith("/anh/") for path in asked] == [False] * 3 + [True] * 6
    assert {rest[0] for rest in states(desk).values()} == {"stored"}
    town.reset()
    assert desk.crawl().returncode == 0
    assert not [path for path in town.paths() if path.startswith("/anh/")]
    assert desk.run("verify").returncode == 0
    assert find_faults(desk) == {}


def test_a_source_file_says_more_than_the_setting(desk: Desk, town: Town) -> None:
    town.illustrate = own
    desk.add_source(town.base, seeds=FEED, more='images = "lead"')
    assert desk.crawl().returncode == 0
    assert sorted(states(desk)) == [f"anh/{piece.number}-1.jpg" for piece in town.pieces]


def test_what_is_no_picture_is_refused_once_and_articles_are_unharmed(
    desk: Desk, town: Town
) -> None:
    town.routes |= {
        "/hong/trang.jpg": picture(b"<!DOCTYPE html><h1>404</h1>"),
        "/hong/bom.png": picture(BOMB, "image/png"),
        "/hong/svg.png": picture(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        "/hong/lon.jpg": picture(b"\xff\xd8\xff" + b"x" * 3000),
        "/hong/mat.jpg": lambda x: x.reply("<h1>404</h1>", 404),
        "/cam/anh.jpg": picture(draw(9, 9)),
    }
    bad = ("/hong/trang.jpg", "/hong/bom.png", "/hong/svg.png", "/hong/lon.jpg", "/hong/mat.jpg")
    town.illustrate = lambda _: show(*bad, "/cam/anh.jpg", "/anh/1-1.jpg")
    desk.settings["IMAGE_MAXSIZE"] = "2000"
    desk.add_source(town.base, seeds=FEED)
    assert desk.crawl().returncode == 0
    assert desk.value("select count(*) from articles") == 3
    found = {path: tuple(rest[:2]) for path, rest in states(desk).items()}
    assert found == {
        "hong/trang.jpg": ("rejected", "not-a-picture"),
        "hong/bom.png": ("rejected", "pixels"),
        "hong/svg.png": ("rejected", "not-a-picture"),
        "hong/lon.jpg": ("failed", "too-large"),
        "hong/mat.jpg": ("pending", "http-404"),
        "cam/anh.jpg": ("pending", "robots"),
        "anh/1-1.jpg": ("stored", None),
    }
    assert town.count("/cam/anh.jpg") == 0, "robots.txt forbids it"
    for _ in range(5):
        desk.change("update media set next_try_at = null")
        assert desk.crawl().returncode == 0
    assert town.count("/hong/trang.jpg") == town.count("/hong/bom.png") == 1
    assert town.count("/hong/mat.jpg") == 4, "not for ever"
    assert states(desk)["hong/mat.jpg"][:2] == ["rejected", "http-404"]
    assert desk.value("select count(*) from captures where url like '%/hong/%'") == 0


def test_a_picture_that_hangs_keeps_no_page_waiting(desk: Desk, town: Town) -> None:
    town.routes["/treo/*"] = lambda exchange: exchange.hang(20)
    town.illustrate = lambda piece: show(*(f"/treo/{piece.number}-{n}.jpg" for n in range(4)))
    desk.add_source(town.base, seeds=FEED)
    with Town(2, first=2000, name="other") as other:
        desk.add_source(other.base, "other", seeds=FEED)
        desk.settings["CRAWL_SOURCES_AT_ONCE"] = "1"
        assert desk.crawl("town", "other").returncode == 0
        assert desk.value("select count(*) from articles") == 5
        hung = [hit.at for hit in town.hits if hit.path.startswith("/treo/")]
        first = min(hit.at for hit in other.hits if hit.path.endswith(".html"))
        assert first < hung[1], "the next source does not wait for pictures"
    assert len(hung) == 3, "then the host is left alone"
    ended = desk.rows("select state, count(*) from media group by 1")
    assert ended == [("pending", 12)]


def test_same_bytes_are_one_payload_whatever_their_address_or_source(
    desk: Desk, town: Town
) -> None:
    same = random.Random(1).randbytes(20_000)
    body = draw(50, 50, "jpeg") + same
    town.routes |= {"/cung/a.jpg": picture(body), "/cung/b.jpg": picture(body)}
    town.illustrate = lambda _: show("/cung/a.jpg", "/cung/b.jpg")
    desk.add_source(town.base, seeds=FEED)
    with Town(2, first=2000, name="other") as other:
        other.routes["/khac/c.jpg"] = picture(body)
        other.illustrate = lambda _: show("/khac/c.jpg")
        desk.add_source(other.base, "other", seeds=FEED)
        assert desk.crawl("town", "other").returncode == 0
    assert desk.value("select count(*) from media where state = 'stored'") == 3
    size = sum(file.stat().st_size for file in desk.folder.glob("captures/*.warc.gz"))
    assert 20_000 < size < 45_000, "kept once: the bytes cannot be compressed"
    assert desk.value("select count(distinct digest) from media") == 1
    assert desk.run("verify").returncode == 0


def test_no_picture_reaches_a_private_address_or_a_host_that_is_not_named(
    desk: Desk, town: Town
) -> None:
    with Canary() as canary, Town(0) as stranger:
        stranger.routes["/s.jpg"] = picture(draw(8, 8))
        leads = {
            "/di/rieng.jpg": f"http://{canary.netloc}/x.jpg",
            "/di/la.jpg": f"http://localhost:{stranger.port}/s.jpg",
        }
        for path, target in leads.items():
            town.routes[path] = lambda x, target=target: x.redirect(target)  # type: ignore[misc]
        direct = (f"http://{canary.netloc}/y.jpg", f"http://localhost:{stranger.port}/s.jpg")
        town.illustrate = lambda _: show(*leads, *direct)
        desk.add_source(town.base, seeds=FEED, more=f'media_hosts = ["{canary.netloc}"]')
        desk.private.add(f"localhost:{stranger.port}")
        assert desk.crawl().returncode == 0
        assert canary.touched == 0
        assert stranger.hits == []
    found = {path: rest[1] for path, rest in states(desk).items()}
    assert found == {
        "di/rieng.jpg": "private-address",
        "di/la.jpg": "off-site",
        "y.jpg": "private-address",
    }


def test_a_host_that_the_source_names_lends_pictures_by_its_own_rules(
    desk: Desk, town: Town
) -> None:
    with Town(0) as lender:
        lender.routes |= {"/kho/a.jpg": picture(draw(8, 8)), "/cam/b.jpg": picture(draw(8, 8))}
        urls = (lender.url("/kho/a.jpg"), lender.url("/cam/b.jpg"))
        town.illustrate = lambda _: show(*urls)
        desk.add_source(town.base, seeds=FEED, more=f'media_hosts = ["{lender.netloc}"]')
        desk.private.add(lender.netloc)
        assert desk.crawl().returncode == 0
        assert lender.paths() == ["/robots.txt", "/kho/a.jpg"]


def test_a_run_takes_so_many_and_the_next_goes_on(desk: Desk, town: Town) -> None:
    town.illustrate = own
    desk.settings["MEDIA_PER_RUN"] = "4"
    desk.add_source(town.base, seeds=FEED)
    for stored in (4, 6):
        assert desk.crawl().returncode == 0
        assert desk.value("select count(*) from media where state = 'stored'") == stored


@pytest.mark.long
def test_ten_kills_lose_no_picture_and_double_none(desk: Desk) -> None:
    with Town(60) as town:
        town.illustrate = own
        town.routes["/anh/*"] = _draw_slowly
        desk.add_source(
            town.base,
            seeds=[("listing", f"/{s}/") for s in ("thoi-su", "kinh-te", "van-hoa", "xa-hoi")],
        )
        chance = random.Random(20261126)
        alive = crawl_and_kill(desk, "crawl", "town", kills=10, longest=2.5, chance=chance)
        assert alive > 0, "every child was too fast to be killed"
        done = desk.crawl()
    assert done.returncode == 0, done.stderr
    assert desk.rows("select state, count(*) from media group by 1") == [("stored", 120)]
    assert desk.value("select count(distinct capture_id) from media") == 120
    assert desk.value("select count(*) from captures where url like '%/anh/%'") == 120
    assert find_faults(desk) == {}
    assert desk.run("verify").returncode == 0


def _draw_slowly(exchange: Exchange) -> None:
    time.sleep(0.02)
    number = int("".join(c for c in exchange.hit.path if c.isdigit()))
    exchange.reply(draw(40, 30, hue=number), content_type="image/jpeg")


def named(piece: Piece) -> str:
    """A picture that only the head of the page names; the site's emblem on most pages."""
    name = f"{piece.number}-5" if piece.number % 5 == 0 else "emblem"
    return f'<meta property="og:image" content="/anh/{name}.jpg#top">'


def test_a_picture_that_only_the_head_names_is_the_lead(desk: Desk) -> None:
    desk.settings["IMAGES"] = "lead"
    with Town(8) as town:
        town.routes["/anh/*"] = picture(draw(40, 30))
        town.illustrate = named
        desk.add_source(town.base, seeds=FEED)
        assert desk.crawl().returncode == 0
        asked = [path for path in town.paths() if path.startswith("/anh/")]
        own = [piece.number for piece in town.pieces if piece.number % 5 == 0]
    assert sorted(asked) == sorted([*(f"/anh/{n}-5.jpg" for n in own), "/anh/emblem.jpg"])
    shown = "select count(*) from article_media join media on media.id = media_id where url like ?"
    assert desk.value(shown, "%/emblem.jpg") == 5, "what more pages name is the site's"


def test_the_same_picture_with_another_fragment_is_asked_for_once(desk: Desk, town: Town) -> None:
    town.illustrate = lambda piece: show(f"/anh/{piece.number}-1.jpg#a", "/anh/1000-1.jpg#b")
    desk.add_source(town.base, seeds=FEED)
    assert desk.crawl().returncode == 0
    asked = [path for path in town.paths() if path.startswith("/anh/")]
    assert len(asked) == len(set(asked)) == 3
    assert not [path for path in states(desk) if "#" in path]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_pictures_of_articles_stored_before_come_after_reextract(
    desk: Desk, town: Town, jobs: str
) -> None:
    town.illustrate = own
    desk.add_source(town.base, seeds=FEED)
    del desk.settings["IMAGES"]
    assert desk.crawl().returncode == 0
    assert desk.value("select count(*) from media") == 0
    desk.settings["IMAGES"] = "all"
    before = len(town.paths())
    done = desk.run("reextract", "town", "--jobs", jobs)
    assert (done.returncode, len(town.paths())) == (0, before), "nothing is asked of the site"
    assert {state for state, *_ in states(desk).values()} == {"pending"}
    assert desk.crawl().returncode == 0
    assert {state for state, *_ in states(desk).values()} == {"stored"}
    assert len(states(desk)) == 6
