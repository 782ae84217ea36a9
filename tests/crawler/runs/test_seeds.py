"""What a run says of the seeds it polled."""

from __future__ import annotations

import pytest

from crawler.runs.seeds import are_known_texts


@pytest.mark.parametrize(
    ("outcomes", "known"),
    [
        ({"duplicate": 1}, True),
        ({"duplicate": 1, "unchanged": 9}, True),
        ({"duplicate": 1, "new": 1}, False),
        ({"duplicate": 3, "new": 1}, False),
        ({"duplicate": 4, "new": 4}, True),
        ({"duplicate": 4, "new": 5}, False),
        ({"duplicate": 10, "new": 1, "unchanged": 10}, True),
        ({"unchanged": 10}, False),
        ({}, False),
    ],
)
def test_known_texts_at_new_addresses_are_no_gap(outcomes: dict[str, int], known: bool) -> None:
    assert are_known_texts(outcomes) is known
