"""``baotinh crawl`` as a child process against a healthy paper and its bad days."""

from __future__ import annotations

import json
import signal
import threading
import time
from typing import TYPE_CHECKING

import pytest

from tests.site import text
from tests.site.exchange import XML
from tests.site.town import Town, article_page, feed, http_date
from tests.support.crawls import Desk
from tests.support.sites import page, serve_pages

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.site.exchange import Exchange
    from tests.site.town import Piece

FEED = ("feed", "/rss/home.rss")
SITEMAP = ("sitemap", "/sitemap.xml")
SECTIONS = [("listing", f"/{slug}/") for slug in ("thoi-su", "kinh-te", "van-hoa", "xa-hoi")]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def town() -> Iterator[Town]:
    with Town(60) as town:
        yield town


@pytest.mark.parametrize(
    ("seeds", "expected"),
    [([FEED], 50), ([SITEMAP], 60), (SECTIONS, 60), ([], 60)],
    ids=["feed", "sitemap index", "listings with next pages", "no seeds at all"],
)
def test_every_rung_finds_what_the_site_offers(
    desk: Desk, town: Town, seeds: list[tuple[str, str]], expected: int
) -> None:
    desk.add_source(town.base, seeds=seeds)
    done = desk.crawl()
    assert done.returncode == 0, done.stderr
    assert desk.value("select count(*) from articles") == expected
    assert f"town: {expected} pages: {expected} new, 0 revised" in done.stdout
    assert desk.value("select count(*) from links where state <> 'stored'") == 0
    assert desk.value("select count(*) from links where seed_id is null") == 0


def test_an_article_is_stored_as_the_page_shows_it(desk: Desk, town: Town) -> None:
    desk.add_source(town.base, seeds=[FEED])
    assert desk.crawl("town", "--limit", "3").returncode == 0
    piece = town.latest()[0]
    row = desk.rows(
        "select title, summary, body, published_at from articles where url = ?",
        town.base + piece.path,
    )[0]
    assert row[0] == piece.title
    assert row[2] == "\n\n".join(piece.paragraphs)
    assert row[3] == piece.published.isoformat()
    kept = desk.rows(
        "select a.url, c.url, c.status from articles a join captures c on c.id = a.capture_id"
    )
    assert [(captured, status) for _, captured, status in kept] == [(url, 200) for url, *_ in kept]
    assert len(kept) == desk.value("select count(*) from captures") == 3
    assert desk.rows("select failures, last_error from seeds") == [(0.0, None)]


def test_a_second_crawl_of_an_unchanged_site_fetches_no_article(desk: Desk, town: Town) -> None:
    desk.add_source(town.base, seeds=[FEED, SITEMAP, *SECTIONS])
    desk.crawl()
    before = desk.rows("select id, title, digest, revisions from articles order by id")
    counts = "select (select count(*) from links), (select count(*) from captures)"
    links = desk.rows(counts)
    town.reset()
    done = desk.crawl()
    assert done.returncode == 0, done.stderr
    assert town.bodies_sent() == 0
    assert {hit.status for hit in town.hits if hit.path != "/robots.txt"} <= {304, 200}
    conditional = [hit for hit in town.hits if hit.status == 304]
    assert len(conditional) == 6, "each seed answers 304"
    assert desk.rows("select id, title, digest, revisions from articles order by id") == before
    assert desk.rows(counts) == links
    assert "town: 0 pages" in done.stdout


@pytest.mark.long
def test_what_is_published_between_two_crawls_is_found_on_next_pages(
    desk: Desk, town: Town
) -> None:
    desk.add_source(town.base, seeds=SECTIONS)
    desk.crawl()
    for number in range(60):
        town.publish(f"later{number}")
    done = desk.crawl()
    assert "60 new" in done.stdout, done.stdout + done.stderr
    assert desk.value("select count(*) from gaps") == 0


@pytest.mark.long
def test_a_feed_that_overflowed_is_made_good_from_the_sections(desk: Desk, town: Town) -> None:
    desk.add_source(town.base, seeds=[FEED])
    desk.crawl()
    for number in range(60):
        town.publish(f"later{number}")
    done = desk.crawl()
    assert desk.value("select count(*) from articles") == 120, done.stdout + done.stderr
    assert desk.value("select count(*) from gaps") == 0


