"""The machine that the crawler runs on: a clock that can be set, a disk that can be full."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

from storage.instants import format_instant, parse_instant
from tests.support.paths import ROOT

if TYPE_CHECKING:
    from life.papers import World
    from tests.support.crawls import Desk

SLACK = 900.0
"""Seconds that a page waits for a poll: the setting REVISIT_SLACK."""
MEGABYTES = 1500
"""Size of the disk of the machine."""


def find_faketime() -> str | None:
    """The library that shows processes another clock; None where it is not installed."""
    if shutil.which("faketime") is None:
        return None
    command = ["faketime", "-m", "-f", "+0", "printenv", "LD_PRELOAD"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() or None


@dataclass(frozen=True)
class Alarm:
    """One trouble that people were told of, or its end. ``at`` is the time of the world."""

    at: float
    source: str
    cause: str
    state: str
    why: str
    is_end: bool = False

    def __str__(self) -> str:
        return f"{self.state} ({self.cause}): {self.why}"


def _read_alarm(trouble: dict[str, Any], now: float, *, is_end: bool = False) -> Alarm:
    source, cause, state, why = (
        str(trouble[name]) for name in ("source_id", "cause", "state", "why")
    )
    return Alarm(now, source, cause, state, why, is_end)


class Receiver:
    """The webhook: keeps every change with the time at which it came."""

    def __init__(self, world: World) -> None:
        self.alarms: list[Alarm] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(handler) -> None:  # noqa: N805 - the interface of http.server
                body = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
                for change in body["changes"]:
                    self.alarms += [_read_alarm(each, world.now) for each in change["began"]]
                    self.alarms += [
                        _read_alarm(each, world.now, is_end=True) for each in change["ended"]
                    ]
                handler.send_response(204)
                handler.end_headers()

            def log_message(handler, *_: object) -> None:  # noqa: N805
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.netloc = f"127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


@dataclass
class Round:
    """One ``baotinh daemon --once``."""

    number: int
    now: float
    status: int
    errors: str
    seconds: float
    full: bool
    skew: float


@dataclass
class Machine:
    """Runs the crawler as a user's timer would, with the clock and the disk of the fortnight."""

    desk: Desk
    world: World
    library: str
    sources: list[str]
    """Ids of what is crawled: the outlets that come with the crawler are left alone."""
    skew: float = 0.0
    """Seconds by which its clock is ahead of the world's."""
    full: bool = False
    stopping: bool = False
    rounds: list[Round] = field(default_factory=list)

    def environ(self) -> dict[str, str]:
        """What the crawler's processes are given; times of files and waits stay real."""
        offset = round(self.world.now + self.skew - time.time())
        return self.desk.environ | {
            "LD_PRELOAD": self.library,
            "FAKETIME": f"{offset:+d}",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run ``baotinh ARGUMENTS`` by the clock of the machine."""
        return subprocess.run(
            [sys.executable, "-m", "crawler", *arguments],
            env=self.environ(),
            cwd=ROOT,
            text=True,
            capture_output=True,
            timeout=900,
            check=False,
            start_new_session=True,  # who asks the fortnight to end does not ask the crawler
        )

    def crawl(self) -> Round:
        """One round: everything that is due."""
        self.world.round += 1
        begun = time.monotonic()
        done = self.run("daemon", "--once", *self.sources)
        spent = time.monotonic() - begun
        made = Round(
            self.world.round,
            self.world.now,
            done.returncode,
            done.stderr,
            spent,
            self.full,
            self.skew,
        )
        self.rounds.append(made)
        return made

    def next_due(self) -> float:
        """When the archive wants to be woken next, in the time of the world."""
        polls = "select min(next_poll_at) from seeds where next_poll_at is not null"
        pages = (
            "select min(next_try_at) from links where next_try_at is not null "
            "and state in ('pending', 'stored')"
        )
        found = [
            parse_instant(str(value)).timestamp() + slack
            for sql, slack in ((polls, 0.0), (pages, SLACK))
            for ((value,),) in [self.desk.rows(sql)]
            if value is not None
        ]
        return min(found, default=self.world.now) - self.skew

    def waiting(self) -> int:
        """How many pages were found and are neither stored nor given up."""
        return int(str(self.desk.value("select count(*) from links where state = 'pending'")))

    def instant(self) -> str:
        """The time of the world as the archive writes it."""
        return format_instant(dt.datetime.fromtimestamp(self.world.now, dt.UTC))
