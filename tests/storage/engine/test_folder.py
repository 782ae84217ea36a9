"""The folder of an index: its stamp, its lock, and what is removed from it."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import threading
import weakref
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from storage.engine import folder as module
from storage.engine.catchup import catch_up
from storage.engine.folder import (
    Opened,
    Stamp,
    State,
    _files,
    empty,
    folder_of,
    forget,
    locked,
    make_empty,
    open_index,
    open_shared,
    read_stamp,
    remove,
    remove_unborn,
    unbroken,
    write_stamp,
)
from storage.errors import ArchiveError
from tests.support.shelf import put

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

STAMP = Stamp(followed=3, seq=4, token="00ff", next_id=None)  # noqa: S106 - no password


def stamp(folder: Path, what: Stamp | str) -> None:
    """Write another stamp, or other words in its place, as a commit does."""
    from storage.engine.documents import stamp_document

    index = module._open(folder)
    writer = index.writer(15_000_000, 1)
    if isinstance(what, Stamp):
        write_stamp(writer, what)
    else:
        writer.delete_documents_by_term("id", -1)
        writer.add_document(stamp_document(what))
    writer.commit()
    writer.wait_merging_threads()


def test_the_index_lies_beside_its_archive(path: Path) -> None:
    assert folder_of(path).name == "archive.db.index"
    assert folder_of(path).parent == path.parent


@pytest.mark.parametrize("opening", [open_index, open_shared])
def test_an_index_is_ready_being_built_old_or_of_another_archive(
    shelf: sqlite3.Connection, path: Path, opening: object
) -> None:
    assert callable(opening)
    folder = folder_of(path)
    ready: Opened = opening(shelf, folder)
    assert (ready.state, ready.stamp is not None) == (State.READY, True)
    assert ready.stamp is not None
    for what, state in (
        (replace(ready.stamp, next_id=7), State.BUILDING),
        (replace(ready.stamp, format=1), State.OLD),
        ("no stamp", State.OLD),
        ('{"followed": 1}', State.OLD),
        (replace(ready.stamp, token="00"), State.FOREIGN),  # noqa: S106 - no password
        (replace(ready.stamp, seq=99), State.FOREIGN),
        (ready.stamp, State.READY),
    ):
        stamp(folder, what)
        opened = opening(shelf, folder)
        assert opened.state is state
        assert (opened.index is None) is (state not in (State.READY, State.BUILDING))
    shelf.execute("drop table index_log")
    assert opening(shelf, folder) == Opened(State.MISSING)


def test_an_index_is_opened_once_while_its_files_are_the_same(
    shelf: sqlite3.Connection, path: Path
) -> None:
    folder = folder_of(path)
    first = open_shared(shelf, folder)
    assert open_shared(shelf, folder).index is first.index
    assert open_index(shelf, folder).index is not first.index
    with locked(folder):
        assert open_shared(shelf, folder).index is first.index, "the lock is none of its files"
    put(shelf, "Giá vàng")
    catch_up(shelf, folder)
    again = open_shared(shelf, folder)
    assert again.index is not first.index
    assert again.stamp != first.stamp
    names = {name for name, *_ in _files(folder)}
    assert "meta.json" in names
    assert not any(name.endswith(".lock") for name in names)


def test_thirty_two_indexes_are_kept_open_those_used_last(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    opened: list[str] = []

    def read(folder: Path) -> tuple[object, None]:
        opened.append(folder.name)
        return object(), None

    monkeypatch.setattr(module, "_SHARED", {})
    monkeypatch.setattr(module, "_read", read)
    folders = [tmp_path / str(number) for number in range(33)]
    for folder in folders:
        folder.mkdir()
    for folder in (*folders[:32], folders[0], folders[32], folders[0], folders[1]):
        module._shared(folder)
    assert opened == [*(str(number) for number in range(33)), "1"]


def test_a_stamp_is_read_as_it_was_written(tmp_path: Path) -> None:
    with locked(tmp_path / "index"):
        index = make_empty(tmp_path / "index")
        assert read_stamp(index) is None
        for what in (replace(STAMP, next_id=9), STAMP):
            stamp(tmp_path / "index", what)
            index.reload()
            assert read_stamp(index) == what
        assert (STAMP.point, index.searcher().num_docs) == ((4, "00ff"), 1)


def test_all_but_the_lock_is_emptied(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in (".lock", "meta.json", "sub/file", ".tantivy-writer.lock"):
        (tmp_path / name).write_bytes(b"")
    empty(tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == [".lock"]


def test_lists_of_deletions_that_were_never_committed_are_removed(tmp_path: Path) -> None:
    (tmp_path / "meta.json").write_text(json.dumps({"opstamp": 7}))
    names = ["a.6.del", "a.7.del", "a.8.del", "b.10.del", "c.x.del", "a.9.idx"]
    for name in names:
        (tmp_path / name).write_bytes(b"")
    remove_unborn(tmp_path)
    left = sorted(each.name for each in tmp_path.iterdir())
    assert left == ["a.6.del", "a.7.del", "a.9.idx", "c.x.del", "meta.json"]
    (tmp_path / "meta.json").write_text("{")
    with pytest.raises(ValueError, match="Expecting"):
        remove_unborn(tmp_path)


def test_one_process_writes_and_another_waits_or_does_not(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    entered = threading.Event()

    def wait() -> None:
        with locked(folder, wait=True) as ours:
            assert ours
            entered.set()

    with locked(folder) as first:
        assert first
        with locked(folder) as second:
            assert not second
        waiting = threading.Thread(target=wait)
        waiting.start()
        assert not entered.wait(0.05)
    waiting.join(10)
    assert entered.is_set()
    assert folder.stat().st_mode & 0o777 == 0o700


def test_an_index_that_is_forgotten_is_built_again(shelf: sqlite3.Connection, path: Path) -> None:
    forget(path.with_name("none.index"))
    assert not path.with_name("none.index").exists()
    for _ in range(2):
        forget(folder_of(path))
        assert open_index(shelf, folder_of(path)).state is State.MISSING


@pytest.mark.parametrize(("busy", "is_removed"), [(0, True), (19, True), (20, False)])
def test_a_removal_waits_twenty_seconds_for_who_writes(
    shelf: sqlite3.Connection, path: Path, monkeypatch: pytest.MonkeyPatch, busy: int, *,
    is_removed: bool,
) -> None:  # fmt: skip
    folder = folder_of(path)
    slept: list[float] = []
    writing = contextlib.ExitStack()

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == busy and is_removed:
            writing.close()

    monkeypatch.setattr(module.time, "sleep", sleep)
    monkeypatch.setattr(module, "forget", lambda _: None)  # it would wait for this very process
    if busy:
        writing.enter_context(locked(folder))
    if is_removed:
        remove(folder)
        assert [each.name for each in folder.iterdir()] == [".lock"]
    else:
        with pytest.raises(ArchiveError, match="still holds the text"):
            remove(folder)
    writing.close()
    assert slept == [1.0] * busy
    assert shelf.execute("select count(*) from articles").fetchone()[0] == 1


def test_links_to_an_index_are_removed_however_late_a_thread_writes_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(module.time, "sleep", slept.append)
    module._discard(tmp_path / "none")
    assert slept == []
    (tmp_path / "links").mkdir()
    module._discard(tmp_path / "links")
    assert (slept, (tmp_path / "links").exists()) == ([], False)
    os.close(os.open(tmp_path / "file", os.O_CREAT))  # what cannot be removed as a folder is left
    module._discard(tmp_path / "file")
    assert slept == [0.02] * 50


def test_what_a_damaged_index_raised_keeps_nothing_alive() -> None:
    class Writer:
        pass

    def fail() -> weakref.ref[Writer]:
        writer = Writer()
        refs.append(weakref.ref(writer))
        raise ValueError("damaged")

    refs: list[weakref.ref[Writer]] = []
    gc.disable()
    try:
        with unbroken() as harm:
            fail()
        assert harm == ["damaged"]
        assert refs[0]() is None
    finally:
        gc.enable()
