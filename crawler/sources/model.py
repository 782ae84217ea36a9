"""What a source file says, once it has been checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from storage.states import SeedKind, SourceKind, SourceStatus

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from storage.media.choices import AttachmentChoice, ImageChoice

DEFAULT_PORTS = (None, 80, 443)


class Match(Protocol):
    """What we use of a match, of ``re`` or of a linear engine."""

    def start(self, group: int, /) -> int: ...

    def groupdict(self) -> dict[str, str | None]: ...


class Pattern(Protocol):
    """What we use of a compiled pattern, of ``re`` or of a linear engine."""

    @property
    def pattern(self) -> str: ...

    @property
    def groupindex(self) -> Mapping[str, int]: ...

    def search(self, text: str, /) -> Match | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """Where discovery starts."""

    kind: SeedKind
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A page structure this source uses during a time span (local days, both ends included)."""

    name: str
    since: dt.date | None = None
    until: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast we may ask. ``delay`` and ``poll`` are seconds; None leaves it to the settings."""

    delay: float | None = None
    poll: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One outlet: a province's newspaper, its broadcaster, its government portal."""

    id: str
    name: str
    province: str
    homepage: str
    kind: SourceKind = SourceKind.NEWSPAPER
    province_before_2025: str | None = None
    hosts: tuple[str, ...] = ()
    """``host`` or ``host:port``, lower case; besides the homepage's own host, with and without
    ``www.``, which always count. A host without a port stands for ports 80 and 443."""
    former_hosts: tuple[str, ...] = ()
    status: SourceStatus = SourceStatus.ACTIVE
    successor: str | None = None
    seeds: tuple[Seed, ...] = ()
    """Empty: discovery finds feeds, sitemaps and listings from the homepage."""
    accept: tuple[Pattern, ...] = ()
    """What an article URL looks like; group ``id`` is the site's own identity, and group
    ``month`` qualifies an id that is unique only within its month."""
    reject: tuple[Pattern, ...] = ()
    layouts: tuple[Layout, ...] = ()
    datelines: tuple[str, ...] = ()
    """Prefixes such as ``(BTNO)`` that this outlet puts before the first sentence."""
    pace: Pace = field(default_factory=Pace)
    verify_tls: bool = True
    images: ImageChoice | None = None
    """None leaves it to setting ``IMAGES``."""
    attachments: AttachmentChoice | None = None
    """None leaves it to setting ``ATTACHMENTS``."""
    media_hosts: tuple[str, ...] = ()
    """Other hosts that its pictures and documents may come from, besides its own and their
    subdomains."""
    render: bool = False
    """Whether its articles are drawn by a browser before they are read."""
    path: str = ""
    """The file it was read from, for messages."""

    def owns(self, url: str) -> bool:
        """Return whether the URL is on one of the source's present hosts."""
        return site_of(url) in _sites((self.homepage, *self.hosts))

    def owned(self, url: str) -> bool:
        """Return whether the URL is on one of the source's present or former hosts."""
        return site_of(url) in _sites((self.homepage, *self.hosts, *self.former_hosts))

    def lends(self, url: str) -> bool:
        """Return whether pictures and documents may come from the URL's host."""
        site = site_of(url)
        if site is None:
            return False
        own = _sites((self.homepage, *self.hosts))
        if site in own or site in _sites(self.media_hosts):
            return True
        return any(each is not None and site.endswith(f".{each}") for each in own)


@lru_cache(maxsize=1024)
def _sites(hosts: tuple[str, ...]) -> frozenset[str | None]:
    return frozenset(site_of(host if "//" in host else f"//{host}") for host in hosts)


def site_of(url: str) -> str | None:
    """``host`` or ``host:port`` without ``www.``; None for what is on no host at all."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not host:
        return None
    name = host.removeprefix("www.").rstrip(".")
    return name if port in DEFAULT_PORTS else f"{name}:{port}"
