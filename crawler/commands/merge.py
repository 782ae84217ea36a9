"""``baotinh merge OTHER.db``: bring another archive into this one."""

from __future__ import annotations

import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crawler.render.terminal import note, say_json
from storage.archive import Archive
from storage.db.connections import check_not_lost
from storage.errors import ArchiveError
from storage.instants import read_clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.cli import Options
    from storage.merge.whole import Merged

EVERY = 2.0
"""Seconds between two lines of progress on a terminal."""


@click.command()
@click.argument("other", type=click.Path(path_type=Path))
@click.option(
    "--other-captures",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the other archive's captures are; else captures/ beside it.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def command(options: Options, other: Path, other_captures: Path | None, as_json: bool) -> None:
    """Bring what the archive OTHER knows into this one; OTHER stays as it is.

    Links, articles with all their texts and dates, captures, removed pages, gaps and runs. An
    article that both have gets the texts of both. Merging again brings what is new since then;
    after a merge was killed, it goes on. Capture files are hard links where the disk can do that.
    """
    captures_dir = options.captures_dir or options.archive.parent / "captures"
    with Archive.open_reading(other, captures_dir=other_captures) as there:
        check_not_lost(options.archive, captures_dir)
        _check(options.archive, there)
        with Archive.open(options.archive, captures_dir=options.captures_dir) as archive:
            merged = archive.merge(there, now=read_clock(), watch=_progress())
            archive.optimise()
    if as_json:
        say_json({"archive": str(options.archive), "other": str(other), **asdict(merged)})
    else:
        click.echo(f"{options.archive}: {_summary(merged)}")
    for sentence in merged.withheld:
        note(f"baotinh: {sentence}")
    if merged.strange:
        note(
            f"baotinh: {len(merged.strange)} manifests or stamps of {other} have other bytes here:"
            f" {', '.join(merged.strange[:3])}; those here stay, see `baotinh verify --evidence`"
        )
    if merged.lost:
        raise ArchiveError(
            f"{len(merged.lost)} capture files of {other} are missing or torn, and their captures"
            f" are left out: {', '.join(merged.lost[:3])}; put them there and merge again"
        )


def _check(path: Path, there: Archive) -> None:
    """Refuse before anything is opened for writing, so that nothing has changed then."""
    if not path.exists():
        there.check_mergeable(None)
        return
    with Archive.open_reading(path) as archive:
        there.check_mergeable(archive)


def _summary(merged: Merged) -> str:
    if merged.is_nothing:
        return f"nothing new in {merged.articles} articles"
    return (
        f"{merged.new} new and {merged.changed} changed of {merged.articles} articles,"
        f" {merged.links} links, {merged.captures} captures, {merged.runs} runs,"
        f" {merged.gaps} gaps"
    )


def _progress() -> Callable[[Merged], None] | None:
    """Return what reports how far a merge is; nothing where nobody looks on."""
    if not sys.stderr.isatty():
        return None
    last = time.monotonic()

    def tell(merged: Merged) -> None:
        nonlocal last
        if time.monotonic() - last >= EVERY:
            last = time.monotonic()
            note(f"{merged.captures} captures, {merged.articles} articles so far")

    return tell
