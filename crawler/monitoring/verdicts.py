"""What health is made of: states, the facts that are judged, troubles, a verdict."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from storage.frontier.gaps import Gap
    from storage.records import Run, SeedState


class HealthState(StrEnum):
    """The states in the order of their gravity."""

    OK = "ok"
    FROZEN = "frozen"
    """It answers as ever and publishes nothing any more."""
    DEGRADED = "degraded"
    """A part of it is missing: a seed, a field, most of the usual volume."""
    BLOCKED = "blocked"
    """It is there, and does not want us: bot check, login, 403, 429, robots.txt."""
    BROKEN = "broken"
    """Nothing comes from it any more."""


SEVERITY = {str(state): rank for rank, state in enumerate(HealthState)}
"""State -> rank; the greater the graver."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How often a field is filled, as shares of articles."""

    recent: float
    usual: float | None
    """None: too few articles are known to say."""
    articles: int
    """How many recent articles there are."""
    latest: float = 0.0
    """The share of the newest of them."""
    has_newest: bool = True
    """Whether the newest of all has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known about one source at one instant."""

    now: str
    status: str
    """Status in the source file; only ``active`` is judged."""
    seeds: Sequence[SeedState]
    runs: Sequence[Run]
    """Newest first, of the last days."""
    published: Iterable[dt.datetime]
    """Publication instants of the last eight weeks, the newest first. They may be read from the
    archive as far as a rule goes through them, so each begins with what ends it soonest."""
    watched_since: dt.datetime | None
    coverage: Mapping[str, Coverage]
    entries: Mapping[int, Sequence[dt.datetime]] = field(default_factory=dict)
    """Publication instants of the last eight weeks of what each seed listed that lists nothing now;
    by the seed's id."""
    outdone: int = 0
    """How many of the ``judged`` newest articles their layout found less of than we did without."""
    judged: int = 0
    gaps: Sequence[Gap] = ()
    """Open ones."""
    standing: Collection[str] = ()
    """Causes of the troubles that stood when the source was judged last."""
    young: Mapping[str, int] = field(default_factory=dict)
    """Refusals of pages that may not be there yet and will be asked again, by reason."""
    untitled: int = 0
    """Pages found since the newest with a title of its own, where some were refused for theirs."""
    held: Mapping[int, str] = field(default_factory=dict)
    """Until when the host of a seed asked to be left alone, by the seed's id (UTC)."""
    pages_held: str | None = None
    """The same of the host of its newest page."""
    aside: int = 0
    """Links that wait aside, since more are pending than a source may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One cause for which a source is not ok."""

    cause: str
    """A word that stays the same while the trouble lasts: people are told of it once."""
    state: HealthState
    why: str
    """One sentence without a full stop."""
    since: str | None = None
    """When it began (UTC), where that is known; else it begins when it is first seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """A verdict with its cause, one sentence without a full stop."""

    state: HealthState
    why: str
    troubles: tuple[Trouble, ...] = ()
    """All there are, the gravest first; empty where the source is ok."""
