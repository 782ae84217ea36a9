"""Questions asked of the index beside the archive."""

from __future__ import annotations

import itertools
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import tantivy
from tantivy import Occur, Query

from storage.engine.clauses import Found, Order, Phrase, rarity
from storage.engine.documents import ALL, COLUMNS, HEADS, STAMP_ID, schema, sort_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from storage.engine.clauses import Atom, Collection, Narrowing, Request

WEIGHTS = {"title": 1.5, "lead": 0.5}
"""What a word in title or lead is worth more than one in the article, which is 1: the scorer of
``storage.search`` decides in the end."""
PAIR_WEIGHT = 1.5
EXACT_WEIGHT = 1.0
COMMON = 0.2
"""Share of the articles from which on a word tells too little to go through all of them for it,
where any word will do: it counts in titles and beside its neighbours. With the words of a million
articles this takes a third of the time and loses 3 in 100 of the best eight."""
LEAST_COMMON = 10_000
"""Articles that are gone through for any word."""
MOST_BEGINNINGS = 2_000
"""Words with one beginning that are looked for, the most frequent first."""
MOST_VALUES = 10_000
"""Values of one column that are counted."""
MOST_KEPT = 2_000
"""Parts of questions that are kept made: several archives are asked the same, one by one."""
_DAY = 86_400


class TantivySearcher:
    """One state of the index; the ids in ``stale`` are answered for by somebody else."""

    def __init__(self, index: tantivy.Index, stale: Iterable[int] = ()) -> None:
        self.searcher = index.searcher()
        self.schema = schema()
        self._stale = frozenset({STAMP_ID, *stale})
        self._last: tuple[Request, int] | None = None
        """The last question that had to go through all that answers, and how many these were."""

    @property
    def size(self) -> int:
        """How many articles the index holds."""
        return self.searcher.num_docs - 1

    def document_frequency(self, field: str, term: str) -> int:
        """Return how many articles have a term in a field."""
        count: int = self.searcher.doc_freq(field, term)
        return count

    def frequency(self, word: str) -> int:
        """Return in how many articles a folded word stands."""
        return self.searcher.doc_freq(ALL, word)

    def accented_frequency(self, word: str) -> int:
        """Return in how many articles a word stands with these accents."""
        return self.searcher.doc_freq("exact", word)

    def pair_frequency(self, one: str, other: str) -> int:
        """Return in how many articles two folded words stand side by side."""
        return self.searcher.doc_freq("pairs", f"{one}_{other}")

    def find(self, request: Request, *, limit: int, order: Order = Order.RELEVANCE) -> list[Found]:
        """Return the best, or the newest, ``limit`` articles."""
        most = limit + len(self._stale)
        if order is Order.DATE:
            query = self._worded(request, ranked=False)
            hits = self.searcher.search(
                query, most, count=False, order_by_field="published", order=tantivy.Order.Desc
            ).hits
        elif request.least == 1 or request.pairs:
            query = self._worded(request, ranked=True)
            hits = self.searcher.search(query, most, count=False).hits
        else:
            # What has all words is gone through anyway: one pass finds and counts.
            # The stubs of tantivy 0.27 lack ``count``.
            result: Any = self.searcher.search(self._known(request, ranked=True), most, count=True)
            hits = result.hits
            self._last = request, int(result.count or 0)
        ids = self.searcher.fast_field_values("id", [address for _, address in hits])
        pairs = zip(ids, hits, strict=True)
        found = (Found(int(number or 0), float(score or 0)) for number, (score, _) in pairs)
        return [each for each in found if each.id not in self._stale][:limit]

    def count(self, request: Request) -> int:
        """Return how many articles answer."""
        last = self._last
        if last is not None and last[0] == request:
            return last[1]
        query = Query.const_score_query(self._known(request, ranked=False), 1.0)
        return count_of(self.searcher, query)

    def groups(self, request: Request) -> dict[str, dict[str, int]]:
        """Return column -> value -> how many of the articles that answer have it."""
        wanted = {
            name: {"terms": {"field": name, "size": MOST_VALUES, "segment_size": MOST_VALUES}}
            for name in COLUMNS
        }
        found = self.searcher.aggregate(self._known(request, ranked=False), wanted)
        return {
            name: {str(bucket["key"]): int(bucket["doc_count"]) for bucket in part["buckets"]}
            for name, part in found.items()
        }

    def _worded(self, request: Request, *, ranked: bool) -> Query:
        return _Wording(self, request.among).query(request, ranked=ranked)

    def _known(self, request: Request, *, ranked: bool) -> Query:
        """The question, without the articles that somebody else answers for."""
        query = self._worded(request, ranked=ranked)
        if request.atoms and len(self._stale) == 1:
            return query  # the stamp has no words
        stale = Query.term_set_query(self.schema, "id", sorted(self._stale))
        return Query.boolean_query([(Occur.Must, query), (Occur.MustNot, stale)])


