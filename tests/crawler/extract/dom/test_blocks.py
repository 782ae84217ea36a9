"""Lines, and the elements around them."""

from __future__ import annotations

import pytest

from crawler.extract.dom.blocks import closest, find_block, story_of, with_text
from tests.support.markup import line, scan


def test_bold_and_italic_are_so_for_nine_tenths() -> None:
    block = line("0123456789")
    block.bold, block.italic = 9, 8
    assert block.is_bold
    assert not block.is_italic
    assert not line("").is_bold


def test_density_is_the_share_of_links() -> None:
    block = line("0123456789")
    block.links = 4
    assert block.density == 0.4
    assert line("").density == 0.0


def test_another_text_keeps_place_and_share_of_styles() -> None:
    block = line("0123456789", tag="li", align="right")
    block.bold, block.line = 10, 2
    other = with_text(block, "01234")
    assert (other.tag, other.align, other.line, other.bold) == ("li", "right", 2, 5)


def test_elements_around_and_inside() -> None:
    found = scan("<table><tr><td><p>A</p></td></tr></table><p>B</p>")
    one, other = (block.el for block in found.blocks)
    table = closest(found, one, "table")
    assert table is not None
    assert found.inside(one, table)
    assert not found.inside(other, table)
    assert closest(found, other, "table") is None
    assert table in list(found.ancestors(one))
    assert not found.has_h1


def test_a_line_is_found_by_itself_then_by_its_words() -> None:
    found = scan("<p>A</p><p>B</p><p>B</p><img src=/a.jpg alt=C>")
    assert find_block(found, found.blocks[2]) == 2
    assert find_block(found, line("B")) == 1
    assert find_block(found, line("C")) is None


PROSE, SHORT = "x" * 61, "x" * 60


@pytest.mark.parametrize(
    ("texts", "size"),
    [
        ([PROSE] * 3, 183),
        ([PROSE] * 2, 0),
        ([PROSE, SHORT, PROSE, PROSE], 0),
        ([PROSE] * 4 + [SHORT] + [PROSE] * 3, 244),
        ([PROSE] * 3 + [SHORT] + [PROSE] * 4, 244),
    ],
)
def test_a_story_is_three_paragraphs_on_end(texts: list[str], size: int) -> None:
    assert story_of(map(line, texts)) == size


def test_a_story_goes_on_behind_a_heading_and_ends_at_a_link() -> None:
    heading, linked = line("Một tựa nhỏ", tag="h3"), line("Một tựa nhỏ", tag="h3")
    linked.links = 5
    assert story_of([line(PROSE), heading, line(PROSE), line(PROSE)]) == 183
    assert story_of([line(PROSE), linked, line(PROSE), line(PROSE)]) == 0
    half = line(PROSE + "x")
    half.links = 31
    assert story_of([half, line(PROSE), line(PROSE)]) == 0


@pytest.mark.parametrize(("styled", "whole"), [(90, True), (89, False)])
def test_a_style_is_that_of_the_line_from_nine_tenths_on(styled: int, *, whole: bool) -> None:
    block = line("x" * 100)
    block.bold = block.italic = styled
    assert (block.is_bold, block.is_italic) == (whole, whole)
    assert not line("").is_italic
    assert line("x").line == 0


def test_the_page_itself_is_around_nothing() -> None:
    found = scan("<div><p>A</p></div>")
    assert 0 not in found.ancestors(found.blocks[0].el)
    assert closest(found, found.blocks[0].el, found.tags[0]) is None


def test_pictures_and_short_links_break_no_story() -> None:
    picture = line(SHORT)
    picture.image = "/a.jpg"
    assert story_of([line(PROSE), picture, line(PROSE), line(PROSE)]) == 183
    linked = line(PROSE)
    linked.links = 25
    assert story_of([linked, line(PROSE), line(PROSE)]) == 183
    assert story_of([line(PROSE), line(SHORT)] + [line(PROSE)] * 3) == 183


def test_a_picture_is_no_line_of_the_same_words() -> None:
    found = scan("<p>A</p><img src=/a.jpg alt=B>")
    picture = line("A")
    picture.image = "/b.jpg"
    assert find_block(found, picture) is None
    assert find_block(found, found.blocks[1]) == 1
