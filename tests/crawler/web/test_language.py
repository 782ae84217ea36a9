"""The reader's language: chosen, and how it writes numbers and times."""

from __future__ import annotations

import pytest

from crawler.web.language import choose_language, load_language, sort_key

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


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "1 minute"), (89, "1 minute"), (91, "2 minutes"), (3569, "59 minutes"),
        (3600, "1 hour"),
        (5399, "1 hour"), (5401, "2 hours"), (172_799, "48 hours"), (172_800, "2 days"),
        (216_001, "3 days"), (86_400_000, "1,000 days"),
    ],
)  # fmt: skip
def test_a_span_is_told_in_its_largest_unit(seconds: float, text: str) -> None:
    assert EN.span(seconds) == text


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (0, 100, "0%"), (1, 1001, "< 0.1%"), (1, 1000, "0.1%"), (1, 11, "9.1%"), (1, 10, "10%"),
        (99, 1000, "9.9%"), (1, 1, "100%"), (1, 0, "–"), (3, 2, "150%"),
    ],
)  # fmt: skip
def test_a_share_has_a_tenth_below_ten(part: float, whole: float, text: str) -> None:
    assert EN.share(part, whole) == text


@pytest.mark.parametrize(
    ("text", "vi", "en"),
    [
        ("2023-01", "01/2023", "Jan 2023"), ("2023-12", "12/2023", "Dec 2023"),
        ("2023-13", "2023", "2023"), ("2023-00", "2023", "2023"), ("2023-x", "2023", "2023"),
        ("", "", ""),
    ],
)  # fmt: skip
def test_months_have_names(text: str, vi: str, en: str) -> None:
    assert (VI.month(text), EN.month(text)) == (vi, en)


@pytest.mark.parametrize(
    ("text", "day", "instant"),
    [
        ("2023-01-02", "2 Jan 2023", "2 Jan 2023"),
        ("2023-12-31T23:00:00Z", "31 Dec 2023", "1 Jan 2024 06:00"),
        ("0999-01-02", "2 Jan 0999", "2 Jan 0999"), ("2023-01-02T", "2 Jan 2023", "2023-01-02T"),
        ("2023-13-02", "2023-13-02", "2023-13-02"), ("", "", ""), (None, "", ""),
    ],
)  # fmt: skip
def test_days_and_instants_are_written_as_people_do(
    text: str | None, day: str, instant: str
) -> None:
    assert (EN.day(text), EN.instant(text)) == (day, instant)


def test_twenty_wishes_are_read() -> None:
    assert choose_language(None, None, "fr," * 19 + "vi") == "vi"
    assert choose_language(None, None, "fr," * 20 + "vi") == "en"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("en, vi", "en"), ("vi, en", "vi"), ("fr, *, vi", "en"), ("*;q=0.9, en;q=0.8", "vi"),
        ("fr;q=1, *;q=0.5", "en"), ("en;q=", "en"), ("vi;q=-1, fr", "en"), (" ;q=1", "vi"),
        ("EN-gb", "en"), ("vi;q=0.0", "vi"),
    ],
)  # fmt: skip
def test_wishes_have_weights_and_places(header: str, code: str) -> None:
    assert choose_language(None, None, header) == code


def test_nothing_is_translated_to_nothing() -> None:
    assert (VI.gettext(""), EN.gettext(""), EN.gettext("Outlet")) == ("", "", "Outlet")
    assert VI.gettext("Outlet") == "Báo"


def test_names_are_sorted_as_vietnam_sorts_them() -> None:
    names = ["Đồng Nai", "Hà Nội", "Dak", "đất", "An Giang", "Điện Biên", "Da"]
    assert sorted(names, key=sort_key) == [
        "An Giang", "Da", "Dak", "đất", "Điện Biên", "Đồng Nai", "Hà Nội",
    ]  # fmt: skip
