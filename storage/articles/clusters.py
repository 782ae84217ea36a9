"""Near-duplicate articles: join a cluster or open one.

An article is a member only if it is a copy of the cluster's first article, whose id the cluster
bears: a copy of a copy may be no copy any more. First articles are found by ``KEYS`` least hashes
of their runs of words (Broder, "On the resemblance and containment of documents", 1997), kept by
the month of the article, so a lookup touches two months of the archive, not all of it; copies
further apart are found only when their text is the same. Every step is bounded: ``LOOKED_UP``
articles a key, ``COMPARED`` bodies. Bodies are compared before the write lock is taken; under it,
if anything was written since, the keys are looked up again and what came in between is compared.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from functools import cached_property, lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from storage.articles.likeness import Text, is_copy

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from storage.db.database import Database
    from storage.records import Article

KEYS = 16
MONTH = 32
"""Days whose articles are kept together."""
LOOKED_UP = 32
CONSIDERED = 48
COMPARED = 6
_FIRST_DAY = dt.date(1970, 1, 1)
PAGE = 40
"""Articles of an earlier version that are grouped in one transaction: a fifth of a second."""

_CANDIDATES = """
select (select json_group_array(article_id) from (
    select article_id from copy_keys where key = asked.value order by article_id desc limit ?))
from json_each(?) asked"""
_FIRSTS = """
-- by the index, which says that an article is its cluster's first without a look at its text
select distinct f.id, c.id as candidate
from articles c join articles f indexed by articles_by_cluster
    on f.cluster_id = c.cluster_id and f.id = c.cluster_id
where c.id in (select value from json_each(?)) and f.id is not ?"""
_TEXT = """
select id, source_id, title, summary, body, published_on, digest, cluster_id, first_seen_at
from articles where id = ?"""
_SAME_TEXT = """
select cluster_id from articles where digest = ? and source_id <> ? order by id limit 1"""
_STORED = "select id, digest from articles where source_id = ? and key = ?"
_MEMBERS = "select id from articles where cluster_id = ? and id <> ?"
_DUE = "select article_id from copies_due order by article_id limit ?"


class Copies:
    """What a text is a copy of. Make it and ``prepare`` before the write lock is taken."""

    def __init__(
        self, conn: sqlite3.Connection, text: Text, *, source_id: str, digest: str, seen_at: str
    ) -> None:
        self._conn = conn
        self._text = text
        self._source_id = source_id
        self._digest = digest
        self._seen_at = seen_at
        self._verdicts: dict[tuple[int, str], bool] = {}
        self._found: int | None = None
        self._found_for: int | None = None
        self._found_in: tuple[int, int] | None = None
        self._is_settled = False

    @classmethod
    def of(cls, conn: sqlite3.Connection, article: Article, seen_at: str) -> Copies:
        """Return the copies of an article as it came in."""
        text = Text(article.title, article.summary, article.body, article.published_on)
        return cls(conn, text, source_id=article.source_id, digest=article.digest, seen_at=seen_at)

    @classmethod
    def of_stored(cls, conn: sqlite3.Connection, row: sqlite3.Row) -> Copies:
        """Return the copies of an article by its row."""
        return cls(
            conn, _text(row), source_id=row["source_id"], digest=row["digest"],
            seen_at=row["first_seen_at"],
        )  # fmt: skip

    def renewed(self, row: sqlite3.Row) -> Copies:
        """Return the copies of an article by its row now: these, if its text is the same."""
        return self if row["digest"] == self._digest else Copies.of_stored(self._conn, row)

    def prepare(self, article_id: int | None = None) -> None:
        """Compare before the write lock is taken what is there to be compared.

        ``article_id``: the article's own, where it is stored; it is not compared with itself.
        """
        self._found_in = _state(self._conn)
        self._found, self._found_for = self.find(article_id), article_id

    def settle(self) -> None:
        """Take what was found for final, under the write lock, if nothing was written since."""
        self._is_settled = self._found_in == _state(self._conn)

    def find(
        self, article_id: int | None = None, *, passed: Callable[[int], bool] | None = None
    ) -> int | None:
        """Return the cluster of the best copy, or None. ``article_id``: the article's own.

        ``passed`` says which first articles are known to be no copies, and not compared.
        """
        if self._is_settled and article_id == self._found_for and passed is None:
            return self._found
        same = self._conn.execute(_SAME_TEXT, (self._digest, self._source_id)).fetchone()
        firsts = self._likely(article_id)
        if same is not None and same["cluster_id"] != article_id:
            firsts.insert(0, same["cluster_id"])
        left = (first for first in firsts if passed is None or not passed(first))
        return next((first for first in left if self.are_of(first)), None)

    def are_of(self, first: int) -> bool:
        """Say whether this is a copy of a cluster's first article."""
        row = self._conn.execute(_TEXT, (first,)).fetchone()
        known = first, row["digest"]
        if known not in self._verdicts:
            one_paper = row["source_id"] == self._source_id
            self._verdicts[known] = row["digest"] == self._digest or is_copy(
                self._text, _text(row), one_paper=one_paper
            )
        return self._verdicts[known]

    def keep_keys(self, article_id: int) -> None:
        """Let later articles find this one. Keys of its earlier texts stay and do no harm."""
        month, _ = self._months()
        self._conn.executemany(
            "insert or ignore into copy_keys (key, article_id) values (?, ?)",
            [(month << 32 | key, article_id) for key in self._keys],
        )

    def _likely(self, article_id: int | None) -> list[int]:
        """Return first articles worth comparing, those that share most keys first."""
        keys = [month << 32 | key for month in self._months() for key in self._keys]
        found = self._conn.execute(_CANDIDATES, (LOOKED_UP, json.dumps(keys)))
        lists = json.loads(f"[{','.join(ids for (ids,) in found)}]")
        counts = Counter(chain.from_iterable(lists))
        if not counts:
            return []
        ids = json.dumps([candidate for candidate, _ in counts.most_common(CONSIDERED)])
        shared: dict[int, int] = {}
        for first, candidate in self._conn.execute(_FIRSTS, (ids, article_id)):
            shared[first] = max(shared.get(first, 0), counts[candidate])
        # Of equals the newest: an issue of a template is most like that of its own day.
        return sorted(shared, key=lambda first: (-shared[first], -first))[:COMPARED]

    @cached_property
    def _keys(self) -> list[int]:
        return _least(self._text.runs)

    def _months(self) -> tuple[int, int]:
        return _months(self._text.day, self._seen_at)


