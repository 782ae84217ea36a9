"""Records of somebody else's WARC file, one after the other, in whatever state the file is.

WARC 1.0 and 1.1, each record a gzip member of its own as the standard wants it, the whole file one
member, or plain. Behind damage the next record is looked for: readers that stop there lose the rest
of a file for one bad byte. What is wrong is yielded as a `Flaw`, and nothing raises but the stream.
"""

from __future__ import annotations

import re
import zlib
from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX_BLOCK = 64 * 1024 * 1024
"""Most a record may hold to be read: far above any page. Larger ones are passed over."""
MAX_INFLATED = 2 * 1024 * 1024 * 1024
"""Most that is inflated to find where an unread record ends; then the next one is searched for."""

_CHUNK = 64 * 1024
_MAX_HEAD = 64 * 1024
_REMEMBERED = 4 * 1024 * 1024
"""Bytes behind us in which a record is still looked for: damage may have hidden its begin."""
_GZIP = b"\x1f\x8b\x08"
_RECORD = b"WARC/"
_NEXT = re.compile(rb"(?:\r?\n){2}WARC/")
HEAD_END = re.compile(rb"\n\r*\n")
"""An empty line, however lines end: CR LF by the standard, LF alone or CR CR LF by some tools."""
_GAP = b"\r\n"
_LONGEST_GAP = 16
"""Bytes of a mark that may lie in the piece before."""


class Readable(Protocol):
    """What records are read from."""

    def read(self, size: int, /) -> bytes:
        """Return some bytes, at most so many; none at the end."""


class FlawKind(StrEnum):
    """What may be wrong with a record."""

    TORN = "torn"
    """The file ends within it."""
    DAMAGED = "damaged"
    LENGTH = "length"
    """It says another length than it has; it was read all the same."""
    TOO_LARGE = "too-large"
    """It holds more than is read."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something wrong at an offset."""

    kind: FlawKind
    offset: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One record. ``headers`` are the record's own, by lower-case name."""

    offset: int
    """Where its gzip member, or the record itself, begins."""
    end: int
    """Where reading may begin again and find the next one."""
    headers: dict[str, str]
    block: bytes


def read_records(stream: Readable, *, start: int = 0) -> Iterator[Entry | Flaw]:
    """Yield the records of a stream that stands at the offset ``start``.

    Errors of the stream (OSError) go through. A record with a wrong length is yielded behind its
    flaw, cut or stretched to where the next one begins; a torn or damaged one only as a flaw.
    """
    raw = _Raw(stream, start)
    while head := raw.peek(len(_GZIP)):
        if head == _GZIP:
            yield from _Member(raw).read()
        elif _RECORD in raw.peek(_CHUNK):
            yield from _Plain(raw).read()
        else:
            yield Flaw(FlawKind.DAMAGED, raw.position)
            raw.seek_member()


class _Raw:
    """The bytes of the file, with their position."""

    def __init__(self, stream: Readable, position: int) -> None:
        self._stream = stream
        self._held = b""
        self.position = position

    def peek(self, size: int) -> bytes:
        while len(self._held) < size and (chunk := self._stream.read(_CHUNK)):
            self._held += chunk
        return self._held[:size]

    def piece(self) -> bytes:
        data = self._held or self._stream.read(_CHUNK)
        self._held = b""
        self.position += len(data)
        return data

    def put_back(self, data: bytes) -> None:
        self._held = data + self._held
        self.position -= len(data)

    def seek_member(self) -> bool:
        """Go on to where the next gzip member begins that holds a record; say whether one does."""
        while len(self.peek(_CHUNK)) >= len(_GZIP):
            place = self._held.find(_GZIP)
            if place < 0:
                self._drop(max(1, len(self._held) - len(_GZIP) + 1))
                continue
            self._drop(place)
            if _begins_record(self.peek(_CHUNK)):
                return True
            self._drop(1)
        self._drop(len(self._held))
        return False

    def _drop(self, size: int) -> None:
        self._held = self._held[size:]
        self.position += size


