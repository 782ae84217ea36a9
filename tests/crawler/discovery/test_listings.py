from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discovery import (
    articles_among,
    find_sections,
    read_listing,
    seeds_from_homepage,
    seeds_from_robots,
    usual_seeds,
)
from crawler.discovery.anchors import Anchor
from crawler.discovery.listings import _merge
from crawler.discovery.results import Found
from crawler.sources import Source
from crawler.sources.patterns import compile_pattern
from storage.states import SeedKind
from tests.support.costs import assert_linear

MAX_BRACKETS = 100_000
MAX_LINKS = 5_000

HOME = "https://x.vn/"
SECTION = "https://x.vn/xa-hoi/"
BARE = Source(id="x", name="X", province="Huế", homepage=HOME)


def source(*accept: str) -> Source:
    return Source(
        id="x",
        name="X",
        province="Huế",
        homepage=HOME,
        former_hosts=("cu.vn",),
        accept=tuple(map(compile_pattern, accept)),
    )


def page(body: str, head: str = "") -> bytes:
    return f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>".encode()


def next_of(url: str, *hrefs: str) -> str | None:
    body = page("".join(f'<a href="{href}">{n}</a>' for n, href in enumerate(hrefs)))
    return read_listing(body, url, BARE).next_page


def test_a_card_is_one_link_with_headline_and_date() -> None:
    body = page(
        '<article><a href="/a-123456.html"><img alt="Ảnh lúa"></a>'
        '<h3><a href="/a-123456.html#top">Giá lúa tăng ở huyện Tân Trụ<i></i></a></h3>'
        '<time class="t"><i class="fa"></i> 06:35 | 18/09/2025 </time>'
        '<a href="/a-123456.html#comment">0</a></article>'
    )
    assert read_listing(body, SECTION, BARE).links == (
        Found(
            url="https://x.vn/a-123456.html",
            title="Giá lúa tăng ở huyện Tân Trụ",
            date="06:35 | 18/09/2025",
        ),
    )


def test_a_date_between_two_links_belongs_to_neither() -> None:
    body = page('<p><a href="/1">Một</a> 18/09/2025 <a href="/2">Hai</a></p>')
    assert [link.date for link in read_listing(body, SECTION, BARE).links] == [None, None]


def test_a_machine_date_is_preferred_to_words() -> None:
    body = page(
        '<li><a href="/1">Một</a><time datetime="2025-06-17T13:43:02+0700">hôm qua</time></li>'
    )
    assert read_listing(body, SECTION, BARE).links[0].date == "2025-06-17T13:43:02+0700"


def test_links_are_resolved_against_the_base() -> None:
    body = page('<a href="a.html">A</a><a href="/b.html">B</a>', '<base href="https://x.vn/s/t/">')
    assert [link.url for link in read_listing(body, SECTION, BARE).links] == [
        "https://x.vn/s/t/a.html",
        "https://x.vn/b.html",
    ]


