"""The archive: one SQLite file beside a folder of captures. The class all other parts use."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from storage.articles.write import Articles
from storage.db.connections import (
    BUSY_SECONDS,
    check_present,
    connect_reading,
    connect_writing,
    explain,
    prepare_writing,
)
from storage.db.migrations import is_current, migrate
from storage.errors import ArchiveUnusable

if TYPE_CHECKING:
    from pathlib import Path


class Archive(Articles):
    """An open archive.

    Reading and writing are inherited: sources, seeds and links from ``Frontier``, runs and
    hosts from ``Runs``, articles and captures from ``Reading``, and what becomes of a fetched
    page from ``Articles``. Every method that writes is one transaction; inside
    ``transaction()`` several become one.
    """

    @classmethod
    def open(
        cls, path: Path, *, captures_dir: Path | None = None, patience: float = BUSY_SECONDS
    ) -> Self:
        """Open for reading and writing; create or upgrade what is not there.

        ``captures_dir`` is ``captures/`` beside the file unless given; ``patience`` is how many
        seconds a write waits for another process. Raises ArchiveError with one sentence that
        names the path.
        """
        conn = connect_writing(path, patience=patience)
        try:
            current = is_current(conn, path)
            prepare_writing(conn)
            archive = cls(conn, path, captures_dir or path.parent / "captures", patience)
            if not current:
                with archive.transaction():
                    migrate(conn, path)
            archive.interrupt_dead_runs(_now())
        except (sqlite3.Error, UnicodeError) as error:
            conn.close()
            raise explain(error, path) from error
        except BaseException:
            conn.close()
            raise
        return archive

    @classmethod
    def open_existing(cls, path: Path, *, captures_dir: Path | None = None) -> Self:
        """Open for reading and writing what must be there. Raises ArchiveMissing."""
        check_present(path)
        return cls.open(path, captures_dir=captures_dir)

    @classmethod
    def open_reading(cls, path: Path, *, captures_dir: Path | None = None) -> Self:
        """Open for reading only. Raises ArchiveMissing, or another ArchiveError."""
        conn = connect_reading(path)
        try:
            if not is_current(conn, path):
                raise ArchiveUnusable(
                    f"{path} was written by an older version of Báo Tỉnh: any command that"
                    " writes, such as `baotinh crawl`, upgrades it"
                )
        except (sqlite3.Error, UnicodeError) as error:
            conn.close()
            raise explain(error, path) from error
        except BaseException:
            conn.close()
            raise
        return cls(conn, path, captures_dir or path.parent / "captures")


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
