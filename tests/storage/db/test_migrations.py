"""What a migration step makes of rows that an earlier version wrote."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from storage.db.migrations import STEPS, reopen_links
from storage.instants import add_seconds, read_clock

if TYPE_CHECKING:
    from collections.abc import Iterator

RECENT, OLD = add_seconds(read_clock(), -20 * 86400), "2020-01-01T00:00:00Z"


@pytest.fixture
def conn() -> Iterator[sqlite3.Connection]:
    conn = sqlite3.connect(":memory:", isolation_level=None)
    for name, step in STEPS.items():
        if name == reopen_links.__name__:
            break
        step(conn)
    conn.execute(
        "insert into sources (id, name, kind, province, homepage)"
        " values ('a', 'A', 'newspaper', 'Huế', 'https://a.vn/')"
    )
    yield conn
    conn.close()


@pytest.mark.parametrize(
    ("state", "reason", "found", "after"),
    [
        ("rejected", "bot-check", "old", "pending"),
        ("rejected", "robots", "old", "pending"),
        ("failed", "http-503", "old", "pending"),
        ("failed", "timeout", "recent", "pending"),
        ("gone", "http-404", "recent", "pending"),
        ("gone", "http-404", "old", "gone"),
        ("rejected", "listing", "recent", "rejected"),
        ("rejected", "before-since", "recent", "rejected"),
        ("failed", "too-large", "recent", "failed"),
    ],
)
def test_what_was_given_up_for_a_passing_cause_is_opened_again(
    conn: sqlite3.Connection, state: str, reason: str, found: str, after: str
) -> None:
    found_at = {"recent": RECENT, "old": OLD}[found]
    conn.executemany(
        "insert into links (source_id, url, canonical_url, key, state, reason, found_at)"
        " values ('a', 'https://a.vn/', 'https://a.vn/', ?, ?, ?, ?)",
        [(str(number), state, reason, found_at) for number in range(50)],
    )
    reopen_links(conn)
    assert conn.execute("select distinct state, reason from links").fetchall() == [(after, reason)]
    times = [at for (at,) in conn.execute("select next_try_at from links")]
    if after == "pending":
        assert len(set(times)) == 50, "they do not come all at once"
        assert read_clock() <= min(times)
        assert max(times) <= add_seconds(read_clock(), 10 * 86400)
    else:
        assert set(times) == {None}


def test_an_article_that_is_gone_stays_gone(conn: sqlite3.Connection) -> None:
    conn.execute("pragma foreign_keys = off")
    conn.execute(
        "insert into links (source_id, url, canonical_url, key, state, reason, found_at,"
        " article_id) values ('a', 'u', 'u', '1', 'gone', 'http-404', ?, 1)",
        [RECENT],
    )
    reopen_links(conn)
    assert conn.execute("select state from links").fetchall() == [("gone",)]
