"""The peers of `benchmarks/crawl.py`: ``crawl_peers.py bare|plain|floor BASE FOLDER``.

Each prints how many articles it has got.
"""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.settings import Settings

sys.path.insert(0, str(Path(__file__).parent.parent))

PIPELINES = ("Normalize", "Validate", "Fingerprint")


def run_bare(base: str) -> int:
    """Our settings, guards, discovery, extraction and normal form, and nothing that writes."""
    from scrapy import Request, Spider
    from scrapy.settings import Settings

    from crawler.discovery.reader import read_seed
    from crawler.extract import extract
    from crawler.sources import article_key, load_sources

    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.set(
        "ITEM_PIPELINES",
        {f"crawler.pipelines.{name}Pipeline": n for n, name in enumerate(PIPELINES)},
    )
    settings.set("EXTENSIONS", {})
    middlewares = dict(settings["DOWNLOADER_MIDDLEWARES"])
    middlewares.pop("crawler.middlewares.capture.CaptureMiddleware")
    settings.set("DOWNLOADER_MIDDLEWARES", middlewares)

    class Bare(Spider):
        name = "town"
        source = load_sources(Path(settings["SOURCES"]))["town"]
        count = 0

        async def start(self) -> Any:
            yield Request(f"{base}/sitemap.xml", callback=self.parse_sitemap)

        def parse_sitemap(self, response: Any) -> Any:
            reading = read_seed("sitemap", response.body, response.url, self.source)
            for child in reading.children:
                yield Request(child.url, callback=self.parse_sitemap)
            for found in reading.articles:
                yield Request(found.url, callback=self.parse_page)

        def parse_page(self, response: Any) -> Any:
            fetched_at = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            article = extract(
                response.body, url=response.url, source=self.source, fetched_at=fetched_at
            )
            article.key = article_key(self.source, response.url)
            Bare.count += 1
            yield article

    crawl(settings, Bare)
    return Bare.count


def run_plain(base: str, folder: str) -> int:
    """What many would write: SitemapSpider, trafilatura, and an insert a page."""
    import sqlite_utils
    import trafilatura
    from scrapy.settings import Settings
    from scrapy.spiders import SitemapSpider

    database = sqlite_utils.Database(str(Path(folder) / "plain.db"))
    settings = Settings()
    settings.setdict(
        {
            "LOG_LEVEL": "WARNING",
            "ROBOTSTXT_OBEY": True,
            "TELNETCONSOLE_ENABLED": False,
            "REMOTE_CONTROL_ENABLED": False,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
            "DOWNLOAD_DELAY": 0,
        }
    )

    class Plain(SitemapSpider):
        name = "plain"
        sitemap_urls = (f"{base}/sitemap.xml",)

        def parse(self, response: Any, **kwargs: Any) -> Any:  # noqa: ARG002 - Scrapy's signature
            page = trafilatura.bare_extraction(
                response.text, url=response.url, with_metadata=True, as_dict=True
            )
            row = {name: page.get(name) for name in ("title", "author", "date", "text")}
            database["articles"].insert({"url": response.url, **row}, pk="url", replace=True)

    crawl(settings, Plain)
    return database["articles"].count


def run_floor(base: str, folder: str) -> int:
    """What no crawler that keeps pages and finds them again can save.

    For each page one answer over a kept connection, one parse, one gzip that is written, and one
    row with its text in a full-text index, synced. No rules, no guards, no dates.
    """
    import gzip
    import http.client
    import re
    import sqlite3
    from urllib.parse import urlsplit

    from selectolax.lexbor import LexborHTMLParser

    server = http.client.HTTPConnection(urlsplit(base).netloc)
    database = sqlite3.connect(Path(folder) / "floor.db", isolation_level=None)
    database.executescript(
        "pragma journal_mode = wal; pragma synchronous = full;"
        "create table pages (id integer primary key, url text unique, title text, body text);"
        "create virtual table found using fts5(title, body, content=pages, content_rowid=id);"
    )

    def get(path: str) -> bytes:
        server.request("GET", path)
        return server.getresponse().read()

    def find(path: str) -> list[str]:
        paths = [urlsplit(url).path for url in re.findall(r"<loc>(.*?)</loc>", get(path).decode())]
        nested = [page for found in paths if found.endswith(".xml") for page in find(found)]
        return nested + [found for found in paths if not found.endswith(".xml")]

    with (Path(folder) / "pages.gz").open("ab") as captures:
        for number, path in enumerate(find("/sitemap.xml"), 1):
            page = get(path)
            captures.write(gzip.compress(page, 6))
            tree = LexborHTMLParser(page)
            title = tree.css_first("title").text()
            body = "\n\n".join(node.text() for node in tree.css("p"))
            database.execute("begin immediate")
            database.execute("insert into pages values (?, ?, ?, ?)", (number, path, title, body))
            database.execute(
                "insert into found (rowid, title, body) values (?, ?, ?)", (number, title, body)
            )
            database.execute("commit")
    return int(database.execute("select count(*) from found").fetchone()[0])


def crawl(settings: Settings, spider: type[Spider]) -> None:
    """Run one spider to its end."""
    from scrapy.crawler import AsyncCrawlerProcess

    process = AsyncCrawlerProcess(settings)
    process.crawl(spider)
    process.start()


if __name__ == "__main__":
    task, site, place = sys.argv[1:4]
    tasks = {"bare": lambda: run_bare(site), "plain": lambda: run_plain(site, place)}
    print(tasks.get(task, lambda: run_floor(site, place))())
