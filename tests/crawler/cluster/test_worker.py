"""What a worker is called, and how long it says that it is there."""

from __future__ import annotations

import logging
import threading

import pytest

from crawler.cluster.post import BrokerAway
from crawler.cluster.worker import _say_present, check_clock, name_of, run_worker
from crawler.errors import CrawlError, UsageError
from tests.support.settings import make_settings


class Ears:
    """A broker that hears so many words, and ends the worker then."""

    def __init__(self, *, away: bool = False, ahead: float = 0.0) -> None:
        self.heard: list[object] = []
        self._away = away
        self._ahead = ahead

    def say_present(self, worker: str, children: int) -> None:
        self._hear((worker, children))

    def say_gone(self, worker: str) -> None:
        self._hear(worker)

    def ahead(self, now: float) -> float:
        if self._away:
            raise BrokerAway("gone")
        return now + self._ahead

    def _hear(self, said: object) -> None:
        self.heard.append(said)
        if self._away:
            raise BrokerAway("gone")


class Turns(threading.Event):
    """An event that is set after so many waits."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.waits: list[float | None] = []
        self._count = count

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout)
        if len(self.waits) == self._count:
            self.set()
        return self.is_set()


@pytest.mark.parametrize("away", [False, True])
def test_a_worker_is_heard_of_every_ten_seconds_and_says_when_it_goes(
    away: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    ears, turns = Ears(away=away), Turns(3)
    _say_present(ears, turns, "w1", 4)  # type: ignore[arg-type]
    assert ears.heard == [*[("w1", 4)] * 3, "w1"]
    assert turns.waits == [10.0] * 3
    assert len(caplog.messages) == (4 if away else 0)


def look(post: object, now: float) -> None:
    check_clock(post, now)  # type: ignore[arg-type]


@pytest.mark.parametrize("ahead", [-300.0, 0.0, 300.0])
def test_a_clock_may_be_off_by_five_minutes(ahead: float) -> None:
    look(Ears(ahead=ahead), 0.0)


@pytest.mark.parametrize(
    ("ahead", "said"), [(301.0, "5 minutes ahead of"), (-301.0, "5 minutes behind")]
)
def test_a_clock_that_is_further_off_ends_a_worker(ahead: float, said: str) -> None:
    with pytest.raises(CrawlError, match=said):
        look(Ears(ahead=ahead), 0.0)


def test_a_broker_that_is_away_says_nothing_of_a_clock() -> None:
    look(Ears(away=True), 1e9)


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("may-1.tinh.vn", "may-1.tinh.vn-7"),
        ("máy của tôi", "m-y-c-a-t-i-7"),
        ("a_b", "a-b-7"),
        ("x" * 61, "x" * 60 + "-7"),
    ],
)
def test_a_worker_without_a_name_has_that_of_its_machine(host: str, name: str) -> None:
    assert name_of(host, 7) == name


def test_a_worker_without_a_broker_does_not_begin() -> None:
    with pytest.raises(UsageError, match="BAOTINH_BROKER"):
        run_worker(make_settings(broker=""))
