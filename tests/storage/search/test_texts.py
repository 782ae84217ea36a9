"""What is read of articles for a search, and what a hit shows of them."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from storage.engine.clauses import Narrowing
from storage.search.filters import Scope
from storage.search.results import Hit
from storage.search.texts import Texts
from tests.support.shelf import open_shelf, put

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator


@pytest.fixture
def shelf() -> Iterator[sqlite3.Connection]:
    """Three articles, the second of another paper; the third has a document."""
    with closing(open_shelf()) as conn:
        put(conn, "Một", "Thân một.", published_at="2026-03-01T08:00:00+07:00", cluster_id=2)
        put(conn, "Hai", "Thân hai.", source_id="baotayninh", summary="Dẫn.", cluster_id=2,
            published_on="2026-02-28", authors=["Lê Minh"], section="Thời sự")  # fmt: skip
        put(conn, "Ba", "Thân ba.", published_on=None)
        conn.execute(
            "insert into media (id, source_id, kind, url, state, found_at)"
            " values (1, 'baolongan', 'document', 'u', 'stored', '2026-03-01T00:00:00Z')"
        )
        conn.execute("insert into document_texts values (3, 1, 'QĐ 12', 'Văn bản.', '')")
        yield conn


def test_articles_in_scope_are_read_in_the_order_asked_for(shelf: sqlite3.Connection) -> None:
    texts = Texts(shelf, Scope(Narrowing(sources=("baolongan",))))
    assert texts.read([3, 2, 1, 9]) == {
        3: ("Ba", "", "Thân ba.\n\nVăn bản."),
        1: ("Một", "", "Thân một."),
    }
    assert list(texts.read([3, 2, 1])) == [3, 1]
    assert [texts.source(number) for number in (1, 2, 3, 9)] == ["baolongan", "", "baolongan", ""]
    assert [texts.cluster(number) for number in (1, 2, 3, 9)] == [2, 2, 3, 9]
    assert [texts.day(number) for number in (1, 2, 3, 9)] == [
        ("2026-03-01", "2026-03-01T08:00:00+07:00", 1), ("", "", 2), ("", "", 3), ("", "", 9),
    ]  # fmt: skip
    assert [texts.documents(number) for number in (1, 2, 3)] == [[], [], [("QĐ 12", "Văn bản.")]]


def test_what_was_read_is_not_read_again(shelf: sqlite3.Connection) -> None:
    texts = Texts(shelf, Scope(Narrowing()))
    texts.read([1])
    asked: list[str] = []
    shelf.set_trace_callback(asked.append)
    assert list(texts.read([1])) == [1]
    assert asked == []
    assert list(texts.read([1, 2])) == [1, 2]
    assert len(asked) == 1
    shelf.set_trace_callback(None)


def test_copies_are_told_the_earliest_first(shelf: sqlite3.Connection) -> None:
    texts = Texts(shelf, Scope(Narrowing()))
    assert texts.copies([2, 3, 7]) == {2: [2, 1], 3: [3], 7: []}


def test_a_hit_shows_its_article(shelf: sqlite3.Connection) -> None:
    texts = Texts(shelf, Scope(Narrowing()))
    assert texts.hit(2, snippet="[Thân]", score=1.23456, copies=1, document=None) == Hit(
        id=2, title="Hai", snippet="[Thân]", url="https://baolongan.vn/tin-a2.html",
        source="baotayninh", province="Tây Ninh", published_on="2026-02-28",
        authors=["Lê Minh"], section="Thời sự", score=1.235, copies=1, document=None,
    )  # fmt: skip
