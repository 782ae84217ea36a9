"""Mentions in texts that were labelled by somebody who had not seen the list of units."""

from __future__ import annotations

from benchmarks.mentions import FOLDER, measure, read_texts


def test_mentions_are_right_and_none_too_many() -> None:
    figures = measure(read_texts(FOLDER / "a.jsonl"))
    assert (figures.wanted, figures.traps) == (532, 224)
    assert figures.precision >= 0.97
    assert figures.recall >= 0.92
    assert figures.caught <= 6
