"""Reading commands over several archives: each answer names its archive, each failure is told."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import click

from crawler.errors import UsageError
from crawler.render.notes import describe_notes
from crawler.render.terminal import note, on_terminal, say, say_json
from storage.articles.read import read_id
from storage.errors import BaotinhError
from storage.federation.archives import Archives
from storage.federation.search import count_matches
from storage.federation.search import search as search_archives
from storage.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crawler.cli import Options
    from storage.archive import Archive
    from storage.articles.changes import Change
    from storage.federation.archives import Member
    from storage.federation.search import Found
    from storage.records import StoredArticle
    from storage.search.filters import Filters


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is looked for, and how it is shown."""

    query: str = ""
    filters: Filters
    as_json: bool


@contextmanager
def open_archives(options: Options) -> Iterator[Archives]:
    """Open all archives that were named; those that cannot be read are told in the end."""
    with Archives.open_reading(options.archives) as archives:
        try:
            yield archives
        finally:
            for failure in archives.failures:
                note(f"baotinh: {failure}")


def search(
    options: Options, asked: Asked, count_by: str | None, *, sort: str, copies: bool, limit: int
) -> None:
    """Print the best hits of all archives, or their counts."""
    with open_archives(options) as archives:
        if count_by:
            _count(archives, asked, count_by)
            return
        answer = search_archives(
            archives, asked.query, asked.filters, sort=sort, copies=copies, limit=limit
        )
    about = {"total": asdict(answer.total), "notes": [asdict(each) for each in answer.notes]}
    for found in answer.found:
        if asked.as_json:
            say_json({**asdict(found.hit), "archive": found.archive, "also": found.also, **about})
        else:
            _show_hit(found)
    for sentence in describe_notes(answer.notes):
        note(sentence)
    if not answer.found:
        note("no article matches")
    elif not asked.as_json and answer.total.count > len(answer.found):
        note(f"{answer.total.count} articles match in all archives together")


def show_changes(
    options: Options,
    asked: Asked,
    since: str | None,
    limit: int,
    show: Callable[[Archive, Change, str], None],
) -> bool:
    """Show the newest changes of all archives; return whether there are any.

    ``show`` gets the archive, the change and the archive's name.
    """
    with open_archives(options) as archives:
        answers = archives.ask(lambda m: m.archive.changes(asked.filters, since=since, limit=limit))
        changes = [(change, member) for member, found in answers for change in found]
        changes.sort(key=lambda each: (each[0].at, each[0].url), reverse=True)
        for change, member in changes[:limit]:
            show(member.archive, change, member.name)
    return bool(changes)


def find_article(
    archives: Archives, which: str, find: Callable[[Archive, str], StoredArticle]
) -> tuple[Member, StoredArticle]:
    """Return an article by its URL, or by ``NAME:ID``, and the archive that shows it.

    Raise BaotinhError where none has it, UsageError where an id names no archive.
    """
    name, _, number = which.rpartition(":")
    if read_id(number) is not None and (member := archives.member(name)) is not None:
        return member, find(member.archive, number)
    if read_id(which) is not None:
        names = ", ".join(f"{member.name}:{which}" for member in archives.members)
        raise UsageError(f"an id belongs to one archive: say {names}")
    problem: BaotinhError | None = None
    for member in archives.members:
        try:
            return member, find(member.archive, which)
        except BaotinhError as error:
            problem = error
    raise problem or BaotinhError(f"no archive has {which!r}")


def read_all(archives: Archives, filters: Filters) -> Iterator[dict[str, Any]]:
    """Yield the articles of all archives, each with the name of its archive.

    One that several archives have comes once, from the first, as a search shows it.
    """
    seen: set[tuple[str, str]] = set()
    for member, records in archives.ask(lambda member: member.archive.export(filters)):
        for record in records:
            identity = (record["source"], record["url"])
            if identity not in seen:
                seen.add(identity)
                yield record | {"archive": member.name}


def _count(archives: Archives, asked: Asked, by: str) -> None:
    counts = count_matches(archives, asked.query, by, asked.filters)
    for name, count in counts.rows:
        if asked.as_json:
            say_json({by: name or None, "articles": count})
        else:
            say(f"{count:7}  {name or 'without a date'}")
    for sentence in describe_notes(counts.notes):
        note(sentence)


def _show_hit(found: Found) -> None:
    hit = found.hit
    if not on_terminal():
        # One line a hit, for other programs.
        fields = (hit.published_on or "", hit.source, hit.title, hit.snippet, hit.url)
        click.echo("\t".join(printable(field) for field in (*fields, found.archive)))
        return
    say(hit.title, bold=True)
    facts = (hit.published_on, hit.source, hit.province, hit.section, ", ".join(hit.authors))
    copies = f"{hit.copies} more copies" if hit.copies else None
    also = f"also in {', '.join(found.also)}" if found.also else None
    say("  " + " · ".join(fact for fact in (*facts, copies, also) if fact), dim=True)
    say(f"  {hit.snippet}")
    say(f"  {hit.url}  (show {found.archive}:{hit.id})", fg="cyan")
    say()
