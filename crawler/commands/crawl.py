"""``baotinh crawl``: once, now."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from crawler.commands.completion import SourceId
from crawler.commands.days import Day
from crawler.errors import UsageError
from crawler.failures.words import Word
from crawler.render.terminal import json_line, note
from crawler.sources import find_source, load_sources, owner_of
from storage.states import OutcomeKind, RunState

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from crawler.cli import Options
    from crawler.environment import Settings
    from crawler.process import CrawlReport
    from crawler.runs.plan import CrawlPlan
    from crawler.sources import Source
    from storage.records import Run

SHORT_FORMAT = "baotinh: %(message)s"
"""Warnings are sentences for the user; their logger matters only when more is logged."""
QUIET = frozenset({"WARNING", "ERROR", "CRITICAL"})
INDEX_SECONDS = 60.0
"""How long a crawl works at the search index; the rest is left to the next one."""
MET_WITHHELD = f"{OutcomeKind.REJECTED}/{Word.WITHHELD}"
CRAWLED = ("active",)
"""Sources of these states are crawled by ``--all``."""


@click.command()
@click.argument("ids", nargs=-1, type=SourceId(), metavar="[SOURCE]...")
@click.option("--all", "everything", is_flag=True, help="Every active source.")
@click.option("--url", help="This page and nothing else; it must belong to a known source.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many pages of each source.")
@click.option(
    "--since",
    type=Day(),
    metavar="DATE",
    help="Leave alone what was published before this day.",
)
@click.option("--due", is_flag=True, help="Only what is due by the daemon's own schedule.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a source.")
@click.pass_obj
def command(
    options: Options,
    ids: tuple[str, ...],
    everything: bool,
    url: str | None,
    limit: int | None,
    since: dt.date | None,
    due: bool,
    as_json: bool,
) -> None:
    """Crawl sources once, now: poll their seeds, fetch what is new, archive it.

    A crawl that was killed goes on where it stopped. Pages that wait to be tried again are tried
    at once, whatever their next try says; with --due they wait. Ends with 1 when a seed, a page or
    the crawl itself failed, and reports it on standard error.
    """
    known = load_sources(options.sources_dir, only=ids)
    sources = choose_sources(known, ids, everything=everything, url=url)
    if url is not None:
        from crawler.commands.withhold import refuse_withheld

        refuse_withheld(options, sources[0], url)
    from crawler.runs.plan import CrawlPlan

    plan = CrawlPlan(limit=limit, since=since, url=url, due_only=due)
    reports = run_crawl(options, sources, plan)
    for report in reports:
        click.echo(as_line(report) if as_json else summarize(report))
    if any(report.failed for report in reports):
        sys.exit(1)


def run_crawl(options: Options, sources: Sequence[Source], plan: CrawlPlan) -> list[CrawlReport]:
    """Crawl with progress on standard error; return the reports, failed pages printed there."""
    from crawler.extensions.progress import choose_board
    from crawler.process import crawl

    warn_of_unknown_settings(options.settings)
    reports = crawl(
        sources,
        archive=options.archive,
        plan=plan,
        board=choose_board(options.settings.progress_interval),
        overrides=log_format(options.settings),
    )
    for report in reports:
        said = describe_failures(report) if plan.url is None else describe_page(report, plan.url)
        if said:
            note(f"baotinh: {said}")
    if any(report.run and report.run.outcomes.get(MET_WITHHELD) for report in reports):
        from crawler.commands.withhold import erase_again

        erase_again(options)
    if not plan.due_only:  # the daemon's crawls: the daemon does it
        follow(options, reports)
    return reports


def follow(options: Options, reports: Sequence[CrawlReport]) -> None:
    """Bring the search index up to date with what was stored, as far as the time goes."""
    stored = sum(
        report.run.outcomes.get(kind, 0)
        for report in reports
        if report.run
        for kind in (OutcomeKind.NEW, OutcomeKind.REVISED)
    )
    if not stored or not options.archive.exists():
        return
    from storage.archive import Archive
    from storage.errors import ArchiveError

    try:
        with Archive.open_existing(options.archive) as archive:
            archive.update_index(seconds=INDEX_SECONDS)
    except ArchiveError as error:
        # What is stored is safe and is found by SQL; the next crawl tries again.
        note(f"baotinh: {error}")


def log_format(settings: Settings) -> dict[str, str]:
    """Return the settings of a command's log where they differ from those of ``scrapy crawl``."""
    quiet = settings.log_level.upper() in QUIET and "LOG_FORMAT" not in settings.overridden
    return {"LOG_FORMAT": SHORT_FORMAT} if quiet else {}


