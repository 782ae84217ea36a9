"""The written rule for pages whose dates contradict each other."""

from __future__ import annotations

import datetime as dt
from email.utils import format_datetime

import pytest

from crawler.extract.dates.candidates import (
    MACHINE,
    UNKNOWN,
    DateCandidate,
    Published,
    read_machine,
    read_visible,
)
from crawler.extract.dates.rule import _options, choose_date, choose_modified, contradicts
from crawler.extract.dates.urls import url_date
from storage.instants import VIETNAM

NOW = dt.datetime(2026, 11, 24, 1, 0, tzinfo=dt.UTC)


def machine(where: str, value: str) -> DateCandidate:
    candidate = read_machine(value, where=where, now=NOW)
    assert candidate is not None
    return candidate


def visible(text: str, position: int | None = 20, where: str = "near title") -> DateCandidate:
    candidate = read_visible(text, where=where, now=NOW, position=position)
    assert candidate is not None
    return candidate


def address(url: str) -> DateCandidate:
    parsed = url_date(url, now=NOW)
    assert parsed is not None
    return DateCandidate(where="url", parsed=parsed)


def choose(*candidates: DateCandidate, url: str = "", lead: str = "") -> Published:
    return choose_date(candidates, now=NOW, url=url, lead=lead)


def when(published: Published) -> str:
    return published.at.strftime("%Y-%m-%d %H:%M:%S") if published.at else f"{published.on} -"


def test_seconds_come_from_structured_data_that_agrees_to_the_minute() -> None:
    chosen = choose(machine("json-ld", "2022-06-14T05:42:10+07:00"), visible("14/06/2022 - 05:42"))
    assert when(chosen) == "2022-06-14 05:42:10"
    assert chosen.where == "json-ld"
    assert chosen.confidence > 0.95


def test_seconds_come_from_the_visible_date_when_only_it_has_them() -> None:
    chosen = choose(machine("meta", "2022-06-14T05:42+07:00"), visible("14/06/2022 05:42:10"))
    assert when(chosen) == "2022-06-14 05:42:10"


def test_a_naive_value_is_local_time() -> None:
    assert when(choose(machine("json-ld", "2021-12-01 11:51:00"))) == "2021-12-01 11:51:00"


def test_a_naive_value_is_utc_where_the_visible_date_says_so() -> None:
    chosen = choose(machine("json-ld", "2021-12-01T04:51:07"), visible("01/12/2021 11:51"))
    assert when(chosen) == "2021-12-01 11:51:07"


def test_a_z_is_utc_without_a_witness() -> None:
    assert when(choose(machine("json-ld", "2024-06-05T14:30:00Z"))) == "2024-06-05 21:30:00"


def test_a_false_z_is_seen_against_the_visible_date() -> None:
    chosen = choose(machine("json-ld", "2024-06-05T14:30:12Z"), visible("05/06/2024 14:30"))
    assert when(chosen) == "2024-06-05 14:30:12"


def test_two_false_z_do_not_outvote_the_visible_date() -> None:
    chosen = choose(
        machine("json-ld", "2024-06-05T14:30:12Z"),
        machine("meta", "2024-06-05T14:30:12+00:00"),
        visible("05/06/2024 14:30"),
    )
    assert when(chosen) == "2024-06-05 14:30:12"


def test_a_true_z_stays_where_the_visible_date_has_only_the_day() -> None:
    chosen = choose(machine("meta", "2023-07-11T10:05:12+00:00"), visible("11/07/2023"))
    assert when(chosen) == "2023-07-11 17:05:12"


def test_a_false_z_is_seen_when_utc_would_be_the_next_day() -> None:
    chosen = choose(machine("meta", "2023-07-11T20:05:12+00:00"), visible("11/07/2023"))
    assert when(chosen) == "2023-07-11 20:05:12"


def test_a_false_offset_is_seen_against_the_visible_date() -> None:
    chosen = choose(machine("json-ld", "2021-12-01T04:51:07+07:00"), visible("01/12/2021 11:51"))
    assert when(chosen) == "2021-12-01 11:51:07"


def test_a_bare_day_is_completed_by_the_visible_time() -> None:
    chosen = choose(machine("json-ld", "2026-01-08"), visible("08/01/2026 - 18:21", position=-70))
    assert when(chosen) == "2026-01-08 18:21:00"
    assert chosen.raw == "08/01/2026 - 18:21"


