"""``baotinh changes``: what papers edited and removed."""

from __future__ import annotations

from dataclasses import asdict
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import click

from crawler.commands.completion import ProvinceName, SourceId
from crawler.commands.days import DayText
from crawler.commands.search import PLACE_HELP, note_places
from crawler.render.diff import PieceKind, compare, show
from crawler.render.terminal import in_colour, note, say, say_json
from storage.archive import Archive
from storage.search.days import HELP
from storage.search.filters import Filters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.cli import Options
    from crawler.render.diff import Piece
    from storage.articles.changes import Change
    from storage.records import Revision


@click.command()
@click.option("--since", type=DayText(), metavar="DATE", help=f"Seen since this day: {HELP}.")
@click.option("--source", type=SourceId(), metavar="ID", help="Only this source.")
@click.option(
    "--province",
    type=ProvinceName(),
    metavar="NAME",
    help="Before or after July 2025, accents or not.",
)
@click.option("--place", metavar="NAME", help=PLACE_HELP)
@click.option("--diff", is_flag=True, help="What changed, word by word.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a change.")
@click.pass_obj
def command(
    options: Options,
    since: str | None,
    source: str | None,
    province: str | None,
    place: str | None,
    diff: bool,
    limit: int,
    as_json: bool,
) -> None:
    """List what papers edited and removed after publishing, the newest first."""
    if len(options.archives) > 1:
        from crawler.commands import several

        asked = several.Asked(
            filters=Filters(source=source, province=province, place=place), as_json=as_json
        )

        def show_one(archive: Archive, change: Change, name: str) -> None:
            _tell(archive, change, diff=diff, as_json=as_json, name=name)

        some = several.show_changes(options, asked, since, limit, show_one)
        if not some:
            note("no paper edited or removed an article")
        return
    with Archive.open_reading(options.archive) as archive:
        filters = Filters(source=source, province=province, place=place)
        note_places(archive, "", place)
        changes = archive.changes(filters, since=since, limit=limit)
        for change in changes:
            _tell(archive, change, diff=diff, as_json=as_json)
    if not changes:
        note("no paper edited or removed an article")


def _tell(archive: Archive, change: Change, *, diff: bool, as_json: bool, name: str = "") -> None:
    """``name``: that of the archive, where several are read."""
    pieces = list(_pieces(archive, change)) if diff or as_json else []
    if as_json:
        say_json(_as_json(change, pieces) | ({"archive": name} if name else {}))
    else:
        _show(change, pieces, name)


def _show(change: Change, pieces: list[list[Piece]], name: str) -> None:
    what = f"{change.kind} ({change.reason})" if change.reason else change.kind
    where = f"  {name}" if name else ""
    say(f"{change.at}  {what:8}  {change.source}  {change.title}  {change.url}{where}")
    for row in pieces:
        click.echo(f"    {show(row, colour=in_colour())}")


def _as_json(change: Change, pieces: list[list[Piece]]) -> dict[str, Any]:
    words: dict[str, list[str]] = {"removed": [], "added": []}
    for piece in (piece for row in pieces for piece in row if piece.kind is not PieceKind.SAME):
        words[piece.kind].append(piece.text)
    return asdict(change) | words


def _pieces(archive: Archive, change: Change) -> Iterator[list[Piece]]:
    """Return what an edit changed against the text before it."""
    if change.kind != "edited":
        return
    for before, after in pairwise(archive.revisions(change.article_id)):
        if after.number == change.revision:
            yield from compare(_texts(before), _texts(after))


def _texts(revision: Revision) -> list[str]:
    return [revision.title, revision.summary or "", *revision.body.split("\n\n")]
