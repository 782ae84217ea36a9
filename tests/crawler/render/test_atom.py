"""Feeds of saved searches (RFC 4287)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from crawler.render.atom import write_feed
from storage.archive import Archive
from tests.support.shelf import fill

if TYPE_CHECKING:
    from storage.records import StoredArticle

ATOM = "{http://www.w3.org/2005/Atom}"
NOW = "2026-03-02T00:00:00Z"


def feed_of(name: str, *articles: StoredArticle) -> ET.Element:
    return ET.fromstring(write_feed(name, "lua", articles, now=NOW))  # noqa: S314 - our own


def stored(path: Any) -> StoredArticle:
    with Archive.open_reading(fill(path / "archive.db")) as archive:
        article = archive.article(1)
    assert article is not None
    return article


def test_a_feed_without_articles_has_id_title_author_and_time() -> None:
    feed = feed_of("giá lúa")
    assert feed.findtext(f"{ATOM}id") == "tag:baotinh,2026:watch/lua"
    assert feed.findtext(f"{ATOM}title") == "Báo Tỉnh: giá lúa"
    assert feed.findtext(f"{ATOM}updated") == NOW
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "Báo Tỉnh"
    assert feed.find(f"{ATOM}entry") is None


def test_an_entry_leads_to_the_article_and_names_its_author(tmp_path: Any) -> None:
    article = stored(tmp_path)
    feed = feed_of("x", article)
    (entry,) = feed.findall(f"{ATOM}entry")
    link = entry.find(f"{ATOM}link")
    assert link is not None
    assert link.get("href") == "https://baolongan.vn/a-a1.html"
    assert entry.findtext(f"{ATOM}title") == "Tỉnh ủy Long An họp"
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Thanh Nga"
    assert entry.findtext(f"{ATOM}summary") == "Sáng nay, Tỉnh ủy Long An họp."
    assert feed.findtext(f"{ATOM}updated") == article.first_seen_at