def test_what_is_no_web_address_is_dropped() -> None:
    bad = ["javascript:;", "mailto:a@x.vn", "tel: 0", "#", "", "data:,x", "http://[::1"]
    body = page("".join(f'<a href="{href}">x</a>' for href in bad))
    listing = read_listing(body, SECTION, BARE)
    assert listing.links == ()
    assert listing.problems == ("has no links",)


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("https://x.vn/xa-hoi/", "https://x.vn/xa-hoi?p=2"),
        ("https://x.vn/xa-hoi?p=2", "https://x.vn/xa-hoi?p=3"),
        ("https://x.vn/xa-hoi", "https://x.vn/xa-hoi?page=2"),
        ("https://x.vn/xa-hoi/?page=44", "https://x.vn/xa-hoi/?page=45"),
        ("https://x.vn/xa-hoi.html", "https://x.vn/xa-hoi/trang-2.html"),
        ("https://x.vn/xa-hoi/trang-2.html", "https://x.vn/xa-hoi/trang-3.html"),
        ("https://x.vn/xa-hoi/", "https://x.vn/xa-hoi/page/2/"),
        ("https://x.vn/xa-hoi/index.html", "https://x.vn/xa-hoi/page-2.html"),
        ("https://x.vn/xa-hoi", "https://x.vn/xa-hoi/p2"),
        ("http://www.x.vn/xa-hoi", "https://x.vn/xa-hoi?trang=2"),
        ("https://x.vn/t?cat=5&p=1", "https://x.vn/t?p=2&cat=5"),
        ("https://x.vn/xa-hoi/?p=9&d=", "https://x.vn/xa-hoi/?p=10&d="),
        ("https://x.vn/xa-hoi", "https://x.vn/xa-hoi?start=20"),
        ("https://x.vn/xa-hoi?start=20", "https://x.vn/xa-hoi?start=40"),
        ("https://x.vn/guest/a", "https://x.vn/guest/a?p_p_id=101&_101_cur=2"),
        ("https://x.vn/a.aspx?tabid=5", "https://x.vn/a.aspx?tabid=5&tintuc_page=2"),
        ("https://x.vn/Chuyen-Muc/Xa-Hoi", "https://x.vn/Chuyen-Muc/Xa-Hoi/Page/2"),
    ],
)
def test_the_next_page_is_the_one_with_the_next_number(here: str, there: str) -> None:
    others = ("https://x.vn/kinh-te?p=2", "https://x.vn/", here, "https://x.vn/xa-hoi?p=99")
    assert next_of(here, *others, there) == there


@pytest.mark.parametrize(
    "href",
    [
        "https://x.vn/xa-hoi?p=1", "https://x.vn/xa-hoi?p=7", "https://x.vn/kinh-te?p=2",
        "https://y.vn/xa-hoi?p=2", "https://x.vn/xa-hoi?q=2", "https://x.vn/xa-hoi?p=2x",
    ],
)  # fmt: skip
def test_other_pages_are_not_next(href: str) -> None:
    assert next_of("https://x.vn/xa-hoi", href) is None


@pytest.mark.parametrize(
    "body",
    [
        '<a rel="next" href="?tiep=abc">x</a>',
        '<a href="https://x.vn/xa-hoi?p=5">Trang sau</a>',
        '<a href="https://x.vn/xa-hoi?p=5"> › </a>',
    ],
)
def test_a_link_that_says_next_leads_on(body: str) -> None:
    assert read_listing(page(body), "https://x.vn/xa-hoi?p=3", BARE).next_page


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("https://x.vn/a", "https://x.vn/a?page=1"),
        ("https://x.vn/a?page=1", "https://x.vn/a?page=2"),
    ],
)
def test_pages_may_count_from_zero(here: str, there: str) -> None:
    labels = "".join(f'<a href="/a?page={n}">{n + 1}</a>' for n in range(4))
    assert read_listing(page(labels), here, BARE).next_page == there


def test_pages_may_be_numbered_inside_a_parameter() -> None:
    start = "https://x.vn/index.php?nv=news&op=kinh-te"
    here, there = f"{start}/page-2", f"{start}/page-3"
    links = f'<a href="{start}">1</a><a href="{here}">2</a><a href="{there}">3</a>'
    assert read_listing(page(links), start, BARE).next_page == here
    assert read_listing(page(links), here, BARE).next_page == there


def test_a_first_page_without_a_number_goes_on_at_what_says_next() -> None:
    body = page('<a href="/a?page=1">Trang sau</a><a href="/a?page=9">Trang cuối</a>')
    assert read_listing(body, "https://x.vn/a", BARE).next_page == "https://x.vn/a?page=1"


def test_sections_stand_under_their_usual_folder_or_behind_a_query() -> None:
    hrefs = ("/chuyen-muc/kinh-te", "/Danh-Muc/Xa-Hoi", "/default.aspx?tabid=512", "/?cat=5")
    links = "".join(f'<a href="{href}">Kinh tế</a>' for href in (*hrefs, "/tim?q=lua", "/tag/lua"))
    assert read_listing(page(links), "https://x.vn/", BARE).sections == tuple(
        f"https://x.vn{href}" for href in hrefs
    )


