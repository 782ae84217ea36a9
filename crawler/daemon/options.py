"""Options of the daemon: the settings it is given, as one value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.net.addresses import parse_host, place_of
from storage.instants import VIETNAM

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from crawler.net.addresses import PrivateHosts
    from crawler.sources.model import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class DaemonOptions:
    """How the daemon runs; durations in seconds. See the settings of the same names."""

    once: bool = False
    tick: float = 30.0
    children: int = 2
    sources_a_child: int = 50
    gather: float = 20.0
    stagger: float = 300.0
    slack: float = 900.0
    crawl_timeout: float = 3600.0
    stall_timeout: float = 600.0
    kill_grace: float = 20.0
    hold: float = 60.0
    checkup: float = 3600.0
    checkpoint: float = 300.0
    reserve: int = 500 << 20
    """Bytes."""
    zone: dt.tzinfo = VIETNAM
    """Time zone of the nightly work."""
    nightly_hour: int = 3
    """24: never."""
    backup_dir: Path | None = None
    """None: no backups."""
    backup_keep: int = 7
    """Nights."""
    only: frozenset[str] = frozenset()
    """Ids of the sources to crawl; empty: all that are active."""
    private: PrivateHosts | None = None
    """Without a contact, only sources on these hosts are crawled."""

    def wants(self, source: Source) -> bool:
        """Return whether a source is to be crawled."""
        if source.status != "active" or (self.only and source.id not in self.only):
            return False
        return self.private is None or is_private(source, self.private)


def is_private(source: Source, private: PrivateHosts) -> bool:
    """Return whether everything the source names is on a host of ALLOW_PRIVATE_HOSTS."""
    home = place_of(source.homepage)
    named = [parse_host(host) for host in source.hosts]
    places: list[tuple[str, int]] = [home, *(place_of(seed.url) for seed in source.seeds)]
    places += [(host, home.port if port is None else port) for host, port in named]
    return all(private.allow(host, port) for host, port in places)
