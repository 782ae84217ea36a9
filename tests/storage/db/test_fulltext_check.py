"""Whether the full-text tables agree with the articles: asked of copies of them."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from storage.db.fulltext_check import find_disagreements
from tests.support.shelf import open_shelf, put

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator


@pytest.fixture
def shelf() -> Iterator[sqlite3.Connection]:
    with closing(open_shelf()) as conn:
        put(conn, "Giá lúa tăng", "Nông dân vui.", summary="Đường bộ")
        put(conn, "Sạt lở bờ sông", "Nhà dân phải dời.")
        yield conn


@pytest.mark.parametrize(
    ("harm", "tables"),
    [
        ("select 1", []),
        ("delete from articles_fts_docsize where id = 1", ["articles_fts"]),
        ("insert into articles_exact (articles_exact) values ('delete-all')", ["articles_exact"]),
        ("update article_spellings set spellings = 'khac' where id = 1", ["articles_fts"]),
        ("drop trigger articles_fts_delete; delete from articles where id = 2",
         ["articles_fts", "articles_exact"]),
        ("update articles_fts_data set block = x'00ff' where id > 10", ["articles_fts"]),
    ],
)  # fmt: skip
def test_tables_that_do_not_agree_are_named(
    shelf: sqlite3.Connection, harm: str, tables: list[str]
) -> None:
    shelf.executescript(harm)
    asked: list[str] = []
    shelf.set_trace_callback(asked.append)
    assert find_disagreements(shelf) == tables
    shelf.set_trace_callback(None)
    assert not shelf.in_transaction
    assert shelf.execute("select count(*) from temp.sqlite_master").fetchone()[0] == 0
    assert [each for each in asked if "temp_store" in each] == [
        "pragma temp_store", "pragma temp_store = file", "pragma temp_store = 0",
    ]  # fmt: skip
    assert find_disagreements(shelf) == tables, "asking changes nothing"
