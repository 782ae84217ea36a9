"""Prometheus metrics of the daemon, on loopback; needs the extra ``metrics``."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

from crawler.errors import UsageError
from crawler.monitoring.verdicts import HealthState
from crawler.net.addresses import parse_host

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

DEFAULT_PORT = 9187


class Metrics:
    """Counters and gauges, and the small HTTP server that shows them. Raises UsageError."""

    def __init__(self) -> None:
        try:
            import prometheus_client as client
        except ImportError:
            raise UsageError(
                "METRICS_ADDRESS needs prometheus-client: pip install 'baotinh[metrics]'"
            ) from None

        def gauge(name: str, text: str, labels: Sequence[str] = ()) -> client.Gauge:
            return client.Gauge(f"baotinh_{name}", text, labels, registry=self._registry)

        def counter(name: str, text: str, labels: Sequence[str]) -> client.Counter:
            return client.Counter(f"baotinh_{name}", text, labels, registry=self._registry)

        self._client = client
        self._registry = client.CollectorRegistry()
        self.held = gauge("held", "1 while no crawl may start")
        self._children = gauge("children", "Child processes running now")
        self._due = gauge("sources_due", "Sources that are due and wait for a child")
        self._late = gauge("late_seconds", "How long the first of them waits")
        self._pending = gauge("alarms_waiting", "Alarms not delivered yet")
        self._free = gauge("disk_free_bytes", "Free beside the archive")
        self._wal = gauge("wal_bytes", "Size of the write-ahead log")
        self._health = gauge("source_health", "1 for the state a source is in", ["source", "state"])
        self._pages = counter("pages", "Pages handled", ["source", "outcome"])
        self._ended = counter("child_ends", "Children ended", ["how"])
        self._orders = counter("order_ends", "Orders of workers ended", ["worker", "how"])
        client.ProcessCollector(registry=self._registry)

    def serve(self, address: str) -> Callable[[], None]:
        """Serve at ``host:port``; return how to stop. Raises UsageError, OSError."""
        try:
            host, port = parse_host(address)
        except ValueError as error:
            raise UsageError(f"METRICS_ADDRESS={address!r}: {error}") from None
        server, thread = self._client.start_http_server(
            DEFAULT_PORT if port is None else port, addr=host, registry=self._registry
        )

        def stop() -> None:
            server.shutdown()
            server.server_close()
            thread.join()

        return stop

    def show_daemon(
        self, archive: Path, *, children: int, waiting: Sequence[float], alarms: int
    ) -> None:
        """Show the daemon's load; ``waiting`` holds since when sources wait, monotonic seconds."""
        self._children.set(children)
        self._due.set(len(waiting))
        self._late.set(time.monotonic() - min(waiting) if waiting else 0.0)
        self._pending.set(alarms)
        self._free.set(shutil.disk_usage(archive.parent).free)
        wal = archive.with_name(archive.name + "-wal")
        self._wal.set(wal.stat().st_size if wal.exists() else 0)

    def show_health(self, states: Mapping[str, str]) -> None:
        """Show the state of every source that was judged; ``states``: source id -> state."""
        for source_id, state in states.items():
            for name in HealthState:
                self._health.labels(source_id, str(name)).set(name == state)

    def count_pages(self, source_id: str, outcomes: Mapping[str, int]) -> None:
        """Count the outcomes of a run."""
        for outcome, number in outcomes.items():
            self._pages.labels(source_id, outcome).inc(number)

    def count_end(self, how: str, worker: str = "") -> None:
        """Count the end of a child: ``finished``, ``failed``, ``killed``, or ``lost``."""
        self._ended.labels(how).inc()
        if worker:
            self._orders.labels(worker, how).inc()
