"""Which of the links found somewhere are articles of the source."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.discovery.pagination import find_position
from crawler.discovery.results import Found
from crawler.sources.identity import article_key, at_home, is_article_url
from crawler.sources.model import SeedKind
from crawler.sources.shapes import is_never, is_view, shape_of
from storage.urls import canonical_url

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crawler.sources.model import Source

MENU_WORDS = 4
"""Words of a link in a menu up to which it is a section or a page about the site."""
WEAK_MENU_WORDS = 8
"""The same where the address has no id."""
FEW = 3
"""Links with ids that show that a site gives its articles ids."""
SHARE = 0.3
"""The same as a share of all: some headlines end in ``covid19``, as an id would."""


def articles_among(
    source: Source, found: Iterable[Found], kind: SeedKind | None = None
) -> tuple[Found, ...]:
    """The articles among links, each once, at the address to request. Pure; never raises.

    Only links of the source's hosts; one on a former host is moved to the homepage's. With
    patterns in the source file, these decide. Without, the site's own habit does: where
    several links carry an id or a date, long slugs without one are sections; in a feed
    (``kind``) every own page is an article unless its address says otherwise.
    """
    own: dict[str, Found] = {}
    for link in found:
        moved = _moved(source, link)
        if moved and (is_article_link(source, moved) or _fed(source, moved.url, kind)):
            own.setdefault(article_key(source, moved.url), moved)
    if source.accept or kind is SeedKind.FEED:
        return tuple(own.values())
    return _by_habit(list(own.values()))


def _moved(source: Source, link: Found) -> Found | None:
    if not source.owned(link.url):
        return None
    try:
        url = canonical_url(link.url)
        home = at_home(source, url)
    except ValueError:
        return None
    same_host = urlsplit(url).netloc == urlsplit(home).netloc
    return Found(
        url=home if same_host or not source.owns(url) else url,
        title=link.title,
        date=link.date,
        in_menu=link.in_menu,
    )


def is_article_link(source: Source, link: Found) -> bool:
    """Whether a link looks like one to an article, by its address and by where it stands."""
    if not is_article_url(source, link.url):
        return False
    shape = shape_of(link.url)
    is_strong = shape is not None and shape.strong
    if not is_strong and not source.accept and find_position(link.url).value is not None:
        return False  # the second page of a section with a long name
    most = MENU_WORDS if is_strong else WEAK_MENU_WORDS
    return not link.in_menu or len((link.title or "").split()) > most


def _fed(source: Source, url: str, kind: SeedKind | None) -> bool:
    if kind is not SeedKind.FEED or source.accept:
        return False
    parts = urlsplit(url)
    rejected = is_view(parts.query) or any(pattern.search(url) for pattern in source.reject)
    return not rejected and bool(parts.path.strip("/")) and not is_never(parts.path, frozenset())


def _by_habit(own: list[Found]) -> tuple[Found, ...]:
    shapes = {link.url: shape_of(link.url) for link in own}
    strong = Counter(shape.pattern for shape in shapes.values() if shape and shape.strong)
    if strong.total() < max(FEW, len(own) * SHARE):
        return tuple(own)
    return tuple(link for link in own if (shape := shapes[link.url]) and shape.strong)
