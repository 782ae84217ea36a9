"""A daemon built from the settings."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from crawler.daemon.catalogue import Catalogue
from crawler.daemon.options import is_private, read_options
from crawler.daemon.service import Daemon
from crawler.errors import UsageError
from crawler.locks import locks_folder
from crawler.monitoring.alerts import read_channels
from crawler.monitoring.delivery import Delivery
from crawler.sources import find_source
from storage.states import SourceStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from crawler.daemon.events import EventQueue
    from crawler.daemon.options import DaemonOptions
    from crawler.daemon.workers import Workers
    from crawler.environment import Settings
    from crawler.monitoring.metrics import Metrics
    from crawler.net.addresses import PrivateHosts
    from crawler.sources import Source

logger = logging.getLogger(__name__)


def build_daemon(
    settings: Settings,
    archive: Path,
    ids: Sequence[str],
    events: EventQueue,
    *,
    sources_dir: Path | None = None,
    captures_dir: Path | None = None,
    once: bool = False,
    metrics: Metrics | None = None,
    make_workers: Callable[[DaemonOptions, Catalogue], Workers] | None = None,
) -> Daemon:
    """Return a daemon on the absolute path of an archive; ``ids`` restrict it to these sources.

    ``make_workers`` gives it other workers than child processes. Raise UsageError, SourceError.
    """
    catalogue = Catalogue(sources_dir, locks_folder(archive) / ".sources")
    catalogue.load()
    for id_ in ids:
        find_source(catalogue.sources, id_)
    private = settings.private_hosts
    chosen = [source for source in catalogue.sources.values() if not ids or source.id in ids]
    options = replace(
        read_options(settings),
        once=once,
        only=frozenset(ids),
        private=restrict(chosen, private, contact=settings.contact),
    )
    channels = read_channels(settings, private)
    delivery = Delivery(channels, locks_folder(archive) / ".outbox.json")
    delivery.start()
    return Daemon(
        archive,
        catalogue,
        options,
        delivery,
        events,
        captures_dir=captures_dir,
        metrics=metrics,
        workers=make_workers(options, catalogue) if make_workers else None,
    )


def restrict(
    sources: Sequence[Source], private: PrivateHosts, *, contact: str
) -> PrivateHosts | None:
    """Return the hosts that sources are restricted to: with ``contact`` None, else the private.

    Raise UsageError where that leaves no source at all.
    """
    if contact:
        return None
    active = [source for source in sources if source.status == SourceStatus.ACTIVE]
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
    """Return metrics and how to stop serving them; nothing where no address is set.

    Raise UsageError.
    """
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
