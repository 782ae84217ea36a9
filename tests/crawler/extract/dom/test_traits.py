"""What names and styles say about an element."""

from __future__ import annotations

import pytest

from crawler.extract.dom.traits import Trait, alignment, is_bold_type, is_invisible, traits_of


@pytest.mark.parametrize(
    ("names", "trait"),
    [
        ("site-nav", Trait.JUNK),
        ("siteNav", Trait.JUNK),
        ("nav_top", Trait.JUNK),
        ("NAV", Trait.JUNK),
        ("ad300x250", Trait.JUNK),
        ("top2-ad", Trait.JUNK),
        ("1menu", Trait.JUNK),
        ("fb-comments", Trait.COMMENT),
        ("section-kommentare", Trait.COMMENT),
        ("diskuse", Trait.COMMENT),
        ("perex", Trait.LEAD),
        ("box tin-lien-quan", Trait.RELATED),
        ("tu-khoa", Trait.TAGS),
        ("breadcrumb", Trait.CRUMBS),
        ("bildunterschrift", Trait.CAPTION),
        ("detail-sapo", Trait.LEAD),
        ("tac-gia", Trait.BYLINE),
        ("ngay-dang", Trait.DATE),
        ("nguon-tin", Trait.SOURCE),
        ("entry-content", Trait.CONTENT),
        ("tieu-de", Trait.TITLE),
        ("pull-quote", Trait.QUOTE),
        ("a sr-only", Trait.HIDDEN),
        ("visuallyhidden", Trait.HIDDEN),
    ],
)
def test_a_name_says_what_it_is(names: str, trait: int) -> None:
    assert traits_of(names) & trait


@pytest.mark.parametrize(
    "names",
    [
        "navy",
        "unhidden",
        "downloads",
        "k12",
        "col-md-8 row",
        "x925ad6",
        "f4515ad",
        "1nav2",
        "kommentar",
    ],
)
def test_part_of_a_word_says_nothing(names: str) -> None:
    assert traits_of(names) == Trait.NONE


def test_each_trait_is_a_bit_of_its_own() -> None:
    bits = [bit for name, bit in vars(Trait).items() if name.isupper() and bit]
    assert sum(bits) == (1 << len(bits)) - 1
    assert all(bit.bit_count() == 1 for bit in bits)


def test_the_longest_names_have_four_parts_at_most() -> None:
    assert traits_of("tin-cung-chuyen-muc") & Trait.RELATED
    assert traits_of("x-tin-cung-chuyen-muc-y") & Trait.RELATED


def test_inline_styles() -> None:
    assert is_invisible("color:red; Display : none")
    assert not is_invisible("display:block")
    assert is_bold_type(None, "font-weight:700")
    assert not is_bold_type(None, "font-weight:400")
    assert is_bold_type("text-bold", None)
    assert not is_bold_type("boldly", None)


@pytest.mark.parametrize(
    ("style", "align", "names", "wanted"),
    [
        ("text-align: right", None, None, "right"),
        ("text-align: end", None, None, "right"),
        (None, "CENTER", None, "center"),
        ("text-align:right", "center", None, "center"),
        (None, "justify", None, ""),
        (None, None, "col text-right", "right"),
        (None, None, "text-center", "center"),
        (None, None, "brightness", ""),
    ],
)
def test_alignment(style: str | None, align: str | None, names: str | None, wanted: str) -> None:
    assert alignment(style, align, names) == wanted


@pytest.mark.parametrize(
    ("names", "trait", "there"),
    [
        ("tieu-de", Trait.TITLE, True),
        ("title-cat", Trait.TITLE, False),
        ("tieude-cm", Trait.TITLE, False),
        ("tiêu-đề", Trait.TITLE, False),
        ("bình-luận nav", Trait.JUNK, True),
        ("hidden", Trait.HIDDEN, True),
        ("HIDDEN", Trait.HIDDEN, True),
        ("hidden-x", Trait.HIDDEN, False),
        ("mainNav", Trait.JUNK, True),
        ("MAINNAV", Trait.JUNK, False),
    ],
)
def test_what_names_say_and_do_not(names: str, trait: int, *, there: bool) -> None:
    assert bool(traits_of(names) & trait) is there


@pytest.mark.parametrize(
    ("names", "style", "bold"),
    [
        ("fw-700", None, True),
        ("600", None, True),
        ("fw-500", None, False),
        ("x100", None, False),
        ("font-bold", None, True),
        (None, "font-weight: 600", True),
        (None, "font-weight: 500", False),
        (None, "color: bold", False),
        ("boldly", "font-weight:bold", True),
        (None, None, False),
    ],
)
def test_what_sets_an_element_in_bold(names: str | None, style: str | None, *, bold: bool) -> None:
    assert is_bold_type(names, style) is bold


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        ("text-end", "right"),
        ("align-center", "center"),
        ("align-right", "right"),
        ("trend", ""),
        ("text-centered", ""),
        ("right", ""),
    ],
)
def test_names_that_align(names: str, wanted: str) -> None:
    assert alignment(None, None, names) == wanted
