"""When a child has to end, and what is left of it then."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import tempfile
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crawler.daemon.child import Child, Task, Watchdog, die_with_parent, start_child
from tests.support.sleepers import sleep_on

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STALL, LIMIT = 600.0, 3600.0


def overdue(dog: Watchdog, now: float) -> str:
    return dog.overdue(now, stall=STALL, limit=LIMIT)


def test_a_slow_child_that_makes_progress_may_go_on() -> None:
    dog = Watchdog(started=0.0, progressed=0.0)
    for step in range(7):
        now = step * 500.0
        dog.note(("pages", step), now)
        assert overdue(dog, now) == ""
        assert overdue(dog, now + STALL) == ""


def test_a_child_without_progress_has_to_end_after_the_stall_timeout() -> None:
    dog = Watchdog(started=0.0, progressed=0.0)
    dog.note("a page", 100.0)
    dog.note("a page", 650.0)
    assert overdue(dog, 700.0) == ""
    assert overdue(dog, 701.0) == "no progress for 600 s"


def test_a_child_that_runs_too_long_has_to_end_in_spite_of_progress() -> None:
    dog = Watchdog(started=0.0, progressed=0.0)
    dog.note("much", 3600.0)
    assert overdue(dog, 3600.0) == ""
    assert overdue(dog, 3601.0) == "running for more than 3600 s"


@pytest.fixture
def child() -> Iterator[Child]:
    words = ["no-such-command"]
    child = start_child(words, task=Task.CRAWL, sources=["a"], now=5.0, after_run=7)
    yield child
    child.output.close()


def wait(child: Child) -> None:
    end = time.monotonic() + 30
    while not child.has_ended():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_child_runs_the_command_and_its_messages_are_kept(child: Child) -> None:
    wait(child)
    assert child.process.returncode == 2
    assert "No such command 'no-such-command'" in child.messages()
    assert (child.sources, child.after_run, child.watchdog.started) == (("a",), 7, 5.0)


def test_a_child_is_asked_once_and_killed_after_the_grace() -> None:
    child = running(stubborn=True)
    child.end("no progress", 10.0)
    child.end("another reason", 11.0)
    assert (child.ended_by, child.ending_since) == ("no progress", 10.0)
    assert not child.kill_if_late(29.9, 20.0)
    assert child.kill_if_late(30.0, 20.0)
    assert not child.kill_if_late(31.0, 20.0), "once"
    wait(child)
    assert child.process.returncode == -signal.SIGKILL
    child.output.close()


def running(*, stubborn: bool = False) -> Child:
    """A child that sleeps, and may not mind being asked to end."""
    return Child(
        process=sleep_on(stubborn=stubborn),
        output=tempfile.TemporaryFile(),
        task=Task.CRAWL,
        sources=("a",),
        watchdog=Watchdog(started=0.0, progressed=0.0),
        after_run=0,
    )


@pytest.mark.parametrize("stubborn", [False, True])
def test_a_child_is_asked_to_end_before_it_is_killed(stubborn: bool) -> None:
    child = running(stubborn=stubborn)
    assert not child.has_ended()
    assert not child.kill_if_late(99.0, 5.0), "it was not asked yet"
    child.end("no progress", 10.0)
    if stubborn:
        assert child.kill_if_late(15.0, 5.0)
    wait(child)
    assert child.process.returncode == (-signal.SIGKILL if stubborn else -signal.SIGTERM)
    assert child.has_ended(), "asked again, it still has"
    child.output.close()


def test_the_last_four_thousand_bytes_of_messages_are_kept(child: Child) -> None:
    wait(child)
    child.output.seek(0)
    child.output.truncate()
    child.output.write(b"start" + b"x" * 3996 + b"end\n")
    assert child.messages() == "x" * 3996 + "end"
    assert child.output.closed


def fork(work: Callable[[], int]) -> int:
    """What a fork of this process returns."""
    with warnings.catch_warnings():
        # Threads of other tests may be at rest beside; the fork asks for none of their locks.
        warnings.simplefilter("ignore", DeprecationWarning)
        process = os.fork()
    if process == 0:
        code = 99
        try:
            code = work()
        except SystemExit:
            code = 7
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def test_a_child_dies_with_its_parent_or_ends_where_that_is_gone() -> None:
    """PR_GET_PDEATHSIG of prctl(2) is 2."""
    parent = os.getpid()

    def ask() -> int:
        die_with_parent(parent)
        number = ctypes.c_int()
        ctypes.CDLL(None).prctl(2, ctypes.byref(number))
        return number.value

    assert fork(ask) == signal.SIGKILL
    assert fork(lambda: die_with_parent(parent + 1) or 0) == 7


def test_what_a_child_started_ends_with_it() -> None:
    process = subprocess.Popen(
        ["/bin/sh", "-c", "sleep 60 & echo $!"], process_group=0, stdout=subprocess.PIPE
    )
    child = Child(
        process=process,
        output=tempfile.TemporaryFile(),  # noqa: SIM115 - closed below
        task=Task.CRAWL,
        sources=(),
        watchdog=Watchdog(started=0.0, progressed=0.0),
        after_run=0,
    )
    assert process.stdout is not None
    with process.stdout:
        left = int(process.stdout.readline())
    wait(child)
    end = time.monotonic() + 30
    while is_running(left) and time.monotonic() < end:
        time.sleep(0.01)
    assert not is_running(left)
    child.output.close()


def is_running(process: int) -> bool:
    """Whether a process is there that has not ended; see proc(5)."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"
