"""The name by which the broker knows an archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler.cluster.cuts import read_key

if TYPE_CHECKING:
    from pathlib import Path


def test_the_name_of_an_archive_is_made_once(tmp_path: Path) -> None:
    key = read_key(tmp_path / "archive.db")
    assert read_key(tmp_path / "archive.db") == key
    assert read_key(tmp_path / "other.db") != key


@pytest.mark.parametrize("content", [b"", b"0123", b"\xff" * 32])
def test_half_a_name_that_a_power_cut_left_is_made_anew(tmp_path: Path, content: bytes) -> None:
    archive = tmp_path / "archive.db"
    read_key(archive)
    (tmp_path / "archive.db.locks" / ".cluster").write_bytes(content)
    assert len(key := read_key(archive)) == 32
    assert read_key(archive) == key