class _Wording:
    """How a request is asked of one index, where words are as rare as they are ``among`` others."""

    def __init__(self, index: TantivySearcher, among: Collection | None) -> None:
        self._index = index
        self._searcher = index.searcher
        self._schema = index.schema
        self._among = index if among is None else among
        self._size = index.searcher.num_docs

    def query(self, request: Request, *, ranked: bool) -> Query:
        """Return the query; ``ranked``: with all that says which answers are better."""
        parts = [(Occur.Must, query) for query in self._narrow(request.narrowing)]
        parts += [(Occur.MustNot, self._unwanted(atom)) for atom in request.excluded]
        strict = [atom for atom in request.atoms if atom.strict or request.least is None]
        loose = [atom for atom in request.atoms if atom not in strict]
        parts += [(Occur.Must, self._atom(atom)) for atom in strict]
        if request.pairs:
            union = [(Occur.Should, self._pair(*pair)) for pair in request.pairs]
            if not parts:
                return Query.boolean_query(union)
            return Query.boolean_query([*parts, (Occur.Must, Query.boolean_query(union))])
        if loose:
            # Flat, so that tantivy skips what cannot be among the best (block-max WAND).
            union = [*self._words(loose), *(self._telling(request.atoms) if ranked else ())]
            if not parts:
                return Query.boolean_query(union)
            return Query.boolean_query([*parts, (Occur.Must, Query.boolean_query(union))])
        likely = self._likely(request.atoms) if ranked else ()
        if not any(occur is Occur.Must for occur, _ in parts):
            parts.append((Occur.Must, Query.all_query()))
        return Query.boolean_query([*parts, *likely])

    def _words(self, atoms: Iterable[Atom]) -> Iterator[tuple[Occur, Query]]:
        phrases = [phrase for atom in atoms for phrase in atom.choices]
        words = dict.fromkeys(w for each in phrases if not each.prefix for w in each.words)
        common = {word for word in words if self._is_common(ALL, word)}
        # Where all are common, nothing rarer finds anything.
        common = common if len(common) < len(words) else set()
        for word in words:
            if word not in common:
                yield Occur.Should, self._word(word)
            yield from self._heads(word, HEADS if word not in common else HEADS[:1])
        for phrase in phrases:
            if phrase.prefix:
                yield Occur.Should, self._phrase(phrase)
                continue
            for one, other in itertools.pairwise(phrase.words):
                yield Occur.Should, self._pair(one, other)

    def _telling(self, atoms: tuple[Atom, ...]) -> Iterator[tuple[Occur, Query]]:
        """What good answers have besides, as far as few others have it."""
        yield from ((Occur.Should, query) for query in self._neighbours(atoms))
        for word in dict.fromkeys(word for atom in atoms for word in atom.exact):
            if not self._is_common("exact", word):
                yield Occur.Should, self._accented(word)

    def _is_common(self, field: str, word: str) -> bool:
        count = self._among.document_frequency(field, word)
        return count > max(LEAST_COMMON, COMMON * self._among.size)

    def _heads(self, word: str, fields: Iterable[str] = HEADS) -> Iterator[tuple[Occur, Query]]:
        for field in fields:
            yield Occur.Should, Query.boost_query(self._term(field, word, "freq"), WEIGHTS[field])

    def _pair(self, one: str, other: str) -> Query:
        if self._among is self._index:
            return _pair(one, other)
        return Query.boost_query(self._term("pairs", f"{one}_{other}"), PAIR_WEIGHT)

    def _atom(self, atom: Atom) -> Query:
        choices = [self._phrase(phrase) for phrase in atom.choices]
        if atom.homes:
            choices.append(self._const(Query.term_set_query(self._schema, "source", atom.homes)))
        return _any(choices)

    def _phrase(self, phrase: Phrase) -> Query:
        words = phrase.words
        if phrase.exact:
            accented = (word for word in phrase.exact if not word.isascii())
            plain = self._phrase(Phrase(words, phrase.prefix))
            return _all([plain, *(self._term("exact", word) for word in accented)])
        if len(words) == 1:
            return self._beginning(ALL, words[0]) if phrase.prefix else self._word(words[0])
        pairs = [f"{one}_{other}" for one, other in itertools.pairwise(words)]
        queries = [self._term("pairs", pair) for pair in pairs[:-1]]
        queries.append(
            self._beginning("pairs", pairs[-1]) if phrase.prefix else self._term("pairs", pairs[-1])
        )
        return _all(queries)

    def _word(self, word: str) -> Query:
        return self._term(ALL, word, "freq")

    def _beginning(self, field: str, start: str) -> Query:
        found = self._searcher.terms_with_prefix(field, start, limit=MOST_BEGINNINGS)
        if not found:
            return Query.empty_query()
        return Query.term_set_query(self._schema, field, [term for term, _ in found])

    def _term(self, field: str, value: str, option: str = "basic") -> Query:
        query = _term(field, value, option)
        if self._among is self._index:
            return query
        here = self._index.document_frequency(field, value)
        if not here:
            return query
        everywhere = self._among.document_frequency(field, value)
        worth = rarity(everywhere, self._among.size) / rarity(here, self._size)
        return Query.boost_query(query, worth)

    def _likely(self, atoms: tuple[Atom, ...]) -> Iterator[tuple[Occur, Query]]:
        """What good answers have besides: words in their heads, neighbours, accents as typed."""
        phrases = [phrase for atom in atoms for phrase in atom.choices if not phrase.prefix]
        for word in dict.fromkeys(p.words[0] for p in phrases if len(p.words) == 1):
            yield from self._heads(word)
        yield from ((Occur.Should, query) for query in self._neighbours(atoms))
        for atom in atoms:
            yield from ((Occur.Should, self._accented(word)) for word in atom.exact)

    def _accented(self, word: str) -> Query:
        return Query.boost_query(self._term("exact", word), EXACT_WEIGHT)

    def _neighbours(self, atoms: tuple[Atom, ...]) -> Iterator[Query]:
        for one, other in itertools.pairwise(atoms):
            left, right = one.choices[0], other.choices[0]
            if not left.prefix and not right.prefix:
                yield self._pair(left.words[-1], right.words[0])

    def _unwanted(self, atom: Atom) -> Query:
        exact = [self._term("exact", word) for word in atom.exact]
        if exact and all(len(phrase.words) == 1 for phrase in atom.choices):
            return _all(exact)
        return _all([self._atom(atom), *exact])

    def _narrow(self, narrowing: Narrowing) -> Iterator[Query]:
        if narrowing.sources is not None:
            yield self._const(Query.term_set_query(self._schema, "source", narrowing.sources))
        for field, values in (
            ("kind", (narrowing.kind,)),
            ("place", (narrowing.place,)),
            *(("in", (name,)) for name in narrowing.sections),
            *(("by", (name,)) for name in narrowing.authors),
        ):
            if wanted := [value for value in values if value]:
                yield self._const(Query.term_set_query(self._schema, field, wanted))
        if narrowing.since or narrowing.until:
            yield self._const(self._period(narrowing.since, narrowing.until))

    def _period(self, since: str | None, until: str | None) -> Query:
        low = sort_key(since, None) if since else 1
        high = sort_key(until, None) + _DAY if until else None
        kind = tantivy.FieldType.Integer
        unbounded = high is None  # tantivy wants such a side to be called inclusive
        return Query.range_query(self._schema, "published", kind, low, high, True, unbounded)

    @staticmethod
    def _const(query: Query) -> Query:
        return Query.const_score_query(query, 0.0)


@lru_cache(maxsize=MOST_KEPT)
def _term(field: str, value: str, option: str) -> Query:
    return Query.term_query(schema(), field, value, option)


@lru_cache(maxsize=MOST_KEPT)
def _pair(one: str, other: str) -> Query:
    return Query.boost_query(_term("pairs", f"{one}_{other}", "basic"), PAIR_WEIGHT)


def count_of(searcher: tantivy.Searcher, query: Query) -> int:
    """Return how many documents match."""
    # The stubs of tantivy 0.27 lack this attribute.
    result: Any = searcher.search(query, 1, count=True)
    return int(result.count or 0)


def _any(queries: list[Query]) -> Query:
    if len(queries) == 1:
        return queries[0]
    return Query.boolean_query([(Occur.Should, query) for query in queries])


def _all(queries: list[Query]) -> Query:
    if len(queries) == 1:
        return queries[0]
    return Query.boolean_query([(Occur.Must, query) for query in queries])
