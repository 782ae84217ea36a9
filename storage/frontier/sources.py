"""What the archive keeps of each outlet: the row of its source file, its seeds, what its pages
repeat; and what its hosts said about when to come back."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from storage.db.rows import record
from storage.records import HostState, Link, Poll, SeedState, SourceRow
from storage.states import SeedKind, SourceKind, SourceStatus

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping, Sequence

    from storage.db.database import Database
    from storage.frontier.links import Links

MOST_INSTANTS = 4000
"""Links whose dates are read for a source's rhythm, the newest ones."""

_PUT_SOURCE = """
insert into sources (id, name, kind, province, province_before_2025, homepage, status)
values (:id, :name, :kind, :province, :province_before_2025, :homepage, :status)
on conflict (id) do update set name = excluded.name, kind = excluded.kind,
    province = excluded.province, province_before_2025 = excluded.province_before_2025,
    homepage = excluded.homepage, status = excluded.status"""
_PROVINCES = """
select province from sources
union
select province_before_2025 from sources where province_before_2025 is not null
order by 1"""
_PUBLISHED = """
select coalesce(articles.published_at, links.date_hint), links.found_at
from links left join articles on articles.id = links.article_id
where links.source_id = :source and (:seed is null or links.seed_id = :seed)
    and links.found_at >= :since and (articles.id is null or articles.key = links.key)
order by links.found_at desc limit :most"""
_MISSED = """(:error is not null or :seen = 0
        or (:seen is null and (fruitful_at is null or empty > 0)))"""
_POLL = f"""
update seeds set polled_at = :polled_at, next_poll_at = :next_poll_at,
    next_poll_why = :next_poll_why, failures = :failures, last_error = :error,
    last_reason = :reason,
    etag = case when :error is null then :etag else etag end,
    last_modified = case when :error is null then :last_modified else last_modified end,
    empty = case when :error is not null then empty
        when :seen is null then empty + (empty > 0)
        when :seen = 0 then empty + 1 else 0 end,
    seen = coalesce(:seen, seen),
    misses = case when {_MISSED} then misses + 1 else 0 end,
    missed_since = case when {_MISSED} then coalesce(missed_since, :polled_at) end,
    fruitful_at = case when {_MISSED} then fruitful_at else :polled_at end,
    vacant_since = case when :error is not null then vacant_since
        when :vacant then coalesce(vacant_since, :polled_at)
        when :seen is null then vacant_since end,
    complete_at = case when :complete and :error is null then :polled_at else complete_at end
where id = :seed_id"""  # noqa: S608 - no value in it
_PUT_HOST = """
insert into hosts (host, not_before, failures, reason)
values (:host, :not_before, :failures, :reason)
on conflict (host) do update set not_before = excluded.not_before,
    failures = excluded.failures, reason = excluded.reason"""