def _begins_record(data: bytes) -> bool:
    try:
        return zlib.decompressobj(31).decompress(data, 1024).lstrip(_GAP).startswith(_RECORD)
    except zlib.error:
        return False


class _Feed:
    """Bytes that come in pieces, looked at before they are taken."""

    def __init__(self, more: Callable[[], bytes]) -> None:
        self._more = more
        self._data = bytearray()
        self.taken = 0

    def peek(self, size: int) -> bytes:
        while len(self._data) < size and (piece := self._more()):
            self._data += piece
        return bytes(self._data[:size])

    def take(self, size: int) -> bytes:
        data = self.peek(size)
        del self._data[: len(data)]
        self.taken += len(data)
        return data

    def skip(self, size: int) -> None:
        while passed := len(self.take(min(size, _CHUNK))):
            size -= passed

    def put_back(self, data: bytes) -> None:
        self._data[:0] = data
        self.taken -= len(data)

    def find(self, mark: re.Pattern[bytes], limit: int) -> tuple[int, int] | None:
        """Return where a mark begins and ends, None where it does not within so many bytes."""
        begin = 0
        while True:
            if found := mark.search(self._data, begin):
                return found.span()
            begin = max(0, len(self._data) - _LONGEST_GAP)
            if len(self._data) >= limit or not (piece := self._more()):
                return None
            self._data += piece


class _Records:
    """Records out of a feed: a gzip member, or a plain file."""

    def __init__(self, raw: _Raw) -> None:
        self._raw = raw
        self._begin = raw.position
        self._feed = _Feed(self._more)
        self._bad: FlawKind | None = None
        """How the bytes ended, where that was not as it should be."""

    def _more(self) -> bytes:
        raise NotImplementedError

    def _offset(self) -> int:
        raise NotImplementedError

    def _end(self) -> int:
        raise NotImplementedError

    def _check_end(self, *, is_short: bool) -> FlawKind | None:  # noqa: ARG002 - for plain files
        """Return how the bytes ended behind a record that was mended, if not as they should."""
        return self._bad

    def _read_all(self) -> Iterator[Entry | Flaw]:
        while self._skip_gap():
            offset = self._offset()
            yield from self._read_one(offset)
            if self._bad is not None:
                return

    def _skip_gap(self) -> bool:
        """Pass over line ends between records; say whether anything follows."""
        while (ahead := self._feed.peek(1)) and ahead in _GAP:
            self._feed.take(1)
        return bool(ahead)

    def _read_one(self, offset: int) -> Iterator[Entry | Flaw]:
        head = self._take_head()
        if head is None:
            yield Flaw(self._bad or FlawKind.DAMAGED, offset)
            self._skip_to_record()
            return
        headers = _parse_head(head)
        length = _length(headers)
        if length is not None and length > MAX_BLOCK:
            yield Flaw(FlawKind.TOO_LARGE, offset)
            self._feed.skip(length)
            return
        block = b"" if length is None else self._feed.take(length)
        is_short = length is not None and len(block) < length
        fits = length is not None and not is_short and self._is_aligned()
        if not fits and self._bad is None:
            block = self._mend(block)
            self._bad = self._check_end(is_short=is_short)
            if self._bad is None:
                yield Flaw(FlawKind.LENGTH, offset)
        # Whole is also what lacks only the end of its gzip member.
        if self._bad is not None and not (fits and self._bad is FlawKind.TORN):
            yield Flaw(self._bad, offset)
            return
        yield Entry(offset, self._end(), headers, block)

    def _take_head(self) -> bytes | None:
        """Return the header of the record that begins here, None where none does."""
        if self._feed.peek(len(_RECORD)) != _RECORD:
            return None
        if found := self._feed.find(HEAD_END, _MAX_HEAD):
            return self._feed.take(found[1])
        if len(self._feed.peek(_MAX_HEAD)) < _MAX_HEAD:
            self._bad = self._bad or FlawKind.TORN
        return None

    def _is_aligned(self) -> bool:
        """Return whether the end of a record, another record, or nothing follows."""
        ahead = self._feed.peek(_LONGEST_GAP)
        return ahead.startswith(b"\r\n\r\n") or _fits_gap(ahead)

    def _mend(self, block: bytes) -> bytes:
        """Return the block that ends where the next record begins, or the bytes do."""
        self._feed.put_back(block)
        found = self._feed.find(_NEXT, MAX_BLOCK)
        block = self._feed.take(found[0] if found else MAX_BLOCK)
        return block.removesuffix(b"\r\n\r\n")

    def _skip_to_record(self) -> None:
        while self._bad is None:
            if found := self._feed.find(_NEXT, _CHUNK):
                self._feed.skip(found[0])
                return
            if not self._feed.take(_CHUNK - _LONGEST_GAP):
                return


