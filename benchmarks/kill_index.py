"""Kill what writes an archive and its index, at random moments, and see what a search says then.

    python -m benchmarks.kill_index --moments 30

A child archives articles, brings the index up to date, and builds it again, in a loop; it is killed
with SIGKILL. After each kill a search must find every article that is stored, and after the next
update the index must agree with the archive. Then the index is deleted, truncated, bit-flipped, and
written by three processes while five read.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from storage.archive import Archive
from storage.engine.check import check_index
from storage.engine.folder import folder_of
from storage.search import search

if TYPE_CHECKING:
    from collections.abc import Callable

WRITER = """
import sys
from pathlib import Path
from storage.archive import Archive
from tests.support.shelf import put
path, rounds = Path(sys.argv[1]), int(sys.argv[2])
with Archive.open(path) as archive:
    for number in range(rounds):
        for _ in range(20):
            with archive.transaction():
                put(archive.connection, f"Giá lúa {number}", "Nông dân vui. " * 20)
        if number % 7 == 6:
            archive.forget_index()
        archive.update_index()
"""
READER = """
import sqlite3, sys, time
from storage.search import search
end = time.monotonic() + float(sys.argv[2])
conn = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True, isolation_level=None, timeout=30)
while time.monotonic() < end:
    before = conn.execute("select count(*) from articles").fetchone()[0]
    hits = search(conn, "gia lua", limit=1)
    behind = sum(note.count for note in hits.notes if note.kind == "behind")
    assert hits.total.count + behind >= before, (hits.total, behind, before)
"""


def main() -> None:
    """Kill, harm, crowd; end with 1 where something was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moments", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="baotinh-kill-index-") as folder:
        path = Path(folder) / "archive.db"
        _begin(path)
        wrong = _kills(path, options.moments, random.Random(options.seed))
        wrong += _harms(path, random.Random(options.seed))
        wrong += _crowd(path)
    print("all well" if not wrong else f"{wrong} wrong")
    sys.exit(bool(wrong))


def _begin(path: Path) -> None:
    with Archive.open(path) as archive:
        archive.connection.execute(
            "insert into sources (id, name, kind, province, homepage)"
            " values ('baolongan', 'Báo', 'newspaper', 'Tây Ninh', 'https://x.vn/')"
        )


def _kills(path: Path, moments: int, draw: random.Random) -> int:
    wrong = 0
    for number in range(moments):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path), "1000"])
        _wait_until_writing(path)
        time.sleep(draw.uniform(0.0, 2.0))
        writer.kill()
        writer.wait()
        wrong += _look(path, f"kill {number + 1}")
    return wrong


def _wait_until_writing(path: Path) -> None:
    """Wait until the child has begun, however busy the machine is."""
    before = _count(path)
    end = time.monotonic() + 60
    while _count(path) == before and time.monotonic() < end:
        time.sleep(0.02)


def _count(path: Path) -> int:
    conn = sqlite3.connect(path, timeout=30)
    try:
        return int(conn.execute("select count(*) from articles").fetchone()[0])
    finally:
        conn.close()


def _look(path: Path, what: str) -> int:
    """Search as things are, bring the index up to date, compare."""
    with Archive.open(path) as archive:
        stored = archive.articles.count()
        hits = search(archive.connection, "gia lua")
        behind = sum(note.count for note in hits.notes if note.kind == "behind")
        found = hits.total.count
        archive.update_index()
        problems = list(check_index(archive.connection, folder_of(path)))
        after = search(archive.connection, "gia lua").total.count
    good = found + behind == stored == after and not problems
    if not good:
        print(f"{what}: {stored} stored, {found} found, {behind} behind, {after} after: {problems}")
    return not good


def _harms(path: Path, draw: random.Random) -> int:
    wrong = 0
    for name, harm in HARMS.items():
        harm(folder_of(path), draw)
        with Archive.open(path) as archive:
            known = list(check_index(archive.connection, folder_of(path)))
            if known:
                list(archive.repair())
        wrong += _look(path, name)
    return wrong


def _truncate(folder: Path, draw: random.Random) -> None:
    file = draw.choice(sorted(folder.glob("*.*")))
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def _flip(folder: Path, draw: random.Random) -> None:
    file = draw.choice([each for each in sorted(folder.glob("*.*")) if each.stat().st_size > 200])
    content = bytearray(file.read_bytes())
    content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
    file.write_bytes(content)


HARMS: dict[str, Callable[[Path, random.Random], None]] = {
    "deleted": lambda folder, _: shutil.rmtree(folder),
    "truncated": _truncate,
    "flipped": _flip,
}


def _crowd(path: Path) -> int:
    """Three writers and five readers at once."""
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(path), "5"]) for _ in range(3)]
    readers = [subprocess.Popen([sys.executable, "-c", READER, str(path), "5"]) for _ in range(5)]
    failed = sum(child.wait() != 0 for child in [*writers, *readers])
    if failed:
        print(f"{failed} of the three writers and five readers failed")
    return failed + _look(path, "a crowd")


if __name__ == "__main__":
    main()
