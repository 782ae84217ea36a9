"""``baotinh search``: ranked hits with snippets."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from crawler.commands.completion import KindName, ProvinceName, SourceId
from crawler.commands.days import DayText
from crawler.errors import UsageError
from crawler.render.notes import describe_notes
from crawler.render.terminal import json_line, note, on_terminal, say, say_hits, say_json
from storage.archive import Archive
from storage.search.days import HELP
from storage.search.engine import MOST_LIMIT, SORTS
from storage.search.filters import Filters
from storage.search.tally import GROUPS
from storage.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.cli import Options
    from storage.search.results import Hit

PLACE_HELP = "Names a province, district or commune, of before or since July 2025."


def add_filters(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that narrow a search or export; they arrive by the names of Filters."""
    for option in reversed(
        (
            click.option("--source", type=SourceId(), metavar="ID", help="Only this source."),
            click.option(
                "--province",
                type=ProvinceName(),
                metavar="NAME",
                help="Before or after July 2025, accents or not.",
            ),
            click.option("--place", metavar="NAME", help=PLACE_HELP),
            click.option(
                "--kind",
                type=KindName(),
                metavar="KIND",
                help="portal, newspaper, ..., video, photo, ...",
            ),
            click.option("--section", metavar="NAME", help="Only this section."),
            click.option("--author", metavar="NAME", help="Full name, accents or not."),
            click.option("--since", type=DayText(), metavar="DATE", help=f"First day: {HELP}."),
            click.option("--until", type=DayText(last=True), metavar="DATE", help="Last day."),
        )
    ):
        function = option(function)
    return function


@click.command()
@click.argument("words", nargs=-1, metavar="QUERY")
@add_filters
@click.option("--sort", type=click.Choice(SORTS), default="relevance", show_default=True)
@click.option("--copies", is_flag=True, help="Show every copy, not the earliest alone.")
@click.option("--count-by", type=click.Choice(GROUPS), help="Count matches instead.")
@click.option("--limit", type=click.IntRange(1, MOST_LIMIT), default=10, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a hit.")
@click.pass_obj
def command(
    options: Options,
    /,
    words: tuple[str, ...],
    sort: str,
    copies: bool,
    count_by: str | None,
    limit: int,
    as_json: bool,
    **filters: str | None,
) -> None:
    """Search titles, summaries and bodies.

    Words must all occur; neighbours count most. Words typed with accents prefer them, words
    without match any. "a phrase", -without, begin* and numbers such as 58-CT/TU work; put --
    before a query that starts with a minus. With --place, words may be left out: the newest
    articles of the place are listed.
    """
    query = " ".join(words)
    if not words and not filters["place"]:
        raise UsageError("say what to look for: words, or a --place")
    if len(options.archives) > 1:
        from crawler.commands import several

        asked = several.Asked(query=query, filters=Filters(**filters), as_json=as_json)
        several.search(options, asked, count_by, sort=sort, copies=copies, limit=limit)
        return
    with Archive.open_reading(options.archive) as archive:
        note_places(archive, query, filters["place"])
        if count_by:
            _count(archive, query, count_by, Filters(**filters), as_json=as_json)
            return
        hits = archive.search(query, Filters(**filters), sort=sort, copies=copies, limit=limit)
    about = {"total": asdict(hits.total), "notes": [asdict(each) for each in hits.notes]}
    for hit in hits:
        if as_json:
            say_json({**asdict(hit), **about})
        else:
            _show(hit)
    for sentence in describe_notes(hits.notes):
        note(sentence)
    if not hits:
        note("no article matches")
    elif not as_json and hits.total.count > len(hits):
        note(f"{'' if hits.total.exact else 'at least '}{hits.total.count} articles match")


def note_places(archive: Archive, query: str, place: str | None) -> None:
    """Say what a place was and is, and whether articles wait to be read for places."""
    found = None if place else archive.old_province(query)
    if not (place or found):
        return
    from storage.places.questions import describe, find_place
    from storage.places.units import load_provinces

    if place:
        note(find_place(place).note)
    elif found:
        note(f"{describe(load_provinces(), found)}: articles that name a place of it count too")
    if archive.places.has_due():
        note("articles of an earlier version have not been read for places: see reextract")


def _count(archive: Archive, query: str, by: str, filters: Filters, *, as_json: bool) -> None:
    counts = archive.count_matches(query, by, filters)
    for name, count in counts.rows:
        line = json_line({by: name or None, "articles": count})
        say(line if as_json else f"{count:7}  {name or 'without a date'}")
    for sentence in describe_notes(counts.notes):
        note(sentence)


def _show(hit: Hit) -> None:
    if not on_terminal():
        # One line a hit, for other programs.
        fields = (hit.published_on or "", hit.source, hit.title, hit.snippet, hit.url)
        click.echo("\t".join(printable(field) for field in fields))
        return
    say(hit.title, bold=True)
    facts = (hit.published_on, hit.source, hit.province, hit.section, ", ".join(hit.authors))
    copies = f"{hit.copies} more copies" if hit.copies else None
    say("  " + " · ".join(fact for fact in (*facts, copies) if fact), dim=True)
    say_hits(f"  {hit.snippet}")
    if hit.document:
        say(f"  in the attached document {hit.document}", dim=True)
    say(f"  {hit.url}  (show {hit.id})", fg="cyan")
    say()
