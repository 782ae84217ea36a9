"""What keeps the pace of a host, wherever it is kept: seconds in, seconds out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from crawler.errors import CrawlError

BUSY_POLL = 0.05
"""Seconds until a gate that somebody else holds is tried again."""


class PaceBrokerAway(CrawlError):
    """The Redis that keeps the pace of a cluster cannot be asked, for ``seconds`` by now."""

    def __init__(self, message: str, seconds: float) -> None:
        super().__init__(message)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Turn:
    """The answer to who wants to ask a host."""

    wait: float
    """Seconds after which to try again; 0: the gate was entered."""
    held: float = 0.0
    """Seconds for which the host asked to be left alone."""


class Gate(Protocol):
    """The right to ask one host: one at a time, a pause after each, for everybody who shares it.

    `hold` may be called by who has not entered. Only `try_enter` raises: PaceBrokerAway where the
    gate is a cluster's, ArchiveUnusable where it is a file; nothing may be asked then.
    """

    def try_enter(self, delay: float, lease: float) -> Turn:
        """Enter, if nobody is in and ``delay`` seconds have passed since somebody was.

        After ``lease`` seconds others take a holder for dead where no kernel tells them.
        """

    def leave(self) -> None:
        """End the request: the pause counts from here. Harmless when it was not entered."""

    def hold(self, seconds: float) -> None:
        """Close the gate for a time; a shorter one never ends a longer one."""


class Gates(Protocol):
    """All gates that one component of a crawl uses, by `crawler.net.addresses.pace_key`."""

    @property
    def is_remote(self) -> bool:
        """Whether a gate may take its time to answer: then ask it in a thread."""

    def of(self, key: str) -> Gate:
        """Return the gate of a host."""

    def close(self) -> None:
        """Leave all gates and give back what they need."""
