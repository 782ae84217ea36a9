"""Nightly work: once a night, and old backups go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.locks import locks_folder
from crawler.routine import Routine
from crawler.upkeep import Upkeep, prune_backups
from storage.archive import Archive

if TYPE_CHECKING:
    from pathlib import Path


def test_the_night_comes_once_a_vietnamese_day(tmp_path: Path) -> None:
    upkeep = Upkeep(Routine(nightly_hour=3, backup_dir=tmp_path / "backups"))
    with Archive.open(tmp_path / "archive.db") as archive:
        locks_folder(archive.path).mkdir()
        assert not upkeep.work(archive, now="2026-11-23T19:00:00Z")  # 02:00 in Vietnam
        assert upkeep.work(archive, now="2026-11-23T20:10:00Z")  # 03:10
        assert not upkeep.work(archive, now="2026-11-24T10:00:00Z")
        assert upkeep.work(archive, now="2026-11-24T23:00:00Z")  # the next day, missed at 03:00
    target = upkeep.backup_target("2026-11-23T20:10:00Z")
    assert target == tmp_path / "backups" / "archive-2026-11-24.db"


def test_the_newest_nights_are_kept_and_nothing_else_is_touched(tmp_path: Path) -> None:
    for day in range(1, 6):
        (tmp_path / f"archive-2026-11-0{day}.db").touch()
    (tmp_path / "archive-of-mine.db").touch()
    (tmp_path / "captures").mkdir()
    deleted = prune_backups(tmp_path, 2)
    assert {path.name for path in deleted} == {f"archive-2026-11-0{day}.db" for day in (1, 2, 3)}
    assert (tmp_path / "archive-of-mine.db").exists()
    assert (tmp_path / "captures").exists()
