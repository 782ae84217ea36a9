"""Kill what writes an archive and its index, at random moments, and see what a search says then.

    python -m benchmarks.kill_index --moments 30

A child archives articles, brings the index up to date, and builds it again, in a loop; it is killed
with SIGKILL within a third of a second after it has begun one of the three, each in turn. After each kill a search must find every article that is stored, and after the next
update the index must agree with the archive. Then the index is deleted, truncated, bit-flipped, and
written by three processes while five read.
"""

from __future__ import annotations

import argparse
import random
import shutil
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
        print("archiving", flush=True)
        for _ in range(20):
            with archive.transaction():
                put(archive.connection, f"Giá lúa {number}", "Nông dân vui. " * 20)
        print("catching up", flush=True)
        archive.update_index()
        if number % 3 == 2:
            print("rebuilding", flush=True)
            archive.forget_index()
            archive.update_index()
"""
PHASES = ("archiving", "catching up", "rebuilding")
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
        with Archive.open_reading(path) as archive:
            print(
                f"{options.moments} kills, {len(HARMS)} harms, {archive.articles.count()} articles"
            )
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
        phase = PHASES[number % len(PHASES)]
        command = [sys.executable, "-c", WRITER, str(path), "1000"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout
            next(line for line in writer.stdout if line.strip() == phase)
            time.sleep(draw.uniform(0.0, 0.3))
            writer.kill()
        wrong += _look(path, f"kill {number + 1}, {phase}")
    return wrong


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
    command = [sys.executable, "-c", WRITER, str(path), "5"]
    writers = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(3)]
    readers = [subprocess.Popen([sys.executable, "-c", READER, str(path), "5"]) for _ in range(5)]
    failed = sum(child.wait() != 0 for child in [*writers, *readers])
    if failed:
        print(f"{failed} of the three writers and five readers failed")
    return failed + _look(path, "a crowd")


if __name__ == "__main__":
    main()
