"""One crawl of a source at a time, whoever dies."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from crawler.locks import SourceLock
from storage.errors import ArchiveBusy

if TYPE_CHECKING:
    from pathlib import Path


def test_the_second_waits_and_then_names_the_holder(tmp_path: Path) -> None:
    first, second = (SourceLock(tmp_path / "a.db", "town") for _ in range(2))
    assert first.attempt()
    with pytest.raises(ArchiveBusy, match="town is being crawled by process"):
        asyncio.run(second.acquire(0.2))
    first.release()
    asyncio.run(second.acquire(0.2))
    assert second.is_held
    second.release()


def test_sources_and_archives_do_not_stand_in_each_others_way(tmp_path: Path) -> None:
    locks = [
        SourceLock(tmp_path / "a.db", "town"),
        SourceLock(tmp_path / "a.db", "village"),
        SourceLock(tmp_path / "b.db", "town"),
    ]
    assert all(lock.attempt() for lock in locks)
    for lock in locks:
        lock.release()


def test_a_holder_sees_that_it_is_waited_for(tmp_path: Path) -> None:
    holder, waiter = (SourceLock(tmp_path / "a.db", "town") for _ in range(2))

    async def meet() -> None:
        assert holder.attempt("backfill")
        assert not holder.is_wanted()
        assert not holder.is_wanted(), "looking leaves nothing held"
        waiting = asyncio.ensure_future(waiter.acquire(5))
        await asyncio.sleep(0.2)
        assert holder.is_wanted()
        holder.release()
        await waiting

    asyncio.run(meet())
    assert waiter.is_held
    waiter.release()


def test_a_killed_holder_leaves_nothing_behind(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from crawler.locks import SourceLock;"
        "lock = SourceLock(Path(sys.argv[1]), 'town'); assert lock.attempt();"
        "print('held', flush=True); time.sleep(60)"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "a.db")], stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"held\n"
    lock = SourceLock(tmp_path / "a.db", "town")
    assert not lock.attempt()
    child.kill()
    child.communicate()
    assert lock.attempt()
    lock.release()
