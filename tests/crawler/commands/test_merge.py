"""``baotinh merge``: what it says, and how it ends."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from storage.archive import Archive
from storage.errors import ArchiveError, ArchiveMissing
from tests.support.shelf import fill, run
from tests.support.twins import Shelf, facts

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def other(tmp_path: Path) -> Path:
    shelf = Shelf(tmp_path / "other" / "archive.db")
    shelf.crawl(0, {"5": "cầu mới", "6": "trường học"})
    shelf.close()
    return shelf.archive.path


def test_what_came_is_told_and_a_second_time_nothing(tmp_path: Path, other: Path) -> None:
    path = fill(tmp_path / "archive.db")
    first = run(path, "merge", str(other))
    assert first.exit_code == 0
    assert "2 new and 0 changed of 2 articles, 2 links, 2 captures, 1 runs" in first.stdout
    assert "nothing new in 2 articles" in run(path, "merge", str(other)).stdout
    with Archive.open(path) as archive:
        assert archive.articles.count() == 4


def test_the_same_in_json(tmp_path: Path, other: Path) -> None:
    told = json.loads(run(tmp_path / "new.db", "merge", str(other), "--json").stdout)
    assert told == {
        "archive": str(tmp_path / "new.db"), "other": str(other), "articles": 2, "new": 2,
        "changed": 0, "links": 2, "captures": 2, "runs": 1, "gaps": 0, "withheld": [],
        "lost": [], "strange": [],
    }  # fmt: skip


def test_an_archive_that_is_not_there_yet_is_begun(tmp_path: Path, other: Path) -> None:
    path = tmp_path / "new.db"
    assert run(path, "merge", str(other)).exit_code == 0
    with Archive.open_reading(path) as new, Archive.open_reading(other) as old:
        assert facts(new) == facts(old)


def test_a_refused_merge_begins_no_archive(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.db"
    damaged.write_bytes(b"SQLite format 3\0" + bytes(5000))
    result = run(tmp_path / "new.db", "merge", str(damaged))
    assert isinstance(result.exception, ArchiveError)
    assert not (tmp_path / "new.db").exists()


def test_an_archive_that_is_missing_is_told(tmp_path: Path) -> None:
    path = fill(tmp_path / "archive.db")
    result = run(path, "merge", str(tmp_path / "none.db"))
    assert isinstance(result.exception, ArchiveMissing)


def test_captures_may_lie_elsewhere(tmp_path: Path, other: Path) -> None:
    away = (other.parent / "captures").rename(tmp_path / "away")
    path = tmp_path / "new.db"
    assert "holds none of the captures" in str(run(path, "merge", str(other)).exception)
    assert run(path, "merge", str(other), "--other-captures", str(away)).exit_code == 0


def test_a_lost_capture_file_is_told_and_ends_with_1(tmp_path: Path, other: Path) -> None:
    shelf = Shelf(other)
    shelf.crawl(1, {"7": "bệnh viện"})
    shelf.close()
    min((other.parent / "captures").iterdir()).unlink()
    result = run(tmp_path / "new.db", "merge", str(other))
    assert "1 capture files of" in str(result.exception)
    assert "3 new" in result.stdout
