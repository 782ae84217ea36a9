"""What the Wayback Machine has of a source: its CDX index, and the bytes as they were captured.

CDX server: github.com/internetarchive/wayback/tree/master/wayback-cdx-server. With ``output=json``
the answer is an array of rows, the first one the names of the fields; behind an empty row stands
the key to resume at. ``/web/<timestamp>id_/<url>`` gives a capture without what replay adds.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from crawler.errors import CrawlError
from crawler.imports.notes import Note
from crawler.imports.responses import Response, read_instant, spell_digest
from crawler.runs.links import make_link
from crawler.sources.model import site_of
from storage.warc.records import Origin

if TYPE_CHECKING:
    from crawler.imports.importer import Importer
    from crawler.imports.progress import Progress
    from crawler.imports.services.client import Answer, Client
    from crawler.sources import Source
    from storage.archive import Archive
    from storage.frontier.imports import Import

PAGE = 1000
"""Rows of the index asked for at once: what is asked again after a kill."""
FIELDS = ("timestamp", "original", "mimetype", "statuscode", "digest")

_COPY = re.compile(r"/web/(\d{14})(?:id_)?/(.+)", re.DOTALL)
_ORIGINAL = "x-archive-orig-"
_OWN = ("content-length", "transfer-encoding", "connection", "content-encoding")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One capture in the index."""

    timestamp: str
    url: str
    digest: str | None
    status: str


def read_index(text: str) -> tuple[list[Row], str | None]:
    """Return the rows of an answer and the key to resume at. Raise ValueError."""
    table = json.loads(text or "[]")
    if not isinstance(table, list) or not all(isinstance(row, list) for row in table):
        raise ValueError("it is no array of arrays")
    if not table:
        return [], None
    names, *rest = table
    end = rest.index([]) if [] in rest else len(rest)
    key = rest[end + 1][0] if len(rest) > end + 1 and rest[end + 1] else None
    places = [names.index(name) for name in ("timestamp", "original", "digest", "statuscode")]
    return [_row(*(row[place] for place in places)) for row in rest[:end]], key


def _row(timestamp: str, url: str, digest: str, status: str) -> Row:
    return Row(timestamp=timestamp, url=url, digest=spell_digest(digest), status=status)


def hosts_of(source: Source) -> list[str]:
    """Return the hosts a source has or had, without ``www.``, as indexes are asked for them."""
    words = (source.homepage, *source.hosts, *source.former_hosts)
    sites = (site_of(word if "//" in word else f"//{word}") for word in words)
    return [site for site in dict.fromkeys(sites) if site]