def test_a_bare_day_is_not_completed_by_the_clock_in_the_header() -> None:
    chosen = choose(
        machine("json-ld", "2026-01-08"), visible("08/01/2026 - 18:21", None, where="header")
    )
    assert when(chosen) == "2026-01-08 -"


def test_midnight_is_no_time_wherever_it_stands() -> None:
    chosen = choose(
        machine("json-ld", "2013-12-13T00:00:00"), visible("Update: 13-12-2013 | 00:00:00")
    )
    assert when(chosen) == "2013-12-13 -"


@pytest.mark.parametrize("value", ["6/5/2024 9:45:00 PM", "5/6/2024 9:45:00 PM"])
def test_a_slash_date_in_a_tag_takes_the_order_the_page_shows(value: str) -> None:
    chosen = choose(machine("meta", value), visible("05/06/2024 21:45"))
    assert when(chosen) == "2024-06-05 21:45:00"


def test_a_slash_date_in_a_tag_alone_is_month_first() -> None:
    chosen = choose(machine("meta", "6/5/2024 9:45:00 PM"))
    assert when(chosen) == "2024-06-05 21:45:00"
    assert chosen.confidence < 0.9


def test_structured_data_outweighs_an_american_visible_date() -> None:
    chosen = choose(machine("json-ld", "2024-05-06T09:00:00+07:00"), visible("05/06/2024 9:00 AM"))
    assert when(chosen) == "2024-05-06 09:00:00"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("2020-09-25T15:09:10+07:00", "03:09, 25/09/2020"),
        ("2020-09-25T03:09:10+07:00", "15:09, 25/09/2020"),
    ],
)
def test_twelve_hours_apart_the_clock_that_counts_to_24_is_right(value: str, text: str) -> None:
    chosen = choose(machine("json-ld", value), visible(text))
    assert chosen.at is not None
    assert (chosen.at.hour, chosen.at.minute) == (15, 9)


def test_a_clock_that_the_story_contradicts_keeps_only_the_day() -> None:
    lead = "(ĐN) - Sáng 25-9, Hội Nông dân xã đã tổ chức hội nghị."
    assert when(choose(visible("03:09, 25/09/2020"), lead=lead)) == "2020-09-25 -"


def test_a_story_of_another_day_contradicts_nothing() -> None:
    lead = "Sáng 24-9, Hội Nông dân xã đã tổ chức hội nghị."
    assert when(choose(visible("03:09, 25/09/2020"), lead=lead)) == "2020-09-25 03:09:00"


def test_the_header_clock_loses_against_the_date_line() -> None:
    chosen = choose(
        visible("Thứ Tư, 27/11/2024 00:25 (GMT +7)", -900, where="visible"),
        visible("19/06/2024 10:58", 12, where="visible"),
    )
    assert when(chosen) == "2024-06-19 10:58:00"


def test_a_header_date_alone_is_no_date_of_publication() -> None:
    assert choose(visible("Thứ 2, 21/10/2024", None, where="header")) == UNKNOWN


def test_related_dates_lose_against_the_nearer_one() -> None:
    chosen = choose(
        *(visible(f"16:55, {day}/03/2025", 3000 + day, where="visible") for day in (30, 29, 28)),
        visible("14:00, 30/08/2015", 5, where="visible"),
    )
    assert when(chosen) == "2015-08-30 14:00:00"


@pytest.mark.parametrize("hour", [17, 20, 23])
def test_an_article_of_the_evening_that_is_fetched_at_once_keeps_its_day(hour: int) -> None:
    """Read as UTC, its time would be of the next day: no other value says so."""
    at = dt.datetime(2026, 11, 23, hour, 55, tzinfo=VIETNAM)
    now = at + dt.timedelta(minutes=4)
    values = [
        read_machine(at.isoformat(), where="meta", now=now),
        read_machine(format_datetime(at.astimezone(dt.UTC), usegmt=True), where="feed", now=now),
        read_visible(f"{at:%d/%m/%Y %H:%M}", where="near title", now=now, position=20),
    ]
    assert all(values)
    chosen = choose_date([each for each in values if each], now=now)
    assert when(chosen) == f"2026-11-23 {hour}:55:00"
    alone = choose_date([each for each in values[:1] if each], now=now)
    assert when(alone) == f"2026-11-23 {hour}:55:00"


