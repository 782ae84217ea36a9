"""Links: what is known to be out there, in what state, and what is due."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from storage.db.rows import record, values_of
from storage.instants import SKEW, add_seconds
from storage.records import Link
from storage.states import LinkState
from storage.urls import canonical_url

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Sequence

    from storage.db.database import Database

REVISIT_SHARE = 4
"""One in so many places of a batch is kept for due revisits, so that a long backlog of new
links does not starve them."""
LONGEST_WAIT = 14 * 86400.0
"""Seconds: no link waits longer to be tried or visited again. What lies further ahead was written
by a clock that was ahead, and is due: see `storage.instants.time_left`."""
MOST_ASIDE = 5
"""Links put aside that are remembered, in multiples of those that may be pending: a mad sitemap
names new ones without an end, and will name what we forget again."""

_ADD = """
insert into links (source_id, url, canonical_url, key, state, reason, found_at, title_hint,
    date_hint, seed_id, next_try_at)
values (:source_id, :url, :canonical_url, :key, :state, :reason, :found_at, :title_hint,
    :date_hint, :seed_id, :next_try_at)
on conflict (source_id, key) do nothing"""
_REVISITS = """
select * from links
where source_id = :source and state = 'stored'
    and (next_try_at <= :now or next_try_at > :horizon)
    and id not in (select value from json_each(:exclude))
order by next_try_at limit :limit"""
_PENDING = """
select * from links
where source_id = :source and state = 'pending'
    and (next_try_at is null or next_try_at <= :now or next_try_at > :horizon)
    and id not in (select value from json_each(:exclude))
order by attempts, found_at desc, id limit :limit"""
_DUE = """
select (
    select count(*) from links where source_id = :source and state = 'pending'
        and (next_try_at is null or next_try_at <= :now or next_try_at > :horizon)
) + (
    -- "is not null" names the partial index, which SQLite does not see behind the "or"
    select count(*) from links where source_id = :source and state = 'stored'
        and next_try_at is not null and next_try_at <= :now
) + (
    select count(*) from links where source_id = :source and state = 'stored'
        and next_try_at is not null and next_try_at > :horizon and next_try_at > :now
)"""
_FIRST_REVISIT = """
-- the least and the greatest apart: each is an end of the index, together they are all of it
select case when (
    select max(next_try_at) from links
    where source_id = :source and state = 'stored' and next_try_at is not null) > :horizon
then :now else (
    select min(next_try_at) from links
    where source_id = :source and state = 'stored' and next_try_at is not null) end"""
_FIRST_PENDING = """
select min(at) from (
    select * from (
        select min(found_at, :now) as at from links
        where source_id = :source and state = 'pending' and next_try_at is null limit 1)
    union all
    select case when (
        select max(next_try_at) from links
        where source_id = :source and state = 'pending' and next_try_at is not null) > :horizon
    then :now else (
        select min(next_try_at) from links
        where source_id = :source and state = 'pending' and next_try_at is not null) end)
where not exists (
    select 1 from runs where source_id = :source and state = 'running' and kind = 'backfill')"""
_WAITING = """
select reason, count(*), min(next_try_at) from links
where source_id = :source and state = 'pending' and attempts > 0
    and next_try_at > :now and next_try_at <= :horizon
