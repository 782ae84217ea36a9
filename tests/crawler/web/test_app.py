"""Which part of the application answers what, told by applications of a few lines."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from crawler.web.app import LARGE, OF_ONE, PAGES, _ByPort, _headers_of_pages, _Room, _Shelf, _Tables
from crawler.web.readers import THREADS, Readers
from crawler.web.visit import Site, Visit
from tests.support.template import begin

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.types import ASGIApp

    from storage.federation.archives import Archives

SHELF = Site(shelf={"a/kho": "a-kho", "b/kho": "b-kho"})


def ask(make: Any, path: str, **more: Any) -> tuple[str, str, str]:
    """Who answered, to which path, of which archive."""
    answers: list[tuple[str, str, str]] = []

    def named(name: str) -> ASGIApp:
        async def app(scope: Any, *_: object) -> None:
            answers.append((name, scope.get("path", ""), scope.get("baotinh.archive", "")))

        return app

    scope = {"type": "http", "path": path, "server": ("127.0.0.1", 8001), **more}
    asyncio.run(make(named)(scope, None, None))
    ((found),) = answers
    return found


@pytest.mark.parametrize(
    ("more", "name"),
    [
        ({}, "pages"), ({"server": ("127.0.0.1", 8002)}, "captures"),
        ({"server": None}, "pages"), ({"server": ("127.0.0.1", 8002), "type": "lifespan"}, "pages"),
    ],
)  # fmt: skip
def test_captures_have_a_port_of_their_own(more: dict[str, Any], name: str) -> None:
    found = ask(lambda named: _ByPort(8002, named("pages"), named("captures")), "/1", **more)
    assert found[0] == name


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/in/a-kho/article/1", ("pages", "/article/1", "a/kho")),
        ("/in/b-kho", ("pages", "/", "b/kho")),
        ("/in/c-kho/article/1", ("pages", "/in/c-kho/article/1", "")),
        ("/a-kho/article/1", ("pages", "/a-kho/article/1", "")),
        ("a-kho", ("pages", "a-kho", "")),
        ("/", ("pages", "/", "")),
        ("", ("pages", "", "")),
    ],
)
def test_an_address_names_an_archive(path: str, found: tuple[str, str, str]) -> None:
    assert ask(lambda named: _Shelf(SHELF, named("pages")), path) == found


@pytest.mark.parametrize(
    ("site", "path", "name"),
    [
        (Site(database="kho"), "/kho", "tables"), (Site(database="kho"), "/kho/articles", "tables"),
        (Site(database="kho"), "/kho.json", "tables"), (Site(database="kho"), "/-/x", "tables"),
        (Site(database="kho"), "/khoa", "pages"), (Site(database="kho"), "/", "pages"),
        (Site(database="kho"), "/sources/kho", "pages"), (SHELF, "/a-kho.json", "tables"),
        (SHELF, "/b-kho/x", "tables"), (SHELF, "/c-kho/x", "pages"),
    ],
)  # fmt: skip
def test_tables_answer_at_the_names_of_archives(site: Site, path: str, name: str) -> None:
    assert ask(lambda named: _Tables(site, named("tables"), named("pages")), path)[0] == name


def test_pages_of_one_archive_are_known() -> None:
    assert PAGES.keys() - OF_ONE == {
        "/", "/feed.atom", "/results.{form:str}", "/changes", "/changes.atom", "/sources",
        "/places", "/place/{code}", "/compare", "/help", "/watches", "/robots.txt",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("headers", "origin"),
    [
        ([(b"host", b"kho.vn:80")], "http://kho.vn:8002"),
        ([(b"host", b"[::1]:1")], "http://[::1]:8002")],
)  # fmt: skip
def test_pages_may_frame_captured_pages_only(
    headers: list[tuple[bytes, bytes]], origin: str
) -> None:
    scope = {"type": "http", "path": "/", "headers": headers, "scheme": "http"}
    policy = _headers_of_pages(Site(captures_port=8002), scope)["content-security-policy"]
    assert f"frame-src {origin};" in policy


@pytest.fixture
def room(tmp_path: Path) -> Iterator[_Room]:
    room = _Room(Site(), Readers([begin(tmp_path / "kho.db")], None))
    yield room
    all_threads = threading.Barrier(THREADS)

    def close(archives: Archives) -> None:
        all_threads.wait(60)
        archives.close()

    async def close_all() -> None:
        await asyncio.gather(*(room.readers.read(close) for _ in range(THREADS)))

    asyncio.run(close_all())
    room.close()


def request(*, gone: bool = False) -> Request:
    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect" if gone else "http.request"}

    return Request(
        {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}, receive
    )


def test_large_files_are_made_one_at_a_time_and_pages_in_between(room: _Room) -> None:
    shown = threading.Event()
    alone = threading.Lock()

    def make_file(_: Visit) -> Response:
        assert alone.acquire(blocking=False)
        assert shown.wait(60)
        alone.release()
        return Response("file")

    def make_page(_: Visit) -> Response:
        return Response("page")

    async def visit() -> list[bytes]:
        large = room.endpoint(make_file, large=True)
        files = [asyncio.create_task(large(request())) for _ in range(4)]
        await asyncio.sleep(0)
        page = await room.endpoint(make_page)(request())
        shown.set()
        return [bytes(answer.body) for answer in [page, *await asyncio.gather(*files)]]

    assert asyncio.run(visit()) == [b"page", b"file", b"file", b"file", b"file"]


def test_no_large_file_is_made_for_who_has_gone(room: _Room) -> None:
    made: list[Visit] = []

    def make(visit: Visit) -> Response:
        made.append(visit)
        return Response()

    answers = [asyncio.run(room.endpoint(make, large=True)(request(gone=g))) for g in (True, False)]
    assert [answer.status_code for answer in answers] == [499, 200]
    assert len(made) == 1


def test_large_files_are_pages_of_ours() -> None:
    assert PAGES.keys() >= LARGE
