from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.text import fold, fold_words, normalize, normalize_body, printable, unpile
from tests.support.costs import assert_linear

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=200)
VIETNAMESE = st.text(
    "aàáảãạăằẵâấđĐeễêiĩoõơợuưữyỹ ÐðbcdhngtqQNDHUB-./\u0301\u0302\u0323\u031b\n", max_size=80
)


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("Ti\u0309nh u\u0309y  Long An", "Tỉnh ủy Long An"),
        ("Ðà Nẵng, Ðồng Tháp", "Đà Nẵng, Đồng Tháp"),
        ("HÐND và QÐ-UBND, LÐLÐ", "HĐND và QĐ-UBND, LĐLĐ"),
        ("a\u0301\u0302n", "ấn"),
        ("a\u0323\u0302", "ậ"),
        (" hai\u00a0\u2009từ\u200b\ufeff\r\nliền ", "hai từ liền"),
        ("\x1b]0;x\x07đẹp\u202egnort\u2069", "]0;xđẹpgnort"),
        ("lẻ \ud800 loi", "lẻ loi"),
        ("hoà bình", "hoà bình"),
    ],
)
def test_text_is_stored_in_one_form(written: str, stored: str) -> None:
    assert normalize(written) == stored


@pytest.mark.parametrize("icelandic", ["það er við", "NORÐUR", "Guðrún fór með", "Ðæt wæs god"])
def test_eth_stays_where_it_is_no_vietnamese_letter(icelandic: str) -> None:
    assert normalize(icelandic) == icelandic


def test_paragraphs_are_joined_by_one_blank_line() -> None:
    assert (
        normalize_body("một\r\n \r\n\r\nhai\nba\u2029bốn\n\n\u200b\n\n") == "một\n\nhai ba\n\nbốn"
    )


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Tỉnh ủy Long An", "tinh uy long an"),
        ("TỈNH ỦY LONG AN", "tinh uy long an"),
        ("Đắk Lắk", "dak lak"),
        ("Ðắk Lắk", "dak lak"),
        ("hoà hòa hoa\u0300", "hoa hoa hoa"),
        ("58-CT/TU", "58-ct/tu"),
        ("thuở ấy, tuyết", "thuo ay, tuyet"),
        ("İstanbul, Łódź, ÆØ", "istanbul, łodz, æø"),
        ("Ÿñ" * 60, "yn" * 60),
        ("Đ" * 81, "d" * 81),
        ("ɖà", "da"),
    ],
)
def test_fold_forgets_case_and_accents(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(ANY_TEXT | VIETNAMESE)
def test_normal_form_is_reached_in_one_step(text: str) -> None:
    once = normalize(text)
    assert normalize(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert normalize_body(normalize_body(text)) == normalize_body(text)


@given(ANY_TEXT | VIETNAMESE)
def test_fold_is_reached_in_one_step_and_ignores_composition(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Đồng Tháp: “Lúa – gạo”, 12/11", ["dong", "thap", "lua", "gao", "12", "11"]),
        ("snake_case, it's", ["snake_case", "it", "s"]),
        ("Крым 2024 — 北京!", ["крым", "2024", "北京"]),
        (" …! ", []),
    ],
)
def test_a_text_is_split_into_folded_words(text: str, words: list[str]) -> None:
    assert fold_words(text) == words


@given(ANY_TEXT | VIETNAMESE)
def test_folded_words_are_those_of_the_folded_text(text: str) -> None:
    assert fold_words(text) == re.findall(r"\w+", fold(text))


@given(VIETNAMESE)
def test_fold_does_not_care_whether_the_text_was_normalised(text: str) -> None:
    assert fold(normalize(text)).split() == fold(text).split()


@given(ANY_TEXT | VIETNAMESE)
def test_an_unusual_character_changes_nothing_around_it(text: str) -> None:
    assert normalize(text + "\u200b") == normalize(text)
    assert normalize_body(text + "\u200b") == normalize_body(text)
    assert fold(text + " \u0301") == fold(text + " ")


@given(ANY_TEXT)
def test_what_is_printed_cannot_act_on_a_terminal(text: str) -> None:
    shown = printable(text)
    assert not any(unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} for c in shown)
    assert not set(shown) & set(
        "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    )
    assert printable(shown) == shown
    assert printable(text, lines=True).replace("\n", "\\x0a") == shown


def test_an_escape_is_shown_not_obeyed() -> None:
    assert printable("\x1b[2Jx\u202e\n") == "\\x1b[2Jx\\u202e\\x0a"


@pytest.mark.parametrize("hostile", ["\u0301\u0323", "Ð", "\u0301", "a\u0302\u0301", "\n ", "ð-"])
def test_text_of_anything_costs_what_its_size_does(hostile: str) -> None:
    def make(times: int) -> str:
        return hostile * times + "a"

    assert_linear(lambda text: fold(normalize_body(text)), make, 100_000)


@pytest.mark.parametrize("marks", ["\u0301\u0323", "\u05b0\u05b1", "\u0e38\u0e48", "\u1dc0\u1dca"])
def test_a_pile_of_marks_costs_what_its_size_does(marks: str) -> None:
    def read(text: str) -> None:
        assert len(normalize(text)) < 20
        assert len(fold(text)) < 20

    assert_linear(read, lambda times: "a" + marks * times + "b", 100_000)


@pytest.mark.parametrize(
    ("character", "shown"),
    [
        ("\x9f", "\\x9f"),
        ("\u061c", "\\u061c"),
        ("\uffff", "\\uffff"),
        ("\U000e0001", "\\U000e0001"),
    ],
)
def test_a_character_is_shown_by_its_number(character: str, shown: str) -> None:
    assert printable(character) == shown


@pytest.mark.parametrize(("marks", "kept"), [(7, 7), (8, 8), (9, 8)])
def test_a_letter_keeps_eight_marks(marks: int, kept: int) -> None:
    assert unpile("\u201c" * 33 + "\u05b0" * marks + "x") == "\u201c" * 33 + "\u05b0" * kept + "x"
    assert unpile("\u05b0" * 40) == "\u05b0" * 8


def test_what_only_looks_like_a_pile_is_kept() -> None:
    text = "\U0001f525" * 40 + "\u201c" * 40 + "\u05d0\u05b0\u05bc\u05b8"
    assert unpile(text) == text
