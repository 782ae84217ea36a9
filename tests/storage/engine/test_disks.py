"""The index on a disk that is full, and on one that cannot be written."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from storage.archive import Archive
from storage.engine.check import check_index
from storage.engine.folder import State, folder_of
from storage.errors import ArchiveError
from storage.search import engine
from storage.search.results import NoteKind
from tests.support.disks import no_space, read_only, small_disk
from tests.support.shelf import SOURCES, put

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

ARTICLES = 600
NOT_BUILT = f"the index is {State.MISSING}"


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An archive on a small disk of its own, without an index."""
    disk = tmp_path / "disk"
    disk.mkdir()
    monkeypatch.setattr(engine, "SMALL", 0)
    with small_disk(disk, 24) as mounted:
        if not mounted:
            pytest.skip("a disk of its own needs root and mount")
        with Archive.open(disk / "archive.db") as archive:
            archive.connection.executemany(
                "insert into sources (id, name, kind, province, province_before_2025, homepage)"
                " values (?, ?, ?, ?, ?, 'https://x.vn/')",
                SOURCES,
            )
            write(archive.connection, ARTICLES)
        yield disk / "archive.db"


def write(shelf: sqlite3.Connection, number: int) -> None:
    shelf.execute("begin")
    for at in range(number):
        put(shelf, f"Giá lúa {at}", f"Nông dân vui {at * 7919}. " * 20)
    shelf.execute("commit")


def found(path: Path) -> tuple[int, str, int]:
    """Return how many a search finds, why by plain SQL, and how many it says it lacks."""
    with Archive.open_reading(path) as archive:
        hits = archive.search("gia lua")
    behind = sum(note.count for note in hits.notes if note.kind is NoteKind.BEHIND)
    plain = (word for n in hits.notes if n.kind is NoteKind.PLAIN for word in n.words)
    return hits.total.count, " ".join(plain), behind


def update(path: Path) -> None:
    with Archive.open(path) as archive:
        archive.update_index()


def is_whole(path: Path) -> bool:
    with Archive.open(path) as archive:
        return not list(check_index(archive.connection, folder_of(path)))


def test_an_index_that_is_begun_on_a_full_disk_is_built_by_the_next_run(path: Path) -> None:
    with Archive.open(path) as archive, no_space(path.parent):
        with pytest.raises(ArchiveError, match="cannot be written"):
            archive.update_index()
        assert found(path) == (ARTICLES, NOT_BUILT, 0)
    update(path)
    assert found(path) == (ARTICLES, "", 0)
    assert is_whole(path)


def test_an_index_that_cannot_grow_answers_and_says_what_it_lacks(path: Path) -> None:
    update(path)
    with Archive.open(path) as archive:
        write(archive.connection, 2 * ARTICLES)
        with no_space(path.parent):
            with pytest.raises(ArchiveError, match="cannot be written"):
                archive.update_index()
            count, plain, behind = found(path)
            assert count + behind == 3 * ARTICLES
            assert not plain
    update(path)
    assert found(path) == (3 * ARTICLES, "", 0)
    assert is_whole(path)


def test_an_index_that_is_built_again_on_a_full_disk_is_no_loss(path: Path) -> None:
    update(path)
    with Archive.open(path) as archive, no_space(path.parent):
        archive.forget_index()
        with contextlib.suppress(ArchiveError):  # what it had leaves room for some
            archive.update_index()
        count, _, behind = found(path)
        assert count + behind == ARTICLES
    update(path)
    assert found(path) == (ARTICLES, "", 0)
    assert is_whole(path)


def test_a_read_only_medium_is_searched_with_and_without_an_index(path: Path) -> None:
    with read_only(path.parent):
        assert found(path) == (ARTICLES, NOT_BUILT, 0)
    update(path)
    with read_only(path.parent):
        assert found(path) == (ARTICLES, "", 0)


def test_a_late_look_of_the_index_at_its_links_does_no_harm(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    update(path)
    remove, seen = os.rmdir, set[str]()

    def look(folder: str, *, dir_fd: int | None = None) -> None:
        """Do what a thread of tantivy does that gets to run between two steps of a removal."""
        if folder not in seen:
            seen.add(folder)
            Path(folder, ".tantivy-meta.lock").touch()
        remove(folder, dir_fd=dir_fd)

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(os, "rmdir", look)
    with read_only(path.parent):
        assert found(path) == (ARTICLES, "", 0)
    assert seen
    assert list(tmp_path.iterdir()) == [path.parent]


def test_a_read_only_medium_with_an_index_that_is_behind_says_so(path: Path) -> None:
    update(path)
    with Archive.open(path) as archive:
        write(archive.connection, 2 * ARTICLES)
        archive.checkpoint()
    with read_only(path.parent):
        count, plain, behind = found(path)
        assert count + behind == 3 * ARTICLES
        assert behind
        assert not plain


def test_a_log_on_a_read_only_medium_is_told_with_what_to_do(path: Path) -> None:
    other = path.parent / "copy.db"
    with Archive.open(path) as archive:
        archive.checkpoint()
        write(archive.connection, ARTICLES)
        shutil.copy(path, other)
        shutil.copy(f"{path}-wal", f"{other}-wal")
    with (
        read_only(path.parent),
        pytest.raises(ArchiveError, match=r"changes in copy\.db-wal, and its folder cannot"),
    ):
        found(other)
