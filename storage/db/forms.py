"""The form that each column promises: what none of our processes writes is strange.

SQLite keeps a word in a column of numbers, and any text where a list, a day or an instant is meant.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from storage.states import (
    ARTICLE_KINDS,
    LinkState,
    RevisionKind,
    RunKind,
    RunState,
    SeedKind,
    SourceKind,
    SourceStatus,
)

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Iterator

CRAWLED = (
    *("sources", "seeds", "links", "captures", "articles", "article_revisions", "images"),
    *("media", "article_media", "runs", "gaps", "hosts", "repeated_lines"),
    *("backfills", "backfill_steps", "backfill_links"),
)
"""Tables of what crawls have found."""

_STORED = {"text": "'text'", "integer": "'integer'", "real": "'real', 'integer'", "blob": "'blob'"}
"""Declared type of a column -> how SQLite may have stored its values."""
_DIGESTED = {
    (table, column)
    for table in ("articles", "article_revisions")
    for column in ("title", "summary", "body")
}
_WORDS: dict[tuple[str, str], Iterable[str]] = {
    ("articles", "kind"): ARTICLE_KINDS,
    ("sources", "kind"): SourceKind,
    ("sources", "status"): SourceStatus,
    ("seeds", "kind"): SeedKind,
    ("links", "state"): LinkState,
    ("runs", "state"): RunState,
    ("runs", "kind"): RunKind,
    ("article_revisions", "kind"): RevisionKind,
}
_JSON = {
    "authors": "array",
    "section_path": "array",
    "tags": "array",
    "subheads": "array",
    "evidence": "object",
}
"""Columns of articles -> what their text is."""
_DAYS = {("articles", "published_on"), ("backfills", "since"), ("backfills", "until")}
_YEARS = ("1990", "2100")
"""The first year of a day or instant, and the first that is too late: a clock that is not set says
1970."""
_INSTANT = "____-__-__T__:__%"
_ZONES = ("*Z", "*[+-][0-9][0-9]:[0-9][0-9]")
_KEY = """
select group_concat(name, " || '/' || ") from (
    select name from pragma_table_info(?) where pk order by pk)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strange:
    """A value that is not such as its column promises."""

    table: str
    row: str
    """Its primary key."""
    column: str
    value: str
    """How it begins, as SQL writes it."""
    what: str
    """What it is not."""

    def __str__(self) -> str:
        return f"row {self.row} of {self.table} has {self.value} as {self.column}: {self.what}"


class Form(NamedTuple):
    """A condition under which the value of a column is strange, and what it is then."""

    column: str
    wrong: str
    what: str

    @property
    def shown(self) -> str:
        """SQL that gives the value where it is strange."""
        return f"iif({self.wrong}, quote(substr({self.column}, 1, 40)), null)"


def find_strange(
    conn: sqlite3.Connection,
    tables: Iterable[str] = CRAWLED,
    *,
    but: Collection[tuple[str, str]] = (),
) -> Iterator[Strange]:
    """Yield what is strange in some tables, ``but`` in some columns. Each is read once."""
    for table in tables:
        forms = [
            form
            for name, declared in _columns(conn, table)
            if (table, name) not in but
            for form in _forms(table, name, declared)
        ]
        ((key,),) = conn.execute(_KEY, (table,))
        shown = ", ".join(form.shown for form in forms)
        wrong = " or ".join(form.wrong for form in forms)
        for row, *values in conn.execute(f"select {key}, {shown} from {table} where {wrong}"):  # noqa: S608
            told: dict[str, Strange] = {}
            for form, value in zip(forms, values, strict=True):
                if value is not None and form.column not in told:
                    told[form.column] = Strange(
                        table=table, row=row, column=form.column, value=value, what=form.what
                    )
            yield from told.values()


def find_mistyped(conn: sqlite3.Connection, tables: Iterable[str] = CRAWLED) -> Iterator[str]:
    """Yield a sentence for each value that cannot be read as its column says: bytes for a text.

    A day that is none is no hindrance: see ``find_strange``.
    """
    for table in tables:
        ((key,),) = conn.execute(_KEY, (table,))
        for name, declared in _columns(conn, table):
            if declared in _STORED and (table, name) not in _DAYS:
                wrong = _is_no(declared, name)
                for (row,) in conn.execute(f"select {key} from {table} where {wrong}"):  # noqa: S608
                    yield f"row {row} of {table} has no {declared} as {name}"


def read_words(conn: sqlite3.Connection, tables: Iterable[str] = CRAWLED) -> None:
    """Read all words of some tables, but the texts that have digests.

    Raise sqlite3.Error or UnicodeError for bytes that are no UTF-8, which SQLite does not look at.
    """
    for table in tables:
        words = [
            name
            for name, declared in _columns(conn, table)
            if declared == "text" and (table, name) not in _DIGESTED
        ]
        for _ in conn.execute(f"select {', '.join(words)} from {table}"):  # noqa: S608
            pass


def _columns(conn: sqlite3.Connection, table: str) -> list[tuple[str, str]]:
    """Return name and declared type of each column."""
    rows = conn.execute("select name, lower(type) from pragma_table_info(?)", (table,))
    return [(str(row[0]), str(row[1])) for row in rows]


def _forms(table: str, column: str, declared: str) -> Iterator[Form]:
    """Yield how a value may be strange, the plainest first; null never is."""
    if declared in _STORED:
        yield Form(column, _is_no(declared, column), f"no {declared}")
    if words := _WORDS.get((table, column)):
        known = ", ".join(repr(str(word)) for word in words)
        yield Form(column, f"{column} not in ({known})", "no word of ours")
    if table == "articles" and (kind := _JSON.get(column)):
        wrong = f"not json_valid({column}) or json_type({column}) <> '{kind}'"
        yield Form(column, f"({wrong})", f"no {kind} of JSON")
    if column == "key":
        yield Form(column, "key = ''", "nothing to know it by")
    if column.endswith(("_at", "_since", "not_before")):
        zoned = " or ".join(f"{column} glob '{zone}'" for zone in _ZONES)
        wrong = f"{column} not like '{_INSTANT}' or julianday({column}) is null or not ({zoned})"
        yield Form(column, _known(column, f"({wrong} or {_no_day(column)})"), "no instant")
    if (table, column) in _DAYS:
        wrong = f"(length({column}) <> 10 or {_no_day(column)})"
        yield Form(column, _known(column, wrong), "no day")
    if (table, column) == ("articles", "published_on"):
        # A page may be dated a day ahead, and Vietnam is a third of a day ahead of UTC.
        wrong = "published_on > date(last_seen_at, '+2 days')"
        yield Form(column, wrong, "later than its page was seen")


def _is_no(declared: str, column: str) -> str:
    return f"typeof({column}) not in ({_STORED[declared]}, 'null')"


def _known(column: str, wrong: str) -> str:
    return f"({column} is not null and {wrong})"


def _no_day(column: str) -> str:
    """Return SQL that says whether what should begin with a day does not."""
    day = f"substr({column}, 1, 10)"
    # With a modifier, the 30th of February is the 2nd of March; without, it stays.
    impossible = f"date({day}, '+0 days') is not {day}"
    return f"{impossible} or {column} < '{_YEARS[0]}' or {column} >= '{_YEARS[1]}'"
