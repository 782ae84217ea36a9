"""Which unit a name means where little tells it."""

from __future__ import annotations

import pytest

from storage.places.mentions import Setting, find_mentions
from storage.places.resolve import How, Reader
from storage.places.scan import Found
from storage.places.units import load_units

LAI_CHAU, TRA_VINH = ("12", "12c"), ("84c", "86")
DONG_NAI, DAK_LAK, CAO_BANG = ("48", "49c"), ("66", "66c"), ("04", "04c")


@pytest.mark.parametrize(
    ("text", "day", "home", "told"),
    [
        # The district beside it holds no such commune.
        ("Nay là xã Nhị Mỹ, thị xã Cai Lậy", "2025-12-31", (), [("817c", "kind", 0.807)]),
        # A commune that took over the name of the district is meant by the district's name, too,
        # but not before it did.
        ("Người dân từ Nậm Nhùn hợp nhất với nơi khác", "2025-07-01", LAI_CHAU,
         [("112c", "name", 0.76)]),
        # A district beside a commune ended, and so the commune of that time is meant.
        ("Họp ở Nghĩa Phương, thành phố Bắc Ninh, Bắc Ninh mới", None, DONG_NAI,
         [("07486c", "parent", 0.9), ("256c", "kind", 0.921), ("24", "name", 0.8)]),
        # It was a town, and is called a city.
        ("Lũ về Âu Cơ mới, thành phố Phú Thọ.", "2026-02-01", (), []),
        ("Xã sáp nhập từ xã Lý Bôn, Bảo Lâm (cũ)", "2025-07-01", CAO_BANG,
         [("01294c", "kind", 0.95), ("042c", "parent", 0.855)]),
        # "Before that" outweighs the outlet's own province.
        ("Trước đây là Nhị Long, Vĩnh Long mới, tỉnh Vĩnh Long.", None, TRA_VINH,
         [("29302c", "parent", 0.9), ("86", "name", 0.8), ("86c", "kind", 0.95)]),
        # A bare commune that holds nothing beside it is none.
        ("Họp ở xã Hiệp Đức, Cai Lậy sáp nhập. thành phố Đà Nẵng.", "2025-06-30", (),
         [("28501c", "kind", 0.95), ("48c", "kind", 0.95)]),
        # From the very first of July the bare name is the commune's.
        ("Khi còn thuộc xã Krông Pắc. Sau đó Krông Pắc yên ổn (cũ). Đắk Lắk.", "2025-07-01",
         DAK_LAK, [("24490", "kind", 0.921), ("24490", "name", 0.776), ("66", "name", 0.8)]),
    ],
)  # fmt: skip
def test_a_name_means_what_day_home_and_neighbours_say(
    text: str, day: str | None, home: tuple[str, ...], told: list[tuple[str, str, float]]
) -> None:
    found = find_mentions(load_units(), text, Setting(day=day, home=frozenset(home)))
    assert [(one.unit, one.how.value, one.confidence) for one in found] == told


def name(code: str) -> Found:
    """A name with its kind that means one unit."""
    unit = load_units()[code]
    return Found(0, 0, unit.kind, (unit,), How.KIND, 0, unit=unit)


@pytest.mark.parametrize(
    ("code", "home", "provinces", "districts", "beside", "score", "factor"),
    [
        ("07486c", "", "", "", "", 0, 0.85), ("24", "", "", "", "", 0, 1),
        ("07486c", "24c", "", "", "", 2, 0.95), ("24", "24", "24", "", "", 2, 1),
        ("07486c", "", "24c", "", "", 2, 0.97), ("07486c", "", "", "218c", "", 3, 0.97),
        ("07486c", "24c", "24c", "218c", "", 7, 0.97),
        ("07486c", "", "", "", "24c", 5, 1), ("07486c", "", "", "", "218c", 5, 1),
        ("07486c", "", "", "", "24c 218c", 10, 1), ("07486", "", "", "", "24", 5, 1),
        # A district that has ended stands beside the commune of its time.
        ("07486", "", "", "", "218c", 0.5, 1), ("07486", "", "", "", "218c 24", 5.5, 1),
        # Beside a province that holds it not, it is nothing, except where the outlet is at home.
        ("07486c", "", "", "", "86", -3, 0), ("218c", "", "", "", "86", -3, 0.85),
        ("07486c", "24c", "", "", "86", -1, 0.95), ("07486c", "", "", "", "86 24c", 2, 1),
    ],
)  # fmt: skip
def test_what_speaks_for_a_unit_is_weighed(
    code: str, home: str, provinces: str, districts: str, beside: str, score: float, factor: float
) -> None:
    reader = Reader(load_units(), "", Setting(day=None, home=frozenset(home.split())), [])
    reader._provinces, reader._districts = set(provinces.split()), set(districts.split())
    one = name(code)
    one.parents = [name(each) for each in beside.split()]
    assert reader._score(one, load_units()[code]) == (score, factor)


@pytest.mark.parametrize(
    ("how", "surely"),
    [(How.KIND, 0.95), (How.LIST, 0.9), (How.PARENT, 0.9), (How.NAME, 0.8), (How.REPEAT, 0.85)],
)
@pytest.mark.parametrize(
    ("home", "beside", "loose", "factor"),
    [("24c", "", False, 0.95), ("", "218c", False, 1.0), ("", "218c", True, 0.8)],
)
def test_a_name_is_as_sure_as_how_it_was_told(
    how: How, surely: float, home: str, beside: str, *, loose: bool, factor: float
) -> None:
    reader = Reader(load_units(), "", Setting(day=None, home=frozenset(home.split())), [])
    one = name("07486c")
    one.how, one.loose, one.parents = how, loose, [name(each) for each in beside.split()]
    assert reader._settle(one, one.candidates) == load_units()["07486c"]
    assert one.sure == pytest.approx(surely * factor)


@pytest.mark.parametrize(
    ("text", "day", "era"),
    [
        ("Xã A", "", (4, 0)), ("Xã A", "2025-07-01", (4, 0)), ("Xã A", "2025-06-30", (0, 4)),
        ("Xã A cũ", "2025-07-01", (0, 9)), ("Xã A mới", "2025-07-01", (13, 0)),
        ("Xã A mới", "2025-06-30", (9, 4)), ("Xã A sáp nhập", "2025-07-01", (4, 5)),
        ("Xã A sáp nhập vào", "2025-07-01", (4, 0)), ("trước đây là xã A", "", (4, 5)),
        ("nay là xã A", "", (9, 0)), ("nay là xã A", "2025-06-30", (5, 4)),
        (f"nay là {'x' * 152} xã A", "", (9, 0)), (f"nay là {'x' * 153} xã A", "", (4, 0)),
        ("nay là; xã A", "", (4, 0)),
    ],
)  # fmt: skip
def test_day_and_sentence_speak_for_a_unit_of_now_or_then(
    text: str, day: str, era: tuple[float, float]
) -> None:
    start = text.lower().index("xã a")
    one = Found(start + 3, start + 4, "xã", (), How.KIND, start)
    reader = Reader(load_units(), text, Setting(day=day or None, home=frozenset()), [])
    assert reader._era(one) == era
