"""Runs with their outcomes, and what hosts told us."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from storage.db.database import Database
from storage.db.rows import record
from storage.records import HostState, Outcome, Run, RunKind

if TYPE_CHECKING:
    import sqlite3


class Runs(Database):
    """Runs, outcomes and hosts of an archive."""

    def start_run(self, source_id: str, kind: RunKind | str, started_at: str) -> int:
        """Record that this process starts a run, and return the run's id."""
        with self.transaction():
            self.interrupt_dead_runs(started_at)
            cursor = self.conn.execute(
                "insert into runs (source_id, kind, started_at, process) values (?, ?, ?, ?)",
                (source_id, str(kind), started_at, _this_process()),
            )
        return int(cursor.lastrowid or 0)

    def finish_run(self, run_id: int, state: str, finished_at: str) -> Run:
        """Record how a run ended: ``finished``, ``interrupted`` or ``failed``."""
        with self.transaction():
            self.conn.execute(
                "update runs set state = ?, finished_at = ? where id = ?",
                (state, finished_at, run_id),
            )
        return self.run(run_id)

    def run(self, run_id: int) -> Run:
        """Return a run. Raises LookupError for an unknown id."""
        row = self.conn.execute("select * from runs where id = ?", (run_id,)).fetchone()
        if row is None:
            raise LookupError(f"no run {run_id}")
        return _run(row)

    def last_runs(self, source_id: str, limit: int = 10) -> list[Run]:
        """Return the source's runs, newest first. A run whose process died is ``interrupted``."""
        rows = self.conn.execute(
            "select * from runs where source_id = ? order by id desc limit ?", (source_id, limit)
        )
        return [_run(row) for row in rows]

    def interrupt_dead_runs(self, now: str) -> int:
        """Settle runs that are still ``running`` though their process is not; return how many."""
        with self.transaction():
            dead = [
                (now, row["id"])
                for row in self.conn.execute("select * from runs where state = 'running'")
                if not _is_alive(row["process"])
            ]
            self.conn.executemany(
                "update runs set state = 'interrupted', finished_at = ? where id = ?", dead
            )
        return len(dead)

    def count_outcome(self, run_id: int | None, outcome: Outcome) -> Outcome:
        """Add one to a run's count of an outcome; inside the transaction of the fact itself."""
        if run_id is None:
            return outcome
        with self.transaction():
            row = self.conn.execute("select outcomes from runs where id = ?", (run_id,)).fetchone()
            if row is None:
                raise LookupError(f"no run {run_id}")
            outcomes: dict[str, int] = json.loads(row["outcomes"])
            outcomes[str(outcome)] = outcomes.get(str(outcome), 0) + 1
            self.conn.execute(
                "update runs set outcomes = ? where id = ?",
                (json.dumps(outcomes, ensure_ascii=False), run_id),
            )
        return outcome

    def host_state(self, host: str) -> HostState | None:
        """Return what is known of a host, or None."""
        row = self.conn.execute("select * from hosts where host = ?", (host,)).fetchone()
        return None if row is None else record(HostState, row)

    def put_host_state(self, state: HostState) -> None:
        """Record what is now known of a host."""
        with self.transaction():
            self.conn.execute(
                "insert into hosts (host, not_before, last_request_at, failures, reason)"
                " values (?, ?, ?, ?, ?) on conflict (host) do update set"
                " not_before = excluded.not_before, last_request_at = excluded.last_request_at,"
                " failures = excluded.failures, reason = excluded.reason",
                (
                    state.host,
                    state.not_before,
                    state.last_request_at,
                    state.failures,
                    state.reason,
                ),
            )


def _run(row: sqlite3.Row) -> Run:
    state = row["state"]
    if state == "running" and not _is_alive(row["process"]):
        state = "interrupted"
    outcomes = json.loads(row["outcomes"])
    return record(Run, row, kind=RunKind(row["kind"]), state=state, outcomes=outcomes)


def _this_process() -> str:
    return _process(os.getpid())


def _process(pid: int) -> str:
    """Name a process for good: its id may be used again, its start time since boot is not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        return f"{pid} {'alive' if _has_pid(pid) else 'dead'} "
    # The command name is in parentheses and may hold spaces; start time is field 22.
    return f"{pid} {stat.rpartition(')')[2].split()[19]} {_boot()}"


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""


def _has_pid(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _is_alive(process: str | None) -> bool:
    return process is not None and _process(int(process.split()[0])) == process
