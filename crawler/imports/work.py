"""One import from its command line to its report."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crawler.imports.choice import Choice
from crawler.imports.files import FileReader
from crawler.imports.importer import Importer, LimitReached
from crawler.imports.notes import Tally
from crawler.imports.pieces import find_pieces
from crawler.imports.progress import Progress
from crawler.imports.selection import choose_source, choose_sources
from crawler.runs.captures import open_archive
from crawler.sources import load_sources
from storage.errors import BaotinhError
from storage.instants import read_clock
from storage.records import RunState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crawler.cli import Options
    from crawler.imports.pieces import Piece
    from storage.records import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a command line asks for. Instants are ours, ``until`` is excluded."""

    what: tuple[str, ...] = ()
    wayback: str | None = None
    commoncrawl: str | None = None
    crawls: tuple[str, ...] = ()
    cc_news: str | None = None
    sources: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    limit: int | None = None
    jobs: int = 1
    again: bool = False


@dataclass(slots=True, kw_only=True)
class Report:
    """What an import did."""

    runs: list[Run] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    whole: list[str] = field(default_factory=list)
    """What was read to its end before, and was left alone."""
    complaints: list[str] = field(default_factory=list)
    """One sentence for each thing that could not be read."""


def run_order(options: Options, order: Order) -> Report:
    """Import what is asked for. Raise BaotinhError for what cannot even be begun."""
    settings, known = options.settings, load_sources(options.sources_dir)
    asked = order.wayback or order.commoncrawl
    sources = [choose_source(known, asked)] if asked else choose_sources(known, order.sources)
    choice = Choice(sources, since=order.since, until=order.until)
    pieces = list(find_pieces(order.what))
    report = Report()
    with open_archive(options.archive, options.captures_dir) as archive:
        importer = Importer(
            archive, choice, now=read_clock, max_page=settings.page_maxsize, limit=order.limit
        )
        report.tally = importer.tally
        state = RunState.INTERRUPTED
        try:
            _read_pieces(importer, pieces, order, report, Progress(settings.progress_interval))
            state = RunState.FINISHED
        finally:
            report.runs = importer.close(state)
    return report


def _read_pieces(
    importer: Importer, pieces: Iterable[Piece], order: Order, report: Report, progress: Progress
) -> None:
    for piece in pieces:
        try:
            if not FileReader(importer, piece, progress).read(again=order.again):
                report.whole.append(piece.name)
        except LimitReached:
            return
        except BaotinhError as error:
            report.complaints.append(str(error))
