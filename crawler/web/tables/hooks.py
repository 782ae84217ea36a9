"""What we add to Datasette: bounded connections, a search that understands, quiet errors, links."""

from __future__ import annotations

import json
import sqlite3
from functools import partial
from typing import TYPE_CHECKING, Any

from datasette import Response, hookimpl
from datasette.utils.asgi import Base400
from datasette.views.base import DatasetteError
from markupsafe import Markup

from crawler.web.tables.database import MOST_VALUE
from crawler.web.tables.functions import bound_functions
from storage.errors import QueryError
from storage.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crawler.web.readers import Readers

MOST_FOUND = 200
MOST_SHOWN = 160
WITH_ARTICLES = frozenset({"articles", "news", "article_places"})
"""Tables whose ``id`` is that of an article; in others it is ``article_id``."""


class Hooks:
    """The hooks of the archives that are served."""

    __name__ = "baotinh"
    """Datasette lists its plugins by their modules' names."""

    def __init__(
        self, readers: Readers, databases: Mapping[str, tuple[str, Callable[[str], str]]]
    ) -> None:
        """Take, by database, the archive's name and what makes a path an address of its pages."""
        self._readers = readers
        self._databases = databases

    @hookimpl
    def prepare_connection(self, conn: sqlite3.Connection, database: str) -> None:
        """Bound values and functions, and add ``archive_search(words)``: ids as JSON."""
        conn.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_VALUE)
        bound_functions(conn, MOST_VALUE)
        if database in self._databases:
            name, _ = self._databases[database]
            conn.create_function("archive_search", 1, partial(self._search, name))

    def _search(self, name: str, words: object) -> str:
        """Ask on a connection of its own: the one that asks is in the middle of a query."""
        try:
            hits = self._readers.archive(name).search(str(words or ""), limit=MOST_FOUND)
        except QueryError:
            return "[]"
        return json.dumps([hit.id for hit in hits])

    @hookimpl
    def render_cell(
        self, row: Any, value: object, column: str, table: str | None, database: str
    ) -> Markup | None:
        """Link an article's id to the page of the article, and its title where both stand.

        Datasette links the primary key of a table to the row itself.
        """
        own = "id" if table in WITH_ARTICLES else "article_id"
        if column not in (own, "article_id", "title") or own not in row.keys():  # noqa: SIM118
            return None
        number = value if column != "title" else row[own]
        if not isinstance(number, int) or database not in self._databases:
            return None
        shown = printable(str(value))[:MOST_SHOWN]
        _, path = self._databases[database]
        return Markup('<a href="{}">{}</a>').format(path(f"/article/{number}"), shown)

    @hookimpl
    def handle_exception(self, datasette: Any, request: Any, exception: Exception) -> Any:
        """Answer with a page of one sentence; nothing is written to the log but the access line."""

        async def answer() -> Response:
            status, message = _describe(exception)
            if request.path.split("?")[0].endswith(".json"):
                return Response.json({"ok": False, "error": message, "status": status}, status)
            page = await datasette.render_template(
                "error.html",
                {"status": status, "error": message, "title": None, "ok": False},
                request=request,
            )
            return Response.html(page, status=status)

        return answer


def _describe(exception: Exception) -> tuple[int, str]:
    if isinstance(exception, Base400):
        return exception.status, str(exception.args[0] if exception.args else "")
    if isinstance(exception, DatasetteError):
        return exception.status, str(exception.message)
    return 500, str(exception)
