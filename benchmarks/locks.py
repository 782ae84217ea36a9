"""How long a command keeps other writers from an archive, at most.

    python benchmarks/locks.py --archive FILE [--seconds N] [WORDS ...]

Another process asks for the write lock every few milliseconds while the command runs, gives it back at
once, and notes from when to when it could not have it. WORDS are one command, such as `index
--rebuild`; without any, all long commands run on a copy of the archive, one after the other.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from shutil import copyfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.synchronize import Event

ROOT = Path(__file__).parent.parent
EVERY = 0.004
LONGEST = 1.0
"""Seconds that nobody may be kept waiting."""


def main() -> int:
    """Run the commands and print; 1 where one kept the lock too long."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--archive", type=Path, required=True)
    options.add_argument("--folder", type=Path, help="where the copy is made")
    options.add_argument("words", nargs=argparse.REMAINDER)
    given = options.parse_args()
    if given.words:
        return int(report(given.archive, given.words) > LONGEST)
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        here = Path(folder) / "archive.db"
        copyfile(given.archive, here)
        captures = given.archive.absolute().parent / "captures"
        if captures.exists():
            here.with_name("captures").symlink_to(captures)
        outside = Path(folder)
        commands = (
            ["verify", "--repair"],
            ["verify"],
            ["index", "--rebuild"],
            ["index", "--shrink"],
            ["reextract", "--copies"],
            ["export", "--format", "parquet", "--by", "month", "-o", str(outside / "months")],
            ["export", "--format", "jsonl", "-o", str(outside / "all.jsonl")],
            ["backup", str(outside / "copy.db")],
            ["evidence", "stamp"],
            ["status"],
        )
        return int(max(report(here, words) for words in commands) > LONGEST)


def report(archive: Path, words: list[str]) -> float:
    """Run a command, print, and return the longest time in seconds that the lock was kept."""
    stop = multiprocessing.Event()
    ours, theirs = multiprocessing.Pipe()
    prober = multiprocessing.Process(target=probe, args=(archive, stop, theirs))
    prober.start()
    ours.recv()
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "crawler", "--archive", str(archive), *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.monotonic() - started
    stop.set()
    longest, asked = ours.recv()
    prober.join()
    said = "" if done.returncode == 0 else f"; ended with {done.returncode}: {done.stderr[-300:]}"
    print(
        f"{' '.join(words[:4]):40} {seconds:7.1f} s, lock kept {longest:.3f} s at most"
        f" ({asked} asked){said}",
        flush=True,
    )
    return longest


def probe(archive: Path, stop: Event, pipe) -> None:
    """Ask for the write lock until stopped; send the longest time without it, and how often."""
    longest, asked, since = 0.0, 0, None
    with closing(sqlite3.connect(archive, isolation_level=None, timeout=0)) as conn:
        pipe.send("ready")
        while not stop.is_set():
            now = time.monotonic()
            try:
                conn.execute("begin immediate")
                conn.execute("rollback")
                since = None
            except sqlite3.OperationalError:
                since = now if since is None else since
                longest = max(longest, time.monotonic() - since)
            asked += 1
            time.sleep(EVERY)
    pipe.send((longest, asked))


if __name__ == "__main__":
    sys.exit(main())
