"""Kill crawls at random moments and see what the archive holds afterwards."""

from __future__ import annotations

import json
import signal
import sqlite3
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

    from tests.support.crawls import Desk


def crawl_and_kill(
    desk: Desk, *arguments: str, kills: int, longest: float, chance: random.Random
) -> int:
    """Start a command ``kills`` times and kill it at a random moment; return how often it lived.

    ``longest``: seconds a child gets at most. One that ended by itself before is not killed.
    """
    alive = 0
    for _ in range(kills):
        child = desk.start(*arguments)
        time.sleep(chance.uniform(0.3, longest))
        alive += child.poll() is None
        child.send_signal(signal.SIGKILL)
        child.communicate()
    return alive


def find_faults(desk: Desk) -> dict[str, object]:
    """What is wrong with an archive, by name; empty when nothing is."""
    conn = sqlite3.connect(desk.archive)
    try:
        checks = {
            "integrity": "select group_concat(integrity_check) from pragma_integrity_check"
            " where integrity_check <> 'ok'",
            "doubled articles": "select nullif(count(*) - count(distinct canonical_url), 0)"
            " from articles",
            "doubled links": "select nullif(count(*) - count(distinct canonical_url), 0)"
            " from links",
            "revisions without an edit": "select nullif(count(*), 0) from revisions"
            " where number > 1",
            "pending links": "select nullif(count(*), 0) from links where state = 'pending'",
            "articles without a capture": "select nullif(count(*), 0) from articles"
            " where capture_id is null",
            "runs without an end": "select nullif(count(*), 0) from runs where state = 'running'",
        }
        found = {name: conn.execute(sql).fetchone()[0] for name, sql in checks.items()}
        conn.execute("insert into articles_fts (articles_fts) values ('integrity-check')")
        found["outcomes"] = _uncounted(conn)
    finally:
        conn.close()
    found["open captures"] = len(list(desk.folder.glob("captures/*.open"))) or None
    return {name: value for name, value in found.items() if value is not None}


def _uncounted(conn: sqlite3.Connection) -> str | None:
    """Every stored article must be counted as new in exactly one run."""
    counted = sum(
        json.loads(outcomes).get("new", 0)
        for (outcomes,) in conn.execute("select outcomes from runs")
    )
    stored = conn.execute("select count(*) from articles").fetchone()[0]
    return None if counted == stored else f"{counted} counted as new, {stored} stored"
