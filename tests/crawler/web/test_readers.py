"""Archives that are read by threads: opened once, again when others stand in their place."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from crawler.web import readers as module
from crawler.web.readers import Readers
from storage.errors import ArchiveError
from tests.support.template import begin

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Clock:
    """A clock that is set by hand."""

    now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


@pytest.fixture
def made(tmp_path: Path) -> Iterator[tuple[Readers, list[Path], list[str]]]:
    """Readers of two archives, the second missing; and how often they were replaced."""
    paths = [begin(tmp_path / "a" / "kho.db"), tmp_path / "b" / "kho.db"]
    readers, replaced = Readers(paths, None), []
    readers.when_replaced(lambda: replaced.append("x"))
    yield readers, paths, replaced
    readers.archives().close()
    readers.close()


def test_archives_are_opened_once(made: tuple[Readers, list[Path], list[str]]) -> None:
    readers, _, replaced = made
    assert readers.archives() is readers.archives()
    assert [member.name for member in readers.archives().members] == ["a/kho"]
    assert readers.archive().path == readers.archive("a/kho").path
    with pytest.raises(LookupError, match="the archive b/kho cannot be read"):
        readers.archive("b/kho")
    assert replaced == []


def test_what_could_not_be_read_is_tried_after_half_a_minute(
    made: tuple[Readers, list[Path], list[str]], clock: Clock
) -> None:
    readers, _, _ = made
    first = readers.archives()
    clock.now = 1030.0
    assert readers.archives() is first
    clock.now = 1030.1
    second = readers.archives()
    assert second is not first
    clock.now = 1060.1
    assert readers.archives() is second


def test_where_none_can_be_read_any_more_they_are_opened_at_once(
    made: tuple[Readers, list[Path], list[str]], clock: Clock
) -> None:
    readers, _, _ = made
    first = readers.archives()
    clock.now = 1001.0
    first.leave_out(first.members[0], ArchiveError("broken"))
    assert [member.name for member in readers.archives().members] == ["a/kho"]


def test_one_that_takes_the_place_of_another_is_opened(
    made: tuple[Readers, list[Path], list[str]], tmp_path: Path
) -> None:
    readers, paths, replaced = made
    first = readers.archives()
    begin(tmp_path / "new.db").replace(paths[0])
    assert readers.archives() is not first
    assert replaced == ["x"]
    begin(paths[1])
    assert len(readers.archives().members) == 2
    assert replaced == ["x", "x"]


def test_functions_run_beside_the_loop(made: tuple[Readers, list[Path], list[str]]) -> None:
    readers, _, _ = made

    def count(archives: object) -> int:
        archives.close()  # type: ignore[attr-defined]
        return 7

    assert asyncio.run(readers.read(count)) == 7
