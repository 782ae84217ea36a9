"""Sockets, the start line, and the loop that serves until it is told to end."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

import uvicorn

from crawler.web.guard import host_of
from storage.errors import BaotinhError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import ASGIApp

BACKLOG = 64
MOST_AT_ONCE = 64
"""Connections served at once; more are answered with 503."""
KEEP_ALIVE = 15
"""Seconds that an idle connection is kept."""
LOCAL = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True, slots=True)
class Listener:
    """The sockets of the pages and of captured pages."""

    pages: socket.socket
    captures: socket.socket

    @property
    def port(self) -> int:
        """Port of the pages."""
        return int(self.pages.getsockname()[1])

    @property
    def captures_port(self) -> int:
        """Port of captured pages."""
        return int(self.captures.getsockname()[1])


def listen(host: str, port: int, captures_port: int | None) -> Listener:
    """Open both ports; that of captures is the next one unless given. Raise BaotinhError.

    With port 0 both are chosen by the system.
    """
    pages = _open(host, port, "--port")
    second = captures_port if captures_port is not None else (port + 1 if port else 0)
    try:
        return Listener(pages, _open(host, second, "--captures-port"))
    except BaotinhError:
        pages.close()
        raise


def _open(host: str, port: int, option: str) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        opened = socket.socket(family, kind, protocol)
        try:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            opened.bind(address)
            opened.listen(BACKLOG)
        except OSError:
            opened.close()
            raise
    except OSError as error:
        why = error.strerror or str(error)
        raise BaotinhError(
            f"cannot listen on {host}:{port} ({why}): choose another {option}"
        ) from error
    return opened


def is_reachable(host: str) -> bool:
    """Return whether others than this machine may reach what listens on a host."""
    try:
        return not ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host != "localhost"


def known_hosts(host: str, allowed: Iterable[str]) -> frozenset[str]:
    """Return the names under which this server answers: its own and the allowed ones."""
    own = f"[{host}]" if ":" in host else host
    names = {*LOCAL, own, *allowed}
    return frozenset(host_of(name) for name in names)


def run(app: ASGIApp, listener: Listener) -> None:
    """Serve until SIGINT or SIGTERM."""
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        lifespan="on",
        limit_concurrency=MOST_AT_ONCE,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=5,
        server_header=False,
        proxy_headers=True,  # of 127.0.0.1, or of whom FORWARDED_ALLOW_IPS names
    )
    uvicorn.Server(config).run(sockets=[listener.pages, listener.captures])


def describe(listener: Listener, host: str, base: str) -> str:
    """Return the start line."""
    shown = f"[{host}]" if ":" in host else host
    return (
        f"http://{shown}:{listener.port}{base}/ (captured pages on port {listener.captures_port})"
    )
