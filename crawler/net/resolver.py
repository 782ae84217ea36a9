"""Names to addresses, public ones only: the address that is checked is the one connected to.

Every connection of the crawler is opened to an address this resolver delivered, so a name that
answers differently the next time (rebinding), an alias or a mixed answer cannot reach a private
network. Lookups run in threads of their own: a name server that never answers costs its own
lookups their time and nobody else's.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IHostnameResolver, IHostResolution
from zope.interface import implementer

from crawler.net.addresses import PrivateHosts, is_public

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings
    from twisted.internet.interfaces import IAddress, IResolutionReceiver

CACHE_SECONDS = 300.0
CACHE_SIZE = 1000
MAX_LOOKUPS = 32
"""Threads that may wait for a name server at once; each ends with the C library's own timeout."""

Done = Callable[[list[str]], None]


def look_up(host: str) -> list[str]:
    """Return all stream addresses of ``host``, as the system knows them. Blocks."""
    try:
        answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in answers))


def choose_addresses(found: Sequence[str], host: str, port: int, exempt: PrivateHosts) -> list[str]:
    """Return those of the addresses that may be connected to for ``host`` at ``port``."""
    if exempt.allow(host, port):
        return list(found)
    return [address for address in found if is_public(address)]


@implementer(IHostResolution)
class _Resolution:
    def __init__(self, name: str) -> None:
        self.name = name

    def cancel(self) -> None:
        """Nothing to stop: a lookup's thread ends by itself and its answer is dropped."""


class _Lookups:
    """Lookups under way and their answers, shared by all who ask for the same name."""

    def __init__(self, reactor: Any, timeout: float, lookup: Callable[[str], list[str]]) -> None:
        self._reactor = reactor
        self._timeout = timeout
        self._lookup = lookup
        self._waiting: dict[str, list[Done]] = {}
        self._threads = 0
        self._answers: OrderedDict[str, tuple[float, list[str]]] = OrderedDict()

    def ask(self, host: str, done: Done) -> None:
        known = self._answers.get(host)
        if known is not None and known[0] > self._reactor.seconds():
            done(known[1])
        elif host in self._waiting:
            self._waiting[host].append(done)
        elif self._threads >= MAX_LOOKUPS:
            done([])
        else:
            self._start(host, done)

    def _start(self, host: str, done: Done) -> None:
        self._waiting[host] = [done]
        self._threads += 1
        timer = self._reactor.callLater(self._timeout, self._answer, host, [])

        def finish(found: list[str]) -> None:
            self._threads -= 1
            if timer.active():
                timer.cancel()
                self._keep(host, found)
                self._answer(host, found)

        def work() -> None:
            found = self._lookup(host)
            with contextlib.suppress(RuntimeError):  # the event loop has closed meanwhile
                self._reactor.callFromThread(finish, found)

        threading.Thread(target=work, name=f"lookup {host}", daemon=True).start()

    def _keep(self, host: str, found: list[str]) -> None:
        if found:
            self._answers[host] = (self._reactor.seconds() + CACHE_SECONDS, found)
            self._answers.move_to_end(host)
        while len(self._answers) > CACHE_SIZE:
            self._answers.popitem(last=False)

    def _answer(self, host: str, found: list[str]) -> None:
        for done in self._waiting.pop(host, []):
            done(found)


@implementer(IHostnameResolver)
class PublicResolver:
    """Scrapy's ``TWISTED_DNS_RESOLVER``: delivers public addresses, and those exempted by name."""

    def __init__(
        self,
        reactor: Any,
        exempt: PrivateHosts,
        timeout: float,
        lookup: Callable[[str], list[str]] = look_up,
    ) -> None:
        self.reactor = reactor
        self._exempt = exempt
        self._lookups = _Lookups(reactor, timeout, lookup)
        self._refused: set[tuple[str, int]] = set()

    @classmethod
    def from_settings(cls, settings: BaseSettings, reactor: Any) -> PublicResolver:
        """Build from ``ALLOW_PRIVATE_HOSTS`` and ``DNS_TIMEOUT`` (seconds)."""
        exempt = PrivateHosts.parse(settings.getlist("ALLOW_PRIVATE_HOSTS"))
        return cls(reactor, exempt, settings.getfloat("DNS_TIMEOUT"))

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: Any) -> PublicResolver:
        """Build as Scrapy does; ``crawler`` may be its process: both have settings."""
        return cls.from_settings(crawler.settings, reactor)

    def install_on_reactor(self) -> None:
        """Make every connection of the reactor resolve here."""
        self.reactor.installNameResolver(self)

    def has_refused(self, host: str, port: int) -> bool:
        """Return whether the last answer for the name held addresses, but none that may be used."""
        return (host.lower(), port) in self._refused

    def resolveHostName(  # noqa: N802 - Twisted's interface
        self,
        resolutionReceiver: IResolutionReceiver,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> IHostResolution:
        """Deliver the usable addresses of ``hostName`` to the receiver (IHostnameResolver)."""
        receiver = cast(Any, resolutionReceiver)  # zope's interfaces mean nothing to a type checker
        resolution = _Resolution(hostName)
        receiver.resolutionBegan(resolution)

        transport: Any = transportSemantics

        def deliver(found: list[str]) -> None:
            for address in self._usable(found, hostName.lower(), portNumber):
                kind = IPv6Address if ":" in address else IPv4Address
                if addressTypes is None or kind in addressTypes:
                    receiver.addressResolved(kind(transport, address, portNumber))
            receiver.resolutionComplete()

        self._lookups.ask(hostName.lower(), deliver)
        return cast(IHostResolution, resolution)

    def _usable(self, found: list[str], host: str, port: int) -> list[str]:
        usable = choose_addresses(found, host, port, self._exempt)
        if found and not usable:
            if len(self._refused) < CACHE_SIZE:
                self._refused.add((host, port))
        else:
            self._refused.discard((host, port))
        return usable


def install_resolver(reactor: Any, settings: BaseSettings) -> PublicResolver:
    """Return the reactor's guarding resolver, installing one where none is (fails closed)."""
    present = reactor.nameResolver
    if isinstance(present, PublicResolver):
        return present
    resolver = PublicResolver.from_settings(settings, reactor)
    resolver.install_on_reactor()
    return resolver
