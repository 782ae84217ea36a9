"""Whether hits of two archives are one article, or copies of one text."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import TYPE_CHECKING

from storage.articles.likeness import Text, is_copy
from storage.fingerprint import similarity

if TYPE_CHECKING:
    from storage.federation.archives import Member
    from storage.records import StoredArticle
    from storage.search.results import Hit

DAYS = 48
"""Copies further apart are found within an archive only when their text is the same."""
LEAST_ALIKE = 0.06
"""Least likeness of signatures of texts that are compared word by word: a fifth of what copies
have, so that none is passed over."""


class Known:
    """A hit with the text behind it, read only where it must be compared."""

    def __init__(self, member: Member, hit: Hit) -> None:
        self._member = member
        self._hit = hit

    def is_same(self, other: Known) -> bool:
        """Return whether both are one article of one source."""
        return self._hit.source == other._hit.source and self._hit.url == other._hit.url

    def is_copy(self, other: Known) -> bool:
        """Return whether both are copies of one text; those of one archive it has judged itself."""
        if self._member is other._member:
            return False
        one, two = self._article, other._article
        if one is None or two is None:
            return False
        if one.digest == two.digest:
            return True
        alike = len(one.signature) == len(two.signature) and bool(one.signature)
        if not alike or similarity(one.signature, two.signature) < LEAST_ALIKE:
            return False
        one_paper = self._hit.source == other._hit.source
        return self._is_near(other) and is_copy(self._text, other._text, one_paper=one_paper)

    def _is_near(self, other: Known) -> bool:
        days = [known._hit.published_on for known in (self, other)]
        try:
            one, two = (dt.date.fromisoformat(day or "") for day in days)
        except ValueError:
            return True
        return abs((one - two).days) <= DAYS

    @cached_property
    def _article(self) -> StoredArticle | None:
        return self._member.archive.article(self._hit.id)

    @cached_property
    def _text(self) -> Text:
        article = self._article
        if article is None:
            raise LookupError(f"article {self._hit.id} vanished")
        return Text(article.title, article.summary, article.body, article.published_on)
