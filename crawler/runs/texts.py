"""The texts of an article in the one form that the archive compares and counts. Pure."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from crawler.failures import Word
from storage.db.rows import LISTS
from storage.fingerprint import content_digest, signature
from storage.records import Article
from storage.text import normalize, normalize_body

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_TITLE = 1000
"""Characters; longer "titles" are pages gone wrong."""
LINES = ("title", "summary", "section", "byline_raw", "dateline", "source_credit")
"""Fields that are one line of text."""


class ArticleFields(MutableMapping[str, Any]):
    """An article's fields by name."""

    def __init__(self, article: Article) -> None:
        self._article = article

    def __getitem__(self, name: str) -> Any:
        try:
            return getattr(self._article, name)
        except AttributeError:
            raise KeyError(name) from None

    def __setitem__(self, name: str, value: Any) -> None:
        setattr(self._article, name, value)

    def __delitem__(self, name: str) -> None:
        raise TypeError(f"an article always has {name}")

    def __iter__(self) -> Iterator[str]:
        return iter(self._article.__dataclass_fields__)

    def __len__(self) -> int:
        return len(self._article.__dataclass_fields__)


def fields_of(item: Any) -> MutableMapping[str, Any]:
    """Return the fields of an item of any kind by name."""
    if isinstance(item, Article):
        return ArticleFields(item)
    # It loads whatever library may have made an item, and ours are all articles.
    from itemadapter import ItemAdapter

    return ItemAdapter(item)


def normalize_texts(fields: MutableMapping[str, Any]) -> None:
    """Bring all text fields of an article into normal form; what is empty then is absent."""
    for name in LINES:
        if fields.get(name):
            fields[name] = normalize(fields[name]) or None
    fields["title"] = fields.get("title") or ""
    fields["body"] = normalize_body(fields.get("body") or "")
    for name in LISTS:
        texts = (normalize(text) for text in fields.get(name) or ())
        fields[name] = list(dict.fromkeys(text for text in texts if text))
    fields["images"] = [
        replace(image, caption=normalize(image.caption) or None) if image.caption else image
        for image in fields.get("images") or ()
    ]


def add_fingerprints(fields: MutableMapping[str, Any]) -> None:
    """Compute the content digest and the near-duplicate signature of normalised fields."""
    fields["digest"] = content_digest(fields["title"], fields.get("summary"), fields["body"])
    fields["signature"] = signature(fields["body"])


def finish_texts(article: Article) -> Word | None:
    """Bring an article's texts into normal form and compute what they are compared by.

    What the item pipelines do with an item, without Scrapy. Return why it cannot be an article,
    None when it can.
    """
    fields = ArticleFields(article)
    normalize_texts(fields)
    add_fingerprints(fields)
    return find_fault(fields)


def find_fault(fields: Mapping[str, Any]) -> Word | None:
    """Why an item cannot be an article; None when it can."""
    if not fields.get("title"):
        return Word.NO_TITLE
    if len(fields["title"]) > MAX_TITLE:
        return Word.LONG_TITLE
    if not (fields.get("body") or fields.get("summary")):
        return Word.NO_BODY
    return None
