"""How many articles there are, by month, source, day and place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage.archive import Archive
from tests.support.shelf import fill, put

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    path = fill(tmp_path / "archive.db")
    with Archive.open(path) as opened:
        conn = opened._db.conn
        put(conn, "Tin Tây Ninh", source_id="baotayninh", published_on="2026-02-28")
        put(conn, "Tin không ngày", source_id="baotayninh", published_on=None)
        conn.executemany("insert into place_articles values (?, ?)", [("01", 2), ("01", 3)])
    with Archive.open_reading(path) as reading:
        yield reading


def test_by_month_source_and_day(archive: Archive) -> None:
    volumes = archive.volumes
    assert volumes.by_month() == {"2026-02": 1, "2026-03": 2}
    assert volumes.by_month("baotayninh") == {"2026-02": 1}
    assert volumes.by_source() == {"baolongan": 2, "baotayninh": 2}
    assert volumes.by_day("2026-03-01") == {"baolongan": {"2026-03-01": 2}}
    assert volumes.by_day("2026-01-01", "baotayninh") == {"baotayninh": {"2026-02-28": 1}}


def test_by_place(archive: Archive) -> None:
    volumes = archive.volumes
    # Article 1 names Long An, which Tây Ninh is today.
    assert volumes.by_province() == {"01": 2, "80": 1, "80c": 1}
    assert volumes.by_place(["01", "02c"]) == {"01": 2}


def test_places_that_an_article_names(archive: Archive) -> None:
    (place,) = archive.places.named_by(1)
    assert (place.code, place.title) == ("80c", "tỉnh Long An (cũ)")
    assert archive.places.named_by(2) == []


def test_changes_of_one_kind(archive: Archive) -> None:
    from storage.search.filters import Filters

    assert [change.kind for change in archive.changes(Filters(), kind="edited")] == ["edited"]
    assert archive.changes(Filters(), kind="removed") == []
