"""What publication instants teach."""

from __future__ import annotations

import datetime as dt
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.scheduling.rhythm import MEMORY, Rhythm, learn_rhythm
from storage.instants import VIETNAM

NOW = dt.datetime(2026, 11, 24, 3, tzinfo=dt.UTC)


def spread(per_hour: float, days: int) -> list[dt.datetime]:
    chance = Random(1)
    return [
        NOW - dt.timedelta(days=days * chance.random()) for _ in range(int(per_hour * 24 * days))
    ]


def test_the_rate_is_learned() -> None:
    watched = NOW - dt.timedelta(days=42)
    rhythm = learn_rhythm(spread(3, 42), watched_since=watched, now=NOW)
    assert rhythm.rate == pytest.approx(3, rel=0.1)


def test_silence_counts_from_the_day_we_first_looked() -> None:
    quiet = learn_rhythm([], watched_since=NOW - dt.timedelta(days=40), now=NOW)
    unknown = learn_rhythm([], watched_since=None, now=NOW)
    # 40 days weigh 418 hours by their age, the assumption of one an hour 12.
    assert quiet.rate == pytest.approx(12 / (418 + 12), rel=0.01)
    assert unknown.rate == 1.0


def test_new_habits_are_learned_within_a_month() -> None:
    old = [moment - dt.timedelta(days=20) for moment in spread(4, 36)]
    rhythm = learn_rhythm(old, watched_since=NOW - dt.timedelta(days=56), now=NOW)
    # 4 an hour until 20 days ago: by age they weigh 599 of 454 hours, without fading 3456 of 1344.
    assert rhythm.rate == pytest.approx((599 + 12) / (454 + 12), rel=0.03)


def test_hours_are_vietnamese_hours_whatever_the_zone_of_the_instants() -> None:
    morning = [NOW.replace(hour=1) - dt.timedelta(days=n) for n in range(40)]
    paris = [moment.astimezone(dt.timezone(dt.timedelta(hours=1))) for moment in morning]
    rhythm = learn_rhythm(paris, watched_since=None, now=NOW)
    assert max(range(24), key=rhythm.hours.__getitem__) == 8


def test_a_weekday_not_yet_watched_does_not_look_quiet() -> None:
    two_days = [NOW - dt.timedelta(minutes=20 * n) for n in range(144)]
    rhythm = learn_rhythm(two_days, watched_since=None, now=NOW)
    assert min(rhythm.weekdays) > 0.25


def test_a_public_holiday_lowers_what_is_expected() -> None:
    rhythm = learn_rhythm([], watched_since=None, now=NOW)
    tet = dt.datetime(2026, 2, 17, 10, tzinfo=VIETNAM)
    assert rhythm.at(tet) == pytest.approx(0.4 * rhythm.at(tet + dt.timedelta(days=7)))


def test_expectation_adds_up_over_hours() -> None:
    rhythm = learn_rhythm(spread(2, 42), watched_since=NOW - dt.timedelta(days=42), now=NOW)
    week = rhythm.expected(NOW - dt.timedelta(days=7), NOW)
    assert week == pytest.approx(rhythm.rate * 168, rel=0.02)


@given(
    st.lists(st.datetimes(timezones=st.just(dt.UTC)), max_size=30),
    st.none() | st.datetimes(timezones=st.just(dt.UTC)),
)
def test_any_history_gives_finite_factors_with_mean_one(
    published: list[dt.datetime], watched_since: dt.datetime | None
) -> None:
    rhythm = learn_rhythm(published, watched_since=watched_since, now=NOW)
    assert rhythm.rate > 0
    assert sum(rhythm.hours) == pytest.approx(24)
    assert sum(rhythm.weekdays) == pytest.approx(7)


