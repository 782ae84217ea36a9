"""The address guard: no request leaves for a URL that is not the source's own.

Order 10, before anything that sends requests of its own, so that redirects, retries, robots.txt,
feeds and sitemaps all pass it. It deliberately knows nothing of ``dont_filter``: Scrapy's retry
sets that flag, and a redirect answered to a retry would inherit it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.net.addresses import PrivateHosts
from crawler.net.errors import Refused
from crawler.net.policy import UrlPolicy

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

    from crawler.sources import Source


def policy_of(crawler: Crawler) -> UrlPolicy:
    """Return what the crawler's spider may ask for: its source's hosts."""
    source = getattr(crawler.spider, "source", None)
    exempt = PrivateHosts.parse(crawler.settings.getlist("ALLOW_PRIVATE_HOSTS"))
    hosts = (urlsplit(source.homepage).netloc, *source.hosts) if source else ()
    return UrlPolicy.of(hosts, exempt)


class AddressMiddleware:
    """Refuses requests by URL: scheme, user info, host, port, spelling.

    A spider without a source (``scrapy shell``, ``fetch``) asks for what its user typed: any host
    but private ones.
    """

    def __init__(
        self, policy: UrlPolicy, *, anywhere: bool = False, source: Source | None = None
    ) -> None:
        """``source`` names the hosts that its pictures and documents may come from."""
        self._policy = policy
        self._source = source
        self._anywhere = anywhere

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> AddressMiddleware:
        """Read ``ALLOW_PRIVATE_HOSTS`` and the source's hosts."""
        source = getattr(crawler.spider, "source", None)
        return cls(policy_of(crawler), anywhere=source is None, source=source)

    def process_request(self, request: Request) -> None:
        """Let the request pass, or raise Refused with verdict ``rejected``."""
        anywhere = self._anywhere or self._is_lent(request)
        why = self._policy.refusal(request.url, anywhere=anywhere)
        if why is not None:
            raise Refused(why, request.url[:200])

    def _is_lent(self, request: Request) -> bool:
        """Return whether a request may go to a host beside those of the source."""
        robots = bool(request.meta.get("robots"))
        if robots and request.meta.get("redirect_times"):
            # A robots.txt may lie with another authority (RFC 9309, 2.3.1.2): its host is no seed.
            return True
        # The first request for a robots.txt is for the sake of one that passed here.
        asks = robots or request.meta.get("media") is not None
        return asks and self._source is not None and self._source.lends(request.url)
