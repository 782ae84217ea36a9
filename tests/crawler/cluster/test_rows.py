"""A crawl by order leaves the rows of a crawl at home, table by table."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.crawls import Desk
from tests.support.daemons import FEED

if TYPE_CHECKING:
    from pathlib import Path

    from tests.site.exchange import Exchange
    from tests.site.town import Town
    from tests.support.cluster import Office

ROWS = {
    "articles": "select key, url, title, summary, body, digest, authors, section, tags, kind,"
    " published_on, published_at, modified_at, revisions, gone_at is null, gone_reason,"
    " capture_id is null, evidence from articles",
    "revisions": "select a.key, r.number, r.kind, r.title, r.body, r.digest, r.returns,"
    " r.capture_id is null from revisions r join articles a on a.id = r.article_id",
    "links": "select l.key, l.url, l.state, l.reason, l.title_hint, l.date_hint, l.attempts,"
    " l.next_try_at is null, l.etag, l.last_modified, l.refused_at is null, l.absent, a.key, s.url"
    " from links l left join articles a on a.id = l.article_id"
    " left join seeds s on s.id = l.seed_id",
    "seeds": "select kind, url, etag, last_modified, polled_at is null, next_poll_at is null,"
    " failures, last_error from seeds",
    "captures": "select c.url, c.status, c.digest, l.key from captures c"
    " left join links l on l.id = c.link_id",
    "runs": "select source_id, kind, state, outcomes, finished_at is null from runs",
    "hosts": "select host, not_before is null, failures, reason from hosts",
    "images": "select a.key, i.position, i.url, i.caption from images i"
    " join articles a on a.id = i.article_id",
    "mentions": "select a.key, m.unit, m.how, m.confidence from mentions m"
    " join articles a on a.id = m.article_id",
    "repeated_lines": "select source_id, fingerprint, line from repeated_lines",
    "gaps": "select source_id, closed_at is null from gaps",
    "sources": "select * from sources",
}
"""Table -> what of its rows does not depend on when, and under which ids, they came."""
AGO = "2026-11-01T00:00:00Z"


def read_rows(desk: Desk) -> dict[str, list[tuple[Any, ...]]]:
    """Outcomes are counted in the order in which pages came, which is nobody's."""
    found = {table: sorted(desk.rows(sql), key=repr) for table, sql in ROWS.items()}
    found["runs"] = [
        (*row[:3], sorted(json.loads(str(row[3])).items()), row[4]) for row in found["runs"]
    ]
    found["runs"].sort(key=repr)
    return found


def let_time_pass(desk: Desk) -> None:
    """Make every page and seed due again, as after some weeks."""
    desk.change("update links set next_try_at = ? where next_try_at is not null", AGO)
    desk.change("update seeds set next_poll_at = ?, polled_at = ?", AGO, AGO)


def empty(exchange: Exchange) -> None:
    exchange.reply("<html><title>Trang trống</title><h1>Không có bài</h1></html>")


def make_trouble(town: Town) -> None:
    """Offer pages that robots.txt blocks, without an article, missing, broken, and a file."""
    town.routes |= {
        "/thoi-su/trang-trong-a8001.html": empty,
        "/thoi-su/hong-a8002.html": lambda x: x.reply("hỏng", 404),
        "/thoi-su/loi-a8003.html": lambda x: x.reply("lỗi", 403),
        "/thoi-su/van-ban-a8004.html": lambda x: x.reply("%PDF", content_type="application/pdf"),
    }
    paths = ["/cam/mat-a8000.html", *(p for p in town.routes if "-a800" in p)]
    town.extra_feed = [(path, f"Tin {path[-9:-5]}", None) for path in paths]


@pytest.mark.long
def test_two_crawls_by_order_leave_the_rows_of_two_at_home(
    office: Office, town: Town, tmp_path: Path
) -> None:
    home = Desk(tmp_path / "home")
    home.folder.mkdir()
    home.add_source(town.base, seeds=FEED)
    make_trouble(town)
    for crawl in (1, 2):
        away = office.do()
        assert away.ran == {"town"}
        done = home.crawl("--due", "town", timeout=300)
        assert home.value("select count(*) from runs") == crawl, done.stderr
        assert read_rows(office.desk) == read_rows(home)
        town.pieces[0].revision += 1
        town.pieces[1].deleted = True
        town.publish("mới")
        let_time_pass(office.desk)
        let_time_pass(home)
    states = {state for _, _, state, *_ in read_rows(home)["links"]}
    assert states == {"stored", "rejected", "gone", "pending"}
    assert home.value("select max(revisions) from articles") == 2
    assert [str(problem) for problem in office.archive.check()] == []
