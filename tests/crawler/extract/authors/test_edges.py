"""Bylines above and behind the text, whatever elements stand around them."""

from __future__ import annotations

import pytest

from crawler.extract.authors.edges import _around, lines_at_edges, names_above, names_behind
from tests.support.markup import LONG, MORE, THIRD, context, scan

DATE = "<div>12/11/2025 14:05</div>"
TEXT = f"<div><p>{LONG}</p><p>{MORE}</p><p>{THIRD}</p></div>"
OTHERS = "<div>Tin cùng chuyên mục</div>"


def signing(inner: str) -> list[str]:
    """What signs in Vietnamese on a page with the text in it."""
    page = context(f"<h1>Tựa</h1>{inner}")
    texts = [block for block in page.scan.blocks if block.text in (LONG, MORE, THIRD)]
    return [line for line, *_ in lines_at_edges(page, texts)]


def above(inner: str) -> list[list[str]]:
    """The names of other languages above the text."""
    page = context(f"<h1>Title</h1>{inner}{TEXT}")
    texts = [block for block in page.scan.blocks if block.text in (LONG, MORE, THIRD)]
    return [names for names, _ in names_above(page, texts)]


def behind(inner: str, last: str = "") -> list[list[str]]:
    """The names of other languages behind the text, of which ``last`` is the last line."""
    text = f"<div><p>{LONG}</p><p>{MORE}</p><p>{THIRD}</p>{last}</div>"
    page = context(f"<h1>Title</h1>{text}{inner}")
    lines = page.scan.blocks[1 : 5 if last else 4]
    return [names for names, _ in names_behind(page, lines)]


@pytest.mark.parametrize(
    "line",
    [
        f"<div>Nguyễn Văn Hùng</div>{DATE}",
        f"<div><span>Hạ Vy</span></div>{DATE}",
        f"{DATE}<ul><li>Hạ Vy</li></ul>",
        "<div>Nguyễn Văn Hùng</div>",
        "<div>Tác giả: Hạ Vy</div>",
        "<div>Hạ Vy · 2 giờ trước</div>",
    ],
)
def test_a_line_between_headline_and_text_signs(line: str) -> None:
    assert len(signing(line + TEXT)) == 1


@pytest.mark.parametrize(
    "line",
    [
        "<div>Hạ Vy</div>",
        f"<div>Văn Hóa</div><img src=/a.jpg><p>Nguyễn Văn Hùng</p>{DATE}",
        f"<h3>Nguyễn Văn Hùng</h3>{DATE}",
        f"<div>BS Nguyễn Văn Hùng</div>{DATE}",
        f"<div class=tags>Nguyễn Văn Hùng</div>{DATE}",
        f"<div class=caption>Nguyễn Văn Hùng</div>{DATE}",
        "<div>Nguyễn Văn Hùng họp với xã</div>",
        "<div>Ảnh: Nguyễn Văn Hùng</div>",
        f"<div>Thời Sự Trong Tỉnh</div>{DATE}",
        "<div>Rạch Giá</div><div>28 độ</div>",
        "<div>Biên tập: Nguyễn Văn Hùng</div>",
    ],
)
def test_sections_pictures_editors_and_tags_above_sign_nothing(line: str) -> None:
    assert signing(line + TEXT) == []


def test_a_name_that_a_link_says_too_is_a_section() -> None:
    assert signing(f"<div>Hương Sắc</div>{DATE}{TEXT}") == ["Hương Sắc"]
    assert signing(f"<div>Hương Sắc</div>{DATE}{TEXT}<a href=/huong-sac>Hương Sắc</a>") == []


@pytest.mark.parametrize(
    "line",
    [
        f"<div>Nguyễn Văn Hùng</div>{OTHERS}",
        "<div>NGUYỄN VĂN HÙNG</div>",
        "<div>Bài và ảnh Nguyễn Văn Hùng</div>",
        "<div>CTV Nguyễn Văn Hùng</div>",
        "<div class=caption>Nội dung: Nguyễn Văn Hùng</div><div class=caption>Ảnh: Hạ Vy</div>",
        "<img src=/a.jpg><figcaption>Gặt lúa</figcaption><div>Nội dung: Nguyễn Văn Hùng</div>",
        "<div>Ảnh: Hạ Vy</div><div>Nguyễn Văn Hùng</div>",
    ],
)
def test_a_line_right_behind_the_text_signs(line: str) -> None:
    assert len(signing(TEXT + line)) == 1


