"""Setting BROKER: what it may say, and a real Redis with password and TLS behind it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import UsageError
from crawler.net.broker import Broker, connect, parse_broker
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


@pytest.mark.parametrize(
    "url",
    [
        "redis://x.vn:6379/0",
        "redis://[::1]:7000/99999",
        "rediss://x.vn:1/2",
        "redis://10.0.0.1:1/0",
    ],
)
def test_a_broker_is_shown_as_it_is_named(url: str) -> None:
    assert str(Broker.parse(f"  {url} ")) == url


@pytest.mark.parametrize("database", ["100000", "-1", "1.5", "\u0661", "1/2"])
def test_a_database_is_a_number_of_at_most_five_digits(database: str) -> None:
    with pytest.raises(ValueError, match="no number"):
        Broker.parse(f"redis://x.vn/{database}")


def test_setting_broker_is_named_in_what_is_wrong_with_it() -> None:
    assert parse_broker("redis://x.vn").port == 6379
    with pytest.raises(UsageError, match=r"BROKER is no redis:// or rediss:// URL with a host"):
        parse_broker("http://x.vn")


def test_a_client_repeats_nothing_and_waits_five_seconds() -> None:
    broker = Broker("x.vn", 7000, 3, "tinh", "pw", secure=True, certificates="/etc/ca.pem")
    client = connect(broker)
    said = client.connection_pool.connection_kwargs
    wanted = {
        "host": "x.vn",
        "port": 7000,
        "db": 3,
        "username": "tinh",
        "password": "pw",
        "ssl_ca_certs": "/etc/ca.pem",
        "socket_timeout": 5.0,
        "socket_connect_timeout": 5.0,
    }
    assert {name: said[name] for name in wanted} == wanted
    assert client.connection_pool.connection_class.__name__ == "SSLConnection"
    assert said["retry"].get_retries() == 0
    assert "ssl_ca_certs" not in connect(Broker("x.vn", 1, 0)).connection_pool.connection_kwargs


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
