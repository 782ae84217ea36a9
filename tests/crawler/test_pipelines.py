"""Items on their way into the archive, each pipeline by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler.pipelines import (
    ArchivePipeline,
    FingerprintPipeline,
    NormalizePipeline,
    Refusal,
    ValidatePipeline,
)
from crawler.runs.items import make_item
from storage.records import Article
from tests.support.runs import NOW, OpenRun

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from crawler.runs.items import PageItem

BODY = "Sáng nay, hội chợ nông sản của tỉnh khai mạc với hơn một trăm gian hàng. " * 6


@pytest.fixture
def run(tmp_path: Path) -> Iterator[OpenRun]:
    opened = OpenRun(tmp_path)
    yield opened
    opened.close()


def item(run: OpenRun, title: str = "Khai mạc hội chợ") -> PageItem:
    link = run.find("tin/khai-mac-a1.html")
    article = Article(
        source_id="bao", url=link.url, canonical_url=link.url, key=link.key, title=title,
        body=BODY, fetched_at=NOW,
    )  # fmt: skip
    return make_item(article, link, None, ())


def test_a_refusal_is_no_warning_and_says_its_reason() -> None:
    refusal = Refusal("no-title")
    assert (str(refusal), refusal.reason, refusal.log_level) == ("no-title", "no-title", "DEBUG")


def test_an_item_passes_each_pipeline_as_itself(run: OpenRun) -> None:
    made = item(run, " Khai mạc   hội chợ ")
    assert NormalizePipeline().process_item(made) is made
    assert made.title == "Khai mạc hội chợ"
    assert ValidatePipeline().process_item(made) is made
    assert FingerprintPipeline().process_item(made) is made
    assert made.digest
    assert ArchivePipeline.from_crawler(run.crawler()).process_item(made) is made
    assert run.rows("select title from articles") == [("Khai mạc hội chợ",)]


def test_what_is_no_article_is_refused(run: OpenRun) -> None:
    with pytest.raises(Refusal) as refused:
        ValidatePipeline().process_item(item(run, ""))
    assert refused.value.reason == "no-title"


def test_without_a_run_nothing_is_stored(run: OpenRun) -> None:
    crawler = run.crawler()
    crawler.spider = None
    made = item(run)
    assert ArchivePipeline(crawler).process_item(made) is made
    assert ArchivePipeline(run.crawler()).process_item({"title": "x"}) == {"title": "x"}
    assert run.value("select count(*) from articles") == 0