@pytest.mark.long
def test_what_no_page_shows_any_more_is_a_gap(desk: Desk, town: Town) -> None:
    for slug in ("thoi-su", "kinh-te", "van-hoa", "xa-hoi"):
        town.routes[f"/{slug}/trang-*"] = town.fallback
    desk.add_source(town.base, seeds=SECTIONS[:1])
    desk.crawl()
    for number in range(120):
        town.publish(f"later{number}")
    done = desk.crawl()
    assert "may have shown articles between" in done.stderr
    begin, end = desk.rows("select begin_at, end_at from gaps")[0]
    assert str(begin) <= str(end)


def test_an_edit_is_a_revision_and_a_removal_is_noted(desk: Desk, town: Town) -> None:
    desk.add_source(town.base, seeds=[FEED])
    desk.crawl("town", "--limit", "2")
    first, second = town.latest()[:2]
    first.revision += 1
    second.deleted = True
    done = desk.crawl("--url", town.base + first.path)
    assert "1 revised" in done.stdout, done.stderr
    desk.crawl("--url", town.base + second.path)
    url = town.base + second.path
    gone_at, body = desk.rows("select gone_at, body from articles where url = ?", url)[0]
    assert gone_at is not None
    assert body


def test_limit_leaves_the_rest_pending_and_the_next_crawl_takes_it(desk: Desk, town: Town) -> None:
    desk.add_source(town.base, seeds=[FEED])
    done = desk.crawl("town", "--limit", "7")
    assert "town: 7 pages: 7 new" in done.stdout
    assert desk.value("select count(*) from links where state = 'pending'") == 43
    assert "43 new" in desk.crawl().stdout


@pytest.mark.long
def test_since_leaves_older_articles_alone_and_loses_none(desk: Desk, town: Town) -> None:
    desk.add_source(town.base, seeds=[SITEMAP])
    day = town.latest()[5].published.date().isoformat()
    done = desk.crawl("town", "--since", day)
    assert done.returncode == 0, done.stderr
    recent = sum(piece.published.date().isoformat() >= day for piece in town.latest())
    assert desk.value("select count(*) from articles") == recent
    desk.crawl()
    assert desk.value("select count(*) from articles") == 60


@pytest.mark.parametrize(
    ("path", "body", "word", "sentence"),
    [
        ("/rss/empty", "<rss version='2.0'><channel></channel></rss>", "no-links", "has no items"),
        ("/rss/html", "<html><p>Bảo trì</p></html>", "not-a-seed", "is an HTML page, not a feed"),
        ("/rss/none", None, "http-404", "answered 404 (Not Found)"),
    ],
)
def test_a_bad_seed_is_one_sentence_and_costs_nothing_else(
    desk: Desk, town: Town, path: str, body: str | None, word: str, sentence: str
) -> None:
    if body is not None:
        town.routes[path] = lambda exchange: exchange.reply(body)
    desk.add_source(town.base, seeds=[("feed", path), FEED])
    done = desk.crawl()
    assert done.returncode == 1
    assert f"baotinh: town: feed {town.base}{path} {sentence}" in done.stderr
    # On a busy machine the progress of a long crawl is said besides.
    said = [line for line in done.stderr.splitlines() if line.startswith("baotinh:")]
    assert len(said) == 1
    assert desk.value("select count(*) from articles") == 50
    error, reason, complete = desk.rows(
        "select last_error, last_reason, complete_at from seeds where url = ?", town.base + path
    )[0]
    assert sentence in str(error)
    assert reason == word
    assert complete is None


def test_rows_behind_a_button_that_robots_forbid_end_the_list_and_no_more(desk: Desk) -> None:
    button = '<button data-url="/api/rows?page=2">Xem thêm</button>'
    pages = {
        "/robots.txt": page("User-agent: *\nDisallow: /api/\n", "text/plain"),
        "/tin": page(f'<html><body><a href="/mo-duong-moi-a12.html">Mở đường</a>{button}</body>'),
        "/mo-duong-moi-a12.html": page(
            "<html><body><h1>Mở đường mới qua hai xã biên giới</h1><div class='entry-content'>"
            + "<p>Sáng nay, tỉnh thông xe con đường mới dài mười hai cây số qua hai xã.</p>" * 5
        ),
    }
    with serve_pages(pages) as site:
        desk.add_source(site.base, seeds=[("listing", "/tin")])
        done = desk.crawl()
        assert (done.returncode, done.stderr) == (0, "")
        assert desk.value("select last_error from seeds") is None
        assert "/api/rows" not in {hit.path for hit in site.hits}


