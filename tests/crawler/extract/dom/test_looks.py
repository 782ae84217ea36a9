"""What the attributes of one element say of what is inside it."""

from __future__ import annotations

import pytest

from crawler.extract.dom.breaks import split_lines
from crawler.extract.dom.looks import (
    BOLD,
    ITALIC,
    LINK,
    MARKED,
    Attributes,
    _style,
    image_source,
    look_of,
)
from crawler.extract.dom.traits import Trait


def test_each_style_is_a_bit_of_its_own() -> None:
    assert _style("a", None, None, is_link=True) == 1
    assert [_style(tag, None, None, is_link=False) for tag in ("b", "i", "a")] == [2, 4, 0]
    assert split_lines([("Một.", 0), ("\n", 8), ("Hai", 0)]) == [[("Một.", 0)], [("Hai", 0)]]
    assert MARKED == 16


@pytest.mark.parametrize(
    ("tag", "attributes", "style"),
    [
        ("b", {}, BOLD),
        ("strong", {}, BOLD),
        ("i", {}, ITALIC),
        ("em", {}, ITALIC),
        ("cite", {}, ITALIC),
        ("a", {"href": "/"}, LINK),
        ("a", {"href": None}, LINK),
        ("a", {"name": "x"}, 0),
        ("a", {"href": "/", "class": "text-bold"}, LINK),
        ("a", {"href": "/", "style": "font-weight:700"}, LINK),
        ("a", {"class": "text-bold"}, BOLD),
        ("span", {"href": "/"}, 0),
        ("span", {"class": "text-bold"}, BOLD),
        ("span", {"style": "font-weight:700"}, BOLD),
        ("span", {"class": "text-bold", "style": "color:red"}, BOLD),
        ("span", {"class": "text-bold", "id": "x"}, BOLD),
        ("i", {"class": "text-bold"}, ITALIC),
        ("i", {"style": "font-weight:700"}, ITALIC),
        ("p", {}, 0),
    ],
)
def test_style(tag: str, attributes: Attributes, style: int) -> None:
    assert look_of(tag, attributes, [])[1] == style


@pytest.mark.parametrize(
    ("attributes", "align"),
    [
        ({}, ""),
        ({"class": "text-right"}, "right"),
        ({"class": "text-right", "id": "x"}, "right"),
        ({"class": "text-right", "style": "color:red"}, "right"),
        ({"class": "text-right", "align": "left"}, "right"),
        ({"align": "right"}, "right"),
        ({"style": "text-align:center"}, "center"),
        ({"align": "center", "style": "text-align:right"}, "center"),
    ],
)
def test_alignment_from_each_place(attributes: Attributes, align: str) -> None:
    assert look_of("p", attributes, [])[2] == align


@pytest.mark.parametrize(
    ("attributes", "wanted"),
    [
        ({}, Trait.NONE),
        ({"class": "related"}, Trait.RELATED),
        ({"class": None}, Trait.NONE),
        ({"id": "related"}, Trait.RELATED),
        ({"class": "related", "id": "caption"}, Trait.RELATED | Trait.CAPTION),
        ({"type": "RelatedNewsBox"}, Trait.RELATED),
        ({"type": "content"}, Trait.NONE),
        ({"type": "caption"}, Trait.NONE),
        ({"style": "display:none"}, Trait.HIDDEN),
        ({"style": "display:block"}, Trait.NONE),
        ({"hidden": None}, Trait.HIDDEN),
        ({"role": "dialog"}, Trait.HIDDEN),
        ({"role": "alertdialog"}, Trait.HIDDEN),
        ({"role": "main"}, Trait.NONE),
        ({"aria-modal": "true"}, Trait.HIDDEN),
        ({"aria-modal": "false"}, Trait.NONE),
        ({"itemprop": "articleBody"}, Trait.CONTENT),
        ({"itemprop": "articleSection"}, Trait.NONE),
        ({"class": "related", "role": "dialog"}, Trait.RELATED | Trait.HIDDEN),
        ({"title": "related"}, Trait.NONE),
    ],
)
def test_traits_from_each_attribute(attributes: Attributes, wanted: Trait) -> None:
    assert look_of("div", attributes, [])[0] == wanted


@pytest.mark.parametrize(
    ("attributes", "names"),
    [
        ({"class": "a b", "id": "c"}, ["a b", "c"]),
        ({"class": "", "id": ""}, []),
        ({"class": None, "id": None}, []),
        ({"id": "c", "title": "d"}, ["c"]),
        ({"class": "a", "style": "x"}, ["a"]),
    ],
)
def test_class_and_id_are_kept_as_seen(attributes: Attributes, names: list[str]) -> None:
    seen: list[str] = []
    look_of("p", attributes, seen)
    assert seen == names


@pytest.mark.parametrize(
    ("attributes", "wanted"),
    [
        ({"data-src": "/1.jpg", "data-original": "/2.jpg"}, "/1.jpg"),
        ({"data-original": "/1.jpg", "data-lazy-src": "/2.jpg"}, "/1.jpg"),
        ({"data-lazy-src": "/1.jpg", "data-lazy": "/2.jpg"}, "/1.jpg"),
        ({"data-lazy": "/1.jpg", "data-image": "/2.jpg"}, "/1.jpg"),
        ({"data-image": "/1.jpg", "data-url": "/2.jpg"}, "/1.jpg"),
        ({"data-url": "/1.jpg", "src": "/2.jpg"}, "/1.jpg"),
        ({"data-src": " ", "src": " /2.jpg\n"}, "/2.jpg"),
        ({"data-src": None, "src": "/2.jpg"}, "/2.jpg"),
        ({"data-src": "data:image/gif;base64,R0", "src": "/2.jpg"}, "/2.jpg"),
        ({"src": "blob:x"}, None),
        ({"src": "about:blank"}, None),
        ({"src": "javascript:x"}, None),
        ({"src": "/a.jpg", "width": "1"}, None),
        ({"src": "/a.jpg", "width": "49"}, None),
        ({"src": "/a.jpg", "width": "50"}, "/a.jpg"),
        ({"src": "/a.jpg", "height": "49px"}, None),
        ({"src": "/a.jpg", "width": "600", "height": "1"}, None),
        ({"src": "/a.jpg", "width": "10%"}, "/a.jpg"),
        ({"src": "/a.jpg", "width": None, "height": ""}, "/a.jpg"),
    ],
)
def test_where_a_picture_lies_and_which_are_icons(
    attributes: Attributes, wanted: str | None
) -> None:
    assert image_source(attributes) == wanted
