"""The daemon's workers when they are on other machines: the same methods as child processes.

An order is a crawl that was cut out of the archive and handed out. While it is out, the daemon
holds the locks of its sources. It ends with its delivery, or is given up: when its worker has said
nothing for a while, when the broker knows it no more, or when it takes too long. Which orders are
out stands in the archive, so a daemon that was killed goes on with them.

Backups and the like stay child processes of the daemon.
"""

from __future__ import annotations

import logging
import secrets
import shutil
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.cluster import parcels
from crawler.cluster.arrivals import DeliveryRefused, take_in
from crawler.cluster.cuts import hosts_of, make_parcel, read_key
from crawler.cluster.line import Line
from crawler.cluster.post import BrokerAway
from crawler.cluster.tickets import Ticket, fit, sent_settings
from crawler.daemon.child import Task
from crawler.daemon.preflight import Problems
from crawler.daemon.timer import Holds
from crawler.daemon.workers import ChildResult, Workers
from crawler.locks import SourceLock, locks_folder
from storage.errors import ArchiveBusy, ArchiveError, ArchiveFull
from storage.frontier.orders import Order
from storage.instants import add_seconds, read_clock
from storage.states import RunKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path
    from typing import Any

    from crawler.cluster.post import OrderState, Post, View
    from crawler.daemon.catalogue import Catalogue
    from crawler.daemon.options import DaemonOptions
    from crawler.sources.model import Source
    from storage.archive import Archive

logger = logging.getLogger(__name__)

SILENCE = 60.0
"""Seconds after which a worker that says nothing has lost its order: it counts as there for half
of them, and is waited for in the other half, so that a broker that was away costs nobody one."""
MOST_TRIES = 3
"""How often a delivery is merged that our own archive is in the way of."""
REMEMBERED = 2 * 86400.0
"""Seconds that an order is remembered: longer than the broker keeps a delivery."""


@dataclass(slots=True, kw_only=True)
class _Out:
    """An order that is out. Times are monotonic seconds."""

    order: Order
    locks: list[SourceLock]
    since: float
    """When it was given, or taken by a worker."""
    worker: str = ""
    silent_since: float | None = None


