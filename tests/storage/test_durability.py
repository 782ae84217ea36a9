"""What is told to be kept is on the disk before it has its name, and the name is, too."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from storage.backup import back_up, copy_captures
from storage.engine.folder import locked
from storage.errors import CaptureError
from storage.evidence.files import keep_file
from storage.export.parquet import _write_month
from storage.merge.files import Captures
from storage.warc.copies import copy_file, sync
from storage.warc.erase import Place, erase_places
from storage.warc.files import CaptureWriter
from storage.warc.repair import is_abandoned, repair_captures
from tests.support.twins import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.archive import Archive


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files and folders that the system was asked to write to the disk, in order."""
    names: list[str] = []
    fsync = os.fsync

    def note(handle: int) -> None:
        names.append(Path(f"/proc/self/fd/{handle}").readlink().name)
        fsync(handle)

    monkeypatch.setattr(os, "fsync", note)
    return names


@pytest.fixture
def _closed() -> Iterator[None]:
    """In the end no more files are open than at first."""
    before = len(list(Path("/proc/self/fd").iterdir()))
    yield
    assert len(list(Path("/proc/self/fd").iterdir())) <= before


PART = ".articles.parquet.part"


def write(writer: CaptureWriter, **more: Any) -> None:
    writer.write(
        url="https://x.vn/1", fetched_at="2026-10-02T11:38:00Z", status=200, reason="OK",
        headers=[], body=b"<p>", ip=None, **more,
    )  # fmt: skip


@pytest.mark.usefixtures("_closed")
def test_a_capture_is_on_the_disk_before_its_row_may_name_it(
    tmp_path: Path, synced: list[str]
) -> None:
    folder = tmp_path / "captures"
    opened = "x-00001.warc.gz.open"
    with CaptureWriter(folder, "x") as writer:
        write(writer)
        assert synced == ["captures", opened, opened], "the new file with its head, then the record"
        write(writer, sync=False)
        assert len(synced) == 3
        writer.sync()
        assert synced[3:] == [opened]
    assert synced[4:] == [opened, "captures"]
    writer.sync()
    assert len(synced) == 6, "nothing is open"


@pytest.mark.usefixtures("_closed")
def test_files_beside_captures_are_whole_or_not_there(tmp_path: Path, synced: list[str]) -> None:
    keep_file(tmp_path / "c" / "manifest", b"1")
    assert synced == [".manifest.part", "c"]
    synced.clear()
    copy_file(tmp_path / "c" / "manifest", tmp_path / "copy", 1)
    assert synced == [".copy.partial"]
    synced.clear()
    (tmp_path / "a.warc.gz").write_bytes(bytes(400))
    erase_places(tmp_path / "a.warc.gz", [Place(0, 400, "https://x.vn/")])
    assert synced == [".a.warc.gz.part", tmp_path.name]
    synced.clear()
    sync(tmp_path)
    assert synced == [tmp_path.name]
    synced.clear()
    _write_month(tmp_path / "month=2026-10", [], b"")
    assert synced == [PART]


@pytest.mark.usefixtures("_closed")
def test_what_is_cut_off_a_torn_file_is_gone_for_good(tmp_path: Path, synced: list[str]) -> None:
    with CaptureWriter(tmp_path, "x") as writer:
        write(writer)
    (path,) = tmp_path.glob("*.warc.gz")
    torn = path.rename(path.with_name(path.name + ".open"))
    torn.write_bytes(torn.read_bytes() + b"torn")
    synced.clear()
    assert len(repair_captures(tmp_path)) == 1
    assert synced == [torn.name]


def test_a_backup_is_on_the_disk_before_it_replaces_the_one_before(
    archive: Archive, tmp_path: Path, synced: list[str]
) -> None:
    target = tmp_path / "backups" / "copy.db"
    target.parent.mkdir()
    back_up(archive.path, target)
    ours = [name for name in synced if name.startswith(".copy.db.") or name == "backups"]
    assert ours[-2:] == [f".copy.db.{os.getpid()}.partial", "backups"]
    with CaptureWriter(archive.captures_dir, "x") as writer:
        write(writer)
    synced.clear()
    assert list(copy_captures(archive.captures_dir, target.parent / "captures")) == [
        "x-00001.warc.gz"
    ]
    assert synced == [".x-00001.warc.gz.partial", "captures"]


def test_captures_of_another_archive_are_on_the_disk_before_their_rows(
    tmp_path: Path, synced: list[str]
) -> None:
    mine, other = (Shelf(tmp_path / name / "archive.db") for name in ("mine", "other"))
    other.crawl(0, {"1": "vụ lúa"})
    synced.clear()
    captures = Captures(mine.archive._db, other.archive._db)
    assert captures.adopt_all() != []
    assert synced == ["captures"], "the file has one more name: that name"
    mine.close()
    other.close()


@pytest.mark.usefixtures("_closed")
def test_a_look_at_an_open_file_lets_go_of_it(tmp_path: Path, synced: list[str]) -> None:
    with CaptureWriter(tmp_path, "x") as writer:
        write(writer)
        (path,) = tmp_path.glob("*.open")
        assert not is_abandoned(path)
        assert repair_captures(tmp_path) == []
        with pytest.raises(CaptureError, match="is being written"):
            erase_places(path, [Place(0, 400, "https://x.vn/")])
    assert not is_abandoned(path)
    with locked(tmp_path / "index") as first, locked(tmp_path / "index") as second:
        assert (first, second) == (True, False)
    assert synced
