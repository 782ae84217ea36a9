"""A daemon put together by the settings."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crawler import settings
from crawler.daemon.catalogue import Catalogue
from crawler.daemon.options import DaemonOptions, is_private
from crawler.daemon.service import Daemon
from crawler.errors import UsageError
from crawler.locks import locks_folder
from crawler.monitoring.alerts import read_channels
from crawler.monitoring.delivery import Delivery
from crawler.net.addresses import PrivateHosts
from crawler.sources import find_source

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    from crawler.cli import Options
    from crawler.daemon.events import EventQueue
    from crawler.monitoring.metrics import Metrics
    from crawler.sources import Source

logger = logging.getLogger(__name__)


def assemble(
    options: Options,
    archive: Path,
    ids: tuple[str, ...],
    *,
    once: bool,
    address: str,
    events: EventQueue,
) -> tuple[Daemon, Callable[[], None]]:
    """A daemon by the settings, and how to stop what serves its metrics.

    Raise UsageError, SourceError.
    """
    catalogue = Catalogue(options.sources_dir, locks_folder(archive) / ".sources")
    catalogue.load()
    for id_ in ids:
        find_source(catalogue.sources, id_)
    private = read_private_hosts()
    chosen = [s for s in catalogue.sources.values() if not ids or s.id in ids]
    restriction = admit(chosen, private)
    metrics, stop = serve_metrics(address)
    channels = read_channels(
        webhook=settings.ALARM_WEBHOOK,
        command=settings.ALARM_COMMAND,
        mail_to=settings.ALARM_MAIL_TO,
        mail_from=settings.ALARM_MAIL_FROM,
        smtp=settings.ALARM_SMTP,
        private=private,
    )
    daemon = Daemon(
        archive,
        catalogue,
        read_options(once=once, only=frozenset(ids), private=restriction),
        Delivery(channels, locks_folder(archive) / ".outbox.json"),
        events,
        captures_dir=options.captures_dir.absolute() if options.captures_dir else None,
        metrics=metrics,
    )
    return daemon, stop


def read_private_hosts() -> PrivateHosts:
    """ALLOW_PRIVATE_HOSTS. Raise UsageError."""
    try:
        return PrivateHosts.parse(settings.ALLOW_PRIVATE_HOSTS)
    except ValueError as error:
        raise UsageError(f"ALLOW_PRIVATE_HOSTS: {error}") from None


def admit(sources: Sequence[Source], private: PrivateHosts) -> PrivateHosts | None:
    """What sources are restricted to: nothing with CONTACT, else the hosts that are not public.

    Raise UsageError where that leaves no source at all.
    """
    if settings.CONTACT:
        return None
    active = [source for source in sources if source.status == "active"]
    left_out = sum(not is_private(source, private) for source in active)
    if left_out == len(active):
        raise UsageError(
            "CONTACT is not set: name an address or page in BAOTINH_CONTACT, so that the owners"
            " of the sites we visit can reach you"
        )
    if left_out:
        logger.warning("CONTACT is not set: %d sources on public hosts are left out", left_out)
    return private


def serve_metrics(address: str) -> tuple[Metrics | None, Callable[[], None]]:
    """Metrics and how to stop serving them; nothing where no address is set."""
    if not address:
        return None, lambda: None
    from crawler.monitoring.metrics import Metrics

    metrics = Metrics()
    try:
        return metrics, metrics.serve(address)
    except OSError as error:
        raise UsageError(
            f"metrics cannot be served at {address!r}, write it as 127.0.0.1:9187: {error}"
        ) from error


def read_options(
    *, once: bool, only: frozenset[str], private: PrivateHosts | None
) -> DaemonOptions:
    """The daemon's options from the settings."""
    return DaemonOptions(
        once=once,
        only=only,
        private=private,
        tick=settings.DAEMON_TICK,
        children=max(1, settings.DAEMON_CHILDREN),
        sources_a_child=max(1, settings.DAEMON_SOURCES_A_CHILD),
        gather=settings.DAEMON_GATHER,
        stagger=settings.DAEMON_STAGGER,
        slack=settings.REVISIT_SLACK,
        crawl_timeout=settings.DAEMON_CRAWL_TIMEOUT,
        stall_timeout=settings.DAEMON_STALL_TIMEOUT,
        kill_grace=settings.DAEMON_KILL_GRACE,
        hold=settings.DAEMON_HOLD,
        checkup=settings.DAEMON_CHECKUP,
        checkpoint=settings.DAEMON_CHECKPOINT,
        reserve=settings.DISK_RESERVE_MB << 20,
        zone=read_zone(settings.TIMEZONE),
        nightly_hour=settings.NIGHTLY_HOUR,
        backup_dir=Path(settings.BACKUP_DIR).absolute() if settings.BACKUP_DIR else None,
        backup_keep=max(1, settings.BACKUP_KEEP),
    )


def read_zone(name: str) -> dt.tzinfo:
    """The time zone of that name. Raise UsageError."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        raise UsageError(
            f"TIMEZONE: {name!r} is no time zone: write it as Asia/Ho_Chi_Minh"
        ) from None
