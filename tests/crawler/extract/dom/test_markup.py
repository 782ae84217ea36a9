"""What is known of a page once it is parsed."""

from __future__ import annotations

import pytest

from crawler.extract.dom.markup import line_of, parse_page
from tests.support.markup import URL, parse


def test_meta_tags_by_any_of_their_names_in_order() -> None:
    page = parse("", "<meta property=OG:Title content=' a '><meta name=og:title content=b>")
    assert page.metas["og:title"] == ["a", "b"]
    assert page.meta("none", "og:title") == "a"
    assert page.meta("none") is None


def test_addresses_are_relative_to_the_base_and_only_http() -> None:
    page = parse("", "<base href=/x/>")
    assert page.absolute("a.jpg") == "https://bao.example.vn/x/a.jpg"
    assert page.absolute("mailto:a@b.vn") is None
    assert page.absolute("http://[") is None
    assert parse("").absolute("b.html") == URL.replace("tin-a1", "b")
    assert page.host == "bao.example.vn"


def test_all_text_of_a_node_is_one_line() -> None:
    page = parse("<div>a\n<p> b </p></div>")
    assert line_of(page.tree.css_first("div")) == "a b"
    assert line_of(None) == ""


def test_a_stray_end_of_the_document_changes_nothing() -> None:
    page = parse("<p>a</p></html><p id=b>b</p>")
    assert page.tree.css_first("body #b") is not None


def test_four_hundred_thousand_letters_of_a_line_are_read() -> None:
    page = parse(f"<p>{'x' * 400_001}</p>")
    assert len(line_of(page.tree.css_first("p"))) == 400_000


def test_elements_that_several_rules_ask_for_are_noted_once() -> None:
    page = parse(
        "<time datetime=2026-11-01>a</time><time>b</time><time itemprop=datePublished>c</time>"
        "<b property='schema:dateCreated'>d</b><b property='schema:datePublished'>e</b>"
        "<b itemprop=datePublished property='schema:datePublished'>f</b>"
        "<a rel=tag href=/x class=tag>g</a><a rel=category href=/y>h</a><a href=/z>i</a>"
        "<script>j</script><script type='Text/X'>k</script>"
    )
    assert [node.text() for node in page.times] == ["a"]
    assert [node.text() for node in page.dated] == ["c", "d", "e", "f", "f"]
    assert [node.text() for node in page.labels] == ["g", "h"]
    assert len(page.scripts) == 2


def test_meta_tags_by_each_way_to_name_them() -> None:
    head = (
        "<meta name=A content=1><meta property=' a ' content=2><meta itemprop=a content=3>"
        "<meta http-equiv=a content=' 4 '><meta name=a content=''><meta name=b>"
        "<meta itemprop=datePublished content=5>"
    )
    page = parse("", head)
    assert page.metas["a"] == ["1", "2", "3", "4"]
    assert "b" not in page.metas
    assert page.metas["datepublished"] == ["5"]
    assert len(page.dated) == 1


def test_the_first_base_counts() -> None:
    assert parse("", "<base href=/x/><base href=/y/>").base == "https://bao.example.vn/x/"
    assert parse("", "<base href=mailto:x>").base == URL
    assert parse("", "<link href=/x/>").base == URL


def test_bytes_that_are_known_are_read_as_the_text_is() -> None:
    text = "<p>Tỉnh</p>"
    for raw in (None, text.encode()):
        page = parse_page(text, URL, raw)
        assert line_of(page.tree.css_first("p")) == "Tỉnh"
    cut = "<b>" * 5000 + "Tỉnh"
    assert parse_page(cut, URL, cut.encode()).tree.body is not None


def test_a_line_is_read_up_to_its_most_characters() -> None:
    page = parse_page(f"<p>{'x' * 400_001}</p>", URL)
    assert len(line_of(page.tree.css_first("p"))) == 400_000
    assert line_of(None) == ""


@pytest.mark.parametrize(
    ("url", "is_own"),
    [
        (URL, True), ("https://m.bao.example.vn/amp/tin-a1.html#x", True),
        (f"{URL}/", True), ("https://bao.example.vn/tin-a2.html", False),
        ("https://bao.example.vn/", False), ("tin-a1.html", True), (f"{URL}?x", False),
    ],
)  # fmt: skip
def test_an_address_is_the_pages_own_by_its_last_part(url: str, is_own: bool) -> None:
    assert parse("").is_own(url) is is_own
