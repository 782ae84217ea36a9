"""What lies with a file of captures, found beside it or in its package."""

from __future__ import annotations

import gzip
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from crawler.imports.evidence import _read_files, find_beside, find_packed, is_faithful
from crawler.imports.responses import Response
from storage.warc.records import Origin
from tests.support.warcs import answer, page, record, url

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


def member(*changes: tuple[str, str]) -> bytes:
    """A record of an article, with lines of its header changed."""
    data = gzip.decompress(record(url(1), answer(page(1))))
    for old, new in changes:
        assert old.encode() in data
        data = data.replace(old.encode(), new.encode(), 1)
    return gzip.compress(data)


@pytest.mark.parametrize(
    ("changes", "facts", "is_so"),
    [
        ([], {}, True),
        ([("Type: response", "Type: conversion")], {"payload": answer(page(1))}, True),
        ([("Type: response", "Type: resource")], {}, False),
        ([("WARC/1.0", "HTTP/1.0")], {}, False),
        ([], {"url": url(2)}, False),
        ([], {"fetched_at": "2019-03-06T00:00:01Z"}, False),
        ([], {"status": 404}, False),
        ([], {"payload": page(2)}, False),
    ],
)
def test_a_record_is_copied_where_it_says_what_was_read_of_it(
    changes: list[tuple[str, str]], facts: dict[str, Any], is_so: bool
) -> None:
    response = Response(
        **{
            "url": url(1), "fetched_at": "2019-03-06T00:00:00Z", "status": 200, "reason": "OK",
            "headers": (), "payload": page(1), "origin": Origin(name="a.warc.gz"),
        }
        | facts
    )  # fmt: skip
    assert is_faithful(member(*changes), response) is is_so


def test_a_manifest_that_cannot_be_read_is_left(tmp_path: Path) -> None:
    name = f"{CHAIN}/00001-2026-11-24.sha256"
    found = _read_files(((name, str(tmp_path / "gone"), 1),))
    assert (found._files, found.broken[-1]) == (
        {}, "1 files that are too large or cannot be read",
    )  # fmt: skip
