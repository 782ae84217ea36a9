"""What parsers get to see, and what reading the worst of pages costs."""

from __future__ import annotations

import multiprocessing
import os
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.bounds import _flatten, bound_page
from crawler.discovery.listings import read_listing
from crawler.discovery.reader import read_seed
from crawler.errors import NotAnArticle
from crawler.extract import extract
from crawler.sources.model import Source
from tests.site.town import Piece, article_page
from tests.support.costs import assert_linear
from tests.support.memory import IS_MEASURED, begin_peak, read_peak
from tests.support.paths import SAMPLES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MAX_ATTRIBUTES = 300
MAX_DEPTH = 300
MAX_TAGS = 60_000

SAMPLES = sorted(SAMPLES.glob("*.html"))
SOURCE = Source(id="x", name="X", province="Tây Ninh", homepage="https://baolongan.vn/")
URL = "https://baolongan.vn/tin-a1.html"
HONEST = article_page(Piece(1, 1), "https://baolongan.vn")
MEGABYTE = 1024 * 1024
PAGE, FEED, SITEMAP = 4 * MEGABYTE, 16 * MEGABYTE, 16 * MEGABYTE


def fill(unit: str, size: int) -> bytes:
    """The unit over and over, numbered where it says so."""
    if "%d" in unit:
        count = size // (len(unit) + 5)
        return "".join([unit.replace("%d", str(number)) for number in range(count)]).encode()
    raw = unit.encode()
    return raw * (size // len(raw))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_an_honest_page_is_left_as_it_is(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert bound_page(text) == text


def test_surplus_attributes_go_whatever_quotes_they_hide_behind() -> None:
    for one in ("a%d=1", "a%d", 'a%d=">"', "a%d='<b>'", 'a%d="x>"b%d=1', "<a%d"):
        crowd = " ".join(one.replace("%d", str(n)) for n in range(5000))
        kept = bound_page(f"<p {crowd}><b id=x>chữ</b>")
        assert kept.endswith("><b id=x>chữ</b>")
        assert kept.count(" ") <= MAX_ATTRIBUTES + 3


def test_deep_elements_are_unwrapped_and_their_text_kept() -> None:
    text = bound_page("<div>" * 20_000 + "chữ" + "</div>" * 20_000 + "<p>sau</p>")
    assert text.count("<div>") == MAX_DEPTH
    assert text.endswith("<p>sau</p>")
    assert "chữ" in text


def test_a_page_ends_after_so_many_tags() -> None:
    assert bound_page("<p>chữ" * 400_000).count("<p>") == MAX_TAGS


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("<div>" * 4 + "x", "<div>" * 3 + "x"),
        ("<div><div></div><div><b>x", "<div><div></div><div><b>x"),
        ("<div><div><div>a</div><div>b<i>c</i></div>", "<div><div><div>a</div><div>bc</div>"),
        ("</div></div><div><div><div><b>x", "</div></div><div><div><div>x"),
        # What has no end, or may leave it out, says nothing about depth.
        ("<p><li><br><img><td>" + "<DIV>" * 4, "<p><li><br><img><td>" + "<DIV>" * 3),
        ("<x/><y /><div><div><div><b>", "<x/><y /><div><div><div>"),
        ("<!-- <div><div> --><div><div><div><b>", "<!-- <div><div> --><div><div><div>"),
        ("<select><option>a</option><b>c</b></SELECT>", "a<b>c</b>"),
        ("<div><optgroup>a<div><div>b</optgroup><b>", "<div>a<div><div>b<b>"),
        ("<i>1<i>2<i>3<p>4<p>5<p>6", "<i>1<i>2<i>3<p>4<p>5"),
    ],
)
def test_what_is_too_deep_is_unwrapped_and_what_is_too_long_is_cut(
    monkeypatch: pytest.MonkeyPatch, text: str, kept: str
) -> None:
    monkeypatch.setattr("crawler.bounds.MAX_DEPTH", 3)
    if "6" in text:
        monkeypatch.setattr("crawler.bounds.MAX_TAGS", 5)
    assert _flatten(text) == kept


