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


def test_the_evening_abroad_is_earlier_than_a_change_on_the_day_it_is_here() -> None:
    line = "7 listopada 2025, 21:03 Aktualizacja: 8 listopada 2025"
    parsed = read_date_line(line, now=NOW, zone=dt.UTC)
    assert parsed is not None
    assert parsed.raw == "7 listopada 2025, 21:03"


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


@pytest.mark.parametrize("text", ["Apr 042024", "April 42024", "04Apr2024", "4/4/24, 08:15"])
def test_day_and_year_may_stand_without_a_gap(text: str) -> None:
    parsed = read_date_line(text, now=NOW)
    assert parsed is not None
    assert parsed.on == dt.date(2024, 4, 4)


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


def told(parsed: ParsedDate, text: str) -> str:
    """Day and instant, what was read of the text, and what else was said of it."""
    said = [f"{parsed.at:%Y-%m-%d %H:%M:%S}" if parsed.at else str(parsed.on)]
    said += [f"[{parsed.raw}]"] if parsed.raw != text else []
    said += [parsed.label] if parsed.label else []
    said += [name for name in ("meridiem", "seconds", "prose") if getattr(parsed, name)]
    said += [str(parsed.offset)] if parsed.offset is not None else []
    said += [f"or {parsed.other}"] if parsed.other else []
    said += [] if parsed.weekday is None else ["right" if parsed.weekday else "wrong"]
    if parsed.wall and (parsed.at is None or parsed.wall != parsed.at.replace(tzinfo=None)):
        said.append(f"wall {parsed.wall:%d %H:%M}")
    return " ".join(said)


LINES = [
    (
        "(5 giờ đêm 5/4/2024\nxã họp",
        "2024-04-05 05:00:00 [5 giờ đêm 5/4/2024] meridiem or 2024-05-04",
    ),
    (
        "Đặng Hiền 15:09 ICT\n5-4-24 Z",
        "2024-04-05 15:09:00 [15:09 ICT\n5-4-24] 7:00:00 or 2024-05-04",
    ),
    ("(April 5, 2024, 9h05 - 30/4/2024", "2024-04-30 09:05:00 [9h05 - 30/4/2024]"),
    ("25/04/2024 | Cập nhật: 26/04/2024", "2024-04-25 [25/04/2024]"),
    ("25/04/2024 | Ngày đăng: 26/04/2024", "2024-04-26 [26/04/2024] published"),
    ("25/04/2024 | 26/04/2024 15:09", "2024-04-26 15:09:00 [26/04/2024 15:09]"),
    ("25/04/2024 " + "Xã " * 16, "2024-04-25 [25/04/2024]"),
    ("25/04/2024 " + "Xã " * 17, "none"),
]


@pytest.mark.parametrize(("text", "wanted"), LINES)
def test_what_a_date_line_says_in_all(text: str, wanted: str) -> None:
    parsed = read_date_line(text, now=NOW)
    assert (told(parsed, text) if parsed else "none") == wanted


