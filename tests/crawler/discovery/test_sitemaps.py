from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discovery import read_sitemap
from tests.support.costs import assert_linear

MAX_FIELDS = 1_000
MAX_LINES = 8_388_608

URL = "https://x.vn/sitemap.xml"
NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
EXTENSIONS = (
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" '
    'xmlns:video="http://www.google.com/schemas/sitemap-video/1.1" '
    'xmlns:xhtml="http://www.w3.org/1999/xhtml"'
)


def urlset(entries: str) -> bytes:
    return f'<?xml version="1.0"?><urlset {NS} {EXTENSIONS}>{entries}</urlset>'.encode()


def page(number: int, more: str = "") -> str:
    return f"<url><loc>https://x.vn/a{number}.html</loc>{more}</url>"


def test_a_plain_sitemap_gives_pages_and_days() -> None:
    body = urlset(page(1, "<lastmod>2025-03-01</lastmod>") + page(2))
    assert [(p.url, p.date) for p in read_sitemap(body, URL).pages] == [
        ("https://x.vn/a1.html", "2025-03-01"),
        ("https://x.vn/a2.html", None),
    ]


def test_a_news_sitemap_gives_title_and_publication_over_lastmod() -> None:
    news = (
        "<lastmod>2025-09-09</lastmod><news:news><news:publication><news:name>X</news:name>"
        "</news:publication><news:publication_date>2025-03-01T07:15:00+07:00"
        "</news:publication_date><news:title>Giá lúa &amp; gạo</news:title></news:news>"
    )
    (found,) = read_sitemap(urlset(page(1, news)), URL).pages
    assert (found.title, found.date) == ("Giá lúa & gạo", "2025-03-01T07:15:00+07:00")


def test_pictures_and_films_are_not_the_page() -> None:
    more = (
        "<image:image><image:loc>https://cdn.vn/1.jpg</image:loc><image:title>Ảnh</image:title>"
        "</image:image><video:video><video:title>Phim</video:title></video:video>"
        '<xhtml:link rel="alternate" href="https://x.vn/en/a1.html"/>'
    )
    before = urlset(f"<url>{more}<loc>https://x.vn/a1.html</loc></url>")
    for body in (before, urlset(page(1, more))):
        (found,) = read_sitemap(body, URL).pages
        assert (found.url, found.title) == ("https://x.vn/a1.html", None)


@pytest.mark.parametrize(
    "said", ["0000-00-00", "yesterday", "2025-13-41", "+99:99", "", "1969-12-31", "9999-01-01"]
)
def test_garbage_days_are_ignored(said: str) -> None:
    (found,) = read_sitemap(urlset(page(1, f"<lastmod>{said}</lastmod>")), URL).pages
    assert found.date is None


def test_an_index_gives_children_with_day_and_period() -> None:
    entries = "".join(
        f"<sitemap><loc>{loc}</loc><lastmod>2025-03-02T01:02:03+07:00</lastmod></sitemap>"
        for loc in ("/sitemap-2025-03.xml", "/s/2024.xml.gz", "/news-20250314.xml", "/cat-5000.xml")
    )
    body = f"<sitemapindex {NS}>{entries}</sitemapindex>".encode()
    sitemap = read_sitemap(body, URL)
    assert [(c.url, c.period) for c in sitemap.children] == [
        ("https://x.vn/sitemap-2025-03.xml", "2025-03"),
        ("https://x.vn/s/2024.xml.gz", "2024"),
        ("https://x.vn/news-20250314.xml", "2025-03-14"),
        ("https://x.vn/cat-5000.xml", None),
    ]
    assert {c.lastmod for c in sitemap.children} == {"2025-03-02T01:02:03+07:00"}


def test_gzip_is_known_by_its_first_bytes() -> None:
    body = urlset(page(1))
    for given_body in (gzip.compress(body), body):
        for name in ("https://x.vn/sitemap.xml", "https://x.vn/sitemap.xml.gz"):
            assert len(read_sitemap(given_body, name).pages) == 1


