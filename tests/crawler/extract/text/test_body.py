"""Which element is the body, and which of its lines are text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler.extract.dom.traits import Trait
from crawler.extract.text.body import (
    Body,
    _net,
    find_body,
    find_lead_alone,
    is_no_text,
    prune,
    useful_start,
    worth,
)
from tests.support.markup import LONG, MORE, THIRD, line, scan

if TYPE_CHECKING:
    from crawler.extract.dom.blocks import Block


def body_of(inner: str, start: int = -1) -> Body:
    found = find_body(scan(inner), start)
    assert found is not None
    return found


def pruned(inner: str) -> list[str]:
    found = scan(f"<h1>Tựa</h1><div>{inner}</div>")
    body = find_body(found, 0)
    assert body is not None
    return [block.text for block in prune(found, body, "bao.example.vn")]


def linked(text: str, links: int, traits: int = 0) -> float:
    block = line(text, traits=traits)
    block.links = links
    return worth(block)


@pytest.mark.parametrize(
    ("text", "links", "traits", "wanted"),
    [
        ("x" * 80, 0, 0, 80.0),
        ("x" * 79, 0, 0, 79 * 0.3),
        ("x" * 24 + ".", 0, 0, 25.0),
        ("x" * 80, 10, 0, 60.0),
        ("x" * 80, 41, 0, -32.0),
        ("x" * 80, 0, Trait.JUNK, -24.0),
        ("x" * 80, 0, Trait.CAPTION, 32.0),
        ("x" * 19, 0, 0, -1.0),
        ("Copyright của báo in và báo điện tử", 0, 0, -35 * 0.3),
    ],
)
def test_what_a_line_is_worth(text: str, links: int, traits: int, wanted: float) -> None:
    assert linked(text, links, traits) == pytest.approx(wanted)


def test_headings_and_verses_are_worth_something() -> None:
    assert worth(line("Tựa", tag="h2")) == 2.0
    verse = line("Ai về xứ Nghệ")
    verse.line = 1
    assert worth(verse) == 6.5


def test_the_innermost_element_with_most_of_the_prose_is_the_body() -> None:
    body = body_of(f"<div><div>Menu</div><div><p>{LONG}</p><p>{MORE}</p></div></div>")
    assert [block.text for block in body.blocks] == [LONG, MORE]


def test_no_body_below_sixty_points_unless_three_pictures_stand_there() -> None:
    short = "<p>Một câu ngắn ở đây thôi đó.</p>"
    assert find_body(scan(f"<h1>Tựa</h1>{short}"), 0) is None
    pictures = f"<div>{short}" + "<img src=/a.jpg>" * 3 + "</div>"
    assert find_body(scan(f"<h1>Tựa</h1>{pictures}"), 0) is not None
    assert find_body(scan(f"<h1>Tựa</h1>{pictures}"), -1) is None
    assert find_body(scan(f"<h1>Tựa</h1>{pictures.replace('<img', '<a href=/><img')}"), 0) is None


def test_of_several_articles_the_first_counts() -> None:
    one, two = (f"<article><p>{text * 5}</p></article>" for text in (LONG, MORE))
    assert [block.text for block in body_of(one + two).blocks] == [" ".join((LONG * 5).split())]


def test_what_stands_above_the_headline_is_worth_nothing() -> None:
    inner = f"<div><p>{MORE}</p></div><h1>Tựa</h1><div><p>{LONG}</p><p>{THIRD}</p></div>"
    assert [block.text for block in body_of(inner, 1).blocks] == [LONG, THIRD]


def test_a_headline_below_most_of_the_prose_is_a_copy() -> None:
    assert useful_start(scan(f"<p>{LONG * 3}</p><h1>Tựa</h1><p>{MORE}</p>"), 1) == -1
    assert useful_start(scan(f"<p>{LONG}</p><h1>Tựa</h1><p>{MORE}</p>"), 1) == 1


def test_a_lead_can_be_the_only_text() -> None:
    found = scan(f"<h1>Tựa</h1><div class=sapo>{LONG}</div><p>{MORE * 2}</p>")
    lead = find_lead_alone(found, 0)
    assert lead is not None
    assert [block.text for block in lead.blocks] == [LONG]
    assert find_lead_alone(found, -1) is None
    assert find_lead_alone(scan("<h1>Tựa</h1><div class=sapo>Ngắn</div>"), 0) is None


P = f"<p>{LONG}</p><p>{MORE}</p><p>{THIRD}</p>"


def test_furniture_and_counters_leave_the_text() -> None:
    assert pruned(f"{P}<p>Chia sẻ</p><p class=related>Tin khác</p>") == [LONG, MORE, THIRD]


def test_a_related_heading_takes_the_box_it_heads_and_no_more() -> None:
    box = "<div><h3>Tin liên quan</h3><p>Một tin khác của ngày hôm qua.</p></div>"
    assert pruned(f"<p>{LONG}</p>{box}<p>{MORE}</p><p>{THIRD}</p>") == [LONG, MORE, THIRD]


def test_a_related_line_inside_running_text_takes_only_itself() -> None:
    assert pruned(f"<p>{LONG}</p><p>Xem thêm</p><p>{MORE}</p>") == [LONG, MORE]


def test_the_next_article_of_an_endless_page_ends_the_text() -> None:
    other = f"<div><h1>Tựa khác</h1><p>{MORE}</p></div>"
    assert pruned(f"<p>{LONG * 6}</p>{other}") == [LONG * 6]
    assert pruned(f"<p>{LONG}</p>{other}") == [LONG, "Tựa khác", MORE]


def test_a_first_level_heading_among_the_paragraphs_is_a_subhead() -> None:
    text = f"<p>{LONG * 6}</p><h1>Tựa phụ</h1><p>{MORE}</p>"
    assert pruned(text) == [LONG * 6, "Tựa phụ", MORE]
    assert pruned(f"{text}<h1>Tựa phụ hai</h1><p>{THIRD}</p>")[-2:] == ["Tựa phụ hai", THIRD]


def test_a_heading_that_leaves_hardly_a_text_above_it_ends_none() -> None:
    rest = "".join(f"<div><h1>Phần {n}</h1><p>{LONG * 6} {n}</p></div>" for n in range(4))
    assert len(pruned(f"<p>{LONG * 6}</p>{rest}")) == 9


def test_teasers_take_no_large_part_of_a_text() -> None:
    def items(count: int, text: str) -> str:
        link = "<h3><a href=/x>Kè Long Khánh và những điều cần biết</a></h3>"
        return "".join(f"<div class=item>{link}<p>{text}</p></div>" for _ in range(count))

    lines = [f"{LONG} {number}." for number in range(18)]
    text = "".join(f"<p>{each}</p>" for each in lines)
    assert pruned(f"{text}{items(3, MORE)}") == lines
    assert pruned(f"{text}{items(12, MORE)}").count(MORE) == 12


def test_items_below_a_text_are_no_further_articles() -> None:
    items = "".join(
        f"<article class=item><h2>Nơi {n}</h2><p>{LONG * 6}</p></article>" for n in "abc"
    )
    body = body_of(f"<h1>Tựa</h1><div><p>{LONG}</p><p>{MORE}</p>{items}</div>", 0)
    assert sum(block.text.startswith(LONG) for block in body.blocks) == 4


@pytest.mark.parametrize(
    "heading",
    ["Bình luận (3)", "Ý kiến bạn đọc", "3 Comments", "Gửi bình luận của bạn", "Leave a Reply"],
)
def test_what_readers_wrote_ends_the_text(heading: str) -> None:
    text = "".join(f"<p>{each}</p>" for each in (LONG, MORE, THIRD, LONG))
    said = "<div>Lan</div><div>Bài viết hay quá, mong kè sớm xong để bà con yên tâm làm ăn.</div>"
    assert pruned(f"{text}<div>{heading}</div>{said}") == [LONG, MORE, THIRD, LONG]
    assert pruned(f"<p>{LONG}</p><div>{heading}</div><p>{MORE}</p><p>{THIRD}</p>")[1:] == [
        MORE,
        THIRD,
    ]


@pytest.mark.parametrize(
    "line",
    ["Vui lòng nhập nội dung bình luận tiếng Việt có dấu.", "Chưa có bình luận nào cho bài viết."],
)
def test_the_form_for_comments_is_no_text(line: str) -> None:
    assert pruned(f"<p>{LONG}</p><p>{MORE}</p><p>{line}</p>") == [LONG, MORE]


@pytest.mark.parametrize(
    "box",
    [
        '<div type="RelatedNewsBox">{}</div>',
        '<div class="VCSortableInPreviewMode" type="RelatedOneNews">{}</div>',
        "<div class=kbwscwl-relatedbox>{}</div>",
        "<div><b>Tham khảo thêm</b>{}</div>",
    ],
)
def test_boxes_that_an_editor_sets_into_a_text_for_other_articles(box: str) -> None:
    other = "<img src=/khac.jpg><p>Xã bên vừa xong ba cây số kè, dân mừng.</p>"
    text = f"<p>{LONG}</p><p>{MORE}</p><p>{THIRD}</p>"
    assert pruned(f"{text}{box.format(other)}<p>{LONG}</p>") == [LONG, MORE, THIRD, LONG]


def test_a_box_of_content_is_text() -> None:
    box = f'<div class="VCSortableInPreviewMode" type="content"><p>{THIRD}</p></div>'
    assert pruned(f"<p>{LONG}</p>{box}<p>{MORE}</p>") == [LONG, THIRD, MORE]


def test_a_note_near_the_end_cuts_it_and_one_in_the_middle_does_not() -> None:
    assert pruned(f"{P}<p>About the author</p><p>Anh viết.</p>") == [LONG, MORE, THIRD]
    assert pruned(f"<p>{LONG}</p><p>About the author</p><p>{MORE * 4}</p>")[1:2] == [
        "About the author"
    ]


def test_the_source_of_a_chart_cuts_nothing() -> None:
    lines = "".join(f"<p>{LONG} {number}.</p>" for number in range(10))
    page = f"<article>{lines}<p>Source: Office of Statistics</p><p>{MORE}</p></article>"
    assert MORE in pruned(page)


def test_headings_at_the_very_end_head_nothing() -> None:
    assert pruned(f"{P}<h3>Còn một mục</h3>") == [LONG, MORE, THIRD]


def test_a_paragraph_that_is_a_link_to_another_site_stays() -> None:
    own = "<p><a href=https://bao.example.vn/khac>Một bài của chính báo</a></p>"
    other = "<p><a href=https://bo.example.com/vb>Toàn văn của văn bản</a></p>"
    assert pruned(f"{P}{own}{other}<p>{LONG}</p>")[3:] == ["Toàn văn của văn bản", LONG]


def test_lines_that_their_place_says_are_no_text() -> None:
    assert is_no_text(line("1/2/2024", tag="div", traits=Trait.DATE))
    assert not is_no_text(line("1/2/2024", tag="p", traits=Trait.DATE))
    assert not is_no_text(line("x" * 101, tag="div", traits=Trait.DATE))
    assert is_no_text(line("x" * 101, traits=Trait.BYLINE))
    assert not is_no_text(line("x" * 100, traits=Trait.BYLINE))


def test_links_with_nothing_but_a_date_beside_them_are_no_text() -> None:
    link = line("Giá tôm sú tăng nhẹ trong tuần (11/10/2026)", tag="li")
    link.links = 31
    assert is_no_text(link)
    link.tag = "p"
    assert is_no_text(link)
    review = line("Read our full review of the new laptop", tag="p")
    review.links = 28
    assert not is_no_text(review)
    said = line("Xem nghị quyết về giá tôm sú của tỉnh trong tháng", tag="li")
    said.links = 31
    assert not is_no_text(said)


def block(text: str, links: int = 0, tag: str = "p", traits: int = 0, line_: int = 0) -> Block:
    made = line(text, tag=tag, traits=traits)
    made.links, made.line = links, line_
    return made


@pytest.mark.parametrize(
    ("made", "wanted"),
    [
        (block("x" * 200, traits=Trait.JUNK), -60.0),
        (block("x" * 201, traits=Trait.JUNK), -60.0),
        (block("x" * 120, links=61), -48.0),
        (block("x" * 121, links=61), -48.0),
        (block("x" * 20, links=10), -1.0),
        (block("x" * 80, links=40), 0.0),
        (block("x" * 24 + ".", tag="div"), 25.0),
        (block("x" * 23 + ".", tag="div"), -1.0),
        (block("x" * 79, tag="div"), -1.0),
        (block("x" * 80, tag="div"), 80.0),
        (block("x" * 100, traits=Trait.LEAD), 40.0),
        (block("x" * 12, line_=1), 6.0),
        (block("x" * 11, line_=1), -1.0),
        (block("x" * 12, links=1, line_=1), -1.0),
        (block("x" * 12, tag="div", line_=1), -1.0),
        (block("x" * 20), 6.0),
        (block("x" * 19), -1.0),
        (block("x" * 20, links=1), -1.0),
        (block("x" * 20, tag="div"), -1.0),
        (block("x" * 20, tag="div", traits=Trait.CONTENT), 6.0),
        (block("Copyright " + "x" * 200), -60.0),
        (block("Copyright " + "x" * 15), -7.5),
        (block("Copyright " + "x" * 14), 7.2),
    ],
)
def test_what_lines_are_worth_at_their_bounds(made: Block, wanted: float) -> None:
    assert worth(made) == pytest.approx(wanted)
    made.image = "/a.jpg"
    assert worth(made) == 0.0


@pytest.mark.parametrize(
    ("made", "wanted"),
    [
        (block("x" * 60 + ".", links=61), False),
        (block("x" * 59 + ".", links=60), True),
        (block("x" * 61, links=61), True),
        (block("x" * 60 + ".", links=61, tag="div"), True),
        (block("x" * 60 + ".", links=61, tag="li"), False),
        (block("x" * 50, links=40), False),
        (block("x" * 50, links=41), True),
        (block("x" * 100, tag="div", traits=Trait.DATE), True),
        (block("x" * 101, tag="div", traits=Trait.DATE), False),
        # nothing but a date beside a link
        (block("x" * 20 + " 1/2/2026", links=20, tag="div"), True),
        (block("x" * 19 + " 1/2/2026", links=19, tag="div"), False),
        (block("x" * 20 + " 1/2/2026", links=20, tag="h6"), False),
        (block("x" * 20 + " 1/2/2026", links=20, tag="p"), True),
        (block("x" * 20 + " 12345678", links=20, tag="p"), False),
        (block("x" * 20 + " 12345678", links=20, tag="li"), True),
        (block("x" * 20 + " 123456a8", links=20, tag="li"), False),
        (block("x" * 20 + "1" * 20, links=20, tag="li"), False),
        (block("x" * 20 + "1" * 19, links=20, tag="li"), True),
    ],
)
def test_which_lines_are_no_text(made: Block, *, wanted: bool) -> None:
    assert is_no_text(made) is wanted


@pytest.mark.parametrize(
    ("before", "size", "found"),
    [(10, 80, True), (11, 80, False), (0, 79, False), (0, 80, True)],
)
def test_a_lead_alone_stands_near_the_headline(before: int, size: int, *, found: bool) -> None:
    inner = f"<h1>Tựa</h1>{'<p>x</p>' * before}<div class=sapo>{'y' * size}</div><p>{MORE * 2}</p>"
    assert (find_lead_alone(scan(inner), 0) is not None) is found
    boxed = inner.replace("<div class=sapo>", "<div class='sapo related'>")
    assert find_lead_alone(scan(boxed), 0) is None


@pytest.mark.parametrize(("below", "start"), [(410, 0), (400, -1), (390, -1)])
def test_a_headline_stays_where_more_than_four_tenths_stand_below(below: int, start: int) -> None:
    found = scan(f"<p>{'x' * (1000 - below)}</p><h1>Tựa</h1><p>{'y' * below}</p>")
    # The headline itself is worth something, too.
    assert useful_start(found, 1) == (1 if start == 0 else -1)
    assert useful_start(found, -1) == -1


def around(inner: str) -> str:
    """What the element of the body holds."""
    found = scan(f"<h1>Tựa</h1>{inner}")
    body = find_body(found, 0)
    return " ".join(each.text[:1] for each in body.blocks) if body else ""


def long(letter: str, size: int = 100) -> str:
    return f"<p>{letter * size}</p>"


ITEMS = f"<article>{long('a', 500)}</article><article>{long('b', 500)}</article>"


@pytest.mark.parametrize(
    ("inner", "wanted"),
    [
        # entered where eight tenths of what a parent is worth lie in a child
        (f"<div><div>{long('a', 400)}{long('b', 400)}</div>{long('c', 200)}</div>", "a b"),
        (f"<div><div>{long('a', 400)}{long('b', 390)}</div>{long('c', 210)}</div>", "a b c"),
        # a paragraph is never the body, be it the only long one
        (f"<div>{long('a', 900)}{long('b', 60)}</div>", "a b"),
        # what speaks against an element counts a little
        (f"<div><p>{'a' * 59}.</p></div>", "a"),
        (f"<div><p>{'a' * 58}.</p></div>", ""),
        # the first of several articles
        (f"<article>{long('a', 401)}</article><article>{long('b', 401)}</article>", "a"),
        (f"<article>{long('a', 400)}</article><article>{long('b', 401)}</article>", "T a b"),
        (f"<article>{long('a', 500)}</article><div>{long('b', 500)}</div>", "T a b"),
        # which stand below no text of their own
        (f"{long('x', 99)}{long('y')}{ITEMS}", "a"),
        (f"{long('x')}{long('y')}{ITEMS}", "T x y a b"),
    ],
)
def test_which_element_is_the_body(inner: str, wanted: str) -> None:
    assert around(inner) == wanted


SHORT = "<p>Một câu ngắn ở đây thôi đó.</p>"


@pytest.mark.parametrize(
    ("inner", "lines"),
    [
        (f"<div>{SHORT}<img src=/1.jpg><img src=/2.jpg><img src=/3.jpg></div><p>y</p>", 4),
        (f"<div>{SHORT}<img src=/1.jpg><img src=/2.jpg></div><p>y</p><img src=/3.jpg>", 6),
        (f"<div>{SHORT}<img src=/1.jpg><img src=/2.jpg></div>", 0),
        (f"{SHORT}<div class=related>{'<img src=/1.jpg>' * 3}</div>", 0),
    ],
)
def test_three_pictures_can_be_a_story(inner: str, lines: int) -> None:
    body = find_body(scan(f"<h1>Tựa</h1>{inner}"), 0)
    assert (len(body.blocks) if body else 0) == lines


@pytest.mark.parametrize(
    ("tail", "kept"),
    [
        ("<h3>Một</h3><h2>Hai</h2>", 3),
        ("<h3>Một</h3><img src=/a.jpg>", 5),
        ("<p>About the author:</p><p>Anh viết.</p>", 3),
        (f"<p>About the author{' ' * 3}</p><img src=/a.jpg>", 3),
    ],
)
def test_what_follows_a_note_near_the_end_goes(tail: str, kept: int) -> None:
    assert len(pruned(P + tail)) == kept


@pytest.mark.parametrize(
    ("heading", "gone"),
    [
        ("<p>Xem thêm</p>", False),
        ("<p><b>Xem thêm</b></p>", True),
        ("<p><a href=/x>Xem thêm</a></p>", True),
        ("<h3>Xem thêm</h3>", True),
        ("<div>Xem thêm</div>", True),
    ],
)
def test_a_line_that_is_set_apart_heads_its_box(heading: str, *, gone: bool) -> None:
    box = f"<div>{heading}<p>Một tin khác của ngày hôm qua.</p></div>"
    lines = pruned(f"<p>{LONG}</p>{box}<p>{MORE}</p><p>{THIRD}</p>")
    assert ("Một tin khác của ngày hôm qua." not in lines) is gone


@pytest.mark.parametrize(
    ("link", "stays"),
    [
        ("<p><a href=https://x.example.com/a>Toàn văn ở đây</a></p>", True),
        ("<p><a href=https://m.example.vn/a>Toàn văn ở đây</a></p>", False),
        ("<p><a href=/a>Toàn văn ở đây</a></p>", False),
        ("<li><a href=https://x.example.com/a>Toàn văn ở đây</a></li>", False),
    ],
)
def test_a_paragraph_that_leads_to_another_site(link: str, *, stays: bool) -> None:
    assert ("Toàn văn ở đây" in pruned(f"{P}{link}<p>{LONG}</p>")) is stays
    found = scan(f"<h1>Tựa</h1><div>{P}{link}<p>{LONG}</p></div>")
    body = find_body(found, 0)
    assert body is not None
    assert "Toàn văn ở đây" not in [each.text for each in prune(found, body, "")]


@pytest.mark.parametrize(("size", "ends"), [(401, True), (400, False)])
def test_comments_end_a_text_of_some_length(size: int, *, ends: bool) -> None:
    lines = pruned(f"<p>{'x' * size}</p><div>Bình luận</div><p>{MORE}</p>")
    assert (MORE not in lines) is ends
    linked = pruned(f"<p>{'x' * size}</p><div><a href=#c>Bình luận</a></div><p>{MORE}</p>")
    assert MORE in linked


@pytest.mark.parametrize(("size", "ends"), [(601, True), (600, False)])
def test_a_next_article_follows_a_text_of_some_length(size: int, *, ends: bool) -> None:
    other = f"<div><h1>Tựa khác</h1><p>{MORE}</p></div>"
    assert (MORE not in pruned(f"<p>{'x' * size}</p>{other}")) is ends
    linked = f"<div><h1><a href=/b>Tựa khác</a></h1><p>{MORE}</p></div>"
    assert MORE in pruned(f"<p>{'x' * size}</p>{linked}")


SAID = "".join(
    f"<div><span>Lê An</span><span>1{hour}:00 20/11/2025</span><p>{MORE} {THIRD}</p></div>"
    for hour in range(4)
)
"""What readers wrote: more than the article."""


@pytest.mark.parametrize(
    "box",
    [
        "<div><p>{text}</p></div><div><h3>Ý kiến (4)</h3>{said}</div>",
        "<div><p>{text}</p></div><section><div><h3>Ý kiến (4)</h3></div>{said}</section>",
        "<div><p>{text}</p><div><div><h3>Ý kiến (4)</h3></div>{said}</div></div>",
    ],
)
def test_what_readers_wrote_below_its_heading_is_no_text(box: str) -> None:
    assert pruned(box.format(text=LONG, said=SAID)) == [LONG]


def test_a_subhead_that_could_stand_above_comments_ends_no_text() -> None:
    assert pruned(f"<p>{LONG}</p><h3>Ý kiến</h3><p>{MORE}</p><p>{THIRD}</p>") == [LONG, MORE, THIRD]
    assert MORE in pruned(f"<div><h3>Bình luận</h3><p>{MORE}</p><p>{THIRD}</p></div>")


def test_the_text_of_a_teaser_in_the_link_of_its_headline_is_left_out() -> None:
    teaser = f"<div><a href=/r.html><h3>Xã bên mở lớp dạy đan lưới</h3><p>{THIRD}</p></a></div>"
    quoted = f"<p><a href=/r.html>{THIRD}</a></p>"
    assert pruned(f"<p>{LONG}</p>{teaser}<p>{MORE}</p>") == [LONG, MORE]
    assert pruned(f"<p>{LONG}</p>{quoted}<p>{MORE}</p>") == [LONG, THIRD, MORE]


OFFER = "<p>Nhận tin mỗi sáng qua thư, hoàn toàn miễn phí.</p>"


@pytest.mark.parametrize(
    ("box", "is_text"),
    [
        (f"<div><h4>Nhận tin</h4>{OFFER}<form><input type=email></form></div>", False),
        (f"<div><h3>Dành cho hội viên</h3>{OFFER}<button>Mua</button></div>", False),
        ("<div><h4>Cầu có đẹp?</h4><label><input type=radio>Tốt</label></div>", False),
        (f"<form>{OFFER}<input type=email></form>", False),
        (f"<div><h3>Nước lên</h3>{OFFER}</div>", True),
        (f"<div>{OFFER}<button>Nghe</button></div>", True),
        (f"<div><h3>Nước lên</h3><p>{THIRD * 3}</p><button>Nghe</button></div>", True),
        (f"<div><h3>Nước lên</h3>{OFFER}<button><i></i></button></div>", False),
        (f"<div><h3>Nước lên</h3>{OFFER}<button></button></div>", True),
        (f"<div><input type=checkbox><h3>Nước lên</h3>{OFFER}</div>", True),
        (f"<div><button aria-expanded=false>+</button><h3>Vì sao?</h3>{OFFER}</div>", True),
        ("<div><h3>Gồm có</h3><ul><li>Gạo</li><li>Muối</li></ul><button>In</button></div>", True),
        (
            "".join(
                f"<div><h3>{name}</h3>{OFFER}<button>Xem</button></div>"
                for name in ("Bến Trên", "Bến Dưới")
            ),
            True,
        ),
    ],
    ids=[
        *("newsletter", "offer", "poll", "form", "no control", "no heading", "long", "icon"),
        *("empty button", "to tick off", "to unfold", "list", "two of a kind"),
    ],
)
def test_a_box_that_asks_for_something_is_no_text(box: str, is_text: bool) -> None:
    kept = pruned(f"<p>{LONG}</p>{box}<p>{MORE}</p>")
    assert (len(kept) > 2) == is_text
    assert (kept[0], kept[-1]) == (LONG, MORE)


def test_a_heading_around_a_box_that_asks_stays() -> None:
    box = f"<div><h3>Nhận tin</h3>{OFFER}<form><input type=email></form></div>"
    kept = pruned(f"<div><h2>Bến nước ngày nào</h2>{box}</div><p>{LONG}</p><p>{MORE}</p>")
    assert kept == ["Bến nước ngày nào", LONG, MORE]


def test_buttons_below_the_headline_and_in_windows_take_no_text() -> None:
    sub = f"<div><h2>Kè dài bốn cây số</h2>{OFFER}<button>Nghe</button></div>"
    assert len(pruned(f"{sub}<p>{LONG}</p><p>{MORE}</p>")) == 4
    window = "<dialog open><button>Đóng</button></dialog>"
    inner = f"<p>{LONG}</p><div><h2>Nước lên</h2>{OFFER}{window}</div><p>{MORE}</p>"
    assert len(pruned(inner)) == 4


@pytest.mark.parametrize(
    ("good", "bad", "own", "wanted"),
    [
        (100, 0, 0, 100),
        (100, 100, 0, 85),
        (100, 300, 0, 55),
        (100, 400, 0, 50),
        (100, 900, 0, 50),
        (100, 100, Trait.CONTENT, 102),
    ],
)
def test_what_speaks_against_an_element_takes_half_of_it_at_most(
    good: float, bad: float, own: int, wanted: float
) -> None:
    assert _net(good, bad, own) == pytest.approx(wanted)


@pytest.mark.parametrize(("rest", "ends"), [(1600, True), (1700, False)])
def test_a_next_article_follows_three_tenths_of_the_text(rest: int, *, ends: bool) -> None:
    other = f"<div><h1>Tựa khác</h1><p>{'y' * rest}</p></div>"
    assert ("y" * rest not in pruned(f"<p>{'x' * 700}</p>{other}")) is ends