@pytest.mark.parametrize(
    ("hour", "share"),
    [(0, 0.2), (4, 0.2), (5, 0.8), (6, 0.8), (7, 1.6), (17, 1.6), (18, 1.0), (21, 1.0), (22, 0.4)],
)
def test_an_unknown_source_is_taken_for_an_office_with_an_article_an_hour(
    hour: int, share: float
) -> None:
    unknown = learn_rhythm([], watched_since=None, now=NOW)
    # The shares of a day add up to 25.
    moment = dt.datetime(2026, 11, 24, hour, 30, tzinfo=VIETNAM)
    assert unknown.at(moment) == pytest.approx(share * 24 / 25)
    assert unknown.known == 0


def test_instants_of_eight_weeks_count_and_those_of_a_day_are_recent() -> None:
    ages = [dt.timedelta(), dt.timedelta(hours=23, minutes=59), dt.timedelta(days=1), MEMORY]
    others = [dt.timedelta(seconds=-1), MEMORY + dt.timedelta(seconds=1)]
    rhythm = learn_rhythm([NOW - age for age in (*ages, *others)], watched_since=None, now=NOW)
    assert rhythm.known == 4
    assert rhythm.recent == (NOW - ages[1], NOW)
    assert rhythm.seen(NOW - ages[1], NOW) == 1
    assert rhythm.seen(NOW - ages[2], NOW) == 2


def test_an_article_of_two_weeks_ago_weighs_half() -> None:
    now = dt.datetime(2026, 11, 24, 3, tzinfo=dt.UTC)
    rates = [
        learn_rhythm(
            [now - dt.timedelta(days=age)] * 1000, watched_since=now - MEMORY, now=now
        ).rate
        for age in (0, 14)
    ]
    assert rates[0] / rates[1] == pytest.approx(1012 / 512)


@pytest.mark.parametrize(
    ("since", "until", "articles"),
    [
        # Two an hour from 8 to 9 in Vietnam, none in any other hour.
        ("08:15", "08:45", 1.0),
        ("07:30", "08:30", 1.0),
        ("08:30", "09:30", 1.0),
        ("07:50", "09:10", 2.0),
        ("08:00", "09:00", 2.0),
        ("09:00", "12:00", 0.0),
        ("09:00", "08:00", 0.0),
    ],
)
def test_what_is_expected_is_added_up_hour_by_hour(since: str, until: str, articles: float) -> None:
    hours = tuple(24.0 if hour == 8 else 0.0 for hour in range(24))
    rhythm = Rhythm(rate=1 / 12, hours=hours, weekdays=(1.0,) * 7, recent=(), known=9)
    begin, end = (dt.datetime.fromisoformat(f"2026-11-24T{at}+07:00") for at in (since, until))
    assert rhythm.expected(begin, end) == pytest.approx(articles)


def test_what_was_seen_lies_after_the_begin_and_not_after_the_end() -> None:
    moments = tuple(NOW + dt.timedelta(minutes=n) for n in range(4))
    rhythm = Rhythm(rate=1.0, hours=(1.0,) * 24, weekdays=(1.0,) * 7, recent=moments, known=4)
    assert rhythm.seen(moments[0], moments[2]) == 2


def test_what_was_published_is_mixed_with_what_is_usual() -> None:
    """Fourteen articles at one moment, a Tuesday at ten, after four weeks."""
    known = [NOW] * 14
    rhythm = learn_rhythm(known, watched_since=NOW - dt.timedelta(days=28), now=NOW)
    # Two articles of each weekday are assumed: 16 of 28 on the Tuesday, 2 on the others.
    assert rhythm.weekdays == pytest.approx((0.5, 4.0, *[0.5] * 5))
    # Of 24 of a day 1.6 / 25 at ten, and 0.2 / 25 at night.
    assert rhythm.hours[10] == pytest.approx((14 + 24 * 1.6 / 25) / (38 / 24))
    assert rhythm.hours[0] == pytest.approx((24 * 0.2 / 25) / (38 / 24))
    # Four weeks weigh 364 hours by their age, with a half-life of a fortnight.
    assert rhythm.rate == pytest.approx((14 + 12) / (363.55 + 12), rel=0.001)
    assert (rhythm.known, len(rhythm.recent)) == (14, 14)
