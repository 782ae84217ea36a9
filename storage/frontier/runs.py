"""Runs: one execution for one source each, with the outcomes of its pages."""

from __future__ import annotations

import json
import os
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from storage.db.rows import record
from storage.instants import PLAUSIBLE, add_seconds
from storage.records import Outcome, Run
from storage.states import RunKind, RunState

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection

    from storage.db.database import Database

_RUNS_DONE = """
select id, state, outcomes from runs
where source_id in (select value from json_each(:sources)) and id > :after"""
_POLLS_DONE = """
select max(polled_at), count(*) from seeds
where source_id in (select value from json_each(:sources))"""
_SAMPLE = """
select started_at from runs where id in (select value from json_each(:ids)) order by id"""
_NEWEST_INSTANT = """
select max(at) from (
    select max(polled_at) as at from seeds
    union all
    select max(started_at) from (select started_at from runs order by id desc limit 100))"""

CLOCK_TOLERANCE = 2 * 86400.0
"""Seconds by which rows may lie ahead: a clock that was a day fast for a while must not stop a
young archive once it is right again."""
SAMPLE = 100
"""Runs, evenly spread over the archive's life, that the clock is compared with."""


class Runs:
    """Table ``runs``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def start(self, source_id: str, kind: RunKind, started_at: str) -> int:
        """Record that this process starts a run, and return the run's id."""
        with self._db.transaction():
            self.interrupt_dead(started_at)
            cursor = self._db.conn.execute(
                "insert into runs (source_id, kind, started_at, process) values (?, ?, ?, ?)",
                (source_id, str(RunKind(kind)), started_at, _this_process()),
            )
        return int(cursor.lastrowid or 0)

    def finish(self, run_id: int, state: RunState, finished_at: str) -> Run:
        """Record how a run ended."""
        with self._db.transaction():
            self._db.conn.execute(
                "update runs set state = ?, finished_at = ? where id = ?",
                (str(RunState(state)), finished_at, run_id),
            )
        return self.get(run_id)

    def get(self, run_id: int) -> Run:
        """Return a run. Raise LookupError for an unknown id."""
        row = self._db.conn.execute("select * from runs where id = ?", (run_id,)).fetchone()
        if row is None:
            raise LookupError(f"no run {run_id}")
        return _run(row)

    def last(self, source_id: str, limit: int = 10) -> list[Run]:
        """Return the source's runs, newest first. A run whose process died is ``interrupted``."""
        rows = self._db.conn.execute(
            "select * from runs where source_id = ? order by started_at desc, id desc limit ?",
            (source_id, limit),
        )
        return [_run(row) for row in rows]

    def interrupt_dead(self, now: str) -> int:
        """Settle runs that are still ``running`` though their process is not; return how many."""
        with self._db.transaction():
            dead = [
                (now, row["id"])
                for row in self._db.conn.execute("select * from runs where state = 'running'")
                if not is_alive(row["process"])
            ]
            self._db.conn.executemany(
                "update runs set state = 'interrupted', finished_at = ? where id = ?", dead
            )
        return len(dead)

    def count(self, run_id: int | None, outcome: Outcome) -> Outcome:
        """Add one to a run's count of an outcome; inside the transaction of the fact itself."""
        if run_id is None:
            return outcome
        with self._db.transaction():
            row = self._db.conn.execute(
                "select outcomes from runs where id = ?", (run_id,)
            ).fetchone()
            if row is None:
                raise LookupError(f"no run {run_id}")
            outcomes: dict[str, int] = json.loads(row["outcomes"])
            outcomes[str(outcome)] = outcomes.get(str(outcome), 0) + 1
            self._db.conn.execute(
                "update runs set outcomes = ? where id = ?",
                (json.dumps(outcomes, ensure_ascii=False), run_id),
            )
        return outcome

    def first_started_at(self, source_id: str) -> str | None:
        """Return when the source was looked at for the first time, or None."""
        row = self._db.conn.execute(
            "select started_at from runs where source_id = ? order by started_at limit 1",
            (source_id,),
        ).fetchone()
        return None if row is None else str(row["started_at"])

    def last_id(self) -> int:
        """Return the id of the newest run of any source; 0 where there is none."""
        return int(self._db.conn.execute("select coalesce(max(id), 0) from runs").fetchone()[0])

    def sources_since(self, run_id: int) -> frozenset[str]:
        """Return the sources that had a run after the one given, or have one running."""
        rows = self._db.conn.execute(
            "select distinct source_id from runs where id > ? or state = 'running'", (run_id,)
        )
        return frozenset(row["source_id"] for row in rows)

    def progress(self, source_ids: Collection[str], *, after: int) -> object:
        """Return a value that changes as soon as the sources' runs after a run have done more."""
        values = {"sources": json.dumps(list(source_ids)), "after": after}
        rows = [self._db.conn.execute(sql, values).fetchall() for sql in (_RUNS_DONE, _POLLS_DONE)]
        return [tuple(row) for found in rows for row in found]

    def find_clock_fault(self, now: str) -> str | None:
        """Return why nothing may be written by this clock, one sentence; None where it may be.

        The clock is behind when most runs of the archive, old and new ones, lie ahead of it: a few
        may have been recorded by a clock that was ahead for a while, and must not stop the rest.
        """
        if not PLAUSIBLE[0] <= now <= PLAUSIBLE[1]:
            return f"the clock says {now[:10]}, which cannot be: set the clock"
        limit, last = add_seconds(now, CLOCK_TOLERANCE), self.last_id()
        ids = json.dumps(sorted({last * part // SAMPLE for part in range(1, SAMPLE + 1)}))
        known = [at for (at,) in self._db.conn.execute(_SAMPLE, {"ids": ids})]
        if sum(at > limit for at in known) * 2 <= len(known):
            return None
        newest = self._db.conn.execute(_NEWEST_INSTANT).fetchone()[0]
        there = f"the newest row of {self._db.path} is of {newest}"
        return f"the clock says {now[:10]}, but {there}: set the clock"


def _run(row: sqlite3.Row) -> Run:
    state = RunState(row["state"])
    if state is RunState.RUNNING and not is_alive(row["process"]):
        state = RunState.INTERRUPTED
    outcomes = dict(_counts(row["outcomes"]))
    return record(Run, row, kind=RunKind(row["kind"]), state=state, outcomes=outcomes)


@lru_cache(maxsize=256)
def _counts(outcomes: str) -> dict[str, int]:
    """Return counts by outcome: most runs of a source bring what the one before brought."""
    found: dict[str, int] = json.loads(outcomes)
    return found


def _this_process() -> str:
    return _process(os.getpid())


def _process(pid: int) -> str:
    """Name a process for good: its id may be used again, its start time since boot is not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        return f"{pid} {'alive' if has_pid(pid) else 'dead'} "
    # The command name is in parentheses and may hold spaces; start time is field 22.
    return f"{pid} {stat.rpartition(')')[2].split()[19]} {_boot()}"


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""


def has_pid(pid: int) -> bool:
    """Return whether there is a process with that id."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def is_alive(process: str | None) -> bool:
    return process is not None and _process(int(process.split()[0])) == process