class RemoteWorkers(Workers):
    """Crawls by workers of a cluster."""

    def __init__(
        self,
        options: DaemonOptions,
        catalogue: Catalogue,
        post: Post,
        send: Callable[[str], None],
        *,
        path: Path,
        pages: int,
        values: Mapping[str, Any],
    ) -> None:
        """``send`` puts an order's id into the queue; ``values`` are those of the settings."""
        super().__init__(options)
        self._options = options
        self._catalogue = catalogue
        self._post = post
        self._send = send
        self._path = path
        self._pages = max(1, pages)
        self._settings = sent_settings(values)
        self._silence = min(SILENCE, options.stall_timeout)
        self._problems = Problems(logger)
        self._key = read_key(path)
        self._folder = locks_folder(path) / ".orders"
        self._line = Line(post, self._key, once=options.once)
        self._tries: dict[str, int] = {}
        self._out: dict[str, _Out] = {}
        self._ended: list[ChildResult] = []
        self._holds = Holds(options.hold)
        self._recovered = False

    # --- what the daemon asks --------------------------------------------------------------------

    def busy(self) -> set[str]:
        """Return the sources that are out, or that a child works on."""
        return super().busy() | {id_ for out in self._out.values() for id_ in out.order.sources}

    def has_room(self) -> bool:
        """Return whether one more order may be given: as many wait as workers could take."""
        view = self._line.view
        if view is None or not self._recovered:
            return False
        waiting = sum(not out.worker for out in self._out.values())
        return waiting < sum(view.workers.values())

    def patience(self) -> float:
        """Return the seconds until the broker is to be looked at."""
        left = self._line.next_look - time.monotonic()
        more = self._line.view is not None and len(self._line.view.deliveries) > 0
        return min(super().patience(), 0.05 if more else max(0.05, left))

    def room_for(self, archive: Archive, sources: Sequence[Source]) -> Sequence[Source]:
        """Return the sources of one order: no more pages than it may have, and all lockable."""
        ids = fit(((each.id, self._expected(archive, each)) for each in sources), self._pages)
        return [each for each in sources if each.id in ids and self._is_free(each.id)]

    def crawl(self, archive: Archive, words: Sequence[str], sources: Sequence[Source]) -> bool:  # noqa: ARG002
        """Hand out a crawl of due sources; return whether it is out."""
        return self._hand_out(archive, RunKind.CRAWL, sources)

    def go_on(
        self, archive: Archive, sources: Sequence[Source], may_crawl: Callable[[], bool]
    ) -> None:
        """Hand out the next part of each backfill that was left to the workers."""
        by_id = {source.id: source for source in sources}
        for backfill in archive.backfills.handed_out() if self.has_room() else ():
            source = by_id.get(backfill.source_id)
            if source is None or source.id in self.busy() or self._holds.left(source.id) > 0:
                continue
            if not self.has_room() or not may_crawl():
                return
            if self._is_free(source.id):
                days = (backfill.since, backfill.until)
                self._hand_out(archive, RunKind.BACKFILL, [source], days)

    def watch(self, archive: Archive | None, now: float) -> None:
        """Watch children, and look at the broker when it is time."""
        super().watch(archive, now)
        if archive is None or now < self._line.next_look:
            return
        if not self._recovered:
            self._recover(archive, now)
        self._look(archive, now)

    def collect(self, archive: Archive | None) -> list[ChildResult]:
        """Return what has ended: children, orders given up, and one delivery, merged."""
        results = super().collect(archive)
        if archive is not None and self._line.view and self._line.view.deliveries:
            self._receive(archive, self._line.view.deliveries.pop(0))
        ended, self._ended = self._ended, []
        return results + ended

    def close(self) -> None:
        """Let go of the broker and of all locks; orders stay out."""
        for out in self._out.values():
            _release(out.locks)
        self._out.clear()
        self._post.close()

    # --- orders out ------------------------------------------------------------------------------

    def _expected(self, archive: Archive, source: Source) -> int:
        """Return how many pages a crawl may bring: what is due, and what the last one found."""
        runs = archive.runs.last(source.id, 1)
        if not runs:
            return self._pages
        found = sum(number for run in runs for number in run.outcomes.values())
        return archive.links.count_due(source.id, read_clock()) + found

    def _is_free(self, id_: str) -> bool:
        lock = SourceLock(self._path, id_)
        is_free = lock.attempt("order")
        lock.release()
        return is_free

    def _hand_out(
        self,
        archive: Archive,
        kind: RunKind,
        sources: Sequence[Source],
        days: tuple[str, str] | None = None,
    ) -> bool:
        now = read_clock()
        ids = tuple(source.id for source in sources)
        order = Order(id=secrets.token_hex(16), kind=kind, sources=ids, given_at=now)
        locks = self._lock(ids)
        if len(locks) < len(ids):
            _release(locks)
            return False
        try:
            parcel = self._pack(archive, order, sources, days)
            archive.orders.add(order)
            self._out[order.id] = _Out(order=order, locks=locks, since=time.monotonic())
            self._post.put_order(order.id, self._key, parcel)
            self._send(order.id)
        except (BrokerAway, parcels.BadParcel, ArchiveError, OSError) as error:
            self._problems.report("order", f"{', '.join(ids)}: no order can be given: {error}")
            _release(locks)
            if self._out.pop(order.id, None):
                archive.orders.give_up(order.id, now)
            return False
        self._line.look_soon(time.monotonic())
        self._problems.clear("order", "orders can be given again")
        logger.info("order %s: %s %s", order.id, kind, ", ".join(ids), extra={"event": "start"})
        return True

    def _pack(
        self,
        archive: Archive,
        order: Order,
        sources: Sequence[Source],
        days: tuple[str, str] | None,
    ) -> bytes:
        since, until = days or (None, None)
        ticket = Ticket(
            order=order.id,
            archive=self._key,
            kind=order.kind,
            sources=order.sources,
            pages=self._pages,
            seconds=self._options.crawl_timeout,
            stall=self._options.stall_timeout,
            silence=self._silence,
            since=since,
            until=until,
            settings=self._settings,
        )
        return make_parcel(
            archive,
            ticket,
            sources,
            self._catalogue.sources,
            self._folder / order.id,
            until=add_seconds(order.given_at, self._options.crawl_timeout),
        )

    def _lock(self, ids: Iterable[str]) -> list[SourceLock]:
        locks = [SourceLock(self._path, id_) for id_ in ids]
        return [lock for lock in locks if lock.attempt("order")]

    def _recover(self, archive: Archive, now: float) -> None:
        """Go on with orders that an earlier daemon gave, if nobody has crawled meanwhile."""
        shutil.rmtree(self._folder, ignore_errors=True)
        archive.orders.forget(add_seconds(read_clock(), -REMEMBERED))
        for order in archive.orders.out():
            locks = self._lock(order.sources)
            self._out[order.id] = _Out(
                order=order, locks=locks, since=now, worker=order.worker or ""
            )
            if len(locks) < len(order.sources):
                self._give_up(archive, order.id, "its sources are crawled by another process")
        self._recovered = True

    # --- the broker ------------------------------------------------------------------------------

    def _look(self, archive: Archive, now: float) -> None:
        view = self._line.look(self._out, now)
        if view is None:  # no worker can be heard, so none is given up
            for out in self._out.values():
                out.silent_since = None
            return
        for id_ in list(self._out):
            if id_ not in view.deliveries and (why := self._judge(archive, id_, view, now)):
                self._give_up(archive, id_, why)

    def _judge(self, archive: Archive, id_: str, view: View, now: float) -> str:
        """Return why an order is given up, empty while it is awaited."""
        out, state = self._out[id_], view.orders[id_]
        if not state.is_known:
            return "the broker knows it no more"
        if state.worker and not out.worker:
            out.worker, out.since = state.worker, now
            archive.orders.begin(id_, state.worker, read_clock())
            logger.info("order %s: taken by %s", id_, state.worker)
        return self._find_silence(out, state, now)

    def _find_silence(self, out: _Out, state: OrderState, now: float) -> str:
        longest = self._options.crawl_timeout + self._options.kill_grace + self._silence
        if now - out.since > longest:
            return f"it was not done within {longest:.0f} s"
        if not out.worker or state.is_alive:
            out.silent_since = None
            return ""
        out.silent_since = now if out.silent_since is None else out.silent_since
        if now - out.silent_since < self._silence / 2:
            return ""
        return f"worker {out.worker} was not heard of for {self._silence:.0f} s"

    def _give_up(self, archive: Archive, id_: str, why: str) -> None:
        archive.orders.give_up(id_, read_clock())
        out = self._out.pop(id_)
        _release(out.locks)
        logger.warning("order %s: given up: %s", id_, why)
        try:
            self._post.withdraw(id_)
        except BrokerAway as error:
            logger.warning("order %s: %s", id_, error)
        self._end(out.order, worker=out.worker, lost=why)

    # --- deliveries ------------------------------------------------------------------------------

    def _receive(self, archive: Archive, id_: str) -> None:
        """Merge a delivery. Raise ArchiveError where our archive is in the way: it stays."""
        try:
            self._merge(archive, id_)
        except DeliveryRefused as error:
            logger.error("order %s: its delivery is refused: %s", id_, error)
            archive.orders.give_up(id_, read_clock())
            self._settle(id_, lost=f"its delivery was refused: {error}")
        except BrokerAway as error:
            self._line.note_away(error, time.monotonic())
            return
        self._tries.pop(id_, None)
        try:
            self._post.clear(id_, self._key)
        except BrokerAway as error:  # it is found again, and known
            self._line.note_away(error, time.monotonic())

    def _merge(self, archive: Archive, id_: str) -> None:
        order = archive.orders.find(id_)
        try:
            parcel = self._post.fetch(id_)
        except parcels.BadParcel as error:
            raise DeliveryRefused(str(error)) from error
        if order is None or parcel is None:
            raise DeliveryRefused("nobody asked for it" if order is None else "it is empty")
        begun, known = time.monotonic(), self._catalogue.sources
        try:
            arrival = take_in(
                archive,
                order,
                parcel,
                self._folder / id_,
                hosts=hosts_of(known[id_] for id_ in order.sources if id_ in known),
                now=read_clock(),
            )
        except (ArchiveBusy, ArchiveFull):
            raise
        except (ArchiveError, OSError) as error:
            tries = self._tries[id_] = self._tries.get(id_, 0) + 1
            if tries < MOST_TRIES:
                raise
            raise DeliveryRefused(f"it cannot be merged: {error}") from error
        words, merged = arrival.words, arrival.merged
        logger.info(
            "order %s: merged from %s in %.1f s: %d new, %d changed%s",
            id_,
            words.worker,
            time.monotonic() - begun,
            merged.new,
            merged.changed,
            " (late)" if order.given_up_at else "",
            extra={"event": "end"},
        )
        self._settle(
            id_,
            ran=arrival.ran,
            status=words.status,
            ended_by=words.ended_by,
            messages=words.messages,
            worker=words.worker,
            lost=f"worker {words.worker} was stopped" if words.stopped else "",
        )

    def _settle(self, id_: str, **facts: Any) -> None:
        """End an order that is out; one that was given up before has ended."""
        out = self._out.pop(id_, None)
        if out is not None:
            _release(out.locks)
            self._end(out.order, **facts)

    def _end(self, order: Order, **facts: Any) -> None:
        is_crawl = order.kind is RunKind.CRAWL
        if not is_crawl:
            self._holds.note(order.sources[0], got_on=bool(facts.get("ran")))
        given: dict[str, Any] = {"ran": frozenset(), "status": 0, "ended_by": "", "messages": ""}
        task = Task.CRAWL if is_crawl else Task.BACKFILL
        self._ended.append(ChildResult(task=task, sources=order.sources, **given | facts))


def _release(locks: Iterable[SourceLock]) -> None:
    for lock in locks:
        lock.release()
