"""What imports tell besides outcomes: each kind of trouble a sentence and a count."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from storage.warc.stream import FlawKind


class Note(StrEnum):
    """Trouble with records of ours, read or not."""

    TORN = FlawKind.TORN
    DAMAGED = FlawKind.DAMAGED
    LENGTH = FlawKind.LENGTH
    TOO_LARGE = FlawKind.TOO_LARGE
    NO_HTTP = "no-http"
    CUT = "cut"
    NOT_ENCODED = "not-encoded"
    NO_DATE = "no-date"
    FUTURE = "future"
    NO_ORIGINAL = "no-original"
    MISSING = "missing"
    EVIDENCE = "evidence"
    STAMP = "stamp"
    CONFLICT = "conflict"
    ALTERED = "altered"
    UNLISTED = "unlisted"
    DIGEST = "digest"
    MEDIA = "media"


SENTENCES = {
    Note.TORN: "the file ends within a record: a page that is not whole was not read",
    Note.DAMAGED: "bytes are no record, or a damaged one: passed over",
    Note.LENGTH: "a record states a wrong length: read to where the next one begins",
    Note.TOO_LARGE: "a record holds more than is read of any: passed over",
    Note.NO_HTTP: "a record of ours holds no HTTP response: passed over",
    Note.CUT: "a page is shorter than its Content-Length: read as far as it goes",
    Note.NOT_ENCODED: "a page is not compressed as its header says: read as it is",
    Note.NO_DATE: "a record has no date that can be: its server's counts, else today's",
    Note.FUTURE: "a record has a date still to come: its server's counts, else today's",
    Note.NO_ORIGINAL: "a revisit refers to a page that is neither in the archive nor in what was"
    " read: left out",
    Note.MISSING: "a copy that the index names could not be had",
    Note.EVIDENCE: "manifests that came with the pages do not hold together: left out",
    Note.STAMP: "stamps that came with the pages are missing, or of nobody who is trusted here (see"
    " TIMESTAMP_CA): their manifests were kept",
    Note.CONFLICT: "manifests or stamps that came with the pages do not fit those of their chain"
    " that are here: ours stay",
    Note.ALTERED: "a record is not what a manifest that came with it lists: it was changed there",
    Note.UNLISTED: "a record is in none of the manifests that came with it: it is younger than"
    " they are, or was changed there",
    Note.DIGEST: "a payload does not fit the digest that its own record states: one of both was"
    " changed",
    Note.MEDIA: "a picture or document lies with the pages: imports take pages only, keep the file",
}
"""What each note says, of one record."""
LOSSES = frozenset(
    {Note.TORN, Note.DAMAGED, Note.TOO_LARGE, Note.NO_HTTP, Note.NO_ORIGINAL, Note.MISSING}
)
"""Notes of records that were not read."""

COUNTS = ("records", "bytes", "pages", "known", "passed")


@dataclass(slots=True)
class Tally:
    """Counts of one import."""

    records: int = 0
    bytes: int = 0
    """Of the file or files, as they are stored; of an index, of what was downloaded."""
    pages: int = 0
    """Pages of ours that got an outcome."""
    known: int = 0
    """Pages of ours that the archive had from before."""
    passed: int = 0
    """Pages of ours left alone: no article's address, another status, outside the period."""
    notes: Counter[Note] = field(default_factory=Counter)
    first: dict[Note, str] = field(default_factory=dict)
    """Note -> where it was met first."""

    def note(self, note: Note, where: str) -> None:
        """Count a trouble."""
        self.notes[note] += 1
        self.first.setdefault(note, where)

    def facts(self) -> dict[str, object]:
        """Return all counts by name."""
        notes = {str(note): number for note, number in sorted(self.notes.items())}
        return {name: getattr(self, name) for name in COUNTS} | {"notes": notes}

    @property
    def losses(self) -> int:
        """Return how many records could not be read."""
        return sum(number for note, number in self.notes.items() if note in LOSSES)

    def describe_notes(self) -> list[str]:
        """Return one sentence for each kind of trouble, with its count and the first place.

        Of what other processes counted they said it themselves.
        """
        return [
            f"{SENTENCES[note]} ({number} of them, the first {self.first[note]})"
            for note, number in sorted(self.notes.items())
            if note in self.first
        ]
