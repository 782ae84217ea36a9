"""Look at sources, and tell what has changed in their health: together, and once."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from crawler.alarms import compose
from crawler.checkup import check

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from crawler.alarms import Outbox
    from crawler.checkup import Change
    from crawler.sources.model import Source
    from storage.archive import Archive


class Teller:
    """``gather`` seconds of changes become one message: one outage is one message."""

    def __init__(
        self, outbox: Outbox, *, gather: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.outbox = outbox
        self._gather = gather
        self._clock = clock
        self._changes: list[Change] = []
        self._since = 0.0

    def look(self, archive: Archive, sources: Iterable[Source], *, now: str) -> None:
        """Judge sources that were crawled at least once. Raises ArchiveError."""
        known = {row.id for row in archive.sources()}
        for source in sources:
            if source.id in known and (change := check(archive, source, now=now)):
                if not self._changes:
                    self._since = self._clock()
                self._changes.append(change)

    def tell(self, *, at_once: bool = False) -> bool:
        """Put the message into the outbox if it is time; whether it was."""
        ripe = at_once or self._clock() - self._since >= self._gather
        if not self._changes or not ripe:
            return False
        self.outbox.put(compose(self._changes))
        self._changes = []
        return True
