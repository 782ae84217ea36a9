"""What the walk does with an element, by its name."""

from __future__ import annotations

import pytest

from crawler.extract.dom.tags import (
    APART,
    BOX,
    IN_LINE,
    KINDS,
    LINE_BREAK,
    PICTURE,
    SKIP,
    is_line,
)


@pytest.mark.parametrize(
    ("tag", "kind"),
    [
        ("br", LINE_BREAK),
        ("img", PICTURE),
        ("amp-img", PICTURE),
        ("nav", BOX),
        ("script", SKIP),
        ("", SKIP),
        ("-comment", SKIP),
        ("b", IN_LINE),
        ("o:p", IN_LINE),
        ("p", APART),
        ("div", APART),
        ("x-y", APART),
    ],
)
def test_what_is_done_with_an_element(tag: str, kind: int) -> None:
    assert KINDS[tag] == kind
    assert KINDS[tag] == kind, "remembered"


def test_names_that_pages_make_up_are_not_remembered_without_end() -> None:
    KINDS.clear()
    for number in range(1_000):
        assert KINDS[f"x-{number}"] == APART
    assert len(KINDS) == 1_000
    assert KINDS["b"] == IN_LINE
    assert len(KINDS) == 1


@pytest.mark.parametrize(
    ("tag", "around", "wanted"),
    [
        ("span", "div", True),
        ("label", "td", True),
        ("font", "body", True),
        ("b", "div", False),
        ("span", "p", False),
        ("span", "h2", False),
        ("span", "a", False),
    ],
)
def test_inline_elements_that_are_blocks(tag: str, around: str, *, wanted: bool) -> None:
    assert is_line(tag, around) is wanted
