"""Sources that are due and wait for a child. Pure: clocks are passed in, monotonic seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


class WaitingLine:
    """Who waits since when, longest first. May be forgotten: what is due stands in the archive.

    What is due waits ``gather`` seconds for others that can share its child.
    """

    def __init__(self, *, gather: float, most: int) -> None:
        self._gather = gather
        self._most = most
        self._since: dict[str, float] = {}
        self._alone: set[str] = set()

    def __len__(self) -> int:
        return len(self._since)

    def __contains__(self, id_: object) -> bool:
        return id_ in self._since

    @property
    def since(self) -> list[float]:
        """Since when each source waits."""
        return list(self._since.values())

    def join(self, id_: str, now: float, *, at_once: bool = False) -> None:
        """Line up, once; ``at_once``: as if it had waited for others already."""
        self._since.setdefault(id_, now - self._gather if at_once else now)

    def leave(self, ids: Iterable[str]) -> None:
        """Leave the line."""
        for id_ in ids:
            self._since.pop(id_, None)

    def keep_only(self, ids: Collection[str]) -> None:
        """Send home whoever is not one of these."""
        self.leave([id_ for id_ in self._since if id_ not in ids])

    def suspect(self, id_: str, *, suspected: bool) -> None:
        """A source whose last child had to be ended gets a child of its own."""
        (self._alone.add if suspected else self._alone.discard)(id_)

    def choose(self, now: float, busy: Collection[str]) -> list[str]:
        """The sources for the next child; empty while nobody has waited long enough."""
        ready = [id_ for id_ in self._since if id_ not in busy]
        if not ready or now - self._since[ready[0]] < self._gather:
            return []
        if ready[0] in self._alone:
            return ready[:1]
        return [id_ for id_ in ready if id_ not in self._alone][: self._most]

    def wait(self, now: float) -> float | None:
        """Seconds until somebody has waited long enough; None where nobody waits."""
        first = min(self._since.values(), default=None)
        return None if first is None else first + self._gather - now
