"""Orders: crawls that were handed out to workers on other machines, until they come back.

An order is the fence around what is merged: one that was given up before its delivery came brings
articles and captures only. That it was merged is said by table ``deliveries``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.db.rows import record
from storage.states import RunKind

if TYPE_CHECKING:
    import sqlite3

    from storage.db.database import Database

_OUT = """
select * from orders
where given_up_at is null and id not in (select order_id from deliveries) order by given_at, id"""
_FORGET = """
delete from orders where given_at < :before
    and (given_up_at is not null or id in (select order_id from deliveries))"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One crawl, or one part of a backfill, given to whichever worker takes it."""

    id: str
    kind: RunKind
    sources: tuple[str, ...]
    given_at: str
    worker: str | None = None
    """Who took it; None while it waits."""
    begun_at: str | None = None
    given_up_at: str | None = None


class Orders:
    """Table ``orders``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, order: Order) -> None:
        """Record an order before it is handed out."""
        with self._db.transaction():
            self._db.conn.execute(
                "insert into orders (id, kind, sources, given_at) values (?, ?, ?, ?)",
                (order.id, str(order.kind), json.dumps(order.sources), order.given_at),
            )

    def begin(self, order_id: str, worker: str, begun_at: str) -> None:
        """Record who works on an order."""
        with self._db.transaction():
            self._db.conn.execute(
                "update orders set worker = ?, begun_at = ? where id = ?",
                (worker, begun_at, order_id),
            )

    def give_up(self, order_id: str, now: str) -> None:
        """Wait for an order no longer: whatever it still brings is late."""
        with self._db.transaction():
            self._db.conn.execute(
                "update orders set given_up_at = ? where id = ? and given_up_at is null",
                (now, order_id),
            )

    def find(self, order_id: str) -> Order | None:
        """Return an order, or None where there was none with that id."""
        row = self._db.conn.execute("select * from orders where id = ?", (order_id,)).fetchone()
        return None if row is None else _order(row)

    def out(self) -> list[Order]:
        """Return the orders whose deliveries are awaited, the oldest first."""
        return [_order(row) for row in self._db.conn.execute(_OUT)]

    def of_source(self, source_id: str) -> Order | None:
        """Return the order by which a source is out now; None too in archives without orders."""
        if not self._db.has_table("orders"):
            return None
        return next((order for order in self.out() if source_id in order.sources), None)

    def forget(self, before: str) -> None:
        """Forget orders that were given before an instant and are awaited no longer."""
        with self._db.transaction():
            self._db.conn.execute(_FORGET, {"before": before})


def _order(row: sqlite3.Row) -> Order:
    return record(Order, row, kind=RunKind(row["kind"]), sources=tuple(json.loads(row["sources"])))
