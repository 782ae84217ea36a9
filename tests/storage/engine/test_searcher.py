"""Who answers a search, and what is counted twice or not at all."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from storage.engine.catchup import catch_up
from storage.engine.clauses import Atom, Found, Order, Phrase, Request
from storage.engine.entries import last_point
from storage.engine.folder import State, folder_of, locked, open_index
from storage.engine.searcher import (
    Exact,
    Remembered,
    _catch_up,
    index_changed_at,
    is_installed,
    open_searcher,
)
from tests.support.shelf import open_shelf, put

if TYPE_CHECKING:
    from pathlib import Path

LUA = Request(atoms=(Atom(choices=(Phrase(("lua",)),)),))


def test_the_index_answers_where_there_is_one(shelf: sqlite3.Connection, path: Path) -> None:
    answering = open_searcher(shelf)
    assert (answering.plain, answering.behind) == ("", 0)
    assert isinstance(answering.searcher, Exact)
    changed = index_changed_at(path)
    assert changed == (folder_of(path) / "meta.json").stat().st_mtime_ns
    assert index_changed_at(path.with_name("other.db")) is None


def test_plain_sql_answers_for_an_archive_in_memory() -> None:
    with closing(open_shelf()) as shelf, closing(sqlite3.connect(":memory:")) as conn:
        put(shelf, "Giá lúa")
        shelf.backup(conn)
        answering = open_searcher(conn)
        assert answering.plain == "an archive in memory has none"
        assert answering.searcher.count(LUA) == 1


def test_plain_sql_answers_where_tantivy_is_not_installed(
    shelf: sqlite3.Connection, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert is_installed()
    monkeypatch.setitem(sys.modules, "tantivy", None)
    assert not is_installed()
    assert open_searcher(shelf).plain == "tantivy is not installed"
    assert index_changed_at(path) is None


@pytest.mark.parametrize(("more", "behind"), [(499, 0), (500, 0), (501, 1)])
def test_sql_answers_for_the_last_five_hundred_articles(
    shelf: sqlite3.Connection, path: Path, more: int, behind: int
) -> None:
    shelf.execute("begin")
    for _ in range(more):
        put(shelf, "lúa")
    shelf.execute("commit")
    with locked(folder_of(path)):  # another process is at it
        answering = open_searcher(shelf)
    assert answering.behind == behind
    assert answering.searcher.size == 1
    assert answering.searcher.count(LUA) == more + 1 - behind
    found = answering.searcher.find(LUA, limit=2000)
    assert len({each.id for each in found}) == more + 1 - behind
    counts = answering.searcher.groups(LUA)
    assert counts["source"] == {"baolongan": more + 1 - behind}


class Noted:
    """An index that holds articles 1 to ``size``, all of which answer, and notes what is asked."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.asked: list[str] = []

    def frequency(self, word: str) -> int:
        self.asked.append(word)
        return self.size

    accented_frequency = frequency

    def pair_frequency(self, one: str, other: str) -> int:
        return self.frequency(f"{one} {other}")

    def find(
        self,
        request: Request,  # noqa: ARG002
        *,
        limit: int,
        order: Order = Order.RELEVANCE,
    ) -> list[Found]:
        self.asked.append(f"find {limit} by {order}")
        return [Found(number, 1.0) for number in range(1, min(limit, self.size) + 1)]

    def count(self, request: Request) -> int:  # noqa: ARG002
        self.asked.append("count")
        return self.size

    def groups(self, request: Request) -> dict[str, dict[str, int]]:  # noqa: ARG002
        self.asked.append("groups")
        return {}


def test_a_question_is_asked_once() -> None:
    index = Noted(3)
    asked = Remembered(index)
    assert [asked.frequency("lua"), asked.frequency("lua")] == [3, 3]
    assert [asked.accented_frequency("lúa"), asked.accented_frequency("lúa")] == [3, 3]
    assert [asked.pair_frequency("gia", "lua") for _ in range(2)] == [3, 3]
    assert [asked.count(LUA), asked.count(LUA)] == [3, 3]
    assert asked.size == 3
    assert index.asked == ["lua", "lúa", "gia lua", "count"]


@pytest.mark.parametrize(("limit", "counted"), [(2, True), (3, True), (4, False)])
def test_what_was_found_whole_is_counted_already(limit: int, *, counted: bool) -> None:
    index = Noted(3)
    asked = Remembered(index)
    assert len(asked.find(LUA, limit=limit, order=Order.DATE)) == min(limit, 3)
    assert asked.count(LUA) == 3
    assert index.asked == [f"find {limit} by date", *["count"] * counted]


def quoted(*words: str, strict: bool = True) -> Request:
    return Request(atoms=(Atom(choices=(Phrase(words),), strict=strict),))


@pytest.mark.parametrize(
    ("request_", "found"),
    [
        (quoted("cu", "lao", "dai"), {3, 60}),
        (quoted("cu", "lao", "dai", strict=False), set(range(1, 61))),
        (quoted("cu", "lao"), set(range(1, 61))),
    ],
)
def test_texts_are_looked_at_for_phrases_of_three_words(request_: Request, found: set[int]) -> None:
    with closing(open_shelf()) as conn:
        for number in range(1, 61):
            put(conn, "Cù lao dài" if number in (3, 60) else "Cù lao nhỏ, lao dài")
        index = Noted(60)
        exact = Exact(index, conn)
        assert {each.id for each in exact.find(request_, limit=100)} == found
        assert [each.id for each in exact.find(request_, limit=1)] == [min(found)]
        assert exact.count(request_) == len(found)
        groups = exact.groups(request_)
        assert groups == {} if len(found) == 60 else groups["source"] == {"baolongan": 2}
        assert exact.size == 60
        looked = "find 1000 by relevance" if len(found) == 2 else "find 100 by relevance"
        assert index.asked[0] == looked


@pytest.mark.parametrize(("size", "counted"), [(999, 1), (1000, 1000)])
def test_texts_of_fewer_than_a_thousand_articles_are_looked_at(size: int, counted: int) -> None:
    with closing(open_shelf()) as conn:
        put(conn, "Cù lao dài")
        exact = Exact(Noted(size), conn)
        assert exact.count(quoted("cu", "lao", "dai")) == counted
        assert (exact.groups(quoted("cu", "lao", "dai")) == {}) is (size == 1000)


def test_a_reader_builds_no_index_and_bears_one_that_cannot_be_written(path: Path) -> None:
    with closing(open_shelf(path)) as conn:
        put(conn, "Giá lúa")
        _catch_up(conn, folder_of(path))
        assert open_index(conn, folder_of(path)).state is State.MISSING
        _catch_up(conn, path / "none" / "archive.db.index")
        catch_up(conn, folder_of(path))
        put(conn, "Giá vàng")
        _catch_up(conn, folder_of(path))
        stamp = open_index(conn, folder_of(path)).stamp
        assert stamp is not None
        assert stamp.followed == last_point(conn).seq
