"""The words of a text as the index holds them, and where an article stands among others."""

from __future__ import annotations

import datetime as dt

import pytest

from storage.engine.clauses import Phrase
from storage.engine.documents import sort_key
from storage.engine.words import (
    accented_words,
    exact_form,
    fold_fast,
    folded_form,
    folded_words,
    joined_words,
    name_form,
    part_numbers,
    split_words,
    stands_in,
)
from storage.text import fold


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Giá lúa tăng", ["gia", "lua", "tang"]),
        ("4471QĐ-UBND", ["4471", "qd", "ubnd"]),
        ("1.000.000 người, 03 xã", ["1000000", "nguoi", "3", "xa"]),
        ("1,5 tỷ và 1.5", ["1", "5", "ti", "va", "1", "5"]),
        ("0 và 00, 10.00", ["0", "va", "0", "10", "00"]),
        ("QL62–Đồng Tháp", ["ql", "62", "dong", "thap"]),
        ("a_b", ["a", "b"]),
        ("1.000.5 và 12.345,678", ["1", "000", "5", "va", "12", "345", "678"]),
        ("1000.000 và x1.000", ["1000", "000", "va", "x", "1000"]),
        ("05/3 lúc 0.5", ["5", "3", "luc", "0", "5"]),
        ("₫ ²Ж", ["²ж"]),
        ("", []),
    ],
)
def test_words_are_folded_and_numbers_have_one_form(text: str, words: list[str]) -> None:
    assert folded_words(text) == words


@pytest.mark.parametrize(
    ("one", "other"), [("kỹ", "kĩ"), ("hoà", "hòa"), ("thuý", "thúy"), ("lý", "lí")]
)
def test_spellings_of_one_word_have_one_form(one: str, other: str) -> None:
    assert exact_form(one) == exact_form(other)
    assert folded_form(fold(one)) == folded_form(fold(other))


def test_words_without_accents_have_no_other_form_among_those_with_accents() -> None:
    assert (exact_form("ky"), folded_form("ky")) == ("ky", "ki")
    assert (exact_form("kỹ"), exact_form("kĩ")) == ("kĩ", "kĩ")


def test_words_with_accents_alone_are_looked_for_with_them() -> None:
    assert accented_words("Giá lúa: tăng 5 gia") == {"giá", "lúa", "tăng"}
    assert accented_words("“Kỹ thuật” UBND") == {exact_form("kỹ"), "thuật"}


def test_hyphenated_words_are_one_word_too() -> None:
    assert joined_words("Vòng play-off của start‑up 4-5 và a-b/c") == ["playoff", "startup"]
    assert joined_words("không có") == []
    for hyphen in "-\u2010\u2011":
        assert joined_words(f"Vòng play{hyphen}off") == ["playoff"]


@pytest.mark.parametrize("text", ["Đắk Lắk", "TP. Hồ Chí Minh", "naïve Ж", "“Trích” – dẫn…"])
def test_folding_fast_is_folding(text: str) -> None:
    words = split_words(fold(text))
    assert split_words(fold_fast(text)) == words


def test_a_phrase_stands_where_its_words_stand_side_by_side() -> None:
    texts = ["Giá lúa gạo", "tăng mạnh"]
    assert stands_in(Phrase(("lua", "gao")), texts)
    assert not stands_in(Phrase(("gao", "tang")), texts)
    assert not stands_in(Phrase(("lua", "ga")), texts)
    assert stands_in(Phrase(("lua", "ga"), prefix=True), texts)


def test_names_of_one_form_are_equal() -> None:
    assert name_form("Lê  Văn-Minh") == name_form("LE VAN MINH") == "le_van_minh"
    assert name_form("***") == "***"
    assert part_numbers("tập 03") == "tập  3 "


def test_articles_are_ordered_by_day_then_time() -> None:
    day = dt.date(2026, 3, 1).toordinal() - dt.date(1970, 1, 1).toordinal()
    assert sort_key("2026-03-01", None) == day * 86400
    assert sort_key("2026-03-01", "2026-03-01T01:02:03+07:00") == day * 86400 + 3723 + 1
    assert sort_key("2026-03-01", "2026-03-01T00:00:00+07:00") == day * 86400 + 1
    assert sort_key(None, "2026-03-01T00:00:00+07:00") == 0
    assert sort_key("1970-01-02", "x") == 86400
