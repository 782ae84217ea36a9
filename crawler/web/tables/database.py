"""The archive as Datasette sees it: every query is bounded in time and in memory."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from datasette.database import Database, QueryInterrupted, Results
from datasette.utils import sqlite3, sqlite_timelimit

from storage.db.connections import connect_reading
from storage.db.database import identity
from storage.db.rows import counting

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

COUNT_MS = 150
"""Milliseconds for the number of rows above a table; later it is left out."""
MOST_VALUE = 4_000_000
"""Bytes of one value, on its way too: ``randomblob(1000000000)`` must not take a gigabyte."""
MOST_RESULT = 16_000_000
"""Characters and bytes of a result in memory; what would be more is cut, as by too many rows."""
_RAISED = "user-defined function raised exception"
TOO_LONG = "a pattern is too long, or what a function makes would be too big"
"""What is said in place of Python's sentence, which says nothing."""
TABLES = frozenset(
    {
        *("articles", "captures", "images", "links", "mentions", "places", "runs"),
        *("seeds", "sources", "health", "troubles", "gaps"),
    }
)
VIEWS = frozenset({"news", "article_places", "revisions"})


class BoundedDatabase(Database):  # type: ignore[misc]
    """A database whose pages come quickly, however many rows its tables have.

    What a reader asks for in SQL keeps the limit of the settings.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._own = threading.local()

    def connect(self, write: bool = False) -> Any:
        """Return a connection that reads, as our pages have one; on read-only media too."""
        if write:
            raise PermissionError("archives are read only")
        conn = connect_reading(Path(self.path), any_thread=True)
        self._all_file_connections.append(conn)
        return conn

    async def execute_fn(self, fn: Callable[[Any], T]) -> T:
        """Run a function on the thread's connection to the file that is at the path now."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.ds.executor, lambda: fn(self._connection()))

    def _connection(self) -> Any:
        current = identity(Path(self.path))
        conn, opened = getattr(self._own, "kept", (None, None))
        if conn is None or opened != current:
            if conn is not None:
                conn.close()
            conn = self.connect()
            self.ds._prepare_connection(conn, self.name)
            self._own.kept = (conn, current)
        return conn

    async def execute(
        self,
        sql: str,
        params: Any = None,
        truncate: bool = False,
        custom_time_limit: int | None = None,
        page_size: int | None = None,
        log_sql_errors: bool = True,  # noqa: ARG002 - errors are shown to who asked
    ) -> Results:
        """Run a query; one that only counts a table's rows for its page has ``COUNT_MS``."""
        limit = find_limit(sql, self.ds.sql_time_limit_ms, custom_time_limit, truncate=truncate)
        most = self.ds.max_returned_rows + (self.ds.max_returned_rows == page_size)

        def run(conn: Any) -> Results:
            with sqlite_timelimit(conn, limit):
                try:
                    cursor = conn.cursor()
                    cursor.execute(sql, params if params is not None else {})
                    rows, cut = _read_rows(cursor, most if truncate else None)
                except sqlite3.DatabaseError as error:
                    if error.args == ("interrupted",):
                        raise QueryInterrupted(error, sql, params) from error
                    if error.args == (_RAISED,):
                        raise sqlite3.OperationalError(TOO_LONG) from error
                    raise
                except MemoryError as error:
                    raise QueryInterrupted(error, sql, params) from error
            return Results(rows, cut and truncate, cursor.description)

        return await self.execute_fn(run)

    async def hidden_table_names(self) -> list[str]:
        """Return the tables that are no facts of ours: index, bookkeeping, signatures."""
        return [name for name in await self.table_names() if name not in TABLES]

    async def view_names(self) -> list[str]:
        """Return the views for people; the rest feeds the index."""
        return [name for name in await super().view_names() if name in VIEWS]

    async def table_counts(self, limit: int = 10) -> dict[str, int | None]:
        """Rows of each table, or None where counting takes longer than ``limit`` milliseconds.

        The index's own tables are not counted: SQLite counts a whole table in one step, which
        no time limit ends.
        """
        hidden = set(await self.hidden_table_names())
        counts: dict[str, int | None] = {}
        for table in await self.table_names():
            counts[table] = None if table in hidden else await self._count(table, limit)
        return counts

    async def _count(self, table: str, limit: int) -> int | None:
        try:
            found = await self.execute(counting(table), custom_time_limit=limit)
            return int(found.rows[0][0])
        except QueryInterrupted:
            return None


def find_limit(sql: str, general: int, custom: int | None, *, truncate: bool) -> int:
    """Return the milliseconds that a query may take: the shortest of those that hold for it."""
    counts_rows = sql.startswith("select count(*) ") and not truncate
    return min(general, custom or general, COUNT_MS if counts_rows else general)


def _read_rows(cursor: Any, most: int | None) -> tuple[list[Any], bool]:
    """Return the first rows, and whether there are more than fit."""
    rows: list[Any] = []
    size = 0
    for row in cursor:
        size += sum(len(value) for value in row if isinstance(value, str | bytes))
        if len(rows) == most or size > MOST_RESULT:
            return rows, True
        rows.append(row)
    return rows, False
