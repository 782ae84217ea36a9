"""When a run gives up a host that does not give its pages."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crawler.failures import Symptom, Whose, Word, describe_failure, reason_of
from storage.states import OutcomeKind

if TYPE_CHECKING:
    from storage.records import Outcome

MAX_DEFERRALS = 3
"""Pages in a row that the host did not let us ask for, after which the run ends. One may be chance
and two share a cause; after three every further page would only wait for the same answer."""
MAX_TROUBLES = 5
"""Pages of a run that met nothing but troubles of the host or of the moment, after which it ends:
checks for robots, timeouts, 503. A few pages of a healthy site may stand behind a login."""
MAX_TROUBLES_IN_A_ROW = 20
"""The same after pages that went well: some sections of a site may be out of order."""


@dataclass(slots=True)
class Troubles:
    """What the pages of a run have met, since the last that went well."""

    _pages: int = 0
    """Pages of the run that have an outcome, good or bad."""
    _spoilt: int = 0
    _deferrals: int = 0
    _met: Counter[str] = field(default_factory=Counter)
    """Reason -> pages."""
    _detail: str = ""
    """What the last deferral said besides."""

    def note(self, outcome: Outcome) -> None:
        """Count a page that has its outcome."""
        self._pages += 1
        if outcome.reason and reason_of(outcome.reason).is_of_the_host:
            self._spoilt += 1
            self._met[outcome.reason] += 1
        elif outcome.kind is not OutcomeKind.FAILED:
            self._spoilt = self._deferrals = 0
            self._met.clear()

    def put_off(self, reason: str, detail: str = "") -> None:
        """Count a page that could not be asked for; what we ourselves do is nobody's trouble."""
        if reason_of(reason).whose is not Whose.OURS:
            self._deferrals += 1
            self._met[reason] += 1
            self._detail = detail

    @property
    def left(self) -> int | None:
        """Pages that the host may spoil before the run ends; None: any number, all goes well."""
        if self._pages and not self._spoilt:
            return None
        most = MAX_TROUBLES if self._spoilt == self._pages else MAX_TROUBLES_IN_A_ROW
        return most - self._spoilt

    @property
    def is_host_away(self) -> bool:
        """Whether the host, for all we met, will not give us any page now."""
        return self._deferrals >= MAX_DEFERRALS or (self.left is not None and self.left <= 0)

    @property
    def is_unanswered(self) -> bool:
        """Whether no page of the run had any answer: the host may be away, or its pages."""
        silent = [
            word.health is Symptom.UNREACHABLE or word.word == Word.ROBOTS_UNREACHABLE
            for word in map(reason_of, self._met)
        ]
        return self._spoilt == self._pages and any(silent) and all(silent)

    @property
    def count(self) -> int:
        """Pages to tell people of: of a host that is given up, or did not let us in at all."""
        return self._met.total() if self.is_host_away or self._deferrals else 0

    @property
    def cause(self) -> str:
        """What most of these pages met, as the end of a sentence. Of none: ValueError."""
        ((word, _),) = self._met.most_common(1)
        return describe_failure(word) + (f" ({self._detail})" if self._detail else "")
