"""``baotinh reextract``: read all captures again with today's rules."""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from crawler.commands.completion import SourceId
from crawler.commands.crawl import describe_outcomes
from crawler.render.terminal import json_line
from storage.archive import Archive
from storage.instants import read_clock

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from crawler.cli import Options
    from crawler.environment import Settings
    from crawler.runs.reextract import Readers
    from crawler.sources import Source
    from storage.records import Run

TOLD_EVERY = 10_000
"""Articles compared between two messages."""
PATIENCE = 5.0
"""Seconds to wait for a crawl of the same source to end."""


@click.command()
@click.argument("ids", nargs=-1, type=SourceId(), metavar="[SOURCE]...")
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Processes that read captures, beside the one that writes.",
)
@click.option(
    "--copies",
    is_flag=True,
    help="Read no captures: only compare articles of an earlier version for copies.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a source.")
@click.pass_obj
def command(options: Options, ids: tuple[str, ...], jobs: int, copies: bool, as_json: bool) -> None:
    """Read all captures again with today's rules, with no network.

    Articles are brought up to date; where a text changes, its revision is marked
    "reextracted". Without SOURCE, every source of the archive is read. With IMAGES or
    ATTACHMENTS, the files of articles stored before are noted, and fetched by the next crawls.
    Ends with 1 when a capture could not be read back.
    """
    from crawler.runs.reextract import Readers
    from crawler.sources import find_source, load_sources

    if copies:
        with Archive.open_existing(options.archive, captures_dir=options.captures_dir) as archive:
            _group_copies(archive)
        return
    known = load_sources(options.sources_dir)
    with Archive.open_existing(options.archive, captures_dir=options.captures_dir) as archive:
        stored = [row.id for row in archive.sources.all()]
        named = [find_source(known, id_) for id_ in dict.fromkeys(ids)]
        sources = named or [known[id_] for id_ in stored if id_ in known]
        for id_ in stored:
            if not ids and id_ not in known:
                click.echo(f"{id_}: no source file has this id; left alone", err=True)
        with Readers(jobs) as readers:
            runs = []
            for source in sources:
                if source.id in stored:
                    run = _reextract(archive, source, readers, options.settings)
                    click.echo(as_line(run) if as_json else summarize(run))
                    runs.append(run)
        while archive.places.read_due():
            pass  # articles without a capture have places too
        _group_copies(archive)
    for source in named:
        if source.id not in stored:
            click.echo(f"{source.id}: nothing captured yet", err=True)
    sys.exit(1 if any(_failures(run) for run in runs) else 0)


def _group_copies(archive: Archive) -> None:
    """Group articles of an earlier version with their copies; it goes on where it was stopped."""
    left = archive.clusters.count_due()
    while done := archive.clusters.regroup_due():
        left -= done
        if left // TOLD_EVERY != (left + done) // TOLD_EVERY:
            click.echo(f"copies: {left} articles are still to be compared", err=True)


def _reextract(archive: Archive, source: Source, readers: Readers, settings: Settings) -> Run:
    from crawler.locks import SourceLock
    from crawler.media.choice import choose
    from crawler.runs.reextract import reextract_source

    media = choose(
        source,
        images=settings.images,
        attachments=settings.attachments,
        most=settings.media_per_article,
    )
    lock = SourceLock(archive.path, source.id)
    asyncio.run(lock.acquire(PATIENCE, "reextract"))
    try:
        with Progress(source.id) as progress:
            run = reextract_source(
                archive,
                source,
                now=read_clock,
                readers=readers,
                media=media,
                on_pages=progress.show,
            )
    finally:
        lock.release()
    return run


class Progress:
    """How many captures of a source have been read, on standard error.

    One line on a terminal, written over; elsewhere a line every half minute.
    """

    def __init__(self, source_id: str) -> None:
        self._source_id = source_id
        self._line = sys.stderr.isatty()
        self._every = 0.2 if self._line else 30.0
        self._begun = self._shown = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._line:
            click.echo("\r\x1b[K", nl=False, err=True)

    def show(self, done: int, total: int) -> None:
        """Say how far it is, if it was not said just now."""
        now = time.monotonic()
        if now - self._shown < self._every:
            return
        self._shown = now
        rate = done / (now - self._begun)
        said = f"{self._source_id}: {done:,} of {total:,} captures read, {rate:.0f} a second"
        click.echo(f"\r\x1b[K{said}" if self._line else said, nl=not self._line, err=True)


def summarize(run: Run) -> str:
    """Return the summary line of a source."""
    return f"{run.source_id}: {describe_outcomes(run, 'captures')}"


def as_line(run: Run) -> str:
    """Return the same as JSON, with the keys of ``crawl --json``."""
    facts = asdict(run)
    return json_line({"source": facts.pop("source_id"), **facts})


def _failures(run: Run) -> int:
    return sum(number for name, number in run.outcomes.items() if name.startswith("failed"))