@pytest.mark.parametrize(
    "line",
    [
        f"<div>Nguyễn Văn Hùng</div><div>10:00 1/11/2025</div><p>{'Bài hay quá, cảm ơn! ' * 4}</p>",
        f"<div>Nguyễn Văn Hùng</div><p>{'Phóng viên mảng nông thôn. ' * 4}</p>",
        "<div><a href=/tag>Nguyễn Văn Hùng</a></div>",
        "<h4>Tin mới</h4><div>Nguyễn Văn Hùng</div>",
        "<img src=/a.jpg><div>Nguyễn Văn Hùng</div>",
        "<div class=comment>Nguyễn Văn Hùng</div>",
        "<div>Nguyễn Văn Hùng</div><div>Hay quá bạn ơi.</div>",
        "<div>Hotline: 0900</div><div>Nguyễn Văn Hùng</div>",
        "<div>Long Xuyên</div>",
        "<div class=caption>Nguyễn Văn Hùng</div>",
        "<div>GS Nguyễn Văn Hùng</div>",
    ],
)
def test_comments_notes_tags_and_pictures_behind_sign_nothing(line: str) -> None:
    assert signing(TEXT + line) == []


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("<div>Ann Lee</div><div>Nov 3, 2025</div>", ["Ann Lee"]),
        ("<div>Posted: November 3, 2025</div><div>Ann Lee & Bob Roe</div>", ["Ann Lee", "Bob Roe"]),
        ("<div><span>3.11.2025 14:05</span> <span>Eda Novák</span></div>", ["Eda Novák"]),
        ("<div>Ann Lee, Staff Writer</div><div>Nov 3, 2025</div>", ["Ann Lee"]),
        ("<div>Eva Roth / dpa</div><div>03.11.2025</div>", ["Eva Roth"]),
    ],
)
def test_names_beside_a_date_sign_in_other_languages(line: str, names: list[str]) -> None:
    assert above(line) == [names]


@pytest.mark.parametrize(
    "line",
    [
        "<div>Ann Lee</div>",
        "<div>Ann Lee</div><div>3 comments</div>",
        "<div>World News</div><div>Nov 3, 2025</div>",
        "<div>BUY NOW</div><div>Nov 3, 2025</div>",
        "<div>SignUp Here</div><div>Nov 3, 2025</div>",
        "<div><a href=/x>Home Decor</a></div><div>Nov 3, 2025</div>",
        "<div>Ann Lee reports on ships</div><div>Nov 3, 2025</div>",
        "<div>Nov 3, 2025</div><img src=/a.jpg><div>Ann Lee</div>",
    ],
)
def test_buttons_sections_and_names_without_a_date_sign_nothing(line: str) -> None:
    assert above(line) == []


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Von Klara Becker, dpa", ["Klara Becker"]),
        ("VON KLARA BECKER", ["KLARA BECKER"]),
        ("Par Claire Martin (avec AFP)", ["Claire Martin"]),
        ("Autor: Jana Nováková", ["Jana Nováková"]),
        ("Texte : Claire Martin", ["Claire Martin"]),
        ("Text: Klara Becker / Ole Roth · Fotos: Jan Kurz", ["Klara Becker", "Ole Roth"]),
        ("oprac. Anna Kowalska", ["Anna Kowalska"]),
        ("Von unserer Redakteurin Klara Becker", ["Klara Becker"]),
        ("Propos recueillis par Claire Martin", ["Claire Martin"]),
        ("By Sarah Johnson, Special to the Post", ["Sarah Johnson"]),
    ],
)
def test_by_signs_at_the_end_and_right_behind_it(line: str, names: list[str]) -> None:
    assert behind("", f"<p><em>{line}</em></p>") == [names]
    assert behind(f"<div>{line}</div>") == [names]


def test_by_in_a_teaser_and_a_name_alone_at_the_end_sign_nothing() -> None:
    assert behind("<div>Klara Becker</div>") == []
    assert behind("<h3>More</h3><div>By Klara Becker</div>") == []
    assert behind("<div><a href=/x>By Klara Becker</a></div>") == []


def test_lines_beside_a_byline_are_the_one_before_and_the_one_behind() -> None:
    found = scan(
        f"<p>a</p><p>b</p><p>c</p><p>d</p><p>{'x' * 500}</p><p><img src=/a.jpg></p><p>e</p>"
    )
    assert list(_around(found, 1)) == ["a", "b", "c"]
    assert list(_around(found, 3)) == ["c", "d"]
    assert list(_around(found, 6)) == ["e"]


def test_lines_at_both_edges_are_trusted_alike_but_for_a_little() -> None:
    page = context(
        f"<h1>Tựa đề của bài</h1><p>Lê Minh Anh</p><p>{LONG}</p><p>{MORE}</p><p>Trần Văn Bình</p>"
    )
    texts = [block for block in page.scan.blocks if block.text in (LONG, MORE)]
    assert list(lines_at_edges(page, texts)) == [
        ("Lê Minh Anh", "line under the headline", 0.8),
        ("Trần Văn Bình", "line behind the text", 0.75),
    ]


def test_names_beside_a_date_that_a_link_repeats_are_a_section() -> None:
    lines = f"<h1>Title of the text</h1><p>by Anna Moser</p><p>01.11.2026</p><p>{LONG}</p>"
    for more, names in (("", [["Anna Moser"]]), ("<p><a href=/x>by Anna Moser</a></p>", [])):
        page = context(f"{lines}{more}")
        texts = [block for block in page.scan.blocks if block.text == LONG]
        assert [found for found, _ in names_above(page, texts)] == names


def test_so_many_lines_above_and_behind_the_text_are_looked_at() -> None:
    byline = "<div>Nội dung: Nguyễn Văn Hùng</div>"
    for before, signs in ((10, 1), (11, 0)):
        assert len(signing("<div>Mục</div>" * before + byline + TEXT)) == signs
    for before, signs in ((5, 1), (6, 0)):
        assert len(signing(TEXT + "<img src=/a.jpg>" * before + byline)) == signs
