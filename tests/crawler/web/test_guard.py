"""What every request passes, around applications of a few lines."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from crawler.web.guard import ALWAYS, AccessLog, BasePath, Headers, HostCheck, write_line

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


async def echo(scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer with the path that was asked for, in two pieces."""
    headers = [(b"Referrer-Policy", b"origin"), (b"content-type", b"text/plain")]
    await send({"type": "http.response.start", "status": 203, "headers": headers})
    path = f"{scope['path']} {scope.get('raw_path', b'').decode()}"
    await send({"type": "http.response.body", "body": path.encode(), "more_body": True})
    await send({"type": "http.response.body"})


def ask(app: ASGIApp, path: str = "/a", *, kind: str = "http", **more: Any) -> list[Message]:
    """What an application sends."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    scope = {
        "type": kind, "method": "GET", "path": path, "headers": [], "query_string": b"",
        "raw_path": path.encode(), **more,
    }  # fmt: skip
    asyncio.run(app(scope, receive, send))
    return sent


@pytest.mark.parametrize(
    ("hosts", "named", "status"),
    [
        ({"a.vn"}, [b"a.vn"], 203), ({"a.vn"}, [b"A.vn:80"], 203), ({"a.vn"}, [b"b.vn"], 421),
        ({"a.vn"}, [], 421), ({"a.vn"}, [b"a.vn", b"a.vn"], 421), ({"*"}, [], 203),
        ({"*", "a.vn"}, [b"b.vn"], 203), (set(), [b"a.vn"], 421),
    ],
)  # fmt: skip
def test_only_names_of_this_server_are_answered(
    hosts: set[str], named: list[bytes], status: int
) -> None:
    headers = [(b"host", name) for name in named] + [(b"accept", b"a.vn")]
    assert ask(HostCheck(echo, frozenset(hosts)), headers=headers)[0]["status"] == status


def test_what_is_no_request_needs_no_name() -> None:
    assert ask(HostCheck(echo, frozenset()), kind="lifespan")[0]["status"] == 203


@pytest.mark.parametrize(
    ("base", "path", "shown"),
    [
        ("", "/a", "/a /a"), ("/tin", "/tin", "/ /"), ("/tin", "/tin/", "/ /"),
        ("/tin", "/tin/a b", "/a b /a%20b"), ("/tin", "/tinh/a", "/tinh/a /tinh/a"),
        ("/tin", "/a", "/a /a"), ("/tin", "/tin/~a+(1)", "/~a+(1) /~a+(1)"), ("", "", " "),
    ],
)  # fmt: skip
def test_the_path_of_a_proxy_is_taken_off(base: str, path: str, shown: str) -> None:
    assert ask(BasePath(echo, base), path)[1]["body"].decode() == shown


def test_headers_are_added_but_for_those_that_are_there() -> None:
    app = Headers(echo, lambda scope: {"x-path": scope["path"], "content-type": "text/html"})
    headers = dict(ask(app)[0]["headers"])
    assert headers[b"Referrer-Policy"] == b"origin"
    assert headers[b"content-type"] == b"text/plain"
    assert headers[b"x-path"] == b"/a"
    assert headers[b"x-robots-tag"] == b"noindex, nofollow, noarchive"
    assert set(headers) >= {name.encode() for name in ALWAYS} - {b"referrer-policy"}
    assert len(ask(app)[0]["headers"]) == len(headers) == 6


def test_a_request_is_one_line_of_the_log() -> None:
    lines: list[str] = []
    sent = ask(AccessLog(echo, lines.append), "/a", client=("10.0.0.1", 5), query_string=b"q=1")
    assert [message["type"] for message in sent] == [
        "http.response.start",
        *["http.response.body"] * 2,
    ]
    (line,) = lines
    assert line.startswith("10.0.0.1 GET /a?q=1 203 5 ")
    assert line.endswith(" ms")
    ask(AccessLog(echo, lines.append), kind="lifespan")
    assert len(lines) == 1


def test_one_that_fails_is_in_the_log_too() -> None:
    async def fail(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise ValueError("no answer")

    lines: list[str] = []
    with pytest.raises(ValueError, match="no answer"):
        ask(AccessLog(fail, lines.append))
    assert lines[0].startswith("- GET /a - 0 ")


@pytest.mark.parametrize(
    ("scope", "seconds", "line"),
    [
        ({}, 0.0, "- GET  - 0 0 ms"),
        ({"client": None, "raw_path": None}, 1.5, "- GET  - 0 1500 ms"),
        ({"client": ("::1", 1), "raw_path": b"/a%20?x", "query_string": b"y"}, 0.0016,
         "::1 GET /a%20?y - 0 2 ms"),
        ({"raw_path": b"/a\x1b[1m"}, 0.0, "- GET /a\\x1b[1m - 0 0 ms"),
    ],
)  # fmt: skip
def test_a_line_says_who_asked_for_what(scope: dict[str, Any], seconds: float, line: str) -> None:
    written = write_line({"method": "GET", **scope}, {"status": 0, "bytes": 0}, seconds)
    assert written == line
