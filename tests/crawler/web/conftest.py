"""Readers of one small newsroom, whose last moment is always the same."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from storage.instants import VIETNAM
from storage.search.filters import Filters
from tests.support.newsroom import SOURCES, fill_newsroom
from tests.support.twins import Shelf
from tests.support.visits import Reader

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=VIETNAM)


@pytest.fixture(scope="session")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """A reader of 24 articles (1 to 24) and five more: 25 was edited twice, 26 to 28 are one text
    of three outlets, 29 was removed."""
    path = tmp_path_factory.mktemp("room") / "archive.db"
    fill_newsroom(path, now=NOW, articles=24)
    with Reader(path, sources_dir=path.with_name(SOURCES)) as opened:
        yield opened


@pytest.fixture(scope="session")
def several(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """A reader of two archives, of an outlet each; both have edited their article 1."""
    paths = []
    for paper in ("baolongan", "baotayninh"):
        path = tmp_path_factory.mktemp("several") / paper / "archive.db"
        shelf = Shelf(path, (paper,))
        shelf.crawl(0, {"1": f"vụ lúa của {paper}", "10": "trường học mới"}, paper)
        shelf.crawl(1, {"1": f"vụ lúa của {paper}, sửa"}, paper)
        shelf.archive.watches.add("Giá lúa", "vụ lúa", Filters(), now="2026-10-03T00:00:00Z")
        shelf.close()
        paths.append(path)
    with Reader(*paths) as opened:
        yield opened
