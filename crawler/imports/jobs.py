"""Several files side by side: a process each; the archive takes one writer after the other."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from crawler.imports.notes import COUNTS, Note
from storage.records import Run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.imports.notes import Tally


def run_jobs(commands: Sequence[Sequence[str]], jobs: int) -> list[list[dict[str, Any]]]:
    """Run commands of ours, ``jobs`` at a time; return the JSON objects that each printed.

    What they say besides goes to our own standard error.
    """
    with ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(_run, commands))


def _run(words: Sequence[str]) -> list[dict[str, Any]]:
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "crawler", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def add_counts(tally: Tally, facts: dict[str, Any]) -> None:
    """Add the counts that an import printed."""
    for name in COUNTS:
        setattr(tally, name, getattr(tally, name) + facts[name])
    tally.notes.update({Note(word): number for word, number in facts["notes"].items()})


def join_runs(printed: list[dict[str, Any]]) -> list[Run]:
    """Return one run a source, with the outcomes of all that were printed."""
    joined: dict[str, Run] = {}
    names = {field.name for field in fields(Run)} - {"source_id"}
    for facts in printed:
        run = Run(source_id=facts["source"], **{name: facts[name] for name in names})
        before = joined.get(run.source_id)
        if before is not None:
            run.outcomes.update(Counter(run.outcomes) + Counter(before.outcomes))
        joined[run.source_id] = run
    return [joined[source_id] for source_id in sorted(joined)]
