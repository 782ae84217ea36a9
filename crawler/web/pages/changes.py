"""What papers edited and removed after publishing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.web.language import sort_key
from crawler.web.pages.asked import Asked, day_of
from crawler.web.pages.notes import explain_error
from crawler.web.pages.texts import list_changes
from crawler.web.words import CHANGES, name_word
from storage.errors import QueryError, QueryPart

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.responses import Response

    from crawler.web.pages.texts import Row
    from crawler.web.visit import Visit
    from storage.articles.changes import Change

A_PAGE = 20
MOST = 1_000
"""Changes that can be paged through; a period leads to older ones."""
ROWS = 3
"""Changed paragraphs shown in the list; the article shows all."""
FIELDS = ("source", "province", "place", "since", "what")
KINDS = ("edited", "removed", "returned")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One change, with what it did to the text."""

    visit: Visit
    """To the pages of the archive that it is in."""
    change: Change
    outlet: str
    rows: Sequence[Row]
    more: int
    """Changed paragraphs that are not shown."""


def show_changes(visit: Visit) -> Response:
    """Answer ``/changes``."""
    values = read_values(visit.params)
    number = number_page(visit.params.get("page", ""))
    error, shown, more = "", [], False
    try:
        found = find_changes(visit, values, number * A_PAGE + 1)
        shown = [show_one(part, change) for part, change in found[(number - 1) * A_PAGE :][:A_PAGE]]
        more = len(found) > number * A_PAGE and number < MOST // A_PAGE
    except QueryError as problem:
        error = explain_error(visit, problem)
    params = [(name, values[name]) for name in FIELDS if name in values]
    before = visit.path("/changes", [*params, ("page", str(number - 1))]) if number > 1 else ""
    after = visit.path("/changes", [*params, ("page", str(number + 1))]) if more else ""
    return visit.render(
        "changes.html",
        400 if error else 200,
        changes=shown,
        values=values,
        error=error,
        before=before,
        after=after,
        feed=visit.path("/changes.atom", [*params, ("lang", visit.language.code)]),
        kinds=[(kind, name_word(visit.language, CHANGES, kind)) for kind in KINDS],
        sources=sorted(visit.names.items(), key=lambda pair: sort_key(pair[1])),
    )


def number_page(text: str) -> int:
    """Return the number of a page by what an address says; 1 for what is none."""
    number = int(text) if text.isdecimal() and len(text) < 5 else 1
    return min(max(1, number), MOST // A_PAGE)


def read_values(params: Mapping[str, str]) -> dict[str, str]:
    """Return the filters of an address, without empty ones."""
    values = {name: text for name in FIELDS if (text := (params.get(name) or "")[:200].strip())}
    if values.get("what") not in KINDS:
        values.pop("what", None)
    return values


def find_changes(visit: Visit, values: Mapping[str, str], limit: int) -> list[tuple[Visit, Change]]:
    """Return the newest changes that the filters admit, each with its archive. Raise QueryError."""
    asked = Asked(values={name: values[name] for name in values if name != "what"})
    filters = Asked(
        values={name: text for name, text in asked.values.items() if name != "since"}
    ).filters
    since, kind = day_of(values.get("since")), values.get("what")
    try:
        every = visit.ask(
            lambda each: each.archive.changes(filters, since=since, kind=kind, limit=limit)
        )
    except ValueError as error:
        raise QueryError("no date", about=QueryPart.DAY, given=values.get("since", "")) from error
    found = [(part, change) for part, changes in every for change in changes]
    if visit.several:
        found.sort(key=lambda pair: (pair[1].at, pair[1].url), reverse=True)
    return found[:limit]


def show_one(visit: Visit, change: Change) -> Shown:
    """Return a change with the first paragraphs that it changed."""
    rows: Sequence[Row] = ()
    if change.kind == "edited":
        changes = list_changes(visit.archive.revisions(change.article_id))
        rows = next((each.rows for each in changes if each.number == change.revision), ())
    outlet = visit.names.get(change.source, change.source)
    return Shown(
        visit=visit, change=change, outlet=outlet, rows=rows[:ROWS], more=max(0, len(rows) - ROWS)
    )
