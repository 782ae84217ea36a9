"""An archive for reading: search, articles, their texts over time, copies and captures."""

from __future__ import annotations

import contextlib
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from storage.archive import Archive
from storage.errors import ArticleUnknown
from storage.export.articles import COLUMNS
from storage.search.days import read_asked_day
from storage.search.filters import Filters
from storage.search.results import Hit, Hits
from storage.warc.files import read_capture

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator
    from typing import Self

    import pandas as pd

    from storage.records import Capture, CapturedResponse, Revision, StoredArticle

DAYS = ("published_on",)
INSTANTS = ("published_at", "modified_at", "first_seen_at", "last_seen_at", "gone_at")


def open_archive(path: str | Path, *, captures: str | Path | None = None) -> ArchiveReader:
    """Open an archive for reading; ``captures``: its folder of captures, by default beside it.

    A crawler may write at the same time. Raise ArchiveError where it cannot be read.
    """
    folder = Path(captures) if captures is not None else None
    return ArchiveReader(Archive.open_reading(Path(path), captures_dir=folder))


class ArchiveReader:
    """An open archive. Filters are those of ``baotinh search``.

    ``source``: id of an outlet; ``province``: by its name before or after July 2025; ``place``: a
    province, district or commune that the article names; ``kind``, ``section``, ``author``;
    ``since`` and ``until``: local days, both included, as the command takes them (``2026-11-25``,
    ``25/11/2026``, ``2026-10``, ``7d``) or as dates.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the archive."""
        self._archive.close()

    def __len__(self) -> int:
        """Return how many articles there are."""
        return self._archive.articles.count()

    def search(
        self,
        query: str,
        *,
        sort: str = "relevance",
        copies: bool = False,
        limit: int = 10,
        offset: int = 0,
        facets: bool = False,
        **filters: str | dt.date | None,
    ) -> Hits:
        """Return the best hits, with their total, facets and notes on what was done.

        ``sort``: ``relevance`` or ``date``. Raise QueryError for a query or filter that cannot be
        understood, TypeError for a filter that is none.
        """
        return self._archive.search(
            query,
            _filters(filters),
            sort=sort,
            copies=copies,
            limit=limit,
            offset=offset,
            facets=facets,
        )

    def article(self, which: int | str) -> StoredArticle:
        """Return an article by its id or address. Raise ArticleUnknown, a LookupError."""
        found = None
        with contextlib.suppress(ValueError):  # no address at all
            found = self._archive.articles.find(str(which))
        if found is None:
            raise ArticleUnknown(f"the archive has no article {which!r}")
        return found

    def articles(self, **filters: str | dt.date | None) -> Iterator[dict[str, Any]]:
        """Yield all articles that the filters admit, each as ``baotinh export`` gives it.

        They are read some hundred at a time, so a large archive needs little memory. Raise
        QueryError.
        """
        return self._archive.export(_filters(filters))

    def revisions(self, article_id: int) -> list[Revision]:
        """Return every text the article has had, in the order of arrival."""
        return self._archive.articles.revisions(article_id)

    def copies(self, article_id: int) -> list[StoredArticle]:
        """Return the same text in other places, the earliest first."""
        return self._archive.articles.copies(article_id)

    def captures(self, article_id: int) -> list[Capture]:
        """Return where the responses lie that were read as this article, the oldest first."""
        return self._archive.captures.of_article(article_id)

    def payload(self, capture: Capture) -> CapturedResponse:
        """Read a response as the server sent it, checked by its digest. Raise CaptureError."""
        return read_capture(self._archive.captures_dir, capture)


def _filters(given: dict[str, Any]) -> Filters:
    days = {
        name: read_asked_day(given[name], last=name == "until")
        for name in ("since", "until")
        if given.get(name) is not None
    }
    return Filters(**(given | days))


def to_frame(records: Iterable[Any]) -> pd.DataFrame:
    """Return hits or articles as a data frame, days and instants typed; of none, its columns.

    Needs pandas: ``pip install 'baotinh[notebook]'``.
    """
    import pandas as pd

    frame = pd.DataFrame([_as_dict(each) for each in records])
    if frame.empty:  # columns all the same, so that code goes on
        named = [each.name for each in fields(Hit)] if isinstance(records, Hits) else COLUMNS
        frame = pd.DataFrame(columns=named)
    for name in frame.columns.intersection(DAYS):
        frame[name] = pd.to_datetime(frame[name], format="%Y-%m-%d", errors="coerce")
    for name in frame.columns.intersection(INSTANTS):
        frame[name] = pd.to_datetime(frame[name], format="ISO8601", utc=True, errors="coerce")
    return frame


def _as_dict(record: Any) -> dict[str, Any]:
    if isinstance(record, dict):
        return record
    return {name: getattr(record, name) for name in record.__dataclass_fields__}
