"""Pages on their way into the archive, alone or several at once."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from crawler.runs.items import Shelf, make_item
from storage.articles.write import Incoming
from tests.support.runs import OpenRun, article_at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def run(tmp_path: Path) -> Iterator[OpenRun]:
    opened = OpenRun(tmp_path)
    yield opened
    opened.close()


def page(run: OpenRun, number: int, *, fits: bool = True) -> Incoming:
    link = run.find(f"tin-{number}.html")
    article = article_at(
        link, f"Hội nghị lần thứ {number}", f"Hội nghị lần thứ {number} đã khai mạc sáng nay. " * 9
    )
    return Incoming(
        article=article if fits else replace(article, title="\ud800"), link=link, capture=None
    )


def stored(run: OpenRun) -> object:
    return run.value("select count(*) from articles")


def test_a_shelf_is_full_with_its_last_page_and_empty_once_it_was_stored(run: OpenRun) -> None:
    shelf = Shelf(run.archive, run.recorder.run_id, 2)
    assert shelf.store() == []
    pages = [page(run, number) for number in (1, 2)]
    assert [shelf.put(each) for each in pages] == [False, True]
    assert stored(run) == 0
    outcomes = shelf.store()
    assert [each for each, _ in outcomes] == pages
    assert [str(outcome) for _, outcome in outcomes] == ["new", "new"]
    assert (stored(run), shelf.store()) == (2, [])


@pytest.mark.parametrize("numbers", [[0], [0, 1], [1, 0, 2]])
def test_a_page_that_cannot_be_stored_comes_back_with_its_error(
    run: OpenRun, numbers: list[int]
) -> None:
    shelf = Shelf(run.archive, run.recorder.run_id, 9)
    pages = [page(run, number, fits=number > 0) for number in numbers]
    for each in pages:
        shelf.put(each)
    outcomes = shelf.store()
    assert [each for each, _ in outcomes] == pages
    failed = [isinstance(outcome, UnicodeEncodeError) for _, outcome in outcomes]
    assert failed == [number == 0 for number in numbers]
    assert (stored(run), shelf.store()) == (len(numbers) - 1, [])


def test_an_archive_that_cannot_be_written_is_no_fault_of_a_page(tmp_path: Path) -> None:
    run = OpenRun(tmp_path)
    shelf = Shelf(run.archive, run.recorder.run_id, 9)
    shelf.put(page(run, 1))
    run.close()
    with pytest.raises(sqlite3.Error):
        shelf.store()


def test_an_item_has_all_that_its_article_has(run: OpenRun) -> None:
    one = page(run, 1)
    item = make_item(one.article, one.link, None)
    assert (item.title, item.body, item.digest) == (
        one.article.title,
        one.article.body,
        one.article.digest,
    )
    assert (item.link, item.capture, item.media) == (one.link, None, ())
