"""Figures for Prometheus."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from crawler.errors import UsageError
from crawler.monitoring.metrics import Metrics

if TYPE_CHECKING:
    from pathlib import Path


def scrape(metrics: Metrics) -> dict[str, float]:
    """Every sample by its name and labels."""
    text = metrics._client.generate_latest(metrics._registry).decode()
    pairs = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in pairs}


def test_the_load_of_the_daemon_is_shown(tmp_path: Path) -> None:
    metrics = Metrics()
    (tmp_path / "archive.db-wal").write_bytes(b"x" * 123)
    since = [time.monotonic() - 40, time.monotonic() - 90]
    metrics.show_daemon(tmp_path / "archive.db", children=2, waiting=since, alarms=3)
    found = scrape(metrics)
    assert (found["baotinh_children"], found["baotinh_sources_due"]) == (2, 2)
    assert found["baotinh_late_seconds"] == pytest.approx(90, abs=5)
    assert (found["baotinh_alarms_waiting"], found["baotinh_wal_bytes"]) == (3, 123)


def test_a_source_is_in_one_state_and_outcomes_add_up() -> None:
    metrics = Metrics()
    metrics.show_health({"a": "broken"})
    metrics.show_health({"a": "ok"})
    metrics.count_pages("a", {"new": 2, "failed/timeout": 1})
    metrics.count_pages("a", {"new": 3})
    metrics.count_end("killed")
    found = scrape(metrics)
    states = {name: value for name, value in found.items() if "source_health" in name}
    assert [name for name, value in states.items() if value] == [
        'baotinh_source_health{source="a",state="ok"}'
    ]
    assert len(states) == 5
    assert found['baotinh_pages_total{outcome="new",source="a"}'] == 5
    assert found['baotinh_child_ends_total{how="killed"}'] == 1


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(UsageError, match="METRICS_ADDRESS"):
        Metrics().serve("127.0.0.1:99999")
