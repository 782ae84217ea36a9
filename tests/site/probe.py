"""Ask for URLs with the crawler's own settings and say what came: `python -m tests.site.probe X`.

X is one JSON object: ``hosts``, ``urls``, optional ``settings`` and ``meta``.
Prints one JSON object a line and URL, in the order of arrival. The spider is as small as can be, so
that what is tested are the guards in front of it.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import Any

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from crawler.sources.model import Source


@dataclass
class Order:
    hosts: list[str]
    urls: list[str]
    meta: dict[str, Any]


class ProbeSpider(scrapy.Spider):
    name = "probe"
    order: Order

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        home = f"http://{self.order.hosts[0]}/"
        self.source = Source(
            id="probe", name="Probe", province="X", homepage=home, hosts=tuple(self.order.hosts)
        )

    async def start(self) -> Any:
        for url in self.order.urls:
            yield scrapy.Request(
                url,
                callback=self.show,
                errback=self.fail,
                dont_filter=True,
                meta=self.order.meta | {"asked": url},
            )

    def show(self, response: Any) -> None:
        self._print(
            response.meta["asked"],
            status=response.status,
            url=response.url,
            length=len(response.body),
            body=response.body[:200].decode("latin-1"),
            flags=response.flags,
        )

    def fail(self, failure: Any) -> None:
        error = failure.value
        self._print(
            failure.request.meta["asked"],
            error=type(error).__name__,
            reason=getattr(error, "reason", ""),
            verdict=str(getattr(error, "verdict", "")),
            wait=getattr(error, "wait", None),
            status=getattr(getattr(error, "response", None), "status", 0),
            detail=str(error)[:300],
        )

    def _print(self, asked: str, **facts: Any) -> None:
        sys.stdout.write(json.dumps({"asked": asked} | facts) + "\n")
        sys.stdout.flush()


def main() -> None:
    """Run the one crawl."""
    wanted = json.loads(sys.argv[1])
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.update(
        {"ITEM_PIPELINES": {}, "SPIDER_MODULES": [], "EXTENSIONS": {}, "DOWNLOAD_DELAY": 0},
        priority="cmdline",
    )
    settings.set("SPIDER_LOADER_CLASS", "scrapy.spiderloader.SpiderLoader", priority="cmdline")
    ways = dict(settings["DOWNLOADER_MIDDLEWARES"])
    for name in list(ways):  # the two that need the archive
        if name.endswith((".ConditionalMiddleware", ".CaptureMiddleware")):
            ways[name] = None
    settings.set("DOWNLOADER_MIDDLEWARES", ways, priority="cmdline")
    settings.update(wanted.get("settings", {}), priority="cmdline")
    ProbeSpider.order = Order(wanted["hosts"], wanted["urls"], wanted.get("meta", {}))
    process = AsyncCrawlerProcess(settings)
    process.crawl(ProbeSpider)
    process.start()


if __name__ == "__main__":
    main()
