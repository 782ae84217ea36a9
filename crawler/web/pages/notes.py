"""What was done to a question, and why one cannot be answered, in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.failures.reason import N_
from crawler.web.words import KINDS
from storage.errors import QueryError
from storage.search.days import read_asked_day
from storage.search.results import NoteKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crawler.web.pages.asked import Asked
    from crawler.web.visit import Visit
    from storage.search.results import Note

QUERY_ERRORS = (
    N_("the search took too long: add a word, a source or a period"),
    N_("the query only says what to leave out"),
    N_("the query holds no word to look for"),
    N_("a beginning such as khuyến* needs at least two letters"),
)
"""What ``storage.search`` says of words that it cannot read; what holds numbers stays English."""


def explain_notes(visit: Visit, notes: Iterable[Note]) -> list[str]:
    """Return a sentence for each note."""
    return [sentence for note in notes if (sentence := _sentence(visit, note))]


def _sentence(visit: Visit, note: Note) -> str:
    language = visit.language
    words = ", ".join(f"“{word}”" for word in note.words)
    instead = ", ".join(f"“{word}”" for word in note.instead)
    values = {"words": words, "instead": instead, "count": language.number(note.count)}
    texts = {
        NoteKind.DROPPED: language.gettext(
            "Without %(words)s: no article has it beside the other words."
        ),
        NoteKind.EMPTY_WORDS: language.gettext("%(words)s only asks a question and was left out."),
        NoteKind.CORRECTED: language.gettext(
            "No article has %(words)s; these are the ones with %(instead)s."
        ),
        NoteKind.SOME: language.gettext(
            "No article has all the words: these have most of them, or the rarer ones."
        ),
        NoteKind.BEHIND: language.gettext(
            "%(count)s articles are still to be taken into the index and are missing here."
        ),
        NoteKind.PLAIN: language.gettext(
            "The index is not there: this is a plain search, slower and less well sorted."
        ),
    }
    return texts[note.kind] % values if note.kind in texts else ""


def explain_error(visit: Visit, error: QueryError, asked: Asked) -> str:
    """Return in one sentence what is wrong with a question.

    The filters are looked at here, where the field is known; what is left is about the words.
    """
    language, values = visit.language, asked.values
    for name in ("since", "until"):
        if name in values and not _is_day(values[name]):
            return language.gettext("“%(text)s” is no date: write it as 28/11/2023.") % {
                "text": values[name]
            }
    filters = asked.filters
    if (filters.since or "") > (filters.until or "9999"):
        return language.gettext("The period ends before it begins.")
    if "source" in values and values["source"] not in visit.names:
        return language.gettext("The archive has no outlet “%(text)s”.") % {
            "text": values["source"]
        }
    if "kind" in values and values["kind"] not in KINDS:
        return language.gettext("No kind is called “%(text)s”.") % {"text": values["kind"]}
    return _other(visit, error, asked)


def _other(visit: Visit, error: QueryError, asked: Asked) -> str:
    language, said = visit.language, str(error)
    for name, text in (
        ("place", language.gettext("No single place is called “%(text)s”.")),
        ("province", language.gettext("No outlet is of the province “%(text)s”.")),
    ):
        if (name in asked.values and repr(asked.values[name]) in said) or (
            name in asked.values and not asked.query
        ):
            if language.code != "en":
                return text % {"text": asked.values[name]}
            return f"{text % {'text': asked.values[name]}} ({said})"
    if said in QUERY_ERRORS or language.code == "en":
        sentence = language.gettext(said)
        return f"{sentence[:1].upper()}{sentence[1:]}."
    return language.gettext("This search cannot be read: %(said)s.") % {"said": said}


def _is_day(text: str) -> bool:
    try:
        read_asked_day(text)
    except QueryError:
        return False
    return True