@pytest.mark.parametrize(
    ("href", "title", "is_section"),
    [
        ("/?cat=1&b=2&c=3&d=4&e=5&f=6", "Xã hội", True),
        ("/?cat=1&b=2&c=3&d=4&e=5&f=6&g=7", "Xã hội", False),
        ("/?b=2", "Xã hội", False),
        ("/a/b/c/d/", "Xã hội", True),
        ("/a/b/c/d/e/", "Xã hội", False),
        ("/a/", "x" * 40, True),
        ("/a/", "x" * 41, False),
        ("/mot-hai-ba-bon-nam-sau-bay-tam/", "Xã hội", True),
        ("/mot-hai-ba-bon-nam-sau-bay-tam-chin/", "Xã hội", False),
        ("/", "Trang chủ", False),
        ("/xa-hoi.rss", "Xã hội", False),
        ("/rss-tin.aspx", "Xã hội", False),
        ("/atom/tin/", "Xã hội", False),
    ],
)
def test_sections_have_short_addresses_and_names(href: str, title: str, is_section: bool) -> None:
    listing = read_listing(page(f"<nav><a href='{href}'>{title}</a></nav>"), HOME, BARE)
    assert bool(listing.sections) == is_section


@pytest.mark.parametrize("menu", ["<nav>{}</nav>", "<ul class='main-menu'>{}</ul>", "<footer>{}"])
def test_pages_about_the_site_stand_in_menus_only(menu: str) -> None:
    about = '<a href="/gioi-thieu-chung-ve-toa-soan-bao">Giới thiệu chung về tòa soạn</a>'
    story = '<a href="/xa-tan-hoa-khanh-thanh-cay-cau">Xã Tân Hòa khánh thành cây cầu nối</a>'
    body = page(f'<div class="main">{story}</div>{menu.format(about)}')
    (found,) = articles_among(BARE, read_listing(body, "https://x.vn/", BARE).links)
    assert found.url == "https://x.vn/xa-tan-hoa-khanh-thanh-cay-cau"


def test_a_section_with_a_long_name_is_no_article_on_its_own_pages() -> None:
    own = ("/van-hoa-xa-hoi.html", "/van-hoa-xa-hoi.html?start=20", "/van-hoa-xa-hoi/trang-3.html")
    pager = "".join(f'<a href="{href}">{n}</a>' for n, href in enumerate(own, 1))
    here = "https://x.vn/van-hoa-xa-hoi.html?start=40"
    assert articles_among(BARE, read_listing(page(pager), here, BARE).links) == ()


def test_headlines_that_end_like_ids_do_not_hide_the_others() -> None:
    words = ("mot", "hai", "ba", "bon", "nam", "sau", "bay", "tam", "chin", "muoi", "tram")
    plain = [Found(url=f"https://x.vn/xa-tan-hoa-khanh-thanh-cau-{word}") for word in words]
    odd = [Found(url=f"https://x.vn/xa-tan-hoa-{word}-phong-dich-covid19") for word in words[:3]]
    assert len(articles_among(BARE, [*plain, *odd])) == len(plain) + len(odd)


def test_a_page_whose_body_is_called_a_menu_keeps_its_articles() -> None:
    story = '<a href="/xa-tan-hoa-khanh-thanh-cay-cau">Xã Tân Hòa khánh thành</a>'
    body = f'<html><body class="has-menu"><div>{story}</div></body></html>'.encode()
    assert articles_among(BARE, read_listing(body, "https://x.vn/", BARE).links)


def test_a_head_link_says_next_too() -> None:
    head = '<link rel="next" href="/xa-hoi/page/2/">'
    assert read_listing(page("", head), SECTION, BARE).next_page == "https://x.vn/xa-hoi/page/2/"


