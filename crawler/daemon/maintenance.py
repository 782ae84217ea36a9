"""What the daemon does besides crawling: keep the log small, a nightly hour, saved searches."""

from __future__ import annotations

import logging
import re
import shutil
from typing import TYPE_CHECKING, NamedTuple

from crawler.locks import locks_folder
from storage.instants import parse_instant
from storage.watches import list_watches

if TYPE_CHECKING:
    from collections.abc import Container, Mapping
    from pathlib import Path

    from crawler.daemon.options import Routine
    from storage.archive import Archive

logger = logging.getLogger(__name__)

WAL_ALARM_BYTES = 256 * 1024 * 1024
_NAMES = {"backup": "the backup", "watch": "telling what saved searches found"}
_BACKUP = re.compile(r"archive-(\d{4}-\d{2}-\d{2})")


class Chore(NamedTuple):
    """Work for a child: its task's name, and the command."""

    task: str
    arguments: tuple[str, ...]


class Upkeep:
    """The archive's own chores: what is done here, and what children are started for."""

    def __init__(self, routine: Routine) -> None:
        self._hour = routine.nightly_hour
        self._zone = routine.zone
        self._backup_dir = routine.backup_dir
        self._keep = routine.backup_keep
        self._copying = False
        """Whether tonight's backup is still to be made."""
        self._news = True
        """Whether crawls may have brought what saved searches look for."""
        self._untold = False
        """Whether the last run of the saved searches failed: repeated with the next work."""

    def work(self, archive: Archive, *, now: str) -> None:
        """Shrink the log; once a night optimise, and plan the night's backup."""
        self._news |= self._untold
        shrink_log(archive)
        if self._is_night(archive.path, now):
            _stamp(archive.path).write_text(self._local_day(now), encoding="ascii")
            optimise(archive)
            self._copying = self._backup_dir is not None

    def note_pages(self, outcomes: Mapping[str, int]) -> None:
        """Take note of what a crawl brought."""
        self._news |= any(outcomes.get(kind) for kind in ("new", "revised"))

    def chores(self, archive: Archive, *, now: str, busy: Container[str]) -> list[Chore]:
        """What children are to be started for now; ``busy`` names the tasks that still run."""
        due: list[Chore] = []
        if self._copying and "backup" not in busy:
            target = self._backup_target(now)
            self._copying = False
            due.append(Chore("backup", ("backup", "--captures", str(target))))
        if self._news and "watch" not in busy:
            self._news = False
            if list_watches(archive.conn):
                due.append(Chore("watch", ("watch", "run")))
        return due

    def finish(self, task: str, status: int) -> None:
        """Say how a chore went; after a good backup delete what is older than the nights kept."""
        if task == "watch":
            self._untold = status != 0
        if status != 0:
            logger.error("%s failed (exit code %d)", _NAMES[task], status)
        elif task == "backup" and self._backup_dir is not None:
            old = prune_backups(self._backup_dir, self._keep)
            logger.info("the backup is done, %d old ones deleted", len(old))

    def _backup_target(self, now: str) -> Path:
        """Where tonight's backup goes; the folder is made, private."""
        assert self._backup_dir is not None  # noqa: S101 - or no backup is planned
        self._backup_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self._backup_dir / f"archive-{self._local_day(now)}.db"

    def _is_night(self, archive: Path, now: str) -> bool:
        local = parse_instant(now).astimezone(self._zone)
        return local.hour >= self._hour and _last_night(archive) != self._local_day(now)

    def _local_day(self, now: str) -> str:
        return parse_instant(now).astimezone(self._zone).date().isoformat()


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


def _last_night(archive: Path) -> str:
    try:
        return _stamp(archive).read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _stamp(archive: Path) -> Path:
    return locks_folder(archive) / ".nightly"