@pytest.mark.long
@pytest.mark.parametrize("seeds", [[], [("listing", "/")]])
def test_a_paper_that_moved_to_another_host_keeps_its_articles(
    desk: Desk, seeds: list[tuple[str, str]]
) -> None:
    links = "".join(f'<a href="/mo-duong-moi-a{n}.html">Mở đường mới {n}</a>' for n in (12, 13))
    pages = {"/": page(f"<html><body>{links}</body></html>")}
    for number in (12, 13):
        pages[f"/mo-duong-moi-a{number}.html"] = page(
            f"<html><body><h1>Mở đường mới thứ {number}</h1><div class='entry-content'>"
            + f"<p>Sáng nay, tỉnh thông xe con đường mới thứ {number} qua hai xã.</p>" * 5
        )
    with serve_pages(pages) as old, serve_pages(pages) as new:
        desk.add_source(old.base, seeds=seeds)
        assert desk.crawl("town", "--limit", "1").returncode == 0
        before = desk.rows("select id, key, title from articles")
        desk.add_source(new.base, seeds=seeds, more=f'former_hosts = ["{old.netloc}"]')
        asked = len(old.hits)
        done = desk.crawl()
        assert (done.returncode, done.stderr, len(old.hits)) == (0, "", asked)
        assert desk.rows("select id, key, title from articles where id = 1") == before
        assert desk.value("select count(*) from articles") == 2
        assert desk.value("select count(*) from links where state <> 'stored'") == 0
        address = f"{old.base}/mo-duong-moi-a{before[0][1][1:]}.html"  # type: ignore[index]
        assert desk.crawl("--url", address).stdout.startswith("town: 1 pages: 0 new, 0 revised, 1")
        assert f"asked for at {new.base}/" in desk.run("explain", address).stdout
        assert desk.run("show", address).returncode == 0


def test_failed_pages_are_tried_again_and_said(desk: Desk, town: Town) -> None:
    broken = town.latest()[0]
    town.routes[broken.path] = lambda exchange: exchange.reply("Lỗi", 500)
    desk.add_source(town.base, seeds=[FEED])
    done = desk.crawl()
    assert done.returncode == 1
    assert "http-500 1" in done.stderr
    assert "49 new" in done.stdout
    assert "1 failed" in done.stdout
    state, reason, attempts = desk.rows(
        "select state, reason, attempts from links where url = ?", town.base + broken.path
    )[0]
    assert (state, reason, attempts) == ("pending", "http-500", 1)
    del town.routes[broken.path]
    assert "1 new" in desk.crawl().stdout


def test_a_redirect_to_the_home_page_is_no_article(desk: Desk, town: Town) -> None:
    moved = town.latest()[0]
    desk.add_source(town.base, seeds=[FEED])
    desk.crawl("town", "--limit", "1")
    town.routes[moved.path] = lambda exchange: exchange.redirect("/")
    done = desk.crawl("--url", town.base + moved.path)
    assert "1 rejected" in done.stdout, done.stdout + done.stderr
    gone = desk.rows("select gone_reason, length(body) > 0 from articles")
    assert gone == [("redirect-home", 1)]


def test_outcomes_add_up_and_json_says_why(desk: Desk, town: Town) -> None:
    latest = town.latest()
    latest[0].deleted = True
    town.extra_feed = [(latest[0].path, latest[0].title, None)]
    desk.add_source(town.base, seeds=[FEED])
    done = desk.crawl("town", "--json")
    report = json.loads(done.stdout)
    assert report["outcomes"] == {"rejected/http-410": 1, "new": 50}
    assert report["state"] == "finished"
    assert desk.value("select count(*) from captures") == 51


@pytest.mark.long
def test_two_crawls_of_one_source_do_not_overlap(desk: Desk, town: Town) -> None:
    desk.settings = {"LOCK_WAIT": "0.2", "DOWNLOAD_TIMEOUT": "120"}
    desk.add_source(town.base, seeds=[FEED])
    held, is_over = town.latest()[1].path, threading.Event()
    town.routes[held] = lambda x: (is_over.wait(120), x.reply("", 404))
    first = desk.start("crawl", "town")
    wait_until(lambda: town.count(held))
    second = desk.crawl()
    assert second.returncode == 1
    assert f"town is being crawled by process {first.pid}" in second.stderr
    assert first.poll() is None
    first.send_signal(signal.SIGTERM)
    is_over.set()
    assert first.communicate(timeout=60)[0]
    assert desk.value("select count(*) from runs") == 1


