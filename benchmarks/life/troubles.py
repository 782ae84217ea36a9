"""The troubles of the fortnight: a table, and the dice that deal them out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from life.stories import DAY, HOUR, START

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from random import Random

FOREVER = float("inf")
TITLED = ("feed", "feeds", "news", "listing", "home", "portal")
"""Forms of papers whose seeds name the headline of each link."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One row of the table."""

    name: str
    hours: tuple[float, float]
    """How long it lasts, from and to."""
    cause: str = ""
    """What an alarm about it must say (a regular expression); empty: nobody may be alarmed."""
    hinted: str = ""
    """Cause that may be told, and need not, since it depends on how many pages are met."""
    forms: tuple[str, ...] = ()
    """Forms of papers that can have it; empty: all."""
    needs_tls: bool = False
    refuses: bool = True
    """Whether pages are not delivered while it lasts."""


KINDS = (
    Kind("bot check", (0.5, 9), "robot|bot"),
    Kind("maintenance", (0.5, 7), "maintenance"),
    Kind("503", (0.5, 7), "503"),
    Kind("503 with Retry-After", (0.5, 7), "503|left alone"),
    Kind("expired certificate", (2, 20), "certificate", needs_tls=True),
    Kind("robots deny", (0.5, 3), r"robots\.txt"),
    Kind("connections cut", (0.5, 7), "broke the connection|connection"),
    Kind("lagging 404", (2, 8), refuses=False),
    Kind("one title for all", (8, 30), "title", TITLED, refuses=False),
    Kind("redesign", (FOREVER, FOREVER), refuses=False),
    Kind("moved host", (FOREVER, FOREVER), refuses=False),
    Kind("index stands still", (20, 60), hinted="silence", forms=("index",), refuses=False),
    Kind(
        "session ids in paths",
        (4, 24),
        hinted="flood",
        refuses=False,
        forms=("feed", "feeds", "listing", "home"),
    ),
)
BY_NAME = {kind.name: kind for kind in KINDS}


@dataclass
class Trouble:
    """One trouble of one paper. Times are seconds since the epoch."""

    kind: Kind
    paper: str
    begin: float
    end: float
    met: set[int] = field(default_factory=set)
    """Rounds in which the crawler ran into it."""

    @property
    def is_long(self) -> bool:
        """Whether it is one that people must hear of."""
        return bool(self.kind.cause) and self.end - self.begin > HOUR

    def __str__(self) -> str:
        hours = "for good" if self.end == FOREVER else f"{(self.end - self.begin) / HOUR:.1f} h"
        day, rest = divmod(self.begin - START, DAY)
        return f"{self.paper}: {self.kind.name} on day {day:.0f} at {rest / HOUR:04.1f} h, {hours}"


def deal_troubles(papers: Mapping[str, Sequence[str]], days: int, chance: Random) -> list[Trouble]:
    """Deal troubles to papers (name -> form and ``tls``), some each day, all kinds in turn.

    A paper has one at a time, and the evening and the morning between two.
    """
    troubles: list[Trouble] = []
    free_from = dict.fromkeys(papers, 0.0)
    waiting: list[Kind] = []
    last_day = days if days < 4 else days - 1
    for day in range(1, last_day):
        for _ in range(max(4, len(papers) // 4)):
            if not waiting:
                waiting = chance.sample(KINDS, len(KINDS))
            kind = waiting.pop()
            begin = START + day * DAY + chance.uniform(7, 16) * HOUR
            fit = [
                name
                for name, traits in papers.items()
                if free_from[name] <= begin
                and (not kind.forms or traits[0] in kind.forms)
                and (not kind.needs_tls or "tls" in traits)
            ]
            if not fit:
                continue
            length = chance.uniform(*kind.hours) if kind.hours[1] < FOREVER else FOREVER
            end = begin + length * HOUR
            if end != FOREVER:
                end = min(end, START + (days - 1) * DAY + 21 * HOUR)
            trouble = Trouble(kind, chance.choice(fit), begin, end)
            free_from[trouble.paper] = (end if end < FOREVER else begin) + 20 * HOUR
            troubles.append(trouble)
    return troubles