def _state(conn: sqlite3.Connection) -> tuple[int, int]:
    """Return what changes when others commit, and when this connection writes.

    sqlite.org/pragma.html#pragma_data_version
    """
    return conn.execute("pragma data_version").fetchone()[0], conn.total_changes


def prepare(conn: sqlite3.Connection, article: Article, copies: Copies) -> None:
    """Compare an article before the write lock is taken, unless it is stored with this text."""
    stored = conn.execute(_STORED, (article.source_id, article.key)).fetchone()
    if stored is None or stored["digest"] != article.digest:
        copies.prepare(stored and stored["id"])


def regroup(conn: sqlite3.Connection, article_id: int, copies: Copies) -> None:
    """Find the cluster of an article whose text is another now, and that of its members."""
    cluster_id = conn.execute(_TEXT, (article_id,)).fetchone()["cluster_id"]
    copies.keep_keys(article_id)
    if cluster_id != article_id and copies.are_of(cluster_id):
        return
    rows = conn.execute(_MEMBERS, (article_id, article_id)).fetchall()
    members = [(row["id"], Copies.of_stored(conn, _row(conn, row["id"]))) for row in rows]
    if cluster_id != article_id or not members:
        _put(conn, article_id, copies.find(article_id))
    for member, its_copies in members:
        if not its_copies.are_of(article_id):
            its_copies.keep_keys(member)
            _put(conn, member, its_copies.find(member))


class Clusters:
    """Articles of an earlier version, grouped anew by today's rule. Table ``copies_due``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def has_keys(self) -> bool:
        """Say whether copies can be looked for: archives of earlier steps lack the table."""
        return self._db.has_table("copy_keys")

    def count_due(self) -> int:
        """Return how many articles wait to be grouped anew."""
        row = self._db.conn.execute("select count(*) from copies_due").fetchone()
        return int(row[0])

    def regroup_due(self) -> int:
        """Group some of them, in the order they came; return how many. 0: none is left.

        One transaction, a fraction of a second; what is compared is compared before it.
        """
        conn = self._db.conn
        ids = [row["article_id"] for row in conn.execute(_DUE, (PAGE,))]
        made = [(id_, Copies.of_stored(conn, _row(conn, id_))) for id_ in ids]
        for article_id, copies in made:
            copies.prepare(article_id)
        if not ids:
            return 0
        with self._db.transaction():
            for article_id, prepared in made:
                copies = prepared.renewed(_row(conn, article_id))
                cluster_id = copies.find(article_id)
                _put(conn, article_id, cluster_id)
                if cluster_id is None:
                    copies.keep_keys(article_id)
            conn.execute(
                "delete from copies_due where article_id in (select value from json_each(?))",
                (json.dumps(ids),),
            )
        return len(ids)


def _put(conn: sqlite3.Connection, article_id: int, cluster_id: int | None) -> None:
    conn.execute(
        "update articles set cluster_id = ? where id = ?", (cluster_id or article_id, article_id)
    )


def _row(conn: sqlite3.Connection, article_id: int) -> sqlite3.Row:
    row: sqlite3.Row = conn.execute(_TEXT, (article_id,)).fetchone()
    return row


def _text(row: sqlite3.Row) -> Text:
    return _known(row["title"], row["summary"], row["body"], row["published_on"])


@lru_cache(maxsize=128)
def _known(title: str, summary: str | None, body: str, day: str | None) -> Text:
    """Return a text, the same object again: what of it is compared need not be made anew.

    First articles of large clusters and of templates are compared with every article to come. Some
    5 MB.
    """
    return Text(title, summary, body, day)


@lru_cache(maxsize=128)
def _least(runs: frozenset[int]) -> list[int]:
    """Return the least hash of each of ``KEYS`` parts, as 32 bits.

    One text is looked for in several archives.
    """
    least: dict[int, int] = {}
    for value in runs:
        part = value >> 60
        if value < least.get(part, value + 1):
            least[part] = value
    # The middle bits: the upper ones are alike in all least hashes, the lowest weak in this one.
    return [value >> 20 & 0xFFFFFFFF for value in least.values()]


def _months(day: str | None, seen_at: str) -> tuple[int, int]:
    """Return the article's month, counted from 1970, and the nearer of its neighbours."""
    dates = (_date(day) if day else None, _date(seen_at[:10]))
    date = next((date for date in dates if date is not None), _FIRST_DAY)
    # Dates before 1970 are mistakes; they share the first month with what is none.
    month, rest = divmod(max(0, (date - _FIRST_DAY).days), MONTH)
    return month, month + 1 if rest * 2 >= MONTH else max(0, month - 1)


def _date(day: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(day)
    except (TypeError, ValueError):  # as a merge may bring: `verify` names it
        return None
