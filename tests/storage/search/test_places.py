"""Searches that name a province: one that ended, or the papers of one."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from storage.search import search
from storage.search.places import Homes, find_old_province, named_today, province_names
from storage.search.results import Total
from tests.support.shelf import open_shelf, put

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def shelf() -> Iterator[sqlite3.Connection]:
    with closing(open_shelf()) as conn:
        conn.execute(
            "insert into sources (id, name, kind, province, homepage)"
            " values ('tuoitre', 'x', 'newspaper', 'TP.HCM', 'https://x.vn/')"
        )
        yield conn


@pytest.mark.parametrize(
    ("query", "rest", "code"),
    [
        ("lũ Long An", "lũ", "80c"),
        ("Long An", "", "80c"),
        ("lu long an ve", "lu ve", "80c"),
        ("tỉnh Long An?", "", "80c"),
        ("tinh long an lũ", "lũ", "80c"),
        ("Hòa Bình mưa", "mưa", "17c"),
        ("tỉnh hòa bình mưa", "mưa", "17c"),
    ],
)
def test_a_province_that_ended_is_taken_out_of_a_query(
    shelf: sqlite3.Connection, query: str, rest: str, code: str
) -> None:
    found = find_old_province(shelf, query)
    assert found is not None
    assert (found[0], found[1].code) == (rest, code)


@pytest.mark.parametrize(
    "query",
    [
        "Tây Ninh", "hòa bình", "hoa binh", "xlong an", "long anh", '"Long An"', "Long An*",
        "Long An -lũ", "lũ", "",
    ],
)  # fmt: skip
def test_other_words_name_none(shelf: sqlite3.Connection, query: str) -> None:
    assert find_old_province(shelf, query) is None


def test_an_archive_without_places_knows_no_province() -> None:
    with closing(open_shelf()) as conn:
        conn.execute("drop table place_articles")
        assert find_old_province(conn, "Long An") is None


@pytest.mark.parametrize(
    ("words", "sources"),
    [
        (("long", "an"), ("baolongan", "baotayninh")),
        (("tay", "ninh"), ("baolongan", "baotayninh")),
        (("dong", "thap"), ("dongthap-gov",)),
        (("tien", "giang"), ("dongthap-gov",)),
        (("ho", "chi", "minh"), ("tuoitre",)),
        (("ca", "mau"), ()),
        (("gia", "lua"), ()),
    ],
)
def test_papers_of_a_province_are_those_of_what_it_became(
    shelf: sqlite3.Connection, words: tuple[str, ...], sources: tuple[str, ...]
) -> None:
    assert Homes(shelf).of(words) == sources


def test_provinces_are_known_by_what_they_are_called_today() -> None:
    assert named_today(("long", "an")) == (("tay", "ninh"),)
    assert named_today(("gia", "lua")) == ()
    assert ("tphcm",) not in province_names()
    assert named_today(("ho", "chi", "minh")) == (("ho", "chi", "minh"),)


def test_a_query_that_names_an_ended_province_finds_what_names_its_places() -> None:
    with closing(open_shelf()) as conn:
        put(conn, "Lúa ở Bến Lức")
        put(conn, "Lúa ở Gò Dầu")
        put(conn, "Lúa Long An")
        conn.executemany(
            "insert into mentions (article_id, unit, how, confidence, position)"
            " values (?, ?, 'kind', 1, 0)",
            [(1, "80c"), (2, "72c")],
        )
        conn.executemany("insert into place_articles values (?, ?)", [("80c", 1), ("72c", 2)])
        for query, found in (("lúa Long An", [3, 1]), ("Long An", [3, 1]), ('"Long An"', [3])):
            assert [hit.id for hit in search(conn, query)] == found
        assert [hit.id for hit in search(conn, "lúa Long An", place="Tây Ninh cũ")] == [2]
        assert search(conn, "lúa Long An").total == Total(count=2, exact=True)
