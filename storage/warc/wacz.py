"""Captures out as WACZ 1.1.1 (specs.webrecorder.net/wacz/1.1.1): WARC, index and page list in one
ZIP file that replay tools open. Records are copied byte for byte.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import urlsplit

from storage.errors import CaptureError
from storage.warc import records
from storage.warc.files import find_file, read_member, read_original

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from storage.records import Capture

VERSION = "1.1.1"
WARC_NAME = "baotinh.warc.gz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What an export held."""

    articles: int
    captures: int
    problems: tuple[str, ...]
    """One sentence for each capture that could not be read; it is left out."""


class _Member:
    """One file of the ZIP, hashed while it is written."""

    def __init__(self, package: zipfile.ZipFile, path: str, *, compress: bool) -> None:
        info = zipfile.ZipInfo(path)
        info.compress_type = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
        info.external_attr = 0o644 << 16
        self._stream = package.open(info, "w", force_zip64=True)
        self._hash = hashlib.sha256()
        self.path = path
        self.size = 0

    def write(self, data: bytes) -> None:
        self._stream.write(data)
        self._hash.update(data)
        self.size += len(data)

    def close(self) -> dict[str, Any]:
        """End the file and return its entry in the package description."""
        self._stream.close()
        name = self.path.rpartition("/")[2]
        digest = f"sha256:{self._hash.hexdigest()}"
        return {"name": name, "path": self.path, "hash": digest, "bytes": self.size}


def write_wacz(
    out: IO[bytes],
    records: Iterable[dict[str, Any]],
    *,
    captures_of: Callable[[int], Sequence[Capture]],
    captures_dir: Path,
    created: str,
    evidence_of: Callable[[Iterable[str]], Iterable[Path]] = lambda _: (),
    stamp: Callable[[bytes], dict[str, str]] = lambda _: {},
) -> Written:
    """Write the captures of the articles (``export.read_articles``) as one WACZ.

    ``captures_of`` names the captures of an article's id, oldest first; ``created`` is the instant
    for the package description. ``evidence_of`` names the files that prove what stands in some
    manifests, ``stamp`` signs the digest of the package. The index is sorted on disk, so memory
    stays small.
    """
    with closing(sqlite3.connect("")) as scratch, zipfile.ZipFile(out, "w") as package:
        scratch.execute("create table lines (line text primary key) without rowid")
        scratch.execute("create table pages (line text)")
        scratch.execute("create table copied (place text primary key) without rowid")
        member = _Member(package, f"archive/{WARC_NAME}", compress=False)
        copier = _Copier(captures_of, captures_dir, scratch, member)
        articles = sum(copier.copy_article(record) for record in records)
        resources = [member.close()]
        resources.append(_write_lines(package, "indexes/index.cdx", _lines(scratch, "lines")))
        pages = (_PAGES_HEAD, *_lines(scratch, "pages"))
        resources.append(_write_lines(package, "pages/pages.jsonl", pages))
        resources += [_attach(package, path) for path in evidence_of(sorted(copier.manifests))]
        _describe(package, resources, created, stamp)
        captures = scratch.execute("select count(*) from lines").fetchone()[0]
    return Written(articles=articles, captures=captures, problems=tuple(copier.problems))


_PAGES_HEAD = json.dumps({"format": "json-pages-1.0", "id": "pages", "title": "All Pages"})


