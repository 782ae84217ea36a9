"""The jobs of a survey, run: one site to be proposed, or many sources to be checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crawler.sources import Source
from crawler.survey.exploration import MAX_REQUESTS, Exploration
from crawler.survey.inspection import CHECK_REQUESTS, inspect_source
from crawler.survey.visits import Job, run_visits
from storage.instants import format_instant

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from crawler.survey.inspection import Check
    from crawler.survey.proposal import Proposal
    from crawler.survey.visits import Visitor


def propose(
    homepage: str, *, archive: Path, now: dt.datetime, overrides: Mapping[str, Any] | None = None
) -> Proposal:
    """Survey a site from its home page. Raise Hopeless with a sentence when that is no use."""
    fetched_at = format_instant(now)

    async def explore(visitor: Visitor) -> Proposal:
        return await Exploration(visitor, homepage, fetched_at=fetched_at).explore()

    source = Source(id="site", name="site", province="?", homepage=homepage)
    job = Job(source, MAX_REQUESTS, explore)
    run_visits([job], archive=archive, overrides=overrides)
    return job.outcome.result()


def inspect(
    sources: Sequence[Source],
    *,
    archive: Path,
    now: dt.datetime,
    overrides: Mapping[str, Any] | None = None,
) -> list[Check]:
    """Visit each source's seeds and a few of its articles; all checks, in the sources' order."""
    fetched_at = format_instant(now)

    def job_for(source: Source) -> Job[list[Check]]:
        async def visit(visitor: Visitor) -> list[Check]:
            return await inspect_source(source, visitor, fetched_at=fetched_at)

        return Job(source, CHECK_REQUESTS, visit)

    jobs = [job_for(source) for source in sources]
    run_visits(jobs, archive=archive, overrides=overrides)
    return [check for job in jobs for check in job.outcome.result()]
