"""Public holidays of Vietnam."""

from __future__ import annotations

import datetime as dt

import pytest

from crawler.scheduling.holidays import (
    _end_of,
    _local_day,
    _new_moon,
    _sun_longitude,
    holiday,
    hung_kings,
    tet,
    working_seconds,
)

TET_DAYS = """
2000-02-05 2001-01-24 2002-02-12 2003-02-01 2004-01-22 2005-02-09 2006-01-29 2007-02-17
2008-02-07 2009-01-26 2010-02-14 2011-02-03 2012-01-23 2013-02-10 2014-01-31 2015-02-19
2016-02-08 2017-01-28 2018-02-16 2019-02-05 2020-01-25 2021-02-12 2022-02-01 2023-01-22
2024-02-10 2025-01-29 2026-02-17 2027-02-06 2028-01-26 2029-02-13 2030-02-02 2031-01-23
2032-02-11 2033-01-31 2034-02-19 2035-02-08
""".split()  # noqa: SIM905 - one date a line, or the block, reads worse


@pytest.mark.parametrize("day", TET_DAYS)
def test_tet_falls_on_the_published_day(day: str) -> None:
    assert tet(int(day[:4])).isoformat() == day


@pytest.mark.parametrize(
    "day",
    [
        "2020-04-02",
        "2021-04-21",
        "2022-04-10",
        "2023-04-29",
        "2024-04-18",
        "2025-04-07",
        "2026-04-26",
    ],
)
def test_hung_kings_day_falls_on_the_published_day(day: str) -> None:
    assert hung_kings(int(day[:4])).isoformat() == day


def test_tet_lasts_from_two_days_before_to_the_fifth_day() -> None:
    first = tet(2026)
    inside = [first + dt.timedelta(days=n) for n in range(-2, 5)]
    assert {holiday(day) for day in inside} == {"Tết"}
    assert holiday(first - dt.timedelta(days=3)) is None
    assert holiday(first + dt.timedelta(days=5)) is None


def test_a_year_has_the_holidays_of_the_labour_code_and_no_others() -> None:
    days = [dt.date(2026, 1, 1) + dt.timedelta(days=n) for n in range(365)]
    named = {day.isoformat()[5:]: name for day in days if (name := holiday(day)) != "Tết" and name}
    # Article 112 of the Labour Code of 2019; the tenth day of the third lunar month is 26 April.
    assert named == {
        "01-01": "New Year",
        "04-26": "Hùng Kings' Day",
        "04-30": "Reunification Day",
        "05-01": "Labour Day",
        "09-02": "National Day",
    }
    assert [day.isoformat()[5:] for day in days if holiday(day) == "Tết"] == [
        f"02-{number}" for number in range(15, 22)
    ]


@pytest.mark.parametrize(
    ("begin", "end", "hours"),
    [
        # 2026-11-23 is a Monday.
        ("2026-11-23T10:20:30.5", "2026-11-23T12:20:30.5", 2),
        ("2026-11-23T22:00", "2026-11-24T01:30", 3.5),
        ("2026-11-23T00:00", "2026-11-24T00:00", 24),
        ("2026-11-27T18:00", "2026-11-30T06:00", 12),  # a weekend between
        ("2026-11-27T23:59:59", "2026-11-28T12:00", 1 / 3600),
        ("2026-11-28T01:00", "2026-11-29T23:00", 0),
        ("2026-09-01T12:00", "2026-09-03T12:00", 24),  # National Day between
        ("2026-11-23T12:00", "2026-11-23T12:00", 0),
        ("2026-11-24T12:00", "2026-11-23T12:00", 0),
    ],
)
def test_working_time_leaves_out_weekends_and_holidays(begin: str, end: str, hours: float) -> None:
    instants = [dt.datetime.fromisoformat(f"{at}+07:00") for at in (begin, end)]
    assert working_seconds(*instants) == pytest.approx(3600 * hours, abs=0.01)
    abroad = [instant.astimezone(dt.UTC) for instant in instants]
    assert working_seconds(*abroad) == pytest.approx(3600 * hours, abs=0.01)


# Minutes of the new moons of some eclipses of the sun, by the almanacs (UTC).
NEW_MOONS = {
    -5: "1999-08-11T11:08",
    0: "2000-01-06T18:14",
    218: "2017-08-21T18:30",
    269: "2021-10-06T11:05",
    300: "2024-04-08T18:21",
    323: "2026-02-17T12:01",
}


@pytest.mark.parametrize(("number", "at"), NEW_MOONS.items())
def test_a_new_moon_is_right_to_some_minutes(number: int, at: str) -> None:
    moment = dt.datetime.fromisoformat(f"{at}+00:00")
    julian = moment.timestamp() / 86400 + 2440587.5
    assert _new_moon(number) == pytest.approx(julian, abs=5 / 1440)


def test_the_sun_stands_where_the_worked_example_has_it() -> None:
    """J. Meeus, Astronomical Algorithms, example 25.a: 1992 October 13, 0 h."""
    assert _sun_longitude(2448908.5) == pytest.approx(199.909, abs=0.006)
    # The equinoxes and solstices of 2026, by the almanacs (UTC).
    for at, degrees in (
        ("2026-06-21T08:25", 90.0),
        ("2026-09-23T00:05", 180.0),
        ("2026-12-21T20:50", 270.0),
    ):
        moment = dt.datetime.fromisoformat(f"{at}+00:00")
        julian = moment.timestamp() / 86400 + 2440587.5
        assert _sun_longitude(julian) == pytest.approx(degrees, abs=0.01)


def test_a_local_day_ends_at_five_in_the_afternoon_in_utc() -> None:
    """The Julian day 2451545 is noon of 2000-01-01."""
    assert _end_of(dt.date(2000, 1, 1)) == pytest.approx(2451545 + 5 / 24, abs=1e-6)
    assert _local_day(2451545 + 4.9 / 24) == dt.date(2000, 1, 1)
    assert _local_day(2451545 + 5.1 / 24) == dt.date(2000, 1, 2)


def test_tet_is_told_to_its_fourth_day_after_the_first() -> None:
    first = tet(2027)
    around = {n: holiday(first + dt.timedelta(days=n)) for n in (-3, -2, 4, 5)}
    assert around == {-3: None, -2: "Tết", 4: "Tết", 5: None}
