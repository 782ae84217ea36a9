# ruff: noqa: N802 - names of Twisted's interfaces

from __future__ import annotations

import threading
import time
from typing import Any

from twisted.internet.address import IPv4Address
from twisted.internet.task import Clock

from crawler.net.addresses import PrivateHosts
from crawler.net.resolver import PublicResolver, choose_addresses, look_up

MAX_LOOKUPS = 32


class Reactor(Clock):
    """Twisted's test clock with a place for what threads hand over."""

    def __init__(self) -> None:
        super().__init__()
        self._handed: list[tuple[Any, tuple[Any, ...]]] = []
        self.nameResolver: Any = None

    def callFromThread(self, call: Any, *args: Any) -> None:
        self._handed.append((call, args))

    def run_handed(self, count: int = 1) -> None:
        deadline = time.monotonic() + 60
        while len(self._handed) < count and time.monotonic() < deadline:
            time.sleep(0.001)
        for call, args in self._handed:
            call(*args)
        self._handed.clear()


class Receiver:
    def __init__(self) -> None:
        self.addresses: list[str] = []
        self.complete = False

    def resolutionBegan(self, resolution: Any) -> None:
        self.resolution = resolution

    def addressResolved(self, address: Any) -> None:
        self.addresses.append(address.host)

    def resolutionComplete(self) -> None:
        self.complete = True


def resolver(
    answers: dict[str, list[str]], allow: str = "", reactor: Reactor | None = None
) -> tuple[PublicResolver, Reactor, list[str]]:
    asked: list[str] = []

    def lookup(host: str) -> list[str]:
        asked.append(host)
        return answers.get(host, [])

    reactor = reactor or Reactor()
    return PublicResolver(reactor, PrivateHosts.parse(allow), 10, lookup), reactor, asked


def resolve(guard: PublicResolver, reactor: Reactor, host: str, port: int = 80) -> Receiver:
    receiver = Receiver()
    guard.resolveHostName(receiver, host, port)
    if not receiver.complete:
        reactor.run_handed()
    return receiver


def test_private_addresses_never_come_out() -> None:
    guard, reactor, _ = resolver(
        {"internal.test": ["10.0.0.5", "::1"], "mixed.test": ["8.8.8.8", "127.0.0.9"]}
    )
    internal = resolve(guard, reactor, "internal.test")
    assert internal.complete
    assert internal.addresses == []
    assert guard.has_refused("internal.test", 80)
    assert resolve(guard, reactor, "mixed.test").addresses == ["8.8.8.8"]
    assert not guard.has_refused("mixed.test", 80)


def test_a_name_that_does_not_exist_is_not_called_private() -> None:
    guard, reactor, _ = resolver({})
    assert resolve(guard, reactor, "nowhere.test").complete
    assert not guard.has_refused("nowhere.test", 80)


def test_an_exempt_name_may_be_private_on_its_port_only() -> None:
    guard, reactor, _ = resolver({"site.test": ["127.0.0.1"]}, "site.test:8000")
    assert resolve(guard, reactor, "site.test", 8000).addresses == ["127.0.0.1"]
    assert resolve(guard, reactor, "site.test", 8001).addresses == []


def test_the_answer_is_asked_for_once_and_checked_every_time() -> None:
    answers = {"rebind.test": ["8.8.8.8"]}
    guard, reactor, asked = resolver(answers)
    assert resolve(guard, reactor, "rebind.test").addresses == ["8.8.8.8"]
    answers["rebind.test"] = ["127.0.0.1"]
    assert resolve(guard, reactor, "REBIND.test").addresses == ["8.8.8.8"]
    reactor.advance(299)
    assert resolve(guard, reactor, "rebind.test").addresses == ["8.8.8.8"]
    reactor.advance(1)
    assert resolve(guard, reactor, "rebind.test").addresses == []
    assert asked == ["rebind.test"] * 2


def test_a_name_server_that_never_answers_delays_only_its_own_names() -> None:
    release = threading.Event()
    reactor = Reactor()

    def lookup(host: str) -> list[str]:
        if host.startswith("slow"):
            release.wait(60)
        return ["8.8.8.8"]

    guard = PublicResolver(reactor, PrivateHosts(), 10, lookup)
    slow = Receiver()
    guard.resolveHostName(slow, "slow.test", 80)
    assert resolve(guard, reactor, "fast.test").addresses == ["8.8.8.8"]
    assert not slow.complete
    reactor.advance(11)
    assert slow.complete
    assert slow.addresses == []
    release.set()
    reactor.run_handed()


def test_lookups_under_way_are_bounded() -> None:
    release = threading.Event()
    reactor = Reactor()

    def lookup(_: str) -> list[str]:
        release.wait(60)
        return ["8.8.8.8"]

    guard = PublicResolver(reactor, PrivateHosts(), 10, lookup)
    waiting = [Receiver() for _ in range(MAX_LOOKUPS + 1)]
    for number, receiver in enumerate(waiting):
        guard.resolveHostName(receiver, f"slow{number}.test", 80)
    assert [receiver.complete for receiver in waiting] == [False] * MAX_LOOKUPS + [True]
    release.set()
    reactor.run_handed(MAX_LOOKUPS)
    assert all(receiver.addresses == ["8.8.8.8"] for receiver in waiting[:-1])


def test_the_port_and_the_kind_of_address_are_kept() -> None:
    guard, reactor, _ = resolver({"both.test": ["8.8.8.8", "2606:4700::1111"]})
    receiver = Receiver()
    guard.resolveHostName(receiver, "both.test", 443, [IPv4Address])
    reactor.run_handed()
    assert receiver.addresses == ["8.8.8.8"]


def test_a_real_lookup_answers_or_is_empty() -> None:
    assert look_up("127.0.0.1") == ["127.0.0.1"]
    assert look_up("a..b") == []
    assert look_up("x" * 300) == []


def test_spellings_the_system_understands_are_refused_by_their_address() -> None:
    for spelling in ("127.1", "0x7f.1", "2130706433"):
        found = look_up(spelling)
        assert found in ([], ["127.0.0.1"])
        assert choose_addresses(found, spelling, 80, PrivateHosts()) == []
