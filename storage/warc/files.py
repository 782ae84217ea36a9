"""WARC files of captures: append, rotate, read back by file and offset.

A file is ``<name>-NNNNN.warc.gz.open`` while one process writes it and holds a lock on it, and
loses ``.open`` when it is closed. Nothing is ever appended to a file of an earlier run: behind a
torn record no reader would find it. The bytes are on the disk before ``write`` returns, so a
database row never points at nothing.
"""

from __future__ import annotations

import fcntl
import glob
import os
import re
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from storage.errors import CaptureError
from storage.records import Capture, CapturedResponse
from storage.warc import records
from storage.warc.encodings import decode_body

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from types import TracebackType

MAX_BYTES = 1024 * 1024 * 1024
"""Size at which a writer goes on to its next file: the usual size of WARC files."""
OPEN = ".open"
MAX_HOPS = 5

_CHUNK = 256 * 1024
_SUFFIX = ".warc.gz"
_APART = "~"
_DIGEST = "warc-payload-digest"
_NAME = re.compile(r"[^A-Za-z0-9._-]+")


class CaptureWriter:
    """Appends exchanges to WARC files of its own. One process, one writer, one lock."""

    def __init__(
        self,
        directory: Path,
        name: str,
        *,
        about: Mapping[str, str] | None = None,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        """``name`` begins the file names; what is not a plain letter becomes ``-``.

        ``about`` is what each file says of itself in its first record.
        """
        self._directory = directory
        self._about = about or {}
        self._name = _NAME.sub("-", name).strip(".-") or "captures"
        self._max_bytes = max_bytes
        self._number = 0
        self._handle: int | None = None
        self._file = ""
        self._size = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def write(
        self,
        *,
        url: str,
        fetched_at: str,
        status: int,
        reason: str,
        headers: records.Headers,
        body: bytes,
        ip: str | None,
        request_headers: records.Headers = (),
        method: str = "GET",
        earlier: Capture | None = None,
        origin: records.Origin | None = None,
        digest: str | None = None,
        sync: bool = True,
    ) -> Capture:
        """Append a response and its request, and return where the response lies.

        ``body`` is raw: still compressed, chunks joined. ``earlier`` is a capture that may
        hold the same payload (see ``Archive.first_capture``): if it does, or if the answer is
        304, only the headers are written, as a revisit record. With an ``origin`` there is no
        request to write. ``digest`` is that of the body, where known. Without ``sync`` nothing
        waits for the disk: call `sync` before a row names the capture. Raise CaptureError when
        the disk is full or fails; the file then ends where it ended before.
        """
        exchange = records.Exchange(
            url=url,
            fetched_at=fetched_at,
            status=status,
            reason=reason,
            headers=headers,
            body=body,
            ip=ip,
            method=method,
            request_headers=request_headers,
            origin=origin,
        )
        digest = digest or records.payload_digest(body)
        return self._write_exchange(exchange, digest, earlier, sync=sync)

    def _write_exchange(
        self, exchange: records.Exchange, digest: str, earlier: Capture | None, *, sync: bool
    ) -> Capture:
        original = _original(earlier, digest, exchange)
        response, response_id = records.response_bytes(exchange, digest, original)
        origin = exchange.origin
        request = records.request_bytes(exchange, response_id) if origin is None else b""
        offset = self._append(response + request, sync=sync)
        return Capture(
            url=exchange.url,
            fetched_at=exchange.fetched_at,
            status=exchange.status,
            content_type=_content_type(exchange.headers),
            digest=digest if original is None else original.digest,
            file=self._file,
            offset=offset,
            length=len(response),
            origin=origin.name if origin else None,
            origin_offset=origin.offset if origin else None,
            origin_record=origin.record_id if origin else None,
            origin_digest=origin.digest if origin and origin.digest != digest else None,
        )

    def append(self, record: bytes) -> tuple[str, int]:
        """Append a record as it is; return its file and offset. Raise CaptureError; see `sync`."""
        offset = self._append(record, sync=False)
        return self._file, offset

    def sync(self) -> None:
        """Wait until all that was written is on the disk. Raise CaptureError."""
        if self._handle is None:
            return
        try:
            os.fsync(self._handle)
        except OSError as error:
            where = self._directory / self._file
            raise CaptureError(f"{where} cannot be written: {error.strerror}") from error

    def close(self) -> None:
        """Give the file its final name. May be called again; writing opens the next file."""
        if self._handle is None:
            return
        path = self._directory / (self._file + OPEN)
        try:
            os.fsync(self._handle)
            path.rename(self._directory / self._file)
            _sync_directory(self._directory)
        except OSError as error:
            raise CaptureError(f"{path} cannot be closed: {error.strerror}") from error
        finally:
            # Closing gives up the lock, so it comes after the new name.
            os.close(self._handle)
            self._handle = None

    def _append(self, records_: bytes, *, sync: bool) -> int:
        """Write the records of one exchange; return the offset of the first."""
        try:
            if self._handle is not None and self._size >= self._max_bytes:
                self.close()
            if self._handle is None:
                self._open_next()
            offset = self._size
            self._write_all(records_, sync=sync)
        except OSError as error:
            where = self._directory / (self._file or self._name)
            raise CaptureError(f"{where} cannot be written: {error.strerror}") from error
        return offset

    def _write_all(self, data: bytes, *, sync: bool) -> None:
        if self._handle is None:
            raise CaptureError("the capture file is not open")
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(self._handle, view) :]
            if sync:
                os.fsync(self._handle)
        except OSError:
            # Half a record would hide what is written behind it.
            os.ftruncate(self._handle, self._size)
            os.lseek(self._handle, self._size, os.SEEK_SET)
            raise
        self._size += len(data)

    def _open_next(self) -> None:
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        while True:
            self._number += 1
            file = f"{self._name}-{self._number:05d}.warc.gz"
            path = self._directory / (file + OPEN)
            if (self._directory / file).exists():
                continue
            try:
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            except FileExistsError:
                continue
            if lock(handle) and _same_file(handle, path):
                break
            os.close(handle)
        os.fchmod(handle, 0o600)
        self._handle, self._file, self._size = handle, file, 0
        _sync_directory(self._directory)
        self._write_all(records.info_bytes(file, self._about), sync=True)


