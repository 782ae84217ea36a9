"""What several imports side by side report as one."""

from __future__ import annotations

from crawler.imports.jobs import add_counts, join_runs
from crawler.imports.notes import Note, Tally


def run(source: str, **outcomes: int) -> dict[str, object]:
    return {
        "source": source,
        "kind": "import",
        "started_at": "2026-11-24T00:00:00Z",
        "finished_at": None,
        "state": "finished",
        "outcomes": dict(outcomes),
        "worker": None,
        "id": 1,
    }


def test_runs_of_one_source_are_one_with_all_outcomes() -> None:
    joined = join_runs([run("b", new=1), run("a", new=2, revised=1), run("b", new=3, unchanged=1)])
    assert [each.source_id for each in joined] == ["a", "b"]
    assert [dict(each.outcomes) for each in joined] == [
        {"new": 2, "revised": 1},
        {"new": 4, "unchanged": 1},
    ]
    assert join_runs([]) == []


def test_counts_are_added_up() -> None:
    tally = Tally(records=1, bytes=2, pages=3, known=4, passed=5)
    tally.note(Note.CUT, "in a")
    facts = {"records": 10, "bytes": 20, "pages": 30, "known": 40, "passed": 50}
    add_counts(tally, {**facts, "notes": {"cut": 2, "torn": 1}})
    assert tally.facts() == {
        "records": 11,
        "bytes": 22,
        "pages": 33,
        "known": 44,
        "passed": 55,
        "notes": {"cut": 3, "torn": 1},
    }
    assert tally.losses == 1
    (said,) = tally.describe_notes()
    assert said.endswith("(3 of them, the first in a)")
    tally.note(Note.CUT, "in b")
    assert tally.describe_notes()[0].endswith("(4 of them, the first in a)")
