"""Lines that nobody reads are not made; with LOG_LEVEL = DEBUG they are Scrapy's own."""

from __future__ import annotations

import logging

import pytest
from scrapy import Request, Spider
from scrapy.http import Response

from crawler.extensions.quiet import QuietFormatter

PAGE = Response("https://example.vn/a", request=Request("https://example.vn/a"))


@pytest.mark.parametrize(("level", "made"), [(logging.INFO, False), (logging.DEBUG, True)])
def test_a_line_of_level_debug_is_made_where_it_is_read(
    level: int, made: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(level, logger="scrapy.core")
    spider, formatter = Spider(name="any"), QuietFormatter()
    lines = [
        formatter.crawled(PAGE.request, PAGE, spider),
        formatter.scraped({"title": "x"}, PAGE, spider),
    ]
    assert [line is not None for line in lines] == [made, made]
    assert all(line is None or line["level"] == logging.DEBUG for line in lines)
