"""What daemon and workers tell each other by the broker, and for how long it is believed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from crawler.cluster.post import Post
from crawler.net.broker import Broker

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
