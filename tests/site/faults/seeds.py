"""Feeds and sitemaps that attack their reader. Each is a town whose only seed is the fault."""

from __future__ import annotations

import gzip
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from tests.site.exchange import XML
from tests.site.faults.redirects import target
from tests.site.faults.sizes import deflated_gigabyte
from tests.site.town import Town, article_page, feed, listing_page, sitemap

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.site.exchange import Exchange

FEED, SITEMAP, LISTING = "/loi.rss", "/loi.xml", "/loi/"


def items(town: Town) -> list[tuple[str, str, str | None]]:
    """The town's articles as feed items without dates."""
    return [(piece.path, piece.title, None) for piece in town.latest()]


def rss(town: Town, exchange: Exchange, *, prolog: str = "", extra: str = "") -> str:
    """The town's feed with something before its root and something in its channel."""
    text = feed(items(town), exchange.base)
    text = text.replace('encoding="utf-8"?>', f'encoding="utf-8"?>{prolog}', 1)
    return text.replace("</channel>", f"{extra}</channel>")


def seed_town(answer: Callable[[Town, Exchange], str | bytes], path: str, count: int = 3) -> Town:
    """A town that answers ``path`` with the fault."""
    town = Town(count)
    town.routes[path] = lambda exchange: exchange.reply(answer(town, exchange), content_type=XML)
    return town


def list_town(answer: Callable[[Town, Exchange], str]) -> Town:
    """A town whose list at ``LISTING`` is the fault."""
    town = Town(3)
    town.routes[LISTING] = lambda exchange: exchange.reply(answer(town, exchange))
    return town


def laughs(*_: object) -> str:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 11))
    return (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "ha">{entities}]><rss version="2.0">'
        "<channel><item><title>&l10;</title></item></channel></rss>"
    )


def quadratic(*_: object) -> str:
    return (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "{"a" * 100_000}">]><rss version="2.0">'
        f"<channel><item><title>{'&a;' * 10_000}</title></item></channel></rss>"
    )


def external_entity(town: Town, exchange: Exchange) -> str:
    prolog = '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    return rss(town, exchange, prolog=prolog).replace("<title>Ủy", "<title>&x;Ủy")


def external_dtd(town: Town, exchange: Exchange) -> str:
    where = target("http://{canary}/x.dtd")
    style = f'<?xml-stylesheet href="{where}"?>'
    return rss(town, exchange, prolog=f'{style}<!DOCTYPE rss SYSTEM "{where}">')


def xinclude(town: Town, exchange: Exchange) -> str:
    include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'
    return rss(town, exchange, extra=include)


def malformed(town: Town, exchange: Exchange) -> bytes:
    text = rss(town, exchange).replace("<item>", "<item> Tin & ảnh <br> ", 3)
    return text.encode() + b"\xff\xfe"


def html_page(*_: object) -> str:
    return "<!DOCTYPE html><html><body><h1>Hệ thống đang bảo trì</h1></body></html>"


def partial_items(town: Town, exchange: Exchange) -> str:
    extra = "<item/><item><title>không có liên kết</title></item><item><link></link></item>"
    return rss(town, exchange, extra=extra)


def one_guid(town: Town, exchange: Exchange) -> str:
    text = rss(town, exchange)
    parts = text.split("<guid>")
    return "<guid>".join([parts[0], *("1</guid>" + p.split("</guid>", 1)[1] for p in parts[1:])])


