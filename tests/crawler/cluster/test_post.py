"""What daemon and workers tell each other by the broker, and for how long it is believed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from crawler.cluster.parcels import BadParcel, check_size
from crawler.cluster.post import BrokerAway, Post, _present, _text
from crawler.net.broker import Broker
from tests.support.servers import closed_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.redis import RedisServer


@pytest.fixture
def post(redis: RedisServer) -> Iterator[Post]:
    post = Post(Broker.parse(redis.url))
    yield post
    post.close()


def say(redis: RedisServer, name: str, seconds_ago: int, children: object = 2) -> None:
    with redis.client() as client:
        now = int(client.time()[0])
        said = json.dumps({"at": now - seconds_ago, "children": children})
        client.hset("baotinh:workers", name, said)


@pytest.mark.parametrize(
    ("seconds_ago", "is_there"), [(0, True), (25, True), (35, False), (-3600, False)]
)
def test_a_worker_is_there_for_half_a_minute_after_its_last_word(
    redis: RedisServer, post: Post, seconds_ago: int, is_there: bool
) -> None:
    say(redis, "one", seconds_ago)
    assert post.look("a", ()).workers == ({"one": 2} if is_there else {})


@pytest.mark.parametrize(("children", "counted"), [(3, 3), (1, 1), (0, 1), (-4, 1)])
def test_a_worker_has_one_child_at_least(
    redis: RedisServer, post: Post, children: int, counted: int
) -> None:
    say(redis, "one", 0, children)
    assert post.look("a", ()).workers == {"one": counted}


def test_nonsense_in_the_place_of_a_worker_is_none(redis: RedisServer, post: Post) -> None:
    say(redis, "words", 0, "many")
    say(redis, "none", 0, None)
    with redis.client() as client:
        client.hset("baotinh:workers", mapping={"text": "x", "list": "[]", "empty": "{}"})
    assert post.look("a", ()).workers == {}


def test_a_worker_that_says_it_goes_is_gone(post: Post) -> None:
    post.say_present("one", 4)
    assert post.look("a", ()).workers == {"one": 4}
    post.say_gone("one")
    assert post.look("a", ()).workers == {}


def test_an_order_that_nobody_laid_down_is_not_known(post: Post) -> None:
    post.put_order("laid", "a", b"x")
    found = post.look("a", ("laid", "never")).orders
    assert [found[name].is_known for name in ("laid", "never")] == [True, False]
    assert not found["laid"].is_alive
    post.clear("laid", "a")
    assert not post.look("a", ("laid",)).orders["laid"].is_known


def test_an_order_is_kept_for_a_day(redis: RedisServer, post: Post) -> None:
    post.put_order("laid", "a", b"x")
    with redis.client() as client:
        (key,) = [key for key in client.scan_iter() if b"laid" in key]
        assert 86400 - 60 <= client.ttl(key) <= 86400


ORDER, ARCHIVE, NOW = "0" * 32, "1" * 32, "2026-11-20T08:00:00Z"


def test_an_order_is_taken_once_and_held_for_the_seconds_it_was_claimed_for(
    redis: RedisServer, post: Post
) -> None:
    assert post.claim(ORDER, "w1", NOW, 60.0) is None, "nobody laid it down"
    post.put_order(ORDER, ARCHIVE, b"parcel")
    with redis.client() as client:
        client.expire(f"baotinh:order:{ORDER}", 100)
        assert post.claim(ORDER, "w1", NOW, 60.0) == b"parcel"
        assert 55_000 < client.pttl(f"baotinh:alive:{ORDER}") <= 60_000
        assert 86_300 < client.ttl(f"baotinh:order:{ORDER}") <= 86_400
        assert post.claim(ORDER, "w2", NOW, 60.0) is None, "another worker is at it"
        state = post.look(ARCHIVE, [ORDER]).orders[ORDER]
        assert (state.is_alive, state.worker, state.begun_at) == (True, "w1", NOW)
        assert post.beat(ORDER, "w1", 30.0)
        assert 25_000 < client.pttl(f"baotinh:alive:{ORDER}") <= 30_000
    post.release(ORDER)
    assert not post.look(ARCHIVE, [ORDER]).orders[ORDER].is_alive
    post.claim(ORDER, "w2", NOW, 60.0)
    post.withdraw(ORDER)
    state = post.look(ARCHIVE, [ORDER]).orders[ORDER]
    assert (state.is_known, state.is_alive, state.worker) == (False, False, None)
    assert not post.beat(ORDER, "w2", 30.0), "it is not wanted any more"


def test_a_delivery_waits_a_day_for_its_archive_and_goes_with_its_order(
    redis: RedisServer, post: Post
) -> None:
    post.put_order(ORDER, ARCHIVE, b"parcel")
    assert post.fetch(ORDER) is None
    for order in (ORDER, "2" * 32):
        post.deliver(order, ARCHIVE, b"rows")
    assert post.look(ARCHIVE, ()).deliveries == [ORDER, "2" * 32]
    assert post.look("other", ()).deliveries == []
    assert post.fetch(ORDER) == b"rows"
    with redis.client() as client:
        for key in (f"baotinh:delivery:{ORDER}", f"baotinh:deliveries:{ARCHIVE}"):
            assert 86_300 < client.ttl(key) <= 86_400
    post.withdraw(ORDER)
    assert post.fetch(ORDER) == b"rows", "a delivery of it may still come"
    post.clear(ORDER, ARCHIVE)
    assert (post.look(ARCHIVE, ()).deliveries, post.fetch(ORDER)) == (["2" * 32], None)


def test_an_empty_delivery_is_none(post: Post) -> None:
    post.deliver(ORDER, ARCHIVE, b"")
    assert post.fetch(ORDER) is None


def test_a_clock_is_held_against_that_of_the_broker(redis: RedisServer, post: Post) -> None:
    with redis.client() as client:
        now = float(client.time()[0])
    assert post.ahead(now + 500.0) == pytest.approx(500.0, abs=3)
    assert post.ahead(now - 500.0) == pytest.approx(-500.0, abs=3)


def test_whatever_is_asked_of_a_broker_that_is_away_is_one_error() -> None:
    with closed_port() as port:
        post = Post(Broker.parse(f"redis://127.0.0.1:{port}/0"))
        for ask in (lambda: post.fetch(ORDER), lambda: post.ahead(0.0), lambda: post.say_gone("w")):
            with pytest.raises(BrokerAway, match="does not answer"):
                ask()
        post.close()


def test_what_others_write_into_the_broker_is_cut_short() -> None:
    assert (_text(None), _text(b"w\xff"), _text(b"x" * 100)) == (None, "w\ufffd", "x" * 100)
    assert _text(b"x" * 101) == "x" * 100
    said = b'{"at": 1000, "children": 2}'
    assert _present({b"y" * 101: said}, 1000) == {"y" * 100: 2}


@pytest.mark.parametrize(
    ("now", "is_there"), [(999, False), (1000, True), (1030, True), (1031, False)]
)
def test_a_worker_counts_as_there_for_thirty_seconds(now: int, is_there: bool) -> None:
    assert bool(_present({b"w": b'{"at": 1000, "children": 2}'}, now)) is is_there


def test_a_delivery_has_a_quarter_of_a_gigabyte_at_most() -> None:
    check_size(268_435_456)
    with pytest.raises(BadParcel, match="256 MB large"):
        check_size(268_435_457)
