"""The proof of one article as a file: what was captured, where it is listed, who stamped the list.

A ZIP file that needs nothing of ours: ``sha256sum`` and ``openssl`` check it.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from storage.errors import CaptureError
from storage.evidence.files import read_bytes, stamp_of, up_to_stamp
from storage.evidence.manifest import PAYLOAD, RECORD, name_capture
from storage.warc.files import read_capture

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from storage.records import Capture, StoredArticle

AUTHORITY = "authority.pem"
_TEXT = """\
Proof of an article

title      {title}
address    {url}
captures   {count}

1. The captures are what the manifest says. Each .record and .payload must be OK:

{checks}
2. {stamped}

3. A record is a gzip member of a WARC file: `zcat NAME.record` shows the address, the date and the
   answer of the server. NAME.payload is its body as it was sent, mostly compressed.

What this proves: these bytes existed when the stamp was given. That the site sent them is the word
of whoever ran the crawler; the stamp says that nobody has changed them since.
"""
_STAMPED = """\
The manifest was stamped by a time-stamping authority (RFC 3161). It must say "Verification: OK":

   openssl ts -verify -data {manifest} -in {stamp} -CAfile {authority}
   openssl ts -reply -in {stamp} -text      # when, and by whom{foreign}"""
_UNSTAMPED = "No manifest since then has a stamp: nobody but its keeper vouches for the time."
_FOREIGN = """

   The authority's certificates are not in this file: get them from the authority itself, or use
   those of your system, e.g. /etc/ssl/certs/ca-certificates.crt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a proof holds."""

    captures: int
    stamped: bool


def write_proof(
    out: IO[bytes],
    article: StoredArticle,
    captures: Sequence[Capture],
    *,
    captures_dir: Path,
    folder: Path,
    authority: Path | None,
) -> Proof:
    """Write the proof; ``captures`` are those that manifests list. Raise CaptureError."""
    if not captures:
        raise CaptureError(
            f"no capture of article {article.id} is in a manifest yet: run `baotinh evidence`"
        )
    manifests: dict[str, Path] = {}
    stamps: list[Path] = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for capture in captures:
            _add_capture(package, captures_dir, capture)
        for name in dict.fromkeys(each.manifest or "" for each in captures):
            needed, stamp = up_to_stamp(folder / name)
            manifests |= {path.name: path for path in needed}
            stamps += [stamp] if stamp else []
        for path in (*manifests.values(), *dict.fromkeys(stamps)):
            package.write(path, path.name)
        if authority is not None:
            package.write(authority, AUTHORITY)
        text = _describe(article, len(captures), sorted(manifests), stamps, authority)
        package.writestr("README.txt", text)
    return Proof(captures=len(captures), stamped=bool(stamps))


def _add_capture(package: zipfile.ZipFile, captures_dir: Path, capture: Capture) -> None:
    payload = read_capture(captures_dir, capture, decode=False).raw
    name = name_capture(capture.file, capture.offset, RECORD)
    package.writestr(name, read_bytes(captures_dir, capture))
    package.writestr(name_capture(capture.file, capture.offset, PAYLOAD), payload)


def _describe(
    article: StoredArticle,
    count: int,
    manifests: list[str],
    stamps: list[Path],
    authority: Path | None,
) -> str:
    checks = "".join(f"   sha256sum --check --ignore-missing {name}\n" for name in manifests)
    stamped = _UNSTAMPED
    if stamps:
        stamp = max(stamps, key=lambda path: path.name)
        manifest = next(name for name in manifests if stamp_of(stamp.with_name(name)) == stamp)
        stamped = _STAMPED.format(
            manifest=manifest,
            stamp=stamp.name,
            authority=AUTHORITY if authority else "FILE.pem",
            foreign="" if authority else _FOREIGN,
        )
    return _TEXT.format(
        title=article.title, url=article.url, count=count, checks=checks, stamped=stamped
    )