def test_a_next_link_that_leads_back_is_ignored() -> None:
    body = page('<a rel="next" href="/xa-hoi?p=1">»</a><a href="/xa-hoi?p=2">Trang sau</a>')
    assert read_listing(body, "https://x.vn/xa-hoi?p=2", BARE).next_page is None


def test_a_load_more_button_shows_the_address_of_its_rows() -> None:
    body = page(
        '<div data-url="/list-post-by-category" data-page="1" data-limit="12" data-category-id="7">'
    )
    assert read_listing(body, SECTION, BARE).load_more == (
        "https://x.vn/list-post-by-category?page=2&limit=12&category_id=7"
        "&show_thumb=true&show_desc=true"
    )
    row = '<article><a href="/a-123456.html">Một</a></article>'
    short = page(f'<div data-url="/rows" data-page="1" data-limit="2">{row}</div>')
    assert read_listing(short, SECTION, BARE).load_more is None
    full = page(f'<div data-url="/rows" data-page="1" data-limit="2">{row}{row}</div>')
    assert read_listing(full, SECTION, BARE).load_more == "https://x.vn/rows?page=2&limit=2"
    elsewhere = page('<div data-url="https://y.vn/rows" data-page="1">')
    assert read_listing(elsewhere, SECTION, BARE).load_more is None


@pytest.mark.parametrize(
    ("markup", "address"),
    [
        ('<button data-url="/rows/7?page=2">Xem thêm</button>', "/rows/7?page=2"),
        ('<div class="more" data-next="/xa-hoi/trang-2.html">', "/xa-hoi/trang-2.html"),
        ("<a onclick=\"loadMore('/ajax/rows?cat=7&amp;page=2')\">", "/ajax/rows?cat=7&page=2"),
        ('<script>var next = "/api/rows?page=2"; read(next);</script>', "/api/rows?page=2"),
        ('<script>$.get("/api/rows?c=7&page=" + n, append)</script>', "/api/rows?c=7&page=2"),
        ("<script>fetch(`/api/rows?page=${page}`).then(append)</script>", "/api/rows?page=2"),
    ],
)  # fmt: skip
def test_buttons_and_scripts_say_where_a_list_goes_on(markup: str, address: str) -> None:
    assert read_listing(page(markup), SECTION, BARE).load_more == f"https://x.vn{address}"


@pytest.mark.parametrize(
    "markup",
    [
        '<button data-url="https://y.vn/rows?page=2">',
        '<div data-url="/comments/7?page=2">',
        '<div data-src="/anh/1.jpg" data-rows="/rows?page=3">',
        '<script>$.post("/api/rows?page=" + page, append)</script>',
        '<script>open("/api/rows?page=" , append)</script>',
        '<script>track("/api/hits?page=2")</script>',
    ],
)
def test_what_leads_elsewhere_or_sends_something_is_not_asked(markup: str) -> None:
    assert read_listing(page(markup), SECTION, BARE).load_more is None


def test_rows_of_html_go_on_where_their_button_says() -> None:
    body = page("<a onclick=\"more('/rows?page=3')\">Xem thêm</a>")
    assert read_listing(body, "https://x.vn/rows?page=2", BARE).load_more == (
        "https://x.vn/rows?page=3"
    )


@pytest.mark.parametrize(
    ("told", "address"),
    [("/rows?after=9", "https://x.vn/rows?after=9"), (None, None), ("https://y.vn/rows", None)],
)
def test_json_that_names_its_next_page_is_believed(told: str | None, address: str | None) -> None:
    body = {"data": [{"url": "/mot-hai-ba-148167.html"}], "next_page_url": told}
    listing = read_listing(json.dumps(body).encode(), "https://x.vn/rows?page=2", BARE)
    assert listing.next_page == address


def test_pages_may_be_counted_by_what_they_begin_with() -> None:
    body = page('<a href="/xa-hoi/?truoc=20261124">Trang sau</a>')
    assert read_listing(body, SECTION, BARE).next_page == "https://x.vn/xa-hoi/?truoc=20261124"
    other = page('<a href="/xa-hoi/?truoc=20261124&amp;loai=3">Trang sau</a>')
    assert read_listing(other, SECTION, BARE).next_page is None


