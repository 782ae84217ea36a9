"""When a text is what a broadcaster sends at which hour."""

from __future__ import annotations

import pytest

from crawler.errors import NotAnArticle
from crawler.extract.schedule import check_schedule, read_timetable, split_slots
from tests.support.markup import LONG, line


def is_schedule(title: str, lines: list[str]) -> bool:
    try:
        check_schedule(title, [line(text) for text in lines])
    except NotAnArticle as refused:
        return refused.reason == "schedule"
    return False


def slots(count: int, minutes: int = 60, ending: str = "") -> list[str]:
    return [
        f"{n * minutes // 60}h{n * minutes % 60:02d} Phim truyện tập {n}{ending}"
        for n in range(count)
    ]


def test_six_times_where_the_headline_says_so() -> None:
    assert is_schedule("Lịch phát sóng ngày 3-5", slots(6))
    assert not is_schedule("Lịch phát sóng ngày 3-5", slots(5))
    assert not is_schedule("Chương trình mới", slots(6))


def test_fifteen_times_over_half_a_day_elsewhere() -> None:
    assert is_schedule("Ngày 3-5", slots(15, 52))
    assert not is_schedule("Ngày 3-5", slots(14, 60))
    assert not is_schedule("Ngày 3-5", slots(15, 51))


def test_reports_by_the_minute_are_sentences() -> None:
    assert not is_schedule("Ngày 3-5", slots(16, 60, "."))
    assert is_schedule("Lịch phát sóng", slots(16, 60, "."))


def test_prose_beside_the_times_makes_it_an_article() -> None:
    listed = slots(6)
    size = sum(map(len, listed))
    assert not is_schedule("Lịch phát sóng", [*listed, LONG * (size // len(LONG) + 2)])
    assert is_schedule("Lịch phát sóng", listed)


def test_what_a_text_is_made_of() -> None:
    table = read_timetable(["6h30", "Thời sự", "21:05 Phim.", LONG, "Ngắn"], named=False)
    assert table.slots == [390, 1265]
    assert (table.span, table.told) == (875, 1)
    assert table.listed == len("6h30") + len("Thời sự") + len("21:05 Phim.")
    assert table.prose == len(LONG)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("05h45 Tin", [345]),
        ("5 giờ Tin", [300]),
        ("12 | 18:30 Tin", [1110]),
        ("18:30 - 19:00 Tin", [1110]),
        ("25h00 Tin", []),
        ("18.30.2024 Tin", []),
    ],
)
def test_times_of_day(text: str, minutes: list[int]) -> None:
    assert read_timetable([text], named=False).slots == minutes


def test_many_times_in_one_line_are_lines() -> None:
    text = " ".join(f"{n:02d}:00 Phim truyện Việt Nam" for n in range(6, 14))
    assert len(split_slots(text)) == 8
    assert split_slots("06:00 Phim 07:00 Tin") == ["06:00 Phim 07:00 Tin"]


def test_pictures_are_no_lines() -> None:
    pictures = [line(text) for text in slots(6)]
    for block in pictures:
        block.image = "/a.jpg"
    check_schedule("Lịch phát sóng", pictures)


def sized(size: int, start: str = "", end: str = "") -> str:
    return start + "x" * (size - len(start) - len(end)) + end


@pytest.mark.parametrize(
    ("told", "prose", "span", "wanted"),
    [
        (0, 0, 720, True),
        (0, 0, 719, False),
        # a third of the lines are sentences
        (4, 0, 720, True),
        (5, 0, 720, False),
        # half as much prose as is listed
        (0, 150, 720, True),
        (0, 151, 720, False),
    ],
)
def test_what_makes_a_day_of_fifteen_times(
    told: int, prose: int, span: int, *, wanted: bool
) -> None:
    hours = [f"{minute // 60}h{minute % 60:02d}" for minute in (*range(60, 74), 60 + span)]
    lines = [sized(20, f"{at} ", "." if n < told else "x") for n, at in enumerate(hours)]
    told_beside = [sized(prose, "x", ".")] if prose else []
    assert is_schedule("Ngày 3-5", [*lines, *told_beside]) is wanted


@pytest.mark.parametrize(
    ("lines", "listed", "told", "prose"),
    [
        (["6h00 " + "x" * 159], 164, 0, 0),
        (["6h00 " + "x" * 160], 0, 0, 165),
        (["6h00", "x" * 159], 163, 0, 0),
        (["6h00", "x" * 160], 4, 0, 160),
        (["6h00", "Tin", "Phim"], 7, 0, 0),
        (["6h00 Tin", "Phim"], 8, 0, 0),
        (["6h00", "", "Phim"], 4, 0, 0),
        (["Phim!", "Phim?", "Phim…", "Phim”", "Phim:"], 0, 0, 20),
        (["6h00 Phim!", "7h00 Phim?", "8h00 Phim:"], 30, 2, 0),
        (["x" * 159], 0, 0, 0),
        (["x" * 160], 0, 0, 160),
    ],
)
def test_lines_are_listed_told_or_prose(
    lines: list[str], listed: int, told: int, prose: int
) -> None:
    table = read_timetable(lines, named=False)
    assert (table.listed, table.told, table.prose) == (listed, told, prose)
    named = read_timetable(lines, named=True)
    assert (named.listed, named.told) == (listed, 0)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (sized(160, "06:00 a 07:00 b 08:00 c 09:00 "), 4),
        (sized(159, "06:00 a 07:00 b 08:00 c 09:00 "), 1),
        (sized(160, "06:00 a 07:00 b 08:00 "), 1),
        (sized(319, "06:00 a 07:00 b 08:00 c 09:00 "), 4),
        (sized(320, "06:00 a 07:00 b 08:00 c 09:00 "), 1),
    ],
)
def test_a_long_line_is_many_where_each_is_short(text: str, parts: int) -> None:
    assert len(split_slots(text)) == parts
