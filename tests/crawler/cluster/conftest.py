"""A Redis for the tests of one module, emptied before each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.cluster import Office, open_office
from tests.support.redis import RedisServer, run_redis

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.crawls import Desk


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with run_redis(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def redis(server: RedisServer) -> RedisServer:
    with server.client() as client:
        client.flushall()
    return server


@pytest.fixture
def office(desk: Desk, redis: RedisServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with open_office(desk, redis, monkeypatch) as office:
        yield office
