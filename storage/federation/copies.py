"""Whether articles of two archives are copies of one text."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import TYPE_CHECKING

from storage.articles.likeness import Text, is_copy
from storage.fingerprint import similarity

if TYPE_CHECKING:
    from storage.archive import Archive
    from storage.records import StoredArticle

DAYS = 48
"""Copies further apart are found within an archive only when their text is the same."""
LEAST_ALIKE = 0.06
"""Least likeness of signatures of texts that are compared word by word: a fifth of what copies
have, so that none is passed over."""


class Known:
    """An article, read only where it must be compared."""

    def __init__(self, archive: Archive, article_id: int) -> None:
        self._archive = archive
        self._id = article_id

    def is_copy(self, other: Known) -> bool:
        """Return whether both are copies of one text; those of one archive it has judged itself."""
        if self._archive is other._archive:
            return False
        one, two = self._article, other._article
        if one is None or two is None:
            return False
        if one.digest == two.digest:
            return True
        alike = len(one.signature) == len(two.signature) and bool(one.signature)
        if not alike or similarity(one.signature, two.signature) < LEAST_ALIKE:
            return False
        one_paper = one.source_id == two.source_id
        return _are_near(one, two) and is_copy(self._text, other._text, one_paper=one_paper)

    @cached_property
    def _article(self) -> StoredArticle | None:
        return self._archive.article(self._id)

    @cached_property
    def _text(self) -> Text:
        article = self._article
        if article is None:
            raise LookupError(f"article {self._id} vanished")
        return Text(article.title, article.summary, article.body, article.published_on)


def _are_near(one: StoredArticle, other: StoredArticle) -> bool:
    try:
        days = [dt.date.fromisoformat(each.published_on or "") for each in (one, other)]
    except ValueError:
        return True
    return abs((days[0] - days[1]).days) <= DAYS
