"""The pages as one ASGI application: routes, and what every request passes."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.datastructures import URL
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from crawler.web import guard, rendering
from crawler.web.formats import downloads, feeds, pictures
from crawler.web.memo import Memo, counting_thread
from crawler.web.pages import (
    article,
    captures,
    changes,
    compare,
    figures,
    places,
    reference,
    search,
    sources,
)
from crawler.web.readers import Readers
from crawler.web.tables.application import make_tables
from crawler.web.visit import WITHIN, Visit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
    from pathlib import Path

    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

    from crawler.web.visit import Site
    from storage.federation.archives import Archives

_ARCHIVE = "baotinh.archive"
"""Where a request says whose pages it asks for."""
LOG = logging.getLogger(__name__)
ARTICLE = "/article/{id:int}"
PAGES: dict[str, Callable[[Visit], Response]] = {
    "/": search.show_search,
    "/feed.atom": feeds.send_search_feed,
    "/results.{form:str}": downloads.send_results,
    "/changes": changes.show_changes,
    "/changes.atom": feeds.send_changes_feed,
    "/sources": sources.show_sources,
    "/source/{id}": sources.show_source,
    "/places": places.show_places,
    "/place/{code}": places.show_place,
    "/compare": compare.show_comparison,
    "/help": reference.show_help,
    "/watches": reference.show_watches,
    "/watch/{slug}.atom": feeds.send_watch_feed,
    "/robots.txt": reference.send_robots,
    ARTICLE: article.show_article,
    f"{ARTICLE}.wacz": captures.send_wacz,
    f"{ARTICLE}.{{form:str}}": downloads.send_citation,
    f"{ARTICLE}/capture/{{capture:int}}": captures.show_capture,
    f"{ARTICLE}/proof.zip": captures.send_proof,
    f"{ARTICLE}/with/{{other:int}}": article.show_two,
    "/capture/{id:int}/payload": captures.send_payload,
    "/picture/{id:int}": pictures.send_picture,
    "/picture/{id:int}/small": pictures.send_small_picture,
}
"""Path -> what answers it, in the thread that reads the archive."""
OF_ONE = frozenset(
    {
        *(path for path in PAGES if path.startswith((ARTICLE, "/capture/", "/picture/"))),
        *("/source/{id}", "/watch/{slug}.atom"),
    }
)
"""Pages that are of one archive: of several, the address must name it."""
LARGE = frozenset({"/results.{form:str}", f"{ARTICLE}.wacz", f"{ARTICLE}/proof.zip"})
"""Files that take seconds to make: one at a time, so that pages always find a thread."""
METHODS = ("GET", "HEAD")
LARGEST = (1 << 63) - 1
"""The largest number that SQLite has: nothing has a greater id."""


def make_app(
    site: Site,
    archives: Sequence[Path],
    captures_dir: Path | None,
    *,
    hosts: frozenset[str],
    log: Callable[[str], object],
) -> ASGIApp:
    """Return everything that is served: pages, tables, and captured pages at their own port."""
    readers = Readers(archives, captures_dir)
    room = _Room(site, readers)
    tables = make_tables(site, readers)
    pages = _make_pages(room, tables)
    own = guard.Headers(pages, lambda scope: _headers_of_pages(site, scope))
    captured = guard.Headers(
        _Shelf(site, _make_captures(room)),
        lambda _scope: {"content-security-policy": guard.CAPTURES},
    )
    both = _ByPort(site.captures_port, own, captured)
    return guard.AccessLog(guard.HostCheck(guard.BasePath(both, site.base), hosts), log)


def _headers_of_pages(site: Site, scope: Scope) -> dict[str, str]:
    url = URL(scope=scope)
    address = urlsplit(site.captures_address(url.scheme, url.hostname or ""))
    origin = f"{address.scheme}://{address.netloc}"
    return {"content-security-policy": guard.PAGES.format(captures=origin)}


class _Room:
    """Makes endpoints of views."""

    def __init__(self, site: Site, readers: Readers) -> None:
        self.site = site
        self.readers = readers
        self._large = asyncio.Lock()
        thread = counting_thread()
        self.memos = {
            name: Memo(partial(readers.archive, name), thread=thread) for name, _ in site.parts
        }
        readers.when_replaced(self._forget)

    def endpoint(
        self, view: Callable[[Visit], Response], *, of_one: bool = False, large: bool = False
    ) -> Callable[[Request], Awaitable[Response]]:
        """Return what answers a request, in a thread that has the archives.

        ``of_one``: of several archives the address must name one. ``large``: one at a time, and
        not for those who no longer wait.
        """

        async def answer(request: Request) -> Response:
            numbers = [each for each in request.path_params.values() if isinstance(each, int)]
            shown = view if max(numbers, default=0) <= LARGEST else partial(_show_problem, 404)
            if of_one and self.site.shelf and not request.scope.get(_ARCHIVE):
                shown = partial(_show_problem, 404)
            try:
                if large:
                    return await self._show_large(request, shown)
                return await self._show(request, shown)
            except Exception:
                LOG.exception("%s %s failed", request.method, request.url.path)
                return await self._show(request, partial(_show_problem, 500))

        return answer

    async def _show(self, request: Request, view: Callable[[Visit], Response]) -> Response:
        name = request.scope.get(_ARCHIVE, "")
        site = self.site.of(name) if name else self.site

        def show(archives: Archives) -> Response:
            shown = view if not name or archives.member(name) else partial(_show_problem, 503)
            return shown(Visit(site, self.memos, archives, request))

        return await self.readers.read(show)

    async def _show_large(self, request: Request, view: Callable[[Visit], Response]) -> Response:
        async with self._large:
            if await request.is_disconnected():
                return Response(status_code=499)  # as nginx logs it: nobody reads this
            return await self._show(request, view)

    async def open(self) -> None:
        """Count what many pages show, before the first reader comes."""
        await self.readers.read(
            lambda archives: archives.ask(lambda m: figures.warm(m.archive, self._memo(m.name)))
        )
        rendering.prepare()
        for name, site in self.site.parts:
            sources.prepare(self.memos[name], site)

    def _forget(self) -> None:
        for memo in self.memos.values():
            memo.forget()

    def _memo(self, name: str) -> Memo:
        return self.memos[name if self.site.shelf else ""]

    def close(self) -> None:
        """End the threads."""
        for memo in self.memos.values():
            memo.close()
        self.readers.close()


def _make_pages(room: _Room, tables: ASGIApp) -> ASGIApp:
    routes = [
        Route(
            path, room.endpoint(view, of_one=path in OF_ONE, large=path in LARGE), methods=METHODS
        )
        for path, view in PAGES.items()
    ]
    routes.append(Route("/static/{name}", _send_static, methods=METHODS))

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:  # noqa: ARG001 - its signature
        await room.open()
        yield
        room.close()

    async def refuse(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        return await room.endpoint(partial(_show_problem, status))(request)

    app = Starlette(routes=routes, lifespan=lifespan, exception_handlers={HTTPException: refuse})
    app.router.default = _Tables(room.site, tables, app.router.default)
    return _Shelf(room.site, app)


def _make_captures(room: _Room) -> ASGIApp:
    page = room.endpoint(captures.send_page, of_one=True)
    routes = [Route("/{id:int}", page, methods=METHODS)]
    robots = room.endpoint(reference.send_robots)
    return Starlette(routes=[*routes, Route("/robots.txt", robots, methods=METHODS)])


def _show_problem(status: int, visit: Visit) -> Response:
    sentences = {
        404: visit.language.gettext("There is no such page."),
        405: visit.language.gettext("Pages can only be read."),
        503: visit.language.gettext("This archive cannot be read now."),
    }
    other = visit.language.gettext("This page could not be made. The server's log says why.")
    return visit.render("problem.html", status=status, sentence=sentences.get(status, other))


async def _send_static(request: Request) -> Response:
    path = rendering.STATIC / str(request.path_params["name"])
    if path.name not in {file.name for file in rendering.STATIC.iterdir()}:
        return PlainTextResponse("no such file\n", 404)
    return FileResponse(path, headers={"cache-control": "max-age=3600"})


class _ByPort:
    """Hands requests of the captures' port to the captures, all others to the pages."""

    def __init__(self, port: int, pages: ASGIApp, captured: ASGIApp) -> None:
        self._port = port
        self._pages = pages
        self._captured = captured

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        port = (scope.get("server") or ("", 0))[1]
        app = self._captured if scope["type"] == "http" and port == self._port else self._pages
        await app(scope, receive, send)


class _Shelf:
    """Takes ``/in/NAME`` off an address, which says whose pages of several archives are meant."""

    def __init__(self, site: Site, app: ASGIApp) -> None:
        self._names = {slug: name for name, slug in site.shelf.items()}
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        slug = scope.get("path", "").removeprefix(WITHIN).partition("/")[0]
        if slug in self._names and scope["path"].startswith(WITHIN):
            scope = {**scope, _ARCHIVE: self._names[slug]}
            await guard.BasePath(self._app, f"{WITHIN}{slug}")(scope, receive, send)
            return
        await self._app(scope, receive, send)


class _Tables:
    """Hands what belongs to Datasette to it, and all else on."""

    def __init__(self, site: Site, tables: ASGIApp, otherwise: ASGIApp) -> None:
        names = [each.database for _, each in site.parts]
        self._first = {"-", *names, *(f"{name}.json" for name in names)}
        self._tables = tables
        self._otherwise = otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        first = scope["path"].split("/")[1]
        app = self._tables if first in self._first else self._otherwise
        await app(scope, receive, send)
