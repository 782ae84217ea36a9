"""Which of the links found somewhere are articles of the source."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.discovery.pagination import is_paged
from crawler.sources.identity import identify, identify_own
from crawler.sources.shapes import is_never, is_view, shape_of
from storage.states import SeedKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crawler.discovery.results import Found
    from crawler.sources.identity import Identity
    from crawler.sources.model import Source

MENU_WORDS = 4
"""Words of a link in a menu up to which it is a section or a page about the site."""
WEAK_MENU_WORDS = 8
"""The same where the address has no id."""
FEW = 3
"""Links with ids that show that a site gives its articles ids."""
SHARE = 0.3
"""The same as a share of all: some headlines end in ``covid19``, as an id would."""

AT_ONCE = 4
"""Texts that no newsroom publishes at one instant."""
_TIME = re.compile(r"\d:\d\d")
_MIDNIGHT = re.compile(r"(?<![\d:])(?:00|17):00(?::00)?(?![\d:])")
"""In Vietnam, as its own time and as UTC: it stands for a bare day, which many share."""


def without_build_dates(found: Sequence[Found]) -> tuple[Found, ...]:
    """Return the links of a feed or sitemap, without a date to the minute that most of them bear:
    it is when the list was made."""
    dates = Counter(link.date for link in found if link.date and _is_timed(link.date))
    common, count = max(dates.items(), key=lambda each: each[1], default=("", 0))
    if count < AT_ONCE or 2 * count <= len(found):
        return tuple(found)
    return tuple(replace(link, date=None) if link.date == common else link for link in found)


def _is_timed(date: str) -> bool:
    return bool(_TIME.search(date)) and not _MIDNIGHT.search(date)


def articles_among(
    source: Source, found: Iterable[Found], kind: SeedKind | None = None
) -> tuple[Found, ...]:
    """Return the articles among links, each once, at the address to request. Pure; never raises.

    Only links of the source's hosts; one on a former host is moved to the homepage's. With
    patterns in the source file, these decide. Without, the site's own habit does: where
    several links carry an id or a date, long slugs without one are sections; in a feed
    (``kind``) every own page is an article unless its address says otherwise.
    """
    is_feed = kind is SeedKind.FEED
    own: dict[str, tuple[Found, Identity]] = {}
    for link in found:
        page = identify_own(source, link.url)
        if page is None or page.key in own:
            continue
        if is_feed and not source.accept:
            is_article = page.is_article or _may_be_fed(source, page.canonical_url)
        else:
            is_article = _is_article(source, page, link)
        if is_article:
            own[page.key] = replace(link, url=page.canonical_url, key=page.key), page
    if is_feed:
        return tuple(link for link, _ in own.values())
    return _by_habit(list(own.values()))


def is_article_link(source: Source, link: Found) -> bool:
    """Return whether a link is one to an article, by its address and by where it stands."""
    try:
        return _is_article(source, identify(source, link.url), link)
    except ValueError:
        return False


def _is_article(source: Source, page: Identity, link: Found) -> bool:
    if not page.is_article:
        return False
    shape = page.shape or (shape_of(page.canonical_url) if link.in_menu else None)
    is_strong = shape is not None and shape.strong
    if not is_strong and not source.accept and is_paged(page.canonical_url):
        return False  # the second page of a section with a long name
    most = MENU_WORDS if is_strong else WEAK_MENU_WORDS
    return not link.in_menu or len((link.title or "").split()) > most


def _may_be_fed(source: Source, url: str) -> bool:
    """Whether a feed may vouch for the page: any page, unless its address says otherwise."""
    parts = urlsplit(url)
    rejected = is_view(parts.query) or any(pattern.search(url) for pattern in source.reject)
    return not rejected and bool(parts.path.strip("/")) and not is_never(parts.path, frozenset())


def _by_habit(own: list[tuple[Found, Identity]]) -> tuple[Found, ...]:
    """Return the links that the site's habit makes articles; all of them where patterns decided,
    which leave addresses without a shape."""
    strong = [link for link, page in own if page.shape and page.shape.strong]
    if len(strong) < max(FEW, len(own) * SHARE):
        return tuple(link for link, _ in own)
    return tuple(strong)
