"""The readers of feeds, sitemaps and listings behind one function. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.discovery import articles_among, read_feed, read_listing, read_sitemap
from crawler.discovery.articles import without_build_dates
from crawler.discovery.markup import FEEDS, SITEMAPS
from storage.states import SeedKind

if TYPE_CHECKING:
    from crawler.discovery import Child, Found
    from crawler.sources import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One page of a seed, read."""

    articles: tuple[Found, ...] = ()
    """Links that look like articles of the source, at the address to request."""
    others: int = 0
    """How many links there were besides."""
    children: tuple[Child, ...] = ()
    next_page: str | None = None
    is_guess: bool = False
    """No link leads to the next page: a button or a script names it."""
    feeds: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    ttl: float | None = None
    problems: tuple[str, ...] = ()
    is_other_kind: bool = False
    """It is something else than it was taken for, e.g. an HTML page."""
    is_vacant: bool = False
    """It is a feed or sitemap as it should be, and lists nothing."""


def read_seed(
    kind: SeedKind, body: bytes, url: str, source: Source, content_type: str | None = None
) -> Reading:
    """Return what one page of a feed, sitemap or listing shows. Never raises."""
    if kind == SeedKind.FEED:
        feed = read_feed(body, url, content_type)
        articles = articles_among(source, without_build_dates(feed.items), SeedKind.FEED)
        return Reading(
            articles=articles,
            others=len(feed.items) - len(articles),
            ttl=feed.ttl,
            problems=feed.problems,
            is_other_kind=feed.is_other_kind,
            is_vacant=feed.is_vacant,
        )
    if kind == SeedKind.SITEMAP:
        sitemap = read_sitemap(body, url, content_type)
        articles = articles_among(source, without_build_dates(sitemap.pages), SeedKind.SITEMAP)
        return Reading(
            articles=articles,
            others=len(sitemap.pages) - len(articles),
            children=sitemap.children,
            problems=sitemap.problems,
            is_other_kind=sitemap.is_other_kind,
            is_vacant=sitemap.is_vacant,
        )
    listing = read_listing(body, url, source, content_type)
    articles = articles_among(source, listing.links, SeedKind.LISTING)
    return Reading(
        articles=articles,
        others=len(listing.links) - len(articles),
        next_page=listing.next_page or listing.load_more,
        is_guess=listing.next_page is None and listing.load_more is not None,
        feeds=listing.feeds,
        sections=listing.sections,
        problems=listing.problems,
    )


def guess_kind(body: bytes) -> SeedKind:
    """Return what kind of seed a body is, by its first elements."""
    head = body[:5000].decode("latin-1")
    if SITEMAPS.search(head):
        return SeedKind.SITEMAP
    return SeedKind.FEED if FEEDS.search(head) else SeedKind.LISTING


def describe_reading(reading: Reading) -> str | None:
    """Return what is wrong with a seed's page, to stand behind its address; None for nothing."""
    if reading.articles or reading.children:
        return None
    if reading.problems:
        return reading.problems[-1]
    return f"shows {reading.others} links, none of which looks like an article"
