"""One import from its command line to its report."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.errors import CrawlError, UsageError
from crawler.imports.choice import Choice, choose_source, choose_sources
from crawler.imports.files import FileReader
from crawler.imports.importer import Importer, LimitReached
from crawler.imports.jobs import add_counts, join_runs, run_jobs
from crawler.imports.notes import Tally
from crawler.imports.pieces import find_files, find_pieces, is_address, package_pieces
from crawler.imports.progress import Progress
from crawler.imports.services.client import Client
from crawler.imports.services.commoncrawl import CommonCrawl, news_addresses, remote_piece
from crawler.imports.services.wayback import Wayback
from crawler.runs.captures import open_for_run
from crawler.sources import load_sources
from storage.errors import BaotinhError
from storage.evidence.stamps import read_roots
from storage.instants import read_clock
from storage.states import RunState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crawler.cli import Options
    from crawler.environment import Settings
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
    words: tuple[str, ...] = ()
    """Options that hold for each of several jobs, as they were typed."""


@dataclass(slots=True, kw_only=True)
class Report:
    """What an import did."""

    runs: list[Run] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    whole: list[str] = field(default_factory=list)
    """What was read to its end before, and was left alone."""
    complaints: list[str] = field(default_factory=list)
    """One sentence for each thing that could not be read."""
    told: list[str] = field(default_factory=list)
    """The same of other processes, which have told it themselves."""


def run_order(options: Options, order: Order) -> Report:
    """Import what is asked for. Raise BaotinhError for what cannot even be begun."""
    settings, known = options.settings, load_sources(options.sources_dir)
    asked = order.wayback or order.commoncrawl
    sources = [choose_source(known, asked)] if asked else choose_sources(known, order.sources)
    choice = Choice(sources, since=order.since, until=order.until)
    with _client(settings) as client:
        if order.jobs > 1:
            return _side_by_side(options, order, client)
        with open_for_run(options.archive, options.captures_dir) as archive:
            importer = Importer(
                archive,
                choice,
                now=read_clock,
                max_page=settings.page_maxsize,
                limit=order.limit,
                roots=lambda: read_roots(settings.timestamp_roots),
            )
            return _Session(importer, client, settings, order).run()


class _Session:
    """One import in this process."""

    def __init__(
        self, importer: Importer, client: Client, settings: Settings, order: Order
    ) -> None:
        self._importer = importer
        self._client = client
        self._settings = settings
        self._order = order
        self._progress = Progress(settings.progress_interval)
        self._report = Report(tally=importer.tally)

    def run(self) -> Report:
        """Read everything that can be read; what cannot is a complaint."""
        state = RunState.INTERRUPTED
        try:
            self._read()
            # What a revisit refers to may stand in a later file.
            self._importer.give_up_waiting()
            state = RunState.FINISHED
        except LimitReached:
            state = RunState.FINISHED
        except UsageError:
            raise
        except CrawlError as error:
            self._report.complaints.append(f"{error}; the same command goes on from here")
        finally:
            self._report.runs = self._importer.close(state)
        return self._report

    def _read(self) -> None:
        order, settings = self._order, self._settings
        (source, *_), again = self._importer.choice.sources, order.again
        if order.wayback:
            wayback = Wayback(self._importer, self._client, settings.wayback_url, self._progress)
            self._report.whole += wayback.read(source, again=again)
        elif order.commoncrawl:
            crawl = CommonCrawl(
                self._importer,
                self._client,
                settings.commoncrawl_index_url,
                settings.commoncrawl_data_url,
                self._progress,
            )
            self._report.whole += crawl.read(source, order.crawls, again=again)
        elif order.cc_news:
            data = settings.commoncrawl_data_url
            for url in news_addresses(self._client, data, order.cc_news):
                self._read_pieces([remote_piece(self._client, data, url)])
        else:
            for word in order.what:
                self._read_word(word)

    def _read_word(self, word: str) -> None:
        try:
            if not is_address(word):
                self._read_path(word)
            elif word.lower().endswith(".wacz"):
                with tempfile.TemporaryDirectory() as folder:
                    path = _download(self._client, word, Path(folder))
                    self._read_pieces(package_pieces(path, word, str(path.stat().st_size)))
            else:
                data = self._settings.commoncrawl_data_url
                self._read_pieces([remote_piece(self._client, data, word)])
        except UsageError:
            raise
        except BaotinhError as error:
            self._report.complaints.append(str(error))

    def _read_path(self, word: str) -> None:
        for file in find_files(word):
            try:
                self._read_pieces(find_pieces([file]))
            except UsageError:
                raise
            except BaotinhError as error:
                self._report.complaints.append(str(error))

    def _read_pieces(self, pieces: Iterable[Piece]) -> None:
        for piece in pieces:
            try:
                reader = FileReader(self._importer, piece, self._progress)
                if not reader.read(again=self._order.again):
                    self._report.whole.append(piece.name)
            except BaotinhError as error:
                self._report.complaints.append(str(error))


def _side_by_side(options: Options, order: Order, client: Client) -> Report:
    """Give each file to a process of its own, some at a time."""
    if order.wayback or order.commoncrawl:
        raise UsageError("--jobs is for files: an index is asked by one connection")
    words = list(order.what)
    if order.cc_news:
        words = news_addresses(client, options.settings.commoncrawl_data_url, order.cc_news)
    words = [str(each) for word in words for each in find_files(word)]
    before = ["--archive", str(options.archive)]
    if options.sources_dir:
        before += ["--sources", str(options.sources_dir)]
    commands = [[*before, "import", "--json", *order.words, word] for word in words]
    report = Report()
    runs = []
    for printed in run_jobs(commands, order.jobs):
        runs += [facts for facts in printed if "source" in facts]
        ends = [facts for facts in printed if "notes" in facts]
        for facts in ends:
            add_counts(report.tally, facts)
            report.whole += facts["whole"]
            report.told += facts["complaints"]
        if not ends:
            report.complaints.append("a file could not be read: see above")
    report.runs = join_runs(runs)
    return report


def _download(client: Client, url: str, folder: Path) -> Path:
    path = folder / "package.wacz"
    with client.stream(url) as source, path.open("wb") as target:
        while data := source.read(1 << 20):
            target.write(data)
    return path


@contextmanager
def _client(settings: Settings) -> Iterator[Client]:
    from crawler.extensions.agent import name_agent

    client = Client(
        agent=name_agent(settings.contact),
        private=settings.private_hosts,
        delay=settings.import_delay,
        backoff=settings.import_backoff,
    )
    try:
        yield client
    finally:
        client.close()
