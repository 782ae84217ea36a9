"""What a clock wrote that was ahead is brought back to now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage.states import RunKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.archive import Archive
    from storage.records import Article, Link

NOW = "2026-10-02T11:38:00Z"
AHEAD = "2026-10-02T11:38:03Z"
VISIT = "2026-10-09T00:00:00Z"


def fill(
    archive: Archive, article: Callable[..., Article], link: Callable[..., Link], at: str
) -> None:
    found = link(1, found_at=at)
    archive.add(article(1, fetched_at=at), link=found, capture=None, run_id=None, revisit_at=VISIT)


@pytest.mark.parametrize(
    ("started_at", "later_runs", "brought"),
    [
        (AHEAD, 0, 1),
        (AHEAD, 4, 1),
        (AHEAD, 5, 0),  # the first run by a right clock sees it
        ("2026-10-02T11:38:02Z", 0, 0),
    ],
)
def test_one_of_the_last_five_runs_was_ahead(
    archive: Archive,
    article: Callable[..., Article],
    link: Callable[..., Link],
    started_at: str,
    later_runs: int,
    brought: int,
) -> None:
    fill(archive, article, link, AHEAD)
    for at in (started_at, *[NOW] * later_runs):
        archive.runs.start("baolongan", RunKind.CRAWL, at)
    planned: list[tuple[str, str]] = []

    def plan(found_at: str, now: str) -> str:
        planned.append((found_at, now))
        return "2026-10-03T00:00:00Z"

    assert archive.ahead.bring_back("baotayninh", NOW, plan) == 0
    assert archive.ahead.bring_back("baolongan", NOW, plan) == brought
    assert planned == [(NOW, NOW)] * brought
    stored = archive.article(1)
    known = archive.links.find("baolongan", "1")
    assert stored is not None
    assert known is not None
    assert stored.last_seen_at == (NOW if brought else AHEAD)
    assert known.found_at == (NOW if brought else AHEAD)
    assert known.next_try_at == ("2026-10-03T00:00:00Z" if brought else VISIT)


def test_what_lies_two_seconds_ahead_stays(
    archive: Archive, article: Callable[..., Article], link: Callable[..., Link]
) -> None:
    fill(archive, article, link, "2026-10-02T11:38:02Z")
    archive.runs.start("baolongan", RunKind.CRAWL, AHEAD)
    assert archive.ahead.bring_back("baolongan", NOW, lambda *_: None) == 0
