"""``baotinh daemon``: keep going."""

from __future__ import annotations

import logging
import os
import sys
from typing import TYPE_CHECKING

import click

from crawler import settings
from crawler.daemon.events import EventQueue
from crawler.environment import unknown_names
from crawler.logs import start_logging

if TYPE_CHECKING:
    from crawler.cli import Options

logger = logging.getLogger(__name__)


@click.command()
@click.argument("ids", nargs=-1, metavar="[SOURCE]...")
@click.option("--once", is_flag=True, help="Run every due source once, then end.")
@click.option("--json-logs", is_flag=True, help="One JSON object a log line.")
@click.option(
    "--metrics",
    "address",
    default=settings.METRICS_ADDRESS,
    metavar="HOST:PORT",
    help="Serve Prometheus metrics there, e.g. 127.0.0.1:9187.",
)
@click.pass_obj
def command(
    options: Options, ids: tuple[str, ...], once: bool, json_logs: bool, address: str
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
    for variable in unknown_names(vars(settings), os.environ):
        logger.warning("%s names no setting and is ignored", variable)
    # Only now, for loading takes a while in which a signal must not kill.
    from crawler.daemon.factory import assemble
    from crawler.daemon.preflight import DaemonLock

    archive = options.archive.absolute()
    # Before anything else: what follows touches files that a daemon at work relies on.
    with DaemonLock(archive):
        daemon, stop = assemble(options, archive, ids, once=once, address=address, events=events)
        try:
            code = daemon.run()
        finally:
            events.ignore_signals()
            stop()
    sys.exit(code)
