"""What goes down the item pipelines: an article that knows the page it was read from; and those
that wait to share a commit."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from storage.errors import BaotinhError
from storage.records import Article

if TYPE_CHECKING:
    from storage.archive import Archive
    from storage.articles.write import Incoming
    from storage.media.files import Wanted
    from storage.records import Capture, Link, Outcome

SHARED = 10
"""Pages of a backfill that share a commit, and a wait for the disk."""

_FIELDS = tuple(field.name for field in fields(Article))


@dataclass(slots=True, kw_only=True)
class PageItem(Article):
    """An article with its link and its capture.

    It has every field of `storage.records.Article`, so a pipeline of your own, placed anywhere
    between ours, reads and writes ``ItemAdapter(item)["title"]`` or ``item.title`` as of any item.
    It must return the same object: only that is stored.
    """

    link: Link
    capture: Capture | None = None
    """None where the answer was not kept."""
    media: tuple[Wanted, ...] = ()
    """Pictures and documents to be fetched later."""


def make_item(
    article: Article, link: Link, capture: Capture | None, media: tuple[Wanted, ...] = ()
) -> PageItem:
    """Return the article as an item of the page it was read from."""
    values = {name: getattr(article, name) for name in _FIELDS}
    return PageItem(link=link, capture=capture, media=media, **values)


class Shelf:
    """Pages that wait to be stored in one transaction. None of them counts before it is stored."""

    def __init__(self, archive: Archive, run_id: int, size: int) -> None:
        self._archive = archive
        self._run_id = run_id
        self._size = size
        self._pages: list[Incoming] = []

    def put(self, page: Incoming) -> bool:
        """Let a page wait; return whether it is time to store."""
        self._pages.append(page)
        return len(self._pages) >= self._size

    def store(self) -> list[tuple[Incoming, Outcome | Exception]]:
        """Store what waits, and return what became of each page.

        A page that cannot be stored does not keep the others from it. Raise BaotinhError or
        sqlite3.Error when the archive cannot be written: then none is stored, and all stay due.
        """
        pages, self._pages = self._pages, []
        if not pages:
            return []
        try:
            outcomes = self._archive.pages.add_all(pages, run_id=self._run_id)
        except (BaotinhError, sqlite3.Error):
            raise
        except Exception as error:  # noqa: BLE001 - handed to the caller, with its page
            return [(pages[0], error)] if len(pages) == 1 else self._one_by_one(pages)
        return list(zip(pages, outcomes, strict=True))

    def _one_by_one(self, pages: list[Incoming]) -> list[tuple[Incoming, Outcome | Exception]]:
        found = []
        for page in pages:
            self._pages = [page]
            found += self.store()
        return found
