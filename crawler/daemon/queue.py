"""Due sources that wait for a child process. Pure: times are monotonic seconds, passed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


class DueQueue:
    """Ids of due sources, longest wait first. Not persistent: due times are in the archive.

    A source waits ``gather`` seconds for others that can share its child, ``most`` at a time.
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
        """Return since when each source waits."""
        return list(self._since.values())

    def add(self, id_: str, now: float, *, at_once: bool = False) -> None:
        """Add a source unless it is there; ``at_once``: without waiting for others."""
        self._since.setdefault(id_, now - self._gather if at_once else now)

    def remove(self, ids: Iterable[str]) -> None:
        """Remove sources; unknown ids are ignored."""
        for id_ in ids:
            self._since.pop(id_, None)

    def keep_only(self, ids: Collection[str]) -> None:
        """Remove all sources but these."""
        self.remove([id_ for id_ in self._since if id_ not in ids])

    def isolate(self, id_: str, *, isolated: bool) -> None:
        """Decide whether the source gets a child of its own, as after one that had to be ended."""
        (self._alone.add if isolated else self._alone.discard)(id_)

    def choose(self, now: float, busy: Collection[str]) -> list[str]:
        """Return the sources for the next child; empty while none has waited long enough."""
        ready = [id_ for id_ in self._since if id_ not in busy]
        if not ready or now - self._since[ready[0]] < self._gather:
            return []
        if ready[0] in self._alone:
            return ready[:1]
        return [id_ for id_ in ready if id_ not in self._alone][: self._most]

    def wait(self, now: float) -> float | None:
        """Return the seconds until a source has waited long enough; None for an empty queue."""
        first = min(self._since.values(), default=None)
        return None if first is None else first + self._gather - now
