"""``baotinh evidence``: a manifest of what was captured, stamped by an authority."""

from __future__ import annotations

import base64
import sys
from typing import TYPE_CHECKING

import click

from crawler.render.progress import show_progress
from crawler.render.terminal import note, say_json
from storage.archive import Archive
from storage.errors import BaotinhError
from storage.instants import read_clock

if TYPE_CHECKING:
    from pathlib import Path

    from crawler.cli import Options
    from crawler.environment import Settings
    from storage.evidence.chain import Made


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a manifest or stamp.")
@click.pass_obj
def command(options: Options, as_json: bool) -> None:
    """List the digests of all captures since the last time, and have the list stamped.

    The manifest is a file of sha256sum's format in captures/evidence/; with TIMESTAMP_URL an
    authority (RFC 3161) stamps it, and learns nothing but its digest. The daemon does this every
    night. Ends with 1 when a capture could not be read or the authority gave no stamp.
    """
    settings = options.settings
    with Archive.open_existing(options.archive, captures_dir=options.captures_dir) as archive:
        complaints: list[str] = []
        archive.evidence.register.note_all()
        listed = 0
        for made in _make_all(archive):
            if as_json:
                say_json({"manifest": str(made.path), "captures": made.captures})
            else:
                click.echo(f"{made.path}: {made.captures} captures")
            complaints = list(made.complaints)
            listed += made.captures
        if not listed and not as_json:
            click.echo("nothing was captured since the last manifest")
        last = archive.evidence.last()
        if settings.timestamp_url and last is not None:
            complaints += _stamp(archive, settings, last, as_json=as_json)
    for complaint in complaints:
        note(f"baotinh: {complaint}")
    sys.exit(1 if complaints else 0)


def _make_all(archive: Archive) -> list[Made]:
    made: list[Made] = []
    with show_progress(lambda: f"{sum(one.captures for one in made)} captures listed"):
        while (one := archive.evidence.make(now=read_clock())) is not None:
            made.append(one)
    return made


def _stamp(archive: Archive, settings: Settings, manifest: Path, *, as_json: bool) -> list[str]:
    """Have a manifest stamped that has no stamp; return what went wrong."""
    from storage.evidence.files import stamp_of

    target = stamp_of(manifest)
    if target.exists():
        return []
    if f"{target.parent.name}/{target.name}" in archive.evidence.register.digests():
        return [f"{target.name} was here and is missing: bring it back from a backup"]
    try:
        answer, at = get_stamp(settings, manifest.read_bytes())
    except BaotinhError as error:
        return [f"{manifest.name} was not stamped: {error}"]
    archive.evidence.register.keep(target, answer)
    if as_json:
        say_json({"stamp": str(target), "manifest": str(manifest), "stamped_at": at})
    else:
        click.echo(f"{target}: stamped at {at}")
    return []


def get_stamp(settings: Settings, data: bytes) -> tuple[bytes, str]:
    """Return the authority's stamp on some bytes, and its instant. Raise BaotinhError."""
    from crawler.net.timestamps import ask_for_stamp
    from storage.evidence.stamps import StampError, check_stamp, query_for, read_roots

    answer = ask_for_stamp(settings.timestamp_url, query_for(data), settings.private_hosts)
    roots = read_roots(settings.timestamp_roots)
    try:
        return answer, check_stamp(answer, data, roots)
    except StampError as error:
        url = settings.timestamp_url
        raise StampError(f"authority {url}: its answer is no stamp of this: {error}") from error


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
