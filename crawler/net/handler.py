"""The one door to the network: Scrapy's HTTP handler behind a gate, with bounded headers.

Every request goes through here, whoever sends it: links, seeds, robots.txt, retries, redirects.
Here the host's pace is kept, the address that answered is looked at once more, and failures get
the names that outcomes use.
"""

from __future__ import annotations

import asyncio
import logging
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
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
from crawler.locks import locks_folder
from crawler.net.addresses import PrivateHosts, is_public, place_of
from crawler.net.errors import Refused, find_tls_error, name_tls_failure
from crawler.net.resolver import install_resolver
from crawler.net.throttle import Gates, HostGate, choose_delay, pace_key

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.settings import BaseSettings

logger = logging.getLogger(__name__)

MAX_HEADER_BYTES = 64 * 1024
MAX_HEADER_LINES = 200
MAX_INFORMATIONAL = 10
"""Answers with a 1xx status before the real one."""
WAIT_SLICE = 0.25
"""Seconds after which a waiting request looks whether the crawl is being stopped."""


class HeaderFlood(ParseError):
    """More header bytes, header lines or 1xx answers than any honest server sends."""

    def __init__(self) -> None:
        super().__init__("too much in front of the body", b"")  # type: ignore[no-untyped-call]


class BoundedParser(_LenientHTTPClientParser):
    """Scrapy's response parser with an end to headers, and with eyes for a cut connection."""

    _bytes = 0
    _lines = 0
    _informational = 0

    def lineReceived(self, line: bytes) -> None:  # noqa: N802 - Twisted's interface
        """Count the line before it is kept."""
        self._bytes += len(line) + 2
        self._lines += 1
        if self._bytes > MAX_HEADER_BYTES or self._lines > MAX_HEADER_LINES:
            raise HeaderFlood
        super().lineReceived(line)

    def allHeadersReceived(self) -> None:  # noqa: N802 - Twisted's interface
        """Count 1xx answers, which start the headers anew."""
        if 100 <= self.response.code < 200:
            self._informational += 1
            if self._informational > MAX_INFORMATIONAL:
                raise HeaderFlood
        super().allHeadersReceived()  # type: ignore[no-untyped-call]

    def connectionLost(self, reason: Any = None) -> None:  # noqa: N802 - Twisted's interface
        """A body that ends with the connection is whole only if the connection ended in order."""
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
        """Send the request; Twisted names the parser class itself, so it is exchanged after."""
        answer = super().request(request)
        assert self._parser is not None  # noqa: S101 - a fresh request always has one
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

    async def download_request(self, request: Request) -> Response:
        """Wait for the host's gate, ask, and name what went wrong.

        Raises Refused when the host asked to be left alone for long, or when the answer is
        hopeless; Scrapy's download errors otherwise.
        """
        gate = self._gates.of(pace_key(request.url))
        await self._enter(gate, request)
        try:
            response = await super().download_request(request)
        except (CannotResolveHostError, DownloadCancelledError, DownloadFailedError) as error:
            refused = self._name(error, request)
            if refused is None:
                raise
            raise refused from error
        finally:
            gate.leave(time.time())
        self._look_at_address(response)
        if not self._verifies and response.url.startswith("https:"):
            response.flags.append("tls-unverified")
        return response

    async def close(self) -> None:
        """Close kept connections, waiting a moment at most, and give the gates back."""
        closed = self._pool.closeCachedConnections().addErrback(lambda _: None)
        future = closed.asFuture(asyncio.get_running_loop())
        await asyncio.wait([future], timeout=self._disconnect_timeout)
        self._gates.close()

    async def _enter(self, gate: HostGate, request: Request) -> None:
        delay = choose_delay(self._delay, request.meta.get("crawl_delay"), self._delay_cap)
        while (wait := gate.try_enter(time.time(), delay)) > 0:
            held = gate.held_for(time.time())
            if held > self._wait_cap:
                raise Refused(Word.RETRY_AFTER, request.url, wait=held)
            if not self._crawler.crawling:
                raise Refused(Word.STOPPED, request.url)
            await asyncio.sleep(min(wait, WAIT_SLICE))

    def _name(self, error: Exception, request: Request) -> Refused | None:
        """A refusal for what no repetition would cure, else None."""
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
        return Refused(word, str(find_tls_error(error))[:200]) if word else None

    def _look_at_address(self, response: Response) -> None:
        """The last look, should a connection ever be made past the resolver."""
        address = response.ip_address
        if address is not None and not is_public(str(address)):
            place = place_of(response.url)
            if not self._exempt.allow(*place):
                raise Refused(Word.PRIVATE_ADDRESS, f"{place.host} answered at {address}")


def gates_of(settings: BaseSettings) -> Gates:
    """The gates beside the archive, which all processes that crawl into it share."""
    return Gates(locks_folder(Path(settings["ARCHIVE"])) / "hosts")
