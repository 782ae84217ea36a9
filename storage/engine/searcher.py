"""Who answers a search: the index, with plain SQL for what is not in it yet, or plain SQL alone."""

from __future__ import annotations

import functools
import importlib.util
import itertools
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from storage.engine.clauses import Order, Request
from storage.engine.entries import changed_since, read_texts
from storage.engine.sql import SqlSearcher
from storage.engine.words import stands_in

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from storage.engine.clauses import Collection, Found, Phrase

MOST_PENDING = 500
"""Articles behind the index that SQL answers for; beyond them a reader brings it up to date."""
MOST_CHECKED = 1_000
"""Articles whose texts are looked at for a phrase, some 0.2 ms each; of more, the index's count
stands."""
BATCH = 50
"""Texts that are looked at together, until there are enough."""
READER_SECONDS = 1.0
"""How long a reader may do that."""
NO_WHEEL = "tantivy is not installed"
NO_FILE = "an archive in memory has none"


class Searcher(Protocol):
    """What finds articles."""

    @property
    def size(self) -> int:
        """How many articles there are, about."""

    def frequency(self, word: str) -> int:
        """Return in about how many articles a folded word stands."""

    def accented_frequency(self, word: str) -> int:
        """Return in about how many articles a word stands with these accents."""

    def pair_frequency(self, one: str, other: str) -> int:
        """Return in about how many articles two folded words stand side by side."""

    def find(self, request: Request, *, limit: int, order: Order = Order.RELEVANCE) -> list[Found]:
        """Return the best, or the newest, articles."""

    def count(self, request: Request) -> int:
        """Return how many articles answer."""

    def groups(self, request: Request) -> dict[str, dict[str, int]]:
        """Return column -> value -> how many of the articles that answer have it."""


class Answering(NamedTuple):
    """Who answers, and what must be said about it."""

    searcher: Searcher
    plain: str = ""
    """Why plain SQL answers alone; empty where the index does."""
    behind: int = 0
    """Articles that have changed and that nobody answers for."""
    indexed: Collection | None = None
    """Those in the index, if there is one."""


class Both:
    """The index, and SQL for the articles that changed since."""

    def __init__(self, index: Searcher, rest: SqlSearcher) -> None:
        self._index = index
        self._rest = rest
        self.frequency = index.frequency
        self.accented_frequency = index.accented_frequency
        self.pair_frequency = index.pair_frequency

    @property
    def size(self) -> int:
        """How many articles there are, about."""
        return self._index.size

    def find(self, request: Request, *, limit: int, order: Order = Order.RELEVANCE) -> list[Found]:
        """Return the best, or the newest, of both."""
        found = self._rest.find(request, limit=limit, order=order)
        return [*found, *self._index.find(request, limit=limit, order=order)]

    def count(self, request: Request) -> int:
        """Return how many articles answer."""
        return self._index.count(request) + self._rest.count(request)

    def groups(self, request: Request) -> dict[str, dict[str, int]]:
        """Return column -> value -> how many of the articles that answer have it."""
        index, rest = self._index.groups(request), self._rest.groups(request)
        return {name: dict(Counter(index[name]) + Counter(rest[name])) for name in index}


class Exact:
    """The index, with the texts looked at for phrases of three and more words.

    The index knows neighbours only: articles with ``a b`` and ``b c`` may lack ``a b c``.
    """

    def __init__(self, index: Searcher, conn: sqlite3.Connection) -> None:
        self._index = index
        self._conn = conn
        self.frequency = index.frequency
        self.accented_frequency = index.accented_frequency
        self.pair_frequency = index.pair_frequency

    @property
    def size(self) -> int:
        """How many articles there are, about."""
        return self._index.size

    def find(self, request: Request, *, limit: int, order: Order = Order.RELEVANCE) -> list[Found]:
        """Return the best, or the newest, articles."""
        phrases = _quoted_phrases(request)
        if not phrases:
            return self._index.find(request, limit=limit, order=order)
        found = self._index.find(request, limit=max(limit, MOST_CHECKED), order=order)
        batches = (found[at : at + BATCH] for at in range(0, len(found), BATCH))
        right = (each for batch in batches for each in self._right(phrases, batch))
        return list(itertools.islice(right, limit))

    def count(self, request: Request) -> int:
        """Return how many articles answer."""
        found = self._all(request)
        return self._index.count(request) if found is None else len(found)

    def groups(self, request: Request) -> dict[str, dict[str, int]]:
        """Return column -> value -> how many of the articles that answer have it."""
        found = self._all(request)
        if found is None:
            return self._index.groups(request)
        return SqlSearcher(self._conn, only=[each.id for each in found]).groups(Request())

    def _all(self, request: Request) -> list[Found] | None:
        """Return all that answer; None where the index's word must do, or does."""
        if not (phrases := _quoted_phrases(request)):
            return None
        found = self._index.find(request, limit=MOST_CHECKED)
        return None if len(found) == MOST_CHECKED else list(self._right(phrases, found))

    def _right(self, phrases: list[Phrase], found: Sequence[Found]) -> Iterator[Found]:
        texts = read_texts(self._conn, [each.id for each in found])
        right = {number for number, *text in texts if all(stands_in(p, text) for p in phrases)}
        return (each for each in found if each.id in right)


