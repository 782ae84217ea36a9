"""The daemon's work besides crawls: checkpoints, nightly optimise and backup, saved searches."""

from __future__ import annotations

import logging
import re
import shutil
from typing import TYPE_CHECKING, NamedTuple

from crawler.daemon.child import Task
from crawler.locks import locks_folder
from storage.instants import parse_instant

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from crawler.daemon.options import DaemonOptions
    from storage.archive import Archive

logger = logging.getLogger(__name__)

PAGES_OF_COPIES = 5
"""Pages of articles compared for copies at a time: a second of a minute, a million in four days."""
WAL_ALARM_BYTES = 256 * 1024 * 1024
_NAMES = {
    Task.BACKUP: "the backup",
    Task.EVIDENCE: "the manifest of captures",
    Task.WATCH: "the run of the saved searches",
    Task.INDEX: "the update of the search index",
}
_BACKUP = re.compile(r"archive-(\d{4}-\d{2}-\d{2})")


class Job(NamedTuple):
    """Work for a child: the name of the task, and its command."""

    task: Task
    arguments: tuple[str, ...]


class Maintenance:
    """Maintenance of one archive: what is done in this process, and jobs for children."""

    def __init__(self, options: DaemonOptions) -> None:
        self._hour = options.nightly_hour
        self._zone = options.zone
        self._backup_dir = options.backup_dir
        self._keep = options.backup_keep
        self._backup_due = False
        """Whether the night's backup is still to be made."""
        self._evidence_due = False
        """Whether the night's manifest is still to be made."""
        self._search_due = True
        """Whether crawls may have stored matches of saved searches."""
        self._index_due = True
        """Whether crawls may have stored what the search index has not."""
        self._search_failed = False
        """Whether the last run of the saved searches failed: repeated with the next work."""

    def work(self, archive: Archive, *, now: str) -> None:
        """Checkpoint the write-ahead log; once a night optimise, and plan the backup.

        Articles that an earlier version archived are read for places and grouped with their
        copies, some at a time.
        """
        self._search_due |= self._search_failed
        archive.places.read_due()
        for _ in range(PAGES_OF_COPIES):
            archive.clusters.regroup_due()
        shrink_log(archive)
        if self._is_night(archive.path, now):
            _stamp(archive.path).write_text(self._local_day(now), encoding="ascii")
            archive.optimise()
            self._evidence_due = True
            self._backup_due = self._backup_dir is not None

    def note_pages(self, outcomes: Mapping[str, int]) -> None:
        """Record the outcomes of a crawl."""
        stored = any(outcomes.get(kind) for kind in ("new", "revised"))
        self._search_due |= stored
        self._index_due |= stored

    def jobs(self, archive: Archive, *, now: str, busy: Collection[str]) -> list[Job]:
        """Return jobs to start now; ``busy`` names the tasks that still run."""
        due: list[Job] = []
        if self._evidence_due and Task.EVIDENCE not in busy:
            self._evidence_due = False
            due.append(Job(Task.EVIDENCE, ("evidence",)))
        # The backup takes the night's manifest along.
        is_free = not due and not {Task.BACKUP, Task.EVIDENCE} & set(busy)
        if self._backup_due and self._backup_dir is not None and is_free:
            target = self._backup_target(self._backup_dir, now)
            self._backup_due = False
            due.append(Job(Task.BACKUP, ("backup", "--captures", str(target))))
        if self._index_due and Task.INDEX not in busy:
            self._index_due = False
            due.append(Job(Task.INDEX, ("index",)))
        if self._search_due and Task.WATCH not in busy:
            self._search_due = False
            if archive.watches.all():
                due.append(Job(Task.WATCH, ("watch", "run")))
        return due

    def finish(self, task: Task, status: int) -> None:
        """Log how a job ended; after a good backup delete backups beyond the nights kept."""
        if task is Task.WATCH:
            self._search_failed = status != 0
        if status != 0:
            logger.error("%s failed (exit code %d)", _NAMES[task], status)
        elif task is Task.BACKUP and self._backup_dir is not None:
            old = prune_backups(self._backup_dir, self._keep)
            logger.info("the backup is done, %d old ones deleted", len(old))

    def _backup_target(self, folder: Path, now: str) -> Path:
        """Return the path of tonight's backup; its folder is created, private."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder / f"archive-{self._local_day(now)}.db"

    def _is_night(self, archive: Path, now: str) -> bool:
        local = parse_instant(now).astimezone(self._zone)
        return local.hour >= self._hour and _last_night(archive) != self._local_day(now)

    def _local_day(self, now: str) -> str:
        return parse_instant(now).astimezone(self._zone).date().isoformat()


def shrink_log(archive: Archive) -> None:
    """Move the write-ahead log into the database file; warn when a reader keeps it large."""
    archive.checkpoint()
    wal = archive.path.with_name(archive.path.name + "-wal")
    if wal.exists() and is_large(size := wal.stat().st_size):
        logger.warning("%s has grown to %d MB: a reader holds it open", wal, size >> 20)


def is_large(size: int) -> bool:
    """Return whether a write-ahead log of so many bytes is to be told."""
    return size > WAL_ALARM_BYTES


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
