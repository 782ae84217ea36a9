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


@pytest.mark.parametrize(
    ("text", "last", "rest"),
    [
        # how long the sentence is, and how far from the end the name may begin
        ("x" * 20 + " (QUỐC TUẤN)", True, "x" * 20),
        ("x" * 19 + " (QUỐC TUẤN)", True, None),
        ("x" * 20 + ". Quốc Tuấn", True, "x" * 20 + "."),
        ("x" * 19 + ". Quốc Tuấn", True, None),
        ("x" * 50 + " (Quốc Tuấn, " + "Minh Anh, " * 7 + "Hà)", True, None),
        ("x" * 30 + " (Quốc Tuấn)" + " " * 89, True, "x" * 30),
        ("x" * 30 + " (Quốc Tuấn)" + " " * 90, True, None),
        ("x" * 30 + "." + " " * 90 + "Quốc Tuấn", True, "x" * 30 + "."),
        ("x" * 30 + "." + " " * 91 + "Quốc Tuấn", True, None),
        # what follows the stop
        (SENTENCE + " quốc tuấn", True, None),
        (SENTENCE + " [Quốc Tuấn", True, SENTENCE),
        (SENTENCE + " Quốc Tuấn.", True, None),
        (SENTENCE + " Tin: Quốc Tuấn.", True, SENTENCE),
        (SENTENCE + " Theo TTXVN", True, SENTENCE),
        (SENTENCE + " PV", True, SENTENCE),
        (SENTENCE + " Ảnh: Quốc Tuấn", True, None),
        (SENTENCE + " (Ảnh: Quốc Tuấn)", True, None),
        (SENTENCE + " admin", True, None),
        # elsewhere than at the end
        (SENTENCE + " (QUỐC TUẤN)", False, SENTENCE),
        (SENTENCE + " (Tin: Quốc Tuấn)", False, SENTENCE),
        (SENTENCE + " (Theo TTXVN)", False, SENTENCE),
        (SENTENCE + " (Quốc Tuấn)", False, None),
        (SENTENCE + " QUỐC TUẤN", False, None),
        (SENTENCE + " Theo TTXVN", False, SENTENCE),
    ],
)
def test_what_hangs_on_a_sentence(text: str, rest: str | None, *, last: bool) -> None:
    found, byline = split_glued_byline(text, last=last)
    assert found == (text if rest is None else rest)
    assert (byline is None) is (rest is None)


@pytest.mark.parametrize(
    ("text", "position", "styles", "signs"),
    [
        ("Theo TTXVN", 3, (), True),
        ("Theo TTXVN", 4, (), False),
        ("PV", 3, (), True),
        ("Sở Y tế An Giang", 9, ("right",), True),
        ("(Sở Y tế An Giang)", 9, (), True),
        ("Hải Đường " * 20, 0, ("author",), True),
        ("Hải Đường " * 20 + "x", 0, ("author",), False),
        ("admin", 0, (), False),
        ("admin", 0, ("author",), True),
    ],
)
def test_what_signs_at_which_place(
    text: str, position: int, styles: tuple[str, ...], *, signs: bool
) -> None:
    assert looks_like_byline(text, position_from_end=position, styles=styles) is signs


@pytest.mark.parametrize("end", ".!?…:;,")
def test_an_office_ends_its_line_and_no_sentence(end: str) -> None:
    assert is_office("Báo Long An")
    assert not is_office(f"Báo Long An{end}")
    for length, wanted in ((80, True), (81, False)):
        assert is_office("Báo ".ljust(length, "x")) is wanted


def test_a_line_in_brackets_has_both() -> None:
    for text, wanted in (("[x]", True), ("(x", False), ("x)", False), ("((x)", True)):
        assert is_bracketed(text) is wanted
