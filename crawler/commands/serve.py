"""``baotinh serve``: web pages over the archive, read only, by Datasette."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crawler.errors import UsageError
from storage.archive import Archive

if TYPE_CHECKING:
    from crawler.cli import Options

WEB = Path(__file__).parent.parent / "web"
SETTINGS = {
    "allow_download": False,
    "max_returned_rows": 2000,
    "sql_time_limit_ms": 2000,
    "suggest_facets": False,  # a query for each column; and it needs a count that may not end
}


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True)
@click.pass_obj
def command(options: Options, host: str, port: int) -> None:
    """Show the archive as web pages: search and read; browse, query, download as JSON or CSV.

    Pages are read only. Needs the extra "web".
    """
    if importlib.util.find_spec("datasette") is None:
        raise UsageError("'baotinh serve' needs Datasette: pip install 'baotinh[web]'")
    Archive.open_reading(options.archive).close()
    _serve(options.archive, host, port)


def read_metadata(database: str) -> dict[str, Any]:
    """Titles, queries and facets for the database that Datasette calls ``database``."""
    metadata: dict[str, Any] = json.loads((WEB / "metadata.json").read_text(encoding="utf-8"))
    metadata["databases"] = {database: metadata["databases"]["archive"]}
    return metadata


def _serve(archive: Path, host: str, port: int) -> None:
    import uvicorn
    from datasette.app import Datasette

    from crawler.web.database import BoundedDatabase

    pages = Datasette(
        metadata=read_metadata(archive.stem),
        plugins_dir=str(WEB / "plugins"),
        template_dir=str(WEB / "templates"),
        settings=SETTINGS,
    )
    pages.remove_database("_memory")  # what it makes where it is given no file
    pages.add_database(BoundedDatabase(pages, str(archive)), name=archive.stem)
    uvicorn.run(pages.app(), host=host, port=port, log_level="warning", lifespan="on")
