"""What readers return: links with their hints, and what was wrong with the body."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A link with what its place said about it."""

    url: str
    """Absolute http or https, without fragment."""
    title: str | None = None
    date: str | None = None
    """As it stands there: any format, or nothing."""
    in_menu: bool = False
    """It stands in menus, breadcrumbs or footers only, or leads to the page it stands on."""
    key: str = field(default="", compare=False)
    """Identity of the article within its source, once `articles_among` found it to be one; then
    ``url`` is canonical, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """RSS 0.9x, 1.0, 2.0 or Atom."""

    items: tuple[Found, ...] = ()
    """In the order of the feed."""
    ttl: float | None = None
    """Seconds that the feed asks us to wait between polls."""
    problems: tuple[str, ...] = ()
    is_other_kind: bool = False
    """It is something else than it was taken for, e.g. an HTML page."""
    is_vacant: bool = False
    """It is what it should be, and lists nothing, as some do on quiet days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A sitemap that an index names."""

    url: str
    lastmod: str | None = None
    """ISO 8601, or None if the index gives none or nonsense."""
    period: str | None = None
    """``2025``, ``2025-03`` or ``2025-03-14`` when the address names the time it covers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """A sitemap (``pages``), an index (``children``), or both."""

    pages: tuple[Found, ...] = ()
    children: tuple[Child, ...] = ()
    problems: tuple[str, ...] = ()
    is_other_kind: bool = False
    """It is something else than it was taken for, e.g. an HTML page."""
    is_vacant: bool = False
    """It is what it should be, and lists nothing, as a sitemap of news does on quiet days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """An HTML page of links, or one page of a JSON listing."""

    links: tuple[Found, ...] = ()
    """Every link once, in the order of the page, foreign ones and menus included."""
    next_page: str | None = None
    feeds: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    """Own pages that look like further listings."""
    load_more: str | None = None
    """Address of the JSON that the page's "more" button would load."""
    problems: tuple[str, ...] = ()
