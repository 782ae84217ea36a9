"""Questions to the table of reasons, by word. Pure."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from http import HTTPStatus

from crawler.failures.reason import WEIGHTS, Reason, Verdict, Whose
from crawler.failures.table import CAUSES, REASONS, STATUSES, UNKNOWN

_CAUSE_BY_WORD = {word: cause for cause, words in CAUSES.items() for word in words}

_NAMED_STATUSES = frozenset(HTTPStatus)


@lru_cache(maxsize=256)
def reason_of(word: str) -> Reason:
    """Return the row of a word.

    Archives may hold words of other versions: an unknown one is a fault of the host that passes.
    """
    known = REASONS.get(word)
    if known is not None:
        return known
    start, _, number = word.partition("-")
    if start == "http" and number.isdecimal() and len(number) == 3:
        return _reason_of_status(word, int(number))
    return replace(UNKNOWN, word=word, sentence=f"failed ({word})")


def _reason_of_status(word: str, status: int) -> Reason:
    plan = next(plan for statuses, plan in STATUSES if status in statuses)
    phrase = f" ({HTTPStatus(status).phrase})" if status in _NAMED_STATUSES else ""
    return replace(plan, word=word, sentence=f"answered {status}{phrase}")


def describe_failure(word: str) -> str:
    """Return what the word means, to be put behind a URL: ``answered 404 (Not Found)``."""
    return reason_of(word).sentence


def cause_of(word: str) -> str:
    """Return the cause that a reason stands for: what an alarm is about."""
    return _CAUSE_BY_WORD.get(word, word)


def is_passing(word: str) -> bool:
    """Return whether a reason is the host's or the moment's: it says nothing about the page."""
    return reason_of(word).whose in (Whose.HOST, Whose.MOMENT)


def is_unasked(word: str) -> bool:
    """Return whether nobody was asked, and for no reason of the page, the seed or the host."""
    reason = reason_of(word)
    return reason.verdict is Verdict.DEFERRED and reason.whose is not Whose.HOST


def weigh(failures: float, word: str) -> float:
    """Return the weighed failures in a row after one more: hard 1, soft 0.5, temporary 0.25."""
    return failures + WEIGHTS[reason_of(word).weight]
