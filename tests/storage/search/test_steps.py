"""What search does in between: time, windows of the index, candidates, folding."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from storage.errors import QueryError
from storage.search import finder as windows
from storage.search.budget import Budget, bounded
from storage.search.candidates import (
    Standing,
    all_matches,
    find_candidates,
    newer_matches,
    settle_spelling,
)
from storage.search.engine import search
from storage.search.filters import Filters, resolve
from storage.search.finder import Finder, facet_match
from storage.search.query import parse_query
from storage.search.ranking import Ranker
from tests.support.shelf import open_shelf, put

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

AMPLE = 60.0
"""Seconds: never the limit in these tests."""


@pytest.fixture
def shelf() -> Iterator[sqlite3.Connection]:
    conn = open_shelf()
    put(conn, "Giá lúa tăng", "Ở đồng bằng.", published_on="2026-03-01")
    put(conn, "Tin chợ", "Giá lúa và giá cá.", published_on="2026-03-03", source_id="baotayninh")
    put(conn, "Nông sản", "Lúa được mùa, nhưng giá giảm.", published_on="2026-03-02")
    put(conn, "Giá xăng", "Không đổi.", published_on="2026-03-04")
    yield conn
    conn.close()


def candidates(conn: sqlite3.Connection, text: str, **filters: str) -> dict[int, Standing]:
    scope = resolve(conn, Filters(**filters))
    query = parse_query(text)
    return find_candidates(conn, query, scope, want=60, few=0, budget=Budget(AMPLE))


def test_a_budget_is_spent_and_renewed() -> None:
    budget = Budget(0.0)
    assert budget.spent
    assert not budget.cut
    with pytest.raises(QueryError, match="too long"):
        budget.check(found=False)
    budget.check(found=True)
    assert budget.cut
    assert not Budget(AMPLE).spent


def test_a_statement_that_outlasts_the_budget_is_a_query_error(
    shelf: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.search.budget.SECONDS", 0.01)
    endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n"
    begun = time.monotonic()
    with pytest.raises(QueryError, match="too long"), bounded(shelf):
        shelf.execute(endless).fetchone()
    assert shelf.execute("select 1").fetchone()[0] == 1
    assert time.monotonic() >= begun


def test_stricter_candidates_stand_higher(shelf: sqlite3.Connection) -> None:
    found = candidates(shelf, "giá lúa")
    assert {i: standing.level for i, standing in found.items()} == {1: 3, 2: 3, 3: 1}
    assert list(found)[-1] == 3


def test_accents_that_were_typed_are_noted(shelf: sqlite3.Connection) -> None:
    put(shelf, "Tin", "gia lua viết không dấu")
    found = candidates(shelf, "giá lúa")
    assert {i for i, standing in found.items() if standing.exact} == {1, 2, 3}
    assert 5 in found


def test_candidates_lie_in_the_scope(shelf: sqlite3.Connection) -> None:
    assert set(candidates(shelf, "giá lúa", source="baotayninh")) == {2}
    assert set(candidates(shelf, "giá lúa", since="2026-03-01", until="2026-03-31")) == {1, 2, 3}


def test_where_nothing_has_all_words_all_but_one_are_enough(shelf: sqlite3.Connection) -> None:
    found = candidates(shelf, "giá lúa bạc")
    assert {i: standing.level for i, standing in found.items()} == {1: 0, 2: 0, 3: 0}


def test_matches_are_read_downwards_and_upwards(shelf: sqlite3.Connection) -> None:
    scope, query = resolve(shelf, Filters()), parse_query("giá")
    assert all_matches(shelf, query, scope, most=2, budget=Budget(AMPLE)) == [4, 3]
    newer = newer_matches(shelf, query, scope, above=1, most=2, budget=Budget(AMPLE))
    assert newer == [2, 3]


@pytest.mark.parametrize("size", [1, 2, 3, 10])
def test_windows_leave_no_article_out(
    shelf: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(windows, "PROBE", 1)
    monkeypatch.setattr(windows, "WINDOW", size)
    finder = Finder(shelf, parse_query("giá"), resolve(shelf, Filters()), Budget(AMPLE))
    parts = [("articles_fts", '"gia"')]
    assert finder.find(parts, want=9, span=None) == [4, 3, 2, 1]
    assert finder.find(parts, want=3, span=None) == [4, 3, 2]
    assert finder.find(parts, want=9, span=2) == [4, 3]
    assert finder.find_above(parts, above=2, want=9) == [3, 4]
    assert finder.keep([1, 4], ("articles_fts", '"lua"')) == [1]


def test_a_spent_budget_finds_nothing(shelf: sqlite3.Connection) -> None:
    finder = Finder(shelf, parse_query("giá"), resolve(shelf, Filters()), Budget(0.0))
    assert finder.find([("articles_fts", '"gia"')], want=9, span=None) == []


def test_facets_of_a_scope_are_one_expression(shelf: sqlite3.Connection) -> None:
    assert facet_match(resolve(shelf, Filters())) == ""
    assert facet_match(resolve(shelf, Filters(source="baolongan", kind="portal"))) is None
    found = facet_match(resolve(shelf, Filters(source="baolongan", kind="video")))
    assert found is not None
    assert "_s_baolongan" in found
    assert "_k_video" in found


def test_keys_of_telex_are_read_where_nothing_else_matches(shelf: sqlite3.Connection) -> None:
    scope, budget = resolve(shelf, Filters()), Budget(AMPLE)
    telex = parse_query("luas")
    assert settle_spelling(shelf, telex, scope, budget) == telex.telex
    put(shelf, "luas", "luas")
    assert settle_spelling(shelf, telex, scope, budget) == telex


def test_the_newest_come_by_day(shelf: sqlite3.Connection) -> None:
    ranker = Ranker(shelf, parse_query("giá"), resolve(shelf, Filters()), Budget(AMPLE))
    assert [match.row["id"] for match in ranker.newest(3)] == [4, 2, 3, 1]


def test_copies_are_folded_to_the_earliest_that_matches(shelf: sqlite3.Connection) -> None:
    shelf.execute("update articles set cluster_id = 1 where id in (1, 2, 4)")
    folded = search(shelf, "lúa giá")
    assert [(hit.id, hit.copies) for hit in folded] == [(1, 2), (3, 0)]
    assert {hit.id for hit in search(shelf, "lúa giá", copies=True)} == {1, 2, 3}
