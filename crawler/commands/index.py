"""``baotinh index``: bring the search index beside the archive up to date."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from crawler.render.progress import show_progress
from crawler.render.terminal import note, on_terminal, say, say_json
from storage.archive import Archive

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.cli import Options

EVERY = 5.0
"""Seconds between two lines of progress."""


@click.command()
@click.option("--rebuild", is_flag=True, help="Build it again from the articles.")
@click.option(
    "--shrink",
    is_flag=True,
    help="Give free pages of the archive back to the disk; not while anything crawls.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def command(options: Options, rebuild: bool, shrink: bool, as_json: bool) -> None:
    """Bring the search index up to date; build it where it is missing or damaged.

    Crawls and the daemon do this by themselves. Stopped at any moment, it goes on there the next
    time. --shrink rewrites the archive's file once and needs as much free disk as it has.
    """
    freed = 0
    with Archive.open_existing(options.archive) as archive:
        if shrink:
            with show_progress(lambda: f"rewriting {options.archive}"):
                freed = archive.shrink()
            if not as_json:
                say(f"{options.archive} is {freed >> 20} MB smaller")
        if rebuild:
            archive.forget_index()
        progress = archive.update_index(report=_reporter(archive.articles.count()))
    if as_json:
        done = progress is not None and progress.done
        read = progress.articles if progress else 0
        why = str(progress.rebuilt) if progress and progress.rebuilt else None
        say_json(
            {"archive": str(options.archive), "done": done, "articles": read, "rebuilt": why}
            | ({"freed": freed} if shrink else {})
        )
    if progress is None:
        note("tantivy is not installed: searches are answered by plain SQL")
    elif progress.busy:
        note("another process is bringing the index up to date")
    elif not as_json:
        why = f", which was {progress.rebuilt}" if progress.rebuilt else ""
        say(f"{progress.articles} articles read for the index{why}")


def _reporter(total: int) -> Callable[[int], None]:
    """Return what tells how far it has come, on standard error."""
    last = time.monotonic()

    def report(read: int) -> None:
        nonlocal last
        if time.monotonic() - last >= (EVERY if on_terminal() else 12 * EVERY):
            last = time.monotonic()
            note(f"index: {read} of {max(read, total)} articles read")

    return report
