"""Boxes that nobody closed: browsers show the text inside, and so do we."""

from __future__ import annotations

import pytest

from crawler.extract import extract
from crawler.extract.dom.blocks import story_of
from crawler.extract.dom.walk import _links_around_prose
from tests.support.markup import LONG, MORE, THIRD, URL, line, parse, scan

TITLE = "Huyện kiểm tra tiến độ thi công tuyến kè ở An Thạnh"
FOURTH = "Sạt lở đã lấy đi gần hai héc ta đất vườn của bảy hộ dân trong ấp từ đầu mùa mưa đến nay."
PARAGRAPHS = [LONG, MORE, THIRD, FOURTH]
BODY = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
LINKS = "".join(f"<li><a href=/bai-so-{n}-a10{n}.html>Bài khác số {n}</a></li>" for n in range(6))
IMPRINT = "<div class=footer><p>Báo Tỉnh. Giấy phép số 12/GP-BTTTT. Số 41 Phan Bội Châu</p></div>"
NAMES = [
    *("related", "tin-lien-quan", "more-news", "sidebar", "share", "tags", "ads", "popup"),
    *("comment", "menu", "login", "newsletter", "widget-area"),
]


def missing(inner: str) -> list[str]:
    """Return the paragraphs of the text that an article lacks."""
    page = f"<html><body><div class=w>{inner}{IMPRINT}</body></html>"
    article = extract(page.encode(), url=URL, fetched_at="2026-11-24T01:00:00Z")
    text = f"{article.summary or ''}\n{article.body}"
    assert "Bài khác" not in text
    return [each for each in PARAGRAPHS if each not in text]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("tag", ["div", "ul", "section", "span"])
def test_a_name_has_no_verdict_over_paragraphs_on_end(name: str, tag: str) -> None:
    if tag != "span":
        assert missing(f"<h1>{TITLE}</h1><{tag} class={name}>{LINKS}<div>{BODY}</div>") == []
        assert missing(f"<h1>{TITLE}</h1><p>{FOURTH}</p><{tag} class={name}>{LINKS}{BODY}") == []
    assert missing(f"<{tag} class={name}><i>Nghe</i><h1>{TITLE}</h1><div>{BODY}</div>") == []
    assert missing(f"<h1>{TITLE}</h1><{tag} class={name}><i>Nghe</i><div>{BODY}</div>") == []


CHOICES = ["select><option", "select><optgroup><option", "select", "select><option>Năm<option"]


@pytest.mark.parametrize("tag", ["nav", "button", "footer", "map", "nav class=menu", *CHOICES])
def test_an_unclosed_box_that_is_skipped_is_read(tag: str) -> None:
    assert missing(f"<{tag}><i>Nghe</i><h1>{TITLE}</h1><div>{BODY}</div>") == []
    assert missing(f"<h1>{TITLE}</h1><{tag}>Nghe đọc bài<div>{BODY}</div>") == []
    assert missing(f"<h1>{TITLE}</h1><p>{FOURTH}</p><p><{tag}>Chia sẻ</p>{BODY}") == []


@pytest.mark.parametrize("name", ["related", "more"])
def test_a_heading_inside_an_unclosed_box_takes_no_text_with_it(name: str) -> None:
    box = f"<div class={name}>Tin liên quan<ul>{LINKS}</ul>{BODY}"
    assert missing(f"<h1>{TITLE}</h1><div><p>{FOURTH}</p>{box}</div>") == []


def test_a_closed_menu_or_imprint_stays_skipped() -> None:
    menu = f"<nav><ul>{LINKS}</ul><p>{LONG}</p></nav>"
    imprint = f"<footer><p>{MORE}</p><p>{THIRD}</p></footer>"
    texts = [block.text for block in scan(f"{menu}<h1>{TITLE}</h1>{BODY}{imprint}").blocks]
    assert texts == [TITLE, *PARAGRAPHS]


def test_choices_that_are_closed_stay_skipped() -> None:
    choices = "".join(f"<option>{text}</option>" for text in (LONG, MORE, THIRD, FOURTH))
    page = f"<h1>{TITLE}</h1>{BODY}<form><select>{choices}</select></form>"
    assert [block.text for block in scan(page).blocks] == [TITLE, *PARAGRAPHS]


def test_paragraphs_on_end_are_a_story() -> None:
    text, link = line(LONG), line(LONG)
    link.links = len(LONG)
    assert story_of([text] * 2) == 0
    assert story_of([text] * 3) == 3 * len(LONG)
    assert story_of([text, text, link, text, text]) == 0
    assert story_of([text, text, line("Ngắn", tag="h3"), text]) == 3 * len(LONG)
    assert story_of([text, text, line("Ngắn"), text]) == 0


def linked(size: int, address: str = "/a") -> str:
    return f"<a href={address}>{'x' * (size - 1)}.</a>"


@pytest.mark.parametrize(
    ("links", "opened"),
    [
        # four hundred characters of prose to one address
        (linked(399), 0),
        (linked(400), 1),
        (linked(320) + linked(80), 2),
        (linked(321) + linked(79), 0),
        (f"<a href=/a>{'x' * 400}</a>", 0),
        (f"<a href=/a>a. {'x' * 400}</a>", 1),
        # in several links, or in one that has more than half of what links hold
        (linked(400) + linked(400, "/b"), 0),
        (linked(400) + linked(399, "/b"), 1),
        (linked(200) * 2 + linked(300, "/b") * 3, 5),
    ],
)
def test_links_around_a_whole_text_are_none(links: str, opened: int) -> None:
    body = parse(f"<body>{links}</body>").tree.body
    assert body is not None
    assert len(_links_around_prose(body)) == opened


def prose(*sizes: int, end: str = ".") -> str:
    return "".join(f"<p>{'Đ'.ljust(size - 1, 'x')}{end}</p>" for size in sizes)


@pytest.mark.parametrize(
    ("outside", "inside", "is_read"),
    [
        # more than 240 characters
        ("", prose(80, 80, 80), False),
        ("", prose(80, 80, 81), True),
        # three sentences
        ("", prose(100, 100) + prose(100, end="x"), False),
        ("", prose(100, 100) + prose(100, end="…"), True),
        # more than half of the prose outside
        (prose(200, 200, 200), prose(100, 100, 100), False),
        (prose(200, 200, 200), prose(100, 100, 101), True),
    ],
)
def test_prose_in_a_menu_is_text_where_it_is_much(
    outside: str, inside: str, *, is_read: bool
) -> None:
    lines = len(scan(f"<h1>{TITLE}</h1>{outside}<nav>{inside}</nav>").blocks)
    assert lines == 1 + (outside + inside * is_read).count("<p>")
