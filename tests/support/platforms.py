"""Small sites of other publishing systems than the samples', written for tests.

Addresses, class names and ways to page are those of real systems; every sentence is invented.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.support.sites import Page, page, serve_pages

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.site.server import Site

PLACES = ("Tân Hòa", "Bình Lộc", "Phước Sơn", "Đông Thạnh", "Mỹ Long", "An Khê", "Gò Dừa", "Cây Me")
DEEDS = (
    ("khánh thành cây cầu nối hai ấp", "khanh-thanh-cay-cau-noi-hai-ap"),
    ("mở lớp dạy nghề cho lao động trẻ", "mo-lop-day-nghe-cho-lao-dong-tre"),
    ("trồng mới hai nghìn cây ven đê", "trong-moi-hai-nghin-cay-ven-de"),
)
SECTIONS = (("thoi-su", "Thời sự"), ("kinh-te", "Kinh tế"), ("van-hoa", "Văn hóa"))
PLACE_SLUGS = (
    *("tan-hoa", "binh-loc", "phuoc-son", "dong-thanh"),
    *("my-long", "an-khe", "go-dua", "cay-me"),
)


@dataclass(frozen=True, slots=True)
class Story:
    """One invented article."""

    number: int

    @property
    def title(self) -> str:
        return f"Xã {PLACES[self.number % 8]} {DEEDS[self.number % 3][0]}"

    @property
    def slug(self) -> str:
        return f"xa-{PLACE_SLUGS[self.number % 8]}-{DEEDS[self.number % 3][1]}"

    @property
    def section(self) -> tuple[str, str]:
        return SECTIONS[self.number % 3]

    @property
    def published(self) -> str:
        return f"2025-0{1 + self.number % 9}-1{self.number % 9}T0{self.number % 10}:15:00+07:00"

    @property
    def paragraphs(self) -> list[str]:
        place, deed = PLACES[self.number % 8], DEEDS[self.number % 3][0]
        return [
            (
                f"Sáng nay, Ủy ban nhân dân xã {place} {deed}, công trình được bà con góp công góp "
                f"của suốt {3 + self.number} tháng qua với sự giúp sức của chính quyền địa phương."
            ),
            (
                f"Theo ông trưởng ấp, {120 + 7 * self.number} hộ dân trong vùng sẽ được hưởng lợi, "
                "nhất là vào mùa mưa khi đường đi lại khó khăn và việc chở nông sản bị ngừng."
            ),
            (
                f"Trong năm tới, xã {place} dự kiến góp thêm {200 + 11 * self.number} triệu đồng "
                "để hoàn thành các phần việc còn lại và chăm lo cho những gia đình khó khăn."
            ),
        ]


@dataclass(slots=True)
class Platform:
    """What a system does with a story."""

    name: str
    path: Callable[[Story], str]
    article: Callable[[Story], str]
    pages: dict[str, Page] = field(default_factory=dict)
    stories: list[Story] = field(default_factory=lambda: [Story(n) for n in range(1, 13)])

    def build(self) -> Platform:
        for story in self.stories:
            self.pages[self.path(story)] = page(self.article(story))
        return self

    @property
    def paths(self) -> set[str]:
        return {self.path(story) for story in self.stories}

    def serve(self) -> Site:
        return serve_pages(self.pages)

    def of(self, section: str) -> list[Story]:
        return [story for story in self.stories if story.section[0] == section]

    def items(self, stories: list[Story]) -> str:
        return "".join(
            f'<article class="story"><h3><a href="{self.path(s)}">{s.title}</a></h3></article>'
            for s in stories
        )


def frame(title: str, body: str, head: str = "", ending: str = "") -> str:
    menu = "".join(f'<li><a href="/{slug}{ending}">{name}</a></li>' for slug, name in SECTIONS)
    return (
        f"<!DOCTYPE html><html lang='vi'><head><meta charset='utf-8'><title>{title}</title>{head}"
        f"</head><body><nav><ul><li><a href='/'>Trang chủ</a></li>{menu}<li>"
        "<a href='/lien-he.html'>Liên hệ</a></li><li><a href='/video/'>Video</a></li></ul></nav>"
        f"{body}<footer>Cơ quan của Đảng bộ tỉnh Quảng Ngãi</footer></body></html>"
    )


def text_of(story: Story, tag: str = "p") -> str:
    return "".join(f"<{tag}>{line}</{tag}>" for line in story.paragraphs)


def post_system() -> Platform:
    """``-post<id>.html``; a feed, a zipped sitemap named by robots.txt, pages ``/trang-2.html``."""

    def article(story: Story) -> str:
        head = (
            f'<meta property="og:title" content="{story.title}">'
            f'<meta property="article:published_time" content="{story.published}">'
        )
        body = (
            f'<h1 class="article__title cms-title">{story.title}</h1>'
            f'<time class="time" datetime="{story.published}">{story.published}</time>'
            f'<div class="article__body zce-content-body cms-body" itemprop="articleBody">'
            f"{text_of(story)}</div><a href='/tu-khoa/cau-tag77.html'>cầu</a>"
        )
        return frame(f"{story.title} - Báo Quảng Ngãi", body, head, ".html")

    site = Platform("post", lambda s: f"/{s.slug}-post{50000 + s.number}.html", article).build()
    feed = '<link rel="alternate" type="application/rss+xml" href="/rss/home.rss">'
    site.pages["/"] = page(frame("Báo Quảng Ngãi", site.items(site.stories[:4]), feed, ".html"))
    for slug, name in SECTIONS:
        stories = site.of(slug)
        more = f'<a href="/{slug}/trang-2.html">2</a>'
        body = site.items(stories[:2]) + more
        site.pages[f"/{slug}.html"] = page(frame(name, body, ending=".html"))
        rest = frame(name, site.items(stories[2:]), ending=".html")
        site.pages[f"/{slug}/trang-2.html"] = page(rest)
    items = "".join(
        f"<item><title>{s.title}</title><link>{{base}}{site.path(s)}</link>"
        f"<pubDate>{s.published}</pubDate></item>"
        for s in site.stories[:5]
    )
    rss = f"<rss version='2.0'><channel><title>x</title>{items}</channel></rss>"
    site.pages["/rss/home.rss"] = page(rss, "application/rss+xml")
    locs = "".join(f"<url><loc>{site.path(s)}</loc></url>" for s in site.stories)
    zipped = gzip.compress(f"<urlset>{locs}</urlset>".encode(), mtime=0)
    site.pages["/sitemaps/all.xml.gz"] = Page(zipped, "application/gzip")
    robots = "User-agent: *\nDisallow: /tu-khoa/\nSitemap: {base}/sitemaps/all.xml.gz\n"
    site.pages["/robots.txt"] = page(robots, "text/plain")
    return site


def words_system() -> Platform:
    """A weblog system: ``/slug/`` without ids, ``/feed/``, pages ``/page/2/``."""

    def article(story: Story) -> str:
        body = (
            f'<article class="post"><h1 class="entry-title">{story.title}</h1>'
            f'<time class="entry-date published" datetime="{story.published}">x</time>'
            f'<div class="entry-content">{text_of(story)}</div></article>'
        )
        head = f'<meta property="article:published_time" content="{story.published}">'
        return frame(f"{story.title} - Đài PT-TH Quảng Ngãi", body, head, "/")

    site = Platform("words", lambda s: f"/{s.slug}/", article).build()
    feed = '<link rel="alternate" type="application/rss+xml" href="/feed/">'
    title = "Đài Phát thanh - Truyền hình Quảng Ngãi"
    site.pages["/"] = page(frame(title, site.items(site.stories[:6]), feed, "/"))
    for slug, name in SECTIONS:
        stories = site.of(slug)
        body = site.items(stories[:2]) + f'<a rel="next" href="/{slug}/page/2/">Older posts</a>'
        site.pages[f"/{slug}/"] = page(frame(name, body, ending="/"))
        site.pages[f"/{slug}/page/2/"] = page(frame(name, site.items(stories[2:]), ending="/"))
    items = "".join(
        f"<item><title>{s.title}</title><link>{{base}}{site.path(s)}</link></item>"
        for s in site.stories[:10]
    )
    site.pages["/feed/"] = page(f"<rss><channel>{items}</channel></rss>", "application/rss+xml")
    return site


def folder_system() -> Platform:
    """``/section/<id>/<slug>.html``; sections only, pages ``?page=2``: no feed, no sitemap."""

    def article(story: Story) -> str:
        day, clock = story.published[:10].split("-"), story.published[11:16]
        body = (
            f'<div class="padT4 titleDdtail f-11">{day[2]}/{day[1]}/{day[0]} {clock}</div>'
            f"<h1>{story.title}</h1><div class='content-about-baiviet'>{text_of(story)}</div>"
        )
        return frame(f"{story.title} - Báo Quảng Ngãi", body)

    def path(story: Story) -> str:
        return f"/{story.section[0]}/{75000 + story.number}/{story.slug}.html"

    site = Platform("folder", path, article).build()
    site.pages["/"] = page(frame("Báo Quảng Ngãi điện tử", site.items(site.stories[:3])))
    for slug, name in SECTIONS:
        stories = site.of(slug)
        body = site.items(stories[:2]) + f'<a href="/{slug}?page=2">Trang sau</a>'
        site.pages[f"/{slug}"] = page(frame(name, body))
        site.pages[f"/{slug}?page=2"] = page(frame(name, site.items(stories[2:])))
    return site


def query_system() -> Platform:
    """``viewer.aspx?mabb=<id>``; an Atom feed at a guessed address, a plain sitemap."""

    def article(story: Story) -> str:
        head = f'<meta property="article:published_time" content="{story.published}">'
        body = f"<h1>{story.title}</h1><div id='content'>{text_of(story)}</div>"
        return frame(f"{story.title} | Báo Quảng Ngãi", body, head)

    site = Platform("query", lambda s: f"/viewer.aspx?mabb={7000 + s.number}", article).build()
    site.pages["/"] = page(frame("Báo Quảng Ngãi", site.items(site.stories[:6])))
    entries = "".join(
        f"<entry><title>{s.title}</title><link href='{site.path(s)}'/><updated>{s.published}"
        "</updated></entry>"
        for s in site.stories[:6]
    )
    feed = f"<feed xmlns='http://www.w3.org/2005/Atom'>{entries}</feed>"
    site.pages["/rss.xml"] = page(feed, "application/atom+xml")
    locs = "".join(f"<url><loc>{site.path(s)}</loc></url>" for s in site.stories)
    site.pages["/sitemap.xml"] = page(f"<urlset>{locs}</urlset>", "application/xml")
    return site


def portal_system() -> Platform:
    """``default.aspx?tabid=&ndid=``; sections are queries, too, and pages count from 0."""

    def article(story: Story) -> str:
        day, clock = story.published[:10].split("-"), story.published[11:16]
        body = (
            f"<h1>{story.title}</h1><div>Đăng ngày {day[2]}/{day[1]}/{day[0]} - {clock}</div>"
            f"<div class='content'>{text_of(story)}</div>"
        )
        return frame(f"{story.title} - Cổng thông tin tỉnh Quảng Ngãi", body)

    def address(slug: str) -> str:
        return f"/default.aspx?tabid={500 + [each for each, _ in SECTIONS].index(slug)}"

    site = Platform("portal", lambda s: f"/default.aspx?tabid=9&ndid={7000 + s.number}", article)
    site.build()
    menu = "".join(f'<li><a href="{address(slug)}">{name}</a></li>' for slug, name in SECTIONS)
    about = "/gioi-thieu-chung-ve-cong-thong-tin"
    menu = f'<ul class="menu">{menu}<li><a href="{about}">Giới thiệu chung về cổng</a></li></ul>'
    site.pages[about] = page(frame("Giới thiệu", "<h1>Giới thiệu</h1><p>Cổng ra đời năm 2003.</p>"))
    title = "Cổng thông tin điện tử tỉnh Quảng Ngãi"
    site.pages["/"] = page(frame(title, menu + site.items(site.stories[:3])))
    for slug, name in SECTIONS:
        here, stories = address(slug), site.of(slug)
        numbers = "".join(f'<a href="{here}&page={n}">{n + 1}</a>' for n in range(2))
        for place, part in ((here, stories[:2]), (f"{here}&page=1", stories[2:])):
            site.pages[place] = page(frame(name, menu + site.items(part) + numbers))
    return site


PLATFORMS = (post_system, words_system, folder_system, query_system, portal_system)