def odd_links(town: Town, exchange: Exchange) -> str:
    bad = ("javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "http://[", "//")
    bad += (target("http://{canary}/tin-a77.html"), "http://khac.example/tin-a78.html")
    extra = "".join(f"<item><title>x</title><link>{link}</link></item>" for link in bad)
    enclosure = f'<item><link>{exchange.base}{town.latest()[0].path}</link><enclosure url="'
    extra += enclosure + target("http://{canary}/a.mp3") + '"/></item>'
    return rss(town, exchange, extra=extra)


def reverse(town: Town, exchange: Exchange) -> str:
    return feed(items(town)[::-1], exchange.base)


def nested(*_: object) -> str:
    return '<?xml version="1.0"?><rss version="2.0"><channel>' + "<a>" * 100_000


def foreign_map(town: Town, exchange: Exchange) -> str:
    own = [(exchange.base + piece.path, "2026-11-20") for piece in town.latest()]
    bad = [target("http://{canary}/tin-a1.html"), "http://169.254.169.254/tin-a2.html"]
    return sitemap([*own, *((url, "2026-11-20") for url in bad)])


def bad_lastmod(town: Town, exchange: Exchange) -> str:
    odd = ("0000-00-00", "yesterday", "2026-11-20T10:00:00+99:99", "9" * 400)
    rows = [(exchange.base + p.path, odd[n % 4]) for n, p in enumerate(town.latest())]
    return sitemap(rows)


def zipped_map(town: Town, exchange: Exchange) -> bytes:
    return gzip.compress(foreign_map(town, exchange).encode())


def mad_map(town: Town, exchange: Exchange) -> str:
    """Thousands of addresses that were never there before, behind the real ones."""
    own = [(exchange.base + piece.path, "2026-11-21") for piece in town.latest()]
    made_up = range(exchange.times * 10_000, exchange.times * 10_000 + 3000)
    return sitemap(own + [(f"{exchange.base}/x-a9{n}.html", "2026-11-20") for n in made_up])


def endless_index(_: Town, exchange: Exchange) -> str:
    number = len(exchange.hit.path)
    return sitemap(
        ((f"{exchange.base}/loi{'x' * number}{n}.xml", "2026-11-20") for n in (1, 2)), "sitemap"
    )


def endless_town() -> Town:
    town = seed_town(endless_index, SITEMAP)
    town.routes["/loi*"] = town.routes[SITEMAP]
    return town


def wide_laughs(*_: object) -> bytes:
    return laughs().replace('version="1.0"', 'version="1.0" encoding="utf-16"').encode("utf-16")


def parameter_entity(town: Town, exchange: Exchange) -> str:
    where = target("http://{canary}/p.dtd")
    prolog = f'<!DOCTYPE rss [<!ENTITY % p SYSTEM "{where}"><!ENTITY % q "%p;"> %p; %q;]>'
    return rss(town, exchange, prolog=prolog)


def new_guids(town: Town, exchange: Exchange) -> str:
    return rss(town, exchange).replace("<guid>", f"<guid>{exchange.times}-")


def double_encoded(town: Town, exchange: Exchange) -> str:
    hostile = "&amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt; \x9b31m"
    return rss(town, exchange).replace("<title>", f"<title>{hostile} ")


def crowded(town: Town, exchange: Exchange) -> str:
    return rss(town, exchange, extra="<a/>" * 120_000)


def elsewhere_town() -> Town:
    town = Town(3)
    town.routes[FEED] = lambda exchange: exchange.redirect(target("http://{canary}/rss"))
    return town


def late_town() -> Town:
    """A feed that is busy once, and answers the repetition with a way inwards."""
    town = elsewhere_town()
    away = town.routes[FEED]
    town.routes[FEED] = lambda x: x.reply("busy", 503) if x.times == 1 else away(x)
    return town


def entities_map(_: Town, exchange: Exchange) -> str:
    text = sitemap([(exchange.base + "/&x;", "2026-11-20")]).replace("&amp;x;", "&x;")
    return text.replace("?>", '?><!DOCTYPE urlset [<!ENTITY x SYSTEM "file:///etc/passwd">]>', 1)


def crowded_map(town: Town, exchange: Exchange) -> str:
    own = [(exchange.base + piece.path, "2026-11-20") for piece in town.latest()]
    return sitemap(own).replace("</urlset>", "<x/>" * 120_000 + "</urlset>")


def pieces_map(town: Town, exchange: Exchange) -> bytes:
    """A file of two gzip streams, which `cat a.gz b.gz` makes."""
    text = foreign_map(town, exchange).encode()
    return gzip.compress(text[:200]) + gzip.compress(text[200:])


def prefixed(town: Town, exchange: Exchange) -> str:
    """Every element with a prefix, as some generators write."""
    text = feed(items(town), exchange.base).replace("</", "</r:").replace("<", "<r:")
    text = text.replace("<r:/r:", "</r:").replace("<r:?xml", "<?xml")
    return text.replace("<r:rss ", '<r:rss xmlns:r="http://purl.org/rss/1.0/" ')


def alternates(town: Town, exchange: Exchange) -> str:
    """Atom whose entries name the page, then a PDF and an AMP page of it."""
    entries = "".join(
        f'<entry><title>{title}</title><link rel="alternate" type="text/html" href="{path}"/>'
        f'<link rel="alternate" type="application/pdf" href="{path}.pdf"/>'
        f'<link rel="alternate" type="text/html" media="handheld" href="/amp{path}"/></entry>'
        for path, title, _ in items(town)
    )
    space = f'xmlns="http://www.w3.org/2005/Atom" xml:base="{exchange.base}/"'
    return f'<?xml version="1.0" encoding="utf-8"?><feed {space}>{entries}</feed>'


def doctype(town: Town, exchange: Exchange) -> str:
    """RSS 0.91 with its own DOCTYPE, and entities of HTML in titles and addresses."""
    name = "-//Netscape Communications//DTD RSS 0.91//EN"
    where = "http://my.netscape.com/publish/formats/rss-0.91.dtd"
    text = rss(town, exchange, prolog=f'<!DOCTYPE rss PUBLIC "{name}" "{where}">')
    return text.replace('version="2.0"', 'version="0.91"').replace("à", "&agrave;")


def shouted(town: Town, exchange: Exchange) -> str:
    return rss(town, exchange).replace("<link>http://", "<link>HTTP://")


def backslashes(town: Town, _: Exchange) -> str:
    """A list whose links are written as paths of Windows."""
    text = listing_page("Báo", ((path, title) for path, title, _ in items(town)), None)
    return re.sub(r'href="(/[^"]*-a\d+\.html)"', lambda m: f'href="{back(m[1])}"', text)


def back(path: str) -> str:
    return path.replace("/", "\\")


def bare_anchors(town: Town, _: Exchange) -> str:
    """A list with anchors that lead nowhere between its links, some never closed."""
    text = listing_page("Báo", ((path, title) for path, title, _ in items(town)), None)
    return text.replace("<h3>", '<h3><a name="tin"></a><a class="icon">').replace(
        "</h3>", "</a></h3>"
    )


def one_title_town() -> Town:
    """Every page has the site's name for a title and no headline; the feed names the articles."""
    town = Town(6)
    show = town.fallback

    def untitled(exchange: Exchange) -> None:
        piece = next((p for p in town.pieces if p.path == exchange.hit.path), None)
        if piece is None:
            show(exchange)
            return
        text = article_page(piece, exchange.base)
        text = re.sub(r"<title>.*?</title>", "<title>Báo điện tử</title>", text)
        text = re.sub(r'<meta property="og:title"[^>]*>|<h1.*?</h1>', "", text)
        exchange.reply(text)

    town.fallback = untitled
    town.routes[FEED] = lambda exchange: exchange.reply(rss(town, exchange), content_type=XML)
    return town


def session_town() -> Town:
    """The feed puts a session id into the paths, another one for everybody who asks."""
    town = Town(3)
    show = town.fallback

    def answer(exchange: Exchange) -> str:
        session = f"/(S(x{exchange.times}y{id(exchange):x}))"
        return feed(
            ((session + path, title, date) for path, title, date in items(town)), exchange.base
        )

    def without_session(exchange: Exchange) -> None:
        exchange.hit.target = re.sub(r"^/\(S\(\w+\)\)", "", unquote(exchange.hit.target))
        show(exchange)

    town.routes[FEED] = lambda exchange: exchange.reply(answer(exchange), content_type=XML)
    town.fallback = without_session
    return town


MOVING = "accept = ['^https?://[^/]+/.+-a\\d+-x\\w+\\.html$']"
"""What articles of the town below look like; their numbers are not named as ids."""


def moving_town() -> Town:
    """The feed puts another token behind each slug for everybody who asks."""
    town = Town(3)
    show = town.fallback

    def answer(exchange: Exchange) -> str:
        rows = (
            (f"{path.removesuffix('.html')}-x{exchange.times:03}k9z.html", title, date)
            for path, title, date in items(town)
        )
        return feed(rows, exchange.base)

    def without_token(exchange: Exchange) -> None:
        exchange.hit.target = re.sub(r"-x\d{3}k9z\.html$", ".html", exchange.hit.target)
        show(exchange)

    town.routes[FEED] = lambda exchange: exchange.reply(answer(exchange), content_type=XML)
    town.fallback = without_token
    return town


def emptied_town() -> Town:
    """The feed lists its articles once, and nothing from then on."""
    return seed_town(lambda town, x: feed([] if x.times > 1 else items(town), x.base), FEED)


FEEDS: dict[str, tuple[Callable[[], Town], int | None]] = {
    "billion-laughs": (lambda: seed_town(laughs, FEED), 0),
    "quadratic-entities": (lambda: seed_town(quadratic, FEED), 0),
    "external-entity": (lambda: seed_town(external_entity, FEED), None),
    "external-dtd": (lambda: seed_town(external_dtd, FEED), None),
    "xinclude": (lambda: seed_town(xinclude, FEED), None),
    "malformed-feed": (lambda: seed_town(malformed, FEED, 6), None),
    "html-as-feed": (lambda: seed_town(html_page, FEED), 0),
    "items-without-links": (lambda: seed_town(partial_items, FEED), 3),
    "one-guid": (lambda: seed_town(one_guid, FEED), 3),
    "odd-links": (lambda: seed_town(odd_links, FEED), 3),
    "reverse-order": (lambda: seed_town(reverse, FEED), 3),
    "wide-laughs": (lambda: seed_town(wide_laughs, FEED), 0),
    "parameter-entity": (lambda: seed_town(parameter_entity, FEED), 3),
    "new-guids": (lambda: seed_town(new_guids, FEED), 3),
    "double-encoded": (lambda: seed_town(double_encoded, FEED), 3),
    "crowded-feed": (lambda: seed_town(crowded, FEED), 3),
    "empty-feed": (lambda: seed_town(lambda _, x: feed([], x.base), FEED), 0),
    "feed-elsewhere": (elsewhere_town, 0),
    "feed-late-elsewhere": (late_town, 0),
    "nested-xml": (lambda: seed_town(nested, FEED), 0),
    "prefixed-feed": (lambda: seed_town(prefixed, FEED), 3),
    "several-alternates": (lambda: seed_town(alternates, FEED), 3),
    "doctype-entities": (lambda: seed_town(doctype, FEED), 3),
    "uppercase-scheme": (lambda: seed_town(shouted, FEED), 3),
    "one-title": (one_title_town, 6),
    "session-paths": (session_town, 3),
    "moving-addresses": (moving_town, 3),
    "feed-falls-empty": (emptied_town, 3),
}
"""Name -> town, and how many articles must be stored (None: the bounds decide)."""

SITEMAPS: dict[str, tuple[Callable[[], Town], int | None]] = {
    "foreign-sitemap": (lambda: seed_town(foreign_map, SITEMAP), 3),
    "bad-lastmod": (lambda: seed_town(bad_lastmod, SITEMAP), 3),
    "gzip-unlabelled": (lambda: seed_town(zipped_map, SITEMAP), 3),
    "mad-sitemap": (lambda: seed_town(mad_map, SITEMAP), 3),
    "sitemap-bomb": (lambda: seed_town(lambda *_: deflated_gigabyte(31), SITEMAP), 0),
    "endless-index": (endless_town, 0),
    "entities-in-sitemap": (lambda: seed_town(entities_map, SITEMAP), 0),
    "crowded-sitemap": (lambda: seed_town(crowded_map, SITEMAP), 3),
    "gzip-in-pieces": (lambda: seed_town(pieces_map, SITEMAP), 3),
}

LISTINGS: dict[str, tuple[Callable[[], Town], int | None]] = {
    "backslash-links": (lambda: list_town(backslashes), 3),
    "bare-anchors": (lambda: list_town(bare_anchors), 3),
}
"""Likewise, for seeds that are lists."""
