"""Which element is the body, and which of its lines are text."""

from __future__ import annotations

import pytest

from crawler.extract.dom.traits import Trait
from crawler.extract.text.body import (
    Body,
    find_body,
    find_lead_alone,
    is_no_text,
    prune,
    useful_start,
    worth,
)
from tests.support.markup import LONG, MORE, THIRD, line, scan


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
