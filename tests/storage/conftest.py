"""Articles, links and captures to fill real archives with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage.records import Article, Capture, Image, Link, SourceRow
from tests.support.template import open_new

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from storage.archive import Archive

NOW = "2026-10-02T11:38:00Z"
LATER = "2026-10-02T12:38:00Z"
BODY = (
    "Sáng 02/10, Ban Thường vụ Tỉnh ủy họp phiên thường kỳ tháng 10.\n\n"
    "Hội nghị nghe báo cáo tình hình kinh tế - xã hội chín tháng, bàn nhiệm vụ quý cuối năm."
)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_new(tmp_path / "archive.db") as opened:
        for source in ("baolongan", "baotayninh"):
            opened.sources.put(
                SourceRow(
                    id=source,
                    name=f"Báo {source}",
                    kind="newspaper",
                    province="Tây Ninh",
                    homepage=f"https://{source}.vn/",
                )
            )
        yield opened


@pytest.fixture
def link() -> Callable[..., Link]:
    def make(number: int = 1, source_id: str = "baolongan", **more: object) -> Link:
        url = f"https://{source_id}.vn/tin-a{number}.html"
        values = {
            "source_id": source_id,
            "url": url,
            "canonical_url": url,
            "key": str(number),
            "found_at": NOW,
        }
        return Link(**{**values, **more})  # type: ignore[arg-type]

    return make


@pytest.fixture
def article() -> Callable[..., Article]:
    def make(number: int = 1, source_id: str = "baolongan", **more: object) -> Article:
        values = {
            "source_id": source_id,
            "url": f"https://{source_id}.vn/tin-a{number}.html",
            "key": str(number),
            "title": f"Tỉnh ủy họp phiên thứ {number}",
            "summary": "Phiên họp bàn nhiệm vụ quý cuối năm.",
            "body": BODY + f"\n\nSố hiệu {number}.",
            "authors": ["Thanh Nga", "Thái Bạch"],
            "images": [Image(url="https://baolongan.vn/1.jpg", caption="Quang cảnh")],
            "published_on": "2026-10-02",
            "fetched_at": NOW,
        }
        return Article(**{**values, **more})  # type: ignore[arg-type]

    return make


@pytest.fixture
def capture() -> Callable[..., Capture]:
    def make(offset: int = 0, digest: str = "", **more: object) -> Capture:
        values = {
            "url": "https://baolongan.vn/tin-a1.html",
            "fetched_at": NOW,
            "status": 200,
            "content_type": "text/html",
            "digest": digest or f"sha1:{offset}",
            "file": "baolongan-00001.warc.gz",
            "offset": offset,
            "length": 100,
        }
        return Capture(**{**values, **more})  # type: ignore[arg-type]

    return make
