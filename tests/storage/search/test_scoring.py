"""How well a text answers a query."""

from __future__ import annotations

from math import log1p

import pytest

from storage.search.meaning.reading import name_provinces, read_query
from storage.search.query import parse_query
from storage.search.scoring import Scorer, fold_ascii, plain_marks


def value(query: str, title: str = "", summary: str = "", body: str = "") -> float:
    found = Scorer(read_query(parse_query(query))).score(title, summary, body)
    assert found is not None
    return found.value


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"title": "Giá lúa"}, {"summary": "Giá lúa"}),
        ({"summary": "Giá lúa"}, {"body": "Giá lúa"}),
        ({"body": "giá lúa tăng"}, {"body": "giá tăng, lúa nhiều"}),
        ({"body": "giá lúa"}, {"body": "gia lua"}),
        ({"body": "giá lúa, giá lúa"}, {"body": "giá lúa"}),
        ({"body": "giá lúa"}, {"body": "giá"}),
    ],
)
def test_better_answers_score_higher(better: dict[str, str], worse: dict[str, str]) -> None:
    assert value("giá lúa", **better) > value("giá lúa", **worse)


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ('"giá lúa"', "giá của lúa"),
        ("giá -lúa", "giá lúa"),
        ("giá -lua", "giá lúa"),
        ('giá -"lúa hè"', "giá lúa hè"),
    ],
)
def test_what_does_not_match_has_no_score(query: str, body: str) -> None:
    assert Scorer(read_query(parse_query(query))).score("", "", body) is None


def test_an_excluded_word_with_accents_spares_other_accents() -> None:
    assert Scorer(read_query(parse_query("giá -lúa"))).score("", "", "giá lụa") is not None


@pytest.mark.parametrize(
    ("query", "body", "exact"),
    [
        ("mạ", "gieo mạ", True),
        ("mạ", "mà thôi", False),
        ("ma", "mà thôi", True),
        ("giá mạ", "giá mà", False),
        ("kỹ thuật", "kĩ thuật", True),
    ],
)
def test_accents_that_were_typed_must_stand_there_to_be_exact(
    query: str, body: str, exact: bool
) -> None:
    found = Scorer(read_query(parse_query(query))).score("", "", body)
    assert found is not None
    assert found.exact is exact


def test_marks_and_case_are_levelled() -> None:
    assert plain_marks("“Giá–LÚA”…") == " giá lúa  "
    assert fold_ascii("đường") == b"duong"


@pytest.mark.parametrize(
    ("query", "fields", "wanted"),
    [
        # 6 for all of the query; in the title 4 times: the words, 1.5 for neighbours, 2.5 for the
        # phrase, and a tenth of log(1 + occurrences).
        ("giá lúa", {"title": "Giá lúa"}, 6 + 4 * (1 + 1.5 + 2.5 + 0.1 * log1p(1))),
        ("giá lúa", {"summary": "Giá lúa"}, 6 + 2 * (1 + 1.5 + 2.5 + 0.1 * log1p(1))),
        ("giá lúa", {"body": "giá lúa, giá lúa"}, 6 + 1 + 1.5 + 2.5 + 0.1 * log1p(2)),
        ("giá lúa", {"body": "giá của lúa"}, 6 + 1 + 0.1 * log1p(1)),
        ("giá lúa", {"body": "giá"}, (6 + 1) / 4),
        ("giá", {"body": "giá " * 20}, 6 + 1 + 0.1 * log1p(8)),
        # Without the accents that were typed, 0.35 of it.
        ("giá", {"body": "gia"}, 0.35**2 * (6 + 1) + 0.1 * log1p(1)),
        # What says the same, 0.95 of it.
        ("ubnd", {"body": "Ủy ban nhân dân tỉnh"}, 0.95**2 * (6 + 1)),
    ],
)
def test_what_an_answer_is_worth(query: str, fields: dict[str, str], wanted: float) -> None:
    assert value(query, **fields) == pytest.approx(wanted)


def test_what_is_told_of_an_answer() -> None:
    score = Scorer(read_query(parse_query("giá lúa hè")), [1.0, 2.0, 1.0]).score(
        "", "", "giá lúa tăng"
    )
    assert score is not None
    assert (score.coverage, score.missing, score.exact) == (0.75, (2,), True)
    assert score.linked == pytest.approx(3 / 6)


