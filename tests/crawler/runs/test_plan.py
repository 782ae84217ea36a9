"""What a run is for, read from words, and what lies outside of it."""

from __future__ import annotations

import datetime as dt

import pytest

from crawler.errors import UsageError
from crawler.failures import Word
from crawler.runs.plan import CrawlPlan, read_plan

FIRST, LAST = dt.date(2026, 3, 1), dt.date(2026, 3, 31)


@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        ("2026-02-28", Word.BEFORE_SINCE),
        ("2026-03-01", None),
        ("2026-03-31", None),
        ("2026-04-01", Word.AFTER_UNTIL),
        (None, None),
    ],
)
def test_both_days_belong_to_the_plan(day: str | None, wanted: Word | None) -> None:
    assert CrawlPlan(since=FIRST, until=LAST).outside(day) == wanted
    assert CrawlPlan().outside(day) is None


def test_a_backfill_has_two_days() -> None:
    assert CrawlPlan(since=FIRST, until=LAST).period == (FIRST, LAST)
    for plan in (CrawlPlan(since=FIRST), CrawlPlan(until=LAST)):
        with pytest.raises(UsageError, match="both days"):
            _ = plan.period


@pytest.mark.parametrize(("limit", "wanted"), [(None, None), ("", None), ("1", 1), (7, 7)])
def test_a_limit_is_a_number_or_none(limit: str | int | None, wanted: int | None) -> None:
    assert read_plan(limit=limit).limit == wanted


@pytest.mark.parametrize("limit", ["0", 0, "-1", "x", "1.5"])
def test_other_limits_are_wrong_use(limit: str | int) -> None:
    with pytest.raises(UsageError, match="limit"):
        read_plan(limit=limit)


@pytest.mark.parametrize(
    ("due", "wanted"),
    [("1", True), ("yes", True), ("On", True), ("true", True), ("0", False), ("no", False)],
)
def test_what_is_due_only_is_said_by_a_word(due: str, wanted: bool) -> None:
    assert read_plan(due_only=due).due_only is wanted


def test_days_are_read_from_words() -> None:
    plan = read_plan(since="2026-03-01", until=LAST, url="")
    assert (plan.since, plan.until, plan.url) == (FIRST, LAST, None)
    assert read_plan(url="https://x.vn/a").url == "https://x.vn/a"
    assert read_plan(since="", until=None).since is None
    assert (read_plan().kind, read_plan(kind="backfill").kind) == ("crawl", "backfill")
    assert not read_plan().due_only
    with pytest.raises(UsageError, match="since"):
        read_plan(since="2026-03-32")


def test_a_plan_asks_for_all_of_a_source_unless_it_says_otherwise() -> None:
    plan = CrawlPlan()
    assert (plan.kind, plan.due_only) == ("crawl", False)
    assert (plan.limit, plan.since, plan.until, plan.url) == (None,) * 4
