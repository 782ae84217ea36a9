"""``baotinh export``: articles out, to a file or standard output."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from crawler.commands.search import add_filters, note_places
from crawler.errors import UsageError
from crawler.render.articles import WRITERS
from crawler.render.progress import Counter, show_progress
from crawler.render.terminal import note, say_json
from storage.archive import Archive
from storage.errors import BaotinhError
from storage.export.articles import COLUMNS
from storage.instants import read_clock
from storage.search.filters import Filters

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.cli import Options

FORMATS = (*WRITERS, "wacz")
BINARY = ("parquet", "wacz")


@click.command()
@click.option("--format", "form", type=click.Choice(FORMATS), default="jsonl", show_default=True)
@add_filters
@click.option(
    "--by", type=click.Choice(("month",)), help="Parquet: a file a month, in the folder -o."
)
@click.option(
    "-o",
    "--output",
    help="Write here, whole or not at all; else to standard output.",
)
@click.option("--json", "as_json", is_flag=True, help="Say what was written, as one JSON object.")
@click.pass_obj
def command(
    options: Options,
    /,
    form: str,
    by: str | None,
    output: str | None,
    as_json: bool,
    **filters: str | None,
) -> None:
    """Write articles to a file or standard output, with the filters of search.

    CSV cells never are formulas. parquet needs the extra of that name; by month, only the months
    are written that changed since the last export into the same folder. wacz holds the captures,
    for replay, instead of the texts.
    """
    if as_json and output is None:
        raise UsageError("--json says what was written to a file: name it with -o")
    if by is not None:
        folder = Path(output) if output is not None else None
        _write_months(options, form, folder, Filters(**filters), as_json=as_json)
        return
    if output is None and form in BINARY and sys.stdout.isatty():
        raise UsageError(f"{form} is no text for a terminal: name a file with -o")
    if output is None:
        count, problems = _write(options, form, sys.stdout.buffer, Filters(**filters))
    else:
        count, problems = _write_file(options, form, output, Filters(**filters))
    for problem in problems:
        note(problem)
    if as_json:
        say_json(
            {"path": str(output), "format": form, "articles": count, "problems": list(problems)}
        )
    else:
        note(f"{count} articles")
    if problems:
        raise BaotinhError(f"{len(problems)} captures could not be read and are left out")


def _write_months(
    options: Options, form: str, folder: Path | None, filters: Filters, *, as_json: bool
) -> None:
    if form != "parquet" or folder is None:
        raise UsageError("--by month writes --format parquet into a folder: name it with -o")
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is no folder: --by month writes a file a month into one")
    with Archive.open_reading(options.archive) as archive:
        note_places(archive, "", filters.place)
        with show_progress(lambda: f"writing {folder}"):
            done = archive.export_months(filters, folder)
    if as_json:
        say_json({"path": str(folder), "format": form} | asdict(done))
        return
    note(
        f"{done.articles} articles in {done.months} months: {done.written} written,"
        f" {done.months - done.written} as they were, {done.removed} removed"
    )


def _write_file(
    options: Options, form: str, name: str, filters: Filters
) -> tuple[int, tuple[str, ...]]:
    output = Path(name)
    if name.endswith("/") or output.is_dir():
        raise UsageError(f"{name} is a folder: name the file to write")
    part = output.with_name(output.name + ".part")
    try:
        with part.open("wb") as out:
            written = _write(options, form, out, filters)
            out.flush()
            os.fsync(out.fileno())
        part.replace(output)
    except OSError as error:
        raise BaotinhError(f"{output} cannot be written: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)
    return written


def _write(
    options: Options, form: str, out: IO[bytes], filters: Filters
) -> tuple[int, tuple[str, ...]]:
    if len(options.archives) > 1 and form != "wacz":
        from crawler.commands import several

        with several.open_archives(options) as archives:
            records = several.read_all(archives, filters)
            return _write_texts(form, out, records, (*COLUMNS, "archive")), ()
    with Archive.open_reading(options.archive, captures_dir=options.captures_dir) as archive:
        note_places(archive, "", filters.place)
        if form == "wacz":
            return _write_wacz(options, archive, out, filters)
        return _write_texts(form, out, archive.export(filters), COLUMNS), ()


def _write_texts(
    form: str, out: IO[bytes], records: Iterator[dict[str, Any]], columns: Sequence[str]
) -> int:
    passed = Counter()
    records = passed.over(records)
    with show_progress(lambda: f"{passed.count} articles written"):
        return WRITERS[form](out, records, columns)


def _write_wacz(
    options: Options, archive: Archive, out: IO[bytes], filters: Filters
) -> tuple[int, tuple[str, ...]]:
    from crawler.commands.evidence import sign_package
    from storage.warc.wacz import write_wacz

    passed = Counter()
    with show_progress(lambda: f"captures of {passed.count} articles written"):
        written = write_wacz(
            out,
            passed.over(archive.export(filters)),
            captures_of=archive.captures.with_media,
            captures_dir=archive.captures_dir,
            created=read_clock(),
            evidence_of=archive.evidence.files_for,
            stamp=partial(sign_package, options.settings),
        )
    return written.articles, written.problems
