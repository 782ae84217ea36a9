"""Titles, leads and dates that a source shows on many pages, and that are thus none. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.extract.hints import mark_date, mark_lead, mark_title

if TYPE_CHECKING:
    from collections.abc import Iterator

WINDOW = 20
"""Pages that are compared, the latest ones: a redesign shows within a day."""
MIN_PAGES = 10
"""Pages with one title, lead or date from which it is the template's. Half of the window: the
weather and the gold price have one title each day, and are a fifth of a small paper."""
SHARED = 2
"""Other pages that bear a title or lead which is not stored over another one: an edit never gives
an article the words of two others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What a list shows of an article."""

    key: str
    title: str
    lead: str | None = None
    date: str | None = None
    """The date as the page prints it, with a time; None for a bare day, which many share."""

    def marks(self) -> Iterator[tuple[str, str]]:
        """Yield fingerprint and text of what should be the article's alone."""
        yield mark_title(self.title), self.title
        if self.lead:
            yield mark_lead(self.lead), self.lead
        if self.date:
            yield mark_date(self.date), self.date


class Faces:
    """The latest pages of a source, as they are read."""

    def __init__(self) -> None:
        self._faces: dict[str, Face] = {}
        self._counts: Counter[str] = Counter()

    def note(self, face: Face) -> dict[str, str]:
        """Add a page, and return what is repeated by now: fingerprint -> text."""
        self._forget(face.key)
        if len(self._faces) >= WINDOW:
            self._forget(next(iter(self._faces)))
        self._faces[face.key] = face
        self._counts.update(mark for mark, _ in face.marks())
        return {mark: text for mark, text in face.marks() if self._counts[mark] >= MIN_PAGES}

    def _forget(self, key: str) -> None:
        before = self._faces.pop(key, None)
        if before is not None:
            self._counts.subtract(mark for mark, _ in before.marks())

    def is_common(self, key: str) -> bool:
        """Return whether a page shows anything that several others show."""
        return any(self.share(mark, key) for mark, _ in self._faces[key].marks())

    def share(self, mark: str, key: str) -> bool:
        """Return whether several other pages than that of ``key`` bear a title or lead."""
        own = self._faces.get(key)
        mine = own is not None and any(mark == each for each, _ in own.marks())
        return self._counts[mark] - mine >= SHARED
