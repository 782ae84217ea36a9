"""Thirty papers on loopback: what each shows at a time, and how its troubles answer instead."""

from __future__ import annotations

import datetime as dt
import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from life.stories import DAY, HOUR, REDESIGN, SECTIONS, START, STYLES, menu, story_page
from life.troubles import BY_NAME, Trouble
from tests.site.exchange import HTML, XML
from tests.site.server import Site, not_found
from tests.site.town import feed, http_date, sitemap

if TYPE_CHECKING:
    import socket
    import ssl
    from collections.abc import Iterable
    from random import Random

    from life.stories import Story
    from tests.site.exchange import Exchange, Hit

FORMS = (
    *("feed", "feeds", "sitemap", "index", "news", "listing", "home", "portal", "broadcaster"),
    "mixed",
)
SEEDS: dict[str, tuple[tuple[str, str], ...]] = {
    "feed": (("feed", "/rss/home.rss"),),
    "feeds": tuple(("feed", f"/rss/{slug}.rss") for slug in SECTIONS),
    "sitemap": (("sitemap", "/sitemap-all.xml"),),
    "index": (("sitemap", "/sitemap.xml"),),
    "news": (("sitemap", "/sitemap-news.xml"),),
    "listing": (("listing", "/tin-moi/"),),
    "home": (),
    "portal": (("listing", "/thong-bao/"),),
    "broadcaster": (("feed", "/rss/home.rss"), ("listing", "/tin-moi/")),
    "mixed": (("feed", "/rss/home.rss"), ("sitemap", "/sitemap.xml")),
}
"""Form -> the seeds of its source file."""
PER_PAGE = 12
RETRY_AFTER = 1800
_NUMBER = re.compile(r"-a(\d+)\.html$")
_SESSION = re.compile(r"^/\(S\(\w+\)\)")
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
BOT_CHECK = (
    '<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title></head><body>'
    '<div class="main-wrapper"><h1>Checking your browser before accessing the site.</h1>'
    '<form id="challenge-form" action="/cdn-cgi/challenge-platform/h/b"></form>'
    "<noscript>Enable JavaScript and cookies to continue</noscript></div></body></html>"
)
MAINTENANCE = (
    "<!DOCTYPE html><html><head><title>Bảo trì hệ thống</title></head><body><h1>Hệ thống đang bảo "
    "trì</h1><p>Website đang được bảo trì, nâng cấp. Vui lòng quay lại sau.</p></body></html>"
)


@dataclass
class World:
    """The time that all papers share, and the number of the crawler's round."""

    now: float = START
    round: int = 0


@dataclass(frozen=True)
class Visit:
    """One request, and when it came in the time of the world."""

    hit: Hit
    host: str
    now: float
    round: int
    refused: str
    """The trouble that answered, if one did."""


