"""The next poll and the rhythm from what the archive knows."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.scheduling.policy import PollResult
from crawler.scheduling.polls import (
    Instants,
    plan_poll,
    read_first_run,
    read_instants,
    read_rhythm,
)
from crawler.sources import Source
from crawler.sources.model import Pace
from storage.instants import add_seconds, format_instant, parse_instant
from storage.records import Link, SourceRow
from storage.states import RunKind
from tests.support.template import open_new

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.archive import Archive

NOW = "2026-11-24T03:00:00Z"
DAYS_BEFORE = "2026-11-20T03:00:00Z"
SOURCE_ROW = SourceRow(id="a", name="A", kind="newspaper", province="Huế", homepage="https://a.vn/")


class Middle(Random):
    """No jitter."""

    def random(self) -> float:
        return 0.5


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_new(tmp_path / "archive.db") as archive:
        archive.sources.put(SOURCE_ROW)
        yield archive


def link(number: int, found_at: str, date: str | None = None) -> Link:
    url = f"https://a.vn/x-a{number}.html"
    return Link(
        source_id="a",
        url=url,
        canonical_url=url,
        key=str(number),
        found_at=found_at,
        date_hint=date,
    )


def source(poll: float | None = None) -> Source:
    pace = Pace(poll=poll)
    return Source(id="a", name="A", province="Huế", homepage="https://a.vn/", pace=pace)


def wait(archive: Archive, interval: float, poll: float | None = None) -> float:
    decision = plan_poll(
        archive, source(poll), 1, PollResult(), now=NOW, interval=interval, chance=Middle()
    )
    return (parse_instant(decision.at) - parse_instant(NOW)).total_seconds()


def test_the_source_files_poll_comes_before_the_interval(archive: Archive) -> None:
    assert wait(archive, 1800) > 4 * wait(archive, 300)
    assert wait(archive, 1800, poll=300) == wait(archive, 300)


def test_a_links_own_date_comes_before_the_time_it_was_found(archive: Archive) -> None:
    archive.links.add(
        [
            link(1, "2026-11-24T02:00:00Z", "Tue, 24 Nov 2026 08:30:00 +0700"),
            link(2, "2026-11-24T01:00:00Z"),
            link(3, "2026-09-01T00:00:00Z"),  # eight weeks are remembered
        ]
    )
    instants = [format_instant(each) for each in read_instants(archive, "a", now=NOW)]
    assert instants == ["2026-11-24T01:30:00Z", "2026-11-24T01:00:00Z"]


def test_dates_of_the_poll_itself_teach(archive: Archive) -> None:
    assert read_rhythm(archive, "a", now=NOW).known == 0
    dates = ["2026-11-24T09:00:00+07:00", None, "no date"]
    assert read_rhythm(archive, "a", now=NOW, dates=dates).known == 1


def test_observation_begins_with_the_first_run(archive: Archive) -> None:
    assert read_first_run(archive, "a") is None
    for started in (DAYS_BEFORE, NOW):
        archive.runs.start("a", RunKind.CRAWL, started)
    first = read_first_run(archive, "a")
    assert first is not None
    assert format_instant(first) == DAYS_BEFORE
    assert read_rhythm(archive, "a", now=NOW).rate < 0.15


@given(st.lists(st.tuples(st.integers(0, 70), st.integers(-40, 200)), max_size=200))
def test_instants_come_newest_first_however_links_were_found(
    tmp_path_factory: pytest.TempPathFactory, found: list[tuple[int, int]]
) -> None:
    with open_new(tmp_path_factory.mktemp("instants") / "archive.db") as archive:
        archive.sources.put(SOURCE_ROW)
        archive.links.add(
            [
                link(number, add_seconds(NOW, -86400 * days), add_seconds(NOW, -3600 * hours))
                for number, (days, hours) in enumerate(found)
            ]
        )
        everything = sorted(read_instants(archive, "a", now=NOW), reverse=True)
        assert list(Instants(archive, "a", now=NOW)) == everything


def test_the_newest_instants_need_few_links(archive: Archive) -> None:
    archive.links.add([link(n, add_seconds(NOW, -3600 * n)) for n in range(500)])
    asked: list[str] = []
    archive.connection.set_trace_callback(asked.append)
    newest = next(iter(Instants(archive, "a", now=NOW)))
    assert (format_instant(newest), len(asked)) == (NOW, 1)
    assert "limit 32" in asked[0]


def test_a_date_days_after_the_find_is_no_time_of_publication(archive: Archive) -> None:
    found = "2026-11-20T02:00:00Z"
    archive.links.add([link(1, found, "2026-11-21T01:59:00Z"), link(2, found, "2026-11-21T02:01Z")])
    instants = {format_instant(each) for each in read_instants(archive, "a", now=NOW)}
    assert instants == {"2026-11-21T01:59:00Z", found}
