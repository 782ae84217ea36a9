"""The queue: messages are ids in JSON, over TLS and with a password, and a Redis that is away."""

from __future__ import annotations

import io
import json
import logging
import ssl
import time
from typing import TYPE_CHECKING

import pytest
from celery import signals
from celery.exceptions import Reject

from crawler import settings as module
from crawler.cluster.app import (
    QUEUE,
    TASK,
    _quieten,
    _without_traceback,
    call_at_end,
    exit_code,
    make_app,
    register,
    send_order,
    worker_options,
)
from crawler.cluster.post import BrokerAway, Post
from crawler.cluster.work import Unbegun
from crawler.cluster.worker import check_clock, run_worker
from crawler.environment import read_settings
from crawler.errors import CrawlError, UsageError
from crawler.net.broker import Broker
from tests.support.redis import run_redis
from tests.support.servers import closed_port

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.redis import RedisServer

ORDER = "ab" * 16
WORD = "mot-hai-ba"


def test_a_message_is_the_id_of_an_order_in_json(redis: RedisServer) -> None:
    send_order(make_app(Broker.parse(redis.url), order_seconds=60.0), ORDER)
    with redis.client() as client:
        (message,) = client.lrange(QUEUE, 0, -1)
    facts = json.loads(message)
    assert facts["content-type"] == "application/json"
    assert ORDER in facts["headers"]["argsrepr"]


def test_an_order_may_take_less_than_its_message_stays_taken(redis: RedisServer) -> None:
    conf = make_app(Broker.parse(redis.url), order_seconds=3600.0).conf
    options = conf.broker_transport_options
    assert options["visibility_timeout"] > 3600
    assert options["unacked_restore_interval"] * options["unacked_restore_throttle"] <= 10
    assert (conf.task_acks_late, conf.worker_prefetch_multiplier) == (True, 1)
    assert conf.accept_content == ["json"]


def test_a_password_of_any_letters_reaches_the_queue() -> None:
    broker = Broker.parse("redis://me:p%40ss%2Fw%3Ard@[::1]:6380/2")
    conf = make_app(broker, order_seconds=60.0).conf
    assert conf.broker_url == "redis://me:p%40ss%2Fw%3Ard@[::1]:6380/2"


@pytest.mark.parametrize("tls", [False, True])
def test_password_and_tls_hold_for_queue_and_parcels(tmp_path: Path, tls: bool) -> None:
    with run_redis(tmp_path / "redis", password=WORD, tls=tls) as server:
        broker = Broker.parse(server.url)
        send_order(make_app(broker, order_seconds=60.0), ORDER)
        post = Post(broker)
        post.put_order(ORDER, "cd" * 16, b"parcel")
        assert post.claim(ORDER, "w1", "2026-12-01T00:00:00Z", 5.0) == b"parcel"
        post.close()
        wrong = Post(Broker.parse(server.url.replace(WORD, "wrong")))
        with pytest.raises(BrokerAway) as refused:
            wrong.withdraw(ORDER)
        wrong.close()
    assert "wrong" not in str(refused.value)


def test_a_broker_that_is_away_is_one_sentence() -> None:
    with closed_port() as port:
        broker = Broker.parse(f"redis://:secret@127.0.0.1:{port}/0")
        for ask in (
            lambda: send_order(make_app(broker, order_seconds=60.0), ORDER),
            lambda: Post(broker).look("cd" * 16, [ORDER]),
        ):
            with pytest.raises(BrokerAway) as away:
                ask()
            assert "secret" not in str(away.value)


@pytest.mark.parametrize("name", ["a b", "Huế", "x" * 81, "a\x1bb", "a\n"])
def test_a_worker_takes_no_name_that_the_daemon_would_refuse(name: str) -> None:
    values = {key: value for key, value in vars(module).items() if key.isupper()}
    settings = read_settings(values | {"BROKER": "redis://127.0.0.1:1/0"}, {})
    with pytest.raises(UsageError, match="cannot be called"):
        run_worker(settings, name=name)


