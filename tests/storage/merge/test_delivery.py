"""A small archive is cut, crawled somewhere else, and merged back: once, late, or not at all."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from storage.archive import Archive
from storage.errors import ArchiveError
from storage.media.files import MediaKind, MediaState
from storage.merge.delivery import Delivery, is_delivered
from storage.records import Link, Poll
from tests.support.twins import Shelf, day, facts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.merge.whole import Merged

NOW = "2026-12-01T00:00:00Z"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Shelf]:
    """An archive with two papers, an article due for a visit, one edited before, links, a poll."""
    shelf = Shelf(tmp_path / "home" / "archive.db", ("baolongan", "baotayninh"))
    shelf.crawl(0, {"1": "vụ lúa", "2": "cầu mới"})
    shelf.crawl(1, {"1": "vụ lúa, sửa"})
    shelf.crawl(0, {"7": "tin khác"}, "baotayninh")
    shelf.archive.links.add([shelf.link("3", found=2), shelf.link("4", found=2)])
    seed = shelf.archive.seeds.put("baolongan", [("feed", "https://baolongan.vn/rss")])[0]
    shelf.archive.seeds.record_poll(Poll(seed_id=seed.id, polled_at=day(2), etag='"a"'), [])
    yield shelf
    shelf.close()


def cut(home: Shelf, path: Path, *sources: str, until: str = NOW) -> Shelf:
    home.archive.cut(sources or ("baolongan",), path, until=until)
    return Shelf(path, ())


def deliver(home: Shelf, away: Shelf, order: str = "1", **more: Any) -> Merged:
    away.archive.checkpoint()
    with Archive.open_reading(away.archive.path) as other:
        delivery = Delivery(order=order, sources=("baolongan",), **more)
        merged = home.archive.deliver(other, delivery, now=NOW)
    assert [str(problem) for problem in home.archive.check()] == []
    return merged


def work(away: Shelf, at: int = 3) -> None:
    """Do what a crawl would: new pages, an edit, a visit without change, a refusal, a poll."""
    away.crawl(at, {"3": "bệnh viện", "1": "vụ lúa, sửa nữa", "2": "cầu mới"})
    away.archive.pages.fail(
        away.link("4"), "http-500", run_id=None, retry_at=day(at + 1), refused_at=day(at)
    )
    seed = away.archive.seeds.of("baolongan")[0]
    away.archive.seeds.record_poll(
        Poll(seed_id=seed.id, polled_at=day(at), etag='"b"'), [away.link("5", found=at)]
    )


def test_a_cut_has_what_a_crawl_asks_for_and_nothing_of_others(home: Shelf, tmp_path: Path) -> None:
    home.archive.cut(("baolongan",), tmp_path / "cut.db", until=NOW)
    with closing(sqlite3.connect(tmp_path / "cut.db")) as conn:
        assert conn.execute("pragma journal_mode").fetchone()[0] == "wal"
    away = Shelf(tmp_path / "cut.db", ())
    assert [row.id for row in away.archive.sources.all()] == ["baolongan"]
    due = away.archive.links.next("baolongan", now=NOW, limit=9)
    assert {link.key for link in due} == {"1", "2", "3", "4"}
    article = away.archive.article_by_key("baolongan", "1")
    assert article is not None
    assert (article.revisions, article.capture_id) == (2, None)
    assert len(away.archive.revisions(article.id)) == 1
    assert away.archive.seeds.of("baolongan")[0].etag == '"a"'
    assert away.archive.captures.count() == 0


def test_articles_that_are_not_due_stay_and_their_pages_are_not_fetched(
    home: Shelf, tmp_path: Path
) -> None:
    away = cut(home, tmp_path / "cut.db", until=day(0))
    assert away.archive.articles.count() == 0
    assert away.archive.links.add([away.link("1"), away.link("2")]) == 0
    due = away.archive.links.next("baolongan", now=day(0), limit=9)
    assert {link.key for link in due} == {"3", "4"}


def test_a_delivery_gives_the_rows_of_a_crawl_at_home(home: Shelf, tmp_path: Path) -> None:
    away = cut(home, tmp_path / "away" / "cut.db")
    work(away)
    merged = deliver(home, away)
    assert (merged.new, merged.changed, merged.captures, merged.runs) == (1, 2, 3, 1)
    at_home = Shelf(tmp_path / "other" / "archive.db", ("baolongan", "baotayninh"))
    with Archive.open_reading(home.archive.path) as done:
        delivered = facts(done)
    at_home.crawl(0, {"1": "vụ lúa", "2": "cầu mới"})
    at_home.crawl(1, {"1": "vụ lúa, sửa"})
    at_home.crawl(0, {"7": "tin khác"}, "baotayninh")
    at_home.archive.links.add([at_home.link("3", found=2), at_home.link("4", found=2)])
    seed = at_home.archive.seeds.put("baolongan", [("feed", "https://baolongan.vn/rss")])[0]
    at_home.archive.seeds.record_poll(Poll(seed_id=seed.id, polled_at=day(2), etag='"a"'), [])
    work(at_home)
    expected = facts(at_home.archive)
    for table in ("articles", "revisions", "links", "images", "runs"):
        assert delivered[table] == expected[table], table
    assert home.archive.seeds.of("baolongan")[0].etag == '"b"'


def test_a_delivery_repeated_changes_nothing(home: Shelf, tmp_path: Path) -> None:
    away = cut(home, tmp_path / "away" / "cut.db")
    work(away)
    deliver(home, away)
    once = facts(home.archive)
    assert is_delivered(home.archive._db, "1")
    assert not is_delivered(home.archive._db, "another")
    assert deliver(home, away).is_nothing
    assert facts(home.archive) == once
    assert deliver(home, away, order="another").is_nothing
    assert facts(home.archive) == once


def test_a_late_delivery_brings_articles_and_captures_but_no_frontier(
    home: Shelf, tmp_path: Path
) -> None:
    away = cut(home, tmp_path / "away" / "cut.db")
    work(away)
    home.crawl(9, {"1": "vụ lúa, bản cuối"})
    before = facts(home.archive)
    merged = deliver(home, away, late=True)
    assert (merged.new, merged.captures, merged.runs) == (1, 3, 0)
    after = facts(home.archive)
    assert after["runs"] == before["runs"]
    assert home.archive.seeds.of("baolongan")[0].etag == '"a"'
    assert home.archive.links.find("baolongan", "5") is None
    pending = home.archive.links.find("baolongan", "4")
    assert pending is not None
    assert (pending.attempts, pending.reason) == (0, None)
    visited = home.archive.links.find("baolongan", "1")
    assert visited is not None
    assert visited.next_try_at == day(10)
    article = home.archive.article_by_key("baolongan", "1")
    assert article is not None
    assert "bản cuối" in article.body
    assert [str(r.kind) for r in home.archive.revisions(article.id)] == [
        "first",
        "edited",
        "edited",
        "edited",
    ]


def test_a_late_delivery_brings_no_links_that_lead_nowhere(home: Shelf, tmp_path: Path) -> None:
    away = cut(home, tmp_path / "away" / "cut.db")
    url = "https://baolongan.vn/tin-a77.html"
    away.archive.links.add(
        [Link(source_id="baolongan", url=url, canonical_url=url, key="77", found_at=day(4))]
    )
    deliver(home, away, late=True)
    assert home.archive.links.find("baolongan", "77") is None


def test_a_backfill_goes_on_where_the_worker_left_it(home: Shelf, tmp_path: Path) -> None:
    backfills = home.archive.backfills
    backfill = backfills.open("baolongan", "2020-01-01", "2020-12-31", day(0))
    backfills.add_steps(backfill, [("sitemap", "https://baolongan.vn/s1.xml", None)])
    backfills.keep_links(backfill, [(home.link("50"), None), (home.link("51"), None)])
    away = cut(home, tmp_path / "away" / "cut.db")
    there = away.archive.backfills.open("baolongan", "2020-01-01", "2020-12-31", day(1))
    step = away.archive.backfills.next_step(there, ())
    assert step is not None
    away.archive.backfills.advance(step, done_at=day(1))
    away.archive.backfills.keep_links(there, [(away.link("52"), None)])
    with away.archive.transaction():
        away.archive.links.add(away.archive.backfills.release_links(there, 1))
    deliver(home, away)
    assert backfills.next_step(backfill, ()) is None
    assert backfills.count_waiting(backfill) == away.archive.backfills.count_waiting(there) == 2
    away.archive.backfills.finish(there, day(2))
    deliver(home, away, order="2")
    assert backfills.count_waiting(backfill) == 0
    assert backfills.open("baolongan", "2020-01-01", "2020-12-31", day(3)).id != backfill.id


def test_pictures_that_wait_go_out_and_come_back_stored_or_refused(
    home: Shelf, tmp_path: Path
) -> None:
    conn = home.archive._db.conn
    article = conn.execute("select id from articles where key = '2'").fetchone()[0]
    kept = conn.execute("select max(id) from captures").fetchone()[0]
    conn.execute("update links set next_try_at = null")  # none is to be visited again
    for url, state in (("a.jpg", "pending"), ("b.jpg", "pending"), ("c.jpg", "stored")):
        media = conn.execute(
            "insert into media (source_id, kind, url, state, found_at, capture_id)"
            " values ('baolongan', 'image', ?, ?, ?, ?)",
            (url, state, day(0), kept if state == "stored" else None),
        ).lastrowid
        conn.execute("insert into article_media values (?, ?, null)", (media, article))
    away = cut(home, tmp_path / "away" / "cut.db")
    due = away.archive.media.due("baolongan", [MediaKind.IMAGE], now=NOW, limit=9)
    assert [file.url for file in due] == ["b.jpg", "a.jpg"]
    away.archive.media.refuse(due[0], MediaState.REJECTED, "http-404", None)
    away.archive.media.refuse(due[1], MediaState.FAILED, "timeout", day(9))
    deliver(home, away)
    files = home.archive.media.of_article(article)
    assert [(file.url, str(file.state), file.attempts) for file in files] == [
        ("a.jpg", "pending", 1),
        ("b.jpg", "rejected", 1),
        ("c.jpg", "stored", 0),
    ]
    assert files[0].next_try_at == day(9)


def test_a_delivery_of_other_sources_is_refused_whole(home: Shelf, tmp_path: Path) -> None:
    away = cut(home, tmp_path / "away" / "cut.db", "baolongan", "baotayninh")
    work(away)
    before = facts(home.archive)
    with pytest.raises(ArchiveError, match="nobody asked for: baotayninh"):
        deliver(home, away)
    assert facts(home.archive) == before


def test_a_damaged_delivery_is_refused_whole(home: Shelf, tmp_path: Path) -> None:
    away = cut(home, tmp_path / "away" / "cut.db")
    work(away)
    away.archive._db.conn.execute("update articles set body = body || 'x' where key = '3'")
    before = facts(home.archive)
    with pytest.raises(ArchiveError, match="damaged"):
        deliver(home, away)
    assert facts(home.archive) == before


def test_nothing_is_cut_over_a_file_nor_of_an_unknown_source(home: Shelf, tmp_path: Path) -> None:
    (tmp_path / "there.db").write_text("x", encoding="utf-8")
    with pytest.raises(ArchiveError, match="is there already"):
        home.archive.cut(("baolongan",), tmp_path / "there.db", until=NOW)
    with pytest.raises(ArchiveError, match="knows no source 'nobody'"):
        home.archive.cut(("nobody",), tmp_path / "new.db", until=NOW)


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("create trigger x after insert on links begin delete from articles; end", "schema"),
        ("create view evil as select 1", "schema"),
        ("alter table articles add column evil generated always as (1)", "schema"),
        ("update articles set last_seen_at = '2099-01-01T00:00:00Z'", "ahead of our clock"),
        ("update runs set started_at = '2099-01-01T00:00:00Z'", "ahead of our clock"),
        ("update runs set process = 'nobody'", "process"),
        ("update captures set digest = 'sha1:AAAA'", "captures"),
        ("update captures set file = '../../etc/passwd'", "captures"),
        ("update articles set source_id = 'baotayninh' where key = '3'", "damaged|asked for"),
    ],
)
def test_a_delivery_that_no_crawl_of_ours_made_is_refused_whole(
    home: Shelf, tmp_path: Path, sql: str, why: str
) -> None:
    away = cut(home, tmp_path / "away" / "cut.db")
    work(away)
    away.archive._db.conn.execute("pragma foreign_keys = off")
    away.archive._db.conn.execute(sql)
    before = facts(home.archive)
    with pytest.raises(ArchiveError, match=why):
        deliver(home, away)
    assert facts(home.archive) == before


@pytest.mark.parametrize(
    "change",
    [
        "update runs set state = 'bogus'",
        "update runs set kind = 'holiday'",
        "update links set state = 'lost'",
        "update sources set kind = 'rumour'",
        "update sources set status = 'resting'",
        "update seeds set kind = 'oracle'",
        "update links set attempts = 'many'",
        "update links set next_try_at = 'tomorrow'",
        "update seeds set next_poll_at = '1'",
        "update seeds set polled_at = '2026-11-26T08:00:00'",
        "update articles set tags = '{'",
        "update articles set authors = '5'",
        "update articles set evidence = '[]'",
        "update articles set evidence = replace(hex(zeroblob(40000)), '00', '[')",
        "update captures set status = 'fine'",
        "update article_revisions set kind = 'better'",
    ],
)
def test_a_delivery_with_values_that_no_crawl_writes_is_refused_whole(
    home: Shelf, tmp_path: Path, change: str
) -> None:
    away = cut(home, tmp_path / "away" / "cut.db")
    work(away)
    away.archive._db.conn.execute(change)
    before = facts(home.archive)
    with pytest.raises(ArchiveError, match="no crawl writes"):
        deliver(home, away)
    assert facts(home.archive) == before


def test_a_delivery_speaks_for_the_hosts_of_its_sources_only(home: Shelf, tmp_path: Path) -> None:
    away = cut(home, tmp_path / "away" / "cut.db")
    for host in ("baolongan.vn", "baotayninh.vn"):
        away.archive._db.conn.execute(
            "insert into hosts (host, not_before, failures) values (?, ?, 1)", (host, day(9))
        )
    deliver(home, away, hosts=frozenset({"baolongan.vn"}))
    rows = home.archive._db.conn.execute("select host from hosts").fetchall()
    assert [row[0] for row in rows] == ["baolongan.vn"]


def test_the_runs_of_a_delivery_name_its_worker(home: Shelf, tmp_path: Path) -> None:
    away = cut(home, tmp_path / "away" / "cut.db")
    work(away)
    deliver(home, away, worker="w1")
    assert [run.worker for run in home.archive.runs.last("baolongan")] == ["w1", None, None]


def test_a_delivery_brings_gaps_and_places(home: Shelf, tmp_path: Path) -> None:
    away = cut(home, tmp_path / "away" / "cut.db")
    away.crawl(3, {"9": "lũ ở huyện Đức Huệ"})
    seed = away.archive.seeds.of("baolongan")[0]
    away.archive.gaps.open(seed, begin_at=day(1), end_at=day(2), found_at=day(3))
    assert deliver(home, away).gaps == 1
    assert [gap.begin_at for gap in home.archive.gaps.unclosed("baolongan")] == [day(1)]
    article = home.archive.article_by_key("baolongan", "9")
    assert article is not None
    assert [each.code for each in home.archive.places.named_by(article.id)] == ["801c"]
    assert home.archive.volumes.by_place(["801c"]) == {"801c": 1}
