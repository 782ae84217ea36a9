"""Runs, their outcomes, and hosts."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from storage.archive import Archive
from storage.frontier.runs import has_pid, is_alive
from storage.records import HostState, Outcome, Poll
from storage.states import OutcomeKind, RunKind

if TYPE_CHECKING:
    from pathlib import Path

NOW = "2026-10-02T11:38:00Z"
LATER = "2026-10-02T12:38:00Z"

START_AND_DIE = """
import os, sys
from pathlib import Path
import pytest

from storage.archive import Archive
from storage.records import Outcome
from storage.states import OutcomeKind

archive = Archive.open(Path(sys.argv[1]))
run = archive.runs.start("baolongan", "crawl", "2026-10-02T11:38:00Z")
archive.runs.count(run, Outcome(kind=OutcomeKind.NEW))
os.kill(os.getpid(), 9)
"""


def test_a_run_tells_how_it_went(archive: Archive) -> None:
    run = archive.runs.start("baolongan", RunKind.CRAWL, NOW)
    assert archive.runs.last("baolongan")[0].state == "running"
    for _ in range(2):
        archive.runs.count(run, Outcome(kind=OutcomeKind.REJECTED, reason="no-body"))
    finished = archive.runs.finish(run, "finished", LATER)
    assert finished.outcomes == {"rejected/no-body": 2}
    assert (finished.kind, finished.finished_at, finished.state) == ("crawl", LATER, "finished")


def test_runs_are_listed_newest_first(archive: Archive) -> None:
    runs = [archive.runs.start("baolongan", RunKind.CRAWL, NOW) for _ in range(3)]
    archive.runs.start("baotayninh", RunKind.BACKFILL, NOW)
    assert [run.id for run in archive.runs.last("baolongan", 2)] == [runs[2], runs[1]]


def test_a_run_of_a_dead_process_is_interrupted(archive: Archive) -> None:
    mine = archive.runs.start("baolongan", RunKind.REEXTRACT, NOW)
    subprocess.run([sys.executable, "-c", START_AND_DIE, str(archive.path)], check=False)
    with Archive.open_reading(archive.path) as reader:
        dead, alive = reader.runs.last("baolongan", 2)
        assert (dead.state, dead.outcomes, dead.finished_at) == ("interrupted", {"new": 1}, None)
        assert (alive.id, alive.state) == (mine, "running")
    archive.runs.start("baotayninh", RunKind.CRAWL, LATER)
    row = archive._db.conn.execute("select state, finished_at from runs where id = ?", (dead.id,))
    assert tuple(row.fetchone()) == ("interrupted", LATER)
    assert archive.runs.get(mine).state == "running"


def test_what_a_host_said_is_kept(archive: Archive, tmp_path: Path) -> None:
    assert archive.hosts.get("baolongan.vn") is None
    state = HostState(host="baolongan.vn", not_before=LATER, failures=0.5, reason="Retry-After")
    archive.hosts.put(HostState(host="baolongan.vn", failures=1.0))
    archive.hosts.put(state)
    with Archive.open_reading(tmp_path / "archive.db") as reader:
        assert reader.hosts.get("baolongan.vn") == state


def start_runs(archive: Archive, instants: list[str]) -> None:
    rows = [("baolongan", "crawl", at, "1 dead ") for at in instants]
    with archive.transaction():
        archive._db.conn.executemany(
            "insert into runs (source_id, kind, started_at, process) values (?, ?, ?, ?)", rows
        )


IN_TWO_DAYS, A_SECOND_LATER = "2026-10-04T11:38:00Z", "2026-10-04T11:38:01Z"


@pytest.mark.parametrize(
    ("others", "is_behind"),
    [
        ([], False),
        ([IN_TWO_DAYS] * 3, False),
        ([A_SECOND_LATER] * 3, True),
        ([NOW, A_SECOND_LATER], False),
        ([NOW, A_SECOND_LATER, A_SECOND_LATER], True),
    ],
)
def test_a_clock_is_behind_when_most_runs_lie_over_two_days_ahead(
    archive: Archive, others: list[str], is_behind: bool
) -> None:
    start_runs(archive, others)
    fault = archive.runs.find_clock_fault(NOW)
    assert (fault is not None) == is_behind
    if fault is not None:
        assert A_SECOND_LATER in fault


def test_a_clock_is_compared_with_a_hundred_runs_of_all_ages(archive: Archive) -> None:
    """Of 200 runs each second one: 51 of these are ahead, few of all, none of each fourth."""
    ahead = {number for number in range(1, 201) if number % 4 == 2} | {200}
    start_runs(archive, [A_SECOND_LATER if n in ahead else NOW for n in range(1, 201)])
    assert archive.runs.find_clock_fault(NOW) is not None


@pytest.mark.parametrize("year", ["1970", "2019", "2200"])
def test_a_clock_that_cannot_be_right_is_a_fault(archive: Archive, year: str) -> None:
    fault = archive.runs.find_clock_fault(f"{year}-01-01T00:00:00Z")
    assert fault is not None
    assert "cannot be" in fault


def test_runs_are_asked_about_by_source_and_number(archive: Archive) -> None:
    runs = archive.runs
    assert (runs.last_id(), runs.first_started_at("baolongan")) == (0, None)
    first = runs.start("baolongan", RunKind.CRAWL, LATER)
    second = runs.start("baotayninh", RunKind.CRAWL, NOW)
    assert runs.last_id() == second
    assert runs.first_started_at("baolongan") == LATER
    runs.finish(first, "finished", LATER)
    assert runs.sources_since(0) == {"baolongan", "baotayninh"}
    assert runs.sources_since(second) == {"baotayninh"}, "it still runs"
    runs.finish(second, "finished", LATER)
    assert runs.sources_since(first) == {"baotayninh"}
    assert runs.sources_since(second) == frozenset()
    with pytest.raises(LookupError, match="no run 99"):
        runs.get(99)


def test_progress_is_another_value_as_soon_as_more_was_done(archive: Archive) -> None:
    run = archive.runs.start("baolongan", RunKind.CRAWL, NOW)
    (seed,) = archive.seeds.put("baolongan", [("feed", "https://baolongan.vn/rss")])
    values = [archive.runs.progress(["baolongan"], after=run - 1)]
    assert archive.runs.progress(["baolongan"], after=run - 1) == values[0]
    others = archive.runs.progress(["baotayninh"], after=0)
    archive.runs.count(run, Outcome(kind=OutcomeKind.NEW))
    values.append(archive.runs.progress(["baolongan"], after=run - 1))
    archive.seeds.record_poll(Poll(seed_id=seed.id, polled_at=LATER), [])
    values.append(archive.runs.progress(["baolongan"], after=run - 1))
    archive.runs.finish(run, "finished", LATER)
    values.append(archive.runs.progress(["baolongan"], after=run - 1))
    assert [one == other for one, other in itertools.combinations(values, 2)] == [False] * 6
    assert archive.runs.progress(["baotayninh"], after=0) == others


def test_runs_of_dead_processes_are_counted(archive: Archive) -> None:
    assert archive.runs.interrupt_dead(NOW) == 0
    start_runs(archive, [NOW, NOW])
    assert archive.runs.interrupt_dead(LATER) == 2
    assert archive.runs.interrupt_dead(LATER) == 0
    assert not is_alive(None)


def test_nothing_is_counted_without_a_run(archive: Archive) -> None:
    new = Outcome(kind=OutcomeKind.NEW)
    assert archive.runs.count(None, new) is new
    with pytest.raises(LookupError, match="no run 7"):
        archive.runs.count(7, new)


def test_a_process_is_there_until_it_has_ended() -> None:
    with subprocess.Popen(["true"]) as child:
        child.wait()
        assert not has_pid(child.pid)
    assert has_pid(os.getppid())
    assert not has_pid(10**30)
