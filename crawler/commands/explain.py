"""``baotinh explain``: every decision taken about a URL, and why."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from crawler.explain import explain_url
from crawler.render.terminal import say, say_json
from crawler.sources.catalogue import load_sources
from storage.archive import Archive

if TYPE_CHECKING:
    from crawler.cli import Options
    from crawler.explain import Explanation

WIDTH = 400
"""Characters of a value that a terminal is shown; ``--json`` gives all."""


@click.command()
@click.argument("url")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def command(options: Options, url: str, as_json: bool) -> None:
    """Show every decision taken about a URL, and why; also for URLs never seen."""
    try:
        answers, _ = options.ask(lambda one: _explain(url, one))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="URL") from error
    for name, one, explanation in answers:
        if as_json:
            say_json(asdict(explanation) | ({"archive": name} if name else {}))
            continue
        if name:
            say(f"{name}: {one.archive}", bold=True)
        _show(explanation)


def _explain(url: str, options: Options) -> Explanation:
    sources = load_sources(options.sources_dir).values()
    with ExitStack() as stack:
        archive = None
        if options.archive.exists():
            archive = stack.enter_context(Archive.open_reading(options.archive))
        return explain_url(url, sources, archive, options.settings.private_hosts)


def _show(explanation: Explanation) -> None:
    for decision in explanation.decisions:
        value = decision.decided
        shown = value if len(value) <= WIDTH else f"{value[:WIDTH]} …"
        say(f"{decision.about}: {shown}" + (f"  ({decision.why})" if decision.why else ""))