def _quoted_phrases(request: Request) -> list[Phrase]:
    """Return the quoted phrases of three and more words that must stand."""
    first = (atom.choices[0] for atom in request.atoms if atom.strict)
    return [phrase for phrase in first if len(phrase.words) > 2]


def is_installed() -> bool:
    """Return whether an index can be read and written here."""
    return importlib.util.find_spec("tantivy") is not None


class Remembered:
    """Asks each question once while one search is answered."""

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher
        self._counts: dict[Request, int] = {}
        self.groups = searcher.groups
        self.frequency = functools.cache(searcher.frequency)
        self.accented_frequency = functools.cache(searcher.accented_frequency)
        self.pair_frequency = functools.cache(searcher.pair_frequency)

    @functools.cached_property
    def size(self) -> int:
        """How many articles there are, about."""
        return self._searcher.size

    def find(self, request: Request, *, limit: int, order: Order = Order.RELEVANCE) -> list[Found]:
        """Return the best, or the newest, articles; where these are all, they are counted, too."""
        found = self._searcher.find(request, limit=limit, order=order)
        if len(found) < limit:
            self._counts[request] = len(found)
        return found

    def count(self, request: Request) -> int:
        """Return how many articles answer."""
        if request not in self._counts:
            self._counts[request] = self._searcher.count(request)
        return self._counts[request]


def open_searcher(conn: sqlite3.Connection) -> Answering:
    """Return who answers for the archive behind a connection."""
    row = conn.execute("select file from pragma_database_list where name = 'main'").fetchone()
    if not row or not row[0]:
        return Answering(SqlSearcher(conn), NO_FILE)
    if not is_installed():
        return Answering(SqlSearcher(conn), NO_WHEEL)
    from storage.engine.folder import folder_of

    return _with_index(conn, folder_of(Path(row[0])))


def index_changed_at(archive: Path) -> int | None:
    """Return when the index of an archive was last written, in nanoseconds; None without one."""
    if not is_installed():
        return None
    from storage.engine.folder import folder_of

    try:
        # The file that every commit to the index replaces.
        return (folder_of(archive) / "meta.json").stat().st_mtime_ns
    except OSError:
        return None


def _with_index(conn: sqlite3.Connection, folder: Path) -> Answering:
    from storage.engine.folder import State, open_shared, unbroken
    from storage.engine.tantivy import TantivySearcher

    opened = open_shared(conn, folder)
    if opened.state is State.READY and opened.stamp and _behind(conn, opened.stamp.followed):
        _catch_up(conn, folder)
        opened = open_shared(conn, folder)
    if opened.state is not State.READY or opened.index is None or opened.stamp is None:
        return Answering(SqlSearcher(conn), f"the index is {opened.state}")
    _, pending = changed_since(conn, opened.stamp.followed, 1 << 40)
    shown = pending[-MOST_PENDING:]
    with unbroken() as harm:
        known = TantivySearcher(opened.index, stale=shown)
        index = Exact(known, conn)
    if harm:
        return Answering(SqlSearcher(conn), f"the index is {State.DAMAGED}")
    searcher = Both(index, SqlSearcher(conn, only=shown)) if shown else index
    return Answering(searcher, behind=len(pending) - len(shown), indexed=known)


def _behind(conn: sqlite3.Connection, followed: int) -> bool:
    _, changed = changed_since(conn, followed, 8 * MOST_PENDING)
    return len(changed) > MOST_PENDING


def _catch_up(conn: sqlite3.Connection, folder: Path) -> None:
    """Bring the index up to date as far as a reader may; where it cannot, nothing is lost."""
    import contextlib

    from storage.engine.catchup import catch_up

    with contextlib.suppress(OSError):
        catch_up(conn, folder, seconds=READER_SECONDS, build=False)
