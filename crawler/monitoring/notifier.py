"""Judge sources and notify people of changes of health: together, and once."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from crawler.monitoring.alerts import compose
from crawler.monitoring.check import check as check_source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from crawler.monitoring.check import HealthChange
    from crawler.monitoring.delivery import Delivery
    from crawler.sources.model import Source
    from storage.archive import Archive


MAX_PAUSE = 128
"""The longest pause between two messages, in units of ``gather``: about an hour by default."""


class Notifier:
    """Puts the changes of ``gather`` seconds into one message: one outage is one message.

    A source that fails and recovers within that time is in no message. Each further message within
    about an hour doubles the pause before the next one: when the network is down for a night and
    sources fail one after the other, people get a dozen messages and not a hundred. A change is
    marked as notified in the transaction that hands its message to the delivery, so a kill in
    between loses none.
    """

    def __init__(
        self, delivery: Delivery, *, gather: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.delivery = delivery
        self._gather = gather
        self._clock = clock
        self._changes: dict[str, HealthChange] = {}
        self._since = 0.0
        self._sent = float("-inf")
        self._pause = 0.0

    def check(self, archive: Archive, sources: Iterable[Source], *, now: str) -> None:
        """Judge the sources that were crawled at least once. Raise ArchiveError."""
        known = {row.id for row in archive.sources.all()}
        for source in sources:
            if source.id not in known:
                continue
            change = check_source(archive, source, now=now)
            if change is None:
                self._changes.pop(source.id, None)
                continue
            if not self._changes:
                self._since = self._clock()
            self._changes[source.id] = change

    def send(self, archive: Archive, *, at_once: bool = False) -> None:
        """Hand the changes to the delivery if it is time. Raise ArchiveError."""
        now = self._clock()
        ripe = now - self._since >= self._gather and now - self._sent >= self._pause
        if not self._changes or not (ripe or at_once):
            return
        changes = list(self._changes.values())
        with archive.transaction():
            for change in changes:
                archive.health.mark_told(change.source_id, change.state)
            self.delivery.put(compose(changes))
        self._changes = {}
        longest = MAX_PAUSE * self._gather
        calm = now - self._sent > longest
        self._pause = self._gather if calm else min(2 * self._pause, longest)
        self._sent = now
