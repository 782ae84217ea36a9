"""Mentions in texts that were labelled by somebody who had not seen the list of units."""

from __future__ import annotations

import pytest

from benchmarks.mentions import FOLDER, measure, read_texts


@pytest.mark.parametrize(("half", "wanted", "traps"), [("a", 532, 224), ("b", 542, 212)])
def test_mentions_are_right_and_none_too_many(half: str, wanted: int, traps: int) -> None:
    figures = measure(read_texts(FOLDER / f"{half}.jsonl"))
    assert (figures.wanted, figures.traps) == (wanted, traps)
    assert figures.precision >= 0.97
    assert figures.recall >= 0.92
    assert figures.caught <= 6