@pytest.mark.parametrize(("tags", "kept"), [(20_000, 20_000), (20_001, 300)])
def test_a_page_of_twenty_thousand_tags_is_not_looked_through_for_depth(
    tags: int, kept: int
) -> None:
    assert bound_page("<div>" * tags).count("<div>") == kept
    crowded = f"<div{' a' * 301}>" + "<div>" * (tags - 1)
    assert bound_page(crowded).count("<div") == kept


def test_a_page_has_six_million_characters_at_most() -> None:
    assert [len(bound_page("a" * size)) for size in (6_000_000, 6_000_001)] == [6_000_000] * 2


@pytest.mark.parametrize(("attributes", "kept"), [(299, 299), (300, 300), (400, 300)])
def test_a_tag_has_three_hundred_attributes_at_most(attributes: int, kept: int) -> None:
    for one in (' a="b"', " a=b", " a"):
        text = bound_page(f"<p{one * attributes}>chữ")
        assert text.count(" a") in (kept, attributes)
        assert text.endswith(">chữ")
        assert text.count(" a") <= 300


def test_scripts_and_comments_are_not_taken_for_tags() -> None:
    code = (
        "<script>for(i=0;i<n;i++){s='it" + " x" * 5000 + "}</script><p>chữ</p><!-- <b" + " y" * 5000
    )
    assert bound_page(code) == code


@given(st.text(alphabet="<>/!-= \"'ab\nscript", max_size=400))
def test_bounding_small_pages_changes_nothing(text: str) -> None:
    assert bound_page(text) == text


@pytest.mark.parametrize(
    "unit", ["<a", "<a ", "<", "<!--", '<p a="', "<p a=' b=\"", "<script>", "="]
)
def test_bounding_is_linear(unit: str) -> None:
    assert_linear(bound_page, lambda times: unit * times, 100_000)


RSS = b'<?xml version="1.0"?><rss version="2.0"><channel>'
MAP = b'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
WORST: dict[str, tuple[str, bytes, str, int]] = {
    "feed of empty elements": ("feed", RSS, "<a/>", FEED),
    "feed of attributes": ("feed", RSS, '<a b="" c="" d=""/>', FEED),
    "feed of items": ("feed", RSS, "<item/>", FEED),
    "feed of ampersands": ("feed", RSS + b"<item>", "&", FEED),
    "feed of entities": ("feed", RSS + b"<item>", "&aacute;", FEED),
    "feed of broken items": ("feed", RSS, "<item>&x<link>/a-a1.html</link>", FEED),
    "sitemap of empty elements": ("sitemap", MAP, "<x/>", SITEMAP),
    "sitemap of one crowded entry": ("sitemap", MAP + b"<url>", "<x/>", SITEMAP),
    "sitemap of comments": ("sitemap", MAP, "<!---->", SITEMAP),
    "sitemap of empty entries": ("sitemap", MAP, "<url/>", SITEMAP),
    "sitemap of lines": ("sitemap", b"", "http://a.vn/1\n", SITEMAP),
    "listing of paragraphs": ("listing", b"<body>", "<p>", FEED),
    "listing of items": ("listing", b"<body>", "<li>x", PAGE),
    "listing of links": ("listing", b"<body>", "<a href=/x-a%d.html>x</a>", PAGE),
    "listing of attributes": ("listing", b"<body><p ", "a%d=1 ", PAGE),
    "listing of lists": ("listing", b"[", "[],", PAGE),
    "article of paragraphs": ("article", b"", "<p>", PAGE),
    "article of words": ("article", b"", "aaaa ", PAGE),
    "article of headings": ("article", b"", "<h1>x</h1>", PAGE),
    "article of choices": ("article", b"", "<select><option>", PAGE),
    "article of formatting": ("article", b"", "<b><i><a>", PAGE),
    "article of attributes": ("article", b"<p ", "a%d=1 ", PAGE),
    "article of structured data": (
        "article",
        b"",
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"%d"}</script>',
        PAGE,
    ),
}
"""Name -> how it is read, how it begins, and what it repeats until it is as long as allowed."""