def test_the_moment_of_the_fetch_is_a_clock_where_something_else_is_said() -> None:
    chosen = choose(machine("json-ld", "2026-11-24T08:03:00+07:00"), visible("25/04/2024 11:00"))
    assert when(chosen) == "2024-04-25 11:00:00"


def test_an_article_of_this_minute_keeps_its_date() -> None:
    chosen = choose(machine("json-ld", "2026-11-24T08:03:00+07:00"), visible("24/11/2026 08:03"))
    assert when(chosen) == "2026-11-24 08:03:00"


@pytest.mark.parametrize("clock", ["24/11/2026", "Thứ Ba, 24/11/2026 08:00"])
def test_what_a_sitemap_knew_on_an_earlier_day_was_not_published_today(clock: str) -> None:
    chosen = choose(visible(clock), machine("sitemap", "2026-11-21T08:15:00+07:00"))
    assert when(chosen) == "2026-11-21 08:15:00"


@pytest.mark.parametrize("shown", ["23/11/2026", "Thứ Hai, 23/11/2026 08:00"])
def test_a_date_that_is_no_clock_outweighs_an_older_one_of_a_sitemap(shown: str) -> None:
    chosen = choose(visible(shown), machine("sitemap", "2026-11-21T08:15:00+07:00"))
    assert str(chosen.on) == "2026-11-23"


def test_a_later_visible_update_does_not_move_the_publication() -> None:
    chosen = choose(
        machine("json-ld", "2024-04-25T10:00:00+07:00"), visible("Cập nhật: 27/04/2024 11:00")
    )
    assert when(chosen) == "2024-04-25 10:00:00"


def test_the_month_in_the_address_decides_between_two_orders() -> None:
    chosen = choose(
        machine("meta", "3/12/2025 10:00:00 AM"),
        url="https://a.example.vn/kinh-te/202512/x-19f77b2/",
    )
    assert when(chosen) == "2025-12-03 10:00:00"


def test_an_address_alone_gives_the_day() -> None:
    chosen = choose(address("https://a.example.vn/portal/Pages/2024-4-25/x.aspx"))
    assert (when(chosen), chosen.where) == ("2024-04-25 -", "url")
    assert chosen.confidence <= 0.6


def test_nothing_gives_nothing() -> None:
    assert choose() == UNKNOWN


def test_a_future_candidate_is_out() -> None:
    candidate = machine("json-ld", "2024-06-05T09:00:00+07:00")
    early = dt.datetime(2024, 6, 1, tzinfo=dt.UTC)
    assert choose_date([candidate], now=early) == UNKNOWN


def test_the_same_instant_is_no_modification() -> None:
    published = choose(machine("json-ld", "2021-12-01 11:51:00"))
    same = machine("json-ld dateModified", "2021-12-01T04:51:00.000000Z")
    assert choose_modified([same], published, now=NOW) is None


def test_a_false_z_is_no_modification_seven_hours_later() -> None:
    published = choose(machine("json-ld", "2021-12-01 11:51:00"))
    same = machine("json-ld dateModified", "2021-12-01T11:51:00Z")
    assert choose_modified([same], published, now=NOW) is None


def test_a_later_instant_is_a_modification() -> None:
    published = choose(machine("json-ld", "2021-12-01 11:51:00"))
    later = machine("json-ld dateModified", "2021-12-02T01:00:00Z")
    modified = choose_modified([later], published, now=NOW)
    assert modified is not None
    assert modified.isoformat() == "2021-12-02T08:00:00+07:00"


def test_an_earlier_instant_is_no_modification() -> None:
    published = choose(machine("json-ld", "2021-12-01 11:51:00"))
    earlier = machine("json-ld dateModified", "2021-11-30T01:00:00Z")
    assert choose_modified([earlier], published, now=NOW) is None


def test_a_feed_that_calls_local_time_gmt_is_seen_against_the_page() -> None:
    chosen = choose(
        machine("feed", "Thu, 18 Sep 2025 16:05:33 GMT"), visible("Thứ 5, 18/09/2025 | 16:05:33")
    )
    assert when(chosen) == "2025-09-18 16:05:33"


