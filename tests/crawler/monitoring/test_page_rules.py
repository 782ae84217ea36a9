"""Each rule about pages, at its bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler.monitoring.page_rules import (
    left_alone,
    shut_out_pages,
    unanswered,
    unreadable,
    unreadable_pages,
    untitled_pages,
    without_young,
)
from tests.support.health import GOOD_AT, at, facts, met, seed

if TYPE_CHECKING:
    from storage.records import Run, SeedState

CUT, TWO_CUT = {"failed/connection": 1}, {"failed/connection": 2}
THREE_CUT = {"failed/timeout": 3}


@pytest.mark.parametrize(
    ("runs", "told"),
    [
        # Two days are looked at, to the second.
        ([met("2026-11-22T03:00:00Z", {"rejected/no-body": 4})], True),
        ([met("2026-11-22T02:59:59Z", {"rejected/no-body": 4})], False),
        # The newest runs that hold four pages; what is older says nothing more.
        ([met("02:00", {"new": 1}), met("01:00", {"rejected/no-body": 3})], True),
        ([met("02:00", {"new": 4}), met("01:00", {"rejected/no-body": 7})], False),
        ([met("02:00", {"new": 2}), met("01:00", {"rejected/no-body": 6})], True),
        ([met("02:00", {"rejected/no-body": 4}), met("01:00", {"new": 40})], True),
        # Three of four pages.
        ([met("02:00", {"rejected/no-body": 3, "new": 1})], True),
        ([met("02:00", {"rejected/no-body": 5, "new": 2})], False),
        # What was read in any way counts as read, and what says nothing of a site for nothing.
        ([met("02:00", {"rejected/no-body": 3, "unchanged": 1})], True),
        ([met("02:00", {"rejected/no-body": 3, "unchanged": 2})], False),
        ([met("02:00", {"rejected/no-body": 3, "duplicate": 2})], False),
        ([met("02:00", {"rejected/no-body": 3, "revised": 2})], False),
        ([met("02:00", {"rejected/no-body": 3, "rejected/schedule": 2})], False),
        # Films count from the twelfth page on.
        ([met("02:00", {"rejected/video": 12})], True),
        ([met("02:00", {"rejected/video": 11})], False),
        ([met("02:00", {"rejected/video": 11}), met("01:00", {"new": 1})], True),
        # A fault that passes: three of one run, and nothing was read since.
        ([met("02:00", {"failed/timeout": 3, "new": 1})], True),
        ([met("02:00", TWO_CUT), met("01:00", TWO_CUT)], False),
        ([met("02:00", THREE_CUT), met("01:00", CUT)], True),
    ],
)
def test_unreadable_pages_are_judged_by_the_newest_four(runs: list[Run], *, told: bool) -> None:
    causes = [each.cause for each in unreadable_pages(facts(runs=runs))]
    if "timeout" in str(runs):
        assert causes == (["no-answer"] if told else [])
    else:
        assert causes == (["rejected"] if told else [])


@pytest.mark.parametrize(
    ("since", "told"),
    [
        # A page that is read ends it; the host's faults since are fewer than four.
        ([], True),
        ([{"new": 1}], False),
        ([{"revised": 1}], False),
        ([{"duplicate": 1}], False),
        ([{"unchanged": 1}], True),
        ([{"rejected/no-body": 1}], True),
        ([{"new": 1}, {"failed/http-503": 3}], False),
        ([{"new": 1}, {"failed/http-503": 4}], True),
        ([{"new": 1}, {"failed/http-503": 2}, {"failed/http-503": 1}], False),
        ([{"new": 1}, {"failed/http-503": 2}, {"failed/http-503": 2}], True),
        # What is no fault of the host does not count against it.
        ([{"new": 1}, {"rejected/no-body": 1, "failed/http-503": 3}], False),
    ],
)
def test_a_fault_of_the_host_is_over_with_a_page_that_is_read(
    since: list[dict[str, int]], *, told: bool
) -> None:
    runs = [met("02:00", outcomes) for outcomes in reversed(since)]
    runs.append(met("01:00", {"failed/http-503": 40}))
    assert bool(list(unreadable_pages(facts(runs=runs)))) is told


def test_the_most_frequent_reason_names_the_trouble() -> None:
    outcomes = {"rejected/no-body": 1, "rejected/login": 3, "failed/too-large": 1}
    (trouble,) = unreadable_pages(facts(runs=[met("02:00", outcomes)]))
    assert (trouble.cause, trouble.state) == ("login", "blocked")
    assert trouble.why.startswith("5 of the last 5 pages gave no article: most often it asks")
    assert trouble.why.endswith("(login)")


@pytest.mark.parametrize(
    ("untitled", "standing", "why"),
    [
        (0, (), ""),
        (3, (), ""),
        (4, (), "none of the last 4 pages shows a title of its own (common-title)"),
        (0, {"title"}, ""),
        (1, {"title"}, "not even the newest page shows a title of its own (common-title)"),
        (2, {"title"}, "none of the last 2 pages shows a title of its own (common-title)"),
        (3, {"lead"}, ""),
    ],
)
def test_four_pages_without_a_title_or_one_while_that_stands(
    untitled: int, standing: set[str], why: str
) -> None:
    troubles = list(untitled_pages(facts(untitled=untitled, standing=standing)))
    assert [each.why for each in troubles] == ([why] if why else [])
    assert all((each.cause, each.state) == ("title", "broken") for each in troubles)


@pytest.mark.parametrize(
    ("runs", "since"),
    [
        # Three pages of one run, over seven days.
        ([met("02:00", THREE_CUT)], at("02:00")),
        ([met("02:00", TWO_CUT)], None),
        ([met("02:00", TWO_CUT), met("01:00", TWO_CUT)], None),
        ([met("02:00", CUT), met("01:00", THREE_CUT)], at("01:00")),
        ([met("02:00", THREE_CUT), met("01:00", CUT)], at("01:00")),
        ([met("2026-11-17T03:00:00Z", THREE_CUT)], "2026-11-17T03:00:00Z"),
        ([met("2026-11-17T02:59:59Z", THREE_CUT)], None),
        # Nothing else was met: what was read ends the row, what says nothing does not.
        ([met("02:00", {**THREE_CUT, "new": 1})], None),
        ([met("02:00", {**THREE_CUT, "rejected/no-body": 1})], None),
        ([met("02:00", THREE_CUT), met("01:00", {"unchanged": 1}), met("00:30", CUT)], at("02:00")),
        ([met("02:00", {"unchanged": 1}), met("01:00", THREE_CUT)], None),
        ([met("02:00", {}), met("01:00", THREE_CUT)], at("01:00")),
        ([met("02:00", THREE_CUT), met("01:00", {})], at("02:00")),
        ([met("02:00", {**THREE_CUT, "rejected/schedule": 5})], at("02:00")),
    ],
)
def test_pages_that_all_met_one_fault_of_the_host(runs: list[Run], since: str | None) -> None:
    troubles = list(shut_out_pages(facts(runs=runs)))
    assert [each.since for each in troubles] == ([since] if since else [])
    assert all((each.cause, each.state) == ("no-answer", "broken") for each in troubles)


def test_pages_that_were_shut_out_are_counted_over_all_runs() -> None:
    runs = [met("02:00", {"rejected/login": 2}), met("01:00", {"rejected/bot-check": 5})]
    (trouble,) = shut_out_pages(facts(runs=runs))
    assert trouble.why.startswith("none of the last 7 pages could be read: each shows a check")
    assert (trouble.cause, trouble.state) == ("bot-check", "blocked")


def missed(since: str, polled: str, good: str = "00:30") -> SeedState:
    return seed(
        failures=0.25,
        misses=1,
        last_reason="connection",
        missed_since=at(since),
        polled_at=at(polled),
        fruitful_at=at(good),
    )


RECOVERED = seed(polled_at=GOOD_AT, fruitful_at=GOOD_AT)


@pytest.mark.parametrize(
    ("seeds", "runs", "since"),
    [
        # Three quarters of an hour, to the second.
        ([RECOVERED], [met("02:00", TWO_CUT), met("01:15", CUT)], at("01:15")),
        ([RECOVERED], [met("02:00", TWO_CUT), met("01:15:01", CUT)], None),
        ([RECOVERED], [met("02:00", CUT), met("01:00", TWO_CUT)], at("01:00")),
        # A run that began when a seed was good says nothing, and ends the row.
        ([RECOVERED], [met("02:00", TWO_CUT), met("00:30", CUT)], None),
        ([RECOVERED], [met("02:00", TWO_CUT), met("00:30:01", CUT)], at("00:30:01")),
        # One page alone, and two; a seed that fails as well.
        ([RECOVERED], [met("02:00", CUT), met("01:00", CUT)], None),
        ([missed("02:00", "02:00")], [met("02:00", CUT), met("01:00", CUT)], at("01:00")),
        ([missed("01:00", "02:00")], [met("01:30", CUT)], at("01:00")),
        ([missed("01:00", "01:00")], [met("01:45", CUT)], at("01:00")),
        ([missed("01:00", "01:00")], [met("01:44:59", CUT)], None),
        # A seed that was polled when another was good does not count.
        ([missed("01:00", "01:30"), seed(2, fruitful_at=at("01:30"))], [met("02:30", CUT)], None),
        (
            [missed("01:00", "01:31"), seed(2, fruitful_at=at("01:30"))],
            [met("02:30", CUT)],
            at("01:00"),
        ),
        # A seed alone is what the rules of seeds judge.
        ([missed("01:00", "02:30")], [], None),
        ([missed("01:00", "02:30")], [met("02:00", {})], None),
        # What was read since, or read as well, ends it.
        ([RECOVERED], [met("02:00", TWO_CUT), met("01:30", {"new": 1}), met("01:00", CUT)], None),
        ([RECOVERED], [met("02:00", {**TWO_CUT, "new": 1}), met("01:00", TWO_CUT)], None),
        ([RECOVERED], [met("02:00", TWO_CUT), met("01:30", {}), met("01:00", CUT)], at("01:00")),
        ([RECOVERED], [met("02:00", TWO_CUT), met("01:30", {}), met("01:20", CUT)], None),
        # A fault of a page is none of the host.
        ([RECOVERED], [met("02:00", {"rejected/no-body": 2}), met("01:00", TWO_CUT)], None),
        # Seeds that were never good, or never missed, have no instants to compare.
        ([seed(polled_at=None)], [met("02:00", TWO_CUT), met("01:00", CUT)], at("01:00")),
        ([seed(failures=1.0, polled_at=at("02:00"))], [met("01:00", CUT)], at("01:00")),
        ([seed(failures=1.0, polled_at=None)], [met("02:00", CUT), met("01:00", CUT)], None),
    ],
)
def test_nothing_answers_for_three_quarters_of_an_hour(
    seeds: list[SeedState], runs: list[Run], since: str | None
) -> None:
    troubles = list(unanswered(facts(seeds=seeds, runs=runs)))
    assert [each.since for each in troubles] == ([since] if since else [])
    assert all((each.cause, each.state) == ("no-answer", "broken") for each in troubles)


def test_what_pages_answered_most_often_names_the_silence() -> None:
    runs = [met("02:00", CUT), met("01:00", {"failed/http-503": 2})]
    (trouble,) = unanswered(facts(seeds=[RECOVERED], runs=runs))
    assert (trouble.cause, trouble.since) == ("server-error", at("01:00"))
    assert trouble.why.startswith("nothing of it could be read since 2026-11-24T01:00:00Z: each ")


BUSY = {"failed/http-429": 1, "new": 9}
TOMORROW = "2026-11-25T01:00:00Z"


@pytest.mark.parametrize(
    ("more", "since"),
    [
        # What a page answered: for three quarters of an hour, seen and asked.
        ({"runs": [met("02:15", BUSY)]}, at("02:15")),
        ({"runs": [met("02:15:01", BUSY)]}, None),
        ({"runs": [met("01:00", BUSY)], "pages_held": at("01:45")}, at("01:00")),
        ({"runs": [met("01:00", BUSY)], "pages_held": at("01:44:59")}, None),
        ({"runs": [met("01:00", BUSY)], "pages_held": None}, None),
        # A run that began after that time shows that it is over; the newest alone says so.
        ({"runs": [met("02:30", BUSY)], "pages_held": at("02:29")}, None),
        ({"runs": [met("02:00", {}), met("01:00", BUSY)], "pages_held": at("02:00")}, at("01:00")),
        ({"runs": [met("02:00:01", {}), met("01:00", BUSY)], "pages_held": at("02:00")}, None),
        # The newest run that met pages says why.
        ({"runs": [met("02:00", {}), met("01:00", BUSY)]}, at("01:00")),
        ({"runs": [met("02:00", {"new": 1}), met("01:00", BUSY)]}, ""),
        ({"runs": [met("01:00", {"rejected/no-body": 4})]}, ""),
        # Nothing tells why: known to last, or told before.
        ({"pages_held": at("03:45")}, ""),
        ({"pages_held": at("03:44:59")}, None),
        ({"pages_held": at("03:44:59"), "standing": {"wait"}}, ""),
        ({"pages_held": at("03:44:59"), "standing": {"server-error"}}, ""),
        ({"pages_held": at("03:44:59"), "standing": {"title"}}, None),
        # A seed that fails is told by the rules of seeds.
        ({"seeds": [seed(failures=0.25)]}, None),
        ({"seeds": [seed(failures=0.25)], "standing": {"wait"}}, None),
        ({"seeds": [seed(failures=0.25)], "runs": [met("02:00", BUSY)]}, at("02:00")),
    ],
)
def test_pages_of_a_host_that_asked_to_be_left_alone(
    more: dict[str, object], since: str | None
) -> None:
    troubles = list(left_alone(facts(**{"pages_held": TOMORROW, **more})))
    assert [each.since or "" for each in troubles] == ([] if since is None else [since])


def test_a_host_that_is_left_alone_is_named_by_what_most_pages_met() -> None:
    outcomes = {"failed/http-429": 1, "failed/http-503": 2, "rejected/no-body": 5}
    (trouble,) = left_alone(facts(pages_held=TOMORROW, runs=[met("02:00", outcomes)]))
    assert trouble.cause == "server-error"
    assert trouble.why.startswith(f"nothing of it is read until {TOMORROW}, as its server asks: ")
    assert trouble.why.endswith("(http-503)")
    (unknown,) = left_alone(facts(pages_held=TOMORROW))
    assert (unknown.cause, unknown.state) == ("retry-after", "blocked")


@pytest.mark.parametrize(
    ("young", "wanted"),
    [
        ({}, [{"failed/http-404": 2, "new": 1}, {"rejected/http-404": 3}]),
        ({"http-404": 1}, [{"failed/http-404": 1, "new": 1}, {"rejected/http-404": 3}]),
        ({"http-404": 2}, [{"failed/http-404": 0, "new": 1}, {"rejected/http-404": 3}]),
        ({"http-404": 4}, [{"failed/http-404": 0, "new": 1}, {"rejected/http-404": 1}]),
        ({"http-404": 9}, [{"failed/http-404": 0, "new": 1}, {"rejected/http-404": 0}]),
        ({"http-404": 0}, [{"failed/http-404": 2, "new": 1}, {"rejected/http-404": 3}]),
        # No new page is met with these because it is new.
        ({"bot-check": 9}, [{"failed/http-404": 2, "new": 1}, {"rejected/http-404": 3}]),
        ({"": 9}, [{"failed/http-404": 2, "new": 1}, {"rejected/http-404": 3}]),
    ],
)
def test_refusals_of_young_pages_are_taken_from_the_newest(
    young: dict[str, int], wanted: list[dict[str, int]]
) -> None:
    runs = [
        met("02:00", {"failed/http-404": 2, "new": 1}),
        met("01:00", {"rejected/http-404": 3}),
    ]
    found = without_young(facts(runs=runs, young=young)).runs
    assert [run.outcomes for run in found] == wanted


def test_pages_are_counted_by_the_word_of_what_says_something_of_the_site() -> None:
    counts = {
        "failed/no-body": 1,
        "rejected/no-body": 2,
        "rejected/schedule": 4,
        "rejected/login": 0,
        "new": 5,
    }
    assert unreadable(counts) == {"no-body": 3}
