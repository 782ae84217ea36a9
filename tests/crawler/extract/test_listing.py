"""When a page is a list of articles."""

from __future__ import annotations

import pytest

from crawler.errors import NotAnArticle
from crawler.extract.dom.structured import Structured
from crawler.extract.listing import (
    NO_SIGNS,
    Signs,
    check_headline,
    check_listing,
    is_linked_heading,
    is_teaser,
    lines_inside,
)
from tests.support.markup import LONG, context, line, scan

STORY = 5


def teaser(number: int) -> str:
    return f"<h3><a href=/t{number}.html>Bài viết khác số {number} về đời sống</a></h3>"


def is_list(
    inner: str,
    *,
    titled: bool = True,
    dated: bool = True,
    stated: bool = False,
    signed: bool = False,
    data: Structured | None = None,
) -> bool:
    found = scan(inner)
    texts = [block for block in found.blocks if not block.links]
    try:
        signs = Signs(titled=titled, dated=dated, stated=stated, signed=signed)
        check_listing(found, data or Structured(), texts, 0, signs)
    except NotAnArticle as refused:
        return refused.reason == "listing"
    return False


def lead(size: int) -> str:
    return f"<p>{'x' * size}</p>"


def test_headings_that_are_links_and_teasers() -> None:
    block = line("x" * 10, tag="h3")
    block.links = 8
    assert is_linked_heading(block)
    block.links = 7
    assert not is_linked_heading(block)
    block = line("x" * 26)
    block.links = 16
    assert is_teaser(block)
    block.links = 15
    assert not is_teaser(block)
    block = line("x" * 25)
    block.links = 25
    assert not is_teaser(block)


def test_more_text_in_teasers_than_beside_them() -> None:
    four = "".join(map(teaser, range(4)))
    assert is_list(four + lead(100))
    assert not is_list("".join(map(teaser, range(3))) + lead(80))
    assert not is_list(four + lead(200))


def test_six_teasers_with_little_beside_each() -> None:
    six = "".join(map(teaser, range(6)))
    assert is_list(six + lead(349) * 4)
    assert not is_list(six + lead(350) * 6)
    assert not is_list(six + lead(350) + lead(100))
    assert not is_list("".join(map(teaser, range(5))) + lead(349) * 4)


def test_a_long_paragraph_or_five_on_end_tell_a_story() -> None:
    many = "".join(map(teaser, range(30)))
    assert not is_list(many + lead(500))
    assert is_list(many + lead(499))
    assert not is_list(many + lead(80) * 5)
    assert is_list(many + lead(80) * 4)
    assert is_list(many + lead(79) * 5)
    assert is_list(many + lead(80) * 4 + teaser(31) + lead(80))


def test_little_text_among_headings_unless_the_page_is_dated() -> None:
    one, five = teaser(1), "".join(map(teaser, range(5)))
    assert is_list(one + lead(399), titled=False, dated=False)
    assert not is_list(one + lead(400), titled=False, dated=False)
    assert not is_list(one + lead(399), titled=False, dated=True)
    assert not is_list("".join(map(teaser, range(4))) + lead(399), titled=True, dated=False)
    assert not is_list(lead(399) + five, titled=True, dated=False)
    assert is_list(five + lead(399), titled=True, dated=False)


def test_headline_date_and_one_more_sign_make_an_article_whatever_is_related() -> None:
    inner = "".join(map(teaser, range(6))) + lead(200) * 2
    assert is_list(inner)
    assert not is_list(inner, stated=True)
    assert not is_list(inner, signed=True)
    assert is_list(inner, titled=False, signed=True)
    assert is_list(inner, titled=False, stated=True)


def test_paragraphs_in_whatever_elements_tell_a_story() -> None:
    many = "".join(map(teaser, range(30)))
    assert not is_list(many + f"<div>{'x' * 80}</div>" * 5)
    assert not is_list(many + f"<div>{'<br><br>'.join(['x' * 80] * 5)}</div>")


def test_three_teasers_under_unknown_names_are_a_list() -> None:
    three = "".join(teaser(n) + f"<div>{'x' * 150}</div>" for n in range(3))
    assert is_list(three, titled=False, dated=False)
    assert is_list(three, titled=False, dated=True)
    assert is_list(three, titled=True, dated=True)
    assert not is_list(three, titled=False, dated=True, stated=True)
    assert not is_list(three + lead(150) * 3, titled=False, dated=False)
    assert not is_list(lead(150) + three, titled=True, dated=True)
    assert is_list(lead(150) + three, titled=False, dated=True)


def item(number: int, tag: str, *, long: bool) -> str:
    link = f"<a href=/t{number}.html>Bài viết khác số {number} về đời sống</a>"
    link = f"<{tag}>{link}</{tag}>" if tag else link
    return f"<div class=z>{link} <i>21/11/2026</i>{lead(150) if long else ''}</div>"


