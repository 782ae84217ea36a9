"""How far the name of an element is believed."""

from __future__ import annotations

import pytest

from crawler.extract.dom.inheritance import believe
from crawler.extract.dom.traits import Trait
from tests.support.markup import LONG, MORE, THIRD, scan


@pytest.mark.parametrize(
    ("own", "tag", "size", "left"),
    [
        (Trait.JUNK, "div", 350, Trait.JUNK),
        (Trait.JUNK, "div", 351, Trait.NONE),
        (Trait.RELATED, "div", 351, Trait.RELATED),
        (Trait.RELATED, "div", 751, Trait.NONE),
        (Trait.CONTENT, "div", 751, Trait.CONTENT),
        (Trait.TAGS, "div", 300, Trait.TAGS),
        (Trait.TAGS, "div", 301, Trait.NONE),
        (Trait.RELATED, "p", 60, Trait.RELATED),
        (Trait.RELATED, "p", 61, Trait.NONE),
        (Trait.JUNK | Trait.CONTENT, "div", 10, Trait.CONTENT),
    ],
)
def test_a_name_is_believed_up_to_a_share_of_the_prose(
    own: int, tag: str, size: int, left: int
) -> None:
    assert believe(own, tag, size, 1000, titled=False) == left


def test_what_only_a_few_lines_can_be_is_not_true_of_many() -> None:
    assert believe(Trait.DATE, "div", 1500, 10_000, titled=False) == Trait.DATE
    assert believe(Trait.DATE, "div", 1501, 10_000, titled=False) == Trait.NONE


def test_the_box_of_the_headline_can_only_be_the_place_of_the_text() -> None:
    assert believe(Trait.JUNK | Trait.RELATED, "div", 0, 1000, titled=True) == Trait.NONE
    assert believe(Trait.CONTENT, "div", 0, 1000, titled=True) == Trait.CONTENT


def test_names_go_down_to_the_lines() -> None:
    blocks = scan(f"<div class=sidebar><p>Menu</p></div><p>{LONG}</p><p>{MORE}</p>").blocks
    assert [bool(block.traits & Trait.JUNK) for block in blocks] == [True, False, False]


def test_a_named_place_of_text_clears_the_box_around_it() -> None:
    page = f"<div class=player><div class=entry-content><p>{LONG}</p></div></div><p>{MORE * 5}</p>"
    assert not scan(page).blocks[0].traits & Trait.JUNK
    assert scan(page.replace("entry-content", "x")).blocks[0].traits & Trait.JUNK


@pytest.mark.parametrize("name", ["related", "tools", "comment", "d-none", "caption", "author"])
def test_a_name_that_all_paragraphs_bear_is_a_style(name: str) -> None:
    def bear(*inner: str) -> list[bool]:
        named = [e if e[0] == "<" else f"<div class={name}>{e}</div>" for e in inner]
        page = f"<p>{LONG}</p><section>{''.join(named)}</section>"
        return [bool(b.traits) for b in scan(page).blocks if b.text in (LONG, MORE, THIRD)][1:]

    assert bear(LONG, MORE, THIRD) == [False] * 3
    assert bear(LONG, MORE) == [True] * 2, "two are no text yet"
    between = f"<p>{LONG}</p>"
    assert bear(LONG, between, MORE, between, THIRD) == [True, False, True, False, True]


def test_comments_have_names_between() -> None:
    comments = "".join(
        f"<div class=comment><b>Lê An</b><p>{text}</p></div>" for text in (LONG, MORE, THIRD)
    )
    blocks = scan(f"<p>{LONG}</p><section>{comments}</section>").blocks
    assert all(block.traits & Trait.COMMENT for block in blocks[1:])


def test_a_related_heading_or_a_short_or_linked_one_is_no_headline() -> None:
    def is_related(heading: str) -> bool:
        inner = f"<div class=related><h1>{heading}</h1><p>Một dòng</p></div><p>{LONG * 3}</p>"
        return bool(scan(inner).blocks[1].traits & Trait.RELATED)

    assert not is_related("Tăng tốc thi công tuyến kè chống sạt lở")
    assert is_related("Thi công tuyến kè sạt lở")
    assert is_related("<a href=/>Tăng tốc thi công tuyến kè chống sạt lở</a>")
    assert is_related("Các tin bài liên quan khác của báo")


