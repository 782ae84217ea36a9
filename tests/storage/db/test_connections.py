"""Whether a file that is only read may be taken for finished."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, NamedTuple

import pytest

from storage.db.connections import _has_log, _has_room, _is_finished

if TYPE_CHECKING:
    from pathlib import Path


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.mark.parametrize(("free", "has_room"), [(0, False), (32767, False), (32768, True)])
def test_a_log_is_begun_where_its_shared_memory_has_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, *, has_room: bool
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, free))
    assert _has_room(tmp_path / "archive.db") is has_room
    assert _is_finished(tmp_path / "archive.db") is not has_room


def test_a_disk_that_tells_nothing_is_taken_for_roomy(tmp_path: Path) -> None:
    assert _has_room(tmp_path / "gone" / "archive.db")


@pytest.mark.parametrize(("log", "waits"), [(None, False), (b"", False), (b"x", True)])
def test_a_file_with_a_log_beside_it_is_not_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log: bytes | None, *, waits: bool
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, 0))
    if log is not None:
        (tmp_path / "archive.db-wal").write_bytes(log)
    assert _has_log(tmp_path / "archive.db") is waits
    assert _is_finished(tmp_path / "archive.db") is not waits