@pytest.mark.parametrize("tag", ["h3", "b", "strong", ""])
def test_items_with_leads_are_a_list_and_bare_ones_below_a_paragraph_are_related(tag: str) -> None:
    eight = "".join(item(n, tag, long=True) for n in range(8))
    assert is_list(eight)
    assert is_list(eight, titled=False)
    bare = "".join(item(n, tag, long=False) for n in range(8))
    assert is_list(bare)
    for dated in (True, False):
        assert not is_list(lead(120) + bare, dated=dated)
    assert is_list(lead(120) + bare, titled=False)
    assert is_list(lead(120) + eight, titled=False)


def test_paragraphs_that_each_lead_on_are_a_list() -> None:
    def paragraph(number: int, end: str) -> str:
        head = f"<b><a href=/t{number}.html>Bài viết khác số {number} về đời sống</a></b>"
        return f"<p>{head} - {LONG} {end}</p>"

    def page(end: str) -> str:
        return "".join(paragraph(number, end) for number in range(5))

    found = scan(page("<a href=/t>Xem tiếp</a>"))
    assert all(map(is_teaser, found.blocks))
    with pytest.raises(NotAnArticle, match="lead on"):
        check_listing(found, Structured(), found.blocks, 0, NO_SIGNS)
    told = scan(page("Xem tiếp ngày mai ra sao."))
    check_listing(told, Structured(), told.blocks, 0, NO_SIGNS)


def test_structured_data_that_says_article_is_believed() -> None:
    inner = "".join(map(teaser, range(9)))
    assert not is_list(inner, data=Structured(types=["NewsArticle"], published="2026-11-01"))
    assert is_list(inner, data=Structured(types=["NewsArticle"]))
    assert is_list(inner, data=Structured(types=["WebPage"], published="2026-11-01"))


def headline(inner: str, position: int | None = 0) -> None:
    page = context(inner)
    check_headline(page.page, page.scan, page.data, position, lines_inside(page.scan, 0))


def test_a_headline_that_leads_elsewhere_among_others_is_the_first_of_a_list() -> None:
    three = "".join(map(teaser, range(3)))
    with pytest.raises(NotAnArticle, match="the headline is a link"):
        headline(three)
    headline("".join(map(teaser, range(2))))
    headline(three, None)
    headline(three.replace("/t0.html", "/tin-a1.html#x"))
    headline(f"<h2>{LONG}</h2>{three}")
    headline(three + f"<p>{LONG}</p>" * STORY)


@pytest.mark.parametrize(
    ("length", "links", "end", "wanted"),
    [
        (26, 16, "", True),
        (26, 15, "", False),
        (25, 25, "", False),
        (200, 25, "Xem tiếp", True),
        (200, 24, "Xem tiếp", False),
        (200, 25, "Xem tiếp »", True),
        (200, 25, "Xem tiếp a", False),
    ],
)
def test_a_teaser_is_mostly_a_link_or_leads_on_at_its_end(
    length: int, links: int, end: str, *, wanted: bool
) -> None:
    block = line("x" * (length - len(end) - 1) + " " + end if end else "x" * length)
    block.links = links
    assert is_teaser(block) is wanted


def test_a_picture_is_no_heading_that_is_a_link() -> None:
    for tag, wanted in (("h1", False), ("h2", True), ("h5", True), ("h6", False), ("p", False)):
        block = line("x" * 10, tag=tag)
        block.links = 10
        assert is_linked_heading(block) is wanted
        block.image = "/a.jpg"
        assert not is_linked_heading(block)


@pytest.mark.parametrize(
    ("paragraphs", "size", "wanted"),
    [(3, 40, True), (3, 39, False), (4, 40, True), (5, 40, False), (2, 40, True), (1, 40, False)],
)
def test_three_of_four_paragraphs_or_two_alone_below_links_are_a_list(
    paragraphs: int, size: int, *, wanted: bool
) -> None:
    below = min(paragraphs, 3)
    inner = "".join(teaser(n) + lead(size) for n in range(below)) + lead(40) * (paragraphs - below)
    # A text of that size is none of little.
    assert is_list(inner + lead(39) * 11, titled=False, dated=True) is wanted


def test_signs_of_an_article_count_from_some_text_on() -> None:
    six = "".join(map(teaser, range(6)))
    assert is_list(six + lead(200) + lead(199), signed=True)
    assert not is_list(six + lead(200) + lead(200), signed=True)


def test_a_paragraph_that_is_half_a_link_opens_no_text() -> None:
    bare = "".join(map(teaser, range(8)))
    for links, wanted in ((40, True), (39, False)):
        opened = f"<p><a href=/x>{'y' * links}</a>{'x' * (80 - links)}</p>"
        found = scan(opened + bare)
        texts = found.blocks[:1]
        signs = Signs(titled=True, dated=True, stated=False, signed=False)
        if wanted:
            with pytest.raises(NotAnArticle):
                check_listing(found, Structured(), texts, 0, signs)
        else:
            check_listing(found, Structured(), texts, 0, signs)


