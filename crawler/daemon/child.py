"""Child processes of the daemon: each in a process group of its own, watched, never orphaned.

`python -m crawler.daemon.child PARENT ARGUMENT...` is what a child runs: it asks the kernel to be
killed when the daemon dies (prctl PR_SET_PDEATHSIG), and then is `baotinh ARGUMENT...`. The
signal is bound to the thread that started it, so the daemon starts children from its main thread.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from enum import StrEnum
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PR_SET_PDEATHSIG = 1
_MAX_OUTPUT = 4000
"""Bytes of a child's messages that are kept: the last ones."""


class Task(StrEnum):
    """What a child does, by the name of its command."""

    CRAWL = "crawl"
    BACKFILL = "backfill"
    BACKUP = "backup"
    EVIDENCE = "evidence"
    WATCH = "watch"
    INDEX = "index"


@dataclass(slots=True, kw_only=True)
class Watchdog:
    """Decides when a child has to end. Pure: times are monotonic seconds, passed in."""

    started: float
    progressed: float
    """When it last made progress."""
    mark: object = None
    """What it had done by then, for comparison."""

    def note(self, mark: object, now: float) -> None:
        """Restart the stall timeout when ``mark`` differs from the last one."""
        if mark != self.mark:
            self.mark, self.progressed = mark, now

    def overdue(self, now: float, *, stall: float, limit: float) -> str:
        """Return why the child should end now, empty while it may go on."""
        if now - self.progressed > stall:
            return f"no progress for {stall:.0f} s"
        return f"running for more than {limit:.0f} s" if now - self.started > limit else ""


@dataclass(slots=True, kw_only=True)
class Child:
    """One running child. Times are monotonic seconds."""

    process: subprocess.Popen[bytes]
    output: IO[bytes]
    """Its standard error."""
    task: Task
    sources: tuple[str, ...]
    watchdog: Watchdog
    after_run: int
    """Id of the last run recorded before it: all of its own are greater, whatever clocks do."""
    ended_by: str = ""
    """Why it was asked to end, empty while it may go on."""
    ending_since: float | None = None
    """When it was asked to end."""
    killed: bool = field(default=False)

    def has_ended(self) -> bool:
        """Return whether the process has ended; the rest of its group is killed then.

        The group is killed while the ended process still holds its id: later the id may belong
        to another process.
        """
        if self.process.returncode is None and _is_zombie(self.process.pid):
            self._signal(signal.SIGKILL)
            self.process.wait()
        return self.process.returncode is not None

    def end(self, why: str, now: float) -> None:
        """Ask the whole group to end, once."""
        if self.ending_since is None:
            self.ended_by, self.ending_since = why, now
            self._signal(signal.SIGTERM)

    def kill_if_late(self, now: float, grace: float) -> bool:
        """Kill the group ``grace`` seconds after it was asked to end; return whether it did."""
        if self.killed or self.ending_since is None or now - self.ending_since < grace:
            return False
        self.killed = True
        self._signal(signal.SIGKILL)
        return True

    def messages(self) -> str:
        """Return the end of what it wrote to standard error; closes the file."""
        with self.output:
            size = self.output.seek(0, os.SEEK_END)
            self.output.seek(max(0, size - _MAX_OUTPUT))
            return self.output.read().decode("utf-8", "replace").strip()

    def _signal(self, number: int) -> None:
        if self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)


def _is_zombie(pid: int) -> bool:
    """Return whether our child has ended and its status was not collected yet."""
    found = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    return found is not None


def start_child(
    arguments: Sequence[str],
    *,
    task: Task,
    sources: Sequence[str],
    now: float,
    after_run: int,
    environ: Mapping[str, str] | None = None,
) -> Child:
    """Start `baotinh ARGUMENTS` as a child, with more variables. Raise OSError.

    Call from a thread that lives as long as the child: the main one, or one of a pool.
    """
    output = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the child
    command = [sys.executable, "-m", "crawler.daemon.child", str(os.getpid()), *arguments]
    try:
        process = subprocess.Popen(  # noqa: S603 - our own command
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=output,
            process_group=0,
            env={**os.environ, **(environ or {})},
        )
    except BaseException:
        output.close()
        raise
    return Child(
        process=process,
        output=output,
        task=task,
        sources=tuple(sources),
        watchdog=Watchdog(started=now, progressed=now),
        after_run=after_run,
    )


def die_with_parent(parent: int) -> None:
    """Let the kernel kill this process when its parent dies; exit if it is dead already. Linux."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL) != 0:
            raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != parent:
        sys.exit("baotinh: the daemon that started this process is gone")


def main() -> None:
    """Run as a child: the parent's process id, then the arguments of `baotinh`."""
    die_with_parent(int(sys.argv[1]))
    # SIGHUP makes the daemon read its files again; sent to all of us, it must not kill crawls.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    sys.argv[1:] = sys.argv[2:]
    from crawler.cli import main as run

    run()


if __name__ == "__main__":
    main()
