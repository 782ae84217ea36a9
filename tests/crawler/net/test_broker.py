"""Setting BROKER: what it may say, and a real Redis with password and TLS behind it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.net.broker import Broker, connect
from tests.support.redis import run_redis

if TYPE_CHECKING:
    from pathlib import Path


def test_a_url_names_host_port_database_user_and_password() -> None:
    assert Broker.parse("redis://x.vn") == Broker("x.vn", 6379, 0)
    assert Broker.parse("redis://:p%40ss@[::1]:7000/3") == Broker("::1", 7000, 3, password="p@ss")  # noqa: S106
    assert Broker.parse("rediss://tinh:pw@x.vn/2?ssl_ca_certs=/etc/ca.pem") == Broker(
        "x.vn", 6379, 2, "tinh", "pw", secure=True, certificates="/etc/ca.pem"
    )


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("localhost", "no redis://"),
        ("amqp://localhost", "no redis://"),
        ("redis://", "with a host"),
        ("redis://x.vn:port", "no URL"),
        ("redis://x.vn:99999", "no URL"),
        ("redis://x.vn/one", "no number"),
        ("redis://x.vn?ssl_ca_certs=/a", "rediss:// only"),
        ("rediss://x.vn?ssl_cert_reqs=none", "nothing else"),
        ("redis://x.vn/0#1", "nothing else"),
    ],
)
def test_what_is_no_broker_is_refused_with_the_reason(url: str, why: str) -> None:
    with pytest.raises(ValueError, match=re.escape(why)):
        Broker.parse(url)


def test_the_password_is_never_shown() -> None:
    broker = Broker.parse("rediss://:sesame@x.vn:7000")
    assert f"{broker} {broker!r}" == "rediss://x.vn:7000/0 <Broker rediss://x.vn:7000/0>"


@given(st.text() | st.text().map(lambda text: f"redis://{text}"))
def test_any_text_is_a_broker_or_a_value_error(text: str) -> None:
    try:
        assert Broker.parse(text).host
    except ValueError as error:
        assert str(error)  # noqa: PT017 - either is right, and the error must say something


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "TLS"])
def test_password_and_certificate_are_used(tmp_path: Path, tls: bool) -> None:
    from redis import RedisError

    with run_redis(tmp_path, password="mở cửa", tls=tls) as server:  # noqa: S106
        with connect(Broker.parse(server.url)) as client:
            assert client.ping()
        wrong = "127.0.0.1" if tls else f":no@127.0.0.1:{server.port}"
        scheme = f"rediss://:mở cửa@{wrong}:{server.port}" if tls else f"redis://{wrong}"
        with connect(Broker.parse(scheme)) as client, pytest.raises(RedisError):
            client.ping()


def test_a_killed_server_remembers_what_it_was_told(tmp_path: Path) -> None:
    from redis import RedisError

    with run_redis(tmp_path) as server, server.client() as client:
        client.set("name", "value")
        server.kill()
        with pytest.raises(RedisError):
            client.get("name")
        server.start()
        assert client.get("name") == b"value"
