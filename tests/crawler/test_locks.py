"""One crawl of a source at a time, whoever dies."""

from __future__ import annotations

import asyncio
import os
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


def test_a_holder_is_named_with_its_process_or_as_unknown(tmp_path: Path) -> None:
    first, second = (SourceLock(tmp_path / "a.db", "town") for _ in range(2))
    assert first.attempt("backfill")
    (file,) = (tmp_path / "a.db.locks").iterdir()
    assert file.read_text() == f"{os.getpid()} backfill\n"
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    for text, named in ((None, f"process {os.getpid()};"), ("", "process unknown;")):
        if text is not None:
            file.write_text(text)
        with pytest.raises(ArchiveBusy, match=named):
            asyncio.run(second.acquire(0.0, "backfill"))
    first.release()
    first.release()
    assert second.attempt("crawl")
    assert second.attempt("crawl"), "it is held already"
    assert file.read_text() == f"{os.getpid()} crawl\n", "a longer name is gone"
    second.release()


@pytest.mark.parametrize(
    ("holds", "waits", "grace"),
    [
        ("backfill", "crawl", 60.0),
        ("backfill", "backfill", 0.0),
        ("crawl", "crawl", 0.0),
        ("crawl", "backfill", 0.0),
    ],
)
def test_a_backfill_has_a_minute_to_make_way_for_a_crawl(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, holds: str, waits: str, grace: float
) -> None:
    clock = [1000.0]
    seen: list[bool] = []
    first, second = (SourceLock(tmp_path / "a.db", "town") for _ in range(2))
    assert first.attempt(holds)

    async def sleep(seconds: float) -> None:
        assert seconds == 0.1
        seen.append(first.is_wanted())
        clock[0] += 5.0

    monkeypatch.setattr(asyncio, "sleep", sleep)
    monkeypatch.setattr("crawler.locks.time.monotonic", lambda: clock[0])
    with pytest.raises(ArchiveBusy):
        asyncio.run(second.acquire(10.0, waits))
    assert clock[0] == 1010.0 + grace
    assert set(seen) == {waits != "backfill"}, "only a crawl may ask for way"
    assert not first.is_wanted(), "who gave up wants nothing any more"
    first.release()


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
