"""What ``status`` prints of one row."""

from __future__ import annotations

from dataclasses import replace

from crawler.commands.status import as_object, cells, describe, local
from crawler.monitoring.status import Row
from crawler.monitoring.verdicts import HealthState
from crawler.sources import Source
from storage.records import Run, SeedState
from storage.states import RunKind

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
