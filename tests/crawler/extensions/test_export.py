"""Scrapy's exporter is made where something is to be exported, and only there."""

from __future__ import annotations

from typing import Any

import pytest
from scrapy import Spider
from scrapy.exceptions import NotConfigured
from scrapy.extensions.feedexport import FeedExporter
from scrapy.utils.test import get_crawler

from crawler.extensions.export import AskedExport


@pytest.mark.parametrize("settings", [{"FEEDS": {"out.json": {"format": "json"}}}])
def test_what_is_to_be_exported_has_an_exporter(settings: dict[str, Any]) -> None:
    assert isinstance(AskedExport.from_crawler(get_crawler(Spider, settings)), FeedExporter)


def test_a_crawl_that_exports_nothing_has_none() -> None:
    with pytest.raises(NotConfigured):
        AskedExport.from_crawler(get_crawler(Spider, {}))
