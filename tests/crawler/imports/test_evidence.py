"""What lies with a file of captures, found beside it or in its package."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest

from crawler.imports.evidence import _read_files, find_beside, find_packed

if TYPE_CHECKING:
    from pathlib import Path

CHAIN, OTHER = "0123456789abcdef", "fedcba9876543210"
FILES = {f"{number:05}-2026-11-24.sha256": b"x" * number for number in (1, 9, 10, 11)}


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten bytes a file are taken, and twenty of all."""
    monkeypatch.setattr("crawler.imports.evidence.MAX_FILE", 10)
    monkeypatch.setattr("crawler.imports.evidence.MAX_FILES", 20)
    _read_files.cache_clear()


def test_manifests_beside_a_file_are_read_as_far_as_there_is_room(tmp_path: Path) -> None:
    captures = tmp_path / "captures"
    beside, around = captures / "evidence" / CHAIN, tmp_path / f"evidence-{OTHER}"
    for folder in (beside, around):
        folder.mkdir(parents=True)
        (folder / "other.txt").write_bytes(b"x")
    for name, data in FILES.items():
        (beside / name).write_bytes(data)
    (beside / "00009-2026-11-24.sha256").unlink()
    (around / "00009-2026-11-24.sha256").write_bytes(b"y" * 9)
    (around / "00007-2026-11-24.sha256").mkdir()
    (captures / "evidence" / "no chain").mkdir()
    (captures / "evidence" / "no chain" / "00001-2026-11-24.sha256").write_bytes(b"x")
    found = find_beside(captures / "a.warc.gz")
    # One byte and ten, then nine; what is larger than ten is left.
    assert found._files == {
        CHAIN: {
            name: FILES[name] for name in ("00001-2026-11-24.sha256", "00010-2026-11-24.sha256")
        },
        OTHER: {"00009-2026-11-24.sha256": b"y" * 9},
    }
    assert found.broken[-1] == "1 files that are too large or cannot be read"
    (around / "00010-2026-11-24.sha256").write_bytes(b"z")
    assert find_beside(captures / "a.warc.gz").broken[-1].startswith("2 files")
    assert find_beside(tmp_path / "none" / "none" / "a.warc.gz").broken == []


def test_manifests_of_a_package_are_read_as_far_as_there_is_room(tmp_path: Path) -> None:
    path = tmp_path / "x.wacz"
    with zipfile.ZipFile(path, "w") as package:
        for name, data in FILES.items():
            package.writestr(f"evidence-{CHAIN}/{name}", data)
        package.writestr(f"evidence-{OTHER}/00002-2026-11-24.sha256", b"y")
        package.writestr(f"evidence/{CHAIN}/00003-2026-11-24.sha256", b"y")
        package.writestr("00004-2026-11-24.sha256", b"y")
    with zipfile.ZipFile(path) as package:
        found = find_packed(package)
    # One byte, nine and ten are twenty; the next has no room.
    assert found._files == {CHAIN: {name: FILES[name] for name in list(FILES)[:3]}}
    assert found.broken[-1] == "2 files that are too large or cannot be read"
