"""``baotinh verify``: integrity of database, index, captures and the links between them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from storage.archive import Archive
from storage.text import printable

if TYPE_CHECKING:
    from crawler.cli import Options


@click.command()
@click.option("--repair", is_flag=True, help="Build the index again, cut off torn captures.")
@click.pass_obj
def command(options: Options, repair: bool) -> None:
    """Check everything the archive promises; report what is wrong, a line each.

    Ends with 1 when something is wrong. Needs the archive for writing, since the index checks
    itself by a statement that counts as a write.
    """
    with Archive.open_existing(options.archive, captures_dir=options.captures_dir) as archive:
        if repair:
            for done in archive.repair():
                click.echo(f"repaired {printable(done)}", err=True)
        problems = 0
        for problem in archive.check():
            problems += 1
            click.echo(printable(str(problem)))
        if not problems:
            click.echo(f"{options.archive}: {_summary(archive)}, all well")
    sys.exit(1 if problems else 0)


def _summary(archive: Archive) -> str:
    return f"{archive.articles.count()} articles, {archive.captures.count()} captures"
