"""One order on a worker: the parcel opened, the unchanged crawl run on it, the delivery sent.

The crawl is a child process as the daemon's are, watched in the same way. Nothing here writes to
any archive but the small one of the order.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import sqlite3
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.cluster import parcels
from crawler.cluster.post import BrokerAway
from crawler.cluster.tickets import read_ticket
from crawler.daemon.child import Task, start_child
from storage.archive import Archive
from storage.errors import BaotinhError
from storage.instants import read_clock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.cluster.post import Post
    from crawler.cluster.tickets import Ticket
    from crawler.daemon.child import Child

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.5
STOP_SECONDS = 10.0
"""How long a delivery may still be tried when the worker is to end."""
FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0
"""Seconds between two tries to reach the broker."""
_PREFIX = "baotinh-order-"


class Unbegun(Exception):
    """An order was taken from the queue and not begun."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerOptions:
    """How a worker works; durations in seconds."""

    name: str
    longest: float
    """No order is worked on for longer, whatever it says."""
    grace: float
    """What a child that was asked to end has for it."""


class Work:
    """Works off orders, each in the thread that asks for it."""

    def __init__(self, post: Post, options: WorkerOptions) -> None:
        self._post = post
        self._options = options
        self.stopping = threading.Event()

    def do(self, order: str) -> None:
        """Work off an order: one delivery comes of it, or it was void.

        Raise Unbegun where the worker is to end before: then another one is to have it.
        """
        parcel = self._claim(order)
        if parcel is None:
            return
        try:
            with tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True) as folder:
                ticket = self._open(parcel, Path(folder))
                if ticket.order != order:
                    raise parcels.BadParcel(f"its ticket is of order {ticket.order}")
                self._carry_out(ticket, Path(folder))
        except (ValueError, BaotinhError, OSError, sqlite3.Error) as error:
            logger.error("order %s: cannot be worked on: %s", order, error)

    def _claim(self, order: str) -> bytes | None:
        for wait in _waits():
            if self.stopping.is_set():
                break
            try:
                # So long nobody else may take it, until the first beat says how long.
                parcel = self._post.claim(order, self._options.name, read_clock(), 60.0)
            except BrokerAway as error:
                logger.warning("order %s: %s", order, error)
                self.stopping.wait(wait)
                continue
            if parcel is None:
                logger.info("order %s: void, or taken by another worker", order)
            return parcel
        raise Unbegun(order)

    def _open(self, parcel: bytes, folder: Path) -> Ticket:
        ticket = read_ticket(parcels.unpack(parcel, folder))
        # What comes back holds the captures of this crawl, and no others.
        shutil.rmtree(folder / parcels.CAPTURES, ignore_errors=True)
        return ticket

    def _carry_out(self, ticket: Ticket, folder: Path) -> None:
        names = ", ".join(ticket.sources)
        logger.info("order %s: %s %s", ticket.order, ticket.kind, names, extra={"event": "start"})
        child = self._start(ticket, folder)
        watch = _Watch(self._post, ticket, self._options, self.stopping)
        try:
            watch.until_ended(child, folder / parcels.ARCHIVE)
        finally:
            if not child.has_ended():
                child.end("killed", time.monotonic())
                child.kill_if_late(time.monotonic(), 0.0)
                child.process.wait()
        words = json.dumps(
            {
                "order": ticket.order,
                "worker": self._options.name,
                "status": child.process.returncode,
                "ended_by": child.ended_by if not watch.stopped else "",
                "stopped": watch.stopped,
                "messages": child.messages(),
            }
        )
        settle(folder)
        self._deliver(ticket, parcels.pack(folder, words))

    def _start(self, ticket: Ticket, folder: Path) -> Child:
        return start_child(
            [
                *("--archive", str(folder / parcels.ARCHIVE)),
                *("--sources", str(folder / parcels.SOURCES)),
                *ticket.arguments(),
            ],
            task=Task(ticket.kind.value),
            sources=ticket.sources,
            now=time.monotonic(),
            after_run=0,
            environ=ticket.environ() | {"BAOTINH_CAPTURES_DIR": ""},
        )

    def _deliver(self, ticket: Ticket, parcel: bytes) -> None:
        """Send a delivery, waiting for a broker that is away as long as the order may matter."""
        begun = time.monotonic()
        for wait in _waits():
            try:
                self._post.deliver(ticket.order, ticket.archive, parcel)
            except BrokerAway as error:
                if self._is_too_late(time.monotonic() - begun):
                    logger.error("order %s: its delivery is lost: %s", ticket.order, error)
                    return
                logger.warning("order %s: waiting to deliver: %s", ticket.order, error)
                time.sleep(wait)
            else:
                size = len(parcel) >> 10
                logger.info(
                    "order %s: delivered, %d KB", ticket.order, size, extra={"event": "end"}
                )
                return

    def _is_too_late(self, waited: float) -> bool:
        """Return whether a delivery that was tried for so many seconds is of no use any more."""
        return waited > (STOP_SECONDS if self.stopping.is_set() else self._options.longest)


