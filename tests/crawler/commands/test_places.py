"""``--place``: said in a line, narrows every command, ambiguous names end with 2."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from storage.archive import Archive
from storage.records import Article, Link
from tests.support.shelf import SOURCES, run

if TYPE_CHECKING:
    from pathlib import Path

OLD = "Lũ về xã Mỹ Quý Tây, huyện Đức Huệ."
NEW = "Lũ về xã Mỹ Quý, tỉnh Tây Ninh."
HISTORY = (
    "huyện Đức Huệ, Long An, until June 2025; now xã Bình Thành, Đông Thành, Mỹ Quý, Đức Huệ"
    " of Tây Ninh"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An archive with an article of each time, both of one place."""
    path = tmp_path / "archive.db"
    with Archive.open(path) as archive:
        archive._db.conn.executemany(
            "insert into sources (id, name, kind, province, province_before_2025, homepage)"
            " values (?, ?, ?, ?, ?, 'https://x.vn/')",
            SOURCES,
        )
        for number, (text, day) in enumerate(((OLD, "2024-10-02"), (NEW, "2026-10-02")), 1):
            url = f"https://baolongan.vn/tin-a{number}.html"
            article = Article(
                source_id="baolongan", url=url, title=text, body=f"{text} {number}",
                published_on=day, fetched_at="2026-10-03T00:00:00Z",
            )  # fmt: skip
            link = Link(
                source_id="baolongan", url=url, canonical_url=url, key=str(number),
                found_at="2026-10-03T00:00:00Z",
            )  # fmt: skip
            archive.add(article, link=link, capture=None, run_id=None)
    return path


def test_search_says_the_history_of_a_place_and_finds_both_times(path: Path) -> None:
    for query in (["lũ"], []):
        result = run(path, "search", *query, "--place", "duc hue", "--json")
        assert {json.loads(line)["title"] for line in result.stdout.splitlines()} == {OLD, NEW}
        assert result.stderr.strip() == HISTORY


def test_export_and_watch_take_places(path: Path, tmp_path: Path) -> None:
    exported = run(path, "export", "--place", "huyện Đức Huệ")
    assert [json.loads(line)["title"] for line in exported.stdout.splitlines()] == [OLD, NEW]
    assert HISTORY in exported.stderr
    added = run(
        path, "watch", "add", "Đức Huệ", "lũ", "--place", "Đức Huệ", "--since", "2000-01-01"
    )
    assert HISTORY in added.stderr
    news = run(path, "watch", "run", "--json", "--feeds", str(tmp_path / "feeds"))
    assert {json.loads(line)["title"] for line in news.stdout.splitlines()} == {OLD, NEW}


def test_changes_take_places(path: Path) -> None:
    with Archive.open(path) as archive:
        archive._db.conn.execute("update articles set gone_at = '2026-10-04T00:00:00Z'")
    assert OLD in run(path, "changes", "--place", "Đức Huệ").stdout
    assert run(path, "changes", "--place", "Cà Mau").stdout == ""


def test_matches_are_counted_by_place(path: Path) -> None:
    lines = run(path, "search", "lũ", "--count-by", "place", "--json").stdout.splitlines()
    counts = {row["place"]: row["articles"] for row in map(json.loads, lines)}
    assert counts["huyện Đức Huệ, Long An (cũ)"] == 1
    assert counts["xã Mỹ Quý, Tây Ninh"] == 1


def test_the_words_of_a_province_that_ended_say_so(path: Path) -> None:
    result = run(path, "search", "lũ", "Long", "An", "--json")
    assert {json.loads(line)["title"] for line in result.stdout.splitlines()} == {OLD, NEW}
    assert result.stderr.startswith("tỉnh Long An, until June 2025; now part of tỉnh Tây Ninh")


@pytest.mark.parametrize("command", [["search", "lũ"], ["export"], ["changes"]])
@pytest.mark.parametrize("place", ["Châu Thành", "Nowhere"])
def test_unclear_places_end_with_2(path: Path, command: list[str], place: str) -> None:
    result = run(path, *command, "--place", place)
    assert result.exit_code == 2 or result.exception.exit_code == 2
    assert result.stdout == ""


def test_a_search_needs_words_or_a_place(path: Path) -> None:
    result = run(path, "search")
    assert result.exception.exit_code == 2


def test_articles_that_wait_to_be_read_are_said(path: Path) -> None:
    with Archive.open(path) as archive:
        archive._db.conn.execute("insert into places_due values (1)")
    assert "reextract" in run(path, "search", "--place", "Đức Huệ").stderr
    run(path, "reextract")
    assert "reextract" not in run(path, "search", "--place", "Đức Huệ").stderr


def test_articles_that_wait_to_be_compared_for_copies_are(path: Path) -> None:
    with Archive.open(path) as archive:
        archive._db.conn.execute("insert into copies_due select id from articles")
        assert archive.clusters.count_due() == archive.articles.count()
    assert run(path, "reextract", "--copies").exit_code == 0
    with Archive.open(path) as archive:
        assert archive.clusters.count_due() == 0
