"""The proof of one article as a file: what was captured, where it is listed, who stamped the list.

A ZIP file that needs nothing of ours: ``sha256sum`` and ``openssl`` check it. A chain of manifests
has a folder of its own where there are several, as their files have the same names.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

from storage.errors import CaptureError
from storage.evidence.files import read_bytes
from storage.evidence.links import read_file, up_to_stamp
from storage.evidence.manifest import PAYLOAD, RECORD, name_capture, sha256
from storage.warc.files import read_capture

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from storage.records import Capture, StoredArticle

AUTHORITY = "authority.pem"
_TEXT = """\
Proof of an article

title      {title}
address    {url}
captures   {count}

{files}
{checks}
3. A record is a gzip member of a WARC file: `zcat NAME.record` shows the address, the date and the
   answer of the server. NAME.payload is its body as it was sent, mostly compressed. A record of
   type "revisit" has no body: the same bytes were there before, and are its NAME.payload.

What this proves: these bytes existed when the stamp was given. That the site sent them is the word
of whoever ran the crawler; the stamp says that nobody has changed them since.
"""
_CHECKS = """\
{place}1. The captures are what the manifests say. Each .record, .payload and .sha256
   must be OK:

{sums}
2. {stamped}
"""
_STAMPED = """\
A manifest was stamped by a time-stamping authority (RFC 3161). It must say "Verification: OK":

{commands}"""
_STAMP = """\
   openssl ts -verify -data {manifest} -in {stamp} -CAfile {authority}
   openssl ts -reply -in {stamp} -text      # when, and by whom
"""
_UNSTAMPED = "No manifest since then has a stamp: nobody but its keeper vouches for the time.\n"
_PARTLY = """
   No stamp covers {names}: nobody but its keeper vouches for the time of what it lists.
"""
_FOREIGN = """
   The authority's certificates are not in this file: get them from the authority itself, or use
   those of your system, e.g. /etc/ssl/certs/ca-certificates.crt.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a proof holds."""

    captures: int
    stamped: int
    """How many of them a stamp covers."""
    left_out: tuple[str, ...] = ()
    """Captures that are not what their manifests say, one sentence each."""


@dataclass(slots=True, kw_only=True)
class _Chain:
    """What a proof holds of one chain of manifests."""

    folder: str
    manifests: dict[str, Path] = field(default_factory=dict)
    stamps: dict[str, Path] = field(default_factory=dict)
    """Name of a manifest -> its stamp."""
    unstamped: set[str] = field(default_factory=set)
    files: list[tuple[str, Capture]] = field(default_factory=list)
    stamped: set[int | None] = field(default_factory=set)
    """Ids of captures that a stamp covers."""


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
    chains: dict[str, _Chain] = {}
    left_out: list[str] = []
    listed = [(capture, name) for capture in captures for name in _listing(capture)]
    several = len({_chain_of(name) for _, name in listed}) > 1
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for capture, name in listed:
            folder_of = f"{_chain_of(name)}/" if several else ""
            chain = chains.setdefault(_chain_of(name), _Chain(folder=folder_of))
            try:
                _add_capture(package, captures_dir, capture, chain, folder / name)
            except CaptureError as error:
                left_out.append(str(error))
        if not any(chain.files for chain in chains.values()):
            raise CaptureError(left_out[0])
        for chain in chains.values():
            for path in (*chain.manifests.values(), *chain.stamps.values()):
                package.write(path, chain.folder + path.name)
        if authority is not None:
            package.write(authority, AUTHORITY)
        package.writestr("README.txt", _describe(article, list(chains.values()), authority))
    stamped = set[int | None]().union(*(chain.stamped for chain in chains.values()))
    return Proof(
        captures=len(_captures_in(chains.values())),
        stamped=len(stamped),
        left_out=tuple(left_out),
    )


def _listing(capture: Capture) -> list[str]:
    """Return all manifests that list a capture, ours first."""
    return f"{capture.manifest or ''} {capture.origin_manifests or ''}".split()


def _chain_of(manifest: str) -> str:
    return manifest.partition("/")[0]


def _captures_in(chains: Iterable[_Chain]) -> set[int | None]:
    return {capture.id for chain in chains for _, capture in chain.files}


def _add_capture(
    package: zipfile.ZipFile, captures_dir: Path, capture: Capture, chain: _Chain, path: Path
) -> None:
    """Add a capture, under the name that a manifest has for it: elsewhere it had another one.

    Raise CaptureError where the manifest does not list what is there.
    """
    needed, stamp = up_to_stamp(path)
    data = read_bytes(captures_dir, capture)
    manifest = read_file(path)
    listed = manifest.digests if manifest else {}
    own, digest = name_capture(capture.file, capture.offset, RECORD), sha256(data)
    known = [name for name, each in listed.items() if each == digest and name.endswith(RECORD)]
    if not known:
        raise CaptureError(
            f"{own.removesuffix(RECORD)} is not what {path.name} lists: see"
            " `baotinh verify --evidence`"
        )
    name = (own if own in known else known[0]).removesuffix(RECORD)
    payload = read_capture(captures_dir, capture, decode=False).raw
    if all(name != each for each, _ in chain.files):  # an archive may have a record twice
        package.writestr(chain.folder + name + RECORD, data)
        package.writestr(chain.folder + name + PAYLOAD, payload)
    chain.files.append((name, capture))
    chain.manifests |= {each.name: each for each in needed}
    if stamp is None:
        chain.unstamped.add(path.name)
    else:
        chain.stamps[needed[-1].name] = stamp
        chain.stamped.add(capture.id)


def _describe(article: StoredArticle, chains: list[_Chain], authority: Path | None) -> str:
    files = "".join(
        f"{name}\n   {capture.fetched_at}  {capture.url}\n"
        for chain in chains
        for name, capture in dict(chain.files).items()
    )
    return _TEXT.format(
        title=article.title,
        url=article.url,
        count=len(_captures_in(chains)),
        files=files,
        checks="\n".join(_describe_chain(chain, authority) for chain in chains if chain.files),
    )


def _describe_chain(chain: _Chain, authority: Path | None) -> str:
    sums = "".join(
        f"   sha256sum --check --ignore-missing {name}\n" for name in sorted(chain.manifests)
    )
    place = f"In the folder {chain.folder}\n\n" if chain.folder else ""
    up = "../" if chain.folder else ""
    commands = "".join(
        _STAMP.format(
            manifest=name,
            stamp=stamp.name,
            authority=up + AUTHORITY if authority else "FILE.pem",
        )
        for name, stamp in sorted(chain.stamps.items())
    )
    stamped = _STAMPED.format(commands=commands) if commands else _UNSTAMPED
    if commands and chain.unstamped:
        stamped += _PARTLY.format(names=", ".join(sorted(chain.unstamped)))
    if commands and authority is None:
        stamped += _FOREIGN
    return _CHECKS.format(place=place, sums=sums, stamped=stamped)
