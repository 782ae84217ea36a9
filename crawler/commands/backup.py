"""``baotinh backup PATH``: a checked copy of the archive while it is in use."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from storage.backup import back_up, copy_captures

if TYPE_CHECKING:
    from crawler.cli import Options


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--captures", is_flag=True, help="Copy capture files, too, to captures/ beside PATH.")
@click.pass_obj
def command(options: Options, path: Path, captures: bool) -> None:
    """Copy the archive to the file PATH while others write to it.

    The copy is checked before it gets its name; an older backup at PATH is replaced only by a
    good one.
    """
    backup = back_up(options.archive, path)
    click.echo(
        f"{backup.path}: {backup.articles} articles, {backup.captures} captures known,"
        f" {backup.size} bytes, checked"
    )
    if captures:
        folder = path.parent / "captures"
        source = options.captures_dir or options.archive.parent / "captures"
        copied = sum(1 for _ in copy_captures(source, folder))
        click.echo(f"{folder}: {copied} capture files copied")
