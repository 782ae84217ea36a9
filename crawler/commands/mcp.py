"""``baotinh mcp``: the archive for assistants."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

import click

from crawler.errors import UsageError

if TYPE_CHECKING:
    from crawler.cli import Options


@click.command()
@click.pass_obj
def command(options: Options) -> None:
    """Answer an assistant by the Model Context Protocol, over standard input and output.

    Tools: search, read, changes, copies, status. Read only, no network, bounded answers; several
    --archive are asked together. Ends with its input. Needs the extra "mcp".
    """
    if importlib.util.find_spec("mcp") is None:
        raise UsageError("'baotinh mcp' needs the extra mcp: pip install '.[mcp]' in a checkout")
    from crawler.assistants.server import make_server
    from crawler.assistants.tools import Tools
    from storage.federation.archives import Archives

    with Archives.open_reading(options.archives) as archives:
        for failure in archives.failures:
            click.echo(f"baotinh: {failure}", err=True)
    tools = Tools(
        paths=options.archives,
        captures_dir=options.captures_dir,
        sources_dir=options.sources_dir,
        slack=options.settings.revisit_slack,
    )
    make_server(tools).run("stdio")