DATES = [
    (
        "Lê Văn Minh Anh Thị Nga Bảo 25.4.24|2 giờ trưa (GMT+7)",
        "2024-04-25 14:00:00 [25.4.24|2 giờ trưa (GMT+7)] meridiem prose 7:00:00",
    ),
    (
        "Thursday, 11 giờ khuya\n25/4/2024 01:58 | 18/06/2024",
        (
            "2024-04-25 23:00:00 [Thursday, 11 giờ khuya\n25/4/2024] meridiem right"
            " ; 2024-06-18 01:58:00 [01:58 | 18/06/2024]"
        ),
    ),
    ("Monday, 5-4-24 Z", "2024-04-05 0:00:00 or 2024-05-04 wrong"),
    ("10:58 | 25/04/2024 - 15:09 GMT+7", "2024-04-25 10:58:00 [10:58 | 25/04/2024]"),
    ("25.4.24 - 30/4/2024", "2024-04-30 [30/4/2024] prose"),
    ("ngày 9h5m20s - 25/04/24 lượt", "2024-04-25 09:05:20 [9h5m20s - 25/04/24] seconds"),
    (
        "Monday, 25/4/2024, 12 giờ đêm 01:58 | 18/06/2024",
        (
            "2024-04-25 [Monday, 25/4/2024, 12 giờ đêm] meridiem wrong wall 25 00:00"
            " ; 2024-06-18 01:58:00 [01:58 | 18/06/2024]"
        ),
    ),
    ("Tin ở xã 25/4/2024 (GMT+7)", "2024-04-25 [25/4/2024 (GMT+7)] 7:00:00"),
    (
        "CN 12 giờ trưa - 5-4-24 (Thứ Hai)",
        "2024-04-05 12:00:00 [CN 12 giờ trưa - 5-4-24] meridiem wrong",
    ),
    (
        "Tin xã, 08:00 Sáng nay ngày Tháng Tư 25, 2024 | 256 lượt xem",
        "2024-04-25 [Tháng Tư 25, 2024] prose",
    ),
    ("CN 14:30 AM 5-4-24", "2024-04-05 wrong"),
    ("13 giờ sáng - 5-4-24 và ", "2024-04-05 13:00:00 [13 giờ sáng - 5-4-24] prose or 2024-05-04"),
    (
        "11 giờ trưa April 5, 2024 và ",
        "2024-04-05 11:00:00 [11 giờ trưa April 5, 2024] meridiem prose",
    ),
    (
        "CN 6 giờ đêm - 25/04/24 của xã",
        "2024-04-25 18:00:00 [CN 6 giờ đêm - 25/04/24] meridiem prose wrong",
    ),
    ("Lê Văn Minh Anh Thị Nga 25/04/2024", "2024-04-25 [25/04/2024]"),
    ("Lê Văn Minh Anh Thị Nga Lan 25/04/2024", "2024-04-25 [25/04/2024] prose"),
    # the names of 72 characters are counted: eight of these, six of those
    ("Tân-Bình " * 8 + "25/04/2024", "2024-04-25 [25/04/2024] prose"),
    ("Trung-Thạnh " * 7 + "25/04/2024", "2024-04-25 [25/04/2024]"),
    ("Chính trị, 25/04/2024", "2024-04-25 [25/04/2024]"),
    ("Chính trị: tin 25/04/2024", "2024-04-25 [25/04/2024] prose"),
    ("Xã họp dân 25/04/2024", "2024-04-25 [25/04/2024]"),
    ("Xã họp bàn dân 25/04/2024", "2024-04-25 [25/04/2024] prose"),
    ("Xã họp bàn Dân 25/04/2024", "2024-04-25 [25/04/2024]"),
    ("xã 25/04/2024", "2024-04-25 [25/04/2024] prose"),
    ("Xã 25/04/2024", "2024-04-25 [25/04/2024]"),
    ("tin xã | ngày 25/04/2024", "2024-04-25 [25/04/2024]"),
    ("Tin ngày 25/04/2024", "2024-04-25 [25/04/2024]"),
    ("tin ngày 25/04/2024", "2024-04-25 [25/04/2024] prose"),
    ("12 giờ trưa 25/04/2024", "2024-04-25 12:00:00 meridiem"),
    ("1 giờ trưa 25/04/2024", "2024-04-25 13:00:00 meridiem"),
    ("2 giờ trưa 25/04/2024", "2024-04-25 14:00:00 meridiem"),
    ("11 giờ trưa 25/04/2024", "2024-04-25 11:00:00 meridiem"),
    ("5 giờ đêm 25/04/2024", "2024-04-25 05:00:00 meridiem"),
    ("6 giờ đêm 25/04/2024", "2024-04-25 18:00:00 meridiem"),
    ("11 giờ khuya 25/04/2024", "2024-04-25 23:00:00 meridiem"),
    ("12 giờ đêm 25/04/2024", "2024-04-25 meridiem wall 25 00:00"),
    ("Thursday, 05/04/2024", "2024-04-05 or 2024-05-04 wrong"),
    ("Friday, 05/04/2024", "2024-04-05 right"),
    ("Saturday, 05/04/2024", "2024-05-04 right"),
    ("Thứ Bảy, 05/04/2024", "2024-04-05 wrong"),
]


