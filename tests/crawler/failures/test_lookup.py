"""Rows of words that stand in the table, of statuses, and of words of other versions."""

from __future__ import annotations

import pytest

from crawler.failures.lookup import describe_failure, reason_of


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
