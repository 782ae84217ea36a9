"""Units that articles name: kept with the article, asked for by place, counted, in plain SQL."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from storage.archive import Archive
from storage.errors import QueryError
from storage.search.filters import Filters
from storage.search.places import ended_provinces
from storage.states import OutcomeKind, RevisionKind
from tests.support.shelf import put

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from storage.records import Article, Link

OLD = "Lũ về xã Mỹ Quý Tây, huyện Đức Huệ."
NEW = "Lũ về xã Mỹ Quý, tỉnh Tây Ninh."
ELSEWHERE = "Lũ về xã Hòa Khánh Tây, huyện Đức Hòa."
COMPANY = "Công ty Cổ phần Long An bán gạo mùa lũ."


@pytest.fixture
def shelf(archive: Archive, article: Callable[..., Article], link: Callable[..., Link]) -> Archive:
    archive._db.conn.execute("update sources set province_before_2025 = 'Long An'")
    texts = ((OLD, "2024-10-02"), (NEW, "2026-10-02"), (ELSEWHERE, "2024-10-03"),
             (COMPANY, "2024-10-04"))  # fmt: skip
    for number, (text, day) in enumerate(texts, 1):
        told = article(number, title=text, summary=None, body=text, published_on=day)
        archive.add(told, link=link(number), capture=None, run_id=None)
    return archive


def found(archive: Archive, query: str, place: str | None = None, **more: str) -> list[str]:
    hits = archive.search(query, Filters(place=place, **more))
    return [hit.title for hit in hits]


def test_mentions_are_kept_with_the_article(shelf: Archive) -> None:
    rows = shelf._db.conn.execute("select * from mentions where article_id = 1").fetchall()
    assert [tuple(row)[:3] for row in rows] == [(1, "27907c", "kind"), (1, "801c", "kind")]
    assert all(0.5 <= row["confidence"] <= 1 for row in rows)
    assert OLD[rows[0]["position"] :].startswith("Mỹ Quý Tây")


def test_units_that_articles_name_are_told_with_what_holds_them(shelf: Archive) -> None:
    rows = shelf._db.conn.execute("select * from places").fetchall()
    places = {row["code"]: tuple(row)[1:] for row in rows}
    assert places["27907c"] == (
        "xã", "Mỹ Quý Tây", "huyện Đức Huệ", "Long An", "2025-07-01", "Tây Ninh",
    )  # fmt: skip
    assert places["801c"] == ("huyện", "Đức Huệ", None, "Long An", "2025-07-01", "Tây Ninh")
    assert places["80c"] == ("tỉnh", "Long An", None, "Long An", "2025-07-01", "Tây Ninh")
    assert places["27907"] == ("xã", "Mỹ Quý", None, "Tây Ninh", None, "Tây Ninh")
    assert places["80"] == ("tỉnh", "Tây Ninh", None, "Tây Ninh", None, "Tây Ninh")


@pytest.mark.parametrize(
    ("place", "titles"),
    [
        ("huyện Đức Huệ", {OLD, NEW}),
        ("xã Mỹ Quý, Tây Ninh", {OLD, NEW}),
        ("xã Mỹ Quý Tây", {OLD, NEW}),
        ("Long An", {OLD, NEW, ELSEWHERE}),
        ("Tây Ninh", {OLD, NEW, ELSEWHERE}),
        ("Tây Ninh cũ", {NEW}),
        ("huyện Đức Hòa", {ELSEWHERE}),
        ("Cà Mau", set()),
    ],
)
def test_a_place_finds_articles_of_both_times(shelf: Archive, place: str, titles: set[str]) -> None:
    assert set(found(shelf, "lũ", place)) == titles
    assert set(found(shelf, "", place)) == titles
    assert {row["title"] for row in shelf.export(Filters(place=place))} == titles


def test_a_place_goes_with_other_filters(shelf: Archive) -> None:
    assert found(shelf, "lũ", "Long An", since="2026-01-01") == [NEW]
    assert found(shelf, "lũ", "Long An", source="baotayninh") == []
    exported = shelf.export(Filters(place="Long An", source="baolongan", until="2024-12-31"))
    assert {row["title"] for row in exported} == {OLD, ELSEWHERE}


def test_the_name_of_a_province_that_ended_finds_its_places_of_today(shelf: Archive) -> None:
    assert found(shelf, "lũ Long An")[0] == COMPANY  # it has the words
    assert set(found(shelf, "lũ Long An")) == {COMPANY, OLD, NEW, ELSEWHERE}
    assert COMPANY not in found(shelf, "lũ", "Long An")
    assert found(shelf, '"Long An"') == [COMPANY]
    assert found(shelf, "lu long an, ", source="baotayninh") == []
    assert set(found(shelf, "Long An!", since="2026-01-01")) == {NEW}
    assert len({unit.code for unit in ended_provinces().values()}) == 29


def test_matches_are_counted_by_place(shelf: Archive) -> None:
    counts = shelf.count_matches("lũ", "place", Filters(place="Đức Huệ"))
    assert dict(counts.rows) == {
        "xã Mỹ Quý, Tây Ninh": 1,
        "tỉnh Tây Ninh": 1,
        "xã Mỹ Quý Tây, huyện Đức Huệ, Long An (cũ)": 1,
        "huyện Đức Huệ, Long An (cũ)": 1,
    }


@pytest.mark.parametrize(
    ("query", "place"), [("", "Long An"), ("lũ Long An", None), ("Long An!", None)]
)
def test_what_a_search_for_a_place_finds_is_counted(
    shelf: Archive, query: str, place: str | None
) -> None:
    counts = shelf.count_matches(query, "source", Filters(place=place))
    assert sum(count for _, count in counts.rows) == len(found(shelf, query, place))


def test_a_text_of_several_papers_is_listed_once_by_its_earliest_article(shelf: Archive) -> None:
    shelf._db.conn.execute("update articles set cluster_id = 1 where id in (1, 2)")
    hits = shelf.search("", Filters(place="Long An"))
    assert [(hit.id, hit.copies) for hit in hits] == [(3, 0), (1, 1)]
    assert [hit.id for hit in shelf.search("", Filters(place="Long An", since="2026-01-01"))] == [2]
    every = shelf.search("", Filters(place="Long An"), copies=True)
    assert [hit.id for hit in every] == [2, 3, 1]


def test_all_that_is_new_of_a_place_is_watched(shelf: Archive) -> None:
    day = "2026-10-02T00:00:00Z"
    watch = shelf.watches.add("Đức Huệ", "", Filters(place="Đức Huệ"), now=day, backlog=True)
    news = shelf.watches.find_news(watch)
    assert news.found == (1, 2)
    shelf.watches.keep_news(news, now=day)
    assert shelf.watches.find_news(shelf.watches.all()[0]).found == ()
    with pytest.raises(QueryError):
        shelf.watches.add("all", "", Filters(), now=day)


def test_ambiguous_and_unknown_places_are_errors_of_the_question(shelf: Archive) -> None:
    for place in ("Châu Thành", "Nowhere"):
        with pytest.raises(QueryError):
            found(shelf, "lũ", place)


def test_what_an_article_no_longer_names_does_not_find_it(shelf: Archive) -> None:
    shelf.places.keep(1, ())
    conn = shelf._db.conn
    for table in ("mentions", "place_articles"):
        rows = conn.execute(f"select count(*) from {table} where article_id = 1")  # noqa: S608
        assert rows.fetchone()[0] == 0
    assert found(shelf, "lũ", "Đức Huệ") == [NEW]


def test_edits_and_new_rules_make_mentions_again(
    shelf: Archive, article: Callable[..., Article], link: Callable[..., Link]
) -> None:
    edited = article(1, title=OLD, summary=None, body=ELSEWHERE, published_on="2024-10-02")
    outcome = shelf.add(edited, link=link(1), capture=None, run_id=None)
    assert outcome.kind is OutcomeKind.REVISED
    assert set(found(shelf, "lũ", "Đức Hòa")) == {OLD, ELSEWHERE}
    conn = shelf._db.conn
    before = conn.execute("select * from mentions").fetchall()
    places = conn.execute("select * from place_articles").fetchall()
    conn.execute("delete from mentions where unit = '801c'")
    again = article(1, title=OLD, summary=None, body=ELSEWHERE, published_on="2024-10-02")
    same = shelf.add(
        again, link=link(1), capture=None, run_id=None, revision_kind=RevisionKind.REEXTRACTED
    )
    assert same.kind is OutcomeKind.UNCHANGED
    assert conn.execute("select * from mentions").fetchall() == before
    assert conn.execute("select * from place_articles").fetchall() == places


def test_articles_of_an_earlier_version_are_read_later(shelf: Archive) -> None:
    conn = shelf._db.conn
    conn.execute("delete from mentions")
    conn.execute("delete from place_articles")
    assert not shelf.places.has_due()
    conn.execute("insert into places_due select id from articles")
    assert shelf.places.has_due()
    assert found(shelf, "lũ", "Đức Huệ") == []
    assert (shelf.places.read_due(), shelf.places.read_due()) == (4, 0)
    assert set(found(shelf, "lũ", "Đức Huệ")) == {OLD, NEW}


def test_an_archive_of_an_earlier_version_has_its_articles_wait(
    tmp_path: Path, article: Callable[..., Article], link: Callable[..., Link], archive: Archive
) -> None:
    archive.add(article(1), link=link(1), capture=None, run_id=None)
    conn = archive._db.conn
    conn.execute("drop view article_places")
    for table in ("mentions", "places", "place_articles", "places_due"):
        conn.execute(f"drop table {table}")
    conn.execute("delete from _sqlite_migrations where name = 'add_places'")
    with Archive.open_reading(tmp_path / "archive.db") as earlier:
        assert earlier.search("Long An") == []
    with Archive.open(tmp_path / "archive.db") as upgraded:
        assert upgraded.places.has_due()
        assert upgraded.places.read_due() == 1


def test_plain_sql_has_a_view(shelf: Archive) -> None:
    with closing(sqlite3.connect(shelf.path)) as conn:
        rows = conn.execute(
            "select title, kind, name, district, province, province_today from article_places"
            " where name = 'Mỹ Quý Tây'"
        ).fetchall()
        assert rows == [(OLD, "xã", "Mỹ Quý Tây", "huyện Đức Huệ", "Long An", "Tây Ninh")]
        both = conn.execute(
            "select a.title from places p join place_articles pa on pa.place = p.code"
            " join articles a on a.id = pa.article_id where p.name = 'Đức Huệ' and p.kind = 'huyện'"
        ).fetchall()
        assert {row[0] for row in both} == {OLD, NEW}


def test_articles_of_an_earlier_version_are_read_and_grouped_by_the_page(archive: Archive) -> None:
    conn = archive._db.conn
    with archive.transaction():
        for _ in range(201):
            put(conn, "Tin", "Lũ về.")
        conn.execute("insert or ignore into places_due select id from articles")
        conn.execute("insert into copies_due select id from articles where id <= 41")
    assert [archive.places.read_due() for _ in range(3)] == [200, 1, 0]
    assert [archive.clusters.regroup_due() for _ in range(3)] == [40, 1, 0]
