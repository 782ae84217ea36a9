"""That folding keeps positions, and which letters become which."""

from __future__ import annotations

import pytest

from crawler.extract.letters import compose, fold_letters


def test_folding_keeps_positions_and_composing_takes_marks_together() -> None:
    text = "Thứ Năm\u200b ngày 5–6/ĐÐ"
    assert fold_letters(text) == "thu nam  ngay 5-6/dd"
    assert len(fold_letters(text)) == len(text)
    assert compose("Thu\u031b\u0301") == "Thứ"


@pytest.mark.parametrize(
    ("letters", "folded"),
    [
        ("AZ az 09", "az az 09"),
        ("ÀẾĂƯỹ", "aeauy"),
        ("ĐđÐð", "dddd"),
        ("АЯаяІ", "аяаяі"),
        ("2020年1月20日 2020년 1월 20일", "2020-1-20  2020- 1- 20 "),
        ("\u200b\u200f\u202a\u202e\u2060\ufeff\xa0", "       "),
        ("\u2010\u2015\u2212\ufe58", "----"),
        ("‘’`´ʼ′", "'" * 6),
        ("：∶／∕⁄", "::///"),
        ("ßæЁ—한", "ßæЁ-한"),
    ],
)
def test_letters_become_what_the_patterns_know(letters: str, folded: str) -> None:
    assert fold_letters(letters) == folded


@pytest.mark.parametrize(
    ("text", "composed"),
    [
        ("Đã", "Đã"),
        ("a\u0300\u0323", "\u1ea1\u0300"),
        ("1\u0301", "1\u0301"),
        ("_\u0301", "_\u0301"),
        ("o" + "\u0302\u0301" + "\u0301" * 3, "ố" + "\u0301" * 3),
    ],
)
def test_marks_join_the_letter_before_them(text: str, composed: str) -> None:
    assert compose(text) == composed
