"""The loopback server: a thread a connection, a log of every request, an end of its own."""

from __future__ import annotations

import contextlib
import itertools
import json
import socket
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Self

from tests.site.exchange import Behaviour, Exchange, Hit, read_request

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable, Mapping
    from types import TracebackType

MAX_THREADS = 200
CONTROL = "/_ctl/"


def not_found(exchange: Exchange) -> None:
    """What an unknown path gets."""
    exchange.reply("<html><h1>404 Không tìm thấy trang</h1></html>", 404)


class Site:
    """A site on a free loopback port: ``routes`` first, then ``fallback``.

    A route ending in ``*`` matches by its beginning. The site ends with its context, and in any
    case ``lifetime`` seconds after its start.
    """

    def __init__(
        self,
        routes: Mapping[str, Behaviour] | None = None,
        fallback: Behaviour = not_found,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        called: str = "",
        lifetime: float = 900.0,
        tls: ssl.SSLContext | None = None,
        tls_hangs: bool = False,
    ) -> None:
        self.called = called
        """A host name that resolves to ``host``; the site then calls itself by it."""
        self.tls = tls
        self.tls_hangs = tls_hangs
        self.routes = dict(routes or {})
        self.fallback = fallback
        self.hits: list[Hit] = []
        self.phase = 0
        self.max_concurrent = 0
        self._lock = threading.Lock()
        self._open = 0
        self._busy = 0
        self._counts: Counter[str] = Counter()
        self.stopping = threading.Event()
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, port), family=family, backlog=64)
        self._listener.settimeout(0.1)
        self._deadline = time.monotonic() + lifetime
        self.host, self.port = self._listener.getsockname()[:2]
        self._thread = threading.Thread(target=self._accept, name="site", daemon=True)

    @property
    def netloc(self) -> str:
        place = self.called or self.host
        return place if self.port in (80, 443) else f"{place}:{self.port}"

    @property
    def base(self) -> str:
        return f"{'https' if self.tls else 'http'}://{self.netloc}"

    def url(self, path: str) -> str:
        return self.base + path

    def count(self, path: str) -> int:
        """How often exactly this path (without query) was asked for."""
        return self._counts[path]

    def paths(self) -> list[str]:
        """All targets in order."""
        return [hit.target for hit in self.hits]

    def min_gap(self) -> float:
        """Seconds between the two closest requests; infinite below two requests."""
        times = sorted(hit.at for hit in self.hits)
        return min((b - a for a, b in itertools.pairwise(times)), default=float("inf"))

    def reset(self) -> None:
        """Forget the requests so far."""
        with self._lock:
            self.hits.clear()
            self._counts.clear()
            self.max_concurrent = 0

    def move(self, host: str, port: int, called: str = "") -> Self:
        """Listen elsewhere; only before the start."""
        self._listener.close()
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, port), family=family, backlog=64)
        self._listener.settimeout(0.1)
        self.host, self.port = self._listener.getsockname()[:2]
        self.called = called
        return self

    def start(self) -> Self:
        self._thread.start()
        return self

    def stop(self) -> None:
        self.stopping.set()
        self._thread.join(5)
        self._listener.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _accept(self) -> None:
        number = 0
        while not self.stopping.is_set() and time.monotonic() < self._deadline:
            try:
                sock, _ = self._listener.accept()
            except TimeoutError:
                continue
            if self._open >= MAX_THREADS:
                sock.close()
                continue
            number += 1
            self._open += 1
            threading.Thread(target=self._serve, args=(sock, number), daemon=True).start()
        self.stopping.set()

    def _serve(self, sock: socket.socket, number: int) -> None:
        with contextlib.suppress(OSError), sock:
            if self.tls_hangs:
                self.stopping.wait(60)
                return
            if self.tls is not None:
                sock.settimeout(10)
                sock = self.tls.wrap_socket(sock, server_side=True)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while not self.stopping.is_set():
                sock.settimeout(30)
                hit = read_request(sock, number)
                if hit is None or not self._answer(sock, hit):
                    break
        sock.close()
        self._open -= 1

    def _answer(self, sock: socket.socket, hit: Hit) -> bool:
        """Answer one request; whether the connection may go on."""
        if hit.path.startswith(CONTROL):
            self._control(Exchange(sock, hit, self.base, self.stopping))
            return True
        with self._lock:
            self.hits.append(hit)
            self._counts[hit.path] += 1
            self._busy += 1
            self.max_concurrent = max(self.max_concurrent, self._busy)
            times = self._counts[hit.path]
        exchange = Exchange(sock, hit, self.base, self.stopping, times)
        try:
            self._find(hit.path)(exchange)
        finally:
            hit.ended = time.monotonic()
            with self._lock:
                self._busy -= 1
        return exchange.keep

    def _find(self, path: str) -> Behaviour:
        if path in self.routes:
            return self.routes[path]
        stars = [route for route in self.routes if route.endswith("*")]
        fitting = [route for route in stars if path.startswith(route[:-1])]
        return self.routes[max(fitting, key=len)] if fitting else self.fallback

    def _control(self, exchange: Exchange) -> None:
        """``/_ctl/stats``, ``/_ctl/reset``, ``/_ctl/phase?n=1``: JSON about the requests."""
        action = exchange.hit.path.removeprefix(CONTROL)
        if action == "reset":
            self.reset()
        elif action == "phase":
            self.phase = int(exchange.hit.query.get("n", "0"))
        exchange.reply(json.dumps(self.stats()), content_type="application/json")

    def stats(self) -> dict[str, object]:
        """Counts and timing of all requests so far."""
        hits: Iterable[Hit] = list(self.hits)
        gap = self.min_gap()
        return {
            "requests": dict(self._counts),
            "max_concurrent": self.max_concurrent,
            "min_gap": None if gap == float("inf") else round(gap, 4),
            "sent": sum(hit.sent for hit in hits),
            "phase": self.phase,
        }


class Canary:
    """A listener that nobody may ever connect to."""

    def __init__(self, host: str = "127.0.0.9", port: int = 0) -> None:
        self._site = Site(host=host, port=port)
        self.netloc = self._site.netloc
        self.port = self._site.port
        self.touched = 0
        self._site._serve = self._touch  # type: ignore[method-assign]

    def prove(self) -> None:
        """Show that it can be reached, then forget that. Raises OSError when it cannot."""
        with socket.create_connection((self._site.host, self.port), timeout=5) as sock:
            sock.recv(1)
        self.touched = 0

    def _touch(self, sock: socket.socket, _: int) -> None:
        self.touched += 1
        sock.close()

    def __enter__(self) -> Self:
        self._site.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._site.stop()
