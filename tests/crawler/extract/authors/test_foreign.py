"""Bylines of other languages: which lines give names, and what a name is."""

from __future__ import annotations

import pytest

from crawler.extract.authors.foreign import (
    is_name,
    names_host,
    read_line,
    read_names,
    signing_lines,
)
from crawler.extract.dom.traits import Trait
from tests.support.markup import line, scan


def names_in(text: str, *, traits: int = 0, distance: int = 50) -> list[str]:
    lines = [(line(text, traits=traits), distance)]
    return next(signing_lines(lines, scan("<p>x</p>")), ([], ""))[0]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("By Jane Miller", ["Jane Miller"]),
        ("Von Anna Huber und Jan van der Berg, Frankfurt", ["Anna Huber", "Jan van der Berg"]),
        ("27.04.2024 | 14:07 | Von Eva Kirchner-Huber", ["Eva Kirchner-Huber"]),
        ("Published August 7, 2023 by Jane Miller", ["Jane Miller"]),
        ("Par Claire Dubois et Jean Martin", ["Claire Dubois", "Jean Martin"]),
        ("Reviewed by Jane Miller", []),
        ("By our own correspondent", []),
        ("By the River Thames stands a house", []),
    ],
)
def test_lines_that_begin_with_by(text: str, wanted: list[str]) -> None:
    assert names_in(text) == wanted


def test_by_counts_near_the_headline_and_a_named_element_anywhere() -> None:
    assert names_in("By Jane Miller", distance=500) == []
    assert names_in("Jane Miller") == []
    assert names_in("Jane Miller", traits=Trait.BYLINE, distance=500) == ["Jane Miller"]
    assert names_in("Jane Miller", traits=Trait.BYLINE | Trait.COMMENT) == []


def test_a_name_set_apart_from_a_date_signs() -> None:
    assert names_in("Jane Miller | 05.04.2025 - Update: 06.04.2025") == ["Jane Miller"]
    assert names_in("World News | 05.04.2025") == []
    assert names_in("Jane Miller | Ship of the year") == []


def test_names_that_stand_in_elements_of_their_own_are_several() -> None:
    page = scan("<div class=byline><a>Ann Lee</a> <a>Eva Van Dam</a></div>")
    assert next(signing_lines([(page.blocks[0], 0)], page))[0] == ["Ann Lee", "Eva Van Dam"]
    other = scan("<div class=byline><a>Ann Lee</a> <a>Senior Editor</a> <a>of nothing</a></div>")
    assert list(signing_lines([(other.blocks[0], 0)], other)) == []


def test_names_end_where_an_office_begins() -> None:
    assert read_names("Jane Miller, Senior Editor, Paul Smith") == ["Jane Miller"]
    assert read_names("Senior News Editor") == []


def test_what_a_name_is() -> None:
    assert all(map(is_name, ("Bill MCCARTHY", "Sheila R. Cotten", "Anna de la Cruz")))
    assert not any(map(is_name, ("Jane", "jane miller", "The Team", "Jane Miller 2")))


def test_the_name_of_the_site_is_no_person() -> None:
    assert names_host("n-tv NACHRICHTEN", "www.n-tv.de")
    assert names_host("STERN.de", "www.stern.de")
    assert not names_host("Jane Miller", "www.stern.de")


def test_a_line_that_gives_names_is_no_longer_than_a_long_line() -> None:
    head = "By Jane Miller, "
    assert names_in(head + "x" * (160 - len(head))) == ["Jane Miller"]
    assert names_in(head + "x" * (161 - len(head))) == []


@pytest.mark.parametrize(("distance", "counts"), [(399, True), (-399, True), (400, False)])
def test_by_begins_a_byline_within_four_hundred_letters(distance: int, *, counts: bool) -> None:
    assert names_in("By Jane Miller", distance=distance) == (["Jane Miller"] if counts else [])


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("Ann Lee", True),
        ("Ann", False),
        ("Ann Lee Bob Roe", True),
        ("Ann Lee Bob Roe Cat", False),
        ("Ann van", False),
        ("van Lee", False),
        ("Ann van der Lee", True),
        ("Ann lee", False),
        ("Ann Lee!", False),
        ("Jean-Paul O'Neil", True),
    ],
)
def test_names_are_two_to_four_words(name: str, *, is_one: bool) -> None:
    assert is_name(name) is is_one


@pytest.mark.parametrize(
    ("name", "host", "is_own"),
    [
        ("zdf", "www.zdf.de", True),
        ("zd", "www.zdf.de", False),
        ("news zdf", "zdf.de", True),
        ("news zd", "zd.de", False),
        ("Báo Example", "bao.example.vn", True),
        ("example bao", "bao.example.vn", True),
        ("Ann Lee", "bao.example.vn", False),
    ],
)
def test_which_names_are_the_sites_own(name: str, host: str, *, is_own: bool) -> None:
    assert names_host(name, host) is is_own


def test_one_name_in_an_element_of_its_own_is_no_row_of_names() -> None:
    page = scan("<div class=byline><a>Ann Lee</a> writes</div>")
    assert list(signing_lines([(page.blocks[0], 0)], page)) == []
    both = scan("<div class=byline><a>Ann Lee</a> <a>Ann Lee</a> <b>x</b></div>")
    assert list(signing_lines([(both.blocks[0], 0)], both)) == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Anna Moser, 01.11.2026", ["Anna Moser"]), ("ANNA MOSER", []),
        ("Anna Moser, eine Geschichte vom langen Weg", []), ("", []),
        ("Anna Moser, qwer", ["Anna Moser"]), ("Anna Moser, qwert", []),
    ],
)  # fmt: skip
def test_a_line_of_names_holds_nothing_but_names(text: str, names: list[str]) -> None:
    assert read_line(text) == names
