"""Where names of authors may stand on a page, and what the page states."""

from __future__ import annotations

import pytest

from crawler.extract.authors.proposals import (
    find_text,
    list_lines,
    list_stated,
    may_sign,
    name_outlets,
)
from crawler.extract.dom.structured import Structured
from crawler.extract.layouts import Layout
from tests.support.markup import LONG, MORE, context, line, parse

BODY = f"<p>{LONG}</p><p>{MORE}</p>"
DATED = "Đặng Hiền 15/11/2023"


def lines(above: str = "", below: str = "", *, title: bool = True) -> list[tuple[str, str, float]]:
    page = context(f"{'<h1>Tựa</h1>' if title else ''}{above}{BODY}{below}")
    texts = [block for block in page.scan.blocks if block.text in (LONG, MORE)]
    return list_lines(page, texts, [], [])


def test_lines_come_with_their_place_and_our_trust_in_it() -> None:
    page = context(
        f"<h1>Tựa</h1><i class=by>Một</i><div class=author>Hai</div><p>{DATED}</p>{BODY}"
    )
    page.layout = Layout(name="x", marks=(), body=(), author=(".by",))
    texts = [block for block in page.scan.blocks if block.text in (LONG, MORE)]
    assert list_lines(page, texts, ["Ba"], ["Bốn"]) == [
        ("Một", "layout x", 0.95),
        ("Bốn", "end of text", 0.9),
        ("Ba", "line near the text", 0.8),
        ("Hai", "line near the text", 0.8),
        (DATED, "line of the date", 0.75),
    ]


def near(above: str = "", below: str = "") -> list[str]:
    return [text for text, how, _ in lines(above, below) if how == "line near the text"]


@pytest.mark.parametrize(
    ("below", "wanted"),
    [
        ("<p align=right>Lê Anh</p>", ["Lê Anh"]),
        ("<p>Lê Anh</p>", []),
        ("<p>Tác giả: Lê Anh</p>", ["Tác giả: Lê Anh"]),
        ("<p>Theo TTXVN</p>", ["Theo TTXVN"]),
        ("<h3 align=right>Lê Anh</h3>", []),
        ("<p align=right><img src=/a.jpg alt='Lê Anh'></p>", []),
        ("<p>x</p>" * 2 + "<p align=right>Lê Anh</p>", ["Lê Anh"]),
        ("<p>x</p>" * 3 + "<p align=right>Lê Anh</p>", []),
        (f"<p align=right>{'x' * 120}</p>", ["x" * 120]),
        (f"<p align=right>{'x' * 121}</p>", []),
    ],
)
def test_lines_right_behind_the_text(below: str, wanted: list[str]) -> None:
    assert near(below=below) == wanted


@pytest.mark.parametrize(
    ("above", "wanted"),
    [
        ("<div class=author>Anh</div>", ["Anh"]),
        ("<div class=author>An</div>", []),
        (f"<div class=author>{'x' * 160}</div>", ["x" * 160]),
        (f"<div class=author>{'x' * 161}</div>", []),
        ("<div class='related'><p class=author>Anh</p></div>", ["Anh"]),
        ("<div class=comments><p class=author>Anh</p></div>", []),
        ("<div>Anh</div>", []),
    ],
)
def test_lines_named_as_bylines(above: str, wanted: list[str]) -> None:
    assert near(above) == wanted


@pytest.mark.parametrize(
    ("above", "found"),
    [
        (f"<p>{DATED}</p>", True),
        ("<p>x</p>" * 10 + f"<p>{DATED}</p>", True),
        ("<p>x</p>" * 11 + f"<p>{DATED}</p>", False),
        ("<p>Đặng Hiền</p>", False),
        (f"<p>{DATED.ljust(120, 'x')}</p>", True),
        (f"<p>{DATED.ljust(121, 'x')}</p>", False),
        (f"<img src=/a.jpg alt='{DATED}'>", False),
    ],
)
def test_lines_of_the_date(above: str, *, found: bool) -> None:
    assert any(how == "line of the date" for _, how, _ in lines(above)) is found


@pytest.mark.parametrize(("between", "found"), [(2, True), (3, False)])
def test_a_date_may_stand_a_little_above_the_headline(between: int, *, found: bool) -> None:
    page = context(f"<p>{DATED}</p>{'<p>x</p>' * between}<h1>Tựa</h1>{BODY}")
    texts = [block for block in page.scan.blocks if block.text in (LONG, MORE)]
    assert bool(list_lines(page, texts, [], [])) is found


def test_without_a_headline_or_a_text_no_date_line_is_looked_for() -> None:
    assert not any(how == "line of the date" for _, how, _ in lines(f"<p>{DATED}</p>", title=False))
    page = context(f"<h1>Tựa</h1><p>{DATED}</p>")
    assert list_lines(page, [], [], []) == []


def test_where_a_text_begins_and_ends() -> None:
    scan = context(f"<h1>Tựa</h1><p>x</p>{BODY}<p>y</p>").scan
    assert find_text(scan, scan.blocks[2:4], 0) == (2, 3)
    assert find_text(scan, [line(LONG), line(MORE)], 0) == (2, 3)
    assert find_text(scan, [line("x")], 0) == (0, 12)
    assert find_text(scan, [], 1) == (1, 13)
    assert find_text(scan, [], None) == (0, 12)
    for length, wanted in ((60, (0, 12)), (61, (0, 0))):
        one = context(f"<p>{'x' * length}</p>").scan
        assert find_text(one, [line("x" * length)], None) == wanted


@pytest.mark.parametrize(
    ("length", "tag", "signs"),
    [(120, "p", True), (121, "p", False), (9, "h1", False), (9, "h3", False), (9, "h4", True)],
)
def test_which_lines_may_sign(length: int, tag: str, *, signs: bool) -> None:
    assert may_sign(line("x" * length, tag=tag)) is signs


def test_what_machines_are_told_of_authors() -> None:
    page = parse("", "<meta name=author content='Ba'><meta name=author content='http://x'>")
    data = Structured(authors=["Một", "http://x", "Hai", "Một"])
    assert list(list_stated(page, data)) == [
        ("Một; Hai", "json-ld author", 0.85),
        ("Ba", "meta author", 0.7),
    ]
    links = parse("", "<meta name=author content='http://x'>")
    assert list(list_stated(links, Structured(authors=["http://x"]))) == []


def test_names_of_the_paper() -> None:
    head = "<meta property=og:site_name content=Một><meta name=copyright content=Hai>"
    assert name_outlets(parse("", head), Structured(organizations=["Ba"])) == ["Ba", "Một", "Hai"]
    assert name_outlets(parse(""), Structured()) == []
