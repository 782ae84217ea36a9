"""What is known of a page once it is parsed."""

from __future__ import annotations

from crawler.extract.dom.markup import line_of
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
