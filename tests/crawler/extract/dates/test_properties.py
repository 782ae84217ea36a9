"""What holds for every date: round trips, no swap, no future, no exception."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from hypothesis import example, given
from hypothesis import strategies as st

from crawler.extract.dates.candidates import DateCandidate
from crawler.extract.dates.lines import find_dates, parse_date, read_date_line
from crawler.extract.dates.machine import read_machine_dates
from crawler.extract.dates.rule import choose_date
from crawler.extract.dates.urls import url_date, url_month
from storage.instants import VIETNAM

if TYPE_CHECKING:
    from crawler.extract.dates.values import ParsedDate

NOW = dt.datetime(2026, 11, 24, 1, 0, tzinfo=dt.UTC)
SPELLED = ("Hai", "Ba", "Tư", "Năm", "Sáu", "Bảy")


def first_reading(text: str) -> ParsedDate | None:
    return next(iter(read_machine_dates(text, now=NOW)), None)


instants = st.datetimes(dt.datetime(1997, 1, 1), dt.datetime(2026, 11, 23)).map(  # noqa: DTZ001
    lambda at: at.replace(microsecond=0, tzinfo=VIETNAM)
)
minutes = instants.map(lambda at: at.replace(second=0)).filter(
    lambda at: (at.hour, at.minute) != (0, 0)
)
seconds = instants.filter(lambda at: (at.hour, at.minute, at.second) != (0, 0, 0))
gaps = st.sampled_from(["", " ", "  ", "\u00a0", "\u2009", " \u200b"])
between = st.sampled_from([" ", " - ", ", ", " | ", " – ", " • ", ", lúc ", "\n", " \u00a0- "])
slashes = st.sampled_from(["/", "-", ".", " / "])


def _weekday(at: dt.datetime, style: str) -> str:
    if at.weekday() == 6:
        return {"number": "Chủ nhật", "name": "Chủ Nhật", "upper": "CHỦ NHẬT"}[style]
    name = str(at.weekday() + 2) if style == "number" else SPELLED[at.weekday()]
    return f"THỨ {name.upper()}" if style == "upper" else f"Thứ {name}"


@given(at=minutes, gap=gaps, sep=between, slash=slashes, padded=st.booleans())
def test_day_then_time_comes_back(
    at: dt.datetime, gap: str, sep: str, slash: str, padded: bool
) -> None:
    parts = (f"{at.day:02}", f"{at.month:02}") if padded else (str(at.day), str(at.month))
    text = f"{gap}{slash.join(parts)}{slash}{at.year}{sep}{at.hour}:{at.minute:02}{gap}"
    parsed = parse_date(text, now=NOW)
    assert parsed is not None
    assert parsed.at == at


@given(at=minutes, sep=between.filter(lambda sep: "lúc" not in sep), slash=slashes)
def test_time_then_day_comes_back(at: dt.datetime, sep: str, slash: str) -> None:
    text = f"{at:%H:%M}{sep}{at.day:02}{slash}{at.month:02}{slash}{at.year}"
    parsed = read_date_line(text, now=NOW)
    assert parsed is not None
    assert parsed.at == at


@given(
    at=seconds,
    style=st.sampled_from(["number", "name", "upper"]),
    sep=st.sampled_from([" | ", " - ", ", ", " "]),
    zone=st.sampled_from(
        ["", " [GMT +7]", " (GMT +7)", "[GMT+7]", " GMT+7", " [(GMT +7)]", " (UTC+07:00)"]
    ),
    tail=st.sampled_from(["", " 1,233 lượt xem", " A A", " - Lượt xem: 256", " |In ra"]),
)
def test_weekday_zone_and_counters_change_nothing(
    at: dt.datetime, style: str, sep: str, zone: str, tail: str
) -> None:
    text = f"{_weekday(at, style)}, {at:%d/%m/%Y}{sep}{at:%H:%M:%S}{zone}{tail}"
    parsed = read_date_line(text, now=NOW)
    assert parsed is not None
    assert (parsed.at, parsed.weekday, parsed.seconds) == (at, True, True)


@given(
    at=minutes,
    style=st.sampled_from(
        ["{h} giờ {m:02} phút, ngày {d}", "{h}h{m:02} ngày {d}", "{h}g{m:02}, {d}"]
    ),
)
def test_hours_in_words_come_back(at: dt.datetime, style: str) -> None:
    day = f"{at.day}/{at.month}/{at.year}"
    parsed = parse_date(style.format(h=at.hour, m=at.minute, d=day), now=NOW)
    assert parsed is not None
    assert parsed.at == at


@given(at=minutes, vietnamese=st.booleans())
def test_halves_of_the_day_come_back(at: dt.datetime, vietnamese: bool) -> None:
    half = (("SA", "CH") if vietnamese else ("AM", "PM"))[at.hour >= 12]
    text = f"{at:%d/%m/%Y} {(at.hour - 1) % 12 + 1}:{at:%M} {half}"
    parsed = parse_date(text, now=NOW)
    assert parsed is not None
    assert parsed.at == at


@given(
    at=instants,
    style=st.sampled_from(
        [
            "Ngày {0.day} tháng {0.month} năm {0.year}",
            "{0.day} Tháng {0.month}, {0.year}",
            "Tháng {0.month} {0.day}, {0.year}",
        ]
    ),
)
def test_months_in_words_come_back(at: dt.datetime, style: str) -> None:
    parsed = parse_date(style.format(at), now=NOW)
    assert parsed is not None
    assert (parsed.on, parsed.at) == (at.date(), None)


@given(at=seconds, hours=st.integers(-11, 13), colon=st.booleans())
def test_iso_instants_come_back_from_every_zone(at: dt.datetime, hours: int, colon: bool) -> None:
    there = at.astimezone(dt.timezone(dt.timedelta(hours=hours)))
    text = there.isoformat() if colon else there.strftime("%Y-%m-%dT%H:%M:%S%z")
    parsed = first_reading(text)
    assert parsed is not None
    if (there.hour, there.minute, there.second) == (0, 0, 0):
        assert parsed.at is None
    else:
        assert parsed.at == at


@given(at=seconds)
def test_month_first_dates_of_net_come_back(at: dt.datetime) -> None:
    hour = (at.hour - 1) % 12 + 1
    text = f"{at.month}/{at.day}/{at.year} {hour}:{at:%M:%S} {'PM' if at.hour >= 12 else 'AM'}"
    parsed = first_reading(text)
    assert parsed is not None
    assert parsed.at == at


@given(at=seconds, milliseconds=st.booleans())
def test_epochs_come_back(at: dt.datetime, milliseconds: bool) -> None:
    text = str(int(at.timestamp()) * (1000 if milliseconds else 1))
    parsed = first_reading(text)
    assert parsed is not None
    assert parsed.at == at


@given(day=st.dates(dt.date(1997, 1, 1), dt.date(2026, 11, 24)), slash=slashes)
def test_day_and_month_are_never_swapped(day: dt.date, slash: str) -> None:
    text = f"{day.day:02}{slash}{day.month:02}{slash}{day.year}"
    parsed = parse_date(text, now=NOW)
    assert parsed is not None
    assert (parsed.on, parsed.at) == (day, None)


@given(
    year=st.integers(0, 9999),
    month=st.integers(0, 99),
    day=st.integers(0, 99),
    hour=st.integers(0, 99),
    now=st.datetimes(dt.datetime(1995, 1, 2), dt.datetime(2100, 1, 1)),  # noqa: DTZ001
)
def test_no_date_lies_more_than_a_day_after_the_fetch(
    year: int, month: int, day: int, hour: int, now: dt.datetime
) -> None:
    fetched = now.replace(tzinfo=dt.UTC)
    limit = (fetched + dt.timedelta(days=1)).astimezone(VIETNAM)
    text = f"{day}/{month}/{year} {hour}:30 {year:04}-{month:02}-{day:02}T{hour:02}:30"
    for parsed in find_dates(text, now=fetched):
        assert parsed.on <= limit.date()
        assert parsed.at is None or parsed.at <= limit


@given(text=st.text(max_size=400))
@example("\ud800 12/12/2024")
@example("9" * 400)
@example("12/12/2024 25:61 GMT+99")
@example("0000-00-00T00:00:00Z")
@example("9999999999999")
def test_no_text_raises(text: str) -> None:
    find_dates(text, now=NOW)
    read_date_line(text, now=NOW)
    read_machine_dates(text, now=NOW)
    url_date(text, now=NOW)
    url_month(text)


date_pieces = st.text(alphabet="0123456789/-.: |,[]()GMTZ+thứngàysáCH\u00a0\u0301", max_size=80)


@given(text=date_pieces)
def test_no_almost_date_raises_or_invents_a_time(text: str) -> None:
    for parsed in find_dates(text, now=NOW) + read_machine_dates(text, now=NOW):
        assert parsed.at is None or (
            parsed.wall is not None and parsed.at.utcoffset() == dt.timedelta(hours=7)
        )


@given(
    ats=st.lists(instants, min_size=1, max_size=5),
    where=st.sampled_from(["json-ld", "meta", "near title", "visible", "url", "layout"]),
    now=instants,
)
def test_the_rule_gives_one_of_the_dates_and_none_from_the_future(
    ats: list[dt.datetime], where: str, now: dt.datetime
) -> None:
    candidates = []
    for at in ats:
        parsed = first_reading(at.isoformat())
        assert parsed is not None
        candidates.append(DateCandidate(where=where, parsed=parsed, raw=parsed.raw))
    chosen = choose_date(candidates, now=now)
    assert 0 <= chosen.confidence <= 1
    if chosen.on is None:
        assert all(each.parsed.on > now.date() or each.parsed.at for each in candidates)
    else:
        assert chosen.on in {at.date() for at in ats}
        assert chosen.on <= (now + dt.timedelta(days=1)).date()
