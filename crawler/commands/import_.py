"""``baotinh import``: what other archives have of our sources."""

from __future__ import annotations

import datetime as dt
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from crawler.commands.completion import SourceId
from crawler.commands.crawl import describe_outcomes
from crawler.commands.days import Day
from crawler.errors import UsageError
from crawler.render.terminal import json_line, note
from storage.instants import start_of_day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.cli import Options
    from crawler.imports.notes import Tally
    from crawler.imports.work import Order, Report


@click.command()
@click.argument("what", nargs=-1, metavar="[PATH|URL|-]...")
@click.option(
    "--wayback", type=SourceId(), metavar="SOURCE", help="What the Wayback Machine has of a source."
)
@click.option(
    "--commoncrawl",
    type=SourceId(),
    metavar="SOURCE",
    help="What Common Crawl's indexes have of it.",
)
@click.option("--crawl", "crawls", multiple=True, metavar="ID", help="Only this index of them.")
@click.option("--cc-news", metavar="YYYY-MM", help="All of a month of Common Crawl's news.")
@click.option(
    "--source",
    "words",
    multiple=True,
    type=SourceId(),
    metavar="ID|FILE.toml",
    help="Pages of this source only.",
)
@click.option("--since", type=Day(), metavar="DATE", help="Leave alone what was captured before.")
@click.option("--until", type=Day(last=True), metavar="DATE", help="Last day of capture.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many pages.")
@click.option("--jobs", type=click.IntRange(min=1), default=1, help="Files read side by side.")
@click.option("--again", is_flag=True, help="Also what was read to its end before.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a source, and one for all.")
@click.pass_obj
def command(
    options: Options,
    what: tuple[str, ...],
    wayback: str | None,
    commoncrawl: str | None,
    crawls: tuple[str, ...],
    cc_news: str | None,
    words: tuple[str, ...],
    since: dt.date | None,
    until: dt.date | None,
    limit: int | None,
    jobs: int,
    again: bool,
    as_json: bool,
) -> None:
    """Copy pages of our sources out of other archives; nothing is asked of the sites themselves.

    WARC files, plain or gzip, WACZ packages, folders of them, or - for standard input. Kill it at
    any time: the same command goes on where it was. Ends with 1 when something could not be read.
    """
    from crawler.commands.crawl import MET_WITHHELD
    from crawler.commands.withhold import erase_again
    from crawler.imports.work import Order, run_order

    if sum((bool(what), wayback is not None, commoncrawl is not None, cc_news is not None)) != 1:
        raise UsageError("name files to read, or one of --wayback, --commoncrawl and --cc-news")
    if since and until and until < since:
        raise UsageError(f"--until {until} is before --since {since}")
    if limit is not None and jobs > 1:
        raise UsageError("--limit counts the pages of one process: leave out --jobs")
    order = Order(
        what=what,
        wayback=wayback,
        commoncrawl=commoncrawl,
        crawls=crawls,
        cc_news=cc_news,
        sources=words,
        since=start_of_day(since.isoformat()) if since else None,
        until=start_of_day((until + dt.timedelta(days=1)).isoformat()) if until else None,
        limit=limit,
        jobs=jobs,
        again=again,
        words=_repeated(words, since, until, again=again),
    )
    report = run_order(options, order)
    if any(MET_WITHHELD in run.outcomes for run in report.runs):
        erase_again(options)
    _tell(report, order, as_json=as_json)
    if report.complaints or report.told or report.tally.losses:
        sys.exit(1)


def _repeated(
    sources: tuple[str, ...],
    since: dt.date | None,
    until: dt.date | None,
    *,
    again: bool,
) -> tuple[str, ...]:
    """Return the options that hold for each of several jobs."""
    words = [word for source in sources for word in ("--source", source)]
    for name, day in (("--since", since), ("--until", until)):
        words += [name, f"{day:%Y-%m-%d}"] if day else []
    return (*words, *(["--again"] if again else []))


def _tell(report: Report, order: Order, *, as_json: bool) -> None:
    for run in report.runs:
        facts = {"source": run.source_id, **asdict(run)}
        facts.pop("source_id")
        click.echo(json_line(facts) if as_json else f"{run.source_id}: {describe_outcomes(run)}")
    if as_json:
        complaints = [*report.told, *report.complaints]
        counts = report.tally.facts() | {"complaints": complaints, "whole": report.whole}
        click.echo(json_line(counts))
    for name in report.whole:
        note(f"baotinh: {name} was read to its end before; --again reads it anew")
    _note_all(report.tally, report.complaints)
    if not as_json:
        note(f"baotinh: {summarize(report.tally)}")
    if order.limit and report.tally.pages >= order.limit:
        note("baotinh: stopped at --limit; the same command goes on from here")


def _note_all(tally: Tally, complaints: Sequence[str]) -> None:
    for sentence in (*tally.describe_notes(), *complaints):
        note(f"baotinh: {sentence}")


def summarize(tally: Tally) -> str:
    """Return one sentence about all that was read."""
    return (
        f"{tally.records:,} records read, {tally.bytes / 1e6:,.1f} MB: {tally.pages} pages,"
        f" {tally.known} known before, {tally.passed} left alone"
    )
