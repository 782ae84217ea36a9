"""Figures of the whole archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.web.pages import figures

if TYPE_CHECKING:
    from tests.support.visits import Reader


def test_articles_are_counted_by_outlet_month_and_place(reader: Reader) -> None:
    visit = reader.visit()
    assert dict(figures.by_source(visit)) == {
        "mau-long-an": 8, "mau-tay-ninh": 4, "mau-nghe-an": 5, "mau-can-tho": 4, "mau-hue": 3,
        "mau-lao-cai": 2, "mau-dong-thap": 2, "mau-gia-lai": 1,
    }  # fmt: skip
    months = figures.by_month(visit)
    assert (next(iter(months)), list(months)[-1], months["2026-02"]) == ("2025-01", "2026-02", 8)
    assert list(months) == sorted(months)
    assert figures.by_province(visit)["80c"] == 7


def test_an_outlet_counts_for_its_province_of_today_and_of_before(reader: Reader) -> None:
    found = figures.count_provinces(
        reader.visit(), {"mau-long-an": 5, "mau-tay-ninh": 2, "mau-can-tho": 5, "unknown": 9}
    )
    assert dict(found.by_code) == {"80": 7, "80c": 5, "72c": 2, "92": 5, "94c": 5}
    assert list(found.ended.items()) == [("Long An", 5), ("Sóc Trăng", 5)]
    assert list(
        figures.count_provinces(reader.visit(), {"mau-can-tho": 6, "mau-long-an": 5}).ended
    ) == ["Sóc Trăng", "Long An"]
    assert figures.published_by_province(reader.visit())["80"] == 12


def test_figures_of_several_archives_are_added_up(several: Reader) -> None:
    assert dict(figures.by_source(several.visit())) == {"baolongan": 2, "baotayninh": 2}
    assert dict(figures.by_month(several.visit())) == {"2026-10": 4}
    of_one = several.visit("/in/baolongan-archive/")
    assert dict(figures.by_source(of_one)) == {"baolongan": 2}
    assert dict(figures.count_provinces(several.visit(), {"baotayninh": 2}).by_code) == {
        "80": 2, "72c": 2,
    }  # fmt: skip


def test_all_are_counted_before_the_first_reader_comes(reader: Reader) -> None:
    memo = reader.memos[""]
    memo.forget()
    figures.warm(reader.visit().archive, memo)
    assert set(memo._kept) == {"by_source", "by_month", "by_province", "homes"}
