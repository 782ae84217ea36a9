"""What a run does with the archive before it starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler.runs.captures import open_archive
from storage.archive import Archive
from storage.errors import CaptureError

if TYPE_CHECKING:
    from pathlib import Path


def test_an_archive_whose_captures_cannot_be_made_whole_is_closed(tmp_path: Path) -> None:
    path, captures = tmp_path / "archive.db", tmp_path / "captures"
    Archive.open(path).close()
    (captures / "run.warc.gz.open").mkdir(parents=True)
    with pytest.raises(CaptureError, match="cannot be repaired") as refused:
        open_archive(path, captures)
    assert refused.tb is not None, "the traceback would keep the connection alive"
    assert not path.with_name("archive.db-wal").exists()