class Paper(Site):
    """One outlet: its stories, the form of its seeds, its look, and its troubles."""

    def __init__(
        self,
        name: str,
        form: str,
        stories: list[Story],
        world: World,
        chance: Random,
        **site: object,
    ) -> None:
        super().__init__(fallback=self._answer_all, lifetime=8 * HOUR, **site)  # type: ignore[arg-type]
        self.name, self.form, self.stories, self.world = name, form, stories, world
        self.by_number = {story.number: story for story in stories}
        self.troubles: list[Trouble] = []
        self.visits: list[Visit] = []
        self.expired: ssl.SSLContext | None = None
        self.sound: ssl.SSLContext | None = None
        self.title = "Cổng thông tin nhanh và mới"
        self._style = chance.choice(STYLES)
        self._marks = chance.choice(("meta", "meta", "plain"))
        self._length = chance.randint(10, 30)
        self._salt = chance.randrange(1 << 30)
        self._named: list[Story] = []
        host, port = self.host.rpartition(".")[0] + ".2", 0
        self.second = Site(fallback=self._answer_all, host=host, port=port, lifetime=8 * HOUR)
        """The host it moves to."""

    # --- trouble ---------------------------------------------------------------------------------

    def find_trouble(self, name: str) -> Trouble | None:
        """The trouble of that kind that stands now."""
        now = self.world.now
        for trouble in self.troubles:
            if trouble.kind.name == name and trouble.begin <= now < trouble.end:
                return trouble
        return None

    def _serve(self, sock: socket.socket, number: int) -> None:
        trouble = self.find_trouble("expired certificate") if self.sound else None
        self.tls = self.expired if trouble else self.sound
        if trouble:
            trouble.met.add(self.world.round)
        super()._serve(sock, number)

    def _answer_all(self, exchange: Exchange) -> None:
        """Answer one request, on either host, and note it."""
        refused = ""
        try:
            for trouble in self.troubles:
                if trouble.begin <= self.world.now < trouble.end and self._refuse(
                    exchange, trouble
                ):
                    refused = trouble.kind.name
                    trouble.met.add(self.world.round)
                    break
            else:
                self._show(exchange)
        finally:
            host = exchange.base.partition("//")[2]
            self.visits.append(Visit(exchange.hit, host, self.world.now, self.world.round, refused))

    def _refuse(self, exchange: Exchange, trouble: Trouble) -> bool:
        """Whether the trouble has answered instead of the paper."""
        name, is_robots = trouble.kind.name, exchange.hit.path == "/robots.txt"
        if name == "robots deny" and is_robots:
            exchange.reply("User-agent: *\nDisallow: /\n", content_type="text/plain")
        elif name == "moved host" and exchange.base == self.base:
            exchange.redirect(self.second.base + exchange.hit.target, 301)
        elif name == "bot check" and not is_robots:
            exchange.reply(BOT_CHECK)
        elif name == "maintenance" and not is_robots:
            exchange.reply(MAINTENANCE)
        elif name == "503" and not is_robots:
            exchange.reply("<h1>503 Service Unavailable</h1>", 503)
        elif name == "503 with Retry-After" and not is_robots:
            exchange.reply("<h1>503</h1>", 503, Retry_After=str(RETRY_AFTER))
        elif name == "connections cut":
            exchange.reset()
        else:
            return False
        return True

    # --- what it shows ---------------------------------------------------------------------------

    def published(self) -> list[Story]:
        """Stories that seeds name now, newest first."""
        now = self.world.now
        return [s for s in reversed(self.stories) if s.at <= now < s.removed_at]

    def _show(self, exchange: Exchange) -> None:
        self._named = []
        path = _SESSION.sub("", exchange.hit.path)
        number = _NUMBER.search(path)
        if number:
            self._show_story(exchange, self.by_number.get(int(number[1])))
        elif path == "/robots.txt":
            exchange.reply("User-agent: *\nDisallow: /cam/\n", content_type="text/plain")
        elif path.endswith(".rss") and self._has("feed"):
            self._show_feed(exchange, path)
        elif path.endswith(".xml") and self._has("sitemap"):
            self._show_sitemap(exchange, path)
        elif path == "/" or path.split("/")[1] in (*SECTIONS, "tin-moi", "thong-bao"):
            self._show_list(exchange, path)
        else:
            not_found(exchange)
        if exchange.hit.status == 200:
            for story in self._named:
                if story.shown_at is None:
                    story.shown_at = self.world.now

    def _has(self, kind: str) -> bool:
        return any(each == kind for each, _ in SEEDS[self.form])

    def _link(self, story: Story) -> str:
        """The address of a story, as it is named in seeds now."""
        self._named.append(story)
        if self.find_trouble("session ids in paths"):
            return f"/(S({self._salt ^ len(self.visits):x}))" + story.path
        return story.path

    def _show_story(self, exchange: Exchange, story: Story | None) -> None:
        now = self.world.now
        if story is not None and (lag := self.find_lag(story)):
            lag.met.add(self.world.round)
            story.hidden_until = story.at + (20 + story.number % 70) * 60
        if story is None or now < max(story.at, story.hidden_until):
            not_found(exchange)
        elif now >= story.removed_at:
            exchange.reply("<h1>Bài viết đã bị gỡ</h1>", 410)
        else:
            style = REDESIGN if self.find_trouble("redesign") else self._style
            plain = self.find_trouble("one title for all")
            page = story_page(story, self.title, now, style, "none" if plain else self._marks)
            story.served.append((now, "" if plain else story.title(now)))
            self._send(
                exchange, page, HTML, (now >= story.edited_at and story.edited_at) or story.at
            )

    def find_lag(self, story: Story) -> Trouble | None:
        """The trouble of lagging 404s in which the story was published."""
        kind = BY_NAME["lagging 404"]
        for trouble in self.troubles:
            if trouble.kind is kind and trouble.begin <= story.at < trouble.end:
                return trouble
        return None

    def _show_feed(self, exchange: Exchange, path: str) -> None:
        slug = path.removeprefix("/rss/").removesuffix(".rss")
        stories = [s for s in self.published() if slug in ("home", s.section)][: self._length]
        rows = [(self._link(s), s.title(self.world.now), http_date(s.local)) for s in stories]
        self._send(exchange, feed(rows, exchange.base), XML, stories[0].at if stories else START)

    def _show_sitemap(self, exchange: Exchange, path: str) -> None:
        base, now = exchange.base, self.world.now
        if path == "/sitemap.xml":
            still = self.find_trouble("index stands still")
            moment = min(now, still.begin) if still else now
            newest = next((s for s in reversed(self.stories) if s.at <= moment), self.stories[0])
            children = [(f"{base}/sitemap-{name}.xml", newest) for name in ("moi", "cu")]
            rows = [(url, story.local.isoformat()) for url, story in children]
            self._send(exchange, sitemap(rows, "sitemap"), XML, newest.at)
            return
        days = {"moi": (0, 3), "cu": (3, 30), "all": (0, 30), "news": (0, 2)}
        first, last = days.get(path.removeprefix("/sitemap-").removesuffix(".xml"), (0, 0))
        stories = [s for s in self.published() if first * DAY <= now - s.at < last * DAY]
        if path == "/sitemap-news.xml":
            text = self._news(stories, base)
        else:
            text = sitemap((base + self._link(s), s.local.isoformat()) for s in stories)
        self._send(exchange, text, XML, stories[0].at if stories else START)

    def _news(self, stories: Iterable[Story], base: str) -> str:
        rows = "".join(
            f"<url><loc>{base}{self._link(s)}</loc><n:news><n:publication><n:name>{self.title}"
            "</n:name><n:language>vi</n:language></n:publication><n:publication_date>"
            f"{s.local.isoformat()}</n:publication_date><n:title>{s.title(self.world.now)}</n:title>"
            "</n:news></url>"
            for s in stories
        )
        space = "http://www.sitemaps.org/schemas/sitemap/0.9"
        return f'<?xml version="1.0"?><urlset xmlns="{space}" xmlns:n="{_NEWS}">{rows}</urlset>'

    def _show_list(self, exchange: Exchange, path: str) -> None:
        name, _, rest = path.strip("/").partition("/")
        page = int("".join(c for c in rest if c.isdigit()) or 1)
        stories = [s for s in self.published() if name not in SECTIONS or s.section == name]
        begin = (page - 1) * PER_PAGE
        rows = "".join(
            f'<li class="item"><h3><a href="{self._link(s)}">{s.title(self.world.now)}</a></h3>'
            f"<span>{s.local:%d/%m/%Y}</span></li>"
            for s in stories[begin : begin + PER_PAGE]
        )
        more = ""
        if name and begin + PER_PAGE < min(len(stories), 5 * PER_PAGE):
            more = f'<a rel="next" href="/{name}/trang-{page + 1}.html">Trang sau</a>'
        box = "k-ls" if self.find_trouble("redesign") else "list-news"
        text = (
            f'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{self.title}</title>'
            f'</head><body><nav>{menu()}</nav><main><ul class="{box}">{rows}</ul>{more}</main></body>'
            "</html>"
        )
        self._send(exchange, text, HTML, stories[0].at if stories else START)

    def _send(self, exchange: Exchange, text: str, content_type: str, changed: float) -> None:
        moment = dt.datetime.fromtimestamp(changed, dt.UTC)
        etag = f'"{zlib.crc32(text.encode()):x}"'
        exchange.reply_if_changed(text.encode(), content_type, etag, http_date(moment))
