"""``baotinh status`` in the forms people and programs read."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from crawler.daemon.preflight import DaemonLock
from crawler.monitoring.status import _judge, _last_answer, _recall, is_fresh, is_recent
from storage.frontier.health import HealthRow, KeptTrouble
from storage.records import SourceRow
from tests.site.town import Town
from tests.support.crawls import Desk
from tests.support.health import at, met, seed
from tests.support.health import facts as health_facts
from tests.support.template import open_new

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.archive import Archive


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with Town(4) as town:
        desk = Desk(tmp_path_factory.mktemp("status"))
        desk.add_source(town.base, seeds=[("feed", "/rss/home.rss")])
        desk.add_source(town.base, "lost", seeds=[("feed", "/rss/none.rss")])
        assert desk.crawl("town").returncode == 0
        assert desk.crawl("lost").returncode == 1
        yield desk


def test_the_table_has_a_line_for_each_source_crawled(crawled: Desk) -> None:
    done = crawled.run("status")
    lines = {line.split("\t")[0]: line.split("\t") for line in done.stdout.splitlines()}
    assert set(lines) == {"town", "lost"}
    assert lines["town"][1:3] == ["ok", "4"]
    assert lines["lost"][1] == "broken"
    assert "4 new" in lines["town"][5]
    assert "no daemon" in done.stderr


def test_one_source_says_when_it_is_polled_next_and_why(crawled: Desk) -> None:
    done = crawled.run("status", "town")
    assert done.returncode == 0
    assert "articles an hour" in done.stdout
    assert "next poll   20" in done.stdout


def test_json_names_health_outcomes_and_next_poll(crawled: Desk) -> None:
    rows = [json.loads(line) for line in crawled.run("status", "--json").stdout.splitlines()]
    town = next(row for row in rows if row["source"] == "town")
    assert (town["health"], town["outcomes"]) == ("ok", {"new": 4})
    assert town["next_poll_at"].endswith("Z")
    assert town["next_poll_why"]
    assert town["last_run"]["state"] == "finished"


def test_check_fails_and_names_what_is_not_ok(crawled: Desk) -> None:
    done = crawled.run("status", "--check")
    assert done.returncode == 1
    assert "lost is broken" in done.stderr
    assert "404" in done.stderr
    assert crawled.run("status", "town", "--check").returncode == 0


def test_daemon_says_whether_one_is_at_work(crawled: Desk) -> None:
    done = crawled.run("status", "--daemon")
    assert (done.returncode, done.stdout) == (1, "")
    assert "no daemon is running" in done.stderr
    with DaemonLock(crawled.archive):
        done = crawled.run("status", "--daemon")
    assert done.returncode == 0
    assert f"the daemon is process {os.getpid()};" in done.stderr


def test_a_source_whose_file_is_gone_stays_in_sight(crawled: Desk) -> None:
    file = crawled.sources / "town.toml"
    text = file.read_text(encoding="utf-8")
    file.unlink()
    try:
        assert crawled.run("status").stdout.count("unlisted") == 1
        assert "no source file has this id" in crawled.run("status", "town").stdout
        assert crawled.run("status", "town", "--check").returncode == 0
    finally:
        file.write_text(text, encoding="utf-8")


def test_an_unknown_source_and_a_missing_archive_are_said(crawled: Desk, tmp_path: Path) -> None:
    assert crawled.run("status", "twon").returncode == 2
    desk = Desk(tmp_path)
    desk.sources.mkdir()
    done = desk.run("status")
    assert done.returncode == 1
    assert "there is no archive" in done.stderr


KEPT = HealthRow(
    source_id="a",
    state="broken",
    since="2026-11-20T00:00:00Z",
    why="so",
    checked_at="2026-11-24T02:00:00Z",
    capture_id=None,
)


def kept_trouble(cause: str, since: str, ended_at: str | None = None) -> KeptTrouble:
    return KeptTrouble(
        source_id="a", cause=cause, state="broken", since=since, why=cause, ended_at=ended_at
    )


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_new(tmp_path / "archive.db") as archive:
        archive.sources.put(
            SourceRow(id="a", name="A", kind="newspaper", province="Huế", homepage="https://a.vn/")
        )
        yield archive


def test_a_verdict_that_is_recalled_names_the_troubles_that_stand(archive: Archive) -> None:
    over = kept_trouble("empty", "2026-11-19T00:00:00Z", "2026-11-24T01:00:00Z")
    first, second = (kept_trouble(cause, f"2026-11-2{n}T00:00:00Z") for cause, n in
                     (("login", 3), ("title", 2)))  # fmt: skip
    archive.health.put(KEPT, [over, first, second])
    found = _recall(archive, KEPT)
    assert {each.cause for each in found.troubles} == {"login", "title"}
    assert found.since == found.troubles[0].since
    archive.health.put(KEPT, [over])
    found = _recall(archive, KEPT)
    assert (found.state, found.why, found.since, found.troubles) == ("broken", "so", KEPT.since, [])


@pytest.mark.parametrize(
    ("state", "since"), [("ok", "2026-11-20T00:00:00Z"), ("broken", None), (None, None)]
)
def test_a_source_that_is_judged_anew_is_ok_since_it_was_so(
    archive: Archive, state: str | None, since: str | None
) -> None:
    kept = replace(KEPT, state=state) if state else None
    found = _judge(archive, health_facts(), kept, "a")
    assert (found.state, found.since, found.troubles) == ("ok", since, [])


def test_a_source_in_trouble_is_so_since_its_first_trouble_began(archive: Archive) -> None:
    failing = seed(
        failures=2.0, last_reason="timeout", misses=3, missed_since="2026-11-23T12:00:00Z"
    )
    found = _judge(archive, health_facts(seeds=[failing]), KEPT, "a")
    assert (found.state, found.since) == ("broken", "2026-11-23T12:00:00Z")


@pytest.mark.parametrize(
    ("seeds", "article", "last"),
    [
        ([], None, None),
        ([], "2026-11-01", "2026-11-01"),
        ([{"polled_at": "2026-11-02"}], "2026-11-01", "2026-11-02"),
        ([{"polled_at": "2026-11-02"}, {"polled_at": "2026-11-03"}], None, "2026-11-03"),
        # A seed that fails answered when it last brought something.
        ([{"polled_at": "2026-11-03", "failures": 1.0, "fruitful_at": "2026-11-02"}], None,
         "2026-11-02"),
        ([{"polled_at": "2026-11-03", "failures": 1.0, "fruitful_at": None}], None, None),
    ],
)  # fmt: skip
def test_a_source_answered_last_by_poll_or_article(
    seeds: list[dict[str, object]], article: str | None, last: str | None
) -> None:
    assert _last_answer([seed(**facts) for facts in seeds], article) == last


@pytest.mark.parametrize(
    ("now", "recent"),
    [
        ("2026-11-24T01:59:59Z", False),
        ("2026-11-24T02:00:00Z", True),
        ("2026-11-24T05:00:00Z", True),
        ("2026-11-24T05:00:01Z", False),
    ],
)
def test_a_verdict_holds_for_three_hours(now: str, recent: bool) -> None:
    assert is_recent(KEPT, now) is recent


@pytest.mark.parametrize(
    ("clocks", "fresh"),
    [
        ([], True),
        ([("01:00", "02:00", "finished")], True),
        ([("01:00", "02:00:01", "finished")], False),
        ([("02:00:01", None, "interrupted")], False),
        ([("02:00", None, "interrupted")], True),
        ([("01:00", None, "running")], False),
    ],
)
def test_a_verdict_is_of_before_the_last_crawl_or_of_after_it(
    clocks: list[tuple[str, str | None, str]], fresh: bool
) -> None:
    runs = [
        replace(met(begun, {}, state), finished_at=at(ended) if ended else None)
        for begun, ended, state in clocks
    ]
    assert is_fresh(KEPT, runs) is fresh
