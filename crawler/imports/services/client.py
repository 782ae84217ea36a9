"""One kept connection to another archive: asked slowly, with patience, and never elsewhere.

The Wayback Machine refuses whoever opens a connection a page after some fifteen of them, and both
it and Common Crawl answer 429 or 503 to haste. The address that was checked is the address that is
connected to.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import re
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin, urlsplit

from crawler.errors import CrawlError
from crawler.net.addresses import PrivateHosts, place_of
from crawler.net.connection import connect_checked
from crawler.net.policy import REDIRECTS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TIMEOUT = 60.0
"""Seconds for each step."""
TRIES = 7
"""How often one thing is asked for; the waits between double."""
LONGEST_WAIT = 900.0
"""Seconds we wait for a Retry-After before it is left to a later import."""
MAX_ANSWER = 64 * 1024 * 1024
"""Bytes of an answer that is read at once: a page of an index, a copy."""
MAX_REDIRECTS = 5

_SAFE = "/%:=&?~#+!$,;'@()*[]|-._"
_BUSY = frozenset({408, 429, 500, 502, 503, 504})
_FROM = re.compile(r"bytes (\d+)-")


class ServiceAway(CrawlError):
    """The other archive does not answer, or not for now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One whole answer."""

    url: str
    """Where it came from, after redirects."""
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """Return the first value of a header, None where it is absent."""
        return next((value for key, value in self.headers if key.lower() == name), None)


class Client:
    """Asks one service at a time.

    ``delay`` and ``backoff`` are seconds: between two requests, and before the first repetition.
    """

    def __init__(
        self,
        *,
        agent: str,
        private: PrivateHosts,
        delay: float,
        backoff: float,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._agent = agent
        self._private = private
        self._delay = delay
        self._backoff = backoff
        self._sleep = sleep
        self._connection: http.client.HTTPConnection | None = None
        self._place: tuple[str, str, int] | None = None
        self._asked = 0.0

    def close(self) -> None:
        """Give up the connection. May be called again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Return an answer, whole. Raise ServiceAway, one sentence, when there is none to be had.

        Answers that say "later" are asked for again; all others are returned, 404 too.
        """
        why = ""
        for attempt in range(TRIES):
            try:
                return self._get_once(url, headers or {})
            except _Later as later:
                why = later.why
                self._wait(url, attempt, later.wait)
            except (OSError, http.client.HTTPException) as error:
                why = str(error) or type(error).__name__
                self._wait(url, attempt, None)
        raise ServiceAway(f"{url} gave nothing in {TRIES} tries: the last {why}")

    def stream(self, url: str, offset: int = 0) -> Download:
        """Return a file of any size, to be read from an offset on. Raise ServiceAway."""
        return Download(self, url, offset)

    def _get_once(self, url: str, headers: Mapping[str, str]) -> Answer:
        for _ in range(MAX_REDIRECTS):
            response = self.ask(url, headers)
            body = response.read(MAX_ANSWER + 1)
            if len(body) > MAX_ANSWER:
                self.close()
                raise CrawlError(f"{url} answers with more than {MAX_ANSWER >> 20} MB")
            if response.length:
                raise http.client.IncompleteRead(body, response.length)
            target = response.getheader("Location")
            if response.status not in REDIRECTS or not target:
                pairs = tuple(response.getheaders())
                return Answer(url=url, status=response.status, headers=pairs, body=body)
            url = urljoin(url, target)
        raise CrawlError(f"{url} is redirected more than {MAX_REDIRECTS} times")

    def ask(self, url: str, headers: Mapping[str, str]) -> http.client.HTTPResponse:
        """Send one request and return the answer unread. Raise OSError, HTTPException or _Later."""
        connection = self._connect(url)
        parts = urlsplit(url)
        target = quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe=_SAFE)
        self._sleep(max(0.0, self._asked + self._delay - time.monotonic()))
        self._asked = time.monotonic()
        try:
            connection.request(
                "GET",
                target,
                headers={"User-Agent": self._agent, "Accept-Encoding": "identity", **headers},
            )
            response = connection.getresponse()
        except BaseException:
            self.close()
            raise
        if response.status in _BUSY:
            with contextlib.suppress(OSError, http.client.HTTPException):
                response.read(MAX_ANSWER)
            self.close()
            raise _Later(f"answered {response.status}", _read_wait(response))
        return response

    def _connect(self, url: str) -> http.client.HTTPConnection:
        parts = urlsplit(url)
        try:
            place = place_of(url)
        except ValueError:
            raise CrawlError(f"{url} is no address of an archive") from None
        if parts.scheme not in ("http", "https"):
            raise CrawlError(f"{url}: only http and https")
        wanted = (parts.scheme, place.host, place.port)
        if self._connection is not None and self._place == wanted:
            return self._connection
        self.close()
        self._connection = connect_checked(
            place.host,
            place.port,
            secure=parts.scheme == "https",
            private=self._private,
            timeout=TIMEOUT,
        )
        self._place = wanted
        return self._connection

    def _wait(self, url: str, attempt: int, asked: float | None) -> None:
        self.close()
        if asked is not None and asked > LONGEST_WAIT:
            raise ServiceAway(f"{url}: asks us to come back in {asked:.0f} seconds")
        if attempt + 1 < TRIES:
            self._sleep(max(asked or 0.0, self._backoff * 2**attempt))

    def wait_for_repetition(self, url: str, attempt: int) -> None:
        """Wait before a download goes on. Raise ServiceAway when it was tried often enough."""
        if attempt + 1 >= TRIES:
            raise ServiceAway(f"{url} broke off {TRIES} times in a row")
        self._wait(url, attempt, None)


class _Later(Exception):
    """The service is there and asks us to come later."""

    def __init__(self, why: str, wait: float | None) -> None:
        super().__init__(why)
        self.why = why
        self.wait = wait


class Download(io.RawIOBase):
    """A file read as it comes; where the connection breaks, it goes on at the same byte."""

    def __init__(self, client: Client, url: str, offset: int) -> None:
        super().__init__()
        self._client = client
        self._url = url
        self._place = offset
        self._response: http.client.HTTPResponse | None = None
        self._failures = 0

    def readable(self) -> bool:
        """Return True: it can be read."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """Return some bytes, none at the end. Raise ServiceAway, CrawlError."""
        wanted = size if size > 0 else MAX_ANSWER
        while True:
            try:
                data = self._read_some(wanted)
            except (OSError, http.client.HTTPException, _Later):
                self._response = None
                self._client.wait_for_repetition(self._url, self._failures)
                self._failures += 1
                continue
            self._failures = 0
            self._place += len(data)
            return data

    def close(self) -> None:
        """End the download; what was not read is not fetched."""
        if self._response is not None:
            self._client.close()
        self._response = None
        super().close()

    def _read_some(self, size: int) -> bytes:
        if self._response is None:
            self._response = self._begin()
        response = self._response
        data = response.read1(size)
        if not data and response.length:
            raise http.client.IncompleteRead(b"", response.length)
        return data

    def _begin(self) -> http.client.HTTPResponse:
        asked = {"Range": f"bytes={self._place}-"} if self._place else {}
        response = self._client.ask(self._url, asked)
        if response.status == 416:  # all of it was read
            response.read()
            return response
        if response.status not in (200, 206):
            self._client.close()
            raise CrawlError(f"{self._url} answered {response.status}")
        self._skip(response)
        return response

    def _skip(self, response: http.client.HTTPResponse) -> None:
        """Pass over what a server sends though it was asked for the rest only."""
        begins = _FROM.match(response.getheader("Content-Range") or "")
        missing = self._place - (int(begins[1]) if begins and response.status == 206 else 0)
        while missing > 0 and (data := response.read1(min(missing, 1 << 20))):
            missing -= len(data)
        if missing:
            raise CrawlError(f"{self._url} is shorter than it was before")


def _read_wait(response: http.client.HTTPResponse) -> float | None:
    """Return the seconds of a Retry-After (RFC 9110); None where there is none."""
    text = (response.getheader("Retry-After") or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, TypeError):
        return None
