"""Days and months in addresses."""

from __future__ import annotations

import datetime as dt

import pytest

from crawler.extract.dates.urls import Month, url_date, url_month
from tests.support.markup import NOW

SITE = "https://bao.example.vn"


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/2023/11/28/tin.html", "2023-11-28"),
        ("/2023/11/28", "2023-11-28"),
        ("/20231128", "2023-11-28"),
        ("/20231128.html", "2023-11-28"),
        ("/2023.11.28-tin.html", "2023-11-28"),
        ("/tin.html?ngay=/2023/11/28/", "2023-11-28"),
        ("/tin?id=20231128101010", "2023-11-28"),
        ("/tin-d20110328244900000.html", "2011-03-28"),
        ("/tin-d20110328304900000.html", None),
        ("/tin-d120110328024900000.html", None),
        ("/%2f2023/11/28/tin.html", "2023-11-28"),
        (f"/{'x' * 3000}/2023/11/28/tin.html", None),
        ("/".ljust(2017, "x") + "/20231128", "2023-11-28"),
        ("/".ljust(2018, "x") + "/20231128", None),
        ("/2023-4-5/tin.html", "2023-04-05"),
        ("/le-hoi-28-11-2023.html", None),
        ("/20231128/tin.html", "2023-11-28"),
        ("/tin-d20110328024900000.html", "2011-03-28"),
        ("/tin-110230327111223007.htm", "2023-03-27"),
        ("/le-hoi-2023-11-28.html", None),
        ("/2023/13/28/tin.html", None),
        ("/1994/11/28/tin.html", None),
        ("/2027/11/28/tin.html", None),
        ("/tin-a20231128.html", None),
        ("/d20231128/tin.html", "2023-11-28"),
        ("/tin-tuc/D20231128/", "2023-11-28"),
        ("/ngay-20231128/tin.html", "2023-11-28"),
        ("/t20231128_1234.html", "2023-11-28"),
        ("/tin-d20231128.html", "2023-11-28"),
        ("/tin_20231128.aspx", "2023-11-28"),
        ("/?d=20231128", "2023-11-28"),
        ("/2023/1128/tin.html", "2023-11-28"),
        ("/2023-11/28/tin.html", "2023-11-28"),
        ("/28-11-2023/tin.html", "2023-11-28"),
        ("/28/11/2023/tin.html", "2023-11-28"),
        ("/28-11-2023-ngay-hoi.html", None),
        ("/d20231399/tin.html", None),
        ("/d202311285/tin.html", None),
        ("/202311/tin.html", None),
        ("/web/20240218174457/http://bao.example.vn/2023/11/28/tin.html", "2023-11-28"),
        ("/web/20240218174457id_/https://bao.example.vn/tin.html", None),
    ],
)
def test_days(path: str, wanted: str | None) -> None:
    found = url_date(SITE + path, now=NOW)
    assert (found.on.isoformat() if found else None) == wanted
    assert found is None or found.at is None


def test_a_day_says_where_in_the_address_it_stands() -> None:
    found = url_date(f"{SITE}/tin/2023/11/28/ke.html", now=NOW)
    assert found is not None
    assert (found.raw, found.start, found.end) == ("2023/11/28", 5, 15)
    assert url_date(f"{SITE}/2030/01/01/tin.html") is not None


def test_months() -> None:
    assert url_month(f"{SITE}/kinh-te/202512/tin.html") == Month(year=2025, month=12)
    assert url_month(f"{SITE}/2025/12/tin.html") == Month(year=2025, month=12)
    assert url_month(f"{SITE}/202513/tin.html") is None
    assert url_month("http://[") is None


def test_a_month_holds_its_days_and_two_beside_it() -> None:
    month = Month(year=2025, month=12)
    assert month.holds(dt.date(2025, 12, 15))
    assert month.holds(dt.date(2025, 11, 29))
    assert not month.holds(dt.date(2025, 11, 28))
    assert month.holds(dt.date(2026, 1, 2))
    assert not month.holds(dt.date(2026, 1, 3))
