"""``baotinh backfill``: the history of a source."""

from __future__ import annotations

import datetime as dt
import sys
from typing import TYPE_CHECKING

import click

from crawler.commands.completion import SourceId
from crawler.commands.crawl import as_line, run_crawl, summarize
from crawler.commands.days import Day
from crawler.errors import UsageError
from crawler.sources import find_source, load_sources
from storage.instants import VIETNAM, read_clock
from storage.states import RunKind

if TYPE_CHECKING:
    from crawler.cli import Options
    from crawler.sources import Source


@click.command()
@click.argument("source", type=SourceId())
@click.option("--since", type=Day(), required=True, metavar="DATE", help="First day to bring in.")
@click.option("--until", type=Day(last=True), metavar="DATE", help="Last day; today unless given.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many pages in this run.")
@click.option("--due", is_flag=True, help="Only what is due by the daemon's own schedule.")
@click.option(
    "--hand-out", is_flag=True, help="Leave it to the daemon and its workers; needs BROKER."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def command(
    options: Options,
    source: str,
    since: dt.date,
    until: dt.date | None,
    limit: int | None,
    due: bool,
    hand_out: bool,
    as_json: bool,
) -> None:
    """Bring in what a source published before: sitemaps by date, listings page by page.

    The newest comes first. Stop it or kill it at any time: the same command goes on where it
    was. A live crawl of the source comes before it.
    """
    last = until or dt.datetime.now(VIETNAM).date()
    if since > last:
        raise UsageError(f"--since {since} is later than {last}")
    chosen = find_source(load_sources(options.sources_dir), source)
    if hand_out:
        leave_to_workers(options, chosen, since, last)
        return
    from crawler.runs.plan import CrawlPlan

    plan = CrawlPlan(kind=RunKind.BACKFILL, since=since, until=last, limit=limit, due_only=due)
    (report,) = run_crawl(options, [chosen], plan)
    click.echo(as_line(report) if as_json else summarize(report))
    if report.failed:
        sys.exit(1)


def leave_to_workers(options: Options, source: Source, since: dt.date, until: dt.date) -> None:
    """Record a backfill that the daemon hands out, part by part, until it is done."""
    if not options.settings.broker:
        raise UsageError("--hand-out needs workers: name their Redis in BAOTINH_BROKER")
    from crawler.runs.links import row_of
    from storage.archive import Archive

    now = read_clock()
    with Archive.open(options.archive, captures_dir=options.captures_dir) as archive:
        archive.sources.put(row_of(source))
        opened = archive.backfills.open(source.id, since.isoformat(), until.isoformat(), now)
        archive.backfills.hand_out(opened, now)
    click.echo(f"{source.id}: from {since} to {until}, left to the daemon and its workers")
