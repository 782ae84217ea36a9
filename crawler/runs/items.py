"""What goes down the item pipelines: an article that knows the page it was read from."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from storage.records import Article

if TYPE_CHECKING:
    from storage.records import Capture, Link

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


def make_item(article: Article, link: Link, capture: Capture | None) -> PageItem:
    """Return the article as an item of the page it was read from."""
    values = {name: getattr(article, name) for name in _FIELDS}
    return PageItem(link=link, capture=capture, **values)
