"""Which words are corrected and taken apart, by their lengths."""

from __future__ import annotations

import itertools

import pytest

from storage.search.meaning.corrections import is_no_word, near_words, take_apart


class Words:
    """An archive with one text."""

    def __init__(self, *words: str) -> None:
        self._words = words

    def frequency(self, word: str) -> int:
        return self._words.count(word)

    def pair_frequency(self, one: str, other: str) -> int:
        return [*itertools.pairwise(self._words)].count((one, other))


FIVE = ("abcdefgh", "bcdefghi", "cdefghij", "defghijk", "efghijkl")
"""Words of eight letters."""


@pytest.mark.parametrize(
    ("parts", "is_parted"),
    [
        (("ab", "cd"), True),
        (("a", "bc"), False),
        (FIVE, True),
        ((*FIVE, "x"), False),
        (("abcdefgh", "xy"), True),
        (("abcdefghi", "xy"), False),
    ],
)
def test_words_of_four_to_forty_letters_are_parted_into_words_of_eight(
    parts: tuple[str, ...], *, is_parted: bool
) -> None:
    assert take_apart(Words(*parts), "".join(parts)) == (parts if is_parted else ())


@pytest.mark.parametrize(("size", "is_corrected"), [(1, False), (2, True), (24, True), (25, False)])
def test_words_of_two_to_twenty_four_letters_are_corrected(
    size: int, *, is_corrected: bool
) -> None:
    meant = "q" * size
    assert near_words(Words(meant), "q" * (size - 1) + "x") == ([meant] if is_corrected else [])


@pytest.mark.parametrize(
    ("word", "alone"), [("thxm", True), ("txm", False), ("thanh", False), ("nghxng", True)]
)
def test_what_is_no_syllable_may_be_corrected_without_its_neighbours(
    word: str, *, alone: bool
) -> None:
    assert is_no_word(word) == alone


def test_the_more_frequent_word_is_likelier_meant() -> None:
    assert near_words(Words("xa", "xc", "xc"), "xb") == ["xc", "xa"]
