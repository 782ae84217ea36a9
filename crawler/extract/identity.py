"""Under which address an article is known. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.sources.identity import article_key
from crawler.sources.shapes import is_front
from storage.records import Article, Evidence
from storage.urls import canonical_url

if TYPE_CHECKING:
    from crawler.extract.dom.markup import Page
    from crawler.sources.model import Source


def fill_identity(article: Article, page: Page, source: Source | None) -> None:
    """Fill in canonical URL and key: the page's own word counts only within the site, and never
    when it names the home page."""
    chosen = article.url
    link = page.tree.css_first("link[rel=canonical]")
    named = page.absolute(link.attributes.get("href") or "") if link is not None else None
    article.evidence["canonical_url"] = Evidence(how="address", confidence=0.8)
    if named and is_same_article(named, article.url, source):
        chosen = named
        article.evidence["canonical_url"] = Evidence(how="link rel=canonical", confidence=0.95)
    try:
        article.canonical_url = canonical_url(chosen)
        article.key = article_key(source, chosen) if source else article.canonical_url
    except ValueError:
        article.canonical_url = article.key = article.url


def is_same_article(named: str, url: str, source: Source | None) -> bool:
    """Whether an address that a page names can be its own."""
    if _host(named) != _host(url) or is_front(named.partition("?")[0]):
        return False
    if source is None:
        return True
    try:
        return article_key(source, named) == article_key(source, url) or not source.accept
    except ValueError:
        return False


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0].lower().removeprefix("www.")
