"""``baotinh status``: health, last run and next poll of each source."""

from __future__ import annotations

import sys
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from crawler.commands.completion import SourceId
from crawler.daemon.preflight import daemon_of
from crawler.monitoring.status import Row, as_source, read_row
from crawler.monitoring.verdicts import HealthState
from crawler.render.terminal import say, say_json
from crawler.scheduling.policy import describe_wait
from crawler.sources import find_source, load_sources
from storage.archive import Archive
from storage.instants import VIETNAM, parse_instant, read_clock
from storage.states import SourceStatus
from storage.text import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from crawler.cli import Options
    from storage.records import Run

NARROW = 100
"""Columns below which the table would break its words."""
COLOURS = {
    HealthState.OK: "green",
    HealthState.FROZEN: "cyan",
    HealthState.DEGRADED: "yellow",
    HealthState.BLOCKED: "magenta",
    HealthState.BROKEN: "red",
}


@click.command()
@click.argument("source_id", required=False, type=SourceId(), metavar="[SOURCE]")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a source.")
@click.option("--all", "everything", is_flag=True, help="Sources never crawled yet, too.")
@click.option(
    "--check",
    is_flag=True,
    help="End with 1 when a source is not ok, or an archive cannot be read.",
)
@click.option("--daemon", "of_daemon", is_flag=True, help="Only whether a daemon is at work.")
@click.option("--watch", is_flag=True, help="Show the table anew every few seconds.")
@click.option("--interval", type=click.FloatRange(min=0.2), default=2.0, show_default=True)
@click.pass_obj
def command(
    options: Options,
    source_id: str | None,
    as_json: bool,
    everything: bool,
    check: bool,
    of_daemon: bool,
    watch: bool,
    interval: float,
) -> None:
    """Show how each source is: health, last run, outcomes, next poll and why then."""
    if of_daemon:
        click.echo(describe_daemon(options), err=True)
        sys.exit(daemon_of(options.archive.absolute()) is None)
    if watch and sys.stdout.isatty() and not as_json:
        watch_table(options, source_id, everything=everything, interval=interval)
        return
    answers, complete = options.ask(lambda one: read_rows(one, source_id, everything=everything))
    for name, one, found in answers:
        _print(found, one, name, details=source_id is not None, as_json=as_json)
    rows = [row for _, _, found in answers for row in found]
    if check and (not complete or any(row.alarming for row in rows)):
        for row in rows:
            for trouble in row.troubles:
                said = f"{row.source.id} is {trouble.state}: {printable(trouble.why)}"
                click.echo(f"baotinh: {said}", err=True)
        sys.exit(1)


def _print(
    rows: Sequence[Row], options: Options, name: str, *, details: bool, as_json: bool
) -> None:
    if as_json:
        for row in rows:
            say_json(as_object(row) | ({"archive": name} if name else {}))
        return
    if name:
        click.echo(f"{name}: {options.archive}")
    if details:
        click.echo(describe(rows[0]))
    else:
        print_table(rows, options, name)


def read_rows(options: Options, source_id: str | None, *, everything: bool) -> list[Row]:
    """Return the rows to show: one source, all that were crawled, or all there are."""
    sources = load_sources(options.sources_dir)
    now = read_clock()
    with Archive.open_reading(options.archive) as archive:
        stored = {row.id: row for row in archive.sources.all()}
        # A source that was crawled is shown even if its file is gone.
        known = {id_: as_source(row) for id_, row in stored.items() if id_ not in sources} | sources
        if source_id is not None:
            chosen = [find_source(known, source_id)]
        else:
            chosen = [s for s in known.values() if everything or s.id in stored]
        slack = options.settings.revisit_slack
        return [read_row(archive, s, now=now, slack=slack) for s in chosen]


def as_object(row: Row) -> dict[str, Any]:
    """Return a row as JSON; names follow the tables."""
    return {
        "source": row.source.id,
        "name": row.source.name,
        "province": row.source.province,
        "status": row.source.status,
        "health": str(row.health),
        "why": row.why,
        "since": row.since,
        "troubles": [
            {"cause": t.cause, "state": t.state, "since": t.since, "why": t.why}
            for t in row.troubles
        ],
        "last_run": asdict(row.last_run) if row.last_run else None,
        "outcomes": row.last_run.outcomes if row.last_run else {},
        "last_success_at": row.last_success_at,
        "last_article_at": row.last_article_at,
        "articles": row.articles,
        "pending": row.pending,
        "retrying": [
            {"reason": reason, "pages": number, "next_try_at": at}
            for reason, number, at in row.retrying
        ],
        "next_poll_at": row.next_poll_at,
        "next_poll_why": row.next_poll_why,
        "capture_id": row.capture_id,
        "seeds": [asdict(seed) for seed in row.seeds],
        "gaps": [asdict(gap) for gap in row.gaps],
        "order": asdict(row.order) if row.order else None,
    }


