"""The same article in several archives: which of them stands, and who else has it."""

from __future__ import annotations

import shutil
from pathlib import Path

from storage.engine.clauses import Request
from storage.federation.archives import Archives
from storage.federation.parts import Parts
from storage.federation.twins import Twins
from storage.federation.union import UnionSearcher
from storage.search.filters import Filters
from tests.storage.federation.test_archives import made, paths

__all__ = ["made", "paths"]


def add_copies(path: Path, count: int) -> list[Path]:
    """Return the archive, and copies of it."""
    copies = [path.parent / f"copy{number}.db" for number in range(count)]
    return [path, *(Path(shutil.copy(path, copy)) for copy in copies)]


def test_the_first_that_is_met_stands_for_the_others(paths: list[Path]) -> None:
    with Archives.open_reading(add_copies(paths[1], 2)) as archives:
        twins = Twins(Parts.open(archives, Filters()))
        assert not twins.is_twin(4)
        twins.identify([5, 4, 999])
        assert [twins.is_twin(number) for number in (4, 5, 999)] == [False, True, False]
        assert dict(twins.also) == {4: ["copy1"]}
        twins.identify([3, 4, 5])
        assert twins.is_twin(3)
        assert dict(twins.also) == {4: ["copy1", "alpha"]}


def test_an_archive_and_its_copies_give_as_many_articles_as_it_alone(paths: list[Path]) -> None:
    with Archives.open_reading(add_copies(paths[1], 3)) as archives:
        parts = Parts.open(archives, Filters())
        found = UnionSearcher(parts, Twins(parts)).find(Request(), limit=3)
        assert len({each.id // parts.step for each in found}) == len(found) == 3


def test_an_archive_that_breaks_has_no_twins(paths: list[Path]) -> None:
    with Archives.open_reading(add_copies(paths[1], 1)) as archives:
        parts = Parts.open(archives, Filters())
        twins = Twins(parts)
        parts.of(1)[0].conn.close()  # type: ignore[union-attr]
        twins.identify([2, 3])
        assert not twins.is_twin(2)
        assert (parts.left, len(archives.failures)) == (1, 1)
