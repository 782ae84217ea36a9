"""The archives that take part in one search, and who of them has which words."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from storage.errors import ArchiveError
from storage.search.filters import resolve
from storage.search.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.engine.clauses import Collection
    from storage.engine.searcher import Searcher
    from storage.federation.archives import Archives, Member
    from storage.search.filters import Filters, Scope

BROKEN = (sqlite3.Error, UnicodeError, ArchiveError)
"""What says that an archive, and not the query, is at fault."""


class Part:
    """One archive as it takes part in a search."""

    def __init__(self, member: Member, scope: Scope) -> None:
        conn = member.archive.connection
        self.member = member
        self.conn = conn
        self.narrowing = scope.narrowing
        self.answering = member.answering()
        self.searcher: Searcher = self.answering.searcher
        self.texts = Texts(conn, scope)


class Parts:
    """The archives that take part; one that breaks is left out from then on."""

    def __init__(
        self, archives: Archives, parts: dict[int, Part], beside: dict[int, Member]
    ) -> None:
        """``beside``: archives that a filter leaves out; what they have of a hit counts, too."""
        self._archives = archives
        self._parts = parts
        self._beside = beside
        self.step = len(parts) + len(beside)

    @classmethod
    def open(cls, archives: Archives, filters: Filters) -> Parts:
        """Return the archives that can answer, by name, so that ties fall alike in any order.

        A filter that means nothing in one archive, such as a source it does not have, leaves that
        one out. Raise QueryError, or ArchiveError where no archive answers.
        """
        asked = archives.ask(lambda one: Part(one, resolve(one.archive.connection, filters)))
        asked.sort(key=lambda each: each[0].name)
        parts = {place: part for place, (_, part) in enumerate(asked)}
        found = [member for member, _ in asked]
        others = sorted((one for one in archives.members if one not in found), key=lambda m: m.name)
        return cls(archives, parts, dict(enumerate(others, len(parts))))

    @property
    def left(self) -> int:
        """How many still answer."""
        return len(self._parts)

    def each(self) -> Iterator[tuple[int, Part]]:
        """Yield place and archive of those that still answer."""
        yield from list(self._parts.items())

    def every(self) -> Iterator[tuple[int, Member]]:
        """Yield place and archive of all that can be asked of an article, also those left out."""
        yield from [(place, part.member) for place, part in self._parts.items()]
        yield from list(self._beside.items())

    def of(self, number: int) -> tuple[Part | None, int]:
        """Return the archive of an article, None where it broke, and the article's id there."""
        return self._parts.get(number % self.step), number // self.step

    @contextmanager
    def asking(self, place: int) -> Iterator[None]:
        """Leave an archive out that cannot be asked. Raise what broke where it was the last."""
        try:
            yield
        except BROKEN as error:
            self.leave_out(place, error)

    def leave_out(self, place: int, error: Exception) -> None:
        """Ask an archive no more that broke. Raise what broke where it was the last."""
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
            raise error  # out of time, not broken
        if (beside := self._beside.pop(place, None)) is not None:
            self._archives.leave_out(beside, error)
            return
        part = self._parts.pop(place)
        problem = self._archives.leave_out(part.member, error)
        if not self._parts:
            raise problem from error


class Indexed:
    """The articles that are in the index of any archive: a word is as rare as it is among them."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._counts: dict[tuple[str, str], int] = {}

    @cached_property
    def size(self) -> int:
        """How many there are."""
        return sum(each.size for each in self._each())

    def document_frequency(self, field: str, term: str) -> int:
        """Return how many have a term in a field."""
        if (field, term) not in self._counts:
            counts = (each.document_frequency(field, term) for each in self._each())
            self._counts[field, term] = sum(counts)
        return self._counts[field, term]

    def _each(self) -> Iterator[Collection]:
        found = (part.answering.indexed for _, part in self._parts.each())
        return (each for each in found if each is not None)
