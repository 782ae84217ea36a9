"""Crawls as users start them: child processes, an archive in a folder, sources of the test."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.support.forks import run, start
from tests.support.template import begin

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterable
    from pathlib import Path

    from tests.support.forks import Command

ACCEPT = r"accept = ['-a(?P<id>\d+)\.html$']"


@dataclass(slots=True)
class Desk:
    """A folder with an archive and source files, and the crawls that were run on it."""

    folder: Path
    private: set[str] = field(default_factory=set)
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def archive(self) -> Path:
        return self.folder / "archive.db"

    @property
    def sources(self) -> Path:
        return self.folder / "sources"

    def add_source(
        self,
        base: str,
        id_: str = "town",
        *,
        seeds: Iterable[tuple[str, str]] = (),
        articles: str = ACCEPT,
        more: str = "",
    ) -> None:
        """Write a source file; ``seeds`` are (kind, path)."""
        self.sources.mkdir(exist_ok=True)
        tables = "".join(
            f'\n[[seeds]]\nkind = "{kind}"\nurl = "{path if "//" in path else base + path}"\n'
            for kind, path in seeds
        )
        (self.sources / f"{id_}.toml").write_text(
            f'id = "{id_}"\nname = "Báo Tỉnh Nhà"\nprovince = "Tây Ninh"\n'
            f'homepage = "{base}/"\n{more}\n{tables}\n[articles]\n{articles}\n',
            encoding="utf-8",
        )
        self.private.add(base.partition("//")[2])

    @property
    def environ(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("BAOTINH_")}
        return kept | {
            "BAOTINH_ARCHIVE": str(self.archive),
            "BAOTINH_SOURCES": str(self.sources),
            "BAOTINH_ALLOW_PRIVATE_HOSTS": ",".join(sorted(self.private)),
            "BAOTINH_DOWNLOAD_DELAY": "0",
            "BAOTINH_RETRY_BACKOFF": "0.1",
            "PYTHONWARNINGS": "error::ResourceWarning",
            **{f"BAOTINH_{name}": value for name, value in self.settings.items()},
        }

    def start(self, *arguments: str, fresh: bool = False) -> Command | subprocess.Popen[str]:
        """Start ``baotinh ARGUMENTS`` and return at once; ``fresh``: see `forks.start`."""
        return start("crawler", arguments, self.environ, fresh=fresh)

    def run(
        self, *arguments: str, timeout: float = 60, environ: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run ``baotinh ARGUMENTS`` to its end."""
        return run("crawler", arguments, environ or self.environ, timeout=timeout)

    def crawl(
        self, *arguments: str, timeout: float = 60, environ: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """``baotinh crawl``, of source ``town`` unless told otherwise.

        Where nothing was archived yet, into an archive that is there already: see `template`.
        """
        words = arguments or ("town",)
        if not (self.folder / "captures").exists():
            begin(self.archive)
        return self.run("crawl", *words, timeout=timeout, environ=environ)

    def rows(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        """What the archive says."""
        with closing(sqlite3.connect(self.archive)) as conn:
            return conn.execute(sql, values).fetchall()

    def value(self, sql: str, *values: object) -> object:
        """One value of the archive."""
        return self.rows(sql, *values)[0][0]

    def change(self, sql: str, *values: object) -> None:
        """Write into the archive behind everybody's back."""
        with closing(sqlite3.connect(self.archive, isolation_level=None)) as conn:
            conn.execute(sql, values)
