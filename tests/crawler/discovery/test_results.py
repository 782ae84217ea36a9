"""What readers return when they found nothing more to say."""

from __future__ import annotations

from crawler.discovery.results import Child, Feed, Found, Listing, Sitemap


def test_what_is_not_told_is_empty() -> None:
    found = Found(url="https://x.vn/1")
    assert (found.title, found.date, found.in_menu, found.key) == (None, None, False, "")
    for empty in (Feed(), Sitemap()):
        assert (empty.problems, empty.is_other_kind, empty.is_vacant) == ((), False, False)
    assert (Feed().items, Feed().ttl) == ((), None)
    assert (Sitemap().pages, Sitemap().children) == ((), ())
    child = Child(url="https://x.vn/a.xml")
    assert (child.lastmod, child.period) == (None, None)
    page = Listing()
    assert (page.links, page.next_page, page.load_more) == ((), None, None)
    assert (page.feeds, page.sections, page.problems) == ((), (), ())


def test_the_identity_of_an_article_does_not_make_a_link_another() -> None:
    assert Found(url="https://x.vn/1", key="1") == Found(url="https://x.vn/1")
