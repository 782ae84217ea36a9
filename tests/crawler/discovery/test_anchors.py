"""The links of a page, what they say, and where they stand."""

from __future__ import annotations

import pytest

from crawler.discovery.anchors import Anchor, bare, read_anchors, read_dates
from crawler.discovery.markup import parse_html

CLIMB = 4
MAX_ANCHORS = 20_000
NEAR = 60

BASE = "https://x.vn/"


def anchors(html: str) -> list[Anchor]:
    root = parse_html(html)
    return read_anchors(root, BASE) if root else []


def dates(html: str) -> dict[str, str]:
    root = parse_html(html)
    return read_dates(root, BASE) if root else {}


@pytest.mark.parametrize(
    ("inside", "label"),
    [
        ("Giá <b>lúa <i>tăng</i></b> mạnh", "Giá lúa tăng mạnh"),
        ("<h3>Một<!-- hai --></h3><script>var a;</script><style>p{}</style>", "Một"),
        ("Hà &amp; Nội&nbsp; \n Huế", "Hà & Nội Huế"),
        ("<img alt='Ảnh lúa'>", "Tựa"),
        ("", "Tựa"),
    ],
)
def test_a_link_says_its_text_in_the_order_of_the_page_else_its_title(
    inside: str, label: str
) -> None:
    (anchor,) = anchors(f"<a href=/a title='Tựa'>{inside}</a>")
    assert anchor.label == label


def test_a_picture_speaks_for_a_link_without_words() -> None:
    assert [each.label for each in anchors("<a href=/a><i></i><img alt='Ảnh lúa'></a>")] == [
        "Ảnh lúa"
    ]


@pytest.mark.parametrize(
    ("html", "in_menu"),
    [
        ("<nav><ul><li><a href=/1>1</a></ul></nav><a href=/2>2</a>", [True, False]),
        ("<div class='top MainMenu'><a href=/1>1</a></div><p><a href=/2>2</a>", [True, False]),
        ("<ul id=breadcrumb><li><a href=/1>1</a></ul><a href=/2>2</a>", [True, False]),
        ("<p role=navigation><a href=/1>1</a></p><a href=/2>2</a>", [True, False]),
        ("<nav><div class=menu></div><a href=/1>1</a></nav><a href=/2>2</a>", [True, False]),
        ("<div class=documents><a href=/1>1</a></div><a href=/2>2</a>", [False, False]),
        ("<main class=has-menu><a href=/1>1</a></main><footer><a href=/2>2</a>", [False, True]),
    ],
)
def test_menus_hold_what_stands_in_them_and_nothing_after(html: str, in_menu: list[bool]) -> None:
    assert [anchor.in_menu for anchor in anchors(html)] == in_menu


def test_links_without_an_address_are_left_out_and_counted() -> None:
    assert anchors("<a>x</a><a href>y</a><a href='#z'>z</a>") == []
    many = "<a name=x></a>" * (MAX_ANCHORS - 1) + "<a href=/1>1</a><a href=/2>2</a>"
    assert [anchor.url for anchor in anchors(many)] == ["https://x.vn/1"]


def test_rel_next_is_one_word_among_others() -> None:
    assert [each.is_next for each in anchors("<a rel='nofollow NEXT' href=/2>2</a>")] == [True]
    assert [each.is_next for each in anchors("<a rel=nextra href=/2>2</a>")] == [False]


@pytest.mark.parametrize(
    "html",
    [
        "<li><a href=/1>Một</a><span>18/09/2025</span></li><li><a href=/2>Hai</a></li>",
        "<li><a href=/1>Một</a><time datetime=18/09/2025>hôm qua</time></li>",
        "<li><h3><a href=/1>Một</a></h3><p><i></i>18/09/2025</p></li>",
    ],
)
def test_a_date_belongs_to_the_one_link_of_its_box(html: str) -> None:
    found = dates(html)
    assert list(found) == ["https://x.vn/1"]
    assert "18/09/2025" in found["https://x.vn/1"]


@pytest.mark.parametrize(
    "html",
    [
        "<div><a href=/1>Một</a><a href=/2>Hai</a><span>18/09/2025</span></div>",
        "<div><a href=/1>Một 18/09/2025</a></div>",
        "<div><a href=/1>Một</a><script>'18/09/2025'</script></div>",
        "<div><a href=/1>Một</a><p><i></i>Viết<b></b> ngày <b></b>18/09/2025</p></div>",
        f"<div><a href=/1>Một</a><p>{'x ' * 50}18/09/2025</p></div>",
        f"<a href=/1>Một</a>{'<div>' * 5}<b>18/09/2025</b>",
    ],
)
def test_a_date_elsewhere_belongs_to_no_link(html: str) -> None:
    assert dates(html) == {}


