"""Opening: what becomes an archive, what is refused, and with which sentence."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from storage.archive import Archive
from storage.db.migrations import STEPS
from storage.errors import (
    ArchiveBusy,
    ArchiveFromFuture,
    ArchiveMissing,
    ArchiveUnusable,
)
from storage.records import SourceRow
from storage.states import RunKind
from tests.support.forks import run_as_nobody

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECKPOINT_BYTES = 16_777_216

CONTRACT = {
    "sources": "id, name, kind, province, province_before_2025, homepage, status",
    "seeds": "id, source_id, kind, url, etag, last_modified, polled_at, next_poll_at, failures,"
    " last_error",
    "links": "id, source_id, url, canonical_url, state, reason, found_at, attempts, next_try_at,"
    " article_id",
    "captures": "id, url, fetched_at, status, content_type, digest, file, offset, length",
    "articles": "id, source_id, url, canonical_url, title, summary, body, authors, section, tags,"
    " language, published_at, published_on, published_raw, published_from, modified_at,"
    " first_seen_at, last_seen_at, gone_at, digest, cluster_id, capture_id, revisions",
    "images": "article_id, position, url, caption",
    "revisions": "id, article_id, number, seen_at, kind, title, summary, body, digest, capture_id",
    "runs": "id, source_id, kind, started_at, finished_at, state, outcomes",
    "articles_fts": "title, summary, body",
    "news": "id, published_on, province, source, title, summary, authors, section, url",
}


def source(name: str = "baolongan") -> SourceRow:
    return SourceRow(id=name, name=name, kind="newspaper", province="x", homepage="https://x.vn/")


@pytest.mark.parametrize(("table", "columns"), CONTRACT.items())
def test_tables_and_columns_are_those_of_the_contract(
    archive: Archive, table: str, columns: str
) -> None:
    archive._db.conn.execute(f"select {columns} from {table}").fetchall()  # noqa: S608


def test_every_connection_has_the_pragmas_that_keep_it_whole(archive: Archive) -> None:
    def pragma(name: str) -> object:
        return archive._db.conn.execute(f"pragma {name}").fetchone()[0]

    assert pragma("journal_mode") == "wal"
    assert pragma("synchronous") == 2
    assert (pragma("foreign_keys"), pragma("recursive_triggers")) == (1, 1)
    assert pragma("busy_timeout") == 75_000
    assert pragma("mmap_size") == 0
    with Archive.open_reading(archive.path) as reader:
        row = reader._db.conn.execute("pragma recursive_triggers").fetchone()
        assert row[0] == 1


def test_files_are_private_whatever_the_umask(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        with Archive.open(tmp_path / "data" / "archive.db") as archive:
            archive.sources.put(source())
            modes = {
                file.name: file.stat().st_mode & 0o777 for file in archive.path.parent.iterdir()
            }
    finally:
        os.umask(old)
    assert modes == {"archive.db": 0o600, "archive.db-wal": 0o600, "archive.db-shm": 0o600}
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


def test_reading_changes_nothing_and_cannot(archive: Archive) -> None:
    with Archive.open_reading(archive.path) as reader:
        with pytest.raises(ArchiveUnusable, match="cannot be written to"):
            reader.sources.put(source())
        assert len(reader.sources.all()) == 2


def test_another_program_leaves_the_log_to_a_process_that_opened_twice(archive: Archive) -> None:
    for opening in (Archive.open, Archive.open_reading):
        opening(archive.path).close()
    archive.sources.put(source("x"))

    query = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('select 1 from sources')"
    subprocess.run([sys.executable, "-c", query, archive.path], check=True)

    assert archive.path.with_name("archive.db-wal").stat().st_size > 0


def test_a_missing_archive_is_not_made_by_reading(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with pytest.raises(ArchiveMissing, match=f"no archive at {path}"):
        Archive.open_reading(path)
    assert not path.exists()


@pytest.mark.parametrize("opening", [Archive.open, Archive.open_reading])
def test_what_is_no_archive_is_named_and_left_alone(tmp_path: Path, opening: type) -> None:
    text = tmp_path / "text.db"
    text.write_text("not a database at all")
    with pytest.raises(ArchiveUnusable, match=r"text\.db is not an SQLite database"):
        opening(text)
    with pytest.raises(ArchiveUnusable, match="is a folder"):
        opening(tmp_path)
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with pytest.raises(ArchiveUnusable, match="no regular file"):
        opening(fifo)
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as conn:
        conn.execute("create table recipes (id)")
    before = other.read_bytes()
    with pytest.raises(ArchiveUnusable, match="no archive of Báo Tỉnh"):
        opening(other)
    assert other.read_bytes() == before
    assert text.read_text() == "not a database at all"


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArchiveUnusable, match=r"a/b/archive\.db cannot be created"):
        Archive.open(tmp_path / "a" / "b" / "archive.db")


def test_an_archive_from_the_future_is_refused(archive: Archive) -> None:
    archive._db.conn.execute(
        "insert into _sqlite_migrations (migration_set, name, applied_at)"
        " values ('baotinh', 'add_wonders', '2030-01-01')"
    )
    for opening in (Archive.open, Archive.open_reading):
        with pytest.raises(ArchiveFromFuture, match=r"newer version .*add_wonders.*upgrade"):
            opening(archive.path)


def add_wonders(conn: sqlite3.Connection) -> None:
    conn.execute("create table wonders (id)")


def stop_halfway(conn: sqlite3.Connection) -> None:
    conn.execute("create table half (id)")
    raise RuntimeError("no further")


def test_an_older_archive_is_upgraded_by_writing_only(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(STEPS, "add_wonders", add_wonders)
    wonders = "select * from wonders"
    with (
        pytest.raises(ArchiveUnusable, match=r"older version .*no such table: wonders.*upgrades"),
        Archive.open_reading(archive.path) as reader,
    ):
        reader._db.conn.execute(wonders)
    Archive.open(archive.path).close()
    with Archive.open_reading(archive.path) as reader:
        reader._db.conn.execute(wonders)


def test_a_step_that_fails_leaves_nothing_behind(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(STEPS, "stop_halfway", stop_halfway)
    with pytest.raises(RuntimeError, match="no further"):
        Archive.open(archive.path)
    tables = archive._db.conn.execute(
        "select name from sqlite_master where name = 'half'"
    ).fetchall()
    assert tables == []


def test_a_file_cut_short_is_damaged(archive: Archive) -> None:
    path = archive.path
    archive.checkpoint()
    archive.close()
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 3])
    for opening in (Archive.open, Archive.open_reading):
        with pytest.raises(ArchiveUnusable, match=r"archive\.db is damaged"):
            opening(path)


def test_a_write_into_a_file_that_was_removed_is_refused(archive: Archive) -> None:
    archive.path.rename(archive.path.with_name("moved.db"))
    with pytest.raises(ArchiveUnusable, match="removed or replaced"):
        archive.sources.put(source("x"))


@pytest.fixture
def shelf(archive: Archive) -> Iterator[Path]:
    """A folder with a closed archive, in which nobody may write."""
    archive.close()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        shutil.copy(archive.path, path / "archive.db")
        (path / "archive.db").chmod(0o444)
        path.chmod(0o555)
        yield path
        path.chmod(0o755)


def test_a_file_without_permission_is_named(shelf: Path) -> None:
    code = """
