"""One guarded HTTP POST, for alerts; crawling never uses it.

The address that was checked is the address that is connected to, redirects are not followed, and
what comes back is read up to a small bound. A private receiver must be in ALLOW_PRIVATE_HOSTS.
"""

from __future__ import annotations

import http.client
import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.errors import CrawlError
from crawler.net.addresses import PrivateHosts, place_of
from crawler.net.connection import connect_checked

if TYPE_CHECKING:
    from collections.abc import Iterator

TIMEOUT = 10.0
"""Seconds for each step."""
MOST_SECONDS = 30.0
"""Seconds for all of them: a receiver that drips keeps nobody waiting."""


def post(url: str, body: bytes, *, content_type: str, private: PrivateHosts) -> None:
    """Send ``body``. Raise CrawlError, one sentence, unless the answer is a 2xx."""
    send(url, body, content_type=content_type, private=private)


def send(
    url: str,
    body: bytes,
    *,
    content_type: str,
    private: PrivateHosts,
    what: str = "webhook",
    most: int = 4096,
) -> bytes:
    """Send ``body`` and return at most so many bytes of the answer. Raise as `post`.

    ``what`` is what the receiver is called in sentences.
    """
    parts = urlsplit(url)
    try:
        place = place_of(url)
    except ValueError:
        raise CrawlError(f"{what} {url}: not a URL with a host") from None
    if parts.scheme not in ("http", "https"):
        raise CrawlError(f"{what} {url}: only http and https")
    try:
        connection = connect_checked(
            place.host,
            place.port,
            secure=parts.scheme == "https",
            private=private,
            timeout=TIMEOUT,
            what=f"{what} ",
        )
        with connection.sock, _ending(connection.sock):
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            headers = {"Content-Type": content_type, "User-Agent": "baotinh", "Connection": "close"}
            connection.request("POST", target, body, headers)
            answer = connection.getresponse()
            said = answer.read(most)
    except (OSError, http.client.HTTPException) as error:
        raise CrawlError(f"{what} {url}: {error}") from error
    if not 200 <= answer.status < 300:
        raise CrawlError(f"{what} {url}: answered {answer.status}")
    return said


@contextmanager
def _ending(sock: socket.socket) -> Iterator[None]:
    """End a connection that takes too long in all; raise TimeoutError then."""
    is_late = threading.Event()

    def end() -> None:
        is_late.set()
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(MOST_SECONDS, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, http.client.HTTPException):  # what is read as it ends may be anything
        if not is_late.is_set():
            raise
    finally:
        timer.cancel()
    if is_late.is_set():
        raise TimeoutError("timed out")
