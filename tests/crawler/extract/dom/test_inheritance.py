"""How far the name of an element is believed."""

from __future__ import annotations

import pytest

from crawler.extract.dom.inheritance import believe
from crawler.extract.dom.traits import Trait
from tests.support.markup import LONG, MORE, scan


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
