"""Where orders and deliveries lie between daemon and workers: keys of Redis, and no logic.

::

    baotinh:order:ID        hash: the parcel, whose archive it is for, who took it and when
    baotinh:alive:ID        there while a worker is at it, with an end of its own
    baotinh:delivery:ID     the parcel that came back
    baotinh:deliveries:A    set: orders of archive A whose deliveries wait
    baotinh:workers         hash: name -> children, and when it was last heard of

Everything ends by itself after a day. Every method raises BrokerAway when Redis does not answer.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crawler.cluster.parcels import check_size
from crawler.net.broker import connect

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crawler.net.broker import Broker

KEPT = 86400
"""Seconds after which an order, or a delivery that nobody fetched, is gone."""
PRESENCE = 30
"""Seconds after its last word a worker counts as gone."""


class BrokerAway(Exception):
    """Redis does not answer, or not as it should; the text says why, without a password."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderState:
    """What the broker knows of an order."""

    is_known: bool
    is_alive: bool
    """Whether a worker was heard of lately."""
    worker: str | None
    begun_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One look at everything that concerns an archive."""

    orders: dict[str, OrderState]
    deliveries: list[str]
    workers: dict[str, int]
    """Name of a worker that is there -> its children."""


class Post:
    """A connection to the broker, for daemon or worker. Used by several threads."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._redis: Any = connect(broker)
        # Any: redis-py types every answer as one to be awaited, or not.

    def close(self) -> None:
        """Close all connections."""
        self._redis.close()

    # --- the daemon ------------------------------------------------------------------------------

    def put_order(self, order: str, archive: str, parcel: bytes) -> None:
        """Lay down an order, before its message is sent."""
        with self._asking(), self._redis.pipeline() as pipe:
            pipe.hset(_order(order), mapping={"parcel": parcel, "archive": archive})
            pipe.expire(_order(order), KEPT)
            pipe.execute()

    def look(self, archive: str, orders: Iterable[str]) -> View:
        """Return how the orders stand, which deliveries wait, and which workers are there."""
        ids = list(orders)
        with self._asking(), self._redis.pipeline(transaction=False) as pipe:
            for order in ids:
                pipe.hmget(_order(order), "archive", "worker", "begun_at")
                pipe.exists(_alive(order))
            pipe.smembers(_deliveries(archive))
            pipe.hgetall("baotinh:workers")
            pipe.time()
            *states, waiting, workers, (now, _) = pipe.execute()
        found = {
            order: OrderState(
                is_known=facts[0] is not None,
                is_alive=bool(alive),
                worker=_text(facts[1]),
                begun_at=_text(facts[2]),
            )
            for order, facts, alive in zip(ids, states[::2], states[1::2], strict=True)
        }
        names = sorted(str(_text(order)) for order in waiting)
        return View(orders=found, deliveries=names, workers=_present(workers, now))

    def fetch(self, order: str) -> bytes | None:
        """Return a delivery; None where there is none. Raise BadParcel for one too large."""
        with self._asking():
            check_size(int(self._redis.strlen(_delivery(order))))
            return self._redis.get(_delivery(order)) or None

    def clear(self, order: str, archive: str) -> None:
        """Forget an order and what came back."""
        with self._asking(), self._redis.pipeline() as pipe:
            pipe.srem(_deliveries(archive), order)
            pipe.delete(_order(order), _alive(order), _delivery(order))
            pipe.execute()

    def withdraw(self, order: str) -> None:
        """Take an order back; a delivery of it may still come."""
        with self._asking():
            self._redis.delete(_order(order), _alive(order))

    # --- the worker ------------------------------------------------------------------------------

    def claim(self, order: str, worker: str, now: str, seconds: float) -> bytes | None:
        """Take an order and return its parcel; None: it is void, or another worker is at it."""
        with self._asking():
            parcel: bytes | None = self._redis.hget(_order(order), "parcel")
            if parcel is None or not self._redis.set(
                _alive(order), worker, nx=True, px=int(seconds * 1000)
            ):
                return None
            with self._redis.pipeline() as pipe:
                pipe.hset(_order(order), mapping={"worker": worker, "begun_at": now})
                pipe.expire(_order(order), KEPT)
                pipe.execute()
        return parcel

    def beat(self, order: str, worker: str, seconds: float) -> bool:
        """Say that an order is being worked on; return whether it is still wanted."""
        with self._asking(), self._redis.pipeline() as pipe:
            pipe.exists(_order(order))
            pipe.set(_alive(order), worker, px=int(seconds * 1000))
            return bool(pipe.execute()[0])

    def release(self, order: str) -> None:
        """Say that an order is not worked on any more, and was not begun."""
        with self._asking():
            self._redis.delete(_alive(order))

    def deliver(self, order: str, archive: str, parcel: bytes) -> None:
        """Send back what an order brought: all of it, or nothing is there."""
        with self._asking(), self._redis.pipeline() as pipe:
            pipe.set(_delivery(order), parcel, ex=KEPT)
            pipe.sadd(_deliveries(archive), order)
            pipe.expire(_deliveries(archive), KEPT)
            pipe.execute()

    def say_present(self, worker: str, children: int) -> None:
        """Say that a worker is there, and how many orders it takes at once."""
        with self._asking():
            now = self._redis.time()[0]
            said = json.dumps({"children": children, "at": now})
            self._redis.hset("baotinh:workers", worker, said)

    def ahead(self, now: float) -> float:
        """Return the seconds by which ``now``, of the epoch, is ahead of the broker's clock."""
        with self._asking():
            seconds, _ = self._redis.time()
        return now - float(seconds)

    def say_gone(self, worker: str) -> None:
        """Say that a worker goes."""
        with self._asking():
            self._redis.hdel("baotinh:workers", worker)

    @contextlib.contextmanager
    def _asking(self) -> Iterator[None]:
        from redis.exceptions import RedisError

        try:
            yield
        except (RedisError, OSError) as error:
            raise BrokerAway(f"{self._broker} does not answer: {error}") from error


def _order(order: str) -> str:
    return f"baotinh:order:{order}"


def _alive(order: str) -> str:
    return f"baotinh:alive:{order}"


def _delivery(order: str) -> str:
    return f"baotinh:delivery:{order}"


def _deliveries(archive: str) -> str:
    return f"baotinh:deliveries:{archive}"


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("utf-8", "replace")[:100]


def _present(workers: dict[bytes, bytes], now: int) -> dict[str, int]:
    found = {}
    for name, said in workers.items():
        with contextlib.suppress(ValueError, TypeError, KeyError):
            facts = json.loads(said)
            if 0 <= now - int(facts["at"]) <= PRESENCE:
                found[name.decode("utf-8", "replace")[:100]] = max(1, int(facts["children"]))
    return found
