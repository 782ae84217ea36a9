"""What a reader asked for, as the address of a page says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.errors import QueryError
from storage.search.days import read_asked_day
from storage.search.filters import Filters

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crawler.web.visit import Visit
    from storage.articles.watches import Watch

NARROWING = ("source", "province", "place", "kind", "section", "author", "since", "until")
"""The filters of ``baotinh search``, by their names in an address."""
FIELDS = ("q", *NARROWING, "sort", "copies")
LONGEST = 2_000
"""Characters of one field that are looked at."""
MOST_PAGES = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A search: words, filters, order, page."""

    values: Mapping[str, str]
    """Field of ``FIELDS`` -> what it says, without empty ones."""
    page: int = 1

    @property
    def query(self) -> str:
        """The words."""
        return self.values.get("q", "")

    @property
    def sort(self) -> str:
        """``relevance`` or ``date``; without words there is nothing to be relevant to."""
        return "date" if self.values.get("sort") == "date" or not self.query else "relevance"

    @property
    def copies(self) -> bool:
        """Whether every copy is shown."""
        return "copies" in self.values

    @property
    def filters(self) -> Filters:
        """The filters; a day is read as the commands read it, or left to be complained of."""
        found = {name: self.values.get(name) for name in NARROWING}
        days = {name: day_of(found[name], last=name == "until") for name in ("since", "until")}
        return Filters(**{**found, **days})

    @property
    def narrowed(self) -> dict[str, str]:
        """The filters that were given."""
        return {name: self.values[name] for name in NARROWING if name in self.values}

    def params(self, **changes: str | None) -> list[tuple[str, str]]:
        """Return the search as parameters of an address, with changes; None takes one out."""
        values = {**self.values, **changes}
        return [(name, text) for name in FIELDS if (text := values.get(name))]


def day_of(text: str | None, *, last: bool = False) -> str | None:
    """Return ``28/11/2023``, ``11/2023``, ``2023`` or ``7d`` as ``YYYY-MM-DD``, else the text.

    Of a month or a year the first day is meant, or the last.
    """
    try:
        return read_asked_day(text, last=last) if text else None
    except QueryError:
        return text


def read_asked(params: Mapping[str, str]) -> Asked:
    """Return what the parameters of an address ask for; what is not understood is left out."""
    values = {name: text for name in FIELDS if (text := (params.get(name) or "")[:LONGEST].strip())}
    if values.get("sort") not in (None, "date"):
        del values["sort"]
    page = params.get("page") or "1"
    number = int(page) if page.isascii() and page.isdecimal() and len(page) < 6 else 1
    return Asked(values=values, page=min(max(1, number), MOST_PAGES))


def narrow_by(visit: Visit, **values: str) -> Callable[[str, str], str]:
    """Return what makes a period the address of a search with these fields."""
    asked = Asked(values=values)
    return lambda since, until: visit.path("/", asked.params(since=since, until=until))


def watch_params(watch: Watch) -> list[tuple[str, str]]:
    """Return a saved search as parameters of the search page."""
    filters = {name: getattr(watch.filters, name) for name in watch.filters.__slots__}
    return Asked(values={"q": watch.query, **{k: v for k, v in filters.items() if v}}).params()
