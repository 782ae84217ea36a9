"""When a source is due, by its seeds, pages and hosts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crawler.runs.links import row_of
from crawler.scheduling.due import NEVER_POLLED, Due, current_seeds, has_failed, read_due
from crawler.sources import Seed, Source
from storage.records import HostState, Link, Poll
from storage.states import RunKind, RunState, SeedKind
from tests.support.template import open_new

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.archive import Archive

FEED, LISTING = "https://a.vn/rss", "https://b.vn/xa-hoi/"
NOW = "2026-11-24T03:00:00Z"
POLLED = "2026-11-24T02:00:00Z"


def make(*urls: str) -> Source:
    seeds = tuple(Seed(kind=SeedKind.FEED, url=url) for url in urls)
    return Source(id="a", name="A", province="Huế", homepage="https://a.vn/", seeds=seeds)


BOTH = make(FEED, LISTING)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_new(tmp_path / "archive.db") as archive:
        archive.sources.put(row_of(BOTH))
        yield archive


def poll(archive: Archive, url: str, then: str | None, *, why: str = "so", **more: Any) -> None:
    (seed,) = archive.seeds.put("a", [("feed", url)])
    facts: dict[str, Any] = {"polled_at": POLLED, "next_poll_at": then, "next_poll_why": why}
    archive.seeds.record_poll(Poll(seed_id=seed.id, **facts | more), [])


def due(archive: Archive, source: Source = BOTH, slack: float = 900.0) -> Due:
    return read_due(archive, source, now=NOW, slack=slack)


@pytest.mark.parametrize(
    ("at", "wait"),
    [
        (NOW, 0.0),
        ("2026-11-24T02:00:00Z", 0.0),
        ("2026-11-24T03:01:00Z", 60.0),
        ("2026-11-24T04:00:00Z", 100.0),
        (NEVER_POLLED, 0.0),
    ],
)
def test_a_wait_is_never_longer_than_the_longest(at: str, wait: float) -> None:
    assert Due(source_id="a", at=at, why="so").wait(NOW, 100.0) == wait


def test_the_seed_that_is_due_first_decides(archive: Archive) -> None:
    assert due(archive).at == NEVER_POLLED
    poll(archive, FEED, "2026-11-24T03:30:00Z", why="the feed")
    assert due(archive).at == NEVER_POLLED, "one seed was never polled"
    assert due(archive, make(FEED)).at == "2026-11-24T03:30:00Z"
    poll(archive, LISTING, "2026-11-24T03:20:00Z", why="the listing")
    found = due(archive)
    assert (found.at, found.why, found.cause) == ("2026-11-24T03:20:00Z", "the listing", "poll")
    poll(archive, LISTING, None)
    assert due(archive).at == NEVER_POLLED
    assert due(archive, make()).at == NEVER_POLLED


def test_a_plan_of_a_clock_that_was_ahead_is_due_now(archive: Archive) -> None:
    poll(archive, FEED, "2026-12-24T03:00:00Z")
    assert due(archive, make(FEED)).at == NOW


def put_link(archive: Archive, then: str) -> None:
    url = "https://a.vn/tin-a1.html"
    link = Link(
        source_id="a", url=url, canonical_url=url, key="1", found_at=POLLED, next_try_at=then
    )
    archive.links.add([link])


@pytest.mark.parametrize(
    ("slack", "at", "cause"),
    [
        (600.0, "2026-11-24T03:15:00Z", "page"),
        (900.0, "2026-11-24T03:20:00Z", "page"),
        (1800.0, "2026-11-24T03:30:00Z", "poll"),
    ],
)
def test_pages_that_wait_share_the_process_of_a_poll_within_the_slack(
    archive: Archive, slack: float, at: str, cause: str
) -> None:
    poll(archive, FEED, "2026-11-24T03:30:00Z")
    put_link(archive, "2026-11-24T03:05:00Z")
    found = due(archive, make(FEED), slack)
    assert (found.at, found.cause) == (at, cause)


@pytest.mark.parametrize(
    ("a", "b", "at"),
    [
        (None, None, "2026-11-24T03:20:00Z"),
        ("2026-11-24T05:00:00Z", None, "2026-11-24T03:20:00Z"),
        ("2026-11-24T05:00:00Z", "2026-11-24T04:00:00Z", "2026-11-24T04:00:00Z"),
        ("2026-11-24T03:20:00Z", "2026-11-24T03:20:00Z", "2026-11-24T03:20:00Z"),
        ("2027-11-24T03:20:00Z", "2027-11-24T03:20:00Z", "2026-11-24T03:20:00Z"),
    ],
)
def test_a_source_waits_while_none_of_its_hosts_may_be_asked(
    archive: Archive, a: str | None, b: str | None, at: str
) -> None:
    for url in (FEED, LISTING):
        poll(archive, url, "2026-11-24T03:20:00Z")
    for host, until in (("a.vn", a), ("b.vn", b)):
        if until:
            archive.hosts.put(HostState(host=host, not_before=until, reason=f"{host} asked"))
    found = due(archive)
    assert found.at == at
    assert found.cause == ("host" if at == "2026-11-24T04:00:00Z" else "poll")
    if found.cause == "host":
        assert found.why == "b.vn asked"


def test_seeds_of_the_file_count_with_those_that_stand_in_for_them(archive: Archive) -> None:
    archive.seeds.put("a", [("feed", FEED), ("feed", "https://a.vn/old")])
    found = archive.seeds.put_substitute("a", SeedKind.LISTING, "https://a.vn/moi/", NOW)
    (index,) = archive.seeds.put("a", [("sitemap", "https://a.vn/sitemap.xml")])
    archive.seeds.put_children(index, ["https://a.vn/sitemap-1.xml"])
    assert {seed.url for seed in current_seeds(archive, make(FEED))} == {FEED, found.url}
    assert "https://a.vn/sitemap-1.xml" not in {seed.url for seed in current_seeds(archive, make())}
    assert len(current_seeds(archive, make())) == 4


def test_a_source_has_failed_with_all_its_seeds_or_its_last_crawl(archive: Archive) -> None:
    assert not has_failed(archive, BOTH)
    poll(archive, FEED, None, failures=1.0, error="x", reason="timeout")
    assert has_failed(archive, make(FEED))
    poll(archive, LISTING, None)
    assert not has_failed(archive, BOTH)
    for state, failed in ((RunState.FAILED, True), (RunState.FINISHED, False)):
        run = archive.runs.start("a", RunKind.CRAWL, NOW)
        archive.runs.finish(run, state, NOW)
        assert has_failed(archive, BOTH) is failed
