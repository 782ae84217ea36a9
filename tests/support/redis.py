"""A real redis-server on a free loopback port: killed, started again, with password or TLS."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from crawler.net.broker import Broker, connect
from tests.support.certificates import make_certificate
from tests.support.servers import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from redis import Redis

PROGRAM = shutil.which("redis-server")
START_SECONDS = 30


@dataclass(slots=True)
class RedisServer:
    """One server with a folder of its own; what it was told survives a kill."""

    folder: Path
    password: str = ""
    certificate: Path | None = None
    """PEM file of certificate and key: TLS only."""
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """As setting BROKER wants it."""
        user = f":{self.password}@" if self.password else ""
        if self.certificate is None:
            return f"redis://{user}127.0.0.1:{self.port}/0"
        return f"rediss://{user}127.0.0.1:{self.port}/0?ssl_ca_certs={self.certificate}"

    def start(self) -> None:
        """Start it, again too, and wait until it answers."""
        assert PROGRAM is not None
        with (self.folder / "redis.log").open("ab") as log:
            self.process = subprocess.Popen(
                [PROGRAM, *self._options()],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.wait_until_up()

    def wait_until_up(self) -> None:
        """Wait until it answers."""
        end = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.process is not None and self.process.poll() is not None:
                raise AssertionError((self.folder / "redis.log").read_text())
            assert time.monotonic() < end, "redis-server did not start"
            time.sleep(0.02)

    def kill(self) -> None:
        """``kill -9``; harmless when it does not run."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def client(self) -> Redis:
        """A connection; to be closed."""
        return connect(Broker.parse(self.url))

    def _answers(self) -> bool:
        import redis

        with contextlib.suppress(redis.RedisError), self.client() as client:
            return bool(client.ping())
        return False

    def _options(self) -> list[str]:
        words = {
            "bind": "127.0.0.1",
            "dir": str(self.folder),
            "save": "",
            "appendonly": "yes",
            "appendfsync": "always",
            "maxmemory-policy": "noeviction",
            "port": str(self.port),
        }
        if self.password:
            words["requirepass"] = self.password
        if self.certificate is not None:
            pem = str(self.certificate)
            words |= {"port": "0", "tls-port": str(self.port), "tls-auth-clients": "no"}
            words |= {"tls-cert-file": pem, "tls-key-file": pem, "tls-ca-cert-file": pem}
        return [word for name, value in words.items() for word in (f"--{name}", value)]


@contextlib.contextmanager
def run_redis(folder: Path, *, password: str = "", tls: bool = False) -> Iterator[RedisServer]:
    """A running server; killed at the end of the block. Skips the test where there is none."""
    if PROGRAM is None:
        pytest.skip("there is no redis-server: install Debian's package redis-server")
    pytest.importorskip("redis", reason="the extra `cluster` is not installed")
    folder.mkdir(parents=True, exist_ok=True)
    certificate = None
    if tls:
        make_certificate(folder)
        (certificate,) = folder.glob("*.pem")
    server = RedisServer(folder, password, certificate)
    try:
        server.start()
        yield server
    finally:
        server.kill()
