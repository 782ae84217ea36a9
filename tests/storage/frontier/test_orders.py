"""Orders that were given to workers, until they are delivered or given up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.frontier.orders import Order
from storage.records import RunKind

if TYPE_CHECKING:
    from storage.archive import Archive

NOW, LATER, AT_LAST = "2026-10-02T11:38:00Z", "2026-10-02T12:38:00Z", "2026-10-02T13:38:00Z"


def order(id_: str, given_at: str = NOW) -> Order:
    return Order(id=id_, kind=RunKind.CRAWL, sources=("baolongan",), given_at=given_at)


def test_an_order_that_is_given_up_is_awaited_no_longer(archive: Archive) -> None:
    archive.orders.add(order("one", LATER))
    archive.orders.add(order("two"))
    assert [each.id for each in archive.orders.out()] == ["two", "one"]
    archive.orders.give_up("two", LATER)
    archive.orders.give_up("two", AT_LAST)
    assert [each.id for each in archive.orders.out()] == ["one"]
    given_up = archive.orders.find("two")
    assert given_up is not None
    assert given_up.given_up_at == LATER


def test_an_order_that_a_worker_takes_names_the_worker(archive: Archive) -> None:
    archive.orders.add(order("one"))
    assert archive.orders.find("one") == order("one")
    archive.orders.begin("one", "hue", LATER)
    (taken,) = archive.orders.out()
    assert (taken.worker, taken.begun_at, taken.given_up_at) == ("hue", LATER, None)
    assert archive.orders.find("two") is None


def test_a_source_is_out_by_its_order(archive: Archive) -> None:
    archive.orders.add(order("one"))
    assert archive.orders.of_source("baolongan") == order("one")
    assert archive.orders.of_source("baotayninh") is None
    archive.orders.give_up("one", LATER)
    assert archive.orders.of_source("baolongan") is None
    archive.orders.forget(NOW)
    assert archive.orders.find("one") is not None
    archive.orders.forget(LATER)
    assert archive.orders.find("one") is None


def test_an_archive_without_orders_has_no_source_out(archive: Archive) -> None:
    archive._db.conn.execute("drop table orders")
    assert archive.orders.of_source("baolongan") is None
