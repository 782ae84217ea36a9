"""Response -> links. Pure: bytes in, facts out, no network, no clock, never an exception.

Every reader says in ``problems`` what was wrong with what it was given, in words that can
stand behind the address in a sentence: "is an HTML page, not a feed".
"""

from crawler.discovery.articles import articles_among
from crawler.discovery.feeds import read_feed
from crawler.discovery.listings import find_sections, read_listing
from crawler.discovery.results import Child, Feed, Found, Listing, Sitemap
from crawler.discovery.sitemaps import read_sitemap
from crawler.discovery.usual import (
    seeds_from_homepage,
    seeds_from_listing,
    seeds_from_robots,
    usual_seeds,
)

__all__ = [
    "Child",
    "Feed",
    "Found",
    "Listing",
    "Sitemap",
    "articles_among",
    "find_sections",
    "read_feed",
    "read_listing",
    "read_sitemap",
    "seeds_from_homepage",
    "seeds_from_listing",
    "seeds_from_robots",
    "usual_seeds",
]
