"""The front page: what is found, what it has in common, and the pages before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler.web.pages.asked import read_asked
from crawler.web.pages.search import Facet, SearchPage, Value, find_end, mark, read_search

if TYPE_CHECKING:
    from tests.support.visits import Reader


def ask(reader: Reader, address: str) -> SearchPage:
    visit = reader.visit(address)
    return read_search(visit, read_asked(visit.params))


def numbers(page: SearchPage) -> list[int]:
    return [int(row.path.rpartition("/")[2]) for row in page.rows]


def test_hits_have_all_that_a_list_shows(reader: Reader) -> None:
    page = ask(reader, "/?q=lua")
    assert numbers(page) == [22, 15, 11, 6, 5, 2]
    first = page.rows[0]
    assert (first.title, first.source, first.province, first.published_on, first.section) == (
        "Giá lúa tại thị xã Cửa Lò tăng nhẹ đầu vụ", "Báo mẫu Nghệ An", "Nghệ An", "2026-02-10",
        "Kinh tế",
    )  # fmt: skip
    assert first.pieces[0:2] == [("Theo bản tin mẫu số 21, giá thu mua ", False), ("lúa", True)]
    assert (page.total.count, page.total.exact) == (6, True) if page.total else False
    assert (page.before, page.after, page.ended, page.error, page.notes) == ("", "", False, "", [])
    assert page.timeline is not None
    assert [bar.count for bar in page.timeline.bars] == [1, 0, 0, 1, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1]


def shown(page: SearchPage, name: str) -> list[tuple[str, int, str]]:
    (facet,) = (each for each in page.facets if each.name == name)
    return [(each.label, each.count, each.path) for each in facet.values]


def test_facets_lead_to_fewer_hits(reader: Reader) -> None:
    page = ask(reader, "/?q=lua")
    assert [each.name for each in page.facets] == [
        "province", "source", "kind", "section", "place",
    ]  # fmt: skip
    provinces = shown(page, "province")
    assert provinces[1] == ("Tây Ninh", 2, "/?q=lua&province=T%C3%A2y+Ninh")
    assert provinces[4] == ("Long An (trước 2025)", 2, "/?q=lua&province=Long+An")
    assert [label for label, *_ in provinces[4:]] == [
        "Long An (trước 2025)", "Sóc Trăng (trước 2025)", "Tiền Giang (trước 2025)",
    ]  # fmt: skip
    assert shown(page, "source")[0] == ("Báo mẫu Cần Thơ", 2, "/?q=lua&source=mau-can-tho")
    assert shown(page, "kind") == [("bài viết", 6, "/?q=lua&kind=article")]
    assert shown(page, "section") == [("Kinh tế", 6, "/?q=lua&section=Kinh+t%E1%BA%BF")]
    assert shown(page, "place")[0] == (
        "huyện Mỹ Xuyên, Sóc Trăng (cũ)", 2,
        "/?q=lua&place=huy%E1%BB%87n+M%E1%BB%B9+Xuy%C3%AAn%2C+S%C3%B3c+Tr%C4%83ng+%28c%C5%A9%29",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value", "label"),
    [("province", "Long An", "Long An (trước 2025)"), ("source", "mau-long-an", "Báo mẫu Long An")],
)
def test_what_is_chosen_is_marked_and_leads_back(
    reader: Reader, name: str, value: str, label: str
) -> None:
    page = ask(reader, f"/?q=lua&{name}={value.replace(' ', '+')}")
    assert numbers(page) == [5, 2]
    chosen = [each for facet in page.facets for each in facet.values if each.chosen]
    assert [(each.label, each.path) for each in chosen] == [(label, "/?q=lua")]


def test_tiles_are_shaded_by_shares_of_what_was_published(reader: Reader) -> None:
    page = ask(reader, "/?q=lua")
    found = {tile.name: tile for tile in page.tiles["new"] if tile.count}
    assert {name: (tile.count, tile.whole) for name, tile in found.items()} == {
        "Nghệ An": (1, 5), "Tây Ninh": (2, 12), "Đồng Tháp": (1, 2), "Cần Thơ": (2, 4),
    }  # fmt: skip
    assert {tile.name for tile in page.tiles["old"] if tile.count} == {
        "Nghệ An", "Long An", "Tiền Giang", "Sóc Trăng",
    }  # fmt: skip


def test_without_words_the_newest_are_shown_twenty_a_page(reader: Reader) -> None:
    first, second, third = (ask(reader, f"/?page={number}") for number in (1, 2, 3))
    assert numbers(first)[:4] == [28, 27, 26, 25]
    assert (len(first.rows), len(second.rows), third.rows) == (20, 9, [])
    assert [(page.before, page.after, page.ended) for page in (first, second, third)] == [
        ("", "/?page=2", False), ("/", "", False), ("/?page=2", "", False),
    ]  # fmt: skip
    assert first.total is not None
    assert (first.total.count, first.total.exact) == (29, True)
    assert first.rows[0].pieces == [
        (
            "Tuyến kênh trục dài mười bốn ki-lô-mét được nạo vét trong mùa khô này, phục vụ t",
            False,
        )
    ]
    assert (first.rows[3].province, first.rows[3].source) == ("Tây Ninh", "Báo mẫu Long An")
    assert first.timeline is not None
    assert sum(bar.count for bar in first.timeline.bars) == 29
    assert sum(tile.count for tile in first.tiles["new"]) == 29
    assert {tile.whole for tile in first.tiles["new"]} == {0}


def test_hits_are_twenty_a_page_too(reader: Reader) -> None:
    pages = [ask(reader, f"/?q=mau&copies=1&page={number}") for number in (1, 2, 3, 1000)]
    assert [len(page.rows) for page in pages] == [20, 6, 0, 0]
    assert len({*numbers(pages[0]), *numbers(pages[1])}) == 26
    assert [(page.before, page.after, page.ended) for page in pages] == [
        ("", "/?q=mau&copies=1&page=2", False),
        ("/?q=mau&copies=1", "", False),
        ("/?q=mau&copies=1&page=2", "", False),
        ("/?q=mau&copies=1&page=999", "", False),
    ]


@pytest.mark.parametrize(
    ("offset", "found", "total", "more", "ended"),
    [
        (0, 20, 21, True, False),
        (0, 19, 19, False, False),
        (960, 20, 1001, True, False),
        (980, 20, 1000, False, False),
        (980, 20, 1001, False, True),
        (980, 19, 999, False, False),
        (1000, 0, 1001, False, True),
    ],
)
def test_no_more_than_a_thousand_hits_are_paged_through(
    offset: int, found: int, total: int, more: bool, ended: bool
) -> None:
    assert find_end(offset, found, total) == (more, ended)


def test_copies_are_one_hit_unless_they_are_asked_for(reader: Reader) -> None:
    page = ask(reader, "/?q=nao+vet+tuyen+kenh")
    assert (numbers(page)[0], page.rows[0].copies) == (26, 2)
    assert numbers(ask(reader, "/?q=nao+vet+tuyen+kenh&copies=1&sort=date"))[:3] == [28, 27, 26]


def test_a_question_that_cannot_be_answered_is_explained(reader: Reader) -> None:
    page = ask(reader, "/?q=lua&kind=blog")
    assert (page.error, page.rows) == ("Không có loại nào tên “blog”.", ())
    assert reader.get("/?q=lua&kind=blog").status_code == 400
    assert reader.get("/?q=lua&kind=portal").status_code == 200


def test_bars_and_tiles_narrow_the_search(reader: Reader) -> None:
    text = reader.text("/?q=lua")
    assert 'href="/?q=lua&amp;since=2025-01-01&amp;until=2025-01-31"' in text
    assert 'href="/?q=lua&amp;province=Ngh%E1%BB%87+An"' in text
    assert 'href="/?q=lua&amp;province=Hu%E1%BA%BF"' not in text


def test_the_form_offers_outlets_provinces_and_kinds(reader: Reader) -> None:
    text = reader.text("/?q=lua")
    outlets = text.index('value="mau-can-tho"'), text.index('value="mau-dong-thap"')
    provinces = [text.index(f'<option value="{name}"') for name in ("Cần Thơ", "Huế", "Tây Ninh")]
    assert outlets == tuple(sorted(outlets))
    assert provinces == sorted(provinces)
    assert '<option value="roundup">tin vắn' in text


@pytest.mark.parametrize(
    ("snippet", "pieces"),
    [
        ("giá [lúa] tăng", [("giá ", False), ("lúa", True), (" tăng", False)]),
        ("[lúa]", [("lúa", True)]),
        ("[lúa] [mùa]", [("lúa", True), (" ", False), ("mùa", True)]),
        ("[[a]]", [("[", False), ("a", True), ("]", False)]),
        ("[]", [("[]", False)]),
        ("", []),
    ],
)
def test_hits_are_between_brackets(snippet: str, pieces: list[tuple[str, bool]]) -> None:
    assert mark(snippet) == pieces


def test_eight_values_of_a_facet_are_shown_and_the_rest_is_behind_them() -> None:
    values = [Value(label=str(n), count=n, path="/", chosen=False) for n in range(10)]
    facet = Facet(name="place", title="", values=values)
    assert ([each.count for each in facet.shown], [each.count for each in facet.hidden]) == (
        [0, 1, 2, 3, 4, 5, 6, 7], [8, 9],
    )  # fmt: skip


def test_several_archives_are_one_list(several: Reader) -> None:
    newest = ask(several, "/")
    assert len(newest.rows) == 4
    assert {row.archive for row in newest.rows} == {"baolongan/archive", "baotayninh/archive"}
    found = ask(several, "/?q=vu+lua&copies=1")
    assert {row.path for row in found.rows} == {
        "/in/baolongan-archive/article/1", "/in/baotayninh-archive/article/1",
    }  # fmt: skip
    assert {row.source for row in found.rows} == {"Báo baolongan", "Báo baotayninh"}
    assert [row.path for row in ask(several, "/in/baolongan-archive/?q=vu+lua").rows] == [
        "/in/baolongan-archive/article/1"
    ]
