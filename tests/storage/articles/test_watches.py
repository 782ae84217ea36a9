"""Saved searches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage.articles import watches as module
from storage.articles.watches import Watches
from storage.errors import BaotinhError, QueryError
from storage.search.filters import Filters

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.archive import Archive
    from storage.records import Article, Link

NOW = "2026-10-02T11:38:00Z"


def test_a_name_is_taken_by_what_its_file_would_be_called(archive: Archive) -> None:
    assert isinstance(archive.watches, Watches)
    watch = archive.watches.add("Giá lúa!", "giá lúa", Filters(province="Tây Ninh"), now=NOW)
    assert watch.slug == "gia-lua"
    assert archive.watches.all() == [watch]
    with pytest.raises(BaotinhError, match="already"):
        archive.watches.add("gia lua", "giá", Filters(), now=NOW)
    assert archive.watches.add("a" * 60, "giá", Filters(), now=NOW).slug == "a" * 60
    for name in ("…", "a" * 61):
        with pytest.raises(BaotinhError, match="is no name"):
            archive.watches.add(name, "giá", Filters(), now=NOW)
    with pytest.raises(QueryError):
        archive.watches.add("trống", "", Filters(), now=NOW)


def test_a_watch_that_is_removed_forgets_its_matches(archive: Archive) -> None:
    archive.watches.add("lúa", "giá lúa", Filters(), now=NOW)
    archive.watches.remove("lúa")
    assert archive.watches.all() == []
    with pytest.raises(BaotinhError, match="no watch"):
        archive.watches.remove("lúa")


def test_each_match_is_new_once(
    archive: Archive,
    article: Callable[..., Article],
    link: Callable[..., Link],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "KEPT", 2)
    watch = archive.watches.add("mạ", "mạ", Filters(), now=NOW, backlog=True)
    for number, title in enumerate(["Gieo mạ", "mà thôi", "Cấy mạ", "Nhổ mạ"]):
        body = f"Tin số {number} về nông nghiệp."
        archive.add(
            article(number, title=title, body=body), link=link(number), capture=None, run_id=None
        )
    news = archive.watches.find_news(watch)
    assert news.found == (1, 3, 4)
    archive.watches.keep_news(news, now=NOW)
    assert archive.watches.matches("mạ") == [4, 3]
    kept = "select article_id from watch_matches order by 1"
    assert [row[0] for row in archive.connection.execute(kept)] == [3, 4]
    (watch,) = archive.watches.all()
    assert watch.seen_id == 4
    assert archive.watches.find_news(watch).found == ()


@pytest.mark.parametrize("part", ["title", "summary", "body"])
def test_a_match_may_stand_in_any_part(
    archive: Archive, article: Callable[..., Article], link: Callable[..., Link], part: str
) -> None:
    watch = archive.watches.add("mạ", "mạ", Filters(), now=NOW, backlog=True)
    parts = {"title": "Tin", "summary": "mà", "body": "Ruộng."} | {part: "Cấy mạ"}
    archive.add(article(1, **parts), link=link(1), capture=None, run_id=None)
    assert archive.watches.find_news(watch).found == (1,)


def test_what_was_captured_before_a_search_was_saved_is_not_told(
    archive: Archive, article: Callable[..., Article], link: Callable[..., Link]
) -> None:
    archive.add(article(9), link=link(9), capture=None, run_id=None)
    archive.watches.add("họp", "tỉnh ủy họp", Filters(), now=NOW)
    for number, day in enumerate(("2019-05-01", "2026-10-02", "2026-10-03"), 1):
        page = article(number, title=f"Tỉnh ủy họp {day}", fetched_at=f"{day}T11:38:00Z")
        archive.add(page, link=link(number), capture=None, run_id=None)
    (watch,) = archive.watches.all()
    news = archive.watches.find_news(watch)
    assert [archive.article(each).title for each in news.found] == [  # type: ignore[union-attr]
        "Tỉnh ủy họp 2026-10-02",
        "Tỉnh ủy họp 2026-10-03",
    ]
    assert news.seen_id == 4, "it is passed over for good"


def test_a_search_that_was_saved_by_a_clock_that_was_ahead_is_told_all_the_same(
    archive: Archive, article: Callable[..., Article], link: Callable[..., Link]
) -> None:
    archive.add(article(9), link=link(9), capture=None, run_id=None)
    watch = archive.watches.add("mạ", "mạ", Filters(), now="2026-11-12T00:00:00Z")
    archive.add(article(1, title="Gieo mạ"), link=link(1), capture=None, run_id=None)
    assert len(archive.watches.find_news(watch, now=NOW).found) == 1
    assert archive.watches.find_news(watch, now="2026-11-13T00:00:00Z").found == ()


@pytest.mark.parametrize(("backlog", "found"), [(False, ()), (True, (1,))])
def test_a_watch_begins_with_what_is_archived_from_now_on(
    archive: Archive,
    article: Callable[..., Article],
    link: Callable[..., Link],
    backlog: bool,
    found: tuple[int, ...],
) -> None:
    archive.add(article(1, title="Gieo mạ"), link=link(1), capture=None, run_id=None)
    added = {"backlog": True} if backlog else {}
    watch = archive.watches.add("mạ", "mạ", Filters(), now=NOW, **added)
    assert archive.watches.find_news(watch).found == found


def test_a_flood_of_matches_is_told_from_its_end_and_counted(
    archive: Archive, article: Callable[..., Article], link: Callable[..., Link]
) -> None:
    watch = archive.watches.add("hết", "tin", Filters(), now=NOW, backlog=True)
    archive.add(article(1, body="Một tin."), link=link(1), capture=None, run_id=None)
    conn = archive._db.conn
    columns = [row[1] for row in conn.execute("pragma table_info(articles)")]
    own = {"id": "n", "key": "n", "url": "'https://x.vn/' || n", "canonical_url": "'x' || n",
           "body": "'tin'", "title": "'tin'", "summary": "null"}  # fmt: skip
    with archive.transaction():
        conn.execute(
            f"insert into articles ({', '.join(columns)}) select"  # noqa: S608
            f" {', '.join(own.get(name, name) for name in columns)} from articles,"
            " (with recursive c(n) as (values(2) union all select n + 1 from c where n < 5600)"
            " select n from c)"
        )
    news = archive.watches.find_news(watch)
    assert (len(news.found), news.left_out, news.found[-1]) == (5000, 600, 5600)
    archive.watches.keep_news(news, now=NOW)
    assert archive.watches.matches("hết") == [*range(5600, 5500, -1)]
