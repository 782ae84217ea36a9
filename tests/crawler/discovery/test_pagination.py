"""Where in a listing an address leads."""

from __future__ import annotations

import pytest

from crawler.discovery.pagination import choose_next, find_position, is_paged, page_of

MAX_PAGE = 100_000

LIST = "https://x.vn/xa-hoi"


@pytest.mark.parametrize(
    ("url", "listing", "value", "is_offset"),
    [
        ("https://www.x.vn/Xa-Hoi/", "x.vn/xa-hoi?", None, False),
        ("https://x.vn/xa-hoi/trang-3.html", "x.vn/xa-hoi?", 3, False),
        ("https://x.vn/xa-hoi-page-3.html", "x.vn/xa-hoi?", 3, False),
        ("https://x.vn/xa-hoi?limitstart=40&b=1&a=2", "x.vn/xa-hoi?a=2&b=1", 40, True),
        ("https://x.vn/xa-hoi?my_page=3&_cur=9", "x.vn/xa-hoi?", 9, False),
        ("https://x.vn/xa-hoi?p=1234567", "x.vn/xa-hoi?p=1234567", None, False),
        ("https://x.vn/?op=tin/page-4", "x.vn?op=tin", 4, False),
        ("https://x.vn/index.php?p_p_state=x", "x.vn?", None, False),
    ],
)
def test_an_address_is_taken_apart(
    url: str, listing: str, value: int | None, is_offset: bool
) -> None:
    position = find_position(url)
    assert (position.listing, position.value, position.is_offset) == (listing, value, is_offset)
    assert is_paged(url) is (value is not None)


def test_pages_are_counted_from_one_and_offsets_are_later_pages() -> None:
    assert [page_of(f"{LIST}{tail}")[1] for tail in ("", "?p=0", "?p=2", "?start=20")] == [
        1,
        1,
        2,
        21,
    ]


def test_the_smallest_later_offset_is_next() -> None:
    links = [(f"{LIST}?start={n}", str(n), False) for n in (60, 0, 40, 20)]
    assert choose_next(f"{LIST}?start=20", links) == f"{LIST}?start=40"
    assert choose_next(f"{LIST}?start=60", links) is None


def test_numbers_win_over_words() -> None:
    links = [(f"{LIST}?p=9", "Trang sau", True), (f"{LIST}?p=4", "4", False)]
    assert choose_next(f"{LIST}?p=3", links) == f"{LIST}?p=4"
    assert choose_next(f"{LIST}?p=8", links) == f"{LIST}?p=9"
    assert choose_next(f"{LIST}?p=9", links) is None


@pytest.mark.parametrize("label", ["Trang sau", "›", "Xem tiếp »", "TIẾP THEO »", "next"])
def test_only_known_words_lead_on(label: str) -> None:
    wanted = None if label == "Xem tiếp »" else f"{LIST}?p=5"
    assert choose_next(f"{LIST}?p=2", [(f"{LIST}?p=5", label, False)]) == wanted


def test_pages_count_from_zero_where_a_label_is_one_higher_than_its_address() -> None:
    zero = [(f"{LIST}?p={n}", str(n + 1), False) for n in (1, 2, 0)]
    assert choose_next(LIST, zero) == f"{LIST}?p=1"
    one = [(f"{LIST}?p={n}", str(n), False) for n in (1, 2, 3)]
    assert choose_next(LIST, one) == f"{LIST}?p=2"
    offsets = [(f"{LIST}?start={n}", str(n + 1), False) for n in (1, 2)]
    assert choose_next(LIST, [*offsets, (f"{LIST}?p=2", "2", False)]) == f"{LIST}?p=2"


def test_a_page_that_only_says_that_it_is_next_leads_on_or_differs_in_one_parameter() -> None:
    def after(address: str, label: str = "Trang sau", is_next: bool = False) -> str | None:
        return choose_next(f"{LIST}?a=1", [(address, label, is_next)])

    assert after(f"{LIST}?a=1&before=20261124") == f"{LIST}?a=1&before=20261124"
    assert after(f"{LIST}?before=20261124") is None
    assert after(f"{LIST}?a=1&before=20261124&c=2") is None
    assert after("https://x.vn/khac?a=1&before=20261124") is None
    assert after(f"{LIST}?a=1&before=20261124", "»") is None
    assert after("https://x.vn/khac", "»", is_next=True) == "https://x.vn/khac"
    assert choose_next(f"{LIST}?p=3", [(f"{LIST}?p=2", "Trang sau", True)]) is None
    assert choose_next(f"{LIST}?p=3", [(f"{LIST}?p=3", "Trang sau", True)]) is None


