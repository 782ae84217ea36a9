"""What the web pages show, without a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler.web.pages import MOST, STEP, read_article, read_results
from storage.archive import Archive
from tests.support.shelf import fill

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open_reading(fill(tmp_path / "archive.db")) as archive:
        yield archive


def test_a_question_is_answered_with_marked_hits(archive: Archive) -> None:
    found = read_results(archive, {"q": "tinh uy", "sort": "nonsense", "source": ""})
    assert found.asked == {"q": "tinh uy", "sort": "nonsense"}
    (row,) = found.rows
    assert (row.id, row.title) == (1, "Tỉnh ủy Long An họp")
    assert ("Tỉnh ủy", True) in row.pieces
    assert row.facts.startswith("2026-03-01 · baolongan · Tây Ninh · Thời sự")
    assert (found.error, found.more, found.partial) == ("", None, False)


def test_the_form_offers_sources_and_old_and_new_provinces(archive: Archive) -> None:
    found = read_results(archive, {})
    assert ("baolongan", "Báo Long An") in found.sources
    assert {"Long An", "Tây Ninh", "Tiền Giang"} <= set(found.provinces)


def test_without_words_the_newest_are_listed_within_the_filters(archive: Archive) -> None:
    assert {row.id for row in read_results(archive, {}).rows} == {1, 2}
    assert read_results(archive, {"source": "baotayninh"}).rows == []
    assert read_results(archive, {"until": "2026-02-28"}).rows == []


def test_more_is_offered_where_the_limit_was_reached(archive: Archive) -> None:
    assert read_results(archive, {"limit": "2"}).more == 2 + STEP
    assert read_results(archive, {"limit": "3"}).more is None
    assert MOST > STEP


def test_a_wrong_filter_is_one_sentence(archive: Archive) -> None:
    found = read_results(archive, {"q": "lúa", "since": "2026-13-01"})
    assert "2026-13-01" in found.error
    assert found.rows == []


def test_an_article_comes_with_changes_and_captures(archive: Archive) -> None:
    page = read_article(archive, 1)
    assert page is not None
    assert page.source == "Báo Long An"
    (change,) = page.changes
    texts = {piece.kind: piece.text for row in change.paragraphs for piece in row}
    assert (texts["removed"], texts["added"]) == ("chín", "mười")
    assert len(page.captures) == 2
    assert read_article(archive, 999) is None
