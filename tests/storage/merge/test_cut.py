"""What goes out with one source, and what stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from storage.archive import Archive
from storage.errors import ArchiveError
from storage.merge.cut import cut
from tests.support.template import open_new

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AT, UNTIL, LATER = (f"2026-10-0{day}T00:00:00Z" for day in (1, 2, 3))


def put(archive: Archive, table: str, **row: Any) -> int:
    names, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
    sql = f"insert into {table} ({names}) values ({marks})"  # noqa: S608
    return int(archive.connection.execute(sql, row).lastrowid or 0)


def put_article(archive: Archive, number: int, source: str, next_try_at: str | None) -> None:
    put(
        archive, "articles", id=number, source_id=source, key=str(number), url=f"u{number}",
        canonical_url=f"u{number}", title="Tin", body="Thân.", digest=str(number), cluster_id=1,
        capture_id=1, first_seen_at=AT, last_seen_at=AT,
    )  # fmt: skip
    for text in range(2):
        put(
            archive, "article_revisions", article_id=number, number=text + 1, seen_at=AT,
            kind="edited", digest=None if text else "old", title=None if text else "Cũ",
            capture_id=1,
        )  # fmt: skip
    put(archive, "images", article_id=number, position=0, url="p.jpg")
    put(
        archive, "links", source_id=source, url=f"u{number}", canonical_url=f"u{number}",
        key=str(number), state="stored", found_at=AT, article_id=number, next_try_at=next_try_at,
    )  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Archive]:
    """Two outlets: of the first, an article that is due and others that are not."""
    with open_new(tmp_path / "home.db") as archive:
        for source in ("x", "y"):
            put(archive, "sources", id=source, name="X", kind="newspaper", province="Tây Ninh",
                homepage="h")  # fmt: skip
            put(archive, "seeds", source_id=source, kind="feed", url="rss")
            put(archive, "repeated_lines", source_id=source, fingerprint="1", line="Xem",
                learnt_at=AT)  # fmt: skip
            for since, finished in (("2026-01-01", None), ("2025-01-01", AT)):
                backfill = put(archive, "backfills", source_id=source, since=since, until=AT,
                               started_at=AT, finished_at=finished)  # fmt: skip
                put(archive, "backfill_steps", backfill_id=backfill, kind="archive", url=since)
                put(archive, "backfill_links", backfill_id=backfill, key=since, url="u",
                    canonical_url="u", found_at=AT)  # fmt: skip
        put(archive, "captures", url="u1", fetched_at=AT, status=200, digest="d", file="f",
            offset=0, length=9)  # fmt: skip
        put(archive, "hosts", host="x.vn", not_before=AT, failures=1, reason="timeout")
        for number, source, at in (
            *((1, "x", AT), (2, "x", UNTIL), (3, "x", LATER), (4, "x", None), (5, "y", AT)),
        ):
            put_article(archive, number, source, at)
        yield archive


def cut_out(home: Archive, path: Path, *sources: str) -> Archive:
    cut(home._db, sources, path, until=UNTIL)
    return Archive.open(path)


def rows(archive: Archive, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in archive.connection.execute(sql)]


def test_a_crawl_gets_its_source_and_nothing_of_others(home: Archive, tmp_path: Path) -> None:
    with cut_out(home, tmp_path / "cut.db", "x") as made:
        assert rows(made, "select id from sources") == [("x",)]
        for table in ("seeds", "repeated_lines"):
            assert rows(made, f"select source_id from {table}") == [("x",)]  # noqa: S608
        assert rows(made, "select since, finished_at from backfills") == [("2026-01-01", None)]
        assert rows(made, "select url from backfill_steps") == [("2026-01-01",)]
        assert rows(made, "select key from backfill_links") == [("2026-01-01",)]
        assert rows(made, "select host, reason from hosts") == [("x.vn", "timeout")]
        assert rows(made, "select count(*) from captures") == [(0,)]
    with cut_out(home, tmp_path / "both.db", "x", "y") as made:
        assert rows(made, "select id from sources order by id") == [("x",), ("y",)]
        assert rows(made, "select count(*) from seeds") == [(2,)]


def test_articles_that_are_due_go_with_their_text_of_today(home: Archive, tmp_path: Path) -> None:
    with cut_out(home, tmp_path / "cut.db", "x") as made:
        assert rows(made, "select id, capture_id, cluster_id from articles") == [
            (1, None, 1), (2, None, 2),
        ]  # fmt: skip
        assert rows(made, "select article_id, number, digest from article_revisions") == [
            (1, 2, None), (2, 2, None),
        ]  # fmt: skip
        assert rows(made, "select capture_id from article_revisions") == [(None,), (None,)]
        assert rows(made, "select article_id from images") == [(1,), (2,)]
        assert rows(made, "select key, state, article_id from links order by key") == [
            ("1", "stored", 1), ("2", "stored", 2), ("3", "stored", None), ("4", "stored", None),
        ]  # fmt: skip
        assert rows(made, "pragma foreign_key_check") == []


@pytest.mark.parametrize(
    ("state", "next_try_at", "goes"),
    [("pending", None, True), ("pending", UNTIL, True), ("pending", LATER, False),
     ("stored", None, False)],
)  # fmt: skip
def test_articles_whose_pictures_wait_go_too(
    home: Archive, tmp_path: Path, state: str, next_try_at: str | None, *, goes: bool
) -> None:
    number = put(home, "media", source_id="x", kind="image", url="p.jpg", state=state, found_at=AT,
                 next_try_at=next_try_at, capture_id=1)  # fmt: skip
    put(home, "article_media", media_id=number, article_id=4)
    put(home, "media", source_id="y", kind="image", url="p.jpg", found_at=AT)
    with cut_out(home, tmp_path / "cut.db", "x") as made:
        found = rows(made, "select id from articles order by id")
        assert found == [(1,), (2,), *([(4,)] if goes else [])]
        assert rows(made, "select source_id, state, capture_id from media") == [("x", state, None)]
        assert rows(made, "select article_id from article_media") == ([(4,)] if goes else [])


def test_a_thousand_pictures_that_wait_go_at_most_the_newest(home: Archive, tmp_path: Path) -> None:
    home.connection.execute("begin")
    for number in range(1001):
        put(home, "media", source_id="x", kind="image", url=f"{number}.jpg", found_at=AT)
    for media, article in ((1, 3), (2, 4)):
        put(home, "article_media", media_id=media, article_id=article)
    home.connection.execute("commit")
    with cut_out(home, tmp_path / "cut.db", "x") as made:
        assert rows(made, "select id from articles order by id") == [(1,), (2,), (4,)]


def test_nothing_is_made_of_an_unknown_source(home: Archive, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="knows no source 'z'"):
        cut(home._db, ("x", "z"), tmp_path / "cut.db", until=UNTIL)
    with Archive.open(tmp_path / "cut.db") as left:
        assert rows(left, "select * from sources") == []
    with pytest.raises(ArchiveError, match="is there already"):
        cut(home._db, ("x",), tmp_path / "cut.db", until=UNTIL)
