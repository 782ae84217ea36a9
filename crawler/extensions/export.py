"""What ``scrapy crawl -o FILE`` writes: Scrapy's exporter, loaded only where it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.exceptions import NotConfigured

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.extensions.feedexport import FeedExporter


class AskedExport:
    """Makes Scrapy's exporter of feeds, which is dear to load and which few crawls use."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> FeedExporter:
        """Read ``FEEDS``. Raise NotConfigured where nothing is to be exported."""
        if not crawler.settings["FEEDS"] and not crawler.settings["FEED_URI"]:
            raise NotConfigured
        from scrapy.extensions.feedexport import FeedExporter

        return FeedExporter.from_crawler(crawler)
