"""What the index holds of an article.

The words of the whole article without accents, those of title and lead once more; beside them, as
bare lists of articles, the words with accents and every two neighbours as one term, so that most
questions need no positions. Values that searches narrow and count by are kept as columns, too.
"""

from __future__ import annotations

import datetime as dt
import functools
import itertools
from typing import TYPE_CHECKING, NamedTuple

from storage.engine.words import accented_words, folded_words, joined_words, name_form

if TYPE_CHECKING:
    from collections.abc import Iterable

    import tantivy

FORMAT = 2
"""Raised whenever what is indexed changes: an index of another format is built again."""
HEADS = ("title", "lead")
"""Fields of folded words whose words stand in ``all``, too: where they stand tells more."""
ALL = "all"
"""The field of all folded words: one list of articles a word, so that to ask for all words is to
go through as many lists and not through three times as many."""
COLUMNS = ("source", "kind", "section", "month", "unit")
"""Fields whose values can be counted."""
NAMES = ("in", "by", "place")
"""Fields whose values only narrow a search: sections, authors, places."""
STAMP_ID = -1
"""The id of the one document that is no article but says how far the index has come."""
_DAY = 86_400
_MOST_WORD = 64
"""Letters of a word; longer ones are nobody's words."""


class Entry(NamedTuple):
    """One article as the archive has it."""

    id: int
    title: str
    summary: str
    body: str
    source: str
    kind: str
    section: str
    sections: tuple[str, ...]
    authors: tuple[str, ...]
    published_on: str | None
    published_at: str | None
    units: tuple[str, ...]
    """Codes of the units that it names."""
    places: tuple[str, ...]
    """Codes of the units that it answers for."""


@functools.cache
def schema() -> tantivy.Schema:
    """Return the fields of the index."""
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("id", indexed=True, fast=True)
    builder.add_integer_field("published", indexed=True, fast=True)
    for name in (*HEADS, ALL):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    for name in ("exact", "pairs"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="basic")
    for name in COLUMNS:
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    for name in NAMES:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("stamp", stored=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


def make_document(entry: Entry) -> tantivy.Document:
    """Return the document of an article."""
    import tantivy

    texts = (entry.title, entry.summary, entry.body)
    words = [_short(folded_words(text)) for text in texts]
    joined = _short(word for text in texts for word in joined_words(text))
    pairs = {f"{a}_{b}" for field in words for a, b in itertools.pairwise(field)}
    exact = _short(word for text in texts for word in accented_words(text))
    values: dict[str, object] = {
        "id": entry.id,
        "published": sort_key(entry.published_on, entry.published_at),
        **{name: " ".join(field) for name, field in zip(HEADS, words[:2], strict=True)},
        ALL: " ".join(itertools.chain(*words, joined)),
        "exact": " ".join(exact),
        "pairs": " ".join(pairs),
        "source": entry.source,
        "kind": entry.kind,
        "section": entry.section,
        "month": (entry.published_on or "")[:7],
        "unit": list(entry.units),
        "in": [name_form(name) for name in {entry.section, *entry.sections} if name],
        "by": [name_form(name) for name in entry.authors],
        "place": list(entry.places),
    }
    return tantivy.Document(**values)


def stamp_document(stamp: str) -> tantivy.Document:
    """Return the document that says how far the index has come."""
    import tantivy

    return tantivy.Document(id=STAMP_ID, stamp=stamp)


def sort_key(day: str | None, instant: str | None) -> int:
    """Return a number that orders articles by publication: by day, then those with a time by it.

    Seconds since 1970 in Vietnam's time, one more where the time is known; 0 without a date.
    """
    try:
        start = dt.date.fromisoformat(day or "").toordinal() - _EPOCH
    except ValueError:
        return 0
    try:
        time = dt.datetime.fromisoformat(instant or "").time()
    except ValueError:
        return start * _DAY
    return start * _DAY + time.hour * 3600 + time.minute * 60 + time.second + 1


_EPOCH = dt.date(1970, 1, 1).toordinal()


def _short(words: Iterable[str]) -> list[str]:
    return [word for word in words if len(word) <= _MOST_WORD]