def test_json_rows_are_links_and_pages_go_on() -> None:
    url = "https://x.vn/rows?page=2&limit=1"
    row = {
        "link": "/mot-hai-ba-148167.html",
        "title": "Một &amp; hai",
        "published_at": "2025-09-12",
    }
    body = {"current_page": 2, "last_page": 3, "data": [row, {"id": 1}]}
    listing = read_listing(json.dumps(body).encode(), url, BARE)
    assert listing.links == (
        Found(url="https://x.vn/mot-hai-ba-148167.html", title="Một & hai", date="2025-09-12"),
    )
    assert listing.next_page == "https://x.vn/rows?page=3&limit=1"
    body["last_page"] = 2
    assert read_listing(json.dumps(body).encode(), url, BARE).next_page is None
    empty = read_listing(b'{"data": []}', url, BARE)
    assert (empty.next_page, empty.problems) == (None, ("names no pages",))


def test_json_may_carry_html() -> None:
    url = "https://x.vn/more?page=2"
    rows = '<li><a href="/mot-hai-ba-148167.html">Một hai ba</a></li>'
    listing = read_listing(json.dumps({"html": rows, "ok": True}).encode(), url, BARE)
    assert [link.title for link in listing.links] == ["Một hai ba"]
    assert listing.next_page == "https://x.vn/more?page=3"


def test_broken_json_is_said() -> None:
    assert read_listing(b'{"data": [', SECTION, BARE).problems == ("is not valid JSON",)
    assert read_listing(b"[" * 100_000, SECTION, BARE).problems == ("is not valid JSON",)


def test_sections_are_short_own_and_no_machinery() -> None:
    wanted = [
        "/thoi-su", "/kinh-te/nong-nghiep", "/hoc-tap-va-lam-theo-bac/", "/chuyen-muc/xa-hoi",
        "/category/tin-moi/", "/Chuyen-Muc/Kinh-Te", "/default.aspx?tabid=501", "/?cat=5",
        "/web/guest/thoi-su", "/index.php?option=com_content&view=category&id=8",
    ]  # fmt: skip
    unwanted = [
        "/", "/video/", "/tags/lua", "/rss/home.rss", "/print/1", "/lien-he", "https://y.vn/a",
        "/mot-hai-ba-bon-a167064.html", "/thoi-su?p=2", "/tim-kiem", "/su-kien/a", "/thoi-su/",
        "/default.aspx?tabid=501&ndid=9001", "/thoi-su?sort=new", "/chuyen-muc/video/",
    ]  # fmt: skip
    body = page(
        "".join(f'<a href="{href.replace("&", "&amp;")}">Mục</a>' for href in wanted + unwanted)
    )
    found = find_sections(read_listing(body, HOME, BARE).links, BARE)
    assert found == tuple(f"https://x.vn{path}" for path in wanted)


def test_linked_feeds_are_found() -> None:
    body = page(
        '<a href="/rss/cate/xa-hoi/"><i></i></a><a href="https://y.vn/rss">y</a>',
        '<link rel="alternate" type="application/rss+xml" href="/rss/home.rss">'
        '<link rel="stylesheet" href="/a.css">',
    )
    feeds = read_listing(body, HOME, BARE).feeds
    assert feeds == ("https://x.vn/rss/home.rss", "https://x.vn/rss/cate/xa-hoi/")


def test_the_home_page_offers_feeds_then_listings() -> None:
    body = page('<a href="/thoi-su/">Thời sự</a><a href="/rss/thoi-su.rss">RSS</a>')
    assert [(seed.kind, seed.url) for seed in seeds_from_homepage(body, HOME, BARE)] == [
        (SeedKind.FEED, "https://x.vn/rss/thoi-su.rss"),
        (SeedKind.LISTING, "https://x.vn/"),
        (SeedKind.LISTING, "https://x.vn/thoi-su/"),
    ]