@pytest.mark.parametrize(
    ("part", "begins"), [("Sáng", 6), ("Trưa", 10), ("Chiều", 12), ("Tối", 17), ("Đêm", 18)]
)
def test_a_part_of_the_day_cannot_be_told_before_it_begins(part: str, begins: int) -> None:
    lead = f"{part} 25/9, đoàn công tác đã đến xã."
    at = dt.datetime(2026, 9, 25, begins, 0, tzinfo=VIETNAM)
    assert not contradicts(lead, at)
    assert contradicts(lead, at - dt.timedelta(minutes=1))
    assert not contradicts(lead, at - dt.timedelta(days=1, minutes=1)), "another day's story"


@pytest.mark.parametrize(
    ("shown", "day"),
    [("06/05/2024 14:00", dt.date(2024, 5, 6)), ("06/05/2024 2:00 PM", dt.date(2024, 6, 5))],
)
def test_month_and_day_change_places_only_beside_a_clock_of_another_country(
    shown: str, day: dt.date
) -> None:
    seen = read_visible(shown, where="near title", now=NOW)
    assert seen is not None
    swapped = [option.parsed.on for option in _options(seen, NOW)]
    assert (day in swapped, len(swapped)) == (True, 1 + (day.month == 6))


@pytest.mark.parametrize(
    ("surer", "other"),
    [("json-ld", "feed"), ("feed", "sitemap"), ("feed", "listing"), ("listing", "url")],
)
def test_of_two_places_that_disagree_the_surer_one_is_believed(surer: str, other: str) -> None:
    pair = [machine(surer, "2026-11-02"), machine(other, "2026-11-05")]
    for order in (pair, pair[::-1]):
        assert choose_date(order, now=NOW).on == dt.date(2026, 11, 2)


def witness(text: str) -> DateCandidate:
    """`visible@300: 25/04/2024` stands 300 characters behind the headline."""
    place, _, value = text.partition(": ")
    where, _, position = place.partition("@")
    if where == "url":
        return address(f"https://a.example.vn/{value}")
    if where.startswith(MACHINE):
        return machine(where, value)
    candidate = read_visible(
        value,
        where=where,
        now=NOW,
        position=int(position) if position else None,
        trusted=where == "layout",
    )
    assert candidate is not None
    return candidate


def weigh(*witnesses: str, wanted: str, month: str = "", lead: str = "") -> tuple[object, ...]:
    return (witnesses, month, lead, wanted)


