"""The verdicts that are kept on sources."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from storage.frontier.health import HealthRow, KeptTrouble

if TYPE_CHECKING:
    from storage.archive import Archive

NOW = "2026-10-02T11:38:00Z"
ROW = HealthRow(source_id="baolongan", state="broken", since=NOW, why="no answer", checked_at=NOW)


def test_the_last_verdict_is_kept(archive: Archive) -> None:
    assert archive.health.get("baolongan") is None
    archive.health.put(ROW)
    later = replace(ROW, state="ok", why="all well")
    archive.health.put(later)
    assert archive.health.get("baolongan") == later
    assert archive.health.states() == {"baolongan": "ok"}


def test_what_was_told_is_remembered_by_source(archive: Archive) -> None:
    archive.health.put(ROW)
    archive.health.put(replace(ROW, source_id="baotayninh"))
    archive.health.mark_told("baolongan", "broken")
    told = {id_: row.told for id_ in archive.health.states() if (row := archive.health.get(id_))}
    assert told == {"baolongan": "broken", "baotayninh": None}


def test_a_trouble_stays_until_people_know_that_it_is_over(archive: Archive) -> None:
    stands = KeptTrouble(
        source_id="baolongan", cause="name", state="broken", since=NOW, why="no such name"
    )
    over = replace(stands, cause="lead", state="degraded", told="degraded", ended_at=NOW)
    archive.health.put(ROW, [stands, over])
    assert archive.health.troubles("baolongan") == [stands, over]
    archive.health.mark_told("baolongan", "broken")
    assert archive.health.troubles("baolongan") == [replace(stands, told="broken")]
    archive.health.put(ROW)
    assert archive.health.troubles("baolongan") == []
