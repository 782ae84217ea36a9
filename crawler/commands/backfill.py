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
from storage.instants import VIETNAM
from storage.records import RunKind

if TYPE_CHECKING:
    from crawler.cli import Options


@click.command()
@click.argument("source", type=SourceId())
@click.option("--since", type=Day(), required=True, metavar="DATE", help="First day to bring in.")
@click.option("--until", type=Day(last=True), metavar="DATE", help="Last day; today unless given.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many pages in this run.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def command(
    options: Options,
    source: str,
    since: dt.date,
    until: dt.date | None,
    limit: int | None,
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
    from crawler.runs.plan import CrawlPlan

    plan = CrawlPlan(kind=RunKind.BACKFILL, since=since, until=last, limit=limit)
    (report,) = run_crawl(options, [chosen], plan)
    click.echo(as_line(report) if as_json else summarize(report))
    if report.failed:
        sys.exit(1)
