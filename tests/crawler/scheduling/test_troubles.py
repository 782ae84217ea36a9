"""When a run gives up a host: after how many pages, and what is said then."""

from __future__ import annotations

import pytest

from crawler.failures import Word
from crawler.scheduling.troubles import Troubles
from storage.records import Outcome
from storage.states import OutcomeKind

GOOD = Outcome(kind=OutcomeKind.NEW)


def bad(reason: str, kind: OutcomeKind = OutcomeKind.FAILED) -> Outcome:
    return Outcome(kind=kind, reason=reason)


def after(*outcomes: Outcome) -> Troubles:
    troubles = Troubles()
    for outcome in outcomes:
        troubles.note(outcome)
    return troubles


@pytest.mark.parametrize(
    ("outcomes", "left", "is_away"),
    [
        ([], 5, False),
        ([bad("http-503")], 4, False),
        ([bad("http-503")] * 4, 1, False),
        ([bad("http-503")] * 5, 0, True),
        ([GOOD], None, False),
        ([GOOD, bad("http-503")], 19, False),
        ([GOOD, *[bad("http-503")] * 19], 1, False),
        ([GOOD, *[bad(Word.TIMEOUT)] * 20], 0, True),
        ([bad("http-503")] * 4 + [GOOD], None, False),
        ([bad("no-body", OutcomeKind.REJECTED)], None, False),
        ([*[bad("http-503")] * 3, bad(Word.CRASHED)], 17, False),
    ],
)
def test_a_host_may_spoil_so_many_pages(
    outcomes: list[Outcome], left: int | None, is_away: bool
) -> None:
    troubles = after(*outcomes)
    assert (troubles.left, troubles.is_host_away) == (left, is_away)


@pytest.mark.parametrize(("times", "is_away"), [(1, False), (2, False), (3, True)])
def test_pages_that_cannot_be_asked_for_end_a_run(times: int, is_away: bool) -> None:
    troubles = after()
    for _ in range(times):
        troubles.put_off(Word.ROBOTS_UNREACHABLE)
    assert troubles.is_host_away is is_away
    assert troubles.count == times
    troubles.note(GOOD)
    assert not troubles.is_host_away
    assert troubles.count == 0


def test_what_we_ourselves_put_off_is_no_trouble() -> None:
    troubles = after()
    for _ in range(5):
        troubles.put_off(Word.STOPPED)
    assert (troubles.is_host_away, troubles.count) == (False, 0)


@pytest.mark.parametrize(
    ("reasons", "is_unanswered"),
    [
        ([], False),
        ([Word.TIMEOUT], True),
        ([Word.TIMEOUT, "http-503"], False),
        (["http-503"], False),
        ([Word.TIMEOUT, Word.DNS], True),
    ],
)
def test_no_answer_at_all_may_be_the_host_or_its_pages(
    reasons: list[str], is_unanswered: bool
) -> None:
    assert after(*map(bad, reasons)).is_unanswered is is_unanswered
    assert not after(GOOD, *map(bad, reasons)).is_unanswered


def test_what_most_pages_met_is_told_with_the_last_detail() -> None:
    troubles = after(bad(Word.TIMEOUT), bad("http-503"), bad("http-503"))
    assert troubles.cause == "answered 503 (Service Unavailable)"
    assert troubles.count == 0, "the host still has two pages to spoil"
    troubles.put_off("http-429", "asks to wait 7200 seconds")
    assert troubles.cause == "answered 503 (Service Unavailable) (asks to wait 7200 seconds)"
    assert troubles.count == 4


def test_what_was_met_before_a_good_page_is_not_told_any_more() -> None:
    troubles = after(*[bad("http-503")] * 3, GOOD)
    for _ in range(2):
        troubles.put_off(Word.ROBOTS_UNREACHABLE)
    assert troubles.cause == "was not asked: the site's robots.txt cannot be read"


@pytest.mark.parametrize(
    ("word", "is_unanswered"), [(Word.ROBOTS_UNREACHABLE, True), (Word.RETRY_AFTER, False)]
)
def test_a_robots_file_that_cannot_be_read_is_no_answer(word: Word, is_unanswered: bool) -> None:
    troubles = after()
    troubles.put_off(word)
    assert troubles.is_unanswered is is_unanswered