def _fits_gap(ahead: bytes) -> bool:
    rest = ahead.lstrip(_GAP)
    return rest.startswith(_RECORD) or _RECORD.startswith(rest)


class _Plain(_Records):
    """What is not compressed: all that is left of the file."""

    def read(self) -> Iterator[Entry | Flaw]:
        yield from self._read_all()

    def _more(self) -> bytes:
        return self._raw.piece()

    def _offset(self) -> int:
        return self._begin + self._feed.taken

    def _end(self) -> int:
        return self._offset()

    def _check_end(self, *, is_short: bool) -> FlawKind | None:
        # At the end of the file a record that is too short was cut off: nothing follows it.
        return FlawKind.TORN if is_short and not self._feed.peek(1) else None


class _Member(_Records):
    """One gzip member: usually one record."""

    def __init__(self, raw: _Raw) -> None:
        super().__init__(raw)
        self._inflater = zlib.decompressobj(31)
        self._consumed: deque[bytes] = deque()
        self._size = 0
        self._inflated = 0

    def read(self) -> Iterator[Entry | Flaw]:
        told = False
        for found in self._read_all():
            told = isinstance(found, Flaw)
            yield found
        if self._bad is None and not self._inflater.eof:
            self._feed.skip(MAX_INFLATED + 1)
        if self._bad is not None and not told:
            yield Flaw(self._bad, self._begin)
        if self._bad is not None:
            self._recover()

    def _more(self) -> bytes:
        out = b""
        while not out and not self._inflater.eof and self._bad is None:
            data = self._inflater.unconsumed_tail or self._next_piece()
            try:
                out = self._inflater.decompress(data, 4 * _CHUNK)
            except zlib.error:
                self._bad = FlawKind.DAMAGED
            self._inflated += len(out)
            self._check(is_all=not data)
        return out

    def _check(self, *, is_all: bool) -> None:
        """Note whether the member is at its end, or has none that is worth looking for."""
        if self._inflater.eof:
            self._raw.put_back(self._inflater.unused_data)
        elif is_all:
            self._bad = FlawKind.TORN
        elif self._inflated > MAX_INFLATED:
            self._bad = FlawKind.TOO_LARGE

    def _next_piece(self) -> bytes:
        data = self._raw.piece()
        self._consumed.append(data)
        self._size += len(data)
        while self._size > _REMEMBERED:
            self._size -= len(self._consumed.popleft())
        return data

    def _recover(self) -> None:
        """Go on at the next member: it may have begun within what was read as this one."""
        behind = b"".join(self._consumed)
        is_whole = self._raw.position - len(behind) <= self._begin
        self._raw.put_back(behind[1:] if is_whole else behind)
        self._raw.seek_member()

    def _offset(self) -> int:
        self._inflated = 0
        return self._begin

    def _end(self) -> int:
        return self._raw.position if self._inflater.eof else self._begin


def _parse_head(head: bytes) -> dict[str, str]:
    headers: dict[str, str] = {}
    name = ""
    for line in head.decode("utf-8", "replace").splitlines()[1:]:
        if line.startswith((" ", "\t")) and name:
            headers[name] += f" {line.strip()}"
            continue
        name, _, value = line.partition(":")
        name = name.strip().lower()
        headers[name] = value.strip()
    headers.pop("", None)  # the empty line
    return headers


def _length(headers: dict[str, str]) -> int | None:
    stated = headers.get("content-length", "")
    return int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 19 else None