def test_a_terminated_crawl_ends_its_run_and_goes_on_later(desk: Desk, town: Town) -> None:
    desk.settings = {"DOWNLOAD_DELAY": "0.1"}
    desk.add_source(town.base, seeds=[FEED])
    child = desk.start("crawl", "town")
    wait_until(lambda: town.bodies_sent() > 3)
    child.send_signal(signal.SIGTERM)
    out, err = child.communicate(timeout=60)
    assert "(interrupted)" in out, err
    assert child.returncode == 0
    assert desk.rows("select state from runs") == [("interrupted",)]
    desk.settings = {}
    desk.crawl()
    assert desk.value("select count(*) from articles") == 50
    assert desk.value("select count(*) from links where state = 'pending'") == 0


def test_several_sources_are_crawled_side_by_side(desk: Desk, town: Town) -> None:
    with Town(20, first=5000, name="u") as other:
        desk.add_source(town.base, seeds=[FEED])
        desk.add_source(other.base, "village", seeds=[FEED])
        done = desk.crawl("town", "village")
    assert done.stdout.splitlines()[0].startswith("town: 50 pages: 50 new")
    assert done.stdout.splitlines()[1].startswith("village: 20 pages: 20 new")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "name the sources to crawl"),
        (["towm"], "no source has id 'towm'; did you mean town?"),
        (["--url", "https://khong-co.vn/a-a1.html"], "is on no host of a known source"),
        (["town", "--all"], "name the sources to crawl"),
        (["town", "--since", "31/11/2026"], "is no date"),
    ],
)
def test_wrong_use_is_one_sentence_and_exit_code_2(
    desk: Desk, arguments: list[str], sentence: str
) -> None:
    desk.add_source("http://127.0.0.1:9", seeds=[FEED])
    done = desk.run("crawl", *arguments)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert not desk.archive.exists()


@pytest.mark.parametrize("value", ["abc", "-1", "nan", ""])
def test_a_bad_setting_is_named(desk: Desk, value: str) -> None:
    desk.add_source("http://127.0.0.1:9", seeds=[FEED])
    desk.settings = {"DOWNLOAD_TIMEOUT": value}
    done = desk.crawl()
    assert done.returncode == 2
    assert "BAOTINH_DOWNLOAD_TIMEOUT" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_archive_that_is_a_folder_is_refused_in_one_sentence(desk: Desk) -> None:
    desk.add_source("http://127.0.0.1:9", seeds=[FEED])
    desk.archive.mkdir()
    done = desk.crawl()
    assert done.returncode == 1
    assert f"{desk.archive} is a folder" in done.stderr
    assert "Traceback" not in done.stderr


