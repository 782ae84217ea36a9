"""One request and the raw socket it came on: what a behaviour answers with."""

from __future__ import annotations

import contextlib
import gzip
import socket
import struct
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

if TYPE_CHECKING:
    import threading

MAX_REQUEST = 64 * 1024
HTML = "text/html; charset=utf-8"
XML = "application/xml; charset=utf-8"


@dataclass(slots=True)
class Hit:
    """One request as the server saw it; the numbers fill in while it is answered."""

    at: float
    """Monotonic seconds when its first line was read."""
    method: str
    target: str
    headers: dict[str, str]
    connection: int
    sent: int = 0
    ended: float = 0.0
    status: int = 0

    @property
    def path(self) -> str:
        return unquote(urlsplit(self.target).path)

    @property
    def query(self) -> dict[str, str]:
        values = parse_qs(urlsplit(self.target).query, keep_blank_values=True)
        return {name: value[-1] for name, value in values.items()}


@dataclass(slots=True)
class Exchange:
    """What a behaviour works with. Raises OSError when the client has gone."""

    sock: socket.socket
    hit: Hit
    base: str
    """``http://host:port``, without a slash."""
    stopping: threading.Event
    times: int = 1
    """How often this path was asked for, this time included."""
    keep: bool = True
    """Whether the connection may serve another request afterwards."""
    fields: list[tuple[str, str]] = field(default_factory=list)
    """Headers added to whatever `reply` sends."""

    def send(self, data: bytes | str) -> None:
        """Send bytes as they are."""
        raw = data.encode() if isinstance(data, str) else data
        self.sock.sendall(raw)
        self.hit.sent += len(raw)

    def reply(
        self,
        body: bytes | str = b"",
        status: int = 200,
        content_type: str = HTML,
        **headers: str,
    ) -> None:
        """Send a whole, correct answer; ``headers`` with ``_`` for ``-``."""
        raw = body.encode() if isinstance(body, str) else body
        self.head(status, content_type, Content_Length=str(len(raw)), **headers)
        if self.hit.method != "HEAD":
            self.send(raw)

    def head(self, status: int = 200, content_type: str = HTML, **headers: str) -> None:
        """Send status line and headers only."""
        self.hit.status = status
        lines = [f"HTTP/1.1 {status} {'OK' if status == 200 else 'No'}"]
        if content_type:
            lines.append(f"Content-Type: {content_type}")
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        lines += [f"{name}: {value}" for name, value in self.fields]
        self.send("\r\n".join(lines) + "\r\n\r\n")

    def redirect(self, location: str, status: int = 302) -> None:
        """Send a redirect."""
        self.reply(b"", status, Location=location)

    def reply_if_changed(self, body: bytes, content_type: str, etag: str, modified: str) -> None:
        """Send the body, or 304 when the client already has it (gzip when it may be)."""
        known = self.hit.headers.get("if-none-match", "")
        since = self.hit.headers.get("if-modified-since", "")
        if known == etag or (not known and since == modified and modified):
            self.head(304, "", ETag=etag, Last_Modified=modified)
            return
        extra = {"ETag": etag, "Last_Modified": modified}
        if "gzip" in self.hit.headers.get("accept-encoding", ""):
            body, extra["Content_Encoding"] = gzip.compress(body, 1, mtime=0), "gzip"
        self.reply(body, 200, content_type, **extra)

    def wait(self, seconds: float) -> None:
        """Sleep, but not beyond the site's own end. Raises OSError then."""
        if self.stopping.wait(seconds):
            raise ConnectionAbortedError("the site stops")

    def drip(self, data: bytes, pause: float) -> None:
        """Send one byte per ``pause`` seconds."""
        for byte in data:
            self.send(bytes([byte]))
            self.wait(pause)

    def flood(self, chunks: Iterator[bytes], limit: int) -> None:
        """Send until the client goes or ``limit`` bytes are out: no test floods for ever."""
        for chunk in chunks:
            self.send(chunk)
            if self.hit.sent > limit or self.stopping.is_set():
                return

    def hang(self, seconds: float = 120.0) -> None:
        """Say nothing until the client goes, the site stops or ``seconds`` are over."""
        self.keep = False
        deadline = time.monotonic() + seconds
        self.sock.settimeout(0.5)
        while time.monotonic() < deadline and not self.stopping.is_set():
            with contextlib.suppress(TimeoutError):
                if not self.sock.recv(1024):
                    return

    def reset(self) -> None:
        """End the connection with RST instead of FIN."""
        self.keep = False
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def close(self) -> None:
        """End the connection in order after this answer."""
        self.keep = False


Behaviour = Callable[[Exchange], None]


def read_request(sock: socket.socket, connection: int) -> Hit | None:
    """Read one request head (bodies are not expected); None when the client has gone."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = sock.recv(8192)
        if not piece or len(data) > MAX_REQUEST:
            return None
        data += piece
    lines = data.split(b"\r\n\r\n", 1)[0].decode("latin-1").split("\r\n")
    method, target, _ = (lines[0] + "  ").split(" ", 2)
    headers = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    return Hit(time.monotonic(), method, target, headers, connection)
