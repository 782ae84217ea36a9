"""What comes back from a worker: opened, checked, and merged, or refused whole with a reason."""

from __future__ import annotations

import json
import shutil
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.cluster import parcels
from crawler.cluster.parcels import BadParcel
from storage.archive import Archive
from storage.errors import ArchiveBusy, ArchiveError, ArchiveFull
from storage.merge.delivery import Delivery

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from storage.frontier.orders import Order
    from storage.merge.whole import Merged

_MOST_MESSAGES = 4000
_BROKEN = (sqlite3.IntegrityError, sqlite3.DataError, ValueError, TypeError, KeyError)
"""What rows that no crawl of ours writes come to when they are read as if one had."""


class DeliveryRefused(Exception):
    """A delivery that is not merged; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a worker says about the crawl it ran."""

    worker: str
    status: int
    ended_by: str
    stopped: bool
    """Whether the crawl was ended for a reason that is not its own."""
    messages: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A delivery that was merged."""

    words: Words
    ran: frozenset[str]
    """Sources with a run in it."""
    merged: Merged


def read_words(text: str, order: str) -> Words:
    """Read what a worker says. Raise BadParcel for what no worker of ours would."""
    try:
        facts = json.loads(text)
        words = Words(
            worker=str(facts["worker"]),
            status=int(facts["status"]),
            ended_by=_plain(facts["ended_by"])[:200],
            stopped=bool(facts["stopped"]),
            messages=_plain(facts["messages"])[-_MOST_MESSAGES:],
        )
        is_ours = facts["order"] == order and parcels.NAME.fullmatch(words.worker)
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise BadParcel(f"its words cannot be read: {error}") from None
    if not is_ours:
        raise BadParcel("its words are of another order, or of nobody")
    return words


def _plain(text: object) -> str:
    """Return text without what moves a terminal's cursor."""
    return "".join(c for c in str(text) if c == "\n" or c.isprintable())


def take_in(
    archive: Archive,
    order: Order,
    parcel: bytes,
    folder: Path,
    *,
    hosts: Collection[str],
    now: str,
) -> Arrival:
    """Merge a delivery; late ones as such. Nothing else happens to the archive.

    ``folder`` is emptied before and after, and is on the file system of the captures. ``hosts``
    are those whose pace the order is about. Raise DeliveryRefused; ArchiveError and OSError where
    our own archive is in the way, and the delivery may be tried again.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    try:
        words = read_words(parcels.unpack(parcel, folder), order.id)
        return _merge(archive, order, words, folder / parcels.ARCHIVE, hosts=hosts, now=now)
    except (BadParcel, *_BROKEN) as error:
        raise DeliveryRefused(f"{error}") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _merge(
    archive: Archive, order: Order, words: Words, path: Path, *, hosts: Collection[str], now: str
) -> Arrival:
    delivery = Delivery(
        order=order.id,
        sources=order.sources,
        late=order.given_up_at is not None,
        worker=words.worker,
        hosts=hosts,
    )
    try:
        with Archive.open_reading(path) as other:
            merged = archive.deliver(other, delivery, now=now)
            ran = other.runs.sources_since(0)
    except (ArchiveBusy, ArchiveFull):
        raise
    except ArchiveError as error:
        if str(path) not in str(error):
            raise
        raise DeliveryRefused(str(error)) from error
    if merged.lost:
        raise DeliveryRefused(f"captures could not be taken: {', '.join(merged.lost)}")
    return Arrival(words=words, ran=ran, merged=merged)