import sys
from pathlib import Path
from storage.archive import Archive
from storage.errors import ArchiveUnusable
try:
    Archive.open(Path(sys.argv[1]))
except ArchiveUnusable as error:
    sys.exit(0 if "cannot be written to" in str(error) else str(error))
sys.exit("it was opened")
"""
    assert run_as_nobody(code, str(shelf / "archive.db")) == 0


def test_a_finished_archive_is_read_from_a_folder_nobody_can_write(shelf: Path) -> None:
    code = """
import sys
from pathlib import Path
from storage.archive import Archive
with Archive.open_reading(Path(sys.argv[1])) as reader:
    sys.exit(len(reader.sources.all()))
"""
    assert run_as_nobody(code, str(shelf / "archive.db")) == 2


def test_many_processes_may_create_the_same_archive(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from storage.archive import Archive\n"
        "Archive.open(Path(sys.argv[1])).close()"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "archive.db")]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    said = [process.communicate()[1] for process in running]
    assert [process.returncode for process in running] == [0] * 4, said


def test_runs_of_dead_processes_are_settled_when_an_archive_is_opened_for_writing(
    archive: Archive,
) -> None:
    run = archive.runs.start("baolongan", RunKind.CRAWL, "2026-10-02T11:38:00Z")
    stored = "select state, finished_at is null from runs"
    archive.connection.execute("update runs set process = '1 0 other-boot'")
    with Archive.open_reading(archive.path) as reader:
        assert tuple(reader.connection.execute(stored).fetchone()) == ("running", 1)
        assert reader.runs.get(run).state == "interrupted"
    with Archive.open_existing(archive.path) as writer:
        assert tuple(writer.connection.execute(stored).fetchone()) == ("interrupted", 0)


def test_an_error_undoes_all_of_a_transaction(archive: Archive) -> None:
    def write_and_fail() -> None:
        with archive.transaction():
            archive.sources.put(source("x"))
            with archive.transaction():
                archive.sources.put(source("y"))
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        write_and_fail()
    assert {row.id for row in archive.sources.all()} == {"baolongan", "baotayninh"}
    assert not archive._db.conn.in_transaction


def test_many_writes_share_transactions_that_stay_short(archive: Archive) -> None:
    now: list[float] = [100.0]
    said: list[str] = []
    archive.connection.set_trace_callback(
        lambda sql: said.append(sql.split()[0]) if sql.startswith(("begin", "commit")) else None
    )

    def put(id_: str) -> None:
        archive.sources.put(source(id_))
        said.append(id_)
        now[0] += 0.15

    def rest(seconds: float) -> None:
        said.append(f"rest {seconds:.2f}")
        now[0] += seconds

    archive.write_each("abc", put, clock=lambda: now[0], rest=rest)
    assert said == ["begin", "a", "b", "commit", "rest 0.05", "begin", "c", "commit"]
    said.clear()
    now[0] += 0.02
    archive.write_each("d", put, clock=lambda: now[0], rest=rest)
    now[0] += 0.05
    archive.write_each("e", put, clock=lambda: now[0], rest=rest)
    assert said == ["rest 0.03", "begin", "d", "commit", "begin", "e", "commit"]
    assert len(archive.sources.all()) == 7


def test_a_writer_waits_for_another_one(archive: Archive) -> None:
    with closing(
        sqlite3.connect(archive.path, isolation_level=None, check_same_thread=False)
    ) as other:
        other.execute("begin exclusive")
        release = threading.Timer(0.6, lambda: other.execute("commit"))
        release.start()
        archive.sources.put(source("x"))
        release.join()
    assert len(archive.sources.all()) == 3


def test_a_writer_that_waited_too_long_says_so(archive: Archive) -> None:
    with closing(sqlite3.connect(archive.path, isolation_level=None)) as other:
        other.execute("begin immediate")
        archive._db.conn.execute("pragma busy_timeout = 50")
        with pytest.raises(ArchiveBusy, match="held by another process"):
            archive.sources.put(source("x"))
        other.execute("commit")
    archive.sources.put(source("x"))


def test_a_full_disk_is_named_and_loses_nothing(archive: Archive) -> None:
    pages = archive._db.conn.execute("pragma page_count").fetchone()[0]
    archive._db.conn.execute(f"pragma max_page_count = {pages + 2}")

    def fill() -> None:
        with archive.transaction():
            for number in range(2000):
                archive.sources.put(source(f"source-{number}"))

    with pytest.raises(ArchiveUnusable, match="disk is full"):
        fill()
    assert len(archive.sources.all()) == 2
    archive._db.conn.execute(f"pragma max_page_count = {pages + 2000}")
    archive.sources.put(source("x"))


def test_the_log_is_moved_into_the_file_when_it_is_large(archive: Archive) -> None:
    wal = archive.path.with_name("archive.db-wal")
    archive._db.conn.execute("create table filler (data blob)")

    def fill() -> None:
        with archive.transaction():
            archive._db.conn.execute(
                "insert into filler values (randomblob(?))", (CHECKPOINT_BYTES + 100_000,)
            )

    with closing(sqlite3.connect(archive.path, isolation_level=None)) as reader:
        reader.execute("begin")
        reader.execute("select count(*) from sources").fetchone()
        fill()
        assert wal.stat().st_size > CHECKPOINT_BYTES, "a reader needs the log"
        reader.execute("commit")
    fill()
    assert wal.stat().st_size == 0


def plan(archive: Archive, sql: str) -> str:
    rows = archive._db.conn.execute(f"explain query plan {sql}").fetchall()
    return "\n".join(row["detail"] for row in rows)


@pytest.mark.parametrize(
    ("sql", "index"),
    [
        ("select * from news limit 10", "articles_by_day"),
        ("select * from articles where source_id = 'a' and key = 'b'", "source_id=? AND key=?"),
        ("select * from articles where digest = 'a' and source_id = 'b'", "articles_by_digest"),
        ("select * from articles where canonical_url = 'a'", "articles_by_url"),
        ("select * from articles where cluster_id = 1", "articles_by_cluster"),
        ("select * from links where source_id = 'a' and key = 'b'", "source_id=? AND key=?"),
        ("select * from links where canonical_url = 'a'", "links_by_url"),
        (
            (
                "select * from links where source_id = 'a' and state = 'pending'"
                " order by found_at desc, id limit 9"
            ),
            "links_pending",
        ),
        (
            (
                "select * from links where source_id = 'a' and state = 'stored'"
                " and next_try_at <= 'b' order by next_try_at limit 9"
            ),
            "links_to_revisit",
        ),
        ("select * from captures where url = 'a' and digest = 'b' order by id", "captures_by_url"),
        ("select * from captures where link_id = 1", "captures_by_link"),
        ("select * from revisions where article_id = 1 order by number", "article_id=?"),
        ("select * from revisions where seen_at >= 'a' order by seen_at", "revisions_by_time"),
        ("select * from articles where gone_at >= 'a' order by gone_at", "articles_gone"),
        (
            "select * from runs where source_id = 'a' order by started_at desc, id desc",
            "runs_by_source",
        ),
        ("select * from runs where state = 'running'", "runs_running"),
        (
            "select max(first_seen_at) from articles where source_id = 'a' and first_seen_at > ''",
            "articles_by_first_seen",
        ),
    ],
)
def test_questions_are_answered_from_an_index(archive: Archive, sql: str, index: str) -> None:
    found = plan(archive, sql)
    assert index in found
    assert "SCAN a\n" not in found + "\n"
    assert "TEMP B-TREE" not in found


def test_opening_for_reading_imports_nothing_heavy(archive: Archive) -> None:
    code = (
        "import sys; from pathlib import Path; from storage.archive import Archive\n"
        "Archive.open_reading(Path(sys.argv[1])).close()\n"
        "print(*({'sqlite_utils', 'warcio', 'scrapy', 'storage.db.fulltext'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(archive.path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""