def read_worst(name: str, answer: Callable[[Any], None]) -> None:
    """Read one document in this process and answer with megabytes, and whether it costs more
    than its size."""
    kind, _, _, size = WORST[name]
    body = make_worst(name, size)
    _read("article", HONEST.encode())  # imports and caches are not the page's cost
    _read("feed", RSS + b"</channel></rss>")
    before = begin_peak()
    _read(kind, body)
    megabytes = read_peak(os.getpid()) - before
    try:
        assert_linear(partial(_read, kind), partial(make_worst, name), size // 16)
    except AssertionError as error:
        answer((megabytes, str(error)))
    else:
        answer((megabytes, ""))


def make_worst(name: str, size: int) -> bytes:
    """A document of so many bytes."""
    kind, start, unit, _ = WORST[name]
    body = start + fill(unit, size - len(start))
    if kind == "article":
        place = b'<div class="detail-content">'
        body = HONEST.encode().replace(place, place + body[: max(0, size - len(HONEST) * 2)], 1)
    return body


def _read(kind: str, body: bytes) -> None:
    if kind != "article":
        read_seed(kind, body, URL, SOURCE)
        return
    try:
        extract(body, url=URL, source=SOURCE, fetched_at="2026-11-24T00:00:00Z")
    except NotAnArticle:
        return


@pytest.mark.long
@pytest.mark.skipif(not IS_MEASURED, reason="Linux says it in /proc")
@pytest.mark.parametrize("name", WORST)
def test_the_worst_document_of_its_kind_costs_little(name: str) -> None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["crawler.extract", "crawler.discovery.reader"])
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=read_worst, args=(name, sender.send))
    child.start()
    try:
        assert receiver.poll(600), "no answer in ten minutes"
        megabytes, growth = receiver.recv()
    finally:
        child.kill()
        child.join()
    assert megabytes < 80, f"{megabytes:.0f} MB"
    assert not growth, growth


def test_links_behind_a_hidden_crowd_are_still_found() -> None:
    crowd = " ".join(f'a{n}=">"' for n in range(2000))
    found = read_listing(f'<p {crowd}><a href="/tin-a7.html">Tin</a>'.encode(), URL, SOURCE)
    assert [link.url for link in found.links] == ["https://baolongan.vn/tin-a7.html"]


def test_a_page_of_twenty_thousand_tags_is_looked_at_for_its_depth() -> None:
    """What is deeper than honest pages are is unwrapped from there on."""
    deep = "<div>" * 301 + "x" + "</div>" * 301
    for tags, is_cut in ((20_000, False), (20_001, True)):
        page = deep + "<br>" * (tags - 602)
        assert page.count("<") == tags
        assert (bound_page(page).count("<div>") == 300) is is_cut


@pytest.mark.parametrize(("tags", "left"), [(60_000, 60_000), (60_001, 60_000)])
def test_sixty_thousand_tags_of_a_page_are_read(tags: int, left: int) -> None:
    assert bound_page("<br>" * tags).count("<") == left


def test_six_million_letters_of_a_page_are_read() -> None:
    page = "x" * 6_000_000
    assert bound_page(page) == page
    assert len(bound_page(page + "y")) == 6_000_000


@pytest.mark.parametrize("many", [300, 301])
def test_three_hundred_attributes_of_a_tag_are_read(many: int) -> None:
    tag = "<p " + " ".join(f'a{n}="1"' for n in range(many)) + ">x"
    assert bound_page(tag).count("=") == 300
    assert bound_page(tag).endswith(">x")


@pytest.mark.parametrize(
    ("inner", "left"),
    [
        # Tags without an end, or with an end of their own, are no depth.
        ("<p>" * 400, 400),
        ("<img/>" * 400, 400),
        ("<span/>" * 400, 400),
        ("<u></u>" * 400, 400),
        ("<select><option>a</option></select>", 0),
    ],
)
def test_depth_is_of_what_stays_open(inner: str, left: int) -> None:
    page = inner + "<br>" * 20_001
    name = inner[1 : inner.index(">")].rstrip("/")
    assert bound_page(page).count(f"<{name}") == left
