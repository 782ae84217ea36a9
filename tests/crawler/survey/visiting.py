"""A visitor of the demo's pages, without a network."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

from scrapy.http import HtmlResponse, TextResponse

from crawler.demo.server import ORIGIN, read_pages
from crawler.survey.visits import Visitor

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from scrapy import Request
    from scrapy.http import Response

T = TypeVar("T")
HOME = f"{ORIGIN}/"
NOW = "2026-11-24T00:00:00Z"


def demo_pages() -> dict[str, bytes]:
    """Address -> body, of all pages of the demo."""
    return {ORIGIN + path: body for path, (_, body) in read_pages(ORIGIN).items()}


def visit(
    pages: dict[str, bytes | Exception], run: Callable[[Visitor], Awaitable[T]], budget: int = 30
) -> tuple[T, Visitor]:
    """Run a job over pages; an address without a page answers 404."""

    async def download(request: Request) -> Response:
        visitor.spent += 1
        body = pages.get(request.url)
        if isinstance(body, Exception):
            raise body
        if body is None:
            return HtmlResponse(request.url, status=404)
        headers: dict[str, Any] = {"Content-Type": "text/html; charset=utf-8"}
        return TextResponse(request.url, body=body, headers=headers)

    visitor = Visitor(download, budget)

    async def job() -> T:
        return await run(visitor)

    return asyncio.run(job()), visitor
