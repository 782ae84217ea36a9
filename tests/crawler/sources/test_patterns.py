"""Patterns of source files: compiled, or refused with a reason."""

from __future__ import annotations

import pytest

from crawler.sources.patterns import compile_pattern


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("", "is empty and would match everything"),
        ("(", "is not a valid pattern: missing ): ("),
        (
            "(?!x)y",
            "is not a valid pattern: invalid perl operator: (?! (look-around is not supported)",
        ),
        ("(?P<id>a)|(?P<id>b)", "names the group id twice"),
        ("a" * 1001, "has 1001 characters, at most 1000 are allowed"),
    ],
)
def test_a_pattern_that_cannot_be_used_says_why(pattern: str, said: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - all of its text is compared
        compile_pattern(pattern)
    assert str(refused.value) == said


def test_a_pattern_finds_what_it_names() -> None:
    found = compile_pattern(r"-a(?P<id>\d+)\.html$").search("/tin-a12.html")
    assert found is not None
    assert found.groupdict() == {"id": "12"}
    assert compile_pattern("a" * 1000).search("a" * 999) is None
