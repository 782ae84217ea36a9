"""Which requests ask only for what changed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from scrapy import Request

from crawler.middlewares.capture import CaptureMiddleware
from crawler.middlewares.conditional import ConditionalMiddleware
from tests.support.runs import HOME, OpenRun, answer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def run(tmp_path: Path) -> Iterator[OpenRun]:
    opened = OpenRun(tmp_path)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("kind", "meta", "sent"),
    [
        ("link", {}, b'"1"'),
        ("seed", {}, b'"1"'),
        ("none", {}, None),
        ("link", {"unconditional": True}, None),
        ("seed", {"unconditional": False}, b'"1"'),
        # What it is redirected to is another page.
        ("link", {"redirect_times": 1}, None),
    ],
)
def test_a_page_or_seed_is_asked_for_if_it_changed(
    run: OpenRun, kind: str, meta: dict[str, Any], sent: bytes | None
) -> None:
    if kind == "link":
        meta = meta | {"link": replace(run.find("tin-1.html"), etag='"1"')}
    elif kind == "seed":
        meta = meta | {"seed": replace(run.seeds.put_seed("feed", HOME + "rss"), etag='"1"')}
    request = Request(HOME, meta=meta)
    ConditionalMiddleware.from_crawler(run.crawler()).process_request(request)
    assert request.headers.get("If-None-Match") == sent


def test_a_spider_without_a_run_keeps_no_answer(run: OpenRun) -> None:
    crawler = run.crawler()
    crawler.spider = None
    request = Request(HOME, meta={"link": run.find("tin-1.html")})
    response = answer(request, "x")
    assert CaptureMiddleware.from_crawler(crawler).process_response(request, response) is response
    assert "capture" not in request.meta