def read_capture(directory: Path, capture: Capture, *, decode: bool = True) -> CapturedResponse:
    """Read a captured response back and check it against its digest.

    ``body`` is decoded as Content-Encoding says, or the raw one with ``decode=False``. The
    payload of a revisit is that of the record it refers to. Raise CaptureError, naming file
    and offset, when the file is missing, damaged, or holds something else.
    """
    where = f"{capture.file} at {capture.offset}"
    try:
        record = records.read_record(
            _member(directory, capture.file, capture.offset, capture.length)
        )
        payload = _payload(directory, record)
        if records.payload_digest(payload) != capture.digest:
            raise ValueError("its payload does not have the digest it should")
        encoding = ", ".join(v for name, v in record.headers if name.lower() == "content-encoding")
        body = decode_body(payload, encoding) if decode else payload
    except OSError as error:
        raise CaptureError(f"the capture in {where} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise CaptureError(f"the capture in {where} cannot be read: {error}") from error
    return CapturedResponse(
        url=record.warc.get("warc-target-uri", capture.url),
        status=record.status,
        headers=record.headers,
        raw=payload,
        body=body,
        fetched_at=record.warc.get("warc-date", capture.fetched_at),
    )


def find_file(directory: Path, file: str) -> Path:
    """Return the path of a capture file, closed or still being written. Raise CaptureError."""
    if file != os.path.basename(file) or file in ("", ".", ".."):  # noqa: PTH119 - a name, no path
        raise CaptureError(f"{file!r} is no name of a capture file")
    path = directory / file
    return path if path.exists() else directory / (file + OPEN)


def rename_apart(file: str, tag: str) -> str:
    """Return the name of a capture file whose own name another one has already."""
    return f"{file.removesuffix(_SUFFIX)}{_APART}{tag}{_SUFFIX}"


def read_original(directory: Path, record: records.Record) -> tuple[str, int, bytes]:
    """Return file, offset and gzip member of the record that a revisit refers to.

    Where archives were merged, several files may have had its name: the payload's digest tells
    which is meant. Raise ValueError or OSError where there is none.
    """
    file = record.warc.get(records.REFERS_TO_FILE.lower(), "")
    offset = int(record.warc.get(records.REFERS_TO_OFFSET.lower(), "0"))
    digest = record.warc.get(_DIGEST)
    problem: Exception = ValueError(f"no {file} holds what it refers to")
    for path in _named_alike(directory, file):
        try:
            member = read_member(path, offset)
            found = records.read_record(member).warc.get(_DIGEST)
        except (OSError, ValueError) as error:
            problem = error
            continue
        if digest is None or found is None or found == digest:
            return path.name.removesuffix(OPEN), offset, member
    raise problem


def _named_alike(directory: Path, file: str) -> Iterator[Path]:
    yield find_file(directory, file)
    # The folder is listed only where the file of that very name is not the one.
    yield from sorted(directory.glob(rename_apart(glob.escape(file), "*")))


def lock(handle: int) -> bool:
    """Take the lock that says a process writes this file; False when another one has it."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _member(directory: Path, file: str, offset: int, length: int | None) -> bytes:
    with find_file(directory, file).open("rb") as stream:
        stream.seek(offset)
        return stream.read(length)


def read_member(path: Path, offset: int) -> bytes:
    """Return the gzip member that begins at an offset, to wherever it ends.

    Raise ValueError where it is cut off or damaged.
    """
    member = bytearray()
    inflater = zlib.decompressobj(31)
    with path.open("rb") as stream:
        stream.seek(offset)
        while not inflater.eof:
            chunk = stream.read(_CHUNK)
            if not chunk:
                raise ValueError(f"the record in {path.name} at {offset}, is cut off")
            member += chunk
            try:
                inflater.decompress(chunk)
            except zlib.error as error:
                raise ValueError(f"the record in {path.name} at {offset}, is damaged") from error
    return bytes(member[: len(member) - len(inflater.unused_data)])


def _payload(directory: Path, record: records.Record) -> bytes:
    """Follow a revisit to the record that holds the payload."""
    for _ in range(MAX_HOPS):
        if record.warc.get("warc-type") != "revisit":
            return record.payload
        record = records.read_record(read_original(directory, record)[2])
    raise ValueError("it is a revisit of a revisit without end")


def find_original(directory: Path, capture: Capture) -> Capture:
    """Return the capture that holds the payload: of a revisit, the one it refers to.

    A revisit that refers to it directly never becomes the last of a long chain. Raise
    CaptureError where a record on the way cannot be read.
    """
    file, offset = capture.file, capture.offset
    try:
        member = read_member(find_file(directory, file), offset)
        for _ in range(MAX_HOPS):
            record = records.read_record(member)
            if record.warc.get("warc-type") != "revisit":
                return replace(
                    capture,
                    url=record.warc["warc-target-uri"],
                    fetched_at=record.warc["warc-date"],
                    file=file,
                    offset=offset,
                    length=len(member),
                )
            file, offset, member = read_original(directory, record)
    except (OSError, ValueError) as error:
        raise CaptureError(f"{file} at {offset} cannot be read: {error}") from error
    raise CaptureError(f"{capture.file} at {capture.offset} is a revisit without end")


def _original(
    earlier: Capture | None, digest: str, exchange: records.Exchange
) -> records.Original | None:
    same = exchange.status == 304 or (exchange.body and earlier and earlier.digest == digest)
    if earlier is None or not same:
        return None
    return records.Original(
        url=earlier.url,
        fetched_at=earlier.fetched_at,
        digest=earlier.digest,
        file=earlier.file,
        offset=earlier.offset,
    )


def _content_type(headers: records.Headers) -> str | None:
    for name, value in headers:
        name, value = records.text(name), records.text(value)
        if name.lower() == "content-type":
            return value.strip() or None
    return None


def _same_file(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False


def _sync_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
