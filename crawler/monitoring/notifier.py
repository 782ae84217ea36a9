"""Look at sources, and tell what has changed in their health: together, and once."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from crawler.monitoring.alerts import compose
from crawler.monitoring.check import check, mark_told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from crawler.monitoring.check import Change
    from crawler.monitoring.delivery import Outbox
    from crawler.sources.model import Source
    from storage.archive import Archive


MOST_DOUBLED = 128
"""The longest wait between two messages, in waits for company: about an hour by default."""


class Teller:
    """``gather`` seconds of changes become one message: one outage is one message.

    What went wrong and right again meanwhile is none. Each further message within an hour or so
    doubles the wait for the next one, so that an outage that sources meet one after the other, as
    when the network is gone for a night, is a dozen messages and not a hundred. A change counts
    as told in the transaction in which its message is in the outbox, so that a kill between loses
    none.
    """

    def __init__(
        self, outbox: Outbox, *, gather: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.outbox = outbox
        self._gather = gather
        self._clock = clock
        self._changes: dict[str, Change] = {}
        self._since = 0.0
        self._told = float("-inf")
        self._pause = 0.0

    def look(self, archive: Archive, sources: Iterable[Source], *, now: str) -> None:
        """Judge sources that were crawled at least once. Raises ArchiveError."""
        known = {row.id for row in archive.sources()}
        for source in sources:
            if source.id not in known:
                continue
            change = check(archive, source, now=now)
            if change is None:
                self._changes.pop(source.id, None)
                continue
            if not self._changes:
                self._since = self._clock()
            self._changes[source.id] = change

    def tell(self, archive: Archive, *, at_once: bool = False) -> None:
        """Put the message into the outbox if it is time. Raises ArchiveError."""
        now = self._clock()
        ripe = now - self._since >= self._gather and now - self._told >= self._pause
        if not self._changes or not (ripe or at_once):
            return
        changes = list(self._changes.values())
        with archive.transaction():
            mark_told(archive.conn, changes)
            self.outbox.put(compose(changes))
        self._changes = {}
        longest = MOST_DOUBLED * self._gather
        calm = now - self._told > longest
        self._pause = self._gather if calm else min(2 * self._pause, longest)
        self._told = now
