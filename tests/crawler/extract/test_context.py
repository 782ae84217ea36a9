"""What the steps of extraction ask of a page."""

from __future__ import annotations

from crawler.extract.layouts import Layout
from tests.support.markup import context

PAGE = "<b class=a> </b><b class=a>Một  hai</b><b class=a>Ba</b><i class=c>Bốn</i><i class=d></i>"


def test_the_first_text_is_that_of_the_first_selector_that_finds_any() -> None:
    page = context(PAGE)
    assert page.first_text(".none", ".d", ".a", ".c") == "Một hai"
    assert page.first_text(".none", ".d") is None
    empty = context("<b class=a></b>" * 4 + "<b class=a>Một</b>")
    assert empty.first_text(".a") == "Một"
    assert context("<b class=a></b>" * 5 + "<b class=a>Một</b>").first_text(".a") is None


def test_lines_and_nodes_by_selectors() -> None:
    page = context(PAGE)
    assert page.lines_at(".c", ".none", ".a", ".d") == ["Bốn", "Một hai"]
    nodes = page.nodes_at(".none", ".a", ".c")
    assert nodes is not None
    assert [node.text() for node in nodes] == [" ", "Một  hai", "Ba"]
    assert page.nodes_at(".none") is None
    assert page.nodes_at() is None


def test_the_name_of_a_layout_is_empty_without_one() -> None:
    page = context(PAGE)
    assert page.layout_name == ""
    page.layout = Layout(name="x", marks=(), body=())
    assert page.layout_name == "x"


def test_a_page_of_which_nothing_is_known() -> None:
    page = context(PAGE)
    assert (page.repeated, page.names, page.layout, page.headline) == ((), (), None, None)
    assert page.foreign is False
