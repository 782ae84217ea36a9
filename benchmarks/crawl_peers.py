"""The two peers of `benchmarks/crawl.py`: ``crawl_peers.py bare|plain BASE FOLDER``.

Each prints how many articles it has got.
"""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings
from scrapy.spiders import SitemapSpider

sys.path.insert(0, str(Path(__file__).parent.parent))

PIPELINES = ("Normalize", "Validate", "Fingerprint")


def run_bare(base: str) -> int:
    """Our settings, guards, discovery, extraction and normal form, and nothing that writes."""
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


def crawl(settings: Settings, spider: type[Spider]) -> None:
    """Run one spider to its end."""
    process = AsyncCrawlerProcess(settings)
    process.crawl(spider)
    process.start()


if __name__ == "__main__":
    task, site, place = sys.argv[1:4]
    print(run_bare(site) if task == "bare" else run_plain(site, place))
