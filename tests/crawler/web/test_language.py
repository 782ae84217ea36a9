"""The reader's language: chosen, and how it writes numbers and times."""

from __future__ import annotations

import pytest

from crawler.web.language import choose_language, load_language

VI, EN = load_language("vi"), load_language("en")


@pytest.mark.parametrize(
    ("asked", "kept", "header", "code"),
    [
        (None, None, "", "vi"),
        (None, None, "vi-VN,vi;q=0.9,en;q=0.8", "vi"),
        (None, None, "en-US,en;q=0.9", "en"),
        (None, None, "en;q=0.4, vi;q=0.9", "vi"),
        (None, None, "fr-FR,fr;q=0.9", "en"),
        (None, None, "fr, en;q=0.5, vi;q=0.6", "vi"),
        (None, None, "*", "vi"),
        (None, None, "vi;q=0, en", "en"),
        (None, None, ";;;,,en;q=x", "vi"),
        (None, "en", "vi", "en"),
        ("vi", "en", "en", "vi"),
        ("xx", "yy", "en", "en"),
    ],
)
def test_the_language_is_the_one_asked_for_then_kept_then_wished(
    asked: str | None, kept: str | None, header: str, code: str
) -> None:
    assert choose_language(asked, kept, header) == code


def test_times_are_vietnams() -> None:
    assert VI.instant("2023-11-28T07:31:00Z") == "28/11/2023 14:31"
    assert VI.instant("2023-11-28T14:31:00+07:00") == "28/11/2023 14:31"
    assert VI.instant("2023-11-28T17:00:00Z") == "29/11/2023 00:00"
    assert EN.instant("2023-11-28T07:31:00Z") == "28 Nov 2023 14:31"


def test_a_day_without_a_time_stays_a_day() -> None:
    assert VI.instant("2023-11-28") == VI.day("2023-11-28") == "28/11/2023"
    assert (VI.day(None), VI.instant(None)) == ("", "")
    assert VI.instant("not an instant") == "not an instant"


def test_numbers_shares_and_spans() -> None:
    assert (VI.number(1234567), EN.number(1234567)) == ("1.234.567", "1,234,567")
    assert VI.share(1, 8) == "12\N{NO-BREAK SPACE}%"
    assert VI.share(1, 80) == "1,2\N{NO-BREAK SPACE}%"
    assert VI.share(1, 80_000) == "< 0,1\N{NO-BREAK SPACE}%"
    assert (EN.share(0, 5), EN.share(3, 0)) == ("0%", "–")
    assert (VI.span(90 * 60), VI.span(30), EN.span(3 * 86400)) == ("2 giờ", "1 phút", "3 days")
    assert (VI.month("2023-11"), EN.month("2023-11"), VI.month("2023")) == (
        "11/2023",
        "Nov 2023",
        "2023",
    )
