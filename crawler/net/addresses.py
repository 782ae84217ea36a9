"""Hosts and ports as URLs and settings name them, and which addresses may be connected to. Pure.

``is_public`` reads the address that a name resolved to, for every request: it knows nothing of
retries, redirects or ``dont_filter``.

Special-purpose ranges: IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and its
updates); spellings of IPv4 addresses: WHATWG URL Standard, "ends in a number".
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import SplitResult, urlsplit

from storage.urls import DEFAULT_PORTS

if TYPE_CHECKING:
    from collections.abc import Iterable

_NOT_PUBLIC_4 = tuple(
    ipaddress.IPv4Network(block)
    for block in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT; cloud metadata of some providers
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # Azure's host agent, on an address that looks public
        "169.254.0.0/16",  # link-local; cloud metadata
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
_GLOBAL_6 = ipaddress.IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(
    ipaddress.IPv6Network(block)
    for block in (
        "2001::/23",  # protocol assignments, Teredo, ORCHID, benchmarking
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: carries any IPv4 address
        "3fff::/20",  # documentation
    )
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_DOTS = str.maketrans("。．｡", "...")


class Place(NamedTuple):
    """Where a URL points: host without brackets, port always known."""

    host: str
    port: int


def is_public(address: str) -> bool:
    """Return whether ``address``, as a socket shows it, is a public unicast address.

    IPv4-mapped and NAT64 addresses are judged by the IPv4 address they carry; 6to4, Teredo and
    everything outside the allocated global unicast space is refused, zone identifiers too.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.scope_id is not None:
            return False
        carried = _carried_ipv4(parsed)
        if carried is None:
            return parsed in _GLOBAL_6 and not any(parsed in block for block in _NOT_PUBLIC_6)
        parsed = carried
    return not any(parsed in block for block in _NOT_PUBLIC_4)


def _carried_ipv4(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped


def is_literal(host: str) -> bool:
    """Return whether ``host`` is an address and not a name, in any spelling a resolver accepts.

    No top-level domain is a number, so a last label that reads as one makes the whole host an
    address: ``2130706433``, ``0x7f.1``, ``0177.0.0.1``, ``127.1.``, full-width digits alike.
    """
    plain = unicodedata.normalize("NFKC", host).translate(_DOTS).lower()
    if ":" in plain or "[" in plain or "]" in plain:
        return True
    labels = plain.rstrip(".").rsplit(".", 1)
    return _NUMBER.fullmatch(labels[-1]) is not None


def place_of(url: str) -> Place:
    """Return host and port of an http(s) URL. Raise ValueError where there is none."""
    return place_in(urlsplit(url))


def pace_key(url: str) -> str:
    """Return the name of what shares one pace: a host with its ``www.`` twin, http and https.

    Other ports are other servers. Raise ValueError where there is no host.
    """
    host, port = place_of(url)
    name = host.lower().removeprefix("www.")
    return name if port in DEFAULT_PORTS.values() else f"{name}:{port}"


def place_in(parts: SplitResult) -> Place:
    """Return host and port of a URL that was split. Raise ValueError where there is none."""
    if not parts.hostname:
        raise ValueError("no host")
    port = parts.port
    host = parts.hostname.removesuffix(".")
    return Place(host, DEFAULT_PORTS.get(parts.scheme, 0) if port is None else port)


def parse_host(entry: str) -> tuple[str, int | None]:
    """Read ``host``, ``host:port``, ``::1`` or ``[::1]:port``. Raise ValueError on nonsense."""
    entry = entry.strip().lower()
    if entry.startswith("["):
        host, _, rest = entry[1:].partition("]")
        port = rest.removeprefix(":")
    elif entry.count(":") > 1:
        host, port = entry, ""
    else:
        host, _, port = entry.partition(":")
    if not host or set(host) & set("/@[] ") or (port and not _is_port(port)):
        raise ValueError(f"names {entry!r}, which is neither HOST nor HOST:PORT")
    return host.removesuffix("."), int(port) if port else None


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and int(text) < 65536


@dataclass(frozen=True, slots=True)
class PrivateHosts:
    """What ``ALLOW_PRIVATE_HOSTS`` exempts: hosts as they stand in a URL, with or without port."""

    entries: frozenset[tuple[str, int | None]] = frozenset()

    @classmethod
    def parse(cls, setting: str | Iterable[str] | None) -> PrivateHosts:
        """Read the setting: comma-separated ``host`` or ``host:port``. Raise ValueError."""
        if setting is None:
            return cls()
        parts = setting.split(",") if isinstance(setting, str) else list(setting)
        return cls(frozenset(parse_host(part) for part in parts if part.strip()))

    def allow(self, host: str, port: int) -> bool:
        """Return whether connecting to ``host`` at ``port`` is exempt from the address check."""
        host = host.lower().removesuffix(".")
        return (host, port) in self.entries or (host, None) in self.entries
