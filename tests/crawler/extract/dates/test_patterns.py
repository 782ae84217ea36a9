"""What the expressions find."""

from __future__ import annotations

import pytest

from crawler.extract.dates.patterns import DAY, MONTHS, read_weekday
from crawler.extract.letters import fold_letters


@pytest.mark.parametrize(
    "text",
    [
        "2023-11-28",
        "2023 / 11 / 28",
        "28/11/2023",
        "28 - 11 - 2023",
        "28.11.23",
        "28 tháng 11 năm 2023",
        "13 Tháng 10 2015",
        "28 Th11, 2023",
        "28 tháng mười một năm 2023",
        "28 November 2023",
        "28th of Nov. 2023",
        "28-Nov-2023",
        "Tháng Mười Một 28, 2023",
        "November 28, 2023",
        "Nov 28th 2023",
    ],
)
def test_every_written_form_is_one_day(text: str) -> None:
    assert DAY.fullmatch(fold_letters(text))


@pytest.mark.parametrize(
    "text",
    ["28/11-2023", "28/11", "tháng 11", "128/11/2023", "2023-11-289", "8:28/11/2023", "1/2/3/4"],
)
def test_other_numbers_are_none(text: str) -> None:
    match = DAY.search(fold_letters(text))
    assert match is None or match.group() != text


def test_names_of_months_and_weekdays() -> None:
    assert (MONTHS["gieng"], MONTHS["chap"], MONTHS["sep"]) == (1, 12, 9)
    assert len(set(MONTHS.values())) == 12
    assert read_weekday("thu hai") == (0, True)
    assert read_weekday("t7") == (5, True)
    assert read_weekday("chu nhat") == (6, True)
    assert read_weekday("cn") == (6, True)
    assert read_weekday("wednesday") == (2, False)
