"""Which URLs may be requested. Pure.

Only http and https, only the source's own hosts, no user info, no address literal in any spelling,
only the usual ports. The rule knows nothing of retries, redirects or ``dont_filter``: what is
refused stays refused however often it is asked. The address that a name resolves to is judged by
``addresses.is_public``.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.failures import Word
from crawler.net.addresses import Place, PrivateHosts, is_literal, is_public, parse_host, place_in
from storage.urls import DEFAULT_PORTS

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_URL = 4096
"""Characters. Percent-encoded Vietnamese slugs reach about 1,000."""
REDIRECTS = frozenset({301, 302, 303, 307, 308})
"""Statuses that lead to another address (RFC 9110, 15.4)."""

_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\x9f\\\s]")
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*")


@dataclass(frozen=True, slots=True)
class UrlPolicy:
    """The hosts that one source may send requests to."""

    hosts: frozenset[tuple[str, int | None]]
    """Without ``www.``; a port where the source names one."""
    private: PrivateHosts = field(default_factory=PrivateHosts)

    @classmethod
    def of(cls, hosts: Iterable[str], private: PrivateHosts | None = None) -> UrlPolicy:
        """Build from ``host`` or ``host:port`` entries, as ``Source.hosts`` has them."""
        parsed = (parse_host(host) for host in hosts)
        return cls(
            frozenset((host.removeprefix("www."), port) for host, port in parsed),
            private or PrivateHosts(),
        )

    def refusal(self, url: str, *, anywhere: bool = False) -> Word | None:
        """Return why ``url`` must not be requested, or None when it may. Never raises.

        ``anywhere``: the host need not be the source's; all else holds.
        """
        if len(url) > MAX_URL or _FORBIDDEN.search(url):
            return Word.MALFORMED_URL
        try:
            parts = urlsplit(url)
            if parts.scheme not in DEFAULT_PORTS:
                return Word.SCHEME
            place = place_in(parts)
        except ValueError:
            return Word.MALFORMED_URL
        if "@" in parts.netloc:
            return Word.USERINFO
        return self._refuse_place(place, anywhere=anywhere)

    def _refuse_place(self, place: Place, *, anywhere: bool) -> Word | None:
        if is_literal(place.host):
            if not self._may_be_literal(place):
                return Word.PRIVATE_ADDRESS
        elif not _HOST.fullmatch(place.host):
            return Word.MALFORMED_URL
        ports = {port for host, port in self.hosts if host == place.host.removeprefix("www.")}
        if anywhere:
            ports |= {place.port if self.private.allow(*place) else None}
        if not ports:
            return Word.OFF_SITE
        fits = place.port in ports or (None in ports and place.port in DEFAULT_PORTS.values())
        return None if fits else Word.PORT

    def _may_be_literal(self, place: Place) -> bool:
        """An operator may name an address, in its one canonical spelling; a page may not."""
        try:
            canonical = str(ipaddress.ip_address(place.host)) == place.host
        except ValueError:
            return False
        named = any(host == place.host for host, _ in self.hosts) and is_public(place.host)
        return canonical and (named or self.private.allow(*place))
