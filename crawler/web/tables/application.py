"""Datasette over the archive, with our titles, queries and bounds."""

from __future__ import annotations

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


def make_tables(site: Site, archive: Path, readers: Readers) -> ASGIApp:
    """Return Datasette as an application, under ``/<database>`` and ``/-``."""
    tables = Datasette(
        metadata=read_metadata(site.database),
        template_dir=str(TEMPLATES),
        settings={**SETTINGS, "base_url": f"{site.base}/"},
    )
    if pm.has_plugin(NOISY):
        pm.unregister(name=NOISY)
    pm.register(Hooks(readers, site.path))
    tables.remove_database("_memory")  # what it makes where it is given no file
    tables.add_database(BoundedDatabase(tables, str(archive)), name=site.database)
    policy = {"content-security-policy": guard.TABLES}
    return guard.Headers(SafeCsv(tables.app()), lambda _scope: policy)


def read_metadata(database: str) -> dict[str, Any]:
    """Return titles, queries and facets for the database that Datasette calls ``database``."""
    metadata: dict[str, Any] = json.loads(METADATA.read_text(encoding="utf-8"))
    metadata["databases"] = {database: metadata["databases"]["archive"]}
    return metadata
