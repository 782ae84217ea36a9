from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.sources.patterns import compile_pattern
from crawler.survey.habits import count_matches, learn_habit

WORDS = "xa-tan-hoa-khanh-thanh-cay-cau"


def urls(form: str, count: int = 10) -> list[str]:
    return [f"https://x.vn{form.format(slug=WORDS, n=10000 + n)}" for n in range(count)]


@pytest.mark.parametrize(
    ("form", "pattern"),
    [
        ("/{slug}-a{n}.html", r"-a(?P<id>\d+)\.html$"),
        ("/{slug}-post{n}.html", r"-post(?P<id>\d+)\.html$"),
        ("/{slug}-{n}.htm", r"-(?P<id>\d+)\.htm$"),
        ("/{slug}-postid{n}.bbg", r"-postid(?P<id>\d+)\.bbg$"),
        ("/xa-hoi/{n}/{slug}.html", r"/(?P<id>\d+)/[^/]+\.html$"),
        ("/xa-hoi/{n}-{slug}.html", r"/(?P<id>\d+)-[^/]+\.html$"),
        ("/viewer.aspx?mabb={n}&x=1", r"[?&]mabb=(?P<id>\d+)(&|$)"),
    ],
)
def test_the_form_of_the_ids_is_learnt(form: str, pattern: str) -> None:
    habit = learn_habit(urls(form), ["https://x.vn/thoi-su", "https://x.vn/kinh-te/"])
    assert habit.patterns == (pattern,)
    assert (habit.covered, habit.has_ids) == (10, True)
    assert habit.confidence > 0.9


def test_two_systems_side_by_side_are_both_learnt() -> None:
    both = urls("/{slug}-a{n}.html", 12) + urls("/{slug}-{n}.html", 6)
    habit = learn_habit(both, [])
    assert set(habit.patterns) == {r"-a(?P<id>\d+)\.html$", r"-(?P<id>\d+)\.html$"}


def test_monthly_ids_keep_their_month() -> None:
    known = [f"https://x.vn/tin/20250{n}/{WORDS}-19f77b{n}/" for n in range(1, 9)]
    (pattern,) = learn_habit(known, []).patterns
    assert compile_pattern(pattern).groupindex.keys() == {"month", "id"}


def test_slugs_without_ids_are_told_from_sections() -> None:
    known = [f"https://x.vn/{WORDS}-{word}/" for word in ("mot", "hai", "ba", "bon", "nam")]
    sections = ["https://x.vn/thoi-su/", "https://x.vn/hoc-tap-va-lam-theo/"]
    habit = learn_habit(known, sections)
    assert (habit.covered, habit.has_ids) == (5, False)
    assert count_matches(habit.patterns, sections) == 0


def test_headlines_that_end_in_letters_and_digits_have_no_ids() -> None:
    endings = (
        "phong-dich-covid19",
        "ky-hop-quoc-hoi-qh15",
        "hoc-sinh-lop-k12",
        "mua-vu",
        "cau-moi",
    )
    habit = learn_habit([f"https://x.vn/tin/xa-tan-hoa-{each}" for each in endings], [])
    assert (habit.covered, habit.has_ids) == (5, False)


def test_no_habit_is_said_rather_than_a_wrong_one() -> None:
    assert learn_habit([], []).patterns == ()
    assert learn_habit(["https://x.vn/a", "https://x.vn/b/c"], []).confidence == 0


@given(st.lists(st.text(max_size=60), max_size=12))
def test_learning_never_breaks(paths: list[str]) -> None:
    habit = learn_habit([f"https://x.vn/{path}" for path in paths], ["https://x.vn/a"])
    assert count_matches(habit.patterns, ["https://x.vn/a"]) == 0
    for pattern in habit.patterns:
        compile_pattern(pattern)
