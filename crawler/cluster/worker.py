"""``baotinh worker``: takes orders from the broker until it is told to end."""

from __future__ import annotations

import logging
import os
import re
import socket
import threading
import time
from typing import TYPE_CHECKING

from crawler.cluster.parcels import NAME
from crawler.cluster.post import PRESENCE, BrokerAway, Post
from crawler.cluster.work import Work, WorkerOptions, sweep
from crawler.errors import CrawlError, UsageError
from crawler.net.broker import Broker

if TYPE_CHECKING:
    from crawler.environment import Settings

logger = logging.getLogger(__name__)

MOST_AHEAD = 300.0
"""Seconds: half of what the daemon allows a delivery."""


def run_worker(settings: Settings, *, name: str = "") -> int:
    """Work off orders until SIGTERM or SIGINT; return the exit code.

    Raise UsageError, CrawlError.
    """
    if not settings.broker:
        raise UsageError("BROKER is not set: name the Redis of the daemon in BAOTINH_BROKER")
    name = name or name_of(socket.gethostname(), os.getpid())
    if not NAME.fullmatch(name):
        raise UsageError(
            f"a worker cannot be called {name[:80]!r}: take letters A to Z, digits and . _ @ -,"
            " 80 at most"
        )
    broker = Broker.parse(settings.broker)
    post = Post(broker)
    from crawler.cluster.app import make_app, work_off

    options = WorkerOptions(
        name=name, longest=settings.daemon_crawl_timeout, grace=settings.daemon_kill_grace
    )
    children = max(1, settings.worker_children)
    check_clock(post, time.time())
    sweep()
    work = Work(post, options)
    presence = threading.Thread(
        target=_say_present, args=(post, work.stopping, name, children), daemon=True
    )
    presence.start()
    logger.info("worker %s: %d children, broker %s", name, children, broker)
    try:
        app = make_app(broker, order_seconds=options.longest)
        return work_off(app, work.do, name=name, children=children, stop=work.stopping.set)
    finally:
        work.stopping.set()
        presence.join(2 * PRESENCE)
        post.close()


def name_of(host: str, process: int) -> str:
    """Return what a worker is called that nobody named: by its machine and its process."""
    return f"{re.sub(r'[^A-Za-z0-9.-]+', '-', host)[:60]}-{process}"


def check_clock(post: Post, now: float) -> None:
    """Raise CrawlError where the clock of this machine is far from the broker's.

    The daemon would refuse what comes from ahead of its own clock, and have it fetched again.
    """
    try:
        ahead = post.ahead(now)
    except BrokerAway:
        return
    if abs(ahead) > MOST_AHEAD:
        raise CrawlError(
            f"the clock of this machine is {abs(ahead) / 60:.0f} minutes"
            f" {'ahead of' if ahead > 0 else 'behind'} that of BROKER: set one of them right"
        )


def _say_present(post: Post, stopping: threading.Event, name: str, children: int) -> None:
    while not stopping.is_set():
        try:
            post.say_present(name, children)
        except BrokerAway as error:
            logger.warning("%s; trying again", error)
        stopping.wait(PRESENCE / 3)
    try:
        post.say_gone(name)
    except BrokerAway as error:
        logger.info("%s", error)
