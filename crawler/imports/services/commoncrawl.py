"""What Common Crawl has: records of a source by its indexes, and its news, file by file.

``collinfo.json`` names the indexes (index.commoncrawl.org); each is a CDX server of pywb's kind
that gives JSON lines, a page at a time. A record is one gzip member of a file on
data.commoncrawl.org and is had by a range of bytes. The news (CC-NEWS) have no index: all of a
month is streamed.
"""

from __future__ import annotations

import gzip
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from crawler.errors import CrawlError, UsageError
from crawler.imports.notes import Note
from crawler.imports.pieces import Piece
from crawler.imports.responses import read_response, spell_digest
from crawler.imports.services.wayback import Seen, describe, hosts_of
from storage.warc.stream import Flaw, read_records

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.imports.importer import Importer
    from crawler.imports.progress import Progress
    from crawler.imports.services.client import Client
    from crawler.sources import Source

MAX_LENGTH = 16 * 1024 * 1024
"""Bytes of a record that is fetched: Common Crawl cuts pages at one megabyte."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """One crawl of the web."""

    id: str
    api: str
    begin: str
    """When it began and ended, as it is stated; empty where it is not."""
    end: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a record lies, as a line of an index says."""

    url: str
    status: str
    mime: str
    digest: str | None
    file: str
    offset: int
    length: int


def read_list(text: str) -> list[Index]:
    """Return the indexes that ``collinfo.json`` names. Raise ValueError."""
    return [
        Index(
            id=str(each["id"]),
            api=str(each["cdx-api"]),
            begin=str(each.get("from") or ""),
            end=str(each.get("to") or ""),
        )
        for each in json.loads(text)
    ]


def read_lines(text: str) -> list[Place | None]:
    """Return the records of a page of an index; None for a line that names none."""
    return [_read_line(line) for line in text.splitlines() if line.strip()]


