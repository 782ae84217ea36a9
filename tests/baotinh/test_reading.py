"""The archive from a program or a notebook."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import baotinh
from tests.support.paths import ROOT
from tests.support.shelf import fill

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return fill(tmp_path / "archive.db")


@pytest.fixture
def archive(path: Path) -> Iterator[baotinh.ArchiveReader]:
    with baotinh.open_archive(path) as archive:
        yield archive


def test_what_is_found_is_read(archive: baotinh.ArchiveReader) -> None:
    assert len(archive) == 2
    first = archive.article(1)
    words = " ".join(first.title.split()[:3])
    hits = archive.search(words, source="baolongan", facets=True)
    assert hits[0].id == 1
    assert hits.total.count >= 1
    assert hits.facets is not None
    assert hits.facets.source[0].name == "baolongan"
    assert archive.article(first.url) == first
    assert archive.revisions(1)[0].title == first.title
    assert archive.copies(1) == []


def test_filters_are_those_of_the_command(archive: baotinh.ArchiveReader) -> None:
    assert [each["id"] for each in archive.articles(source="baolongan")] == [1, 2]
    assert list(archive.articles(since="2036-01-01")) == []
    with pytest.raises(TypeError, match="sauce"):
        archive.articles(sauce="baolongan")
    with pytest.raises(baotinh.QueryError):
        archive.search("*")


@pytest.mark.parametrize("day", ["1/1/2036", "2036", "2036-01", dt.date(2036, 1, 1)])
def test_days_are_written_as_for_the_command(
    archive: baotinh.ArchiveReader, day: str | dt.date
) -> None:
    assert [each["id"] for each in archive.articles(until=day)] == [1, 2]
    assert list(archive.articles(since=day)) == []
    with pytest.raises(baotinh.QueryError, match="is no date"):
        archive.articles(since="soon")


@pytest.mark.parametrize("which", [999, -1, 2**80, "999", "9" * 40, "foo", "https://x.example/"])
def test_an_article_that_is_not_there_is_said(
    archive: baotinh.ArchiveReader, which: int | str
) -> None:
    with pytest.raises(baotinh.ArticleUnknown, match="has no article") as raised:
        archive.article(which)
    assert isinstance(raised.value, LookupError)
    assert isinstance(raised.value, baotinh.BaotinhError)


def test_an_id_may_be_text(archive: baotinh.ArchiveReader) -> None:
    assert archive.article("2") == archive.article(2)


def test_what_is_missing_is_said(archive: baotinh.ArchiveReader, tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="999"):
        archive.article(999)
    with pytest.raises(baotinh.ArchiveError, match=r"no archive at .*none\.db"):
        baotinh.open_archive(tmp_path / "none.db")


def test_a_frame_has_days_and_instants(archive: baotinh.ArchiveReader) -> None:
    pytest.importorskip("pandas", reason="the extra notebook is not installed")
    frame = baotinh.to_frame(archive.articles())
    assert str(frame["published_on"].dtype).startswith("datetime64")
    assert str(frame["first_seen_at"].dt.tz) == "UTC"
    assert list(frame["id"]) == [1, 2]
    assert list(baotinh.to_frame(archive.search(frame["title"][0]))["id"])[:1] == [1]


def test_a_frame_of_nothing_has_its_columns(archive: baotinh.ArchiveReader) -> None:
    pytest.importorskip("pandas", reason="the extra notebook is not installed")
    none = baotinh.to_frame(archive.articles(since="2036"))
    assert none.groupby(none["published_on"].dt.year).size().empty
    hits = baotinh.to_frame(archive.search("zzzz"))
    assert {"snippet", "score"} <= set(hits.columns)


def test_a_file_that_hides_our_package_is_named(tmp_path: Path) -> None:
    (tmp_path / "storage.py").write_text("shelves = 3\n")
    done = subprocess.run(
        [sys.executable, "-c", "import baotinh"],
        cwd=tmp_path, env={"PYTHONPATH": f"{tmp_path}:{ROOT}"}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1
    assert f"finds {tmp_path / 'storage.py'}: rename" in done.stderr
