"""Connections, transactions and what an error means for the file."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from storage.archive import Archive
from storage.db.connections import (
    check_not_lost,
    check_path,
    check_present,
    connect_reading,
    connect_writing,
    explain,
    prepare_writing,
)
from storage.db.database import Database, identity, is_of_the_file
from storage.db.fulltext import _spelling_rows, drop_unused, find_broken_tables, rebuild_index
from storage.errors import ArchiveBusy, ArchiveFull, ArchiveMissing, ArchiveUnusable

if TYPE_CHECKING:
    from pathlib import Path


def failed(code: int, message: str = "x") -> sqlite3.OperationalError:
    error = sqlite3.OperationalError(message)
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("code", "kind", "says"),
    [
        (sqlite3.SQLITE_BUSY, ArchiveBusy, "held by another process"),
        (sqlite3.SQLITE_LOCKED, ArchiveBusy, "held by another process"),
        (sqlite3.SQLITE_BUSY | 2 << 8, ArchiveBusy, "held by another process"),
        (sqlite3.SQLITE_FULL, ArchiveFull, "the disk is full"),
        (sqlite3.SQLITE_CORRUPT, ArchiveUnusable, "is damaged: restore a backup"),
        (sqlite3.SQLITE_NOTADB, ArchiveUnusable, "is not an SQLite database"),
        (sqlite3.SQLITE_READONLY, ArchiveUnusable, "cannot be written to"),
        (sqlite3.SQLITE_CANTOPEN, ArchiveUnusable, "cannot be opened"),
        (sqlite3.SQLITE_IOERR, ArchiveUnusable, "cannot be read or written"),
        (sqlite3.SQLITE_ERROR, ArchiveUnusable, "cannot be used: no such table"),
    ],
)
def test_an_error_says_what_is_wrong_with_the_file(
    tmp_path: Path, code: int, kind: type[Exception], says: str
) -> None:
    error = failed(code, "no such table")
    found = explain(error, tmp_path / "a.db")
    assert type(found) is kind
    assert says in str(found)
    assert is_of_the_file(error) is (code != sqlite3.SQLITE_ERROR)
    assert not is_of_the_file(sqlite3.OperationalError("without a code"))
    assert "is damaged" in str(explain(UnicodeError(), tmp_path / "a.db"))


def test_a_path_is_looked_at_before_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with pytest.raises(ArchiveMissing, match="no archive at"):
        check_present(path)
    check_path(path)
    with pytest.raises(ArchiveUnusable, match="is a folder"):
        check_path(tmp_path)
    with pytest.raises(ArchiveUnusable, match="is no regular file"):
        check_path(tmp_path / ".." / ".." / ".." / ".." / ".." / ".." / "dev" / "null")
    path.touch()
    check_present(path)
    check_path(path)


def test_no_archive_is_begun_beside_the_captures_of_another(tmp_path: Path) -> None:
    path, captures = tmp_path / "a.db", tmp_path / "captures"
    check_not_lost(path, captures)
    captures.mkdir()
    check_not_lost(path, captures)
    (captures / "run-00001.warc.gz").touch()
    with pytest.raises(ArchiveMissing, match="holds captures of one"):
        check_not_lost(path, captures)
    path.touch()
    with pytest.raises(ArchiveMissing, match="holds captures of one"):
        check_not_lost(path, captures)
    path.write_bytes(b"x")
    check_not_lost(path, captures)


def test_who_writes_waits_and_who_reads_cannot_write(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.db"
    with closing(connect_writing(path, patience=2.5)) as conn:
        prepare_writing(conn)
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700
        assert conn.execute("pragma busy_timeout").fetchone()[0] == 2500
        assert conn.execute("pragma journal_mode").fetchone()[0] == "wal"
        conn.execute("create table t (a)")
        with closing(connect_reading(path)) as reader:
            assert reader.execute("pragma busy_timeout").fetchone()[0] == 10_000
            with pytest.raises(sqlite3.OperationalError, match="readonly"):
                reader.execute("insert into t values (1)")
    with closing(connect_writing(path)) as conn:
        assert conn.execute("pragma busy_timeout").fetchone()[0] == 75_000


def test_a_transaction_is_all_or_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(connect_writing(path)) as conn:
        prepare_writing(conn)
        conn.execute("create table t (a unique)")
        db = Database(conn, path)
        assert db.captures_dir == tmp_path / "captures"
        assert Database(conn, path, tmp_path / "x").captures_dir == tmp_path / "x"
        with pytest.raises(sqlite3.IntegrityError), db.transaction():
            conn.executemany("insert into t values (?)", [(1,), (1,)])
        assert not conn.in_transaction
        with db.transaction(), db.transaction():
            conn.execute("insert into t values (2)")
            assert conn.in_transaction
        assert [row[0] for row in conn.execute("select a from t")] == [2]
        assert db.has_table("t")
        assert not db.has_table("a")
        assert db.checkpoint()
        assert path.with_name("a.db-wal").stat().st_size == 0
        assert conn.execute("pragma busy_timeout").fetchone()[0] == 75_000
        path.rename(tmp_path / "b.db")
        with pytest.raises(ArchiveUnusable, match="was removed or replaced"), db.transaction():
            pass
    assert identity(path) is None
    assert identity(tmp_path / "b.db") == identity(tmp_path / "b.db") is not None


def test_a_checkpoint_says_whether_a_reader_holds_the_log(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(connect_writing(path)) as conn:
        prepare_writing(conn)
        db = Database(conn, path)
        conn.execute("create table t (a)")
        with closing(connect_reading(path)) as reader:
            reader.execute("begin")
            reader.execute("select * from t").fetchall()
            conn.execute("insert into t values (1)")
            assert not db.checkpoint(patience=0.01)
        assert db.checkpoint(patience=0.01)


def test_free_pages_are_given_back(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(connect_writing(path)) as conn:
        prepare_writing(conn)
        db = Database(conn, path)
        conn.execute("create table t (a)")
        conn.execute("insert into t values (zeroblob(200000))")
        db.checkpoint()
        conn.execute("delete from t")
        assert db.shrink() > 150_000
        assert db.shrink() == 0


def test_spellings_are_known_in_every_case() -> None:
    rows = dict(_spelling_rows())
    assert rows["kỹ"] == rows["Kỹ"] == rows["KỸ"] == "kĩ"
    assert rows["Kĩ"] == "kỹ"


def test_each_table_of_the_index_is_built_again(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "a.db") as archive:
        conn = archive.connection
        conn.execute(
            "insert into sources (id, name, kind, province, homepage)"
            " values ('s', 'x', 'newspaper', 'x', 'https://x.vn/')"
        )
        conn.execute(
            "insert into articles (source_id, key, url, canonical_url, title, body, first_seen_at,"
            " last_seen_at, digest, cluster_id)"
            " values ('s', '1', 'u', 'u', 'Giá lúa', 'Kỹ', '2026', '2026', 'x', 1)"
        )
        for table in ("articles_fts", "articles_exact"):
            conn.execute(f"insert into {table} ({table}) values ('delete-all')")  # noqa: S608
        with archive.transaction():
            assert find_broken_tables(conn) == ["articles_fts", "articles_exact"]
            rebuild_index(conn)
            assert find_broken_tables(conn) == []


def test_a_log_of_sixteen_megabytes_moves_into_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(connect_writing(path)) as conn:
        prepare_writing(conn)
        db = Database(conn, path)
        conn.execute("create table t (a)")
        for size, log in ((15 << 20, True), (2 << 20, False)):
            with db.transaction():
                conn.execute("insert into t values (zeroblob(?))", (size,))
            assert (path.with_name("a.db-wal").stat().st_size > 0) is log


def test_what_an_earlier_version_searched_besides_is_dropped(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "a.db") as archive:
        conn = archive.connection
        triggers = "select name, sql from sqlite_master where name like 'articles_fts_%' and"
        triggers += " type = 'trigger' order by name"
        today = [tuple(row) for row in conn.execute(triggers)]
        assert len(today) == 4
        for name, event in (("insert", "insert"), ("delete", "delete")):
            conn.execute(f"drop trigger articles_fts_{name}")
            conn.execute(
                f"create trigger articles_fts_{name} after {event} on articles begin select 1; end"
            )
        conn.execute("create table articles_pairs (a)")
        conn.execute("create view article_facets as select 1")
        drop_unused(conn)
        assert [tuple(row) for row in conn.execute(triggers)] == today
        left = "select name from sqlite_master where name in ('articles_pairs', 'article_facets')"
        assert conn.execute(left).fetchall() == []


@pytest.mark.parametrize("table", ["articles_fts", "articles_exact"])
def test_words_of_many_articles_are_merged_from_256_segments_on(tmp_path: Path, table: str) -> None:
    with Archive.open(tmp_path / "a.db") as archive:
        kept = f"select v from {table}_config where k = 'crisismerge'"  # noqa: S608
        assert archive.connection.execute(kept).fetchone()[0] == 256