def test_robots_name_sitemaps() -> None:
    body = (
        b"\xef\xbb\xbfUser-agent: *\rDisallow: /\rSITEMAP : https://x.vn/s.xml # main\r\n"
        b"Sitemap: /relative.xml\nSitemap: https://y.vn/s.xml\nSitemap:\n"
    )
    assert [seed.url for seed in seeds_from_robots(body, "https://x.vn/robots.txt", BARE)] == [
        "https://x.vn/s.xml",
        "https://x.vn/relative.xml",
    ]


def test_usual_places_are_own() -> None:
    assert all(BARE.owns(seed.url) for seed in usual_seeds(BARE))


def test_articles_come_once_from_own_hosts_at_the_present_address() -> None:
    own = source(r"-a(?P<id>\d+)\.html$")
    urls = [
        "http://x.vn/mot-a1.html?utm_source=home", "https://x.vn/mot-a1.html#c",
        "https://x.vn/doi-ten-a1.html", "https://www.x.vn/hai-a2.html", "http://cu.vn/ba-a3.html",
        "https://y.vn/quang-cao-a4.html", "https://x.vn/video/bon-a5.html", "https://x.vn/xa-hoi/",
    ]  # fmt: skip
    found = articles_among(own, [Found(url=url) for url in urls])
    assert [item.url for item in found] == [
        "https://x.vn/mot-a1.html",
        "https://www.x.vn/hai-a2.html",
        "https://x.vn/ba-a3.html",
    ]


def test_without_patterns_the_sites_habit_decides() -> None:
    slug = "https://x.vn/kinh-te/nguoi-nuoi-tom-o-xa-thanh-phu-trung-giam-chi-phi"
    numbered = [f"https://x.vn/nguoi-nuoi-tom-o-xa-14823{n}.html" for n in range(4)]
    with_ids = articles_among(BARE, [Found(url=url) for url in [slug, *numbered]])
    assert [item.url for item in with_ids] == numbered
    without = [Found(url=f"{slug}-{word}/") for word in ("mot", "hai", "ba")]
    assert articles_among(BARE, without) == tuple(without)


def test_a_feed_vouches_for_its_items() -> None:
    short = Found(url="https://x.vn/tin/lua")
    assert articles_among(BARE, [short]) == ()
    assert articles_among(BARE, [short], SeedKind.FEED) == (short,)
    listed = [Found(url=f"https://x.vn{path}") for path in ("/", "/video/a", "/a.pdf")]
    assert articles_among(BARE, listed, SeedKind.FEED) == ()
    assert articles_among(source(r"\.html$"), [short], SeedKind.FEED) == ()


@pytest.mark.parametrize(
    ("start", "unit"),
    [
        ("", "<a href='/a'>"),
        ("", "<a href='/a-%d.html'>x</a>"),
        ("<li><a href=/1>a</a>", "<time>1/1/2025</time>"),
        ("<ul>", "<li><a href=/1>a</a><b>18/09/2025</b>"),
        ("<p>", "18/09/2025 "),
        ("", "<"),
        ("<a href='", "/../"),
        ("<a>", " "),
        ("", "<base href='http://127.0.0.9/'>"),
        ("", "<i data-url='/x' data-page='1'>"),
        ("{", '"a":{'),
        ('{"data":[{}', ',{"link":"/%d"}'),
        ("[[]", ",[[1]]"),
    ],
)
def test_hostile_pages_cost_what_their_size_does(start: str, unit: str) -> None:
    def read(body: bytes) -> None:
        listing = read_listing(body, SECTION, BARE)
        articles_among(BARE, listing.links)
        assert len(listing.links) <= 5000
        assert len(listing.sections) <= 100

    def make(times: int) -> bytes:
        units = "".join([unit.replace("%d", str(number)) for number in range(times)])
        ends = {"{": "", '{"data":[{}': "]}", "[[]": "]"}
        return (start + units + ends.get(start, "")).encode()

    assert_linear(read, make, 60_000)


