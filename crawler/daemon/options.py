"""Options of the daemon: the settings it is given, as one value."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crawler.errors import UsageError
from crawler.net.addresses import parse_host, place_of
from storage.states import SourceStatus

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from crawler.environment import Settings
    from crawler.net.addresses import PrivateHosts
    from crawler.sources.model import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class DaemonOptions:
    """How the daemon runs; durations in seconds. See the settings of the same names."""

    tick: float
    children: int
    sources_a_child: int
    gather: float
    stagger: float
    slack: float
    crawl_timeout: float
    stall_timeout: float
    kill_grace: float
    hold: float
    checkup: float
    checkpoint: float
    reserve: int
    """Bytes."""
    zone: dt.tzinfo
    """Time zone of the nightly work."""
    nightly_hour: int
    """24: never."""
    backup_dir: Path | None
    """None: no backups."""
    backup_keep: int
    """Nights."""
    once: bool = False
    only: frozenset[str] = frozenset()
    """Ids of the sources to crawl; empty: all that are active."""
    private: PrivateHosts | None = None
    """Without a contact, only sources on these hosts are crawled."""

    def choose(self, sources: Iterable[Source]) -> list[Source]:
        """Return the sources that are to be crawled."""
        return [source for source in sources if self._wants(source)]

    def _wants(self, source: Source) -> bool:
        if source.status != SourceStatus.ACTIVE or (self.only and source.id not in self.only):
            return False
        return self.private is None or is_private(source, self.private)


def read_options(settings: Settings) -> DaemonOptions:
    """Return the options that the settings give. Raise UsageError."""
    return DaemonOptions(
        tick=settings.daemon_tick,
        children=max(1, settings.daemon_children),
        sources_a_child=max(1, settings.daemon_sources_a_child),
        gather=settings.daemon_gather,
        stagger=settings.daemon_stagger,
        slack=settings.revisit_slack,
        crawl_timeout=settings.daemon_crawl_timeout,
        stall_timeout=settings.daemon_stall_timeout,
        kill_grace=settings.daemon_kill_grace,
        hold=settings.daemon_hold,
        checkup=settings.daemon_checkup,
        checkpoint=settings.daemon_checkpoint,
        reserve=settings.disk_reserve_mb << 20,
        zone=read_zone(settings.timezone),
        nightly_hour=settings.nightly_hour,
        backup_dir=Path(settings.backup_dir).absolute() if settings.backup_dir else None,
        backup_keep=max(1, settings.backup_keep),
    )


def read_zone(name: str) -> dt.tzinfo:
    """Return the time zone of that name. Raise UsageError."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        raise UsageError(
            f"TIMEZONE: {name!r} is no time zone: write it as Asia/Ho_Chi_Minh"
        ) from None


def is_private(source: Source, private: PrivateHosts) -> bool:
    """Return whether everything the source names is on a host of ALLOW_PRIVATE_HOSTS."""
    home = place_of(source.homepage)
    named = [parse_host(host) for host in source.hosts]
    places: list[tuple[str, int]] = [home, *(place_of(seed.url) for seed in source.seeds)]
    places += [(host, home.port if port is None else port) for host, port in named]
    return all(private.allow(host, port) for host, port in places)
