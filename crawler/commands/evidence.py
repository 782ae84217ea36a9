"""``baotinh evidence``: a manifest of what was captured, stamped by an authority."""

from __future__ import annotations

import base64
import sys
from typing import TYPE_CHECKING

import click

from crawler.render.terminal import note
from storage.archive import Archive
from storage.errors import BaotinhError
from storage.instants import read_clock

if TYPE_CHECKING:
    from pathlib import Path

    from crawler.cli import Options
    from crawler.environment import Settings


@click.command()
@click.pass_obj
def command(options: Options) -> None:
    """List the digests of all captures since the last time, and have the list stamped.

    The manifest is a file of sha256sum's format in captures/evidence/; with TIMESTAMP_URL an
    authority (RFC 3161) stamps it, and learns nothing but its digest. The daemon does this every
    night. Ends with 1 when a capture could not be read or the authority gave no stamp.
    """
    settings = options.settings
    with Archive.open_existing(options.archive, captures_dir=options.captures_dir) as archive:
        complaints: list[str] = []
        count = 0
        while (made := archive.evidence.make(now=read_clock())) is not None:
            click.echo(f"{made.path}: {made.captures} captures")
            complaints = list(made.complaints)
            count += 1
        if not count:
            click.echo("nothing was captured since the last manifest")
        last = archive.evidence.last()
        if settings.timestamp_url and last is not None:
            complaints += _stamp(settings, last)
    for complaint in complaints:
        note(f"baotinh: {complaint}")
    sys.exit(1 if complaints else 0)


def _stamp(settings: Settings, manifest: Path) -> list[str]:
    """Have a manifest stamped that has no stamp; return what went wrong."""
    from storage.evidence.files import keep_file, stamp_of

    target = stamp_of(manifest)
    if target.exists():
        return []
    try:
        answer, at = get_stamp(settings, manifest.read_bytes())
    except BaotinhError as error:
        return [f"{manifest.name} was not stamped: {error}"]
    keep_file(target, answer)
    click.echo(f"{target}: stamped at {at}")
    return []


def get_stamp(settings: Settings, data: bytes) -> tuple[bytes, str]:
    """Return the authority's stamp on some bytes, and its instant. Raise BaotinhError."""
    from crawler.net.timestamps import ask_for_stamp
    from storage.evidence.stamps import check_stamp, query_for, read_roots

    answer = ask_for_stamp(settings.timestamp_url, query_for(data), settings.private_hosts)
    return answer, check_stamp(answer, data, read_roots(settings.timestamp_roots))


def sign_package(settings: Settings, data: bytes) -> dict[str, str]:
    """Return the stamp as a WACZ carries it (wacz-auth); nothing without an authority.

    One that is away is told, and the package has no stamp.
    """
    if not settings.timestamp_url:
        return {}
    try:
        answer, _ = get_stamp(settings, data)
    except BaotinhError as error:
        note(f"baotinh: the package was not stamped: {error}")
        return {}
    roots = settings.timestamp_roots
    signed = {"timeSignature": base64.b64encode(answer).decode()}
    return signed | ({"timestampCert": roots.read_text("ascii")} if roots else {})
