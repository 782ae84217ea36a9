"""The download handler: Scrapy's, with the host's pace, bounded headers and checked addresses.

Every request goes through here, whoever sends it: links, seeds, robots.txt, retries, redirects.
The handler waits for the host's gate, checks the address that answered once more, and raises
`Refused` with a reason of `crawler.failures` for what no repetition would mend.
"""

from __future__ import annotations

import asyncio
import logging
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast
from urllib.parse import urlsplit

from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadFailedError,
)
from twisted.internet.error import ConnectionDone
from twisted.python.failure import Failure
from twisted.web._newclient import ParseError, ResponseFailed
from twisted.web.http import _DataLoss, _IdentityTransferDecoder

from crawler.failures import Word
from crawler.net.addresses import PrivateHosts, is_public, pace_key, place_of
from crawler.net.certificates import ObservedPolicy
from crawler.net.errors import Refused, find_tls_error, name_tls_failure
from crawler.net.pace import PaceBrokerAway, Turn, open_gates
from crawler.net.resolver import install_resolver
from crawler.net.throttle import choose_delay

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.settings import BaseSettings

    from crawler.net.pace import Gate, Gates

P = ParamSpec("P")
T = TypeVar("T")
logger = logging.getLogger(__name__)

MAX_HEADER_BYTES = 64 * 1024
MAX_HEADER_LINES = 200
MAX_INFORMATIONAL = 10
"""Answers with a 1xx status before the real one."""
WAIT_SLICE = 0.25
"""Seconds after which a waiting request checks whether the crawl is being stopped."""

LEASE_MARGIN = 10.0
"""Seconds more than its timeout that a request may take before its host is free again without it:
only a process that was killed, or stood still, takes as long."""
BROKER_POLL = 1.0
"""Seconds until a Redis that is away is asked again."""


class HeaderFlood(ParseError):
    """More header bytes, header lines or 1xx answers than any honest server sends."""

    def __init__(self) -> None:
        super().__init__("too much in front of the body", b"")  # type: ignore[no-untyped-call]


class BoundedParser(_LenientHTTPClientParser):
    """Scrapy's response parser with limits for headers, which detects a cut connection."""

    _bytes = 0
    _lines = 0
    _informational = 0

    def lineReceived(self, line: bytes) -> None:  # noqa: N802 - Twisted's interface
        """Count a header line. Raise HeaderFlood beyond the limits."""
        self._bytes += len(line)
        self._lines += 1
        if self._bytes > MAX_HEADER_BYTES or self._lines > MAX_HEADER_LINES:
            raise HeaderFlood
        super().lineReceived(line)

    def allHeadersReceived(self) -> None:  # noqa: N802 - Twisted's interface
        """Count 1xx answers, after each headers start again. Raise HeaderFlood beyond the limit."""
        if 100 <= self.response.code < 200:
            self._informational += 1
            if self._informational > MAX_INFORMATIONAL:
                raise HeaderFlood
        super().allHeadersReceived()  # type: ignore[no-untyped-call]

    def connectionLost(self, reason: Any = None) -> None:  # noqa: N802 - Twisted's interface
        """Report data loss where a body without a length ends with a broken connection."""
        error = reason.value if isinstance(reason, Failure) else reason
        if not isinstance(error, ConnectionDone | None) and self._ends_with_connection():
            loss = ResponseFailed([reason, Failure(_DataLoss("cut"))], self.response)
            self.response._bodyDataFinished(Failure(loss))
            return
        super().connectionLost(reason)

    def _ends_with_connection(self) -> bool:
        decoder: Any = self.bodyDecoder
        return isinstance(decoder, _IdentityTransferDecoder) and decoder.contentLength is None


class BoundedProtocol(_LenientHTTP11ClientProtocol):
    """A connection whose answers are read by `BoundedParser`."""

    def request(self, request: Any) -> Any:
        """Send the request. Twisted names the parser class itself, so it is exchanged after."""
        answer = super().request(request)
        if self._parser is not None:
            self._parser.__class__ = BoundedParser
        return answer