group by reason order by 2 desc, 1"""
_YOUNG = """
select * from links where source_id = :source and state = 'pending' and article_id is null
    and refused_at >= :since and (attempts = 1 or found_at >= :since)"""
_COUNT_REFUSED = """select count(*) from links
where source_id = ? and state = 'pending' and reason = ? and found_at > ?"""
_CALL_UP = """
update links set state = 'pending', reason = null, seed_id = null
where source_id = :source_id and key = :key and state = 'rejected' and attempts = 0"""
_REFUSED = """
select * from links
where source_id = :source and key in (select value from json_each(:keys))
    and state in ('rejected', 'failed', 'gone') and not (state = 'rejected' and attempts = 0)
    and seed_id = :seed and reason is not 'withheld'"""
_WAITING_ROOM = """
select id from links where source_id = :source and state = 'rejected' and attempts = 0
order by found_at desc, id"""
_PUT_ASIDE = """
update links set state = 'rejected', reason = :reason where id in (
    select id from links where source_id = :source and state = 'pending'
        and attempts = 0 and seed_id is not null
    order by found_at desc, id limit -1 offset :most)"""
_FORGET = f"""
delete from links where id in ({_WAITING_ROOM} limit -1 offset :most)"""  # noqa: S608 - our own
_TAKE_IN = f"""
update links set state = 'pending', reason = null
where id in ({_WAITING_ROOM} limit :room)"""  # noqa: S608 - our own
_COUNT_ASIDE = f"select count(*) from ({_WAITING_ROOM})"  # noqa: S608 - our own
_ASK_AGAIN = """
update links set state = iif(article_id is null, 'pending', 'stored'), reason = null,
    next_try_at = :now, date_hint = coalesce(:date, date_hint), absent = 0
where id = :id and state in ('rejected', 'failed', 'gone')"""
_ABSENT = """
update links set absent = 1
where seed_id = :seed and state in ('rejected', 'failed', 'gone') and absent = 0
    and key not in (select value from json_each(:keys))"""
_ALIASES = """
select links.canonical_url, articles.canonical_url
from (select * from links where source_id = :source order by found_at desc limit :most) as links
join articles on articles.id = links.article_id
where links.state = 'stored' and links.key <> articles.key"""
_ADDRESSES = """
select links.canonical_url,
    iif(links.key = articles.key, links.canonical_url, articles.canonical_url)
from (select * from links where source_id = :source and state = 'stored'
    order by found_at desc, id desc limit :most) as links
join articles on articles.id = links.article_id"""
_NEWEST = """
select * from links where source_id = :source order by found_at desc limit :most"""
_SETTLE = """
update links set state = :state, reason = :reason, article_id = :article_id,
    attempts = :attempts, next_try_at = :next_try_at, etag = :etag,
    last_modified = :last_modified, refused_at = :refused_at, absent = :absent
where id = :id"""
_PUT_STORED = """
insert into links (source_id, url, canonical_url, key, state, found_at, next_try_at, etag,
    last_modified, article_id)
values (:source_id, :url, :canonical_url, :key, 'stored', :found_at, :next_try_at, :etag,
    :last_modified, :article_id)