WEIGHED = [
    weigh(
        "near title: 25/04/2024 3:09 PM",
        "visible@10: Thứ Năm, 25/04/2024 15:09",
        "meta date: 2026-11-24T08:05:00+07:00",
        month="202404",
        wanted="2024-04-25 15:09:00 near title 0.71",
    ),
    weigh(
        "feed: 2024-04-25T12:30:00+07:00",
        "url: https://a.vn/2024/04/25/x/",
        "visible@3000: 25/04/2024 00:30",
        lead="Chiều 25/4",
        wanted="2024-04-25 00:30:00 visible 0.92",
    ),
    weigh(
        "sitemap: 2024-04-25T15:09:00Z",
        "header@-300: 25/04/2024 12:30",
        "listing: Thứ Hai, 25/04/2024 15:09",
        lead="Chiều 25/4",
        wanted="2024-04-25 15:09:00 sitemap 0.57",
    ),
    weigh(
        "json-ld datePublished: 2024-04-25T12:30:00+07:00",
        "gtag: 2024-04-26",
        "near title: 04/05/2024 12:00 AM",
        wanted="2024-05-04 near title 0.68",
    ),
    weigh(
        "listing: Ngày đăng: 26/04/2024 10:00",
        "visible@10: Ngày đăng: 26/04/2024 10:00",
        "near title@-100: Cập nhật: 26/04/2024 10:00",
        wanted="2024-04-26 10:00:00 near title 0.75",
    ),
    weigh(
        "json-ld datePublished: 2024-04-24T23:50:00+07:00",
        "json-ld datePublished: 2024-04-28T09:00:00Z",
        "visible@3000: Thứ Hai, 25/04/2024 15:09",
        lead="Sáng 25-4",
        wanted="2024-04-24 23:50:00 json-ld datePublished 0.82",
    ),
    weigh("visible: 04/05/2024 12:00 AM", month="202404", wanted="2024-04-05 visible 0.52"),
    weigh(
        "json-ld datePublished: 2026-11-24T08:05:00+07:00",
        "layout@0: 25/04/2024 15:09",
        "time: 2024-04-25T13:10:00+07:00",
        wanted="2024-04-25 15:09:00 layout 0.91",
    ),
    weigh(
        "visible: 26/04/2024",
        "visible@3000: Cập nhật: 26/04/2024 10:00",
        "json-ld datePublished: 2024-05-04T15:09:00+07:00",
        month="202404",
        lead="Sáng 25-4",
        wanted="2024-05-04 15:09:00 json-ld datePublished 0.86",
    ),
    weigh(
        "visible@-600: Ngày đăng: 25/04/2024",
        "visible@3000: 25/04/2024",
        month="202404",
        wanted="2024-04-25 visible 0.54",
    ),
    weigh(
        "json-ld datePublished: 2024-04-25T15:09:31+07:00",
        "time: 2024-04-25T15:10:00+07:00",
        "layout@0: Ngày đăng: 26/04/2024 10:00",
        wanted="2024-04-25 15:09:31 json-ld datePublished 0.95",
    ),
    weigh(
        "gtag: 2024-04-24T23:50:00+07:00",
        "gtag: 2026-11-24",
        "near title@20: 25/04/2024 01:10",
        lead="Sáng 25-4",
        wanted="2024-04-25 near title 0.77",
    ),
    weigh(
        "listing: 25/04/2024 10:00",
        "listing: 25/04/2024 15:09:31",
        month="202404",
        lead="Chiều 25/4",
        wanted="2024-04-25 10:00:00 listing 0.5",
    ),
    weigh(
        "time: 2024-04-25T13:10:00+07:00",
        "time: 2024-04-25T01:10:00+07:00",
        "near title: 04/05/2024 12:00 AM",
        month="202405",
        wanted="2024-05-04 near title 0.7",
    ),
    weigh(
        "time: 2024-04-25T01:10:00+07:00",
        "meta article:published_time: 2026-11-24",
        "meta date: 2024-05-04T15:09:00+07:00",
        lead="Chiều 25/4",
        wanted="2024-04-25 01:10:00 time 0.84",
    ),
    weigh(
        "url: https://a.vn/2024/04/25/x/",
        "visible@200: Thứ Hai, 25/04/2024 15:09",
        "feed: 2024-04-24T23:50:00+07:00",
        month="202404",
        wanted="2024-04-25 url 0.57",
    ),
    weigh(
        "header@-300: 25/04/2024 01:10",
        "visible@200: Cập nhật: 26/04/2024 10:00",
        "sitemap: 2024-04-25T03:09:00+07:00",
        month="202404",
        lead="Chiều 25/4",
        wanted="2024-04-26 10:00:00 visible 0.57",
    ),
    weigh(
        "listing: 25/04/2024 01:10", "time: 2024-04-25", wanted="2024-04-25 01:10:00 listing 0.91"
    ),
    weigh("layout@0: 04/05/2024 3:09 PM", month="202404", wanted="2024-04-05 15:09:00 layout 0.77"),
    weigh(
        "gtag: 2024-04-25T15:09:00",
        "visible@-600: 25/04/2024 15:09:31",
        wanted="2024-04-25 15:09:31 visible 0.66",
    ),
    weigh(
        "gtag: 2026-11-24",
        "sitemap: 2024-04-25T15:09:00",
        lead="Chiều 25/4",
        wanted="2026-11-24 gtag 0.87",
    ),
    weigh(
        "gtag: 2024-04-25T15:11:00+07:00",
        "json-ld datePublished: 2024-04-25T15:09:00Z",
        wanted="2024-04-25 15:11:00 gtag 0.91",
    ),
    weigh(
        "time: 2024-04-25T01:10:00+07:00",
        "near title: 24/11/2026",
        lead="Chiều 25/4",
        wanted="2024-04-25 01:10:00 time 0.87",
    ),
    weigh(
        "visible@200: 25/04/2024 3:09 PM",
        "near title: 25/04/2024 10:00",
        lead="Chiều 25/4",
        wanted="2024-04-25 near title 0.74",
    ),
    weigh(
        "header@10: Ngày đăng: 25/04/2024",
        "time: 2024-04-25T15:11:00+07:00",
        lead="Chiều 25/4",
        wanted="2024-04-25 15:11:00 time 0.89",
    ),
    weigh(
        "visible@3000: 25/04/2024 3:09 PM",
        "listing: Thứ Hai, 25/04/2024 15:09",
        "meta date: 2024-04-25T15:09:00",
        month="202405",
        wanted="2024-04-25 15:09:00 meta date 0.68",
    ),
    weigh(
        "near title: Thứ Hai, 25/04/2024 15:09",
        "time: 2024-05-04T15:09:00+07:00",
        "feed: 2024-04-26T10:00:00+07:00",
        month="202405",
        lead="Chiều 25/4",
        wanted="2024-05-04 15:09:00 time 0.79",
    ),
    weigh(
        "near title: 24/11/2026",
        "sitemap: 2026-11-24T05:00:00+07:00",
        "url: https://a.vn/2024/04/25/x/",
        wanted="2026-11-24 05:00:00 sitemap 0.85",
    ),
    weigh(
        "near title: 24/11/2026",
        "sitemap: 2026-11-23T05:00:00+07:00",
        wanted="2026-11-23 05:00:00 sitemap 0.87",
    ),
    weigh("near title@0: 25/04/2024", wanted="2024-04-25 near title 0.74"),
    weigh("near title@-1: 25/04/2024", wanted="2024-04-25 near title 0.7"),
    weigh("near title@1000: 25/04/2024", wanted="2024-04-25 near title 0.68"),
    weigh("visible@4000: 25/04/2024", wanted="2024-04-25 visible 0.54"),
    weigh("visible@-400: 25/04/2024", wanted="2024-04-25 visible 0.58"),
    weigh("visible@-800: 25/04/2024", wanted="2024-04-25 visible 0.54"),
    weigh(
        "json-ld: 2024-04-21",
        "meta og: 2024-04-22",
        "time: 2024-04-23",
        "gtag: 2024-04-24",
        "near title: 25/04/2024",
        "url: https://a.vn/2024/04/26/x/",
        "listing: 27/04/2024",
        wanted="2024-04-25 near title 0.62",
    ),
    weigh(
        "time: 2024-04-25T01:10:00+07:00",
        "gtag: 2024-04-25T13:10:00+07:00",
        wanted="2024-04-25 13:10:00 gtag 0.93",
    ),
    weigh(
        "time: 2024-04-25T12:30:00+07:00",
        "gtag: 2024-04-25T00:30:00+07:00",
        wanted="2024-04-25 00:30:00 gtag 0.93",
    ),
    weigh(
        "time: 2024-04-25T13:10:00+07:00",
        "gtag: 2024-04-25T01:10:00+07:00",
        wanted="2024-04-25 13:10:00 time 0.93",
    ),
    weigh(
        "time: 2024-04-25T00:30:00+07:00",
        "gtag: 2024-04-25T12:30:00+07:00",
        wanted="2024-04-25 00:30:00 time 0.93",
    ),
    weigh(
        "time: 2024-04-25T15:09+07:00",
        "gtag: 2024-04-25T15:09:31+07:00",
        "meta og: 2024-04-25T15:09:45+07:00",
        wanted="2024-04-25 15:09:31 gtag 0.99",
    ),
    weigh(
        "near title@100: 25/04/2024 10:00",
        "json-ld: 2024-04-25",
        "time: 2024-04-25T15:10+07:00",
        wanted="2024-04-25 15:10:00 time 0.99",
    ),
    weigh(
        "json-ld: 2024-04-25",
        "time: 2024-04-25T15:10+07:00",
        "near title@100: 25/04/2024 10:00",
        wanted="2024-04-25 15:10:00 time 0.99",
    ),
    weigh(
        "json-ld: 2024-04-25",
        "near title@1999: 25/04/2024 10:00",
        wanted="2024-04-25 10:00:00 near title 0.91",
    ),
    weigh(
        "json-ld: 2024-04-25", "near title@2001: 25/04/2024 10:00", wanted="2024-04-25 json-ld 0.91"
    ),
    weigh(
        "near title: 25/04/2024 15:09",
        lead="Tối 25-4",
        wanted="2024-04-25 15:09:00 near title 0.74",
    ),
    weigh("near title: 25/04/2024 12:30", lead="Tối 25-4", wanted="2024-04-25 near title 0.74"),
    weigh(
        "near title: 25/04/2024 00:30",
        lead="Sáng 25-4",
        wanted="2024-04-25 00:30:00 near title 0.74",
    ),
    weigh("near title: 25/04/2024 01:10", lead="Sáng 25-4", wanted="2024-04-25 near title 0.74"),
    weigh(
        "near title: 25/04/2024 3:09 AM",
        lead="Sáng 25-4",
        wanted="2024-04-25 03:09:00 near title 0.74",
    ),
    weigh(
        "near title: 25/04/2024 03:09:20",
        lead="Sáng 25-4",
        wanted="2024-04-25 03:09:20 near title 0.74",
    ),
    weigh(
        "layout@0: 25/04/2024 03:09",
        "meta date: 2024-04-25T03:09:00+07:00",
        lead="Sáng 25-4",
        wanted="2024-04-25 03:09:00 meta date 0.96",
    ),
    weigh(
        "layout@0: 25/04/2024 03:09",
        "meta date: 2024-04-25T03:10:00+07:00",
        lead="Sáng 25-4",
        wanted="2024-04-25 layout 0.96",
    ),
]
"""What dates at these places come to, and how sure that is. The address may hold a month, the first
sentence a part of a day."""


