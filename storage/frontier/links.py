"""Sources, seeds, polls and links: what is known to be out there, and what is due."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from storage.db.database import Database
from storage.db.rows import record
from storage.records import Link, LinkState, Poll, SeedState, SourceRow
from storage.urls import canonical_url

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Sequence

REVISIT_SHARE = 4
"""One in so many places of a batch is kept for due revisits, so that a long backlog of new
links does not starve them."""

_REVISITS = """
select * from links
where source_id = :source and state = 'stored' and next_try_at <= :now
    and id not in (select value from json_each(:exclude))
order by next_try_at limit :limit"""
_PENDING = """
select * from links
where source_id = :source and state = 'pending' and (next_try_at is null or next_try_at <= :now)
    and id not in (select value from json_each(:exclude))
order by found_at desc, id limit :limit"""
_DUE = """
select (
    select count(*) from links where source_id = :source and state = 'pending'
        and (next_try_at is null or next_try_at <= :now)
) + (
    select count(*) from links where source_id = :source and state = 'stored'
        and next_try_at <= :now
)"""


_POLL = """
update seeds set polled_at = :polled_at, next_poll_at = :next_poll_at,
    next_poll_why = :next_poll_why, failures = :failures, last_error = :error,
    last_reason = :reason,
    etag = case when :error is null then :etag else etag end,
    last_modified = case when :error is null then :last_modified else last_modified end,
    gap_at = case when :only_new and seen is not null then :polled_at else gap_at end,
    empty = case when :seen is null then empty when :seen = 0 then empty + 1 else 0 end,
    seen = coalesce(:seen, seen)
where id = :seed_id"""


class Frontier(Database):
    """Sources, seeds and links of an archive."""

    def put_source(self, row: SourceRow) -> None:
        """Mirror a source file: insert the outlet or bring its row up to date."""
        with self.transaction():
            self.conn.execute(
                "insert into sources"
                " (id, name, kind, province, province_before_2025, homepage, status)"
                " values (?, ?, ?, ?, ?, ?, ?) on conflict (id) do update set"
                " name = excluded.name, kind = excluded.kind, province = excluded.province,"
                " province_before_2025 = excluded.province_before_2025,"
                " homepage = excluded.homepage, status = excluded.status",
                (
                    row.id,
                    row.name,
                    row.kind,
                    row.province,
                    row.province_before_2025,
                    row.homepage,
                    row.status,
                ),
            )

    def sources(self) -> list[SourceRow]:
        """Return all outlets the archive knows, by id."""
        return [
            record(SourceRow, row) for row in self.conn.execute("select * from sources order by id")
        ]

    def put_seeds(
        self, source_id: str, seeds: Sequence[tuple[str, str]], *, only: bool = False
    ) -> list[SeedState]:
        """Add seeds, given as (kind, url), and return the state of each, in the order given.

        A known URL keeps what its polls said. With ``only`` all other seeds of the source are
        forgotten; links they found stay.
        """
        with self.transaction():
            self.conn.executemany(
                "insert into seeds (source_id, kind, url) values (?, ?, ?)"
                " on conflict (source_id, url) do update set kind = excluded.kind",
                [(source_id, str(kind), url) for kind, url in seeds],
            )
            if only:
                self.conn.execute(
                    "delete from seeds where source_id = ?"
                    " and url not in (select value from json_each(?))",
                    (source_id, json.dumps([url for _, url in seeds])),
                )
            known = {seed.url: seed for seed in self.seeds(source_id)}
        return [known[url] for _, url in seeds]

    def seeds(self, source_id: str) -> list[SeedState]:
        """Return the source's seeds in the order they were added."""
        rows = self.conn.execute(
            "select * from seeds where source_id = ? order by id", (source_id,)
        )
        return [record(SeedState, row) for row in rows]

    def record_poll(self, poll: Poll, links: Iterable[Link]) -> int:
        """Record in one transaction what a poll said and the links it found.

        Returns how many links are new. A poll with ``error`` leaves the validators as they
        were, so that the next one asks for the same change again. When a seed that was read
        before shows nothing but new links, older ones may have passed unseen: ``gap_at``.
        """
        found = list(links)
        with self.transaction():
            new = self.add_links(found)
            self.conn.execute(_POLL, {**asdict(poll), "only_new": 0 < new == len(found)})
        return new

    def add_links(self, links: Iterable[Link]) -> int:
        """Add links; one whose source and key are known is ignored. Returns how many are new."""
        with self.transaction():
            before = self.conn.total_changes
            self.conn.executemany(
                "insert into links (source_id, url, canonical_url, key, state, reason, found_at,"
                " title_hint, date_hint, seed_id, next_try_at)"
                " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (source_id, key) do nothing",
                (
                    (
                        link.source_id,
                        link.url,
                        link.canonical_url,
                        link.key,
                        str(link.state),
                        link.reason,
                        link.found_at,
                        link.title_hint,
                        link.date_hint,
                        link.seed_id,
                        link.next_try_at,
                    )
                    for link in links
                ),
            )
            return self.conn.total_changes - before

    def next_links(
        self, source_id: str, *, now: str, limit: int, exclude: Collection[int] = ()
    ) -> list[Link]:
        """Return links to fetch now: pending ones, newest first, then stored ones due a revisit.

        Of links found at the same instant the first added comes first, as pages and feeds
        list the newest first. ``exclude`` holds ids that are in flight. When both kinds are
        due, one in ``REVISIT_SHARE`` of a batch is for revisits.
        """
        values = {
            "source": source_id,
            "now": now,
            "limit": limit,
            "exclude": json.dumps(list(exclude)),
        }
        revisits = self._links(_REVISITS, values)
        pending = self._links(_PENDING, values)
        kept = min(len(revisits), max(limit // REVISIT_SHARE, limit - len(pending)))
        return pending[: limit - kept] + revisits[:kept]

    def count_pending(self, source_id: str, now: str) -> int:
        """Count links that are due now: pending ones and revisits."""
        row = self.conn.execute(_DUE, {"source": source_id, "now": now}).fetchone()
        return int(row[0])

    def link(self, source_id: str, key: str) -> Link | None:
        """Return the source's link with that key, or None."""
        found = self._links(
            "select * from links where source_id = :source and key = :key",
            {"source": source_id, "key": key},
        )
        return found[0] if found else None

    def link_by_id(self, link_id: int) -> Link | None:
        """Return a link by its id, or None."""
        found = self._links("select * from links where id = :id", {"id": link_id})
        return found[0] if found else None

    def find_links(self, url: str) -> list[Link]:
        """Return all sources' links to a URL, whatever its spelling. Raises ValueError."""
        return self._links(
            "select * from links where canonical_url = :canonical order by id",
            {"canonical": canonical_url(url)},
        )

    def _known(self, link: Link) -> Link:
        """Return the stored row of a link; one that was never recorded is recorded now."""
        known = self.link(link.source_id, link.key)
        if known is None:
            self.add_links([link])
            known = self.link(link.source_id, link.key)
        if known is None:
            raise LookupError(f"link {link.key} of {link.source_id} vanished")
        return known

    def _links(self, sql: str, values: dict[str, object]) -> list[Link]:
        return [_link(row) for row in self.conn.execute(sql, values)]


def _link(row: sqlite3.Row) -> Link:
    return record(Link, row, state=LinkState(row["state"]))
