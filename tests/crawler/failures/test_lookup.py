"""Rows of words that stand in the table, of statuses, and of words of other versions."""

from __future__ import annotations

import pytest

from crawler.failures import REASONS
from crawler.failures.lookup import describe_failure, is_passing, is_unasked, reason_of


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("timeout", "did not answer in time"),
        ("http-404", "answered 404 (Not Found)"),
        ("http-599", "answered 599"),
        ("http-40", "failed (http-40)"),
        ("http-4040", "failed (http-4040)"),
        ("ftp-404", "failed (ftp-404)"),
        ("http-abc", "failed (http-abc)"),
        ("http", "failed (http)"),
        ("of-tomorrow", "failed (of-tomorrow)"),
    ],
)
def test_each_word_has_a_row(word: str, sentence: str) -> None:
    assert (reason_of(word).word, describe_failure(word)) == (word, sentence)


def test_what_passes_is_the_fault_of_host_or_moment() -> None:
    others = {"robots", "robots-unreachable", "retry-after", "broker-away"}
    assert {str(word) for word in REASONS if is_passing(word)} == {
        str(word) for word in REASONS if reason_of(word).is_of_the_host
    } | others


def test_nobody_was_asked_for_reasons_of_our_own() -> None:
    assert {str(word) for word in REASONS if is_unasked(word)} == {
        "broker-away",
        "budget",
        "stopped",
    }
