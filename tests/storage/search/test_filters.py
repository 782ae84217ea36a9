"""Which articles a search is about, and how a name that nothing has is answered."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from storage.errors import QueryError
from storage.search.filters import Filters, check_day, place_name, resolve
from tests.support.shelf import open_shelf

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def shelf() -> Iterator[sqlite3.Connection]:
    with closing(open_shelf()) as conn:
        yield conn


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("TP.HCM", "Thành phố Hồ Chí Minh"),
        ("TPHCM", "Hồ Chí Minh"),
        ("tp hcm", "Sài Gòn"),
        ("hcmc", "HCM"),
        ("T.P. Cần Thơ", "can tho"),
        ("Tỉnh Tây Ninh", "tay-ninh"),
        ("BRVT", "Bà Rịa - Vũng Tàu"),
        ("Dak Lak", "Đắk  Lắk"),
    ],
)
def test_a_province_has_one_name_however_it_is_written(one: str, other: str) -> None:
    assert place_name(one) == place_name(other)


@pytest.mark.parametrize(
    ("filters", "sources"),
    [
        (Filters(), None),
        (Filters(kind="video"), None),
        (Filters(source="baotayninh"), ("baotayninh",)),
        (Filters(province="tay ninh"), ("baolongan", "baotayninh")),
        (Filters(province="Long An"), ("baolongan",)),
        (Filters(province="Tiền Giang"), ("dongthap-gov",)),
        (Filters(kind="portal"), ("dongthap-gov",)),
        (Filters(kind="newspaper", province="Đồng Tháp"), ()),
        (Filters(kind="portal", source="baotayninh"), ()),
        (Filters(source="baotayninh", province="Tây Ninh"), ("baotayninh",)),
    ],
)
def test_sources_are_those_that_are_meant(
    shelf: sqlite3.Connection, filters: Filters, sources: tuple[str, ...] | None
) -> None:
    assert resolve(shelf, filters).narrowing.sources == sources


def test_other_filters_narrow_by_what_articles_have(shelf: sqlite3.Connection) -> None:
    scope = resolve(
        shelf,
        Filters(kind="video", section="Kinh tế", author="LÊ Minh", since="2026-01-01",
                until="2026-01-01", place="Tây Ninh"),
    )  # fmt: skip
    narrowing = scope.narrowing
    assert (narrowing.kind, narrowing.sections, narrowing.authors) == (
        "video", ("kinh_te",), ("le_minh",),
    )  # fmt: skip
    assert (narrowing.since, narrowing.until, scope.place) == ("2026-01-01", "2026-01-01", "80")
    assert resolve(shelf, Filters(section="", author="", place="")).where() == ("1", [])


@pytest.mark.parametrize(
    ("filters", "why"),
    [
        (Filters(since="2026-01-02", until="2026-01-01"), "no day lies between 2026-01-02 and"),
        (Filters(kind="rumour"), "no kind is called 'rumour': say newspaper, broadcaster, portal,"),
        (Filters(source="baolonga"), r"no source 'baolonga': did you mean baolongan\?"),
        (Filters(source="zzz"), "no source 'zzz'$"),
        (Filters(province="Đồng Tháo"), "no source of 'Đồng Tháo': did you mean Đồng Tháp"),
        (Filters(province="Long Am"), r"no source of 'Long Am': did you mean Long An\?"),
        (Filters(province="Tây Ninhh"), r"did you mean Tây Ninh\?"),
        (Filters(source="BAOLONGAN"), r"no source 'BAOLONGAN': did you mean baolongan\?"),
        (Filters(province="Nowhere"), "no source of 'Nowhere'$"),
        (Filters(province="Cà Mau"), "no source of Cà Mau is archived"),
        (Filters(since="1/2/2026"), "'1/2/2026' is no date"),
    ],
)
def test_what_nothing_has_is_said(shelf: sqlite3.Connection, filters: Filters, why: str) -> None:
    with pytest.raises(QueryError, match=why):
        resolve(shelf, filters)


def test_a_day_is_given_whole() -> None:
    assert check_day(None) is None
    assert check_day("2026-03-01") == "2026-03-01"
    with pytest.raises(QueryError, match="is no date"):
        check_day("")
