"""When the daemon looks at its broker again: with orders out, without, and while it is away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler.cluster.line import Line
from crawler.cluster.post import BrokerAway, Post
from crawler.errors import CrawlError
from crawler.net.broker import Broker
from tests.support.servers import closed_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.redis import RedisServer


@pytest.fixture
def away() -> Iterator[Post]:
    """The post of a broker that is not there."""
    with closed_port() as port:
        post = Post(Broker.parse(f"redis://127.0.0.1:{port}/0"))
        yield post
        post.close()


@pytest.fixture
def post(redis: RedisServer) -> Iterator[Post]:
    post = Post(Broker.parse(redis.url))
    yield post
    post.close()


def test_a_broker_that_is_away_is_tried_at_twice_the_distance_up_to_half_a_minute(
    away: Post,
) -> None:
    line, now, waits = Line(away, "a", once=False), 1000.0, []
    for _ in range(7):
        assert line.look((), now) is None
        waits.append(line.next_look - now)
        now = line.next_look
    assert waits == [1, 2, 4, 8, 16, 30, 30]


def test_a_daemon_that_runs_once_waits_a_minute_for_its_broker(away: Post) -> None:
    line = Line(away, "a", once=True)
    line.look((), 1000.0)
    line.look((), 1060.0)
    with pytest.raises(CrawlError, match="nothing was handed out"):
        line.look((), 1060.5)


def test_a_daemon_that_stays_waits_for_its_broker_for_ever(away: Post) -> None:
    line = Line(away, "a", once=False)
    assert [line.look((), now) for now in (0.0, 1e6)] == [None, None]


def test_orders_that_are_out_are_looked_after_each_second(post: Post) -> None:
    line = Line(post, "a", once=False)
    line.look((), 1000.0)
    assert line.next_look == 1005.0
    line.look_soon(1001.0)
    assert line.next_look == 1002.0
    line.look_soon(1001.5)
    assert line.next_look == 1002.0
    line.look(("0" * 32,), 1002.0)
    assert line.next_look == 1003.0


def test_a_broker_that_answers_again_is_one_that_was_never_away(post: Post) -> None:
    line = Line(post, "a", once=True)
    for now in (0.0, 1.0):
        line.note_away(BrokerAway("gone"), now)
    assert line.view is None
    assert line.look((), 50.0) is line.view is not None
    line.note_away(BrokerAway("gone"), 100.0)
    assert line.next_look == 101.0
    line.note_away(BrokerAway("gone"), 160.0)


def test_workers_and_their_absence_are_told_once(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    line = Line(post, "a", once=False)
    line.look((), 0.0)
    line.look((), 1.0)
    for name in ("w2", "w1"):
        post.say_present(name, 1)
    line.look((), 2.0)
    line.look((), 3.0)
    assert caplog.messages == ["no worker has been heard of lately", "workers: w1, w2"]


def test_a_broker_that_comes_back_is_told_once(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    post.say_present("w1", 1)
    line = Line(post, "a", once=False)
    line.look((), 0.0)
    for now in (1.0, 2.0):
        line.note_away(BrokerAway("gone"), now)
    line.look((), 3.0)
    line.look((), 4.0)
    assert caplog.messages == [
        "gone; waiting for it, nothing is handed out",
        "the broker answers again",
    ]
