"""``baotinh worker``: crawl what a daemon on another machine hands out."""

from __future__ import annotations

import logging
import os
import sys
from typing import TYPE_CHECKING

import click

from crawler.logs import start_logging

if TYPE_CHECKING:
    from crawler.cli import Options

logger = logging.getLogger(__name__)


@click.command()
@click.option("--name", metavar="NAME", help="What daemon and status call it; host and process.")
@click.option("--json-logs", is_flag=True, help="One JSON object a log line.")
@click.pass_obj
def command(options: Options, name: str | None, json_logs: bool) -> None:
    """Crawl what the daemon hands out over BROKER, until SIGTERM.

    Needs no archive and no source files: an order brings both. SIGTERM ends the crawls under way
    and sends back what they have; a second one does not hurry it. Any number of workers may work
    for one daemon, on any machines.
    """
    os.umask(0o077)
    start_logging(json_lines=json_logs)
    settings = options.settings
    for variable in settings.unknown:
        logger.warning("%s names no setting and is ignored", variable)
    from crawler.cluster.worker import run_worker

    sys.exit(run_worker(settings, name=name or ""))