@pytest.mark.parametrize(("witnesses", "month", "lead", "wanted"), WEIGHED)
def test_what_the_dates_of_a_page_come_to(
    witnesses: tuple[str, ...], month: str, lead: str, wanted: str
) -> None:
    url = f"https://a.example.vn/kinh-te/{month}/x/" if month else ""
    chosen = choose(*map(witness, witnesses), url=url, lead=f"{lead}, xã đã họp." if lead else "")
    assert f"{when(chosen).removesuffix(' -')} {chosen.where} {chosen.confidence}" == wanted


@pytest.mark.parametrize(
    ("value", "modified"),
    [
        ("2024-04-25T03:08:00+07:00", None),
        ("2024-04-25T15:09:59+07:00", None),
        ("2024-04-25T15:10:00+07:00", "2024-04-25T15:10:00+07:00"),
        ("2024-04-25T08:09:00Z", None),
        ("2024-04-25T08:10:00Z", "2024-04-25T15:10:00+07:00"),
        ("2024-04-26", None),
        ("2024-04-25T15:09:00Z", None),
    ],
)
def test_a_change_is_a_minute_later_at_least(value: str, modified: str | None) -> None:
    published = choose(machine("json-ld", "2024-04-25T15:09:00+07:00"))
    found = choose_modified([machine("json-ld dateModified", value)], published, now=NOW)
    assert (found.isoformat() if found else None) == modified
    day = choose(machine("json-ld", "2024-04-25"))
    assert choose_modified([machine("json-ld dateModified", value)], day, now=NOW) is None


def test_of_several_changes_the_first_later_one_counts() -> None:
    published = choose(machine("json-ld", "2024-04-25T15:09:00+07:00"))
    values = ("2024-04-25T15:09:30+07:00", "2024-04-26T10:00:00+07:00", "2024-04-27T10:00:00+07:00")
    found = choose_modified([machine("meta", value) for value in values], published, now=NOW)
    assert found is not None
    assert found.day == 26


@pytest.mark.parametrize(("before", "is_heard"), [(591, True), (592, False)])
def test_the_story_is_heard_in_the_first_sentences(before: int, *, is_heard: bool) -> None:
    at = dt.datetime(2026, 9, 25, 3, 9, tzinfo=VIETNAM)
    assert contradicts(" " * before + "Sáng 25-9", at) is is_heard


def test_the_first_part_of_that_day_decides() -> None:
    at = dt.datetime(2026, 9, 25, 8, 0, tzinfo=VIETNAM)
    assert not contradicts("Sáng 25-9 và chiều 25-9", at)
    assert contradicts("Sáng 24-9, chiều 25-9", at)
    assert not contradicts("Chiều 25-8", at)
