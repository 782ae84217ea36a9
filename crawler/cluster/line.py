"""The daemon's line to the broker: looked at now and then, waited for while it is away."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from crawler.cluster.post import BrokerAway
from crawler.daemon.preflight import Problems
from crawler.errors import CrawlError

if TYPE_CHECKING:
    from collections.abc import Collection

    from crawler.cluster.post import Post, View

logger = logging.getLogger(__name__)

LOOK_SECONDS, IDLE_SECONDS = 1.0, 5.0
"""Between two looks at the broker, while orders are out and while none is."""
LONGEST_AWAY = 30.0
"""Seconds between two tries to reach a broker that is away; they double up to this."""
ONCE_SECONDS = 60.0
"""How long ``daemon --once`` waits for a broker."""


class Line:
    """What the broker said last. Times are monotonic seconds, passed in."""

    def __init__(self, post: Post, key: str, *, once: bool) -> None:
        self.view: View | None = None
        """The last look; None while the broker is away."""
        self.next_look = float("-inf")
        self._post = post
        self._key = key
        self._once = once
        self._wait = 0.0
        self._lost_at: float | None = None
        self._problems = Problems(logger)

    def look(self, orders: Collection[str], now: float) -> View | None:
        """Return how the orders stand; None while the broker is away."""
        try:
            view = self._post.look(self._key, orders)
        except BrokerAway as error:
            self.note_away(error, now)
            return None
        if self._lost_at is not None:
            self._problems.clear("broker", "the broker answers again")
            self._lost_at = None
        self.view, self._wait = view, 0.0
        self.next_look = now + (LOOK_SECONDS if orders else IDLE_SECONDS)
        if view.workers:
            self._problems.clear("workers", f"workers: {', '.join(sorted(view.workers))}")
        else:
            self._problems.report("workers", "no worker has been heard of lately")
        return view

    def look_soon(self, now: float) -> None:
        """Look earlier than planned: something is out now."""
        self.next_look = min(self.next_look, now + LOOK_SECONDS)

    def note_away(self, error: BrokerAway, now: float) -> None:
        """Wait for the broker, twice as long each time. Raise CrawlError in ``daemon --once``."""
        self.view = None
        self._lost_at = now if self._lost_at is None else self._lost_at
        self._wait = min(LONGEST_AWAY, max(1.0, self._wait * 2))
        self.next_look = now + self._wait
        self._problems.report("broker", f"{error}; waiting for it, nothing is handed out")
        if self._once and now - self._lost_at > ONCE_SECONDS:
            raise CrawlError(f"{error}: nothing was handed out")
