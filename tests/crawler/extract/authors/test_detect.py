"""When a paragraph signs, and where a byline hangs on a sentence."""

from __future__ import annotations

import pytest

from crawler.extract.authors.detect import (
    is_bracketed,
    is_office,
    looks_like_byline,
    split_glued_byline,
)

SENTENCE = "Huyện yêu cầu nhà thầu làm việc ba ca mỗi ngày."


@pytest.mark.parametrize(
    ("text", "position", "styles", "wanted"),
    [
        ("Lê Minh Anh", 1, (), True),
        ("Lê Minh Anh", 2, (), False),
        ("Lê Minh Anh", 2, ("bold",), True),
        ("LÊ MINH ANH", 2, (), True),
        ("Lê Minh Anh", 3, ("bold",), False),
        ("Lê Minh Anh", 3, ("right",), True),
        ("Lê Minh Anh", 4, ("right",), False),
        ("Lê Minh Anh", 0, ("center",), False),
        ("Bài, ảnh: Lê Minh Anh", 3, ("center",), True),
        ("Hạnh", 9, ("author",), True),
        ("Sở Y tế An Giang", 0, ("right",), True),
        ("Sở Y tế An Giang", 0, (), False),
        (SENTENCE, 0, (), False),
    ],
)
def test_place_and_style_decide(
    text: str, position: int, styles: tuple[str, ...], wanted: bool
) -> None:
    assert looks_like_byline(text, position_from_end=position, styles=styles) is wanted


def test_offices_and_brackets() -> None:
    assert is_office("(Báo Long An)")
    assert not is_office("Báo Long An.")
    assert not is_office("Báo " + "x" * 77)
    assert is_bracketed("(x)")
    assert not is_bracketed("(x) y")


@pytest.mark.parametrize(
    ("tail", "authors"),
    [
        ("K.Vân", ("K.Vân",)),
        (" Tin, ảnh: MINH HUY", ("MINH HUY",)),
        (" (QUỐC TUẤN)", ("QUỐC TUẤN",)),
        (" (Quốc Tuấn)", ("Quốc Tuấn",)),
    ],
)
def test_a_byline_on_the_last_sentence_is_cut(tail: str, authors: tuple[str, ...]) -> None:
    rest, byline = split_glued_byline(SENTENCE + tail)
    assert rest == SENTENCE
    assert byline is not None
    assert byline.authors == authors


def test_elsewhere_only_capitals_in_brackets_roles_and_credits_count() -> None:
    assert split_glued_byline(f"{SENTENCE} (QUỐC TUẤN)", last=False)[1] is not None
    assert split_glued_byline(f"{SENTENCE} Tin: Quốc Tuấn", last=False)[1] is not None
    assert split_glued_byline(f"{SENTENCE} (Quốc Tuấn)", last=False)[1] is None
    assert split_glued_byline(f"{SENTENCE} Quốc Tuấn", last=False)[1] is None


def test_a_sentence_without_a_byline_stays_whole() -> None:
    assert split_glued_byline(SENTENCE) == (SENTENCE, None)
    assert split_glued_byline("Ngắn. Lê Minh Anh") == ("Ngắn. Lê Minh Anh", None)
