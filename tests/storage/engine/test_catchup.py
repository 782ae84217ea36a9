"""The index follows the log: how far, and when it is committed."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest

from storage.engine.catchup import _Run, catch_up, update
from storage.engine.entries import last_point
from storage.engine.folder import folder_of, locked, open_index
from storage.engine.searcher import _behind
from tests.support.shelf import open_shelf, put

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def shelf(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(open_shelf(path)) as conn:
        put(conn, "Giá lúa tăng")
        yield conn


def test_the_stamp_names_the_end_of_the_log_when_articles_were_read(
    shelf: sqlite3.Connection, path: Path
) -> None:
    for _ in range(2):
        assert catch_up(shelf, folder_of(path)).done
        stamp = open_index(shelf, folder_of(path)).stamp
        assert stamp is not None
        assert (stamp.point, stamp.followed, stamp.next_id) == (
            last_point(shelf), last_point(shelf).seq, None,
        )  # fmt: skip
        put(shelf, "Sạt lở")


@pytest.mark.parametrize(("before", "is_committed"), [(19_998, False), (19_999, True), (25, False)])
def test_what_was_read_is_committed_by_twenty_thousand(
    shelf: sqlite3.Connection, path: Path, before: int, *, is_committed: bool
) -> None:
    folder = folder_of(path)
    with locked(folder):
        run = _Run(shelf, open_index(shelf, folder), folder, None, None)
        writer = run._index.writer(15_000_000, 1)
        run._open = before
        run._add(writer, [1], known=False)
        assert run._open == (0 if is_committed else before + 1)
        writer.rollback()
        del writer
        run._index.reload()
        assert run._index.searcher().num_docs == (2 if is_committed else 0), "one is the stamp"


@pytest.mark.parametrize(
    ("articles", "changes", "behind"),
    [(499, 1, False), (500, 1, False), (501, 1, True), (500, 7, False), (501, 7, True),
     (501, 8, False)],
)  # fmt: skip
def test_a_reader_brings_an_index_up_to_date_that_lacks_over_five_hundred_articles(
    articles: int, changes: int, *, behind: bool
) -> None:
    """Four thousand lines of the log are looked at: the 4,001st is of one article more."""
    with closing(open_shelf()) as conn:
        start = last_point(conn).seq
        conn.execute("begin")
        changed = [(number,) for number in range(1, articles + 1) for _ in range(changes)]
        conn.executemany("insert into index_log (article_id) values (?)", changed)
        assert _behind(conn, start) is behind
        conn.execute("rollback")


def test_all_lines_that_were_followed_are_deleted_twenty_thousand_at_a_time(
    shelf: sqlite3.Connection, path: Path
) -> None:
    shelf.execute(
        "with recursive n (i) as (select 1 union all select i + 1 from n where i < 40001)"
        " insert into index_log (article_id) select 0 from n"
    )
    pieces: list[int] = []

    @contextmanager
    def transaction() -> Iterator[None]:
        before = shelf.total_changes
        yield
        pieces.append(shelf.total_changes - before)

    assert update(shelf, path, transaction).done
    assert pieces == [20_000, 20_000, 2, 0]
    assert shelf.execute("select count(*) from index_log").fetchone()[0] == 1