class _Copier:
    def __init__(
        self,
        captures_of: Callable[[int], Sequence[Capture]],
        captures_dir: Path,
        scratch: sqlite3.Connection,
        member: _Member,
    ) -> None:
        self._captures_of = captures_of
        self._captures_dir = captures_dir
        self._scratch = scratch
        self._member = member
        self.problems: list[str] = []
        self.manifests: set[str] = set()
        """Manifests that list what was copied."""
        member.write(records.info_bytes(WARC_NAME, {}))

    def copy_article(self, record: dict[str, Any]) -> bool:
        """Copy an article's captures; say whether there was one."""
        copied = [self._copy(c) for c in self._captures_of(record["id"])]
        if not any(copied):
            return False
        last = next(capture for capture in reversed(copied) if capture)
        page = {"id": str(record["id"]), "url": last.url, "ts": last.fetched_at}
        self._scratch.execute(
            "insert into pages values (?)", (json.dumps(page | {"title": record["title"]}),)
        )
        return True

    def _copy(self, capture: Capture) -> Capture | None:
        try:
            self._copy_record(capture.file, capture.offset)
        except (CaptureError, OSError, ValueError) as error:
            self.problems.append(f"capture {capture.file} at {capture.offset}: {error}")
            return None
        for names in (capture.manifest, capture.origin_manifests):
            self.manifests.update((names or "").split())
        return capture

    def _copy_record(self, file: str, offset: int) -> None:
        place = f"{file}:{offset}"
        if self._scratch.execute("select 1 from copied where place = ?", (place,)).fetchone():
            return
        data = read_member(find_file(self._captures_dir, file), offset)
        record = records.read_record(data)
        if record.warc.get("warc-type") == "revisit":
            # Replay needs the record that holds the payload, whoever's capture it is.
            original = record.warc.get(records.REFERS_TO_OFFSET.lower(), "")
            if original.isdigit():
                self._copy_record(*read_original(self._captures_dir, record)[:2])
        line = _index_line(record, self._member.size, len(data))
        self._member.write(data)
        self._scratch.execute("insert into copied values (?)", (place,))
        # Replay shows what the server sent, and has it drawn again.
        if record.warc.get("warc-type") != records.CONVERSION:
            self._scratch.execute("insert or ignore into lines values (?)", (line,))


def surt(url: str) -> str:
    """Return the sort key of a URL in replay indexes: ``vn,baolongan)/tin-a1.html``."""
    parts = urlsplit(url.lower())
    host = (parts.hostname or "").removeprefix("www.")
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    query = "?" + "&".join(sorted(parts.query.split("&"))) if parts.query else ""
    return f"{','.join(reversed(host.split('.')))}{port}){parts.path or '/'}{query}"


def _index_line(record: records.Record, offset: int, length: int) -> str:
    url = record.warc["warc-target-uri"]
    stamp = "".join(c for c in record.warc["warc-date"] if c.isdigit())[:14]
    revisit = record.warc.get("warc-type") == "revisit"
    kind = next((v for name, v in record.headers if name.lower() == "content-type"), "")
    fields = {
        "url": url,
        "mime": "warc/revisit" if revisit else kind.partition(";")[0].strip() or "unk",
        "status": str(record.status),
        "digest": record.warc.get("warc-payload-digest", ""),
        "length": str(length),
        "offset": str(offset),
        "filename": WARC_NAME,
    }
    return f"{surt(url)} {stamp} {json.dumps(fields)}"


def _lines(scratch: sqlite3.Connection, table: str) -> Iterator[str]:
    # Table lines is its own key, so it comes sorted, byte by byte, as replay needs it.
    for row in scratch.execute(f"select line from {table}"):  # noqa: S608
        yield row[0]


def _write_lines(package: zipfile.ZipFile, path: str, lines: Iterable[str]) -> dict[str, Any]:
    member = _Member(package, path, compress=True)
    for line in lines:
        member.write(line.encode() + b"\n")
    return member.close()


def _attach(package: zipfile.ZipFile, path: Path) -> dict[str, Any]:
    """Copy a manifest, or a stamp, beside the captures that it proves.

    A folder a chain at the top: `wacz validate` knows no file two folders deep.
    """
    member = _Member(package, f"evidence-{path.parent.name}/{path.name}", compress=True)
    member.write(path.read_bytes())
    return member.close()


def _describe(
    package: zipfile.ZipFile,
    resources: list[dict[str, Any]],
    created: str,
    stamp: Callable[[bytes], dict[str, str]],
) -> None:
    description = {
        "profile": "data-package",
        "wacz_version": VERSION,
        "created": created,
        "software": "baotinh",
        "resources": resources,
    }
    text = json.dumps(description, indent=2).encode()
    package.writestr("datapackage.json", text)
    whole = f"sha256:{hashlib.sha256(text).hexdigest()}"
    digest: dict[str, Any] = {"path": "datapackage.json", "hash": whole}
    if signed := stamp(whole.encode()):
        # specs.webrecorder.net/wacz-auth, with the stamp alone: there is no key of ours.
        facts = {"hash": whole, "created": created, "software": "baotinh", "version": "0.1.0"}
        digest["signedData"] = facts | signed
    package.writestr("datapackage-digest.json", json.dumps(digest))
