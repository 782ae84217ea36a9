"""``baotinh serve`` as a child process, asked over loopback."""

from __future__ import annotations

import contextlib
import http.client
import os
import secrets
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass(frozen=True, slots=True)
class Served:
    """A running server."""

    port: int
    captures_port: int
    log: Path
    pid: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def peak_mb(self) -> float:
        """The greatest memory it ever had, in megabytes."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) / 1024

    def get(
        self, path: str, /, *, port: int = 0, host: str = "", etag: str = "", **fields: str
    ) -> Answer:
        """Ask for a page; Vietnamese unless ``lang`` says otherwise."""
        conn = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=20)
        target = path + (f"?{urlencode(fields)}" if fields else "")
        named = {"Host": host, "If-None-Match": etag}
        headers = {"Accept-Language": "vi", **{name: text for name, text in named.items() if text}}
        try:
            conn.request("GET", target, headers=headers)
            response = conn.getresponse()
            names = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, names, response.read())
        finally:
            conn.close()


def free_port() -> int:
    """Return a port that nobody listens on, and neither on the next one.

    It is below those that systems give to connections and to who asks for any port: none of these
    takes it before it is used.
    """
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with (
            contextlib.suppress(OSError),
            socket.create_server(("127.0.0.1", port)),
            socket.create_server(("127.0.0.1", port + 1)),
        ):
            return port


@contextlib.contextmanager
def closed_port() -> Iterator[int]:
    """Hold a port that refuses every connection until the block ends."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        yield int(closed.getsockname()[1])


@contextlib.contextmanager
def serve(archive: Path, *options: str, before: tuple[str, ...] = ()) -> Iterator[Served]:
    """Serve an archive until the block ends; ``before`` are global options."""
    port = free_port()
    log = archive.with_name("serve.log")
    args = [sys.executable, "-m", "crawler", "--archive", str(archive), *before, "serve"]
    with log.open("wb") as stderr:
        child = _start([*args, "--port", str(port), *options], stderr)
        try:
            _wait(port, child)
            yield Served(port, port + 1, log, child.pid)
        finally:
            child.terminate()
            child.wait(20)


def _start(args: list[str], stderr: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(args, stderr=stderr, env=os.environ | {"PYTHONUNBUFFERED": "1"})


def _wait(port: int, child: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and child.poll() is None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            conn = http.client.HTTPConnection("127.0.0.1", port, timeout=START_SECONDS)
            try:
                conn.request("GET", "/robots.txt")
                conn.getresponse().read()
            finally:
                conn.close()
            return
        time.sleep(0.05)
    raise AssertionError(f"nothing answers at port {port}")


def path_of(url: str) -> str:
    """Return path and query of an address."""
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")
