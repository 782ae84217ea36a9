"""``baotinh serve``: the archive in a browser, read only."""

from __future__ import annotations

import importlib.util
import re
from typing import TYPE_CHECKING

import click

from crawler.errors import UsageError
from crawler.render.terminal import note

if TYPE_CHECKING:
    from crawler.cli import Options

NEEDED = ("datasette", "jinja2", "starlette", "uvicorn")
_NAME = re.compile(r"[\w.-]+(?::\d+)?|\[[0-9A-Fa-f:.]+\](?::\d+)?")
_BASE = re.compile(r"(?:/[\w.~-]+)*")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True)
@click.option(
    "--captures-port",
    type=click.IntRange(0, 65535),
    help="Port of captured pages, an origin of their own; else the next one.",
)
@click.option(
    "--captures-url",
    default="",
    metavar="URL",
    help="Where a proxy shows that port, e.g. https://captures.example.vn.",
)
@click.option(
    "--allow-host",
    "hosts",
    multiple=True,
    metavar="NAME",
    envvar="BAOTINH_SERVE_HOSTS",
    help="A name under which the pages are asked for; others are refused. May be repeated.",
)
@click.option(
    "--base-path",
    default="",
    metavar="PATH",
    help="Path under which a proxy shows the pages, e.g. /baotinh.",
)
@click.pass_obj
def command(
    options: Options,
    host: str,
    port: int,
    captures_port: int | None,
    captures_url: str,
    hosts: tuple[str, ...],
    base_path: str,
) -> None:
    """Show the archive in a browser: search, read, compare, subscribe; tables and queries.

    Several archives are searched as one, and each has pages of its own.
    Pages are read only, in Vietnamese or English as the browser wishes. There is no password: put
    a proxy in front for others than this machine. Needs the extra "web".
    """
    if any(importlib.util.find_spec(name) is None for name in NEEDED):
        raise UsageError("'baotinh serve' needs the extra web: pip install '.[web]' in a checkout")
    base = base_path.rstrip("/")
    _check(base, captures_url, hosts)
    from crawler.web import server
    from crawler.web.app import make_app
    from crawler.web.visit import Site, name_apart_in_addresses, name_database
    from storage.federation.archives import Archives, name_apart

    archives = list(dict.fromkeys(path.absolute() for path in options.archives))
    several = len(archives) > 1
    with Archives.open_reading(archives) as opened:
        opened.members[0].archive.bound_memory()
        for failure in opened.failures:
            note(f"baotinh: {failure}")
    listener = server.listen(host, port, captures_port)
    site = Site(
        database="" if several else name_database(archives[0].stem),
        shelf=name_apart_in_addresses(name_apart(archives)) if several else {},
        sources_dir=options.sources_dir,
        base=base,
        captures_url=captures_url,
        captures_port=listener.captures_port,
    )
    app = make_app(
        site,
        archives,
        options.captures_dir,
        hosts=server.known_hosts(host, hosts),
        log=note,
    )
    note(f"Báo Tỉnh is at {server.describe(listener, host, base)}; Ctrl+C ends it")
    if server.is_reachable(host):
        note(f"warning: everybody who can reach {host} can read the archive; there is no password")
    server.run(app, listener)


def _check(base: str, captures_url: str, hosts: tuple[str, ...]) -> None:
    """Raise UsageError for what is no path, no address, or no name."""
    for host in hosts:
        if not _NAME.fullmatch(host):
            raise UsageError(f"--allow-host {host!r} is no name such as kho.example.vn")
    if not _BASE.fullmatch(base):
        raise UsageError(f"--base-path {base!r} is no path such as /baotinh")
    if captures_url and not re.fullmatch(r"https?://[\w.:\[\]-]+(?:/[\w.~/-]*)?", captures_url):
        raise UsageError(f"--captures-url {captures_url!r} is no address such as https://…")