def test_parameters_of_campaigns_do_not_part_a_link_from_its_date() -> None:
    assert bare("https://x.vn/1?utm_source=home") == "https://x.vn/1"
    assert bare("https://x.vn/1?id=2") == "https://x.vn/1?id=2"


def test_a_date_belongs_to_the_one_link_within_four_levels_and_sixty_elements() -> None:
    def box(levels: int, padding: int = 0) -> dict[str, str]:
        inner = "<span>18/09/2025</span>"
        for _ in range(levels - 1):
            inner = f"<div>{inner}</div>"
        return dates(f"<section>{'<i></i>' * padding}{inner}<a href=/1>Một</a></section>")

    found = {"https://x.vn/1": "18/09/2025"}
    assert [box(levels) for levels in (CLIMB, CLIMB + 1)] == [found, {}]
    # The box, the padding, the date and its text, then the link.
    assert [box(1, padding) for padding in (NEAR - 4, NEAR)] == [found, {}]


def test_of_what_is_inside_a_link_the_first_sixty_elements_speak() -> None:
    for padding, label in ((NEAR - 2, "Ảnh lúa"), (NEAR, "")):
        (anchor,) = anchors(f"<a href=/a>{'<i></i>' * padding}<img alt='Ảnh lúa'></a>")
        assert anchor.label == label


@pytest.mark.parametrize(("length", "in_menu"), [(495, True), (497, False)])
def test_so_much_of_a_class_name_is_looked_at(length: int, *, in_menu: bool) -> None:
    (anchor,) = anchors(f"<div class='{'x' * (length - 1)} menu'><a href=/1>1</a></div>")
    assert anchor.in_menu is in_menu


def test_so_many_dates_of_a_page_are_looked_at_each_counted_once() -> None:
    boxes = (f"<li><a href=/{n}>x</a><time>18/09/2025</time></li>" for n in range(2001))
    assert len(dates("".join(boxes))) == 2000


@pytest.mark.parametrize(("length", "is_date"), [(99, True), (100, False)])
def test_a_date_stands_in_a_short_text(length: int, *, is_date: bool) -> None:
    text = "18/09/2025 ".ljust(length, "x")
    assert bool(dates(f"<li><a href=/1>Một</a><b>{text}</b></li>")) is is_date


def test_what_stands_with_a_date_is_read_up_to_a_bound() -> None:
    for padding, wanted in ((117, "18/09/2025 8 giờ"), (118, "18/09/2025")):
        found = dates(f"<li><a href=/1>Một</a><b>18/09/2025{'<i></i>' * padding} 8 giờ</b></li>")
        assert found == {"https://x.vn/1": wanted}
    (date,) = dates(
        f"<li><a href=/1>x</a><time datetime='{'1' * 101}'>hôm qua</time></li>"
    ).values()
    assert date == "1" * 100


def test_the_words_of_a_link_are_read_up_to_a_bound() -> None:
    for padding, label in ((118, "Giá lúa"), (119, "Tựa")):
        (anchor,) = anchors(f"<a href=/a title='Tựa'>{'<i></i>' * padding}Giá lúa</a>")
        assert anchor.label == label
    (long,) = anchors(f"<a href=/a title='{'x' * 501}'></a>")
    assert long.label == "x" * 500


@pytest.mark.parametrize(
    ("box", "is_dated"),
    [
        ("<p>ngày <i></i> 18/09/2025</p>", True),
        ("<p><i></i><!-- x -->18/09/2025</p>", False),
        ("<p><i></i> <i></i> 18/09/2025</p>", False),
        ("<p>18/09/2025 <i></i><i></i></p>", True),
        ("<p>2025-09-18</p>", True),
        ("<p>18/9/25</p>", False),
        ("<style>18/09/2025</style>", False),
        ("<a name=x></a><b>18/09/2025</b>", True),
        ("<a href='#x'>x</a><b>18/09/2025</b>", True),
        ("<a href=/1?utm_source=x>x</a><b>18/09/2025</b>", True),
        ("<a href=/2>x</a><b>18/09/2025</b>", False),
        ("<area href=/2><b>18/09/2025</b>", True),
    ],
)
def test_which_dates_stand_beside_a_link(box: str, *, is_dated: bool) -> None:
    assert list(dates(f"<div><a href=/1>Một</a>{box}</div>")) == ["https://x.vn/1"] * is_dated


def test_a_time_that_shows_nothing_gives_no_date() -> None:
    assert dates("<li><a href=/1>x</a><time> </time></li>") == {"https://x.vn/1": ""}


def test_links_for_readers_without_scripts_are_links() -> None:
    found = anchors("<noscript><a href=/1>Một</a></noscript>")
    assert [each.label for each in found] == ["Một"]
