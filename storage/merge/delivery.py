"""What a worker sends back: the small archive it was given, filled by a crawl.

It is merged in one transaction, once: a second delivery of the same order changes nothing, and the
same pages by another order are known already. A delivery that comes when its order was given up
brings articles and captures only: what is due has been decided anew since then.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.errors import ArchiveError
from storage.merge import history
from storage.merge.check import check_apart, check_source, check_sources_agree, vet
from storage.merge.files import Captures
from storage.merge.media import add_media
from storage.merge.whole import Joiner, Merged, reading

if TYPE_CHECKING:
    from collections.abc import Collection

    from storage.db.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What the archive knows of a delivery without looking into it."""

    order: str
    sources: Collection[str]
    late: bool = False
    """Whether the order was given up before."""
    worker: str | None = None
    """Who did it, for the runs."""
    hosts: Collection[str] | None = None
    """Keys of the hosts whose word about when to come back is taken; None: of all."""


def is_delivered(mine: Database, order: str) -> bool:
    """Return whether a delivery of that order was merged."""
    row = mine.conn.execute("select 1 from deliveries where order_id = ?", (order,)).fetchone()
    return row is not None


def deliver(mine: Database, other: Database, delivery: Delivery, *, now: str) -> Merged:
    """Merge what a crawl brought; return what was new.

    Files of captures are taken first, then all rows in one transaction. Nothing in the archive is
    trusted: raise ArchiveError, nothing changed, where it is damaged, of another version, of
    somebody else's making, or holds other sources.
    """
    merged = Merged()
    if is_delivered(mine, delivery.order):
        return merged
    check_apart(mine.path, other.path)
    vet(other, now=now)
    check_source(other)
    check_sources_agree(mine, other)
    _check_sources(other, delivery.sources)
    with reading(other):
        captures = Captures(mine, other)
        taken = captures.adopt_all()
        with mine.transaction():
            if is_delivered(mine, delivery.order):
                return merged
            mine.conn.execute("insert into deliveries values (?, ?)", (delivery.order, now))
            history.add_sources(mine, other, seeds=not delivery.late)
            captures.record(taken)
            _join(mine, other, merged, late=delivery.late)
            if not delivery.late:
                merged.runs = history.add_runs(mine, other, now, worker=delivery.worker)
                history.join_polls(mine, other, hosts=delivery.hosts)
    merged.captures, merged.lost = captures.new, captures.lost
    return merged


def _join(mine: Database, other: Database, merged: Merged, *, late: bool) -> None:
    joiner = Joiner(mine, other, merged, late=late)
    for _ in joiner.join_articles():
        pass
    add_media(mine, other)
    if late:
        return
    for _ in joiner.join_links():
        pass
    merged.gaps = history.add_gaps(mine, other)
    history.add_lines(mine, other)
    history.add_backfills(mine, other)


def _check_sources(other: Database, sources: Collection[str]) -> None:
    found = {row[0] for row in other.conn.execute("select id from sources")}
    if more := sorted(found - set(sources)):
        raise ArchiveError(f"{other.path} holds sources that nobody asked for: {', '.join(more)}")