on conflict (source_id, key) do update set state = 'stored', reason = null, attempts = 0,
    refused_at = null,
    article_id = excluded.article_id, next_try_at = excluded.next_try_at, etag = excluded.etag,
    last_modified = excluded.last_modified"""


class Links:
    """Table ``links``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, links: Iterable[Link]) -> int:
        """Add links; one whose source and key are known is ignored. Return how many are new."""
        with self._db.transaction():
            before = self._db.conn.total_changes
            self._db.conn.executemany(_ADD, (values_of(link) for link in links))
            return self._db.conn.total_changes - before

    def add_wanted(self, links: Sequence[Link]) -> None:
        """Add links that a backfill asks for; those that were put aside are pending now, for good.

        What is pending without a seed is exempt from the limit: see `put_aside`.
        """
        with self._db.transaction():
            self._db.conn.executemany(_CALL_UP, [values_of(link) for link in links])
            self.add(links)

    def next(
        self, source_id: str, *, now: str, limit: int, exclude: Collection[int] = ()
    ) -> list[Link]:
        """Return links to fetch now: pending ones, newest first, then stored ones due a revisit.

        Those tried less often come first: pages that fail again and again hold up no other.
        Of links found at the same instant the first added comes first, as pages and feeds
        list the newest first. ``exclude`` holds ids that are in flight. When both kinds are
        due, one in ``REVISIT_SHARE`` of a batch is for revisits.
        """
        values = {
            "source": source_id,
            "now": now,
            "horizon": _horizon(now),
            "limit": limit,
            "exclude": json.dumps(list(exclude)),
        }
        revisits = self._read(_REVISITS, values)
        pending = self._read(_PENDING, values)
        kept = min(len(revisits), max(limit // REVISIT_SHARE, limit - len(pending)))
        return pending[: limit - kept] + revisits[:kept]

    def count_due(self, source_id: str, now: str) -> int:
        """Count links that are due now: pending ones and revisits."""
        row = self._db.conn.execute(_DUE, _window(source_id, now)).fetchone()
        return int(row[0])

    def find(self, source_id: str, key: str) -> Link | None:
        """Return the source's link with that key, or None."""
        found = self._read(
            "select * from links where source_id = :source and key = :key",
            {"source": source_id, "key": key},
        )
        return found[0] if found else None

    def get(self, link_id: int) -> Link | None:
        """Return a link by its id, or None."""
        found = self._read("select * from links where id = :id", {"id": link_id})
        return found[0] if found else None

    def at(self, url: str) -> list[Link]:
        """Return all sources' links to a URL, whatever its spelling. Raise ValueError."""
        return self._read(
            "select * from links where canonical_url = :canonical order by id",
            {"canonical": canonical_url(url)},
        )

    def known(self, link: Link) -> Link:
        """Return the stored row of a link; one that was never recorded is recorded now.

        Raise LookupError where it cannot be read back.
        """
        known = self.find(link.source_id, link.key)
        if known is None:
            self.add([link])
            known = self.find(link.source_id, link.key)
        if known is None:
            raise LookupError(f"link {link.key} of {link.source_id} vanished")
        return known

    def with_keys(self, source_id: str, keys: Iterable[str]) -> list[Link]:
        """Return those of the source's links that have one of the keys."""
        return self._read(
            "select * from links where source_id = :source"
            " and key in (select value from json_each(:keys))",
            {"source": source_id, "keys": json.dumps(list(keys))},
        )

    def aliases(self, source_id: str, most: int) -> list[tuple[str, str]]:
        """Return (address, address of its article) of links to a text known from elsewhere.

        Of the newest ``most`` links of the source.
        """
        values = {"source": source_id, "most": most}
        return [(one, other) for one, other in self._db.conn.execute(_ALIASES, values)]

    def addresses(self, source_id: str, most: int) -> list[tuple[str, str]]:
        """Return (address, address of its article) of the newest ``most`` stored links.

        Twice the same where the link is the article's own.
        """
        values = {"source": source_id, "most": most}
        return [(one, other) for one, other in self._db.conn.execute(_ADDRESSES, values)]

    def newest(self, source_id: str, most: int) -> list[Link]:
        """Return the links of a source that were found last, newest first."""
        return self._read(_NEWEST, {"source": source_id, "most": most})

    def reopen(self, source_id: str, reason: str) -> None:
        """Make links pending that were rejected for a reason which no longer holds."""
        with self._db.transaction():
            self._db.conn.execute(
                "update links set state = 'pending', reason = null"
                " where source_id = ? and state = 'rejected' and reason = ?",
                (source_id, reason),
            )

    def put_aside(self, source_id: str, most: int, reason: str) -> int:
        """Keep the source's newest pending links and put the others aside; return how many.

        They are ``rejected`` without an attempt, for that reason, until there is room (`take_in`);
        of these, too, only the newest ``MOST_ASIDE`` times ``most`` are remembered. What was tried
        before, or what a backfill asks for, is exempt.
        """
        with self._db.transaction():
            values = {"source": source_id, "most": most, "reason": reason}
            aside = self._db.conn.execute(_PUT_ASIDE, values).rowcount
            if aside:
                self._db.conn.execute(_FORGET, values | {"most": MOST_ASIDE * most})
        return aside

    def take_in(self, source_id: str, most: int) -> None:
        """Make the newest links that were put aside pending again, as far as there is room."""
        with self._db.transaction():
            pending = self._db.conn.execute(
                "select count(*) from links where source_id = ? and state = 'pending'", (source_id,)
            ).fetchone()
            values = {"source": source_id, "room": max(0, most - int(pending[0]))}
            self._db.conn.execute(_TAKE_IN, values)

    def count_aside(self, source_id: str) -> int:
        """Count the links that were put aside because the source has too many."""
        row = self._db.conn.execute(_COUNT_ASIDE, {"source": source_id}).fetchone()
        return int(row[0])

    def make_due(self, source_id: str) -> None:
        """End the waiting times of the source's pending links."""
        with self._db.transaction():
            self._db.conn.execute(
                "update links set next_try_at = null where source_id = ? and state = 'pending'",
                (source_id,),
            )

    def first_revisit_at(self, source_id: str, now: str) -> str | None:
        """Return when the first revisit of a stored link is due, or None."""
        return self._first(_FIRST_REVISIT, source_id, now)

    def first_pending_at(self, source_id: str, now: str) -> str | None:
        """Return when the first pending link is or became due, or None.

        None also while a backfill runs: its links are left to it.
        """
        return self._first(_FIRST_PENDING, source_id, now)

    def waiting(self, source_id: str, now: str) -> list[tuple[str, int, str]]:
        """Return (reason, number, first next try) of pages that are to be tried again later."""
        rows = self._db.conn.execute(_WAITING, _window(source_id, now))
        return [(reason or "", number, at) for reason, number, at in rows]

    def young(self, source_id: str, since: str) -> list[Link]:
        """Return the links that were refused and are to be tried again, of those that were found,
        or refused for the first time, since then."""
        return self._read(_YOUNG, {"source": source_id, "since": since})

    def count_refused(self, source_id: str, reason: str, since: str) -> int:
        """Count the links found after an instant that are to be tried again for a reason."""
        row = self._db.conn.execute(_COUNT_REFUSED, (source_id, reason, since)).fetchone()
        return int(row[0])

    # --- pages that were given up -----------------------------------------------------------------

    def refused(self, source_id: str, seed_id: int, keys: Iterable[str]) -> list[Link]:
        """Return the links found by a seed that were given up, of those with one of the keys."""
        values = {"source": source_id, "seed": seed_id, "keys": json.dumps(list(keys))}
        return self._read(_REFUSED, values)

    def ask_again(self, links: Iterable[tuple[Link, str | None]], now: str) -> None:
        """Make links due that were given up; each comes with the date hint its seed gives now."""
        with self._db.transaction():
            self._db.conn.executemany(
                _ASK_AGAIN, [{"id": link.id, "date": date, "now": now} for link, date in links]
            )

    def mark_absent(self, seed_id: int, keys: Iterable[str]) -> None:
        """Note which given-up links of a seed it does not show any more; ``keys``: those it does.

        For a complete poll only. Recorded once for each link.
        """
        with self._db.transaction():
            self._db.conn.execute(_ABSENT, {"seed": seed_id, "keys": json.dumps(list(keys))})

    def settle(self, link: Link) -> None:
        """Record what became of a link, as a part of the caller's transaction."""
        self._db.conn.execute(_SETTLE, _values(link))

    def put_stored(self, link: Link) -> None:
        """Add the link of a stored article's own address, or settle it; as a part likewise."""
        self._db.conn.execute(_PUT_STORED, _values(link))

    def ask_others(self, gone: Link, now: str) -> bool:
        """Make other links to an article due at once; return whether there are any."""
        cursor = self._db.conn.execute(
            "update links set next_try_at = ?"
            " where article_id = ? and state = 'stored' and id <> ?",
            (now, gone.article_id, gone.id),
        )
        return cursor.rowcount > 0

    def _first(self, sql: str, source_id: str, now: str) -> str | None:
        row = self._db.conn.execute(sql, _window(source_id, now)).fetchone()
        return None if row[0] is None else str(row[0])

    def _read(self, sql: str, values: dict[str, object]) -> list[Link]:
        return [_link(row) for row in self._db.conn.execute(sql, values)]


def _window(source_id: str, now: str) -> dict[str, object]:
    return {"source": source_id, "now": now, "horizon": _horizon(now)}


def _horizon(now: str) -> str:
    return add_seconds(now, LONGEST_WAIT + SKEW)


def _values(link: Link) -> dict[str, object]:
    return {**values_of(link), "state": str(link.state)}


def _link(row: sqlite3.Row) -> Link:
    return record(Link, row, state=LinkState(row["state"]))
