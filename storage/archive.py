"""The archive: one SQLite file beside a folder of captures. The class all other parts use."""

from __future__ import annotations

import sqlite3
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Self

from storage.db.connections import (
    BUSY_SECONDS,
    check_present,
    closed_on_failure,
    connect_reading,
    connect_writing,
    prepare_writing,
)
from storage.db.database import Database, check_begun, is_current, migrate
from storage.instants import read_clock
from storage.parts import Parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from types import TracebackType
    from typing import Unpack

    from storage.articles.changes import Change
    from storage.articles.write import Visit
    from storage.engine.catchup import Progress
    from storage.export.parquet import Months
    from storage.integrity import Problem
    from storage.merge.delivery import Delivery
    from storage.merge.whole import Merged
    from storage.places.units import Unit
    from storage.records import Article, Capture, Image, Link, Outcome, Revision, StoredArticle
    from storage.search.filters import Filters
    from storage.search.results import Hits
    from storage.search.tally import Counts


class Archive(Parts):
    """An open archive: a part for each kind of fact, and the methods that scripts use most.

    Every method that writes is one transaction; inside ``transaction()`` several become one.
    """

    def __init__(self, db: Database) -> None:
        super().__init__(db)
        self.path = db.path
        self.captures_dir = db.captures_dir
        self.transaction = db.transaction
        self.write_each = db.write_each
        self.checkpoint = db.checkpoint
        self.explain_missing = db.explain_missing
        self.optimise = db.optimise
        self.shrink = db.shrink
        self.close = db.close

    @classmethod
    def open(
        cls, path: Path, *, captures_dir: Path | None = None, patience: float = BUSY_SECONDS
    ) -> Self:
        """Open for reading and writing; create or upgrade what is not there.

        ``captures_dir`` is ``captures/`` beside the file unless given; ``patience`` is how many
        seconds a write waits for another process. Raise ArchiveError with one sentence that
        names the path.
        """
        conn = connect_writing(path, patience=patience)
        with closed_on_failure(conn, path):
            current = is_current(conn, path)
            prepare_writing(conn)
            db = Database(conn, path, captures_dir, patience)
            if not current:
                with db.transaction():
                    migrate(conn, path)
            archive = cls(db)
            archive.runs.interrupt_dead(read_clock())
        return archive

    @classmethod
    def open_existing(cls, path: Path, *, captures_dir: Path | None = None) -> Self:
        """Open for reading and writing what must be there. Raise ArchiveMissing."""
        check_present(path)
        return cls.open(path, captures_dir=captures_dir)

    @classmethod
    def open_reading(cls, path: Path, *, captures_dir: Path | None = None) -> Self:
        """Open for reading only, as far as the tables of an earlier version go.

        Raise ArchiveMissing, ArchiveFromFuture, or another ArchiveError.
        """
        conn = connect_reading(path)
        with closed_on_failure(conn, path):
            check_begun(conn, path)
        return cls(Database(conn, path, captures_dir))

    @classmethod
    def over(cls, conn: sqlite3.Connection, path: Path) -> Self:
        """Return an archive over a connection that somebody else opened and will close."""
        return cls(Database(conn, path))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if isinstance(error, sqlite3.OperationalError):
                self.explain_missing(error)
        finally:
            self.close()

    @property
    def connection(self) -> sqlite3.Connection:
        """Return the connection, for what reads several archives at once."""
        return self._db.conn

    def add(
        self,
        article: Article,
        *,
        link: Link,
        capture: Capture | None,
        run_id: int | None,
        **visit: Unpack[Visit],
    ) -> Outcome:
        """Store a page's article: see ``Pages.add``, which says what else may be given."""
        return self.pages.add(article, link=link, capture=capture, run_id=run_id, **visit)

    def article(self, article_id: int) -> StoredArticle | None:
        """Return an article by its id, or None."""
        return self.articles.get(article_id)

    def article_by_url(self, url: str) -> StoredArticle | None:
        """Return the article at a URL, or None: see ``Articles.by_url``. Raise ValueError."""
        return self.articles.by_url(url)

    def article_by_key(self, source_id: str, key: str) -> StoredArticle | None:
        """Return the source's article with that identity, or None."""
        return self.articles.by_key(source_id, key)

    def images(self, article_id: int) -> list[Image]:
        """Return an article's pictures in their order on the page."""
        return self.articles.images(article_id)

    def copies(self, article_id: int) -> list[StoredArticle]:
        """Return the other articles of an article's cluster, earliest first."""
        return self.articles.copies(article_id)

    def revisions(self, article_id: int) -> list[Revision]:
        """Return all texts of an article in the order of time, the earliest first."""
        return self.articles.revisions(article_id)

    def search(
        self,
        query: str,
        filters: Filters | None = None,
        *,
        sort: str = "relevance",
        copies: bool = False,
        limit: int = 10,
        offset: int = 0,
        facets: bool = False,
    ) -> Hits:
        """Return the best hits for a query: see ``storage.search.search``. Raise QueryError."""
        from storage.search.engine import search

        narrowing = asdict(filters) if filters else {}
        return search(
            self._db.conn, query, sort=sort, copies=copies, limit=limit, offset=offset,
            facets=facets, **narrowing,
        )  # fmt: skip

    def old_province(self, query: str) -> Unit | None:
        """Return the province that a query names and that ended in June 2025; None if none."""
        from storage.search.places import find_old_province

        found = find_old_province(self._db.conn, query)
        return found[1] if found else None

    def count_matches(self, query: str, by: str, filters: Filters) -> Counts:
        """Count matches: see ``storage.search.engine.count_matches``. Raise QueryError."""
        from storage.search.engine import count_matches

        return count_matches(self._db.conn, query, by, filters)

    def changes(
        self,
        filters: Filters,
        *,
        since: str | None = None,
        kind: str | None = None,
        limit: int = 50,
    ) -> list[Change]:
        """Return edits and removals: see ``storage.articles.changes``. Raise QueryError."""
        from storage.articles.changes import list_changes

        return list_changes(self._db.conn, filters, since=since, kind=kind, limit=limit)

    def export(self, filters: Filters) -> Iterator[dict[str, Any]]:
        """Yield articles as dictionaries: see ``storage.export.articles``. Raise QueryError."""
        from storage.export.articles import read_articles

        return read_articles(self._db.conn, filters)

    def export_months(self, filters: Filters, folder: Path) -> Months:
        """Bring monthly Parquet files up to date: see ``storage.export.parquet``."""
        from storage.export.parquet import write_months
        from storage.search.filters import resolve

        return write_months(self._db.conn, resolve(self._db.conn, filters), folder)

    def update_index(
        self, *, seconds: float | None = None, report: Callable[[int], None] | None = None
    ) -> Progress | None:
        """Bring the index beside the archive up to date; None where tantivy is not installed.

        ``report`` is told how many articles were read. Raise ArchiveUnusable where the index
        cannot be written.
        """
        from storage.engine.searcher import is_installed

        if not is_installed():
            return None
        from storage.engine.catchup import update

        return update(self._db.conn, self.path, self.transaction, seconds=seconds, report=report)

    def forget_index(self) -> None:
        """Have the next update build the index again from the articles."""
        from storage.engine.folder import folder_of, forget

        forget(folder_of(self.path))

    def check(self, *, watch: Callable[[str], None] = lambda _: None) -> Iterator[Problem]:
        """Yield what is wrong: see ``storage.integrity.check_archive``."""
        from storage.integrity import check_archive

        return check_archive(self._db, watch=watch)

    def repair(self) -> Iterator[str]:
        """Repair what can be made again: see ``storage.integrity.repair_archive``."""
        from storage.integrity import repair_archive

        return repair_archive(self._db)

    def check_mergeable(self, into: Archive | None) -> None:
        """Raise ArchiveError where this archive may not be merged: see ``storage.merge``."""
        from storage.merge.whole import check

        check(None if into is None else into._db, self._db)

    def merge(
        self, other: Archive, *, now: str, watch: Callable[[Merged], None] | None = None
    ) -> Merged:
        """Bring everything another archive knows: see ``storage.merge``. Raise ArchiveError."""
        from storage.merge.whole import merge

        return merge(self._db, other._db, now=now, watch=watch)

    def cut(self, sources: Iterable[str], path: Path, *, until: str) -> None:
        """Make a small archive that a crawl can run on: see ``storage.merge.cut``."""
        from storage.merge.cut import cut

        cut(self._db, sources, path, until=until)

    def deliver(self, other: Archive, delivery: Delivery, *, now: str) -> Merged:
        """Merge a small archive back, in one transaction: see ``storage.merge.delivery``."""
        from storage.merge.delivery import deliver

        return deliver(self._db, other._db, delivery, now=now)

    def find_damage(self, *, seconds: float) -> str | None:
        """Return the first thing SQLite's quick check finds wrong, looking so many seconds."""
        from storage.integrity import find_damage

        return find_damage(self._db, seconds=seconds)

    def bound_memory(self) -> None:
        """Bound what SQLite takes in this process, whatever is asked: see ``limit_heap``."""
        from storage.db.connections import limit_heap

        limit_heap(self._db.conn)