def describe(row: Row) -> str:
    """Return all facts about one source as lines."""
    since = f" since {local(row.since)}" if row.since else ""
    lines = [
        f"{row.source.id} · {row.source.name} · {row.source.province} · {row.source.status}",
        f"health      {row.health}{since}: {row.why}",
        *(
            f"also        {other.state} since {local(other.since)}: {other.why}"
            for other in row.troubles[1:]
        ),
        f"articles    {row.articles}, newest seen {local(row.last_article_at)}",
        f"pages due   {row.pending}",
        f"last answer {local(row.last_success_at)}",
        f"next poll   {_describe_next(row)}",
    ]
    if row.order:
        who = f"with worker {row.order.worker}" if row.order.worker else "waiting for a worker"
        lines.append(f"handed out  {local(row.order.given_at)}: {row.order.kind} {who}")
    lines += [
        f"tried again {number} pages ({reason}), the first {local(at)}"
        for reason, number, at in row.retrying
    ]
    if row.capture_id and row.alarming:
        lines.append(f"page kept   capture {row.capture_id}")
    lines += [f"gap         {local(gap.begin_at)} to {local(gap.end_at)}" for gap in row.gaps]
    for seed in row.seeds:
        found = " (found on its site)" if seed.substitute_since else ""
        lines.append(f"seed        {seed.kind} {seed.url}{found}")
        lines.append(f"            polled {local(seed.polled_at)}, next {local(seed.next_poll_at)}")
        if seed.next_poll_why:
            lines.append(f"            {seed.next_poll_why}")
        if seed.last_error:
            lines.append(f"            {seed.last_error}")
    lines += [
        f"run         {local(run.started_at)} {run.kind}{_by(run)} {_outcomes(row, n)}"
        for n, run in enumerate(row.runs)
    ]
    return "\n".join(printable(line) for line in lines)


def _by(run: Run) -> str:
    return f" by worker {run.worker}" if run.worker else ""


def _describe_next(row: Row) -> str:
    if row.source.status != SourceStatus.ACTIVE:
        return f"none: {row.next_poll_why}"
    return f"{local(row.next_poll_at, 'at once')}: {row.next_poll_why}"


def _outcomes(row: Row, number: int) -> str:
    run = row.runs[number]
    counts = ", ".join(f"{name} {count}" for name, count in run.outcomes.items())
    return f"{run.state}: {counts or 'no pages'}"


def local(instant: str | None, otherwise: str = "never") -> str:
    """Return an instant in Vietnam's time, for people."""
    if instant is None:
        return otherwise
    return f"{parse_instant(instant).astimezone(VIETNAM):%Y-%m-%d %H:%M}"


def print_table(rows: Sequence[Row], options: Options, name: str = "") -> None:
    """Print the table and whether a daemon runs; plain lines unless on a terminal."""
    if sys.stdout.isatty():
        _print_on_terminal(rows)
    else:
        for row in rows:
            click.echo("\t".join(printable(cell) for cell in cells(row, read_clock())))
    click.echo(describe_daemon(options, name), err=True)


def _print_on_terminal(rows: Sequence[Row]) -> None:
    from rich.console import Console

    console = Console()
    if console.width < NARROW:
        for row in rows:
            print_narrow(row)
    else:
        console.print(make_table(rows))


def print_narrow(row: Row) -> None:
    """Print what a line of the table says, below each other."""
    source, health, articles, due, last, outcomes, following, why = cells(row, read_clock())
    say(f"{source}  {health}", fg=COLOURS[HealthState(row.health)])
    say(f"  {articles} articles, {due} pages due")
    say(f"  last run {last}{f': {outcomes}' if outcomes else ''}")
    say(f"  next poll {following}")
    if why:
        say(f"  {why}")


def describe_daemon(options: Options, name: str = "") -> str:
    """Return one line about the daemon; ``name``: of the archive, where it is one of several."""
    pid = daemon_of(options.archive.absolute())
    what = "no daemon is running" if pid is None else f"the daemon is process {pid}"
    return f"baotinh: {f'{name}: ' if name else ''}{what}; times in Vietnam (UTC+7)"


def make_table(rows: Sequence[Row]) -> Table:
    """Return the table for a terminal."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("source", "health", "articles", "due", "last run", "outcomes", "next poll", "why"):
        table.add_column(name, overflow="fold")
    now = read_clock()
    for row in rows:
        values = [Text(printable(cell)) for cell in cells(row, now)]
        values[1].stylize(COLOURS[HealthState(row.health)])
        table.add_row(*values)
    return table


def cells(row: Row, now: str) -> list[str]:
    """Return one line of the table."""
    run = row.last_run
    outcomes = ", ".join(f"{n} {name}" for name, n in run.outcomes.items()) if run else ""
    return [
        row.source.id,
        str(row.health),
        str(row.articles),
        str(row.pending),
        f"{local(run.started_at)} {run.state}" if run else "never",
        outcomes,
        _wait(row, now),
        row.why if row.alarming else "",
    ]


def _wait(row: Row, now: str) -> str:
    if row.source.status != SourceStatus.ACTIVE:
        return row.source.status
    if row.next_poll_at is None or row.next_poll_at <= now:
        return "due"
    seconds = (parse_instant(row.next_poll_at) - parse_instant(now)).total_seconds()
    return f"in {describe_wait(seconds)}"


def watch_table(
    options: Options, source_id: str | None, *, everything: bool, interval: float
) -> None:
    """Show the table until Ctrl-C."""
    from rich.live import Live

    def table() -> Table:
        return make_table(read_rows(options, source_id, everything=everything))

    with Live(table(), screen=True, auto_refresh=False) as live:
        try:
            while True:
                time.sleep(interval)
                live.update(table(), refresh=True)
        except KeyboardInterrupt:
            return
