"""What a link says of its page, and what a source repeats."""

from __future__ import annotations

import pytest

from crawler.extract.hints import (
    NO_HINTS,
    Hints,
    fingerprint_line,
    is_repeated_date,
    is_repeated_lead,
    is_repeated_title,
    is_shown,
    mark_date,
    mark_lead,
    mark_title,
)

SHORTEST_TITLE = 15

TITLE = "Tăng tốc thi công tuyến kè chống sạt lở"


@pytest.mark.parametrize(
    ("title", "headline"),
    [
        (f"  {TITLE}\n mới ", f"{TITLE} mới"),
        ("x" * SHORTEST_TITLE, "x" * SHORTEST_TITLE),
        ("x" * (SHORTEST_TITLE - 1), None),
        (f"{TITLE}...", None),
        (f"{TITLE}…»", None),
        (f"{TITLE}.", f"{TITLE}."),
        (None, None),
    ],
)
def test_a_headline_is_long_and_whole(title: str | None, headline: str | None) -> None:
    assert Hints(title=title).headline == headline


def test_what_a_listing_shows_may_be_another_text() -> None:
    assert NO_HINTS.is_loose
    assert not Hints(place="feed").is_loose
    assert not Hints(place="sitemap").is_loose


@pytest.mark.parametrize(
    ("title", "lines", "shown"),
    [
        # Of six words three are enough, of seven three are too few.
        ("một hai nam bon muoi sau", ["Một, hai", "năm"], True),
        ("một hai nam bon muoi sau bay", ["Một, hai", "năm"], False),
        # Five words tell one page from another.
        ("mot hai nam bon muoi", ["không có"], False),
        # Four words tell nothing, and another script neither.
        ("một hai mươi nghìn", ["không có"], True),
        ("一二三四五六七八九十一二三四五六", ["không có"], True),
        (None, [], True),
    ],
)
def test_a_page_shows_half_of_the_words_of_its_link(
    title: str | None, lines: list[str], shown: bool
) -> None:
    assert is_shown(Hints(title=title, place="feed"), lines) is shown


def test_a_line_is_known_whatever_its_case_accents_and_white_space() -> None:
    assert fingerprint_line(" TỈNH  ủy ") == fingerprint_line("tinh uy")
    assert fingerprint_line("tinh uy") != fingerprint_line("tinhuy")
    assert len(fingerprint_line("x")) == 16


def test_titles_leads_and_dates_are_repeated_each_for_itself() -> None:
    marks = {"title": mark_title("A"), "lead": mark_lead("A"), "date": mark_date("A")}
    checks = {"title": is_repeated_title, "lead": is_repeated_lead, "date": is_repeated_date}
    for name, check in checks.items():
        for other, mark in marks.items():
            assert check("a", {mark}) is (name == other)
        assert not check("a", ())
