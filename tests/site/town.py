"""The healthy part: a provincial newspaper with sections, pages, feeds, sitemaps, edits."""

from __future__ import annotations

import datetime as dt
import hashlib
import html
from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import TYPE_CHECKING

from tests.site import text
from tests.site.exchange import HTML, XML, Behaviour, Exchange
from tests.site.server import Site, not_found

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

SECTIONS = {"thoi-su": "Thời sự", "kinh-te": "Kinh tế", "van-hoa": "Văn hóa", "xa-hoi": "Xã hội"}
VIETNAM = dt.timezone(dt.timedelta(hours=7))
START = dt.datetime(2026, 11, 20, 8, 0, tzinfo=VIETNAM)
PER_PAGE = 10


@dataclass(slots=True)
class Piece:
    """One article of the town's paper."""

    number: int
    seed: object
    revision: int = 0
    """How often the newsroom has changed it."""
    deleted: bool = False
    title: str = field(init=False)
    lead: str = field(init=False)

    def __post_init__(self) -> None:
        self.title = text.make_title(self.seed)
        self.lead = text.make_lead(self.seed)

    @property
    def section(self) -> str:
        return list(SECTIONS)[self.number % len(SECTIONS)]

    @property
    def path(self) -> str:
        return f"/{self.section}/{text.make_slug(self.title)}-a{self.number}.html"

    @property
    def published(self) -> dt.datetime:
        return START - dt.timedelta(minutes=7 * (5000 - self.number % 5000))

    @property
    def paragraphs(self) -> list[str]:
        body = text.make_paragraphs(self.seed)
        if self.revision:
            body[1] += f" Số liệu được cập nhật lần {self.revision}."
        return body

    @property
    def modified(self) -> dt.datetime:
        return self.published + dt.timedelta(hours=self.revision)

    @property
    def author(self) -> str:
        return text.make_author(self.seed)

    @property
    def version(self) -> str:
        return hashlib.sha256(f"{self.title}{self.paragraphs}".encode()).hexdigest()[:16]


def http_date(moment: dt.datetime) -> str:
    """As ``Last-Modified`` and RSS write it."""
    return format_datetime(moment.astimezone(dt.UTC), usegmt=True)


def article_page(piece: Piece, base: str, *, extra: str = "", head: str = "") -> str:
    """The page of one article, with structured data and visible markup that agree."""
    title, lead = html.escape(piece.title), html.escape(piece.lead)
    body = "\n".join(f"<p>{html.escape(line)}</p>" for line in piece.paragraphs)
    shown = piece.published.strftime("%d/%m/%Y %H:%M")
    return f"""<!DOCTYPE html>
<html lang="vi"><head><meta charset="utf-8"><title>{title} - Báo Tỉnh Nhà</title>
<meta property="og:type" content="article"><meta property="og:title" content="{title}">
<meta property="og:description" content="{lead}">
<meta property="og:url" content="{base}{piece.path}">
<meta property="article:published_time" content="{piece.published.isoformat()}">
<link rel="canonical" href="{base}{piece.path}">{head}</head>
<body><header><a href="/">Báo Tỉnh Nhà</a> {_menu()}</header>
<main><article class="detail"><div class="breadcrumb"><a href="/">Trang chủ</a> »
<a href="/{piece.section}/">{SECTIONS[piece.section]}</a></div>
<h1 class="detail-title">{title}</h1>
<div class="detail-time">{shown}</div>
<div class="detail-sapo"><strong>{lead}</strong></div>
<div class="detail-content">
{body}
{extra}
</div><div class="detail-author"><strong>{html.escape(piece.author)}</strong></div></article>
</main><footer>Cơ quan chủ quản: Tỉnh ủy. Giấy phép số 1/GP-BTTTT. Tòa soạn: 1 Đường Lớn.</footer>
</body></html>"""


def _menu() -> str:
    links = (f'<a href="/{slug}/">{name}</a>' for slug, name in SECTIONS.items())
    return f'<nav>{" ".join(links)} <a href="/cam/quan-tri">Quản trị</a></nav>'


def listing_page(title: str, items: Iterable[tuple[str, str]], next_page: str | None) -> str:
    """A section page: title links, then the next page. ``items`` are (path, title)."""
    rows = "\n".join(
        f'<div class="story"><h3><a href="{html.escape(path)}">{html.escape(name)}</a></h3></div>'
        for path, name in items
    )
    following = f'<a rel="next" class="next" href="{next_page}">Trang sau</a>' if next_page else ""
    return f"""<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{title}</title>
<link rel="alternate" type="application/rss+xml" href="/rss/home.rss"></head>
<body><header>{_menu()}</header><main>{rows}<div class="paging">{following}</div></main>
</body></html>"""


def feed(items: Iterable[tuple[str, str, str | None]], base: str) -> str:
    """RSS 2.0 of (URL or path, title, date)."""
    rows = []
    for link, title, date in items:
        absolute = link if "//" in link else base + link
        when = f"<pubDate>{date}</pubDate>" if date else ""
        rows.append(
            f"<item><title>{html.escape(title)}</title><link>{html.escape(absolute)}</link>"
            f"<guid>{html.escape(absolute)}</guid>{when}</item>"
        )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
        f"<title>Báo Tỉnh Nhà</title><link>{base}/</link>{''.join(rows)}</channel></rss>"
    )


