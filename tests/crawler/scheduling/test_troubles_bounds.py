"""When a run gives up a host, page by page."""

from __future__ import annotations

import pytest

from crawler.scheduling.troubles import Troubles
from storage.records import Outcome
from storage.states import OutcomeKind

GOOD = Outcome(kind=OutcomeKind.NEW)


def bad(word: str = "timeout") -> Outcome:
    return Outcome(kind=OutcomeKind.FAILED, reason=word)


OWN = Outcome(kind=OutcomeKind.FAILED, reason="too-large")
REJECTED = Outcome(kind=OutcomeKind.REJECTED, reason="no-body")


@pytest.mark.parametrize(
    ("outcomes", "left"),
    [
        ([], 5),
        ([bad()], 4),
        ([bad()] * 5, 0),
        ([GOOD], None),
        ([GOOD, bad()], 19),
        ([GOOD, *[bad()] * 20], 0),
        ([bad(), GOOD], None),
        ([bad(), REJECTED, bad()], 19),
        # What fails by itself is neither good nor the host's.
        ([OWN], None),
        ([OWN, bad()], 19),
        ([bad(), OWN, bad()], 18),
        ([GOOD, bad(), OWN, bad()], 18),
    ],
)
def test_five_pages_or_twenty_in_a_row_end_a_run(outcomes: list[Outcome], left: int | None) -> None:
    troubles = Troubles()
    for outcome in outcomes:
        troubles.note(outcome)
    assert troubles.left == left
    assert troubles.is_host_away is (left == 0)


@pytest.mark.parametrize(
    ("words", "away", "count"),
    [
        (["retry-after"] * 3, True, 3),
        (["retry-after"] * 2, False, 2),
        (["robots-unreachable", "retry-after", "retry-after"], True, 3),
        # What we ourselves do is nobody's trouble.
        (["stopped"] * 9, False, 0),
        (["budget"] * 9, False, 0),
    ],
)
def test_three_pages_that_could_not_be_asked_for_end_a_run(
    words: list[str], away: bool, count: int
) -> None:
    troubles = Troubles()
    for word in words:
        troubles.put_off(word, "so")
    assert (troubles.is_host_away, troubles.count) == (away, count)
    troubles.note(GOOD)
    assert (troubles.is_host_away, troubles.count) == (False, 0)


@pytest.mark.parametrize(
    ("outcomes", "unanswered"),
    [
        ([], False),
        ([bad()], True),
        ([bad("http-503")], False),
        ([bad(), bad("http-503")], False),
        ([bad(), bad("connection")], True),
        ([GOOD, bad()], False),
        ([bad(), OWN], False),
    ],
)
def test_a_run_without_any_answer_is_known(outcomes: list[Outcome], unanswered: bool) -> None:
    troubles = Troubles()
    for outcome in outcomes:
        troubles.note(outcome)
    assert troubles.is_unanswered is unanswered


def test_a_robots_txt_that_cannot_be_reached_is_no_answer() -> None:
    troubles = Troubles()
    troubles.put_off("robots-unreachable", "it did not answer")
    assert troubles.is_unanswered
    troubles.put_off("retry-after")
    assert not troubles.is_unanswered


def test_pages_are_told_of_where_the_host_is_given_up_or_let_nobody_in() -> None:
    troubles = Troubles()
    for _ in range(4):
        troubles.note(bad())
    assert troubles.count == 0
    troubles.note(bad())
    assert troubles.count == 5
