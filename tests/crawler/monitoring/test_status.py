"""``baotinh status`` in the forms people and programs read."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from crawler.daemon.preflight import DaemonLock
from tests.site.town import Town
from tests.support.crawls import Desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


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
