"""Every source file is a spider for Scrapy's own commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from scrapy import Request
from scrapy.exceptions import UsageError as ScrapyUsageError
from scrapy.settings import Settings

from crawler.errors import SourceError
from crawler.spiders.loader import SourceSpiderLoader, make_spider
from tests.support.runs import SOURCE

if TYPE_CHECKING:
    from pathlib import Path

FILE = """id = "{id}"
name = "Báo {id}"
province = "Huế"
homepage = "https://{id}.example.vn/"
former_hosts = ["cu-{id}.example.vn"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("hai", "mot-tram"):
        (tmp_path / f"{name}.toml").write_text(FILE.format(id=name), encoding="utf-8")
    return tmp_path


def test_each_source_is_a_spider_of_its_own(folder: Path) -> None:
    loader = SourceSpiderLoader.from_settings(Settings({"SOURCES": str(folder)}))
    assert {"hai", "mot-tram", "baolongan"} <= {*loader.list()}, "beside those of the package"
    spider = loader.load("mot-tram")
    assert (spider.name, spider.__name__) == ("mot-tram", "MotTramSpider")
    assert spider.__doc__ == "Crawls Báo mot-tram."
    assert make_spider(SOURCE).source is SOURCE


def test_files_are_read_once_when_somebody_asks(folder: Path) -> None:
    loader = SourceSpiderLoader(folder)
    (folder / "ba.toml").write_text(FILE.format(id="ba"), encoding="utf-8")
    assert "ba" in loader.list()
    (folder / "ba.toml").unlink()
    assert "ba" in loader.list()


def test_requests_belong_to_the_source_of_their_host(folder: Path) -> None:
    loader = SourceSpiderLoader(folder)
    for url, found in (
        ("https://hai.example.vn/a", ["hai"]),
        ("https://cu-hai.example.vn/a", ["hai"]),
        ("https://ba.example.vn/a", []),
    ):
        assert loader.find_by_request(Request(url)) == found


def test_a_name_that_no_source_has_is_a_sentence_for_scrapy(folder: Path) -> None:
    with pytest.raises(KeyError) as unknown:
        SourceSpiderLoader(folder).load("ba")
    assert isinstance(unknown.value, ScrapyUsageError)


def test_a_wrong_file_is_a_sentence_for_scrapy(folder: Path) -> None:
    (folder / "hai.toml").write_text("name = 1", encoding="utf-8")
    with pytest.raises(SourceError, match=r"hai\.toml") as wrong:
        SourceSpiderLoader(folder).list()
    assert isinstance(wrong.value, ScrapyUsageError)


@pytest.mark.parametrize("folder", [None, ""])
def test_without_a_folder_the_sources_of_the_package_are_spiders(folder: str | None) -> None:
    loader = SourceSpiderLoader.from_settings(Settings({"SOURCES": folder}))
    assert "baolongan" in loader.list()
