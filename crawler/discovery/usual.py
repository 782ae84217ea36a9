"""Where to look when a source names no seeds: what robots.txt, the home page and habit offer.

All are tried, since papers keep feeds that stopped
years ago beside sitemaps that are fresh, and the other way round.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from crawler.charset import decode
from crawler.discovery.listings import read_listing
from crawler.discovery.markup import absolute
from crawler.discovery.pagination import page_of
from crawler.sources.model import Seed
from storage.states import SeedKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crawler.discovery.results import Listing
    from crawler.sources.model import Source

MAX_ROBOTS = 512_000
"""Bytes of robots.txt that are read; RFC 9309 asks for at least 500 KiB."""
MAX_SITEMAPS = 50
MAX_LISTINGS = 40
USUAL_FEEDS = ("rss/home.rss", "rss", "rss.xml", "feed/", "rss/tin-moi-nhat.rss", "rss.html")
FEEDS_OF_LAYOUTS = {
    "mediatech": ("rss/news/xa-hoi.rss", "rss/news/kinh-te.rss"),
    "onecms": ("rss/xa-hoi", "rss/kinh-te"),
    "vnpt": ("xa-hoi/index.rss", "kinh-te/index.rss"),
}
"""Layout -> feeds of sections that nearly all papers have.

Seen in public files of crawlers: MEDIATECH's of baoquangninh.vn and baotayninh.vn, ONECMS's of
hanoimoi.vn and baonghean.vn, VNPT's of baoapbac.vn.
"""
USUAL_SITEMAPS = (
    "sitemap.xml",
    "sitemap_index.xml",
    "wp-sitemap.xml",
    "sitemap-news.xml",
    "news-sitemap.xml",
)

_SITEMAP = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)


def seeds_from_robots(body: bytes, url: str, source: Source) -> tuple[Seed, ...]:
    """Return the sitemaps on own hosts that robots.txt names (RFC 9309, section 2.2.4)."""
    text = decode(body[:MAX_ROBOTS]).text.replace("\r", "\n")
    named = (absolute(url, match[1]) for match in _SITEMAP.finditer(text))
    own = dict.fromkeys(link for link in named if link and source.owns(link))
    return _seeds(SeedKind.SITEMAP, itertools.islice(own, MAX_SITEMAPS))


def seeds_from_homepage(body: bytes, url: str, source: Source) -> tuple[Seed, ...]:
    """Return linked feeds, the home page as a listing, and its sections, in this order."""
    return seeds_from_listing(read_listing(body, url, source), url)


def seeds_from_listing(listing: Listing, url: str) -> tuple[Seed, ...]:
    """Return the same for a page that was read already."""
    here = page_of(url)[0]
    sections = (section for section in listing.sections if page_of(section)[0] != here)
    pages = itertools.islice(sections, MAX_LISTINGS)
    return (
        *_seeds(SeedKind.FEED, listing.feeds),
        *_seeds(SeedKind.LISTING, (url, *pages)),
    )


def usual_seeds(source: Source) -> tuple[Seed, ...]:
    """Return addresses that papers commonly use for feeds and sitemaps; most will not exist."""
    start = urljoin(source.homepage, "/")
    of_layouts = (FEEDS_OF_LAYOUTS.get(layout.name, ()) for layout in source.layouts)
    feeds = dict.fromkeys((*USUAL_FEEDS, *itertools.chain.from_iterable(of_layouts)))
    return (
        *_seeds(SeedKind.FEED, (start + place for place in feeds)),
        *_seeds(SeedKind.SITEMAP, (start + place for place in USUAL_SITEMAPS)),
    )


def _seeds(kind: SeedKind, urls: Iterable[str]) -> tuple[Seed, ...]:
    return tuple(Seed(kind=kind, url=url) for url in urls)
