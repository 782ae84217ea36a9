"""What is stamped beside the names of a byline, and names that look like it."""

from __future__ import annotations

import pytest

from crawler.extract.authors.stamps import without_dates


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Lê Lan 15/11/2023 - 14:50", "Lê Lan"),
        ("Lê LanCập nhật: 15/11/2023", "Lê Lan"),
        ("Lê Lan đăng 15/11/2023", "Lê Lan"),
        ("Lê Lan | Đăng ngày 15/11/2023", "Lê Lan"),
        ("Lê Hải Đăng 15/11/2023", "Lê Hải Đăng"),
        ("By SARAH JOHNSON | Nov. 12, 2025", "By SARAH JOHNSON"),
        ("Von Edwin Roth 4. November 2025, 10:00 Uhr", "Von Edwin Roth"),
        ("Lê Lan · 2 giờ trước", "Lê Lan"),
        ("Hôm qua, 14:05 | Lê Lan", "Lê Lan"),
        ("Ann Lee • 3 hours ago", "Ann Lee"),
        ("Ann Lee, il y a 2 heures", "Ann Lee"),
        ("Eva Roth, vor 2 Stunden", "Eva Roth"),
        ("Lê Lan - 1.234 lượt xem", "Lê Lan -"),
        ("Autor: Jan Nowak Aktualizacja: 12.11.2025", "Autor: Jan Nowak"),
        ("Par Ann Lee, mis à jour le 12/11/2025", "Par Ann Lee"),
        ("USA TODAY", "USA TODAY"),
    ],
)
def test_dates_ages_and_counters_are_no_names(line: str, names: str) -> None:
    assert without_dates(line) == names
