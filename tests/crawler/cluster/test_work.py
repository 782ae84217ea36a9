"""What a worker does with an order, and when it gives one up."""

from __future__ import annotations

import os
import tempfile
import time
from typing import TYPE_CHECKING

import pytest

from crawler.cluster.post import BrokerAway, Post
from crawler.cluster.tickets import Ticket
from crawler.cluster.work import Unbegun, Work, WorkerOptions, _Watch, sweep
from crawler.net.broker import Broker
from storage.states import RunKind
from tests.support.servers import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OPTIONS = WorkerOptions(name="w1", longest=100.0, grace=5.0)


@pytest.fixture
def away() -> Iterator[Post]:
    post = Post(Broker.parse(f"redis://127.0.0.1:{free_port()}/0"))
    yield post
    post.close()


class Patience:
    """An event that is set after so many waits, and how long they were."""

    def __init__(self, times: int) -> None:
        self.waits: list[float] = []
        self._times = times

    def is_set(self) -> bool:
        return len(self.waits) >= self._times

    def wait(self, seconds: float) -> bool:
        self.waits.append(seconds)
        return self.is_set()


def test_a_broker_that_is_away_is_asked_at_twice_the_distance_until_the_end(away: Post) -> None:
    work = Work(away, OPTIONS)
    work.stopping = Patience(8)  # type: ignore[assignment]
    with pytest.raises(Unbegun):
        work.do("0" * 32)
    assert work.stopping.waits == [1, 2, 4, 8, 16, 30, 30, 30]  # type: ignore[attr-defined]


TICKET = Ticket(
    order="0" * 32,
    archive="1" * 32,
    kind=RunKind.CRAWL,
    sources=("a",),
    pages=1,
    seconds=50.0,
    stall=10.0,
    silence=60.0,
)


class Child:
    """A child that can only be asked to end."""

    def __init__(self) -> None:
        self.ending_since: float | None = None
        self.ended_by = ""

    def end(self, why: str, now: float) -> None:
        self.ending_since, self.ended_by = now, why


class Beats:
    """A broker that says whether an order is still wanted."""

    def __init__(self, *, wanted: bool = True, away: bool = False) -> None:
        self.wanted = wanted
        self.away = away
        self.heard: list[float] = []

    def beat(self, order: str, worker: str, seconds: float) -> bool:
        assert (order, worker) == (TICKET.order, "w1")
        self.heard.append(seconds)
        if self.away:
            raise BrokerAway("gone")
        return self.wanted


def test_a_worker_is_heard_of_three_times_in_half_of_its_silence() -> None:
    post, child = Beats(), Child()
    watch = _Watch(post, TICKET, OPTIONS, Patience(9))  # type: ignore[arg-type]
    for now in (0.0, 9.9, 10.0, 19.9, 20.0):
        watch._beat(child, now)  # type: ignore[arg-type]
    assert post.heard == [30.0] * 3
    assert (watch.stopped, child.ended_by) == (False, "")


def test_an_order_that_nobody_wants_any_more_is_ended_once() -> None:
    child = Child()
    watch = _Watch(Beats(wanted=False), TICKET, OPTIONS, Patience(9))  # type: ignore[arg-type]
    watch._beat(child, 0.0)  # type: ignore[arg-type]
    assert (watch.stopped, child.ended_by, child.ending_since) == (
        True,
        "the order was given up",
        0.0,
    )
    watch._stop(child, "the worker stops", 1.0)  # type: ignore[arg-type]
    assert child.ended_by == "the order was given up"


def test_a_broker_that_is_away_ends_no_order() -> None:
    child = Child()
    watch = _Watch(Beats(away=True), TICKET, OPTIONS, Patience(9))  # type: ignore[arg-type]
    watch._beat(child, 0.0)  # type: ignore[arg-type]
    assert not watch.stopped


def test_folders_of_orders_go_after_a_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for name, age in (("baotinh-order-1", 86_500), ("baotinh-order-2", 86_300), ("x", 90_000)):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "f").touch()
        os.utime(folder, (time.time() - age,) * 2)
    sweep()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["baotinh-order-2", "x"]