def test_a_headline_of_a_page_that_is_dated_for_machines_is_its_own() -> None:
    page = context("".join(map(teaser, range(3))))
    page.data.published = "2026-11-01"
    check_headline(page.page, page.scan, page.data, 0, lines_inside(page.scan, 0))


@pytest.mark.parametrize(
    ("paragraphs", "size", "refused"), [(4, 80, True), (5, 80, False), (5, 79, True)]
)
def test_five_paragraphs_on_end_tell_a_story(paragraphs: int, size: int, *, refused: bool) -> None:
    page = context("".join(map(teaser, range(3))))
    text = [line("x" * size)] * paragraphs
    if refused:
        with pytest.raises(NotAnArticle):
            check_headline(page.page, page.scan, page.data, 0, text)
    else:
        check_headline(page.page, page.scan, page.data, 0, text)


def test_a_headline_without_a_link_elsewhere_heads_no_list() -> None:
    three = "".join(map(teaser, range(3)))
    for first in ("<h2>Tựa</h2>", "<h2><a>Tựa</a></h2>", "<h2><a href='#x'>Tựa</a></h2>"):
        headline(first + three)
    with pytest.raises(NotAnArticle):
        headline("<h2><a href=/khac.html>Tựa</a></h2>" + three)


def test_signs_of_an_article() -> None:
    for titled, dated, stated, signed, own, enough in (
        (True, True, True, False, True, True),
        (True, True, False, True, True, True),
        (True, True, False, False, True, False),
        (True, False, True, True, False, False),
        (False, True, True, True, False, False),
    ):
        signs = Signs(titled=titled, dated=dated, stated=stated, signed=signed)
        assert (signs.are_of_an_article, signs.are_enough) == (own, enough)


def test_lines_of_an_element_are_its_own_and_no_pictures() -> None:
    found = scan(
        "<p>Trước</p><div id=x><p>Một</p><img src=/a.jpg alt=Hai><p>Ba</p></div><p>Sau</p>"
    )
    el = next(n for n, node in enumerate(found.nodes) if node.id == "x")
    assert [block.text for block in lines_inside(found, el)] == ["Một", "Ba"]


def test_types_that_say_article() -> None:
    inner = "".join(map(teaser, range(9)))
    for kind, refused in (("BlogPosting", False), ("ReportageNewsArticle", False), ("Blog", True)):
        assert is_list(inner, data=Structured(types=[kind], published="2026-11-01")) is refused


def test_a_short_heading_that_is_a_link_is_a_teaser() -> None:
    block = line("x" * 20, tag="h3")
    block.links = 20
    assert is_teaser(block)
    block.tag = "p"
    assert not is_teaser(block)


@pytest.mark.parametrize(("others", "refused"), [(3, True), (4, False)])
def test_more_than_half_of_the_paragraphs_lead_on(others: int, *, refused: bool) -> None:
    link = f"<p><a href=/t.html>{'y' * 60}</a>{'x' * 30}</p>"
    found = scan(lead(400) * others + link * 4)
    signs = Signs(titled=False, dated=True, stated=False, signed=False)
    if refused:
        with pytest.raises(NotAnArticle, match="lead on"):
            check_listing(found, Structured(), found.blocks, 0, signs)
    else:
        check_listing(found, Structured(), found.blocks, 0, signs)


@pytest.mark.parametrize(
    ("tag", "links", "image", "is_one"),
    [
        ("h2", 80, False, True), ("h2", 79, False, False), ("h2", 100, False, True),
        ("h2", 80, True, False), ("p", 100, False, False), ("h4", 80, False, True),
    ],
)  # fmt: skip
def test_a_heading_leads_away_where_four_fifths_of_it_are_a_link(
    tag: str, links: int, image: bool, is_one: bool
) -> None:
    block = line("x" * 100, tag)
    block.links = links
    if image:
        block.image = "/a.jpg"
    assert is_linked_heading(block) is is_one


@pytest.mark.parametrize(
    ("titled", "dated", "stated", "signed", "article", "enough"),
    [
        (False, False, False, False, False, False),
        (True, False, True, True, False, False),
        (False, True, True, True, False, False),
        (True, True, False, False, True, False),
        (True, True, True, False, True, True),
        (True, True, False, True, True, True),
    ],
)
def test_which_signs_an_article_shows(
    *, titled: bool, dated: bool, stated: bool, signed: bool, article: bool, enough: bool
) -> None:
    signs = Signs(titled=titled, dated=dated, stated=stated, signed=signed)
    assert (signs.are_of_an_article, signs.are_enough) == (article, enough)


def test_a_page_without_a_text_shows_no_sign() -> None:
    shown = (NO_SIGNS.titled, NO_SIGNS.dated, NO_SIGNS.stated, NO_SIGNS.signed)
    assert shown == (False, False, False, False)
