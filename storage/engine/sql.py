"""The same questions asked of SQLite's full-text tables: slower, and there in every archive."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING

from storage.engine.clauses import Atom, Found, Order
from storage.engine.entries import read_list
from storage.engine.words import name_form
from storage.spelling import exact_spellings, index_terms

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

    from storage.engine.clauses import Narrowing, Phrase, Request

MOST_COMBINATIONS = 16
ENOUGH = 1_000
"""Articles with a word that are counted, to know how rare it is."""
NAME_FUNCTION = "baotinh_has_name"
COLUMNS = {
    "source": "a.source_id",
    "kind": "a.kind",
    "section": "ifnull(a.section, '')",
    "month": "ifnull(substr(a.published_on, 1, 7), '')",
}
_FROM = """
from (select rowid, rank from articles_fts where articles_fts match ?) f
join articles a on a.id = f.rowid"""
_SOME = "select count(*) from (select 1 from {table} where {table} match ? limit ?)"
_NEWEST = "a.published_on desc, a.published_at desc, a.id desc"


class SqlSearcher:
    """Asks the full-text tables, of all articles or of ``only`` some."""

    def __init__(self, conn: sqlite3.Connection, only: Iterable[int] | None = None) -> None:
        self._conn = conn
        self._only = None if only is None else json.dumps(sorted(only))
        prepare(conn)
        self._frequencies: dict[tuple[str, str], int] = {}

    @property
    def size(self) -> int:
        """How many articles there are at most."""
        row = self._conn.execute("select ifnull(max(rowid), 0) from articles_fts").fetchone()
        return int(row[0])

    def frequency(self, word: str) -> int:
        """Return in how many articles a folded word stands, counted up to ``ENOUGH``."""
        return self._bounded(_any_of(_spelt(word), prefix=False))

    def accented_frequency(self, word: str) -> int:
        """Return in how many articles a word stands with these accents, counted alike."""
        return self._bounded(_any_of(exact_spellings(word), prefix=False), "articles_exact")

    def pair_frequency(self, one: str, other: str) -> int:
        """Return in how many articles two folded words stand side by side, counted alike."""
        return self._bounded(_phrase((one, other), prefix=False))

    def find(self, request: Request, *, limit: int, order: Order = Order.RELEVANCE) -> list[Found]:
        """Return the best, or the newest, ``limit`` articles."""
        match = self._match(request)
        where, values = self._where(request)
        by = "f.rank" if match and order is Order.RELEVANCE else _NEWEST
        sql = f"select a.id, {'f.rank' if match else '0'} {self._from(match)} where {where}"
        rows = self._conn.execute(f"{sql} order by {by} limit ?", [*match, *values, limit])
        return [Found(row[0], -row[1], plain=True) for row in rows]

    def count(self, request: Request) -> int:
        """Return how many articles answer."""
        match = self._match(request)
        where, values = self._where(request)
        sql = f"select count(*) {self._from(match)} where {where}"
        return int(self._conn.execute(sql, [*match, *values]).fetchone()[0])

    def newer(self, request: Request, *, above: int, limit: int) -> list[int]:
        """Return the ids above one of articles that answer, the lowest ``limit`` of them."""
        match = self._match(request)
        where, values = self._where(request)
        table, number = ("articles_fts f join", "f.rowid") if match else ("", "a.id")
        on = "on a.id = f.rowid" if match else ""
        test = "articles_fts match ? and " if match else ""
        sql = f"select a.id from {table} articles a {on} where {test}{number} > ? and {where}"  # noqa: S608
        rows = self._conn.execute(f"{sql} order by 1 limit ?", [*match, above, *values, limit])
        return [row[0] for row in rows]

    def groups(self, request: Request) -> dict[str, dict[str, int]]:
        """Return column -> value -> how many of the articles that answer have it."""
        match = self._match(request)
        where, values = self._where(request)
        names = ", ".join(COLUMNS.values())
        sql = f"select {names}, count(*) {self._from(match)} where {where} group by {names}"
        found: dict[str, dict[str, int]] = {name: {} for name in COLUMNS}
        for *row, count in self._conn.execute(sql, [*match, *values]):
            for name, value in zip(COLUMNS, row, strict=True):
                found[name][value] = found[name].get(value, 0) + count
        found["unit"] = dict(self._conn.execute(self._units(match, where), [*match, *values]))
        return found

    def _units(self, match: list[str], where: str) -> str:
        joined = f"{self._from(match)} join mentions m on m.article_id = a.id"
        return f"select m.unit, count(*) {joined} where {where} group by 1"

    def _from(self, match: list[str]) -> str:
        if not match:
            return "from articles a"
        return _FROM

    def _bounded(self, match: str, table: str = "articles_fts") -> int:
        if (table, match) not in self._frequencies:
            row = self._conn.execute(_SOME.format(table=table), (match, ENOUGH)).fetchone()
            self._frequencies[table, match] = int(row[0])
        return self._frequencies[table, match]

    def _match(self, request: Request) -> list[str]:
        """What ``articles_fts`` must match, in a list; an empty one where anything does."""
        if request.pairs:
            return [" OR ".join(_phrase(pair, prefix=False) for pair in request.pairs)]
        loose = [atom for atom in request.atoms if request.least and not atom.strict]
        must = [_atom(a) for a in request.atoms if a not in loose and not a.homes]
        if loose:
            must.append("(" + " OR ".join(map(_atom, loose)) + ")")
        return [" AND ".join(must)] if must else []

    def _where(self, request: Request) -> tuple[str, list[object]]:
        tests = ["1"]
        values: list[object] = []
        if self._only is not None:
            tests.append("a.id in (select value from json_each(?))")
            values.append(self._only)
        at_home = [a for a in request.atoms if a.homes and request.least is None]
        meant = [a for a in request.atoms if _spelt_so(a) and request.least is None]
        for test, more in (
            *map(_at_home, at_home),
            *map(_as_meant, meant),
            *map(_without, request.excluded),
            *narrow(request.narrowing),
        ):
            tests.append(test)
            values += more
        return " and ".join(tests), values


def prepare(conn: sqlite3.Connection) -> None:
    """Give a connection the function that ``narrow`` needs."""
    conn.create_function(NAME_FUNCTION, 2, _has_name, deterministic=True)


def narrow(narrowing: Narrowing) -> Iterator[tuple[str, list[object]]]:
    """Yield SQL conditions on ``articles a`` and their values."""
    if narrowing.sources is not None:
        marks = ", ".join("?" * len(narrowing.sources))
        yield f"a.source_id in ({marks})", list(narrowing.sources)
    for test, value in (
        ("a.kind = ?", narrowing.kind),
        ("a.published_on >= ?", narrowing.since),
        ("a.published_on <= ?", narrowing.until),
        ("exists (select 1 from place_articles where place = ? and article_id = a.id)",
         narrowing.place),
    ):  # fmt: skip
        if value:
            yield test, [value]
    for name in narrowing.sections:
        test = f"({NAME_FUNCTION}(?, json_array(a.section)) or {NAME_FUNCTION}(?, a.section_path))"
        yield test, [name, name]
    for name in narrowing.authors:
        yield f"{NAME_FUNCTION}(?, a.authors)", [name]


def _has_name(name: str, names: str | None) -> bool:
    return any(name_form(known) == name for known in read_list(names))


def _at_home(atom: Atom) -> tuple[str, list[object]]:
    marks = ", ".join("?" * len(atom.homes))
    test = "a.id in (select rowid from articles_fts where articles_fts match ?)"
    return f"(a.source_id in ({marks}) or {test})", [*atom.homes, _atom(atom)]


def _spelt_so(atom: Atom) -> list[tuple[str, ...]]:
    """The choices of an atom that count with their accents alone: the words that have any."""
    exact = (phrase.exact for phrase in atom.choices if phrase.exact)
    return [tuple(word for word in words if not word.isascii()) for words in exact]


def _as_meant(atom: Atom) -> tuple[str, list[object]]:
    """What was typed, or what says the same with its accents, beside which its words stand."""
    typed = Atom(choices=tuple(phrase for phrase in atom.choices if not phrase.exact))
    accented = " OR ".join(
        "(" + " AND ".join(_any_of(exact_spellings(word), prefix=False) for word in words) + ")"
        for words in _spelt_so(atom)
    )
    test = (
        "(a.id in (select rowid from articles_fts where articles_fts match ?)"
        " or a.id in (select rowid from articles_exact where articles_exact match ?))"
    )
    return test, [_atom(typed), accented]


def _without(atom: Atom) -> tuple[str, list[object]]:
    table, match = "articles_fts", _atom(atom)
    if atom.exact and len(atom.exact) == 1:
        table, match = "articles_exact", _any_of(exact_spellings(atom.exact[0]), prefix=False)
    elif atom.exact:
        return "1", []  # the scorer looks at accents of phrases
    return f"a.id not in (select rowid from {table} where {table} match ?)", [match]  # noqa: S608


def _atom(atom: Atom) -> str:
    return "(" + " OR ".join(map(_choice, atom.choices)) + ")"


def _choice(phrase: Phrase) -> str:
    if len(phrase.words) == 1:
        return _any_of(_spelt(phrase.words[0]), prefix=phrase.prefix)
    return _phrase(phrase.words, prefix=phrase.prefix)


def _phrase(words: tuple[str, ...], *, prefix: bool) -> str:
    choices = itertools.product(*map(_spelt, words))
    found = (" ".join(choice) for choice in itertools.islice(choices, MOST_COMBINATIONS))
    return _any_of(found, prefix=prefix)


def _spelt(word: str) -> tuple[str, ...]:
    """The forms in which the full-text tables hold a word: numbers as they were printed."""
    if not (word.isascii() and word.isdigit()):
        return index_terms(word)
    if len(word) == 1:
        return (word, "0" + word)
    if len(word) > 3:
        return (word, f"{int(word):,}".replace(",", " "))
    return (word,)


def _any_of(terms: Iterable[str], *, prefix: bool) -> str:
    star = " *" if prefix else ""
    quoted = ('"' + term.replace('"', '""') + '"' for term in terms)
    return "(" + " OR ".join(term + star for term in quoted) + ")"
