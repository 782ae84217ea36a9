"""How much a survey and a check may ask of a site."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crawler.survey import jobs
from tests.crawler.survey.test_inspection import SOURCE

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

    from crawler.survey.visits import Job

NOW = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)


def test_a_survey_and_each_check_have_thirty_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, int]] = []

    def note(wanted: Sequence[Job[Any]], **_: Any) -> None:
        for job in wanted:
            asked.append((job.source.id, job.budget))
            job.outcome.set_result([])

    monkeypatch.setattr(jobs, "run_visits", note)
    jobs.propose("https://a.vn/", archive=Path("archive.db"), now=NOW)
    assert jobs.inspect([SOURCE, SOURCE], archive=Path("archive.db"), now=NOW) == []
    assert asked == [("site", 30), ("x", 30), ("x", 30)]