def _read_line(line: str) -> Place | None:
    try:
        facts = json.loads(line)
        return Place(
            url=facts["url"],
            status=str(facts.get("status", "")),
            mime=str(facts.get("mime", "")),
            digest=spell_digest(facts.get("digest")),
            file=facts["filename"],
            offset=int(facts["offset"]),
            length=int(facts["length"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


class CommonCrawl:
    """Reads what Common Crawl's indexes have of a source."""

    def __init__(
        self, importer: Importer, client: Client, index: str, data: str, progress: Progress
    ) -> None:
        self._importer = importer
        self._client = client
        self._index = index.rstrip("/")
        self._data = data.rstrip("/")
        self._progress = progress
        self._seen = Seen(importer.archive)

    def read(self, source: Source, crawls: Sequence[str], *, again: bool) -> list[str]:
        """Read all records of a source; return what was read to its end before.

        ``crawls`` are ids of indexes, none: all. Raise as `Wayback.read`.
        """
        return [
            f"{index.id} {host}"
            for index in self._indexes(crawls)
            for host in hosts_of(source)
            if not self._read_host(source, index, host, again=again)
        ]

    def _indexes(self, crawls: Sequence[str]) -> list[Index]:
        url = f"{self._index}/collinfo.json"
        answer = self._client.get(url)
        try:
            if answer.status != 200:
                raise ValueError
            known = read_list(answer.body.decode())
        except (ValueError, KeyError, TypeError) as error:
            raise CrawlError(f"{url} is no list of indexes: {describe(answer)}") from error
        missing = set(crawls) - {index.id for index in known}
        if missing:
            ids = ", ".join(index.id for index in known[:5])
            raise UsageError(f"no index is called {', '.join(sorted(missing))}: there are {ids}, …")
        return [index for index in known if self._is_wanted(index, crawls)]

    def _is_wanted(self, index: Index, crawls: Sequence[str]) -> bool:
        choice = self._importer.choice
        if crawls:
            return index.id in crawls
        too_old = bool(choice.since and index.end and index.end < choice.since[:19])
        too_new = bool(choice.until and index.begin >= choice.until[:19])
        return not too_old and not too_new

    def _read_host(self, source: Source, index: Index, host: str, *, again: bool) -> bool:
        archive, now = self._importer.archive, self._importer.now
        name = f"commoncrawl {index.id} {host}"
        known = archive.imports.begin(name, self._importer.choice.scope, now=now())
        if again:
            archive.imports.start_over(known.id, now=now())
        elif known.finished_at:
            return False
        for page in range(int((not again and known.place) or 0), self._count_pages(index, host)):
            try:
                self._read_page(source, index, host, page)
            except BaseException:
                self._importer.flush(known, str(page))
                raise
            self._importer.flush(known, str(page + 1))
        archive.imports.finish(known.id, now=now())
        return True

    def _query(self, index: Index, host: str, **more: str) -> str:
        asked = {"url": host, "matchType": "host", "output": "json", **more}
        return f"{index.api}?{urlencode(asked)}"

    def _count_pages(self, index: Index, host: str) -> int:
        url = self._query(index, host, showNumPages="true")
        answer = self._client.get(url)
        if answer.status == 404:
            return 0
        try:
            found = json.loads(answer.body)
            return int(found["pages"] if isinstance(found, dict) else found)
        except (ValueError, KeyError, TypeError) as error:
            raise CrawlError(f"{url} does not say how much there is: {describe(answer)}") from error

    def _read_page(self, source: Source, index: Index, host: str, page: int) -> None:
        answer = self._client.get(self._query(index, host, page=str(page)))
        if answer.status == 404:  # no captures
            return
        if answer.status != 200:
            raise CrawlError(f"{answer.url} answered {answer.status}: {describe(answer)}")
        places = read_lines(answer.body.decode("utf-8", "replace"))
        is_cut = bool(places) and places[-1] is None and not answer.body.endswith(b"\n")
        for place in places[:-1] if is_cut else places:
            self._importer.tally.records += 1
            self._progress.say(f"{index.id} {host}", self._importer.tally)
            if place is None:
                where = f"by a line of {answer.url} that is none"
                self._importer.tally.note(Note.MISSING, where)
            else:
                self._take(source, place)
        if is_cut:
            raise CrawlError(f"{answer.url} breaks off within a line")

    def _take(self, source: Source, place: Place) -> None:
        tally = self._importer.tally
        is_page = place.status == "200" and "html" in place.mime
        if not is_page or self._importer.choice.owner_of(place.url) is None:
            tally.passed += 1
        elif self._seen.note(source, place.url, place.digest):
            tally.known += 1
        elif not self._fetch(place):
            self._seen.forget(source, place.url, place.digest)

    def _fetch(self, place: Place) -> bool:
        """Fetch one record; say whether it was to be had."""
        url, tally = f"{self._data}/{place.file}", self._importer.tally
        last = place.offset + min(place.length, MAX_LENGTH) - 1
        answer = self._client.get(url, {"Range": f"bytes={place.offset}-{last}"})
        tally.bytes += len(answer.body)
        where = f"in {place.file} at {place.offset}"
        if answer.status != 206:
            tally.note(Note.MISSING, f"{where}, answered {answer.status}")
            return False
        for found in read_records(io.BytesIO(answer.body)):
            if isinstance(found, Flaw):
                tally.note(Note(found.kind), where)
                continue
            response = read_response(found, place.file, self._importer.now(), at=place.offset)
            if response is None:
                tally.note(Note.NO_HTTP, where)
            else:
                self._importer.take(response)
        return True


def news_addresses(client: Client, data: str, month: str) -> list[str]:
    """Return where the files of a month of news are. Raise UsageError, CrawlError."""
    year, _, number = month.partition("-")
    if not (len(year) == 4 and year.isdigit() and number in {f"{n:02}" for n in range(1, 13)}):
        raise UsageError(f"--cc-news {month}: a month is spelled like 2023-01")
    url = f"{data.rstrip('/')}/crawl-data/CC-NEWS/{year}/{number}/warc.paths.gz"
    answer = client.get(url)
    if answer.status in (403, 404):
        raise UsageError(f"Common Crawl has no news of {month}")
    try:
        if answer.status != 200:
            raise ValueError
        paths = gzip.decompress(answer.body).decode().split()
    except (OSError, EOFError, ValueError) as error:
        raise CrawlError(f"{url} is no list of files: answered {answer.status}") from error
    return [f"{data.rstrip('/')}/{path}" for path in paths]


def remote_piece(client: Client, data: str, url: str) -> Piece:
    """Return a WARC file at an address, to be read as it comes.

    Files of Common Crawl go by their paths, whoever serves them and however they were asked for.
    """
    base = f"{data.rstrip('/')}/"
    return Piece(
        name=url.removeprefix(base) if url.startswith(f"{base}crawl-data/") else url,
        identity="remote",
        size=None,
        open=lambda offset: client.stream(url, offset),
    )
