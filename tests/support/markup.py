"""Pieces of pages, parsed, for tests of single steps of extraction."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from crawler.extract.context import Context
from crawler.extract.dom.blocks import Block
from crawler.extract.dom.markup import parse_page
from crawler.extract.dom.structured import read_structured
from crawler.extract.dom.walk import scan_tree

if TYPE_CHECKING:
    from crawler.extract.dom.blocks import Scan
    from crawler.extract.dom.markup import Page

URL = "https://bao.example.vn/tin-a1.html"
NOW = dt.datetime(2026, 11, 24, 1, 0, tzinfo=dt.UTC)
LONG = (
    "Sáng 12-3, đoàn công tác của huyện kiểm tra tiến độ thi công tuyến kè đoạn qua xã An Thạnh, "
    "vốn đầu tư 96 tỷ đồng."
)
"""A sentence of more than 100 characters."""
MORE = (
    "Theo đơn vị thi công, khối lượng hoàn thành đạt 62%, chậm gần một tháng do nguồn cát san lấp "
    "khan hiếm."
)
THIRD = (
    "Huyện yêu cầu nhà thầu tăng thêm hai mũi thi công, làm việc ba ca mỗi ngày để xong trước mùa "
    "mưa bão năm nay."
)


def parse(inner: str, head: str = "", url: str = URL) -> Page:
    """A page with this in its body."""
    return parse_page(f"<html><head>{head}</head><body>{inner}</body></html>", url)


def scan(inner: str) -> Scan:
    """The lines of a page with this in its body."""
    body = parse(inner).tree.body
    assert body is not None
    return scan_tree(body)


def texts(inner: str) -> list[str]:
    """The texts of its lines."""
    return [block.text for block in scan(inner).blocks]


def line(text: str, tag: str = "p", traits: int = 0, align: str = "") -> Block:
    """A line that stands nowhere."""
    return Block(text, 1, tag, traits, align)


def context(inner: str, head: str = "", url: str = URL) -> Context:
    """A page as the steps see it; the headline is its first h1."""
    page = parse(inner, head, url)
    body = page.tree.body
    assert body is not None
    found = scan_tree(body)
    headline = next((i for i, block in enumerate(found.blocks) if block.tag == "h1"), None)
    data = read_structured(page)
    return Context(page=page, data=data, scan=found, now=NOW, headline=headline)
