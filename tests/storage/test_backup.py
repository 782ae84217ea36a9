"""What a backup copies, and what it refuses before anything is copied."""

from __future__ import annotations

import os
import shutil
from collections import namedtuple
from typing import TYPE_CHECKING

import pytest

from storage.backup import _is_copied, _prepare, back_up, copy_captures
from storage.errors import ArchiveError, ArchiveUnusable
from storage.evidence.files import copy_evidence
from tests.support.shelf import put

if TYPE_CHECKING:
    from pathlib import Path

    from storage.archive import Archive

Usage = namedtuple("Usage", "total used free")


@pytest.mark.parametrize(
    ("size", "made", "is_copied"),
    [(5, 100, True), (5, 101, True), (5, 99, False), (4, 101, False), (6, 101, False)],
)
def test_a_copy_is_whole_and_no_older_than_its_file(
    tmp_path: Path, size: int, made: int, *, is_copied: bool
) -> None:
    path, copy = tmp_path / "a", tmp_path / "b"
    path.write_bytes(b"12345")
    assert not _is_copied(path, copy, 5), "there is none yet"
    copy.write_bytes(b"123456"[:size])
    os.utime(path, ns=(0, 100))
    os.utime(copy, ns=(0, made))
    assert _is_copied(path, copy, 5) is is_copied


@pytest.mark.parametrize(("free", "is_refused"), [(3, True), (4, False), (5, False)])
def test_a_backup_needs_room_for_the_file_and_sixteen_megabytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, *, is_refused: bool
) -> None:
    path = tmp_path / "archive.db"
    path.write_bytes(b"1234")
    usage = Usage(0, 0, 16 * 1024 * 1024 + free)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    if is_refused:
        with pytest.raises(ArchiveUnusable, match="has 16 MiB free, the backup needs 16"):
            _prepare(path, tmp_path / "backup.db")
    else:
        made = _prepare(path, tmp_path / "backup.db")
        assert made == tmp_path / f".backup.db.{os.getpid()}.partial"
    assert _prepare(tmp_path / "none.db", tmp_path / "backup.db").parent == tmp_path


def test_captures_that_are_not_there_are_not_copied(tmp_path: Path) -> None:
    assert list(copy_captures(tmp_path / "captures", tmp_path / "copies")) == []
    assert not (tmp_path / "copies").exists()
    (tmp_path / "captures").mkdir()
    (tmp_path / "blocked").write_bytes(b"")
    with pytest.raises(ArchiveUnusable, match="cannot be written"):
        list(copy_captures(tmp_path / "captures", tmp_path / "blocked"))


def test_evidence_is_copied_where_it_is_new_or_other(tmp_path: Path) -> None:
    source, target = tmp_path / "captures", tmp_path / "copies"
    names = [f"c/0000{number}-2026-10-02.sha256" for number in (1, 2, 3)]
    for number, name in enumerate(names):
        for folder, data in ((source, b"%d" % number), (target, b"old" if number else b"0")):
            path = folder / "evidence" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if folder is source or number < 2:
                path.write_bytes(data)
    assert copy_evidence(source, target) == [f"evidence/{name}" for name in names[1:]]
    assert copy_evidence(source, target) == []
    assert [(target / "evidence" / name).read_bytes() for name in names] == [b"0", b"1", b"2"]


def test_a_backup_is_private_and_whole_whatever_the_umask(archive: Archive, tmp_path: Path) -> None:
    put(archive.connection, "Tin")
    before = os.umask(0)
    try:
        made = back_up(archive.path, tmp_path / "backup.db")
    finally:
        os.umask(before)
    assert made.path.stat().st_mode & 0o777 == 0o600
    assert (made.articles, made.captures, made.size) == (1, 0, made.path.stat().st_size)
    assert [each.name for each in tmp_path.glob("*backup*")] == ["backup.db"]
    made.path.write_bytes(made.path.read_bytes()[:-4096] + bytes(4096))
    with pytest.raises(ArchiveError):
        back_up(made.path, tmp_path / "second.db")
    assert not (tmp_path / "second.db").exists()
