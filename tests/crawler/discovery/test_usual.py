"""Seeds of a source that names none."""

from __future__ import annotations

from crawler.discovery.results import Listing
from crawler.discovery.usual import seeds_from_listing, seeds_from_robots, usual_seeds
from crawler.sources import Seed, Source
from storage.states import SeedKind

MAX_LISTINGS = 40
MAX_SITEMAPS = 50

X = Source(id="x", name="X", province="Huế", homepage="https://x.vn/tin/")


def test_a_listing_offers_feeds_then_itself_then_other_sections() -> None:
    listing = Listing(
        feeds=("https://x.vn/rss",),
        sections=("https://x.vn/tin/?p=1", "https://x.vn/xa-hoi", "https://x.vn/kinh-te"),
    )
    assert seeds_from_listing(listing, "https://x.vn/tin/") == (
        Seed(kind=SeedKind.FEED, url="https://x.vn/rss"),
        Seed(kind=SeedKind.LISTING, url="https://x.vn/tin/"),
        Seed(kind=SeedKind.LISTING, url="https://x.vn/xa-hoi"),
        Seed(kind=SeedKind.LISTING, url="https://x.vn/kinh-te"),
    )
    many = Listing(sections=tuple(f"https://x.vn/{n}" for n in range(MAX_LISTINGS + 5)))
    assert len(seeds_from_listing(many, "https://x.vn/")) == MAX_LISTINGS + 1


def test_robots_name_each_sitemap_once_and_not_without_end() -> None:
    lines = "".join(f"Sitemap: https://x.vn/{n % 70}.xml\n" for n in range(140))
    assert len(seeds_from_robots(lines.encode(), "https://x.vn/robots.txt", X)) == MAX_SITEMAPS
    twice = b"Sitemap: /a.xml\nsitemap : /a.xml\n"
    assert [s.url for s in seeds_from_robots(twice, "https://x.vn/robots.txt", X)] == [
        "https://x.vn/a.xml"
    ]


def test_usual_places_stand_at_the_root_of_the_site() -> None:
    urls = {(seed.kind, seed.url) for seed in usual_seeds(X)}
    assert (SeedKind.FEED, "https://x.vn/rss.xml") in urls
    assert (SeedKind.SITEMAP, "https://x.vn/sitemap.xml") in urls


def test_so_many_bytes_of_robots_are_read() -> None:
    line = b"\nSitemap: https://x.vn/s.xml"
    for before, found in ((512_000 - len(line), 1), (512_000, 0)):
        body = b"#" * before + line
        assert len(seeds_from_robots(body, "https://x.vn/robots.txt", X)) == found
    elsewhere = b"Sitemap: https://y.vn/s.xml\nSitemap: mailto:x"
    assert seeds_from_robots(elsewhere, "https://x.vn/robots.txt", X) == ()
