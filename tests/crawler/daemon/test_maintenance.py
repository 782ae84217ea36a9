"""Nightly work: once a night, and old backups go."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from crawler.daemon.child import Task
from crawler.daemon.maintenance import Maintenance, is_large, prune_backups, shrink_log
from crawler.locks import locks_folder
from crawler.runs.texts import finish_texts
from storage.archive import Archive
from storage.records import Article, Link, SourceRow
from storage.search.filters import Filters
from tests.support.settings import make_options
from tests.support.template import open_new

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_the_night_comes_once_a_vietnamese_day(tmp_path: Path) -> None:
    maintenance = Maintenance(make_options(nightly_hour=3, backup_dir=tmp_path / "backups"))

    def targets(now: str) -> list[str]:
        maintenance.work(archive, now=now)
        first = {job.task for job in maintenance.jobs(archive, now=now, busy=())}
        assert Task.BACKUP not in first, "it takes the night's manifest along"
        jobs = maintenance.jobs(archive, now=now, busy=())
        return [job.arguments[-1] for job in jobs if job.task is Task.BACKUP]

    with Archive.open(tmp_path / "archive.db") as archive:
        locks_folder(archive.path).mkdir()
        assert targets("2026-11-23T19:00:00Z") == []  # 02:00 in Vietnam
        first = str(tmp_path / "backups" / "archive-2026-11-24.db")
        assert targets("2026-11-23T20:10:00Z") == [first]  # 03:10
        assert targets("2026-11-24T10:00:00Z") == []
        assert len(targets("2026-11-24T23:00:00Z")) == 1  # the next day, missed at 03:00


def test_a_manifest_of_captures_is_made_once_a_night(tmp_path: Path) -> None:
    maintenance = Maintenance(make_options(nightly_hour=3))

    def count(now: str) -> int:
        maintenance.work(archive, now=now)
        jobs = [job for _ in range(2) for job in maintenance.jobs(archive, now=now, busy=())]
        return sum(job == (Task.EVIDENCE, ("evidence",)) for job in jobs)

    with Archive.open(tmp_path / "archive.db") as archive:
        locks_folder(archive.path).mkdir()
        nights = ("2026-11-23T19:00:00Z", "2026-11-23T20:10:00Z", "2026-11-23T20:20:00Z")
        assert [count(now) for now in nights] == [0, 1, 0]


def test_the_nightly_hour_follows_the_time_zone_that_is_set(tmp_path: Path) -> None:
    berlin = make_options(nightly_hour=3, zone=ZoneInfo("Europe/Berlin"), backup_dir=tmp_path)
    maintenance = Maintenance(berlin)
    with Archive.open(tmp_path / "archive.db") as archive:
        locks_folder(archive.path).mkdir()
        maintenance.work(archive, now="2026-07-01T00:59:00Z")
        before = maintenance.jobs(archive, now="2026-07-01T00:59:00Z", busy=())
        assert Task.BACKUP not in {job.task for job in before}
        maintenance.work(archive, now="2026-07-01T01:01:00Z")
        maintenance.jobs(archive, now="2026-07-01T01:01:00Z", busy=())
        after = maintenance.jobs(archive, now="2026-07-01T01:01:00Z", busy=())
        assert Task.BACKUP in {job.task for job in after}


def test_saved_searches_run_after_news_and_again_after_a_failure(tmp_path: Path) -> None:
    maintenance = Maintenance(make_options(nightly_hour=24))

    def tasks(busy: tuple[str, ...] = ()) -> list[str]:
        jobs = maintenance.jobs(archive, now=now, busy=busy)
        return [job.task for job in jobs if job.task is not Task.INDEX]

    now = "2026-11-24T10:00:00Z"
    with Archive.open(tmp_path / "archive.db") as archive:
        locks_folder(archive.path).mkdir()
        assert tasks() == []  # nothing is watched
        archive.watches.add("lúa", "giá lúa", Filters(), now=now)
        maintenance.note_pages({"unchanged": 3, "failed/timeout": 1})
        assert tasks() == []
        maintenance.note_pages({"new": 1})
        assert tasks(busy=("watch",)) == []
        assert tasks() == ["watch"]
        maintenance.finish(Task.WATCH, 1)
        assert tasks() == []
        maintenance.work(archive, now=now)
        assert tasks() == ["watch"]
        maintenance.finish(Task.WATCH, 0)
        maintenance.work(archive, now=now)
        assert tasks() == []


def test_the_search_index_follows_at_the_start_and_after_news(tmp_path: Path) -> None:
    maintenance = Maintenance(make_options(nightly_hour=24))

    def is_due(busy: tuple[str, ...] = ()) -> bool:
        jobs = maintenance.jobs(archive, now="2026-11-24T10:00:00Z", busy=busy)
        return Task.INDEX in {job.task for job in jobs}

    with Archive.open(tmp_path / "archive.db") as archive:
        assert is_due()
        assert not is_due()
        maintenance.note_pages({"unchanged": 3})
        assert not is_due()
        maintenance.note_pages({"revised": 1})
        assert not is_due(busy=("index",))
        assert is_due()


def test_the_newest_nights_are_kept_and_nothing_else_is_touched(tmp_path: Path) -> None:
    for day in range(1, 6):
        (tmp_path / f"archive-2026-11-0{day}.db").touch()
    (tmp_path / "archive-of-mine.db").touch()
    (tmp_path / "captures").mkdir()
    deleted = prune_backups(tmp_path, 2)
    assert {path.name for path in deleted} == {f"archive-2026-11-0{day}.db" for day in (1, 2, 3)}
    assert (tmp_path / "archive-of-mine.db").exists()
    assert (tmp_path / "captures").exists()


def test_the_night_begins_with_its_hour_and_a_backup_waits_for_what_is_at_work(
    tmp_path: Path,
) -> None:
    maintenance = Maintenance(make_options(nightly_hour=3, backup_dir=tmp_path / "b"))
    with Archive.open(tmp_path / "archive.db") as archive:
        locks_folder(archive.path).mkdir()

        def tasks(*busy: Task) -> list[Task]:
            jobs = maintenance.jobs(archive, now="2026-11-23T20:00:00Z", busy=busy)
            return [job.task for job in jobs if job.task not in (Task.INDEX, Task.WATCH)]

        maintenance.work(archive, now="2026-11-23T19:59:59Z")
        assert tasks() == []
        maintenance.work(archive, now="2026-11-23T20:00:00Z")
        assert tasks(Task.EVIDENCE) == []
        assert tasks(Task.BACKUP) == [Task.EVIDENCE]
        assert tasks(Task.EVIDENCE) == []
        assert tasks(Task.BACKUP) == []
        assert tasks() == [Task.BACKUP]
        assert tasks() == []
        maintenance.work(archive, now="2026-11-23T20:30:00Z")
        assert tasks() == []
    assert (tmp_path / "b").stat().st_mode & 0o777 == 0o700


def test_without_a_folder_there_is_no_backup(tmp_path: Path) -> None:
    maintenance = Maintenance(make_options(nightly_hour=3, backup_dir=None))
    with Archive.open(tmp_path / "archive.db") as archive:
        locks_folder(archive.path).mkdir()
        maintenance.work(archive, now="2026-11-23T20:00:00Z")
        for _ in range(3):
            jobs = maintenance.jobs(archive, now="2026-11-23T20:00:00Z", busy=())
            assert Task.BACKUP not in {job.task for job in jobs}


def test_old_backups_go_after_a_good_one_only(tmp_path: Path) -> None:
    maintenance = Maintenance(make_options(backup_dir=tmp_path, backup_keep=2))
    for day in (1, 2, 3):
        (tmp_path / f"archive-2026-11-0{day}.db").touch()
        (tmp_path / f"archive-2026-11-0{day}.captures").mkdir()
        (tmp_path / f"archive-2026-11-0{day}.captures" / "a.warc.gz").touch()
    maintenance.finish(Task.BACKUP, 1)
    maintenance.finish(Task.EVIDENCE, 0)
    assert len(list(tmp_path.iterdir())) == 6
    maintenance.finish(Task.BACKUP, 0)
    assert sorted(path.name[:18] for path in tmp_path.iterdir()) == [
        *["archive-2026-11-02"] * 2,
        *["archive-2026-11-03"] * 2,
    ]
    assert prune_backups(tmp_path, 5) == []


def test_a_log_that_a_reader_keeps_large_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with Archive.open(tmp_path / "archive.db") as archive:
        archive.health.states()
        shrink_log(archive)
        wal = archive.path.with_name("archive.db-wal")
        wal.touch()
        monkeypatch.setattr("crawler.daemon.maintenance.WAL_ALARM_BYTES", wal.stat().st_size)
        shrink_log(archive)
        assert caplog.messages == []
        monkeypatch.setattr("crawler.daemon.maintenance.WAL_ALARM_BYTES", wal.stat().st_size - 1)
        shrink_log(archive)
        assert "a reader holds it open" in caplog.text


def test_a_log_of_a_quarter_of_a_gigabyte_is_large() -> None:
    assert [is_large(size) for size in (268_435_456, 268_435_457)] == [False, True]


def test_five_portions_of_copies_are_grouped_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[int] = []
    maintenance = Maintenance(make_options(nightly_hour=24))
    with open_new(tmp_path / "archive.db") as archive:
        monkeypatch.setattr(archive.clusters, "regroup_due", lambda: done.append(1))
        maintenance.work(archive, now="2026-11-24T10:00:00Z")
    assert len(done) == 5


def test_the_log_is_moved_into_the_file(tmp_path: Path) -> None:
    with open_new(tmp_path / "archive.db") as archive:
        archive.sources.put(
            SourceRow(id="a", name="A", kind="newspaper", province="Huế", homepage="https://a.vn/")
        )
        wal = tmp_path / "archive.db-wal"
        assert wal.stat().st_size > 0
        shrink_log(archive)
        assert wal.stat().st_size == 0


def test_what_an_earlier_version_archived_is_read_and_grouped_at_times(tmp_path: Path) -> None:
    maintenance = Maintenance(make_options(nightly_hour=24))
    with open_new(tmp_path / "archive.db") as archive:
        locks_folder(archive.path).mkdir()
        archive.sources.put(
            SourceRow(id="a", name="A", kind="newspaper", province="Huế", homepage="https://a.vn/")
        )
        link = archive.links.known(
            Link(
                source_id="a",
                url="https://a.vn/1",
                canonical_url="https://a.vn/1",
                key="1",
                found_at="2026-11-20T08:00:00Z",
            )
        )
        article = Article(
            source_id="a",
            url="https://a.vn/1",
            canonical_url="https://a.vn/1",
            key="1",
            fetched_at="2026-11-20T08:00:00Z",
            title="Hội nghị",
            body="Một. " * 50,
        )
        finish_texts(article)
        archive.add(article, link=link, capture=None, run_id=None)
        for table in ("places_due", "copies_due"):
            archive.connection.execute(f"insert into {table} select id from articles")  # noqa: S608
        maintenance.work(archive, now="2026-11-24T10:00:00Z")
        for table in ("places_due", "copies_due"):
            (left,) = archive.connection.execute(f"select count(*) from {table}").fetchone()  # noqa: S608
            assert left == 0, table