def _waits() -> Iterator[float]:
    """Yield the seconds to wait for a broker, after each try twice as long up to a bound."""
    wait = FIRST_WAIT
    while True:
        yield wait
        wait = min(LONGEST_WAIT, wait * 2)


class _Watch:
    """Watches the child of one order, and says that it lives."""

    def __init__(
        self, post: Post, ticket: Ticket, options: WorkerOptions, stopping: threading.Event
    ) -> None:
        self._post = post
        self._ticket = ticket
        self._options = options
        self._stopping = stopping
        self._next_beat = float("-inf")
        self.stopped = False
        """Whether the child was ended because the worker is to end, or nobody wants it any more."""

    def until_ended(self, child: Child, archive: Path) -> None:
        """Return when the child has ended, by itself or because it had to."""
        limit = min(self._ticket.seconds, self._options.longest)
        while not child.has_ended():
            now = time.monotonic()
            if child.ending_since is None:
                self._beat(child, now)
                child.watchdog.note(_progress(archive, self._ticket), now)
                if why := child.watchdog.overdue(now, stall=self._ticket.stall, limit=limit):
                    logger.warning("order %s: %s, asked to end", self._ticket.order, why)
                    child.end(why, now)
                if self._stopping.is_set():
                    self._stop(child, "the worker stops", now)
            child.kill_if_late(now, self._options.grace)
            time.sleep(LOOK_SECONDS)

    def _beat(self, child: Child, now: float) -> None:
        if now < self._next_beat:
            return
        # Heard of for half the silence, and missed by the daemon for the other half.
        heard = self._ticket.silence / 2
        self._next_beat = now + heard / 3
        try:
            wanted = self._post.beat(self._ticket.order, self._options.name, heard)
        except BrokerAway as error:
            logger.warning("order %s: %s", self._ticket.order, error)
            return
        if not wanted:
            self._stop(child, "the order was given up", now)

    def _stop(self, child: Child, why: str, now: float) -> None:
        if child.ending_since is None:
            logger.info("order %s: %s, the crawl is ended", self._ticket.order, why)
            self.stopped = True
            child.end(why, now)


def _progress(path: Path, ticket: Ticket) -> object:
    try:
        with Archive.open_reading(path) as archive:
            return archive.runs.progress(ticket.sources, after=0)
    except BaotinhError:
        return None


def settle(folder: Path) -> None:
    """Make the small archive one whole file, whatever became of its crawl. Raise ArchiveError."""
    from crawler.runs.captures import open_for_run

    with open_for_run(folder / parcels.ARCHIVE, None) as archive:
        archive.checkpoint()


def sweep() -> None:
    """Remove what killed workers left: folders of orders that nobody has touched for a day."""
    before = time.time() - 86400
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        try:
            found = folder.stat()
        except OSError:
            continue
        if found.st_mtime < before and found.st_uid == os.getuid():
            shutil.rmtree(folder, ignore_errors=True)