class _BoundedFactory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: Any) -> BoundedProtocol:  # noqa: ARG002, N802 - Twisted's interface
        return BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class GuardedHandler(HTTP11DownloadHandler):
    """Scrapy's ``DOWNLOAD_HANDLERS`` for http and https."""

    def __init__(self, crawler: Crawler) -> None:
        from twisted.internet import reactor

        super().__init__(crawler)
        self._pool._factory = _BoundedFactory
        # Twisted would repeat a request at once, without a pause, when a kept connection broke.
        self._pool.retryAutomatically = False
        settings = crawler.settings
        self._resolver = install_resolver(reactor, settings)
        self._exempt = PrivateHosts.parse(settings.getlist("ALLOW_PRIVATE_HOSTS"))
        self._gates = gates_of(settings)
        self._timeout = settings.getfloat("DOWNLOAD_TIMEOUT")
        self._delay = settings.getfloat("DOWNLOAD_DELAY")
        self._delay_cap = settings.getfloat("CRAWL_DELAY_MAX")
        self._wait_cap = settings.getfloat("RETRY_AFTER_WAIT")
        self._verifies = settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES")
        source = getattr(crawler.spider, "source", None)
        if source is not None and not source.verify_tls:
            self._verifies = False
            logger.warning("%s: TLS certificates are not verified (verify_tls)", source.id)
            factory: Any = self._contextFactory
            factory._verify_certificates = False
        self._policy = ObservedPolicy(self._contextFactory)
        self._contextFactory = cast("Any", self._policy)

    async def download_request(self, request: Request) -> Response:
        """Wait for the host's gate, then send the request and return the response.

        Raise Refused when the host asked to be left alone for long, or for a failure that no
        repetition would mend; Scrapy's download errors otherwise.
        """
        gate = self._gates.of(pace_key(request.url))
        await self._enter(gate, request)
        try:
            response = await super().download_request(request)
        except (CannotResolveHostError, DownloadCancelledError, DownloadFailedError) as error:
            refused = self._find_refusal(error, request)
            if refused is None:
                raise
            raise refused from error
        finally:
            await self._ask(gate.leave)
        self._check_address(response)
        if not self._verifies and response.url.startswith("https:"):
            response.flags.append("tls-unverified")
        return response

    async def close(self) -> None:
        """Close kept connections, waiting a moment at most, and the gates."""
        closed = self._pool.closeCachedConnections().addErrback(lambda _: None)
        future = closed.asFuture(asyncio.get_running_loop())
        await asyncio.wait([future], timeout=self._disconnect_timeout)
        await self._ask(self._gates.close)

    async def _enter(self, gate: Gate, request: Request) -> None:
        delay = choose_delay(self._delay, request.meta.get("crawl_delay"), self._delay_cap)
        lease = request.meta.get("download_timeout", self._timeout) + LEASE_MARGIN
        while (turn := await self._try_enter(gate, delay, lease)).wait > 0:
            if turn.held > self._wait_cap:
                raise Refused(Word.RETRY_AFTER, request.url, wait=turn.held)
            await self._pause(turn.wait, request)

    async def _try_enter(self, gate: Gate, delay: float, lease: float) -> Turn:
        try:
            return await self._ask(gate.try_enter, delay, lease)
        except PaceBrokerAway as away:
            if away.seconds > self._wait_cap:
                raise Refused(Word.BROKER_AWAY, str(away)) from away
            return Turn(BROKER_POLL)

    async def _pause(self, seconds: float, request: Request) -> None:
        """Wait, unless the crawl is being stopped."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if not self._crawler.crawling:
                raise Refused(Word.STOPPED, request.url)
            await asyncio.sleep(min(left, WAIT_SLICE))

    async def _ask(self, ask: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a method of the gates: in a thread, where the answer comes from elsewhere."""
        if self._gates.is_remote:
            return await asyncio.to_thread(ask, *args, **kwargs)
        return ask(*args, **kwargs)

    def _find_refusal(self, error: Exception, request: Request) -> Refused | None:
        """Return a refusal for what no repetition would mend, else None."""
        if isinstance(error, CannotResolveHostError):
            if self._resolver.has_refused(*place_of(request.url)):
                return Refused(Word.PRIVATE_ADDRESS, urlsplit(request.url).netloc)
            return None
        if isinstance(error, DownloadCancelledError):
            return Refused(Word.TOO_LARGE, request.url)
        reasons = getattr(error.__cause__, "reasons", [])
        if any(reason.check(HeaderFlood) for reason in reasons):
            return Refused(Word.HEADER_FLOOD, request.url)
        word = name_tls_failure(error)
        if word is None:
            return None
        fault = self._policy.take_fault(*place_of(request.url))
        return Refused(fault or word, str(find_tls_error(error))[:200])

    def _check_address(self, response: Response) -> None:
        """Check the address again, should a connection ever be made past the resolver."""
        address = response.ip_address
        if address is not None and not is_public(str(address)):
            place = place_of(response.url)
            if not self._exempt.allow(*place):
                raise Refused(Word.PRIVATE_ADDRESS, f"{place.host} answered at {address}")


def gates_of(settings: BaseSettings) -> Gates:
    """Return the gates that this crawl shares with all others: ``ARCHIVE`` and ``BROKER`` say."""
    return open_gates(Path(settings["ARCHIVE"]), settings.get("BROKER") or "")
