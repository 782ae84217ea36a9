"""How well a text answers a query."""

from __future__ import annotations

import pytest

from storage.search.meaning.reading import read_query
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
