"""When to ask again, and why."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.failures import Word, weigh
from crawler.scheduling.policy import (
    LONGEST_POLL,
    Bounds,
    PollResult,
    _surge,
    _wait_for_density,
    bounds,
    cap_request,
    describe_wait,
    is_due,
    is_full_turn,
    next_poll,
    next_revisit,
    poll_interval,
    stagger,
)
from crawler.scheduling.rhythm import Rhythm, learn_rhythm
from storage.instants import format_instant, parse_instant

NOW = "2026-11-24T03:00:00Z"  # a Tuesday, 10:00 in Vietnam
NIGHT = "2026-11-23T18:00:00Z"  # 01:00 on Tuesday in Vietnam
LIMITS = bounds(1800)


class Middle(Random):
    """No jitter."""

    def random(self) -> float:
        return 0.5


def office_hours(per_hour: int = 4, days: int = 28, until: str = NOW) -> list[dt.datetime]:
    """Articles from 08:00 to 16:59 in Vietnam, Monday to Friday."""
    end = parse_instant(until)
    moments = [end - dt.timedelta(minutes=15 * n) for n in range(days * 96)]
    local = [m.astimezone(dt.timezone(dt.timedelta(hours=7))) for m in moments]
    return [m for m in local if m.weekday() < 5 and 8 <= m.hour < 17][:: 4 // per_hour]


def rhythm_of(published: list[dt.datetime], now: str = NOW, days: int = 28) -> Rhythm:
    moment = parse_instant(now)
    return learn_rhythm(published, watched_since=moment - dt.timedelta(days=days), now=moment)


def wait(answer: PollResult, rhythm: Rhythm, now: str = NOW, chance: Random | None = None) -> float:
    decision = next_poll(answer, now=now, rhythm=rhythm, limits=LIMITS, chance=chance or Middle())
    return (parse_instant(decision.at) - parse_instant(now)).total_seconds()


def why(answer: PollResult, rhythm: Rhythm, now: str = NOW) -> str:
    return next_poll(answer, now=now, rhythm=rhythm, limits=LIMITS, chance=Middle()).why


def test_a_source_without_history_is_polled_near_its_starting_interval() -> None:
    unknown = learn_rhythm([], watched_since=None, now=parse_instant(NOW))
    # 0.87 of the interval at one article an hour; this hour is busier, and the last one was quiet.
    assert wait(PollResult(seen=0), unknown) == pytest.approx(1700, abs=20)
    assert "assumed" in why(PollResult(seen=0), unknown)


def test_a_busy_hour_is_polled_more_often_than_a_quiet_one() -> None:
    rhythm = rhythm_of(office_hours())
    # Four articles an hour, and near to none at night.
    assert wait(PollResult(seen=0), rhythm) == pytest.approx(920, rel=0.05)
    assert wait(PollResult(seen=0), rhythm, NIGHT) == pytest.approx(8260, rel=0.05)


def test_a_weekend_without_news_is_polled_less() -> None:
    rhythm = rhythm_of(office_hours())
    sunday = "2026-11-22T03:00:00Z"
    assert wait(PollResult(seen=0), rhythm, sunday) == pytest.approx(4130, rel=0.05)


def steady(minutes: int) -> Rhythm:
    """The rhythm of four weeks with an article every so many minutes."""
    step = dt.timedelta(minutes=minutes)
    return rhythm_of([parse_instant(NOW) - n * step for n in range(28 * 24 * 60 // minutes)])


def test_the_interval_is_that_of_one_article_an_hour_and_four_times_the_news_shorten_it() -> None:
    assert wait(PollResult(), steady(60)) == pytest.approx(0.87 * LIMITS.start, rel=0.03)
    # Its power of the rate, see _EVENNESS.
    assert wait(PollResult(), steady(60)) / wait(PollResult(), steady(15)) == pytest.approx(
        4**0.4, rel=0.05
    )


def test_no_wait_is_longer_than_a_day_and_none_shorter_than_a_third() -> None:
    assert bounds(6 * 3600).longest == 86400
    assert bounds(3600) == Bounds(start=3600, shortest=1200, longest=86400)
    assert bounds(1800).longest == 24 * 1800
    assert bounds(2 * 86400).longest == 2 * 86400, "unless the source file wants it"


def test_tet_is_polled_less_than_the_same_weekday() -> None:
    rhythm = rhythm_of([])
    tet, before = "2026-02-17T03:00:00Z", "2026-02-10T03:00:00Z"
    ratio = wait(PollResult(), rhythm, tet) / wait(PollResult(), rhythm, before)
    assert ratio == pytest.approx(1.43, abs=0.05)


def test_a_dead_source_is_still_polled_within_the_longest_wait() -> None:
    assert wait(PollResult(seen=0), rhythm_of([], days=56)) == pytest.approx(5770, rel=0.05)
    assert wait(PollResult(seen=0), rhythm_of([], days=56)) < LIMITS.longest


def test_a_burst_shortens_the_wait_and_is_named() -> None:
    moment = parse_instant(NOW)
    calm = [moment - dt.timedelta(hours=4 * n) for n in range(1, 150)]
    burst = [moment - dt.timedelta(minutes=5 * n) for n in range(1, 20)]
    ratio = wait(PollResult(), rhythm_of(calm)) / wait(PollResult(), rhythm_of(calm + burst))
    assert ratio == pytest.approx(2.56, abs=0.1)
    assert "the last hour brought 4.8 times" in why(PollResult(), rhythm_of(calm + burst))
    assert "the last hour" not in why(PollResult(), rhythm_of(calm))


def test_no_overlap_with_what_is_known_polls_soonest_and_says_so() -> None:
    rhythm = rhythm_of([])
    assert wait(PollResult(seen=20, fresh=20), rhythm) == pytest.approx(LIMITS.shortest, abs=1)
    assert "nothing it showed was known" in why(PollResult(seen=20, fresh=20), rhythm)


def test_new_addresses_of_known_texts_are_no_news() -> None:
    rhythm = rhythm_of(office_hours())
    flooded = PollResult(seen=200, fresh=200, is_flooded=True)
    usual = wait(PollResult(seen=200, fresh=0), rhythm)
    assert wait(flooded, rhythm) == pytest.approx(4 * usual, rel=0.01)
    assert "its new addresses lead to known texts" in why(flooded, rhythm)
    few = PollResult(seen=8, fresh=8, is_flooded=True)
    assert wait(few, rhythm) < 2 * 3600, "half of what it shows may turn over"


def test_the_first_poll_of_a_seed_is_no_gap() -> None:
    rhythm = rhythm_of([])
    first = PollResult(seen=20, fresh=20, first=True)
    assert wait(first, rhythm) == wait(PollResult(seen=20), rhythm)


def test_a_poll_that_overlaps_little_with_the_last_halves_the_wait() -> None:
    rhythm = rhythm_of([])
    usual = wait(PollResult(seen=30), rhythm)
    assert wait(PollResult(seen=30, fresh=20), rhythm) == usual
    assert wait(PollResult(seen=30, fresh=21), rhythm) == pytest.approx(usual / 2, abs=1)
    assert "in half the time, since 21 of 30" in why(PollResult(seen=30, fresh=21), rhythm)
    assert wait(PollResult(seen=30, fresh=29, first=True), rhythm) == usual


@pytest.mark.parametrize(("seen", "hours"), [(4, 2), (6, 3), (8, 4)])
def test_a_page_is_polled_before_half_of_it_turns_over(seen: int, hours: int) -> None:
    # One article an hour: half of four links are new ones after two hours.
    waited, reason = decide_slowly(seen)
    assert waited == hours * 3600
    assert f"before half of its {seen} links turn over" in reason


@pytest.mark.parametrize("seen", [3, 40])
def test_a_page_that_turns_over_late_or_is_none_shortens_nothing(seen: int) -> None:
    waited, reason = decide_slowly(seen)
    assert waited == pytest.approx(0.87 * 6 * 3600, rel=0.01)
    assert "turn over" not in reason


def decide_slowly(seen: int) -> tuple[float, str]:
    """Seconds and sentence for a source with one article an hour and an interval of six hours."""
    limits = bounds(6 * 3600)
    answer = PollResult(seen=seen)
    decision = next_poll(answer, now=NOW, rhythm=steady(60), limits=limits, chance=Middle())
    return (parse_instant(decision.at) - parse_instant(NOW)).total_seconds(), decision.why


def test_ttl_and_cache_headers_are_obeyed_within_reason() -> None:
    busy = rhythm_of(office_hours())
    assert wait(PollResult(ttl=7200), busy) == pytest.approx(7200, abs=1)
    assert "TTL" in why(PollResult(ttl=7200), busy)
    assert wait(PollResult(max_age=1800), busy) == pytest.approx(1800, abs=1)
    assert wait(PollResult(max_age=31_536_000), busy) == pytest.approx(3600, abs=1)
    assert wait(PollResult(ttl=31_536_000), busy) == pytest.approx(LIMITS.longest, abs=1)


def test_retry_after_is_obeyed_beyond_the_bounds_but_for_a_day_at_most() -> None:
    later = format_instant(parse_instant(NOW) + dt.timedelta(hours=20))
    answer = PollResult(reason="http-429", failures=0.5, not_before=later)
    assert wait(answer, rhythm_of([])) == pytest.approx(20 * 3600, abs=1)
    assert "Retry-After" in why(answer, rhythm_of([]))
    never = PollResult(reason="http-429", failures=0.5, not_before="2057-01-01T00:00:00Z")
    assert wait(never, rhythm_of([])) == pytest.approx(86400, abs=1)


def test_failures_back_off_and_are_never_given_up() -> None:
    waits = []
    failures = 0.0
    for _ in range(40):
        failures = weigh(failures, "http-404")
        answer = PollResult(reason="http-404", failures=failures)
        waits.append(wait(answer, rhythm_of([])))
    assert waits == sorted(waits)
    assert waits[0] == pytest.approx(3600, abs=1)
    assert waits[-1] == LIMITS.longest
    assert "until it answers again" in why(answer, rhythm_of([]))


def test_an_article_is_revisited_on_a_decaying_schedule() -> None:
    first, at, visits = "2026-11-01T00:00:00Z", "2026-11-01T00:00:00Z", []
    while (following := next_revisit(first, at)) is not None:
        visits.append((parse_instant(following) - parse_instant(first)).total_seconds() / 3600)
        at = following
    assert visits == [1, 6, 24, 72, 336]


def test_a_late_revisit_is_not_caught_up_with_twice() -> None:
    assert next_revisit("2026-11-01T00:00:00Z", "2026-11-02T12:00:00Z") == "2026-11-04T00:00:00Z"
    assert next_revisit("2026-11-01T00:00:00Z", "2026-12-02T12:00:00Z") is None


def test_a_seed_is_due_at_its_time_and_after_a_clock_was_set_back() -> None:
    polled, following = "2026-11-24T02:00:00Z", "2026-11-24T03:00:00Z"
    assert is_due(None, None, NOW)
    assert is_due(following, polled, following)
    assert not is_due(following, polled, "2026-11-24T02:59:59Z")
    # An hour was decided, and it is further away than an hour and what clocks differ by.
    assert is_due(following, polled, "2026-11-23T03:00:00Z")
    day_after = "2026-11-25T04:24:00Z"
    assert pytest.approx(1.1 * 86400) == LONGEST_POLL
    assert poll_interval(day_after, polled) == pytest.approx(LONGEST_POLL)
    assert poll_interval("2026-11-29T00:00:00Z", polled) == LONGEST_POLL
    assert poll_interval(day_after, None) == LONGEST_POLL
    assert poll_interval(following, polled) == 3600
    assert poll_interval(polled, following) == 0


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        *((0, "0 s"), (89, "89 s"), (90, "2 min"), (960, "16 min"), (5399, "90 min")),
        *((5400, "1.5 h"), (19800, "5.5 h"), (172799, "48 h"), (172800, "2 days")),
        (3 * 86400, "3 days"),
    ],
)
def test_a_wait_is_said_in_the_unit_that_people_would_use(seconds: float, said: str) -> None:
    assert describe_wait(seconds) == said


def test_what_is_overdue_after_downtime_is_spread_and_nothing_starves() -> None:
    due = ["2026-11-20T00:00:00Z", "2026-11-24T02:59:59Z", "2026-11-24T04:00:00Z"]
    assert stagger(due, now=NOW, spread=60) == [NOW, "2026-11-24T03:00:30Z", "2026-11-24T04:00:00Z"]


answers = st.builds(
    PollResult,
    seen=st.integers(0, 500),
    fresh=st.integers(0, 500),
    first=st.booleans(),
    ttl=st.none() | st.floats(0, 1e9),
    max_age=st.none() | st.floats(0, 1e9),
    reason=st.just("") | st.sampled_from(Word),
    failures=st.floats(0, 1e6),
)
instants = st.integers(1_420_070_400, 2_051_222_400).map(
    lambda n: dt.datetime.fromtimestamp(n, dt.UTC)
)


@given(answers, instants, st.integers(1, 86400), st.integers(0, 2**32))
def test_every_wait_is_positive_and_within_the_bounds_and_jitter(
    answer: PollResult, now: dt.datetime, poll: int, seed: int
) -> None:
    limits = bounds(poll)
    rhythm = learn_rhythm([], watched_since=None, now=now)
    text = format_instant(now)
    decision = next_poll(answer, now=text, rhythm=rhythm, limits=limits, chance=Random(seed))
    waited = (parse_instant(decision.at) - parse_instant(text)).total_seconds()
    assert min(1, limits.shortest * 0.9) - 1 <= waited <= max(1, limits.longest * 1.1) + 1
    assert decision.why


def test_a_seed_that_fails_is_asked_three_times_within_hours() -> None:
    slow = bounds(6 * 3600)
    for misses in (1, 2):
        answer = PollResult(reason="http-404", failures=float(misses), misses=misses)
        decision = next_poll(answer, now=NOW, rhythm=rhythm_of([]), limits=slow, chance=Middle())
        waited = (parse_instant(decision.at) - parse_instant(NOW)).total_seconds()
        assert waited == pytest.approx(slow.shortest, abs=1)
    third = PollResult(reason="http-404", failures=3.0, misses=3, missed_for=4 * 3600)
    assert wait(third, rhythm_of([])) == LIMITS.start * 2**3


def test_a_seed_that_fails_for_some_hours_is_asked_before_half_of_it_turns_over() -> None:
    rhythm = rhythm_of([parse_instant(NOW) - dt.timedelta(minutes=15 * n) for n in range(2000)])
    failing = PollResult(reason="http-403", failures=4.0, misses=4, missed_for=86399, shown=10)
    backed_off = LIMITS.start * 2**4
    assert wait(failing, rhythm) == 2 * 3600
    assert wait(replace(failing, shown=400), rhythm) == backed_off
    lasting = replace(failing, missed_for=86400)
    assert wait(lasting, rhythm) == backed_off, "after a day nobody is served by more polls"


@pytest.mark.parametrize(("hours", "waited"), [(23, 12), (24, 12), (7 * 24 - 1, 12), (7 * 24, 24)])
def test_a_seed_that_fails_for_less_than_a_week_is_asked_twice_a_day(
    hours: int, waited: int
) -> None:
    word = "certificate-expired"
    failing = PollResult(reason=word, failures=9.0, misses=9, missed_for=hours * 3600, shown=12)
    day = bounds(3600)
    decision = next_poll(failing, now=NOW, rhythm=rhythm_of([]), limits=day, chance=Middle())
    assert parse_instant(decision.at) - parse_instant(NOW) == dt.timedelta(hours=waited)


def test_a_seed_is_asked_for_in_full_once_a_day_at_a_time_of_its_own() -> None:
    assert is_full_turn(None, NOW, 1)
    # Seed 0 turns at midnight UTC, seed 1 so many seconds before.
    assert not is_full_turn("2026-11-24T00:00:00Z", "2026-11-24T23:59:59Z", 0)
    assert is_full_turn("2026-11-24T23:59:59Z", "2026-11-25T00:00:00Z", 0)
    assert is_full_turn("2026-11-25T23:59:59Z", "2026-11-26T00:00:00Z", 0)
    turn = 86400 - 7919
    before, after = (
        format_instant(parse_instant("2026-11-24T00:00:00Z") + dt.timedelta(seconds=turn + n))
        for n in (-1, 0)
    )
    assert is_full_turn(before, after, 1)
    assert not is_full_turn(before, after, 0)


def test_a_server_is_left_alone_for_a_day_at_most() -> None:
    now = parse_instant(NOW)
    assert cap_request("2026-11-24T05:00:00Z", now) == now + dt.timedelta(hours=2)
    assert cap_request("2026-12-24T05:00:00Z", now) == now + dt.timedelta(days=1)


def test_the_bounds_of_a_schedule_follow_from_its_start() -> None:
    assert bounds(1800) == Bounds(start=1800, shortest=600, longest=43200)
    assert bounds(7200).longest == 86400
    assert bounds(100_000).longest == 100_000


def test_polls_are_spread_by_a_tenth_of_the_wait_to_either_side() -> None:
    class Edge(Random):
        def __init__(self, drawn: float) -> None:
            super().__init__()
            self._drawn = drawn

        def random(self) -> float:
            return self._drawn

    rhythm = rhythm_of(office_hours())
    usual = wait(PollResult(seen=0), rhythm)
    for drawn, share in ((0.0, 0.9), (1.0, 1.1)):
        assert wait(PollResult(seen=0), rhythm, chance=Edge(drawn)) == pytest.approx(
            usual * share, abs=1.5
        )


@pytest.mark.parametrize(
    ("answer", "seconds", "said"),
    [
        # A TTL holds up to the longest wait, a header up to an hour; neither makes it shorter.
        (PollResult(ttl=60.0), None, ""),
        (PollResult(ttl=43_200.0), 43_200, "later, as the feed's TTL ask: 12 h"),
        (PollResult(ttl=43_201.0), 43_200, "later"),
        (PollResult(max_age=3600.0), 3600, "later, as the cache headers ask: 60 min"),
        (PollResult(max_age=3601.0), 3600, "later"),
        (PollResult(max_age=60.0), None, ""),
        (PollResult(ttl=5000.0, max_age=3600.0), 5000, "feed's TTL"),
        (PollResult(ttl=2000.0, max_age=3000.0), 3000, "cache headers"),
    ],
)
def test_what_a_feed_asks_for_makes_the_wait_longer(
    answer: PollResult, seconds: int | None, said: str
) -> None:
    rhythm = steady(60)
    usual = wait(PollResult(), rhythm)
    assert wait(answer, rhythm) == (usual if seconds is None else seconds)
    assert said in why(answer, rhythm)
    assert ("later" in why(answer, rhythm)) is bool(said)


@pytest.mark.parametrize(
    ("asked", "seconds"), [("2026-11-24T03:00:01Z", None), ("2026-11-24T09:00:00Z", 6 * 3600)]
)
def test_retry_after_counts_where_it_is_the_longer(asked: str, seconds: int | None) -> None:
    rhythm = steady(60)
    answer = PollResult(not_before=asked)
    assert wait(answer, rhythm) == (wait(PollResult(), rhythm) if seconds is None else seconds)


@pytest.mark.parametrize(
    ("failures", "hours"), [(0.25, 0.59), (1.0, 1.0), (2.0, 2.0), (3.0, 4.0), (4.0, 8.0), (9.0, 12)]
)
def test_the_wait_after_failures_doubles_with_their_weight(failures: float, hours: float) -> None:
    answer = PollResult(reason="timeout", failures=failures, misses=9, missed_for=8 * 86_400.0)
    assert wait(answer, steady(60)) == pytest.approx(hours * 3600, rel=0.01)


@pytest.mark.parametrize(("misses", "hours"), [(0, 4.0), (1, 1.0), (2, 1.0), (3, 4.0)])
def test_two_misses_are_not_sure_yet(misses: int, hours: float) -> None:
    answer = PollResult(reason="http-404", failures=3.0, misses=misses, missed_for=8 * 86_400.0)
    assert wait(answer, steady(60)) == pytest.approx(hours * 3600, rel=0.01)
    assert "waits" in why(answer, steady(60))


def test_no_poll_comes_within_the_same_second() -> None:
    limits = Bounds(start=1.0, shortest=0.1, longest=2.0)
    decision = next_poll(
        PollResult(seen=9, fresh=9), now=NOW, rhythm=steady(60), limits=limits, chance=Middle()
    )
    assert decision.at == "2026-11-24T03:00:01Z"


@pytest.mark.parametrize(
    ("due", "spread"),
    [
        ([NOW], [NOW]),
        ([NOW, NOW, NOW], [NOW, "2026-11-24T03:00:20Z", "2026-11-24T03:00:40Z"]),
        (["2026-11-24T03:00:01Z", NOW], ["2026-11-24T03:00:01Z", NOW]),
        (["2026-11-24T03:00:01Z"], ["2026-11-24T03:00:01Z"]),
        ([], []),
    ],
)
def test_what_is_overdue_is_spread_in_its_order(due: list[str], spread: list[str]) -> None:
    assert stagger(due, now=NOW, spread=60) == spread


@pytest.mark.parametrize(("seen", "named"), [(1, False), (2, True), (4, True)])
def test_an_hour_is_named_that_brought_half_as_much_again(seen: int, named: bool) -> None:
    moment = parse_instant(NOW)
    rhythm = Rhythm(
        rate=1.0,
        hours=(1.0,) * 24,
        weekdays=(1.0,) * 7,
        recent=tuple(moment - dt.timedelta(minutes=n) for n in range(seen)),
        known=seen,
    )
    # One is to be expected in the hour, and one is added on both sides.
    assert ("the last hour brought" in why(PollResult(), rhythm)) is named


@pytest.mark.parametrize(
    ("rate", "seen", "surge"),
    [
        (1.0, 1, 1.0),
        (1.0, 3, 2.0),
        (9.0, 0, 0.5),
        (2.0, 1, 2 / 3),
        (1.0, 31, 16.0),
        (1.0, 99, 16.0),
    ],
)
def test_a_surge_is_half_to_sixteen_times_the_usual(rate: float, seen: int, surge: float) -> None:
    moment = parse_instant(NOW)
    recent = tuple(moment - dt.timedelta(seconds=30 * n) for n in range(seen))
    rhythm = Rhythm(rate=rate, hours=(1.0,) * 24, weekdays=(1.0,) * 7, recent=recent, known=seen)
    assert _surge(rhythm, moment) == pytest.approx(surge)


@pytest.mark.parametrize(
    ("start", "rate", "seen", "seconds"),
    [
        # 0.87 of the interval at one article an hour, and less by the power 0.4 of the rate.
        (1800, 1.0, 1, 1566.0),
        (1800, 4.0, 4, 1566.0 / 4**0.4),
        (1800, 16.0, 16, 1566.0 / 16**0.4),
        # Four times the usual, fading over three hours: (4 ** 1.4 - 1) / 1.4 of 5.22, then as ever.
        (21_600, 1.0, 7, 14_256.0),
    ],
)
def test_polls_lie_as_dense_as_a_power_of_what_is_published(
    start: float, rate: float, seen: int, seconds: float
) -> None:
    moment = parse_instant(NOW)
    recent = tuple(moment - dt.timedelta(seconds=30 * n) for n in range(seen))
    rhythm = Rhythm(rate=rate, hours=(1.0,) * 24, weekdays=(1.0,) * 7, recent=recent, known=seen)
    wait = _wait_for_density(moment, rhythm, bounds(start), _surge(rhythm, moment))
    assert wait == pytest.approx(seconds, rel=0.01)


def test_an_answer_says_nothing_by_itself() -> None:
    answer = PollResult()
    numbers = (answer.seen, answer.fresh, answer.failures, answer.misses, answer.missed_for)
    assert (*numbers, answer.shown) == (0,) * 6
    assert (answer.first, answer.is_flooded, answer.reason) == (False, False, "")
    assert (answer.ttl, answer.max_age, answer.not_before) == (None,) * 3
