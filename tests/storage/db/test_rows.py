"""Records to rows and back, and what SQLite's errors mean."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import pytest

from storage.archive import Archive
from storage.db.connections import check_path, connect_reading, connect_writing, explain
from storage.db.database import Database, is_current, migrate
from storage.db.migrations import STEPS
from storage.db.rows import CONTENT, article_values, record, stored_article
from storage.errors import ArchiveBusy, ArchiveFull, ArchiveMissing, ArchiveUnusable
from storage.records import (
    Article,
    Capture,
    Evidence,
    HostState,
    Image,
    Link,
    Revision,
    Run,
    SeedState,
    SourceRow,
    StoredArticle,
)
from tests.support.template import begin

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    left: int
    right: str = "none"


@pytest.fixture
def memory() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as conn:
        conn.row_factory = sqlite3.Row
        yield conn


def test_a_row_becomes_a_record_by_name(memory: sqlite3.Connection) -> None:
    row = memory.execute("select 'x' as right, 2 as other, 1 as left").fetchone()
    assert record(Pair, row) == Pair(left=1, right="x")
    assert record(Pair, row, left=5) == Pair(left=5, right="x")


def test_a_column_that_is_not_there_yet_is_left_at_its_default(memory: sqlite3.Connection) -> None:
    assert record(Pair, memory.execute("select 1 as left").fetchone()) == Pair(left=1)


def test_an_article_comes_back_as_it_went_in(memory: sqlite3.Connection) -> None:
    article = Article(
        source_id="baolongan", url="https://baolongan.vn/a-a1.html", key="1",
        canonical_url="https://baolongan.vn/a-a1.html", title="Giá lúa", body="Một.\n\nHai.",
        authors=["Thanh Nga"], tags=["lúa"], subheads=["Hai."], published_on="2026-10-02",
        evidence={"title": Evidence(how="h1", confidence=0.5)}, digest="d", signature=b"\0\1",
    )  # fmt: skip
    values = article_values(article)
    assert tuple(sorted(values)) == tuple(sorted(CONTENT))
    told = {each.name for each in fields(Article)} - {"images", "fetched_at"}
    assert told == {*CONTENT, "source_id", "key"}, "what a page tells is kept"
    values |= {
        "id": 3, "source_id": "baolongan", "key": "1", "first_seen_at": "a", "last_seen_at": "b",
        "cluster_id": 3,
    }  # fmt: skip
    names = ", ".join(f":{name} as {name}" for name in values)
    row = memory.execute(f"select {names}", values).fetchone()
    image = Image(url="https://baolongan.vn/1.jpg")
    stored = stored_article(row, [image])
    assert stored.evidence == article.evidence
    assert (stored.id, stored.authors, stored.tags, stored.images) == (
        3,
        ["Thanh Nga"],
        ["lúa"],
        [image],
    )
    assert stored.signature == article.signature


def test_every_record_of_a_table_has_its_columns(memory: sqlite3.Connection) -> None:
    for step in STEPS.values():
        step(memory)
    columns = {row["name"] for row in memory.execute("pragma table_info (links)")}
    assert set(Link.__slots__) <= columns


@pytest.mark.parametrize(
    ("code", "kind", "says"),
    [
        (sqlite3.SQLITE_BUSY, ArchiveBusy, "held by another process"),
        (sqlite3.SQLITE_BUSY | 2 << 8, ArchiveBusy, "held by another process"),
        (sqlite3.SQLITE_CORRUPT, ArchiveUnusable, "damaged: restore"),
        (sqlite3.SQLITE_FULL, ArchiveFull, "disk is full"),
        (sqlite3.SQLITE_READONLY, ArchiveUnusable, "cannot be written to"),
        (sqlite3.SQLITE_ERROR, ArchiveUnusable, "cannot be used: oh"),
    ],
)
def test_an_error_of_sqlite_is_explained(
    tmp_path: Path, code: int, kind: type[Exception], says: str
) -> None:
    error = sqlite3.OperationalError("oh")
    error.sqlite_errorcode = code
    explained = explain(error, tmp_path / "a.db")
    assert type(explained) is kind
    assert says in str(explained)
    assert str(tmp_path / "a.db") in str(explained)


def test_what_cannot_be_an_archive_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArchiveUnusable, match="is a folder"):
        check_path(tmp_path)
    (tmp_path / "text").write_text("no database at all", encoding="ascii")
    with pytest.raises(ArchiveUnusable, match="is not an SQLite database"):
        connect_writing(tmp_path / "text")
    with pytest.raises(ArchiveMissing, match="crawl first"):
        connect_reading(tmp_path / "none.db")


def test_a_file_to_which_nothing_was_written_is_no_archive(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.touch()
    with pytest.raises(ArchiveMissing, match="is empty: crawl first"):
        Archive.open_reading(path)
    with closing(connect_writing(path)) as conn:
        migrate(conn, path)
    Archive.open_reading(path).close()


def test_each_step_is_applied_once(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(connect_writing(path)) as conn:
        assert not is_current(conn, path)
        for _ in range(2):
            with Database(conn, path).transaction():
                migrate(conn, path)
        assert is_current(conn, path)
        rows = conn.execute("select name from _sqlite_migrations").fetchall()
        assert sorted(row["name"] for row in rows) == sorted(STEPS)
        assert Database(conn, path).has_table("gaps")
        assert not Database(conn, path).has_table("wonders")


@pytest.mark.parametrize(
    ("kind", "table", "not_columns", "not_fields"),
    [
        (StoredArticle, "articles", {"images", "fetched_at"}, set()),
        (Capture, "captures", set(), {"link_id"}),
        (HostState, "hosts", set(), set()),
        (Image, "images", set(), {"article_id", "position"}),
        (Link, "links", set(), set()),
        (Revision, "revisions", set(), set()),
        (Run, "runs", set(), {"process"}),
        (SeedState, "seeds", set(), set()),
        (SourceRow, "sources", set(), set()),
    ],
)
def test_a_record_has_the_columns_of_its_table(
    tmp_path: Path, kind: type, table: str, not_columns: set[str], not_fields: set[str]
) -> None:
    with Archive.open_reading(begin(tmp_path / "a.db")) as archive:
        rows = archive.connection.execute(f"pragma table_info({table})").fetchall()
    columns = {row["name"] for row in rows}
    named = {field.name for field in fields(kind)}
    assert (named - columns, columns - named) == (not_columns, not_fields)
