"""The rules of health about runs, fields, gaps, floods and silence, at their bounds."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from crawler.monitoring.rules import (
    _dying_crawls,
    _flood,
    _gaps,
    _low_volume,
    _missing_fields,
    _name_echoes,
    _nothing_to_poll,
    _outdone_layout,
    _silence,
    _windows,
    _without_consequences,
    judge,
)
from crawler.monitoring.verdicts import Coverage, HealthState, Trouble
from storage.frontier.gaps import Gap
from storage.instants import VIETNAM
from tests.support.health import at, facts, met, seed

if TYPE_CHECKING:
    from storage.records import Run

TEN = dt.datetime(2026, 11, 24, 10, tzinfo=VIETNAM)  # a Tuesday, now


def test_a_source_without_polls_is_broken_from_the_second_crawl_on() -> None:
    one, two = met("02:00", {}), met("01:00", {}, state="failed")
    assert not list(_nothing_to_poll(facts(seeds=[], runs=[one])))
    (trouble,) = _nothing_to_poll(facts(seeds=[], runs=[one, two, met("00:30", {}, "running")]))
    assert (trouble.cause, trouble.state, trouble.since) == ("no-seeds", "broken", at("01:00"))
    assert trouble.why.startswith("2 crawls found no feed")
    three = [one, met("01:30", {}), two]
    (trouble,) = _nothing_to_poll(facts(seeds=[], runs=three))
    assert trouble.since == at("01:00")
    assert not list(_nothing_to_poll(facts(runs=[one, two])))
    assert not list(_nothing_to_poll(facts(seeds=[], runs=[one, met("01:00", {"new": 1})])))


FAILED, CUT, LIVE = [met("02:00", {}, state) for state in ("failed", "interrupted", "running")]
WITH_PAGE = met("02:00", {"new": 1}, "interrupted")


@pytest.mark.parametrize(
    ("runs", "state"),
    [
        ([FAILED] * 3, "broken"),
        ([FAILED] * 2, None),
        ([LIVE, FAILED, FAILED, FAILED], "broken"),
        ([LIVE, FAILED, FAILED], None),
        ([FAILED, FAILED, FAILED, met("02:00", {})], "broken"),
        ([FAILED, FAILED, met("02:00", {}), FAILED], None),
        ([CUT] * 3, "degraded"),
        ([CUT, CUT, WITH_PAGE], None),
        ([CUT, CUT, FAILED], None),
    ],
)
def test_three_crawls_that_end_badly_are_told(runs: list[Run], state: str | None) -> None:
    troubles = list(_dying_crawls(facts(runs=runs)))
    assert [str(each.state) for each in troubles] == ([state] if state else [])
    assert all(each.cause == "crawls" for each in troubles)


@pytest.mark.parametrize(
    ("judged", "outdone", "told"), [(5, 3, True), (5, 2, False), (6, 3, True), (4, 4, False)]
)
def test_a_layout_is_outdone_by_half_of_five(judged: int, outdone: int, *, told: bool) -> None:
    assert bool(list(_outdone_layout(facts(judged=judged, outdone=outdone)))) is told


def share(recent: float, usual: float | None, articles: int = 20, **more: object) -> Coverage:
    return Coverage(recent=recent, usual=usual, articles=articles, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "found", "standing", "told"),
    [
        ("tags", share(0.3, 0.8, 5), (), True),
        ("tags", share(0.3, 0.8, 4), (), False),
        ("tags", share(0.31, 0.8), (), False),
        ("tags", share(0.3, 0.79), (), False),
        ("a date", share(0.1, None, 10), (), True),
        ("a date", share(0.1, None, 9), (), False),
        ("a date", share(0.11, None, 10), (), False),
        ("tags", share(0.0, None), (), False),
        # What was told stays until the newest have it again, or it has become usual.
        ("tags", share(0.5, 0.8, latest=0.5, has_newest=False), {"fields"}, True),
        ("tags", share(0.9, 0.8, latest=0.9, has_newest=False), {"fields"}, True),
        ("tags", share(0.9, 0.8, latest=0.9, has_newest=False), {"lead"}, False),
        ("tags", share(0.9, 0.79, latest=0.9, has_newest=False), {"fields"}, False),
        ("tags", share(0.5, 0.5, latest=0.29), {"fields"}, True),
        ("tags", share(0.5, 0.5, latest=0.3), {"fields"}, False),
        ("tags", share(0.4, 0.49, latest=0.0), {"fields"}, False),
        ("tags", share(0.4, None, latest=0.0), {"fields"}, False),
        ("a date", share(0.4, None, latest=0.59), {"date"}, True),
        ("a date", share(0.4, None, latest=0.6), {"date"}, False),
        ("a title on their page", share(0.4, None, latest=0.5), {"title"}, True),
    ],
)
def test_a_field_is_lost_by_its_shares(
    name: str, found: Coverage, standing: set[str], *, told: bool
) -> None:
    known = facts(coverage={name: found}, standing=standing)
    assert bool(list(_missing_fields(known))) is told


@pytest.mark.parametrize(
    ("other", "together"),
    [
        (share(0.5, 0.8, 5, latest=0.0), True),
        (share(0.5, 0.8, 4, latest=0.0), False),
        (share(0.5, 0.79, 5, latest=0.0), False),
        (share(0.5, 0.8, 5, latest=0.2), False),
        (share(0.5, None, 5, latest=0.0), False),
    ],
)
def test_what_the_same_pages_lack_is_told_with_what_was_lost(
    other: Coverage, *, together: bool
) -> None:
    lost = {"tags": share(0.0, 0.9), "a lead": other}
    (trouble,) = _missing_fields(facts(coverage=lost))
    assert trouble.cause == ("lead" if together else "fields")
    assert ("have a lead" in trouble.why) is together
    assert not list(_missing_fields(facts(coverage={"a lead": other})))


def gap(found: str, begin: str = "00:00", end: str = "01:00") -> Gap:
    return Gap(
        id=1, source_id="a", seed_id=1, begin_at=at(begin), end_at=at(end), found_at=at(found)
    )


def test_a_gap_is_told_for_a_day() -> None:
    young, old = gap("2026-11-23T03:00:01Z"), gap("2026-11-23T03:00:00Z")
    (trouble,) = _gaps(facts(gaps=[young, old]))
    assert trouble.since == "2026-11-23T03:00:01Z"
    assert "(2 gaps)" not in trouble.why
    (trouble,) = _gaps(facts(gaps=[gap("02:00"), young]))
    assert (trouble.since, "(2 gaps)" in trouble.why) == ("2026-11-23T03:00:01Z", True)
    assert not list(_gaps(facts(gaps=[old])))


@pytest.mark.parametrize(
    ("outcomes", "told"),
    [
        ([{"duplicate": 50, "new": 12}], True),
        ([{"duplicate": 50, "new": 13}], False),
        ([{"duplicate": 49}], False),
        ([{"duplicate": 40}, {"duplicate": 10}], True),
        # A few in two runs are a flood, and in one they are not.
        ([{"duplicate": 5}], False),
        ([{"duplicate": 5, "new": 1}, {"duplicate": 4, "new": 1}], False),
        ([{"duplicate": 5, "new": 1}, {"duplicate": 5, "new": 1}], True),
        ([{"duplicate": 5, "new": 1}, {"duplicate": 5, "new": 2}], False),
        ([{"duplicate": 8, "new": 2}, {"duplicate": 8, "new": 2}], True),
        ([{"duplicate": 8, "new": 3}, {"duplicate": 8, "new": 3}], False),
        ([{"duplicate": 5, "unchanged": 90}, {"duplicate": 5, "unchanged": 90}], True),
        ([{"new": 5}, {"new": 5}], False),
    ],
)
def test_known_texts_at_new_addresses_are_a_flood(
    outcomes: list[dict[str, int]], *, told: bool
) -> None:
    runs = [met("02:00", each) for each in outcomes]
    assert bool(list(_flood(facts(runs=runs)))) is told


def test_a_flood_is_of_one_day_and_of_links_put_aside() -> None:
    flood = {"duplicate": 50}
    assert list(_flood(facts(runs=[met("2026-11-23T03:00:00Z", flood)])))
    assert not list(_flood(facts(runs=[met("2026-11-23T02:59:59Z", flood)])))
    (trouble,) = _flood(facts(aside=1))
    assert "1 links are put aside" in trouble.why


def hourly(last: dt.datetime, hours: int, each: int = 1) -> list[dt.datetime]:
    """So many articles an hour, the newest first."""
    return [last - dt.timedelta(minutes=60 / each * n) for n in range(hours * each)]


YEAR = TEN - dt.timedelta(days=365)


@pytest.mark.parametrize(
    ("last", "each", "days", "watched", "told"),
    [
        (TEN - dt.timedelta(hours=6), 9, 15, YEAR, True),
        (TEN - dt.timedelta(hours=5, minutes=59), 9, 15, YEAR, False),
        (TEN - dt.timedelta(hours=20), 1, 15, YEAR, True),
        (TEN - dt.timedelta(hours=7), 1, 15, YEAR, False),
        (TEN - dt.timedelta(hours=20), 1, 5, YEAR, False),
        (TEN - dt.timedelta(hours=20), 1, 15, None, False),
        # What was silent before we looked is no news.
        (TEN - dt.timedelta(hours=20), 1, 15, TEN - dt.timedelta(hours=5), False),
        (TEN - dt.timedelta(hours=20), 9, 15, TEN - dt.timedelta(hours=7), True),
    ],
)
def test_a_silence_is_long_enough_and_of_a_source_that_is_known(
    last: dt.datetime, each: int, days: int, watched: dt.datetime | None, *, told: bool
) -> None:
    known = facts(published=hourly(last, days * 24, each), watched_since=watched)
    troubles = list(_silence(known))
    assert bool(troubles) is told
    assert all(trouble.since == at(last.astimezone(dt.UTC).isoformat()[:19] + "Z")
               for trouble in troubles)  # fmt: skip


def test_what_is_published_later_than_now_is_not_published() -> None:
    last = TEN - dt.timedelta(hours=20)
    later = [TEN + dt.timedelta(hours=n) for n in (3, 2, 1)]
    known = hourly(last, 15 * 24)
    assert list(_silence(facts(published=[*later, *known], watched_since=YEAR)))
    assert not list(_silence(facts(published=later, watched_since=YEAR)))
    assert (
        "newest article of 2026-11-23 14:00"
        in judge(facts(published=[*later, *known], watched_since=None)).why
    )


@pytest.mark.parametrize(
    ("ages", "wanted"),
    [
        ([], []),
        ([0, 1, 2], []),
        ([0, 1, 2, 3], [3]),
        ([0, 0, 1, 4], [3, 1]),
        ([3], [0]),
        ([0, 5], [1, 0, 0]),
    ],
)
def test_windows_of_three_days_are_counted_a_day_after_the_other(
    ages: list[int], wanted: list[int]
) -> None:
    moments = [TEN - dt.timedelta(days=age, hours=1) for age in ages]
    assert list(_windows(moments, TEN)) == wanted


def test_few_articles_of_three_days_are_told_where_twelve_are_to_be_expected() -> None:
    friday = dt.datetime(2026, 11, 20, 18, tzinfo=VIETNAM)
    begin = friday - dt.timedelta(days=3)
    now = "2026-11-20T11:00:00Z"

    def told(each_day: int, seen: int, days: int = 21) -> bool:
        before = [begin - dt.timedelta(hours=24 / each_day * n) for n in range(each_day * days)]
        late = [friday - dt.timedelta(hours=n + 1) for n in range(seen)]
        known = facts(now=now, published=[*late, *before], watched_since=before[-1])
        return bool(list(_low_volume(known)))

    assert told(24, 3)
    assert told(24, 16)
    assert not told(24, 20), "more than a quarter"
    assert not told(24, 0), "that is a silence"
    assert told(24, 3, 15)
    assert not told(24, 3, 13), "a fortnight must be known"
    assert told(5, 1)
    assert not told(3, 1), "nine are to be expected"


def test_the_gravest_trouble_is_the_verdict_and_comes_first() -> None:
    verdict = judge(
        facts(
            seeds=[seed(empty=2), seed(2)],
            runs=[met("02:00", {"rejected/login": 4})],
            gaps=[gap("02:00")],
        )
    )
    assert [(each.cause, str(each.state)) for each in verdict.troubles] == [
        ("login", "blocked"),
        ("empty", "degraded"),
        ("gap", "degraded"),
    ]
    assert (verdict.state, verdict.why) == ("blocked", verdict.troubles[0].why)


def test_a_gap_says_how_many_there_are_from_two_on() -> None:
    (one,) = _gaps(facts(gaps=[gap("02:00")]))
    assert one.why.endswith("may be missed: a backfill closes the gap")
    (two,) = _gaps(facts(gaps=[gap("02:00"), gap("01:00")]))
    assert two.why.endswith("may be missed (2 gaps): a backfill closes the gap")


@pytest.mark.parametrize(
    ("workers", "said"),
    [([None] * 3, "failed"), (["w2", "w1", "w2"], "failed (w1, w2)"), (["w1", None, None], "(w1)")],
)
def test_crawls_that_failed_name_the_workers_that_ran_them(
    workers: list[str | None], said: str
) -> None:
    runs = [replace(FAILED, worker=worker) for worker in workers]
    (trouble,) = _dying_crawls(facts(runs=runs))
    assert trouble.why.endswith(said)


def trouble(cause: str, state: HealthState, why: str = "so") -> Trouble:
    return Trouble(cause=cause, state=state, why=why)


BROKEN, BLOCKED, DEGRADED = HealthState.BROKEN, HealthState.BLOCKED, HealthState.DEGRADED


@pytest.mark.parametrize(
    ("found", "left"),
    [
        ([("empty", BROKEN), ("silence", HealthState.FROZEN), ("date", DEGRADED)],
         ["empty", "date"]),
        ([("login", BLOCKED), ("volume", DEGRADED), ("crawls", BROKEN)], ["login"]),
        # What is degraded has no such consequences, and a consequence none of its own.
        ([("date", DEGRADED), ("silence", HealthState.FROZEN)], ["date", "silence"]),
        ([("crawls", BROKEN), ("silence", HealthState.FROZEN)], ["crawls", "silence"]),
        ([("silence", HealthState.FROZEN)], ["silence"]),
        ([], []),
    ],
)  # fmt: skip
def test_what_follows_from_nothing_coming_is_no_trouble_of_its_own(
    found: list[tuple[str, HealthState]], left: list[str]
) -> None:
    kept = _without_consequences([trouble(*each) for each in found])
    assert [each.cause for each in kept] == left


@pytest.mark.parametrize(
    ("states", "kept"), [((DEGRADED, BROKEN), "two"), ((BROKEN, DEGRADED), "one"),
                         ((BROKEN, BROKEN), "one")],
)  # fmt: skip
def test_of_one_cause_the_gravest_trouble_stays(
    states: tuple[HealthState, HealthState], kept: str
) -> None:
    one, two = trouble("title", states[0], "one"), trouble("title", states[1], "two")
    assert [each.why for each in _without_consequences([one, two])] == [kept]


@pytest.mark.parametrize(
    ("failing", "reason", "standing", "cause"),
    [
        (1.0, "http-503", [], "server-error"),
        (1.0, "timeout", [], "no-answer"),
        # A seed that answers again has no cause any more; without one it is the request to wait.
        (0.0, "http-503", [], "wait"),
        (1.0, None, [], "wait"),
        (0.0, None, ["certificate"], "certificate"),
    ],
)
def test_what_follows_from_an_earlier_answer_has_its_cause(
    failing: float, reason: str | None, standing: list[str], cause: str
) -> None:
    known = facts(seeds=[seed(failures=failing, last_reason=reason)], standing=standing)
    found = [trouble("retry-after", BROKEN), trouble("date", DEGRADED)]
    assert [each.cause for each in _name_echoes(found, known)] == ["date", cause]


def test_a_silence_is_told_with_its_length() -> None:
    last = TEN - dt.timedelta(hours=20)
    known = facts(published=hourly(last, 15 * 24, 1), watched_since=YEAR)
    (silent,) = _silence(known)
    assert silent.why.startswith("nothing new for 20 h, where ")
    assert silent.since == "2026-11-23T07:00:00Z"


@pytest.mark.parametrize(
    ("articles", "hours", "told"), [(11, 18, False), (12, 18, True), (11, 16, False)]
)
def test_twelve_articles_over_a_week_are_enough_to_miss_others(
    articles: int, hours: int, *, told: bool
) -> None:
    last = TEN - dt.timedelta(days=10)
    moments = [last - dt.timedelta(hours=hours * n) for n in range(articles)]
    assert bool(list(_silence(facts(published=moments, watched_since=YEAR)))) is told


def test_what_nobody_says_of_a_source_is_nothing() -> None:
    nothing = facts()
    assert (nothing.outdone, nothing.judged, nothing.untitled, nothing.aside) == (0, 0, 0, 0)
    share = Coverage(recent=1.0, usual=None, articles=1)
    assert (share.latest, share.has_newest) == (0.0, True)