@pytest.mark.parametrize("name", ["jump-link", "related-content", "promo"])
def test_no_name_of_a_box_has_a_verdict_on_hundreds_of_words(name: str) -> None:
    def holds(text: str) -> bool:
        inner = f"<div class={name}>{text}</div>{f'<p>{LONG}</p>' * 25}"
        return not scan(f"<main>{inner}</main>").blocks[0].traits & (Trait.JUNK | Trait.RELATED)

    assert holds(f"<p>{LONG}</p>" * 10)
    teaser = f"<h4><a href=/x>Kè Long Khánh và những điều cần biết</a></h4><p>{LONG}</p>"
    assert not holds(teaser * 10)
    assert not holds(f"<p>{LONG}</p>" * 3)


@pytest.mark.parametrize(("size", "is_text"), [(240, True), (239, False)])
def test_paragraphs_on_end_are_a_text_whatever_their_box_is_called(
    size: int, *, is_text: bool
) -> None:
    last = "x" * (size - 160)
    inner = f"<div class=related><p>{'x' * 80}</p><p>{'x' * 80}</p><p>{last}</p></div>"
    rest = "<h1>Tăng tốc thi công tuyến kè chống sạt lở</h1>"
    blocks = scan(f"{rest}{inner}<p>{'y' * 81}</p>").blocks
    assert bool(blocks[1].traits & Trait.RELATED) != is_text


@pytest.mark.parametrize(("others", "is_text"), [(445, True), (450, False)])
def test_paragraphs_on_end_are_a_text_from_a_good_part_of_the_page_on(
    others: int, *, is_text: bool
) -> None:
    """Here 240 of 685 characters, more than 35 in a hundred, or 240 of 690."""
    paragraph = f"<p>{'x' * 80}</p>"
    inner = f"<div class=related>{paragraph * 3}</div>"
    blocks = scan(f"{inner}<p>{'y' * others}</p>").blocks
    assert bool(blocks[0].traits & Trait.RELATED) != is_text


@pytest.mark.parametrize(("size", "is_text"), [(800, False), (801, True)])
def test_a_box_of_more_than_eight_hundred_letters_without_links_is_a_text(
    size: int, *, is_text: bool
) -> None:
    inner = f"<div class=related><p>{'x' * size}</p></div>"
    rest = f"<p>{'y' * 400}</p>" * 10
    blocks = scan(inner + rest).blocks
    assert bool(blocks[0].traits & Trait.RELATED) != is_text


@pytest.mark.parametrize(
    ("own", "tag", "size", "whole", "titled", "wanted"),
    [
        # a paragraph of prose is no box beside the text
        (Trait.JUNK | Trait.RELATED | Trait.TAGS, "p", 61, 10_000, False, Trait.NONE),
        (Trait.JUNK, "p", 60, 10_000, False, Trait.JUNK),
        (Trait.JUNK, "div", 61, 10_000, False, Trait.JUNK),
        (Trait.COMMENT, "p", 61, 10_000, False, Trait.COMMENT),
        # the place of the text is no furniture
        (Trait.CONTENT | Trait.JUNK, "div", 61, 10_000, False, Trait.CONTENT),
        # a list of tags and a path are short
        (Trait.TAGS | Trait.CRUMBS, "div", 300, 10_000, False, Trait.TAGS | Trait.CRUMBS),
        (Trait.TAGS | Trait.CRUMBS, "div", 301, 10_000, False, Trait.NONE),
        # what holds the headline or most of the page is the page
        (Trait.RELATED | Trait.CONTENT, "div", 10, 10_000, True, Trait.CONTENT),
        (Trait.RELATED, "div", 7_500, 10_000, False, Trait.RELATED),
        (Trait.RELATED, "div", 7_501, 10_000, False, Trait.NONE),
        # a menu or a hidden box holds no good part of it
        (Trait.JUNK | Trait.HIDDEN, "div", 3_500, 10_000, False, Trait.JUNK | Trait.HIDDEN),
        (Trait.JUNK | Trait.HIDDEN, "div", 3_501, 10_000, False, Trait.NONE),
        # a byline, a date, a caption and a lead are a few lines
        (Trait.BYLINE | Trait.DATE, "div", 1_500, 10_000, False, Trait.BYLINE | Trait.DATE),
        (Trait.BYLINE | Trait.DATE, "div", 1_501, 10_000, False, Trait.NONE),
        (Trait.LEAD | Trait.COMMENT, "div", 1_501, 10_000, False, Trait.COMMENT),
    ],
)
def test_which_traits_of_an_element_are_believed(
    own: int, tag: str, size: int, whole: int, wanted: int, *, titled: bool
) -> None:
    assert believe(own, tag, size, whole, titled=titled) == wanted


