"""The upgrade that stores a current text once: what it asks for, and what it says."""

from __future__ import annotations

import shutil
import sqlite3
from collections import namedtuple
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from storage.db import revisions
from storage.db.migrations import STEPS
from storage.db.revisions import move_texts
from storage.errors import ArchiveUnusable

if TYPE_CHECKING:
    from collections.abc import Iterator

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def conn() -> Iterator[sqlite3.Connection]:
    """An archive as it was before the step, with one article of two texts."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as opened:
        opened.row_factory = sqlite3.Row
        for name, step in STEPS.items():
            if name == "keep_texts_once":
                break
            step(opened)
        opened.execute(
            "insert into sources (id, name, kind, province, homepage)"
            " values ('x', 'X', 'newspaper', 'Tây Ninh', 'https://x.vn/')"
        )
        opened.execute(
            "insert into articles (id, source_id, key, url, canonical_url, title, body, digest,"
            " cluster_id, first_seen_at, last_seen_at) values (1, 'x', '1', 'u', 'u', 'Hai',"
            " 'Thân hai.', '2', 1, '2026-03-01T00:00:00Z', '2026-03-02T00:00:00Z')"
        )
        opened.executemany(
            "insert into revisions (id, article_id, number, seen_at, kind, title, body, digest)"
            " values (?, 1, ?, '2026-03-01T00:00:00Z', 'edited', ?, ?, ?)",
            [(1, 1, "Một", "Thân một.", "1"), (40_000, 2, "Hai", "Thân hai.", "2")],
        )
        yield opened


def test_the_current_text_stands_in_its_article_alone(conn: sqlite3.Connection) -> None:
    before = [tuple(row) for row in conn.execute("select * from revisions order by number")]
    conn.execute("pragma secure_delete = on")
    move_texts(conn)
    kept = conn.execute("select id, title, digest from article_revisions order by number")
    assert [tuple(row) for row in kept] == [(1, "Một", "1"), (40_000, None, None)]
    names = "id, article_id, number, seen_at, kind, title, summary, body, digest"
    after = conn.execute(f"select {names} from revisions order by number")  # noqa: S608
    assert [tuple(row) for row in after] == [row[:9] for row in before]
    assert conn.execute("pragma secure_delete").fetchone()[0] == 1


@pytest.mark.parametrize(("free", "is_refused"), [(999, True), (1000, False), (1001, False)])
def test_five_hundred_bytes_a_text_must_be_free(
    conn: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch, free: int, *, is_refused: bool
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, free))
    if is_refused:
        with pytest.raises(ArchiveUnusable, match="it needs 0 MB of free space"):
            move_texts(conn)
    else:
        move_texts(conn)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(1, []), (2, ["100 %"]), (4, ["50 %"]), (5, ["50 %"]), (6, ["0 %", "50 %", "100 %"])],
)
def test_a_long_upgrade_says_every_five_seconds_how_far_it_is(
    conn: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
    seconds: int, said: list[str],
) -> None:  # fmt: skip
    """Twenty thousand ids a piece: 0, 20,000, 40,000."""
    clock = iter(range(0, 1000, seconds))
    monkeypatch.setattr(revisions.time, "monotonic", lambda: next(clock))
    move_texts(conn)
    assert [each.getMessage().split(": ")[1] for each in caplog.records] == [
        f"{each} of its revisions" for each in said
    ]
