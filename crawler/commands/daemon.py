"""``baotinh daemon``: keep going."""

from __future__ import annotations

import logging
import os
import sys
from typing import TYPE_CHECKING

import click

from crawler.commands.completion import SourceId
from crawler.daemon.events import EventQueue
from crawler.logs import start_logging

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from crawler.cli import Options
    from crawler.daemon.catalogue import Catalogue
    from crawler.daemon.options import DaemonOptions
    from crawler.daemon.workers import Workers
    from crawler.environment import Settings

    MakeWorkers = Callable[[DaemonOptions, Catalogue], Workers]

logger = logging.getLogger(__name__)


def choose_workers(settings: Settings, archive: Path) -> MakeWorkers | None:
    """Return what gives the daemon the workers of a cluster; None: its own child processes."""
    if not settings.broker:
        return None
    from crawler.cluster.factory import build_workers

    return lambda options, catalogue: build_workers(settings, archive, options, catalogue)


@click.command()
@click.argument("ids", nargs=-1, type=SourceId(), metavar="[SOURCE]...")
@click.option("--once", is_flag=True, help="Run every due source once, then end.")
@click.option("--json-logs", is_flag=True, help="One JSON object a log line.")
@click.option(
    "--metrics",
    "address",
    metavar="HOST:PORT",
    help="Serve Prometheus metrics there, e.g. 127.0.0.1:9187.",
)
@click.pass_obj
def command(
    options: Options, ids: tuple[str, ...], once: bool, json_logs: bool, address: str | None
) -> None:
    """Keep all active sources up to date, or only the ones named, until SIGTERM.

    SIGHUP, or a changed source file, reads the sources again. A public host is asked only if
    CONTACT says whom its owner can write to. Ends with 1 when another daemon works on the
    archive, or when it is removed.
    """
    events = EventQueue()
    events.listen()
    os.umask(0o077)  # whatever it writes is private, its backups among it
    start_logging(json_lines=json_logs)
    settings = options.settings
    for variable in settings.unknown:
        logger.warning("%s names no setting and is ignored", variable)
    # Only now, for loading takes a while in which a signal must not kill.
    from crawler.daemon.factory import build_daemon, serve_metrics
    from crawler.daemon.preflight import DaemonLock

    archive = options.archive.absolute()
    # Before anything else: what follows touches files that a daemon at work relies on.
    with DaemonLock(archive):
        metrics, stop = serve_metrics(settings.metrics_address if address is None else address)
        try:
            daemon = build_daemon(
                settings,
                archive,
                ids,
                events,
                sources_dir=options.sources_dir,
                captures_dir=options.captures_dir,
                once=once,
                metrics=metrics,
                make_workers=choose_workers(settings, archive),
            )
            code = daemon.run()
        finally:
            events.ignore_signals()
            stop()
    sys.exit(code)
