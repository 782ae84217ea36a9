"""What an address alone says about its page."""

from __future__ import annotations

import pytest

from crawler.sources.patterns import compile_pattern
from crawler.sources.shapes import count_words, is_front, is_never, is_view, shape_of

MAX_URL = 2_000

SLUG = "xa-tan-hoa-khanh-thanh-cay-cau"


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        (f"/{SLUG}-a123.html", r"-a(?P<id>\d+)\.html$"),
        (f"/{SLUG}-post12.html", r"-post(?P<id>\d+)\.html$"),
        (f"/202503/{SLUG}-7b6d657/", r"/(?P<month>\d{6})/[^/]+-(?P<id>[0-9a-fA-F]{7}|\d{5,8})/?$"),
        (f"/141/16088/{SLUG}.html", r"/(?P<id>\d+)/[^/]+\.html$"),
        ("/tin.aspx?ItemID=28128", r"[?&]ItemID=(?P<id>\d+)(&|$)"),
        (f"/2024/05/{SLUG}/", r"/\d{4}/\d{1,2}/[^/]+/?$"),
    ],
)
def test_ids_and_days_make_a_strong_shape(path: str, pattern: str) -> None:
    shape = shape_of(f"https://x.vn{path}")
    assert shape is not None
    assert (shape.pattern, shape.strong) == (pattern, True)
    assert compile_pattern(shape.pattern).search(f"https://x.vn{path}")


@pytest.mark.parametrize("path", [f"/{SLUG}", f"/{SLUG}.html", "/xa-tan-hoa-ki.html"])
def test_long_slugs_make_a_weak_shape(path: str) -> None:
    shape = shape_of(f"https://x.vn{path}")
    assert shape is not None
    assert not shape.strong


@pytest.mark.parametrize(
    "path",
    ["/", "/xa-hoi", "/xa-hoi.html", f"/tag/{SLUG}-a123.html", f"/su-kien/{SLUG}-a123.html",
     f"/{SLUG}-a123.pdf", "/tin.aspx?tabid=28128", "/xa-hoi-2024", "/" + "a-" * MAX_URL],
)  # fmt: skip
def test_sections_files_and_containers_have_no_shape_of_an_article(path: str) -> None:
    assert shape_of(f"https://x.vn{path}") is None


@pytest.mark.parametrize(
    "path",
    ["/xay-dung-nong-thon-moi-e592.htm", f"/collection/{SLUG}-a123.html", "/topic-28312.html",
     "/su-kien-10512.html", "/dong-su-kien/105123/mot-hai-ba.html", "/chu-de-28312.htm",
     f"/{SLUG}-collection12345.html", "/series-12345/", "/kinh-te-xa-hoi-moi-c1042.html"],
)  # fmt: skip
def test_events_topics_and_collections_are_no_articles(path: str) -> None:
    assert shape_of(f"https://x.vn{path}") is None


@pytest.mark.parametrize(
    "path",
    [f"/{SLUG}-e167064.html", "/chu-de-nam-2024-cua-tinh-105999.html", "/ban-xang-sinh-hoc-e5.html",
     "/nhieu-hoat-dong-chao-mung-su-kien.html", "/topic-cua-nam-nay-28312.html"],
)  # fmt: skip
def test_headlines_that_speak_of_events_are_articles(path: str) -> None:
    assert shape_of(f"https://x.vn{path}") is not None


def test_a_pattern_of_the_source_may_allow_a_segment() -> None:
    assert is_never("/video/a-1.html", frozenset())
    assert not is_never("/video/a-1.html", frozenset(("video",)))
    assert is_never("/a-1.amp.html", frozenset(("video",)))
    assert is_never("/a.mp4", frozenset())
    assert not is_never("/a.html", frozenset())


@pytest.mark.parametrize(
    ("query", "seen"),
    [("amp=1", True), ("AMP", True), ("amp=0", False), ("tmpl=component", True),
     ("tmpl=article", False), ("id=7&print=1", True), ("id=7", False), ("", False)],
)  # fmt: skip
def test_other_views_of_an_article_are_told_by_their_query(query: str, seen: bool) -> None:
    assert is_view(query) is seen


def test_fronts_and_words_are_counted() -> None:
    assert is_front("https://x.vn")
    assert is_front("https://x.vn/Index.php#top")
    assert not is_front("https://x.vn/?id=7")
    assert not is_front("https://x.vn/tin")
    assert count_words(f"{SLUG}.html") == 7
