"""Dates as people and machines write them: the corpus, form by form, and its traps."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import pytest

from crawler.extract.dates.lines import find_dates, parse_date, read_date_line
from crawler.extract.dates.machine import read_machine_dates
from crawler.extract.dates.urls import url_date, url_month
from storage.instants import VIETNAM
from tests.support.costs import assert_linear
from tests.support.paths import DATA

if TYPE_CHECKING:
    from crawler.extract.dates.values import ParsedDate

NOW = dt.datetime(2026, 11, 24, 1, 0, tzinfo=dt.UTC)
CORPUS = DATA / "dates.tsv"


def first_reading(text: str) -> ParsedDate | None:
    return next(iter(read_machine_dates(text, now=NOW)), None)


def _unescape(text: str) -> str:
    text = re.sub(r"\\u([0-9a-f]{4})", lambda m: chr(int(m[1], 16)), text)
    return text.replace("\\n", "\n")


def _rows(*kinds: str) -> list[tuple[str, str, str]]:
    rows = []
    for line in CORPUS.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            kind, text, day, clock = line.split("\t")
            if kind in kinds:
                rows.append((_unescape(text), day, clock))
    return rows


def _clock(at: dt.datetime | None) -> str:
    return at.strftime("%H:%M:%S") if at else "-"


def test_the_corpus_is_as_large_as_promised() -> None:
    assert len(_rows("line", "prose", "none", "machine")) >= 200


@pytest.mark.parametrize(("text", "day", "clock"), _rows("line"))
def test_a_date_line_gives_its_day_and_time(text: str, day: str, clock: str) -> None:
    parsed = read_date_line(text, now=NOW)
    assert parsed is not None
    assert (parsed.on.isoformat(), _clock(parsed.at)) == (day, clock)


@pytest.mark.parametrize(("text", "day", "clock"), _rows("line"))
def test_the_first_date_of_a_text_is_the_same(text: str, day: str, clock: str) -> None:
    parsed = parse_date(text, now=NOW)
    assert parsed is not None
    assert (parsed.on.isoformat(), _clock(parsed.at)) == (day, clock)


@pytest.mark.parametrize(("text", "day", "clock"), _rows("line"))
def test_capitals_change_nothing(text: str, day: str, clock: str) -> None:
    parsed = parse_date(
        text.replace("sáng", "SA").replace("chiều", "CH").replace("tối", "CH").upper(), now=NOW
    )
    assert parsed is not None
    assert (parsed.on.isoformat(), _clock(parsed.at)) == (day, clock)


@pytest.mark.parametrize(("text", "day"), [row[:2] for row in _rows("prose")])
def test_a_date_in_a_sentence_is_marked_and_is_no_date_line(text: str, day: str) -> None:
    dates = find_dates(text, now=NOW)
    assert dates[0].on.isoformat() == day
    assert all(parsed.prose for parsed in dates)
    assert read_date_line(text, now=NOW) is None


@pytest.mark.parametrize("text", [row[0] for row in _rows("none")])
def test_what_is_no_date_of_publication_is_not_read_as_one(text: str) -> None:
    assert find_dates(text, now=NOW) == []


@pytest.mark.parametrize(("text", "day", "clock"), _rows("machine"))
def test_a_value_for_machines_gives_its_day_and_time(text: str, day: str, clock: str) -> None:
    parsed = first_reading(text)
    assert parsed is not None
    assert (parsed.on.isoformat(), _clock(parsed.at)) == (day, clock)


@pytest.mark.parametrize(
    "text", ["", "null", "undefined", "2024-13-45", "abc", "0", "12345", "0001-01-01T00:00:00"]
)
def test_a_value_without_a_date_gives_none(text: str) -> None:
    assert first_reading(text) is None


def test_the_raw_string_is_the_one_on_the_page() -> None:
    parsed = parse_date("Kinh tế - Thứ 4, 07/02/2024 | 09:41:05 [GMT +7] 12 lượt xem", now=NOW)
    assert parsed is not None
    assert parsed.raw == "Thứ 4, 07/02/2024 | 09:41:05 [GMT +7]"


def test_dates_come_in_order_of_position_each_with_its_own_time() -> None:
    text = "10:58 | 19/06/2024 01:58 | 19/06/2024 16:58 | 18/06/2024"
    clocks = [(parsed.on.day, _clock(parsed.at)) for parsed in find_dates(text, now=NOW)]
    assert clocks == [(19, "10:58:00"), (19, "01:58:00"), (18, "16:58:00")]


def test_a_label_of_publication_goes_before_one_of_update() -> None:
    text = "Cập nhật: 09/02/2024 10:00 | Ngày đăng: 07/02/2024 09:41"
    parsed = read_date_line(text, now=NOW)
    assert parsed is not None
    assert (parsed.on.day, parsed.label) == (7, "published")


def test_the_order_can_be_turned_where_the_page_is_american() -> None:
    parsed = parse_date("02/07/2024", now=NOW, order="mdy")
    assert parsed is not None
    assert parsed.on == dt.date(2024, 2, 7)


def test_an_english_weekday_tells_the_order_a_vietnamese_one_does_not() -> None:
    english = parse_date("Wednesday, 02/07/2024", now=NOW)
    vietnamese = parse_date("Thứ Tư, 02/07/2024", now=NOW)
    assert english
    assert english.on == dt.date(2024, 2, 7)
    assert vietnamese
    assert (vietnamese.on, vietnamese.weekday) == (dt.date(2024, 7, 2), False)


def test_a_day_after_the_fetch_is_allowed_two_are_not() -> None:
    now = dt.datetime(2024, 2, 7, 3, 0, tzinfo=dt.UTC)
    assert parse_date("08/02/2024", now=now)
    assert parse_date("09/02/2024", now=now) is None
    assert parse_date("08/02/2024 09:59", now=now)
    assert parse_date("08/02/2024 10:01", now=now) is None


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://a.example.vn/image/news/2023/20231128/images/x.jpg", "2023-11-28"),
        ("https://a.example.vn/tin/x-d20110328024900000.html", "2011-03-28"),
        ("https://a.example.vn/portal/Pages/2024-4-25/x.aspx", "2024-04-25"),
        ("https://a.example.vn/2024/05/06/x.html", "2024-05-06"),
        ("https://a.example.vn/upload/20220909085625-x.jpg", "2022-09-09"),
        ("https://a.example.vn/tin/x-110230327111223007.htm", "2023-03-27"),
        ("https://a.example.vn/kinh-te/202512/x-19f77b2/", None),
        ("https://a.example.vn/2023/11/x.html", None),
        ("https://a.example.vn/ky-niem-28-11-2023-a12.html", None),
        ("https://a.example.vn/nam-2024-x-a167064.html", None),
        ("https://a.example.vn/x-10286918.html", None),
        ("https://[broken", None),
    ],
)
def test_an_address_gives_a_day_without_a_time(url: str, day: str | None) -> None:
    parsed = url_date(url, now=NOW)
    assert (parsed.on.isoformat() if parsed else None) == day
    assert parsed is None or parsed.at is None


def test_an_address_with_a_month_alone_confirms_and_does_not_date() -> None:
    month = url_month("https://a.example.vn/kinh-te/202512/x-19f77b2/")
    assert month is not None
    assert month.holds(dt.date(2025, 12, 31))
    assert month.holds(dt.date(2026, 1, 1))
    assert not month.holds(dt.date(2025, 10, 12))


@pytest.mark.parametrize(
    ("start", "unit"),
    [
        ("", "1"),
        ("", " "),
        ("", "1/"),
        ("", "12:"),
        ("", "1 thang "),
        ("", "28/11/2023 "),
        ("", "32/11/2023 "),
        ("", "cập nhật ngày "),
        ("28/", " "),
        ("", "\u0301\u0323"),
        ("", "e\u0323\u0302"),
        ("", "12:30 28/11/1930 (GMT+7)"),
    ],
    ids=ascii,
)
def test_hostile_text_costs_what_its_size_does(start: str, unit: str) -> None:
    assert_linear(lambda text: find_dates(text, now=NOW), lambda n: start + unit * n, 20_000)


def test_every_instant_is_given_in_vietnamese_time() -> None:
    parsed = first_reading("2024-02-06T21:41:05-05:00")
    assert parsed is not None
    assert parsed.at == dt.datetime(2024, 2, 7, 9, 41, 5, tzinfo=VIETNAM)


@pytest.mark.parametrize(
    "text",
    [
        "5-10/11/2026",
        "15-20/11/2026",
        "từ ngày 5/11/2026",
        "5/11/2026 - 10/11/2026",
        "Tin 5-10/11/2026",
    ],
)
def test_a_span_of_days_is_no_date_line_wherever_it_begins(text: str) -> None:
    assert read_date_line(text, now=NOW) is None
