"""What must hold before a crawl starts, and how lasting problems are reported."""

from __future__ import annotations

import logging
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from crawler.daemon.events import Event, EventKind, EventQueue
from crawler.daemon.preflight import (
    DaemonLock,
    Problems,
    daemon_of,
    ensure_usable,
    find_obstacle,
    wait_for_archive,
    what_to_wait_for,
)
from storage.db.connections import check_not_lost
from storage.db.database import identity
from storage.errors import ArchiveBusy, ArchiveFull, ArchiveMissing, ArchiveUnusable
from storage.records import SourceRow
from storage.states import RunKind
from tests.support.template import open_new

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.archive import Archive


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_new(tmp_path / "archive.db") as archive:
        archive.sources.put(
            SourceRow(id="a", name="A", kind="newspaper", province="Huế", homepage="https://a.vn/")
        )
        archive.runs.start("a", RunKind.CRAWL, "2026-11-24T00:00:00Z")
        yield archive


def test_a_clock_two_days_before_the_newest_row_is_an_obstacle(archive: Archive) -> None:
    assert find_obstacle(archive, now="2026-11-22T00:00:00Z", reserve=0) is None
    why = find_obstacle(archive, now="2026-11-21T23:59:59Z", reserve=0)
    assert why is not None
    assert "the clock says 2026-11-21" in why
    assert "2026-11-24T00:00:00Z: set the clock" in why


@pytest.mark.parametrize("now", ["1970-01-01T00:00:05Z", "2038-01-19T03:14:08Z"])
def test_a_clock_that_cannot_be_is_an_obstacle(archive: Archive, now: str) -> None:
    why = find_obstacle(archive, now=now, reserve=0)
    assert why == f"the clock says {now[:10]}, which cannot be: set the clock"


def test_a_few_rows_of_a_clock_that_was_ahead_stop_nothing(archive: Archive) -> None:
    for day in (22, 23, 24):
        archive.runs.start("a", RunKind.CRAWL, f"2026-11-{day}T00:00:00Z")
    archive.runs.start("a", RunKind.CRAWL, "2035-01-01T00:00:00Z")
    assert find_obstacle(archive, now="2026-11-25T00:00:00Z", reserve=0) is None
    assert find_obstacle(archive, now="2026-11-01T00:00:00Z", reserve=0) is not None


def test_a_disk_with_less_than_the_reserve_is_an_obstacle(archive: Archive) -> None:
    free = shutil.disk_usage(archive.path.parent).free
    now = "2026-11-24T00:00:00Z"
    assert find_obstacle(archive, now=now, reserve=free // 2) is None
    why = find_obstacle(archive, now=now, reserve=free * 2)
    assert why is not None
    assert f"less free than the {free * 2 >> 20} MB" in why


def test_captures_without_their_archive_are_not_begun_anew(tmp_path: Path) -> None:
    captures = tmp_path / "captures"
    captures.mkdir()
    check_not_lost(tmp_path / "archive.db", captures)
    (captures / "run-00001.warc.gz").touch()
    with pytest.raises(ArchiveMissing, match="restore it"):
        check_not_lost(tmp_path / "archive.db", captures)
    (tmp_path / "archive.db").write_bytes(b"x")
    check_not_lost(tmp_path / "archive.db", captures)


def test_a_file_put_in_the_place_of_another_has_another_identity(tmp_path: Path) -> None:
    path, other = tmp_path / "archive.db", tmp_path / "other.db"
    assert identity(path) is None
    path.touch()
    other.touch()
    before = identity(path)
    path.write_bytes(b"more")
    assert identity(path) == before
    other.replace(path)
    assert identity(path) != before


def test_one_daemon_an_archive(tmp_path: Path) -> None:
    import os

    archive = tmp_path / "archive.db"
    assert daemon_of(archive) is None
    with DaemonLock(archive):
        assert daemon_of(archive) == os.getpid()
        with pytest.raises(ArchiveBusy, match=f"process {os.getpid()}"):
            DaemonLock(archive).acquire()
    assert daemon_of(archive) is None


def test_a_problem_is_logged_once_and_so_is_its_end(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    problems = Problems(logging.getLogger("problems"))
    problems.clear("disk", "was never there")
    problems.report("disk", "it is full")
    problems.report("disk", "it is full")
    assert "disk" in problems
    problems.report("disk", "it is fuller")
    problems.clear("disk", "there is room")
    problems.clear("disk", "there is room")
    assert caplog.messages == ["it is full", "it is fuller", "there is room"]
    assert "disk" not in problems


@pytest.mark.parametrize(
    ("error", "waited", "once", "awaited"),
    [
        (ArchiveBusy("x"), 75.0, False, "it"),
        (ArchiveBusy("x"), 75.1, False, None),
        (ArchiveBusy("x"), 75.0, True, "it"),
        (ArchiveFull("x"), 1e9, False, "room"),
        (ArchiveFull("x"), 0.0, True, None),
    ],
)
def test_a_process_is_waited_for_and_room_for_ever(
    error: ArchiveBusy | ArchiveFull, waited: float, once: bool, awaited: str | None
) -> None:
    assert what_to_wait_for(error, waited=waited, once=once) == awaited


class Calls(EventQueue):
    """First a call to read files again, then to stop."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []

    def wait(self, seconds: float) -> list[Event]:
        self.waits.append(seconds)
        return [Event(EventKind.RELOAD if len(self.waits) == 1 else EventKind.STOP, "SIGTERM")]


def test_an_archive_that_another_holds_is_waited_for_until_a_stop(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path, events = tmp_path / "archive.db", Calls()
    problems = Problems(logging.getLogger("problems"))
    with open_new(path) as archive:
        archive.sources.all()

    def wait() -> Archive | None:
        return wait_for_archive(path, None, events, problems, patience=0.0, once=False)

    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("pragma locking_mode = exclusive")
        other.execute("begin exclusive")
        assert wait() is None
    assert events.waits == [0.1, 0.1], "only a stop ends it"
    assert "waiting for it" in caplog.text
    found = wait()
    assert found is not None
    found.close()


def test_an_archive_is_looked_through_at_a_start(archive: Archive) -> None:
    now = "2026-11-24T00:00:00Z"
    ensure_usable(archive, now=now, seconds=5.0)
    with pytest.raises(ArchiveUnusable, match="not started: the clock says"):
        ensure_usable(archive, now="1970-01-01T00:00:05Z", seconds=0.0)
    conn = archive.connection
    conn.execute("create table torn (x not null)")
    conn.execute("insert into torn values (1)")
    conn.execute("pragma writable_schema = on")
    conn.execute(
        "update sqlite_schema set sql = 'create table torn (x not null, y not null)'"
        " where name = 'torn'"
    )
    conn.execute("pragma writable_schema = reset")
    ensure_usable(archive, now=now, seconds=0.0)
    with pytest.raises(ArchiveUnusable, match="is damaged: restore a backup"):
        ensure_usable(archive, now=now, seconds=5.0)


@pytest.mark.parametrize(("text", "process"), [(b"", 0), (b"x", 0), (b"12\n", 12)])
def test_a_daemon_whose_number_was_not_written_is_one_all_the_same(
    tmp_path: Path, text: bytes, process: int
) -> None:
    archive = tmp_path / "archive.db"
    with DaemonLock(archive) as lock:
        assert lock._path.stat().st_mode & 0o777 == 0o600
        lock._path.write_bytes(text)
        assert daemon_of(archive) == process
    assert daemon_of(archive) is None
    lock.release()
