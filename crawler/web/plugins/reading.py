"""The pages for readers: search and the newest articles at ``/``, one article at ``/article/ID``.

Datasette's own pages, with every table and query, stay where they are.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from datasette import Response, hookimpl

from crawler.web.pages import read_article, read_results
from storage.archive import Archive
from storage.text import printable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

Route = tuple[str, "Callable[..., Awaitable[Response]]"]


@hookimpl
def register_routes() -> list[Route]:
    """Return where the pages are."""
    return [(r"^/$", show_results), (r"^/article/(?P<id>[0-9]{1,18})$", show_article)]


@hookimpl
def prepare_jinja2_environment(env: Any) -> None:
    """Scraped text passes ``printable`` before it is escaped."""
    env.filters["printable"] = lambda text: printable(text or "")


async def show_results(datasette: Any, request: Any) -> Response:
    """Return the front page."""
    fields = {name: request.args.get(name) or "" for name in request.args}
    database = datasette.get_database()
    path = Path(database.path)
    results = await database.execute_fn(lambda conn: read_results(Archive.over(conn, path), fields))
    page = await datasette.render_template(
        "baotinh_front.html", {"results": results, "database": database.name}, request=request
    )
    return Response.html(page, status=400 if results.error else 200)


async def show_article(datasette: Any, request: Any) -> Response:
    """Return one article."""
    database = datasette.get_database()
    path, number = Path(database.path), int(request.url_vars["id"])
    found = await database.execute_fn(lambda conn: read_article(Archive.over(conn, path), number))
    if found is None:
        missing = f"The archive has no article {number}."
        return Response.text(missing, status=404)
    page = await datasette.render_template(
        "baotinh_article.html", {"page": found, "database": database.name}, request=request
    )
    return Response.html(page)
