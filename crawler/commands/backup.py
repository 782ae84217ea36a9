"""``baotinh backup PATH``: a checked copy of the archive while it is in use."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from crawler.commands.files import NewFile
from crawler.render.progress import Counter, show_progress
from crawler.render.terminal import say_json
from storage.backup import back_up, copy_captures

if TYPE_CHECKING:
    from pathlib import Path

    from crawler.cli import Options


@click.command()
@click.argument("path", type=NewFile())
@click.option("--captures", is_flag=True, help="Copy capture files, too, to captures/ beside PATH.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def command(options: Options, path: Path, captures: bool, as_json: bool) -> None:
    """Copy the archive to the file PATH while others write to it.

    The copy is checked before it gets its name; an older backup at PATH is replaced only by a
    good one.
    """
    folder = path.parent / "captures"
    source = options.captures_dir or options.archive.parent / "captures"
    copied = Counter()
    with show_progress(lambda: f"copying and checking {options.archive}"):
        backup = back_up(options.archive, path)
    if captures:
        with show_progress(lambda: f"{folder}: {copied.count} capture files copied"):
            list(copied.over(copy_captures(source, folder)))
    if as_json:
        files = copied.count if captures else None
        say_json(asdict(backup) | {"path": str(path), "capture_files": files})
        return
    click.echo(
        f"{backup.path}: {backup.articles} articles, {backup.captures} captures known,"
        f" {backup.size} bytes, checked"
    )
    if captures:
        click.echo(f"{folder}: {copied.count} capture files copied")
