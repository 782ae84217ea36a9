"""What every request passes on its way in and out: host, base path, headers, one log line."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from starlette.responses import PlainTextResponse

from storage.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

PAGES = (
    "default-src 'none'; style-src 'self'; img-src 'self' data: {captures}; frame-src {captures}; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Our own pages have no script at all."""
TABLES = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""Datasette's pages carry inline scripts and styles; nothing may come from elsewhere."""
CAPTURES = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "form-action 'none'; base-uri 'none'"
)
"""A captured page: no script, no form, no request to anywhere, whatever it says."""
ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex, nofollow, noarchive",
    "cross-origin-opener-policy": "same-origin",
}
"""Archived news belongs to its papers: search engines are to find it there."""


class HostCheck:
    """Answers only requests for names that this server has.

    Else a page elsewhere could point its own name at this address and read the archive with a
    visitor's browser (DNS rebinding).
    """

    def __init__(self, app: ASGIApp, hosts: frozenset[str]) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self._knows(scope):
            text = "this server has no such name: see --allow-host of baotinh serve\n"
            await PlainTextResponse(text, 421)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _knows(self, scope: Scope) -> bool:
        if "*" in self._hosts:
            return True
        named = [value for name, value in scope["headers"] if name == b"host"]
        return len(named) == 1 and host_of(named[0].decode("latin-1")) in self._hosts


def host_of(text: str) -> str:
    """Return the name in a Host header, without its port, in lower case."""
    name, colon, port = text.strip().lower().rpartition(":")
    return name if colon and (port.isdecimal() or not port) else text.strip().lower()


class BasePath:
    """Takes the path under which a proxy shows the pages off, where the proxy leaves it on."""

    def __init__(self, app: ASGIApp, base: str) -> None:
        self._app = app
        self._base = base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if self._base and (path == self._base or path.startswith(self._base + "/")):
            path = path[len(self._base) :] or "/"
            scope = {
                **scope,
                "path": path,
                "raw_path": quote(path, safe="/%~+:@!$&'()*,;=").encode(),
            }
        await self._app(scope, receive, send)


class Headers:
    """Adds headers to every answer; one that the answer has stays."""

    def __init__(self, app: ASGIApp, headers: Callable[[Scope], Mapping[str, str]]) -> None:
        self._app = app
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                there = {name.lower() for name, _ in message["headers"]}
                wanted = {**ALWAYS, **self._headers(scope)}
                more = [(name.encode(), text.encode()) for name, text in wanted.items()]
                message["headers"] = [
                    *message["headers"],
                    *((name, text) for name, text in more if name not in there),
                ]
            await send(message)

        await self._app(scope, receive, with_headers)


class AccessLog:
    """Writes one line a request: who, what, status, bytes, milliseconds."""

    def __init__(self, app: ASGIApp, write: Callable[[str], object]) -> None:
        self._app = app
        self._write = write

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        counted: dict[str, Any] = {"status": 0, "bytes": 0}
        begun = time.perf_counter()

        async def counting(message: Message) -> None:
            if message["type"] == "http.response.start":
                counted["status"] = message["status"]
            elif message["type"] == "http.response.body":
                counted["bytes"] += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, counting)
        finally:
            self._write(write_line(scope, counted, time.perf_counter() - begun))


def write_line(scope: Scope, counted: Mapping[str, int], seconds: float) -> str:
    """Return the line of a request; without a status, its connection broke first."""
    who = (scope.get("client") or ("-",))[0]
    path = (scope.get("raw_path") or b"").decode("latin-1").partition("?")[0]
    query = scope.get("query_string", b"").decode("latin-1")
    what = f"{scope['method']} {path}" + (f"?{query}" if query else "")
    took = f"{1000 * seconds:.0f} ms"
    return printable(f"{who} {what} {counted['status'] or '-'} {counted['bytes']} {took}")
