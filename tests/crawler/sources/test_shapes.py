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


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        # Five digits are an id by themselves, four where they are no year.
        ("/tin-12345.html", "id"),
        ("/tin-1234.html", "id"),
        ("/tin-1999.html", None),
        ("/tin-2024.html", None),
        ("/tin-123.html", None),
        ("/mot-hai-12345", "id"),
        # One letter in front takes three digits, more take four, and words of ids two.
        ("/mot-hai-a123.html", "id"),
        ("/mot-hai-a12.html", None),
        ("/mot-hai-ab1234.html", "id"),
        ("/mot-hai-ab123.html", None),
        ("/mot-hai-post12.html", "id"),
        ("/mot-hai-post1.html", None),
        ("/mot-a123.html", None),  # three words
        # Hexadecimal ends of seven to twelve, with a digit, behind five words.
        ("/mot-hai-ba-bon-7b6d657.html", "id"),
        ("/mot-hai-ba-7b6d657.html", "words"),
        ("/mot-hai-ba-bon-7b6d65.html", "words"),
        ("/mot-hai-ba-bon-abcdefa.html", "words"),
        # An id first, behind it three words.
        ("/tin/123-mot-hai-ba.html", "id"),
        ("/tin/123/mot-hai-ba", "id"),
        ("/tin/12-mot-hai-ba", None),
        ("/tin/123-mot-hai", None),
        # A date, behind it three words.
        ("/2024/5/mot-hai-ba/", "id"),
        ("/2024-05-06/mot-hai-ba", "id"),
        ("/20240506/mot-hai-ba", "id"),
        ("/2024/05/mot-hai/", None),
        ("/2024/123/mot-hai-ba", "id"),
        # Words alone: four with an extension, six and twenty-five letters without.
        ("/mot-hai-ba-bon.html", "words"),
        ("/mot-hai-ba.html", None),
        ("/mot-hai-ba-bon-nam-saussss", "words"),
        ("/mot-hai-ba-bon-nam-saussss/", "words"),
        ("/mot-hai-ba-bon-nam-sauss", None),
        ("/mothai-babon-namsau-baytam-chin", None),
        # A month's id: seven signs or five to eight digits.
        ("/202503/tin-7b6d657", "id"),
        ("/202503/tin-7b6d65", None),
        # A next page is none, unless a headline ends so.
        ("/thoi-su-trang-2.html", None),
        ("/mot-hai-ba-bon-trang-2.html", "words"),
        ("/thoi-su/p12", None),
    ],
)
def test_an_address_has_the_shape_of_an_article_or_none(path: str, kind: str | None) -> None:
    shape = shape_of(f"https://x.vn{path}")
    assert (shape and ("id" if shape.strong else "words")) == kind


@pytest.mark.parametrize(
    ("query", "pattern"),
    [
        ("id=12", r"[?&]id=(?P<id>\d+)(&|$)"),
        ("id=1", None),
        ("x=1&newsid=abc12&y=2", r"[?&]newsid=(?P<id>abc\d+)(&|$)"),
        ("catid=12", None),
        ("catid=12&id=34", r"[?&]id=(?P<id>\d+)(&|$)"),
        ("id=34:mot-hai", r"[?&]id=(?P<id>\d+):"),
        ("p=123", r"[?&]p=(?P<id>\d+)(&|$)"),
        ("p=12", None),
        ("id=12&view=category", None),
        ("option=com_content&Itemid=12", None),
        ("Itemid=12", r"[?&]Itemid=(?P<id>\d+)(&|$)"),
        ("nv=news&op=Tin/mot-hai-12", r"[?&]op=[^&]+-(?P<id>\d+)(\.html)?(&|$)"),
        ("nv=news&op=Tin/mot-hai-1", None),
        ("name=12", None),
    ],
)
def test_a_query_has_the_id_of_an_article_or_none(query: str, pattern: str | None) -> None:
    shape = shape_of(f"https://x.vn/?{query}")
    assert (shape and shape.pattern) == pattern
    if query.startswith("p="):
        assert shape_of(f"https://x.vn/tin?{query}") is None, "elsewhere it is a page"


@pytest.mark.parametrize(("size", "has"), [(2000, True), (2001, False)])
def test_an_address_is_no_longer_than_addresses_are(size: int, has: bool) -> None:
    url = "https://x.vn/mot-hai-ba-bon-a12345.html"
    longer = url.replace("mot", "m" * (size - len(url) + 3))
    assert len(longer) == size
    assert (shape_of(longer) is not None) is has


def test_fifty_parameters_of_a_query_are_looked_at() -> None:
    many = "&".join(f"a{n}=1" for n in range(49))
    assert is_view(f"{many}&amp")
    assert not is_view(f"{many}&b=1&amp")


