"""What the remote workers of a daemon decide of orders that are out, at the bounds of patience."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from crawler import settings
from crawler.cluster.parcels import unpack
from crawler.cluster.post import OrderState, Post, View
from crawler.cluster.remote import RemoteWorkers, _Out
from crawler.cluster.tickets import read_ticket
from crawler.daemon.child import Task
from crawler.locks import SourceLock
from crawler.net.broker import Broker
from crawler.runs.links import make_link, row_of
from storage.frontier.orders import Order
from storage.instants import add_seconds, read_clock
from storage.records import Outcome
from storage.states import OutcomeKind, RunKind, RunState
from tests.support.servers import closed_port
from tests.support.settings import make_options

if TYPE_CHECKING:
    from tests.support.cluster import Office

ORDER = "0" * 32
# Of the office: a crawl may take 120 s, a kill 20 s; a worker may say nothing for 60 s.
LONGEST = 120.0 + 20.0 + 60.0


def state(**changes: object) -> OrderState:
    facts = {"is_known": True, "is_alive": True, "worker": None, "begun_at": None}
    return OrderState(**facts | changes)  # type: ignore[arg-type]


def out(office: Office, *, worker: str = "", since: float = 0.0) -> _Out:
    order = Order(id=ORDER, kind=RunKind.CRAWL, sources=("town",), given_at=read_clock())
    made = _Out(order=order, locks=[], since=since, worker=worker)
    office.remote._out[ORDER] = made
    return made


def test_an_order_is_awaited_as_long_as_a_crawl_may_take(office: Office) -> None:
    remote = office.remote
    assert (remote._options.kill_grace, remote._silence) == (20.0, 60.0)
    one = out(office)
    assert remote._find_silence(one, state(), LONGEST) == ""
    assert remote._find_silence(one, state(), LONGEST + 0.1).startswith(
        "it was not done within 200"
    )


@pytest.mark.parametrize(("stall", "silence"), [(59.0, 59.0), (600.0, 60.0)])
def test_a_worker_may_say_nothing_for_a_minute_or_as_long_as_a_crawl(
    office: Office, stall: float, silence: float
) -> None:
    options = make_options(stall_timeout=stall)
    remote = RemoteWorkers(
        options,
        office.catalogue,
        Post(Broker.parse("redis://127.0.0.1:1/0")),
        office.queue.append,
        path=office.desk.archive,
        pages=1,
        values=vars(settings),
    )
    assert remote._silence == silence
    remote.close()


def test_a_worker_is_missed_for_half_of_the_silence(office: Office) -> None:
    remote = office.remote
    one = out(office, worker="w1")
    silent = state(is_alive=False)
    assert remote._find_silence(one, silent, 10.0) == ""
    assert remote._find_silence(one, silent, 39.9) == ""
    assert remote._find_silence(one, state(), 39.9) == "", "it is heard of again"
    assert one.silent_since is None
    assert remote._find_silence(one, silent, 50.0) == ""
    assert remote._find_silence(one, silent, 80.0) == "worker w1 was not heard of for 60 s"
    # What no worker has taken waits in the queue.
    other = out(office)
    for now in (10.0, 200.0):
        assert remote._find_silence(other, silent, now) == ""


def test_an_order_that_a_worker_took_counts_from_then_on(office: Office) -> None:
    one = out(office)
    office.archive.orders.add(one.order)
    view = View(orders={ORDER: state(worker="w1")}, deliveries=[], workers={})
    assert office.remote._judge(office.archive, ORDER, view, 99.0) == ""
    assert (one.worker, one.since) == ("w1", 99.0)
    assert office.remote._judge(office.archive, ORDER, view, 120.0) == ""
    assert one.since == 99.0
    unknown = View(orders={ORDER: state(is_known=False)}, deliveries=[], workers={})
    assert "knows it no more" in office.remote._judge(office.archive, ORDER, unknown, 99.0)


def test_there_is_room_for_as_many_orders_as_workers_could_take(office: Office) -> None:
    remote = office.remote
    assert not remote.has_room(), "nobody has looked yet"
    office.look()
    assert not remote.has_room(), "no worker is there"
    remote._line.view = View(orders={}, deliveries=[], workers={"w1": 1})
    assert remote.has_room()
    one = out(office)
    assert not remote.has_room()
    one.worker = "w1"
    assert remote.has_room()
    remote._line.view = View(orders={}, deliveries=[], workers={"w1": 1, "w2": 1})
    one.worker = ""
    assert remote.has_room()
    remote._recovered = False
    assert not remote.has_room()
    remote._recovered, remote._line.view = True, None
    assert not remote.has_room(), "the broker is away"


def test_the_broker_is_looked_at_when_it_is_time_and_soon_while_deliveries_wait(
    office: Office,
) -> None:
    remote = office.remote
    remote._line.next_look = time.monotonic() + 500
    assert 490 < remote.patience() <= 500
    remote._line.view = View(orders={}, deliveries=[], workers={})
    assert remote.patience() > 490
    remote._line.view = View(orders={}, deliveries=[ORDER], workers={})
    assert remote.patience() == 0.05
    remote._line.view, remote._line.next_look = None, 0.0
    assert remote.patience() == 0.05


def test_sources_of_an_order_are_free_and_fit_its_pages(office: Office) -> None:
    archive, remote = office.archive, office.remote
    (town,) = office.sources
    archive.sources.put(row_of(town))
    assert remote._expected(archive, town) == 200, "nothing is known of it"
    run = archive.runs.start("town", RunKind.CRAWL, read_clock())
    with archive.transaction():
        for _ in range(3):
            archive.runs.count(run, Outcome(kind=OutcomeKind.NEW))
    archive.runs.finish(run, RunState.FINISHED, read_clock())
    archive.links.known(make_link(town, f"{town.homepage}a", found_at=read_clock(), key="1"))
    assert remote._expected(archive, town) == 4
    assert remote.room_for(archive, [town]) == [town]
    lock = SourceLock(office.desk.archive, "town")
    assert lock.attempt()
    assert remote.room_for(archive, [town]) == []
    office.look()
    assert not remote.crawl(archive, (), [town])
    lock.release()
    assert remote.room_for(archive, [town]) == [town]
    assert not SourceLock(office.desk.archive, "town").is_held


def test_an_order_that_cannot_be_sent_is_not_out(office: Office) -> None:
    remote = office.remote
    office.look()
    with closed_port() as port:
        remote._post = Post(Broker.parse(f"redis://127.0.0.1:{port}/0"))
        assert not remote.crawl(office.archive, (), office.sources)
    assert (remote.busy(), office.queue, office.archive.orders.out()) == (set(), [], [])
    assert SourceLock(office.desk.archive, "town").attempt()
    remote._post.close()


def test_an_order_that_is_out_is_looked_after_soon(office: Office) -> None:
    office.look()
    office.remote._line.next_look = time.monotonic() + 500
    assert office.remote.crawl(office.archive, (), office.sources)
    assert office.remote._line.next_look <= time.monotonic() + 1.0


def test_while_the_broker_is_away_nobody_is_missed(office: Office) -> None:
    one = out(office, worker="w1", since=time.monotonic())
    office.remote._recovered = True
    one.silent_since = 5.0
    with closed_port() as port:
        office.remote._line._post = Post(Broker.parse(f"redis://127.0.0.1:{port}/0"))
        office.look()
    assert one.silent_since is None
    assert office.remote.busy() == {"town"}
    office.remote._line._post.close()


def test_an_order_that_the_broker_lost_is_given_up_and_told(office: Office) -> None:
    office.worker()
    order = office.hand_out()
    with office.redis.client() as client:
        client.flushall()
    office.look()
    (result,) = office.remote.collect(office.archive)
    assert (result.task, result.sources, result.ran) == (Task.CRAWL, ("town",), frozenset())
    assert (result.lost, result.status, result.ended_by) == ("the broker knows it no more", 0, "")
    assert office.remote.collect(office.archive) == []
    kept = office.archive.orders.find(order)
    assert kept is not None
    assert kept.given_up_at is not None
    assert SourceLock(office.desk.archive, "town").attempt()


def test_what_was_out_two_days_ago_is_forgotten(office: Office) -> None:
    now = read_clock()
    for number, days in (("1", 1.9), ("2", 2.1)):
        given = add_seconds(now, -days * 86400)
        order = Order(id=number * 32, kind=RunKind.CRAWL, sources=("town",), given_at=given)
        office.archive.orders.add(order)
        office.archive.orders.give_up(order.id, given)
    office.look()
    assert office.archive.orders.find("1" * 32) is not None
    assert office.archive.orders.find("2" * 32) is None


def test_after_a_restart_orders_of_sources_that_are_crawled_are_given_up(office: Office) -> None:
    office.worker()
    order = office.hand_out()
    office.restart()
    lock = SourceLock(office.desk.archive, "town")
    assert lock.attempt()
    office.look()
    (result,) = office.remote.collect(office.archive)
    assert result.lost == "its sources are crawled by another process"
    assert office.posts[0].claim(order, "w2", read_clock(), 5.0) is None, "it is withdrawn"
    lock.release()
    again = office.archive.orders.find(order)
    assert again is not None
    assert again.given_up_at is not None


def test_what_nobody_asked_for_is_refused_and_cleared(office: Office) -> None:
    office.worker()
    office.look()
    post = office.posts[0]
    post.deliver(ORDER, office.remote._key, b"no parcel")
    assert office.collect() == []
    assert post.fetch(ORDER) is None
    order = office.hand_out()
    post.deliver(order, office.remote._key, b"no parcel")
    (result,) = office.collect()
    assert result.lost.startswith("its delivery was refused: it cannot be read")
    kept = office.archive.orders.find(order)
    assert kept is not None
    assert kept.given_up_at is not None
    assert office.remote.busy() == set()
    assert SourceLock(office.desk.archive, "town").attempt()


@pytest.mark.parametrize("tries", [1, 2, 3])
def test_a_delivery_is_merged_three_times_at_most(office: Office, tries: int) -> None:
    work = office.worker()
    order = office.hand_out()
    post = office.posts[0]
    parcel = post.claim(order, "w1", read_clock(), 60.0)
    assert parcel is not None
    assert work._open(parcel, office.desk.folder / "opened").order == order
    office.remote._tries[order] = tries - 1
    post.deliver(order, office.remote._key, parcel)
    office.remote._folder.rmdir()
    office.remote._folder.write_text("a file in the place of the folder")
    office.look()
    if tries < 3:
        with pytest.raises(OSError, match="orders"):
            office.remote.collect(office.archive)
        assert office.remote._tries[order] == tries
        return
    (result,) = office.remote.collect(office.archive)
    assert "it cannot be merged" in result.lost
    assert office.remote._tries == {}


def test_backfills_that_were_left_to_workers_go_on_one_part_after_the_other(
    office: Office,
) -> None:
    archive, remote = office.archive, office.remote
    office.worker()
    office.look()
    (town,) = office.sources
    archive.sources.put(row_of(town))
    backfill = archive.backfills.open("town", "2026-01-01", "2026-01-31", read_clock())
    remote.go_on(archive, [town], lambda: True)
    assert office.queue == [], "nobody has left it to them"
    archive.backfills.hand_out(backfill, read_clock())
    remote.go_on(archive, [], lambda: True)
    remote.go_on(archive, [town], lambda: False)
    lock = SourceLock(office.desk.archive, "town")
    assert lock.attempt()
    remote.go_on(archive, [town], lambda: True)
    assert office.queue == []
    lock.release()
    remote.go_on(archive, [town], lambda: True)
    (order,) = office.queue
    kept = archive.orders.find(order)
    assert kept is not None
    assert (kept.kind, kept.sources) == (RunKind.BACKFILL, ("town",))
    remote.go_on(archive, [town], lambda: True)
    assert len(office.queue) == 1, "it is out"


def test_a_backfill_that_did_not_get_on_is_held_back(office: Office) -> None:
    archive, remote = office.archive, office.remote
    office.worker()
    office.look()
    (town,) = office.sources
    archive.sources.put(row_of(town))
    backfill = archive.backfills.open("town", "2026-01-01", "2026-01-31", read_clock())
    archive.backfills.hand_out(backfill, read_clock())
    order = Order(id=ORDER, kind=RunKind.BACKFILL, sources=("town",), given_at=read_clock())
    remote._end(order, lost="its worker went")
    (result,) = remote.collect(archive)
    assert (result.task, result.lost) == (Task.BACKFILL, "its worker went")
    assert remote._holds.left("town") > 0
    remote.go_on(archive, [town], lambda: True)
    assert office.queue == []
    remote._end(order, ran=frozenset({"town"}))
    assert remote._holds.left("town") == 0
    remote.go_on(archive, [town], lambda: True)
    assert len(office.queue) == 1


def test_an_order_of_a_source_that_left_the_catalogue_still_ends(office: Office) -> None:
    office.worker()
    office.look()
    order = Order(id=ORDER, kind=RunKind.CRAWL, sources=("gone",), given_at=read_clock())
    office.archive.orders.add(order)
    out(office)
    office.posts[0].deliver(ORDER, office.remote._key, b"no parcel")
    (result,) = office.collect()
    assert "was refused: it cannot be read" in result.lost


def test_work_is_under_way_while_an_order_is_out(office: Office) -> None:
    assert not office.remote.is_at_work()
    out(office)
    assert office.remote.is_at_work()


def test_an_order_says_how_long_and_how_much(office: Office) -> None:
    office.worker()
    order = office.hand_out()
    parcel = office.posts[0].claim(order, "w1", read_clock(), 60.0)
    assert parcel is not None
    ticket = read_ticket(unpack(parcel, office.desk.folder / "opened"))
    assert (ticket.order, ticket.archive) == (order, office.remote._key)
    assert (ticket.kind, ticket.sources, ticket.pages) == (RunKind.CRAWL, ("town",), 200)
    assert (ticket.seconds, ticket.stall, ticket.silence) == (120.0, 60.0, 60.0)
    assert (ticket.since, ticket.until) == (None, None)
    assert ticket.settings["DOWNLOAD_DELAY"] == "0.0"
    assert (office.desk.folder / "opened" / "sources" / "town.toml").exists()


def test_a_daemon_that_closes_gives_its_sources_back_and_leaves_orders_out(office: Office) -> None:
    office.worker()
    office.hand_out()
    office.remote.close()
    assert SourceLock(office.desk.archive, "town").attempt()
    assert len(office.archive.orders.out()) == 1


def test_without_an_archive_nobody_looks_at_the_broker(office: Office) -> None:
    office.remote._line.next_look = float("-inf")
    office.remote.watch(None, time.monotonic())
    assert office.remote._line.view is None
    assert not office.remote._recovered
    assert office.remote.collect(None) == []
