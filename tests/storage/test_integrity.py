"""What verify finds, what repair mends, and what a backup is worth."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from storage.archive import Archive
from storage.backup import back_up, copy_captures
from storage.errors import ArchiveError, ArchiveMissing, ArchiveUnusable
from storage.integrity import check_captures
from storage.warc.files import CaptureWriter, read_capture
from tests.support.forks import run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from storage.records import Article, Link

    Make = Callable[..., Article]
    MakeLink = Callable[..., Link]


def problems(archive: Archive) -> list[str]:
    return [str(problem) for problem in archive.check()]


@pytest.fixture
def filled(archive: Archive, article: Make, link: MakeLink) -> Archive:
    run = archive.runs.start("baolongan", "crawl", "2026-10-02T11:38:00Z")
    with CaptureWriter(archive.captures_dir, "baolongan") as writer:
        for number in range(1, 6):
            made = article(number)
            capture = writer.write(
                url=made.url,
                fetched_at=made.fetched_at,
                status=200,
                reason="OK",
                headers=[("Content-Type", "text/html")],
                body=made.body.encode() * 20,
                ip=None,
            )
            archive.add(made, link=link(number), capture=capture, run_id=run)
    return archive


def test_a_sound_archive_has_no_problems(filled: Archive) -> None:
    assert problems(filled) == []
    assert list(filled.repair()) == []


def test_damage_is_found_at_a_glance(filled: Archive) -> None:
    assert filled.find_damage(seconds=60) is None
    filled.checkpoint()
    path, captures = filled.path, filled.captures_dir
    (root,) = filled.connection.execute(
        "select rootpage from sqlite_master where name = 'links_by_url'"
    ).fetchone()
    filled.close()
    with path.open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(b"\xff" * 4096)
    with Archive.open(path, captures_dir=captures) as archive:
        assert str(root) in str(archive.find_damage(seconds=60))


def test_an_index_that_lost_a_row_is_found_and_built_again(filled: Archive) -> None:
    row = filled._db.conn.execute("select * from articles where id = 3").fetchone()
    filled._db.conn.execute("insert into articles_exact (articles_exact) values ('delete-all')")
    assert problems(filled) == ["index: articles_exact does not agree with the articles"]
    assert list(filled.repair()) == [
        "index: built again (articles_exact did not agree with the articles)"
    ]
    assert problems(filled) == []
    assert filled._db.conn.execute("select * from articles where id = 3").fetchone() == row


@pytest.mark.parametrize(
    ("table", "statement"),
    [
        ("articles_fts", "delete from articles_fts_data where id > 10"),
        ("articles_fts", "update article_spellings set spellings = 'x' where id = 2"),
        ("articles_exact", "delete from articles_exact_data where id > 10"),
    ],
)
def test_each_part_of_the_index_is_checked(filled: Archive, table: str, statement: str) -> None:
    filled._db.conn.execute(statement)
    assert problems(filled) == [f"index: {table} does not agree with the articles"]


def test_others_write_while_the_index_is_checked(filled: Archive) -> None:
    with closing(sqlite3.connect(filled.path, isolation_level=None, timeout=0)) as other:
        filled._db.conn.set_trace_callback(
            lambda sql: other.execute("update runs set state = state") if "check" in sql else None
        )
        changes = other.total_changes
        assert problems(filled) == []
        filled._db.conn.set_trace_callback(None)
        assert other.total_changes > changes


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("update articles set revisions = 4 where id = 2", "article 2 says it has another number"),
        ("update articles set digest = 'x' where id = 2", "article 2 has a text that does not"),
        (
            "update article_revisions set title = 'x', body = 'y', digest = 'z' where id = 2",
            "article 2 has a text that is none of",
        ),
        (
            "update article_revisions set title = 'x', body = 'y', digest = 'z' where id = 2",
            "revision 2 has a text that does not have",
        ),
        ("update articles set cluster_id = 77 where id = 2", "article 2 is in a cluster that no"),
        ("update articles set capture_id = 77 where id = 2", "row 2 of articles points at no row"),
        ("update links set article_id = null where id = 2", "link 2 is stored without an article"),
        ("update links set state = 'lost' where id = 2", "link 2 is in a state that does not"),
        ("update runs set outcomes = '{'", "run 1 has no readable outcomes"),
        ("update runs set outcomes = '[]'", "run 1 has no readable outcomes"),
        ("""update runs set outcomes = '{"new": "x"}'""", "run 1 has no readable outcomes"),
        (
            "update articles set section = cast(x'ff' as text) where id = 2",
            "database: cannot be checked any further: Could not decode to UTF-8 column 'section'",
        ),
        (
            "update articles set published_on = '2026-02-30' where id = 2",
            "rows: row 2 of articles has '2026-02-30' as published_on: no day",
        ),
        ("update captures set digest = 'sha1:x' where id = 2", "baolongan-00001.warc.gz at"),
        ("update captures set file = '../x' where id = 2", "'../x' is no name of a capture file"),
    ],
)
def test_a_broken_promise_is_named(filled: Archive, statement: str, says: str) -> None:
    filled._db.conn.execute("pragma foreign_keys = off")
    filled._db.conn.execute(statement)
    assert any(says in problem for problem in problems(filled))


def test_a_missing_and_a_damaged_capture_file_are_named(filled: Archive) -> None:
    (path,) = filled.captures_dir.iterdir()
    whole = path.read_bytes()
    damaged = bytearray(whole)
    second = filled._db.conn.execute("select offset from captures where id = 2").fetchone()[0]
    damaged[second + 200] ^= 0xFF
    path.write_bytes(damaged)
    (problem,) = problems(filled)
    assert problem.startswith(f"captures: the capture in baolongan-00001.warc.gz at {second}")
    path.unlink()
    assert problems(filled) == [
        "captures: baolongan-00001.warc.gz is missing, and 5 captures with it"
    ]


def test_a_capture_file_left_open_is_found_and_closed(filled: Archive) -> None:
    (path,) = filled.captures_dir.iterdir()
    torn = path.with_name(path.name + ".open")
    torn.write_bytes(path.read_bytes() + b"\x1f\x8b\x08torn")
    path.unlink()
    assert problems(filled) == [f"captures: {torn.name} was left open by a killed process"]
    assert list(check_captures(filled._db)) == []
    (done,) = filled.repair()
    assert "7 bytes of a torn record cut off" in done
    assert problems(filled) == []


def flipped(whole: bytes, place: int) -> bytes:
    damaged = bytearray(whole)
    damaged[place : place + 64] = bytes(byte ^ 0xFF for byte in damaged[place : place + 64])
    return bytes(damaged)


def test_bytes_flipped_in_a_text_are_named(filled: Archive) -> None:
    filled.checkpoint()
    path, captures = filled.path, filled.captures_dir
    filled.close()
    whole = path.read_bytes()
    place = whole.find("chín tháng, bàn nhiệm vụ".encode())
    assert place > 0
    path.write_bytes(flipped(whole, place))
    with Archive.open(path, captures_dir=captures) as archive:
        found = problems(archive)
    assert any("text that does not have its digest" in problem for problem in found)


def test_bytes_flipped_anywhere_never_crash(filled: Archive, tmp_path: Path) -> None:
    filled.checkpoint()
    filled.close()
    whole = filled.path.read_bytes()
    found = 0
    for place in range(100, len(whole), len(whole) // 24):
        path = tmp_path / "damaged.db"
        path.write_bytes(flipped(whole, place))
        try:
            with Archive.open(path, captures_dir=filled.captures_dir) as archive:
                found += bool(problems(archive))
        except ArchiveError as error:
            found += "damaged.db" in str(error)
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
    assert found


def test_a_repair_says_in_a_sentence_that_tables_are_lost(filled: Archive) -> None:
    filled.checkpoint()
    path, captures = filled.path, filled.captures_dir
    (root,) = filled.connection.execute(
        "select rootpage from sqlite_master where name = 'articles_fts_data'"
    ).fetchone()
    filled.close()
    with path.open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(b"\xff" * 4096)
    with (
        Archive.open(path, captures_dir=captures) as archive,
        pytest.raises(ArchiveError, match="is damaged: restore a backup"),
    ):
        list(archive.repair())


@pytest.mark.parametrize("words", [("index", "--rebuild"), ("index", "--shrink"), ("status",)])
def test_every_command_says_in_a_sentence_that_tables_are_lost(
    filled: Archive, words: tuple[str, ...]
) -> None:
    filled.checkpoint()
    (root,) = filled.connection.execute(
        "select rootpage from sqlite_master where name = 'articles'"
    ).fetchone()
    path = filled.path
    filled.close()
    with path.open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(b"\xff" * 4096)
    done = run("crawler", ("--archive", str(path), *words), dict(os.environ))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"baotinh: {path} is damaged: restore a backup\n"


def test_a_damaged_table_index_is_built_again(filled: Archive) -> None:
    filled._db.conn.execute("pragma writable_schema = on")
    filled._db.conn.execute(
        "update sqlite_master set sql = replace(sql, 'canonical_url', 'key')"
        " where name = 'links_by_url'"
    )
    filled._db.conn.execute("pragma writable_schema = off")
    path, captures = filled.path, filled.captures_dir
    filled.close()
    with Archive.open(path, captures_dir=captures) as archive:
        assert any("index links_by_url" in problem for problem in problems(archive))
        assert "database: indexes of tables built again" in list(archive.repair())
        assert problems(archive) == []


def test_a_backup_taken_while_others_write_is_whole(
    filled: Archive, article: Make, link: MakeLink, tmp_path: Path
) -> None:
    stop = threading.Event()
    written: list[int] = []

    def write() -> None:
        with Archive.open(filled.path) as writer:
            while not stop.is_set():
                number = 100 + len(written)
                writer.add(article(number), link=link(number), capture=None, run_id=None)
                written.append(number)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        while not written and thread.is_alive():
            thread.join(0.01)
        backups = [back_up(filled.path, tmp_path / f"backup-{n}.db") for n in range(4)]
    finally:
        stop.set()
        thread.join()
    assert written
    for backup in backups:
        assert backup.path.stat().st_mode & 0o777 == 0o600
        assert backup.path.read_bytes()[18:20] == b"\x01\x01", "it has no log of its own"
        with Archive.open(backup.path, captures_dir=filled.captures_dir) as copy:
            assert problems(copy) == []
            count = copy._db.conn.execute("select count(*) from articles").fetchone()[0]
            assert count == backup.articles >= 5
            assert copy.article_by_key("baolongan", "3") is not None
    assert sorted(p.name for p in tmp_path.glob(".*")) == []


def test_a_damaged_archive_is_never_backed_up_over_a_good_copy(
    filled: Archive, tmp_path: Path
) -> None:
    target = tmp_path / "backup.db"
    back_up(filled.path, target)
    good = target.read_bytes()
    filled._db.conn.execute("insert into articles_exact (articles_exact) values ('delete-all')")
    with pytest.raises(ArchiveError, match=r"articles_exact.*verify --repair"):
        back_up(filled.path, target)
    filled.checkpoint()
    filled.close()
    damaged = bytearray(filled.path.read_bytes())
    damaged[40_000:60_000] = bytes(20_000)
    filled.path.write_bytes(damaged)
    with pytest.raises(ArchiveError):
        back_up(filled.path, target)
    assert target.read_bytes() == good
    assert list(tmp_path.glob(".*")) == []


def test_a_backup_that_cannot_be_is_refused_first(filled: Archive, tmp_path: Path) -> None:
    with pytest.raises(ArchiveUnusable, match="is a folder"):
        back_up(filled.path, tmp_path)
    with pytest.raises(ArchiveUnusable, match="is no folder"):
        back_up(filled.path, tmp_path / "none" / "backup.db")
    with pytest.raises(ArchiveUnusable, match="is the archive itself"):
        back_up(filled.path, filled.path)
    with pytest.raises(ArchiveMissing):
        back_up(tmp_path / "none.db", tmp_path / "backup.db")


def test_what_a_killed_backup_left_is_cleared_away_by_the_next(
    filled: Archive, tmp_path: Path
) -> None:
    target = tmp_path / "copy.db"
    dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"],
                          capture_output=True, check=True, text=True).stdout.strip()  # fmt: skip
    left = tmp_path / f".copy.db.{dead}.partial-journal"
    working = tmp_path / f".copy.db.{os.getppid()}.partial"
    left.write_bytes(b"half")
    working.write_bytes(b"half")
    back_up(filled.path, target)
    assert target.exists()
    assert not left.exists()
    assert working.exists()


def test_capture_files_are_copied_once_and_torn_ends_are_not(
    filled: Archive, tmp_path: Path
) -> None:
    (closed,) = filled.captures_dir.iterdir()
    target = tmp_path / "copies"
    with CaptureWriter(filled.captures_dir, "later") as writer:
        values: dict[str, Any] = {
            "url": "https://baolongan.vn/a",
            "fetched_at": "2026-10-02T11:38:00Z",
            "status": 200,
            "reason": "OK",
            "headers": [],
            "body": b"one",
            "ip": None,
        }
        first = writer.write(**values)
        with (filled.captures_dir / (first.file + ".open")).open("ab") as file:
            file.write(b"\x1f\x8b\x08torn")
        assert sorted(copy_captures(filled.captures_dir, target)) == [closed.name, first.file]
        assert list(copy_captures(filled.captures_dir, target)) == []
    assert read_capture(target, first).body == b"one"
    assert (target / closed.name).read_bytes() == closed.read_bytes()


def test_the_commands_say_what_they_found(filled: Archive, tmp_path: Path) -> None:
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "crawler", "--archive", str(filled.path), *words]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    verified = run("verify")
    assert (verified.returncode, verified.stderr) == (0, "")
    assert verified.stdout.endswith("5 articles, 5 captures, all well\n")
    filled._db.conn.execute("insert into articles_exact (articles_exact) values ('delete-all')")
    verified = run("verify")
    assert verified.returncode == 1
    assert verified.stdout == "index: articles_exact does not agree with the articles\n"
    repaired = run("verify", "--repair")
    assert (repaired.returncode, repaired.stderr[:22]) == (0, "repaired index: built ")
    backed_up = run("backup", "--captures", str(tmp_path / "copy" / ".." / "backup.db"))
    assert backed_up.returncode == 1
    (tmp_path / "copy").mkdir()
    backed_up = run("backup", "--captures", str(tmp_path / "copy" / "backup.db"))
    assert backed_up.returncode == 0, backed_up.stderr
    assert "5 articles" in backed_up.stdout
    with Archive.open(tmp_path / "copy" / "backup.db") as copy:
        assert problems(copy) == []
    with closing(sqlite3.connect(tmp_path / "copy" / "backup.db")) as conn:
        assert conn.execute("select count(*) from news").fetchone()[0] == 5
