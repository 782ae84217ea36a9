from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.sources.patterns import compile_pattern
from crawler.survey.habits import Habit, _form, count_matches, learn_habit

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


@pytest.mark.parametrize(
    ("covered", "known", "has_ids", "confidence"),
    [
        (8, 8, True, 0.95),
        (80, 80, True, 0.95),
        (4, 4, True, 0.72),
        (4, 8, True, 0.47),
        (8, 8, False, 0.76),
        (0, 0, True, 0.0),
    ],
)
def test_a_habit_is_trusted_by_its_examples(
    covered: int, known: int, has_ids: bool, confidence: float
) -> None:
    habit = Habit(patterns=("x",), covered=covered, known=known, has_ids=has_ids)
    assert habit.confidence == pytest.approx(confidence, abs=0.006)
    assert replace(habit, patterns=()).confidence == 0.0


def numbered(form: str, count: int) -> list[str]:
    return [f"https://a.vn/tin/{form.format(1000 + n)}" for n in range(count)]


A, B = "bai-viet-moi-a{}.html", "bai-viet-moi-{}.htm"


@pytest.mark.parametrize(
    ("one", "other", "patterns"),
    [
        (10, 2, 2),
        (10, 1, 1),  # a single one is an exception
        (38, 2, 2),
        (39, 2, 1),  # fewer than one in twenty
        (95, 5, 2),
        (96, 4, 1),
    ],
)
def test_a_second_form_needs_two_articles_and_one_in_twenty(
    one: int, other: int, patterns: int
) -> None:
    habit = learn_habit([*numbered(A, one), *numbered(B, other)], [])
    assert len(habit.patterns) == patterns
    assert habit.known == one + other


def test_a_form_that_the_first_one_covers_is_not_learnt_beside_it() -> None:
    inner = [f"https://x.vn/tin/{n}/bai-viet-moi-{n}.html" for n in range(1020, 1025)]
    habit = learn_habit([*urls("/xa-hoi/{n}/{slug}.html"), *inner], [])
    assert habit.patterns == (r"/(?P<id>\d+)/[^/]+\.html$",)
    assert (habit.covered, habit.known) == (15, 15)


WORDED = [f"https://a.vn/tin-tuc/mot-hai-ba-bon-nam-sau-{word}" for word in "abcdefghij"]


@pytest.mark.parametrize(
    ("worded", "others", "is_learnt"),
    [(2, 0, True), (1, 0, False), (7, 3, True), (6, 3, False), (7, 4, False)],
)
def test_a_form_of_words_is_that_of_seven_in_ten(
    worded: int, others: int, *, is_learnt: bool
) -> None:
    known = [*WORDED[:worded], *(f"https://a.vn/x{n}" for n in range(others))]
    habit = learn_habit(known, [])
    assert bool(habit.patterns) is is_learnt
    assert not habit.has_ids


def test_slugs_are_longer_than_those_of_sections() -> None:
    (free,) = learn_habit(WORDED, []).patterns
    assert free.endswith("-tuc/[^/]+/?$")
    (four,) = learn_habit(WORDED, ["https://a.vn/tin-tuc/xa-hoi"]).patterns
    assert "{3,}" in four
    (six,) = learn_habit(WORDED, ["https://a.vn/tin-tuc/van-hoa-the-thao"]).patterns
    assert "{5,}" in six
    assert learn_habit(WORDED, ["https://a.vn/tin-tuc/an-toan-giao-thong-va-xa-hoi"]).patterns == ()


def test_a_few_numbered_pages_among_words_are_exceptions() -> None:
    few = numbered(A, 5)
    assert learn_habit([*few, *WORDED[:5]], []).has_ids is False
    assert learn_habit([*few, *WORDED[:4]], []).has_ids is True


def test_short_slugs_in_the_same_folder_are_no_articles_of_words() -> None:
    short = [f"https://a.vn/tin-tuc/muc-{n}" for n in range(5)]
    assert learn_habit([*WORDED[:7], *short[:3]], []).patterns != ()
    assert learn_habit([*WORDED[:6], *short[:3]], []).patterns == ()


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("{slug}", ("", 0, "/?")), ("tin-tuc/{slug}/", ("tin\\-tuc/", 0, "/?")),
        ("xa-hoi/{slug}.html", ("", 1, "\\.html")),
        ("tin-tuc/xa-hoi/{slug}.aspx/", ("tin\\-tuc/", 1, "\\.aspx/")),
        ("a/b/c/{slug}.HTML", ("", 3, "/?")), ("xa-hoi/tin-tuc/{slug}", ("", 2, "/?")),
    ],
)  # fmt: skip
def test_a_form_of_words_is_its_folders_and_its_ending(
    path: str, form: tuple[str, int, str]
) -> None:
    assert _form(f"https://a.vn/{path.format(slug='mot-hai-ba')}") == form
