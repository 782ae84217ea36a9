"""Which lines may carry date and byline."""

from __future__ import annotations

import pytest

from crawler.extract.dom.around import lines_around
from tests.support.markup import LONG, scan


def test_distance_is_counted_from_the_headline_both_ways() -> None:
    found = scan("<p>ab</p><p>cde</p><h1>Tựa</h1><p>fg</p><img src=/a.jpg><p>h</p>")
    near = [(block.text, apart) for block, apart in lines_around(found, 2, 3, 5)]
    assert near == [("cde", -3), ("ab", -5), ("fg", 3), ("h", 5)]


def test_long_lines_and_the_headline_itself_are_left_out() -> None:
    found = scan(f"<h1>Tựa</h1><p>{LONG * 2}</p><p>ngày</p>")
    assert [block.text for block, _ in lines_around(found, 0, 1, 2)] == ["ngày"]


def test_related_boxes_count_within_the_text_and_not_behind_it() -> None:
    found = scan(f"<h1>Tựa</h1><p>{LONG}</p><div class=related><p>1/1/2024</p></div>")
    assert "1/1/2024" in [block.text for block, _ in lines_around(found, 0, 1, 2)]
    assert "1/1/2024" not in [block.text for block, _ in lines_around(found, 0, 1, 1)]


def test_reach_is_forty_lines() -> None:
    found = scan("<h1>Tựa</h1>" + "".join(f"<p>{n}</p>" for n in range(60)))
    assert len(lines_around(found, 0, 1, 2)) == 39
    assert len(lines_around(found, 0, 1, 45)) == 56


PAGE = "<p>a</p><p>bb</p><h1>ccc</h1><p>dddd</p><img src=/x.jpg alt=xxxxx><p>eeeee</p>"


@pytest.mark.parametrize(
    ("title", "first", "wanted"),
    [
        (2, 3, [("bb", -2), ("a", -3), ("dddd", 3), ("eeeee", 7)]),
        (None, 3, [("bb", -2), ("a", -3), ("ccc", 0), ("dddd", 3), ("eeeee", 7)]),
        (None, 1, [("a", 0), ("bb", 1), ("ccc", 3), ("dddd", 6), ("eeeee", 10)]),
        (None, 0, [("a", 0), ("bb", 1), ("ccc", 3), ("dddd", 6), ("eeeee", 10)]),
    ],
)
def test_distances_are_counted_from_the_headline(
    title: int | None, first: int, wanted: list[tuple[str, int]]
) -> None:
    found = lines_around(scan(PAGE), title, first, 5)
    assert [(block.text, distance) for block, distance in found] == wanted


def test_pictures_above_the_headline_are_no_lines() -> None:
    page = f"<p>a</p><img src=/x.jpg alt=xxxxx><h1>ccc</h1><p>{'d' * 200}</p><p>{'e' * 201}</p>"
    found = lines_around(scan(page), 2, 3, 4)
    assert [(block.text[:1], distance) for block, distance in found] == [("a", -1), ("d", 3)]
    above = f"<p>{'a' * 200}</p><p>{'b' * 201}</p><h1>c</h1>"
    assert [block.text[:1] for block, _ in lines_around(scan(above), 2, 3, 4)] == ["a"]


def lines_of(count: int, title: int, last: int, end: int = 0) -> list[int]:
    found = scan("".join(f"<p>{number}</p>" for number in range(count)))
    return [int(block.text) for block, _ in lines_around(found, title, title + 1, last, end)]


def test_how_far_around_headline_and_text_lines_are_looked_for() -> None:
    assert min(lines_of(100, 50, 60)) == 11
    assert max(lines_of(100, 50, 60)) == 89
    assert max(lines_of(100, 10, 80)) == 91
    assert max(lines_of(100, 10, 20, 70)) == 81
    assert [n for n in lines_of(100, 10, 20, 70) if 45 < n < 72] == [46, 47, 48, 49, 68, 69, 70, 71]
