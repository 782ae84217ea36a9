"""The archive as Datasette sees it: what it counts for decoration may not hold a page up."""

from __future__ import annotations

from typing import Any

from datasette.database import Database, QueryInterrupted

COUNT_MS = 150
"""Milliseconds for the number of rows above a table; later it is left out."""


class BoundedDatabase(Database):  # type: ignore[misc]
    """A database whose pages come quickly, however many rows its tables have.

    What a reader asks for in SQL keeps the limit of the settings.
    """

    async def execute(self, sql: str, *args: Any, **options: Any) -> Any:
        """Run a query; one that only counts a table's rows for its page has ``COUNT_MS``."""
        if sql.startswith("select count(*) ") and not options.get("truncate"):
            options.setdefault("custom_time_limit", COUNT_MS)
        return await super().execute(sql, *args, **options)

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
        sql = f"select count(*) from [{table}]"  # noqa: S608
        try:
            return int((await self.execute(sql, custom_time_limit=limit)).rows[0][0])
        except QueryInterrupted:
            return None
