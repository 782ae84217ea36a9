"""The texts of an article: numbered as they came, the current one kept once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from storage.articles.revisions import (
    add_first,
    file_earlier,
    find_revision,
    note_earlier,
    replace_current,
    return_to,
)
from storage.records import Article
from storage.states import RevisionKind
from tests.support.shelf import open_shelf, put

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

FIRST, SECOND, THIRD = (f"2026-03-0{day}T00:00:00Z" for day in (1, 2, 3))


@pytest.fixture
def conn() -> Iterator[sqlite3.Connection]:
    opened = open_shelf()
    put(opened, "Một", "Thân một.", summary="Dẫn một.", digest="1", revisions=1)
    add_first(opened, 1, seen_at=FIRST, capture_id=None)
    yield opened
    opened.close()


def stored(conn: sqlite3.Connection) -> sqlite3.Row:
    row: sqlite3.Row = conn.execute("select * from articles").fetchone()
    return row


def give(conn: sqlite3.Connection, title: str, digest: str) -> None:
    conn.execute("update articles set title = ?, digest = ?", (title, digest))


def rows(conn: sqlite3.Connection, names: str, table: str = "revisions") -> list[tuple[Any, ...]]:
    found = conn.execute(f"select {names} from {table} order by number")  # noqa: S608
    return [tuple(row) for row in found]


TEXTS = "number, kind, title, digest"


def test_the_first_text_is_number_one_and_stands_in_the_article(conn: sqlite3.Connection) -> None:
    assert rows(conn, f"{TEXTS}, seen_at, returns") == [(1, "first", "Một", "1", FIRST, 0)]
    assert rows(conn, "title, summary, body, digest", "article_revisions") == [(None,) * 4]
    assert (find_revision(conn, 1, "1"), find_revision(conn, 1, "2")) == (1, None)
    assert find_revision(conn, 2, "1") is None


def test_an_edit_sets_the_text_before_aside(conn: sqlite3.Connection) -> None:
    replace_current(conn, stored(conn), RevisionKind.EDITED, seen_at=SECOND, capture_id=None)
    give(conn, "Hai", "2")
    assert rows(conn, TEXTS) == [(1, "first", "Một", "1"), (2, "edited", "Hai", "2")]
    assert rows(conn, "title, summary, body, digest", "article_revisions") == [
        ("Một", "Dẫn một.", "Thân một.", "1"), (None,) * 4,
    ]  # fmt: skip
    assert stored(conn)["revisions"] == 2
    replace_current(conn, stored(conn), RevisionKind.REEXTRACTED, seen_at=THIRD, capture_id=None)
    give(conn, "Ba", "3")
    assert rows(conn, TEXTS)[1:] == [(2, "edited", "Hai", "2"), (3, "reextracted", "Ba", "3")]
    assert stored(conn)["revisions"] == 3


def test_a_text_that_returns_is_counted_and_not_added(conn: sqlite3.Connection) -> None:
    replace_current(conn, stored(conn), RevisionKind.EDITED, seen_at=SECOND, capture_id=None)
    give(conn, "Hai", "2")
    return_to(conn, stored(conn), 1, THIRD)
    give(conn, "Một", "1")
    assert rows(conn, f"{TEXTS}, returned_at, returns") == [
        (1, "first", "Một", "1", THIRD, 1), (2, "edited", "Hai", "2", None, 0),
    ]  # fmt: skip
    assert stored(conn)["revisions"] == 2


@pytest.mark.parametrize(
    ("kind", "kinds"),
    [(RevisionKind.FIRST, ["edited", "first"]), (RevisionKind.EDITED, ["first", "edited"])],
)
def test_an_earlier_text_leaves_the_article_as_it_is(
    conn: sqlite3.Connection, kind: RevisionKind, kinds: list[str]
) -> None:
    earlier = Article(
        source_id="baolongan", url="https://baolongan.vn/tin-a1.html", title="Nháp",
        summary="Dẫn.", body="Thân.", digest="0",
    )  # fmt: skip
    file_earlier(conn, stored(conn), earlier, kind, seen_at="2026-02-01T00:00:00Z", capture_id=None)
    assert [row[0] for row in rows(conn, "kind")] == kinds
    assert rows(conn, "title, summary, body, digest")[1] == ("Nháp", "Dẫn.", "Thân.", "0")
    assert (stored(conn)["title"], stored(conn)["revisions"]) == ("Một", 2)


@pytest.mark.parametrize(
    ("said", "seen_at"), [("2026-02-01T00:00:00Z", "2026-02-01T00:00:00Z"), (SECOND, FIRST)]
)
def test_a_text_was_there_since_it_was_seen_first(
    conn: sqlite3.Connection, said: str, seen_at: str
) -> None:
    note_earlier(conn, 1, said)
    assert rows(conn, "seen_at") == [(seen_at,)]