def test_no_page_beyond_the_last_that_is_believed() -> None:
    last, beyond = (f"{LIST}?p={MAX_PAGE + n}" for n in (0, 1))
    assert choose_next(f"{LIST}?p={MAX_PAGE - 1}", [(last, "", False)]) == last
    assert choose_next(last, [(beyond, "", False)]) is None


@pytest.mark.parametrize(
    ("address", "listing", "value"),
    [
        (f"{LIST}?p=999999", "x.vn/xa-hoi?", 999_999),
        (f"{LIST}?p=%C2%B2", "x.vn/xa-hoi?p=%C2%B2", None),
        (f"{LIST}?p=", "x.vn/xa-hoi?", None),
        (f"{LIST}?p=2&op=tin/page-4", "x.vn/xa-hoi?op=tin", 4),
        (f"{LIST}?op=tin/page-4&p=2", "x.vn/xa-hoi?op=tin", 2),
        (f"{LIST}?op=tin/moi&p=2", "x.vn/xa-hoi?op=tin%2Fmoi", 2),
        (f"{LIST}?p_r_p_x=a&_y=b&z=c", "x.vn/xa-hoi?z=c", None),
        (f"{LIST}?" + "a=1&" * 49 + "p=2", "x.vn/xa-hoi?" + "&".join(["a=1"] * 49), 2),
        (f"{LIST}?" + "a=1&" * 50 + "p=2", "x.vn/xa-hoi?" + "&".join(["a=1"] * 50), None),
        ("https://WWW.X.VN/A/Default.aspx", "x.vn/a?", None),
        ("https://x.vn/a/b.php", "x.vn/a/b?", None),
        ("https://x.vn/a/b.jsp", "x.vn/a/b.jsp?", None),
        ("https://x.vn/a.trang.7", "x.vn/a?", 7),
        (f"{LIST}?op=page-4", "x.vn/xa-hoi?op=page-4", None),
        ("https://x.vn/a/p7.html/", "x.vn/a?", 7),
        ("https://x.vn/a/top7", "x.vn/a/top7?", None),
        (f"{LIST}?PageIndex=3", "x.vn/xa-hoi?", 3),
    ],
)
def test_where_the_number_of_a_page_stands(address: str, listing: str, value: int | None) -> None:
    position = find_position(address)
    assert (position.listing, position.value) == (listing, value)


@pytest.mark.parametrize(
    ("here", "links", "wanted"),
    [
        # an offset is next where it is farther than this page's
        ("", ["?start=0"], None),
        ("", ["?start=1"], "?start=1"),
        ("?start=20", ["?start=20"], None),
        ("?start=20", ["?start=21"], "?start=21"),
        # the page itself and those before it are not
        ("?p=2", ["?p=2"], None),
        ("?p=2", ["?p=1"], None),
        ("?p=0", ["?p=1"], "?p=1"),
        ("?p=2", ["?p=4"], None),
    ],
)
def test_what_is_next_by_its_number(here: str, links: list[str], wanted: str | None) -> None:
    found = choose_next(LIST + here, [(LIST + link, "x", False) for link in links])
    assert found == (wanted and LIST + wanted)


@pytest.mark.parametrize(
    ("address", "label", "is_next", "leads_on"),
    [
        ("?p=5", "» Trang sau »", False, True),
        ("?p=5", "Trang sau cùng", False, False),
        ("?p=5", "", True, True),
        ("?p=5", "", False, False),
        ("?p=3", "Trang sau", False, False),
        ("?p=1", "Trang sau", False, False),
        ("/x", "", True, True),
        ("", "Trang sau", False, False),
        ("-khac?p=5", "Trang sau", False, False),
    ],
)
def test_what_is_next_by_its_words(
    address: str, label: str, *, is_next: bool, leads_on: bool
) -> None:
    found = choose_next(f"{LIST}?p=3", [(LIST + address, label, is_next)])
    assert found == (LIST + address if leads_on else None)


def test_a_parameter_that_names_no_page_may_change() -> None:
    here, there = (f"{LIST}?before={day}" for day in (20261125, 20261124))
    assert choose_next(here, [(there, "Trang sau", False)]) == there
    assert choose_next(here, [(f"{LIST}?after=20261124", "Trang sau", False)]) is None


def test_page_1_is_the_first_whether_its_address_says_so_or_not() -> None:
    for tail, number in (("", 1), ("?p=1", 1), ("?p=3", 3), ("?start=0", 1), ("?start=1", 2)):
        assert page_of(LIST + tail) == ("x.vn/xa-hoi?", number)