def sitemap(locs: Iterable[tuple[str, str]], kind: str = "url") -> str:
    """A sitemap of (URL, lastmod), or with kind ``sitemap`` an index."""
    outer = "urlset" if kind == "url" else "sitemapindex"
    rows = (
        f"<{kind}><loc>{html.escape(u)}</loc><lastmod>{when}</lastmod></{kind}>" for u, when in locs
    )
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><{outer} xmlns="{space}">{"".join(rows)}</{outer}>'
    )


ROBOTS = "User-agent: *\nDisallow: /cam/\nSitemap: {base}/sitemap.xml\n"


class Town(Site):
    """A healthy newspaper of ``count`` articles, newest first; more can be added and changed."""

    def __init__(
        self, count: int = 12, *, first: int = 1000, name: str = "t", **site: object
    ) -> None:
        super().__init__(fallback=self._show, **site)  # type: ignore[arg-type]
        self.pieces = [Piece(first + i, f"{name}{first + i}") for i in range(count)]
        self.extra_feed: list[tuple[str, str, str | None]] = []
        """Items put in front of the feed: faults, mostly."""
        self.illustrate: Callable[[Piece], str] = lambda _: ""
        """What stands behind the text of an article: its pictures."""
        healthy: dict[str, Behaviour] = {
            "/": lambda x: self._list(x, "Báo Tỉnh Nhà", self.latest()[:PER_PAGE], None),
            "/robots.txt": lambda x: x.reply(ROBOTS.format(base=x.base), content_type="text/plain"),
            "/rss/home.rss": self._feed,
            "/sitemap.xml": self._index,
            "/sitemap-news.xml": self._sitemap,
            "/cam/*": lambda x: x.reply("<h1>Cấm</h1>"),
            "/_edit": self._edit,
            "/_delete": self._delete,
        }
        for slug in SECTIONS:
            healthy[f"/{slug}/"] = self._section
            healthy[f"/{slug}/trang-*"] = self._section
        self.routes = healthy | self.routes

    def latest(self) -> list[Piece]:
        """Published pieces, newest first."""
        return sorted((p for p in self.pieces if not p.deleted), key=lambda p: -p.number)

    def urls(self) -> list[str]:
        """The URLs of all pieces."""
        return [self.base + piece.path for piece in self.latest()]

    def publish(self, seed: object) -> Piece:
        """Add one piece on top."""
        piece = Piece(max((p.number for p in self.pieces), default=1000) + 1, seed)
        self.pieces.append(piece)
        return piece

    def piece(self, number: int) -> Piece | None:
        """The piece with that number."""
        return next((piece for piece in self.pieces if piece.number == number), None)

    def bodies_sent(self) -> int:
        """How many article pages went out in full."""
        paths = {piece.path for piece in self.pieces}
        return sum(hit.status == 200 and hit.path in paths for hit in self.hits)

    def _show(self, exchange: Exchange) -> None:
        found = next((p for p in self.pieces if p.path == exchange.hit.path), None)
        if found is None:
            not_found(exchange)
        elif found.deleted:
            exchange.reply("<html><h1>Bài viết đã bị gỡ</h1></html>", 410)
        else:
            page = article_page(found, exchange.base, extra=self.illustrate(found)).encode()
            self._send(exchange, page, HTML, found.version, found.modified)

    def _feed(self, exchange: Exchange) -> None:
        items = [(p.path, p.title, http_date(p.published)) for p in self.latest()[:50]]
        self._send(exchange, feed([*self.extra_feed, *items], exchange.base).encode(), XML)

    def _index(self, exchange: Exchange) -> None:
        child = (f"{exchange.base}/sitemap-news.xml", START.isoformat())
        self._send(exchange, sitemap([child], "sitemap").encode(), XML)

    def _sitemap(self, exchange: Exchange) -> None:
        rows = [(exchange.base + p.path, p.modified.isoformat()) for p in self.latest()]
        self._send(exchange, sitemap(rows).encode(), XML)

    def _section(self, exchange: Exchange) -> None:
        slug, _, rest = exchange.hit.path.strip("/").partition("/")
        page = int("".join(c for c in rest if c.isdigit()) or 1)
        pieces = [piece for piece in self.latest() if piece.section == slug]
        start = (page - 1) * PER_PAGE
        more = f"/{slug}/trang-{page + 1}.html" if start + PER_PAGE < len(pieces) else None
        self._list(exchange, SECTIONS[slug], pieces[start : start + PER_PAGE], more)

    def _list(
        self, exchange: Exchange, title: str, pieces: Sequence[Piece], more: str | None
    ) -> None:
        page = listing_page(title, ((p.path, p.title) for p in pieces), more)
        self._send(exchange, page.encode(), HTML)

    def _edit(self, exchange: Exchange) -> None:
        self._change(exchange, "revision")

    def _delete(self, exchange: Exchange) -> None:
        self._change(exchange, "deleted")

    def _change(self, exchange: Exchange, name: str) -> None:
        piece = self.piece(int(exchange.hit.query.get("id", "0")))
        if piece is None:
            not_found(exchange)
            return
        setattr(piece, name, getattr(piece, name) + 1)
        exchange.reply("ok", content_type="text/plain")

    def _send(
        self,
        exchange: Exchange,
        body: bytes,
        content_type: str,
        version: str = "",
        modified: dt.datetime = START,
    ) -> None:
        etag = version or hashlib.sha256(body).hexdigest()[:16]
        exchange.reply_if_changed(body, content_type, f'"{etag}"', http_date(modified))
