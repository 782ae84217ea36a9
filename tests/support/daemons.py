"""Daemons as users run them: real processes with short intervals, and what they said."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.forks import start

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator

    from tests.support.crawls import Desk
    from tests.support.forks import Command

FEED = [("feed", "/rss/home.rss")]
QUICK = {
    "CONTACT": "tests@example.vn",
    "DAEMON_TICK": "0.2",
    "DAEMON_GATHER": "0.05",
    "DAEMON_STAGGER": "0.2",
    "DAEMON_HOLD": "0.5",
    "DAEMON_CHECKUP": "1",
    "DAEMON_CHECKPOINT": "1",
    "DAEMON_KILL_GRACE": "8",
    "DISK_RESERVE_MB": "1",
    "POLL_INTERVAL": "3600",
    "NIGHTLY_HOUR": "24",
}
"""A seed is polled once: each further poll is a process more."""
OFTEN = {"POLL_INTERVAL": "0.3"}
"""For tests of what a later poll finds."""


@dataclass(slots=True)
class Keeper:
    """A running daemon on a desk."""

    desk: Desk
    process: Command | subprocess.Popen[str]
    log: Path
    others: list[int] = field(default_factory=list)

    @property
    def said(self) -> str:
        """Everything it has logged so far."""
        return self.log.read_text(encoding="utf-8")

    def wait_for(self, what: Callable[[], object], seconds: float = 180) -> None:
        """Wait until something is so; fail with the log when it does not happen."""
        end = time.monotonic() + seconds
        while not what():
            assert self.process.poll() is None, f"the daemon ended: {self.said}"
            assert time.monotonic() < end, f"it did not happen: {self.said}"
            time.sleep(0.1)

    def wait_for_words(self, words: str, seconds: float = 180) -> None:
        """Wait until the log holds the words."""
        self.wait_for(lambda: words in self.said, seconds)

    def wait_for_articles(self, count: int, seconds: float = 180) -> None:
        """Wait until the archive holds so many articles."""
        self.wait_for(lambda: count_articles(self.desk) >= count, seconds)

    def send(self, number: int) -> None:
        """Send a signal to the daemon only."""
        self.process.send_signal(number)

    def wait_until_up(self) -> None:
        """Wait until it is at work. A process that is just being loaded is killed by signals."""
        self.wait_for(lambda: re.search(r": \d+ sources\b", self.said))

    def end(self, number: int = signal.SIGTERM, seconds: float = 120) -> int:
        """Ask it to end, once it is up; its exit code."""
        self.wait_until_up()
        self.process.send_signal(number)
        return self.process.wait(seconds)

    def children(self) -> list[int]:
        """Process ids of its children now."""
        return children_of(self.process.pid)


def count_articles(desk: Desk) -> int:
    """0 while there is no archive yet."""
    import sqlite3

    if not desk.archive.exists():  # looking would make it, with the modes of the looker
        return 0
    try:
        return int(str(desk.value("select count(*) from articles")))
    except sqlite3.OperationalError:
        return 0


def children_of(pid: int) -> list[int]:
    """Direct children of a process, from /proc."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[1]) == pid and fields[0] != "Z":
                found.append(int(stat.parent.name))
    return found


def is_alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@contextlib.contextmanager
def keep(desk: Desk, *arguments: str, fresh: bool = False, **settings: str) -> Iterator[Keeper]:
    """A daemon with short intervals; killed, with its children, at the end of the block.

    ``fresh``: see `forks.start`.
    """
    desk.settings = {**QUICK, **desk.settings, **settings}
    log = desk.folder / f"daemon-{time.monotonic_ns()}.log"
    process = start("crawler", ("daemon", *arguments), desk.environ, fresh=fresh, log=log)
    keeper = Keeper(desk, process, log)
    try:
        yield keeper
    finally:
        for pid in keeper.children():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if process.poll() is None:
            process.kill()
        process.wait(10)
