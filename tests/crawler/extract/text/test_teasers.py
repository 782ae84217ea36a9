"""When boxes of one kind are teasers of other articles."""

from __future__ import annotations

import pytest

from crawler.extract.text.teasers import find_asking_boxes, find_teasers
from tests.support.markup import LONG, scan


def teasers(inner: str, left_over: int = 100) -> int:
    found = scan(f"<div>{inner}</div>")
    boxes = find_teasers(found, found.blocks, 1, left_over)
    return sum(block.el in boxes for block in found.blocks)


def box(number: int, text: str = "Một dòng giới thiệu ngắn.", name: str = "it") -> str:
    link = f"<a href=/t{number}.html>Bài viết khác số {number} về đời sống</a>"
    return f"<div class={name}><h3>{link}</h3><p>{text}</p></div>"


BODY = f"<p>{LONG * 2}</p>"


def test_three_boxes_alike_are_a_list_and_two_are_not() -> None:
    assert teasers(BODY + box(1) + box(2) + box(3)) == 6
    assert teasers(BODY + box(1) + box(2)) == 0


def test_boxes_of_different_kinds_are_no_list() -> None:
    assert teasers(BODY + box(1) + box(2) + box(3, name="other")) == 0


def test_a_box_longer_than_a_teaser_is_none() -> None:
    assert teasers(BODY + box(1) + box(2) + box(3, "x" * 430)) == 0


def test_nothing_is_taken_where_too_little_would_be_left() -> None:
    inner = BODY + box(1) + box(2) + box(3)
    assert teasers(inner, left_over=len(LONG) * 2) == 6
    assert teasers(inner, left_over=len(LONG) * 2 + 2) == 0


@pytest.mark.parametrize(("size", "lines"), [(450, 6), (451, 0)])
def test_a_teaser_has_four_hundred_and_fifty_letters_at_most(size: int, lines: int) -> None:
    head = len("Bài viết khác số 1 về đời sống")
    boxes = "".join(box(number, "x" * (size - head)) for number in (1, 2, 3))
    assert teasers(BODY * 4 + boxes) == lines


def test_four_hundred_letters_must_be_left() -> None:
    boxes = box(1) + box(2) + box(3)
    for size, some in ((400, True), (399, False)):
        found = scan(f"<div><p>{'x' * size}</p>{boxes}</div>")
        assert bool(find_teasers(found, found.blocks, 1)) == some


@pytest.mark.parametrize(("linked", "lines"), [(20, 6), (19, 0)])
def test_a_teaser_begins_with_a_link_of_twenty_letters(linked: int, lines: int) -> None:
    link = f"<h3><a href=/t.html>{'x' * linked}</a></h3>"
    boxes = f"<div class=it>{link}<p>Một dòng giới thiệu.</p></div>" * 3
    assert teasers(BODY + boxes) == lines


def linked(link: int, beside: int) -> str:
    head = f"<h3><a href=/t.html>{'x' * link}</a>{'1' * beside}</h3>"
    return f"<div class=it>{head}<p>Một dòng giới thiệu.</p></div>" * 3


@pytest.mark.parametrize(("link", "beside", "lines"), [(30, 20, 6), (30, 21, 0), (20, 0, 6)])
def test_a_teaser_is_six_tenths_a_link(link: int, beside: int, lines: int) -> None:
    assert teasers(BODY + linked(link, beside)) == lines


def test_a_box_that_is_nothing_but_its_link_is_no_teaser() -> None:
    bare = "<div class=it><h3><a href=/t.html>Bài viết khác về đời sống</a></h3></div>" * 3
    assert teasers(BODY + bare) == 0
    pictured = bare.replace("</h3>", "</h3><img src=/a.jpg alt='Một tấm ảnh'>")
    assert teasers(BODY + pictured) == 0


def test_a_link_that_is_longer_than_a_teaser_or_stands_alone_has_no_box() -> None:
    long = f"<div class=it><h3><a href=/t.html>{'x' * 440}</a></h3><p>Một dòng.</p></div>"
    assert teasers(BODY * 4 + long * 3) == 6
    longer = long.replace("x" * 440, "x" * 442)
    assert teasers(BODY * 4 + longer * 3) == 0
    lines = "<a href=/t.html>Bài viết khác về đời sống</a><br>" * 3
    assert teasers(BODY + lines) == 0
    found = scan(f"<div>{BODY}</div>")
    assert find_teasers(found, found.blocks, 1) == set()


def asking(inner: str) -> list[str]:
    """The lines of boxes that ask for something."""
    found = scan(f"<div>{inner}</div>")
    boxes = find_asking_boxes(found, 1)
    return [block.text for block in found.blocks if block.el in boxes]


HEADED = "<div class=x><h3>Nhận tin</h3><p>Mỗi sáng một thư.</p>{}</div>"
FORM = "<form>{}<input name=e></form>"


@pytest.mark.parametrize(
    ("inner", "lines"),
    [
        (BODY + HEADED.format("<input name=e>"), ["Nhận tin", "Mỗi sáng một thư."]),
        (BODY + HEADED.format("<select></select>"), ["Nhận tin", "Mỗi sáng một thư."]),
        (BODY + HEADED.format("<button>Gửi</button>"), ["Nhận tin", "Mỗi sáng một thư."]),
        (BODY + HEADED.format("<input type=hidden>"), []),
        (BODY + HEADED.format(""), []),
        (BODY + FORM.format("<p>Địa chỉ thư</p>"), ["Địa chỉ thư"]),
        (BODY + "<div><p>Địa chỉ thư</p><input name=e></div>", []),
        (BODY + "<div><h3><a href=/x>Nhận tin</a></h3><p>Một</p><input></div>", []),
        (BODY + "<div><h3>Nhận tin</h3><ul><li>Một</li></ul><input></div>", []),
        (BODY + "<div><h3>Nhận tin</h3><input></div>", []),
        (BODY + FORM.format(f"<p>{'x' * 250}</p>"), ["x" * 250]),
        (BODY + FORM.format(f"<p>{'x' * 251}</p>"), []),
        (BODY + FORM.format("<p>a</p>" * 11), ["a"] * 11),
        (BODY + FORM.format("<p>a</p>" * 12), []),
        (HEADED.format("<button>Gửi</button>") + BODY, []),
        (HEADED.format("<input name=e>") + BODY, ["Nhận tin", "Mỗi sáng một thư."]),
        (BODY + HEADED.format("<input>") + HEADED.format("<input>").replace("Nhận", "Tặng"), []),
        (BODY + HEADED.format("<input>") + HEADED.format("<input>").replace("=x", "=y"),
         ["Nhận tin", "Mỗi sáng một thư."] * 2),
        (BODY, []),
    ],
)  # fmt: skip
def test_boxes_that_ask_for_something_are_no_text(inner: str, lines: list[str]) -> None:
    assert asking(inner) == lines


def test_buttons_above_the_first_paragraph_belong_to_the_headline() -> None:
    short = f"<p>{'x' * 79}</p>"
    box = HEADED.format("<button>Nghe</button>")
    assert asking(f"{short}{box}{BODY}") == []
    assert asking(f"<p>{'x' * 80}</p>{box}{BODY}")[:1] == ["Nhận tin"]
    assert asking(f"<p><a href=/x>{'x' * 80}</a></p>{box}{BODY}") == []


@pytest.mark.parametrize(("before", "found"), [(59, True), (60, False)])
def test_sixty_controls_of_a_text_are_looked_at(before: int, *, found: bool) -> None:
    form = FORM.format("<p>Địa chỉ thư</p>")
    assert bool(asking(BODY + "<button>Nghe</button>" * before + form)) is found
