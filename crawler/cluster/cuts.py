"""Parcels of orders, made by the daemon: a small archive, the files of its sources, a ticket."""

from __future__ import annotations

import contextlib
import secrets
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.cluster import parcels
from crawler.cluster.tickets import TOKEN
from crawler.locks import locks_folder
from crawler.net.addresses import pace_key
from crawler.runs.links import row_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from crawler.cluster.tickets import Ticket
    from crawler.sources.model import Source
    from storage.archive import Archive


def make_parcel(
    archive: Archive,
    ticket: Ticket,
    sources: Sequence[Source],
    known: Mapping[str, Source],
    folder: Path,
    *,
    until: str,
) -> bytes:
    """Return what a worker needs for a crawl that ends by ``until``.

    ``folder`` is made and removed. Raise BadParcel, ArchiveError, OSError.
    """
    try:
        folder.mkdir(mode=0o700, parents=True)
        for source in sources:
            archive.sources.put(row_of(source))
        archive.cut(ticket.sources, folder / parcels.ARCHIVE, until=until)
        return parcels.pack(folder, ticket.as_json(), texts=read_files(sources, known))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def read_key(archive: Path) -> str:
    """Return the name by which the broker knows an archive, made once. Raise OSError."""
    path = locks_folder(archive) / ".cluster"
    with contextlib.suppress(FileNotFoundError, UnicodeError):
        if TOKEN.fullmatch(key := path.read_text(encoding="ascii").strip()):
            return key
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Killed in between, half a name would be no name for ever.
    scratch = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    scratch.write_text(secrets.token_hex(16), encoding="ascii")
    scratch.replace(path)
    return path.read_text(encoding="ascii")


def read_files(sources: Iterable[Source], known: Mapping[str, Source]) -> dict[str, bytes]:
    """Return the files of sources and of their successors, by their names in a parcel."""
    files: dict[str, bytes] = {}
    waiting = list(sources)
    while waiting:
        source = waiting.pop()
        name = f"{parcels.SOURCES}/{source.id}.toml"
        if name not in files:
            files[name] = Path(source.path).read_bytes()
            if source.successor and source.successor in known:
                waiting.append(known[source.successor])
    return files


def hosts_of(sources: Iterable[Source]) -> set[str]:
    """Return the keys of the hosts that sources are on, as table ``hosts`` names them."""
    found = set()
    for source in sources:
        urls = [source.homepage, *(seed.url for seed in source.seeds)]
        found |= {pace_key(url) for url in (*urls, *(f"http://{host}/" for host in source.hosts))}
    return found
