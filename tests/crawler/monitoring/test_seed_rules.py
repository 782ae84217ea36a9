"""Each rule about seeds, at its bounds."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from crawler.monitoring.seed_rules import (
    _expected_of,
    empty_seeds,
    failing_seeds,
    is_empty,
    is_failing,
    lasts,
    state_of,
    substituted_seeds,
)
from storage.instants import VIETNAM, parse_instant
from tests.support.health import NOW, at, facts, seed

if TYPE_CHECKING:
    from storage.records import SeedState


@pytest.mark.parametrize(
    ("until", "wanted"),
    [("02:45", True), ("02:44:59", False), ("02:00", False), (None, False)],
)
def test_three_quarters_of_an_hour_are_long(until: str | None, *, wanted: bool) -> None:
    assert lasts(at("02:00"), at(until) if until else None) is wanted


@pytest.mark.parametrize(
    ("changes", "held", "wanted"),
    [
        ({"failures": 1.0}, None, True),
        ({"failures": 0.75, "misses": 1, "missed_since": at("02:00")}, None, False),
        ({"failures": 0.75, "misses": 2, "missed_since": at("02:15")}, None, True),
        ({"failures": 0.75, "misses": 2, "missed_since": at("02:15:01")}, None, False),
        ({"failures": 0.75, "misses": 2, "missed_since": None}, None, False),
        ({"failures": 0.0, "misses": 2, "missed_since": at("02:00")}, None, False),
        # One miss is enough where nobody may ask a second time for as long.
        ({"failures": 0.5, "misses": 1, "missed_since": at("02:15")}, "09:00", True),
        ({"failures": 0.5, "misses": 1, "missed_since": at("02:15:01")}, "09:00", False),
        ({"failures": 0.5, "misses": 1, "missed_since": at("02:15")}, "02:56", False),
        ({"failures": 0.5, "misses": 1, "missed_since": at("02:11")}, "02:56", True),
        ({"failures": 0.5, "misses": 1, "missed_since": at("02:10")}, "02:55", False),
        ({"failures": 0.5, "misses": 1, "missed_since": at("02:00"), "polled_at": None}, "02:45",
         True),
    ],
)  # fmt: skip
def test_a_seed_fails(changes: dict[str, object], held: str | None, *, wanted: bool) -> None:
    assert is_failing(seed(**changes), NOW, held=at(held) if held else None) is wanted


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"empty": 2}, True),
        ({"empty": 1}, False),
        ({"empty": 2, "failures": 0.25}, False),
        ({"misses": 3}, True),
        ({"misses": 2}, False),
        ({"misses": 3, "failures": 0.25}, False),
        ({"misses": 3, "fruitful_at": at("01:00")}, False),
        ({"empty": 2, "fruitful_at": at("01:00")}, True),
    ],
)
def test_a_seed_is_empty(changes: dict[str, object], *, wanted: bool) -> None:
    assert is_empty(seed(**changes)) is wanted


@pytest.mark.parametrize(
    ("word", "state"),
    [("http-403", "blocked"), ("http-404", "broken"), ("timeout", "broken"), (None, "broken")],
)
def test_a_word_has_its_state(word: str | None, state: str) -> None:
    assert state_of(word) == state


def gone(number: int, word: str, **more: object) -> SeedState:
    """A seed that fails."""
    changes = {"failures": 1.0, "last_reason": word, "last_error": f"{number} is {word}"}
    return seed(number, **changes | more)


def told(**changes: object) -> list[tuple[str, str, str, str | None]]:
    troubles = failing_seeds(facts(**changes))
    return [(each.cause, str(each.state), each.why, each.since) for each in troubles]


@pytest.mark.parametrize(
    ("seeds", "wanted"),
    [
        ([seed(), seed(2)], []),
        ([gone(1, "http-404")], [("missing", "broken", "1 is http-404", None)]),
        ([gone(1, "http-403", polled_at=None)], []),
        # A seed that was never polled counts for nothing.
        (
            [gone(1, "http-403"), seed(2, polled_at=None)],
            [("forbidden", "blocked", "1 is http-403", None)],
        ),
        (
            [gone(1, "http-403"), seed(2)],
            [("forbidden", "degraded", "1 of 2 seeds fails: 1 is http-403", None)],
        ),
        # One trouble for each cause, all of the gravest state.
        (
            [gone(1, "http-403"), gone(2, "http-404"), gone(3, "http-410")],
            [
                ("forbidden", "broken", "1 is http-403", None),
                ("missing", "broken", "2 is http-404", None),
            ],
        ),
        (
            [gone(1, "http-403"), gone(2, "login")],
            [
                ("forbidden", "blocked", "1 is http-403", None),
                ("login", "blocked", "2 is login", None),
            ],
        ),
        # What earlier versions wrote has neither word nor sentence.
        (
            [gone(1, "", last_error=None, last_reason=None)],
            [("failing", "broken", "the last polls failed", None)],
        ),
        (
            [gone(1, "", last_error=None, last_reason=None), seed(2)],
            [("failing", "degraded", "1 of 2 seeds fails: the last polls failed", None)],
        ),
        # A host is gone if no seed has answered since the first miss.
        (
            [gone(1, "timeout", missed_since=at("02:00")), seed(2, polled_at=at("01:59:59"))],
            [("no-answer", "broken", "1 is timeout", at("02:00"))],
        ),
        (
            [gone(1, "timeout", missed_since=at("02:00")), seed(2, polled_at=at("02:00"))],
            [("no-answer", "degraded", "1 of 2 seeds fails: 1 is timeout", at("02:00"))],
        ),
        (
            [gone(1, "http-503", missed_since=at("02:00")), seed(2, polled_at=at("01:00"))],
            [("server-error", "broken", "1 is http-503", at("02:00"))],
        ),
        (
            [gone(1, "http-404", missed_since=at("02:00")), seed(2, polled_at=at("01:00"))],
            [("missing", "degraded", "1 of 2 seeds fails: 1 is http-404", at("02:00"))],
        ),
        (
            [gone(1, "timeout"), seed(2, polled_at=at("01:00"))],
            [("no-answer", "degraded", "1 of 2 seeds fails: 1 is timeout", None)],
        ),
    ],
)
def test_seeds_that_fail_are_told_by_cause(
    seeds: list[SeedState], wanted: list[tuple[str, str, str, str | None]]
) -> None:
    wanted = [
        (cause, state, why.replace("1 of 2 seeds fails", "1 of 2 seeds fail"), since)
        for cause, state, why, since in wanted
    ]
    assert told(seeds=seeds) == wanted


def test_a_seed_that_waits_for_its_host_fails_at_once() -> None:
    waiting = seed(failures=0.5, misses=1, missed_since=at("02:00"), last_reason="http-429")
    assert told(seeds=[waiting]) == []
    assert [each[0] for each in told(seeds=[waiting], held={1: at("09:00")})] == ["wait"]
    assert told(seeds=[waiting], held={2: at("09:00")}) == []


THREE_DAYS = "2026-11-21T03:00:00Z"


@pytest.mark.parametrize(
    ("changes", "others", "published", "failing", "empty"),
    [
        ({"last_reason": "no-links", "failures": 1.0}, (), (), [], []),
        ({"last_reason": "no-links", "failures": 1.0, "missed_since": THREE_DAYS}, (), (),
         ["no-links"], []),
        ({"last_reason": "no-links", "failures": 1.0, "missed_since": None}, (), (),
         ["no-links"], []),
        ({"last_reason": "http-404", "failures": 1.0}, (), (), ["missing"], []),
        ({"last_reason": "no-links", "failures": 1.0}, (seed(2, fruitful_at=at("01:00")),), (),
         ["no-links"], []),
        ({"last_reason": "no-links", "failures": 1.0}, (),
         (dt.datetime(2026, 11, 1, tzinfo=VIETNAM),), ["no-links"], []),
        ({"empty": 2}, (), (), [], []),
        ({"empty": 2, "missed_since": THREE_DAYS}, (), (), [], ["empty"]),
        ({"empty": 2, "missed_since": None}, (), (), [], ["empty"]),
    ],
)  # fmt: skip
def test_a_portal_may_be_new_for_three_days(
    changes: dict[str, object],
    others: tuple[SeedState, ...],
    published: tuple[dt.datetime, ...],
    failing: list[str],
    empty: list[str],
) -> None:
    first = seed(**{"missed_since": "2026-11-21T03:00:01Z", **changes})
    known = facts(seeds=[first, *others], published=published)
    assert [each.cause for each in failing_seeds(known)] == failing
    assert [each.cause for each in empty_seeds(known)] == empty


def hourly(days: int, until: dt.datetime) -> list[dt.datetime]:
    """An article each hour."""
    return [until - dt.timedelta(hours=n) for n in range(days * 24)]


def mornings(each: int) -> list[dt.datetime]:
    """So many articles between eight and nine of each day."""
    nine = SEVEN.replace(hour=9)
    return [
        nine - dt.timedelta(days=day, minutes=60 * n // each + 1)
        for day in range(1, 31)
        for n in range(each)
    ]


SEVEN = dt.datetime(2026, 11, 24, 7, tzinfo=VIETNAM)
VACANT = {"vacant_since": at("00:00"), "fruitful_at": at("00:00")}


def vacant(
    number: int, own: list[dt.datetime], since: str = "00:00", **more: object
) -> dict[str, object]:
    """Facts with one seed that lists nothing since some time, of which so much is known."""
    one = seed(number, **{"vacant_since": at(since), "fruitful_at": at("00:00"), **more})
    return {"seeds": [one], "entries": {number: own}, "watched_since": SEVEN - dt.timedelta(90)}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        # Five articles of its own are to be expected, or eight of the source.
        (vacant(1, hourly(30, SEVEN), "2026-11-23T20:00:00Z"), True),
        (vacant(1, hourly(30, SEVEN), "2026-11-23T21:00:00Z"), False),
        (vacant(1, hourly(30, SEVEN), "2026-11-23T20:00:00Z", failures=0.25), False),
        # Office hours bring more than an average hour, two and a half times as much at most.
        (vacant(1, mornings(23), at("00:30")), True),
        (vacant(1, mornings(10), at("00:30")), False),
        (vacant(1, []), False),
        # Twelve must be known.
        (vacant(1, hourly(30, SEVEN)[: 24 * 30 : 72], "2026-11-04T00:00:00Z"), False),
        (vacant(1, [], "2026-11-23T16:00:00Z") | {"published": hourly(30, SEVEN)}, False),
        (vacant(1, [], "2026-11-23T14:00:00Z") | {"published": hourly(30, SEVEN)}, True),
    ],
)
def test_a_seed_that_lists_nothing_is_told_when_it_should(
    changes: dict[str, object], *, told: bool
) -> None:
    assert [each.cause for each in empty_seeds(facts(**changes))] == (["empty"] if told else [])


def test_twelve_articles_before_it_listed_nothing_must_be_known() -> None:
    weekly = [SEVEN - dt.timedelta(days=4 * n) for n in range(14)]
    since = "2026-11-05T00:00:00Z"  # all but five of them
    assert [m for m in weekly if m > dt.datetime(2026, 11, 5, 7, tzinfo=VIETNAM)] == weekly[:5]
    daily = [m - dt.timedelta(days=20) for m in hourly(1, SEVEN)]
    assert list(empty_seeds(facts(**vacant(1, daily[:12], since))))
    assert not list(empty_seeds(facts(**vacant(1, daily[:11], since))))
    both = vacant(1, daily[:11], since)
    assert list(empty_seeds(facts(**both | {"published": daily[:12]})))
    assert not list(empty_seeds(facts(**both | {"published": daily[:11]})))
    # What was published since is no proof of what it lists.
    late = [*daily[:11], SEVEN]
    assert not list(empty_seeds(facts(**vacant(1, late, since) | {"published": late})))


@pytest.mark.parametrize(
    ("seeds", "state", "why"),
    [
        ([{"empty": 2}], "broken", "https://a.vn/rss/1 shows no article link, 2 polls in a row"),
        (
            [{"empty": 2, "misses": 4}],
            "broken",
            "https://a.vn/rss/1 shows no article link, 4 polls in a row",
        ),
        (
            [{}, {"empty": 5}],
            "degraded",
            "https://a.vn/rss/2 shows no article link, 5 polls in a row",
        ),
        (
            [{"empty": 2, "polled_at": None}, {"empty": 3}],
            "broken",
            "https://a.vn/rss/2 shows no article link, 3 polls in a row",
        ),
        # One that lists nothing for a short time counts only beside one that lists nothing at all.
        (
            [{"empty": 2}, {"vacant_since": at("02:00")}],
            "degraded",
            "https://a.vn/rss/1 shows no article link, 2 polls in a row",
        ),
    ],
)
def test_empty_seeds_are_named(seeds: list[dict[str, object]], state: str, why: str) -> None:
    known = [seed(number, **changes) for number, changes in enumerate(seeds, 1)]
    (trouble,) = empty_seeds(facts(seeds=known))
    assert (trouble.state, trouble.why) == (state, why)


def test_where_one_seed_lists_nothing_another_may_be_less_known() -> None:
    since = "2026-11-23T18:00:00Z"
    both = vacant(1, hourly(30, SEVEN), since)
    little = seed(2, vacant_since=at("02:00"), fruitful_at=at("00:00"))
    all_ = [*both["seeds"], little]  # type: ignore[misc]
    (trouble,) = empty_seeds(facts(**both | {"seeds": all_}))
    assert (trouble.state, trouble.since) == ("broken", since)
    assert trouble.why == f"https://a.vn/rss/1 lists nothing any more since {since}"
    (trouble,) = empty_seeds(facts(**both | {"seeds": [*all_, seed(3)]}))
    assert trouble.state == "degraded"
    empty = seed(3, empty=2, missed_since=at("01:00"))
    (trouble,) = empty_seeds(facts(**both | {"seeds": [*all_, empty]}))
    assert (trouble.state, trouble.since) == ("broken", at("01:00"))
    assert trouble.why.startswith("https://a.vn/rss/3 shows no article link, 2 polls")


FOUND = [seed(3, substitute_since=at("02:00")), seed(4, substitute_since=at("01:00"))]


def test_seeds_in_place_of_those_of_the_file_are_named_with_the_first_error() -> None:
    named = [seed(), seed(2, last_error="it answered 404")]
    (trouble,) = substituted_seeds(facts(seeds=[*named, *FOUND]))
    assert (trouble.state, trouble.since) == ("degraded", at("01:00"))
    assert trouble.why.startswith(
        "no seed of its source file works (it answered 404): it is read from 2 found on its site,"
        " such as https://a.vn/rss/3; "
    )
    (trouble,) = substituted_seeds(facts(seeds=[seed(), *FOUND]))
    assert trouble.why.startswith("no seed of its source file works: it is read")
    assert not list(substituted_seeds(facts(seeds=FOUND)))
    assert not list(substituted_seeds(facts(seeds=named)))


@pytest.mark.parametrize(("last", "is_known"), [(0, True), (1, False)])
def test_what_was_listed_when_it_became_empty_counts_to_what_is_known(
    last: int, is_known: bool
) -> None:
    """Twelve articles, the last at that moment or a second after it."""
    begin = parse_instant("2026-11-23T03:00:00Z")
    moments = [begin + dt.timedelta(seconds=last)]
    moments += [begin - dt.timedelta(hours=n) for n in range(1, 12)]
    empty = seed(vacant_since="2026-11-23T03:00:00Z")
    for changes in ({"entries": {1: moments}}, {"published": sorted(moments, reverse=True)}):
        known = facts(seeds=[empty], watched_since=begin - dt.timedelta(days=9), **changes)
        assert (_expected_of(empty, known) > 0) is is_known
