"""What the daemon does for the archive itself: a small write-ahead log, a nightly hour."""

from __future__ import annotations

import logging
import re
import shutil
from typing import TYPE_CHECKING

from crawler.locks import locks_folder
from crawler.rhythm import VIETNAM
from crawler.schedule import parse_instant

if TYPE_CHECKING:
    from pathlib import Path

    from crawler.routine import Routine
    from storage.archive import Archive

logger = logging.getLogger(__name__)

WAL_ALARM_BYTES = 256 * 1024 * 1024
_BACKUP = re.compile(r"archive-(\d{4}-\d{2}-\d{2})")


class Upkeep:
    """The archive's own chores."""

    def __init__(self, routine: Routine) -> None:
        self._hour = routine.nightly_hour
        self._backup_dir = routine.backup_dir
        self._keep = routine.backup_keep

    def work(self, archive: Archive, *, now: str) -> bool:
        """Shrink the log; once a night optimise. Whether the night's backup is to be made now."""
        shrink_log(archive)
        if not self._is_night(archive.path, now):
            return False
        _stamp(archive.path).write_text(_local_day(now), encoding="ascii")
        optimise(archive)
        return self._backup_dir is not None

    def backup_target(self, now: str) -> Path | None:
        """Where tonight's backup goes; the folder is made, private."""
        if self._backup_dir is None:
            return None
        self._backup_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self._backup_dir / f"archive-{_local_day(now)}.db"

    def finish_backup(self, status: int) -> None:
        """Say how it went; after a good one delete what is older than the nights to keep."""
        if status != 0 or self._backup_dir is None:
            logger.error("the backup failed (exit code %d)", status)
            return
        old = prune_backups(self._backup_dir, self._keep)
        logger.info("the backup is done, %d old ones deleted", len(old))

    def _is_night(self, archive: Path, now: str) -> bool:
        local = parse_instant(now).astimezone(VIETNAM)
        return local.hour >= self._hour and _last_night(archive) != _local_day(now)


def shrink_log(archive: Archive) -> None:
    """Move the write-ahead log into the database file; say so when a reader keeps it large."""
    archive.checkpoint()
    wal = archive.path.with_name(archive.path.name + "-wal")
    if wal.exists() and (size := wal.stat().st_size) > WAL_ALARM_BYTES:
        logger.warning("%s has grown to %d MB: a reader holds it open", wal, size >> 20)


def optimise(archive: Archive) -> None:
    """Let SQLite look at its statistics (sqlite.org/pragma.html#pragma_optimize)."""
    archive.conn.execute("PRAGMA analysis_limit = 400")
    archive.conn.execute("PRAGMA optimize")


def prune_backups(folder: Path, keep: int) -> list[Path]:
    """Delete all but the newest ``keep`` nights' backups; return what was deleted."""
    made = {path: found[1] for path in folder.iterdir() if (found := _BACKUP.match(path.name))}
    nights = sorted(set(made.values()))
    old = [path for path, night in made.items() if night in nights[: max(0, len(nights) - keep)]]
    for path in old:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    return old


def _local_day(now: str) -> str:
    return parse_instant(now).astimezone(VIETNAM).date().isoformat()


def _last_night(archive: Path) -> str:
    try:
        return _stamp(archive).read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _stamp(archive: Path) -> Path:
    return locks_folder(archive) / ".nightly"