def test_the_papers_of_a_province_need_not_name_it() -> None:
    reading = name_provinces(
        read_query(parse_query("lũ đà nẵng")),
        lambda words: ("baodanang",) if words == ("da", "nang") else (),
    )
    scorer = Scorer(reading)
    ours = scorer.score("", "", "Lũ về", source="baodanang")
    others = scorer.score("", "", "Lũ về", source="khac")
    assert ours is not None
    assert others is not None
    assert (ours.missing, others.missing) == ((), (1,))
    assert ours.value - others.value == pytest.approx(6 * (0.75**2 - 0.5**2))


def test_joined_words_and_numbers_are_found_in_any_form() -> None:
    assert value("playoff", body="vòng play-off") == value("playoff", body="vòng playoff")
    assert value("1000", body="1.000 người") == value("1000", body="1000 người")
    assert value("giá lúa", body="giá\x00lúa") == value("giá lúa", body="giá lúa")


@pytest.mark.parametrize(("word", "body", "stands"), [("abcd", "a-bcd", 0), ("abcde", "a-bcde", 1)])
def test_words_of_five_letters_may_be_written_with_a_hyphen(
    word: str, body: str, stands: int
) -> None:
    found = Scorer(read_query(parse_query(word))).score("", "", body)
    assert found is not None
    assert found.coverage == stands


@pytest.mark.parametrize("mark", [*"[]^_`{|}~@!/:;?<>=", "–", "“", "•"])
def test_marks_part_words(mark: str) -> None:
    assert value("lúa", body=f"giá{mark}lúa{mark}") == value("lúa", body="giá lúa")
    assert value("lua", body=f"gia{mark}lua{mark}") == value("lua", body="gia lua")


@pytest.mark.parametrize(
    ("query", "body", "linked"),
    [
        ("giá lúa", "giá lúa", 1),
        ("giá lúa", "giá, của lúa", 0),
        ("gia lú*", "giá lúa", 1),
        ("giá lú*", "giá của lúa", 0),
        ("gi* lúa", "giá lúa", 0),
        ('giá "lúa hè*"', "giá lúa hèo", 1),
        ('giá "lúa hè*"', "giá lúax, lúa hèo", 0),
        ('tin "giá lúa"', "tin giá lúa", 1),
        ('"giá lúa" tin', "giá lúa tin", 1),
        ("gia lúa", "gia lua", 0.35),
        ("giá lua", "gia lua", 0.35),
        ("gia lua", "giá lúa", 1),
        ("ubnd tỉnh", "ủy ban nhân dân tỉnh", 0.95),
    ],
)  # fmt: skip
def test_neighbours_stand_side_by_side_as_they_were_typed(
    query: str, body: str, linked: float
) -> None:
    found = Scorer(read_query(parse_query(query))).score("", "", body)
    assert found is not None
    assert found.linked == pytest.approx(linked)


def test_a_phrase_may_end_with_the_beginning_of_a_word() -> None:
    whole = 6 + 1 + 1.5 + 2.5 + 0.1 * log1p(1)
    assert value("gia lua*", body="giá lúax") == value("gia lu*", body="giá lúa")
    assert value("gia lu*", body="giá lúa") == pytest.approx(whole)
    assert value("gia* lua", body="giáx lúa") == pytest.approx(6 + 1 + 0.1 * log1p(1))


def test_all_weights_may_be_nothing() -> None:
    found = Scorer(read_query(parse_query("giá lúa")), [0.0, 0.0]).score("", "", "giá lúa")
    assert found is not None
    assert (found.coverage, found.linked) == (0, 0)


@pytest.mark.parametrize("query", ["цена риса", "цена -рис", '"цена риса"', "ціна їжа", "giá рис"])
def test_words_of_other_scripts_are_found_as_they_are(query: str) -> None:
    found = Scorer(read_query(parse_query(query))).score("", "", "Giá: Цена риса, ціна їжа, рис")
    if query == "цена -рис":
        assert found is None
        return
    assert found is not None
    assert (found.coverage, found.missing) == (1, ())
