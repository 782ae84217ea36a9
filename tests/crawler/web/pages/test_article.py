"""One article's page: the course of its life, who had it first, and two texts side by side."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from crawler.web.pages.article import (
    list_events,
    order_tellings,
    read_article,
)
from crawler.web.pages.texts import TextChange

if TYPE_CHECKING:
    from storage.records import StoredArticle
    from tests.support.visits import Reader


@pytest.fixture(scope="module")
def article(reader: Reader) -> StoredArticle:
    found = reader.visit().archive.article(28)
    assert found is not None
    return replace(
        found, published_at=None, published_on=None, gone_at=None,
        first_seen_at="2026-01-02T00:00:00Z", last_seen_at="2026-01-02T00:00:00Z",
    )  # fmt: skip


def change(number: int, seen_at: str, returned_at: str | None = None) -> TextChange:
    return TextChange(
        number=number, seen_at=seen_at, kind="edited", returned_at=returned_at, rows=()
    )


def lives(article: StoredArticle, *changes: TextChange) -> list[tuple[str, str, int | None]]:
    return [(each.at[:10], each.what, each.number) for each in list_events(article, changes)]


def test_a_life_begins_when_it_was_seen(article: StoredArticle) -> None:
    assert lives(article) == [("2026-01-02", "seen", 1)]


def test_a_life_is_told_in_the_order_of_time(article: StoredArticle) -> None:
    seen = replace(article, published_on="2026-01-01", last_seen_at="2026-01-09T00:00:00Z")
    changes = [
        change(2, "2026-01-03T00:00:00Z", "2026-01-05T00:00:00Z"),
        change(3, "2026-01-04T00:00:00Z"),
    ]
    assert lives(seen, *changes) == [
        ("2026-01-01", "published", None), ("2026-01-02", "seen", 1), ("2026-01-03", "edited", 2),
        ("2026-01-04", "edited", 3), ("2026-01-05", "returned", 2),
        ("2026-01-09", "last-seen", None),
    ]  # fmt: skip


def test_one_that_is_gone_was_not_seen_last(article: StoredArticle) -> None:
    gone = replace(
        article, gone_at="2026-01-08T00:00:00Z", last_seen_at="2026-01-09T00:00:00Z",
        published_at="2026-01-01T08:00:00+07:00", published_on="2026-01-01",
    )  # fmt: skip
    assert lives(gone) == [
        ("2026-01-01", "published", None), ("2026-01-02", "seen", 1), ("2026-01-08", "gone", None),
    ]  # fmt: skip
    assert list_events(gone, [])[0].at == "2026-01-01T08:00:00+07:00"


def test_who_had_it_first_is_first_and_the_others_are_late(article: StoredArticle) -> None:
    own = replace(
        article, id=1, published_at="2026-01-02T06:00:00+07:00", published_on="2026-01-02"
    )
    others = [
        replace(own, id=2, published_at="2026-01-02T05:00:00+07:00", digest="other"),
        replace(own, id=3, published_at=None),
        replace(own, id=4, published_at=None, published_on=None),
        replace(own, id=5, published_at="soon", published_on="2026-01-03", source_id="unknown"),
        replace(own, id=6, first_seen_at="2026-01-01T00:00:00Z"),
    ]
    found = order_tellings(own, others, {own.source_id: "Báo mẫu"})
    assert [(each.article.id, each.behind, each.same_text) for each in found] == [
        (3, None, True), (2, None, False), (6, None, True), (1, None, True), (5, None, True),
        (4, None, True),
    ]  # fmt: skip
    found = order_tellings(own, [others[0], *others[2:]], {own.source_id: "Báo mẫu"})
    assert [(each.article.id, each.behind) for each in found] == [
        (2, 0.0), (6, 3600.0), (1, 3600.0), (5, None), (4, None),
    ]  # fmt: skip
    assert [(each.at, each.outlet) for each in found[-2:]] == [
        ("soon", "unknown"), (None, "Báo mẫu"),
    ]  # fmt: skip
    assert found[0].at == "2026-01-02T05:00:00+07:00"
    assert order_tellings(own, [], {}) == []
    at_once = replace(own, id=7)
    assert [each.article.id for each in order_tellings(at_once, [own], {})] == [1, 7]


def test_a_page_has_everything_around_an_article(reader: Reader) -> None:
    page = read_article(reader.visit(), 25)
    assert page is not None
    assert page.source is not None
    assert (page.outlet, page.source.id, page.proven, page.more_copies, page.has_pictures) == (
        "Báo mẫu Long An", "mau-long-an", False, 0, False,
    )  # fmt: skip
    assert [(each.number, each.kind) for each in page.changes] == [(2, "edited"), (3, "edited")]
    assert [each.id for each in page.captures] == [25, 26, 27]
    assert [each.code for each in page.places] == ["801c"]
    assert [each.what for each in page.events] == [
        "published", "seen", "edited", "edited", "last-seen",
    ]  # fmt: skip
    assert (page.tellings, page.documents) == ([], [])
    assert [(image.caption, file) for image, file in page.pictures] == [("Ảnh mẫu", None)]
    assert page.citation.startswith("“Huyện Đức Huệ thông báo lịch lấy mẫu nước”. Báo mẫu Long An.")
    assert replace(page, pictures=[*page.pictures, (page.pictures[0][0], object())]).has_pictures  # type: ignore[list-item]


def test_copies_are_told_with_their_delay(reader: Reader) -> None:
    page = read_article(reader.visit(), 28)
    assert page is not None
    assert [(each.article.id, each.behind, each.same_text) for each in page.tellings] == [
        (26, 0.0, False), (27, 10800.0, False), (28, 21600.0, True),
    ]  # fmt: skip


def test_an_article_that_is_not_there_is_missing(reader: Reader) -> None:
    assert read_article(reader.visit(), 99) is None
    assert reader.get("/article/99").status_code == 404


@pytest.mark.parametrize(
    ("address", "status"),
    [("/article/28/with/26", 200), ("/article/28/with/99", 404), ("/article/99/with/26", 404)],
)
def test_two_texts_stand_side_by_side(reader: Reader, address: str, status: int) -> None:
    assert reader.get(address).status_code == status


def test_what_two_texts_differ_in_is_marked(reader: Reader) -> None:
    text = reader.text("/article/28/with/26")
    assert "<del>lăm</del>" in text
    assert "<ins>bốn</ins>" in text
