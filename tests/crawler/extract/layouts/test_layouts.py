"""When a layout is tried, and that every layout is whole."""

from __future__ import annotations

import datetime as dt

import pytest

from crawler.extract.layouts import Layout, all_layouts, has_body, has_marks, layouts_of, may_show
from crawler.sources import Layout as SourceLayout
from crawler.sources import Source
from tests.support.markup import parse, scan

VNPT_DAY = dt.date(2020, 1, 1)


@pytest.mark.parametrize("layout", all_layouts().values(), ids=lambda layout: layout.name)
def test_every_layout_has_marks_and_a_place_of_text_that_are_selectors(layout: Layout) -> None:
    page = parse("<p>x</p>")
    assert layout.marks
    assert layout.body
    assert not has_marks(page, layout)
    for selectors in (layout.title, layout.summary, layout.date, layout.author, layout.source):
        assert [page.tree.css(each) for each in selectors] == [[]] * len(selectors)
    for selectors in (layout.crumbs, layout.tags, layout.drop):
        assert [page.tree.css(each) for each in selectors] == [[]] * len(selectors)


def test_all_marks_must_show_and_one_place_of_text() -> None:
    layout = Layout(name="x", marks=(".a", ".b, .c"), body=(".none", ".a"))
    assert has_marks(parse("<i class=a></i><i class=c></i>"), layout)
    assert not has_marks(parse("<i class=a></i>"), layout)
    assert has_body(parse("<i class=a></i>"), layout)
    assert not has_body(parse("<i class=b></i>"), layout)


def test_names_of_a_page_rule_layouts_out_without_looking() -> None:
    layout = Layout(name="x", marks=("div .a", ".b, #c", "meta[content]"), body=(".a",))
    assert may_show(layout, {"a", "c"})
    assert not may_show(layout, {"a"})
    assert may_show(Layout(name="x", marks=("h1",), body=("p",)), set())


def test_the_source_layouts_of_the_day_go_before_those_that_the_page_shows() -> None:
    inner = (
        "<div class='item-page'><dl class=article-info></dl><div class=content-fck>x</div></div>"
    )
    page, names = parse(inner), scan(inner).names
    source = Source(
        id="x",
        name="X",
        province="Tỉnh X",
        homepage="https://bao.example.vn/",
        layouts=(SourceLayout(name="content_fck", until=VNPT_DAY),),
    )

    def of(day: dt.date | None, chosen: Source | None = source) -> list[str]:
        return [layout.name for layout in layouts_of(page, chosen, day, names)]

    assert of(None, None) == ["content_fck", "joomla"]
    assert of(VNPT_DAY) == ["content_fck", "joomla"]
    named = [each.name for each in layouts_of(page, source, VNPT_DAY + dt.timedelta(1), names)]
    assert sorted(named) == ["content_fck", "joomla"]


BEGIN, END = dt.date(2020, 1, 1), dt.date(2021, 12, 31)
ONE = dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("since", "until", "day", "tried"),
    [
        *((BEGIN, END, BEGIN, True), (BEGIN, END, BEGIN - ONE, False)),
        *((BEGIN, END, END, True), (BEGIN, END, END + ONE, False)),
        *((BEGIN, None, END, True), (BEGIN, None, BEGIN - ONE, False)),
        *((None, END, BEGIN, True), (None, END, END + ONE, False), (None, None, BEGIN, True)),
        # Without a day it is the layout of today.
        *((BEGIN, None, None, True), (None, None, None, True), (BEGIN, END, None, False)),
    ],
)
def test_a_layout_that_a_page_does_not_show_is_tried_in_the_span_that_the_source_gives(
    since: dt.date | None, until: dt.date | None, day: dt.date | None, tried: bool
) -> None:
    span = SourceLayout(name="joomla", since=since, until=until)
    home = "https://bao.example.vn/"
    source = Source(id="x", name="X", province="Huế", homepage=home, layouts=(span,))
    found = layouts_of(parse("<div class=item-page>x</div>"), source, day)
    assert [layout.name for layout in found] == (["joomla"] if tried else [])


@pytest.mark.parametrize(
    ("inner", "own"),
    [
        ("<a>kè</a><a>lũ</a><a>bão</a>", ["kè", "lũ", "bão"]),
        ("<a>kè</a><a>lũ</a> <a>bão</a>", ["kè", "lũ"]),
        ("<a>kè</a> <a>lũ</a><a>bão</a>", ["kè"]),
        (" <a>kè</a>", ["kè"]),
        ("", []),
    ],
)
def test_tags_of_the_site_stand_on_lines_of_their_own(inner: str, own: list[str]) -> None:
    links = parse(f"<p>{inner}</p>").tree.css("a")
    pick = all_layouts()["content_fck"].pick_tags
    assert pick is not None
    assert [link.text() for link in pick(links)] == own