@given(st.binary(max_size=400))
def test_no_bytes_break_it(body: bytes) -> None:
    read_listing(body, SECTION, BARE)
    read_listing(b"<a href='" + body, SECTION, BARE)
    read_listing(b'{"data": [{"link": "' + body, SECTION, BARE)


@given(st.text(max_size=100))
def test_no_address_breaks_it(href: str) -> None:
    found = [Found(url=f"https://x.vn/{href}"), Found(url=href), Found(url=f"//x.vn:{href}")]
    articles_among(BARE, found)
    read_listing(page(f'<a href="{href}">x</a>'), f"https://x.vn/{href}", BARE)


def test_an_answer_of_too_many_objects_is_not_read() -> None:
    row = json.dumps({"url": "/a-123456.html", "title": "Giá lúa tăng"})
    for padding, links in ((MAX_BRACKETS - 2, 1), (MAX_BRACKETS - 1, 0)):
        text = f'[{row}, "{"[" * padding}"]'
        assert len(read_listing(text.encode(), SECTION, BARE).links) == links


def test_so_many_objects_of_an_answer_are_looked_at() -> None:
    rows = [{"url": f"/a-{number}.html"} for number in range(MAX_LINKS + 3)]
    assert len(read_listing(json.dumps(rows).encode(), SECTION, BARE).links) == MAX_LINKS


def test_a_row_behind_twenty_thousand_objects_is_not_looked_at() -> None:
    for before, links in ((19_999, 1), (20_000, 0)):
        text = f'[{"{}," * before}{{"url": "/a-1.html"}}]'
        assert len(read_listing(text.encode(), SECTION, BARE).links) == links


def test_rows_name_their_fields_in_one_of_several_ways() -> None:
    rows = [
        {"permalink": "/a.html", "name": "Một"},
        {"share_url": "/b.html", "headline": "Hai", "created_at": "2026-11-03"},
        {"href": "/a.html", "title": "Một lần nữa"},
        {"title": "Không có địa chỉ"},
    ]
    answer = {"data": {"items": rows}, "nextPageUrl": "https://x.vn/api?p=2"}
    read = read_listing(json.dumps(answer).encode(), SECTION, BARE)
    assert [(each.url, each.title, each.date) for each in read.links] == [
        ("https://x.vn/a.html", "Một", None),
        ("https://x.vn/b.html", "Hai", "2026-11-03"),
    ]
    assert read.next_page == "https://x.vn/api?p=2"
    elsewhere = json.dumps({**answer, "nextPageUrl": "https://khac.vn/api?p=2"})
    assert read_listing(elsewhere.encode(), SECTION, BARE).next_page is None


def test_links_are_kept_up_to_the_most_and_only_more_is_too_many() -> None:
    many = [Anchor(f"https://x.vn/{n}", "x", is_next=False, in_menu=False) for n in range(5001)]
    for anchors, count, cut in ((many[:5000], 5000, False), (many, 5000, True)):
        links, is_cut = _merge([*anchors, *anchors[:9]], {})
        assert (len(links), is_cut) == (count, cut)


@pytest.mark.parametrize(
    ("labels", "title"),
    [
        (["0", "Giá lúa"], "Giá lúa"),
        (["Giá lúa", "0"], "Giá lúa"),
        (["Xem thêm", "Giá lúa tăng"], "Giá lúa tăng"),
        (["Giá lúa tăng", "Giá lúa tăng mạnh"], "Giá lúa tăng"),
        (["Giá lúa", "Giá gạo"], "Giá lúa"),
        (["", ""], None),
    ],
)
def test_a_link_has_the_fullest_of_its_titles(labels: list[str], title: str | None) -> None:
    anchors = [Anchor(HOME, label, is_next=False, in_menu=False) for label in labels]
    ((link,), _) = _merge(anchors, {})
    assert link.title == title


