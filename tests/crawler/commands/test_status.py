"""What ``status`` prints of one row."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click
import pytest

from crawler.cli import Options
from crawler.commands.status import (
    as_object,
    cells,
    describe,
    describe_daemon,
    local,
    make_table,
    print_narrow,
    print_table,
    read_rows,
)
from crawler.monitoring.status import Row
from crawler.monitoring.verdicts import HealthState
from crawler.sources import Source
from storage.errors import BaotinhError
from storage.frontier.gaps import Gap
from storage.frontier.health import KeptTrouble
from storage.frontier.orders import Order
from storage.records import Run, SeedState
from storage.states import RunKind
from tests.support.shelf import fill, run

if TYPE_CHECKING:
    from pathlib import Path

NOW = "2026-11-24T03:00:00Z"
ROW = Row(
    source=Source(id="a", name="Báo A", province="Huế", homepage="https://a.vn/"),
    health=HealthState.BROKEN,
    why="answered 404",
    since="2026-11-23T20:00:00Z",
    last_run=Run(
        source_id="a", kind=RunKind.CRAWL, started_at=NOW, state="finished", outcomes={"new": 2}
    ),
    next_poll_at="2026-11-24T03:16:00Z",
    next_poll_why="it publishes so much",
    next_poll_cause="poll",
    last_success_at=None,
    last_article_at=None,
    articles=12,
    pending=3,
    capture_id=9,
    seeds=[SeedState(id=1, source_id="a", kind="feed", url="https://a.vn/rss", polled_at=NOW)],
)


def test_instants_are_shown_in_vietnamese_time() -> None:
    assert local("2026-11-23T20:00:00Z") == "2026-11-24 03:00"
    assert (local(None), local(None, "at once")) == ("never", "at once")


def test_a_line_of_the_table() -> None:
    assert cells(ROW, NOW) == [
        *("a", "broken", "12", "3", "2026-11-24 10:00 finished", "2 new", "in 16 min"),
        "answered 404",
    ]
    well = replace(ROW, health=HealthState.OK, last_run=None, next_poll_at=None)
    assert cells(well, NOW)[4:] == ["never", "", "due", ""]
    paused = replace(ROW, source=replace(ROW.source, status="paused"))
    assert cells(paused, NOW)[6] == "paused"


def test_the_description_holds_cause_page_seed_and_next_poll() -> None:
    text = describe(ROW)
    assert "health      broken since 2026-11-24 03:00: answered 404" in text
    assert "page kept   capture 9" in text
    assert "next poll   2026-11-24 10:16: it publishes so much" in text
    assert "seed        feed https://a.vn/rss" in text
    assert "page kept" not in describe(replace(ROW, health=HealthState.OK))


def test_the_object_has_the_names_of_the_contract() -> None:
    facts = as_object(ROW)
    assert (facts["source"], facts["health"], facts["outcomes"]) == ("a", "broken", {"new": 2})
    assert facts["seeds"][0]["url"] == "https://a.vn/rss"
    assert (facts["next_poll_at"], facts["pending"]) == ("2026-11-24T03:16:00Z", 3)


RUN = Run(
    source_id="a", kind=RunKind.CRAWL, started_at=NOW, state="finished", outcomes={"new": 2},
    worker="w1",
)  # fmt: skip
TROUBLES = [
    KeptTrouble(source_id="a", cause=cause, state=state, since=NOW, why=f"it is {state}")
    for cause, state in (("missing", "broken"), ("volume", "degraded"))
]


def test_every_fact_has_a_line_of_its_own() -> None:
    seed = replace(
        ROW.seeds[0], next_poll_at=NOW, next_poll_why="by rhythm", last_error="answered 404",
        substitute_since=NOW,
    )  # fmt: skip
    row = replace(
        ROW,
        troubles=TROUBLES,
        retrying=[("timeout", 3, NOW)],
        gaps=[Gap(id=1, source_id="a", seed_id=1, begin_at=NOW, end_at=NOW, found_at=NOW)],
        runs=[RUN, replace(RUN, worker=None, outcomes={})],
        order=Order(id="1", kind=RunKind.CRAWL, sources=("a",), given_at=NOW, worker="w1"),
        seeds=[seed],
        last_success_at=NOW,
        last_article_at=NOW,
    )
    assert describe(row).splitlines() == [
        "a · Báo A · Huế · active",
        "health      broken since 2026-11-24 03:00: answered 404",
        "also        degraded since 2026-11-24 10:00: it is degraded",
        "articles    12, newest seen 2026-11-24 10:00",
        "pages due   3",
        "last answer 2026-11-24 10:00",
        "next poll   2026-11-24 10:16: it publishes so much",
        "handed out  2026-11-24 10:00: crawl with worker w1",
        "tried again 3 pages (timeout), the first 2026-11-24 10:00",
        "page kept   capture 9",
        "gap         2026-11-24 10:00 to 2026-11-24 10:00",
        "seed        feed https://a.vn/rss (found on its site)",
        "            polled 2026-11-24 10:00, next 2026-11-24 10:00",
        "            by rhythm",
        "            answered 404",
        "run         2026-11-24 10:00 crawl by worker w1 finished: new 2",
        "run         2026-11-24 10:00 crawl finished: no pages",
    ]


def test_what_is_not_known_has_no_line() -> None:
    row = replace(
        ROW, since=None, seeds=[], capture_id=None, next_poll_at=None,
        order=Order(id="1", kind=RunKind.CRAWL, sources=("a",), given_at=NOW),
    )  # fmt: skip
    assert describe(row).splitlines()[1:] == [
        "health      broken: answered 404",
        "articles    12, newest seen never",
        "pages due   3",
        "last answer never",
        "next poll   at once: it publishes so much",
        "handed out  2026-11-24 10:00: crawl waiting for a worker",
    ]
    paused = replace(ROW, source=replace(ROW.source, status="paused"))
    assert "next poll   none: it publishes so much" in describe(paused)


@pytest.mark.parametrize(
    ("next_poll_at", "wait"),
    [
        (None, "due"), (NOW, "due"), ("2026-11-24T02:59:59Z", "due"),
        ("2026-11-24T03:16:00Z", "in 16 min"),
    ],
)  # fmt: skip
def test_what_is_asked_next_is_due_or_waited_for(next_poll_at: str | None, wait: str) -> None:
    assert cells(replace(ROW, next_poll_at=next_poll_at), NOW)[6] == wait


def test_the_object_says_all_that_is_known() -> None:
    full = replace(ROW, troubles=TROUBLES, retrying=[("timeout", 3, NOW)], runs=[RUN])
    facts = as_object(full)
    assert facts["troubles"][1] == {
        "cause": "volume", "state": "degraded", "since": NOW, "why": "it is degraded",
    }  # fmt: skip
    assert facts["retrying"] == [{"reason": "timeout", "pages": 3, "next_try_at": NOW}]
    assert (facts["order"], facts["gaps"], facts["last_run"]["kind"]) == (None, [], "crawl")
    bare = as_object(replace(ROW, last_run=None))
    assert (bare["last_run"], bare["outcomes"]) == (None, {})
    order = Order(id="1", kind=RunKind.CRAWL, sources=("a",), given_at=NOW)
    assert as_object(replace(ROW, order=order))["order"]["id"] == "1"


def test_a_narrow_terminal_has_lines_below_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    print_narrow(ROW)
    print_narrow(replace(ROW, health=HealthState.OK, last_run=None))
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == [
        "a  broken", "  12 articles, 3 pages due", "  last run 2026-11-24 10:00 finished: 2 new",
    ]  # fmt: skip
    assert lines[4] == "  answered 404"
    assert lines[5:8] == ["a  ok", "  12 articles, 3 pages due", "  last run never"]
    assert len(lines) == 9


def test_a_wide_one_has_a_table(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    table = make_table([ROW])
    assert [column.header for column in table.columns] == [
        "source", "health", "articles", "due", "last run", "outcomes", "next poll", "why",
    ]  # fmt: skip
    assert (table.row_count, table.box, table.pad_edge) == (1, None, False)
    options = make_options(tmp_path)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    for columns, first in (("99", "a  broken"), ("100", "source  health")):
        monkeypatch.setenv("COLUMNS", columns)
        print_table([ROW], options)
        out = capsys.readouterr()
        assert click.unstyle(out.out).startswith(first)
        assert out.err == "baotinh: no daemon is running; times in Vietnam (UTC+7)\n"
    monkeypatch.setattr("sys.stdout.isatty", lambda: False)
    print_table([ROW], options)
    assert capsys.readouterr().out.startswith("a\tbroken\t12\t3\t")


def make_options(folder: Path) -> Options:
    return Options(archives=(folder / "archive.db",), sources_dir=None)


def test_rows_are_of_one_source_of_those_crawled_or_of_all(tmp_path: Path) -> None:
    fill(tmp_path / "archive.db")
    options = make_options(tmp_path)
    crawled = {row.source.id for row in read_rows(options, None, everything=False)}
    assert crawled == {"baolongan", "baotayninh", "dongthap-gov"}
    assert len(read_rows(options, None, everything=True)) > 100
    (one,) = read_rows(options, "baolongan", everything=False)
    assert one.articles == 2
    with pytest.raises(BaotinhError):
        read_rows(options, "nowhere", everything=False)


def test_a_daemon_that_is_not_there_is_said(tmp_path: Path) -> None:
    path = fill(tmp_path / "archive.db")
    options = make_options(tmp_path)
    assert describe_daemon(options).startswith("baotinh: no daemon is running; times")
    assert describe_daemon(options, "b").startswith("baotinh: b: no daemon is running; times")
    assert run(path, "status", "--daemon").exit_code == 1
    assert run(path, "status", "--check", "baolongan").exit_code in (0, 1)
    (line,) = run(path, "status", "baolongan", "--json").stdout.splitlines()
    assert '"archive"' not in line
