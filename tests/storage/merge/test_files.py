"""Capture files of another archive: how many at once, and which names they get."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from storage.errors import CaptureError
from storage.evidence.manifest import RECORD, name_capture, write_manifest
from storage.merge.files import Captures, Lacking, _find, _gather
from tests.support.twins import Shelf

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path


def lacking(rows: int) -> Lacking:
    return Lacking("a.warc.gz", [cast("sqlite3.Row", {})] * rows, [], None)


@pytest.mark.parametrize(
    ("rows", "together"),
    [
        ([], []),
        ([1], [1]),
        ([499, 1, 7], [2, 1]),
        ([499], [1]),
        ([498, 1, 7], [3]),
        ([498, 1, 1, 500, 700], [3, 1, 1]),
        ([0, 0], [2]),
    ],
)
def test_captures_are_recorded_by_five_hundred_and_whole_files_only(
    rows: list[int], together: list[int]
) -> None:
    assert [len(each) for each in _gather(map(lacking, rows))] == together


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Shelf, Shelf]]:
    mine, other = (Shelf(tmp_path / name / "archive.db") for name in ("mine", "other"))
    yield mine, other
    mine.close()
    other.close()


def take(pair: tuple[Shelf, Shelf]) -> Captures:
    mine, other = pair
    captures = Captures(mine.archive._db, other.archive._db)
    for _ in captures.take():
        pass
    return captures


def captured(shelf: Shelf) -> list[tuple[Any, ...]]:
    rows = shelf.archive.connection.execute("select file, manifest, origin_manifests from captures")
    return [tuple(row) for row in rows]


def test_a_file_that_lacks_is_named_only_where_its_captures_are_wanted(
    pair: tuple[Shelf, Shelf],
) -> None:
    _, other = pair
    other.crawl(0, {"1": "vụ lúa"})
    (path,) = other.archive.captures_dir.glob("*.warc.gz")
    path.rename(path.with_suffix(".away"))
    first = take(pair)
    assert (first.new, first.lost) == (0, [path.name])
    path.with_suffix(".away").rename(path)
    assert (take(pair).new, take(pair).lost, take(pair).new) == (1, [], 0)
    with pytest.raises(CaptureError, match="is missing"):
        _find(path.parent, "none.warc.gz")


def test_manifests_of_others_are_those_of_the_origin(pair: tuple[Shelf, Shelf]) -> None:
    """Ours is what our chain lists under its name; one that is not here is nobody's."""
    mine, other = pair
    other.crawl(0, {"1": "vụ lúa"})
    ((file, offset),) = other.archive.connection.execute("select file, offset from captures")
    line = (name_capture(file, offset, RECORD), "0" * 64)
    names = [f"{chain}/00001-2026-10-02.sha256" for chain in ("ours", "theirs", "third")]
    mine.archive.connection.execute("insert into evidence_chain values ('ours')")
    for shelf in pair:
        for name in names[:2]:
            path = shelf.archive.captures_dir / "evidence" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(write_manifest(1, "2026-10-02T00:00:00Z", [], [line]))
    other.archive.connection.execute(
        "update captures set manifest = ?, origin_manifests = ?",
        (names[1], f"{names[0]} {names[2]}"),
    )
    assert take(pair).strange == []
    ((_, manifest, origins),) = captured(mine)
    assert (manifest, origins) == (names[0], names[1])


def test_a_manifest_with_other_bytes_is_strange_and_lists_nothing(
    pair: tuple[Shelf, Shelf],
) -> None:
    mine, other = pair
    other.crawl(0, {"1": "vụ lúa"})
    name = "theirs/00001-2026-10-02.sha256"
    for shelf, data in ((mine, b"here"), (other, b"there")):
        path = shelf.archive.captures_dir / "evidence" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    other.archive.connection.execute("update captures set manifest = ?", (name,))
    assert take(pair).strange == [name]
    assert captured(mine)[0][1:] == (None, None)