class Seen:
    """Payloads that are there already, or were asked for in this import: none is had twice."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._asked: set[tuple[str, str]] = set()

    def note(self, source: Source, url: str, digest: str | None) -> bool:
        """Note a payload as seen; return whether it was before."""
        if digest is None:
            return False
        key = make_link(source, url, found_at="").key
        if (key, digest) in self._asked:
            return True
        self._asked.add((key, digest))
        link, captures = self._archive.links.find(source.id, key), self._archive.captures
        if link is not None and link.id is not None and captures.has_payload(link.id, digest):
            return True
        return captures.with_payload(url, digest) is not None

    def forget(self, source: Source, url: str, digest: str | None) -> None:
        """Forget a payload that was not to be had: another copy of it may be."""
        key = make_link(source, url, found_at="").key
        self._asked.discard((key, digest or ""))


class Wayback:
    """Reads what one Wayback Machine has of a source."""

    def __init__(
        self, importer: Importer, client: Client, endpoint: str, progress: Progress
    ) -> None:
        self._importer = importer
        self._client = client
        self._endpoint = endpoint.rstrip("/")
        self._progress = progress
        self._seen = Seen(importer.archive)

    def read(self, source: Source, *, again: bool) -> list[str]:
        """Read all captures of a source; return the hosts that were read to their end before.

        Raise LimitReached, or BaotinhError when the service is away: the rest is read next time.
        """
        return [host for host in hosts_of(source) if not self._read_host(source, host, again=again)]

    def _read_host(self, source: Source, host: str, *, again: bool) -> bool:
        archive, now = self._importer.archive, self._importer.now
        name = f"wayback {self._endpoint} {host}"
        known = archive.imports.begin(name, self._importer.choice.scope, now=now())
        place = known.place
        if again:
            archive.imports.start_over(known.id, now=now())
            place = ""
        elif known.finished_at:
            return False
        while True:
            rows, key = self._ask(host, place)
            try:
                self._read_rows(source, host, rows)
            except BaseException:
                # What was read stays, the page of the index is asked for once more.
                self._save(known, place)
                raise
            self._save(known, key or place)
            if key is None:
                archive.imports.finish(known.id, now=now())
                return True
            place = key

    def _save(self, known: Import, place: str) -> None:
        self._importer.flush(known, place)

    def _ask(self, host: str, key: str) -> tuple[list[Row], str | None]:
        choice = self._importer.choice
        asked = [
            ("url", host),
            ("matchType", "host"),
            ("output", "json"),
            ("fl", ",".join(FIELDS)),
            ("filter", "statuscode:200"),
            ("filter", "mimetype:text/html"),
            ("limit", str(PAGE)),
            ("showResumeKey", "true"),
            *(("from", _stamp(day)) for day in (choice.since,) if day),
            *(("to", _stamp(day)) for day in (choice.until,) if day),
            *(("resumeKey", each) for each in (key,) if each),
        ]
        url = f"{self._endpoint}/cdx/search/cdx?{urlencode(asked)}"
        answer = self._client.get(url)
        if answer.status != 200:
            raise CrawlError(f"{url} answered {answer.status}: {describe(answer)}")
        try:
            return read_index(answer.body.decode())
        except (ValueError, IndexError) as error:
            raise CrawlError(f"{url} is no index: {describe(answer)}") from error

    def _read_rows(self, source: Source, host: str, rows: list[Row]) -> None:
        tally = self._importer.tally
        for row in rows:
            tally.records += 1
            self._progress.say(f"{host} at {row.timestamp[:8]}", tally)
            if row.status != "200" or self._importer.choice.owner_of(row.url) is None:
                tally.passed += 1
            elif self._seen.note(source, row.url, row.digest):
                tally.known += 1
            elif not self._fetch(row):
                self._seen.forget(source, row.url, row.digest)

    def _fetch(self, row: Row) -> bool:
        """Fetch one copy; say whether it was to be had."""
        tally = self._importer.tally
        url = f"{self._endpoint}/web/{row.timestamp}id_/{row.url}"
        answer = self._client.get(url)
        tally.bytes += len(answer.body)
        if answer.status != 200:
            tally.note(Note.MISSING, f"{url}, answered {answer.status}")
            return False
        self._importer.take(_response(answer, row, self._importer.now()))
        return True


def _response(answer: Answer, row: Row, now: str) -> Response:
    """Return the response that a copy holds: what replay adds to its headers is left out."""
    found = _COPY.search(answer.url)
    timestamp = found[1] if found else row.timestamp
    original = [
        (name[len(_ORIGINAL) :], value)
        for name, value in answer.headers
        if name.lower().startswith(_ORIGINAL)
    ]
    own = original or [("Content-Type", answer.header("content-type") or "text/html")]
    headers = [(name, value) for name, value in own if name.lower() not in _OWN]
    if encoding := answer.header("content-encoding"):
        headers.append(("Content-Encoding", encoding))
    fetched_at, note = read_instant(timestamp, tuple(headers), now)
    return Response(
        url=row.url,
        fetched_at=fetched_at,
        status=200,
        reason="OK",
        headers=tuple(headers),
        payload=answer.body,
        origin=Origin(name=answer.url, digest=row.digest),
        notes=(note,) if note else (),
    )


def _stamp(instant: str) -> str:
    return "".join(letter for letter in instant if letter.isdigit())


def describe(answer: Answer) -> str:
    """Return how an answer begins, on one line."""
    return " ".join(answer.body[:200].decode("utf-8", "replace").split())
