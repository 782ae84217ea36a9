"""``baotinh explain``: every decision taken about a URL, and why."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

from crawler.explain import explain_url
from crawler.render.terminal import say, say_json
from crawler.sources.catalogue import load_sources
from storage.archive import Archive

if TYPE_CHECKING:
    from crawler.cli import Options

WIDTH = 400
"""Characters of a value that a terminal is shown; ``--json`` gives all."""


@click.command()
@click.argument("url")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def command(options: Options, url: str, as_json: bool) -> None:
    """Show every decision taken about a URL, and why; also for URLs never seen."""
    private = options.settings.private_hosts
    sources = load_sources(options.sources_dir).values()
    with ExitStack() as stack:
        archive = None
        if options.archive.exists():
            archive = stack.enter_context(Archive.open_reading(options.archive))
        try:
            explanation = explain_url(url, sources, archive, private)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="URL") from error
    if as_json:
        say_json(explanation)
        return
    for decision in explanation.decisions:
        value = decision.decided
        shown = value if len(value) <= WIDTH else f"{value[:WIDTH]} …"
        say(f"{decision.about}: {shown}" + (f"  ({decision.why})" if decision.why else ""))