def warn_of_unknown_settings(settings: Settings) -> None:
    """Report ``BAOTINH_`` variables that name no setting."""
    for variable in settings.unknown:
        note(f"baotinh: {variable} names no setting and is ignored")


def describe_failures(report: CrawlReport) -> str:
    """Return one sentence about failed pages by reason; empty where none failed."""
    outcomes = report.run.outcomes if report.run else {}
    reasons = {
        name.partition("/")[2]: number
        for name, number in outcomes.items()
        if name.startswith("failed/")
    }
    if not reasons:
        return ""
    listed = ", ".join(f"{reason} {number}" for reason, number in sorted(reasons.items()))
    return f"{report.source_id}: {sum(reasons.values())} pages could not be read ({listed})"


def describe_page(report: CrawlReport, url: str) -> str:
    """Return one sentence about why a page gave no article; empty where it gave one."""
    from crawler.failures import describe_failure

    outcomes = report.run.outcomes if report.run else {}
    words = [name.partition("/")[2] for name in outcomes]
    said = [f"{url} {describe_failure(word)} ({word})" for word in words if word]
    return f"{report.source_id}: {'; '.join(said)}" if said else ""


def choose_sources(
    known: Mapping[str, Source],
    ids: Sequence[str],
    *,
    everything: bool = False,
    url: str | None = None,
) -> list[Source]:
    """Return the sources that a command line names. Raise UsageError or UnknownSource."""
    if sum((bool(ids) and url is None, everything, url is not None)) != 1:
        raise UsageError("name the sources to crawl, or say --all, or --url URL")
    if everything:
        return [source for source in known.values() if source.status in CRAWLED]
    if url is not None:
        return [_owner(known, url, ids)]
    return [find_source(known, id_) for id_ in dict.fromkeys(ids)]


def _owner(known: Mapping[str, Source], url: str, ids: Sequence[str]) -> Source:
    named = {id_: find_source(known, id_) for id_ in ids}
    owner = owner_of((named or known).values(), url)
    if owner is None:
        raise UsageError(f"{url} is on no host of {'that source' if ids else 'a known source'}")
    return owner


def describe_outcomes(run: Run, what: str = "pages") -> str:
    """Return how many pages had which outcome, all kinds of outcomes in one order."""
    counts = dict.fromkeys(map(str, OutcomeKind), 0)
    for name, number in run.outcomes.items():
        counts[name.partition("/")[0]] += number
    said = ", ".join(f"{number} {kind}" for kind, number in counts.items())
    return f"{sum(counts.values())} {what}: {said}"


def summarize(report: CrawlReport) -> str:
    """Return the summary line of a source."""
    if report.run is None:
        return f"{report.source_id}: not crawled"
    state = "" if report.run.state is RunState.FINISHED else f" ({report.run.state})"
    return f"{report.source_id}: {describe_outcomes(report.run)}{state}"


def as_line(report: CrawlReport) -> str:
    """Return the same as JSON, with the reasons."""
    run: dict[str, Any] = asdict(report.run) if report.run else {}
    run.pop("source_id", None)
    facts = {"source": report.source_id, **run, "error": report.error}
    return json_line({**facts, "complaints": list(report.complaints)})
