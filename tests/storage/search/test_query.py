"""What is understood of a query, and which spellings are one word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import QueryError
from storage.search.query import parse_query
from storage.spelling import exact_spellings, folded_spellings, index_terms


@pytest.mark.parametrize(
    ("text", "runs", "excluded"),
    [
        ("Tỉnh ủy Long An", ["tỉnh", "ủy", "long", "an"], []),
        ("58-CT/TU năm", ["58 ct tu", "năm"], []),
        ('"lũ lụt" -sạt -"lở đất" 28/11/2023', ["lũ lụt", "28 11 2023"], ["sạt", "lở đất"]),
        ("khuyến* nô*", ["khuyến*", "nô*"], []),
        ('một "chưa đóng', ["một", "chưa", "đóng"], []),
        ("title:lúa (gạo)", ["title", "lúa", "gạo"], []),
        ("a - b -- c", ["a", "b", "c"], []),
        ("TP.HCM, H'đing", ["tp hcm", "h đing"], []),
        ("58-ct*", ["58 ct*"], []),
        ('a"b c"d', ["a", "b c", "d"], []),
        ('--a "" b -', ["b"], ["a"]),
        ("xem https://bao.vn/tin/gia-lua_a12.html", ["xem", "gia", "lua", "a 12"], []),
        ("www.bao.vn/x/sat-lo?y=1", ["sat", "lo"], []),
        ("https://bao.vn/muc/ten-bai/", ["ten", "bai"], []),
    ],
)
def test_a_query_is_words_phrases_and_exclusions(
    text: str, runs: list[str], excluded: list[str]
) -> None:
    query = parse_query(text)

    def read(found: object) -> list[str]:
        return [
            " ".join(word.exact + "*" * word.prefix for word in run)
            for run in found  # type: ignore[attr-defined]
        ]

    assert read(query.runs) == runs
    assert read(query.excluded) == excluded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hoà", "hòa"), ("khoẻ", "khỏe"), ("thuỷ", "thủy"), ("xoá", "xóa"), ("toà", "tòa"),
        ("hoàn", "hòan"), ("loét", "lóet"), ("kỹ", "kĩ"), ("lý", "lí"), ("mỹ", "mĩ"), ("sĩ", "sỹ"),
        ("tỷ", "tỉ"), ("quý", "quí"), ("vĩ", "vỹ"), ("hy", "hi"),
    ],
)  # fmt: skip
def test_two_habits_are_one_word(one: str, other: str) -> None:
    assert other in exact_spellings(one)
    assert one in exact_spellings(other)


@pytest.mark.parametrize(
    "word",
    ["giá", "quà", "quá", "vì", "mì", "lì", "tuyết", "chuyện", "của", "mía", "mùa", "ấy", "này",
     "thúc", "oai", "58", "ct", "tu", "an", "đường", "hoa", "uy", "uyà"],
)  # fmt: skip
def test_other_words_have_one_spelling(word: str) -> None:
    assert exact_spellings(word) == (word,)


def test_the_index_is_asked_for_d_with_and_without_stroke() -> None:
    assert index_terms("dak") == ("dak", "đak")
    assert set(index_terms("hdnd")) == {"hdnd", "hđnd", "hdnđ", "hđnđ"}
    assert index_terms("ky") == ("ky", "ki")
    assert folded_spellings("quy") == ("quy", "qui")


@given(st.text(st.sampled_from("aàáoòóeèyỳýuùdđhklmqtv"), min_size=1, max_size=6))
def test_spellings_are_mutual_and_few(word: str) -> None:
    for spelling in exact_spellings(word):
        assert word in exact_spellings(spelling)
    assert len(exact_spellings(word)) <= 8
    assert len(index_terms(word)) <= 24


@pytest.mark.parametrize(
    ("most", "more"),
    [("a " * 64, "a " * 65), ("b" + " -a" * 63, "b" + " -a" * 64), ("x" * 1000, "x" * 1001)],
)
def test_a_query_has_sixty_four_words_and_a_thousand_letters_at_most(most: str, more: str) -> None:
    assert parse_query(most)
    with pytest.raises(QueryError, match=r"at most (64|1000) work"):
        parse_query(more)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "holds no word to look for"),
        ("*", "holds no word to look for"),
        ('-"lở đất" -x', "only says what to leave out"),
        ("đ* lúa", "at least two letters"),
        ("a-b*", "at least two letters"),
    ],
)
def test_a_query_that_asks_for_nothing_is_refused(text: str, why: str) -> None:
    with pytest.raises(QueryError, match=why):
        parse_query(text)
    assert parse_query("đi* lúa")


def test_a_query_knows_quotes_questions_and_accents() -> None:
    query = parse_query('"Giá lúa" lua -"Xã A" ? ')
    assert [(run.quoted, run.raw) for run in query.runs] == [(True, "giá lúa"), (False, "lua")]
    assert [(run.quoted, run.raw) for run in query.excluded] == [(True, "xã a")]
    assert [(word.folded, word.accented) for word in query.words] == [
        ("gia", True), ("lua", True), ("lua", False),
    ]  # fmt: skip
    assert query.asks
    assert not parse_query("giá ? lúa").asks
