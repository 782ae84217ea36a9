"""Datasette over the archive, with our titles, queries and bounds."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datasette.app import Datasette
from datasette.plugins import pm

from crawler.web import guard
from crawler.web.tables.csvs import SafeCsv
from crawler.web.tables.database import BoundedDatabase
from crawler.web.tables.hooks import Hooks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import ASGIApp

    from crawler.web.readers import Readers
    from crawler.web.visit import Site

METADATA = Path(__file__).with_name("metadata.json")
TEMPLATES = Path(__file__).with_name("templates")
SETTINGS = {
    "allow_download": False,
    "max_returned_rows": 2000,
    "num_sql_threads": 2,
    "sql_time_limit_ms": 2000,
    "suggest_facets": False,  # a query for each column; and it needs a count that may not end
    "truncate_cells_html": 160,  # a page of bodies would be a kilometre long
}

NOISY = "datasette.handle_exception"
"""Datasette's own plugin, which prints each 404 with all local variables."""


def make_tables(site: Site, readers: Readers) -> ASGIApp:
    """Return Datasette as an application, under ``/<database>`` and ``/-``.

    Of several archives those are there that can be read now, each a database.
    """
    sites = dict(site.parts)
    databases = {
        sites[name].database: (name, member.archive.path)
        for member in readers.archives().members
        for name in (member.name if site.shelf else "",)
    }
    tables = Datasette(
        metadata=read_metadata(databases),
        template_dir=str(TEMPLATES),
        settings={**SETTINGS, "base_url": f"{site.base}/"},
    )
    if pm.has_plugin(NOISY):
        pm.unregister(name=NOISY)
    names = {database: name for database, (name, _) in databases.items()}
    pm.register(Hooks(readers, {each: (name, sites[name].path) for each, name in names.items()}))
    tables.remove_database("_memory")  # what it makes where it is given no file
    for database, (_, path) in databases.items():
        tables.add_database(BoundedDatabase(tables, str(path)), name=database)
    policy = {"content-security-policy": guard.TABLES}
    return guard.Headers(SafeCsv(tables.app()), lambda _scope: policy)


def read_metadata(databases: Iterable[str]) -> dict[str, Any]:
    """Return titles, queries and facets for the databases, as Datasette calls them."""
    metadata: dict[str, Any] = json.loads(METADATA.read_text(encoding="utf-8"))
    known = metadata["databases"]["archive"]
    metadata["databases"] = {database: copy.deepcopy(known) for database in databases}
    return metadata