def test_a_cut_gzip_gives_what_came_and_says_so() -> None:
    whole = gzip.compress(urlset("".join(page(n) for n in range(2000))))
    sitemap = read_sitemap(whole[: len(whole) // 2], URL)
    assert 10 < len(sitemap.pages) < 2000
    assert sitemap.problems[0] == "its gzip data ends early"


def test_bare_ampersands_lose_no_page() -> None:
    body = urlset("<url><loc>https://x.vn/?id=1&l=2</loc></url>" + page(2))
    sitemap = read_sitemap(body, URL)
    assert [p.url for p in sitemap.pages] == ["https://x.vn/?id=1&l=2", "https://x.vn/a2.html"]
    assert "not well-formed" in sitemap.problems[0]


def test_no_namespace_upper_case_and_marks_do_not_matter() -> None:
    body = b"\xef\xbb\xbf\n<urlset><url><loc> \n/a1.html </loc></url></urlset>"
    assert read_sitemap(body, URL).pages[0].url == "https://x.vn/a1.html"


def test_a_list_of_addresses_is_a_sitemap_too() -> None:
    body = b"https://x.vn/a1.html\nhttps://x.vn/a2.html\nnothing\n"
    assert len(read_sitemap(body, URL).pages) == 2


def test_a_feed_may_serve_as_sitemap() -> None:
    body = b"<rss><channel><item><link>/a1.html</link></item></channel></rss>"
    assert read_sitemap(body, URL).pages[0].url == "https://x.vn/a1.html"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "is empty"),
        (b"<!doctype html><html>404</html>", "is an HTML page, not a sitemap"),
        (b"<x/>", "is not a sitemap"),
        (b"hello", "is not a sitemap"),
        (b"\x1f\x8b\x08zzzzzzz", "cannot be unzipped"),
        (urlset(""), "names no pages"),
    ],
)
def test_what_is_no_sitemap_is_said(body: bytes, said: str) -> None:
    sitemap = read_sitemap(body, URL)
    assert (sitemap.pages, sitemap.children) == ((), ())
    assert said in " ".join(sitemap.problems)


def test_fifty_thousand_pages_are_read() -> None:
    slug = "mot-tieu-de-rat-dai-" * 6
    entries = "".join(
        f"<url><loc>https://x.vn/{slug}{n}.html</loc><lastmod>2025-03-01</lastmod></url>"
        for n in range(50_000)
    )
    body = urlset(entries)
    assert 9_000_000 < len(body) < 16_000_000
    sitemap = read_sitemap(body, URL)
    assert (len(sitemap.pages), sitemap.problems) == (50_000, ())


def test_more_than_the_protocol_allows_is_cut() -> None:
    sitemap = read_sitemap(urlset("<url><loc>/a</loc></url>" * 50_001), URL)
    assert len(sitemap.pages) == 50_000
    assert "more than 50000" in sitemap.problems[0]


def test_so_many_children_and_entries_are_looked_at() -> None:
    child = "<sitemap><loc>/a.xml</loc></sitemap>"
    index = f"<sitemapindex>{child * 10_001}</sitemapindex>"
    assert len(read_sitemap(index.encode(), URL).children) == 10_000
    page = "<url><loc>/a</loc></url>"
    body = f"<urlset>{'<url/>' * 100_001}{page * 2}</urlset>"
    assert len(read_sitemap(body.encode(), URL).pages) == 1


def test_a_zip_bomb_stops_at_the_limit() -> None:
    bomb = gzip.compress(urlset(page(1)) + b" " * 100_000_000, 9)
    assert "longer than 16 MiB" in read_sitemap(bomb, URL).problems[0]


@pytest.mark.parametrize(
    ("start", "unit"),
    [
        (b"<urlset>", b"<url>"),
        (b"<urlset>", b"<url><loc>"),
        (b"<urlset>", b"<a>"),
        (b"<urlset>", b"<url><loc>&a;</loc></url>"),
        (b"<urlset><url>", b"<loc>/a</loc>"),
        (b"<urlset>", b"<"),
        (b"<urlset>" + b" " * 1_000_000, b"<url"),
        (b'<!DOCTYPE u [<!ENTITY x SYSTEM "file:///etc/passwd">]>', b"<urlset><url><loc>&x;"),
    ],
)
def test_hostile_sitemaps_cost_what_their_size_does(start: bytes, unit: bytes) -> None:
    assert_linear(lambda body: read_sitemap(body, URL), lambda n: start + unit * n, 40_000)


@given(st.binary(max_size=400))
def test_no_bytes_break_it(body: bytes) -> None:
    read_sitemap(body, URL)
    read_sitemap(b"<urlset><url><loc>" + body, URL)


def test_sitemaps_with_prefixes_and_entities_of_a_doctype_are_read() -> None:
    body = (
        '<!DOCTYPE urlset SYSTEM "sitemap.dtd">'
        '<s:urlset xmlns:s="http://www.sitemaps.org/schemas/sitemap/0.9"'
        ' xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">'
        "<s:url><s:loc>https://x.vn/a1.html</s:loc>"
        "<n:news><n:title>H&agrave; Nội</n:title></n:news></s:url></s:urlset>"
    )
    pages = read_sitemap(body.encode(), "https://x.vn/sitemap.xml").pages
    assert [(page.url, page.title) for page in pages] == [("https://x.vn/a1.html", "Hà Nội")]


