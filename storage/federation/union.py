"""Several archives behind one search: what finds and reads articles, over all of them.

A search is planned once, by the sums of all archives, as if they were one: how rare a word is, how
many articles have all words, whether a word is a misprint. An article goes by a number that says
which archive it is in. One that several archives have is read in the first only, and copies of one
text are one cluster, whichever archives they are in.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import chain, filterfalse, zip_longest
from typing import TYPE_CHECKING

from storage.engine.clauses import Order
from storage.engine.searcher import Answering
from storage.errors import QueryError
from storage.federation.copies import Clusters, Known
from storage.federation.parts import BROKEN, Indexed, Part, Parts
from storage.federation.twins import Twins
from storage.search.engine import SMALL, Search, bounded
from storage.search.places import find_old_province
from storage.search.tally import Tally, read_provinces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from storage.engine.clauses import Found, Request
    from storage.federation.archives import Archives
    from storage.search.engine import Wanted
    from storage.search.filters import Filters
    from storage.search.results import Hit

_COPIES = """
select id, published_on is null, published_on, ifnull(published_at, published_on), first_seen_at
from articles where cluster_id = ?"""


SHOWN = 50
"""Clusters that are looked for in all archives before the copy to be shown is chosen."""
COUNTED = 200
"""Hits of an answer whose copies are looked for in all archives: a third of a millisecond each and
archive."""


class UnionSearcher:
    """Finds articles in all archives."""

    def __init__(self, parts: Parts, twins: Twins) -> None:
        self._parts = parts
        self._twins = twins
        self._frequencies: dict[str, int] = {}
        self._asked: list[Callable[[str], int]] = []
        """How each archive is asked how frequent a word is."""
        self._pairs: dict[tuple[str, str], int] = {}
        self._pairs_asked: list[tuple[int, Callable[[str, str], int]]] = []
        """Place of each archive, and how it is asked how often two words stand side by side."""
        self._absent: dict[int, set[tuple[str, str]]] = defaultdict(set)
        """Place of an archive -> words that stand side by side in none of its articles."""
        self._indexed = Indexed(parts)

    @property
    def size(self) -> int:
        """How many articles there are, about."""
        return self._sum(lambda part: part.searcher.size)

    def frequency(self, word: str) -> int:
        """Return in about how many articles a folded word stands."""
        known = self._frequencies.get(word)
        if known is None:
            known = self._frequencies[word] = self._ask(word)
        return known

    def _ask(self, word: str) -> int:
        # Words are looked up by the thousand, where one may be a misprint: the short way first.
        if len(self._asked) != self._parts.left:
            self._asked = [part.searcher.frequency for _, part in self._parts.each()]
        try:
            return sum([frequency(word) for frequency in self._asked])
        except BROKEN:
            return self._sum(lambda part: part.searcher.frequency(word))

    def accented_frequency(self, word: str) -> int:
        """Return in about how many articles a word stands with these accents."""
        return self._sum(lambda part: part.searcher.accented_frequency(word))

    def pair_frequency(self, one: str, other: str) -> int:
        """Return in about how many articles two folded words stand side by side."""
        pair = one, other
        known = self._pairs.get(pair)
        if known is None:
            figures = self._ask_pair(one, other)
            for place, figure in figures.items():
                if not figure:
                    self._absent[place].add(pair)
            known = self._pairs[pair] = sum(figures.values())
        return known

    def _ask_pair(self, one: str, other: str) -> dict[int, int]:
        if len(self._pairs_asked) != self._parts.left:
            each = self._parts.each()
            self._pairs_asked = [(place, part.searcher.pair_frequency) for place, part in each]
        try:
            return {place: frequency(one, other) for place, frequency in self._pairs_asked}
        except BROKEN:
            return self._by_place(lambda part: part.searcher.pair_frequency(one, other))

    def count(self, request: Request) -> int:
        """Return how many articles answer; one of two archives counts twice."""
        return self._sum(lambda part: part.searcher.count(self._as_asked(request, part)))

    def find(self, request: Request, *, limit: int, order: Order = Order.RELEVANCE) -> list[Found]:
        """Return the best of all archives, or the newest of each."""
        found: list[list[Found]] = []
        for place, part in self._parts.each():
            asked = self._for_part(request, place, part)
            if asked is None:
                continue
            with self._parts.asking(place):
                of_part = part.searcher.find(asked, limit=limit, order=order)
                step = self._parts.step
                found.append([each._replace(id=each.id * step + place) for each in of_part])
        if order is Order.DATE:
            return list(chain.from_iterable(found))
        # Of equals each archive gives the same number.
        turns = chain.from_iterable(zip_longest(*found))
        best = sorted((each for each in turns if each is not None), key=lambda each: -each.score)
        return [
            *self._first_of([each for each in best if not each.plain], limit),
            *self._first_of([each for each in best if each.plain], limit),
        ]

    def _first_of(self, best: list[Found], limit: int) -> list[Found]:
        """Return the first ``limit``, each article once."""
        chosen: list[Found] = []
        while best and len(chosen) < limit:
            more, best = best[: limit - len(chosen)], best[limit - len(chosen) :]
            self._twins.identify(each.id for each in more)
            chosen += [each for each in more if not self._twins.is_twin(each.id)]
        return chosen

    def groups(self, request: Request) -> dict[str, dict[str, int]]:
        """Return column -> value -> how many of the articles that answer have it."""
        sums: dict[str, Counter[str]] = defaultdict(Counter)
        for place, part in self._parts.each():
            with self._parts.asking(place):
                for column, values in part.searcher.groups(_narrowed(request, part)).items():
                    sums[column].update(values)
        return {column: dict(values) for column, values in sums.items()}

    def _for_part(self, request: Request, place: int, part: Part) -> Request | None:
        """Return a question for one archive, without what it has nowhere; None: it has nothing."""
        asked = self._as_asked(request, part)
        if not request.pairs:
            return asked
        # A correction asks for some hundred pairs, of which an archive knows a part.
        pairs = tuple(filterfalse(self._absent[place].__contains__, request.pairs))
        return asked._replace(pairs=pairs) if pairs else None

    def _as_asked(self, request: Request, part: Part) -> Request:
        # Neighbours of a correction are some hundred: how rare each is in all would be dear.
        among = None if request.pairs else self._indexed
        return _narrowed(request, part)._replace(among=among)

    def _sum(self, figure: Callable[[Part], int]) -> int:
        return sum(self._by_place(figure).values())

    def _by_place(self, figure: Callable[[Part], int]) -> dict[int, int]:
        try:
            return {place: figure(part) for place, part in self._parts.each()}
        except BROKEN:
            figures = {}
            for place, part in self._parts.each():
                with self._parts.asking(place):
                    figures[place] = figure(part)
            return figures


class UnionTexts:
    """Reads articles of all archives."""

    def __init__(self, parts: Parts, twins: Twins) -> None:
        self._parts = parts
        self._twins = twins
        self._read: dict[int, tuple[str, str, str]] = {}
        self._clusters = Clusters()
        self._known: dict[int, Known] = {}
        self._looked: set[int] = set()

    def read(self, ids: Iterable[int]) -> dict[int, tuple[str, str, str]]:
        """Return title, summary and body of each that is in scope; each article once."""
        wanted = list(ids)
        self._twins.identify(wanted)
        by_place: dict[int, list[int]] = defaultdict(list)
        for number in wanted:
            if number not in self._read and not self._twins.is_twin(number):
                by_place[number % self._parts.step].append(number // self._parts.step)
        for place, part in self._parts.each():
            if place in by_place:
                with self._parts.asking(place):
                    for local, texts in part.texts.read(by_place[place]).items():
                        self._read[local * self._parts.step + place] = texts
        return {number: self._read[number] for number in wanted if number in self._read}

    def day(self, number: int) -> tuple[str, str, int]:
        """Return what orders an article that was read by its publication."""
        part, local = self._parts.of(number)
        day, at, _ = ("", "", 0) if part is None else part.texts.day(local)
        return day, at, number

    def source(self, number: int) -> str:
        """Return the source of an article that was read."""
        part, local = self._parts.of(number)
        return "" if part is None else part.texts.source(local)

    def documents(self, number: int) -> list[tuple[str, str]]:
        """Return name and text of each document of an article that was read."""
        part, local = self._parts.of(number)
        return [] if part is None else part.texts.documents(local)

    def homes(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """Return the sources, of any archive, of the province that folded words name."""
        found: dict[str, None] = {}
        for place, part in self._parts.each():
            with self._parts.asking(place):
                found |= dict.fromkeys(part.texts.homes(words))
        return tuple(found)

    def cluster(self, number: int) -> int:
        """Return the cluster of an article that was read: of all archives."""
        part, local = self._parts.of(number)
        if part is None:
            return number
        own = part.texts.cluster(local) * self._parts.step + number % self._parts.step
        return self._clusters.find(own, self._know(number, part))

    def copies(self, clusters: Iterable[int]) -> dict[int, list[int]]:
        """Return cluster -> its articles, also those that were not found, the earliest first."""
        wanted = sorted(clusters)
        for cluster in wanted:
            self._look_around(cluster, SHOWN)
        return {cluster: self._members(cluster) for cluster in wanted}

    def hit(
        self, number: int, *, snippet: str, score: float, copies: int, document: str | None
    ) -> Hit:
        """Return a hit as it is shown. Its id is the article's number here."""
        part, local = self._parts.of(number)
        if part is None:
            raise QueryError("an archive was lost in the middle of the search: search again")
        self._twins.find_all(number)
        cluster = self.cluster(number)
        if self._look_around(cluster, COUNTED):
            copies = max(copies, len(self._members(cluster)) - 1)
        hit = part.texts.hit(local, snippet=snippet, score=score, copies=copies, document=document)
        return replace(hit, id=number)

    def _know(self, number: int, part: Part) -> Known:
        """Return an article as it is compared, which is read once."""
        if number not in self._known:
            self._known[number] = Known(part.member.archive, number // self._parts.step)
        return self._known[number]

    def _look_around(self, cluster: int, most: int) -> bool:
        """Join what other archives have of a cluster, as a merge would: also what no filter lets
        through, and what the search has not found. Return whether it was not done before."""
        part, _ = self._parts.of(cluster)
        if part is None or cluster in self._looked or len(self._looked) >= most:
            return False
        self._looked.add(cluster)
        first = self._know(cluster, part)
        met = {own % self._parts.step for own in self._clusters.joined(cluster)}
        for place, member in self._parts.every():
            if place not in met:
                with self._parts.asking(place):
                    found = first.find_cluster(member.archive)
                    if found is not None:
                        self._clusters.join(cluster, found * self._parts.step + place)
        return True

    def _members(self, cluster: int) -> list[int]:
        found, step, members = [], self._parts.step, dict(self._parts.every())
        for own in self._clusters.joined(cluster):
            place = own % step
            if place in members:
                with self._parts.asking(place):
                    conn = members[place].archive.connection
                    for row in conn.execute(_COPIES, (own // step,)):
                        number = row[0] * step + place
                        found.append((tuple(value or "" for value in row[1:]), number))
        self._twins.identify(number for _, number in found)
        return [number for _, number in sorted(found) if not self._twins.is_twin(number)]


@contextmanager
def open_search(
    archives: Archives, query: str, filters: Filters, wanted: Wanted
) -> Iterator[tuple[Search, dict[int, list[str]], list[str]]]:
    """Yield the search over all archives that can answer, which of them have an article besides,
    and their names by place.

    Raise as ``Parts.open`` does.
    """
    parts = Parts.open(archives, filters)
    names = [member.name for _, member in parts.every()]
    with ExitStack() as stack:
        for _, member in parts.every():
            stack.enter_context(bounded(member.archive.connection))
        twins = Twins(parts)
        yield _search(parts, twins, query, wanted), twins.also, names


def _search(parts: Parts, twins: Twins, query: str, wanted: Wanted) -> Search:
    searcher, texts = UnionSearcher(parts, twins), UnionTexts(parts, twins)
    provinces: dict[str, str] = {}
    plain, behind = [], 0
    for place, part in parts.each():
        with parts.asking(place):
            provinces |= read_provinces(part.conn)
            behind += part.answering.behind
            if part.answering.plain and part.searcher.size > SMALL:
                plain.append(f"{part.member.name}: {part.answering.plain}")
    _, first = next(parts.each())
    named = None
    if first.narrowing.place is None and query.strip():
        named = find_old_province(first.conn, query)
    answering = Answering(searcher, plain="; ".join(plain), behind=behind)
    tally = Tally(provinces, searcher)
    return Search(answering, texts, tally, query, first.narrowing, wanted, named)


def _narrowed(request: Request, part: Part) -> Request:
    """Return a question with what narrows it in one archive: ids of sources are an archive's."""
    narrowing = part.narrowing._replace(place=request.narrowing.place)
    return request._replace(narrowing=narrowing)