class Sources:
    """Table ``sources``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def put(self, row: SourceRow) -> None:
        """Mirror a source file: insert the outlet or bring its row up to date."""
        with self._db.transaction():
            self._db.conn.execute(_PUT_SOURCE, asdict(row))

    def get(self, source_id: str) -> SourceRow | None:
        """Return an outlet by its id, or None."""
        row = self._db.conn.execute("select * from sources where id = ?", (source_id,)).fetchone()
        return None if row is None else _source(row)

    def all(self) -> list[SourceRow]:
        """Return all outlets, by id."""
        rows = self._db.conn.execute("select * from sources order by id")
        return [_source(row) for row in rows]

    def provinces(self) -> list[str]:
        """Return the names of all provinces, of today and of before July 2025, sorted."""
        return [row[0] for row in self._db.conn.execute(_PROVINCES)]

    def published(
        self,
        source_id: str,
        *,
        since: str,
        seed_id: int | None = None,
        limit: int = MOST_INSTANTS,
    ) -> list[tuple[str | None, str]]:
        """Return (date, found at) of the links found since an instant, newest find first.

        The date is the article's own, else the hint of its seed as it stands there, else None.
        Further addresses of an article are left out.
        """
        values = {"source": source_id, "seed": seed_id, "since": since, "most": limit}
        return [(date, found) for date, found in self._db.conn.execute(_PUBLISHED, values)]


def _source(row: sqlite3.Row) -> SourceRow:
    kind, status = SourceKind(row["kind"]), SourceStatus(row["status"])
    return record(SourceRow, row, kind=kind, status=status)


class Seeds:
    """Table ``seeds``."""

    def __init__(self, db: Database, links: Links) -> None:
        self._db = db
        self._links = links

    def put(
        self, source_id: str, seeds: Sequence[tuple[SeedKind, str]], *, only: bool = False
    ) -> list[SeedState]:
        """Add seeds, given as (kind, url), and return the state of each, in the order given.

        A known URL keeps what its polls said. With ``only`` all other seeds of the source are
        forgotten; links they found stay.
        """
        with self._db.transaction():
            self._db.conn.executemany(
                "insert into seeds (source_id, kind, url) values (?, ?, ?)"
                " on conflict (source_id, url) do update set kind = excluded.kind",
                [(source_id, str(kind), url) for kind, url in seeds],
            )
            if only:
                self._db.conn.execute(
                    "delete from seeds where source_id = ?"
                    " and url not in (select value from json_each(?))",
                    (source_id, json.dumps([url for _, url in seeds])),
                )
            known = {seed.url: seed for seed in self.of(source_id)}
        return [known[url] for _, url in seeds]

    def of(self, source_id: str) -> list[SeedState]:
        """Return the source's seeds in the order they were added."""
        rows = self._db.conn.execute(
            "select * from seeds where source_id = ? order by id", (source_id,)
        )
        return [record(SeedState, row, kind=SeedKind(row["kind"])) for row in rows]

    def next_polls(self) -> dict[str, str]:
        """Return source id -> when the first of its seeds is polled next, where that is known."""
        rows = self._db.conn.execute(
            "select source_id, min(next_poll_at) from seeds"
            " where next_poll_at is not null group by 1"
        )
        return {row[0]: row[1] for row in rows}

    def put_substitute(self, source_id: str, kind: SeedKind, url: str, now: str) -> SeedState:
        """Add a seed that stands in for those of the source file, and return its state."""
        with self._db.transaction():
            self.put(source_id, [(kind, url)])
            self._db.conn.execute(
                "update seeds set substitute_since = coalesce(substitute_since, ?)"
                " where source_id = ? and url = ?",
                (now, source_id, url),
            )
            return next(seed for seed in self.of(source_id) if seed.url == url)

    def drop_substitutes(self, source_id: str, urls: Iterable[str]) -> None:
        """Let seeds no longer stand in for others. Their rows stay, as those of former seeds."""
        with self._db.transaction():
            self._db.conn.executemany(
                "update seeds set substitute_since = null where source_id = ? and url = ?",
                [(source_id, url) for url in urls],
            )

    def put_children(self, index: SeedState, urls: Iterable[str]) -> list[SeedState]:
        """Add the sitemaps that an index names and return their states.

        One that is a seed by itself, or the child of another index, is left alone.
        """
        with self._db.transaction():
            others = {seed.url for seed in self.of(index.source_id) if seed.parent_id != index.id}
            named = [
                (SeedKind.SITEMAP, url) for url in urls if url != index.url and url not in others
            ]
            children = self.put(index.source_id, named)
            self._db.conn.executemany(
                "update seeds set parent_id = ? where id = ? and parent_id is null",
                [(index.id, child.id) for child in children],
            )
        return children

    def record_poll(self, poll: Poll, links: Iterable[Link], *, complete: bool = False) -> int:
        """Record in one transaction what a poll said and the links it found.

        Return how many links are new. A poll with ``error`` leaves the validators as they
        were, so that the next one asks for the same change again. ``complete``: all that the
        seed showed was taken, so that what it found counts as known from now on.
        """
        with self._db.transaction():
            new = self._links.add(links)
            self._db.conn.execute(_POLL, {**asdict(poll), "complete": complete})
        return new


class Hosts:
    """Table ``hosts``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def get(self, host: str) -> HostState | None:
        """Return what is known of a host, or None."""
        row = self._db.conn.execute("select * from hosts where host = ?", (host,)).fetchone()
        return None if row is None else record(HostState, row)

    def put(self, state: HostState) -> None:
        """Record what is now known of a host."""
        with self._db.transaction():
            self._db.conn.execute(_PUT_HOST, asdict(state))


class Repeats:
    """Table ``repeated_lines``: what a source repeats on many pages, kept once it is learnt.

    Repeated lines leave the articles as soon as they are known, so the articles alone could not
    show them for long.
    """

    def __init__(self, db: Database) -> None:
        self._db = db

    def known(self, source_id: str) -> frozenset[str]:
        """Return the fingerprints of a source's repeated lines."""
        rows = self._db.conn.execute(
            "select fingerprint from repeated_lines where source_id = ?", (source_id,)
        )
        return frozenset(row["fingerprint"] for row in rows)

    def learnt_since(self, source_id: str, instant: str) -> dict[str, list[str]]:
        """Return what was learnt since then: ``title``, ``lead``, ``date`` or ``line`` -> texts."""
        rows = self._db.conn.execute(
            "select fingerprint, line from repeated_lines where source_id = ? and learnt_at >= ?"
            " order by learnt_at, fingerprint",
            (source_id, instant),
        )
        found: dict[str, list[str]] = {}
        for fingerprint, line in rows:
            kind = fingerprint.partition(":")[0] if ":" in fingerprint else "line"
            found.setdefault(kind, []).append(line)
        return found

    def keep(self, source_id: str, lines: Mapping[str, str], learnt_at: str) -> None:
        """Add lines: fingerprint -> the line as it stood."""
        with self._db.transaction():
            self._db.conn.executemany(
                "insert or ignore into repeated_lines (source_id, fingerprint, line, learnt_at)"
                " values (?, ?, ?, ?)",
                [(source_id, fingerprint, line, learnt_at) for fingerprint, line in lines.items()],
            )
