"""How the crawl of one source is reported, and whose turn comes next."""

from __future__ import annotations

from typing import Any

import pytest

from crawler.process import CrawlReport, Turn
from tests.support.health import met


@pytest.mark.parametrize(
    ("changes", "failed"),
    [
        ({"run": met("02:00", {"new": 3, "rejected/no-body": 1})}, False),
        ({"run": met("02:00", {"new": 3, "failed/timeout": 1})}, True),
        ({"run": met("02:00", {"new": 3}), "complaints": ("a seed fails",)}, True),
        ({"run": met("02:00", {"new": 3}), "error": "it was stopped"}, True),
        ({"run": None}, False),
        ({"run": None, "error": ""}, True),
    ],
)
def test_a_crawl_has_failed_where_a_page_a_seed_or_itself_did(
    changes: dict[str, Any], failed: bool
) -> None:
    assert CrawlReport(source_id="a", **changes).failed is failed


def test_a_turn_ends_once() -> None:
    started: list[int] = []
    turn = Turn(lambda: started.append(1))
    turn.end()
    turn.end()
    assert started == [1]