CONSENT = "Chúng tôi sử dụng cookie để cải thiện trải nghiệm của bạn trên trang này."
HEADING = "Tăng tốc thi công tuyến kè chống sạt lở"


def bearing(trait: Trait, inner: str) -> list[bool]:
    return [bool(block.traits & trait) for block in scan(inner).blocks]


@pytest.mark.parametrize(
    ("box", "wanted"),
    [
        # 73 of 182 or 183 characters
        (f"<div><p>{CONSENT}</p><p>{'x' * 109}</p></div>", [True, True]),
        (f"<div><p>{CONSENT}</p><p>{'x' * 110}</p></div>", [False, False]),
        # a paragraph is no box, what else stands there is one
        (f"<p>{CONSENT}</p>", [False]),
        (f"<div>{CONSENT}</div>", [True]),
        (f"<section><p>{CONSENT}</p></section>", [True]),
        (f"<div class=related><div>{CONSENT}</div><i>x</i></div>", [True, True]),
        # a line of 60 characters is no prose
        (f"<div>{CONSENT[:60]}</div>", [False]),
        (f"<div>{CONSENT[:61]}</div>", [True]),
        # nor does the article stand in such a box
        (f"<div><h1>{HEADING}</h1><p>{CONSENT}</p></div>", [False, False]),
    ],
)
def test_a_box_that_asks_for_consent_is_hidden(box: str, wanted: list[bool]) -> None:
    assert bearing(Trait.HIDDEN, f"{box}<p>{LONG * 3}</p>") == [*wanted, False]


@pytest.mark.parametrize(("size", "junk"), [(100, True), (101, False)])
def test_a_box_of_which_half_is_the_place_of_the_text_is_no_furniture(
    size: int, *, junk: bool
) -> None:
    text = f"<div class=entry-content><p>{'a' * size}</p></div><p>{'b' * 100}</p>"
    inner = f"<div class=player>{text}</div><p>{'c' * 900}</p>"
    assert bearing(Trait.JUNK, inner) == [junk, junk, False]


@pytest.mark.parametrize(
    ("heading", "related"),
    [
        ("x" * 25, True),
        ("x" * 26, False),
        (f"<a href=/>{'x' * 19}</a>{'y' * 20}", False),
        (f"<a href=/>{'x' * 20}</a>{'y' * 20}", True),
    ],
)
def test_what_is_long_enough_for_a_headline(heading: str, *, related: bool) -> None:
    inner = f"<div class=related><h1>{heading}</h1><p>Một dòng</p></div><p>{LONG * 3}</p>"
    assert bearing(Trait.RELATED, inner)[1] is related


@pytest.mark.parametrize(
    ("size", "links", "others", "related"),
    [
        # less than a tenth of it are links
        (900, 89, 4_000, False),
        (900, 90, 4_000, True),
        # and it is a tenth of the page
        (888, 0, 8_000, True),
        (889, 0, 8_000, False),
    ],
)
def test_a_box_with_a_part_of_the_page_and_few_links_is_a_text(
    size: int, links: int, others: int, *, related: bool
) -> None:
    box = f"<div class=related><p>{'x' * size}</p><p><a href=/>{'z' * links}</a></p></div>"
    inner = box + f"<p>{'y' * 400}</p>" * (others // 400)
    assert bearing(Trait.RELATED, inner)[0] is related
