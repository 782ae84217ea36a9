"""One function for feeds, sitemaps and listings."""

from __future__ import annotations

import pytest

from crawler.discovery.reader import Reading, describe_reading, guess_kind, read_seed
from crawler.discovery.results import Child, Found
from crawler.sources import Source
from storage.states import SeedKind

X = Source(id="x", name="X", province="Huế", homepage="https://x.vn/")
ARTICLE = "https://x.vn/nguoi-nuoi-tom-o-xa-148230.html"
BODIES = {
    SeedKind.FEED: f"<rss><channel><ttl>60</ttl><item><link>{ARTICLE}</link></item>"
    "<item><link>https://y.vn/a</link></item></channel></rss>",
    SeedKind.SITEMAP: f"<urlset><url><loc>{ARTICLE}</loc></url>"
    "<url><loc>https://x.vn/xa-hoi</loc></url></urlset>",
    SeedKind.LISTING: f"<a href={ARTICLE}>Một</a><a href=/xa-hoi>Xã hội</a>"
    "<button data-next='/rows?page=2'>",
}


@pytest.mark.parametrize("kind", SeedKind)
def test_articles_are_told_from_other_links(kind: SeedKind) -> None:
    reading = read_seed(kind, BODIES[kind].encode(), "https://x.vn/", X)
    assert [link.url for link in reading.articles] == [ARTICLE]
    assert reading.others == 1
    assert guess_kind(BODIES[kind].encode()) is kind
    assert describe_reading(reading) is None


def test_each_kind_says_what_only_it_knows() -> None:
    feed = read_seed("feed", BODIES[SeedKind.FEED].encode(), "https://x.vn/", X)
    assert feed.ttl == 3600
    index = b"<sitemapindex><sitemap><loc>/2025.xml</loc></sitemap></sitemapindex>"
    children = read_seed("sitemap", index, "https://x.vn/", X).children
    assert children == (Child(url="https://x.vn/2025.xml", period="2025"),)
    listing = read_seed("listing", BODIES[SeedKind.LISTING].encode(), "https://x.vn/", X)
    assert (listing.next_page, listing.is_guess) == ("https://x.vn/rows?page=2", True)
    assert listing.sections == ("https://x.vn/xa-hoi",)
    linked = read_seed("listing", b"<a rel=next href=/2>Trang sau</a>", "https://x.vn/", X)
    assert (linked.next_page, linked.is_guess) == ("https://x.vn/2", False)
    assert not feed.is_guess
    linked = BODIES[SeedKind.LISTING] + "<a href='/?p=2'>2</a>"
    listing = read_seed("listing", linked.encode(), "https://x.vn/", X)
    assert (listing.next_page, listing.is_guess) == ("https://x.vn/?p=2", False)


def test_a_useless_page_is_described() -> None:
    assert describe_reading(Reading(others=3)) == (
        "shows 3 links, none of which looks like an article"
    )
    assert describe_reading(Reading(problems=("one", "two"))) == "two"
    assert describe_reading(Reading(articles=(Found(url=ARTICLE),), problems=("one",))) is None
    assert describe_reading(Reading(children=(Child(url=ARTICLE),), problems=("one",))) is None


@pytest.mark.parametrize(
    ("kind", "body", "other"),
    [
        ("feed", b"<html><body>Bao tri</body></html>", True),
        ("feed", b"<urlset></urlset>", True),
        ("feed", b"hello", True),
        ("feed", b"<rss><channel></channel></rss>", False),
        ("feed", b" \n", False),
        ("sitemap", b"<!doctype html><html>404</html>", True),
        ("sitemap", b"<x/>", True),
        ("sitemap", b"hello", True),
        ("sitemap", b"", False),
        ("sitemap", b"<urlset></urlset>", False),
        ("sitemap", f"{ARTICLE}\n".encode(), False),
        ("listing", b"<p>Khong co gi</p>", False),
    ],
)
def test_what_is_something_else_is_told_from_what_is_empty(
    kind: str, body: bytes, *, other: bool
) -> None:
    assert read_seed(kind, body, "https://x.vn/seed", X).is_other_kind is other


def test_what_a_reading_is_where_nothing_is_said() -> None:
    empty = Reading()
    assert (empty.articles, empty.others, empty.children, empty.next_page) == ((), 0, (), None)
    assert (empty.is_guess, empty.is_other_kind, empty.is_vacant) == (False, False, False)
    assert (empty.feeds, empty.sections, empty.ttl, empty.problems) == ((), (), None, ())


def test_the_kind_of_a_body_stands_in_its_first_five_thousand_bytes() -> None:
    for before, kind in ((4_995, SeedKind.FEED), (4_996, SeedKind.LISTING)):
        assert guess_kind(b"x" * before + b"<rss>") is kind


@pytest.mark.parametrize(
    ("kind", "body", "vacant"),
    [
        ("feed", b"<rss><channel></channel></rss>", True),
        ("feed", b"<rss><channel><item></item></channel></rss>", False),
        ("sitemap", b"<urlset></urlset>", True),
        ("sitemap", b"<urlset><url></url></urlset>", False),
        ("listing", b"<p>x</p>", False),
    ],
)
def test_a_list_of_nothing_is_vacant(kind: SeedKind, body: bytes, *, vacant: bool) -> None:
    reading = read_seed(kind, body, "https://x.vn/seed", X)
    assert reading.is_vacant is vacant
    assert reading.problems
