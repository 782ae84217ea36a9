"""The index stays in step whoever writes, and any client can search it."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import unicodedata
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
import sqlite_utils

from storage.archive import Archive
from storage.db.fulltext import TABLES, find_broken_tables, optimize_index, rebuild_index
from tests.support.shelf import open_shelf, put

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PLAIN = "select rowid from articles_fts where articles_fts match ?"


@pytest.fixture
def shelf() -> Iterator[sqlite3.Connection]:
    with closing(open_shelf()) as conn:
        put(
            conn,
            "Tỉnh ủy Long An ban hành Chỉ thị 58-CT/TU",
            'Kĩ thuật mới\n\n"Hoà bình" \\ \x01',
            summary="Đường bộ qua Đắk Lắk, QĐ-UBND",
            authors=["Thanh Nga"],
            section="Thời sự",
        )
        yield conn


def found(conn: sqlite3.Connection, query: str) -> list[int]:
    return [row[0] for row in conn.execute(PLAIN, [query])]


@pytest.mark.parametrize(
    "query",
    [
        "tinh uy long an", "Tỉnh ủy Long An", "TỈNH ỦY", "tỉnh uỷ", "duong bo", "Đường bộ",
        "dak lak", "Đắk Lắk", "kỹ thuật", "ki thuat", "ky thuat", "hòa bình", "qd ubnd",
        '"58-CT/TU"', "title: long", unicodedata.normalize("NFD", "Tỉnh ủy"),
    ],
)  # fmt: skip
def test_plain_sql_finds_every_spelling(shelf: sqlite3.Connection, query: str) -> None:
    assert found(shelf, query) == [1]


@pytest.mark.parametrize("mark", [*"\n.,;:!?()[] ", *"-–—/…\"'“”‘’_%"])
def test_other_spellings_are_known_beside_every_mark(mark: str) -> None:
    with closing(open_shelf()) as conn:
        put(conn, f"Một{mark}kĩ{mark}sư{mark}lý{mark}", f"{mark}Mĩ{mark}")
        for query in ("ky", "ly", "my"):
            assert found(conn, query) == [1], query


@pytest.mark.parametrize(
    "write",
    [
        "update articles set title = 'Đồng Tháp mùa nước nổi'",
        "update articles set body = 'khác', summary = null where id = 1",
        "update articles set id = 7 where id = 1",
        "update articles set published_on = null, authors = 'no json', kind = 'video'",
        "insert or replace into articles select * from articles",
        """insert into articles select * from articles where true
        on conflict (id) do update set title = 'Tin mới'""",
        """replace into articles (source_id, key, url, canonical_url, title, body, first_seen_at,
        last_seen_at, digest, cluster_id)
        values ('baolongan', '1', 'u', 'u', 'Đổi', 'khác', '', '', '', 1)""",
        "delete from articles",
    ],
)
def test_the_index_follows_any_write(shelf: sqlite3.Connection, write: str) -> None:
    put(shelf, "Một bài khác", "nội dung đầy đủ")
    shelf.execute(write)
    assert find_broken_tables(shelf) == []
    for word in ("long", "khac"):
        ids = {row[0] for row in shelf.execute("select id from articles")}
        assert set(found(shelf, word)) <= ids


def test_what_is_no_text_changes_nothing_in_the_index(shelf: sqlite3.Connection) -> None:
    before = shelf.total_changes
    shelf.execute("update articles set last_seen_at = 'later', revisions = 2")
    assert shelf.total_changes - before == 1


def test_a_damaged_index_is_named_and_rebuilt(shelf: sqlite3.Connection) -> None:
    for table in TABLES:
        shelf.execute(f"insert into {table} ({table}) values ('delete-all')")  # noqa: S608
    assert find_broken_tables(shelf) == list(TABLES)
    rebuild_index(shelf)
    assert find_broken_tables(shelf) == []
    assert found(shelf, "dak lak") == [1]
    optimize_index(shelf)
    assert find_broken_tables(shelf) == []


def test_no_article_waits_until_the_words_of_a_bulk_load_are_merged(
    shelf: sqlite3.Connection,
) -> None:
    for batch in range(15):
        shelf.execute("begin")
        for at in range(batch * 40, batch * 40 + 40):
            put(shelf, f"Bài {at}", " ".join(f"chữ{at * 97 + word}" for word in range(150)))
        shelf.execute("commit")
    written = []
    for at in range(20):
        before = shelf.total_changes
        put(shelf, f"Bài lẻ {at}", "nội dung ngắn")
        written.append(shelf.total_changes - before)
    assert max(written) < 2 * min(written)


def test_any_client_may_rebuild_the_plain_index(shelf: sqlite3.Connection) -> None:
    shelf.execute("insert into articles_fts (articles_fts) values ('rebuild')")
    assert find_broken_tables(shelf) == []
    assert found(shelf, "dak lak") == [1]


def test_a_title_weighs_more_than_a_body_in_plain_sql(shelf: sqlite3.Connection) -> None:
    put(shelf, "Tin khác", "tỉnh uỷ long an " * 3)
    put(shelf, "Tỉnh ủy Long An họp", "tin")
    ranked = shelf.execute(PLAIN + " order by rank", ["tinh uy long an"]).fetchall()
    assert ranked[-1][0] == 2


def test_sqlite_utils_searches_and_writes_the_archive(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(open_shelf(path)) as conn:
        put(conn, "Tỉnh ủy Long An")
    db = sqlite_utils.Database(path)
    articles = db.table("articles")
    assert articles.detect_fts() == "articles_fts"
    assert [row["id"] for row in articles.search("tinh uy long an")] == [1]
    row = dict(next(iter(articles.rows)))
    articles.upsert(row | {"title": "Mùa nước nổi ở Đồng Tháp"}, pk="id")
    articles.insert(row | {"id": 2, "key": "2"}, replace=True)
    assert [row["id"] for row in articles.search("dong thap")] == [1]
    assert find_broken_tables(db.conn) == []
    db.close()


@pytest.mark.skipif(not shutil.which("sqlite3"), reason="no sqlite3 shell here")
def test_the_plain_shell_writes_and_searches(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(open_shelf(path)) as conn:
        put(conn, "Tỉnh ủy Long An")
    script = """
        update articles set title = 'Đường về Đắk Lắk' where id = 1;
        select rowid from articles_fts where articles_fts match 'duong dak lak';
        select count(*) from articles_fts where articles_fts match 'long';
    """
    shell = subprocess.run(
        ["sqlite3", path], input=script, capture_output=True, text=True, check=True
    )
    assert shell.stdout.split() == ["1", "0"]


def test_counts_of_a_nearly_empty_archive_do_not_slow_the_index_down(tmp_path: Path) -> None:
    # With so few rows counted, SQLite goes through the whole table for each merge of FTS5.
    plan = "explain query plan delete from articles_fts_data where id >= 1 and id <= 2"
    with Archive.open(tmp_path / "archive.db") as archive:
        archive.connection.execute("analyze")
        archive.optimise()
        (step,) = archive.connection.execute(plan).fetchall()
    with Archive.open(tmp_path / "archive.db") as archive:
        (later,) = archive.connection.execute(plan).fetchall()
    assert "rowid>? AND rowid<?" in step["detail"]
    assert step["detail"] == later["detail"]


def test_statistics_wait_where_the_disk_has_no_room_for_them(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "archive.db") as archive:
        conn = archive.connection
        conn.execute(
            "insert into sources (id, name, kind, province, homepage)"
            " values ('a', 'A', 'newspaper', 'Huế', 'https://a.vn/')"
        )
        conn.executemany(
            "insert into links (source_id, url, canonical_url, key, found_at)"
            " values ('a', :url, :url, :url, '2026-11-24T02:00:00Z')",
            [{"url": f"https://a.vn/{number}"} for number in range(100)],
        )
        conn.execute("pragma max_page_count = 1")  # no more than it has by now
        conn.execute("select * from links where source_id = 'a'").fetchall()
        with pytest.raises(sqlite3.OperationalError, match="full"):
            conn.execute("analyze")
        archive.optimise()
        assert conn.execute("select count(*) from links").fetchone()[0] == 100