@pytest.mark.parametrize(("text", "wanted"), DATES)
def test_what_all_dates_of_a_text_say(text: str, wanted: str) -> None:
    found = [told(parsed, text) for parsed in find_dates(text, now=NOW)]
    assert (" ; ".join(found) or "none") == wanted


READINGS = [
    (
        "Fri Apr 28 19:20:36 GMT+07:00 2023",
        "2023-04-28 19:20:36 seconds 7:00:00 ; 2023-04-29 02:20:36 seconds 7:00:00 wall 28 19:20",
    ),
    (
        "2024-04-25 3:09 PM",
        "2024-04-25 15:09:00 meridiem ; 2024-04-25 22:09:00 meridiem wall 25 15:09",
    ),
    ("2024045", "none"),
    ("Fri Abc 28 19:20:36 ICT 2023", "none"),
    ("1714032571", "2024-04-25 15:09:31 seconds 7:00:00"),
    (
        "2024-04-25T15:09:31+15:00",
        "2024-04-25 15:09:31 seconds ; 2024-04-25 22:09:31 seconds wall 25 15:09",
    ),
    ("Fri Apr 28 25:20:36 ICT 2023", "none"),
    ("x " * 50 + "25/04/2024", "2024-04-25 prose"),
    ("x " * 56 + "25/04/2024", "none"),
    ("17140325", "none"),
    ("20240425", "2024-04-25"),
    ("2024425", "none"),
    (
        "2024-04-25T15:09 +700",
        "2024-04-25 15:09:00 7:00:00 ; 2024-04-25 22:09:00 7:00:00 wall 25 15:09",
    ),
    (
        "2024-04-25T15:09+14:00",
        "2024-04-25 08:09:00 14:00:00 wall 25 15:09 ; 2024-04-25 15:09:00 14:00:00",
    ),
    ("2024-04-25T15:09+14:01", "2024-04-25 15:09:00 ; 2024-04-25 22:09:00 wall 25 15:09"),
    ("06/05/2024 15:09", "2024-05-06 15:09:00 or 2024-06-05 ; 2024-06-05 15:09:00 or 2024-05-06"),
    ("6/5/2024 15:09", "2024-06-05 15:09:00 or 2024-05-06 ; 2024-05-06 15:09:00 or 2024-06-05"),
    (
        "Fri Apr 28 19:20:36 2023",
        "2023-04-28 19:20:36 seconds ; 2023-04-29 02:20:36 seconds wall 28 19:20",
    ),
    (
        "2024-04-24T17:00:00Z",
        "2024-04-25 seconds 0:00:00 wall 24 17:00 ; 2024-04-24 17:00:00 seconds 0:00:00",
    ),
    (
        "2024-04-25T00:00:00-05:00",
        (
            "2024-04-25 seconds -1 day, 19:00:00 wall 25 00:00"
            " ; 2024-04-25 seconds -1 day, 19:00:00 wall 25 00:00"
        ),
    ),
    (
        "2024-04-25T12:09 AM",
        "2024-04-25 00:09:00 meridiem ; 2024-04-25 07:09:00 meridiem wall 25 00:09",
    ),
]


@pytest.mark.parametrize(("text", "wanted"), READINGS)
def test_what_all_readings_of_a_value_say(text: str, wanted: str) -> None:
    found = [told(parsed, text) for parsed in read_machine_dates(text, now=NOW)]
    assert (" ; ".join(found) or "none") == wanted


@pytest.mark.parametrize(("length", "is_line"), [(400, True), (401, False)])
def test_a_date_line_is_no_longer_than_its_most(length: int, *, is_line: bool) -> None:
    assert (read_date_line("25/04/2024".ljust(length), now=NOW) is not None) is is_line


def test_so_many_dates_of_a_text_are_looked_at() -> None:
    assert len(find_dates("25/04/2024\n" * 201, now=NOW)) == 200