def test_a_link_stands_in_a_menu_only_where_all_its_places_are() -> None:
    for places, in_menu in (((True, True), True), ((True, False), False)):
        anchors = [Anchor(HOME, "x", is_next=False, in_menu=place) for place in places]
        ((link,), _) = _merge(anchors, {HOME: "18/09/2025"})
        assert (link.in_menu, link.date) == (in_menu, "18/09/2025")


def test_sections_are_named_up_to_a_bound_and_never_the_home_page() -> None:
    links = [Found(url=f"https://x.vn/muc-{n}", title="Mục") for n in range(101)]
    assert len(find_sections(links, BARE)) == 100
    home = Source(id="x", name="X", province="Huế", homepage="https://x.vn/tin/")
    assert find_sections([Found(url="https://x.vn/tin", title="Tin")], home) == ()
    assert find_sections([Found(url="https://x.vn/tin", title="Tin")], BARE)


@pytest.mark.parametrize("kind", ["rss+xml", "atom+xml", "rdf+xml", "RSS+XML"])
def test_feeds_are_named_in_the_head(kind: str) -> None:
    def feeds(before: int) -> tuple[str, ...]:
        head = "<link>" * before + f"<link type=application/{kind} href=/f>"
        return read_listing(page("", head), HOME, BARE).feeds

    assert feeds(199) == ("https://x.vn/f",)
    assert feeds(200) == ()
    assert read_listing(page("", f"<link type=application/{kind}>"), HOME, BARE).feeds == ()


@pytest.mark.parametrize("rel", ["next", "NEXT"])
def test_a_next_page_in_the_head_needs_no_number(rel: str) -> None:
    def after(before: int, href: str = "/tiep-theo") -> str | None:
        head = "<link>" * before + f"<link rel={rel} href={href}>"
        return read_listing(page("", head), SECTION, BARE).next_page

    assert after(199) == "https://x.vn/tiep-theo"
    assert after(200) is None
    assert after(0, "https://y.vn/tiep-theo") is None


def test_the_first_base_that_is_an_address_counts() -> None:
    for bad, url in ((0, "https://y.vn/a"), (2, "https://y.vn/a"), (3, "https://x.vn/xa-hoi/a")):
        head = "<base href='mailto:x'>" * bad + "<base href=https://y.vn/><base href=https://z.vn/>"
        (link,) = read_listing(page("<a href=a>x</a>", head), SECTION, BARE).links
        assert link.url == url


@pytest.mark.parametrize(
    ("answer", "url", "links", "onward"),
    [
        ({"html": "<a href=/b>B</a>", "data": [{"url": "/a"}]}, "?page=2", ["a"], "?page=3"),
        ({"html": "<a href=/b>B</a>", "text": "chữ"}, "?page=2", ["b"], "?page=3"),
        ({"text": "chữ"}, "?page=2", [], None),
        ({"data": [{"url": "/a"}]}, "", ["a"], None),
        ({"data": [{"url": "/a"}]}, "?page=2&p=2", ["a"], "?page=3&p=2"),
        ({"data": [{"url": "/a"}], "last_page": 3}, "?page=2", ["a"], "?page=3"),
        ({"data": [{"url": "/a"}], "last_page": 2}, "?page=2", ["a"], None),
        ({"data": [{"url": "/a"}], "last_page": "2"}, "?page=2", ["a"], "?page=3"),
        ({"next_url": "/c", "data": [{"url": "/a", "next_url": "/d"}]}, "?page=2", ["a"], "c"),
        ({"next_url": None, "data": [{"url": "/a"}]}, "?page=2", ["a"], None),
        ([{"url": "/a"}, {"url": 5}, "chữ", 5], "?page=2", ["a"], "?page=3"),
    ],
)
def test_what_an_answer_of_json_lists_and_where_it_goes_on(
    answer: object, url: str, links: list[str], onward: str | None
) -> None:
    read = read_listing(json.dumps(answer).encode(), HOME + url, BARE)
    assert [link.url for link in read.links] == [HOME + link for link in links]
    assert read.next_page == (None if onward is None else HOME + onward)
