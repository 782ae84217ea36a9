"""Page structure that the sites of one publishing platform share.

A layout is a module of this package with an attribute ``LAYOUT``: selectors, what to leave out,
and, where selectors are not enough, one function. It is used when a source names it for the day
of the article, or when the page shows its marks. What it finds competes with what is found
without it, field by field; see ``crawler.extract.article``.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Collection

    from selectolax.lexbor import LexborNode

    from crawler.extract.dom.markup import Page
    from crawler.sources.model import Source


_NAME = re.compile(r"[.#](-?[A-Za-z_][\w-]*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where the pages of a platform keep what. All selectors are CSS; the first that finds text
    wins, so the surest goes first."""

    name: str
    marks: tuple[str, ...]
    """A page is of this layout when every one of these selectors finds something."""
    body: tuple[str, ...]
    title: tuple[str, ...] = ()
    summary: tuple[str, ...] = ()
    date: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    """Where the text was taken from (`Theo TTXVN`)."""
    crumbs: tuple[str, ...] = ()
    """The links of the section path, outermost first."""
    tags: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    """What to leave out of the body."""
    pick_tags: Callable[[list[LexborNode]], list[LexborNode]] | None = None
    """Which of the tag links are the article's own."""


@cache
def all_layouts() -> dict[str, Layout]:
    """Every layout of this package by name, in alphabetical order."""
    found: dict[str, Layout] = {}
    for module in sorted(info.name for info in pkgutil.iter_modules(__path__)):
        layout = importlib.import_module(f"{__name__}.{module}").LAYOUT
        found[layout.name] = layout
    return found


def layouts_of(
    page: Page, source: Source | None, day: dt.date | None, names: Collection[str] | None = None
) -> list[Layout]:
    """The layouts to try, best first: those the source names for the day, if the page has their
    place of the text, then those whose marks the page shows. So an old article that was moved
    to the new design is read by it, whatever the source says of its day. ``names`` are the
    classes and ids of the page, where they are known: they save looking for most layouts."""
    known = all_layouts()
    named = (
        [each.name for each in source.layouts if _valid(each.since, each.until, day)]
        if source
        else []
    )
    shown = [
        layout
        for layout in known.values()
        if (names is None or may_show(layout, names)) and has_marks(page, layout)
    ]
    first = [known[name] for name in named if name in known and has_body(page, known[name])]
    return first + [layout for layout in shown if layout not in first]


def may_show(layout: Layout, names: Collection[str]) -> bool:
    """Whether the classes and ids that the layout's marks speak of are among these."""
    return not any(wanted and wanted.isdisjoint(names) for wanted in _names_of(layout.marks))


@cache
def _names_of(marks: tuple[str, ...]) -> tuple[frozenset[str], ...]:
    """For each mark the names of which one at least must be there; empty where a part of the
    selector names none."""
    found = []
    for mark in marks:
        parts = [_NAME.findall(part) for part in mark.split(",")]
        found.append(frozenset(part[-1] for part in parts) if all(parts) else frozenset())
    return tuple(found)


def has_body(page: Page, layout: Layout) -> bool:
    """Whether the page has the place where the layout's text stands, though it be empty."""
    return any(page.tree.css_first(place) is not None for place in layout.body)


def has_marks(page: Page, layout: Layout) -> bool:
    """Whether the page shows that it is of this layout."""
    return all(page.tree.css_first(mark) is not None for mark in layout.marks)


def _valid(since: dt.date | None, until: dt.date | None, day: dt.date | None) -> bool:
    if day is None:
        return until is None
    return (since is None or since <= day) and (until is None or day <= until)
