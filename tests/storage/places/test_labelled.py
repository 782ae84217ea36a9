"""Mentions in texts that were labelled by somebody who had not seen the list of units."""

from __future__ import annotations

import pytest

from benchmarks.mentions import FOLDER, Figures, measure, read_texts


@pytest.mark.parametrize(
    ("half", "right", "found", "wanted", "traps", "caught"),
    [("a", 521, 528, 532, 224, 2), ("b", 532, 543, 542, 212, 6)],
)
def test_mentions_are_right_and_none_too_many(
    half: str, right: int, found: int, wanted: int, traps: int, caught: int
) -> None:
    """To the last one, as each rule has its cases here: a better rule has better figures."""
    figures = measure(read_texts(FOLDER / f"{half}.jsonl"))
    assert figures == Figures(right, found, wanted, traps, caught)
    assert figures.precision >= 0.97
    assert figures.recall >= 0.92
