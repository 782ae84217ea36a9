"""Records to rows of SQL and back."""

from __future__ import annotations

import json
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

from storage.records import Article, Evidence, StoredArticle

if TYPE_CHECKING:
    import sqlite3

    from storage.records import Image

T = TypeVar("T")

LISTS = ("authors", "section_path", "tags", "subheads")
"""Columns of ``articles`` that hold a list as JSON."""
_OTHERS = {*LISTS, "evidence", "source_id", "key", "images", "fetched_at"}
PLAIN = tuple(each.name for each in fields(Article) if each.name not in _OTHERS)
"""Columns that hold an attribute as it is."""
CONTENT = (*PLAIN, *LISTS, "evidence")
"""Columns that say what we understood of a page."""


def article_values(article: Article) -> dict[str, Any]:
    """Return the columns of ``CONTENT`` for an article."""
    evidence = {name: values_of(found) for name, found in article.evidence.items()}
    return {
        **{name: getattr(article, name) for name in PLAIN},
        **{name: as_json(getattr(article, name)) for name in LISTS},
        "evidence": as_json(evidence),
    }


def values_of(one: object) -> dict[str, Any]:
    """Return the fields of a record by name, as they are: ``asdict`` would copy each."""
    return {name: getattr(one, name) for name in _names(cast("Any", type(one)))}


@cache
def _names(cls: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(cls))


def as_json(value: object) -> str:
    """Return JSON with Vietnamese letters readable."""
    return json.dumps(value, ensure_ascii=False)


def counting(table: str) -> str:
    """Return SQL that counts the rows of a table of the schema."""
    return f"select count(*) from [{table}]"  # noqa: S608


def record(cls: type[T], row: sqlite3.Row, /, **others: object) -> T:
    """Return a row as a record: its fields by name; columns it does not know are left out."""
    for name, place in _places(cast("Any", cls), tuple(row.keys()), tuple(others)):
        others[name] = row[place]
    return cls(**others)


@cache
def _places(
    cls: Any, columns: tuple[str, ...], others: tuple[str, ...]
) -> tuple[tuple[str, int], ...]:
    """Return the name and the column of each field that a row gives: found once a query, as an
    overview reads thousands of rows."""
    wanted = set(_names(cls)).difference(others)
    return tuple((name, place) for place, name in enumerate(columns) if name in wanted)


def stored_article(row: sqlite3.Row, images: list[Image]) -> StoredArticle:
    """Return a row of ``articles`` with its images."""
    lists = {name: json.loads(row[name]) for name in LISTS}
    evidence = {name: Evidence(**found) for name, found in json.loads(row["evidence"]).items()}
    return record(StoredArticle, row, **lists, evidence=evidence, images=images)
