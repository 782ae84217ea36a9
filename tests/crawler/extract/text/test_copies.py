"""Texts that stand on a page twice."""

from __future__ import annotations

import pytest

from crawler.extract.text.copies import without_copies
from tests.support.markup import LONG, MORE, THIRD, line


def left(*texts: str) -> list[str]:
    return [block.text for block in without_copies([line(text) for text in texts])]


def test_a_text_for_narrow_screens_goes_with_its_short_lines() -> None:
    text = ["Tiến độ", LONG, MORE, "Kiến nghị", THIRD]
    assert left(*text, *text) == text
    assert left(*text, *text, "Hết bài") == [*text, "Hết bài"]


def test_a_refrain_stays() -> None:
    assert left(LONG, MORE, LONG, THIRD, LONG) == [LONG, MORE, LONG, THIRD, LONG]
    assert left("Một", LONG, "Một") == ["Một", LONG, "Một"]


def test_meals_of_a_week_that_come_again_stay() -> None:
    week = [LONG, MORE, "Thứ ba", LONG, THIRD, "Thứ tư", MORE, THIRD, LONG]
    assert left(*week) == week


def test_a_third_copy_goes_too() -> None:
    text = ["Tiến độ", LONG, MORE, THIRD]
    assert left(*text, *text, *text) == text


def test_a_few_lines_said_again_in_a_long_text_stay() -> None:
    rest = [f"{LONG} {number}" for number in range(20)]
    assert left(LONG, MORE, THIRD, *rest, LONG, MORE, THIRD)[-3:] == [LONG, MORE, THIRD]


def sentences(count: int, length: int = 60) -> list[str]:
    return [chr(ord("a") + number) * length for number in range(count)]


@pytest.mark.parametrize(
    ("text", "again", "goes"),
    [
        # three paragraphs are a quarter of twelve
        (sentences(9), 3, True),
        (sentences(10), 3, False),
        # two are a refrain
        (sentences(4), 2, False),
        (sentences(4), 3, True),
        # so short ones may be said twice
        (sentences(4, 59), 3, False),
    ],
)
def test_what_is_a_copy(text: list[str], again: int, *, goes: bool) -> None:
    assert left(*text, *text[:again]) == (text if goes else [*text, *text[:again]])