def test_a_list_of_addresses_is_read_up_to_its_most_bytes() -> None:
    one, two = b"https://x.vn/a1.html", b"https://x.vn/a2.html"
    for end, read in ((MAX_LINES, 2), (MAX_LINES + len(two), 1)):
        between = b"\n" * (end - len(one) - len(two))
        assert len(read_sitemap(one + between + two, URL).pages) == read


def test_so_many_fields_of_an_entry_are_looked_at() -> None:
    title = "<news:news><news:title>Tựa</news:title></news:news>"
    for images, seen in ((MAX_FIELDS - 3, "Tựa"), (MAX_FIELDS + 1, None)):
        body = urlset(page(1, "<image:image/>" * images + title))
        assert [found.title for found in read_sitemap(body, URL).pages] == [seen]


def test_a_child_without_an_address_is_none() -> None:
    index = f"<sitemapindex {NS}><sitemap><lastmod>2026-01-01</lastmod></sitemap></sitemapindex>"
    read = read_sitemap(index.encode(), URL)
    assert (read.children, read.problems) == ((), ("names no pages",))


def test_an_empty_sitemap_is_vacant_and_one_with_empty_entries_is_not() -> None:
    assert read_sitemap(urlset(""), URL).is_vacant
    assert not read_sitemap(urlset("<url></url>"), URL).is_vacant
    assert not read_sitemap(urlset(page(1)), URL).is_vacant
    assert read_sitemap(b"<html><body>x</body></html>", URL).is_other_kind


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (" " * 19_992 + "<urlset>", "names no pages"),
        (" " * 20_000 + "<urlset>", "is empty"),
        ("<!--".ljust(4_992, "x") + "<urlset></urlset>", "names no pages"),
        ("<!--".ljust(4_993, "x") + "<urlset></urlset>", "is not a sitemap"),
        ("<!DOCTYPE HTML>", "is an HTML page, not a sitemap"),
        ("<HTML>", "is an HTML page, not a sitemap"),
    ],
)
def test_what_a_body_is_stands_at_its_beginning(text: str, said: str) -> None:
    assert said in read_sitemap(text.encode(), URL).problems[-1]


def test_pages_or_children_are_enough() -> None:
    index = f"<sitemapindex {NS}><sitemap><loc>/a.xml</loc></sitemap></sitemapindex>"
    assert read_sitemap(index.encode(), URL).problems == ()
    assert read_sitemap(urlset(page(1)), URL).problems == ()
    assert not read_sitemap(index.encode(), URL).is_vacant


def test_a_damaged_sitemap_is_not_vacant() -> None:
    assert not read_sitemap(b"<urlset>", URL).is_vacant
    assert read_sitemap(b"<urlset/>", URL).is_vacant


def test_a_field_with_elements_inside_is_none() -> None:
    nested = "<url><loc><b>https://x.vn/a.html</b></loc></url>"
    assert read_sitemap(urlset(nested), URL).pages == ()


@pytest.mark.parametrize(
    ("loc", "period"),
    [
        ("/2024/sitemap-2025-03.xml", "2025-03"),
        ("https://2024.x.vn/s.xml", None),
        ("/s-1899.xml", None),
        ("/s-12024.xml", None),
        ("/s-2024-13.xml", "2024"),
        ("/s-2024-12-32.xml", "2024-12"),
        ("/s-2024_12_31.xml", "2024-12-31"),
    ],
)
def test_the_last_time_in_an_address_is_the_period_of_a_child(loc: str, period: str | None) -> None:
    index = f"<sitemapindex {NS}><sitemap><loc>{loc}</loc></sitemap></sitemapindex>"
    (child,) = read_sitemap(index.encode(), URL).children
    assert child.period == period


@pytest.mark.parametrize(
    ("said", "date"),
    [
        ("1989-12-31", None), ("1990-01-01", "1990-01-01"), ("2100-12-31", "2100-12-31"),
        ("2101-01-01", None), ("2026-11-01 8 giờ", "2026-11-01 8 giờ"),
    ],
)  # fmt: skip
def test_days_of_the_web_are_believed(said: str, date: str | None) -> None:
    (found,) = read_sitemap(urlset(page(1, f"<lastmod>{said}</lastmod>")), URL).pages
    assert found.date == date


def test_lines_that_are_no_addresses_are_no_pages() -> None:
    read = read_sitemap(b"https://x.vn/a1.html\nftp://x.vn/a\nmailto:x\n", URL)
    assert ([found.url for found in read.pages], read.problems) == (["https://x.vn/a1.html"], ())
    assert not read.is_other_kind
    none = read_sitemap(b"ftp://x.vn/a\nx\n", URL)
    assert (none.problems, none.is_other_kind) == (("is not a sitemap",), True)
