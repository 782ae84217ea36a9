"""Search: query text -> ranked hits, with and without Vietnamese accents.

Facts behind the design: a syllable is no word, so neighbours count more than loose words; an
engine finds the articles whose words are rarest, and our rules rank the best few dozen of them.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
import time
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from storage.engine.clauses import Order, Request
from storage.engine.searcher import Remembered, open_searcher
from storage.errors import QueryError
from storage.search.filters import Filters, resolve
from storage.search.places import find_old_province
from storage.search.plan import Match, Planner
from storage.search.query import parse_query
from storage.search.results import Hits, Note, NoteKind, Total
from storage.search.scoring import Score
from storage.search.snippets import letters_of_phrases, make_snippet
from storage.search.tally import Tally, read_provinces
from storage.search.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from storage.engine.clauses import Narrowing
    from storage.engine.searcher import Answering
    from storage.places.units import Unit
    from storage.search.filters import Scope
    from storage.search.plan import Plan
    from storage.search.query import Word
    from storage.search.results import Hit
    from storage.search.tally import Counts
    from storage.search.texts import ReadsTexts

MOST_LIMIT = 1_000
SORTS = ("relevance", "date")
SECONDS = 5.0
"""How long plain SQL may work."""
SMALL = 5_000
"""Articles of an archive in which plain SQL is as good as the index."""
AT_ONCE = 3
"""Matches that are read for each hit of a page, and again so many where copies fold too many."""
MOST_READ = AT_ONCE * MOST_LIMIT
MOST_EARLIER = 20
"""Earlier copies looked at for one that matches too."""
_CHECK_EACH = 50_000
_HIT = re.compile(r"\[[^\]]*\]")
_TOO_LONG = "the search took too long: add a word, a source or a period"


class Wanted(NamedTuple):
    """How many hits, in which order, with or without every copy."""

    sort: str
    copies: bool
    limit: int
    offset: int
    facets: bool


def search(
    conn: sqlite3.Connection,
    query: str,
    *,
    source: str | None = None,
    province: str | None = None,
    place: str | None = None,
    kind: str | None = None,
    section: str | None = None,
    author: str | None = None,
    since: str | None = None,
    until: str | None = None,
    sort: str = "relevance",
    copies: bool = False,
    limit: int = 10,
    offset: int = 0,
    facets: bool = False,
) -> Hits:
    """Return the best ``limit`` hits for a query.

    All words first; where few articles have all, those with most of them too, by rarity; where
    none has, also as keys of Telex or VNI spell the query, without the words that only ask, and
    with one letter of a word corrected: ``notes`` say what was done. ``"a phrase"``, ``-without``,
    ``begin*`` and ``58-CT/TU`` work. Words typed with accents prefer them; without, any accents
    match. ``since`` and ``until`` are local days; ``place`` is a unit that the article names, or
    that what it names is part of, became or came from. Words may be empty where a filter is
    given: the newest articles. A province that ended in June 2025 also finds articles that name
    its places of today. Near-duplicates are folded to their earliest copy unless ``copies``.
    ``offset`` hits are left out at the start; ``facets`` counts the matches by province, source,
    month, kind and section. Raise QueryError, in one sentence, for what cannot be understood;
    never an SQL error.
    """
    filters = Filters(
        source=source, province=province, place=place, kind=kind, section=section,
        author=author, since=since, until=until,
    )  # fmt: skip
    limit = max(1, min(limit, MOST_LIMIT - offset))
    wanted = Wanted(sort=sort, copies=copies, limit=limit, offset=offset, facets=facets)
    with bounded(conn):
        scope = resolve(conn, filters)
        if not query.strip() and filters == Filters():
            parse_query(query)
        return Search.of(conn, query, scope, wanted).answer()


def count_matches(
    conn: sqlite3.Connection, query: str, by: str, filters: Filters | None = None
) -> Counts:
    """Count the articles that a search finds, copies included, by one of ``GROUPS``.

    Raise QueryError.
    """
    with bounded(conn):
        scope = resolve(conn, filters or Filters())
        wanted = Wanted(sort="date", copies=True, limit=1, offset=0, facets=False)
        return Search.of(conn, query, scope, wanted).counts(by)


class Search:
    """One search, over whatever finds and reads articles."""

    def __init__(
        self,
        answering: Answering,
        texts: ReadsTexts,
        tally: Tally,
        query: str,
        narrowing: Narrowing,
        wanted: Wanted,
        named: tuple[str, Unit] | None,
    ) -> None:
        """``named``: the query without the old province that it names, and that province."""
        self._narrowing = narrowing
        self._wanted = wanted
        self._answering = answering
        self._index = answering.searcher
        self._texts = texts
        self._tally = tally
        self._query = query
        self._named = named
        self._copies: dict[int, list[int]] = {}
        """Cluster -> its articles, the earliest first."""
        self._notes: list[Note] = []
        self._words: list[Word] = []
        self._phrase = 0
        """Letters of the longest quoted phrase."""

    @classmethod
    def of(cls, conn: sqlite3.Connection, query: str, scope: Scope, wanted: Wanted) -> Search:
        """Return the search of one archive."""
        answering = open_searcher(conn)
        answering = answering._replace(searcher=Remembered(answering.searcher))
        texts, tally = Texts(conn, scope), Tally(read_provinces(conn), answering.searcher)
        named = find_old_province(conn, query) if scope.place is None and query.strip() else None
        return cls(answering, texts, tally, query, scope.narrowing, wanted, named)

    def answer(self) -> Hits:
        """Find, fold, show, count."""
        matches = self._matches()
        hits = Hits(self._hits(matches))
        hits.total = self._tally.total()
        if not hits.total.count and matches:
            hits.total = Total(count=len(matches), exact=False)
        if self._wanted.facets:
            hits.facets = self._tally.facets()
        hits.notes = (*self._notes, *self._of_the_index())
        return hits

    def counts(self, by: str) -> Counts:
        """Count without showing."""
        self._matches()
        return replace(self._tally.counts(by), notes=(*self._notes, *self._of_the_index()))

    @property
    def _last(self) -> int:
        """How many clusters there are up to the end of the page."""
        return self._wanted.offset + self._wanted.limit

    @property
    def _by_date(self) -> bool:
        return self._wanted.sort == "date" or not self._query.strip()

    def _matches(self) -> list[Match]:
        if not self._query.strip():
            request = Request(narrowing=self._narrowing)
            self._tally.add(request)
            return self._newest(request)
        plan = self._plan(self._query, self._narrowing, correct=True)
        self._notes += plan.notes
        self._tally.add(plan.request if plan.total else None)
        matches = self._sorted(plan)
        if self._named is not None:
            rest, unit = self._named
            matches = self._joined(matches, plan, rest, unit.code)
        return matches

    def _plan(self, query: str, narrowing: Narrowing, *, correct: bool) -> Plan:
        parsed = parse_query(query)
        self._words += parsed.words
        self._phrase = max(self._phrase, letters_of_phrases(parsed))
        planner = Planner(self._index, self._texts, narrowing)
        if self._wanted.sort == "date":
            plan = planner.settle(parsed)
        else:
            plan = planner.plan(parsed, want=self._last, correct=correct)
        self._words += plan.reading.other_words(self._words)
        return plan

    def _sorted(self, plan: Plan) -> list[Match]:
        if self._wanted.sort == "date" and plan.total:
            return self._newest(plan.request)
        if self._wanted.sort == "date":
            return sorted(plan.matches, key=lambda m: self._texts.day(m.id), reverse=True)
        ranked = sorted(plan.matches, key=self._rank, reverse=True)
        return sorted(ranked, key=lambda match: match.batch)

    def _rank(self, match: Match) -> tuple[float, str, str, int]:
        return (round(match.score.value, 2), *self._texts.day(match.id))

    def _newest(self, request: Request) -> list[Match]:
        """Return the newest matches: so many that all others are older than the page."""
        most = AT_ONCE * self._last
        while True:
            found = self._index.find(request, limit=most, order=Order.DATE)
            read = self._texts.read(each.id for each in found)
            matches = [Match(number, NO_SCORE) for number in read]
            matches.sort(key=lambda m: self._texts.day(m.id), reverse=True)
            if len(found) < most or most >= MOST_READ or self._reaches(matches):
                return matches
            most *= AT_ONCE

    def _reaches(self, matches: Sequence[Match]) -> bool:
        """Return whether a page ends before matches do: the shown copy may be an old one."""
        shown = self._shown(matches)[: self._last]
        return len(shown) == self._last and (
            not shown or self._texts.day(shown[-1][0]) >= self._texts.day(matches[-1].id)
        )

    def _joined(self, matches: list[Match], plan: Plan, rest: str, code: str) -> list[Match]:
        """Add articles that name what a province became to those that have its name as words."""
        narrowing = self._narrowing._replace(place=code)
        both = plan.request._replace(narrowing=narrowing) if plan.total else None
        if rest:
            # What has all words needs no other reading of them.
            other = self._plan(rest, narrowing, correct=not plan.total)
            more, request = self._sorted(other), other.request if other.total else None
            lacks = not matches or matches[0].score.missing
            if lacks and other.total and other.best > plan.best:
                # All words, in an article that names a place there: before most of them.
                matches, more, self._notes = more, matches, list(other.notes)
        else:
            request = Request(narrowing=narrowing)
            more = self._newest(request)
        self._tally.add(request)
        if request and both:
            self._tally.subtract(both)
        once: dict[int, Match] = {}
        for match in (*matches, *more):
            once.setdefault(match.id, match)
        found = list(once.values())
        if self._wanted.sort == "date":
            found.sort(key=lambda m: self._texts.day(m.id), reverse=True)
        return found

    def _hits(self, matches: Sequence[Match]) -> Iterator[Hit]:
        for number, match in self._shown(matches)[self._wanted.offset : self._last]:
            snippet, document = self._snippet(number)
            yield self._texts.hit(
                number,
                snippet=snippet,
                score=match.score.value,
                copies=len(self._copies[self._texts.cluster(match.id)]) - 1,
                document=document,
            )

    def _shown(self, matches: Sequence[Match]) -> list[tuple[int, Match]]:
        """Return the article that is shown of each cluster, and its match: as far as is wanted, or
        all where they are sorted by the day of the copy that is shown."""
        folded: dict[int, Match] = {}
        for match in matches:
            key = match.id if self._wanted.copies else self._texts.cluster(match.id)
            folded.setdefault(key, match)
            if len(folded) >= self._last and not self._by_date:
                break
        clusters = {self._texts.cluster(match.id) for match in folded.values()}
        self._copies |= self._texts.copies(clusters - self._copies.keys())
        shown = [(self._earliest(match.id), match) for match in folded.values()]
        if self._by_date:
            shown.sort(key=lambda pair: self._texts.day(pair[0]), reverse=True)
        return shown

    def _snippet(self, number: int) -> tuple[str, str | None]:
        """Return the piece that shows why, and the attached document that it is from."""
        title, summary, body = self._texts.read([number])[number]
        documents = self._texts.documents(number)
        own = len(body) - sum(len(text) + 2 for _, text in documents)
        snippet = make_snippet(self._words, title, summary, body[:own], whole=self._phrase)
        pieces: list[tuple[str, str | None]] = [(snippet, None)]
        pieces += [(make_snippet(self._words, "", "", text), name) for name, text in documents]
        return max(pieces, key=lambda piece: _longest_hit(piece[0]))

    def _earliest(self, number: int) -> int:
        """Return the first copy that is in scope; the article itself where copies are wanted."""
        copies = () if self._wanted.copies else self._copies[self._texts.cluster(number)]
        earlier = copies[: copies.index(number)][:MOST_EARLIER] if number in copies else []
        return next(iter(self._texts.read(earlier)), number)

    def _of_the_index(self) -> Iterator[Note]:
        answering = self._answering
        if answering.plain and self._index.size > SMALL:
            yield Note(kind=NoteKind.PLAIN, words=(answering.plain,))
        if answering.behind:
            yield Note(kind=NoteKind.BEHIND, count=answering.behind)


def _longest_hit(snippet: str) -> int:
    """Return the letters of the longest hit: words side by side are one."""
    return max(map(len, _HIT.findall(snippet)), default=0)


NO_SCORE = Score(value=0.0, coverage=1.0, missing=(), exact=True, linked=0.0)


@contextlib.contextmanager
def bounded(conn: sqlite3.Connection) -> Iterator[None]:
    """Named rows and a time limit for what runs inside; its end is a QueryError."""
    end = time.monotonic() + SECONDS
    factory = conn.row_factory
    conn.row_factory = sqlite3.Row
    conn.set_progress_handler(lambda: time.monotonic() > end, _CHECK_EACH)
    try:
        yield
    except sqlite3.OperationalError as error:
        if time.monotonic() > end:
            raise QueryError(_TOO_LONG) from error
        raise
    finally:
        conn.set_progress_handler(None, 0)
        conn.row_factory = factory
