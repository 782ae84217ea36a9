"""Which syllable the keys of Telex spell."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.spelling import index_terms, is_syllable, other_spellings, read_telex, read_vni


@pytest.mark.parametrize(
    ("keys", "syllable"),
    [
        ("tinhr", "tỉnh"), ("uyr", "ủy"), ("nguyeenx", "nguyễn"), ("dduowcj", "được"),
        ("dduwowcj", "được"), ("ddoongf", "đồng"), ("quar", "quả"), ("giaf", "già"),
        ("tieengs", "tiếng"), ("tiếng", None), ("nghij", "nghị"), ("hoaf", "hòa"),
        ("muoons", "muốn"), ("coong", "công"), ("ddawng", "đăng"), ("khuyur", "khuỷu"),
        ("an", None), ("tinh", None), ("facebook", None), ("boss", None), ("show", None),
        ("chars", None), ("ok", None), ("", None), ("58", None),
        ("cafe", None), ("wifi", None), ("asean", None), ("sauna", None),
    ],
)  # fmt: skip
def test_keys_spell_a_syllable_or_nothing(keys: str, syllable: str | None) -> None:
    assert read_telex(keys) == syllable


@given(st.text(st.sampled_from("abcdeghiklmnopqrstuvxywfj"), max_size=9) | st.text(max_size=9))
def test_a_reading_is_composed_and_never_the_word_itself(typed: str) -> None:
    syllable = read_telex(typed)
    if syllable is not None:
        assert syllable != typed
        assert unicodedata.is_normalized("NFC", syllable)
        assert read_telex(syllable) is None or syllable.isascii()


@pytest.mark.parametrize(
    ("keys", "syllable"),
    [
        ("dangd", "đang"), ("banw", "băn"), ("bieces", "biếc"), ("cuongw", "cương"),
        ("ddi", "đi"), ("did", "đi"), ("ddkor", None), ("majanj", None), ("yyd", None),
        ("pee", "pê"), ("lienf", "lièn"), ("toanj", "toạn"), ("quoocs", "quốc"), ("tuw", "tư"),
        ("chuaw", "chưa"), ("quow", "quơ"), ("thuowr", "thuở"), ("ddwcs", "đức"),
        ("nuwowcs", "nước"), ("hoawcj", "hoặc"), ("cuwowif", "cười"),
        ("dan", None), ("dinh", None), ("cad", None), ("thid", None), ("ad", None),
    ],
)  # fmt: skip
def test_keys_may_stand_anywhere_behind_their_letter(keys: str, syllable: str | None) -> None:
    assert read_telex(keys) == syllable


@pytest.mark.parametrize(
    ("keys", "syllable"),
    [
        ("d9uo7c5", "được"), ("so6t1", "sốt"), ("Ba8c1".lower(), "bắc"), ("hue61", "huế"),
        ("lu7a2", "lừa"), ("va8", None), ("u7", "ư"), ("co6a", "côa"), ("ai3", "ải"), ("d1y", "dý"),
        ("gian1", "gián"), ("tu7o7", "tuơ"), ("d9a9o", "đao"), ("quo7i1", "quới"), ("lu71a2", None),
        ("ca", None), ("2024", None), ("h5n1", None), ("covid19", None),
    ],
)  # fmt: skip
def test_digits_of_vni_spell_a_syllable_or_nothing(keys: str, syllable: str | None) -> None:
    assert read_vni(keys) == syllable


@pytest.mark.parametrize("word", ["song", "uy", "quoc", "nghieng", "gi", "khuya", "huu", "nghiep"])
def test_a_syllable_is_known_without_its_accents(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize(
    "word", ["honh", "gii", "giinh", "bimh", "nooi", "loai2", "covid", "thsng", "", "58"]
)
def test_a_misprint_or_a_foreign_word_is_no_syllable(word: str) -> None:
    assert not is_syllable(word)


@pytest.mark.parametrize(("folded", "forms"), [("ad", 2), ("dad", 4), ("ddad", 8), ("ddadd", 3)])
def test_a_word_is_asked_for_with_each_of_three_strokes(folded: str, forms: int) -> None:
    terms = index_terms(folded)
    assert len(terms) == len(set(terms)) == forms
    assert {folded, folded.replace("d", "đ"), folded.replace("d", "đ", 1)} <= set(terms)


def test_words_that_are_others_without_stroke_or_with_another_i() -> None:
    assert other_spellings("Kỹ thuật điện, 5 đồng") == {"kĩ", "diện", "dồng"}
    assert other_spellings("giá lúa") == set()
