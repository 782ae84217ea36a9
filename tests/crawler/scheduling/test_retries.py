"""When a page that gave no article is asked again, and what brings back one that was given up."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.failures import REASONS, Retry, reason_of
from crawler.scheduling.policy import next_revisit
from crawler.scheduling.retries import (
    REOPENINGS,
    is_new,
    is_newer,
    may_reopen,
    retry_at,
    retry_media_at,
    waits_of,
)
from storage.instants import add_seconds, format_instant, parse_instant

LONGEST_WAIT = 1_209_600.0

NOW = "2026-11-24T03:00:00Z"
FORTNIGHT = 14 * 86400.0
PASSING = [
    *(word for word, row in REASONS.items() if row.retry in (Retry.BACK_OFF, Retry.WHILE_NEW)),
    *("http-400", "http-403", "http-404", "http-410", "http-418", "http-429", "http-500"),
    *("http-503", "http-599", "http-302"),
]


def attempts_of(word: str) -> list[float]:
    """Seconds after the first attempt at which a page that always fails is asked again."""
    at, times = NOW, []
    while (following := retry_at(len(times) + 1, reason_of(word), at, found_at=NOW)) is not None:
        at = following
        times.append((parse_instant(at) - parse_instant(NOW)).total_seconds())
    return times


@pytest.mark.parametrize("word", PASSING)
def test_what_passes_is_tried_for_a_fortnight_and_not_much_longer(word: str) -> None:
    times = attempts_of(word)
    assert times[-1] == FORTNIGHT
    assert len(times) <= 10


@pytest.mark.parametrize(
    "word",
    [
        "bot-check",
        "login",
        "maintenance",
        "empty-shell",
        "parked",
        "robots",
        "http-404",
        "http-403",
    ],
)
def test_an_hour_of_a_site_costs_a_page_an_hour_and_a_day_of_it_a_day(word: str) -> None:
    assert attempts_of(word)[:3] == [3600, 6 * 3600, 86400]


@pytest.mark.parametrize("word", ["connection", "timeout", "refused", "http-503", "http-429"])
def test_what_mends_itself_is_tried_again_within_minutes(word: str) -> None:
    assert attempts_of(word)[:3] == [300, 1800, 7200]


@pytest.mark.parametrize("word", ["listing", "no-body", "video", "off-site", "too-large"])
def test_the_fault_of_a_page_or_a_rule_of_ours_is_final(word: str) -> None:
    assert retry_at(1, reason_of(word), NOW, is_new=False) is None


@pytest.mark.parametrize("word", ["before-since", "retry-after", "stopped"])
def test_what_was_not_asked_for_has_no_turn_of_its_own(word: str) -> None:
    assert retry_at(1, reason_of(word), NOW) is None


@pytest.mark.parametrize("word", ["http-404", "http-410", "redirect-home", "soft-404"])
def test_a_page_that_is_not_there_is_asked_again_only_while_it_is_new(word: str) -> None:
    assert retry_at(1, reason_of(word), NOW) == "2026-11-24T04:00:00Z"
    assert retry_at(1, reason_of(word), NOW, is_new=False) is None


@pytest.mark.parametrize(
    ("day", "new"),
    [(None, True), ("2026-11-24", True), ("2026-11-10", True), ("2026-11-09", False)],
)
def test_a_page_is_new_for_two_weeks_and_without_a_date(day: str | None, *, new: bool) -> None:
    assert is_new(day, NOW) is new


@pytest.mark.parametrize("word", ["listing", "bot-check", "before-since"])
def test_a_stored_page_that_is_refused_is_asked_again_at_its_next_revisit(word: str) -> None:
    found = "2026-11-24T00:00:00Z"
    at = retry_at(1, reason_of(word), NOW, is_stored=True, found_at=found)
    assert at == next_revisit(found, NOW) == "2026-11-24T06:00:00Z"


@pytest.mark.parametrize("plan", list(Retry))
def test_each_plan_of_a_reason_is_obeyed(plan: Retry) -> None:
    reason = replace(reason_of("http-503"), retry=plan)
    later = "2026-11-24T03:05:00Z"
    expected = {Retry.BACK_OFF: (later, later), Retry.WHILE_NEW: (later, None)}
    given_ = tuple(retry_at(1, reason, NOW, is_new=new) for new in (True, False))
    assert given_ == expected.get(plan, (None, None))
    assert bool(waits_of(reason)) is (plan in expected)


def test_trying_every_few_minutes_does_not_use_a_page_up() -> None:
    soon = "2026-11-24T04:00:00Z"
    at = retry_at(50, reason_of("http-503"), soon, found_at=NOW)
    assert at is not None
    assert soon < at <= "2026-11-25T04:00:00Z"
    assert retry_at(50, reason_of("http-503"), add_seconds(NOW, FORTNIGHT), found_at=NOW) is None


def test_a_retry_waits_for_retry_after() -> None:
    at = retry_at(1, reason_of("http-503"), NOW, not_before="2026-11-24T05:00:00Z")
    assert at == "2026-11-24T05:00:00Z"


@given(
    st.sampled_from(PASSING),
    st.integers(1, 60),
    st.integers(-40 * 86400, 40 * 86400),
    st.none() | st.integers(0, 10**9),
)
def test_no_wait_is_longer_than_what_the_archive_takes_for_a_jump_of_the_clock(
    word: str, attempts: int, age: int, wish: int | None
) -> None:
    """Whatever was found when, by whatever clock."""
    wish_at = None if wish is None else add_seconds(NOW, wish)
    at = retry_at(
        attempts, reason_of(word), NOW, found_at=add_seconds(NOW, -age), not_before=wish_at
    )
    if at is not None:
        wait = parse_instant(at) - parse_instant(NOW)
        assert dt.timedelta() < wait <= dt.timedelta(seconds=LONGEST_WAIT)


def reopens(**changes: object) -> bool:
    facts: dict[str, object] = {
        "refusals": 1,
        "refused_at": "2026-11-24T01:00:00Z",
        "was_absent": True,
        "date": None,
        "shown": None,
        "now": NOW,
    }
    return may_reopen(**(facts | changes))  # type: ignore[arg-type]


def test_a_page_given_up_comes_back_when_its_seed_shows_it_anew() -> None:
    assert reopens()
    assert not reopens(was_absent=False)
    dates = {"date": "Mon, 23 Nov 2026 08:00:00 +0700", "shown": "2026-11-24T08:00:00+07:00"}
    assert reopens(was_absent=False, **dates)
    assert not reopens(was_absent=False, date=dates["shown"], shown=dates["date"])


@pytest.mark.parametrize("refusals", range(1, 9))
def test_once_a_step_at_most(refusals: int) -> None:
    step = REOPENINGS[min(refusals, len(REOPENINGS)) - 1]
    assert not reopens(refusals=refusals, refused_at=add_seconds(NOW, 60 - step))
    assert reopens(refusals=refusals, refused_at=add_seconds(NOW, -step))


def test_a_refusal_by_an_earlier_version_or_by_a_clock_that_was_ahead_holds_nothing_up() -> None:
    assert reopens(refused_at=None)
    assert reopens(refused_at="2027-11-24T03:00:00Z")


@pytest.mark.parametrize(
    ("shown", "before", "newer"),
    [
        ("2026-11-25", "24/11/2026", True),
        ("2026-11-24", "24/11/2026", False),
        ("2026-11-24T10:00:00+07:00", "2026-11-24T02:59:59Z", True),
        ("2026-11-24T10:00:00+07:00", "2026-11-24T03:00:00Z", False),
        ("2026-11-25T00:30:00+07:00", "2026-11-24", True),
        (None, "2026-11-24", False),
        ("2026-11-24", None, False),
        ("hôm qua", "2026-11-24", False),
        # A time and a day: by their days.
        ("2026-11-25", "2026-11-24T10:00:00+07:00", True),
        ("2026-11-24T10:00:00+07:00", "2026-11-24", False),
        ("2026-11-25", "2026-11-25T10:00:00+07:00", False),
    ],
)
def test_dates_are_compared_as_exactly_as_both_are_given(
    shown: str | None, before: str | None, *, newer: bool
) -> None:
    assert is_newer(shown, before) is newer


HOURS = {
    "http-403": [1, 6, 24, 48, 96, 168, 240, 336],
    "http-503": [1 / 12, 1 / 2, 2, 8, 24, 48, 96, 168, 240, 336],
}


@pytest.mark.parametrize("word", HOURS)
def test_a_page_that_fails_is_asked_again_at_these_hours_after_the_first_time(word: str) -> None:
    waits = waits_of(reason_of(word))
    after = [sum(waits[: number + 1]) / 3600 for number in range(len(waits))]
    assert after == pytest.approx(HOURS[word])


@pytest.mark.parametrize(
    ("refusals", "days"), [(1, 1 / 24), (2, 1 / 4), (3, 1), (4, 3), (5, 7), (6, 14), (9, 14)]
)
def test_a_page_given_up_is_asked_again_after_these_days_at_the_earliest(
    refusals: int, days: float
) -> None:
    refused = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    for seconds, may in ((-1, False), (0, True)):
        now = refused + dt.timedelta(days=days, seconds=seconds)
        facts = {"was_absent": True, "date": None, "shown": None}
        assert may == may_reopen(
            refusals=refusals, refused_at=format_instant(refused), now=format_instant(now), **facts
        )


@pytest.mark.parametrize(("attempts", "wait"), [(1, 300), (2, 1500), (3, 5400), (4, None)])
def test_a_picture_is_asked_for_four_times(attempts: int, wait: int | None) -> None:
    now = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    at = retry_media_at(attempts, reason_of("timeout"), format_instant(now))
    assert at == (wait and format_instant(now + dt.timedelta(seconds=wait)))


@pytest.mark.parametrize(
    ("stored", "found", "at"),
    [
        (True, "2026-11-24T00:00:00Z", "2026-11-24T06:00:00Z"),
        # What was no article yet is tried again by the plan of its reason.
        (False, "2026-11-24T00:00:00Z", "2026-11-24T04:00:00Z"),
        (True, None, "2026-11-24T04:00:00Z"),
    ],
)
def test_only_a_page_that_was_an_article_waits_for_its_revisit(
    stored: bool, found: str | None, at: str
) -> None:
    assert retry_at(1, reason_of("bot-check"), NOW, is_stored=stored, found_at=found) == at


@pytest.mark.parametrize(
    ("attempts", "word", "at"),
    [
        (1, "timeout", "2026-11-24T03:05:00Z"),
        (2, "timeout", "2026-11-24T03:25:00Z"),
        (3, "timeout", "2026-11-24T04:30:00Z"),
        (4, "timeout", None),
        (1, "not-a-picture", None),
        (1, "stopped", None),
    ],
)
def test_a_picture_is_tried_four_times(attempts: int, word: str, at: str | None) -> None:
    assert retry_media_at(attempts, reason_of(word), NOW) == at


@pytest.mark.parametrize(
    ("refusals", "minutes", "may"), [(0, 59, False), (0, 60, True), (1, 60, True), (2, 60, False)]
)
def test_a_refusal_that_was_not_counted_is_the_first(
    refusals: int, minutes: int, may: bool
) -> None:
    now = format_instant(parse_instant(NOW) + dt.timedelta(minutes=minutes))
    assert reopens(refusals=refusals, refused_at=NOW, now=now) is may