def test_a_trouble_of_the_engine_is_a_line_without_a_traceback() -> None:
    root, handler = logging.getLogger(), logging.StreamHandler(io.StringIO())
    root.addHandler(handler)
    try:
        _quieten()
        for name in ("kombu.asynchronous.hub", "celery.worker.consumer.consumer", "ours"):
            try:
                raise OSError("full")
            except OSError:
                logging.getLogger(name).exception("trouble")
    finally:
        root.removeHandler(handler)
        for each in root.handlers:
            each.removeFilter(_without_traceback)
    assert handler.stream.getvalue().count("Traceback") == 1


def test_a_worker_whose_clock_is_far_off_does_not_begin(redis: RedisServer) -> None:
    post, now = Post(Broker.parse(redis.url)), time.time()
    try:
        check_clock(post, now + 200)
        with pytest.raises(CrawlError, match="15 minutes ahead of"):
            check_clock(post, now + 900)
        with pytest.raises(CrawlError, match="60 minutes behind"):
            check_clock(post, now - 3600)
    finally:
        post.close()


def test_the_queue_keeps_orders_until_they_are_done_and_reads_json_only() -> None:
    conf = make_app(Broker.parse("redis://h/0"), order_seconds=100.0).conf
    wanted = {
        "accept_content": ["json"], "task_serializer": "json", "task_default_queue": "baotinh",
        "task_acks_late": True, "task_reject_on_worker_lost": True, "task_ignore_result": True,
        "worker_prefetch_multiplier": 1, "worker_hijack_root_logger": False,
        "worker_redirect_stdouts": False, "worker_enable_remote_control": False,
        "worker_send_task_events": False, "result_backend": None,
        "broker_connection_max_retries": None, "broker_connection_retry_on_startup": True,
        "broker_connection_timeout": 5.0, "broker_use_ssl": None, "task_publish_retry": False,
    }  # fmt: skip
    assert {name: conf[name] for name in wanted} == wanted
    assert conf.broker_transport_options == {
        "visibility_timeout": 750,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 5.0,
        "socket_keepalive": True,
    }


def test_an_order_that_was_not_begun_goes_back_into_the_queue() -> None:
    app = make_app(Broker.parse("redis://h/0"), order_seconds=60.0)
    done: list[str] = []

    def work(order: str) -> None:
        done.append(order)
        if order == "late":
            raise Unbegun(order)

    register(app, work)
    take = app.tasks[TASK]
    assert (TASK, take.acks_late, take.ignore_result) == ("baotinh.order", True, True)
    take("now")
    with pytest.raises(Reject) as refused:
        take("late")
    assert (done, refused.value.requeue, refused.value.reason) == (["now", "late"], True, "late")


def test_a_worker_takes_orders_in_threads_and_talks_to_no_other() -> None:
    assert worker_options("w1", 3) == {
        "hostname": "w1", "pool": "threads", "concurrency": 3, "queues": ["baotinh"],
        "quiet": True, "without_gossip": True, "without_mingle": True, "without_heartbeat": True,
        "loglevel": "INFO",
    }  # fmt: skip
    assert [exit_code(said) for said in (None, 0, 1, 73)] == [0, 0, 1, 73]


def test_a_broker_with_tls_is_checked_by_its_certificates() -> None:
    conf = make_app(Broker.parse("rediss://h/1"), order_seconds=60.0).conf
    assert conf.broker_url == "rediss://h:6379/1"
    assert conf.broker_use_ssl["ssl_cert_reqs"] == ssl.CERT_REQUIRED


def test_a_worker_that_is_told_to_end_says_so_once() -> None:
    ended: list[int] = []
    call_at_end(lambda: ended.append(1))
    signals.worker_shutting_down.send(sender="w1", sig="SIGTERM", how="Warm", exitcode=0)
    assert ended == [1]