def wait_until(condition: object, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


@pytest.mark.long
def test_a_page_that_is_too_large_is_asked_for_once(desk: Desk) -> None:
    desk.settings["PAGE_MAXSIZE"] = "20000"
    pages = {
        "/tin": page('<html><body><a href="/mo-duong-moi-a12.html">Mở đường mới</a></body></html>'),
        "/mo-duong-moi-a12.html": page("<html><body>" + "<p>Sáng nay thông xe.</p>" * 2000),
    }
    with serve_pages(pages) as site:
        desk.add_source(site.base, seeds=[("listing", "/tin")])
        for _ in range(4):
            desk.crawl()
        assert desk.rows("select state, reason, attempts from links") == [
            ("failed", "too-large", 1)
        ]
        assert [hit.path for hit in site.hits].count("/mo-duong-moi-a12.html") == 1


@pytest.mark.parametrize("news", [0, 9])
def test_a_list_whose_addresses_all_changed_leaves_no_gap(desk: Desk, news: int) -> None:
    """Nothing on it is known by its address, and the text of each that is not new."""
    with Town(12) as town:
        at = {"prefix": ""}

        def show_list(exchange: Exchange) -> None:
            shown = town.latest()[:12]
            rows = [f'<p><a href="{at["prefix"]}{p.path}">{p.title}</a></p>' for p in shown]
            exchange.reply(f"<html><body>{''.join(rows)}</body></html>")

        def show_page(exchange: Exchange) -> None:
            path = "/" + exchange.hit.path.split("/", 2)[2]
            piece = next(piece for piece in town.pieces if piece.path == path)
            exchange.reply(article_page(piece, town.base))

        town.routes |= {"/tin-moi/": show_list, "/ban-moi*": show_page}
        desk.add_source(
            town.base,
            seeds=[("listing", "/tin-moi/")],
            articles="accept = ['^https?://[^/]+/.+-a\\d+\\.html$']",
        )
        assert desk.crawl().stdout.startswith("town: 12 pages: 12 new")
        at["prefix"] = "/ban-moi"
        for number in range(news):
            town.publish(number)
        assert f"{12 - news} duplicate" in desk.crawl().stdout
    assert desk.value("select count(*) from gaps") == 1
    assert desk.value("select count(*) from gaps where closed_at is null") == 0


ADDRESSES = {
    "a token after the slug": "/bai/{slug}-x{poll:02}f{number:02}k2",
    "a moment as a parameter": "/bai/{slug}.html?t=176400{poll:04}",
    "a version as a parameter": "/bai/{slug}.html?v={poll}",
    "nothing that stays": "/bai/xem/{number:02}{poll:03}a7",
}
"""What changes -> the address of a slug and number at a poll."""


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_flood_of_addresses_is_learnt_told_and_loses_no_news(desk: Desk, name: str) -> None:
    with Town(8) as town:
        shown: dict[str, Piece] = {}
        polls = 0

        def show_feed(exchange: Exchange) -> None:
            nonlocal polls
            polls += 1
            rows = []
            for piece in town.latest():
                slug = text.make_slug(piece.title)
                path = ADDRESSES[name].format(slug=slug, number=piece.number, poll=polls)
                shown[path] = piece
                rows.append((path, piece.title, http_date(piece.published)))
            exchange.reply(feed(rows, town.base), content_type=XML)

        def show_page(exchange: Exchange) -> None:
            exchange.reply(article_page(shown[exchange.hit.target], town.base))

        town.routes |= {"/rss/home.rss": show_feed, "/bai/*": show_page}
        desk.add_source(town.base, seeds=[FEED], articles="accept = ['^https?://[^/]+/bai/.+']")
        said = [desk.crawl().stdout for _ in range(5)]
        assert "8 new" in said[0]
        assert said[3].startswith("town: 0 pages"), said
        assert said[4].startswith("town: 0 pages")
        assert desk.value("select count(*) from gaps where closed_at is null") == 0
        assert "known from other addresses" in desk.run("status", "town").stdout
        town.publish(1)
        assert desk.crawl().stdout.startswith("town: 1 pages: 1 new")
        assert desk.crawl().stdout.startswith("town: 0 pages")
    assert desk.value("select count(*) from articles") == 9


@pytest.mark.long
def test_addresses_that_change_while_the_text_stays_are_learnt(desk: Desk) -> None:
    """A session id in each path: after one poll that fetched known texts, none is fetched again."""
    with Town(12) as town:

        def show_feed(exchange: Exchange) -> None:
            session = f"s-{len(town.hits):04x}a1f"
            rows = [(f"/{session}{p.path}", p.title, http_date(p.published)) for p in town.pieces]
            exchange.reply(feed(rows, town.base), content_type=XML)

        def show_page(exchange: Exchange) -> None:
            path = "/" + exchange.hit.path.split("/", 2)[2]
            piece = next(piece for piece in town.pieces if piece.path == path)
            exchange.reply(article_page(piece, town.base))

        town.routes |= {"/rss/home.rss": show_feed, "/s-*": show_page}
        desk.add_source(
            town.base, seeds=[FEED], articles="accept = ['^https?://[^/]+/.+-a\\d+\\.html$']"
        )
        said = [desk.crawl().stdout for _ in range(3)]
        assert said[0].startswith("town: 12 pages: 12 new")
        assert " 0 new, " in said[1]
        assert said[2].startswith("town: 0 pages")
        town.publish(1)
        assert desk.crawl().stdout.startswith("town: 1 pages: 1 new")
    assert desk.value("select count(*) from articles") == 13
    assert desk.value("select count(*) from gaps where closed_at is null") == 0
