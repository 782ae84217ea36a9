"""Which answers are handed to the run as pictures and documents."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from scrapy import Request
from scrapy.http import Response

from crawler.middlewares.media import MediaMiddleware
from crawler.net.errors import Refused
from tests.support.runs import HOME, OpenRun

if TYPE_CHECKING:
    from pathlib import Path


def pass_answer(run: OpenRun, meta: dict[str, Any], status: int = 200) -> None:
    request = Request(HOME + "a.jpg", meta=meta)
    response = Response(request.url, status=status, body=b"no picture", request=request)
    middleware = MediaMiddleware.from_crawler(run.crawler())
    assert asyncio.run(middleware.process_response(request, response)) is response


def test_only_answers_to_requests_for_media_are_judged(tmp_path: Path) -> None:
    run = OpenRun(tmp_path)
    pass_answer(run, {})
    pass_answer(run, {"link": run.find("tin-1.html")})
    file: Any = type("File", (), {"kind": "image"})()
    pass_answer(run, {"media": file}, status=404)
    with pytest.raises(Refused) as refused:
        pass_answer(run, {"media": file})
    assert refused.value.reason == "not-a-pdf"
    run.close()


def test_a_spider_without_a_run_keeps_nothing(tmp_path: Path) -> None:
    run = OpenRun(tmp_path)
    crawler = run.crawler()
    crawler.spider = None
    request = Request(HOME + "a.jpg", meta={"media": 1})
    response = Response(request.url, request=request)
    assert asyncio.run(MediaMiddleware(crawler).process_response(request, response)) is response
    run.close()