WEEK = r"/[^/]+(-[^/-]+){5,}/?$"


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        # Seven hexadecimal digits after a headline of four words.
        ("/mot-hai-ba-bon-0ce194b2", r"-(?P<id>[0-9a-f]{7,12})/?$"),
        ("/mot-hai-ba-bon-0ce194b2.html", r"-(?P<id>[0-9a-f]{7,12})\.html$"),
        ("/mot-hai-ba-0ce194b2", None),
        # Letters and digits: two after a word for an id, three after one letter, else four.
        ("/mot-hai-post12.html", r"-post(?P<id>\d+)\.html$"),
        ("/mot-post12.html", None),
        ("/mot-hai-post1.html", None),
        ("/mot-hai-a167.html", r"-a(?P<id>\d+)\.html$"),
        ("/mot-hai-a16.html", None),
        ("/mot-hai-ab1670.html", r"-ab(?P<id>\d+)\.html$"),
        ("/mot-hai-ab167.html", None),
        # Digits alone: five, or four that are no year.
        ("/mot-hai-12345.html", r"-(?P<id>\d+)\.html$"),
        ("/mot-hai-1234.html", r"-(?P<id>\d+)\.html$"),
        ("/mot-hai-2024.html", None),
        ("/mot-hai-1999.html", None),
        ("/mot-hai-999.html", None),
        # An id in front of a headline of three words.
        ("/123/mot-hai-ba.html", r"/(?P<id>\d+)/[^/]+\.html$"),
        ("/123-mot-hai-ba.html", r"/(?P<id>\d+)-[^/]+\.html$"),
        ("/123/mot-hai-ba/", r"/(?P<id>\d+)/[^/]+/?$"),
        ("/12/mot-hai-ba.html", None),
        ("/123/mot-hai.html", None),
        # A day in front of it.
        ("/2024/05/mot-hai-ba", r"/\d{4}/\d{1,2}/[^/]+/?$"),
        ("/2024-5-7/mot-hai-ba", r"/\d{4}-\d{1,2}-\d{1,2}/[^/]+/?$"),
        ("/20240507/mot-hai-ba/", r"/\d{8}/[^/]+/?$"),
        ("/202405/mot-hai-ba/", r"/\d{6}/[^/]+/?$"),
        ("/2024/05/mot-hai", None),
        # Words alone: four with an extension, six of 25 letters without.
        ("/mot-hai-ba-bon.bbg", r"/[^/]+(-[^/-]+){3,}\.bbg$"),
        ("/mot-hai-ba.html", None),
        ("/aaa-bbb-ccc-ddd-eee-fffff", WEEK),
        ("/aaa-bbb-ccc-ddd-eee-ffff", None),
        ("/aaaaa-bbbbb-ccccc-ddddd-eeeee", None),
        # A page of a list has a name of five words at most.
        ("/mot-hai-ba-trang-2.html", None),
        ("/mot-hai-ba-bon-trang-2.html", r"/[^/]+(-[^/-]+){3,}\.html$"),
        ("/p12", None),
        # Parameters.
        ("/?p=123", r"[?&]p=(?P<id>\d+)(&|$)"),
        ("/?p=12", None),
        ("/a?p=123", None),
        ("/tin.aspx?id=12", r"[?&]id=(?P<id>\d+)(&|$)"),
        ("/tin.aspx?id=1", None),
        ("/tin.aspx?id=a12:xyz", r"[?&]id=(?P<id>a\d+):"),
        ("/tin.aspx?catid=12&id=34", r"[?&]id=(?P<id>\d+)(&|$)"),
        ("/index.php?option=com_content&Itemid=44", None),
        ("/index.php?option=com_content&id=44&Itemid=7", r"[?&]id=(?P<id>\d+)(&|$)"),
        ("/index.php?view=category&id=12", None),
        ("/index.php?nv=news&op=Kinh-te/hop-xa-12", r"[?&]op=[^&]+-(?P<id>\d+)(\.html)?(&|$)"),
        ("/index.php?nv=news&op=Kinh-te/hop-xa-1", None),
    ],
)
def test_the_form_of_an_address_has_bounds(path: str, pattern: str | None) -> None:
    shape = shape_of(f"https://x.vn{path}")
    assert (shape and shape.pattern) == pattern
    if shape is not None:
        assert shape.strong is ("(?P<id>" in shape.pattern or r"\d{" in shape.pattern)
        assert compile_pattern(shape.pattern).search(f"https://x.vn{path}")


@pytest.mark.parametrize(
    ("slug", "words"),
    [("a-b", 2), ("a--b", 2), ("a_b+c d", 4), ("a%20b", 2), ("", 0), ("-", 0)],
)
def test_words_of_a_slug_are_counted(slug: str, words: int) -> None:
    assert count_words(slug) == words


@pytest.mark.parametrize("path", ["/TAG/a-b-c-d-a1234.html", "/a/Video/mot-hai-ba-a1234.html"])
def test_segments_have_no_case(path: str) -> None:
    assert shape_of(f"https://x.vn{path}") is None
